//! What an entry of the log says.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::CustodyError;
use crate::tile::ENTRY_BYTES;

/// The longest particulars that stand in the entry itself, in bytes of JSON. Longer ones lie beside the log.
const DETAIL_BYTES: usize = 48 << 10;
/// The longest particulars at all.
const MOST_DETAIL_BYTES: usize = 64 << 20;

/// An act before it has a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// When, UTC.
    pub utc: String,
    /// Who.
    pub who: String,
    /// What was done.
    pub act: String,
    /// To what.
    pub subject: String,
    /// The particulars.
    pub detail: serde_json::Value,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Counted from 0.
    pub index: u64,
    /// When, UTC.
    pub utc: String,
    /// Who.
    pub who: String,
    /// What was done: `case_init`, `basis_add`, `intake`, `run`, `reveal`, ...
    pub act: String,
    /// To what: a source, a run, a lead.
    pub subject: String,
    /// The particulars. Ids and digests; never a name.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub detail: serde_json::Value,
    /// Where the particulars are too long for an entry: their SHA-256, which is their name in `custody/detail/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail_sha256: Option<String>,
}

impl Draft {
    /// Puts long particulars beside the log, durably, and returns what is left for the entry.
    pub(crate) fn settle(mut self, folder: &Path) -> Result<(Self, Option<(String, serde_json::Value)>), CustodyError> {
        let text = serde_json::to_vec(&self.detail).map_err(|e| CustodyError::Usage(format!("particulars: {e}")))?;
        if text.len() <= DETAIL_BYTES {
            return Ok((self, None));
        }
        if text.len() > MOST_DETAIL_BYTES {
            return Err(CustodyError::Usage(format!(
                "the particulars of an act are {} bytes long; at most {MOST_DETAIL_BYTES}",
                text.len()
            )));
        }
        let digest = hex::encode(Sha256::digest(&text));
        let path = detail_path(folder, &digest);
        crate::writer::write_whole(&path, &text)?;
        let detail = std::mem::take(&mut self.detail);
        Ok((self, Some((digest, detail))))
    }

    /// The entry with its number.
    pub(crate) fn number(self, index: u64, detail_sha256: Option<String>) -> Entry {
        let Self { utc, who, act, subject, detail } = self;
        Entry { index, utc, who, act, subject, detail, detail_sha256 }
    }
}

impl Entry {
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, CustodyError> {
        let bytes = serde_json::to_vec(self).map_err(|e| CustodyError::Usage(format!("entry: {e}")))?;
        if bytes.len() > ENTRY_BYTES {
            return Err(CustodyError::Usage(format!(
                "an act of {} bytes; the log takes at most {ENTRY_BYTES}: shorten who or what it is about",
                bytes.len()
            )));
        }
        Ok(bytes)
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// Where the bytes are not one.
    pub fn parse(bytes: &[u8]) -> Result<Self, CustodyError> {
        serde_json::from_slice(bytes).map_err(|e| CustodyError::damaged(format!("not an entry ({e})")))
    }

    /// Reads particulars that lie beside the log, and checks that they are the ones.
    ///
    /// # Errors
    /// Where they cannot be read or are others.
    pub(crate) fn with_detail(mut self, folder: &Path) -> Result<Self, CustodyError> {
        let Some(digest) = &self.detail_sha256 else { return Ok(self) };
        if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(CustodyError::damaged(format!("entry {}: detail_sha256 is no SHA-256", self.index)));
        }
        let path = detail_path(folder, digest);
        let text = fs::read(&path).map_err(CustodyError::io(&path))?;
        let differs =
            || CustodyError::damaged(format!("custody/detail/{digest}: differs from what entry {} says", self.index));
        if hex::encode(Sha256::digest(&text)) != *digest {
            return Err(differs());
        }
        self.detail = serde_json::from_slice(&text).map_err(|_| differs())?;
        Ok(self)
    }
}

pub(crate) fn detail_path(folder: &Path, digest: &str) -> PathBuf {
    folder.join("detail").join(digest)
}
