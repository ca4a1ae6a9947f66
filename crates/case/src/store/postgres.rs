//! The store of an office: a schema of a PostgreSQL database. Every case has a schema of its own, so several live side by
//! side. A session that writes holds a lock of its schema, which the server lets go of only when the session has ended
//! altogether: what a killed process had begun is decided before anybody else looks.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::postgres::fallible_iterator::FallibleIterator as _;
use ::postgres::types::{ToSql, Type};
use ::postgres::{Client, Statement, Transaction};
use sha2::{Digest as _, Sha256};

use super::database::{Database, Each, Value, Work, Writing};
use super::place::Server;
use super::tls;
use super::url::{self, StoreUrl};
use crate::CaseError;

/// How long to wait for the end of a session that holds the lock of the schema: a server needs a moment to see that a process
/// has gone.
const LOCK_TRIES: u32 = 200;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// What a schema is marked as.
const LIVE: &str = "a case of Tutela";
const RESTORING: &str = "a case of Tutela that is being restored";

fn comment(schema: &str, mark: &str) -> String {
    format!("COMMENT ON SCHEMA {schema} IS '{mark}'")
}

/// A case's schema.
pub(super) struct Postgres {
    /// The case's folder.
    root: PathBuf,
    server: Server,
    reading: bool,
    session: Mutex<Option<Session>>,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("server", &self.server).field("reading", &self.reading).finish_non_exhaustive()
    }
}

/// A connection with the statements that were prepared on it.
struct Session {
    client: Client,
    statements: BTreeMap<String, Statement>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let session = self.session.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // A client ends its own runtime, which must not be done inside another one.
        away(|| drop(session));
    }
}

/// Does something where no asynchronous runtime is in the way: a client has one of its own.
fn away<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if tokio::runtime::Handle::try_current().is_err() {
        return work();
    }
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
}

impl Postgres {
    /// Opens a case's schema to work in it. Where `new`, it is made if it is not there.
    pub(super) fn open(root: &Path, server: &Server, new: bool) -> Result<Self, CaseError> {
        let store = Self::to(root, server, false);
        if new {
            away(|| store.create(LIVE))?;
        }
        store.ready()?;
        Ok(store)
    }

    /// Opens a case's schema to look at it only.
    pub(super) fn open_to_read(root: &Path, server: &Server) -> Result<Self, CaseError> {
        let store = Self::to(root, server, true);
        store.ready()?;
        Ok(store)
    }

    /// That the database can be reached and takes a new schema.
    pub(super) fn reach(root: &Path, url: &StoreUrl) -> Result<(), CaseError> {
        let server = Server { url: url.clone(), schema: "pg_catalog".to_owned() };
        let store = Self::to(root, &server, true);
        let sql = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')";
        let may = away(|| {
            let row = store.connect()?.query_one(sql, &[]);
            row.and_then(|row| row.try_get::<_, bool>(0)).map_err(|e| store.failed(&e))
        })?;
        if may {
            return Ok(());
        }
        Err(CaseError::Usage(format!(
            "{url}: this user may make no schema in the database; its owner gives the right with: GRANT CREATE ON DATABASE"
        )))
    }

    /// Makes the schema of a case that is being restored.
    pub(super) fn begin_restoring(root: &Path, server: &Server) -> Result<(), CaseError> {
        let store = Self::to(root, server, false);
        away(|| store.create(RESTORING))
    }

    /// Says of a schema that it is a case's from now on.
    pub(super) fn end_restoring(root: &Path, server: &Server) -> Result<(), CaseError> {
        let store = Self::to(root, server, false);
        away(|| {
            let mark = comment(&server.schema, LIVE);
            store.connect()?.batch_execute(&mark).map_err(|e| store.failed(&e))
        })
    }

    /// Removes a schema that is marked as being restored, with all that is in it.
    pub(super) fn remove_restoring(root: &Path, server: &Server) -> Result<(), CaseError> {
        let store = Self::to(root, server, false);
        away(|| {
            let mut client = store.connect()?;
            let sql = "SELECT pg_catalog.obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace WHERE nspname = $1";
            let found = client.query_opt(sql, &[&server.schema]).map_err(|e| store.failed(&e))?;
            let mark = found.and_then(|row| row.try_get::<_, Option<String>>(0).ok().flatten());
            if mark.as_deref() == Some(RESTORING) {
                let drop = format!("DROP SCHEMA {} CASCADE", server.schema);
                client.batch_execute(&drop).map_err(|e| store.failed(&e))?;
            }
            Ok(())
        })
    }

    fn to(root: &Path, server: &Server, reading: bool) -> Self {
        Self { root: root.to_path_buf(), server: server.clone(), reading, session: Mutex::new(None) }
    }

    fn failed(&self, error: &::postgres::Error) -> CaseError {
        CaseError::Server { server: self.server.to_string(), why: url::cause(error) }
    }

    fn unreachable(&self, error: &::postgres::Error) -> CaseError {
        CaseError::Unreachable { server: self.server.to_string(), why: url::cause(error) }
    }

    /// A connection to the database, in which the schema comes first.
    fn connect(&self) -> Result<Client, CaseError> {
        let mut config = self.server.url.config();
        config.application_name("tutela");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(60));
        }
        let mut client = match config.get_ssl_mode() {
            ::postgres::config::SslMode::Disable => config.connect(::postgres::NoTls),
            _ => config.connect(tls::connector(&self.server.url)?),
        }
        .map_err(|e| self.unreachable(&e))?;
        let encoding = client.query_one("SHOW server_encoding", &[]).and_then(|row| row.try_get::<_, String>(0));
        let encoding = encoding.map_err(|e| self.failed(&e))?;
        if encoding != "UTF8" {
            return Err(CaseError::Usage(format!("{}: the database is in {encoding}; expected UTF8", self.server)));
        }
        // Durable before it is acknowledged, whatever the server does otherwise.
        let settings = format!(
            "SET search_path TO {}; SET client_min_messages TO warning; SET default_transaction_read_only TO {}; \
             SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local')",
            self.server.schema,
            if self.reading { "on" } else { "off" },
        );
        client.batch_execute(&settings).map_err(|e| self.failed(&e))?;
        if self.reading {
            // Whoever looks sees one state, whatever is committed meanwhile.
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            client.batch_execute(begin).map_err(|e| self.failed(&e))?;
        }
        Ok(client)
    }

    /// Makes the schema, with the table that holds its version, and a mark for whoever looks after the server.
    fn create(&self, mark: &str) -> Result<(), CaseError> {
        let mut client = self.connect()?;
        let schema = &self.server.schema;
        let statements = format!(
            "CREATE SCHEMA IF NOT EXISTS {schema}; CREATE TABLE IF NOT EXISTS store_version (version BIGINT NOT NULL); \
             INSERT INTO store_version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM store_version); {}",
            comment(schema, mark)
        );
        let mut transaction = client.transaction().map_err(|e| self.failed(&e))?;
        transaction.batch_execute(&statements).and_then(|()| transaction.commit()).map_err(|e| self.failed(&e))
    }

    /// A session in the schema, which must be there; one that writes is the only one.
    fn session(&self) -> Result<Session, CaseError> {
        let mut client = self.connect()?;
        let sql = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1";
        let there = client.query_one(sql, &[&self.server.schema]).and_then(|row| row.try_get::<_, i64>(0));
        if there.map_err(|e| self.failed(&e))? == 0 {
            return Err(CaseError::Damaged(format!("{}: there is no such schema, and the case notes it", self.server)));
        }
        if !self.reading {
            self.lock_schema(&mut client)?;
        }
        Ok(Session { client, statements: BTreeMap::new() })
    }

    fn lock_schema(&self, client: &mut Client) -> Result<(), CaseError> {
        let digest = Sha256::digest(format!("tutela schema\n{}", self.server.schema));
        let key = digest.iter().take(8).fold(0i64, |key, byte| (key << 8) | i64::from(*byte));
        for _ in 0..LOCK_TRIES {
            let row = client.query_one("SELECT pg_try_advisory_lock($1)", &[&key]);
            if row.and_then(|row| row.try_get::<_, bool>(0)).map_err(|e| self.failed(&e))? {
                return Ok(());
            }
            std::thread::sleep(LOCK_PAUSE);
        }
        Err(CaseError::Locked { path: self.root.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something in a session, connecting anew where there is none or it was lost.
    fn within<T>(&self, work: impl FnOnce(&mut Session) -> Result<T, ::postgres::Error>) -> Result<T, CaseError> {
        let mut lock = self.lock();
        if lock.as_ref().is_some_and(|session| session.client.is_closed()) {
            *lock = None;
        }
        let session = match lock.take() {
            Some(session) => session,
            None => self.session()?,
        };
        work(lock.insert(session)).map_err(|e| self.failed(&e))
    }

    /// That the connection lives; what was lost since it was last used is found out, and connected anew.
    fn live(&self) -> Result<(), CaseError> {
        let lost = |session: &mut Session| session.client.check_connection().is_err();
        let mut lock = self.lock();
        if lock.as_mut().is_some_and(lost) {
            *lock = None;
        }
        drop(lock);
        self.within(|_| Ok(()))
    }
}

impl Session {
    fn statement(&mut self, sql: &str) -> Result<Statement, ::postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// Values in the types that a statement takes.
fn bound(statement: &Statement, values: &[Value]) -> Vec<Box<dyn ToSql + Sync>> {
    let bind = |(kind, value): (&Type, &Value)| -> Box<dyn ToSql + Sync> {
        match value {
            Value::Null if *kind == Type::INT8 => Box::new(None::<i64>),
            Value::Null => Box::new(None::<String>),
            Value::Integer(number) => Box::new(*number),
            Value::Text(text) => Box::new(text.clone()),
        }
    };
    statement.params().iter().zip(values).map(bind).collect()
}

/// The values of a row; no table of ours has other types.
fn values_of(row: &::postgres::Row) -> Result<Vec<Value>, ::postgres::Error> {
    let value = |(index, column): (usize, &::postgres::Column)| -> Result<Value, ::postgres::Error> {
        Ok(if *column.type_() == Type::INT8 {
            row.try_get::<_, Option<i64>>(index)?.map_or(Value::Null, Value::Integer)
        } else {
            row.try_get::<_, Option<String>>(index)?.map_or(Value::Null, Value::Text)
        })
    };
    row.columns().iter().enumerate().map(value).collect()
}

impl Database for Postgres {
    fn name(&self) -> &'static str {
        "database"
    }

    fn query(&self, sql: &str, values: &[Value], each: &mut Each<'_>) -> Result<(), CaseError> {
        away(|| {
            self.live()?;
            // What the receiver says goes before what the database says.
            let mut refused = None;
            let done = self.within(|session| {
                let statement = session.statement(sql)?;
                let mut rows = session.client.query_raw(&statement, bound(&statement, values))?;
                while let Some(row) = rows.next()? {
                    if let Err(why) = each(&values_of(&row)?) {
                        refused = Some(why);
                        break;
                    }
                }
                Ok(())
            });
            refused.map_or(done, Err)
        })
    }

    fn write(&self, work: &mut Work<'_>) -> Result<(), CaseError> {
        away(|| {
            self.live()?;
            let mut refused = None;
            let done = self.within(|session| {
                let Session { client, statements } = session;
                let mut transaction = client.transaction()?;
                let mut open = Open { transaction: &mut transaction, statements, store: self };
                match work(&mut open) {
                    Ok(()) => transaction.commit(),
                    Err(why) => {
                        refused = Some(why);
                        transaction.rollback()
                    }
                }
            });
            refused.map_or(done, Err)
        })
    }

    fn ready(&self) -> Result<(), CaseError> {
        away(|| self.live())
    }

    fn version(&self) -> Result<u64, CaseError> {
        let mut version = None;
        self.query("SELECT version FROM store_version", &[], &mut |row| {
            if let [Value::Integer(number)] = row {
                version = u64::try_from(*number).ok();
            }
            Ok(())
        })?;
        version.ok_or_else(|| CaseError::Damaged(format!("{}: does not say its version", self.server)))
    }

    fn migrate(&self, migration: &str, version: u64) -> Result<(), CaseError> {
        let version = i64::try_from(version).unwrap_or(i64::MAX);
        away(|| {
            self.within(|session| {
                let mut transaction = session.client.transaction()?;
                transaction.batch_execute(&own(migration))?;
                transaction.execute("UPDATE store_version SET version = $1", &[&version])?;
                transaction.commit()
            })
        })
    }

    fn schema(&self) -> Result<Vec<(String, String)>, CaseError> {
        let mut out = Vec::new();
        self.query(SCHEMA, &[Value::from(self.server.schema.as_str())], &mut |row| {
            if let [Value::Text(name), Value::Text(definition)] = row {
                out.push((name.clone(), definition.clone()));
            }
            Ok(())
        })?;
        Ok(out)
    }

    fn expected_schema(&self) -> Result<Vec<(String, String)>, CaseError> {
        let parts = EXPECTED.lines().filter_map(|line| line.split_once('\t'));
        Ok(parts.map(|(name, definition)| (name.to_owned(), definition.to_owned())).collect())
    }
}

/// PostgreSQL's own form of a migration: whole numbers of 64 bits, and text that is ordered by its bytes, as SQLite orders it.
fn own(migration: &str) -> String {
    migration.replace(" TEXT", " TEXT COLLATE \"C\"").replace(" INTEGER", " BIGINT").replace(") STRICT;", ");")
}

/// The parts of a schema: tables and what else is called like one, columns, constraints, triggers, rules, functions.
const SCHEMA: &str = "\
    SELECT 'relation ' || c.relname, c.relkind::text || CASE WHEN c.relrowsecurity THEN ', row security' ELSE '' END \
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 \
    UNION ALL SELECT 'column ' || c.relname || '.' || a.attname, \
        pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END \
        || coalesce(' collate ' || o.collname, '') || coalesce(' default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') \
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
      LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation \
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
      WHERE n.nspname = $1 AND c.relkind <> 'i' AND a.attnum > 0 AND NOT a.attisdropped \
    UNION ALL SELECT 'constraint ' || t.conname, pg_catalog.pg_get_constraintdef(t.oid) \
      FROM pg_catalog.pg_constraint t JOIN pg_catalog.pg_namespace n ON n.oid = t.connamespace \
      WHERE n.nspname = $1 AND t.contype <> 'n' \
    UNION ALL SELECT 'trigger ' || c.relname || '.' || g.tgname, g.tgenabled::text \
      FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid \
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND NOT g.tgisinternal \
    UNION ALL SELECT 'rule ' || c.relname || '.' || r.rulename, r.ev_enabled::text \
      FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class \
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND r.rulename <> '_RETURN' \
    UNION ALL SELECT 'function ' || p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid) \
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1";

/// What [`SCHEMA`] finds in a schema of the newest version; a test with a server holds it to that.
const EXPECTED: &str = include_str!("postgres_schema.txt");

/// A transaction.
struct Open<'a, 'b> {
    transaction: &'a mut Transaction<'b>,
    statements: &'a mut BTreeMap<String, Statement>,
    store: &'a Postgres,
}

impl Writing for Open<'_, '_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, CaseError> {
        let failed = |e| self.store.failed(&e);
        let statement = match self.statements.get(sql) {
            Some(statement) => statement.clone(),
            None => {
                let statement = self.transaction.prepare(sql).map_err(failed)?;
                self.statements.insert(sql.to_owned(), statement.clone());
                statement
            }
        };
        let bound = bound(&statement, values);
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(AsRef::as_ref).collect();
        self.transaction.execute(&statement, &bound).map_err(failed)
    }
}
