//! Where the hashes and the entries of a log lie: C2SP tlog-tiles, tiles of 256 hashes, bundles of 256 entries.

use std::collections::BTreeSet;

use crate::tree::Hash;

/// Hashes in a full tile, and entries in a full bundle.
pub const WIDTH: u64 = 256;
/// The bytes of an entry; a bundle states its length in two bytes.
pub const ENTRY_BYTES: usize = u16::MAX as usize;

/// A tile or a bundle: which, and how many of its 256 places are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The level; absent for a bundle of entries.
    pub level: Option<u32>,
    /// Its number, counted from 0.
    pub index: u64,
    /// Places taken, 1 to 256.
    pub width: u64,
}

impl Place {
    /// Its path below the log's folder, in parts of three digits: `tile/0/x001/x234/067`, and `.p/W` where it is partial.
    #[must_use]
    pub fn path(&self) -> String {
        let level = self.level.map_or_else(|| "entries".to_owned(), |l| l.to_string());
        let mut digits = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            digits = format!("x{:03}/{digits}", rest % 1000);
            rest /= 1000;
        }
        let partial = if self.width < WIDTH { format!(".p/{}", self.width) } else { String::new() };
        format!("tile/{level}/{digits}{partial}")
    }
}

/// The tiles of one level in a tree of that size: the full ones, and the partial one at its end.
pub fn tiles(level: Option<u32>, size: u64) -> impl Iterator<Item = Place> {
    let hashes = size.checked_shr(8 * level.unwrap_or(0)).unwrap_or(0);
    (0..hashes.div_ceil(WIDTH)).map(move |index| Place { level, index, width: (hashes - index * WIDTH).min(WIDTH) })
}

/// How many levels of tiles a tree of that size has.
#[must_use]
pub fn levels(size: u64) -> u32 {
    (0..8).find(|level| size >> (8 * level) == 0).unwrap_or(8)
}

/// Every tile and bundle of a tree of that size, by path.
#[must_use]
pub fn all_paths(size: u64) -> BTreeSet<String> {
    let levels = (0..levels(size)).map(Some).chain([None]);
    levels.flat_map(|level| tiles(level, size)).map(|place| place.path()).collect()
}

/// The bytes of a tile.
#[must_use]
pub fn encode_tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes of a tile; nothing where its length is not one of whole hashes.
#[must_use]
pub fn decode_tile(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

/// Appends an entry to a bundle: its length in two bytes, the higher first, and its bytes.
///
/// # Errors
/// Where it is too long; the text says so.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), String> {
    let length = u16::try_from(entry.len())
        .map_err(|_| format!("an entry of {} bytes; a log takes at most {ENTRY_BYTES}", entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle, in order.
///
/// # Errors
/// Where it ends inside an entry; the text says where.
pub fn decode_bundle(bundle: &[u8]) -> Result<Vec<&[u8]>, String> {
    let mut out = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let ends = || format!("ends inside entry {} of the bundle", out.len());
        let (length, after) = rest.split_first_chunk::<2>().ok_or_else(ends)?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or_else(ends)?;
        out.push(entry);
        rest = after;
    }
    Ok(out)
}
