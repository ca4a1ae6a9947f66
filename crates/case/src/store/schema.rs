//! The tables of a case's database, by version, and how an older database is brought to the newest.

use super::database::Database;
use crate::CaseError;

/// The tables, by version, in the words of SQLite. A version is never changed once released; a change is a new one.
pub(super) const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE basis (
        basis_id TEXT PRIMARY KEY, act TEXT NOT NULL, authority TEXT NOT NULL, scope TEXT NOT NULL,
        from_date TEXT NOT NULL, until_date TEXT NOT NULL, added_utc TEXT NOT NULL, added_by TEXT NOT NULL) STRICT;
    CREATE TABLE source (
        source_id TEXT PRIMARY KEY, file_name TEXT NOT NULL, size_bytes INTEGER NOT NULL, format TEXT NOT NULL,
        mapping TEXT, basis_id TEXT NOT NULL REFERENCES basis, rows INTEGER NOT NULL, rows_in_records INTEGER NOT NULL,
        rows_refused INTEGER NOT NULL, notes INTEGER NOT NULL, taken_utc TEXT NOT NULL, taken_by TEXT NOT NULL) STRICT;
    CREATE TABLE other_name (
        source_id TEXT NOT NULL REFERENCES source, file_name TEXT NOT NULL, PRIMARY KEY (source_id, file_name)) STRICT;
    CREATE TABLE record_file (
        source_id TEXT NOT NULL REFERENCES source, table_name TEXT NOT NULL, rows INTEGER NOT NULL, digest TEXT NOT NULL,
        PRIMARY KEY (source_id, table_name)) STRICT;
    CREATE TABLE issue (
        source_id TEXT NOT NULL REFERENCES source, number INTEGER NOT NULL, row INTEGER, byte_offset INTEGER,
        column_name TEXT, found TEXT NOT NULL, expected TEXT NOT NULL, refused INTEGER NOT NULL,
        PRIMARY KEY (source_id, number)) STRICT;
"];

/// The version that the migrations lead to.
pub(crate) const VERSION: u64 = MIGRATIONS.len() as u64;

/// A table: its columns, and the first so many of its columns that are its key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its columns, in the order of the table.
    pub(crate) columns: &'static [&'static str],
    /// How many of them, from the first, are its key.
    pub(crate) key: usize,
}

/// The tables of the newest version, each after those it refers to.
#[rustfmt::skip]
pub(crate) const TABLES: [Table; 5] = [
    Table { name: "basis", key: 1, columns: &[
        "basis_id", "act", "authority", "scope", "from_date", "until_date", "added_utc", "added_by"] },
    Table { name: "source", key: 1, columns: &[
        "source_id", "file_name", "size_bytes", "format", "mapping", "basis_id", "rows", "rows_in_records",
        "rows_refused", "notes", "taken_utc", "taken_by"] },
    Table { name: "other_name", key: 2, columns: &["source_id", "file_name"] },
    Table { name: "record_file", key: 2, columns: &["source_id", "table_name", "rows", "digest"] },
    Table { name: "issue", key: 2, columns: &[
        "source_id", "number", "row", "byte_offset", "column_name", "found", "expected", "refused"] },
];

impl Table {
    /// A query for every row, in the order of the key.
    pub(super) fn select(&self) -> String {
        let (columns, key) = (self.columns.join(", "), self.columns.get(..self.key).unwrap_or_default().join(", "));
        format!("SELECT {columns} FROM {} ORDER BY {key}", self.name)
    }

    /// A statement that adds so many rows at once.
    pub(super) fn insert(&self, rows: usize) -> String {
        let row = |number: usize| {
            let first = number * self.columns.len() + 1;
            let places: Vec<String> = (first..first + self.columns.len()).map(|place| format!("${place}")).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        format!("INSERT INTO {} ({}) VALUES {}", self.name, self.columns.join(", "), rows.join(", "))
    }
}

/// Brings a database to the newest version.
///
/// # Errors
/// Where a newer version of Tutela wrote it, or it cannot be written.
pub(super) fn bring_up(db: &dyn Database, migrations: &[&str]) -> Result<(), CaseError> {
    let version = known_version(db, migrations.len() as u64)?;
    for (migration, number) in migrations.iter().zip(1u64..).filter(|(_, number)| *number > version) {
        db.migrate(migration, number)?;
    }
    Ok(())
}

/// The version of a database, where it is none that only a newer Tutela knows.
pub(super) fn known_version(db: &dyn Database, known: u64) -> Result<u64, CaseError> {
    let version = db.version()?;
    if version > known {
        return Err(CaseError::Usage(format!(
            "{}: written by a newer version of Tutela (store version {version}; this one knows {known})",
            db.name()
        )));
    }
    Ok(version)
}
