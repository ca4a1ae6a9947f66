//! Taking sources in: seal, read into records, log, mark as taken in; in that order.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tutela_formats::{Format, Issue, Mapping, ReadSummary, SourceInfo};
use tutela_model::TableId;

use crate::exhibits::SOURCE;
use crate::intake_work::{BegunIntake, CopiedSource, ReadSource};
use crate::request::Screen;
use crate::store::{RecordFile, SourceRow, record_path};
use crate::{Act, Case, CaseError, Stop, clock, files};

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
        self.need(Act::Intake)?;
        self.intake_plain(path, basis_id, options)
    }

    /// The same, for a file that was taken from an exhibit.
    ///
    /// # Errors
    /// As [`Case::intake`], and where there is no such exhibit.
    pub fn intake_from(
        &mut self,
        path: &Path,
        basis_id: &str,
        options: &IntakeOptions,
        exhibit_ref: &str,
    ) -> Result<IntakeReport, CaseError> {
        self.need(Act::Intake)?;
        self.check_exhibit(exhibit_ref)?;
        let asked = self.sent_requests()?.into_keys().collect();
        self.intake_screened(path, basis_id, options, &Screen::Plain(asked), Some(exhibit_ref))
    }

    /// The same, for what is done under another right.
    pub(crate) fn intake_plain(
        &mut self,
        path: &Path,
        basis_id: &str,
        options: &IntakeOptions,
    ) -> Result<IntakeReport, CaseError> {
        let asked = self.sent_requests()?.into_keys().collect();
        self.intake_screened(path, basis_id, options, &Screen::Plain(asked), None)
    }

    /// The same, with what stands between the reader and the records.
    pub(crate) fn intake_screened(
        &mut self,
        path: &Path,
        basis_id: &str,
        options: &IntakeOptions,
        screen: &Screen,
        exhibit_ref: Option<&str>,
    ) -> Result<IntakeReport, CaseError> {
        self.basis_in_force(basis_id)?;
        let begun = BegunIntake::new(&self.root, "plain", path, basis_id, options).from(exhibit_ref);
        let stop = Stop::default();
        let copied = begun.copy(&stop)?;
        if let Some(known) = self.store.has_source(&copied.info.source_id)? {
            return self.end_known(&begun, &copied, known);
        }
        let read = begun.read_through(&copied, screen, &stop)?;
        self.end_read(&begun, &copied, &read)
    }

    pub(crate) fn end_known(
        &mut self,
        begun: &BegunIntake,
        copied: &CopiedSource,
        known: String,
    ) -> Result<IntakeReport, CaseError> {
        fs::remove_file(&begun.part).map_err(CaseError::io(&begun.part))?;
        self.already(&copied.info, known, begun.exhibit_ref.as_deref(), &begun.watch)
    }

    pub(crate) fn end_read(
        &mut self,
        begun: &BegunIntake,
        copied: &CopiedSource,
        read: &ReadSource,
    ) -> Result<IntakeReport, CaseError> {
        let (info, basis_id, mapping) = (&copied.info, begun.basis_id.as_str(), begun.options.mapping.as_ref());
        let ReadSource { format, summary, records, issues } = read;
        self.check_tables(basis_id, records)?;
        if records.iter().any(|f| f.table == TableId::PaymentSeed) {
            self.need(Act::Seeds)?;
        }
        self.give_names(begun, info, records)?;
        self.store.ready()?;
        let source = self.log_source(
            info,
            (basis_id, begun.exhibit_ref.as_deref()),
            *format,
            mapping,
            summary,
            (records, issues),
        )?;
        self.store.add_source(&source, summary, records, &mut read_issues(issues)?)?;
        fs::remove_file(issues).map_err(CaseError::io(issues))?;
        Ok(IntakeReport {
            file_name: info.file_name.clone(),
            source_id: info.source_id.clone(),
            status: IntakeStatus::TakenIn,
            same_as: None,
            format: format.meta().id.to_owned(),
            rows: summary.rows,
            rows_in_records: summary.rows_in_records,
            rows_refused: summary.rows_refused,
            records: records.iter().map(|f| (f.table.name().to_owned(), f.rows)).collect(),
            seconds: begun.watch.seconds(),
        })
    }

    fn already(
        &mut self,
        info: &SourceInfo,
        known: String,
        exhibit_ref: Option<&str>,
        watch: &clock::Stopwatch,
    ) -> Result<IntakeReport, CaseError> {
        let names = self.store.other_names()?;
        if known != info.file_name && !names.contains(&(info.source_id.clone(), info.file_name.clone())) {
            let name = hex::encode(Sha256::digest(&info.file_name));
            let detail = serde_json::json!({ "same_content": true, "name_sha256": name });
            self.log.append(&self.who, "intake_again", &info.source_id, detail)?;
            self.store.add_other_name(&info.source_id, &info.file_name)?;
        }
        if let Some(exhibit) = exhibit_ref {
            let of = self.sources_by_exhibit()?;
            if !of.get(&info.source_id).is_some_and(|known| known.contains(exhibit)) {
                self.log.append(&self.who, SOURCE, &info.source_id, serde_json::json!({ "exhibit": exhibit }))?;
            }
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
    fn give_names(&self, begun: &BegunIntake, info: &SourceInfo, records: &[RecordFile]) -> Result<(), CaseError> {
        let part = begun.part.as_path();
        let mut permissions = fs::metadata(part).map_err(CaseError::io(part))?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(part, permissions).map_err(CaseError::io(part))?;
        let mut names = vec![(part.to_path_buf(), self.sealed(&info.source_id))];
        names.extend(records.iter().map(|file| {
            let from = begun.folder.join(format!("{}.parquet", file.table.name()));
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

    fn log_source(
        &mut self,
        info: &SourceInfo,
        (basis_id, exhibit_ref): (&str, Option<&str>),
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
        let mut detail = serde_json::json!({
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
        if let (Some(map), Some(exhibit)) = (detail.as_object_mut(), exhibit_ref) {
            map.insert("exhibit".to_owned(), exhibit.into());
        }
        let entry = self.log.append(&self.who, "intake", &info.source_id, detail)?;
        source.taken_utc = entry.utc;
        source.taken_by = entry.who;
        Ok(source)
    }
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
