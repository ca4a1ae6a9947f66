//! Proofs from the tiles on disk.

use std::fs;
use std::path::Path;

use crate::checkpoint::Checkpoint;
use crate::error::CustodyError;
use crate::note::VerifierKey;
use crate::proof::{Consistency, Inclusion};
use crate::scan::published_key;
use crate::tile::{self, Place, WIDTH};
use crate::tree::{Hash, Nodes, consistency_proof, inclusion_proof, perfect_root, root};
use crate::writer::read_text;

/// The tiles of a log of one size.
struct Tiles<'a> {
    folder: &'a Path,
    size: u64,
}

impl Tiles<'_> {
    fn read(&self, level: u32, index: u64) -> Result<Vec<Hash>, CustodyError> {
        let hashes = (self.size >> (8 * level)) - index * WIDTH;
        let place = Place { level: Some(level), index, width: hashes.min(WIDTH) };
        let path = self.folder.join(place.path());
        let bytes = fs::read(&path).map_err(CustodyError::io(&path))?;
        let tile = tile::decode_tile(&bytes).filter(|tile| tile.len() as u64 == place.width);
        tile.ok_or_else(|| CustodyError::damaged(format!("custody/{}: is no tile", place.path())))
    }
}

impl Nodes for Tiles<'_> {
    type Error = CustodyError;

    fn node(&self, level: u32, index: u64) -> Result<Hash, CustodyError> {
        let (tile_level, inside) = (level / 8, level % 8);
        let first = index << inside;
        let tile = self.read(tile_level, first / WIDTH)?;
        let from = usize::try_from(first % WIDTH).unwrap_or(usize::MAX);
        let part = tile.get(from..from + (1 << inside)).map(<[Hash]>::to_vec);
        part.map(perfect_root).ok_or_else(|| CustodyError::damaged("custody/tile: a hash is missing"))
    }
}

fn head(folder: &Path) -> Result<(VerifierKey, String, Checkpoint), CustodyError> {
    let key = published_key(folder)?;
    let note = read_text(&folder.join("checkpoint"))?;
    let checkpoint =
        Checkpoint::open(&note, &key).map_err(|e| CustodyError::damaged(format!("custody/checkpoint: {e}")))?;
    Ok((key, note, checkpoint))
}

/// The proof that an entry is in the log, as the newest checkpoint in the tiles says.
///
/// # Errors
/// Where there is no such entry, or what is on disk does not bear the proof.
pub fn prove_entry(folder: &Path, index: u64) -> Result<Inclusion, CustodyError> {
    let (_, note, _) = head(folder)?;
    prove_entry_at(folder, index, &note)
}

/// The proof that an entry was in the log when a checkpoint of it was signed; the same for ever, however the log grows.
///
/// # Errors
/// Where the checkpoint is none of this log or does not cover the entry, or what is on disk does not bear the proof.
pub fn prove_entry_at(folder: &Path, index: u64, note: &str) -> Result<Inclusion, CustodyError> {
    let (key, _, newest) = head(folder)?;
    let checkpoint = Checkpoint::open(note, &key).map_err(|e| CustodyError::Usage(format!("the checkpoint: {e}")))?;
    if index >= checkpoint.size || checkpoint.size > newest.size {
        return Err(CustodyError::Usage(format!(
            "entry {index}: not in the log of {} entries, counted from 0, of which the tiles hold {}",
            checkpoint.size, newest.size
        )));
    }
    let hashes = inclusion_proof(&Tiles { folder, size: newest.size }, index, checkpoint.size)?;
    let place = tile::tiles(None, newest.size).nth(usize::try_from(index / WIDTH).unwrap_or(usize::MAX));
    let path = folder.join(place.map(|p| p.path()).unwrap_or_default());
    let bundle = fs::read(&path).map_err(CustodyError::io(&path))?;
    let entries =
        tile::decode_bundle(&bundle).map_err(|e| CustodyError::damaged(format!("{}: {e}", path.display())))?;
    let entry = entries.get(usize::try_from(index % WIDTH).unwrap_or(usize::MAX)).map(|e| e.to_vec());
    let entry = entry.ok_or_else(|| CustodyError::damaged(format!("{}: entry {index} is missing", path.display())))?;
    let proof = Inclusion { entry, index, hashes, checkpoint: note.to_owned() };
    proof.verify(&key)?;
    Ok(proof)
}

/// The head of the log when it had so many entries, from the tiles; not signed.
///
/// # Errors
/// Where the tiles hold fewer, or cannot be read.
pub fn head_at(folder: &Path, size: u64) -> Result<Checkpoint, CustodyError> {
    let (key, _, newest) = head(folder)?;
    if size == 0 || size > newest.size {
        return Err(CustodyError::Usage(format!("the log has {} entries; {size} were asked for", newest.size)));
    }
    let root = root(&Tiles { folder, size: newest.size }, size)?;
    Ok(Checkpoint { origin: key.name().to_owned(), size, root })
}

/// The proof that the log only grew since a checkpoint that somebody kept.
///
/// # Errors
/// Where the older checkpoint is none of this log, or the log does not bear the proof.
pub fn prove_growth(folder: &Path, older: &str) -> Result<Consistency, CustodyError> {
    let (key, note, checkpoint) = head(folder)?;
    let old = Checkpoint::open(older, &key).map_err(|e| CustodyError::Usage(format!("the older checkpoint: {e}")))?;
    if old.size > checkpoint.size {
        return Err(CustodyError::damaged(format!(
            "the older checkpoint was signed over {} entries; the log has {}: entries were taken away",
            old.size, checkpoint.size
        )));
    }
    let hashes = consistency_proof(&Tiles { folder, size: checkpoint.size }, old.size, checkpoint.size)?;
    let proof = Consistency { old_size: old.size, hashes, checkpoint: note };
    proof.verify(older, &key)?;
    Ok(proof)
}
