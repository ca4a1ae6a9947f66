//! Acts that are acknowledged and not yet in the tiles: one frame a group of acts, each with the signed checkpoint that
//! covers it, appended to `custody/pending` and made durable with one call.

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::error::CustodyError;
use crate::tile;

/// One group of acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Number of its first entry.
    pub(crate) first: u64,
    /// The bytes of its entries.
    pub(crate) entries: Vec<Vec<u8>>,
    /// The signed checkpoint after them.
    pub(crate) checkpoint: String,
}

/// What is in the file.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) frames: Vec<Frame>,
    /// Bytes of whole frames; what follows was never acknowledged.
    pub(crate) whole_bytes: u64,
    /// Bytes after the last whole frame.
    pub(crate) torn_bytes: u64,
}

impl Frame {
    /// Its bytes: length and SHA-256 of what follows, cut to eight bytes, the same of these two, cut to four; then number,
    /// count, entries and checkpoint. The head has a sum of its own so that a wrong length is not taken for a torn end.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, String> {
        let mut payload = self.first.to_be_bytes().to_vec();
        let count = u32::try_from(self.entries.len()).map_err(|_| "too many acts at once".to_owned())?;
        payload.extend_from_slice(&count.to_be_bytes());
        for entry in &self.entries {
            tile::push_entry(&mut payload, entry)?;
        }
        payload.extend_from_slice(self.checkpoint.as_bytes());
        let length = u32::try_from(payload.len()).map_err(|_| "too many acts at once".to_owned())?;
        let mut out = length.to_be_bytes().to_vec();
        out.extend_from_slice(&checksum::<8>(&payload));
        let sum = checksum::<4>(&out);
        out.extend_from_slice(&sum);
        out.extend_from_slice(&payload);
        Ok(out)
    }

    fn decode(payload: &[u8]) -> Option<Self> {
        let (first, rest) = payload.split_first_chunk::<8>()?;
        let (count, mut rest) = rest.split_first_chunk::<4>()?;
        let mut entries = Vec::new();
        for _ in 0..u32::from_be_bytes(*count) {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            entries.push(entry.to_vec());
            rest = after;
        }
        let checkpoint = std::str::from_utf8(rest).ok()?.to_owned();
        Some(Self { first: u64::from_be_bytes(*first), entries, checkpoint })
    }
}

/// The first bytes of a SHA-256.
fn checksum<const N: usize>(payload: &[u8]) -> [u8; N] {
    let digest: [u8; 32] = Sha256::digest(payload).into();
    digest.first_chunk::<N>().copied().unwrap_or([0; N])
}

/// Reads the file; one that is not there is empty.
///
/// A frame that the file ends in was never acknowledged, nor were zeros that a crash of the machine can leave at its end.
/// A whole frame with a wrong checksum is damage.
pub(crate) fn read(path: &Path) -> Result<Journal, CustodyError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Journal::default()),
        Err(e) => return Err(CustodyError::io(path)(e)),
    };
    let mut out = Journal::default();
    let mut rest = bytes.as_slice();
    while !rest.is_empty() && rest.iter().any(|b| *b != 0) {
        let Some((frame, after)) = next(rest) else { break };
        let frame = frame.ok_or_else(|| {
            CustodyError::damaged(format!("custody/pending: frame {} is not what was written", out.frames.len()))
        })?;
        out.frames.push(frame);
        rest = after;
    }
    out.torn_bytes = rest.len() as u64;
    out.whole_bytes = bytes.len() as u64 - out.torn_bytes;
    Ok(out)
}

/// The next frame, if it is there to its end; without content where it is damaged.
fn next(bytes: &[u8]) -> Option<(Option<Frame>, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<12>()?;
    let (head_sum, rest) = rest.split_first_chunk::<4>()?;
    if checksum::<4>(head) != *head_sum {
        return Some((None, rest));
    }
    let (length, sum) = head.split_first_chunk::<4>()?;
    let (payload, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let frame = if checksum::<8>(payload) == sum { Frame::decode(payload) } else { None };
    Some((frame, rest))
}
