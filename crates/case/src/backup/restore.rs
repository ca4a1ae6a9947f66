//! A case from an archive. It is built beside the folder it is to have, checked as any case is, and gets its name only when
//! it is whole; until then nothing is where it was asked for.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tutela_custody::AuditOptions;

use super::KEY;
use super::archive::{Opened, table_name};
use crate::files::{self, FolderLock};
use crate::store::{Place, Store, StoreUrl, TABLES, Table, Value, insert};
use crate::{CaseError, FOLDERS, verify};

/// Files that are made durable at once.
const AT_ONCE: usize = 32;

/// What was restored.
#[derive(Debug, Clone, Serialize)]
pub struct Restored {
    /// Files of the case.
    pub files: u64,
    /// Entries of the log.
    pub entries: u64,
    /// Whether the key that signs was in the archive. Without it the case can be read and checked, not gone on with.
    pub with_key: bool,
}

/// Makes a case of an archive, its database in the folder or on a server. It is checked before it gets its name.
///
/// # Errors
/// Where the archive is not whole, holds what no backup holds, or gives no whole case; where the folder is not empty; or where
/// something cannot be written. Then nothing stays of what was begun.
pub fn restore(archive: &Path, root: &Path, url: Option<&StoreUrl>) -> Result<Restored, CaseError> {
    let mut opened = Opened::open(archive)?;
    if fs::symlink_metadata(root).is_ok() && !fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none()) {
        return Err(CaseError::Usage(format!(
            "{}: is not empty; a case is restored into a folder of its own",
            root.display()
        )));
    }
    let whole = std::path::absolute(root).map_err(CaseError::io(root))?;
    let (Some(parent), Some(name)) = (whole.parent(), whole.file_name()) else {
        return Err(CaseError::Usage(format!("{}: is no name of a folder", root.display())));
    };
    if let Some(url) = url {
        Store::reach(&whole, url)?;
    }
    fs::create_dir_all(parent).map_err(CaseError::io(parent))?;
    let work = parent.join(format!(".{}.restoring", name.to_string_lossy()));
    let _lock = begin(&work)?;
    let restored = build(&mut opened, &work, url).and_then(|restored| {
        fs::remove_file(work.join("lock")).map_err(CaseError::io(&work))?;
        files::rename(&work, &whole)?;
        Ok(restored)
    });
    let restored = match restored {
        Ok(restored) => restored,
        Err(why) => {
            return Err(match discard(&work) {
                // Nothing can have been begun where nothing can be reached.
                Ok(()) | Err(CaseError::Unreachable { .. }) => why,
                Err(left) => CaseError::Usage(format!("{why}; and what was begun could not be removed: {left}")),
            });
        }
    };
    Store::settle_restored(&whole, &Place::of(&whole)?)?;
    Ok(restored)
}

/// An empty folder to work in, that nobody else works in; what an interrupted attempt left of it is removed.
fn begin(work: &Path) -> Result<FolderLock, CaseError> {
    let held = |path: &Path| -> Result<FolderLock, CaseError> {
        fs::create_dir_all(path).map_err(CaseError::io(path))?;
        FolderLock::take(path)
    };
    let lock = held(work)?;
    if fs::read_dir(work).map_err(CaseError::io(work))?.count() > 1 {
        discard(work)?;
        drop(lock);
        return held(work);
    }
    Ok(lock)
}

/// Removes what was begun, on the server too.
fn discard(work: &Path) -> Result<(), CaseError> {
    let removed = Place::of(work).and_then(|place| Store::remove_restoring(work, &place));
    fs::remove_dir_all(work).map_err(CaseError::io(work))?;
    removed
}

fn build(opened: &mut Opened, work: &Path, url: Option<&StoreUrl>) -> Result<Restored, CaseError> {
    for folder in FOLDERS {
        let path = work.join(folder);
        fs::create_dir_all(&path).map_err(CaseError::io(&path))?;
    }
    // First, so that a server that cannot be reached is known before anything is unpacked.
    let store = Store::open_restoring(work, &Place::choose(work, url)?)?;
    let names: Vec<String> = opened.manifest.parts.keys().cloned().collect();
    let mut written = Vec::new();
    for (name, path) in names.iter().filter_map(|name| Some((name, name.strip_prefix("case/")?))) {
        let to = work.join(path);
        write_part(opened, name, &to, path == KEY)?;
        written.push(to);
    }
    make_durable(work, &written)?;
    fill(opened, work, &store)?;
    drop(store);
    let found = verify(work, &AuditOptions::default());
    let found = found.map_err(|why| opened.refuse(format!("gives no whole case: {why}")))?;
    let stated = &opened.manifest;
    let same = found.entries == stated.entries && found.root.as_ref() == Some(&stated.root);
    let not = found.broken.first().or(found.not_checked.first());
    if let Some(first) = not {
        return Err(opened.refuse(format!("gives no whole case: {first}")));
    }
    if !same || !found.log_key.as_ref().is_some_and(|key| key.starts_with(&stated.log)) {
        return Err(opened.refuse(format!(
            "states log {} with {} entries and root {}, and holds another",
            stated.log, stated.entries, stated.root
        )));
    }
    files::sync_folder(work)?;
    Ok(Restored { files: written.len() as u64, entries: found.entries, with_key: stated.with_key })
}

/// Unpacks a part to a new file; a sealed one is read-only again, and a key is its owner's.
fn write_part(opened: &mut Opened, name: &str, to: &Path, secret: bool) -> Result<(), CaseError> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).map_err(CaseError::io(folder))?;
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let file = options.open(to).map_err(CaseError::io(to))?;
    let mut out = BufWriter::with_capacity(1 << 17, file);
    opened.part(name, &mut out)?;
    let file = out.into_inner().map_err(|e| CaseError::Io { path: to.to_path_buf(), source: e.into_error() })?;
    if name.starts_with("case/sealed/") {
        let mut permissions = file.metadata().map_err(CaseError::io(to))?.permissions();
        permissions.set_readonly(true);
        file.set_permissions(permissions).map_err(CaseError::io(to))?;
    }
    Ok(())
}

/// Makes files and the folders they are in durable.
fn make_durable(work: &Path, written: &[PathBuf]) -> Result<(), CaseError> {
    written.chunks(AT_ONCE).try_for_each(files::sync_all)?;
    let mut folders: Vec<PathBuf> = written
        .iter()
        .flat_map(|path| path.ancestors().skip(1).take_while(|a| a.starts_with(work)).map(Path::to_path_buf))
        .collect();
    folders.sort();
    folders.dedup();
    folders.chunks(AT_ONCE).try_for_each(files::sync_all)
}

/// Fills the database, in one transaction.
fn fill(opened: &mut Opened, work: &Path, store: &Store) -> Result<(), CaseError> {
    let folder = work.join("part");
    files::empty_folder(&folder)?;
    for table in &TABLES {
        write_part(opened, &table_name(table), &folder.join(table.name), false)?;
    }
    let archive = opened.path();
    let refuse = |why: String| CaseError::Archive { path: archive.to_path_buf(), why };
    let filled = store.fill(|db| {
        TABLES.iter().try_for_each(|table| {
            let path = folder.join(table.name);
            let file = BufReader::new(File::open(&path).map_err(CaseError::io(&path))?);
            let mut rows = file.lines().zip(1u64..).map(|(line, number)| {
                let line = line.map_err(CaseError::io(&path))?;
                row(table, &line).map_err(|why| refuse(format!("{}, line {number}{why}", table_name(table))))
            });
            insert(db, table, &mut rows)
        })
    });
    match filled {
        Err(CaseError::Store(why)) => return Err(refuse(format!("its rows are no case's: {why}"))),
        Err(CaseError::Server { why, .. }) => return Err(refuse(format!("its rows are no case's: {why}"))),
        done => done?,
    }
    fs::remove_dir_all(&folder).map_err(CaseError::io(&folder))
}

/// The values of a row; else what is wrong with it.
fn row(table: &Table, line: &str) -> Result<Vec<Value>, String> {
    let map: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(line).map_err(|e| format!(": is no JSON object ({e})"))?;
    if let Some(column) = map.keys().find(|name| !table.columns.contains(&name.as_str())) {
        return Err(format!(", column {column:?}: is there; expected {}", table.columns.join(", ")));
    }
    let value = |column: &&str| match map.get(*column) {
        Some(serde_json::Value::Null) => Ok(Value::Null),
        Some(serde_json::Value::String(text)) if !text.contains('\0') => Ok(Value::Text(text.clone())),
        Some(serde_json::Value::Number(number)) if number.is_i64() => {
            Ok(number.as_i64().map_or(Value::Null, Value::Integer))
        }
        found => {
            let found = if found.is_some() { "something else" } else { "nothing" };
            Err(format!(", column {column}: found {found}; expected text, a whole number or null"))
        }
    };
    table.columns.iter().map(value).collect()
}
