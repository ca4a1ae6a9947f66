//! Rows of the database changed, removed and added at random: each is found and named.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tutela_custody::AuditOptions;

use super::verify;
use crate::{Basis, Case, IntakeOptions, Lapse, LapseKind};

/// Changes tried.
const TRIALS: u64 = 1_000;

const SESSIONS: &str = "\
platform,account_ref,at_utc,ip,port,event\n\
example,a1,2026-01-02T03:04:05Z,203.0.113.7,1024,login\n\
example,a2,not a time,203.0.113.8,1025,login\n\
example,a3,2026-01-02T03:04:06Z,203.0.113.9,,login\n";

fn basis(id: &str) -> Basis {
    Basis {
        basis_id: id.to_owned(),
        act: "order 1".to_owned(),
        authority: "court".to_owned(),
        scope: "log-ins".to_owned(),
        from_date: "2020-01-01".to_owned(),
        until_date: "2099-12-31".to_owned(),
    }
}

fn make(root: &Path) {
    let mut case = Case::init(&root.join("case"), "tester").unwrap();
    case.add_basis(&basis("B1")).unwrap();
    case.add_basis(&basis("B2")).unwrap();
    for (number, name) in ["one.csv", "two.csv", "again.csv"].iter().enumerate() {
        let path = root.join(name);
        fs::write(&path, SESSIONS.replace("a3", if number == 1 { "a4" } else { "a3" })).unwrap();
        case.intake(&path, "B1", &IntakeOptions::default()).unwrap();
    }
    // What the last act has done to the database may be missing after a crash; so the last one is none that does anything.
    let lapse = Lapse { kind: LapseKind::Withdrawn, reason: "withdrawn".to_owned() };
    case.lapse_basis("B2", &lapse).unwrap();
}

/// The columns of a table, and how many rows it has.
fn shape(db: &Connection, table: &str) -> (Vec<String>, u64) {
    let mut statement = db.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid").unwrap();
    let columns = statement.query_map([table], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    let rows: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap();
    (columns, rows.cast_unsigned())
}

/// What a value is changed to: another of its type.
fn change(kind: u64) -> &'static str {
    match kind % 4 {
        0 => "CASE typeof(X) WHEN 'integer' THEN X + 1 WHEN 'null' THEN 1 ELSE X || 'x' END",
        1 => "CASE typeof(X) WHEN 'integer' THEN X + 1000 WHEN 'null' THEN 7 ELSE substr(X, 2) || 'y' END",
        2 => "CASE typeof(X) WHEN 'integer' THEN 1 - X WHEN 'null' THEN 0 ELSE upper(X) || '-' END",
        _ => "CASE typeof(X) WHEN 'integer' THEN X + 3 WHEN 'null' THEN 2 ELSE X || X END",
    }
}

#[test]
fn every_changed_row_of_the_database_is_found() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    let root = dir.path().join("case");
    let whole = verify(&root, &AuditOptions::default()).unwrap();
    assert!(whole.is_whole() && whole.unfinished.is_empty() && whole.database, "{whole:?}");
    let path = root.join("case.db");
    let db = Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;").unwrap();
    drop(db);
    let bytes = fs::read(&path).unwrap();
    let tables = ["basis", "source", "other_name", "record_file", "issue"];
    for trial in 0..TRIALS {
        let db = Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON;")
            .unwrap();
        let table = tables[usize::try_from(trial).unwrap() % tables.len()];
        let (columns, rows) = shape(&db, table);
        let dice = trial / tables.len() as u64;
        let at = dice % rows;
        let row = format!("rowid = (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {at})");
        let what = match dice % 7 {
            0 => format!("DELETE FROM {table} WHERE {row}"),
            1 => {
                let values: Vec<String> = columns.iter().map(|c| change(dice).replace('X', c)).collect();
                format!("INSERT INTO {table} SELECT {} FROM {table} WHERE {row}", values.join(", "))
            }
            _ => {
                let column = &columns[usize::try_from(dice / 7).unwrap() % columns.len()];
                format!("UPDATE {table} SET {column} = {} WHERE {row}", change(dice).replace('X', column))
            }
        };
        // What the table itself does not take needs no finding.
        if db.execute_batch(&what).is_ok() {
            drop(db);
            let found = verify(&root, &AuditOptions::default()).unwrap();
            assert!(found.broken.iter().any(|b| b.starts_with("case.db")), "missed: {what}: {found:?}");
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert!(verify(&root, &AuditOptions::default()).unwrap().is_whole());
}

#[test]
fn without_the_database_everything_else_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    let root = dir.path().join("case");
    fs::remove_file(root.join("case.db")).unwrap();
    let found = verify(&root, &AuditOptions::default()).unwrap();
    assert!(found.is_whole() && !found.database && found.sealed == 2, "{found:?}");
    assert!(!root.join("case.db").exists(), "a check changes nothing");
}

#[test]
fn an_act_that_a_crash_cut_off_is_put_right_or_noted() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    let root = dir.path().join("case");
    let file = dir.path().join("three.csv");
    fs::write(&file, SESSIONS.replace("a1", "a9")).unwrap();
    let keep = fs::read(root.join("case.db")).unwrap();
    let mut case = Case::open(&root, "tester").unwrap();
    case.add_basis(&basis("B3")).unwrap();
    drop(case);
    // The log has it and the database does not: what a crash between the two leaves.
    let forget = |bytes: &[u8]| {
        for name in ["case.db-wal", "case.db-shm"] {
            let _absent = fs::remove_file(root.join(name));
        }
        fs::write(root.join("case.db"), bytes).unwrap();
    };
    forget(&keep);
    let found = verify(&root, &AuditOptions::default()).unwrap();
    assert!(found.is_whole() && found.unfinished.len() == 1, "{found:?}");
    let mut case = Case::open(&root, "tester").unwrap();
    assert_eq!(case.bases().unwrap().len(), 3, "the basis is taken from the log");
    drop(case);
    let keep = fs::read(root.join("case.db")).unwrap();
    case = Case::open(&root, "tester").unwrap();
    case.intake(&file, "B1", &IntakeOptions::default()).unwrap();
    drop(case);
    forget(&keep);
    assert!(verify(&root, &AuditOptions::default()).unwrap().unfinished.iter().any(|u| u.contains("take it in again")));
    case = Case::open(&root, "tester").unwrap();
    case.add_basis(&basis("B4")).unwrap();
    drop(case);
    let found = verify(&root, &AuditOptions::default()).unwrap();
    assert!(found.is_whole() && found.unfinished.len() == 1, "noted as unfinished before the next act: {found:?}");
    case = Case::open(&root, "tester").unwrap();
    case.intake(&file, "B1", &IntakeOptions::default()).unwrap();
    drop(case);
    let found = verify(&root, &AuditOptions::default()).unwrap();
    assert!(found.is_whole() && found.unfinished.is_empty(), "{found:?}");
}
