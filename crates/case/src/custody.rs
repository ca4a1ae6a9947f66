//! The custody log: one JSON line for every act, each with the SHA-256 of the line before it. An act is acknowledged
//! only once its line is on disk.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{CaseError, clock};

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
    pub detail: serde_json::Value,
    /// SHA-256 of the line before; zeros for the first.
    pub prev: String,
}

/// The log of one case.
#[derive(Debug)]
pub struct CustodyLog {
    path: PathBuf,
    next: u64,
    head: String,
}

/// What a reading of the whole log found.
#[derive(Debug, Default)]
pub struct LogState {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// Digest of the last whole line.
    pub head: String,
    /// Bytes of whole lines; what follows was never acknowledged.
    pub whole_bytes: u64,
    /// Bytes after the last whole line.
    pub torn_bytes: u64,
    /// What is wrong, line by line.
    pub damage: Vec<String>,
}

impl CustodyLog {
    /// Opens the log. A torn last line is what a crash leaves of an act that was never acknowledged: it is cut off.
    ///
    /// # Errors
    /// Where the log cannot be read or is damaged.
    pub fn open(path: &Path) -> Result<Self, CaseError> {
        let state = read(path)?;
        if let Some(damage) = state.damage.first() {
            return Err(CaseError::Damaged(format!("{}: {damage}", path.display())));
        }
        if state.torn_bytes > 0 {
            let file = OpenOptions::new().write(true).open(path).map_err(CaseError::io(path))?;
            file.set_len(state.whole_bytes).and_then(|()| file.sync_all()).map_err(CaseError::io(path))?;
        }
        Ok(Self { path: path.to_path_buf(), next: state.entries.len() as u64, head: state.head })
    }

    /// Writes an act and makes it durable.
    ///
    /// # Errors
    /// Where it cannot be written; then it has not happened.
    pub fn append(
        &mut self,
        who: &str,
        act: &str,
        subject: &str,
        detail: serde_json::Value,
    ) -> Result<Entry, CaseError> {
        let entry = Entry {
            index: self.next,
            utc: clock::now_utc(),
            who: who.to_owned(),
            act: act.to_owned(),
            subject: subject.to_owned(),
            detail,
            prev: self.head.clone(),
        };
        let json = |source| CaseError::Json { path: self.path.clone(), source };
        let mut line = serde_json::to_vec(&entry).map_err(json)?;
        let head = hex::encode(Sha256::digest(&line));
        line.push(b'\n');
        let mut file =
            OpenOptions::new().create(true).append(true).open(&self.path).map_err(CaseError::io(&self.path))?;
        file.write_all(&line).and_then(|()| file.sync_all()).map_err(CaseError::io(&self.path))?;
        self.next += 1;
        self.head = head;
        Ok(entry)
    }
}

/// Reads the whole log and checks its chain.
///
/// # Errors
/// Where the file cannot be read.
pub fn read(path: &Path) -> Result<LogState, CaseError> {
    let mut state = LogState { head: "0".repeat(64), ..LogState::default() };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(state),
        Err(e) => return Err(CaseError::io(path)(e)),
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).map_err(CaseError::io(path))?;
        if read == 0 {
            return Ok(state);
        }
        if line.last() != Some(&b'\n') {
            state.torn_bytes = read as u64;
            return Ok(state);
        }
        line.pop();
        let number = state.entries.len();
        match serde_json::from_slice::<Entry>(&line) {
            Err(e) => state.damage.push(format!("line {}: not an entry ({e})", number + 1)),
            Ok(entry) => {
                if entry.index != number as u64 {
                    state.damage.push(format!(
                        "line {}: entry {} where {number} was expected",
                        number + 1,
                        entry.index
                    ));
                }
                if entry.prev != state.head {
                    state.damage.push(format!("line {}: does not follow the line before it", number + 1));
                }
                state.entries.push(entry);
            }
        }
        state.head = hex::encode(Sha256::digest(&line));
        state.whole_bytes += read as u64;
    }
}
