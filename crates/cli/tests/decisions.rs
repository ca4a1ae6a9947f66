//! What people decide: gates are signed one after the other, with reasons; what a lapsed basis covered leaves.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use support::{add_basis, intake, ok, run_district, tutela};
use tutela_case::clock;

fn refused(args: &[&str]) -> String {
    let output = tutela(args);
    assert_eq!(output.status.code(), Some(2), "{args:?} was carried out");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn leads(case: &str) -> Vec<serde_json::Value> {
    let document: serde_json::Value = serde_json::from_str(&ok(&["leads", case, "--format", "json"])).unwrap();
    document["leads"].as_array().unwrap().clone()
}

fn lead_of(case: &str, outcome: &str) -> String {
    let leads = leads(case);
    let found = leads.iter().find(|l| l["outcome"] == outcome).unwrap();
    found["lead_ref"].as_str().unwrap().to_owned()
}

#[test]
fn gates_are_signed_one_after_the_other_and_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let lead = lead_of(&case, "supported");
    let sign = |gate: &str, decision: &str, reason: &str| {
        ["sign", &case, &lead, "--gate", gate, "--decision", decision, "--reason", reason].map(str::to_owned)
    };
    let strs = |args: &[String; 9]| args.to_vec();
    let run = |args: [String; 9]| ok(&strs(&args).iter().map(String::as_str).collect::<Vec<_>>());
    let deny = |args: [String; 9]| refused(&strs(&args).iter().map(String::as_str).collect::<Vec<_>>());

    assert!(deny(sign("2", "sign", "read")).contains("before gate 2"));
    assert!(deny(sign("1", "sign", "  ")).contains("reason"));
    assert!(deny(sign("1", "withdraw", "mistake")).contains("no decision to take back"));
    run(sign("1", "sign", "three leases compared with the replies"));
    run(sign("2", "sign", "the device is in the person's name"));
    let told = ok(&["explain", &case, &lead]);
    assert!(told.contains("signed, by tester") && told.contains("three leases compared"), "{told}");
    run(sign("1", "withdraw", "one reply was read wrongly"));
    assert!(deny(sign("2", "sign", "again")).contains("before gate 2"));
    ok(&["custody", "verify", &case]);

    let open = lead_of(&case, "insufficient");
    let why = refused(&["sign", &case, &open, "--gate", "2", "--reason", "it must be him"]);
    assert!(why.contains("does not pass this gate"), "{why}");
    ok(&["sign", &case, &open, "--gate", "2", "--decision", "refuse", "--reason", "nothing names anybody"]);
}

#[test]
fn a_decision_does_not_outlive_what_it_was_made_on() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let lead = lead_of(&case, "supported");
    ok(&["sign", &case, &lead, "--gate", "1", "--reason", "read"]);
    ok(&["run", &case, "--set", "line_log10_min=1.1", "--set", "lr_log10_cap=2.5"]);
    let told = ok(&["explain", &case, &lead]);
    assert!(told.contains("signed, changed since"), "{told}");
    let why = refused(&["sign", &case, &lead, "--gate", "2", "--reason", "read"]);
    assert!(why.contains("changed since"), "{why}");
}

/// What the log says that a lapse took out of the leads.
fn lapse_effect(case: &str) -> serde_json::Value {
    let log = ok(&["custody", "log", case, "--format", "json"]);
    let line = log.lines().rfind(|l| l.contains("\"lapse_effect\"")).unwrap();
    serde_json::from_str::<serde_json::Value>(line).unwrap()["detail"].clone()
}

#[test]
fn leads_from_payments_leave_with_their_basis_too() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case").to_string_lossy().into_owned();
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    add_basis(&case, "B2");
    let mut rows = "payment_ref,booked_date,amount,currency,debtor_account,creditor_account\n".to_owned();
    for month in 1..=6 {
        rows.push_str(&format!("p{month},2026-0{month}-11,25.00,EUR,a@example.org,seed@example.org\n"));
    }
    let file = dir.path().join("payments.csv");
    std::fs::write(&file, rows).unwrap();
    ok(&["intake", &case, "--basis", "B2", "--table", "payment", &file.to_string_lossy()]);
    ok(&[
        "seed",
        "add",
        &case,
        "--basis",
        "B1",
        "--account",
        "seed@example.org",
        "--evidence",
        "E1",
        "--reason",
        "known",
    ]);
    ok(&["run", &case]);
    assert!(ok(&["payments", &case]).contains("a@example.org"));
    // By its account too, and what is refused says why.
    assert!(ok(&["explain", &case, "email:a@example.org"]).contains("account email:a@example.org"));
    let why = refused(&["explain", &case, "email:a@example.org", "--reveal", "--reason", " "]);
    assert!(why.contains("only with a reason"), "{why}");
    assert!(refused(&["explain", &case, "nobody"]).contains("not in run"));
    ok(&["basis", "lapse", &case, "B2", "--kind", "annulled", "--reason", "tribunal, order 7"]);
    assert!(refused(&["payments", &case]).contains("legal basis no longer holds"));
    let told = ok(&["run", &case]);
    assert!(told.contains("1 leads from payments changed since run"), "{told}");
    assert!(!ok(&["payments", &case]).contains("a@example.org"), "payments that had to leave weigh nothing");
    let effect = lapse_effect(&case);
    assert!(effect["payment_changes"][0]["before"]["log10_lr"].is_number(), "{effect}");
    assert!(effect["payment_changes"][0]["after"].is_null(), "{effect}");
    assert!(ok(&["custody", "verify", &case]).contains("whole"));
}

#[test]
fn what_a_lapsed_basis_covered_leaves_and_the_change_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case").to_string_lossy().into_owned();
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    add_basis(&case, "B2");
    intake(&case, "B1", &["session", "assignment", "person", "line"]);
    intake(&case, "B2", &["account"]);
    ok(&["run", &case]);
    assert!(leads(&case).iter().any(|l| l["outcome"] == "supported"));

    assert!(
        refused(&["basis", "lapse", &case, "B9", "--kind", "annulled", "--reason", "x"]).contains("not in this case")
    );
    ok(&["basis", "lapse", &case, "B2", "--kind", "annulled", "--reason", "tribunal, order 7"]);
    let why = refused(&["leads", &case]);
    assert!(why.contains("legal basis no longer holds"), "no lead is shown on records that may not be used: {why}");
    assert!(refused(&["explain", &case, "any"]).contains("legal basis no longer holds"));

    let told = ok(&["run", &case]);
    assert!(told.contains("tribunal, order 7") && told.contains("leads changed since run"), "{told}");
    assert!(leads(&case).iter().all(|l| l["outcome"] != "supported"), "nobody is named by records that had to leave");
    let effect = lapse_effect(&case);
    assert_eq!(effect["bases"], serde_json::json!(["B2"]));
    let changed = effect["changes"].as_array().unwrap();
    assert!(changed.iter().any(|c| c["before"]["outcome"] == "supported" && c["after"]["outcome"] != "supported"));
    let path = support::district().join("truth.tsv");
    let again = path.to_string_lossy();
    assert!(refused(&["intake", &case, "--basis", "B2", &again]).contains("has lapsed"));
    ok(&["custody", "verify", &case]);
}

/// A case whose accounts were taken in under an urgent act with so many seconds left of its 48 hours, and its leads; nothing
/// where the machine was too slow for that.
fn urgent_case(root: &std::path::Path, seconds: i64) -> Option<(String, Vec<serde_json::Value>)> {
    let case = root.join(format!("case-{seconds}")).to_string_lossy().into_owned();
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    intake(&case, "B1", &["session", "assignment", "person", "line"]);
    let issued = clock::utc_of(clock::now_us() - (48 * 3600 - seconds) * 1_000_000).unwrap();
    let of = ["--act", "urgent seizure", "--authority", "police", "--scope", "accounts", "--urgent", &issued];
    let dates = ["--from", "2020-01-01", "--until", "2099-12-31"];
    ok(&[&["basis", "add", &case, "--id", "U1"][..], &of, &dates].concat());
    let accounts = support::district().join("account.csv").to_string_lossy().into_owned();
    for args in [&["intake", &case, "--basis", "U1", &accounts][..], &["run", &case]] {
        if !matches!(tutela(args).status.code(), Some(0 | 1)) {
            return None;
        }
    }
    let output = tutela(&["leads", &case, "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    Some((case, document["leads"].as_array().unwrap().clone()))
}

/// Nobody has to say that an urgent act was not validated: when its 48 hours are over, what it covered counts no more.
#[test]
fn an_urgent_act_that_nobody_validates_takes_its_records_along() {
    let dir = tempfile::tempdir().unwrap();
    let (case, before) = [6, 30, 120].into_iter().find_map(|seconds| urgent_case(dir.path(), seconds)).unwrap();
    assert!(before.iter().any(|l| l["outcome"] == "supported"));
    let waited = (0..1300).find(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        tutela(&["leads", &case]).status.code() == Some(2)
    });
    assert!(waited.is_some(), "the leads are shown though the act was not validated");
    assert!(refused(&["leads", &case]).contains("legal basis no longer holds"));
    let told = ok(&["run", &case]);
    assert!(told.contains("not validated within 48 hours") && told.contains("leads changed since run"), "{told}");
    assert!(leads(&case).iter().all(|l| l["outcome"] != "supported"), "nobody is named by records that had to leave");
    let effect = lapse_effect(&case);
    assert_eq!(effect["bases"], serde_json::json!(["U1"]));
    let changed = effect["changes"].as_array().unwrap();
    let left = changed.iter().find(|c| c["before"]["outcome"] == "supported").unwrap();
    assert_ne!(left["before"]["attribution_log10_lr"], left["after"]["attribution_log10_lr"], "{left}");
    assert!(ok(&["custody", "verify", &case]).contains("whole"));
}

/// A cabinet whose wires are crossed makes every reply wrong in the same way; one family was
/// searched three times. A search in vain raises the alarm, and nobody is named before the wire was followed.
#[test]
fn a_search_in_vain_stands_against_every_lead_through_that_line() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let lead = leads(&case).into_iter().find(|l| l["outcome"] == "supported").unwrap();
    let single = lead["lines"].as_array().unwrap().iter().find(|l| l["status"] == "single").unwrap();
    let (operator, line) = (single["operator"].as_str().unwrap(), single["line_ref"].as_str().unwrap());
    let lead = lead["lead_ref"].as_str().unwrap();
    let check = |found, on| {
        ["line", "check", &case, operator, line, "--found", found, "--on", on, "--how", "report 9"].map(str::to_owned)
    };
    let run = |args: [String; 11]| ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let deny = |args: [String; 11]| refused(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let sign = ["sign", &case, lead, "--gate", "2", "--reason", "read"];
    ok(&["sign", &case, lead, "--gate", "1", "--reason", "read"]);

    assert!(deny(check("nothing", "yesterday")).contains("expected a day"));
    assert!(deny(check("nothing", "2999-01-01")).contains("still to come"));
    run(check("nothing", "2026-02-01"));
    assert!(refused(&sign).contains("found nothing"));
    run(check("nothing", "2026-03-01"));
    assert!(refused(&sign).contains("2 searches at line"));
    let told = ok(&["leads", &case]);
    assert!(told.contains("ALARM") && told.contains("no further search"), "{told}");
    assert!(ok(&["explain", &case, lead]).contains("ALARM"));
    // A confirmation from before the search says nothing of it.
    run(check("confirmed", "2026-01-15"));
    assert!(refused(&sign).contains("2 searches at line"));

    run(check("confirmed", "2026-04-01"));
    assert!(!ok(&["leads", &case]).contains("ALARM"));
    ok(&sign);
    run(check("elsewhere", "2026-04-02"));
    assert!(ok(&["explain", &case, lead]).contains("ends elsewhere"));
    assert!(refused(&sign).contains("ends elsewhere"));
    assert_eq!(ok(&["line", "list", &case]).matches("report 9").count(), 5);
    ok(&["custody", "verify", &case]);
}
