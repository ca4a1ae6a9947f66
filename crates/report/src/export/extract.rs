//! What an export holds, before it has a form.

use std::collections::{BTreeMap, BTreeSet};

use tutela_analysis::PaymentsDocument;
use tutela_case::{Basis, Case, Explained, ExplainedRecord, Moment, SourceRow, find_payment_lead};
use tutela_model::TableId;

use super::ExportOptions;
use crate::ReportError;
use crate::dossier::payment_refs;

/// Leads with their records, as of one moment of a case.
pub(super) struct Extract {
    pub(super) at: Moment,
    pub(super) leads: Vec<Explained>,
    /// The sources of the records, in the order they came.
    pub(super) sources: Vec<SourceRow>,
    /// The bases of the sources.
    pub(super) bases: Vec<Basis>,
    /// Names by reference; empty where people are masked.
    pub(super) names: BTreeMap<String, String>,
    /// The leads from payments: all, or those named.
    pub(super) payments: PaymentsDocument,
    /// The payments they rest on.
    pub(super) paid: Vec<ExplainedRecord>,
}

/// The names of the people of all leads that are wanted, by one reveal, which states whose data leave: under four eyes one
/// confirmation covers the export.
fn reveal_all(
    case: &mut Case,
    at: &Moment,
    wanted: &[String],
    payments: &PaymentsDocument,
    reason: &str,
) -> Result<BTreeMap<String, String>, ReportError> {
    let mut leads = case.leads_at(at)?.leads;
    leads.retain(|l| is_wanted(wanted, &l.lead_ref, &l.account.account_ref));
    let found = match (leads.as_slice(), payments.leads.as_slice()) {
        ([lead], []) => case.reveal_lead(&lead.lead_ref, reason)?,
        ([], [lead]) => case.reveal_lead(&lead.lead_ref, reason)?,
        _ => {
            let people = leads.into_iter().flat_map(|l| l.people.into_iter().map(|p| p.person_ref).chain(l.person_ref));
            let accounts = payments.leads.iter().map(|l| l.account_ref.clone());
            case.reveal(&people.chain(accounts).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(), reason)?
        }
    };
    Ok(found.into_iter().map(|(person, name)| (person, name.to_string())).collect())
}

impl Extract {
    /// Reads what was asked for; names are logged first.
    pub(super) fn read(case: &mut Case, at: &Moment, options: &ExportOptions) -> Result<Self, ReportError> {
        let reveal = options.unmask.is_some();
        let payments = payments_of(case, at, &options.leads)?;
        let names = match &options.unmask {
            Some(reason) => reveal_all(case, at, &options.leads, &payments, reason)?,
            None => BTreeMap::new(),
        };
        let leads = case.explain_many_at(at, &options.leads, options.most, reveal)?;
        let items: Vec<_> = payments.leads.iter().flat_map(|l| l.against.iter().chain(&l.r#for)).collect();
        // The records near payments stay in the case: they are other people's log-ins, messages and trips.
        let mut refs = payment_refs(&items, options.most);
        refs.retain(|r| r.table == TableId::Payment);
        let paid = case.read_back_at(at, &refs, reveal)?;
        let paid: Vec<ExplainedRecord> = paid.into_values().flatten().collect();
        let ids: BTreeSet<String> = records_of(&leads).chain(&paid).map(|r| r.source_id.clone()).collect();
        let sources = case.sources_exported(&ids)?;
        let used: BTreeSet<&str> = sources.iter().map(|s| s.basis_id.as_str()).collect();
        let bases = case.bases()?.into_iter().filter(|b| used.contains(b.basis_id.as_str())).collect();
        Ok(Self { at: at.clone(), leads, sources, bases, names, payments, paid })
    }

    /// The references of the leads, those from payments last.
    pub(super) fn lead_refs(&self) -> Vec<String> {
        let of_connections = self.leads.iter().map(|l| &l.lead.lead_ref);
        of_connections.chain(self.payments.leads.iter().map(|l| &l.lead_ref)).cloned().collect()
    }

    /// The distinct records, in order.
    pub(super) fn records(&self) -> Vec<&ExplainedRecord> {
        let mut by_place: BTreeMap<(&str, &str, u64), &ExplainedRecord> = BTreeMap::new();
        for record in records_of(&self.leads).chain(&self.paid) {
            by_place.entry((record.table.name(), &record.source_id, record.row)).or_insert(record);
        }
        by_place.into_values().collect()
    }

    /// How a person is called: by name where people are named, else by reference.
    pub(super) fn called<'a>(&'a self, person_ref: &'a str) -> &'a str {
        self.names.get(person_ref).map_or(person_ref, String::as_str)
    }
}

/// A value of a record, where it is shown.
pub(super) fn value<'a>(record: &'a ExplainedRecord, column: &str) -> Option<&'a str> {
    record.values.iter().find(|v| v.column == column)?.value.as_deref()
}

fn records_of(leads: &[Explained]) -> impl Iterator<Item = &ExplainedRecord> {
    leads.iter().flat_map(|l| l.items.iter().flat_map(|i| &i.shown))
}

fn is_wanted(asked: &[String], lead_ref: &str, account_ref: &str) -> bool {
    asked.is_empty() || asked.iter().any(|a| a == lead_ref || a == account_ref)
}

/// The leads from payments that are asked for, all where none is. What is asked for must be a lead of the run; where an account of
/// a platform is called like a payment account, the former is meant.
fn payments_of(case: &Case, at: &Moment, asked: &[String]) -> Result<PaymentsDocument, ReportError> {
    let mut payments = case.payments_at(at)?;
    if asked.is_empty() {
        return Ok(payments);
    }
    let leads = case.leads_at(at)?.leads;
    let mut wanted = BTreeSet::new();
    for name in asked {
        if leads.iter().any(|l| l.lead_ref == *name || l.account.account_ref == *name) {
            continue;
        }
        match find_payment_lead(&payments.leads, name)? {
            Some(lead) => wanted.insert(lead.lead_ref.clone()),
            None => return Err(ReportError::Usage(format!("lead {name}: not in run {}", at.run_id))),
        };
    }
    payments.leads.retain(|l| wanted.contains(&l.lead_ref));
    Ok(payments)
}
