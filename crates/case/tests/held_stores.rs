//! A case that one process holds open for several people, as `tutela serve` does, while its database fails and comes back: what
//! was acknowledged is there, and the next act works without anybody opening the case again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use server::{Server, schema_of};
use tutela_case::custody::AuditOptions;
use tutela_case::{Actor, Basis, Case, CaseError, IntakeOptions, IntakeStatus, SharedCase, StoreUrl, verify};

fn basis(id: &str) -> Basis {
    let text = |t: &str| t.to_owned();
    Basis {
        basis_id: text(id),
        act: text("order 1"),
        authority: text("court"),
        scope: text("log-ins"),
        from_date: text("2020-01-01"),
        until_date: text("2099-12-31"),
    }
}

fn make(folder: &Path, url: Option<&StoreUrl>) -> (PathBuf, SharedCase, Actor) {
    fs::create_dir_all(folder).unwrap();
    let root = folder.join("case");
    let mut case = Case::init_in(&root, "tester", url).unwrap();
    case.add_basis(&basis("B1")).unwrap();
    drop(case);
    let shared = SharedCase::open(&root, "server").unwrap();
    let actor = shared.alone("ada").unwrap();
    (root, shared, actor)
}

fn is_whole(root: &Path) {
    let found = verify(root, &AuditOptions::default()).unwrap();
    assert!(found.is_whole() && found.unfinished.is_empty() && found.database, "{found:?}");
}

fn add(shared: &SharedCase, actor: &Actor, id: &str) -> Result<(), CaseError> {
    shared.acting(actor, |case| case.add_basis(&basis(id)))
}

fn bases(shared: &SharedCase, actor: &Actor) -> Vec<String> {
    let found = shared.acting(actor, |case| case.bases()).unwrap();
    found.into_iter().map(|b| b.basis_id).collect()
}

/// Lets writes to a table fail, or no longer; reads do not.
fn writes_fail(server: &Server, root: &Path, table: &str, put: bool) {
    if root.join("case.db").exists() {
        let db = rusqlite::Connection::open(root.join("case.db")).unwrap();
        let stop = format!("CREATE TRIGGER stop BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END");
        db.execute_batch(if put { &stop } else { "DROP TRIGGER stop" }).unwrap();
    } else {
        let to = if put { "ADD CONSTRAINT stop CHECK (false) NOT VALID" } else { "DROP CONSTRAINT stop" };
        server.psql(&format!("ALTER TABLE {}.{table} {to}", schema_of(root)));
    }
}

#[test]
fn the_next_act_puts_right_what_a_failed_database_left() {
    let (server, dir) = (Server::start(false), tempfile::tempdir().unwrap());
    let places = [("sqlite", None), ("postgres", Some(StoreUrl::parse(&server.url()).unwrap()))];
    for (name, url) in places {
        let folder = dir.path().join(name);
        let (root, shared, actor) = make(&folder, url.as_ref());
        writes_fail(&server, &root, "basis", true);
        let failed = add(&shared, &actor, "B7").unwrap_err();
        assert!(matches!(failed, CaseError::Store(_) | CaseError::Server { .. }), "{name}: {failed}");
        // As long as it fails, the log does not go on without it.
        let length = shared.length().unwrap();
        let failed = add(&shared, &actor, "B8").unwrap_err();
        assert!(matches!(failed, CaseError::Store(_) | CaseError::Server { .. }), "{name}: {failed}");
        assert_eq!(shared.length().unwrap(), length, "{name}");
        if url.is_some() {
            server.stop();
            let failed = add(&shared, &actor, "B8").unwrap_err();
            assert!(matches!(failed, CaseError::Unreachable { .. } | CaseError::Server { .. }), "{failed}");
            server.run();
        }
        writes_fail(&server, &root, "basis", false);
        add(&shared, &actor, "B9").unwrap();
        assert_eq!(bases(&shared, &actor), ["B1", "B7", "B9"], "{name}: B7 is taken from the log");

        // An intake that was cut off is noted as such, in the name of the process, and is done again.
        let file = folder.join("one.csv");
        let rows = "platform,account_ref,at_utc,ip\nexample,a,2026-01-02T03:04:05Z,203.0.113.7\nexample,b,never,\n";
        fs::write(&file, rows).unwrap();
        let intake = || shared.acting(&actor, |case| case.intake(&file, "B1", &IntakeOptions::default()));
        writes_fail(&server, &root, "source", true);
        intake().unwrap_err();
        writes_fail(&server, &root, "source", false);
        let report = intake().unwrap();
        assert_eq!(report.status, IntakeStatus::TakenIn, "{name}");
        let acts = shared.acts_since(0, |e| Some((e.act.clone(), e.who.clone()))).unwrap();
        let last: Vec<(&str, &str)> =
            acts.iter().rev().take(3).map(|(act, who)| (act.as_str(), who.as_str())).collect();
        assert_eq!(last, [("intake", "ada"), ("unfinished", "server"), ("intake", "ada")], "{name}");
        drop(shared);
        is_whole(&root);
    }
}

#[test]
fn a_server_that_is_killed_under_writers_and_started_again_is_gone_on_with() {
    let (server, dir) = (Server::start(false), tempfile::tempdir().unwrap());
    let (root, shared, actor) = make(dir.path(), Some(&StoreUrl::parse(&server.url()).unwrap()));
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for round in 0..3 {
        // Four people write until the server is gone.
        let done = std::thread::scope(|scope| {
            let write = |writer: u64| {
                let (shared, actor) = (&shared, &actor);
                scope.spawn(move || {
                    let (mut said, since) = (Vec::new(), Instant::now());
                    for n in 0.. {
                        let id = format!("{round}-{writer}-{n}");
                        match add(shared, actor, &id) {
                            Ok(()) => said.push(id),
                            Err(_) => break,
                        }
                        assert!(since.elapsed() < Duration::from_secs(60), "the server was not stopped");
                    }
                    said
                })
            };
            let writers: Vec<_> = (0..4).map(write).collect();
            std::thread::sleep(Duration::from_millis(60 + 37 * round));
            server.stop();
            writers.into_iter().flat_map(|w| w.join().unwrap()).collect::<Vec<String>>()
        });
        acknowledged.extend(done);
        refused += u32::from(add(&shared, &actor, "none").is_err());
        server.run();
        let next = format!("{round}-next");
        add(&shared, &actor, &next).unwrap();
        acknowledged.push(next);
    }
    assert_eq!(refused, 3, "while it is gone nothing is acknowledged");
    let there = bases(&shared, &actor);
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !there.contains(id)).collect();
    assert!(lost.is_empty(), "{lost:?} were acknowledged and are not there");
    assert!(acknowledged.len() > 12, "only {} acts before the server went", acknowledged.len());
    drop(shared);
    is_whole(&root);
}
