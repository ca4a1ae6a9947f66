//! Exhibits with their chain of custody, measures and tasks, through the binary.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use support::{add_basis, district, ok, run_district, tutela};

fn said(args: &[&str]) -> (i32, String) {
    let output = tutela(args);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
}

fn refused(args: &[&str], why: &str) {
    let (code, text) = said(args);
    assert!(code == 2 && text.contains(why), "{args:?}: {code} {text}");
}

fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&ok(args)).unwrap()
}

fn add<'a>(case: &'a str, exhibit: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let of = ["exhibit", "add", case, exhibit, "--description", "telephone", "--place", "flat 3", "--basis", "B1"];
    [&of[..], &["--authority", "prosecutor, decree 3", "--holder", "bruno"], more].concat()
}

#[test]
fn the_chain_of_an_exhibit_has_no_gap_and_a_wrong_seal_is_an_alarm() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case").to_string_lossy().into_owned();
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    let at = "2026-05-04T06:30:00+02:00";
    refused(&add(&case, "E1", &["--at", at]), "from whom is missing");
    refused(&add(&case, "E1", &["--at", at, "--from-person", "Somebody"]), "never a name");
    refused(&add(&case, "E1", &["--at", "2025-05-04T06:30:00Z", "--from", "lodger"]), "the seizure was on 2025-05-04");
    refused(&add(&case, "E1", &["--at", "yesterday", "--from", "lodger"]), "expected an instant");
    refused(&add(&case, "E1", &["--at", "2999-05-04T06:30:00Z", "--from", "lodger"]), "which is to come");
    refused(&add(&case, "E1", &["--at", at, "--from", "lodger", "--image", "abc"]), "64 hexadecimal digits");
    ok(&add(&case, "E1", &["--at", at, "--from", "lodger", "--seal", "S1", "--seal", "S2"]));
    refused(&add(&case, "E1", &["--at", at, "--from", "lodger"]), "is there already");
    refused(&add(&case, "E2", &["--at", at, "--from", "lodger", "--parent", "E9"]), "there is: E1");

    let transfer = |at: &'static str, from: &'static str, to: &'static str, more: &[&'static str]| {
        let of =
            ["exhibit", "transfer", case.as_str(), "E1", "--at", at, "--from", from, "--to", to, "--reason", "imaging"];
        said(&[&of[..], more].concat())
    };
    let (code, text) = transfer("2026-05-05T08:00:00Z", "carla", "laboratory", &["--seal", "S1", "--seal", "S2"]);
    assert!(code == 2 && text.contains("its present holder is bruno; found from carla"), "{text}");
    let (code, text) = transfer("2026-05-01T08:00:00Z", "bruno", "laboratory", &["--seal", "S1", "--seal", "S2"]);
    assert!(code == 2 && text.contains("before its last step"), "{text}");
    let (code, text) = transfer("2026-05-05T08:00:00Z", "bruno", "laboratory", &["--seal", "S1", "--seal", "S2"]);
    assert!(code == 0 && text.contains("kept by laboratory"), "{text}");
    // The part is taken out by whoever keeps the whole.
    let part = ["--from", "lodger", "--parent", "E1", "--at", "2026-05-05T09:00:00Z"];
    refused(&add(&case, "E1-sim", &part), "which laboratory kept");
    let seal = |at: &'static str, change: &'static str, more: &[&'static str]| {
        said(&[&["exhibit", "seal", case.as_str(), "E1", change, "--at", at, "--reason", "imaging"][..], more].concat())
    };
    assert_eq!(seal("2026-05-05T09:00:00Z", "broken", &["--seal", "S1"]).0, 0);
    assert!(seal("2026-05-05T10:00:00Z", "applied", &["--seal", "S7"]).1.contains("needs the new seal"));
    assert_eq!(seal("2026-05-05T10:00:00Z", "replaced", &["--seal", "S2", "--new-seal", "S3"]).0, 0);
    let (code, text) = seal("2026-05-05T11:00:00Z", "broken", &["--seal", "S9"]);
    assert!(code == 1 && text.contains("ALARM: seal S9 was to be on it; found S3"), "{text}");
    let (code, text) = transfer("2026-05-06T08:00:00Z", "laboratory", "bruno", &["--seal", "S4"]);
    assert!(code == 1 && text.contains("ALARM: expected the seals S3, found S4"), "{text}");
    let (code, text) = said(&["exhibit", "show", &case, "E1"]);
    assert!(
        code == 1 && text.contains("2026-05-06T08:00:00Z: expected") | text.contains("ALARM: expected the seals S3"),
        "{text}"
    );
    let found = json(&["exhibit", "list", &case, "--format", "json"]);
    assert_eq!(found[0]["present_holder"], "bruno");
    assert!(ok(&["case", "status", &case]).contains("1 exhibits have an alarm"));
    assert_eq!(found[0]["present_seals"], serde_json::json!(["S4"]));
    assert_eq!((found[0]["chain"].as_array().unwrap().len(), found[0]["alarms"].as_array().unwrap().len()), (6, 2));

    // A source says which exhibit it was taken from.
    let session = district().join("session.csv").to_string_lossy().into_owned();
    refused(&["intake", &case, "--basis", "B1", "--exhibit", "E9", &session], "not in this case");
    ok(&["intake", &case, "--basis", "B1", "--exhibit", "E1", &session]);
    let status = ok(&["case", "status", &case]);
    assert!(status.lines().any(|l| l.contains("session.csv") && l.contains(" E1 ")), "{status}");
    assert_eq!(json(&["exhibit", "list", &case, "--format", "json"])[0]["sources"].as_array().unwrap().len(), 1);
    ok(&["delete", &case, "session.csv", "--order", "order 9", "--reason", "returned"]);
    assert_eq!(json(&["exhibit", "list", &case, "--format", "json"])[0]["sources"].as_array().unwrap().len(), 0);
    ok(&["basis", "lapse", &case, "B1", "--kind", "annulled", "--reason", "tribunal"]);
    assert!(ok(&["exhibit", "list", &case]).contains("B1 (lapsed)"));
    assert!(ok(&["custody", "verify", &case]).contains("whole"));
}

#[test]
fn measures_come_due_and_tasks_hang_on_what_they_are_about() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let leads = json(&["leads", &case, "--format", "json"]);
    let lead = leads["leads"].as_array().unwrap().iter().find(|l| l["outcome"] == "supported").unwrap();
    let (lead, person) = (lead["lead_ref"].as_str().unwrap(), lead["person_ref"].as_str().unwrap());
    let add = |more: &[&str]| {
        let of = ["measure", "add", case.as_str(), "--authority", "judge, order 5", "--person"];
        said(&[&of[..], more].concat())
    };
    let fails = |more: &[&str], why: &str| {
        let (code, text) = add(more);
        assert!(code == 2 && text.contains(why), "{text}");
    };
    fails(&["Carla Esempio", "--kind", "custody", "--from", "2026-01-01", "--lead", lead], "never a name");
    fails(&[person, "--kind", "custody", "--from", "2026-01-01"], "rests on nothing");
    fails(&[person, "--kind", "custody", "--from", "2026-01-01", "--lead", "L9"], "not in run");
    fails(&[person, "--kind", "custody", "--from", "2026-01-01", "--basis", "B9"], "not in this case");
    fails(&[person, "--kind", "custody", "--from", "soon", "--lead", lead], "YYYY-MM-DD");
    fails(&[person, "--kind", "x", "--from", "2026-02-01", "--until", "2026-01-01", "--lead", lead], "before from");
    let name = |text: String| text.split([' ', ':']).nth(1).unwrap().to_owned();
    let custody =
        name(add(&[person, "--kind", "custody", "--from", "2026-01-01", "--until", "2026-01-31", "--lead", lead]).1);
    let other = name(add(&[person, "--kind", "no contact with schools", "--from", "2026-01-01", "--basis", "B1"]).1);
    let (code, text) = said(&["measure", "list", &case]);
    assert!(code == 1 && text.contains("DUE: its last day was") && text.contains("no contact with schools"), "{text}");
    refused(
        &["measure", "prolong", &case, &custody, "--on", "2026-01-15", "--reason", "order 6"],
        "from 2026-01-31 on",
    );
    assert!(
        ok(&["measure", "prolong", &case, &custody, "--on", "2999-12-31", "--reason", "order 6"]).contains("in force")
    );
    assert_eq!(said(&["measure", "list", &case]).0, 0);
    ok(&["measure", "revoke", &case, &other, "--on", "2026-03-01", "--reason", "order 7"]);
    refused(&["measure", "end", &case, &other, "--on", "2026-03-02", "--reason", "x"], "has ended already");

    refused(&["task", "add", &case, "--what", "ask", "--measure", "M999"], "not in this case");
    refused(&["task", "add", &case, "--what", "ask", "--source", "nothing.csv"], "not in this case");
    let of = ["--lead", lead, "--measure", &custody, "--source", "session.csv", "--due", "2026-01-10", "--to", "bruno"];
    let task = name(ok(&[&["task", "add", &case, "--what", "hear the landlord"][..], &of].concat()));
    let (code, text) = said(&["task", "list", &case]);
    assert!(code == 1 && text.contains("OVERDUE") && text.contains(&format!("measure {custody}")), "{text}");
    assert!(ok(&["case", "status", &case]).contains("1 tasks are overdue"));
    ok(&["task", "assign", &case, &task, "--due", "2999-01-01", "--reason", "he is abroad"]);
    assert_eq!(said(&["task", "list", &case, "--of", "bruno"]).0, 0);
    refused(&["task", "done", &case, &task, "--reason", " "], "reason");
    ok(&["task", "done", &case, &task, "--reason", "heard, minutes of 3 June"]);
    refused(&["task", "done", &case, &task, "--reason", "again"], "is done already");
    assert_eq!(json(&["task", "list", &case, "--open", "--format", "json"]), serde_json::json!([]));
    ok(&["task", "reopen", &case, &task, "--reason", "he wants to add something"]);
    let found = json(&["task", "list", &case, "--format", "json"]);
    assert_eq!((found[0]["state"].as_str(), found[0]["steps"].as_array().unwrap().len()), (Some("open"), 3));
    assert!(ok(&["custody", "verify", &case]).contains("whole"));
}
