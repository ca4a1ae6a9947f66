//! Comparing the files of a case with its log: sealed files, records, runs, particulars beside the log, time-stamps. Needs
//! no secret and no database.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::error::CustodyError;
use crate::scan::{self, Audit, AuditOptions, plain, walk};

/// What a check of a case found.
#[derive(Debug, Default)]
pub struct CaseFindings {
    /// The log.
    pub log: Audit,
    /// Every entry, in order.
    pub entries: Vec<Entry>,
    /// Sealed files checked.
    pub sealed: u64,
    /// Record files checked.
    pub records: u64,
    /// Files of runs checked.
    pub stages: u64,
    /// Time-stamp tokens checked.
    pub timestamps: u64,
    /// What is broken, named.
    pub broken: Vec<String>,
    /// What a crash left and the next act puts right.
    pub unfinished: Vec<String>,
}

/// Acts that are logged while somebody else works on the case, and change nothing in it.
const BESIDE: [&str; 5] = ["read", "refused", "sign_in", "sign_in_failed", "sign_out"];

/// The newest act that a crash can have cut off before it was carried out.
#[must_use]
pub fn last_act(entries: &[Entry]) -> Option<&Entry> {
    entries.iter().rev().find(|e| !BESIDE.contains(&e.act.as_str()))
}

/// Checks a case's folder against its log.
///
/// # Errors
/// Where no case is there or its folder cannot be read. What is broken is no error but the answer.
pub fn check_case(root: &Path, options: &AuditOptions) -> Result<CaseFindings, CustodyError> {
    let folder = root.join("custody");
    if folder.join("log.jsonl").exists() {
        return Err(CustodyError::Usage(format!(
            "{}: was made by an earlier version, whose log was a plain chain of lines; take its sealed files in anew",
            root.display()
        )));
    }
    if !folder.is_dir() {
        return Err(CustodyError::Usage(format!("{}: no case is there", root.display())));
    }
    let mut out = CaseFindings::default();
    let (mut entries, mut broken) = (Vec::new(), Vec::new());
    let log = scan::audit(&folder, options, &mut |number, bytes| match Entry::parse(bytes)
        .and_then(|entry| entry.with_detail(&folder))
    {
        Err(e) => broken.push(format!("entry {number}: {}", named(e))),
        Ok(entry) => {
            if entry.index != number {
                broken.push(format!("entry {number}: says that it is entry {}", entry.index));
            }
            entries.push(entry);
        }
    })?;
    out.broken.extend(log.broken.iter().cloned().chain(broken));
    out.unfinished.extend(log.unfinished.iter().cloned());
    out.log = log;
    check_key(&folder, &entries, &mut out);
    check_files(root, &entries, &mut out);
    check_beside(&folder, &entries, &mut out);
    out.entries = entries;
    Ok(out)
}

/// The first entry states the key that all checkpoints are signed with. A signing key that lies in the folder must be its.
fn check_key(folder: &Path, entries: &[Entry], out: &mut CaseFindings) {
    match crate::keys::read_key(&folder.join("key")) {
        Ok(Some(key)) if out.log.key.as_ref().is_some_and(|k| key.verifier() != *k) => {
            out.broken.push("custody/key: is not the key of this log".to_owned());
        }
        Ok(_) => {}
        Err(e) => out.broken.push(format!("custody/key: {}", plain(&e))),
    }
    let stated = entries.iter().find(|e| e.act == "case_init").and_then(|e| e.detail.get("log_key")?.as_str());
    let used = out.log.key.as_ref().map(ToString::to_string);
    if stated.is_some() && used.is_some() && stated != used.as_deref() {
        out.broken.push("custody/log.vkey: is not the key that the first entry states".to_owned());
    }
}

/// The files of an entry, by name, with their digests.
fn digests<'a>(entry: &'a Entry, key: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let map = entry.detail.get(key).and_then(serde_json::Value::as_object);
    map.into_iter().flatten().filter_map(|(name, digest)| Some((name.as_str(), digest.as_str()?)))
}

/// What files the log says there are: followed through entry by entry.
#[derive(Default)]
struct Ledger<'a> {
    /// By path: digest, and the entry that says so.
    files: BTreeMap<String, (&'a str, u64)>,
    /// What an order took away, with the entry of the deletion.
    gone: BTreeMap<String, u64>,
    /// What is kept of the password of each person.
    people: BTreeMap<&'a str, &'a str>,
    /// Sources and runs that the log knows.
    sources: BTreeSet<&'a str>,
    runs: BTreeSet<&'a str>,
    /// Names that no file can have.
    wrong: Vec<String>,
}

impl<'a> Ledger<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let mut out = Self::default();
        for entry in entries {
            match entry.act.as_str() {
                "intake" => {
                    out.take_away(entry, &source_files(&out.files, &entry.subject));
                    out.sources.insert(&entry.subject);
                    out.add(entry, format!("sealed/{}", entry.subject), &entry.subject);
                    for (table, digest) in digests(entry, "records") {
                        out.add(entry, format!("records/{table}/{}.parquet", entry.subject), digest);
                    }
                    out.gone.retain(|path, _| !path.contains(entry.subject.as_str()));
                }
                "run" => {
                    let prefix = format!("runs/{}/", entry.subject);
                    out.gone.retain(|path, _| !path.starts_with(&prefix));
                    out.runs.insert(&entry.subject);
                    for (file, digest) in digests(entry, "stages") {
                        out.add(entry, format!("{prefix}{file}"), digest);
                    }
                }
                "person_set" => {
                    let earlier: Vec<String> =
                        out.people.remove(entry.subject.as_str()).map(|d| format!("people/{d}")).into_iter().collect();
                    out.take_away(entry, &earlier);
                    for (file, digest) in digests(entry, "files") {
                        out.people.insert(&entry.subject, digest);
                        out.add(entry, format!("people/{file}"), digest);
                    }
                }
                "deletion" => {
                    let files = source_files(&out.files, &entry.subject);
                    out.take_away(entry, &files);
                    out.take_runs_away(entry);
                }
                "purge" => {
                    for (file, digest) in digests(entry, "records") {
                        out.add(entry, format!("records/{file}"), digest);
                    }
                    out.take_runs_away(entry);
                }
                _ => {}
            }
        }
        out
    }

    fn add(&mut self, entry: &'a Entry, path: String, digest: &'a str) {
        if path.split('/').all(is_plain) {
            self.files.insert(path, (digest, entry.index));
        } else {
            self.wrong.push(format!("entry {}: names {path:?}, which no file of a case is called", entry.index));
        }
    }

    fn take_away(&mut self, entry: &Entry, files: &[String]) {
        for path in files {
            self.files.remove(path);
            self.gone.insert(path.clone(), entry.index);
        }
    }

    fn take_runs_away(&mut self, entry: &Entry) {
        let runs = entry.detail.get("runs").and_then(serde_json::Value::as_array);
        for run in runs.into_iter().flatten().filter_map(serde_json::Value::as_str) {
            let prefix = format!("runs/{run}/");
            let files: Vec<String> = self.files.keys().filter(|path| path.starts_with(&prefix)).cloned().collect();
            self.take_away(entry, &files);
        }
    }
}

/// The sealed file and the record files of a source.
fn source_files(files: &BTreeMap<String, (&str, u64)>, source: &str) -> Vec<String> {
    let records = format!("/{source}.parquet");
    let sealed = format!("sealed/{source}");
    files.keys().filter(|p| **p == sealed || p.starts_with("records/") && p.ends_with(&records)).cloned().collect()
}

fn check_files(root: &Path, entries: &[Entry], out: &mut CaseFindings) {
    let ledger = Ledger::of(entries);
    out.broken.extend(ledger.wrong.iter().cloned());
    for (name, (digest, _)) in &ledger.files {
        let path = root.join(name);
        let whole = check_file(&path, name, digest, out);
        match name.split('/').next() {
            Some("sealed") => {
                out.sealed += 1;
                if whole && fs::metadata(&path).is_ok_and(|m| !m.permissions().readonly()) {
                    out.broken.push(format!("{name}: is no longer read-only"));
                }
            }
            Some("records") => out.records += 1,
            Some("runs") => out.stages += 1,
            _ => {}
        }
    }
    let last = last_act(entries).map(|e| e.index);
    for (name, entry) in ledger.gone.iter().filter(|(name, _)| root.join(name).exists()) {
        if last == Some(*entry) {
            out.unfinished.push(format!("{name}: deleted by entry {entry}; opening the case removes it"));
        } else {
            out.broken.push(format!("{name}: was deleted by entry {entry}, and is there"));
        }
    }
    for folder in ["sealed", "records", "runs", "people"] {
        let mut files = Vec::new();
        walk(&root.join(folder), folder, &mut files);
        files.sort();
        files.retain(|path| !ledger.files.contains_key(path) && !ledger.gone.contains_key(path));
        for path in files.iter().filter(|p| !p.starts_with("sealed/part/") && !p.starts_with("records/part/")) {
            match cut_off(root, path, &ledger) {
                Some(why) => out.unfinished.push(format!("{path}: {why}")),
                None => out.broken.push(format!("{path}: no entry of the log knows it")),
            }
        }
    }
}

/// What a crash may have left of work that was not yet logged.
fn cut_off(root: &Path, path: &str, ledger: &Ledger<'_>) -> Option<&'static str> {
    let mut parts = path.split('/');
    let (folder, second) = (parts.next()?, parts.next()?);
    match folder {
        "sealed" => {
            let whole = file_digest(&root.join(path)).is_ok_and(|digest| digest == second);
            (whole && !ledger.sources.contains(second)).then_some("sealed, not yet logged; take it in again")
        }
        "people" => Some("of a password that was not yet logged"),
        "records" if second == "purge" => {
            Some("of a purge that was not ended; opening the case ends it, or it was never logged")
        }
        "records" => {
            let source = parts.next()?.strip_suffix(".parquet")?;
            let sealed = is_plain(source) && root.join("sealed").join(source).exists();
            (sealed && !ledger.sources.contains(source)).then_some("its source is not yet logged; take it in again")
        }
        _ => {
            let step = parts.next().unwrap_or_default();
            let working = [".part", ".verify", ".spill"].iter().any(|end| step.ends_with(end));
            let unknown = !ledger.runs.contains(second) || is_unlogged_step(&ledger.files, path);
            (working || unknown).then_some("of a run that is not yet logged; run the steps again")
        }
    }
}

/// A step of a known run that none of the logged ones is: a run that goes on was interrupted before it was logged.
fn is_unlogged_step(known: &BTreeMap<String, (&str, u64)>, path: &str) -> bool {
    let Some((folder, _)) = path.rsplit_once('/') else { return false };
    let folder = format!("{folder}/");
    folder.matches('/').count() > 2
        && !known.range(folder.clone()..).next().is_some_and(|(p, _)| p.starts_with(&folder))
}

/// Particulars and time-stamps beside the log.
fn check_beside(folder: &Path, entries: &[Entry], out: &mut CaseFindings) {
    let known: BTreeSet<&str> = entries.iter().filter_map(|e| e.detail_sha256.as_deref()).collect();
    let mut files = Vec::new();
    walk(&folder.join("detail"), "detail", &mut files);
    files.sort();
    for path in files.iter().filter(|p| !known.contains(p.strip_prefix("detail/").unwrap_or_default())) {
        let whole = file_digest(&folder.join(path)).is_ok_and(|digest| path.ends_with(&digest));
        if whole || path.ends_with(".part") {
            out.unfinished.push(format!("custody/{path}: of an act that was never acknowledged"));
        } else {
            out.broken.push(format!("custody/{path}: no entry of the log knows it"));
        }
    }
    let mut stamped = BTreeSet::new();
    for entry in entries.iter().filter(|e| e.act == "timestamp") {
        for (file, digest) in digests(entry, "files") {
            out.timestamps += u64::from(file.ends_with(".tsr"));
            if !is_plain(file) {
                out.broken.push(format!("entry {}: {file} is no file of a time-stamp", entry.index));
                continue;
            }
            let name = format!("custody/timestamps/{file}");
            let path = folder.join("timestamps").join(file);
            if check_file(&path, &name, digest, out) {
                check_stamped(&path, &name, out);
            }
            stamped.insert(format!("timestamps/{file}"));
        }
    }
    let mut files = Vec::new();
    walk(&folder.join("timestamps"), "timestamps", &mut files);
    files.sort();
    for path in files.iter().filter(|path| !stamped.contains(*path)) {
        if [".checkpoint", ".tsr", ".part"].iter().any(|end| path.ends_with(end)) {
            out.unfinished.push(format!("custody/{path}: of a time-stamp that is not yet attached"));
        } else {
            out.broken.push(format!("custody/{path}: no entry of the log knows it"));
        }
    }
}

/// A stamped checkpoint must be one of this log, and its token about it.
fn check_stamped(path: &Path, name: &str, out: &mut CaseFindings) {
    let Some(key) = out.log.key.clone() else { return };
    let beside = path.with_extension("checkpoint");
    let Ok(note) = fs::read_to_string(&beside) else {
        out.broken.push(format!("{name}: the checkpoint it stamps is not beside it"));
        return;
    };
    if path.extension().is_some_and(|e| e == "checkpoint") {
        if let Err(e) = Checkpoint::open(&note, &key) {
            out.broken.push(format!("{name}: {e}"));
        }
        return;
    }
    let token = fs::read(path).unwrap_or_default();
    if let Err(e) = crate::timestamp::Token::parse(&token).and_then(|t| t.is_about(note.as_bytes())) {
        out.broken.push(format!("{name}: {e}"));
    }
}

/// Compares one file with its digest; says whether it is the one.
fn check_file(path: &Path, name: &str, expected: &str, out: &mut CaseFindings) -> bool {
    match file_digest(path) {
        Err(e) => out.broken.push(format!("{name}: cannot be read ({})", e.kind())),
        Ok(digest) if digest != expected => {
            out.broken.push(format!("{name}: its bytes are not those that the log knows (SHA-256 {digest})"));
        }
        Ok(_) => return true,
    }
    false
}

/// A name that is one part of a path and leads nowhere else.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// Where it cannot be read.
pub fn file_digest(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0u8; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|p| !p.is_empty()) else { break };
        hash.update(part);
    }
    Ok(hex::encode(hash.finalize()))
}

/// An error without the path of the machine it was found on.
fn named(error: CustodyError) -> String {
    match error {
        CustodyError::Io { path, source } => {
            let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            format!("its particulars (custody/detail/{file}) cannot be read ({})", source.kind())
        }
        other => other.to_string(),
    }
}
