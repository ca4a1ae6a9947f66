//! Migrations, on both kinds of database.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

#[path = "../../tests/server/mod.rs"]
mod server;

use super::database::{Database, Value};
use super::place::Server;
use super::schema::bring_up;
use super::url::StoreUrl;
use super::{postgres::Postgres, sqlite::Sqlite};

const FIRST: &str = "CREATE TABLE a (x TEXT NOT NULL, n INTEGER) STRICT; INSERT INTO a VALUES ('kept', 1);";
const SECOND: &str = "ALTER TABLE a ADD COLUMN y TEXT; CREATE TABLE b (z INTEGER NOT NULL) STRICT;";
/// It fails when half of it is done.
const BROKEN: &str = "CREATE TABLE c (z INTEGER NOT NULL) STRICT; INSERT INTO nowhere VALUES (1);";
const THIRD: &str = "CREATE TABLE c (z INTEGER NOT NULL) STRICT; INSERT INTO c VALUES (3);";

fn rows(db: &dyn Database, sql: &str) -> Vec<Vec<Value>> {
    let mut out = Vec::new();
    db.query(sql, &[], &mut |row| {
        out.push(row.to_vec());
        Ok(())
    })
    .unwrap();
    out
}

#[test]
fn an_older_database_is_brought_up_step_by_step_or_left_as_it_is() {
    let (server, dir) = (server::shared(), tempfile::tempdir().unwrap());
    let url = StoreUrl::parse(&server.url()).unwrap();
    let place = Server { url, schema: "tutela_migrations".to_owned() };
    let databases: [Box<dyn Database>; 2] = [
        Box::new(Sqlite::open(&dir.path().join("case.db")).unwrap()),
        Box::new(Postgres::open(dir.path(), &place, true).unwrap()),
    ];
    for db in databases.iter().map(AsRef::as_ref) {
        bring_up(db, &[FIRST]).unwrap();
        bring_up(db, &[FIRST]).unwrap();
        assert_eq!(db.version().unwrap(), 1);
        bring_up(db, &[FIRST, SECOND]).unwrap();
        let kept = vec![Value::from("kept"), Value::Integer(1), Value::Null];
        assert_eq!(rows(db, "SELECT x, n, y FROM a"), std::slice::from_ref(&kept), "{}", db.name());
        assert!(bring_up(db, &[FIRST, SECOND, BROKEN]).is_err());
        assert_eq!(db.version().unwrap(), 2);
        bring_up(db, &[FIRST, SECOND, THIRD]).unwrap();
        assert_eq!(rows(db, "SELECT z FROM c"), [[Value::Integer(3)]], "the half that was done was undone");
        let refused = bring_up(db, &[FIRST, SECOND]).unwrap_err().to_string();
        assert!(refused.contains("newer version of Tutela (store version 3; this one knows 2)"), "{refused}");
        assert_eq!(rows(db, "SELECT x, n, y FROM a"), [kept]);
    }
}

#[test]
fn what_a_write_did_before_it_failed_is_undone() {
    let (server, dir) = (server::shared(), tempfile::tempdir().unwrap());
    let url = StoreUrl::parse(&server.url()).unwrap();
    let place = Server { url, schema: "tutela_writes".to_owned() };
    let databases: [Box<dyn Database>; 2] = [
        Box::new(Sqlite::open(&dir.path().join("case.db")).unwrap()),
        Box::new(Postgres::open(dir.path(), &place, true).unwrap()),
    ];
    for db in databases.iter().map(AsRef::as_ref) {
        bring_up(db, &[FIRST]).unwrap();
        let insert = "INSERT INTO a VALUES ($1, $2)";
        for (values, stop) in [([Value::Null, Value::Null], false), ([Value::from("more"), Value::Null], true)] {
            let failed = db.write(&mut |db| {
                assert_eq!(db.execute(insert, &["new".into(), Value::from(2u64)])?, 1);
                db.execute(insert, &values)?;
                if stop { Err(crate::CaseError::Usage("stop".to_owned())) } else { Ok(()) }
            });
            assert!(failed.is_err());
            assert_eq!(rows(db, "SELECT x FROM a ORDER BY x"), [[Value::from("kept")]], "{}", db.name());
        }
        db.write(&mut |db| db.execute(insert, &["\u{e9}\u{1f642}'".into(), Value::Integer(i64::MIN)]).map(|_| ()))
            .unwrap();
        db.write(&mut |db| db.execute(insert, &["Z".into(), Value::Integer(i64::MAX)]).map(|_| ())).unwrap();
        let found = rows(db, "SELECT x, n FROM a ORDER BY x");
        let expected = [("Z", i64::MAX), ("kept", 1), ("\u{e9}\u{1f642}'", i64::MIN)];
        assert_eq!(found, expected.map(|(x, n)| [Value::from(x), Value::Integer(n)]), "{}", db.name());
        // What receives rows may refuse them, and the database goes on.
        let refused = db.query("SELECT x FROM a", &[], &mut |_| Err(crate::CaseError::Usage("enough".to_owned())));
        assert!(refused.unwrap_err().to_string().contains("enough"));
        assert_eq!(rows(db, "SELECT count(*) FROM a"), [[Value::Integer(3)]]);
    }
}
