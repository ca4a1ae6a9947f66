//! The rows of a case's database.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_model::TableId;

/// A legal basis: the act under which sources were acquired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Its reference in this case.
    pub basis_id: String,
    /// The act: a decree, an order, a request.
    pub act: String,
    /// Who issued it.
    pub authority: String,
    /// What it covers.
    pub scope: String,
    /// First day it holds, `YYYY-MM-DD`.
    pub from_date: String,
    /// Last day it holds.
    pub until_date: String,
}

/// A source that has been taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceRow {
    /// SHA-256 of the sealed file.
    pub source_id: String,
    /// The name it came with.
    pub file_name: String,
    /// Its length.
    pub size_bytes: u64,
    /// The format it was read as.
    pub format: String,
    /// The mapping it was read through, as YAML, if any.
    #[serde(skip)]
    pub mapping: Option<String>,
    /// The legal basis.
    pub basis_id: String,
    /// Rows seen.
    pub rows: u64,
    /// Rows that are in records.
    pub rows_in_records: u64,
    /// Rows refused, each with an issue.
    pub rows_refused: u64,
    /// When it was taken in.
    pub taken_utc: String,
    /// By whom.
    pub taken_by: String,
}

impl SourceRow {
    /// SHA-256 of what the database says of a source, its record files included; who took it in and when stands in the
    /// log itself.
    pub(crate) fn digest(&self, notes: u64, files: &[RecordFile]) -> String {
        let mut files: Vec<_> = files.iter().map(|f| (f.table.name(), f.rows, &f.digest)).collect();
        files.sort_unstable();
        let row = (
            (&self.source_id, &self.file_name, self.size_bytes, &self.format, &self.mapping, &self.basis_id),
            (self.rows, self.rows_in_records, self.rows_refused, notes),
            files,
        );
        hex::encode(Sha256::digest(serde_json::to_vec(&row).unwrap_or_default()))
    }
}

/// A file of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordFile {
    /// The source it was read from.
    pub source_id: String,
    /// The table.
    pub table: TableId,
    /// Records in it.
    pub rows: u64,
    /// SHA-256 of the file.
    pub digest: String,
}
