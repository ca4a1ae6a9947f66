//! Taking sources in: seal, read into records, log, mark as taken in; in that order.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tutela_engine::StageWriter;
use tutela_formats::{Format, Issue, Limits, Mapping, Output, ReadSummary, SourceInfo};
use tutela_model::TableId;

use crate::request::Screen;
use crate::store::{RecordFile, SourceRow, record_path};
use crate::{Case, CaseError, clock, files};

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
        self.basis_in_force(basis_id)?;
        let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let part = self.root.join("sealed").join("part").join("source");
        let info = copy(path, &part, &file_name)?;
        if let Some(known) = self.store.has_source(&info.source_id)? {
            fs::remove_file(&part).map_err(CaseError::io(&part))?;
            return self.already(&info, known, &watch);
        }
        let mapping = options.mapping.as_ref();
        let format = choose(&part, &info, options)?;
        let (summary, records, issues) = self.read_records(format, &part, &info, mapping, screen)?;
        self.seal(&part, &info)?;
        for file in &records {
            let from = self.root.join("records").join("part").join(format!("{}.parquet", file.table.name()));
            let to = record_path(&self.root, file.table, &info.source_id);
            fs::create_dir_all(to.parent().unwrap_or(&self.root)).map_err(CaseError::io(&to))?;
            files::rename(&from, &to)?;
        }
        let source = self.log_source(&info, basis_id, format, mapping, &summary, &records)?;
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
        if known != info.file_name && self.store.add_other_name(&info.source_id, &info.file_name)? {
            let detail = serde_json::json!({ "same_content": true });
            self.log.append(&self.who, "intake_again", &info.source_id, detail)?;
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

    /// Makes the copy read-only and gives it its final name.
    fn seal(&self, part: &Path, info: &SourceInfo) -> Result<(), CaseError> {
        let mut permissions = fs::metadata(part).map_err(CaseError::io(part))?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(part, permissions).map_err(CaseError::io(part))?;
        files::rename(part, &self.sealed(&info.source_id))
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
        let mut out = Recorder::create(&folder, &issues, screen)?;
        let mut file = File::open(part).map_err(CaseError::io(part))?;
        let read = tutela_formats::read(format, &mut file, info, mapping, &Limits::default(), &mut out);
        let mut summary = match (read, out.failed.take()) {
            (_, Some(error)) => return Err(error),
            (read, None) => read?,
        };
        out.screened(info, &mut summary)?;
        Ok((summary, out.finish(&info.source_id)?, issues))
    }

    fn log_source(
        &mut self,
        info: &SourceInfo,
        basis_id: &str,
        format: &dyn Format,
        mapping: Option<&Mapping>,
        summary: &ReadSummary,
        records: &[RecordFile],
    ) -> Result<SourceRow, CaseError> {
        let mapping = mapping.and_then(|m| m.to_yaml().ok());
        let detail = serde_json::json!({
            "size_bytes": info.size_bytes,
            "format": format.meta().id,
            "basis": basis_id,
            "mapping_sha256": mapping.as_ref().map(|m| hex::encode(Sha256::digest(m))),
            "rows": summary.rows,
            "rows_in_records": summary.rows_in_records,
            "rows_refused": summary.rows_refused,
            "records": records.iter().map(|f| (f.table.name(), f.digest.as_str())).collect::<BTreeMap<_, _>>(),
        });
        let entry = self.log.append(&self.who, "intake", &info.source_id, detail)?;
        Ok(SourceRow {
            source_id: info.source_id.clone(),
            file_name: info.file_name.clone(),
            size_bytes: info.size_bytes,
            format: format.meta().id.to_owned(),
            mapping,
            basis_id: basis_id.to_owned(),
            rows: summary.rows,
            rows_in_records: summary.rows_in_records,
            rows_refused: summary.rows_refused,
            taken_utc: entry.utc,
            taken_by: entry.who,
        })
    }
}

/// Copies a file and hashes what was copied.
fn copy(from: &Path, to: &Path, file_name: &str) -> Result<SourceInfo, CaseError> {
    let mut input = File::open(from).map_err(CaseError::io(from))?;
    if input.metadata().map_err(CaseError::io(from))?.is_dir() {
        return Err(CaseError::Usage(format!("{}: is a folder; expected a file", from.display())));
    }
    let _old = fs::remove_file(to);
    let mut output = File::create(to).map_err(CaseError::io(to))?;
    let (mut hash, mut size_bytes, mut buffer) = (Sha256::new(), 0u64, vec![0u8; 1 << 18]);
    loop {
        let read = input.read(&mut buffer).map_err(CaseError::io(from))?;
        let Some(part) = buffer.get(..read).filter(|p| !p.is_empty()) else { break };
        hash.update(part);
        output.write_all(part).map_err(CaseError::io(to))?;
        size_bytes += part.len() as u64;
    }
    output.sync_all().map_err(CaseError::io(to))?;
    Ok(SourceInfo { source_id: hex::encode(hash.finalize()), file_name: file_name.to_owned(), size_bytes })
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

/// Writes records to Parquet and issues to a file of lines, until the source is marked as taken in.
struct Recorder<'a> {
    folder: &'a Path,
    writers: BTreeMap<TableId, StageWriter>,
    issues: BufWriter<File>,
    screen: &'a Screen,
    /// The first error of ours, kept whole: the reader only sees that writing failed.
    failed: Option<CaseError>,
}

impl<'a> Recorder<'a> {
    fn create(folder: &'a Path, issues: &Path, screen: &'a Screen) -> Result<Self, CaseError> {
        let issues = BufWriter::new(File::create(issues).map_err(CaseError::io(issues))?);
        Ok(Self { folder, writers: BTreeMap::new(), issues, screen, failed: None })
    }

    fn write(&mut self, table: TableId, batch: &RecordBatch) -> Result<(), CaseError> {
        let batch = self.screen.pass(table, batch)?;
        if batch.num_rows() == 0 { Ok(()) } else { self.keep(table, &batch) }
    }

    /// Adds what a comparison found: its own records, and the rows it keeps out as issues.
    fn screened(&mut self, info: &SourceInfo, summary: &mut ReadSummary) -> Result<(), CaseError> {
        if let Some(findings) = self.screen.findings(info)? {
            self.keep(TableId::Reply, &findings)?;
        }
        for issue in self.screen.refusals(info, summary) {
            self.issue(&issue).map_err(CaseError::io(self.folder))?;
        }
        Ok(())
    }

    fn keep(&mut self, table: TableId, batch: &RecordBatch) -> Result<(), CaseError> {
        if !self.writers.contains_key(&table) {
            let path = self.folder.join(format!("{}.parquet", table.name()));
            self.writers.insert(table, StageWriter::create(&path, &table.table().arrow_schema())?);
        }
        if let Some(writer) = self.writers.get_mut(&table) {
            writer.write(batch)?;
        }
        Ok(())
    }

    fn finish(mut self, source_id: &str) -> Result<Vec<RecordFile>, CaseError> {
        self.issues.flush().map_err(CaseError::io(self.folder))?;
        let mut out = Vec::new();
        for (table, writer) in self.writers {
            let file = writer.finish()?;
            out.push(RecordFile { source_id: source_id.to_owned(), table, rows: file.rows, digest: file.digest });
        }
        Ok(out)
    }
}

impl Output for Recorder<'_> {
    fn batch(&mut self, table: TableId, batch: RecordBatch) -> std::io::Result<()> {
        self.write(table, &batch).map_err(|error| {
            let text = error.to_string();
            self.failed.get_or_insert(error);
            std::io::Error::other(text)
        })
    }

    fn issue(&mut self, issue: &Issue) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.issues, issue)?;
        self.issues.write_all(b"\n")
    }
}

fn read_issues(path: &Path) -> Result<impl Iterator<Item = Result<Issue, CaseError>> + use<>, CaseError> {
    let file = File::open(path).map_err(CaseError::io(path))?;
    let path = path.to_path_buf();
    Ok(BufReader::new(file).lines().map(move |line| {
        let line = line.map_err(CaseError::io(&path))?;
        serde_json::from_str(&line).map_err(|source| CaseError::Json { path: path.clone(), source })
    }))
}
