//! `Case::import_reply`: a reply is read, compared with its requests, and only then taken in like any other source. Rows
//! that do not agree with what was asked stay out of the records, so that nothing they name can be shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use serde::Serialize;
use tutela_formats::{Issue, Limits, Output, ReadSummary, Severity, SourceInfo, excerpt};
use tutela_model::TableId;

use super::compare::{Answer, Finding, ReplyRow};
use super::examine::{Known, Refused, examine};
use super::{IMPORT, REFUSE, Request, rows};
use crate::intake::{self, IntakeOptions, IntakeReport, IntakeStatus};
use crate::rights::Act;
use crate::store::record_path;
use crate::{Case, CaseError, files};

/// The largest reply that is compared, in rows. A reply answers questions; logs of that size are taken in as logs.
const ROWS: usize = 2_000_000;

/// What became of the files of a reply.
#[derive(Debug, Clone, Serialize)]
pub struct ReplyReport {
    /// File by file.
    pub files: Vec<ReplyFile>,
}

/// What became of one file.
#[derive(Debug, Clone, Serialize)]
pub struct ReplyFile {
    /// The intake.
    pub intake: IntakeReport,
    /// Requests that it answers.
    pub requests: u64,
    /// Rows that agree with what was asked.
    pub accepted: u64,
    /// Rows that agree, with something to know.
    pub noted: u64,
    /// Rows that are in no record.
    pub blocked: u64,
    /// Every row that is noted or blocked.
    pub rows: Vec<ReplyRow>,
}

/// What stands between a reader and the records.
#[derive(Debug)]
pub(crate) enum Screen {
    /// A source like any other: it may not answer requests past the comparison.
    Plain(BTreeSet<String>),
    /// A reply: what the comparison found, by table and row.
    Reply(BTreeMap<(TableId, i64), Vec<ReplyRow>>),
}

impl Case {
    /// Compares the files of a reply with the requests that they name, and takes in the rows that agree.
    ///
    /// # Errors
    /// Where the reply is refused whole: it names a request that is not this case's or was answered already, was altered,
    /// or contradicts itself or an earlier reply. Then nothing changes but the log, which has the refusal.
    pub fn import_reply(
        &mut self,
        paths: &[PathBuf],
        basis_id: &str,
        options: &IntakeOptions,
        shared: bool,
    ) -> Result<ReplyReport, CaseError> {
        self.need(Act::ImportReplies)?;
        self.basis_in_force(basis_id)?;
        let mut sources = Vec::new();
        for path in paths {
            let (source_id, size_bytes) = files::digest(path)?;
            let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            sources.push(SourceInfo { source_id, file_name, size_bytes });
        }
        if let Some(report) = self.all_known(paths, &sources, basis_id, options)? {
            return Ok(report);
        }
        let requests = self.sent_requests()?;
        let mut answers = Vec::new();
        for (file, (path, info)) in paths.iter().zip(&sources).enumerate() {
            if self.store.has_source(&info.source_id)?.is_none() {
                answers.extend(read_answers(path, info, options, file)?);
            }
        }
        let mark = self.request_mark()?;
        let earlier = self.earlier_answers(&requests)?;
        self.check_bases(&requests, &answers)?;
        let known = Known { mark: &mark, requests: &requests, earlier: &earlier, shared };
        let findings = match examine(&known, &answers) {
            Ok(findings) => findings,
            Err(refused) => return Err(self.refuse(&refused, paths, &sources)?),
        };
        let mut report = ReplyReport { files: Vec::new() };
        for (file, path) in paths.iter().enumerate() {
            let rows = reply_rows(&answers, &findings, file);
            report.files.push(self.take_reply_in(path, basis_id, options, rows)?);
        }
        Ok(report)
    }

    /// Where every file was taken in before: what is known of each, and nothing changes.
    fn all_known(
        &mut self,
        paths: &[PathBuf],
        sources: &[SourceInfo],
        basis_id: &str,
        options: &IntakeOptions,
    ) -> Result<Option<ReplyReport>, CaseError> {
        for info in sources {
            if self.store.has_source(&info.source_id)?.is_none() {
                return Ok(None);
            }
        }
        let mut report = ReplyReport { files: Vec::new() };
        for path in paths {
            report.files.push(self.take_reply_in(path, basis_id, options, BTreeMap::new())?);
        }
        Ok(Some(report))
    }

    /// Writes the refusal into the log and makes the error of it.
    fn refuse(&mut self, why: &Refused, paths: &[PathBuf], sources: &[SourceInfo]) -> Result<CaseError, CaseError> {
        let source_id = sources.get(why.file).map_or("-", |s| s.source_id.as_str());
        let detail = serde_json::json!({ "reason": why.reason, "request_ref": why.request_ref });
        self.log.append(&self.who, REFUSE, source_id, detail)?;
        let path = paths.get(why.file).map(|p| p.display().to_string()).unwrap_or_default();
        Ok(CaseError::Usage(format!("{path}: {}; nothing of the reply was taken in", why.message)))
    }

    /// That no request was made under an act that no longer holds.
    fn check_bases(&self, requests: &BTreeMap<String, Request>, answers: &[Answer]) -> Result<(), CaseError> {
        let lapses = self.lapses()?;
        let of = |a: &Answer| a.request_ref.as_ref().and_then(|r| requests.get(r)).map(|r| r.basis_ref.clone());
        match answers.iter().filter_map(of).find(|basis| lapses.contains_key(basis)) {
            None => Ok(()),
            Some(basis) => Err(CaseError::Usage(format!(
                "basis {basis}: has lapsed, and a request of this reply was made under it; nothing was taken in"
            ))),
        }
    }

    fn take_reply_in(
        &mut self,
        path: &Path,
        basis_id: &str,
        options: &IntakeOptions,
        rows: BTreeMap<(TableId, i64), Vec<ReplyRow>>,
    ) -> Result<ReplyFile, CaseError> {
        let all: Vec<ReplyRow> = rows.values().flatten().cloned().collect();
        let count = |outcome: &str| rows.values().filter(|r| outcome_of(r) == outcome).count() as u64;
        let (accepted, noted, blocked) = (count("accepted"), count("noted"), count("blocked"));
        let requests = all.iter().map(|r| r.request_ref.as_str()).collect::<BTreeSet<_>>().len() as u64;
        let intake = self.intake_screened(path, basis_id, options, &Screen::Reply(rows), None)?;
        if intake.status == IntakeStatus::TakenIn {
            let detail = serde_json::json!({
                "requests": requests, "accepted": accepted, "noted": noted, "blocked": blocked,
            });
            self.log.append(&self.who, IMPORT, &intake.source_id, detail)?;
        }
        let rows = all.into_iter().filter(|r| r.outcome != "accepted").collect();
        Ok(ReplyFile { intake, requests, accepted, noted, blocked, rows })
    }

    /// The rows of earlier replies that are in records.
    fn earlier_answers(&self, requests: &BTreeMap<String, Request>) -> Result<Vec<Answer>, CaseError> {
        let files = self.store.record_files()?;
        let replies: BTreeSet<&str> =
            files.iter().filter(|f| f.table == TableId::Reply).map(|f| f.source_id.as_str()).collect();
        let mut out = Vec::new();
        for file in &files {
            let answers = matches!(file.table, TableId::Assignment | TableId::Line);
            if answers && replies.contains(file.source_id.as_str()) {
                let columns: Vec<&str> =
                    file.table.table().columns.iter().map(|c| c.name).chain(["row", "byte_offset"]).collect();
                rows::each(&record_path(&self.root, file.table, &file.source_id), &columns, |row| {
                    let answer = answer(file.table, 0, row)?;
                    if answer.request_ref.as_ref().is_some_and(|r| requests.contains_key(r)) {
                        out.push(answer);
                    }
                    Ok(())
                })?;
            }
        }
        Ok(out)
    }
}

/// The worst of a row's outcomes.
fn outcome_of(rows: &[ReplyRow]) -> &str {
    ["blocked", "noted"].into_iter().find(|o| rows.iter().any(|r| r.outcome == *o)).unwrap_or("accepted")
}

/// What the comparison found of one file's rows.
fn reply_rows(answers: &[Answer], findings: &[Vec<Finding>], file: usize) -> BTreeMap<(TableId, i64), Vec<ReplyRow>> {
    let mut out: BTreeMap<(TableId, i64), Vec<ReplyRow>> = BTreeMap::new();
    for (answer, found) in answers.iter().zip(findings).filter(|(a, _)| a.file == file) {
        let row = |f: Option<&Finding>| ReplyRow {
            request_ref: answer.request_ref.clone().unwrap_or_else(|| "-".to_owned()),
            table: answer.table,
            row: answer.row,
            outcome: f.map_or("accepted", |f| if f.blocks { "blocked" } else { "noted" }).to_owned(),
            check: f.map_or("same", |f| f.check).to_owned(),
            field: f.map(|f| f.field.to_owned()),
            found: f.map(|f| f.found.clone()),
            expected: f.map(|f| f.expected.clone()),
        };
        let rows = out.entry((answer.table, answer.row)).or_default();
        match found.as_slice() {
            [] => rows.push(row(None)),
            found => rows.extend(found.iter().map(|f| row(Some(f)))),
        }
    }
    out
}

/// Reads a file's rows into memory, without sealing or keeping anything.
fn read_answers(
    path: &Path,
    info: &SourceInfo,
    options: &IntakeOptions,
    file: usize,
) -> Result<Vec<Answer>, CaseError> {
    let format = intake::choose(path, info, options)?;
    let mut out = Collector { file, answers: Vec::new(), failed: None };
    let mut source = File::open(path).map_err(CaseError::io(path))?;
    let read = tutela_formats::read(format, &mut source, info, options.mapping.as_ref(), &Limits::default(), &mut out);
    match out.failed {
        Some(error) => Err(error),
        None => read.map(|_| out.answers).map_err(CaseError::from),
    }
}

struct Collector {
    file: usize,
    answers: Vec<Answer>,
    failed: Option<CaseError>,
}

impl Collector {
    fn take(&mut self, table: TableId, batch: &RecordBatch) -> Result<(), CaseError> {
        if !matches!(table, TableId::Assignment | TableId::Line) {
            return Err(CaseError::Usage(format!(
                "a reply says who held an address (table assignment) and whose line that is (table line); this file fills \
                 {table}. Take it in with: tutela intake"
            )));
        }
        if self.answers.len() + batch.num_rows() > ROWS {
            return Err(CaseError::Usage(format!("a reply of more than {ROWS} rows is not compared")));
        }
        for row in 0..batch.num_rows() {
            self.answers.push(answer(table, self.file, &rows::Row::of(batch, row))?);
        }
        Ok(())
    }
}

impl Output for Collector {
    fn batch(&mut self, table: TableId, batch: RecordBatch) -> std::io::Result<()> {
        self.take(table, &batch).map_err(|error| {
            let text = error.to_string();
            self.failed.get_or_insert(error);
            std::io::Error::other(text)
        })
    }

    fn issue(&mut self, _: &Issue) -> std::io::Result<()> {
        Ok(())
    }
}

fn answer(table: TableId, file: usize, row: &rows::Row<'_>) -> Result<Answer, CaseError> {
    Ok(Answer {
        table,
        file,
        row: row.number("row")?,
        byte_offset: row.number("byte_offset")?,
        request_ref: row.text("request_ref"),
        checksum: row.text("checksum"),
        lookup_key: row.text("lookup_key"),
        operator: row.required("operator")?,
        line_ref: row.required("line_ref")?,
        ip: row.text("ip").unwrap_or_default(),
        ports: row.integer("port_from").zip(row.integer("port_to")),
        from_us: row.integer("from_utc").unwrap_or(i64::MIN),
        until_us: row.integer("until_utc"),
        asked_us: row.integer("asked_utc"),
        asked_port: row.integer("asked_port"),
        access_kind: row.text("access_kind"),
        address_kind: row.text("address_kind"),
    })
}

impl Screen {
    /// The rows of a batch that may become records.
    pub(crate) fn pass(&self, table: TableId, batch: &RecordBatch) -> Result<RecordBatch, CaseError> {
        match self {
            Self::Plain(asked) => {
                if table == TableId::Reply {
                    return Err(CaseError::Usage(
                        "the table reply is written by `tutela request import` alone".to_owned(),
                    ));
                }
                if !asked.is_empty() && matches!(table, TableId::Assignment | TableId::Line) {
                    for row in 0..batch.num_rows() {
                        let row = rows::Row::of(batch, row);
                        if let Some(name) = row.text("request_ref").filter(|name| asked.contains(name)) {
                            return Err(CaseError::Usage(format!(
                                "row {}: answers request {name}; a reply is compared with its request before it is used: \
                                 tutela request import",
                                row.count("row")
                            )));
                        }
                    }
                }
                Ok(batch.clone())
            }
            Self::Reply(found) => {
                let keep = (0..batch.num_rows()).map(|row| {
                    let row = rows::Row::of(batch, row).integer("row").unwrap_or(0);
                    Some(found.get(&(table, row)).is_some_and(|rows| outcome_of(rows) != "blocked"))
                });
                let keep: BooleanArray = keep.collect();
                arrow::compute::filter_record_batch(batch, &keep).map_err(|e| CaseError::Damaged(format!("reply: {e}")))
            }
        }
    }

    /// What the comparison found, as records of the table `reply`.
    pub(crate) fn findings(&self, info: &SourceInfo) -> Result<Option<RecordBatch>, CaseError> {
        let Self::Reply(found) = self else { return Ok(None) };
        let rows: Vec<&ReplyRow> = found.values().flatten().collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let text = |of: fn(&ReplyRow) -> Option<&str>| -> ArrayRef {
            Arc::new(rows.iter().map(|r| of(r)).collect::<StringArray>())
        };
        let number = |of: fn(&ReplyRow) -> i64| -> ArrayRef {
            Arc::new(rows.iter().map(|r| Some(of(r))).collect::<Int64Array>())
        };
        let columns: Vec<ArrayRef> = vec![
            text(|r| Some(&r.request_ref)),
            text(|r| Some(r.table.name())),
            text(|r| Some(&r.outcome)),
            text(|r| Some(&r.check)),
            text(|r| r.field.as_deref()),
            text(|r| r.found.as_deref()),
            text(|r| r.expected.as_deref()),
            Arc::new(rows.iter().map(|_| Some(info.source_id.as_str())).collect::<StringArray>()),
            number(|r| r.row),
            number(|_| 0),
        ];
        RecordBatch::try_new(TableId::Reply.table().arrow_schema(), columns)
            .map(Some)
            .map_err(|e| CaseError::Damaged(format!("reply: {e}")))
    }

    /// The blocked rows as issues, and the summary that counts them as refused.
    pub(crate) fn refusals(&self, info: &SourceInfo, summary: &mut ReadSummary) -> Vec<Issue> {
        let Self::Reply(found) = self else { return Vec::new() };
        let mut refused = BTreeSet::new();
        let mut out = Vec::new();
        for (row, finding) in found.iter().flat_map(|((_, row), f)| f.iter().map(move |f| (*row, f))) {
            if finding.outcome == "blocked" {
                refused.insert(row);
                out.push(Issue {
                    source_id: info.source_id.clone(),
                    file_name: info.file_name.clone(),
                    row: u64::try_from(row).ok(),
                    byte_offset: None,
                    column: finding.field.clone(),
                    found: excerpt(finding.found.as_deref().unwrap_or_default().as_bytes()),
                    expected: format!(
                        "{}: {} (request {})",
                        finding.check,
                        finding.expected.as_deref().unwrap_or_default(),
                        finding.request_ref
                    ),
                    severity: Severity::Refused,
                });
            }
        }
        let refused = (refused.len() as u64).min(summary.rows_in_records);
        summary.rows_in_records -= refused;
        summary.rows_refused += refused;
        out
    }
}
