//! Appends to a log from many threads, or builds a long one: what `make bench NAME=custody` measures.
//!
//! `custody_load append FOLDER THREADS ACTS` appends durably and says how long it took; `custody_load hash ENTRIES BYTES`
//! says how long the hashes of a log of that size take alone.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring program")]

use std::path::Path;
use std::time::Instant;

use tutela_custody::tree::{Frontier, leaf_hash};
use tutela_custody::{Draft, Log, SignerKey};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["append", folder, threads, acts] => append(Path::new(folder), threads.parse().unwrap(), acts.parse().unwrap()),
        ["hash", entries, bytes] => hash(entries.parse().unwrap(), bytes.parse().unwrap()),
        _ => println!("custody_load append FOLDER THREADS ACTS | hash ENTRIES BYTES"),
    }
}

fn append(folder: &Path, threads: u64, acts: u64) {
    let key = SignerKey::new("tutela-case/bench", &[1; 32]).unwrap();
    tutela_custody::create(folder, &key).unwrap();
    let log = Log::open(folder, Some(key)).unwrap();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let log = &log;
            scope.spawn(move || {
                for n in (thread..acts).step_by(usize::try_from(threads).unwrap()) {
                    let draft = Draft {
                        utc: "2026-01-01T00:00:00.000000Z".to_owned(),
                        who: "bench".to_owned(),
                        act: "note".to_owned(),
                        subject: format!("{n:064}"),
                        detail: serde_json::json!({ "thread": thread }),
                    };
                    log.append(draft).unwrap();
                }
            });
        }
    });
    drop(log);
    println!("{{\"acts\": {acts}, \"seconds\": {}}}", start.elapsed().as_secs_f64());
}

fn hash(entries: u64, bytes: usize) {
    let entry = vec![7; bytes];
    let mut frontier = Frontier::default();
    let start = Instant::now();
    for _ in 0..entries {
        frontier.push(leaf_hash(std::hint::black_box(&entry)));
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{{\"root\": \"{}\", \"seconds\": {seconds}}}", hex::encode(frontier.root()));
}
