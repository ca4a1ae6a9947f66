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
    for folder in ["payments", "registers", "contacts"] {
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
    down_to_the_bytes(&case, first["lead_ref"].as_str().unwrap());
    to_the_cent(&document, std::path::Path::new(&world));
    let text = document.to_string();
    assert!(!text.contains("offender") && !text.contains("Person 0"), "no name and no verdict");
    ok(&["custody", "verify", &case]);
}

/// The explanation cites the sealed file: the bytes at the place it names are those it shows.
fn down_to_the_bytes(case: &str, lead: &str) {
    let told = ok(&["explain", case, lead]);
    for words in ["who else:", "Would decide", "payment in money-transfer-0.csv", "more bytes of the row stay masked"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let explained: serde_json::Value =
        serde_json::from_str(&ok(&["explain", case, lead, "--format", "json", "--all"])).unwrap();
    let lead = &explained["lead"];
    let items = lead["against"].as_array().unwrap().iter().chain(lead["for"].as_array().unwrap());
    let mut checked = 0;
    for (item, read) in items.zip(explained["items"].as_array().unwrap()) {
        assert_eq!(item["kind"], read["evidence_ref"]);
        assert!(read["shown"].as_array().unwrap().len() >= item["payments"].as_array().unwrap().len());
        for record in read["shown"].as_array().unwrap() {
            let source = record["source_id"].as_str().unwrap();
            let sealed = std::fs::read(std::path::Path::new(case).join("sealed").join(source)).unwrap();
            for value in record["values"].as_array().unwrap() {
                let (Some(from), Some(to), Some(bytes)) =
                    (value["span"]["start"].as_u64(), value["span"]["end"].as_u64(), value["bytes"].as_str())
                else {
                    continue;
                };
                let range = usize::try_from(from).unwrap()..usize::try_from(to).unwrap();
                assert_eq!(String::from_utf8_lossy(&sealed[range]), bytes);
                checked += 1;
            }
        }
    }
    assert!(checked > 50, "{checked}");
}

/// What each payer paid to seeds, against a sum in whole cents over the lines of the providers' list.
fn to_the_cent(document: &serde_json::Value, world: &std::path::Path) {
    let lines = |path: &str| -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(world.join(path)).unwrap();
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let leads = document["leads"].as_array().unwrap();
    let key = |provider: &str, account: &str| format!("{provider}/{account}");
    let of_lead = |lead: &serde_json::Value| {
        key(lead["provider"].as_str().unwrap_or_default(), lead["account_ref"].as_str().unwrap())
    };
    let services: Vec<String> = leads.iter().filter(|lead| lead["role"] == "service").map(of_lead).collect();
    let seeds: Vec<String> = lines("seeds/seeds.csv").iter().map(|cells| key(&cells[0], &cells[1])).collect();
    let mut cents = std::collections::BTreeMap::<String, u64>::new();
    for cells in lines("payments/money-transfer-0.csv") {
        let to = key(&cells[8], &cells[7]);
        if seeds.contains(&to) && !services.contains(&to) {
            *cents.entry(key(&cells[5], &cells[4])).or_default() += cells[2].replace('.', "").parse::<u64>().unwrap();
        }
    }
    let mut compared = 0;
    for lead in leads {
        for item in lead["for"].as_array().unwrap().iter().filter(|item| item["kind"] == "paid_established_recipient") {
            let Some(&expected) = cents.get(&of_lead(lead)) else {
                // Who pays from a bank stands in its statement, not in the providers' list.
                let statement = format!("payments/statement-{}.xml", lead["account_ref"].as_str().unwrap());
                assert!(world.join(statement).exists(), "{lead}");
                continue;
            };
            let sum = item["sums"]["EUR"].as_str().unwrap();
            let (whole, part) = sum.split_once('.').unwrap_or((sum, ""));
            assert_eq!(format!("{whole}{part:0<2}").parse::<u64>().unwrap(), expected, "{lead}");
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared}");
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
