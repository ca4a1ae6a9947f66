//! The custody log of a case: every act, in a Merkle log with signed checkpoints. An act is acknowledged only once it and
//! a checkpoint that covers it are on disk. The log itself, and its check, are `tutela-custody`'s.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub use tutela_custody::proof::Inclusion;
pub use tutela_custody::{AuditOptions, Earlier, Entry, VerifierKey};
use tutela_custody::{Draft, Log, key_path, published_key, read_key, write_key};

use crate::{CaseError, clock};

/// The variable that names the folder of signing keys, where they are not to lie in the cases themselves.
pub const KEYS: &str = "TUTELA_KEYS";

/// The entries of a log as they were when somebody asked, in order; shared, not copied.
#[derive(Debug, Clone)]
pub(crate) struct Entries(Arc<Vec<Entry>>);

impl Deref for Entries {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.0
    }
}

/// The log of one case.
#[derive(Debug)]
pub struct CustodyLog {
    log: Log,
    folder: PathBuf,
    /// The entries, once they were read and checked: only this process writes as long as the case is open.
    known: Mutex<Option<Arc<Vec<Entry>>>>,
    /// The database failed to take what the log has already; so this must be the last entry.
    halted: Arc<AtomicBool>,
}

impl CustodyLog {
    /// Makes the log of a new case, and its signing key: in the folder that `TUTELA_KEYS` names, or else in the case.
    /// Returns the key that checks it.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub(crate) fn create(folder: &Path) -> Result<(), CaseError> {
        let key = tutela_custody::new_key()?;
        let path = match keys_folder() {
            Some(keys) => key_path(&keys, key.verifier().name()),
            None => folder.join("key"),
        };
        // What an interrupted attempt left is of no use: no log was made with it.
        let _old = std::fs::remove_file(&path);
        write_key(&path, &key)?;
        Ok(tutela_custody::create(folder, &key)?)
    }

    /// Opens the log and brings in what a crash left of acknowledged acts. Where the signing key is not at hand the log can
    /// be read, not written.
    ///
    /// # Errors
    /// Where the log cannot be read or its end is damaged.
    pub fn open(folder: &Path) -> Result<Self, CaseError> {
        Self::open_beside(folder, Arc::default())
    }

    /// Opens the log of a case whose database says when it has failed.
    pub(crate) fn open_beside(folder: &Path, halted: Arc<AtomicBool>) -> Result<Self, CaseError> {
        let inside = read_key(&folder.join("key"))?;
        let key = match (inside, keys_folder()) {
            (Some(key), _) => Some(key),
            (None, Some(keys)) => read_key(&key_path(&keys, published_key(folder)?.name()))?,
            (None, None) => None,
        };
        Ok(Self { log: Log::open(folder, key)?, folder: folder.to_path_buf(), known: Mutex::new(None), halted })
    }

    /// Says whether the log goes on; gives what was said before.
    pub(crate) fn halt(&self, halt: bool) -> bool {
        self.halted.swap(halt, Ordering::SeqCst)
    }

    /// Writes an act and makes it durable.
    ///
    /// # Errors
    /// Where it cannot be written; then it has not happened.
    pub fn append(&self, who: &str, act: &str, subject: &str, detail: serde_json::Value) -> Result<Entry, CaseError> {
        if self.halted.load(Ordering::SeqCst) {
            return Err(CaseError::Usage(
                "the database failed while an act was carried out; open the case again to put that right and go on"
                    .to_owned(),
            ));
        }
        if who.contains('\0') || subject.contains('\0') {
            return Err(CaseError::Usage(
                "a name or a reference holds a NUL, which no database keeps as text".to_owned(),
            ));
        }
        let entry = self.log.append(Draft {
            utc: clock::now_utc(),
            who: who.to_owned(),
            act: act.to_owned(),
            subject: subject.to_owned(),
            detail,
        })?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // What was read meanwhile may hold it already; of two acts at once the later may be here first.
        if let Some(known) = known.as_mut()
            && let Err(place) = known.binary_search_by_key(&entry.index, |e| e.index)
        {
            Arc::make_mut(known).insert(place, entry.clone());
        }
        Ok(entry)
    }

    /// Every entry, in order. They are read and checked once.
    ///
    /// # Errors
    /// As [`read`].
    pub(crate) fn entries(&self) -> Result<Entries, CaseError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let all = match known.as_ref() {
            Some(all) => Arc::clone(all),
            None => Arc::clone(known.insert(Arc::new(read(&self.folder)?))),
        };
        Ok(Entries(all))
    }

    /// Looks at the entries from one on, without a copy of all of them.
    ///
    /// # Errors
    /// As [`read`].
    pub(crate) fn over<T>(&self, from: usize, look: impl FnOnce(&[Entry]) -> T) -> Result<T, CaseError> {
        let all = self.entries()?;
        Ok(look(all.get(from..).unwrap_or_default()))
    }

    /// The newest signed checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> String {
        self.log.checkpoint()
    }

    /// The signed checkpoint of the log when it had so many entries.
    ///
    /// # Errors
    /// Where the log has fewer, or the signing key is not here.
    pub(crate) fn checkpoint_at(&self, entries: u64) -> Result<String, CaseError> {
        Ok(self.log.checkpoint_at(entries)?)
    }

    /// Brings everything acknowledged into the tiles, so that proofs can be made from them.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub(crate) fn settle(&self) -> Result<(), CaseError> {
        Ok(self.log.settle()?)
    }
}

fn keys_folder() -> Option<PathBuf> {
    std::env::var_os(KEYS).filter(|keys| !keys.is_empty()).map(PathBuf::from)
}

/// Every entry of a log, in order.
///
/// # Errors
/// Where the log cannot be read or any part of it is damaged.
pub fn read(folder: &Path) -> Result<Vec<Entry>, CaseError> {
    Ok(tutela_custody::entries(folder)?)
}
