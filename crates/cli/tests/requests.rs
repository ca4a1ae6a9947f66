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

use support::{add_basis, ok, run_district, tutela};

const WORLD: &str = "households: 40\ndays: 60\nreported_accounts: 12\nreported_connections: 900\ninnocent_connections: 2000\n\
                     record_error: 0.0\nfixed_operators: [0.4, 0.3, 0.1, 0.2]\n";
const AS_OF: &str = "2026-07-01T00:00:00Z";

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A world, a case that has everything but the operators' records, and the first requests.
struct Asked {
    dir: tempfile::TempDir,
    case: String,
    world: String,
    requests: Vec<PathBuf>,
}

fn asked(config: &str, seed: &str) -> Asked {
    let dir = tempfile::tempdir().unwrap();
    let (case, world) = (text(&dir.path().join("case")), text(&dir.path().join("world")));
    let path = dir.path().join("world.yaml");
    fs::write(&path, config).unwrap();
    ok(&["world", "make", "--seed", seed, "--config", &text(&path), "--out", &world]);
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    for folder in ["referrals", "returns", "registers"] {
        ok(&["intake", &case, "--basis", "B1", &text(&Path::new(&world).join("files").join(folder))]);
    }
    let mut asked = Asked { dir, case, world, requests: Vec::new() };
    asked.requests = asked.ask(&asked.case, "1");
    asked
}

impl Asked {
    fn plan(&self, case: &str) -> serde_json::Value {
        let blocks = text(&Path::new(&self.world).join("address_blocks.csv"));
        let args = ["request", "plan", case, "--operators", &blocks, "--as-of", AS_OF, "--format", "json"];
        serde_json::from_str(&ok(&args)).unwrap()
    }

    /// Plans and writes requests; gives the request files.
    fn ask(&self, case: &str, round: &str) -> Vec<PathBuf> {
        if self.plan(case)["requests"].as_array().unwrap().is_empty() {
            return Vec::new();
        }
        let out = self.dir.path().join(format!("out-{round}"));
        ok(&["request", "export", case, "--basis", "B1", "--out", &text(&out)]);
        let is_request = |p: &PathBuf| text(p).ends_with("-request.csv");
        let mut files: Vec<PathBuf> =
            fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()).filter(is_request).collect();
        files.sort();
        files
    }

    /// The operators' answers to request files; gives them.
    fn answer(&self, name: &str, requests: &[PathBuf], with: &[&str]) -> Vec<PathBuf> {
        let out = self.dir.path().join(name);
        let files: Vec<String> = requests.iter().map(|p| text(p)).collect();
        let mut args = vec!["world", "answer", self.world.as_str()];
        args.extend(files.iter().map(String::as_str));
        let out = text(&out);
        args.extend(["--out", out.as_str()]);
        args.extend(with);
        let done: serde_json::Value = serde_json::from_str(&ok(&args)).unwrap();
        done["files"].as_array().unwrap().iter().map(|f| PathBuf::from(f.as_str().unwrap())).collect()
    }

    /// A copy of the case, to try a reply on.
    fn copy(&self, name: &str) -> String {
        let to = self.dir.path().join(name);
        copy(Path::new(&self.case), &to);
        text(&to)
    }

    fn request_of(&self, operator: &str) -> PathBuf {
        self.requests.iter().find(|p| text(p).contains(operator)).expect(operator).clone()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every byte of a case but the log, which may hold that something was refused.
fn bytes(case: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(folder: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if !path.ends_with("custody/log.jsonl") && !text(&path).contains("case.db-") {
                out.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(Path::new(case), &mut out);
    out
}

fn import(case: &str, files: &[PathBuf]) -> std::process::Output {
    let files: Vec<String> = files.iter().map(|p| text(p)).collect();
    let mut args = vec!["request", "import", case, "--basis", "B1"];
    args.extend(files.iter().map(String::as_str));
    tutela(&args)
}

fn told(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn states(case: &str) -> Vec<serde_json::Value> {
    serde_json::from_str(&ok(&["request", "list", case, "--format", "json"])).unwrap()
}

/// The checks of the rows that stand so, by request.
fn checks(case: &str, outcome: &str) -> Vec<String> {
    let mut out: Vec<String> = states(case)
        .iter()
        .flat_map(|s| s["rows"].as_array().unwrap().clone())
        .filter(|r| r["outcome"] == outcome)
        .map(|r| r["check"].as_str().unwrap().to_owned())
        .collect();
    out.sort();
    out.dedup();
    out
}

/// Changes the rows of a reply by heading.
fn edit(path: &Path, mut change: impl FnMut(usize, &mut BTreeMap<String, String>)) -> PathBuf {
    let read = fs::read_to_string(path).unwrap();
    let mut lines = read.lines();
    let headings: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut out = headings.join(",") + "\n";
    for (number, line) in lines.enumerate() {
        let mut row: BTreeMap<String, String> =
            headings.iter().map(|h| (*h).to_owned()).zip(line.split(',').map(str::to_owned)).collect();
        change(number, &mut row);
        out += &(headings.iter().map(|h| row[*h].as_str()).collect::<Vec<_>>().join(",") + "\n");
    }
    let to = path.with_extension("edited.csv");
    fs::write(&to, out).unwrap();
    to
}

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
    let other = support_case(&asked, "other");
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
    let log = fs::read_to_string(Path::new(&asked.case).join("custody/log.jsonl")).unwrap();
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

    let nameless = edit(&reply[0], |_, row| {
        row.insert("request_ref".to_owned(), String::new());
    });
    let output = import(&asked.case, &[nameless]);
    assert!(told(&output).contains("no row names a request"), "{}", told(&output));
}

/// Another case on the same records.
fn support_case(asked: &Asked, name: &str) -> String {
    let case = text(&asked.dir.path().join(name));
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    for folder in ["referrals", "returns", "registers"] {
        ok(&["intake", &case, "--basis", "B1", &text(&Path::new(&asked.world).join("files").join(folder))]);
    }
    case
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

/// Asking about a tenth of the connections finds nearly all that asking about every one finds.
#[test]
fn the_planner_finds_with_a_tenth_what_everything_finds() {
    const DISTRICT: &str =
        "households: 200\ndays: 200\nreported_accounts: 50\nreported_connections: 9000\ninnocent_connections: 30000\n";
    let asked = asked(DISTRICT, "7");
    let everything = support_case(&asked, "everything");
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
