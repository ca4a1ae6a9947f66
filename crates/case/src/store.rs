//! The case's database: legal bases, sources, record files, issues. One SQLite file in the case's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_formats::{Issue, ReadSummary, Severity};
use tutela_model::TableId;

use crate::CaseError;

/// The tables, by version. A version is never changed once released; a change is a new one.
const MIGRATIONS: [&str; 1] = ["
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

/// The database of one case.
#[derive(Debug)]
pub(crate) struct Store {
    db: Connection,
}

fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Store {
    pub(crate) fn open(path: &Path) -> Result<Self, CaseError> {
        let db = Connection::open(path)?;
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        let version: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
        let known = signed(MIGRATIONS.len() as u64);
        if version > known {
            return Err(CaseError::Usage(format!(
                "{}: written by a newer version of Tutela (store version {version}; this one knows {known})",
                path.display()
            )));
        }
        for (number, migration) in MIGRATIONS.iter().enumerate().skip(usize::try_from(version).unwrap_or(0)) {
            db.execute_batch(&format!("BEGIN; {migration}; PRAGMA user_version = {}; COMMIT;", number + 1))?;
        }
        Ok(Self { db })
    }

    /// Opens the database to look at it only, as it lies there.
    pub(crate) fn open_to_read(path: &Path) -> Result<Self, CaseError> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        Ok(Self { db })
    }

    /// The statements that made the database, in order: what a database of this version consists of.
    pub(crate) fn schema(&self) -> Result<Vec<(String, String)>, CaseError> {
        let sql = "SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name";
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The schema of a new database.
    pub(crate) fn expected_schema() -> Result<Vec<(String, String)>, CaseError> {
        let db = Connection::open_in_memory()?;
        for migration in MIGRATIONS {
            db.execute_batch(migration)?;
        }
        Self { db }.schema()
    }

    /// When and by whom each basis was added.
    pub(crate) fn basis_origins(&self) -> Result<BTreeMap<String, (String, String)>, CaseError> {
        let mut statement = self.db.prepare("SELECT basis_id, added_utc, added_by FROM basis")?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, (r.get(1)?, r.get(2)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The number of notes of each source.
    pub(crate) fn notes(&self) -> Result<BTreeMap<String, u64>, CaseError> {
        let mut statement = self.db.prepare("SELECT source_id, notes FROM source")?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, unsigned(r, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Issues that no intake writes: of sources that are not there, with values out of range, or with a number left out.
    pub(crate) fn stray_issues(&self) -> Result<u64, CaseError> {
        let sql = "SELECT (SELECT count(*) FROM issue WHERE source_id NOT IN (SELECT source_id FROM source) \
                     OR refused NOT IN (0, 1) OR row < 0 OR byte_offset < 0) \
                   + (SELECT count(*) FROM (SELECT source_id FROM issue GROUP BY source_id \
                     HAVING min(number) <> 0 OR max(number) <> count(*) - 1))";
        Ok(self.db.query_row(sql, [], |r| unsigned(r, 0))?)
    }

    /// The other names under which the bytes of a source came, by source.
    pub(crate) fn other_names(&self) -> Result<Vec<(String, String)>, CaseError> {
        let mut statement =
            self.db.prepare("SELECT source_id, file_name FROM other_name ORDER BY source_id, file_name")?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn add_basis(&self, basis: &Basis, utc: &str, who: &str) -> Result<(), CaseError> {
        self.db.execute(
            "INSERT INTO basis VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                basis.basis_id,
                basis.act,
                basis.authority,
                basis.scope,
                basis.from_date,
                basis.until_date,
                utc,
                who
            ],
        )?;
        Ok(())
    }

    pub(crate) fn bases(&self) -> Result<Vec<Basis>, CaseError> {
        let sql = "SELECT basis_id, act, authority, scope, from_date, until_date FROM basis ORDER BY basis_id";
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map([], |r| {
            Ok(Basis {
                basis_id: r.get(0)?,
                act: r.get(1)?,
                authority: r.get(2)?,
                scope: r.get(3)?,
                from_date: r.get(4)?,
                until_date: r.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn has_source(&self, source_id: &str) -> Result<Option<String>, CaseError> {
        let sql = "SELECT file_name FROM source WHERE source_id = ?1";
        Ok(self.db.query_row(sql, [source_id], |r| r.get(0)).optional()?)
    }

    pub(crate) fn sources(&self) -> Result<Vec<SourceRow>, CaseError> {
        let mut statement = self.db.prepare(
            "SELECT source_id, file_name, size_bytes, format, mapping, basis_id, rows, rows_in_records, rows_refused, \
             taken_utc, taken_by FROM source ORDER BY taken_utc, source_id",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(SourceRow {
                source_id: r.get(0)?,
                file_name: r.get(1)?,
                size_bytes: unsigned(r, 2)?,
                format: r.get(3)?,
                mapping: r.get(4)?,
                basis_id: r.get(5)?,
                rows: unsigned(r, 6)?,
                rows_in_records: unsigned(r, 7)?,
                rows_refused: unsigned(r, 8)?,
                taken_utc: r.get(9)?,
                taken_by: r.get(10)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn record_files(&self) -> Result<Vec<RecordFile>, CaseError> {
        let sql = "SELECT source_id, table_name, rows, digest FROM record_file ORDER BY table_name, source_id";
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map([], |r| {
            let name: String = r.get(1)?;
            let table = TableId::from_name(&name).ok_or(rusqlite::Error::InvalidColumnName(name))?;
            Ok(RecordFile { source_id: r.get(0)?, table, rows: unsigned(r, 2)?, digest: r.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn issues(&self) -> Result<Vec<Issue>, CaseError> {
        let mut statement = self.db.prepare(
            "SELECT i.source_id, s.file_name, i.row, i.byte_offset, i.column_name, i.found, i.expected, i.refused \
             FROM issue i JOIN source s ON s.source_id = i.source_id ORDER BY s.file_name, i.source_id, i.number",
        )?;
        let rows = statement.query_map([], |r| {
            let place = |index| r.get::<_, Option<i64>>(index).map(|v| v.and_then(|v| u64::try_from(v).ok()));
            Ok(Issue {
                source_id: r.get(0)?,
                file_name: r.get(1)?,
                row: place(2)?,
                byte_offset: place(3)?,
                column: r.get(4)?,
                found: r.get(5)?,
                expected: r.get(6)?,
                severity: if r.get(7)? { Severity::Refused } else { Severity::Note },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Marks a source as taken in, in one transaction with its record files and issues.
    pub(crate) fn add_source(
        &mut self,
        source: &SourceRow,
        summary: &ReadSummary,
        files: &[RecordFile],
        issues: &mut dyn Iterator<Item = Result<Issue, CaseError>>,
    ) -> Result<(), CaseError> {
        let transaction = self.db.transaction()?;
        transaction.execute(
            "INSERT INTO source VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                source.source_id,
                source.file_name,
                signed(source.size_bytes),
                source.format,
                source.mapping,
                source.basis_id,
                signed(summary.rows),
                signed(summary.rows_in_records),
                signed(summary.rows_refused),
                signed(summary.notes),
                source.taken_utc,
                source.taken_by
            ],
        )?;
        for file in files {
            transaction.execute(
                "INSERT INTO record_file VALUES (?1, ?2, ?3, ?4)",
                params![file.source_id, file.table.name(), signed(file.rows), file.digest],
            )?;
        }
        {
            let mut insert = transaction.prepare("INSERT INTO issue VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
            for (number, issue) in issues.enumerate() {
                let issue = issue?;
                insert.execute(params![
                    source.source_id,
                    signed(number as u64),
                    issue.row.map(signed),
                    issue.byte_offset.map(signed),
                    issue.column,
                    issue.found,
                    issue.expected,
                    issue.severity == Severity::Refused
                ])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Forgets a source with everything that hangs on it; one that is not there is forgotten already.
    pub(crate) fn remove_source(&mut self, source_id: &str) -> Result<(), CaseError> {
        let transaction = self.db.transaction()?;
        for table in ["issue", "record_file", "other_name", "source"] {
            transaction.execute(&format!("DELETE FROM {table} WHERE source_id = ?1"), [source_id])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Notes the new length and digest of record files.
    pub(crate) fn change_record_files(&mut self, files: &[RecordFile]) -> Result<(), CaseError> {
        let transaction = self.db.transaction()?;
        for file in files {
            transaction.execute(
                "UPDATE record_file SET rows = ?3, digest = ?4 WHERE source_id = ?1 AND table_name = ?2",
                params![file.source_id, file.table.name(), signed(file.rows), file.digest],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    pub(crate) fn add_other_name(&self, source_id: &str, file_name: &str) -> Result<bool, CaseError> {
        let sql = "INSERT OR IGNORE INTO other_name VALUES (?1, ?2)";
        Ok(self.db.execute(sql, params![source_id, file_name])? > 0)
    }
}

/// The record files of each table.
pub(crate) fn by_table(root: &Path, files: &[RecordFile]) -> BTreeMap<TableId, Vec<PathBuf>> {
    let mut out: BTreeMap<TableId, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        out.entry(file.table).or_default().push(record_path(root, file.table, &file.source_id));
    }
    out
}

/// Where the records of a table from a source are.
pub(crate) fn record_path(root: &Path, table: TableId, source_id: &str) -> PathBuf {
    root.join("records").join(table.name()).join(format!("{source_id}.parquet"))
}
