//! Every byte range that any lead cites, read back from the sealed file, is the record it claims to be.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "test code")]

use std::path::Path;
use std::process::Command;

use tutela_case::Case;

const WORLD: &str =
    "households: 80\ndays: 120\nreported_accounts: 25\nreported_connections: 4000\ninnocent_connections: 20000\n";

fn ok(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tutela")).args(args).env("TUTELA_USER", "tester").output().unwrap();
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {:?}\n{talk}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Makes a small world and the case of it; gives the case's folder.
fn case_of_a_world(dir: &Path) -> String {
    let text = |name: &str| dir.join(name).to_string_lossy().into_owned();
    std::fs::write(dir.join("world.yaml"), WORLD).unwrap();
    ok(&["world", "make", "--seed", "9", "--config", &text("world.yaml"), "--out", &text("world")]);
    let case = text("case");
    ok(&["case", "init", &case]);
    ok(&[
        "basis",
        "add",
        &case,
        "--id",
        "B1",
        "--act",
        "a",
        "--authority",
        "b",
        "--scope",
        "c",
        "--from",
        "2020-01-01",
        "--until",
        "2099-12-31",
    ]);
    ok(&["intake", &case, &text("world/files"), "--basis", "B1"]);
    ok(&["run", &case]);
    case
}

#[test]
fn every_cited_byte_range_is_the_record_it_claims_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let folder = case_of_a_world(dir.path());
    let mut case = Case::open(Path::new(&folder), "tester").unwrap();
    let read = case.read_back_all("every record against its bytes").unwrap();
    let run = case.leads().unwrap().1;
    assert_eq!(run.leads.len(), 25);
    let mut values = 0;
    for (record, found) in &read {
        assert!(!found.is_empty(), "{record:?} is cited and not there");
        let sealed = std::fs::read(Path::new(&folder).join("sealed").join(&record.source_id)).unwrap();
        for one in found {
            assert_eq!((one.table, one.row), (record.table, record.row));
            for value in &one.values {
                let Some(span) = value.span else {
                    assert!(value.rule.is_some(), "{record:?}: {} has neither bytes nor a rule", value.column);
                    continue;
                };
                let bytes = &sealed[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()];
                let spelt = String::from_utf8_lossy(bytes).trim().to_lowercase();
                if value.rule.is_none() {
                    let expected = value.value.as_deref().unwrap().to_lowercase();
                    assert_eq!(spelt, expected, "{record:?}: {}", value.column);
                }
                values += 1;
            }
        }
    }
    assert!(values > 10_000, "only {values} values were compared");
    // Nothing that a lead cites is missing from what was read back.
    for lead in &run.leads {
        let why = case.explain(&lead.lead_ref, usize::MAX, true).unwrap_err().to_string();
        assert!(why.contains("only after a reveal with a reason"), "{why}");
        case.reveal_lead(&lead.lead_ref, "every record against its bytes").unwrap();
        let reads = |case: &Case| case.acts().unwrap().iter().filter(|e| e.act == "read").count();
        let before = reads(&case);
        let explained = case.explain(&lead.lead_ref, usize::MAX, true).unwrap();
        assert_eq!(reads(&case), before + 1, "each look at personal data is an act");
        for item in explained.items {
            assert!(item.shown.len() as u64 >= item.records, "{}: {}", lead.lead_ref, item.evidence_ref);
        }
    }
}

#[test]
fn what_is_personal_stays_masked() {
    let dir = tempfile::tempdir().unwrap();
    let folder = case_of_a_world(dir.path());
    let case = Case::open(Path::new(&folder), "tester").unwrap();
    let leads = case.leads().unwrap().1.leads;
    let mut masked = 0;
    for lead in leads {
        for item in case.explain(&lead.lead_ref, usize::MAX, false).unwrap().items {
            for value in item.shown.iter().flat_map(|r| &r.values) {
                if matches!(value.column, "given_name" | "family_name" | "birth_date" | "phone") {
                    assert_eq!((&value.value, &value.bytes), (&None, &None), "{}", value.column);
                    masked += 1;
                }
            }
        }
    }
    assert!(masked > 0, "no personal column was cited at all");
}
