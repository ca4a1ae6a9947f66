//! Checking a case without any secret: every sealed file, record file, stage and log entry against the log.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::custody::{self, Entry};
use crate::store::{Store, record_path};
use crate::{CaseError, files};
use tutela_model::TableId;

/// What a check of a case found.
#[derive(Debug, Default, Serialize)]
pub struct Verification {
    /// Log entries read.
    pub entries: u64,
    /// Sealed files checked.
    pub sealed: u64,
    /// Record files checked.
    pub records: u64,
    /// Stage files checked.
    pub stages: u64,
    /// What is broken, named.
    pub broken: Vec<String>,
    /// What a crash left and the next act puts right.
    pub unfinished: Vec<String>,
}

impl Verification {
    /// Whether nothing is broken.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Checks the case in a folder. Needs no secret; the database is compared with the log, not trusted.
///
/// # Errors
/// Where the folder cannot be read. What is broken is no error but the answer.
pub fn verify(root: &Path) -> Result<Verification, CaseError> {
    let path = root.join("custody").join("log.jsonl");
    if !path.exists() {
        return Err(CaseError::Usage(format!("{}: no case is there", root.display())));
    }
    let log = custody::read(&path)?;
    let mut out = Verification { entries: log.entries.len() as u64, ..Verification::default() };
    out.broken.extend(log.damage.iter().map(|d| format!("custody/log.jsonl: {d}")));
    if log.torn_bytes > 0 {
        out.unfinished
            .push(format!("custody/log.jsonl: {} bytes of an act that was never acknowledged", log.torn_bytes));
    }
    let sources = check_store(root, &log.entries, &mut out)?;
    let mut seen = BTreeSet::new();
    for entry in log.entries.iter().rev().filter(|e| e.act == "intake") {
        if seen.insert(entry.subject.as_str()) {
            check_source(root, entry, sources.contains(&entry.subject), &mut out);
        }
    }
    for entry in log.entries.iter().rev().filter(|e| e.act == "run") {
        if seen.insert(entry.subject.as_str()) {
            check_run(root, entry, &mut out);
        }
    }
    check_sealed_folder(root, &seen, &mut out)?;
    Ok(out)
}

/// Compares the database with the log; returns the sources that it counts as taken in.
fn check_store(root: &Path, entries: &[Entry], out: &mut Verification) -> Result<BTreeSet<String>, CaseError> {
    let store = Store::open(&root.join("case.db"))?;
    let logged = |act: &str| -> BTreeMap<&str, &Entry> {
        entries.iter().filter(|e| e.act == act).map(|e| (e.subject.as_str(), e)).collect()
    };
    let intakes = logged("intake");
    let digests: BTreeMap<(String, &str), String> =
        store.record_files()?.into_iter().map(|f| ((f.source_id, f.table.name()), f.digest)).collect();
    let sources = store.sources()?;
    for source in &sources {
        let name = format!("case.db: source {}", source.source_id);
        let Some(entry) = intakes.get(source.source_id.as_str()) else {
            out.broken.push(format!("{name}: no log entry"));
            continue;
        };
        let expected = [
            ("size_bytes", source.size_bytes),
            ("rows", source.rows),
            ("rows_in_records", source.rows_in_records),
            ("rows_refused", source.rows_refused),
        ];
        for (key, value) in expected {
            if entry.detail.get(key).and_then(serde_json::Value::as_u64) != Some(value) {
                out.broken.push(format!("{name}: {key} is {value}; the log says otherwise"));
            }
        }
        let basis = entry.detail.get("basis").and_then(serde_json::Value::as_str);
        if basis != Some(&source.basis_id) {
            out.broken.push(format!("{name}: basis is {}; the log says otherwise", source.basis_id));
        }
        for (table, digest) in records_of(entry) {
            if digests.get(&(source.source_id.clone(), table)).map(String::as_str) != Some(digest) {
                out.broken.push(format!("{name}: digest of {table} differs from the log"));
            }
        }
    }
    let bases = logged("basis_add");
    for basis in store.bases()? {
        let same = bases
            .get(basis.basis_id.as_str())
            .is_some_and(|e| serde_json::to_value(&basis).is_ok_and(|v| v == e.detail));
        if !same {
            out.broken.push(format!("case.db: basis {}: differs from the log", basis.basis_id));
        }
    }
    Ok(sources.into_iter().map(|s| s.source_id).collect())
}

fn records_of(entry: &Entry) -> impl Iterator<Item = (&str, &str)> {
    let records = entry.detail.get("records").and_then(serde_json::Value::as_object);
    records.into_iter().flatten().filter_map(|(table, digest)| Some((table.as_str(), digest.as_str()?)))
}

fn check_source(root: &Path, entry: &Entry, taken_in: bool, out: &mut Verification) {
    if !taken_in {
        out.unfinished.push(format!("source {}: logged, not yet marked as taken in; take it in again", entry.subject));
        return;
    }
    let path = root.join("sealed").join(&entry.subject);
    out.sealed += 1;
    match files::digest(&path) {
        Err(_) => out.broken.push(format!("sealed/{}: cannot be read", entry.subject)),
        Ok((digest, _)) if digest != entry.subject => {
            out.broken.push(format!("sealed/{}: its bytes have SHA-256 {digest}", entry.subject));
        }
        Ok(_) => {
            let writable = std::fs::metadata(&path).is_ok_and(|m| !m.permissions().readonly());
            if writable {
                out.broken.push(format!("sealed/{}: is no longer read-only", entry.subject));
            }
        }
    }
    for (table, expected) in records_of(entry) {
        let Some(table) = TableId::from_name(table) else {
            out.broken.push(format!("log entry {}: no table is called {table}", entry.index));
            continue;
        };
        out.records += 1;
        check_file(root, &record_path(root, table, &entry.subject), expected, out);
    }
}

fn check_run(root: &Path, entry: &Entry, out: &mut Verification) {
    let stages = entry.detail.get("stages").and_then(serde_json::Value::as_object);
    for (file, expected) in stages.into_iter().flatten() {
        out.stages += 1;
        check_file(
            root,
            &root.join("runs").join(&entry.subject).join(file),
            expected.as_str().unwrap_or_default(),
            out,
        );
    }
}

fn check_file(root: &Path, path: &Path, expected: &str, out: &mut Verification) {
    let name = path.strip_prefix(root).unwrap_or(path).display();
    match files::digest(path) {
        Err(_) => out.broken.push(format!("{name}: cannot be read")),
        Ok((digest, _)) if digest != expected => out.broken.push(format!("{name}: differs from what the log says")),
        Ok(_) => {}
    }
}

/// A file among the sealed ones that no log entry knows.
fn check_sealed_folder(root: &Path, logged: &BTreeSet<&str>, out: &mut Verification) -> Result<(), CaseError> {
    let folder = root.join("sealed");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .map_err(CaseError::io(&folder))?
        .filter_map(|entry| entry.ok().map(|e| e.file_name().to_string_lossy().into_owned()))
        .filter(|name| name != "part" && !logged.contains(name.as_str()))
        .collect();
    names.sort();
    for name in names {
        match files::digest(&folder.join(&name)) {
            Ok((digest, _)) if digest == name => {
                out.unfinished.push(format!("sealed/{name}: sealed, not yet logged; take it in again"));
            }
            _ => out.broken.push(format!("sealed/{name}: no log entry knows it")),
        }
    }
    Ok(())
}
