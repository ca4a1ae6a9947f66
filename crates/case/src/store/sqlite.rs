//! The store that needs no server: one SQLite file in the case's folder.

use std::path::Path;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, params_from_iter};

use super::database::{Database, Each, Value, Work, Writing};
use super::schema::MIGRATIONS;
use crate::CaseError;

/// A case's SQLite file.
#[derive(Debug)]
pub(super) struct Sqlite {
    db: Connection,
}

impl Sqlite {
    /// Opens the file, or makes it.
    pub(super) fn open(path: &Path) -> Result<Self, CaseError> {
        let db = Connection::open(path)?;
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        Ok(Self { db })
    }

    /// Opens the file to look at it only, as it lies there.
    pub(super) fn open_to_read(path: &Path) -> Result<Self, CaseError> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        Ok(Self { db })
    }
}

/// SQLite's own form of a statement: its places are `?1`, `?2`, ...; nothing else in a statement holds a `$`.
fn own(sql: &str) -> String {
    sql.replace('$', "?")
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Integer(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// The value of a column; numbers with a fraction and bytes are in no column of ours.
fn value(found: ValueRef<'_>, column: usize) -> Result<Value, CaseError> {
    match found {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Integer(number)),
        ValueRef::Text(_) => Ok(Value::Text(found.as_str().map_err(rusqlite::Error::from)?.to_owned())),
        ValueRef::Real(_) | ValueRef::Blob(_) => {
            Err(CaseError::Damaged(format!("column {column} of a row is neither text nor a whole number")))
        }
    }
}

fn hand_out(mut statement: Statement<'_>, values: &[Value], each: &mut Each<'_>) -> Result<(), CaseError> {
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        let values: Result<Vec<Value>, CaseError> = (0..columns).map(|i| value(row.get_ref(i)?, i)).collect();
        each(&values?)?;
    }
    Ok(())
}

fn schema_of(db: &Connection) -> Result<Vec<(String, String)>, CaseError> {
    let sql = "SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Database for Sqlite {
    fn name(&self) -> &'static str {
        "case.db"
    }

    fn query(&self, sql: &str, values: &[Value], each: &mut Each<'_>) -> Result<(), CaseError> {
        hand_out(self.db.prepare(&own(sql))?, values, each)
    }

    fn write(&self, work: &mut Work<'_>) -> Result<(), CaseError> {
        // Rolled back where it is dropped without having been committed.
        let transaction = self.db.unchecked_transaction()?;
        work(&mut Open(&transaction))?;
        Ok(transaction.commit()?)
    }

    fn ready(&self) -> Result<(), CaseError> {
        Ok(())
    }

    fn version(&self) -> Result<u64, CaseError> {
        let version: i64 = self.db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
        Ok(u64::try_from(version).unwrap_or(u64::MAX))
    }

    fn migrate(&self, migration: &str, version: u64) -> Result<(), CaseError> {
        let transaction = self.db.unchecked_transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", i64::try_from(version).unwrap_or(i64::MAX))?;
        Ok(transaction.commit()?)
    }

    fn schema(&self) -> Result<Vec<(String, String)>, CaseError> {
        schema_of(&self.db)
    }

    fn expected_schema(&self) -> Result<Vec<(String, String)>, CaseError> {
        let db = Connection::open_in_memory()?;
        for migration in MIGRATIONS {
            db.execute_batch(migration)?;
        }
        schema_of(&db)
    }
}

/// A transaction.
struct Open<'a>(&'a Connection);

impl Writing for Open<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, CaseError> {
        let mut statement = self.0.prepare_cached(&own(sql))?;
        Ok(statement.execute(params_from_iter(values))? as u64)
    }
}
