//! Reading the whole log and checking every part of it against every other: entries, tiles, checkpoint, what is pending,
//! and checkpoints that others kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::error::CustodyError;
use crate::journal;
use crate::note::{Note, VerifierKey};
use crate::tile::{self, Place, WIDTH};
use crate::tree::{Frontier, Hash, leaf_hash, perfect_root};
use crate::writer::read_text;

/// A checkpoint that somebody kept.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// What to call it in an answer.
    pub name: String,
    /// The signed note.
    pub note: String,
}

/// What to check the log against.
#[derive(Debug, Clone, Default)]
pub struct AuditOptions {
    /// The key of the log, where it is known from elsewhere; else the one the log states is believed.
    pub key: Option<VerifierKey>,
    /// Checkpoints kept elsewhere.
    pub earlier: Vec<Earlier>,
}

/// What a reading of the whole log found.
#[derive(Debug, Default)]
pub struct Audit {
    /// Entries read.
    pub entries: u64,
    /// The key that was used.
    pub key: Option<VerifierKey>,
    /// The newest checkpoint that holds.
    pub checkpoint: Option<Checkpoint>,
    /// What is broken, named.
    pub broken: Vec<String>,
    /// What a crash left and the next act puts right.
    pub unfinished: Vec<String>,
}

/// The key that the log states.
///
/// # Errors
/// Where it cannot be read.
pub fn published_key(folder: &Path) -> Result<VerifierKey, CustodyError> {
    let text = read_text(&folder.join("log.vkey"))?;
    // Exactly what was written, so that any other byte is noticed.
    let line = text.strip_suffix('\n').unwrap_or_default();
    line.parse().map_err(|e| CustodyError::damaged(format!("custody/log.vkey: {e}")))
}

/// The newest signed checkpoint, pending ones included.
///
/// # Errors
/// Where it cannot be read.
pub fn newest_checkpoint(folder: &Path) -> Result<String, CustodyError> {
    let pending = journal::read(&folder.join("pending"))?.frames.pop();
    pending.map_or_else(|| read_text(&folder.join("checkpoint")), |frame| Ok(frame.checkpoint))
}

/// Every entry, in order, with its particulars.
///
/// # Errors
/// Where the log cannot be read or is damaged anywhere: nothing is to be concluded from a log that was changed.
pub fn entries(folder: &Path) -> Result<Vec<Entry>, CustodyError> {
    let mut out = Vec::new();
    let mut failed = None;
    let found = audit(folder, &AuditOptions::default(), &mut |_, bytes| match Entry::parse(bytes)
        .and_then(|e| e.with_detail(folder))
    {
        Ok(entry) => out.push(entry),
        Err(e) => failed = failed.take().or(Some(e)),
    })?;
    match (found.broken.into_iter().next(), failed) {
        (Some(broken), _) => Err(CustodyError::damaged(broken)),
        (None, Some(e)) => Err(e),
        (None, None) => Ok(out),
    }
}

/// Reads the whole log. `each` is given every entry that can be read, with its number.
///
/// # Errors
/// Where the folder cannot be read. What is broken is no error but the answer.
pub fn audit(folder: &Path, options: &AuditOptions, each: &mut dyn FnMut(u64, &[u8])) -> Result<Audit, CustodyError> {
    let mut out = Audit::default();
    match published_key(folder) {
        Err(e) => out.broken.push(format!("custody/log.vkey: {}", plain(&e).trim_start_matches("custody/log.vkey: "))),
        Ok(key) if options.key.as_ref().is_some_and(|given| *given != key) => {
            out.broken.push("custody/log.vkey: is not the key that was given".to_owned());
        }
        Ok(key) => out.key = Some(key),
    }
    out.key = options.key.clone().or(out.key);
    let (size, head) = read_checkpoint(folder, &mut out);
    let frames = match journal::read(&folder.join("pending")) {
        Ok(journal) => {
            if journal.torn_bytes > 0 {
                let text =
                    format!("custody/pending: {} bytes of an act that was never acknowledged", journal.torn_bytes);
                out.unfinished.push(text);
            }
            journal.frames
        }
        Err(e) => {
            out.broken.push(plain(&e));
            Vec::new()
        }
    };
    let kept = read_earlier(options, &mut out);
    let mut pass = Pass::new(folder, kept.iter().map(|(_, c)| c.size));
    for place in tile::tiles(None, size) {
        pass.bundle(place, each, &mut out);
    }
    pass.compare_levels(size, &mut out);
    let agrees = head.is_none_or(|root| pass.blind || root == pass.frontier.root());
    pass.name_differences(agrees, &mut out);
    if !agrees {
        out.broken.push(format!("custody/checkpoint: its {size} entries do not come to the root hash that was signed"));
        out.checkpoint = None;
    }
    let total = pass.pending(&frames, size, each, &mut out);
    out.entries = pass.frontier.size();
    for (name, checkpoint) in &kept {
        pass.compare_earlier(name, checkpoint, &mut out);
    }
    check_paths(folder, (size, total), frames.is_empty(), &mut out)?;
    Ok(out)
}

/// The size and the root that the checkpoint says. Where it cannot be read, the size that the bundles come to.
fn read_checkpoint(folder: &Path, out: &mut Audit) -> (u64, Option<Hash>) {
    let read = read_text(&folder.join("checkpoint")).map_err(|e| plain(&e));
    let parsed = read.and_then(|text| {
        let note: Note = text.parse().map_err(|e| format!("{e}"))?;
        let checkpoint = Checkpoint::parse(&note.text).map_err(|e| format!("{e}"))?;
        Ok((text, checkpoint))
    });
    match parsed {
        Err(e) => {
            out.broken.push(format!("custody/checkpoint: {e}"));
            (size_on_disk(folder), None)
        }
        Ok((text, checkpoint)) => {
            let signed = out.key.as_ref().map(|key| Checkpoint::open(&text, key));
            if let Some(Err(e)) = signed {
                out.broken.push(format!("custody/checkpoint: {e}"));
            }
            // A size that no disk could hold must not be walked through.
            let size =
                if checkpoint.size > size_on_disk(folder) + WIDTH { size_on_disk(folder) } else { checkpoint.size };
            let root = checkpoint.root;
            if size != checkpoint.size {
                out.broken.push(format!(
                    "custody/checkpoint: says {} entries; there are files for {size} at most, and entry {size} is missing, or one before it",
                    checkpoint.size
                ));
                return (size, None);
            }
            out.checkpoint = Some(checkpoint);
            (size, Some(root))
        }
    }
}

/// The checkpoints that others kept, those that are signed by the log's key.
fn read_earlier(options: &AuditOptions, out: &mut Audit) -> Vec<(String, Checkpoint)> {
    let mut kept = Vec::new();
    for earlier in &options.earlier {
        let Some(key) = &out.key else { continue };
        match Checkpoint::open(&earlier.note, key) {
            Ok(checkpoint) => kept.push((earlier.name.clone(), checkpoint)),
            Err(e) => out.broken.push(format!("{}: is no checkpoint of this log: {e}", earlier.name)),
        }
    }
    kept
}

/// Entries by the number and the width of the bundles.
fn size_on_disk(folder: &Path) -> u64 {
    let mut files = Vec::new();
    walk(&folder.join("tile").join("entries"), "tile/entries", &mut files);
    let place = |path: &String| -> Option<u64> {
        let rest = path.strip_prefix("tile/entries/")?;
        let (number, width) = rest.split_once(".p/").map_or((rest, None), |(n, w)| (n, w.parse::<u64>().ok()));
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok()?.checked_mul(WIDTH)?.checked_add(width.unwrap_or(WIDTH))
    };
    // A stray file of a huge number must not have us walk through what cannot be there.
    let most = (files.len() as u64 + 1) * WIDTH;
    files.iter().filter_map(place).max().unwrap_or(0).min(most)
}

/// One pass over the tree.
struct Pass<'a> {
    folder: &'a Path,
    frontier: Frontier,
    /// Sizes at which the root is wanted.
    wanted: BTreeMap<u64, Option<Hash>>,
    /// The roots of full tiles, by the level of tiles that holds them.
    above: Vec<Vec<Hash>>,
    /// Entries that differ from their hash in the tile, with the tile.
    differing: Vec<(u64, Place)>,
    /// A part is missing both as entries and as hashes, so that no root can be had.
    blind: bool,
}

impl<'a> Pass<'a> {
    fn new(folder: &'a Path, wanted: impl Iterator<Item = u64>) -> Self {
        let mut wanted: BTreeMap<u64, Option<Hash>> = wanted.map(|size| (size, None)).collect();
        if let Some(root) = wanted.get_mut(&0) {
            *root = Some(crate::tree::empty_root());
        }
        let (above, differing) = (vec![Vec::new()], Vec::new());
        Self { folder, frontier: Frontier::default(), wanted, above, differing, blind: false }
    }

    fn push(&mut self, leaf: Hash) {
        self.frontier.push(leaf);
        self.note_root();
    }

    fn note_root(&mut self) {
        if let Some(root) = self.wanted.get_mut(&self.frontier.size()) {
            *root = Some(self.frontier.root());
        }
    }

    /// Reads a bundle and the tile of its hashes.
    fn bundle(&mut self, place: Place, each: &mut dyn FnMut(u64, &[u8]), out: &mut Audit) {
        let first = place.index * WIDTH;
        let tile = Place { level: Some(0), ..place };
        let hashes = self.read_tile(tile, out);
        let path = self.folder.join(place.path());
        let name = format!("custody/{}", place.path());
        let missing = |e: std::io::Error| {
            let last = first + place.width - 1;
            out.broken.push(format!("{name}: cannot be read ({}); it holds entry {first} to entry {last}", e.kind()));
        };
        let bytes = fs::read(&path).map_err(missing).ok();
        let entries = bytes
            .as_ref()
            .and_then(|bytes| tile::decode_bundle(bytes).map_err(|e| out.broken.push(format!("{name}: {e}"))).ok());
        let entries = entries.filter(|entries| {
            let fits = entries.len() as u64 == place.width;
            if !fits {
                out.broken.push(format!(
                    "{name}: holds {} entries; the checkpoint says {}",
                    entries.len(),
                    place.width
                ));
                name_first_difference(entries, hashes.as_deref(), first, out);
            }
            fits
        });
        let leaves: Vec<Hash> = match (&entries, &hashes) {
            (Some(entries), _) => entries.iter().map(|entry| leaf_hash(entry)).collect(),
            (None, Some(hashes)) => hashes.clone(),
            (None, None) => {
                self.blind = true;
                return;
            }
        };
        for (number, entry) in (first..).zip(entries.iter().flatten()) {
            each(number, entry);
        }
        if let Some(hashes) = &hashes {
            let differ = (first..).zip(leaves.iter().zip(hashes)).filter(|(_, (leaf, hash))| leaf != hash);
            self.differing.extend(differ.map(|(number, _)| (number, tile)));
        }
        let inside = self.wanted.range(first + 1..first + WIDTH).next().is_some();
        if leaves.len() as u64 == WIDTH {
            let whole = if inside { Some(leaves.clone()) } else { None };
            let root = perfect_root(leaves);
            if let Some(above) = self.above.first_mut() {
                above.push(root);
            }
            match whole {
                Some(leaves) => leaves.into_iter().for_each(|leaf| self.push(leaf)),
                None => {
                    self.frontier.push_subtree(root, 8);
                    self.note_root();
                }
            }
        } else {
            leaves.into_iter().for_each(|leaf| self.push(leaf));
        }
    }

    fn read_tile(&self, place: Place, out: &mut Audit) -> Option<Vec<Hash>> {
        let name = format!("custody/{}", place.path());
        match fs::read(self.folder.join(place.path())) {
            Err(e) => out.broken.push(format!("{name}: cannot be read ({})", e.kind())),
            Ok(bytes) => match tile::decode_tile(&bytes).filter(|hashes| hashes.len() as u64 == place.width) {
                Some(hashes) => return Some(hashes),
                None => {
                    out.broken.push(format!("{name}: is {} bytes long; expected {}", bytes.len(), place.width * 32))
                }
            },
        }
        None
    }

    /// Compares the tiles above level 0 with what those below come to.
    fn compare_levels(&mut self, size: u64, out: &mut Audit) {
        for level in 1..tile::levels(size) {
            let below = std::mem::take(self.above.last_mut().unwrap_or(&mut Vec::new()));
            let mut roots = Vec::new();
            for (place, expected) in tile::tiles(Some(level), size).zip(below.chunks(256)) {
                let found = self.read_tile(place, out);
                if found.is_some_and(|found| found != expected) && !self.blind {
                    out.broken.push(format!("custody/{}: does not follow from the tiles below it", place.path()));
                }
                if expected.len() as u64 == WIDTH {
                    roots.push(perfect_root(expected.to_vec()));
                }
            }
            self.above.push(roots);
        }
    }

    /// Says of each difference between an entry and its hash which of the two is broken.
    fn name_differences(&mut self, agrees: bool, out: &mut Audit) {
        for (number, place) in std::mem::take(&mut self.differing) {
            let path = place.path();
            out.broken.push(if agrees {
                format!("custody/{path}: the hash of entry {number} is wrong; the entry is the one that was signed")
            } else {
                let bundle = Place { level: None, ..place }.path();
                format!("entry {number} (custody/{bundle}): is not the one whose hash is in custody/{path}")
            });
        }
    }

    /// Goes on with what is pending; returns how many entries there are with it.
    fn pending(
        &mut self,
        frames: &[journal::Frame],
        size: u64,
        each: &mut dyn FnMut(u64, &[u8]),
        out: &mut Audit,
    ) -> u64 {
        let mut total = size;
        let mut new = 0;
        for frame in frames {
            let end = frame.first.saturating_add(frame.entries.len() as u64);
            if end <= size {
                continue;
            }
            if frame.first != total {
                out.broken.push(format!("custody/pending: entry {} where {total} was expected", frame.first));
                break;
            }
            for (number, entry) in (frame.first..).zip(&frame.entries) {
                self.push(leaf_hash(entry));
                each(number, entry);
            }
            total = end;
            new += frame.entries.len();
            let Some(key) = &out.key else { continue };
            match Checkpoint::open(&frame.checkpoint, key) {
                Ok(c) if c.size == total && (self.blind || c.root == self.frontier.root()) => out.checkpoint = Some(c),
                Ok(c) => out.broken.push(format!(
                    "custody/pending: entries up to {total} do not come to the root hash of the checkpoint of {}",
                    c.size
                )),
                Err(e) => out.broken.push(format!("custody/pending: checkpoint of {total} entries: {e}")),
            }
        }
        if new > 0 {
            out.unfinished.push(format!(
                "custody/pending: {new} acts acknowledged and not yet in the tiles; opening the case puts them there"
            ));
        }
        total
    }

    fn compare_earlier(&self, name: &str, earlier: &Checkpoint, out: &mut Audit) {
        let size = self.frontier.size();
        if earlier.size > size {
            out.broken.push(format!(
                "{name}: was signed over {} entries; the log has {size}: entries were taken away",
                earlier.size
            ));
            return;
        }
        let root = self.wanted.get(&earlier.size).copied().flatten();
        if self.blind || root != Some(earlier.root) {
            out.broken.push(format!(
                "{name}: the first {} entries are not those it was signed over: the log was rewritten",
                earlier.size
            ));
        }
    }
}

/// Which entry of a bundle of the wrong length is the first that is not where its hash says.
fn name_first_difference(entries: &[&[u8]], hashes: Option<&[Hash]>, first: u64, out: &mut Audit) {
    let Some(hashes) = hashes else { return };
    let differs = entries.iter().zip(hashes).position(|(entry, hash)| leaf_hash(entry) != *hash);
    let at = differs.unwrap_or_else(|| entries.len().min(hashes.len())) as u64 + first;
    out.broken.push(format!("entry {at}: is where the bundle stops being the one whose hashes are in the tile"));
}

/// Files below the log's folder that are no part of it. A crash leaves some only while something is pending.
fn check_paths(folder: &Path, (size, total): (u64, u64), settled: bool, out: &mut Audit) -> Result<(), CustodyError> {
    const KNOWN: [&str; 7] = ["checkpoint", "detail", "key", "log.vkey", "pending", "tile", "timestamps"];
    let mut names: Vec<String> = fs::read_dir(folder)
        .map_err(CustodyError::io(folder))?
        .filter_map(|entry| entry.ok().map(|e| e.file_name().to_string_lossy().into_owned()))
        .filter(|name| !KNOWN.contains(&name.as_str()))
        .collect();
    names.sort();
    for name in names {
        let text = format!("custody/{name}: is no part of the log");
        if name.ends_with(".part") { out.unfinished.push(text) } else { out.broken.push(text) }
    }
    let mut files = Vec::new();
    walk(&folder.join("tile"), "tile", &mut files);
    files.sort();
    let (expected, coming) = (tile::all_paths(size), tile::all_paths(total));
    for path in files.iter().filter(|path| !expected.contains(*path)) {
        if total > size && coming.contains(path) {
            out.unfinished.push(format!("custody/{path}: was being written; opening the case writes it again"));
        } else if !settled && is_older_part(folder, path, &expected) {
            out.unfinished
                .push(format!("custody/{path}: a wider one has taken its place; opening the case removes it"));
        } else {
            out.broken.push(format!("custody/{path}: is no part of a log of {size} entries"));
        }
    }
    Ok(())
}

/// Whether a partial tile or bundle holds the beginning of the one that took its place.
fn is_older_part(folder: &Path, path: &str, expected: &BTreeSet<String>) -> bool {
    let Some((place, _)) = path.split_once(".p/") else { return false };
    let next = format!("{place}.p/");
    let wider = expected.range(next.clone()..).next().filter(|p| p.starts_with(&next)).map(String::as_str);
    let wider = wider.or_else(|| expected.get(place).map(String::as_str));
    let read = |p: &str| fs::read(folder.join(p)).ok();
    wider.and_then(|wider| Some(read(wider)?.starts_with(&read(path)?))).unwrap_or(false)
}

/// Every file below a folder, as a path from there on.
pub(crate) fn walk(folder: &Path, name: &str, out: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let path = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            walk(&entry.path(), &path, out);
        } else {
            out.push(path);
        }
    }
}

/// What went wrong, with its cause.
pub(crate) fn plain(error: &CustodyError) -> String {
    match error {
        CustodyError::Io { source, .. } => format!("cannot be read ({})", source.kind()),
        other => other.to_string(),
    }
}
