//! Requests to operators and their replies: every error that oversight bodies have documented is caught by a named
//! check, a bad reply changes nothing, and what was blocked can name nobody.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test code"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use support::asked::{WORLD, asked, bytes, checks, edit, import, other_case, states, text, told};
use support::{ok, run_district, tutela};

/// What a planted error must come to.
enum Expect {
    /// The record is blocked by this check.
    Blocked(&'static str),
    /// The record is used, and this is said of it.
    Noted(&'static str),
    /// The reply is refused whole, with these words.
    Refused(&'static str),
}

/// The causes of wrongful attribution on record (reports of the United Kingdom's oversight bodies, 2013 to 2019, and the
/// press), each with an error planted in a reply and the check that has to catch it.
#[test]
fn every_documented_error_is_caught_by_its_check() {
    use Expect::{Blocked, Noted, Refused};
    let asked = asked(WORLD, "5");
    let request = [asked.request_of("nordnet")];
    let cases = [
        ("typed digit", "digit", Blocked("digit")),
        ("time zone", "hour", Blocked("hour")),
        ("wrong year", "year", Blocked("year")),
        ("wrong day", "day", Blocked("day")),
        ("12/24 h clock", "twelve_hours", Blocked("twelve_hours")),
        ("billing for installation address", "billing", Blocked("address_kind")),
        ("one lookup behind agreeing records", "one_key", Noted("lookup_key")),
        ("provider's search mistake", "operator", Blocked("operator")),
        ("wrong customer supplied", "wrong_customer", Refused("name two lines for one address, port and moment")),
        ("altered on its way", "checksum", Refused("was altered on its way")),
        ("unknown request", "unknown_request", Refused("no request of this case")),
    ];
    for (cause, plant, expect) in cases {
        let case = asked.copy(&format!("case-{plant}"));
        let everywhere = if plant == "one_key" { "--everywhere" } else { "--lines" };
        let files = asked.answer(
            &format!("reply-{plant}"),
            &request,
            &["--plant", plant, "--lines", everywhere][..if everywhere == "--lines" { 3 } else { 4 }],
        );
        let before = bytes(&case);
        let output = import(&case, &files);
        match expect {
            Blocked(check) => {
                assert_eq!(output.status.code(), Some(1), "{cause}: {}", told(&output));
                assert!(checks(&case, "blocked").contains(&check.to_owned()), "{cause}: {}", told(&output));
                let blocked = ok(&[
                    "request",
                    "list",
                    &case,
                    "--outcome",
                    if plant == "billing" { "partly_blocked" } else { "blocked" },
                ]);
                assert!(blocked.contains(check), "{cause}: {blocked}");
                assert!(ok(&["issues", &case]).contains(&format!("{check}: ")), "{cause}: the blocked row is an issue");
            }
            Noted(check) => {
                assert!(checks(&case, "noted").contains(&check.to_owned()), "{cause}: {}", told(&output));
            }
            Refused(words) => {
                assert_eq!(output.status.code(), Some(2), "{cause}: {}", told(&output));
                assert!(told(&output).contains(words), "{cause}: {}", told(&output));
                assert!(bytes(&case) == before, "{cause}: a refused reply changed the case");
            }
        }
        ok(&["custody", "verify", &case]);
    }
}

/// A port that was looked up wrongly, a lease that ends inside the clock error, and a clock that drifts for a whole file.
#[test]
fn errors_of_the_rows_themselves_are_caught() {
    let asked = asked(WORLD, "5");
    let request = [asked.request_of("nordnet")];
    let case = asked.copy("case-port");
    let reply = &asked.answer("reply-port", &request, &[])[0];
    let mut seen = 0;
    let edited = edit(reply, |_, row| {
        seen += i32::from(!row["asked_port"].is_empty());
        if !row["asked_port"].is_empty() && seen == 1 {
            row.insert("asked_port".to_owned(), "1".to_owned());
        }
    });
    let output = import(&case, &[edited]);
    assert_eq!(checks(&case, "blocked"), ["port"], "{}", told(&output));

    let case = asked.copy("case-boundary");
    let reply = &asked.answer("reply-boundary", &request, &[])[0];
    let edited = edit(reply, |number, row| {
        if number == 0 {
            row.insert("until_utc".to_owned(), row["asked_utc"].replace('Z', ".5Z"));
        }
    });
    let output = import(&case, &[edited]);
    assert_eq!(checks(&case, "noted"), ["lease_boundary"], "misread dynamic reassignment: {}", told(&output));

    let case = asked.copy("case-drift");
    let edited = edit(reply, |_, row| {
        let hour: i32 = row["asked_utc"][11..13].parse().unwrap();
        let asked = format!("{}{:02}{}", &row["asked_utc"][..11], hour % 12, &row["asked_utc"][13..]);
        row.insert("asked_utc".to_owned(), asked);
    });
    import(&case, &[edited]);
    assert_eq!(checks(&case, "blocked"), ["format_drift", "twelve_hours"]);
    assert!(states(&case).iter().all(|s| s["outcome"] != "answered"), "the rows that happen to agree wait as well");

    let case = asked.copy("case-geolocation");
    let files = asked.answer("reply-geolocation", &request, &["--plant", "geolocation", "--lines"]);
    let output = import(&case, &files);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let issues = ok(&["issues", &case]);
    assert!(issues.contains("one of installation, billing, unknown"), "a map of addresses is no address: {issues}");
}

/// Two replies, a reply for another case, and a reply past the comparison: clear errors, and nothing changes.
#[test]
fn bad_replies_change_nothing() {
    let asked = asked(WORLD, "5");
    let request = [asked.request_of("nordnet")];
    let reply = asked.answer("reply", &request, &[]);
    let refused = |files: &[PathBuf], words: &str| {
        let before = bytes(&asked.case);
        let output = import(&asked.case, files);
        assert_eq!(output.status.code(), Some(2), "{words}: {}", told(&output));
        assert!(told(&output).contains(words), "{words}: {}", told(&output));
        assert!(told(&output).contains("row "), "a row is named: {}", told(&output));
        assert!(bytes(&asked.case) == before, "{words}: the case has changed");
    };
    let other = other_case(&asked, "other");
    let others = asked.ask(&other, "other");
    let wrong =
        asked.answer("reply-other", &[others.iter().find(|p| text(p).contains("nordnet")).unwrap().clone()], &[]);
    refused(&wrong, "a request of another case");

    let past = tutela(&["intake", &asked.case, "--basis", "B1", &text(&reply[0])]);
    assert!(told(&past).contains("compared with its request before it is used"), "{}", told(&past));

    assert_eq!(import(&asked.case, &reply).status.code(), Some(0));
    let again = import(&asked.case, &reply);
    assert!(told(&again).contains("taken in before; nothing changed"), "{}", told(&again));
    let second = edit(&reply[0], |_, row| {
        row.insert("lookup_key".to_owned(), "again".to_owned());
    });
    refused(std::slice::from_ref(&second), "has been answered already");
    let log = ok(&["custody", "log", &asked.case, "--format", "json"]);
    assert!(log.contains("\"reply_refuse\"") && log.contains("two_replies"), "the refusal is in the log");
    assert!(states(&asked.case).iter().any(|s| !s["refusals"].as_array().unwrap().is_empty()));

    // A second resolution of one lease that names another line: one of the two is wrong, and people find out which.
    let reply = &asked.answer("reply-weekly", &[asked.request_of("albanet")], &[])[0];
    let mut leases: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    edit(reply, |_, row| {
        leases.entry((row["ip"].clone(), row["from_utc"].clone())).or_default().push(row["request_ref"].clone());
    });
    let pair = leases.into_values().find(|refs| refs.len() > 1).expect("two requests about one lease");
    let only = |name: &str, wanted: &str, line: Option<&str>| {
        let edited = edit(reply, |_, row| {
            if let Some(line) = line {
                row.insert("line_ref".to_owned(), line.to_owned());
            }
        });
        let read = fs::read_to_string(edited).unwrap();
        let rows: Vec<&str> =
            read.lines().enumerate().filter(|(n, l)| *n == 0 || l.starts_with(wanted)).map(|(_, l)| l).collect();
        let path = asked.dir.path().join(name);
        fs::write(&path, rows.join("\n") + "\n").unwrap();
        path
    };
    assert_eq!(import(&asked.case, &[only("one.csv", &pair[0], None)]).status.code(), Some(0));
    refused(&[only("two.csv", &pair[1], Some("A-99999"))], "an earlier reply");

    let nameless = edit(reply, |_, row| {
        row.insert("request_ref".to_owned(), String::new());
    });
    let output = import(&asked.case, &[nameless]);
    assert!(told(&output).contains("no row names a request"), "{}", told(&output));
}

/// What was blocked stands behind no lead: no line of it is found, and no name can be shown for it.
#[test]
fn a_blocked_reply_names_nobody() {
    let asked = asked(WORLD, "5");
    let files = asked.answer("reply", &asked.requests, &["--plant", "day", "--everywhere", "--lines"]);
    assert_eq!(import(&asked.case, &files).status.code(), Some(1));
    ok(&["run", &asked.case]);
    let document: serde_json::Value = serde_json::from_str(&ok(&["leads", &asked.case, "--format", "json"])).unwrap();
    assert_eq!(document["funnel"]["assigned"], 0);
    for lead in document["leads"].as_array().unwrap() {
        assert!(lead["lines"].as_array().unwrap().is_empty() && lead["person_ref"].is_null());
        let shown = ok(&["explain", &asked.case, lead["lead_ref"].as_str().unwrap(), "--reveal", "--reason", "test"]);
        assert!(!shown.contains("reply.csv"), "no byte of a blocked reply is shown: {shown}");
    }
}

/// The same reply without errors is used, and copying by reference leads back to the session's row.
#[test]
fn a_good_reply_is_used_and_a_request_leads_back_to_its_row() {
    let asked = asked(WORLD, "5");
    let request = fs::read_to_string(asked.request_of("nordnet")).unwrap();
    let headings: Vec<&str> = request.lines().next().unwrap().split(',').collect();
    let cell = |row: &str, name: &str| {
        row.split(',').nth(headings.iter().position(|h| *h == name).unwrap()).unwrap().to_owned()
    };
    for row in request.lines().skip(1) {
        let source = Path::new(&asked.case).join("sealed").join(cell(row, "session_source_id"));
        let line: usize = cell(row, "session_row").parse().unwrap();
        let sealed = fs::read_to_string(source).unwrap();
        let place = if sealed.starts_with('{') { Some(sealed.as_str()) } else { sealed.lines().nth(line) };
        assert!(place.unwrap().contains(&cell(row, "ip")), "{row}");
        assert!(cell(row, "asked_local").ends_with("+02:00") || cell(row, "asked_local").ends_with("+01:00"), "{row}");
        assert_eq!(cell(row, "port").is_empty(), cell(row, "port_state") == "absent", "{row}");
    }
    // The plan has been sent: nothing goes out twice.
    let again = text(&asked.dir.path().join("again"));
    let output = tutela(&["request", "export", &asked.case, "--basis", "B1", "--out", &again]);
    assert!(told(&output).contains("nothing that was not asked already"), "{}", told(&output));
    let letter = fs::read_to_string(asked.request_of("nordnet").with_extension("md")).unwrap();
    assert!(letter.contains("**assente / absent**") && letter.contains("Europe/Rome"), "{letter}");
    for account in ["r000", "Activities", "chatter"] {
        assert!(
            !letter.contains(account) && !request.contains(account),
            "no operator is told which account it is about"
        );
    }

    let files = asked.answer("reply", &asked.requests, &["--lines"]);
    import(&asked.case, &files);
    ok(&["run", &asked.case]);
    let document: serde_json::Value = serde_json::from_str(&ok(&["leads", &asked.case, "--format", "json"])).unwrap();
    assert!(document["funnel"]["resolved"].as_u64().unwrap() >= 3, "{}", document["funnel"]);
    ok(&["custody", "verify", &asked.case]);
    let gone = asked.plan(&asked.case);
    assert!(
        gone["left_out"].as_array().unwrap().iter().any(|l| l["reason"] == "decided"),
        "gate 1 is decided somewhere"
    );
}

/// What no reply can show: an open Wi-Fi is among the explanations of every lead, and one answer resolves nothing.
#[test]
fn open_wifi_is_always_carried_and_one_answer_is_never_enough() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let document: serde_json::Value = serde_json::from_str(&ok(&["leads", &case, "--format", "json"])).unwrap();
    for lead in document["leads"].as_array().unwrap() {
        let kinds: Vec<&str> =
            lead["hypotheses"].as_array().unwrap().iter().filter_map(|h| h["hypothesis"].as_str()).collect();
        assert!(kinds.contains(&"neighbour_or_open_wifi"), "{kinds:?}");
        for line in lead["lines"].as_array().unwrap() {
            assert!(line["status"] != "single" || line["episodes"].as_u64().unwrap() >= 2, "{line}");
        }
    }
}
