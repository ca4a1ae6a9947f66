//! From a lead to the bytes it rests on: each record's row and byte range, and the bytes of the cited columns, read back
//! from the sealed file. What stands around them stays masked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use tutela_analysis::{PaymentLead, RecordRef};
use tutela_formats::Span;
use tutela_model::TableId;
use tutela_model::lead::{Evidence, Lead};

use crate::explain_payment::{self, ExplainedPayment};
use crate::judgements::find_lead;
use crate::reading::Reading;
use crate::{Act, Case, CaseError, FourEyes, stated};

/// A lead with the records behind each item of evidence.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// The run it comes from.
    pub run_id: String,
    /// The lead.
    pub lead: Lead,
    /// The items of evidence, against before for.
    pub items: Vec<ExplainedItem>,
}

/// One item of evidence with its records.
#[derive(Debug, Serialize)]
pub struct ExplainedItem {
    /// The item's reference inside the lead.
    pub evidence_ref: String,
    /// How many source records it rests on.
    pub records: u64,
    /// Those that are shown.
    pub shown: Vec<ExplainedRecord>,
}

/// A record in its sealed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedRecord {
    /// The table.
    pub table: TableId,
    /// The name the file came with.
    pub file_name: String,
    /// SHA-256 of the sealed file.
    pub source_id: String,
    /// The row, counted from 1.
    pub row: u64,
    /// The bytes of the row in the sealed file.
    pub span: Span,
    /// The columns, each with its own bytes.
    pub values: Vec<ExplainedValue>,
    /// Bytes of the row that are not shown.
    pub masked_bytes: u64,
}

/// One value of a record and the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedValue {
    /// The column.
    pub column: &'static str,
    /// The value; absent where it is masked.
    pub value: Option<String>,
    /// Where its bytes are; absent where no bytes of the file say it.
    pub span: Option<Span>,
    /// Its bytes as they stand in the sealed file, escaped; absent where masked.
    pub bytes: Option<String>,
    /// The rule it follows by, where the bytes do not spell it.
    pub rule: Option<&'static str>,
}

/// What leads are explained from. Explaining needs no more of the case, and holds up nobody.
#[derive(Debug)]
pub struct ExplainOrder {
    run_id: String,
    run_dir: PathBuf,
    reading: Reading,
    reveal: bool,
    /// The lead that it was given for; any of the run where absent.
    of: Option<String>,
}

impl Case {
    /// Explains one lead. At most `most` records are shown of each item; personal columns stay masked unless `reveal`, for
    /// which whoever asks must have given a reason before ([`Case::reveal_lead`]).
    ///
    /// # Errors
    /// Where no such lead is in the newest run, or a source cannot be read back.
    pub fn explain(&self, lead_ref: &str, most: usize, reveal: bool) -> Result<Explained, CaseError> {
        let right = if reveal { Act::RevealPersonal } else { Act::Explain };
        self.need(right)?;
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        let document = tutela_analysis::leads(&self.run_dir(&run_id))?;
        let lead = find_lead(&document, &run_id, lead_ref)?;
        let people = lead.people.iter().map(|p| p.person_ref.as_str());
        self.explain_order(&run_id, &lead.lead_ref, people, reveal)?.explain(lead.clone(), most)
    }

    /// What a lead of the newest run, or one from payments, is explained from; `people` are those whose data it shows. A look that is
    /// unmasked is an entry of the log, before anything is read.
    ///
    /// # Errors
    /// Where the right or the reveal is missing, or the run is no longer the newest.
    pub fn explain_order<'p>(
        &self,
        run_id: &str,
        lead_ref: &str,
        people: impl Iterator<Item = &'p str> + Clone,
        reveal: bool,
    ) -> Result<ExplainOrder, CaseError> {
        let right = if reveal { Act::RevealPersonal } else { Act::Explain };
        self.need(right)?;
        if self.current_run()? != run_id {
            return Err(CaseError::Usage(format!("lead {lead_ref}: the case has been run anew since; load it again")));
        }
        self.check_basis(run_id)?;
        if reveal {
            self.check_revealed(lead_ref, people)?;
        }
        self.log_read(lead_ref, reveal)?;
        Ok(ExplainOrder { of: Some(lead_ref.to_owned()), ..self.order(run_id, reveal)? })
    }

    pub(crate) fn order(&self, run_id: &str, reveal: bool) -> Result<ExplainOrder, CaseError> {
        let (run_id, run_dir) = (run_id.to_owned(), self.run_dir(run_id));
        Ok(ExplainOrder { run_id, run_dir, reading: self.reading()?, reveal, of: None })
    }

    /// One lead of a given run.
    pub(crate) fn explain_of(
        &self,
        run_id: &str,
        lead_ref: &str,
        most: usize,
        reveal: bool,
    ) -> Result<Explained, CaseError> {
        let document = tutela_analysis::leads(&self.run_dir(run_id))?;
        let lead = find_lead(&document, run_id, lead_ref)?.clone();
        self.check_all_revealed(std::slice::from_ref(&lead), reveal)?;
        self.order(run_id, reveal)?.explain(lead, most)
    }

    /// Some leads of a given run.
    pub(crate) fn explain_all_of(
        &self,
        run_id: &str,
        wanted: &dyn Fn(&Lead) -> bool,
        most: usize,
        reveal: bool,
    ) -> Result<Vec<Explained>, CaseError> {
        let mut leads = tutela_analysis::leads(&self.run_dir(run_id))?.leads;
        leads.retain(|l| wanted(l));
        self.check_all_revealed(&leads, reveal)?;
        self.order(run_id, reveal)?.explain_all(leads, most)
    }

    fn check_all_revealed(&self, leads: &[Lead], reveal: bool) -> Result<(), CaseError> {
        if !reveal {
            return Ok(());
        }
        self.need(Act::RevealPersonal)?;
        let each = |l: &Lead| self.check_revealed(&l.lead_ref, l.people.iter().map(|p| p.person_ref.as_str()));
        leads.iter().try_for_each(each)
    }

    /// Every record that any lead rests on, read back unmasked from its sealed file, source by source. For checks; like any
    /// reveal it needs a reason, which the log holds first.
    ///
    /// # Errors
    /// As [`Case::explain`], and where reveals are under four eyes: nobody confirms everything at once.
    pub fn read_back_all(&self, reason: &str) -> Result<BTreeMap<RecordRef, Vec<ExplainedRecord>>, CaseError> {
        self.need(Act::RevealPersonal)?;
        let reason = stated::reason("a reveal", reason)?;
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        if self.is_under_four_eyes(FourEyes::Reveal)? {
            let why = "reveals are under four eyes: the records of all leads are not shown at once; reveal a lead";
            return Err(CaseError::Usage(why.to_owned()));
        }
        self.log.append(&self.who, "reveal_all", "records", serde_json::json!({ "reason": reason }))?;
        let run_dir = self.run_dir(&run_id);
        let cited = tutela_analysis::citations(&run_dir, &tutela_analysis::leads(&run_dir)?.leads)?;
        self.read_back(cited.values().flat_map(|items| items.values().flatten()), true)
    }
}

impl ExplainOrder {
    /// Explains a lead of the run.
    ///
    /// # Errors
    /// Where its stages or a source cannot be read.
    pub fn explain(&self, lead: Lead, most: usize) -> Result<Explained, CaseError> {
        self.check_of(&lead.lead_ref)?;
        let missing = || CaseError::Damaged("a lead was not explained".to_owned());
        self.explain_all(vec![lead], most)?.pop().ok_or_else(missing)
    }

    fn check_of(&self, lead_ref: &str) -> Result<(), CaseError> {
        match &self.of {
            Some(of) if of != lead_ref => {
                Err(CaseError::Damaged(format!("lead {lead_ref}: was to be explained with what is given for {of}")))
            }
            _ => Ok(()),
        }
    }

    /// Explains leads of the run; what they rest on is read back once for all of them.
    pub(crate) fn explain_all(&self, leads: Vec<Lead>, most: usize) -> Result<Vec<Explained>, CaseError> {
        if leads.is_empty() {
            return Ok(Vec::new());
        }
        let cited = tutela_analysis::citations(&self.run_dir, &leads)?;
        let records = cited.values().flat_map(|items| items.values().flat_map(|refs| refs.iter().take(most)));
        let read = self.reading.read_back(records, self.reveal)?;
        let nothing = BTreeMap::new();
        let explain = |lead: Lead| {
            let cited = cited.get(&lead.lead_ref).unwrap_or(&nothing);
            let items =
                lead.against.iter().chain(&lead.r#for).map(|item| explained(item, cited, &read, most)).collect();
            Explained { run_id: self.run_id.clone(), lead, items }
        };
        Ok(leads.into_iter().map(explain).collect())
    }

    /// Explains a lead from payments of the run.
    ///
    /// # Errors
    /// Where a source cannot be read back.
    pub fn explain_payment(&self, lead: PaymentLead, most: usize) -> Result<ExplainedPayment, CaseError> {
        self.check_of(&lead.lead_ref)?;
        let cited = explain_payment::cited(&lead, most);
        let read = self.reading.read_back(cited.iter().flat_map(|(_, records, _)| records), self.reveal)?;
        let items = cited
            .into_iter()
            .map(|(kind, records, all)| ExplainedItem {
                evidence_ref: kind,
                records: all as u64,
                shown: records.iter().filter_map(|record| read.get(record)).flatten().cloned().collect(),
            })
            .collect();
        Ok(ExplainedPayment { run_id: self.run_id.clone(), lead, items })
    }
}

fn explained(
    item: &Evidence,
    cited: &BTreeMap<String, Vec<RecordRef>>,
    read: &BTreeMap<RecordRef, Vec<ExplainedRecord>>,
    most: usize,
) -> ExplainedItem {
    let refs = cited.get(&item.evidence_ref).map(Vec::as_slice).unwrap_or_default();
    let shown = refs.iter().take(most).filter_map(|r| read.get(r)).flatten().cloned().collect();
    ExplainedItem { evidence_ref: item.evidence_ref.clone(), records: refs.len() as u64, shown }
}
