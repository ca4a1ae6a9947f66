//! A world that somebody else wrote, as CSV files whose headings are the tables' columns, goes in with one `tutela
//! intake` and comes out as leads whose accounts and people can be compared with a truth table.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "test code")]

use std::collections::BTreeMap;

mod support;

use support::{district, ok, run_district, tutela};

#[test]
fn canonical_csv_comes_out_as_the_truth_says() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let document: serde_json::Value = serde_json::from_str(&ok(&["leads", &case, "--format", "json"])).unwrap();
    let mut found = BTreeMap::new();
    for lead in document["leads"].as_array().unwrap() {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        found.insert(text(&lead["account"]["account_ref"]), (text(&lead["outcome"]), text(&lead["person_ref"])));
    }
    let truth = std::fs::read_to_string(district().join("truth.tsv")).unwrap();
    let expected: BTreeMap<_, _> = truth
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            (cells[0].to_owned(), (cells[1].to_owned(), cells[2].to_owned()))
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_leads_are_of_the_published_form() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let text = ok(&["leads", &case, "--format", "json"]);
    // The type is what the published schema is made from; it knows no other fields and misses none.
    let document: tutela_model::lead::LeadsDocument = serde_json::from_str(&text).unwrap();
    assert_eq!(document.format, tutela_model::lead::LEADS_FORMAT);
    assert_eq!(serde_json::to_value(&document).unwrap(), serde_json::from_str::<serde_json::Value>(&text).unwrap());
}

#[test]
fn no_name_is_shown_without_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    for args in [vec!["leads", &case], vec!["leads", &case, "--format", "json"]] {
        assert!(!ok(&args).contains("Esempio"));
    }
    assert_eq!(tutela(&["leads", &case, "--reveal"]).status.code(), Some(2), "a reveal without a reason is refused");
    assert!(ok(&["leads", &case, "--reveal", "--reason", "hearing of 3 May"]).contains("Esempio"));
    let log = ok(&["custody", "log", &case, "--format", "json"]);
    assert!(log.contains("hearing of 3 May"), "the reveal is in the log with its reason");
}
