//! The dossier of a lead from payments: the same pages, with what a payment can say.

use std::collections::{BTreeMap, BTreeSet};

use tutela_analysis::{Episode, PaymentItem, PaymentLead, RecordRef};
use tutela_case::{Case, ExplainedRecord, Moment, RunReport, find_payment_lead, payment_records};
use tutela_model::TableId;

use super::content::{Content, Figure, Front, GateText, Item, NotFound, Said, SeedText};
use super::gather::{self, Annex, Wanted};
use super::write::Writer;
use super::{calibration, parts, pictures};
use crate::ReportError;

/// Digits of a digest that are enough to find a source by.
const SHORT: usize = 12;

/// The lead from payments of that reference or account; nothing where none is.
pub(super) fn find(case: &Case, at: &Moment, wanted: &str) -> Result<Option<PaymentLead>, ReportError> {
    // An account on a platform may be called like a payment account; then the former is meant.
    if case.leads_at(at)?.leads.iter().any(|l| l.lead_ref == wanted || l.account.account_ref == wanted) {
        return Ok(None);
    }
    Ok(find_payment_lead(&case.payments_at(at)?.leads, wanted)?.cloned())
}

/// The records that items rest on, by where they are: of each at most so many payments, and as many others near them.
pub(crate) fn refs(items: &[&PaymentItem], most: usize) -> BTreeSet<RecordRef> {
    items.iter().flat_map(|i| payment_records(i, most)).collect()
}

type Records = BTreeMap<RecordRef, Vec<ExplainedRecord>>;

/// Puts the lead into words.
pub(super) fn content(
    case: &Case,
    at: &Moment,
    wanted: &Wanted<'_>,
    lead: &PaymentLead,
) -> Result<Content, ReportError> {
    let write = Writer { lang: wanted.lang };
    let run = case.run_report_at(at)?;
    let all: Vec<&PaymentItem> = lead.against.iter().chain(&lead.r#for).collect();
    let records = case.read_back_at(at, &refs(&all, wanted.most), wanted.reason.is_some())?;
    let mut annex = Annex::default();
    let mut items = |of: &[PaymentItem]| -> Vec<Item> {
        of.iter().map(|i| item(write, i, wanted.most, &records, &mut annex)).collect()
    };
    let (against, r#for) = (items(&lead.against), items(&lead.r#for));
    let mut ids: BTreeSet<String> = annex.records.iter().map(|r| r.source_id.clone()).collect();
    ids.extend(lead.seed_evidence.iter().map(|s| s.record.source_id.clone()));
    let sources = case.sources_named(&ids)?;
    let bases: BTreeSet<&str> = sources.iter().map(|s| s.basis_id.as_str()).collect();
    let refused = sources.iter().map(|s| s.rows_refused).sum();
    let flows: Vec<&ExplainedRecord> = annex.records.iter().collect();
    let cap = run.params.get("lr_log10_cap").and_then(serde_json::Value::as_f64);
    Ok(Content {
        front: front(at, write, wanted, lead, &run)?,
        gates: vec![gate(write, lead)],
        against,
        r#for,
        hypotheses: Vec::new(),
        next_step: write.said(&lead.would_decide),
        missing: Vec::new(),
        not_found: NotFound {
            rows_refused: write.count(refused),
            no_alibi: false,
            no_payment: false,
            no_request: false,
        },
        lines: Vec::new(),
        line_checks: Vec::new(),
        people: Vec::new(),
        time: pictures::time_lanes(write, &moments(lead, &flows)),
        graph: None,
        money: parts::money(write, std::slice::from_ref(lead)),
        requests: Vec::new(),
        decisions: parts::decisions(case, at, write, &lead.lead_ref, "")?,
        judgements: Vec::new(),
        steps: parts::steps(write, &run),
        params: parts::params(write, &run),
        calibration: calibration::calibration(write, cap),
        bases: parts::bases(case, &bases)?,
        custody: parts::custody(case, at, write, &lead.lead_ref, &ids, &bases, &[])?,
        sources: sources.iter().map(|s| parts::source(write, s)).collect(),
        records: annex.records.iter().enumerate().map(|(i, r)| parts::record(write, i + 1, r)).collect(),
    })
}

fn front(
    at: &Moment,
    write: Writer,
    wanted: &Wanted<'_>,
    lead: &PaymentLead,
    run: &RunReport,
) -> Result<Front, ReportError> {
    let text = serde_json::to_vec(lead).map_err(|e| ReportError::form("lead")(e.to_string()))?;
    let distinct: BTreeSet<_> = lead.against.iter().chain(&lead.r#for).flat_map(|i| &i.payments).collect();
    let sources: BTreeSet<&str> = distinct.iter().map(|p| p.source_id.as_str()).collect();
    let figure = |number: u64, word: &'static str| Figure { number: write.count(number), word };
    let seed = |s: &tutela_analysis::SeedEvidence| SeedText {
        evidence_ref: s.evidence_ref.clone(),
        reason: s.reason.clone(),
        source: s.record.source_id.get(..SHORT).unwrap_or_default().to_owned(),
        row: write.count(s.record.row),
    };
    Ok(Front {
        kind: "payments",
        lead_ref: lead.lead_ref.clone(),
        platform: lead.provider.clone().unwrap_or_else(|| "–".to_owned()),
        account_ref: lead.account_ref.clone(),
        outcome: lead.outcome.clone(),
        role: Some(lead.role.clone()),
        person_ref: None,
        reason: write.said(&lead.reason),
        figures: vec![
            figure(distinct.len() as u64, "payments"),
            figure(sources.len() as u64, "sources"),
            figure(lead.against.len() as u64, "items_against"),
            figure(lead.r#for.len() as u64, "items_for"),
        ],
        against: lead.against.len(),
        r#for: lead.r#for.len(),
        open_hypotheses: 0,
        case: at.origin.clone(),
        run_id: at.run_id.clone(),
        version: run.version.clone(),
        entries: write.count(at.entries),
        utc: write.instant(&at.utc),
        lead_digest: hex::encode(<sha2::Sha256 as sha2::Digest>::digest(text)),
        unmasked: wanted.reason.map(str::to_owned),
        referrals: Vec::new(),
        alarms: Vec::new(),
        seeds: lead.seed_evidence.iter().map(seed).collect(),
    })
}

fn gate(write: Writer, lead: &PaymentLead) -> GateText {
    let nothing = || Said { text: "–".to_owned(), english: false };
    let (proposition, alternative) = match &lead.propositions {
        Some([one, other]) => (write.said(one), write.said(other)),
        None => (nothing(), nothing()),
    };
    GateText {
        gate: "payments",
        proposition,
        alternative,
        weight: lead.log10_lr.map(|l| write.weight(l)),
        ratio: lead.log10_lr.map(|l| write.ratio(l)),
        words: lead.log10_lr.map(|l| write.words(l)),
        passed: lead.outcome == "supported",
        reason: write.said(&lead.reason),
        standing: "none".to_owned(),
    }
}

fn item(write: Writer, item: &PaymentItem, most: usize, records: &Records, annex: &mut Annex) -> Item {
    let cited = payment_records(item, most);
    let shown: Vec<&ExplainedRecord> = cited.iter().filter_map(|r| records.get(r)).flatten().collect();
    let total = item.payments.len().saturating_add(item.beside.len());
    let mut made = gather::cited(write, &shown, total as u64, annex);
    made.kind.clone_from(&item.kind);
    made.statement = write.said(&item.finding);
    made.innocent = Some(write.said(&item.innocent));
    made.weight = Some(write.weight(item.log10_lr));
    made.words = Some(write.words(item.log10_lr));
    made.group.clone_from(&item.dependence);
    made
}

/// The payments as points in time, a lane each for whoever is at their other end.
fn moments(lead: &PaymentLead, records: &[&ExplainedRecord]) -> Vec<Episode> {
    let value = |r: &ExplainedRecord, column: &str| {
        r.values.iter().find(|v| v.column == column).and_then(|v| v.value.clone()).unwrap_or_default()
    };
    let point = |r: &&ExplainedRecord| {
        let at = tutela_case::clock::us_of(&value(r, "at_utc"))?;
        let debtor = value(r, "debtor_account");
        let (other, provider) = if debtor == lead.account_ref {
            (value(r, "creditor_account"), value(r, "creditor_provider"))
        } else {
            (debtor, value(r, "debtor_provider"))
        };
        let provider = if provider.is_empty() { value(r, "provider") } else { provider };
        Some(Episode { first_us: at, last_us: at, operator: provider, line_ref: other, connections: 1, lines: 1 })
    };
    records.iter().filter(|r| r.table == TableId::Payment).filter_map(point).collect()
}
