//! Writing the log: groups of acts into `pending`, and from there into tiles, entry bundles and the checkpoint.
//!
//! Tiles and bundles never change once written, since their width is part of their name; so a crash in between leaves the
//! last checkpoint's own files as they were, and `pending` says what is to be done again.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::checkpoint::Checkpoint;
use crate::entry::{Draft, Entry};
use crate::error::CustodyError;
use crate::journal::{self, Frame};
use crate::note::{SignerKey, VerifierKey};
use crate::tile::{self, Place, WIDTH};
use crate::tree::{Frontier, Hash, leaf_hash, perfect_root};

/// Acts after which `pending` is brought into the tiles.
const PENDING_ENTRIES: usize = 2048;

/// Makes the log of a new case: its public key and the checkpoint of no entries.
///
/// # Errors
/// Where the folder cannot be written.
pub fn create(folder: &Path, key: &SignerKey) -> Result<(), CustodyError> {
    fs::create_dir_all(folder).map_err(CustodyError::io(folder))?;
    write_whole(&folder.join("log.vkey"), format!("{}\n", key.verifier()).as_bytes())?;
    let verifier = key.verifier();
    let empty = Checkpoint { origin: verifier.name().to_owned(), size: 0, root: crate::tree::empty_root() };
    let note = empty.sign(key).map_err(|e| CustodyError::Usage(e.to_string()))?;
    write_whole(&folder.join("checkpoint"), note.as_bytes())
}

/// An act with what its entry says of particulars that lie beside the log.
pub(crate) type Settled = (Draft, Option<(String, serde_json::Value)>);

/// The one writer of a log.
#[derive(Debug)]
pub(crate) struct Writer {
    folder: PathBuf,
    key: Option<SignerKey>,
    verifier: VerifierKey,
    journal: File,
    journal_bytes: u64,
    /// The tree over everything acknowledged.
    frontier: Frontier,
    /// The newest signed checkpoint.
    note: String,
    /// Entries that the tiles hold.
    tiled: u64,
    /// Entries that the tiles held when `pending` was last empty: partial tiles since then are to be removed.
    settled: u64,
    /// The partial bundle of the tiles.
    bundle: Vec<u8>,
    /// The hashes of the partial tile of each level.
    edge: Vec<Vec<Hash>>,
    /// Entries that are in `pending` only.
    pending: Vec<Vec<u8>>,
    /// A write failed, and what is on disk is not known.
    lost: bool,
}

impl Writer {
    /// Opens the log and brings in what a crash left. Without a key it can be read, not written.
    pub(crate) fn open(folder: &Path, key: Option<SignerKey>) -> Result<Self, CustodyError> {
        let verifier = crate::scan::published_key(folder)?;
        if key.as_ref().is_some_and(|k| k.verifier() != verifier) {
            return Err(CustodyError::Usage(format!("the key is not that of this log ({verifier})")));
        }
        let note = read_text(&folder.join("checkpoint"))?;
        let checkpoint = Checkpoint::open(&note, &verifier)
            .map_err(|e| CustodyError::damaged(format!("custody/checkpoint: {e}")))?;
        let path = folder.join("pending");
        let found = journal::read(&path)?;
        let journal = OpenOptions::new().create(true).append(true).open(&path).map_err(CustodyError::io(&path))?;
        if found.torn_bytes > 0 {
            journal.set_len(found.whole_bytes).and_then(|()| journal.sync_all()).map_err(CustodyError::io(&path))?;
        }
        sync_folder(folder)?;
        let mut writer = Self {
            folder: folder.to_path_buf(),
            key,
            verifier,
            journal,
            journal_bytes: found.whole_bytes,
            frontier: Frontier::default(),
            note,
            tiled: checkpoint.size,
            settled: found.frames.first().map_or(checkpoint.size, |f| f.first.min(checkpoint.size)),
            bundle: Vec::new(),
            edge: Vec::new(),
            pending: Vec::new(),
            lost: false,
        };
        writer.read_edge(&checkpoint)?;
        for frame in found.frames {
            writer.replay(frame)?;
        }
        writer.settle()?;
        Ok(writer)
    }

    /// Reads the right edge of the tiles and checks that it comes to the checkpoint's root.
    fn read_edge(&mut self, checkpoint: &Checkpoint) -> Result<(), CustodyError> {
        for level in 0..tile::levels(checkpoint.size) {
            let last = tile::tiles(Some(level), checkpoint.size).last().filter(|place| place.width < WIDTH);
            let hashes = match last {
                None => Vec::new(),
                Some(place) => {
                    let path = self.folder.join(place.path());
                    let bytes = fs::read(&path).map_err(CustodyError::io(&path))?;
                    let hashes = tile::decode_tile(&bytes).filter(|h| h.len() as u64 == place.width);
                    hashes.ok_or_else(|| CustodyError::damaged(format!("custody/{}: is no tile", place.path())))?
                }
            };
            self.edge.push(hashes);
        }
        for (level, hashes) in self.edge.iter().enumerate().rev() {
            for hash in hashes {
                self.frontier.push_subtree(*hash, 8 * u32::try_from(level).unwrap_or(u32::MAX));
            }
        }
        if self.frontier.size() != checkpoint.size || self.frontier.root() != checkpoint.root {
            return Err(CustodyError::damaged("custody/tile: does not come to the root that the checkpoint says"));
        }
        if let Some(place) = tile::tiles(None, checkpoint.size).last().filter(|place| place.width < WIDTH) {
            let path = self.folder.join(place.path());
            self.bundle = fs::read(&path).map_err(CustodyError::io(&path))?;
        }
        Ok(())
    }

    /// Takes over a group from `pending`, unless the tiles have it already.
    fn replay(&mut self, frame: Frame) -> Result<(), CustodyError> {
        let end = frame.first + frame.entries.len() as u64;
        if end <= self.tiled {
            return Ok(());
        }
        if frame.first != self.frontier.size() {
            return Err(CustodyError::damaged(format!(
                "custody/pending: entry {} where {} was expected",
                frame.first,
                self.frontier.size()
            )));
        }
        for entry in &frame.entries {
            self.frontier.push(leaf_hash(entry));
        }
        let says = Checkpoint::open(&frame.checkpoint, &self.verifier)
            .map_err(|e| CustodyError::damaged(format!("custody/pending: checkpoint of {end} entries: {e}")))?;
        if says.size != end || says.root != self.frontier.root() {
            return Err(CustodyError::damaged(format!(
                "custody/pending: the entries do not come to the root that the checkpoint of {} says",
                says.size
            )));
        }
        self.pending.extend(frame.entries);
        self.note = frame.checkpoint;
        Ok(())
    }

    /// The newest signed checkpoint.
    pub(crate) fn note(&self) -> &str {
        &self.note
    }

    /// Makes a group of acts durable, with one checkpoint over all.
    pub(crate) fn commit(&mut self, drafts: Vec<Settled>) -> Vec<Result<Entry, CustodyError>> {
        let count = drafts.len();
        let mut out = Vec::with_capacity(count);
        let mut bytes = Vec::with_capacity(count);
        let mut frontier = self.frontier.clone();
        for (draft, beside) in drafts {
            let (digest, detail) = beside.unzip();
            let mut entry = draft.number(frontier.size(), digest);
            out.push(entry.to_bytes().map(|encoded| {
                frontier.push(leaf_hash(&encoded));
                bytes.push(encoded);
                if let Some(detail) = detail {
                    entry.detail = detail;
                }
                entry
            }));
        }
        if bytes.is_empty() {
            return out;
        }
        match self.write_group(frontier, bytes) {
            Ok(()) => out,
            Err(e) => {
                let text = e.to_string();
                let mut first = Some(e);
                let fail = |_| Err(first.take().unwrap_or_else(|| CustodyError::Usage(text.clone())));
                (0..count).map(fail).collect()
            }
        }
    }

    /// Signs a head of this log.
    pub(crate) fn sign(&self, head: &Checkpoint) -> Result<String, CustodyError> {
        let Some(key) = &self.key else {
            return Err(CustodyError::Usage(format!(
                "the signing key of this case's log is not here, so nothing can be done that has to be logged; set \
                 TUTELA_KEYS to the folder that holds the key of {}",
                self.verifier.name()
            )));
        };
        head.sign(key).map_err(|e| CustodyError::Usage(e.to_string()))
    }

    fn write_group(&mut self, frontier: Frontier, entries: Vec<Vec<u8>>) -> Result<(), CustodyError> {
        if self.lost {
            return Err(CustodyError::Usage(
                "the log could not be written before; open the case again to go on".to_owned(),
            ));
        }
        let head = Checkpoint { origin: self.verifier.name().to_owned(), size: frontier.size(), root: frontier.root() };
        let checkpoint = self.sign(&head)?;
        let frame = Frame { first: self.frontier.size(), entries, checkpoint };
        let bytes = frame.encode().map_err(CustodyError::Usage)?;
        let path = self.folder.join("pending");
        if let Err(e) = self.journal.write_all(&bytes).and_then(|()| self.journal.sync_data()) {
            // What reached the disk is not known: take it back, and trust nothing until the log is opened again.
            self.lost = true;
            let _unsure = self.journal.set_len(self.journal_bytes);
            return Err(CustodyError::io(&path)(e));
        }
        self.journal_bytes += bytes.len() as u64;
        self.frontier = frontier;
        self.pending.extend(frame.entries);
        self.note = frame.checkpoint;
        if self.pending.len() >= PENDING_ENTRIES {
            // The group itself is durable; what fails here is done again when the log is opened the next time.
            let _later = self.settle();
        }
        Ok(())
    }

    /// Brings what is pending into tiles, bundles and the checkpoint, durably, and empties `pending`.
    pub(crate) fn settle(&mut self) -> Result<(), CustodyError> {
        if self.lost || self.journal_bytes == 0 {
            return Ok(());
        }
        let done = self.bring_in();
        self.lost = done.is_err();
        done
    }

    fn bring_in(&mut self) -> Result<(), CustodyError> {
        if !self.pending.is_empty() {
            let mut touched = BTreeSet::new();
            self.write_tiles(&mut touched)?;
            for folder in &touched {
                sync_folder(folder)?;
            }
            write_whole(&self.folder.join("checkpoint"), self.note.as_bytes())?;
        }
        self.forget_partials(self.settled)?;
        let path = self.folder.join("pending");
        self.journal.set_len(0).and_then(|()| self.journal.sync_all()).map_err(CustodyError::io(&path))?;
        self.journal_bytes = 0;
        self.settled = self.tiled;
        Ok(())
    }

    fn write_tiles(&mut self, touched: &mut BTreeSet<PathBuf>) -> Result<(), CustodyError> {
        let mut changed = BTreeSet::new();
        for entry in std::mem::take(&mut self.pending) {
            tile::push_entry(&mut self.bundle, &entry).map_err(CustodyError::Usage)?;
            self.tiled += 1;
            if self.tiled.is_multiple_of(WIDTH) {
                let place = Place { level: None, index: self.tiled / WIDTH - 1, width: WIDTH };
                let full = std::mem::take(&mut self.bundle);
                self.write_place(place, &full, touched)?;
            }
            self.push_hash(0, leaf_hash(&entry), &mut changed, touched)?;
        }
        if let Some(place) = tile::tiles(None, self.tiled).last().filter(|place| place.width < WIDTH) {
            let bytes = std::mem::take(&mut self.bundle);
            self.write_place(place, &bytes, touched)?;
            self.bundle = bytes;
        }
        for level in changed {
            let last = tile::tiles(u32::try_from(level).ok(), self.tiled).last();
            if let (Some(hashes), Some(place)) = (self.edge.get(level), last.filter(|place| place.width < WIDTH)) {
                self.write_place(place, &tile::encode_tile(hashes), touched)?;
            }
        }
        Ok(())
    }

    /// Adds a hash to the edge of a level; a tile that is full is written, and its root goes one level up.
    fn push_hash(
        &mut self,
        level: usize,
        hash: Hash,
        changed: &mut BTreeSet<usize>,
        touched: &mut BTreeSet<PathBuf>,
    ) -> Result<(), CustodyError> {
        let (mut level, mut hash) = (level, hash);
        loop {
            if self.edge.len() <= level {
                self.edge.resize(level + 1, Vec::new());
            }
            let Some(hashes) = self.edge.get_mut(level) else { return Ok(()) };
            hashes.push(hash);
            changed.insert(level);
            if (hashes.len() as u64) < WIDTH {
                return Ok(());
            }
            let full = std::mem::take(hashes);
            let depth = u32::try_from(level).unwrap_or(u32::MAX);
            let index = (self.tiled >> (8 * (depth + 1))) - 1;
            self.write_place(Place { level: Some(depth), index, width: WIDTH }, &tile::encode_tile(&full), touched)?;
            hash = perfect_root(full);
            level += 1;
        }
    }

    fn write_place(&self, place: Place, bytes: &[u8], touched: &mut BTreeSet<PathBuf>) -> Result<(), CustodyError> {
        let path = self.folder.join(place.path());
        let parent = path.parent().unwrap_or(&self.folder).to_path_buf();
        if !parent.exists() {
            fs::create_dir_all(&parent).map_err(CustodyError::io(&parent))?;
            let made = parent.ancestors().skip(1).take_while(|a| a.starts_with(&self.folder));
            touched.extend(made.map(Path::to_path_buf));
        }
        let mut file = File::create(&path).map_err(CustodyError::io(&path))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(CustodyError::io(&path))?;
        touched.insert(parent);
        Ok(())
    }

    /// Removes partial tiles and bundles that wider ones have taken the place of.
    fn forget_partials(&self, before: u64) -> Result<(), CustodyError> {
        let levels = (0..tile::levels(self.tiled)).map(Some).chain([None]);
        for level in levels {
            let now = tile::tiles(level, self.tiled).last().filter(|place| place.width < WIDTH);
            let hashes = |size: u64| size >> (8 * level.unwrap_or(0));
            for index in hashes(before) / WIDTH..=hashes(self.tiled) / WIDTH {
                let keep = now.filter(|place| place.index == index).map(|place| place.width.to_string());
                let folder = self.folder.join(Place { level, index, width: 1 }.path());
                let folder = folder.parent().unwrap_or(&folder);
                let Ok(found) = fs::read_dir(folder) else { continue };
                for file in found.filter_map(Result::ok) {
                    if keep.as_ref().is_none_or(|k| file.file_name() != k.as_str()) {
                        fs::remove_file(file.path()).map_err(CustodyError::io(&file.path()))?;
                    }
                }
                if keep.is_none() {
                    let _still_in_use = fs::remove_dir(folder);
                }
            }
        }
        Ok(())
    }
}

pub(crate) fn read_text(path: &Path) -> Result<String, CustodyError> {
    fs::read_to_string(path).map_err(CustodyError::io(path))
}

/// Writes a file so that after a crash it is the old one or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CustodyError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(CustodyError::io(folder))?;
    let part = path.with_extension("part");
    let mut file = File::create(&part).map_err(CustodyError::io(&part))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(CustodyError::io(&part))?;
    fs::rename(&part, path).map_err(CustodyError::io(path))?;
    sync_folder(folder)
}

/// Makes the entries of a folder durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), CustodyError> {
    File::open(path).and_then(|f| f.sync_all()).map_err(CustodyError::io(path))
}
