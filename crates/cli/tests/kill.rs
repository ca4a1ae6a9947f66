//! Killed in the middle of intake and of a run, at random points: the case opens, verifies, resumes and ends with the
//! same findings.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "test code")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Points at which each of the two is killed.
const POINTS: u32 = 20;

const WORLD: &str =
    "households: 40\ndays: 60\nreported_accounts: 12\nreported_connections: 1500\ninnocent_connections: 20000\n";

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
    command.args(args).env("TUTELA_USER", "tester").stderr(Stdio::null()).stdout(Stdio::null());
    command
}

fn ok(args: &[&str]) -> String {
    let output = command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {:?}\n{talk}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A case with a legal basis, and nothing taken in.
fn new_case(path: &Path) -> String {
    let case = text(path);
    ok(&["case", "init", &case]);
    ok(&[
        "basis",
        "add",
        &case,
        "--id",
        "B1",
        "--act",
        "a",
        "--authority",
        "b",
        "--scope",
        "c",
        "--from",
        "2020-01-01",
        "--until",
        "2099-12-31",
    ]);
    case
}

/// Starts a command and kills it after a while; says whether it was still running.
fn kill_after(args: &[&str], wait: Duration) -> bool {
    let mut child = command(args).spawn().unwrap();
    std::thread::sleep(wait);
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

/// The findings: every lead, and the digest of every stage.
fn findings(case: &str) -> (String, Vec<String>) {
    let leads = ok(&["leads", case, "--format", "json"]);
    let run = std::fs::read_dir(Path::new(case).join("runs")).unwrap().next().unwrap().unwrap().path();
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(run.join("run.json")).unwrap()).unwrap();
    let mut digests = Vec::new();
    for step in report["steps"].as_array().unwrap() {
        for stage in step["stages"].as_array().unwrap() {
            digests.push(format!("{}/{} {}", step["id"], stage["name"], stage["digest"]));
        }
    }
    (leads, digests)
}

/// Opens, verifies and resumes a case that was killed.
fn resume(case: &str, files: &str) -> (String, Vec<String>) {
    ok(&["custody", "verify", case]);
    ok(&["case", "status", case]);
    ok(&["intake", case, files, "--basis", "B1"]);
    ok(&["run", case]);
    let verified = ok(&["custody", "verify", case]);
    assert!(verified.contains("whole") && !verified.contains("unfinished"), "{verified}");
    findings(case)
}

/// Moments spread over a duration, a little off a regular grid so that no stage is always missed.
fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    (0..POINTS).map(move |i| whole * (i * 37 % POINTS) / POINTS + Duration::from_micros(u64::from(i * 731 % 997)))
}

#[test]
fn a_killed_intake_and_a_killed_run_end_with_the_same_findings() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("world.yaml");
    std::fs::write(&config, WORLD).unwrap();
    let world = dir.path().join("world");
    ok(&["world", "make", "--seed", "5", "--config", &text(&config), "--out", &text(&world)]);
    let files = text(&world.join("files"));

    let undisturbed = new_case(&dir.path().join("undisturbed"));
    let watch = Instant::now();
    ok(&["intake", &undisturbed, &files, "--basis", "B1"]);
    let intake = watch.elapsed();
    let watch = Instant::now();
    ok(&["run", &undisturbed]);
    let run = watch.elapsed();
    let expected = findings(&undisturbed);

    let mut killed = 0;
    for (number, wait) in moments(intake).enumerate() {
        let case = new_case(&dir.path().join(format!("intake-{number}")));
        killed += u32::from(kill_after(&["intake", &case, &files, "--basis", "B1"], wait));
        assert_eq!(resume(&case, &files), expected, "intake killed after {wait:?}");
        std::fs::remove_dir_all(&case).unwrap();
    }
    for (number, wait) in moments(run).enumerate() {
        let case = new_case(&dir.path().join(format!("run-{number}")));
        ok(&["intake", &case, &files, "--basis", "B1"]);
        killed += u32::from(kill_after(&["run", &case], wait));
        assert_eq!(resume(&case, &files), expected, "run killed after {wait:?}");
        std::fs::remove_dir_all(&case).unwrap();
    }
    assert!(killed > POINTS, "only {killed} of {} were still running when they were killed", 2 * POINTS);
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let case = new_case(&dir.path().join("case"));
    let file = text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/district/session.csv"));
    ok(&["intake", &case, &file, "--basis", "B1"]);
    let before = ok(&["case", "status", &case]);
    let again = ok(&["intake", &case, &file, "--basis", "B1"]);
    assert!(again.contains("taken in before; nothing changed"), "{again}");
    assert_eq!(ok(&["case", "status", &case]), before);
}

#[test]
fn damage_is_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let case = new_case(&dir.path().join("case"));
    let file = text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/district/session.csv"));
    ok(&["intake", &case, &file, "--basis", "B1"]);
    ok(&["run", &case]);
    ok(&["custody", "verify", &case]);
    let root = Path::new(&case);
    let records = std::fs::read_dir(root.join("records/session")).unwrap().next().unwrap().unwrap().path();
    let stage = std::fs::read_dir(root.join("runs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path()
        .join("weigh_leads/lead_verdict.parquet");
    let bundles = root.join("custody/tile/entries/000.p");
    let bundle = std::fs::read_dir(bundles).unwrap().next().unwrap().unwrap().path();
    for path in [records, stage, bundle] {
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let found = command(&["custody", "verify", &case]).stdout(Stdio::piped()).output().unwrap();
        assert_eq!(found.status.code(), Some(2), "{}", path.display());
        assert!(String::from_utf8_lossy(&found.stdout).contains("BROKEN"), "{}", path.display());
        std::fs::write(&path, &whole).unwrap();
    }
}
