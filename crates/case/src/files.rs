//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::CaseError;

/// Writes a file so that after a crash it is the old one or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CaseError> {
    let part = path.with_extension("part");
    let mut file = File::create(&part).map_err(CaseError::io(&part))?;
    file.write_all(bytes).map_err(CaseError::io(&part))?;
    file.sync_all().map_err(CaseError::io(&part))?;
    rename(&part, path)
}

/// Renames durably.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), CaseError> {
    fs::rename(from, to).map_err(CaseError::io(to))?;
    sync_folder(to.parent().unwrap_or(to))
}

/// Makes the entries of a folder durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), CaseError> {
    File::open(path).and_then(|f| f.sync_all()).map_err(CaseError::io(path))
}

/// Makes files and the entries of folders durable, all at once: what waits for the disk waits only once.
pub(crate) fn sync_all(paths: &[PathBuf]) -> Result<(), CaseError> {
    std::thread::scope(|scope| {
        let syncing: Vec<_> = paths.iter().map(|path| scope.spawn(move || sync_folder(path))).collect();
        let ended = syncing.into_iter().map(|t| t.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)));
        ended.collect()
    })
}

/// SHA-256 of a file, and its length.
pub(crate) fn digest(path: &Path) -> Result<(String, u64), CaseError> {
    let mut file = File::open(path).map_err(CaseError::io(path))?;
    let (mut hash, mut length, mut buffer) = (Sha256::new(), 0u64, vec![0u8; 1 << 17]);
    loop {
        let read = file.read(&mut buffer).map_err(CaseError::io(path))?;
        let Some(part) = buffer.get(..read).filter(|p| !p.is_empty()) else { break };
        hash.update(part);
        length += part.len() as u64;
    }
    Ok((hex::encode(hash.finalize()), length))
}

/// Removes a folder of what can be made anew.
pub(crate) fn remove_folder(path: &Path) -> Result<(), CaseError> {
    if path.exists() { fs::remove_dir_all(path).map_err(CaseError::io(path)) } else { Ok(()) }
}

/// Empties a folder of temporary files, or makes it.
pub(crate) fn empty_folder(path: &Path) -> Result<(), CaseError> {
    remove_folder(path)?;
    fs::create_dir_all(path).map_err(CaseError::io(path))
}

/// That one process works in a folder, as long as it lives.
#[derive(Debug)]
pub(crate) struct FolderLock(File);

impl FolderLock {
    /// Takes the lock of a folder.
    ///
    /// # Errors
    /// [`CaseError::Locked`] where another process holds it.
    pub(crate) fn take(folder: &Path) -> Result<Self, CaseError> {
        let path = folder.join("lock");
        let file = File::create(&path).map_err(CaseError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(fs::TryLockError::WouldBlock) => Err(CaseError::Locked { path: folder.to_path_buf() }),
            Err(fs::TryLockError::Error(source)) => Err(CaseError::Io { path, source }),
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Closing alone would leave it held for a moment where another program is just being started: until it begins, it
        // shares the file.
        let _ = self.0.unlock();
    }
}
