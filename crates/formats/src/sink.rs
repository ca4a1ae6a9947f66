//! Where records and issues go, and where the rows are counted.
//!
//! **Invariant.** Every row ends in exactly one of two ways: in a record, or as one refusal. A row that is refused
//! leaves no trace in the records, even if it had half filled one.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use serde::Serialize;
use tutela_model::TableId;
use tutela_model::money::Amount;

use crate::cite::{Citing, Origin};
use crate::columns::{TableColumns, Value};
use crate::error::{At, FormatError};
use crate::issue::{Issue, Refusal, Severity, excerpt};
use crate::limits::Limits;
use crate::part::{Out, Part, renumbered};
use crate::source::{SourceInfo, Span};

/// Takes what a format reads.
pub trait Output {
    /// Takes records of one table, with the columns of its Arrow schema.
    ///
    /// # Errors
    /// Whatever keeps them from being written.
    fn batch(&mut self, table: TableId, batch: RecordBatch) -> std::io::Result<()>;

    /// Takes an issue.
    ///
    /// # Errors
    /// Whatever keeps it from being written.
    fn issue(&mut self, issue: &Issue) -> std::io::Result<()>;
}

/// What came of a reading. `rows == rows_in_records + rows_refused`, always.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct ReadSummary {
    /// Rows seen.
    pub rows: u64,
    /// Rows that gave or joined a record.
    pub rows_in_records: u64,
    /// Rows refused, each with its issue.
    pub rows_refused: u64,
    /// Notes, also those that were only counted.
    pub notes: u64,
    /// Records by table.
    pub records: BTreeMap<&'static str, u64>,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RowAt {
    /// Its number, counted from 1.
    pub row: u64,
    /// Its bytes.
    pub span: Span,
}

/// Takes rows from a format, keeps count, and hands out batches and issues.
pub struct Sink<'a> {
    pub(crate) info: &'a SourceInfo,
    pub(crate) limits: &'a Limits,
    out: Out<'a>,
    tables: Vec<TableColumns>,
    summary: ReadSummary,
    records: [u64; TableId::ALL.len()],
    notes: Vec<Refusal>,
    pub(crate) citing: Option<Citing<'a>>,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(
        info: &'a SourceInfo,
        limits: &'a Limits,
        out: &'a mut dyn Output,
        citing: Option<Citing<'a>>,
    ) -> Sink<'a> {
        Sink { citing, ..Sink::to(info, limits, Out::Given(out)) }
    }

    /// For one piece of a file, which [`Sink::absorb`] then takes. `rows` are expected, about.
    pub(crate) fn keeping(info: &'a SourceInfo, limits: &'a Limits, rows: usize) -> Sink<'a> {
        let mut sink = Sink::to(info, limits, Out::Kept(Box::default()));
        for columns in &mut sink.tables {
            columns.expect(rows.min(limits.batch_rows));
        }
        sink
    }

    fn to(info: &'a SourceInfo, limits: &'a Limits, out: Out<'a>) -> Sink<'a> {
        Sink {
            info,
            limits,
            out,
            tables: TableId::ALL.iter().map(|id| TableColumns::new(*id)).collect(),
            summary: ReadSummary::default(),
            records: [0; TableId::ALL.len()],
            notes: Vec::new(),
            citing: None,
        }
    }

    /// What the piece gave.
    pub(crate) fn into_part(mut self) -> Result<Part, FormatError> {
        self.flush_all()?;
        match self.out {
            Out::Kept(part) => Ok(Part { summary: self.summary, records: self.records, ..*part }),
            Out::Given(_) => Ok(Part::default()),
        }
    }

    /// Takes what the next piece of the file gave.
    pub(crate) fn absorb(&mut self, part: Part) -> Result<(), FormatError> {
        self.flush_all()?;
        let before = self.summary.rows;
        let file = At::file(&self.info.file_name);
        let unwritten = |source| FormatError::Write { at: file.clone(), source };
        for (id, batch) in part.batches {
            let batch = renumbered(&batch, before)
                .map_err(|error| FormatError::Internal { at: file.clone(), what: error.to_string() })?;
            self.out.batch(id, batch).map_err(unwritten)?;
        }
        let mut room = self.limits.notes.saturating_sub(self.summary.notes);
        for mut issue in part.issues {
            if issue.severity == Severity::Note {
                if room == 0 {
                    continue;
                }
                room -= 1;
            }
            issue.row = issue.row.map(|row| row + before);
            self.out.issue(issue).map_err(unwritten)?;
        }
        self.summary.rows += part.summary.rows;
        self.summary.rows_in_records += part.summary.rows_in_records;
        self.summary.rows_refused += part.summary.rows_refused;
        self.summary.notes += part.summary.notes;
        for (all, count) in self.records.iter_mut().zip(part.records) {
            *all += count;
        }
        Ok(())
    }

    /// Takes one row. Where `fill` refuses it, everything it has set is taken back and one issue is handed out; the
    /// same where it sets no record at all.
    ///
    /// `fill` may depend on this row and on the head of the file only: to cite a row, no other row is read again.
    ///
    /// # Errors
    /// Only if something cannot be written.
    pub fn row(
        &mut self,
        at: RowAt,
        fill: impl FnOnce(&mut Row<'_, 'a>) -> Result<(), Refusal>,
    ) -> Result<(), FormatError> {
        if let Some(citing) = &self.citing {
            if citing.is_past(at.row) {
                return Err(FormatError::Enough);
            }
            if !citing.wants_row(at.row) {
                return Ok(());
            }
        }
        self.summary.rows += 1;
        match self.fill(at, fill)? {
            Ok(()) => self.summary.rows_in_records += 1,
            Err(refusal) => self.count_refusal(at, refusal)?,
        }
        Ok(())
    }

    /// Counts a row that has joined, or will join, a record of several rows; see [`Sink::joined_records`].
    pub fn joined(&mut self) {
        self.summary.rows += 1;
        self.summary.rows_in_records += 1;
    }

    /// Takes records made of several rows, which [`Sink::joined`] has counted. `at` is the first of them.
    ///
    /// # Errors
    /// If something cannot be written, or if `fill` refuses: the rows are counted, so it must not.
    pub fn joined_records(
        &mut self,
        at: RowAt,
        fill: impl FnOnce(&mut Row<'_, 'a>) -> Result<(), Refusal>,
    ) -> Result<(), FormatError> {
        self.fill(at, fill)?.map_err(|refusal| FormatError::Internal {
            at: self.at(at),
            what: format!("joined rows were refused: found {}, expected {}", refusal.found, refusal.expected),
        })
    }

    /// Takes a row that gives nothing.
    ///
    /// # Errors
    /// Only if the issue cannot be written.
    pub fn refuse(&mut self, at: RowAt, refusal: Refusal) -> Result<(), FormatError> {
        self.summary.rows += 1;
        self.count_refusal(at, refusal)
    }

    /// Says something of the file as a whole that is no reason to refuse anything.
    ///
    /// # Errors
    /// Only if the issue cannot be written.
    pub fn note(&mut self, note: Refusal) -> Result<(), FormatError> {
        self.count_note(None, note)
    }

    /// How many rows have been seen.
    pub(crate) fn rows(&self) -> u64 {
        self.summary.rows
    }

    /// Whether the file is read again only to find where records stand.
    pub fn is_citing(&self) -> bool {
        self.citing.is_some()
    }

    pub(crate) fn finish(mut self) -> Result<(ReadSummary, Option<Citing<'a>>), FormatError> {
        self.flush_all()?;
        let mut summary = self.summary;
        for (id, count) in TableId::ALL.iter().zip(self.records) {
            if count > 0 {
                summary.records.insert(id.name(), count);
            }
        }
        if self.citing.is_none() && summary.rows != summary.rows_in_records + summary.rows_refused {
            return Err(FormatError::Internal {
                at: At::file(&self.info.file_name),
                what: "rows were miscounted".into(),
            });
        }
        Ok((summary, self.citing))
    }

    pub(crate) fn into_citing(self) -> Option<Citing<'a>> {
        self.citing
    }

    /// The outer error is one of writing, the inner one the refusal.
    fn fill(
        &mut self,
        at: RowAt,
        fill: impl FnOnce(&mut Row<'_, 'a>) -> Result<(), Refusal>,
    ) -> Result<Result<(), Refusal>, FormatError> {
        let mut row = Row {
            at,
            row: i64::try_from(at.row).unwrap_or(i64::MAX),
            byte_offset: i64::try_from(at.span.start).unwrap_or(i64::MAX),
            text_bytes: self.limits.text_bytes,
            tables: &mut self.tables,
            notes: &mut self.notes,
            citing: self.citing.as_mut(),
            touched: 0,
            before: [0; TableId::ALL.len()],
        };
        let filled = fill(&mut row);
        let (touched, before) = (row.touched, row.before);
        let filled = match filled {
            Ok(()) if touched == 0 => Err(Refusal::row(b"nothing", "a row that gives a record")),
            other => other,
        };
        if filled.is_err() {
            self.notes.clear();
        }
        let mut left = touched;
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            let (Some(rows), Some(columns)) = (before.get(index), self.tables.get_mut(index)) else { continue };
            if filled.is_err() {
                columns.truncate(*rows);
                continue;
            }
            if let Some(count) = self.records.get_mut(index) {
                *count += (columns.len() - rows) as u64;
            }
            if columns.len() >= self.limits.batch_rows || columns.text_bytes() >= self.limits.batch_bytes {
                self.flush(index)?;
            }
        }
        if !self.notes.is_empty() {
            for note in std::mem::take(&mut self.notes) {
                self.count_note(Some(at), note)?;
            }
        }
        if let Some(citing) = &mut self.citing {
            citing.end_row(filled.is_ok());
        }
        Ok(filled)
    }

    fn flush_all(&mut self) -> Result<(), FormatError> {
        (0..TableId::ALL.len()).try_for_each(|index| self.flush(index))
    }

    fn flush(&mut self, index: usize) -> Result<(), FormatError> {
        let columns = self.tables.get_mut(index).filter(|columns| columns.len() > 0);
        let (Some(columns), Some(id)) = (columns, TableId::ALL.get(index).copied()) else { return Ok(()) };
        if self.citing.is_some() {
            columns.truncate(0);
            return Ok(());
        }
        let at = || At::file(&self.info.file_name);
        let batch = columns
            .take(&self.info.source_id)
            .map_err(|error| FormatError::Internal { at: at(), what: error.to_string() })?;
        self.out.batch(id, batch).map_err(|source| FormatError::Write { at: at(), source })
    }

    fn count_refusal(&mut self, at: RowAt, refusal: Refusal) -> Result<(), FormatError> {
        self.summary.rows_refused += 1;
        self.issue(Some(at), refusal, Severity::Refused)
    }

    fn count_note(&mut self, at: Option<RowAt>, note: Refusal) -> Result<(), FormatError> {
        self.summary.notes += 1;
        if self.summary.notes > self.limits.notes {
            return Ok(());
        }
        self.issue(at, note, Severity::Note)
    }

    fn issue(&mut self, at: Option<RowAt>, what: Refusal, severity: Severity) -> Result<(), FormatError> {
        if self.citing.is_some() {
            return Ok(());
        }
        let place = what.at.or(at.map(|at| at.span));
        let issue = Issue {
            source_id: self.info.source_id.clone(),
            file_name: self.info.file_name.clone(),
            row: at.map(|at| at.row),
            byte_offset: place.map(|span| span.start),
            column: what.column,
            found: what.found,
            expected: what.expected,
            severity,
        };
        self.out.issue(issue).map_err(|source| FormatError::Write { at: At::file(&self.info.file_name), source })
    }

    fn at(&self, at: RowAt) -> At {
        At::file(&self.info.file_name).row(at.row).byte(at.span.start)
    }
}

/// One row while its records are set.
pub struct Row<'r, 'a> {
    at: RowAt,
    row: i64,
    byte_offset: i64,
    text_bytes: usize,
    tables: &'r mut Vec<TableColumns>,
    notes: &'r mut Vec<Refusal>,
    citing: Option<&'r mut Citing<'a>>,
    /// The tables that this row has touched, a bit each.
    touched: u32,
    /// How many rows each of them had before.
    before: [usize; TableId::ALL.len()],
}

impl<'a> Row<'_, 'a> {
    /// Sets one record of a table.
    ///
    /// # Errors
    /// What `set` refuses, or a required column that it did not set.
    pub fn record(
        &mut self,
        id: TableId,
        set: impl FnOnce(&mut Record<'_, 'a>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let internal = || Refusal::row(id.name().as_bytes(), "a table of this version");
        let columns = self.tables.get_mut(id as usize).ok_or_else(internal)?;
        if self.touched & (1 << id as u32) == 0
            && let Some(before) = self.before.get_mut(id as usize)
        {
            self.touched |= 1 << id as u32;
            *before = columns.len();
        }
        let cites = match &mut self.citing {
            Some(citing) => citing.begin(id, self.at),
            None => false,
        };
        let mut record =
            Record { id, columns, text_bytes: self.text_bytes, citing: self.citing.as_deref_mut().filter(|_| cites) };
        set(&mut record)?;
        if let Err(index) = columns.finish(self.row, self.byte_offset) {
            let name = id.table().columns.get(index).map_or("", |column| column.name);
            return Err(Refusal::missing(name, format_args!("a value, which {id} needs")));
        }
        if let Some(citing) = self.citing.as_deref_mut().filter(|_| cites) {
            citing.end();
        }
        Ok(())
    }

    /// Says something of the row that is no reason to refuse it. It is dropped if the row is refused after all.
    pub fn note(&mut self, column: &str, found: &str, expected: impl ToString) {
        self.notes.push(Refusal {
            column: Some(column.to_owned()),
            found: excerpt(found.as_bytes()),
            expected: expected.to_string(),
            at: None,
        });
    }
}

/// One record while its columns are set. Columns are named by their index in the table.
pub struct Record<'r, 'a> {
    id: TableId,
    columns: &'r mut TableColumns,
    text_bytes: usize,
    citing: Option<&'r mut Citing<'a>>,
}

impl Record<'_, '_> {
    /// Sets a text. An empty one is absent.
    ///
    /// # Errors
    /// A text that is too long or holds NUL.
    pub fn text(&mut self, column: usize, text: &str, origin: impl Into<Origin>) -> Result<(), Refusal> {
        if text.is_empty() {
            return Ok(());
        }
        if text.len() > self.text_bytes {
            return Err(Refusal::new(
                self.name(column),
                text,
                format_args!("a text of at most {} bytes", self.text_bytes),
            ));
        }
        if memchr::memchr(0, text.as_bytes()).is_some() {
            return Err(Refusal::new(self.name(column), text, "a text without NUL bytes"));
        }
        self.set(column, Value::Text(text), origin)
    }

    /// Sets a whole number.
    ///
    /// # Errors
    /// None that a right reader can cause.
    pub fn integer(&mut self, column: usize, number: i64, origin: impl Into<Origin>) -> Result<(), Refusal> {
        self.set(column, Value::Integer(number), origin)
    }

    /// Sets an instant in microseconds since 1970.
    ///
    /// # Errors
    /// None that a right reader can cause.
    pub fn instant(&mut self, column: usize, micros: i64, origin: impl Into<Origin>) -> Result<(), Refusal> {
        self.set(column, Value::Instant(micros), origin)
    }

    /// Sets a day in days since 1970.
    ///
    /// # Errors
    /// None that a right reader can cause.
    pub fn date(&mut self, column: usize, days: i32, origin: impl Into<Origin>) -> Result<(), Refusal> {
        self.set(column, Value::Date(days), origin)
    }

    /// Sets a truth value.
    ///
    /// # Errors
    /// None that a right reader can cause.
    pub fn boolean(&mut self, column: usize, yes: bool, origin: impl Into<Origin>) -> Result<(), Refusal> {
        self.set(column, Value::Boolean(yes), origin)
    }

    /// Sets an exact amount.
    ///
    /// # Errors
    /// None that a right reader can cause.
    pub fn decimal(&mut self, column: usize, amount: Amount, origin: impl Into<Origin>) -> Result<(), Refusal> {
        self.set(column, Value::Decimal(amount), origin)
    }

    /// Whether a column has a value.
    pub fn is_set(&self, column: usize) -> bool {
        self.columns.is_set(column)
    }

    fn set(&mut self, column: usize, value: Value<'_>, origin: impl Into<Origin>) -> Result<(), Refusal> {
        if !self.columns.set(column, value) {
            return Err(Refusal::new(self.name(column), "a second value", "one value of the column's type"));
        }
        if let Some(citing) = &mut self.citing {
            citing.set(column, value, origin.into());
        }
        Ok(())
    }

    fn name(&self, column: usize) -> &'static str {
        self.id.table().columns.get(column).map_or("", |column| column.name)
    }
}
