//! Deletion under an order: the source, its records and every run that rests on them go; what remains is a signed entry
//! that says so, and the proof that the log is still whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::{Deserialize, Serialize};

use crate::custody::Entry;
use crate::pending::by_proposal;
use crate::store::{RecordFile, record_path};
use crate::{Act, Case, CaseError, FourEyes, Proposal, Proposed, RunReport, stated};

pub(crate) const DELETION: &str = "deletion";

/// What a deletion took away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// The order, with its number and authority.
    pub order: String,
    /// Why.
    pub reason: String,
    /// The legal basis under which the source was acquired.
    pub basis: String,
    /// The tables of which records were removed.
    pub tables: Vec<String>,
    /// The runs that rested on them.
    pub runs: Vec<String>,
}

impl Case {
    /// Deletes a source under an order. The deletion is logged first; a crash in between is made good when the case is
    /// opened. Returns the entry, what went, and the proof (C2SP tlog-proof) that the entry is in the log: the tombstone.
    ///
    /// # Errors
    /// Where there is no such source, no order or reason, or a second person has to confirm it ([`CaseError::Pending`]).
    pub fn delete_source(
        &mut self,
        source: &str,
        order: &str,
        reason: &str,
    ) -> Result<(Entry, Deletion, String), CaseError> {
        self.need(Act::Delete)?;
        for (name, text) in [("order", order), ("reason", reason)] {
            if text.trim().is_empty() {
                return Err(CaseError::Usage(format!("a deletion needs its {name}: --{name} \"...\"")));
            }
        }
        let (order, reason) = (stated::text("order", order)?, stated::text("reason", reason)?);
        if self.is_under_four_eyes(FourEyes::Deletion)? {
            let source_id = self.find_source(source)?.source_id;
            return Err(self.propose(Proposed::Delete { source_id, order }, &reason, BTreeMap::new())?);
        }
        self.delete_now(source, &order, &reason, None)
    }

    /// The same, once nobody has to be waited for.
    pub(crate) fn delete_now(
        &mut self,
        source: &str,
        order: &str,
        reason: &str,
        proposal: Option<&Proposal>,
    ) -> Result<(Entry, Deletion, String), CaseError> {
        let row = self.find_source(source)?;
        let files = self.store.record_files()?;
        let of_source = |f: &&RecordFile| f.source_id == row.source_id;
        let deletion = Deletion {
            order: order.trim().to_owned(),
            reason: reason.trim().to_owned(),
            basis: row.basis_id,
            tables: files.iter().filter(of_source).map(|f| f.table.name().to_owned()).collect(),
            runs: self.runs_on(&row.source_id)?.into_iter().collect(),
        };
        let mut detail = stated::value(&deletion)?;
        by_proposal(&mut detail, proposal);
        self.store.ready()?;
        let entry = self.log.append(&self.who, DELETION, &row.source_id, detail)?;
        self.carry_out_deletion(&entry)?;
        let (_, proof) = self.proof_of(&entry.index.to_string())?;
        Ok((entry, deletion, proof))
    }

    /// The source of that id, the beginning of one, or that file name.
    pub(crate) fn find_source(&self, source: &str) -> Result<crate::SourceRow, CaseError> {
        let sources = self.store.sources()?;
        let found: Vec<_> = sources
            .into_iter()
            .filter(|s| s.file_name == source || source.len() >= 8 && s.source_id.starts_with(source))
            .collect();
        match <[_; 1]>::try_from(found) {
            Ok([only]) => Ok(only),
            Err(found) if found.is_empty() => {
                Err(CaseError::Usage(format!("source {source}: not in this case (list them with: tutela case status)")))
            }
            Err(found) => Err(CaseError::Usage(format!(
                "source {source}: {} sources are called so; name the one by its SHA-256",
                found.len()
            ))),
        }
    }

    /// The runs that rest on a source, and those that do not say what they rest on.
    pub(crate) fn runs_on(&self, source_id: &str) -> Result<BTreeSet<String>, CaseError> {
        let folder = self.root.join("runs");
        let mut out = BTreeSet::new();
        for run in fs::read_dir(&folder).map_err(CaseError::io(&folder))? {
            let run = run.map_err(CaseError::io(&folder))?;
            let report = fs::read(run.path().join("run.json")).ok();
            let report = report.and_then(|text| serde_json::from_slice::<RunReport>(&text).ok());
            if report.is_none_or(|r| r.inputs.iter().any(|input| input.contains(source_id))) {
                out.insert(run.file_name().to_string_lossy().into_owned());
            }
        }
        Ok(out)
    }

    /// Removes what a logged deletion names; may be done again.
    pub(crate) fn carry_out_deletion(&mut self, entry: &Entry) -> Result<(), CaseError> {
        let deletion: Deletion = serde_json::from_value(entry.detail.clone())
            .map_err(|e| CaseError::Damaged(format!("custody entry {}: {e}", entry.index)))?;
        for run in &deletion.runs {
            let folder = self.run_dir(run);
            if folder.exists() {
                fs::remove_dir_all(&folder).map_err(CaseError::io(&folder))?;
            }
        }
        let tables = deletion.tables.iter().filter_map(|name| tutela_model::TableId::from_name(name));
        let records = tables.map(|table| record_path(&self.root, table, &entry.subject));
        for path in records.chain([self.sealed(&entry.subject)]).filter(|path| path.exists()) {
            fs::remove_file(&path).map_err(CaseError::io(&path))?;
        }
        self.store.remove_source(&entry.subject)
    }
}

/// The runs that an act took away.
pub(crate) fn runs_taken_away(entry: &Entry) -> BTreeSet<String> {
    if !matches!(entry.act.as_str(), DELETION | crate::purge::PURGE) {
        return BTreeSet::new();
    }
    let runs = entry.detail.get("runs").and_then(serde_json::Value::as_array);
    runs.into_iter().flatten().filter_map(|run| run.as_str().map(str::to_owned)).collect()
}
