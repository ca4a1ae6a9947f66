//! Signing keys: made from the system's randomness, one a log, each in a file that only its owner can read.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::CustodyError;
use crate::note::SignerKey;
use crate::writer::{read_text, sync_folder};

/// A new key for a new log. Its name, the log's origin, is made of chance, so that no two logs share one.
///
/// # Errors
/// Where the system gives no random bytes.
pub fn new_key() -> Result<SignerKey, CustodyError> {
    let (mut name, mut secret) = ([0; 16], [0; 32]);
    getrandom::fill(&mut name)
        .and_then(|()| getrandom::fill(&mut secret))
        .map_err(|e| CustodyError::Usage(format!("the system gives no random bytes: {e}")))?;
    SignerKey::new(&format!("tutela-case/{}", hex::encode(name)), &secret)
        .map_err(|e| CustodyError::Usage(e.to_string()))
}

/// A number nobody can foresee.
///
/// # Errors
/// Where the system gives no random bytes.
pub fn nonce() -> Result<u64, CustodyError> {
    getrandom::u64().map_err(|e| CustodyError::Usage(format!("the system gives no random bytes: {e}")))
}

/// The file of a log's key in a folder of keys.
#[must_use]
pub fn key_path(keys: &Path, origin: &str) -> PathBuf {
    keys.join(format!("{}.key", origin.replace('/', "-")))
}

/// Writes a key to a new file that only its owner can read.
///
/// # Errors
/// Where the file is there already or cannot be written.
pub fn write_key(path: &Path, key: &SignerKey) -> Result<(), CustodyError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(CustodyError::io(folder))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(CustodyError::io(path))?;
    let text = format!("{}\n", key.to_secret_text());
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(CustodyError::io(path))?;
    sync_folder(folder)
}

/// Reads a key; nothing where the file is not there.
///
/// # Errors
/// Where the file cannot be read or holds no key.
pub fn read_key(path: &Path) -> Result<Option<SignerKey>, CustodyError> {
    if !path.exists() {
        return Ok(None);
    }
    let text = read_text(path)?;
    // Exactly what was written, so that any other byte is noticed.
    let key = SignerKey::from_secret_text(text.strip_suffix('\n').unwrap_or_default());
    key.map(Some).map_err(|_| CustodyError::Damaged("holds no signing key".to_owned()))
}
