//! A case as one archive: its files and its database in a form that every store takes, so that a case can be kept elsewhere,
//! restored, and moved from one kind of store to another.
//!
//! The archive is a ZIP file (with its 64-bit extension): `case/...` are the files of the folder, `database/TABLE.jsonl` the
//! rows, one JSON object a line, and `backup.json`, which comes last, names every part with its length and SHA-256. The
//! same case gives the same bytes: the order is that of the names, and no part has a time.

mod archive;
mod restore;

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tutela_custody::AuditOptions;

use archive::{Manifest, Opened, Writer};
pub use restore::{Restored, restore};

use crate::rights::Act;
use crate::store::{TABLES, Value};
use crate::{Case, CaseError, files, verify};

/// The act in the log.
const BACKUP: &str = "backup";
/// Where the key that signs lies in a case.
const KEY: &str = "custody/key";
/// Files of a case that are of this folder alone: the lock, and the database, which travels as rows.
const OWN: [&str; 6] = ["lock", "case.db", "case.db-wal", "case.db-shm", "case.db-journal", "store.json"];

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Backup {
    /// The archive.
    pub file: PathBuf,
    /// Its SHA-256, which the log has.
    pub sha256: String,
    /// Its length.
    pub size_bytes: u64,
    /// Files of the case in it.
    pub files: u64,
    /// Entries of the log in it; the act of writing it is the next one.
    pub entries: u64,
    /// Whether the key that signs is in it.
    pub with_key: bool,
}

impl Case {
    /// Writes the whole case into one archive, which is read back before it counts. The log has it, with its SHA-256, before
    /// it gets its name. The key that signs the log goes with it only if that is asked for.
    ///
    /// # Errors
    /// Where the right is missing, the case is not whole, or the archive is there already or cannot be written; then
    /// nothing of it stays.
    pub fn backup(&mut self, to: &Path, with_key: bool) -> Result<Backup, CaseError> {
        self.need(Act::Backup)?;
        let to = &std::path::absolute(to).map_err(CaseError::io(to))?;
        self.check_target(to)?;
        if with_key && !self.root.join(KEY).exists() {
            return Err(CaseError::Usage(format!(
                "the key that signs the log does not lie in the case (see {}), so it is not for a backup to carry",
                crate::custody::KEYS
            )));
        }
        self.log.settle()?;
        let found = verify(&self.root, &AuditOptions::default())?;
        if let Some(first) = found.broken.first().or(found.not_checked.first()) {
            return Err(CaseError::Damaged(format!(
                "{first}; a backup is made of a whole case only (see tutela custody verify)"
            )));
        }
        let part = part_of(to);
        let written = self.write_archive(&part, with_key, &found).and_then(|files| {
            let (sha256, size_bytes) = files::digest(&part)?;
            let detail = serde_json::json!({
                "size_bytes": size_bytes, "files": files, "entries": found.entries, "with_key": with_key,
            });
            self.log.append(&self.who, BACKUP, &sha256, detail)?;
            files::rename(&part, to)?;
            Ok(Backup { file: to.to_path_buf(), sha256, size_bytes, files, entries: found.entries, with_key })
        });
        if written.is_err() {
            let _not_there = fs::remove_file(&part);
        }
        written
    }

    fn check_target(&self, to: &Path) -> Result<(), CaseError> {
        if to.exists() {
            return Err(CaseError::Usage(format!("{}: is there already; nothing was written", to.display())));
        }
        let folder = to.parent().unwrap_or(to);
        let inside = fs::canonicalize(folder).map_err(CaseError::io(folder))?;
        if inside.starts_with(fs::canonicalize(&self.root).map_err(CaseError::io(&self.root))?) {
            return Err(CaseError::Usage(format!("{}: lies in the case itself; choose another folder", to.display())));
        }
        Ok(())
    }

    /// Writes the archive and reads it back; says how many files of the case are in it.
    fn write_archive(&self, part: &Path, with_key: bool, found: &crate::Verification) -> Result<u64, CaseError> {
        let mut writer = Writer::create(part)?;
        let mut paths = Vec::new();
        walk(&self.root, "", &mut paths)?;
        paths.retain(|path| with_key || path != KEY);
        paths.sort();
        for path in &paths {
            let file = self.root.join(path);
            let mut input = BufReader::with_capacity(1 << 17, File::open(&file).map_err(CaseError::io(&file))?);
            writer.add(&format!("case/{path}"), |out| {
                std::io::copy(&mut input, out).map(|_| ()).map_err(CaseError::io(&file))
            })?;
        }
        for table in &TABLES {
            writer.add(&archive::table_name(table), |out| {
                self.store.dump(table, &mut |row| {
                    let line = archive::line(table, row);
                    out.write_all(line.as_bytes()).map_err(CaseError::io(part))
                })
            })?;
        }
        let root = found.root.clone().unwrap_or_default();
        let manifest = Manifest::new(self.log_key()?.name(), found.entries, &root, with_key);
        writer.finish(manifest)?;
        Opened::open(part)?.check()?;
        Ok(paths.len() as u64)
    }
}

/// The name of an archive that is not whole yet.
fn part_of(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    to.with_file_name(name)
}

/// The files of a case, as paths from its folder: all but those of the folder alone, and unfinished work.
fn walk(folder: &Path, prefix: &str, out: &mut Vec<String>) -> Result<(), CaseError> {
    for entry in fs::read_dir(folder).map_err(CaseError::io(folder))? {
        let entry = entry.map_err(CaseError::io(folder))?;
        let path = entry.path();
        let name = entry.file_name().into_string();
        let name = name.map_err(|_| CaseError::Damaged(format!("{}: its name is no text", path.display())))?;
        let whole = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let kind = entry.file_type().map_err(CaseError::io(&path))?;
        if is_left_out(&whole, &name) {
            continue;
        }
        if kind.is_dir() {
            walk(&path, &whole, out)?;
        } else if kind.is_file() {
            out.push(whole);
        } else {
            return Err(CaseError::Damaged(format!(
                "{whole}: is neither a file nor a folder; a case holds nothing else"
            )));
        }
    }
    Ok(())
}

/// What is of the folder alone, not finished, or empty once the log is settled.
fn is_left_out(path: &str, name: &str) -> bool {
    OWN.contains(&path)
        || path == crate::picture::FOLDER
        || path == "custody/pending"
        || path == "records/purge"
        || name == "part"
        || name.ends_with(".part")
}

/// A value as JSON.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    }
}
