//! How things go: deleted under an order, purged when a person is cleared, lapsed when nobody validated them; and that the
//! log is whole after each.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::fs;
use std::path::Path;

use support::{add_basis, district, intake, ok, run_district, tutela};

fn refused(args: &[&str]) -> String {
    let output = tutela(args);
    assert_eq!(output.status.code(), Some(2), "{args:?} was carried out");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn files(root: &Path) -> String {
    let mut out = String::new();
    for folder in ["sealed", "records", "runs"] {
        let mut open = vec![root.join(folder)];
        while let Some(path) = open.pop() {
            for entry in fs::read_dir(path).unwrap().map(|e| e.unwrap().path()) {
                if entry.is_dir() {
                    open.push(entry);
                } else {
                    out.push_str(&format!("{}\n", entry.display()));
                }
            }
        }
    }
    out
}

#[test]
fn a_source_deleted_under_an_order_leaves_a_tombstone_and_a_whole_log() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let id = tutela_custody::file_digest(&district().join("person.csv")).unwrap();
    let tombstone = dir.path().join("tombstone").to_string_lossy().into_owned();
    let delete = |source: &str, order: &str| {
        ["delete", &case, source, "--order", order, "--reason", "acquitted", "--out", &tombstone].map(str::to_owned)
    };
    let strs = |args: &[String]| args.to_vec();
    let run =
        |args: &[String], f: &dyn Fn(&[&str]) -> String| f(&strs(args).iter().map(String::as_str).collect::<Vec<_>>());
    assert!(run(&delete("person.csv", " "), &refused).contains("order"));
    assert!(run(&delete("nobody.csv", "order 9"), &refused).contains("not in this case"));
    assert!(files(Path::new(&case)).contains(&id));
    let told = run(&delete("person.csv", "tribunal, order 9"), &ok);
    assert!(told.contains("deleted") && told.contains("1 runs"), "{told}");
    assert!(!files(Path::new(&case)).contains(&id), "the sealed file and the records are gone");
    assert_eq!(fs::read_dir(Path::new(&case).join("runs")).unwrap().count(), 0, "the run that rested on it is gone");
    assert!(refused(&["leads", &case]).contains("nothing has been run yet"));
    let whole = ok(&["custody", "verify", &case]);
    assert!(whole.contains("whole") && !whole.contains("unfinished"), "{whole}");

    let key = ok(&["custody", "key", &case]).trim().parse().unwrap();
    let proof = tutela_custody::proof::Inclusion::parse(&fs::read_to_string(&tombstone).unwrap()).unwrap();
    proof.verify(&key).unwrap();
    let entry = tutela_custody::Entry::parse(&proof.entry).unwrap();
    assert_eq!((entry.act.as_str(), entry.subject.as_str()), ("deletion", id.as_str()));

    // Bytes that come back without being taken in again are named; taken in again they are there by right.
    add_basis(&case, "B2");
    let back = Path::new(&case).join("sealed").join(&id);
    fs::copy(district().join("person.csv"), &back).unwrap();
    let found = tutela(&["custody", "verify", &case]);
    assert!(String::from_utf8_lossy(&found.stdout).contains("was deleted by entry"), "{found:?}");
    intake(&case, "B2", &["person"]);
    ok(&["run", &case]);
    ok(&["leads", &case]);
    let whole = ok(&["custody", "verify", &case]);
    assert!(whole.contains("whole") && !whole.contains("unfinished"), "{whole}");
}

#[test]
fn a_cleared_person_is_purged_with_proof() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let people = fs::read_to_string(district().join("person.csv")).unwrap();
    let column = people.lines().next().unwrap().split(',').position(|c| c == "person_ref").unwrap();
    let person = people.lines().nth(1).unwrap().split(',').nth(column).unwrap().to_owned();
    assert!(refused(&["purge", &case, "nobody", "--reason", "cleared"]).contains("no record names them"));
    assert!(refused(&["purge", &case, &person, "--reason", " "]).contains("reason"));
    let told = ok(&["purge", &case, &person, "--reason", "cleared, decree 3"]);
    assert!(told.contains("purged from"), "{told}");
    let log =
        fs::read_dir(Path::new(&case).join("custody/tile/entries/000.p")).unwrap().next().unwrap().unwrap().path();
    let last = String::from_utf8_lossy(&fs::read(log).unwrap()).into_owned();
    assert!(!last.split("\"purge\"").nth(1).unwrap().contains(&person), "the log does not name the person");
    assert!(last.contains(&tutela_case::purged_subject(&person)));
    let whole = ok(&["custody", "verify", &case]);
    assert!(whole.contains("whole") && !whole.contains("unfinished"), "{whole}");
    assert!(refused(&["purge", &case, &person, "--reason", "again"]).contains("no record names them"));
    ok(&["run", &case]);
    assert!(!ok(&["leads", &case, "--format", "json"]).contains(&format!("\"{person}\"")));
    ok(&["custody", "verify", &case]);
}

#[test]
fn an_urgent_act_lapses_unless_it_is_validated_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case").to_string_lossy().into_owned();
    ok(&["case", "init", &case]);
    let add = |id: &str, more: &[&str]| {
        let of = ["--act", "urgent seizure", "--authority", "police", "--scope", "log-ins", "--from", "2020-01-01"];
        tutela(&[&["basis", "add", &case, "--id", id, "--until", "2099-12-31"][..], &of, more].concat())
    };
    assert!(!add("U0", &["--urgent", "yesterday"]).status.success());
    assert!(add("U1", &["--urgent", "2026-01-01T10:00:00Z"]).status.success());
    assert!(add("U2", &["--urgent", "2026-01-01T10:00:00Z"]).status.success());
    let validate = |id: &str, at: &str| tutela(&["basis", "validate", &case, id, "--decree", "decree 4", "--at", at]);
    let why = |output: std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why(validate("U1", "2026-01-03T10:00:01Z")).contains("too late"));
    assert!(why(validate("U1", "2025-12-31T10:00:00Z")).contains("before that"));
    assert!(validate("U1", "2026-01-03T10:00:00Z").status.success());
    assert!(why(validate("U1", "2026-01-03T10:00:00Z")).contains("already"));
    let session = district().join("session.csv").to_string_lossy().into_owned();
    assert!(refused(&["intake", &case, "--basis", "U2", &session]).contains("has lapsed"));
    ok(&["intake", &case, "--basis", "U1", &session]);
    let listed = ok(&["basis", "list", &case]);
    assert!(listed.contains("has lapsed") && listed.contains("holds (urgent)"), "{listed}");
    let whole = ok(&["custody", "verify", &case]);
    assert!(whole.contains("whole"), "{whole}");
}

#[test]
fn a_basis_covers_its_tables_and_its_time() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case").to_string_lossy().into_owned();
    ok(&["case", "init", &case]);
    let of = ["--act", "a", "--authority", "b", "--scope", "log-ins", "--from", "2020-01-01", "--until", "2099-12-31"];
    let add = |id: &str, more: &[&str]| tutela(&[&["basis", "add", &case, "--id", id][..], &of, more].concat());
    assert!(!add("B0", &["--table", "nothing"]).status.success());
    assert!(!add("B0", &["--keep-until", "soon"]).status.success());
    assert!(add("B1", &["--table", "session", "--keep-until", "2024-05-01"]).status.success());
    let file = |name: &str| district().join(format!("{name}.csv")).to_string_lossy().into_owned();
    assert!(refused(&["intake", &case, "--basis", "B1", &file("person")]).contains("covers session"));
    assert!(files(Path::new(&case)).lines().all(|l| l.contains("/part/")), "nothing of it stays");
    ok(&["intake", &case, "--basis", "B1", &file("session")]);
    let due = tutela(&["retention", &case]);
    assert_eq!(due.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&due.stdout).contains("due: tutela delete"));
    ok(&["delete", &case, "session.csv", "--order", "end of keeping", "--reason", "time is over"]);
    assert!(ok(&["retention", &case]).contains("nothing kept"));
    assert!(ok(&["custody", "verify", &case]).contains("whole"));
}
