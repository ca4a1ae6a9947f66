//! Taking sources in: seal, read into records, log, mark as taken in; in that order.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tutela_formats::{Format, Issue, Limits, Mapping, ReadSummary, SourceInfo};

use crate::recorder::record;
use crate::request::Screen;
use crate::store::{RecordFile, SourceRow, record_path};
use crate::{Act, Case, CaseError, clock, files};

/// How much is copied at once, and how many such parts may wait to be written.
const COPY_BYTES: usize = 1 << 20;
const COPY_PARTS: usize = 4;

/// What the user states beside a file.
#[derive(Debug, Clone, Default)]
pub struct IntakeOptions {
    /// The format to read it as; found by probing where absent.
    pub format: Option<String>,
    /// The mapping to read it through.
    pub mapping: Option<Mapping>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IntakeStatus {
    /// Sealed and read.
    TakenIn,
    /// The same bytes were taken in before; nothing changed.
    Already,
}

/// What became of a file, in figures. `rows = rows_in_records + rows_refused`.
#[derive(Debug, Clone, Serialize)]
pub struct IntakeReport {
    /// The name it came with.
    pub file_name: String,
    /// SHA-256 of its bytes.
    pub source_id: String,
    /// What became of it.
    pub status: IntakeStatus,
    /// For a file that was there already: under which name.
    pub same_as: Option<String>,
    /// The format it was read as.
    pub format: String,
    /// Rows seen.
    pub rows: u64,
    /// Rows that are in records.
    pub rows_in_records: u64,
    /// Rows refused, each with an issue.
    pub rows_refused: u64,
    /// Records by table.
    pub records: BTreeMap<String, u64>,
    /// Seconds it took.
    pub seconds: f64,
}

impl Case {
    /// Takes one file in under a legal basis.
    ///
    /// # Errors
    /// Where the basis does not hold, the file cannot be read, or no format reads it; then nothing of it stays.
    pub fn intake(&mut self, path: &Path, basis_id: &str, options: &IntakeOptions) -> Result<IntakeReport, CaseError> {
        let asked = self.requests()?.into_keys().collect();
        self.intake_screened(path, basis_id, options, &Screen::Plain(asked))
    }

    /// The same, with what stands between the reader and the records.
    pub(crate) fn intake_screened(
        &mut self,
        path: &Path,
        basis_id: &str,
        options: &IntakeOptions,
        screen: &Screen,
    ) -> Result<IntakeReport, CaseError> {
        let watch = clock::Stopwatch::start();
        self.need(Act::Intake)?;
        self.basis_in_force(basis_id)?;
        let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let part = self.root.join("sealed").join("part").join("source");
        let (info, copied) = copy(path, &part, &file_name)?;
        if let Some(known) = self.store.has_source(&info.source_id)? {
            fs::remove_file(&part).map_err(CaseError::io(&part))?;
            return self.already(&info, known, &watch);
        }
        let mapping = options.mapping.as_ref();
        let format = choose(&part, &info, options)?;
        // The copy reaches the disk while it is read; it is sealed when both are done.
        let (read, durable) = std::thread::scope(|scope| {
            let durable = scope.spawn(|| copied.sync_all());
            let read = self.read_records(format, &part, &info, mapping, screen);
            (read, durable.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
        });
        durable.map_err(CaseError::io(&part))?;
        let (summary, records, issues) = read?;
        self.check_tables(basis_id, &records)?;
        self.give_names(&part, &info, &records)?;
        self.store.ready()?;
        let source = self.log_source(&info, basis_id, format, mapping, &summary, (&records, &issues))?;
        self.store.add_source(&source, &summary, &records, &mut read_issues(&issues)?)?;
        fs::remove_file(&issues).map_err(CaseError::io(&issues))?;
        Ok(IntakeReport {
            file_name,
            source_id: info.source_id,
            status: IntakeStatus::TakenIn,
            same_as: None,
            format: format.meta().id.to_owned(),
            rows: summary.rows,
            rows_in_records: summary.rows_in_records,
            rows_refused: summary.rows_refused,
            records: records.iter().map(|f| (f.table.name().to_owned(), f.rows)).collect(),
            seconds: watch.seconds(),
        })
    }

    fn already(
        &mut self,
        info: &SourceInfo,
        known: String,
        watch: &clock::Stopwatch,
    ) -> Result<IntakeReport, CaseError> {
        let names = self.store.other_names()?;
        if known != info.file_name && !names.contains(&(info.source_id.clone(), info.file_name.clone())) {
            let name = hex::encode(Sha256::digest(&info.file_name));
            let detail = serde_json::json!({ "same_content": true, "name_sha256": name });
            self.log.append(&self.who, "intake_again", &info.source_id, detail)?;
            self.store.add_other_name(&info.source_id, &info.file_name)?;
        }
        let sources = self.store.sources()?;
        let source = sources.iter().find(|s| s.source_id == info.source_id);
        let records = self.store.record_files()?.into_iter().filter(|f| f.source_id == info.source_id);
        Ok(IntakeReport {
            file_name: info.file_name.clone(),
            source_id: info.source_id.clone(),
            status: IntakeStatus::Already,
            same_as: Some(known),
            format: source.map(|s| s.format.clone()).unwrap_or_default(),
            rows: source.map_or(0, |s| s.rows),
            rows_in_records: source.map_or(0, |s| s.rows_in_records),
            rows_refused: source.map_or(0, |s| s.rows_refused),
            records: records.map(|f| (f.table.name().to_owned(), f.rows)).collect(),
            seconds: watch.seconds(),
        })
    }

    /// Makes the copy read-only, and gives it and its records their final names, all durably.
    fn give_names(&self, part: &Path, info: &SourceInfo, records: &[RecordFile]) -> Result<(), CaseError> {
        let mut permissions = fs::metadata(part).map_err(CaseError::io(part))?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(part, permissions).map_err(CaseError::io(part))?;
        let folder = self.root.join("records").join("part");
        let mut names = vec![(part.to_path_buf(), self.sealed(&info.source_id))];
        names.extend(records.iter().map(|file| {
            let from = folder.join(format!("{}.parquet", file.table.name()));
            (from, record_path(&self.root, file.table, &info.source_id))
        }));
        files::sync_all(&names.iter().map(|(from, _)| from.clone()).collect::<Vec<_>>())?;
        let mut folders = vec![self.root.join("records")];
        for (from, to) in &names {
            let folder = to.parent().unwrap_or(&self.root);
            fs::create_dir_all(folder).map_err(CaseError::io(to))?;
            fs::rename(from, to).map_err(CaseError::io(to))?;
            folders.push(folder.to_path_buf());
        }
        files::sync_all(&folders)
    }

    fn read_records(
        &self,
        format: &dyn Format,
        part: &Path,
        info: &SourceInfo,
        mapping: Option<&Mapping>,
        screen: &Screen,
    ) -> Result<(ReadSummary, Vec<RecordFile>, PathBuf), CaseError> {
        let folder = self.root.join("records").join("part");
        files::empty_folder(&folder)?;
        let issues = folder.join("issues.jsonl");
        let mut file = File::open(part).map_err(CaseError::io(part))?;
        let (summary, records) = record(&folder, &issues, info, screen, |out| {
            tutela_formats::read(format, &mut file, info, mapping, &Limits::default(), out)
        })?;
        Ok((summary, records, issues))
    }

    fn log_source(
        &mut self,
        info: &SourceInfo,
        basis_id: &str,
        format: &dyn Format,
        mapping: Option<&Mapping>,
        summary: &ReadSummary,
        (records, issues): (&[RecordFile], &Path),
    ) -> Result<SourceRow, CaseError> {
        let mapping = mapping.and_then(|m| m.to_yaml().ok());
        let mut source = SourceRow {
            source_id: info.source_id.clone(),
            file_name: info.file_name.clone(),
            size_bytes: info.size_bytes,
            format: format.meta().id.to_owned(),
            mapping,
            basis_id: basis_id.to_owned(),
            rows: summary.rows,
            rows_in_records: summary.rows_in_records,
            rows_refused: summary.rows_refused,
            taken_utc: String::new(),
            taken_by: String::new(),
        };
        let detail = serde_json::json!({
            "size_bytes": info.size_bytes,
            "format": format.meta().id,
            "basis": basis_id,
            "mapping_sha256": source.mapping.as_ref().map(|m| hex::encode(Sha256::digest(m))),
            "rows": summary.rows,
            "rows_in_records": summary.rows_in_records,
            "rows_refused": summary.rows_refused,
            "records": records.iter().map(|f| (f.table.name(), f.digest.as_str())).collect::<BTreeMap<_, _>>(),
            "row_sha256": source.digest(summary.notes, records),
            "issues_sha256": files::digest(issues)?.0,
        });
        let entry = self.log.append(&self.who, "intake", &info.source_id, detail)?;
        source.taken_utc = entry.utc;
        source.taken_by = entry.who;
        Ok(source)
    }
}

/// Copies a file and hashes what is copied: one thread reads and hashes, another writes.
fn copy(from: &Path, to: &Path, file_name: &str) -> Result<(SourceInfo, File), CaseError> {
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
            if parts.send(part).is_err() {
                // Nobody writes any more, and says why.
                break Ok(());
            }
        };
        drop(parts);
        (read, writing.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
    });
    let output = written.map_err(CaseError::io(to))?;
    read.map_err(CaseError::io(from))?;
    let info = SourceInfo { source_id: hex::encode(hash.finalize()), file_name: file_name.to_owned(), size_bytes };
    Ok((info, output))
}

fn write_parts(mut output: File, parts: &Receiver<Vec<u8>>) -> std::io::Result<File> {
    for part in parts {
        output.write_all(&part)?;
    }
    Ok(output)
}

/// The format to read a file as.
pub(crate) fn choose(
    path: &Path,
    info: &SourceInfo,
    options: &IntakeOptions,
) -> Result<&'static dyn Format, CaseError> {
    if let Some(id) = &options.format {
        return tutela_formats::by_id(id).ok_or_else(|| {
            let known: Vec<&str> = tutela_formats::FORMATS.iter().map(|f| f.meta().id).collect();
            CaseError::Usage(format!("format {id}: not known (there is: {})", known.join(", ")))
        });
    }
    let mut head = Vec::new();
    let file = File::open(path).map_err(CaseError::io(path))?;
    file.take(tutela_formats::HEAD_BYTES as u64).read_to_end(&mut head).map_err(CaseError::io(path))?;
    let chosen = tutela_formats::choose(&head, &info.file_name, options.mapping.as_ref());
    Ok(chosen.map_err(tutela_formats::FormatError::from)?)
}

fn read_issues(path: &Path) -> Result<impl Iterator<Item = Result<Issue, CaseError>> + use<>, CaseError> {
    let file = File::open(path).map_err(CaseError::io(path))?;
    let path = path.to_path_buf();
    Ok(BufReader::new(file).lines().map(move |line| {
        let line = line.map_err(CaseError::io(&path))?;
        serde_json::from_str(&line).map_err(|source| CaseError::Json { path: path.clone(), source })
    }))
}
