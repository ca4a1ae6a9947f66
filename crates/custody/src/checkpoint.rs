//! Checkpoints (C2SP tlog-checkpoint): how many entries a log has, and their root hash, signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::note::{Note, NoteError, SignerKey, VerifierKey};
use crate::tree::Hash;

/// The head of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// The root hash over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }

    /// Signs it.
    ///
    /// # Errors
    /// Where the origin cannot stand in a note.
    pub fn sign(&self, key: &SignerKey) -> Result<String, NoteError> {
        key.sign(&self.text())
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// Where it is not that of a checkpoint.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let form = NoteError::Form("not a checkpoint: expected origin, size and root hash in three lines");
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(form);
        };
        let size_read: u64 = size.parse().map_err(|_| form.clone())?;
        let root = BASE64.decode(root).ok().and_then(|r| Hash::try_from(r).ok()).ok_or_else(|| form.clone())?;
        if origin.is_empty() || size_read.to_string() != size || text.split_terminator('\n').any(str::is_empty) {
            return Err(form);
        }
        Ok(Self { origin: origin.to_owned(), size: size_read, root })
    }

    /// Reads a signed checkpoint and checks that the key signed it and that it is the key's own log.
    ///
    /// # Errors
    /// Where it is none, or not signed by that key.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, NoteError> {
        let note: Note = note.parse()?;
        note.verify(key)?;
        let checkpoint = Self::parse(&note.text)?;
        if checkpoint.origin == key.name() { Ok(checkpoint) } else { Err(NoteError::Form("of another log")) }
    }
}
