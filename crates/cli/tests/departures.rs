//! What leaves a case through the command: the demonstration's dossiers, and those of leads from payments.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use support::{add_basis, ok, tutela};

const WORLD: &str =
    "households: 80\ndays: 120\nreported_accounts: 25\nreported_connections: 4000\ninnocent_connections: 20000\n";

#[test]
fn the_demonstration_ends_with_a_dossier_that_comes_out_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("world.yaml"), WORLD).unwrap();
    let told = ok(&["demo", "--seed", "9", "--config", &path("world.yaml"), "--out", &path("demo")]);
    let case = path("demo/case");
    let mut made = Vec::new();
    for lang in ["en", "it"] {
        let file = path(&format!("demo/dossier-{lang}.pdf"));
        assert!(told.contains(&file), "{told}");
        made.push(std::fs::read(&file).unwrap());
        assert!(made.last().unwrap().starts_with(b"%PDF-1."));
        assert!(std::fs::read_to_string(format!("{file}.proof")).unwrap().starts_with("c2sp.org/tlog-proof@v1"));
    }
    assert_ne!(made[0], made[1]);
    let log = ok(&["custody", "log", &case, "--format", "json"]);
    let entry = |e: &str| serde_json::from_str::<serde_json::Value>(e).unwrap();
    let dossiers: Vec<_> = log.lines().map(entry).filter(|e| e["act"] == "dossier").collect();
    assert_eq!(dossiers.len(), 2);
    let number = dossiers[1]["index"].to_string();
    let out = path("again.pdf");
    assert!(ok(&["dossier", &case, "--again", &number, "--out", &out]).starts_with("the same bytes"));
    assert_eq!(std::fs::read(&out).unwrap(), made[1]);
    let refused = tutela(&["dossier", &case, "nobody"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nobody: not in run"));
    ok(&["custody", "verify", &case]);
}

#[test]
fn a_lead_from_payments_has_a_dossier_a_bundle_and_exports() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let (case, world) = (path("case"), path("world"));
    ok(&["world", "payments", "make", "--seed", "3", "--innocents", "12000", "--buyers", "12", "--out", &world]);
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    for folder in ["payments", "registers", "contacts", "seeds"] {
        ok(&["intake", &case, &format!("{world}/{folder}"), "--basis", "B1"]);
    }
    ok(&["run", &case]);
    let document: serde_json::Value = serde_json::from_str(&ok(&["payments", &case, "--format", "json"])).unwrap();
    let leads = document["leads"].as_array().unwrap();
    let beside = |item: &serde_json::Value| item["beside"].as_array().map_or(0, Vec::len);
    let near = |l: &&serde_json::Value| l["for"].as_array().unwrap().iter().any(|item| beside(item) > 0);
    let with_payments = leads.iter().find(near).unwrap();
    let lead = with_payments["lead_ref"].as_str().unwrap();
    for lang in ["en", "it"] {
        ok(&["dossier", &case, lead, "--lang", lang, "--out", &path(&format!("{lang}.pdf"))]);
        assert!(std::fs::read(path(&format!("{lang}.pdf"))).unwrap().starts_with(b"%PDF-1."));
    }
    ok(&["dossier", &case, lead, "--defence", "--out", &path("d.zip")]);
    every_record_is_in_the_bundle(&path("d.zip"), with_payments);
    let told = ok(&["export", &case, "--format", "ftm", "--lead", lead, "--out", &path("ftm")]);
    assert!(told.contains("\n1 leads, SHA-256"), "{told}");
    let text = std::fs::read_to_string(path("ftm")).unwrap();
    let entities: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let payments: Vec<_> = entities.iter().filter(|e| e["schema"] == "Payment").collect();
    assert!(!payments.is_empty(), "payments are exported");
    for payment in payments {
        for end in ["payer", "beneficiary", "payerAccount", "beneficiaryAccount"] {
            let id = &payment["properties"][end][0];
            assert!(entities.iter().any(|e| e["id"] == *id), "{end} leads to an entity");
        }
    }
    ok(&["custody", "verify", &case]);
}

/// Beside each item lie its payments, and the log-ins, messages and trips near them.
fn every_record_is_in_the_bundle(path: &str, lead: &serde_json::Value) {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut json = |name: &str| -> serde_json::Value { serde_json::from_reader(zip.by_name(name).unwrap()).unwrap() };
    let (evidence, exculpatory) = (json("evidence.json"), json("exculpatory.json"));
    let places = |records: &serde_json::Value| -> std::collections::BTreeSet<(String, u64)> {
        let place = |r: &serde_json::Value| (r["source_id"].as_str().unwrap().to_owned(), r["row"].as_u64().unwrap());
        records.as_array().into_iter().flatten().map(place).collect()
    };
    let items = |side: &str| lead[side].as_array().unwrap().clone();
    for item in items("against").iter().chain(&items("for")) {
        let found = evidence["items"].as_array().unwrap().iter().find(|i| i["evidence_ref"] == item["kind"]).unwrap();
        let mut expected = places(&item["payments"]);
        expected.extend(places(&item["beside"]));
        assert_eq!(places(&found["shown"]), expected, "{}", item["kind"]);
    }
    let kinds: Vec<_> = exculpatory["records"].as_array().unwrap().iter().map(|r| &r["evidence_ref"]).collect();
    assert_eq!(kinds, items("against").iter().map(|i| &i["kind"]).collect::<Vec<_>>());
}
