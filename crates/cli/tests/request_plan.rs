//! What the plan asks and what it leaves out, each for a reason, and that little asking finds nearly everything.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test code"
)]

mod support;

use std::fs;
use std::path::Path;

use support::asked::{AS_OF, asked, import, other_case, text, told};
use support::{add_basis, ok, tutela};

/// Times whose zone was assumed, and addresses whose operator nobody names, are never sent.
#[test]
fn what_cannot_be_sent_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let case = text(&dir.path().join("case"));
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    let sessions = "platform,account_ref,at_utc,zone_origin,ip,port\n\
        p,a,2026-06-01T10:00:00Z,stated,198.51.100.7,50000\n\
        p,a,2026-06-02T10:00:00Z,assumed,198.51.100.7,50000\n\
        p,a,2026-06-03T10:00:00Z,stated,203.0.113.7,50000\n\
        p,a,2024-06-03T10:00:00Z,stated,198.51.100.8,50000\n\
        p,a,2026-06-04T10:00:00Z,stated,10.0.0.1,50000\n\
        p,a,2026-06-05T10:00:00Z,stated,192.0.2.1,\n";
    let path = dir.path().join("session.csv");
    fs::write(&path, sessions).unwrap();
    ok(&["intake", &case, "--basis", "B1", &text(&path)]);
    let blocks = dir.path().join("blocks.csv");
    fs::write(&blocks, "prefix;operator\n198.51.100.0/24;Tele & Co. S.p.A.\n192.0.2.0/24;one\n192.0.2.0/24;two\n")
        .unwrap();
    let plan =
        |blocks: &str| tutela(&["request", "plan", &case, "--operators", blocks, "--as-of", AS_OF, "--format", "json"]);
    let found: serde_json::Value = serde_json::from_slice(&plan(&text(&blocks)).stdout).unwrap();
    let mut reasons: Vec<&str> =
        found["left_out"].as_array().unwrap().iter().map(|l| l["reason"].as_str().unwrap()).collect();
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        ["no_public_address", "operator_unknown", "operators_contradict", "retention_over", "zone_assumed"]
    );
    assert_eq!(found["requests"].as_array().unwrap().len(), 1, "{found:#}");
    let listed: serde_json::Value = serde_json::from_str(&ok(&[
        "request",
        "plan",
        &case,
        "--operators",
        &text(&blocks),
        "--as-of",
        AS_OF,
        "--retention",
        "listed",
        "--format",
        "json",
    ]))
    .unwrap();
    assert_eq!(listed["requests"].as_array().unwrap().len(), 2, "72 months reach back to 2024");

    fs::write(&blocks, "prefix,operator\n198.51.100.0/33,x\n").unwrap();
    let output = plan(&text(&blocks));
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("row 1, column prefix: found 198.51.100.0/33"), "{}", told(&output));
}

/// A platform whose clock has lost AM and PM is not asked about.
#[test]
fn a_platforms_clock_of_twelve_hours_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let case = text(&dir.path().join("case"));
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    let mut sessions = "platform,account_ref,at_utc,ip\n".to_owned();
    for day in 1..=25 {
        for hour in 0..12 {
            sessions += &format!("drifted,a,2026-06-{day:02}T{hour:02}:10:00Z,198.51.100.7\n");
            sessions += &format!("whole,b,2026-06-{day:02}T{:02}:10:00Z,198.51.100.9\n", hour * 2);
        }
    }
    let (path, blocks) = (dir.path().join("session.csv"), dir.path().join("blocks.csv"));
    fs::write(&path, sessions).unwrap();
    fs::write(&blocks, "prefix,operator\n198.51.100.0/24,op\n").unwrap();
    ok(&["intake", &case, "--basis", "B1", &text(&path)]);
    let plan: serde_json::Value = serde_json::from_str(&ok(&[
        "request",
        "plan",
        &case,
        "--operators",
        &text(&blocks),
        "--as-of",
        AS_OF,
        "--format",
        "json",
    ]))
    .unwrap();
    let drifted: Vec<_> = plan["left_out"].as_array().unwrap().iter().filter(|l| l["account"] == "drifted:a").collect();
    assert_eq!(drifted.len(), 1);
    assert_eq!(drifted[0]["reason"], "clock_of_12_hours");
    assert!(plan["requests"].as_array().unwrap().iter().all(|r| r["account"] == "whole:b"));
    assert!(!plan["requests"].as_array().unwrap().is_empty());
}

/// Asking about a tenth of the connections finds nearly all that asking about every one finds.
#[test]
fn the_planner_finds_with_a_tenth_what_everything_finds() {
    const DISTRICT: &str =
        "households: 200\ndays: 200\nreported_accounts: 50\nreported_connections: 9000\ninnocent_connections: 30000\n";
    let asked = asked(DISTRICT, "7");
    let everything = other_case(&asked, "everything");
    ok(&["intake", &everything, "--basis", "B1", &text(&Path::new(&asked.world).join("files/operators"))]);
    ok(&["run", &everything]);
    let mut requests = asked.requests.clone();
    let mut sent = 0;
    for round in 2..6 {
        sent += requests.iter().map(|p| fs::read_to_string(p).unwrap().lines().count() - 1).sum::<usize>();
        import(&asked.case, &asked.answer(&format!("reply-{round}"), &requests, &[]));
        requests = asked.ask(&asked.case, &round.to_string());
        if requests.is_empty() {
            break;
        }
    }
    ok(&["run", &asked.case]);
    let found = |case: &str, supported: bool| -> Vec<String> {
        let document: serde_json::Value = serde_json::from_str(&ok(&["leads", case, "--format", "json"])).unwrap();
        let leads = document["leads"].as_array().unwrap().iter();
        let wanted = leads.filter(|l| {
            let single = l["lines"].as_array().unwrap().iter().any(|line| line["status"] == "single");
            if supported { l["outcome"] == "supported" } else { single }
        });
        wanted.map(|l| l["account"]["account_ref"].as_str().unwrap().to_owned()).collect()
    };
    assert!(sent * 10 <= 9000, "{sent} of 9000 connections were asked about");
    for supported in [false, true] {
        let (all, planned) = (found(&everything, supported), found(&asked.case, supported));
        let kept = all.iter().filter(|a| planned.contains(a)).count();
        assert!(kept * 100 >= all.len() * 95, "{kept} of {} (supported: {supported}), with {sent} requests", all.len());
        assert!(!all.is_empty());
    }
    let score = ok(&["world", "score", &asked.case, &asked.world, "--format", "json"]);
    let score: serde_json::Value = serde_json::from_str(&score).unwrap();
    assert_eq!(score["wrong"], 0);
}
