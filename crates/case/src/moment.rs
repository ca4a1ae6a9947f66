//! A case as it stood at one moment of its log, for what leaves the case: the same moment gives the same answer, whatever
//! is done to the case later, as long as its legal bases hold and nothing of it is deleted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tutela_analysis::{Episode, PaymentLead, PaymentsDocument, RecordRef};
use tutela_model::TableId;
use tutela_model::lead::Lead;

use crate::custody::Entry;
use crate::judgements::{Judgement, judgements_of};
use crate::line_check::{LineCheck, checks_of};
use crate::request::RequestState;
use crate::run::RunReport;
use crate::signoff::SignOff;
use crate::store::{SourceRow, record_path};
use crate::{Act, Case, CaseError, Explained, ExplainedRecord};

/// What leaves a case is an act under one of these names.
pub const DOSSIER: &str = "dossier";
/// An export for other tools.
pub const EXPORT: &str = "export";

/// Acts that only look, and so make no new moment.
const LOOKING: [&str; 9] =
    ["reveal", "read", "refused", "sign_in", "sign_in_failed", "sign_out", "timestamp", DOSSIER, EXPORT];

/// A moment of a case: its log up to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// Entries of the log.
    pub entries: u64,
    /// When the last of them was made, UTC.
    pub utc: String,
    /// The signed checkpoint over them.
    pub checkpoint: String,
    /// The name of the log, which is the case's.
    pub origin: String,
    /// The key that checks the checkpoint.
    pub log_key: String,
    /// The newest complete run.
    pub run_id: String,
}

/// An act that what leaves the case rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActNote {
    /// Its number in the log.
    pub index: u64,
    /// When, UTC.
    pub utc: String,
    /// By whom.
    pub who: String,
    /// What was done.
    pub act: String,
    /// To what.
    pub subject: String,
    /// The proof (C2SP tlog-proof) that it was in the log at that moment.
    pub proof: String,
}

impl Case {
    /// The newest moment, or that of so many entries.
    ///
    /// # Errors
    /// Where no run had ended, or the log has fewer entries.
    pub fn moment(&self, entries: Option<u64>) -> Result<Moment, CaseError> {
        self.need(Act::Leads)?;
        let all = self.entries()?;
        let newest = all.iter().rfind(|e| !LOOKING.contains(&e.act.as_str())).map_or(0, |e| e.index + 1);
        let entries = entries.unwrap_or(newest);
        let last = entries.checked_sub(1).and_then(|i| all.get(usize::try_from(i).unwrap_or(usize::MAX)));
        let last = last.ok_or_else(|| {
            CaseError::Usage(format!("the log has {} entries; a moment of {entries} was asked for", all.len()))
        })?;
        let run_id = self.complete_runs_of(before(&all, entries))?.pop().ok_or_else(|| {
            CaseError::Usage(format!(
                "{}: nothing has been run yet; run the steps with: tutela run",
                self.root.display()
            ))
        })?;
        if !self.run_dir(&run_id).join("run.json").exists() {
            return Err(CaseError::Usage(format!("run {run_id}: is no longer in the case")));
        }
        let key = self.log_key()?;
        Ok(Moment {
            entries,
            utc: last.utc.clone(),
            checkpoint: self.log.checkpoint_at(entries)?,
            origin: key.name().to_owned(),
            log_key: key.to_string(),
            run_id,
        })
    }

    /// One lead of a moment, with at most `most` records of each item of evidence.
    ///
    /// # Errors
    /// As [`Case::explain`].
    pub fn explain_at(&self, at: &Moment, lead: &str, most: usize, reveal: bool) -> Result<Explained, CaseError> {
        self.need(Act::Leads)?;
        self.check_basis(&at.run_id)?;
        self.explain_of(&at.run_id, lead, most, reveal)
    }

    /// Leads of a moment by reference or account, all where none is named; each as [`Case::explain_at`] gives it. What they
    /// rest on is read back once for all of them.
    ///
    /// # Errors
    /// As [`Case::explain`].
    pub fn explain_many_at(
        &self,
        at: &Moment,
        leads: &[String],
        most: usize,
        reveal: bool,
    ) -> Result<Vec<Explained>, CaseError> {
        self.need(Act::Leads)?;
        self.check_basis(&at.run_id)?;
        let wanted =
            |l: &Lead| leads.is_empty() || leads.iter().any(|w| *w == l.lead_ref || *w == l.account.account_ref);
        self.explain_all_of(&at.run_id, &wanted, most, reveal)
    }

    /// The leads of a moment.
    ///
    /// # Errors
    /// As [`Case::leads`].
    pub fn leads_at(&self, at: &Moment) -> Result<tutela_model::lead::LeadsDocument, CaseError> {
        self.need(Act::Leads)?;
        self.check_basis(&at.run_id)?;
        Ok(tutela_analysis::leads(&self.run_dir(&at.run_id))?)
    }

    /// The leads from payments of a moment.
    ///
    /// # Errors
    /// As [`Case::leads`].
    pub fn payments_at(&self, at: &Moment) -> Result<PaymentsDocument, CaseError> {
        self.need(Act::Leads)?;
        self.check_basis(&at.run_id)?;
        Ok(tutela_analysis::payments(&self.run_dir(&at.run_id))?)
    }

    /// The leads from payments of a moment whose account is held by a person, as providers state it.
    ///
    /// # Errors
    /// As [`Case::leads`], and where the records cannot be read.
    pub fn payments_of(&self, at: &Moment, person: &str) -> Result<Vec<PaymentLead>, CaseError> {
        self.need(Act::Leads)?;
        let inputs = self.run_report_at(at)?.inputs;
        let mut held: BTreeSet<(Option<String>, String)> = BTreeSet::new();
        for file in self.usable_record_files()?.iter().filter(|f| f.table == TableId::PaymentAccount) {
            if !inputs.iter().any(|input| input.contains(&file.source_id)) {
                continue;
            }
            let path = record_path(&self.root, file.table, &file.source_id);
            crate::request::each_row(&path, &["provider", "account_ref", "person_ref"], |row| {
                if row.text("person_ref").as_deref() == Some(person) {
                    held.insert((row.text("provider"), row.required("account_ref")?));
                }
                Ok(())
            })?;
        }
        let is_held = |lead: &PaymentLead| {
            let same = |(provider, account): &(Option<String>, String)| {
                *account == lead.account_ref && (lead.provider.is_none() || *provider == lead.provider)
            };
            held.iter().any(same)
        };
        Ok(self.payments_at(at)?.leads.into_iter().filter(is_held).collect())
    }

    /// The episodes of a lead's account, in order of time.
    ///
    /// # Errors
    /// As [`Case::leads`].
    pub fn episodes_at(&self, at: &Moment, lead_ref: &str) -> Result<Vec<Episode>, CaseError> {
        self.need(Act::Leads)?;
        self.check_basis(&at.run_id)?;
        Ok(tutela_analysis::episodes(&self.run_dir(&at.run_id), lead_ref)?)
    }

    /// What the run of a moment did.
    ///
    /// # Errors
    /// Where its report cannot be read.
    pub fn run_report_at(&self, at: &Moment) -> Result<RunReport, CaseError> {
        self.need(Act::Leads)?;
        let path = self.run_dir(&at.run_id).join("run.json");
        let text = std::fs::read(&path).map_err(CaseError::io(&path))?;
        serde_json::from_slice(&text).map_err(|source| CaseError::Json { path, source })
    }

    /// Records of a moment read back from their sealed files; personal columns stay masked unless `reveal`.
    ///
    /// # Errors
    /// As [`Case::explain`].
    pub fn read_back_at(
        &self,
        at: &Moment,
        records: &BTreeSet<RecordRef>,
        reveal: bool,
    ) -> Result<BTreeMap<RecordRef, Vec<ExplainedRecord>>, CaseError> {
        self.need(Act::Leads)?;
        if reveal {
            self.need(Act::RevealPersonal)?;
            self.check_reason_given()?;
        }
        self.check_basis(&at.run_id)?;
        self.read_back(records.iter(), reveal)
    }

    /// Every decision about a lead up to a moment, the oldest first.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn decisions_at(&self, at: &Moment, lead_ref: &str) -> Result<Vec<SignOff>, CaseError> {
        self.need(Act::Leads)?;
        self.decisions_of(before(&self.entries()?, at.entries), lead_ref)
    }

    /// Every judgement about a lead up to a moment, the oldest first; those that were taken back say so.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn judgements_at(&self, at: &Moment, lead_ref: &str) -> Result<Vec<Judgement>, CaseError> {
        self.need(Act::Leads)?;
        let mut found = judgements_of(before(&self.entries()?, at.entries))?;
        found.retain(|j| j.is_about(lead_ref));
        Ok(found)
    }

    /// What was found at the lines of a lead up to a moment, in the order it was noted.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn line_checks_at(&self, at: &Moment, lead: &Lead) -> Result<Vec<LineCheck>, CaseError> {
        self.need(Act::Leads)?;
        let mut found = checks_of(before(&self.entries()?, at.entries))?;
        let ours =
            |c: &LineCheck| lead.lines.iter().any(|l| l.operator == c.line.operator && l.line_ref == c.line.line_ref);
        found.retain(ours);
        Ok(found)
    }

    /// The requests about connections of a lead's account, and their replies, up to a moment.
    ///
    /// # Errors
    /// Where the log or the records cannot be read.
    pub fn requests_at(&self, at: &Moment, lead_ref: &str) -> Result<Vec<RequestState>, CaseError> {
        self.need(Act::Dossier)?;
        let rows = tutela_analysis::session_rows(&self.run_dir(&at.run_id), lead_ref)?;
        let states = self.request_states_of(before(&self.entries()?, at.entries))?;
        let ours = |s: &RequestState| {
            let row = u64::try_from(s.request.session_row).unwrap_or(0);
            rows.contains(&(s.request.session_source_id.clone(), row))
        };
        Ok(states.into_iter().filter(ours).collect())
    }

    /// Sources by their ids, in the order they came.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn sources_named(&self, ids: &BTreeSet<String>) -> Result<Vec<SourceRow>, CaseError> {
        self.need(Act::Dossier)?;
        let mut sources = self.store.sources()?;
        sources.retain(|s| ids.contains(&s.source_id));
        Ok(sources)
    }

    /// The same for an export.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn sources_exported(&self, ids: &BTreeSet<String>) -> Result<Vec<SourceRow>, CaseError> {
        self.need(Act::Export)?;
        let mut sources = self.store.sources()?;
        sources.retain(|s| ids.contains(&s.source_id));
        Ok(sources)
    }

    /// The acts up to a moment that are about any of these subjects (sources, the run, bases, leads) or have one of these numbers,
    /// with their proofs. Acts that only look are left out.
    ///
    /// # Errors
    /// Where the log does not bear the proofs.
    pub fn acts_at(
        &self,
        at: &Moment,
        subjects: &BTreeSet<String>,
        numbers: &BTreeSet<u64>,
    ) -> Result<Vec<ActNote>, CaseError> {
        self.need(Act::Leads)?;
        let folder = self.custody();
        let about = |e: &Entry| {
            let is_about = subjects.contains(&e.subject) || e.act == "case_init" || numbers.contains(&e.index);
            is_about && !LOOKING.contains(&e.act.as_str())
        };
        let note = |e: Entry| {
            let proof = tutela_custody::prove_entry_at(&folder, e.index, &at.checkpoint)?.to_text();
            Ok(ActNote { index: e.index, utc: e.utc, who: e.who, act: e.act, subject: e.subject, proof })
        };
        self.log.settle()?;
        before(&self.entries()?, at.entries).iter().filter(|e| about(e)).cloned().map(note).collect()
    }

    /// Records that something leaves the case, before it does: which act's right it takes, what it is about, and what it
    /// is, with its digest.
    ///
    /// # Errors
    /// Where the right is missing or the log cannot be written; then it must not leave.
    pub fn log_departure(
        &mut self,
        right: Act,
        act: &'static str,
        subject: &str,
        detail: serde_json::Value,
    ) -> Result<Entry, CaseError> {
        self.need(right)?;
        self.log.append(&self.who, act, subject, detail)
    }

    /// An earlier act of that name by its number in the log.
    ///
    /// # Errors
    /// Where the entry is another act, or there is none.
    pub fn departure(&self, act: &'static str, index: u64) -> Result<Entry, CaseError> {
        self.need(Act::Leads)?;
        let found = self.entries()?.iter().find(|e| e.index == index && e.act == act).cloned();
        found.ok_or_else(|| {
            CaseError::Usage(format!("entry {index}: is no {act} (list the log with: tutela custody log)"))
        })
    }

    /// The acts of that name about a subject, the oldest first.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn departures(&self, act: &'static str, subject: &str) -> Result<Vec<Entry>, CaseError> {
        self.need(Act::Leads)?;
        Ok(self.entries()?.iter().filter(|e| e.act == act && e.subject == subject).cloned().collect())
    }

    /// The proof that an act is in the log, under the newest checkpoint. Of what left the case it goes with it; of any other act
    /// it is a proof like any ([`Case::prove`]).
    ///
    /// # Errors
    /// Where the right is missing or the log does not bear it.
    pub fn proof_of_entry(&self, index: u64) -> Result<String, CaseError> {
        let left = |e: &Entry| e.index == index && [DOSSIER, EXPORT].contains(&e.act.as_str());
        self.need(if self.entries()?.iter().any(left) { Act::Leads } else { Act::Prove })?;
        self.log.settle()?;
        Ok(tutela_custody::prove_entry(&self.custody(), index)?.to_text())
    }

    /// That whoever opened the case may do something; a refusal is logged.
    ///
    /// # Errors
    /// Where the right is missing.
    pub fn may(&self, act: Act) -> Result<(), CaseError> {
        self.need(act)
    }
}

/// The entries up to a moment.
fn before(all: &[Entry], entries: u64) -> &[Entry] {
    all.get(..all.partition_point(|e| e.index < entries)).unwrap_or(all)
}
