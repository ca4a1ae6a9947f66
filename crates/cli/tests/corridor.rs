//! Payments from files to leads: a corridor is read, followed from stated seeds, and compared with its truth.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use support::{add_basis, ok, tutela};

#[test]
fn a_corridor_goes_from_files_to_leads() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let (case, world) = (path("case"), path("world"));
    ok(&["world", "payments", "make", "--seed", "3", "--innocents", "12000", "--buyers", "12", "--out", &world]);
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    for folder in ["payments", "registers"] {
        ok(&["intake", &case, &format!("{world}/{folder}"), "--basis", "B1"]);
    }
    ok(&["run", &case]);
    let document = |case: &str| -> serde_json::Value {
        serde_json::from_str(&ok(&["payments", case, "--format", "json"])).unwrap()
    };
    assert_eq!(document(&case)["leads"].as_array().unwrap().len(), 0, "no seed, no lead");
    assert!(ok(&["payments", &case]).starts_with("no seed"));

    ok(&["intake", &case, &format!("{world}/seeds"), "--basis", "B1"]);
    ok(&["run", &case]);
    let score: serde_json::Value = serde_json::from_str(&ok(&["world", "payments", "score", &case, &world])).unwrap();
    assert_eq!(score["innocent_supported"], 0, "{score}");
    let share = |name: &str| {
        let part = |of: &str| score[name][of].as_u64().unwrap();
        assert!(part("of") > 0, "{name}: {score}");
        part("hits") * 100 / part("of")
    };
    assert!(share("buyers_found") >= 80 && share("victims_named") >= 90 && share("services_named") >= 90, "{score}");

    let document = document(&case);
    let first = document["leads"].as_array().unwrap().iter().find(|lead| lead["rank"] == 1).unwrap();
    let told = ok(&["payments", &case, first["lead_ref"].as_str().unwrap()]);
    for words in ["who else:", "would decide:", "source ", "or that"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let text = document.to_string();
    assert!(!text.contains("offender") && !text.contains("Person 0"), "no name and no verdict");
    ok(&["custody", "verify", &case]);
}

#[test]
fn a_seed_needs_its_evidence_and_is_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case").to_string_lossy().into_owned();
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    let add = |evidence: &str| {
        let args = ["seed", "add", &case, "--basis", "B1", "--provider", "Wallet, \"Three\"", "--account", "100000017"];
        tutela(&[&args[..], &["--evidence", evidence, "--reason", "named by two payers"]].concat())
    };
    let refused = add(" ");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--evidence"));
    assert!(add("partner report 14/2026, page 2").status.success());
    let told = ok(&["custody", "verify", &case]);
    assert!(!told.is_empty());
    let status = ok(&["case", "status", &case]);
    assert!(status.contains("seed-100000017.csv"), "{status}");
    assert!(!dir.path().join("case").join("seed.part").exists());
}
