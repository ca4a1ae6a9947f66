//! Purging a person who was cleared: out of every record file, with every run that rested on them; the sealed files stay as
//! they were supplied, for they are evidence that only an order removes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray, new_null_array};
use arrow::compute::{filter_record_batch, kernels::zip::zip};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_engine::{StageWriter, read_batches};
use tutela_model::TableId;

use crate::custody::Entry;
use crate::pending::by_proposal;
use crate::store::{RecordFile, record_path};
use crate::{Act, Case, CaseError, FourEyes, Proposal, Proposed, files, stated};

pub(crate) const PURGE: &str = "purge";

/// What is done with rows that name a person.
enum Rule {
    /// They go.
    Remove(&'static [&'static str]),
    /// The row stays, for the line exists all the same; what says who it is goes.
    Blank(&'static str, &'static [&'static str]),
}

impl Rule {
    /// The columns that name people.
    fn names(&self) -> &[&'static str] {
        match self {
            Self::Remove(columns) => columns,
            Self::Blank(column, _) => std::slice::from_ref(column),
        }
    }
}

/// In other tables the rows of a `person_ref` go.
const BY_REFERENCE: Rule = Rule::Remove(&["person_ref"]);

/// The tables that name people in other columns.
const RULES: [(TableId, Rule); 2] = [
    (TableId::Relation, Rule::Remove(&["person_ref", "other_ref"])),
    (TableId::Line, Rule::Blank("holder_ref", &["holder_ref", "address"])),
];

/// What is done with the rows of a table that name a person; nothing where it names none.
fn rule_of(table: TableId) -> Option<&'static Rule> {
    let by_reference = table.table().columns.iter().any(|c| c.name == "person_ref");
    let rule = RULES.iter().find(|(of, _)| *of == table).map(|(_, rule)| rule);
    rule.or(by_reference.then_some(&BY_REFERENCE))
}

/// What a purge changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    /// Why: the decision that cleared the person.
    pub reason: String,
    /// SHA-256 of each record file as it is now, by `TABLE/SOURCE.parquet`.
    pub records: BTreeMap<String, String>,
    /// Rows of each of them, now.
    pub rows: BTreeMap<String, u64>,
    /// Rows removed or blanked.
    pub rows_purged: u64,
    /// SHA-256 of what the database says of each source, now.
    pub row_sha256: BTreeMap<String, String>,
    /// The runs that rested on them.
    pub runs: Vec<String>,
}

/// What stands in the log for a person: whoever knows the reference can check it, and nobody can read it.
#[must_use]
pub fn purged_subject(person_ref: &str) -> String {
    hex::encode(Sha256::digest(format!("tutela purge\n{person_ref}")))
}

impl Case {
    /// Purges a person from the records. Logged first; a crash in between is made good when the case is opened. Returns the
    /// entry, what changed, and the proof (C2SP tlog-proof) that the entry is in the log.
    ///
    /// # Errors
    /// Where no record names the person, no reason is given, or a second person has to confirm it ([`CaseError::Pending`]).
    pub fn purge_person(&mut self, person_ref: &str, reason: &str) -> Result<(Entry, Purge, String), CaseError> {
        self.need(Act::Purge)?;
        if reason.trim().is_empty() {
            return Err(CaseError::Usage("a purge needs a reason: --reason \"...\"".to_owned()));
        }
        let reason = stated::text("reason", reason)?;
        if self.is_under_four_eyes(FourEyes::Deletion)? {
            // Whom it is about is not written into the log: the log would keep what is to go.
            let person_sha256 = purged_subject(person_ref);
            self.person_of(&person_sha256)?;
            return Err(self.propose(Proposed::Purge { person_sha256 }, &reason, BTreeMap::new())?);
        }
        self.purge_now(person_ref, &reason, None)
    }

    /// The person that a hash of the log stands for, where a record names them.
    pub(crate) fn person_of(&self, person_sha256: &str) -> Result<String, CaseError> {
        let mut seen = BTreeSet::new();
        for file in self.store.record_files()? {
            let Some(rule) = rule_of(file.table) else { continue };
            for batch in read_batches(&record_path(&self.root, file.table, &file.source_id), rule.names())? {
                let batch = batch?;
                for column in batch.columns() {
                    let texts = column.as_any().downcast_ref::<StringArray>();
                    for text in texts.into_iter().flatten().flatten() {
                        if seen.contains(text) {
                            continue;
                        }
                        if purged_subject(text) == person_sha256 {
                            return Ok(text.to_owned());
                        }
                        seen.insert(text.to_owned());
                    }
                }
            }
        }
        Err(CaseError::Usage("person: no record names them".to_owned()))
    }

    /// The purge itself, once nobody has to be waited for.
    pub(crate) fn purge_now(
        &mut self,
        person_ref: &str,
        reason: &str,
        proposal: Option<&Proposal>,
    ) -> Result<(Entry, Purge, String), CaseError> {
        let folder = self.root.join("records").join("purge");
        files::empty_folder(&folder)?;
        let mut purge = Purge {
            reason: reason.to_owned(),
            records: BTreeMap::new(),
            rows: BTreeMap::new(),
            rows_purged: 0,
            row_sha256: BTreeMap::new(),
            runs: Vec::new(),
        };
        let all = self.store.record_files()?;
        let mut now = all.clone();
        for file in &mut now {
            let Some(rule) = rule_of(file.table) else { continue };
            let (purged, rows, digest) = self.without(file, rule, person_ref)?;
            if purged > 0 {
                let name = format!("{}/{}.parquet", file.table.name(), file.source_id);
                purge.rows_purged += purged;
                purge.records.insert(name.clone(), digest.clone());
                purge.rows.insert(name, rows);
                (file.rows, file.digest) = (rows, digest);
            }
        }
        if purge.records.is_empty() {
            files::empty_folder(&folder)?;
            return Err(CaseError::Usage(format!("person {person_ref}: no record names them")));
        }
        let changed: BTreeSet<&String> =
            all.iter().zip(&now).filter(|(a, b)| a != b).map(|(file, _)| &file.source_id).collect();
        let notes = self.store.notes()?;
        for source in self.store.sources()?.iter().filter(|s| changed.contains(&s.source_id)) {
            let files: Vec<RecordFile> = now.iter().filter(|f| f.source_id == source.source_id).cloned().collect();
            let digest = source.digest(notes.get(&source.source_id).copied().unwrap_or(0), &files);
            purge.row_sha256.insert(source.source_id.clone(), digest);
            purge.runs.extend(self.runs_on(&source.source_id)?);
        }
        purge.runs.sort();
        purge.runs.dedup();
        let mut detail = stated::value(&purge)?;
        by_proposal(&mut detail, proposal);
        self.store.ready()?;
        let entry = self.log.append(&self.who, PURGE, &purged_subject(person_ref), detail)?;
        self.carry_out_purge(&entry)?;
        let (_, proof) = self.proof_of(&entry.index.to_string())?;
        Ok((entry, purge, proof))
    }

    /// Writes a record file anew without a person; says how many rows were concerned.
    fn without(&self, file: &RecordFile, rule: &Rule, person_ref: &str) -> Result<(u64, u64, String), CaseError> {
        let from = record_path(&self.root, file.table, &file.source_id);
        let schema = file.table.table().arrow_schema();
        let columns: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        let to = self.purged_path(file.table.name(), &file.source_id);
        let mut writer = StageWriter::create(&to, &schema)?;
        let mut purged = 0;
        for batch in read_batches(&from, &columns)? {
            let batch = batch?;
            let named = named(&batch, rule.names(), person_ref);
            purged += named.iter().filter(|n| **n).count() as u64;
            let batch = match rule {
                Rule::Remove(_) => {
                    let keep: BooleanArray = named.iter().map(|n| Some(!n)).collect();
                    filter_record_batch(&batch, &keep)
                }
                Rule::Blank(_, columns) => blank(&batch, &named.into_iter().map(Some).collect(), columns),
            };
            writer.write(&batch.map_err(|e| CaseError::Damaged(format!("{}: {e}", from.display())))?)?;
        }
        let written = writer.finish()?;
        if purged == 0 {
            fs::remove_file(&to).map_err(CaseError::io(&to))?;
        }
        Ok((purged, written.rows, written.digest))
    }

    fn purged_path(&self, table: &str, source_id: &str) -> PathBuf {
        self.root.join("records").join("purge").join(format!("{table}.{source_id}.parquet"))
    }

    /// Puts the record files of a logged purge in place; may be done again.
    pub(crate) fn carry_out_purge(&mut self, entry: &Entry) -> Result<(), CaseError> {
        let purge: Purge = serde_json::from_value(entry.detail.clone())
            .map_err(|e| CaseError::Damaged(format!("custody entry {}: {e}", entry.index)))?;
        for run in &purge.runs {
            let folder = self.run_dir(run);
            if folder.exists() {
                fs::remove_dir_all(&folder).map_err(CaseError::io(&folder))?;
            }
        }
        let mut changed = Vec::new();
        for (name, digest) in &purge.records {
            let parts =
                name.split_once('/').and_then(|(t, s)| Some((TableId::from_name(t)?, s.strip_suffix(".parquet")?)));
            let Some((table, source)) = parts else { continue };
            let from = self.purged_path(table.name(), source);
            if from.exists() {
                files::rename(&from, &record_path(&self.root, table, source))?;
            }
            let rows = purge.rows.get(name).copied().unwrap_or(0);
            changed.push(RecordFile { source_id: source.to_owned(), table, rows, digest: digest.clone() });
        }
        self.store.change_record_files(&changed)
    }
}

/// Which rows name the person in one of the columns.
fn named(batch: &RecordBatch, columns: &[&str], person_ref: &str) -> Vec<bool> {
    let mut out = vec![false; batch.num_rows()];
    for column in columns {
        let texts = batch.column_by_name(column).and_then(|c| c.as_any().downcast_ref::<StringArray>());
        for (found, text) in out.iter_mut().zip(texts.into_iter().flatten()) {
            *found |= text == Some(person_ref);
        }
    }
    out
}

/// The batch with some columns made absent in some rows.
fn blank(batch: &RecordBatch, rows: &BooleanArray, columns: &[&str]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let blanked = |(field, column): (&Arc<arrow::datatypes::Field>, &ArrayRef)| {
        if columns.contains(&field.name().as_str()) {
            zip(rows, &new_null_array(column.data_type(), column.len()), column)
        } else {
            Ok(Arc::clone(column))
        }
    };
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(blanked).collect::<Result<_, _>>()?;
    RecordBatch::try_new(schema, columns)
}
