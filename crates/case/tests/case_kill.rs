//! A process in which several people work on one case at once is killed at random points, on both stores: what was
//! acknowledged is there, the log is whole, and the case opens and goes on.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "test code")]

mod server;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use server::shared;
use tutela_case::custody::AuditOptions;
use tutela_case::{Basis, Case, IntakeOptions, StoreUrl, verify};

/// Points at which each store's writers are killed, unless TUTELA_KILLS says otherwise; TUTELA_SEED chooses others.
const POINTS: u64 = 200;
const WRITERS: u64 = 4;
/// The longest wait, in microseconds: about as long as some acts take.
const LONGEST_US: u64 = 60_000;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn basis(id: &str) -> Basis {
    let text = |t: &str| t.to_owned();
    Basis {
        basis_id: text(id),
        act: text("order"),
        authority: text("court"),
        scope: text("log-ins"),
        from_date: text("2020-01-01"),
        until_date: text("2099-12-31"),
    }
}

/// One act, with what is acknowledged of it.
fn act(case: &Mutex<Case>, files: &Path, name: &str, kind: u64) {
    let say = |what: &str, of: &str| writeln!(std::io::stdout().lock(), "{what} {of}.").unwrap();
    match kind % 4 {
        0 => {
            case.lock().unwrap().add_basis(&basis(name)).unwrap();
            say("basis", name);
        }
        1 => {
            case.lock().unwrap().reveal(&["p1".to_owned()], name).unwrap();
            say("reveal", name);
        }
        _ => {
            let path = files.join(format!("{name}.csv"));
            let rows = format!("example,{name},2026-01-02T03:04:05Z,203.0.113.7,1024,login\nexample,b,never,,,login\n");
            fs::write(&path, format!("platform,account_ref,at_utc,ip,port,event\n{rows}")).unwrap();
            let report = case.lock().unwrap().intake(&path, "B1", &IntakeOptions::default()).unwrap();
            say("intake", &report.source_id);
            if kind % 4 == 3 {
                say("deleting", &report.source_id);
                case.lock().unwrap().delete_source(&report.source_id, "order", "reason").unwrap();
                say("deleted", &report.source_id);
            }
        }
    }
}

/// Not a check: what the killed process does. It runs only where the tests below start it.
#[test]
fn writers() {
    let Some(folder) = std::env::var_os("TUTELA_TEST_WRITE_TO") else { return };
    let folder = Path::new(&folder);
    let point = number("TUTELA_TEST_POINT", 0);
    let case = Mutex::new(Case::open(&folder.join("case"), "tester").unwrap());
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let case = &case;
            scope.spawn(move || {
                for n in 0.. {
                    act(case, &folder.join("files"), &format!("{point}-{writer}-{n}"), point + writer + n);
                }
            });
        }
    });
}

/// Kills writers of one case again and again; says what they had acknowledged.
fn kill(folder: &Path, points: u64) -> (Vec<String>, u64) {
    let (mut said, mut in_between) = (Vec::new(), 0);
    let mut dice = number("TUTELA_SEED", 1);
    for point in 0..points {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writers", "--nocapture"])
            .env("TUTELA_TEST_WRITE_TO", folder)
            .env("TUTELA_TEST_POINT", point.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        // Most are killed while they write; some while they open the case.
        if point % 5 != 0 {
            let first = lines.by_ref().find(|line| line.ends_with('.'));
            assert!(first.is_some(), "point {point}: the writers ended by themselves");
            said.extend(first);
        }
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_micros((dice >> 33) % LONGEST_US));
        assert!(child.try_wait().unwrap().is_none(), "point {point}: the writers ended by themselves");
        child.kill().unwrap();
        // The last line may be cut.
        said.extend(lines.filter(|line| line.ends_with('.')));
        child.wait().unwrap();
        // Now and then look at what was left as it was left.
        if point % 20 == 0 {
            let left = verify(&folder.join("case"), &AuditOptions::default()).unwrap();
            assert_eq!(left.broken, Vec::<String>::new(), "point {point}");
            in_between += u64::from(!left.unfinished.is_empty());
        }
    }
    (said, in_between)
}

fn nothing_acknowledged_is_lost(url: Option<&StoreUrl>) {
    let (dir, watch) = (tempfile::tempdir().unwrap(), Instant::now());
    let (root, files) = (dir.path().join("case"), dir.path().join("files"));
    fs::create_dir(&files).unwrap();
    let mut case = Case::init_in(&root, "tester", url).unwrap();
    case.add_basis(&basis("B1")).unwrap();
    drop(case);
    let points = number("TUTELA_KILLS", POINTS);
    let (said, in_between) = kill(dir.path(), points);
    // It opens, and what was cut off is done again.
    let mut case = Case::open(&root, "tester").unwrap();
    let of = |what: &str| -> BTreeSet<&str> {
        let line = |line: &'_ str| line.trim_end_matches('.').rsplit_once(' ').map(|(w, _)| w.ends_with(what));
        let lines = said.iter().filter(|l| line(l) == Some(true));
        lines.filter_map(|l| l.trim_end_matches('.').rsplit_once(' ').map(|(_, of)| of)).collect()
    };
    let sources: BTreeSet<String> = case.sources().unwrap().into_iter().map(|s| s.source_id).collect();
    let bases: BTreeSet<String> = case.bases().unwrap().into_iter().map(|b| b.basis_id).collect();
    let reveals: BTreeSet<String> = case
        .acts()
        .unwrap()
        .iter()
        .filter(|e| e.act == "reveal")
        .map(|e| e.detail["reason"].as_str().unwrap().to_owned())
        .collect();
    for (what, there) in [("basis", &bases), ("reveal", &reveals)] {
        let lost: Vec<&str> = of(what).into_iter().filter(|id| !there.contains(*id)).collect();
        assert!(lost.is_empty(), "{what}: {lost:?} were acknowledged and are not there");
    }
    let deleting = of("deleting");
    let lost: Vec<&str> = of("intake").into_iter().filter(|s| !deleting.contains(s) && !sources.contains(*s)).collect();
    assert!(lost.is_empty(), "intake: {lost:?} were acknowledged and are not there");
    let back: Vec<&str> = of("deleted").into_iter().filter(|s| sources.contains(*s)).collect();
    assert!(back.is_empty(), "deletion: {back:?} were acknowledged and are there");
    let deleted = of("deleted").len();
    for file in fs::read_dir(&files).unwrap() {
        let path = file.unwrap().path();
        // The file itself may have been cut off.
        if fs::read_to_string(&path).unwrap().ends_with('\n') {
            case.intake(&path, "B1", &IntakeOptions::default()).unwrap();
        }
    }
    drop(case);
    let found = verify(&root, &AuditOptions::default()).unwrap();
    assert!(found.broken.is_empty() && found.unfinished.is_empty() && found.database, "{found:?}");
    assert!(said.len() as u64 > points, "only {} acts were acknowledged before the kills", said.len());
    println!(
        "{points} kills: {} acts acknowledged ({deleted} deletions), none lost; {} entries; cut off within an act in {in_between} \
         of {} looks; {:.1} s",
        said.len(),
        found.entries,
        points.div_ceil(20),
        watch.elapsed().as_secs_f64()
    );
}

#[test]
fn nothing_acknowledged_is_lost_in_a_file() {
    nothing_acknowledged_is_lost(None);
}

#[test]
fn nothing_acknowledged_is_lost_on_a_server() {
    let server = shared();
    nothing_acknowledged_is_lost(Some(&StoreUrl::parse(&server.url()).unwrap()));
}
