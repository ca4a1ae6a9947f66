//! Checking a case: its files against the log (`tutela-custody`), and the database, where there is one, against the log.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tutela_custody::{AuditOptions, Checkpoint, check_case, last_act};
use tutela_formats::Issue;

use crate::custody::Entry;
use crate::deletion::DELETION;
use crate::purge::PURGE;
use crate::store::{Place, Store};
use crate::{CaseError, UNFINISHED, is_named};

/// What a check of a case found.
#[derive(Debug, Default, Serialize)]
pub struct Verification {
    /// Log entries read.
    pub entries: u64,
    /// Sealed files checked.
    pub sealed: u64,
    /// Record files checked.
    pub records: u64,
    /// Files of runs checked.
    pub stages: u64,
    /// Time-stamp tokens checked.
    pub timestamps: u64,
    /// Whether there was a database to compare with.
    pub database: bool,
    /// The key that the checkpoints were checked with.
    pub log_key: Option<String>,
    /// The root hash of the log, in hexadecimal.
    pub root: Option<String>,
    /// What is broken, named.
    pub broken: Vec<String>,
    /// What a crash left and the next act puts right.
    pub unfinished: Vec<String>,
    /// What was not checked, and why.
    pub not_checked: Vec<String>,
}

impl Verification {
    /// Whether nothing is broken.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Checks the case in a folder. Needs no secret; the database is compared with the log, not trusted, and may be absent.
///
/// # Errors
/// Where the folder cannot be read. What is broken is no error but the answer.
pub fn verify(root: &Path, options: &AuditOptions) -> Result<Verification, CaseError> {
    let (mut out, entries) = check_files(root, options)?;
    let logged = entries.iter().any(|e| e.act == "intake" || e.act == "basis_add");
    match Place::of(root) {
        Err(e) => out.broken.push(format!("store.json: cannot be read ({})", with_cause(&e))),
        Ok(place) if !place.may_be_there(root) => {
            if logged {
                out.not_checked.push("case.db: is not there, so it was not compared with the log".to_owned());
            }
        }
        Ok(place) => {
            let compared = Store::open_to_read(root, &place).and_then(|store| check_store(&store, &entries, &mut out));
            out.database = !matches!(compared, Err(CaseError::Unreachable { .. }));
            match compared {
                Err(e @ CaseError::Unreachable { .. }) => {
                    out.not_checked.push(format!("database: {e}, so it was not compared with the log"));
                }
                Err(e) => out.broken.push(format!("{}: cannot be read ({})", place.name(), with_cause(&e))),
                Ok(()) => {}
            }
        }
    }
    Ok(out)
}

/// Checks the files of a case only, for instance where its database is on a server that is out of reach.
///
/// # Errors
/// Where the folder cannot be read. What is broken is no error but the answer.
pub fn verify_files(root: &Path, options: &AuditOptions) -> Result<Verification, CaseError> {
    let (mut out, _) = check_files(root, options)?;
    out.not_checked.push("database: was not compared with the log, as asked".to_owned());
    Ok(out)
}

fn check_files(root: &Path, options: &AuditOptions) -> Result<(Verification, Vec<Entry>), CaseError> {
    let found = check_case(root, options)?;
    let out = Verification {
        entries: found.log.entries,
        sealed: found.sealed,
        records: found.records,
        stages: found.stages,
        timestamps: found.timestamps,
        database: false,
        log_key: found.log.key.map(|key| key.to_string()),
        root: found.log.checkpoint.map(|Checkpoint { root, .. }| hex::encode(root)),
        broken: found.broken,
        unfinished: found.unfinished,
        not_checked: Vec::new(),
    };
    Ok((out, found.entries))
}

fn with_cause(error: &CaseError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// The entries of an act, the newest for each subject.
fn newest<'a>(entries: &'a [Entry], act: &str) -> BTreeMap<&'a str, &'a Entry> {
    entries.iter().filter(|e| e.act == act).map(|e| (e.subject.as_str(), e)).collect()
}

/// Entries that a crash cut off before the database had them: the last of all, or noted as such.
fn cut_off(entries: &[Entry]) -> BTreeSet<u64> {
    let noted = entries.iter().filter(|e| e.act == UNFINISHED).filter_map(|e| e.subject.parse().ok());
    noted.chain(last_act(entries).map(|e| e.index)).collect()
}

fn check_store(store: &Store, entries: &[Entry], out: &mut Verification) -> Result<(), CaseError> {
    let [found, expected] = store.schemas()?;
    for (name, _) in differing(found, expected) {
        out.broken.push(format!("{}: {name} is not as this version makes it", store.name()));
    }
    let cut_off = cut_off(entries);
    check_sources(store, entries, &cut_off, out)?;
    check_other_names(store, entries, &cut_off, out)?;
    check_bases(store, entries, &cut_off, out)
}

/// What is in one of the two only.
fn differing(a: Vec<(String, String)>, b: Vec<(String, String)>) -> BTreeSet<(String, String)> {
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (a.into_iter().collect(), b.into_iter().collect());
    a.symmetric_difference(&b).cloned().collect()
}

fn check_sources(
    store: &Store,
    entries: &[Entry],
    cut_off: &BTreeSet<u64>,
    out: &mut Verification,
) -> Result<(), CaseError> {
    let deleted = newest(entries, DELETION);
    let is_gone = |e: &Entry| deleted.get(e.subject.as_str()).is_some_and(|d| d.index > e.index);
    let last = last_act(entries).map(|e| e.index);
    let (intakes, gone): (BTreeMap<_, _>, BTreeMap<_, _>) =
        newest(entries, "intake").into_iter().partition(|(_, entry)| !is_gone(entry));
    let (sources, notes, files) = (store.sources()?, store.notes()?, store.record_files()?);
    let issues = store.issues()?;
    let issues = issue_digests(&issues);
    let db = store.name();
    for source in &sources {
        let name = format!("{db}: source {}", source.source_id);
        let Some(entry) = intakes.get(source.source_id.as_str()) else {
            let deletion = gone.get(source.source_id.as_str()).and_then(|e| deleted.get(e.subject.as_str()));
            match deletion {
                Some(entry) if last == Some(entry.index) => out
                    .unfinished
                    .push(format!("{name}: deleted by entry {}; opening the case removes it", entry.index)),
                Some(entry) => out.broken.push(format!("{name}: was deleted by entry {}, and is there", entry.index)),
                None => out.broken.push(format!("{name}: no entry of the log knows it")),
            }
            continue;
        };
        let purged = entries.iter().rev().filter(|e| e.act == PURGE && e.index > entry.index);
        let purged =
            purged.filter_map(|e| Some((e, e.detail.get("row_sha256")?.get(&source.source_id)?.as_str()?))).next();
        let files: Vec<_> = files.iter().filter(|f| f.source_id == source.source_id).cloned().collect();
        let row = source.digest(notes.get(&source.source_id).copied().unwrap_or(0), &files);
        let issues = issues.get(source.source_id.as_str()).cloned().unwrap_or_else(|| hex::encode(Sha256::digest([])));
        let is = |key: &str, value: &str| entry.detail.get(key).and_then(|v| v.as_str()) == Some(value);
        let row_says = purged.map_or_else(|| is("row_sha256", &row), |(_, digest)| digest == row);
        // A purge that was cut off is ended when the case is opened.
        if !row_says && purged.is_some_and(|(e, _)| last == Some(e.index)) {
            out.unfinished.push(format!("{name}: a purge was not ended; opening the case ends it"));
            continue;
        }
        if !row_says || source.taken_utc != entry.utc || source.taken_by != entry.who {
            out.broken.push(format!("{name}: its row or its record files are not what entry {} says", entry.index));
        }
        if !is("issues_sha256", &issues) {
            out.broken.push(format!("{name}: its issues are not those that entry {} says", entry.index));
        }
    }
    let there: BTreeSet<&str> = sources.iter().map(|s| s.source_id.as_str()).collect();
    for (source, entry) in intakes.iter().filter(|(source, _)| !there.contains(*source)) {
        if cut_off.contains(&entry.index) {
            out.unfinished.push(format!("source {source}: logged, not yet marked as taken in; take it in again"));
        } else {
            out.broken.push(format!("{db}: source {source}: is missing; entry {} took it in", entry.index));
        }
    }
    for file in files.iter().filter(|f| !there.contains(f.source_id.as_str())) {
        out.broken.push(format!(
            "{db}: records {} of {}: of a source that is not there",
            file.table.name(),
            file.source_id
        ));
    }
    if store.stray_issues()? > 0 {
        out.broken
            .push(format!("{db}: issues that no intake writes: without a source, out of range, or out of number"));
    }
    Ok(())
}

/// SHA-256 of the issues of each source, as the intake wrote them.
fn issue_digests(issues: &[Issue]) -> BTreeMap<&str, String> {
    let mut out: BTreeMap<&str, Sha256> = BTreeMap::new();
    for issue in issues {
        let hash = out.entry(issue.source_id.as_str()).or_default();
        hash.update(serde_json::to_vec(issue).unwrap_or_default());
        hash.update(b"\n");
    }
    out.into_iter().map(|(source, hash)| (source, hex::encode(hash.finalize()))).collect()
}

fn check_other_names(
    store: &Store,
    entries: &[Entry],
    cut_off: &BTreeSet<u64>,
    out: &mut Verification,
) -> Result<(), CaseError> {
    let deleted = newest(entries, DELETION);
    let stays = |e: &&Entry| deleted.get(e.subject.as_str()).is_none_or(|d| d.index < e.index);
    let logged: Vec<&Entry> = entries.iter().filter(|e| e.act == "intake_again").filter(stays).collect();
    let (names, db) = (store.other_names()?, store.name());
    for (source, name) in &names {
        if !logged.iter().any(|entry| is_named(entry, source, name)) {
            out.broken.push(format!("{db}: source {source}: no entry of the log knows one of its other names"));
        }
    }
    for entry in logged.iter().filter(|e| !names.iter().any(|(source, name)| is_named(e, source, name))) {
        let text = format!("source {}: the other name that entry {} noted is missing", entry.subject, entry.index);
        if cut_off.contains(&entry.index) {
            out.unfinished.push(text)
        } else {
            out.broken.push(format!("{db}: {text}"))
        }
    }
    Ok(())
}

fn check_bases(
    store: &Store,
    entries: &[Entry],
    cut_off: &BTreeSet<u64>,
    out: &mut Verification,
) -> Result<(), CaseError> {
    let logged = newest(entries, "basis_add");
    let (bases, origins, db) = (store.bases()?, store.basis_origins()?, store.name());
    for basis in &bases {
        let same = logged.get(basis.basis_id.as_str()).is_some_and(|entry| {
            let origin = origins.get(&basis.basis_id).is_some_and(|(utc, who)| *utc == entry.utc && *who == entry.who);
            let mut stated = entry.detail.clone();
            stated.as_object_mut().map(|map| map.remove("terms"));
            origin && serde_json::to_value(basis).is_ok_and(|v| v == stated)
        });
        if !same {
            out.broken.push(format!("{db}: basis {}: is not what the log says", basis.basis_id));
        }
    }
    for (basis, entry) in logged.iter().filter(|(id, _)| !bases.iter().any(|b| b.basis_id == **id)) {
        let text = format!("basis {basis}: is missing; entry {} added it", entry.index);
        if cut_off.contains(&entry.index) {
            out.unfinished.push(text)
        } else {
            out.broken.push(format!("{db}: {text}"))
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
