//! An intake in parts: copying and reading a file takes long and needs the case no more than at its beginning and its end, so
//! that others can work on it meanwhile.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

use sha2::{Digest as _, Sha256};
use tutela_formats::{Format, Limits, ReadSummary, SourceInfo};

use crate::intake::{IntakeOptions, IntakeReport, choose};
use crate::recorder::record;
use crate::request::Screen;
use crate::store::RecordFile;
use crate::{Act, Case, CaseError, Stop, clock, files};

/// How much is copied at once, and how many such parts may wait to be written.
const COPY_BYTES: usize = 1 << 20;
const COPY_PARTS: usize = 4;

/// An intake that has begun: where its parts lie until they have their names.
#[derive(Debug)]
pub struct BegunIntake {
    pub(crate) path: PathBuf,
    pub(crate) basis_id: String,
    pub(crate) options: IntakeOptions,
    /// The copy.
    pub(crate) part: PathBuf,
    /// Its records.
    pub(crate) folder: PathBuf,
    pub(crate) watch: clock::Stopwatch,
    /// The exhibit that the file was taken from, if any.
    pub(crate) exhibit_ref: Option<String>,
}

/// A file that was copied into the case, and hashed. Nothing counts of it yet.
#[derive(Debug)]
pub struct CopiedSource {
    pub(crate) info: SourceInfo,
    file: File,
}

/// A copied file that was read into records.
pub struct ReadSource {
    pub(crate) format: &'static dyn Format,
    pub(crate) summary: ReadSummary,
    pub(crate) records: Vec<RecordFile>,
    pub(crate) issues: PathBuf,
}

impl std::fmt::Debug for ReadSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadSource").field("format", &self.format.meta().id).finish_non_exhaustive()
    }
}

/// Whether a copied file was taken in before.
#[derive(Debug)]
pub enum Knew {
    /// It was; that is all.
    Already(Box<IntakeReport>),
    /// It was not; this stands between its reader and the records.
    New(Screened),
}

/// What stands between the reader of a copied file and the records.
#[derive(Debug)]
pub struct Screened(Screen);

impl BegunIntake {
    pub(crate) fn new(root: &Path, place: &str, path: &Path, basis_id: &str, options: &IntakeOptions) -> Self {
        Self {
            path: path.to_path_buf(),
            basis_id: basis_id.to_owned(),
            options: options.clone(),
            part: root.join("sealed").join("part").join(place),
            folder: root.join("records").join("part").join(place),
            watch: clock::Stopwatch::start(),
            exhibit_ref: None,
        }
    }

    /// The same, for a file that was taken from an exhibit.
    pub(crate) fn from(self, exhibit_ref: Option<&str>) -> Self {
        Self { exhibit_ref: exhibit_ref.map(str::to_owned), ..self }
    }

    /// Copies the file into the case and hashes it.
    ///
    /// # Errors
    /// Where it cannot be read or written, or this was told to stop.
    pub fn copy(&self, stop: &Stop) -> Result<CopiedSource, CaseError> {
        let file_name = self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy();
        let (info, file) = copy(&self.path, &self.part, &file_name, stop)?;
        Ok(CopiedSource { info, file })
    }

    /// Reads the copy into records.
    ///
    /// # Errors
    /// Where no format reads it, a file cannot be written, or this was told to stop.
    pub fn read(&self, copied: &CopiedSource, screen: &Screened, stop: &Stop) -> Result<ReadSource, CaseError> {
        self.read_through(copied, &screen.0, stop)
    }

    pub(crate) fn read_through(
        &self,
        copied: &CopiedSource,
        screen: &Screen,
        stop: &Stop,
    ) -> Result<ReadSource, CaseError> {
        let info = &copied.info;
        let format = choose(&self.part, info, &self.options)?;
        files::empty_folder(&self.folder)?;
        let issues = self.folder.join("issues.jsonl");
        let mut file = File::open(&self.part).map_err(CaseError::io(&self.part))?;
        // The copy reaches the disk while it is read; it is sealed when both are done.
        let (read, durable) = std::thread::scope(|scope| {
            let durable = scope.spawn(|| copied.file.sync_all());
            let read = record(&self.folder, &issues, info, (screen, stop), |out| {
                tutela_formats::read(format, &mut file, info, self.options.mapping.as_ref(), &Limits::default(), out)
            });
            (read, durable.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
        });
        // What stops the reading is no fault of the file.
        stop.check()?;
        durable.map_err(CaseError::io(&self.part))?;
        let (summary, records) = read?;
        Ok(ReadSource { format, summary, records, issues })
    }

    /// Removes what lies where the parts were, after it was stopped or has failed.
    pub fn clear(&self) {
        let _gone = fs::remove_file(&self.part);
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

impl Case {
    /// Begins an intake whose copying and reading need the case no more, so that others can work on it meanwhile. `place`
    /// names where that is done: one that no other intake uses at the same time.
    ///
    /// # Errors
    /// Where the right is missing, or the basis does not hold.
    pub fn begin_intake(
        &self,
        path: &Path,
        basis_id: &str,
        options: &IntakeOptions,
        place: &str,
    ) -> Result<BegunIntake, CaseError> {
        self.need(Act::Intake)?;
        self.basis_in_force(basis_id)?;
        Ok(BegunIntake::new(&self.root, place, path, basis_id, options))
    }

    /// What is known of a copied file that was taken in before; else what to read it with.
    ///
    /// # Errors
    /// Where the log or the database cannot be read.
    pub fn know_intake(&mut self, begun: &BegunIntake, copied: &CopiedSource) -> Result<Knew, CaseError> {
        self.need(Act::Intake)?;
        match self.store.has_source(&copied.info.source_id)? {
            Some(known) => Ok(Knew::Already(Box::new(self.end_known(begun, copied, known)?))),
            None => Ok(Knew::New(Screened(Screen::Plain(self.sent_requests()?.into_keys().collect())))),
        }
    }

    /// Ends an intake: the source is sealed, logged, and counts as taken in.
    ///
    /// # Errors
    /// Where the basis no longer holds, does not cover what was read, requests were sent since, or a file cannot be written.
    pub fn end_intake(
        &mut self,
        begun: &BegunIntake,
        copied: &CopiedSource,
        screen: &Screened,
        read: &ReadSource,
    ) -> Result<IntakeReport, CaseError> {
        self.need(Act::Intake)?;
        self.basis_in_force(&begun.basis_id)?;
        if let Some(known) = self.store.has_source(&copied.info.source_id)? {
            return self.end_known(begun, copied, known);
        }
        // A row that answers a request must not come in past the comparison, also where the request is that new.
        if matches!(&screen.0, Screen::Plain(asked) if !self.sent_requests()?.keys().eq(asked.iter())) {
            return Err(CaseError::Usage("requests were sent while this was read; take the file in again".to_owned()));
        }
        self.end_read(begun, copied, read)
    }
}

/// Copies a file and hashes what is copied: one thread reads and hashes, another writes.
fn copy(from: &Path, to: &Path, file_name: &str, stop: &Stop) -> Result<(SourceInfo, File), CaseError> {
    let mut input = File::open(from).map_err(CaseError::io(from))?;
    if input.metadata().map_err(CaseError::io(from))?.is_dir() {
        return Err(CaseError::Usage(format!("{}: is a folder; expected a file", from.display())));
    }
    let _old = fs::remove_file(to);
    let output = File::create(to).map_err(CaseError::io(to))?;
    let (mut hash, mut size_bytes) = (Sha256::new(), 0u64);
    let (parts, waiting) = sync_channel::<Vec<u8>>(COPY_PARTS);
    let (read, written) = std::thread::scope(|scope| {
        let writing = scope.spawn(move || write_parts(output, &waiting));
        let read = loop {
            let mut part = vec![0u8; COPY_BYTES];
            match input.read(&mut part) {
                Ok(0) => break Ok(()),
                Ok(count) => part.truncate(count),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => break Err(error),
            }
            hash.update(&part);
            size_bytes += part.len() as u64;
            if stop.is_asked() || parts.send(part).is_err() {
                // Nobody writes any more, and says why.
                break Ok(());
            }
        };
        drop(parts);
        (read, writing.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
    });
    let output = written.map_err(CaseError::io(to))?;
    read.map_err(CaseError::io(from))?;
    stop.check()?;
    let info = SourceInfo { source_id: hex::encode(hash.finalize()), file_name: file_name.to_owned(), size_bytes };
    Ok((info, output))
}

fn write_parts(mut output: File, parts: &Receiver<Vec<u8>>) -> std::io::Result<File> {
    for part in parts {
        output.write_all(&part)?;
    }
    Ok(output)
}
