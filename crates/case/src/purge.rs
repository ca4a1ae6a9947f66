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
use crate::store::{RecordFile, record_path};
use crate::{Act, Case, CaseError, files};

pub(crate) const PURGE: &str = "purge";

/// What is done with rows that name a person.
enum Rule {
    /// They go.
    Remove(&'static [&'static str]),
    /// The row stays, for the line exists all the same; what says who it is goes.
    Blank(&'static str, &'static [&'static str]),
}

/// In other tables the rows of a `person_ref` go.
const BY_REFERENCE: Rule = Rule::Remove(&["person_ref"]);

/// The tables that name people in other columns.
const RULES: [(TableId, Rule); 2] = [
    (TableId::Relation, Rule::Remove(&["person_ref", "other_ref"])),
    (TableId::Line, Rule::Blank("holder_ref", &["holder_ref", "address"])),
];

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
    /// Where no record names the person, or no reason is given.
    pub fn purge_person(&mut self, person_ref: &str, reason: &str) -> Result<(Entry, Purge, String), CaseError> {
        self.need(Act::Purge)?;
        if reason.trim().is_empty() {
            return Err(CaseError::Usage("a purge needs a reason: --reason \"...\"".to_owned()));
        }
        let folder = self.root.join("records").join("purge");
        files::empty_folder(&folder)?;
        let mut purge = Purge {
            reason: reason.trim().to_owned(),
            records: BTreeMap::new(),
            rows: BTreeMap::new(),
            rows_purged: 0,
            row_sha256: BTreeMap::new(),
            runs: Vec::new(),
        };
        let all = self.store.record_files()?;
        let mut now = all.clone();
        for file in &mut now {
            let by_reference = file.table.table().columns.iter().any(|c| c.name == "person_ref");
            let rule = RULES.iter().find(|(table, _)| *table == file.table).map(|(_, rule)| rule);
            let Some(rule) = rule.or(by_reference.then_some(&BY_REFERENCE)) else { continue };
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
        let detail = serde_json::to_value(&purge).unwrap_or_default();
        self.store.ready()?;
        let entry = self.log.append(&self.who, PURGE, &purged_subject(person_ref), detail)?;
        self.carry_out_purge(&entry)?;
        let (_, proof) = self.prove(&entry.index.to_string())?;
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
            let names = match rule {
                Rule::Remove(columns) => *columns,
                Rule::Blank(column, _) => std::slice::from_ref(column),
            };
            let named = named(&batch, names, person_ref);
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
