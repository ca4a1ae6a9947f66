//! Judgements and four eyes: kept with their reasons, taken back by another entry, compared with each later run; and nothing
//! under four eyes happens before a second person.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::process::{Command, Output};

use support::{ok, run_district, tutela};

const PASSWORD: &str = "correct horse battery";

fn refused(args: &[&str]) -> String {
    let output = tutela(args);
    assert_eq!(output.status.code(), Some(2), "{args:?} was carried out");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Someone of the case.
fn by(who: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
    command.args(args).env("TUTELA_USER", who).env("TUTELA_PASSWORD", PASSWORD).env("TUTELA_NEW_PASSWORD", PASSWORD);
    command.output().unwrap()
}

/// What somebody is told, and the exit code.
fn told(who: &str, args: &[&str]) -> (i32, String) {
    let output = by(who, args);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
}

fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&ok(args)).unwrap()
}

fn leads(case: &str) -> Vec<serde_json::Value> {
    json(&["leads", case, "--format", "json"])["leads"].as_array().unwrap().clone()
}

fn reference(lead: &serde_json::Value) -> &str {
    lead["lead_ref"].as_str().unwrap()
}

/// A run under which nothing is supported.
fn run_without_support(case: &str) -> String {
    ok(&["run", case, "--set", "support_log10_min=6"])
}

#[test]
fn judgements_are_kept_and_a_later_run_says_where_it_goes_against_one() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let all = leads(&case);
    let of = |outcome: &str| all.iter().filter(|l| l["outcome"] == outcome).collect::<Vec<_>>();
    let supported = of("supported");
    let open = reference(of("insufficient")[0]).to_owned();
    let lead = reference(supported[0]).to_owned();
    let add = |kind: &str, leads: &[&str], more: &[&str]| {
        [&["judgement", "add", &case][..], leads, &["--kind", kind], more]
            .concat()
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>()
    };
    let run = |args: Vec<String>| ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let deny = |args: Vec<String>| refused(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let why = &["--reason", "he says so himself"];

    assert!(deny(add("confirm", &[&lead], &["--reason", " "])).contains("reason"));
    assert!(deny(add("confirm", &["nobody"], why)).contains("not in run"));
    assert!(deny(add("confirm", &[&open], why)).contains("there is nobody to confirm"));
    assert!(deny(add("merge", &[&lead, &lead], why)).contains("found 1 leads"));
    assert!(deny(add("split", &[&open], why)).contains("found 0 parts"));
    let unknown = deny(add("split", &[&open], &["--part", "A=nothing", "--part", "B", "--reason", "two hands"]));
    assert!(unknown.contains("no item of evidence nothing"), "{unknown}");

    let said = run(add("confirm", &[&lead], why));
    let confirmed = said.split([' ', ':']).nth(1).unwrap().to_owned();
    assert!(deny(add("refute", &[&lead], why)).contains("nothing is overwritten"));
    run(add("split", &[&open], &["--part", "A", "--part", "B", "--reason", "two hands"]));
    run(add("merge", &[&lead, reference(of("insufficient")[1])], why));
    let shown = ok(&["leads", &case]);
    assert!(shown.contains(&format!("confirm {confirmed}")) && !shown.contains("contradicted"), "{shown}");
    assert!(ok(&["explain", &case, &lead]).contains("he says so himself"));

    let later = run_without_support(&case);
    assert!(later.contains(&format!("judgement {confirmed} (confirm, by tester) contradicted by run ")), "{later}");
    let listed = json(&["judgement", "list", &case, "--format", "json"]);
    let found = listed.as_array().unwrap().iter().find(|j| j["judgement_ref"] == confirmed.as_str()).unwrap();
    assert!(found["contradicted"]["why"][0].as_str().unwrap().contains("confirmed for"), "{found}");
    assert_eq!(found["leads"][0]["lead_digest"].as_str().unwrap().len(), 64);
    assert_ne!(found["run_id"], found["contradicted"]["run_id"]);
    assert!(ok(&["leads", &case]).contains("contradicted by run"));
    let log = ok(&["custody", "log", &case, "--format", "json"]);
    assert!(log.contains("\"judgement_contradicted\""), "the log says so as well");

    // Refuted on what it said, and supported again by a later run.
    assert!(refused(&["judgement", "withdraw", &case, "J9999", "--reason", "x"]).contains("not in this case"));
    ok(&["judgement", "withdraw", &case, &confirmed, "--reason", "he took it back"]);
    assert!(refused(&["judgement", "withdraw", &case, &confirmed, "--reason", "x"]).contains("taken back already"));
    run(add("refute", &[&lead], &["--reason", "he was abroad"]));
    let again = ok(&["run", &case]);
    assert!(again.contains("refuted, and supported again"), "{again}");
    let listed = ok(&["judgement", "list", &case]);
    assert!(listed.contains("taken back by tester: he took it back") && listed.contains("he was abroad"), "{listed}");
    assert!(ok(&["custody", "verify", &case]).contains("whole"));
}

/// The district with two prosecutors and an investigator.
fn with_people(case: &str) {
    for (who, name, role) in
        [("tester", "anna", "prosecutor"), ("anna", "piero", "prosecutor"), ("anna", "bruno", "investigator")]
    {
        let (code, text) = told(who, &["user", "add", case, name, "--role", role]);
        assert_eq!(code, 0, "{text}");
    }
}

fn proposal(text: &str) -> String {
    text.split(',').next().unwrap().to_owned()
}

/// The district under four eyes: the case, a supported lead and its person.
fn under_four_eyes(dir: &std::path::Path) -> (String, String, String) {
    let case = run_district(dir);
    assert!(refused(&["case", "four-eyes", &case, "--reveal"]).contains("expected two people at least"));
    with_people(&case);
    let (code, text) = told("bruno", &["case", "four-eyes", &case, "--reveal"]);
    assert!(code == 2 && text.contains("may not"), "{text}");
    let all = ["case", "four-eyes", &case, "--reveal", "--sign-off", "--deletion"];
    assert_eq!(told("anna", &all).0, 0);
    let document: serde_json::Value =
        serde_json::from_str(&told("bruno", &["leads", &case, "--format", "json"]).1).unwrap();
    let lead = document["leads"].as_array().unwrap().iter().find(|l| l["outcome"] == "supported").unwrap();
    let (lead, person) = (reference(lead).to_owned(), lead["person_ref"].as_str().unwrap().to_owned());
    (case, lead, person)
}

#[test]
fn a_reveal_shows_nothing_before_a_second_person_and_then_once() {
    let dir = tempfile::tempdir().unwrap();
    let (case, lead, person) = under_four_eyes(dir.path());
    let people = std::fs::read_to_string(support::district().join("person.csv")).unwrap();
    let row = people.lines().find(|l| l.starts_with(&format!("{person},"))).unwrap();
    let names: Vec<&str> = row.split(',').skip(1).take(2).collect();
    let reveals = |text: &str| names.iter().any(|name| text.contains(name));

    let reveal = ["leads", &case, "--reveal", "--reason", "to ask for a decree"];
    let (code, text) = told("bruno", &reveal);
    assert!(code == 1 && text.contains("waits for a second person") && !reveals(&text), "{text}");
    let waiting = proposal(&text);
    assert_eq!(proposal(&told("bruno", &reveal).1), waiting, "asked twice, it waits once");
    for decide in
        [&["pending", "confirm", &case, &waiting][..], &["pending", "reject", &case, &waiting, "--reason", "x"]]
    {
        let (code, text) = told("bruno", decide);
        assert!(code == 2 && text.contains("a second, different person"), "{text}");
    }
    assert!(told("anna", &["pending", "list", &case]).1.contains("show the personal data"));
    let (code, text) = told("anna", &["pending", "confirm", &case, &waiting]);
    assert!(code == 0 && !reveals(&text), "{text}");
    let (code, text) = told("anna", &reveal);
    assert!(code == 1 && !reveals(&text), "what was confirmed is bruno's: {text}");
    let (code, text) = told("bruno", &reveal);
    assert!(code == 0 && reveals(&text), "{text}");
    let (code, text) = told("bruno", &reveal);
    assert!(code == 1 && !reveals(&text), "once: {text}");

    let explain = ["explain", &case, &lead, "--reveal", "--reason", "to read the lease"];
    let (code, text) = told("piero", &explain);
    assert!(code == 1 && !text.contains("Gate 1"), "{text}");
    assert_eq!(told("anna", &["pending", "confirm", &case, &proposal(&text)]).0, 0);
    assert!(told("piero", &explain).1.contains("Gate 1"));
    assert!(told("anna", &["custody", "verify", &case]).1.contains("whole"));
}

#[test]
fn a_signature_waits_for_a_second_person_and_for_nothing_else_to_change() {
    let dir = tempfile::tempdir().unwrap();
    let (case, lead, _) = under_four_eyes(dir.path());
    let sign = ["sign", &case, &lead, "--gate", "1", "--reason", "three leases compared"];
    let (code, text) = told("bruno", &sign);
    assert_eq!(code, 1, "{text}");
    let signing = proposal(&text);
    assert!(told("bruno", &["explain", &case, &lead]).1.contains("nobody has decided yet"));
    assert_eq!(told("bruno", &["run", &case, "--set", "line_log10_min=1.1", "--set", "lr_log10_cap=2.5"]).0, 0);
    let (code, text) = told("anna", &["pending", "confirm", &case, &signing]);
    assert!(code == 2 && text.contains("stale"), "{text}");
    let signing = proposal(&told("bruno", &sign).1);
    let (code, text) = told("piero", &["pending", "reject", &case, &signing, "--reason", "one lease is missing"]);
    assert_eq!(code, 0, "{text}");
    assert!(told("anna", &["pending", "confirm", &case, &signing]).1.contains("was rejected, by piero"));
    let signing = proposal(&told("bruno", &sign).1);
    assert_eq!(told("bruno", &["pending", "withdraw", &case, &signing, "--reason", "once more"]).0, 0);
    let signing = proposal(&told("bruno", &sign).1);
    assert_eq!(told("anna", &["pending", "confirm", &case, &signing]).0, 0);
    assert!(told("bruno", &["explain", &case, &lead]).1.contains("signed, by bruno, confirmed by anna"));
    let back = ["sign", &case, &lead, "--gate", "1", "--decision", "withdraw", "--reason", "misread"];
    assert_eq!(told("bruno", &back).0, 0, "taking back waits for nobody");
    assert!(told("anna", &["custody", "verify", &case]).1.contains("whole"));
}

#[test]
fn a_deletion_and_a_purge_wait_and_so_does_less_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let (case, _, person) = under_four_eyes(dir.path());
    let (code, text) = told("anna", &["user", "remove", &case, "piero"]);
    assert!(code == 2 && text.contains("four eyes on deletion"), "{text}");
    let delete = ["delete", &case, "session.csv", "--order", "order 9", "--reason", "acquitted"];
    let deletion = proposal(&told("anna", &delete).1);
    let (code, text) = told("anna", &["purge", &case, &person, "--reason", "cleared"]);
    assert_eq!(code, 1, "{text}");
    let purge = proposal(&text);
    let log = told("anna", &["custody", "log", &case, "--format", "json"]).1;
    let line = log.lines().find(|l| l.contains("person_sha256")).unwrap();
    assert!(!line.contains(&person), "the log does not name whom it is about: {line}");
    assert!(told("bruno", &["pending", "confirm", &case, &purge]).1.contains("may not purge"));
    // Whom the first person has given a password since is no second person.
    assert_eq!(told("anna", &["user", "add", &case, "piero", "--role", "prosecutor"]).0, 0);
    let (code, text) = told("piero", &["pending", "confirm", &case, &purge]);
    assert!(code == 2 && text.contains("anna set the password of piero"), "{text}");
    assert_eq!(told("piero", &["user", "add", &case, "paola", "--role", "prosecutor"]).0, 0);
    let (code, text) = told("paola", &["pending", "confirm", &case, &purge]);
    assert!(code == 0 && text.contains("person purged from"), "{text}");
    let (code, text) = told("paola", &["pending", "confirm", &case, &deletion]);
    assert!(code == 0 && text.contains("deleted with its records"), "{text}");
    let (code, text) = told("anna", &["case", "four-eyes", &case, "--none"]);
    assert_eq!(code, 1, "{text}");
    assert!(told("piero", &["pending", "confirm", &case, &proposal(&text)]).1.contains("under four eyes now"));
    assert_eq!(told("anna", &["user", "remove", &case, "paola"]).0, 0);
    let whole = told("anna", &["custody", "verify", &case]).1;
    assert!(whole.contains("whole") && !whole.contains("unfinished"), "{whole}");
}

/// A defence bundle and an export show people several times each, and still ask the second person once.
#[test]
fn what_leaves_unmasked_asks_a_second_person_once() {
    let dir = tempfile::tempdir().unwrap();
    let (case, lead, _) = under_four_eyes(dir.path());
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let reason = ["--unmask", "--reason", "hearing of 4 May"];
    let [zip, csv, pdf] = ["defence.zip", "leads.zip", "lead.pdf"].map(path);
    let bundle = [&["dossier", &case, &lead, "--defence", "--out", &zip][..], &reason].concat();
    let export = [&["export", &case, "--format", "csv", "--out", &csv][..], &reason].concat();
    let dossier = [&["dossier", &case, &lead, "--out", &pdf][..], &reason].concat();
    for (what, file) in [(&bundle, &zip), (&export, &csv), (&dossier, &pdf)] {
        let (code, text) = told("piero", what);
        assert!(code == 1 && text.contains("waits for a second person"), "{file}: {code}: {text}");
        assert!(!std::fs::exists(file).unwrap(), "{file}: nothing has left yet");
        assert_eq!(told("anna", &["pending", "confirm", &case, &proposal(&text)]).0, 0);
        let (code, text) = told("piero", what);
        assert!(code == 0 && std::fs::metadata(file).unwrap().len() > 1000, "{file}: {code}: {text}");
        let (code, text) = told("piero", what);
        assert!(code == 1 && text.contains("waits for a second person"), "{file}: good for one, not for two: {text}");
    }
    let log = told("anna", &["custody", "log", &case, "--format", "json"]).1;
    let entries: Vec<serde_json::Value> = log.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
    let count = |act: &str| entries.iter().filter(|e| e["act"] == act).count();
    assert_eq!((count("reveal"), count("dossier"), count("export")), (3, 2, 1));
    assert!(told("anna", &["custody", "verify", &case]).1.contains("whole"));
}
