//! Proofs as files: that an entry is in a log (C2SP tlog-proof), and that a log only grew (the form in which C2SP
//! tlog-witness asks for it: `old N`, the hashes, an empty line, the newer checkpoint).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::checkpoint::Checkpoint;
use crate::error::CustodyError;
use crate::note::VerifierKey;
use crate::tree::{Hash, leaf_hash, verify_consistency, verify_inclusion};

const HEAD: &str = "c2sp.org/tlog-proof@v1";
/// A proof has at most one hash for each level of a tree.
const MOST_HASHES: usize = 64;

/// That an entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The bytes of the entry, which a proof carries as its `extra` line.
    pub entry: Vec<u8>,
    /// Its number.
    pub index: u64,
    /// The hashes beside its way to the root.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

impl Inclusion {
    /// The file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = format!("{HEAD}\nextra {}\nindex {}\n", BASE64.encode(&self.entry), self.index);
        push_hashes(&mut out, &self.hashes);
        out + "\n" + &self.checkpoint
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not one; the message says what was expected.
    pub fn parse(text: &str) -> Result<Self, CustodyError> {
        let bad = |what: &str| CustodyError::damaged(format!("not a proof of inclusion: {what}"));
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| bad("expected an empty line"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEAD) {
            return Err(bad("expected the first line c2sp.org/tlog-proof@v1"));
        }
        let extra = lines.next().and_then(|l| l.strip_prefix("extra "));
        let entry = extra.and_then(|e| BASE64.decode(e).ok()).ok_or_else(|| bad("expected the line: extra BASE64"))?;
        let index = lines.next().and_then(|l| l.strip_prefix("index ")).and_then(number);
        let index = index.ok_or_else(|| bad("expected the line: index NUMBER"))?;
        let hashes = hashes(lines).ok_or_else(|| bad("expected at most 64 hashes in base64, one a line"))?;
        Ok(Self { entry, index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Checks it against the key of the log; returns the checkpoint.
    ///
    /// # Errors
    /// Where the checkpoint is not signed by that key or the proof does not show what it says.
    pub fn verify(&self, key: &VerifierKey) -> Result<Checkpoint, CustodyError> {
        let checkpoint = open(&self.checkpoint, key)?;
        let leaf = leaf_hash(&self.entry);
        if verify_inclusion(&leaf, self.index, checkpoint.size, &self.hashes, &checkpoint.root) {
            return Ok(checkpoint);
        }
        Err(CustodyError::damaged(format!(
            "the proof fails: this is not entry {} of the log of {} entries",
            self.index, checkpoint.size
        )))
    }
}

/// That a log only grew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// Entries of the older log.
    pub old_size: u64,
    /// The hashes.
    pub hashes: Vec<Hash>,
    /// The newer signed checkpoint.
    pub checkpoint: String,
}

impl Consistency {
    /// The file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = format!("old {}\n", self.old_size);
        push_hashes(&mut out, &self.hashes);
        out + "\n" + &self.checkpoint
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not one; the message says what was expected.
    pub fn parse(text: &str) -> Result<Self, CustodyError> {
        let bad = |what: &str| CustodyError::damaged(format!("not a proof of consistency: {what}"));
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| bad("expected an empty line"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|l| l.strip_prefix("old ")).and_then(number);
        let old_size = old.ok_or_else(|| bad("expected the first line: old NUMBER"))?;
        let hashes = hashes(lines).ok_or_else(|| bad("expected at most 64 hashes in base64, one a line"))?;
        Ok(Self { old_size, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Checks it with the older checkpoint, which its holder kept; returns the older and the newer one.
    ///
    /// # Errors
    /// Where a checkpoint is not signed by that key or the proof does not show what it says.
    pub fn verify(&self, older: &str, key: &VerifierKey) -> Result<(Checkpoint, Checkpoint), CustodyError> {
        let (old, new) = (open(older, key)?, open(&self.checkpoint, key)?);
        let shown = verify_consistency((old.size, &old.root), (new.size, &new.root), &self.hashes);
        if old.size == self.old_size && shown {
            return Ok((old, new));
        }
        Err(CustodyError::damaged(format!(
            "the proof fails: it does not show that the log of {} entries only adds to that of {}",
            new.size, old.size
        )))
    }
}

fn open(note: &str, key: &VerifierKey) -> Result<Checkpoint, CustodyError> {
    Checkpoint::open(note, key).map_err(|e| CustodyError::damaged(format!("checkpoint: {e}")))
}

fn push_hashes(out: &mut String, hashes: &[Hash]) {
    for hash in hashes {
        out.push_str(&BASE64.encode(hash));
        out.push('\n');
    }
}

/// A number as it is written, without leading zeros.
fn number(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|n| n.to_string() == text)
}

fn hashes<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Vec<Hash>> {
    let hashes: Option<Vec<Hash>> =
        lines.map(|line| BASE64.decode(line).ok().and_then(|bytes| Hash::try_from(bytes).ok())).collect();
    hashes.filter(|h| h.len() <= MOST_HASHES)
}
