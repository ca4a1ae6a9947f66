//! The archive's form, written and read. What is read may come from anybody: every name, length and digest is checked before
//! anything is done with a part.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zip::read::ZipArchive;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{KEY, OWN, json};
use crate::CaseError;
use crate::store::{TABLES, Table, VERSION, Value};

/// What an archive calls itself.
const FORMAT: &str = "tutela-backup";
/// The version of the archive's form.
const FORM: u64 = 1;
/// The part that names the others.
const MANIFEST: &str = "backup.json";
/// The longest one that is read, in bytes: that of some million files.
const MOST_MANIFEST_BYTES: u64 = 1 << 30;
/// An archive may unpack to so many times its length, and to so many bytes whatever its length is. Records of providers
/// shrink to about a twentieth at best; what shrinks more is made to fill a disk.
const MOST_RATIO: u64 = 200;
const ALWAYS_BYTES: u64 = 1 << 28;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Its length.
    pub(super) size_bytes: u64,
    /// SHA-256 of it.
    pub(super) sha256: String,
}

/// What is in an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: String,
    version: u64,
    /// The version of the database's tables.
    store_version: u64,
    /// The name of the log.
    pub(super) log: String,
    /// Its entries, and its root hash in hexadecimal.
    pub(super) entries: u64,
    pub(super) root: String,
    /// Whether the key that signs it is in the archive.
    pub(super) with_key: bool,
    /// Every other part.
    pub(super) parts: BTreeMap<String, Part>,
}

impl Manifest {
    /// What is in a new archive, but for its parts.
    pub(super) fn new(log: &str, entries: u64, root: &str, with_key: bool) -> Self {
        let (log, root) = (log.to_owned(), root.to_owned());
        let parts = BTreeMap::new();
        Self { format: FORMAT.to_owned(), version: FORM, store_version: VERSION, log, entries, root, with_key, parts }
    }
}

/// The name of the part that holds a table.
pub(super) fn table_name(table: &Table) -> String {
    format!("database/{}.jsonl", table.name)
}

/// A row as a line of JSON.
pub(super) fn line(table: &Table, row: &[Value]) -> String {
    let map: serde_json::Map<String, serde_json::Value> =
        table.columns.iter().zip(row).map(|(column, value)| ((*column).to_owned(), json(value))).collect();
    serde_json::Value::Object(map).to_string() + "\n"
}

/// Writes an archive.
pub(super) struct Writer {
    path: PathBuf,
    zip: ZipWriter<BufWriter<File>>,
    parts: BTreeMap<String, Part>,
}

impl Writer {
    pub(super) fn create(path: &Path) -> Result<Self, CaseError> {
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        // It holds personal data: nobody but its owner reads it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(CaseError::io(path))?;
        let zip = ZipWriter::new(BufWriter::with_capacity(1 << 17, file));
        Ok(Self { path: path.to_path_buf(), zip, parts: BTreeMap::new() })
    }

    /// Adds a part.
    pub(super) fn add(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        // Record files are compressed within.
        let method = if name.ends_with(".parquet") { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        self.zip.start_file(name, options).map_err(|e| cannot_write(&self.path, &e))?;
        let mut out = Counted { inner: &mut self.zip, hash: Sha256::new(), size_bytes: 0 };
        fill(&mut out)?;
        let part = Part { size_bytes: out.size_bytes, sha256: hex::encode(out.hash.finalize()) };
        self.parts.insert(name.to_owned(), part);
        Ok(())
    }

    /// Names the parts, and makes the archive durable.
    pub(super) fn finish(mut self, manifest: Manifest) -> Result<(), CaseError> {
        let manifest = Manifest { parts: std::mem::take(&mut self.parts), ..manifest };
        let path = self.path.clone();
        let mut text =
            serde_json::to_vec_pretty(&manifest).map_err(|source| CaseError::Json { path: path.clone(), source })?;
        text.push(b'\n');
        self.add(MANIFEST, |out| out.write_all(&text).map_err(CaseError::io(&path)))?;
        let file = self.zip.finish().map_err(|e| cannot_write(&path, &e))?;
        let file = file.into_inner().map_err(|e| CaseError::Io { path: path.clone(), source: e.into_error() })?;
        file.sync_all().map_err(CaseError::io(&path))
    }
}

fn cannot_write(path: &Path, error: &zip::result::ZipError) -> CaseError {
    CaseError::Io { path: path.to_path_buf(), source: io::Error::other(error.to_string()) }
}

/// Counts and hashes what passes.
struct Counted<W> {
    inner: W,
    hash: Sha256,
    size_bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.size_bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// An archive whose names and lengths are in order.
pub(super) struct Opened {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    pub(super) manifest: Manifest,
}

impl Opened {
    /// Opens an archive and checks all that can be checked without unpacking it.
    ///
    /// # Errors
    /// Where it is not whole, or holds what no backup holds.
    pub(super) fn open(path: &Path) -> Result<Self, CaseError> {
        let refuse = |why: String| CaseError::Archive { path: path.to_path_buf(), why };
        let file = File::open(path).map_err(CaseError::io(path))?;
        let length = file.metadata().map_err(CaseError::io(path))?.len();
        let broken = |e: zip::result::ZipError| refuse(format!("is no whole ZIP archive ({e})"));
        let mut zip = ZipArchive::new(BufReader::with_capacity(1 << 17, file)).map_err(broken)?;
        if zip.offset() != 0 || zip.has_duplicate_names() || zip.has_overlapping_entries().map_err(broken)? {
            return Err(refuse("its parts lie over one another or come twice; a backup is not made so".to_owned()));
        }
        let declared = names(&mut zip, path)?;
        let Some(size) = declared.get(MANIFEST) else {
            return Err(refuse(format!("holds no {MANIFEST}, so it is no backup of a case")));
        };
        let total = declared.values().try_fold(0u64, |sum, size| sum.checked_add(*size)).unwrap_or(u64::MAX);
        let most = ALWAYS_BYTES.max(length.saturating_mul(MOST_RATIO));
        if total > most || *size > MOST_MANIFEST_BYTES {
            return Err(refuse(format!(
                "unpacks to {total} bytes, with {size} of {MANIFEST}; expected at most {most} of an archive of {length}, with \
                 {MOST_MANIFEST_BYTES}"
            )));
        }
        let mut text = Vec::new();
        copy(&mut zip, path, MANIFEST, *size, &mut text)?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|e| refuse(format!("{MANIFEST}: cannot be read ({e})")))?;
        check_manifest(&manifest, &declared).map_err(refuse)?;
        Ok(Self { path: path.to_path_buf(), zip, manifest })
    }

    /// The archive.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// That something about the archive is wrong.
    pub(super) fn refuse(&self, why: String) -> CaseError {
        CaseError::Archive { path: self.path.clone(), why }
    }

    /// Unpacks a part and checks it.
    ///
    /// # Errors
    /// Where it is not what the archive says.
    pub(super) fn part(&mut self, name: &str, out: &mut dyn Write) -> Result<(), CaseError> {
        let Some(part) = self.manifest.parts.get(name).cloned() else {
            return Err(self.refuse(format!("{name}: is missing")));
        };
        let mut out = Counted { inner: out, hash: Sha256::new(), size_bytes: 0 };
        copy(&mut self.zip, &self.path, name, part.size_bytes, &mut out)?;
        let found = Part { size_bytes: out.size_bytes, sha256: hex::encode(out.hash.finalize()) };
        if found != part {
            let Part { size_bytes, sha256 } = found;
            return Err(self.refuse(format!(
                "{name}: is {size_bytes} bytes with SHA-256 {sha256}; expected {} with {}",
                part.size_bytes, part.sha256
            )));
        }
        Ok(())
    }

    /// Unpacks every part to nowhere.
    ///
    /// # Errors
    /// Where one is not what the archive says.
    pub(super) fn check(&mut self) -> Result<(), CaseError> {
        let names: Vec<String> = self.manifest.parts.keys().cloned().collect();
        names.iter().try_for_each(|name| self.part(name, &mut io::sink()))
    }
}

/// The parts of an archive by name, with the length each states.
fn names<R: io::Read + Seek>(zip: &mut ZipArchive<R>, path: &Path) -> Result<BTreeMap<String, u64>, CaseError> {
    let refuse = |why: String| CaseError::Archive { path: path.to_path_buf(), why };
    let mut out = BTreeMap::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|e| refuse(format!("part {index}: cannot be read ({e})")))?;
        let name = entry.name().map(Cow::into_owned).unwrap_or_default();
        let plain = matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
        if !entry.is_file() || entry.is_symlink() || entry.encrypted() || !plain {
            return Err(refuse(format!("{name:?}: is no plain file; a backup holds nothing else")));
        }
        if !is_safe(&name) {
            return Err(refuse(format!("{name:?}: is no name of a part of a backup")));
        }
        out.insert(name, entry.size());
    }
    Ok(out)
}

/// Whether a name is one that a backup may have, and leads nowhere but into the new folder.
fn is_safe(name: &str) -> bool {
    let plain = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.len() <= 255
            && !part.contains('\\')
            && !part.chars().any(char::is_control)
    };
    match name.split_once('/') {
        None => name == MANIFEST,
        Some(("database", _)) => TABLES.iter().any(|table| table_name(table) == name),
        Some(("case", path)) => path.split('/').all(plain) && !OWN.contains(&path),
        Some(_) => false,
    }
}

fn check_manifest(manifest: &Manifest, declared: &BTreeMap<String, u64>) -> Result<(), String> {
    let Manifest { format, version, store_version, .. } = manifest;
    if format != FORMAT {
        return Err(format!("{MANIFEST}: format is {format:?}; expected {FORMAT:?}"));
    }
    if *version > FORM || *store_version > VERSION {
        return Err(format!(
            "was written by a newer version of Tutela (form {version}, store version {store_version}; this one knows \
             {FORM} and {VERSION})"
        ));
    }
    if (*version, *store_version) != (FORM, VERSION) {
        return Err(format!("{MANIFEST}: form {version} and store version {store_version}; there is none such"));
    }
    let named = |name: &String| name == MANIFEST || manifest.parts.contains_key(name);
    if let Some(name) = declared.keys().find(|name| !named(name)) {
        return Err(format!("{name}: is there, and {MANIFEST} does not name it"));
    }
    for (name, part) in &manifest.parts {
        match declared.get(name) {
            None => return Err(format!("{name}: is missing; {MANIFEST} names it")),
            Some(size) if *size != part.size_bytes => {
                return Err(format!("{name}: states {size} bytes; {MANIFEST} says {}", part.size_bytes));
            }
            Some(_) => {}
        }
    }
    if let Some(table) = TABLES.iter().find(|table| !manifest.parts.contains_key(&table_name(table))) {
        return Err(format!("{}: is missing", table_name(table)));
    }
    if manifest.parts.contains_key(&format!("case/{KEY}")) != manifest.with_key {
        return Err(format!("{KEY}: {MANIFEST} does not say truly whether it is there"));
    }
    Ok(())
}

/// Unpacks a part, never to more than the length it states.
fn copy<R: io::Read + Seek>(
    zip: &mut ZipArchive<R>,
    path: &Path,
    name: &str,
    size: u64,
    out: &mut dyn Write,
) -> Result<(), CaseError> {
    let refuse = |why: String| CaseError::Archive { path: path.to_path_buf(), why };
    let entry = zip.by_name(name).map_err(|e| refuse(format!("{name}: cannot be read ({e})")))?;
    let mut entry = entry.take(size.saturating_add(1));
    let mut buffer = vec![0u8; 1 << 17];
    let mut copied = 0u64;
    loop {
        let read = entry.read(&mut buffer).map_err(|e| refuse(format!("{name}: is damaged ({e})")))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        copied += bytes.len() as u64;
        if copied > size {
            return Err(refuse(format!("{name}: unpacks to more than the {size} bytes it states")));
        }
        out.write_all(bytes).map_err(|e| refuse(format!("{name}: cannot be written ({e})")))?;
    }
    if copied < size {
        return Err(refuse(format!("{name}: unpacks to {copied} bytes; it states {size}")));
    }
    Ok(())
}
