//! The case's database: legal bases, sources, record files, issues. What is asked of it stands here, once for every kind of
//! database: one SQLite file in the case's folder, or a schema of a PostgreSQL server.

mod database;
mod place;
mod postgres;
mod rows;
mod schema;
mod sqlite;
#[cfg(test)]
mod tests;
mod tls;
mod url;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tutela_formats::{Issue, ReadSummary, Severity};
use tutela_model::TableId;

use database::{Database, Each, Row};
pub(crate) use database::{Value, Writing};
pub(crate) use place::Place;
pub use rows::{Basis, RecordFile, SourceRow};
pub(crate) use schema::{TABLES, Table, VERSION};
pub use url::{STORE, StoreUrl};

use crate::CaseError;

/// Rows that are added by one statement.
const ROWS_AT_ONCE: usize = 100;

/// The database of one case.
#[derive(Debug)]
pub(crate) struct Store {
    db: Box<dyn Database>,
    /// A write failed after the log had its act: nothing more may be logged before the case is opened again.
    halted: Arc<AtomicBool>,
}

impl Store {
    /// Opens a case's database and brings it to the newest version. Where `new`, it may be one that is made now.
    pub(crate) fn open(root: &Path, place: &Place, new: bool) -> Result<Self, CaseError> {
        let db: Box<dyn Database> = match place {
            Place::Folder => Box::new(sqlite::Sqlite::open(&place::file(root))?),
            Place::Server(server) => Box::new(postgres::Postgres::open(root, server, new)?),
        };
        schema::bring_up(db.as_ref(), &schema::MIGRATIONS)?;
        Ok(Self { db, halted: Arc::default() })
    }

    /// Opens the database to look at it only, as it lies there.
    pub(crate) fn open_to_read(root: &Path, place: &Place) -> Result<Self, CaseError> {
        let db: Box<dyn Database> = match place {
            Place::Folder => Box::new(sqlite::Sqlite::open_to_read(&place::file(root))?),
            Place::Server(server) => Box::new(postgres::Postgres::open_to_read(root, server)?),
        };
        schema::known_version(db.as_ref(), VERSION)?;
        Ok(Self { db, halted: Arc::default() })
    }

    /// That a server can be reached and takes cases, before anything is made.
    pub(crate) fn reach(root: &Path, url: &StoreUrl) -> Result<(), CaseError> {
        postgres::Postgres::reach(root, url)
    }

    /// Makes the database of a case that is being restored; on a server it is marked as such.
    pub(crate) fn open_restoring(root: &Path, place: &Place) -> Result<Self, CaseError> {
        if let Place::Server(server) = place {
            postgres::Postgres::begin_restoring(root, server)?;
        }
        Self::open(root, place, false)
    }

    /// Takes the mark away from a database that has been restored.
    pub(crate) fn settle_restored(root: &Path, place: &Place) -> Result<(), CaseError> {
        match place {
            Place::Folder => Ok(()),
            Place::Server(server) => postgres::Postgres::end_restoring(root, server),
        }
    }

    /// Removes from a server what is marked as being restored, and nothing else.
    pub(crate) fn remove_restoring(root: &Path, place: &Place) -> Result<(), CaseError> {
        match place {
            Place::Folder => Ok(()),
            Place::Server(server) => postgres::Postgres::remove_restoring(root, server),
        }
    }

    /// What it is called where something is said about a row of it.
    pub(crate) fn name(&self) -> &'static str {
        self.db.name()
    }

    /// Says whether a write has failed.
    pub(crate) fn halted(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.halted)
    }

    /// That it can be written to now: to be asked before something is logged that it has to hold as well.
    pub(crate) fn ready(&self) -> Result<(), CaseError> {
        self.db.ready()
    }

    /// What the database consists of, and what one of this version consists of.
    pub(crate) fn schemas(&self) -> Result<[Vec<(String, String)>; 2], CaseError> {
        Ok([self.db.schema()?, self.db.expected_schema()?])
    }

    /// What a query finds.
    fn all<T: Send>(
        &self,
        sql: &str,
        values: &[Value],
        read: impl Fn(Row<'_>) -> Result<T, CaseError> + Sync,
    ) -> Result<Vec<T>, CaseError> {
        let mut out = Vec::new();
        self.db.query(sql, values, &mut |row| {
            out.push(read(Row(row))?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Writes, all or nothing. Where that fails the log must not go on: it says already what the database does not.
    fn write(&self, mut work: impl FnMut(&mut dyn Writing) -> Result<(), CaseError> + Send) -> Result<(), CaseError> {
        let done = self.db.write(&mut work);
        if done.is_err() {
            self.halted.store(true, Ordering::SeqCst);
        }
        done
    }

    /// When and by whom each basis was added.
    pub(crate) fn basis_origins(&self) -> Result<BTreeMap<String, (String, String)>, CaseError> {
        let sql = "SELECT basis_id, added_utc, added_by FROM basis";
        Ok(self.all(sql, &[], |r| Ok((r.text(0)?, (r.text(1)?, r.text(2)?))))?.into_iter().collect())
    }

    /// The number of notes of each source.
    pub(crate) fn notes(&self) -> Result<BTreeMap<String, u64>, CaseError> {
        let sql = "SELECT source_id, notes FROM source";
        Ok(self.all(sql, &[], |r| Ok((r.text(0)?, r.unsigned(1)?)))?.into_iter().collect())
    }

    /// Issues that no intake writes: of sources that are not there, with values out of range, or with a number left out.
    pub(crate) fn stray_issues(&self) -> Result<u64, CaseError> {
        let sql = "SELECT (SELECT count(*) FROM issue WHERE source_id NOT IN (SELECT source_id FROM source) \
                     OR refused NOT IN (0, 1) OR row < 0 OR byte_offset < 0) \
                   + (SELECT count(*) FROM (SELECT source_id FROM issue GROUP BY source_id \
                     HAVING min(number) <> 0 OR max(number) <> count(*) - 1) AS broken)";
        Ok(self.all(sql, &[], |r| r.unsigned(0))?.into_iter().sum())
    }

    /// The other names under which the bytes of a source came, by source.
    pub(crate) fn other_names(&self) -> Result<Vec<(String, String)>, CaseError> {
        let sql = "SELECT source_id, file_name FROM other_name ORDER BY source_id, file_name";
        self.all(sql, &[], |r| Ok((r.text(0)?, r.text(1)?)))
    }

    pub(crate) fn add_basis(&self, basis: &Basis, utc: &str, who: &str) -> Result<(), CaseError> {
        let Basis { basis_id, act, authority, scope, from_date, until_date } = basis;
        let values = [basis_id.as_str(), act, authority, scope, from_date, until_date, utc, who].map(Value::from);
        self.write(|db| db.execute("INSERT INTO basis VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", &values).map(|_| ()))
    }

    pub(crate) fn bases(&self) -> Result<Vec<Basis>, CaseError> {
        let sql = "SELECT basis_id, act, authority, scope, from_date, until_date FROM basis ORDER BY basis_id";
        self.all(sql, &[], |r| {
            Ok(Basis {
                basis_id: r.text(0)?,
                act: r.text(1)?,
                authority: r.text(2)?,
                scope: r.text(3)?,
                from_date: r.text(4)?,
                until_date: r.text(5)?,
            })
        })
    }

    pub(crate) fn has_source(&self, source_id: &str) -> Result<Option<String>, CaseError> {
        let sql = "SELECT file_name FROM source WHERE source_id = $1";
        Ok(self.all(sql, &[source_id.into()], |r| r.text(0))?.pop())
    }

    pub(crate) fn sources(&self) -> Result<Vec<SourceRow>, CaseError> {
        let sql = "SELECT source_id, file_name, size_bytes, format, mapping, basis_id, rows, rows_in_records, rows_refused, \
                   taken_utc, taken_by FROM source ORDER BY taken_utc, source_id";
        self.all(sql, &[], |r| {
            Ok(SourceRow {
                source_id: r.text(0)?,
                file_name: r.text(1)?,
                size_bytes: r.unsigned(2)?,
                format: r.text(3)?,
                mapping: r.text_or_none(4)?,
                basis_id: r.text(5)?,
                rows: r.unsigned(6)?,
                rows_in_records: r.unsigned(7)?,
                rows_refused: r.unsigned(8)?,
                taken_utc: r.text(9)?,
                taken_by: r.text(10)?,
            })
        })
    }

    pub(crate) fn record_files(&self) -> Result<Vec<RecordFile>, CaseError> {
        let sql = "SELECT source_id, table_name, rows, digest FROM record_file ORDER BY table_name, source_id";
        self.all(sql, &[], |r| {
            let name = r.text(1)?;
            let table = TableId::from_name(&name)
                .ok_or_else(|| CaseError::Damaged("record_file: names a table that there is not".to_owned()))?;
            Ok(RecordFile { source_id: r.text(0)?, table, rows: r.unsigned(2)?, digest: r.text(3)? })
        })
    }

    pub(crate) fn issues(&self) -> Result<Vec<Issue>, CaseError> {
        let sql = "SELECT i.source_id, s.file_name, i.row, i.byte_offset, i.column_name, i.found, i.expected, i.refused \
                   FROM issue i JOIN source s ON s.source_id = i.source_id ORDER BY s.file_name, i.source_id, i.number";
        self.all(sql, &[], |r| {
            Ok(Issue {
                source_id: r.text(0)?,
                file_name: r.text(1)?,
                row: r.place(2)?,
                byte_offset: r.place(3)?,
                column: r.text_or_none(4)?,
                found: r.text(5)?,
                expected: r.text(6)?,
                severity: if r.integer(7)? == 0 { Severity::Note } else { Severity::Refused },
            })
        })
    }

    /// Marks a source as taken in, in one transaction with its record files and issues.
    pub(crate) fn add_source(
        &self,
        source: &SourceRow,
        summary: &ReadSummary,
        files: &[RecordFile],
        issues: &mut (dyn Iterator<Item = Result<Issue, CaseError>> + Send),
    ) -> Result<(), CaseError> {
        let text = |text: &String| Value::from(text);
        let row = [
            text(&source.source_id),
            text(&source.file_name),
            source.size_bytes.into(),
            text(&source.format),
            source.mapping.as_ref().into(),
            text(&source.basis_id),
            summary.rows.into(),
            summary.rows_in_records.into(),
            summary.rows_refused.into(),
            summary.notes.into(),
            text(&source.taken_utc),
            text(&source.taken_by),
        ];
        let mut rows = issues.zip(0u64..).map(|(issue, number)| -> Result<Vec<Value>, CaseError> {
            let issue = issue?;
            Ok(vec![
                text(&source.source_id),
                number.into(),
                issue.row.into(),
                issue.byte_offset.into(),
                issue.column.as_ref().into(),
                text(&issue.found),
                text(&issue.expected),
                (issue.severity == Severity::Refused).into(),
            ])
        });
        let [_, sources, _, record_files, issues] = &TABLES;
        self.write(|db| {
            db.execute(&sources.insert(1), &row)?;
            for file in files {
                let row = [text(&file.source_id), file.table.name().into(), file.rows.into(), text(&file.digest)];
                db.execute(&record_files.insert(1), &row)?;
            }
            insert(db, issues, &mut rows)
        })
    }

    /// Forgets a source with everything that hangs on it; one that is not there is forgotten already.
    pub(crate) fn remove_source(&self, source_id: &str) -> Result<(), CaseError> {
        let statements = [
            "DELETE FROM issue WHERE source_id = $1",
            "DELETE FROM record_file WHERE source_id = $1",
            "DELETE FROM other_name WHERE source_id = $1",
            "DELETE FROM source WHERE source_id = $1",
        ];
        self.write(|db| statements.iter().try_for_each(|sql| db.execute(sql, &[source_id.into()]).map(|_| ())))
    }

    /// Notes the new length and digest of record files.
    pub(crate) fn change_record_files(&self, files: &[RecordFile]) -> Result<(), CaseError> {
        let sql = "UPDATE record_file SET rows = $1, digest = $2 WHERE source_id = $3 AND table_name = $4";
        self.write(|db| {
            files.iter().try_for_each(|file| {
                let key = [Value::from(&file.source_id), file.table.name().into()];
                db.execute(sql, &[&[file.rows.into(), Value::from(&file.digest)], &key[..]].concat()).map(|_| ())
            })
        })
    }

    pub(crate) fn add_other_name(&self, source_id: &str, file_name: &str) -> Result<(), CaseError> {
        let sql = "INSERT INTO other_name VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.write(|db| db.execute(sql, &[source_id.into(), file_name.into()]).map(|_| ()))
    }

    /// Every row of a table, in the order of its key.
    pub(crate) fn dump(&self, table: &Table, each: &mut Each<'_>) -> Result<(), CaseError> {
        self.db.query(&table.select(), &[], each)
    }

    /// Fills a new database, all or nothing.
    pub(crate) fn fill(
        &self,
        work: impl FnMut(&mut dyn Writing) -> Result<(), CaseError> + Send,
    ) -> Result<(), CaseError> {
        self.write(work)
    }
}

/// Adds rows to a table, many by one statement.
pub(crate) fn insert(
    db: &mut dyn Writing,
    table: &Table,
    rows: &mut dyn Iterator<Item = Result<Vec<Value>, CaseError>>,
) -> Result<(), CaseError> {
    let (many, one) = (table.insert(ROWS_AT_ONCE), table.insert(1));
    let width = table.columns.len();
    let mut values = Vec::with_capacity(ROWS_AT_ONCE * width);
    for row in rows {
        values.extend(row?);
        if values.len() == ROWS_AT_ONCE * width {
            db.execute(&many, &values)?;
            values.clear();
        }
    }
    values.chunks(width).try_for_each(|row| db.execute(&one, row).map(|_| ()))
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
