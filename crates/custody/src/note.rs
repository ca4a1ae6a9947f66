//! Signed notes (C2SP signed-note): a text, and lines that say who signed it. Ed25519 only.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The signature type of plain Ed25519.
const ED25519: u8 = 1;
/// The longest note that is read.
const NOTE_BYTES: usize = 64 << 10;

/// Why a note, a key or a signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A key's text is not one.
    #[error("not a key: expected NAME+ID+KEY as a log's verifier key is written")]
    Key,
    /// A note's text is not one.
    #[error("not a signed note: {0}")]
    Form(&'static str),
    /// No signature of that key is there.
    #[error("not signed by {0}")]
    Unsigned(String),
    /// The signature of that key is wrong.
    #[error("the signature of {0} is wrong")]
    Wrong(String),
}

/// The key that checks a log's signatures. Its text is `NAME+ID+BASE64`, as Go's note package writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The name, which is the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of the SHA-256 of name and key.
    #[must_use]
    pub fn id(&self) -> u32 {
        let mut hash = Sha256::new();
        hash.update(&self.name);
        hash.update([b'\n', ED25519]);
        hash.update(self.key.as_bytes());
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
        u32::from_be_bytes([a, b, c, d])
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.id(), BASE64.encode(bytes))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let bytes = BASE64.decode(key).map_err(|_| NoteError::Key)?;
        let [ED25519, key @ ..] = bytes.as_slice() else { return Err(NoteError::Key) };
        let key = <[u8; 32]>::try_from(key).ok().and_then(|k| VerifyingKey::from_bytes(&k).ok());
        let key = Self { name: name.to_owned(), key: key.ok_or(NoteError::Key)? };
        if !is_name(name) || id != format!("{:08x}", key.id()) {
            return Err(NoteError::Key);
        }
        Ok(key)
    }
}

/// The key that signs.
pub struct SignerKey {
    name: String,
    key: SigningKey,
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.name)
    }
}

impl SignerKey {
    /// The key with that secret.
    ///
    /// # Errors
    /// Where the name is not one.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Key);
        }
        Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(secret) })
    }

    /// The key that checks its signatures.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The secret as text, `PRIVATE+KEY+NAME+ID+BASE64`, as Go's note package writes it.
    #[must_use]
    pub fn to_secret_text(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(&self.key.to_bytes());
        format!("PRIVATE+KEY+{}+{:08x}+{}", self.name, self.verifier().id(), BASE64.encode(bytes))
    }

    /// The key from its secret text.
    ///
    /// # Errors
    /// Where it is not one.
    pub fn from_secret_text(text: &str) -> Result<Self, NoteError> {
        let text = text.strip_prefix("PRIVATE+KEY+").ok_or(NoteError::Key)?;
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let bytes = BASE64.decode(key).map_err(|_| NoteError::Key)?;
        let [ED25519, secret @ ..] = bytes.as_slice() else { return Err(NoteError::Key) };
        let key = Self::new(name, &<[u8; 32]>::try_from(secret).map_err(|_| NoteError::Key)?)?;
        if id == format!("{:08x}", key.verifier().id()) { Ok(key) } else { Err(NoteError::Key) }
    }

    /// The text, signed.
    ///
    /// # Errors
    /// Where the text does not end in a line break.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        if !text.ends_with('\n') || text.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Form("the text must end in a line break and hold no control character"));
        }
        let mut bytes = self.verifier().id().to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        Ok(format!("{text}\n\u{2014} {} {}\n", self.name, BASE64.encode(bytes)))
    }
}

/// A text and its signatures, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, with its last line break.
    pub text: String,
    /// By whom: name, key id, signature.
    pub signatures: Vec<(String, u32, Vec<u8>)>,
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES {
            return Err(NoteError::Form("longer than 64 KiB"));
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Form("holds a control character"));
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Form("has no signatures"))?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form("does not end in a line break"))?;
        let signature = |line: &str| {
            let (name, bytes) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            let bytes = BASE64.decode(bytes).ok()?;
            let (id, signature) = bytes.split_first_chunk::<4>()?;
            (is_name(name) && !signature.is_empty())
                .then(|| (name.to_owned(), u32::from_be_bytes(*id), signature.to_vec()))
        };
        let signatures: Option<Vec<_>> = lines.split('\n').map(signature).collect();
        let signatures = signatures.ok_or(NoteError::Form("a line after the text is no signature"))?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }
}

impl Note {
    /// Checks the signature of one key. Those of others are left alone, as the specification asks.
    ///
    /// # Errors
    /// Where that key has not signed, or its signature is wrong.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        let id = key.id();
        let mut found = false;
        for (_, _, bytes) in self.signatures.iter().filter(|(name, i, _)| *name == key.name && *i == id) {
            let wrong = || NoteError::Wrong(key.name.clone());
            let signature = Signature::from_slice(bytes).map_err(|_| wrong())?;
            key.key.verify_strict(self.text.as_bytes(), &signature).map_err(|_| wrong())?;
            found = true;
        }
        if found { Ok(()) } else { Err(NoteError::Unsigned(key.to_string())) }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(|c| c.is_whitespace() || c < ' ')
}
