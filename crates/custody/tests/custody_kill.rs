//! A process that appends from many threads is killed at random points: what it acknowledged is there, and the log is whole.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod folder;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use folder::draft;
use tutela_custody::{AuditOptions, Log, audit, entries, read_key};

/// Points at which the writers are killed.
const POINTS: u64 = 200;
const THREADS: usize = 8;

/// Not a check: what the killed process does. It runs only where the test below starts it.
#[test]
fn writers() {
    let Some(folder) = std::env::var_os("TUTELA_TEST_WRITE_TO") else { return };
    let folder = Path::new(&folder);
    let log = Log::open(folder, read_key(&folder.join("key")).unwrap()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let log = &log;
            scope.spawn(move || {
                for n in 0..u64::MAX {
                    let entry =
                        log.append(draft("act", &format!("{thread}/{n}"), serde_json::json!({ "n": n }))).unwrap();
                    writeln!(std::io::stdout().lock(), "ack {} {thread}/{n}", entry.index).unwrap();
                }
            });
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    folder::make(dir.path(), 6);
    let log_folder = dir.path().join("custody");
    let mut acknowledged = Vec::new();
    for point in 0..POINTS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writers", "--nocapture"])
            .env("TUTELA_TEST_WRITE_TO", &log_folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Wait for the first acknowledgement in most rounds, so that they are killed while writing, not while starting.
        if point % 5 != 0 {
            let first = lines.by_ref().map_while(Result::ok).find(|line| line.contains("ack "));
            acknowledged.extend(first);
        }
        std::thread::sleep(Duration::from_micros(point * 7919 % 30_000));
        child.kill().unwrap();
        acknowledged.extend(lines.map_while(Result::ok).filter(|line| line.contains("ack ")));
        child.wait().unwrap();
        // Every tenth time look at what was left as it was left.
        if point % 10 == 0 {
            let left = audit(&log_folder, &AuditOptions::default(), &mut |_, _| {}).unwrap();
            assert_eq!(left.broken, Vec::<String>::new(), "point {point}");
        }
    }
    drop(Log::open(&log_folder, None).unwrap());
    let found = audit(&log_folder, &AuditOptions::default(), &mut |_, _| {}).unwrap();
    assert!(found.broken.is_empty() && found.unfinished.is_empty(), "{:?} {:?}", found.broken, found.unfinished);
    let entries = entries(&log_folder).unwrap();
    assert!(acknowledged.len() > 1000, "only {} acts were acknowledged before the kills", acknowledged.len());
    for line in &acknowledged {
        let (_, rest) = line.split_once("ack ").unwrap();
        // The last line of a killed process may be cut.
        let Some((index, subject)) = rest.split_once(' ') else { continue };
        let entry = &entries[index.parse::<usize>().unwrap()];
        assert!(
            entry.subject.starts_with(subject),
            "entry {index} is {}, and {subject} was acknowledged",
            entry.subject
        );
    }
}
