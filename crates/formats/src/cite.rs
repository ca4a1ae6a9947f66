//! Where in the sealed file a record stands: the file is read again, and each value says which bytes it came from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tutela_model::{TableId, time};

use crate::columns::Value;
use crate::sink::RowAt;
use crate::source::Span;

/// A record with the bytes of its values.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Cited {
    /// The table.
    pub table: TableId,
    /// The row, counted from 1. A row may give several records.
    pub row: u64,
    /// The bytes of the whole row; of the first, where several rows made the record.
    pub span: Span,
    /// The columns that have a value, in the table's order.
    pub columns: Vec<CitedColumn>,
}

/// One value of a record.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct CitedColumn {
    /// The column.
    pub column: &'static str,
    /// The value in canonical text, as a CSV file with canonical headings holds it.
    pub value: String,
    /// The bytes it was read from, without quotes; none where no bytes of the file say it.
    pub span: Option<Span>,
    /// How it follows from the bytes, or from what else; none where the bytes spell it, but for case and white space.
    pub rule: Option<&'static str>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// From bytes that spell it.
    Bytes(Span),
    /// From bytes, by a rule.
    Read(Span, &'static str),
    /// By a rule alone, such as a constant of the mapping.
    Rule(&'static str),
}

impl From<Span> for Origin {
    fn from(span: Span) -> Origin {
        Origin::Bytes(span)
    }
}

impl Origin {
    /// The same bytes, with the rule that the value follows by.
    #[must_use]
    pub fn by(self, rule: &'static str) -> Origin {
        match self {
            Origin::Bytes(span) | Origin::Read(span, _) => Origin::Read(span, rule),
            Origin::Rule(_) => self,
        }
    }
}

/// The records that are looked for, and those found.
pub(crate) struct Citing<'a> {
    wanted: &'a BTreeSet<(TableId, u64)>,
    /// Where rows begin, as their records say.
    places: &'a BTreeMap<u64, u64>,
    rows: BTreeSet<u64>,
    last: u64,
    found: Vec<Cited>,
    /// Records of the row that is being read, which may yet be refused.
    pending: Vec<Cited>,
    open: Option<Cited>,
}

impl<'a> Citing<'a> {
    pub(crate) fn new(wanted: &'a BTreeSet<(TableId, u64)>, places: &'a BTreeMap<u64, u64>) -> Citing<'a> {
        let rows: BTreeSet<u64> = wanted.iter().map(|(_, row)| *row).collect();
        let last = rows.last().copied().unwrap_or(0);
        Citing { wanted, places, rows, last, found: Vec::new(), pending: Vec::new(), open: None }
    }

    /// The wanted rows with the bytes they begin at; none where that of any is not known.
    pub(crate) fn places(&self) -> Vec<(u64, u64)> {
        let place = |row: &u64| self.places.get(row).map(|offset| (*row, *offset));
        self.rows.iter().map(place).collect::<Option<_>>().unwrap_or_default()
    }

    pub(crate) fn wants_row(&self, row: u64) -> bool {
        self.rows.contains(&row)
    }

    pub(crate) fn is_past(&self, row: u64) -> bool {
        row > self.last
    }

    pub(crate) fn begin(&mut self, table: TableId, at: RowAt) -> bool {
        let wants = self.wanted.contains(&(table, at.row));
        self.open = wants.then(|| Cited { table, row: at.row, span: at.span, columns: Vec::new() });
        wants
    }

    pub(crate) fn set(&mut self, column: usize, value: Value<'_>, origin: Origin) {
        let Some(open) = &mut self.open else { return };
        let Some(column) = open.table.table().columns.get(column) else { return };
        let (span, rule) = match origin {
            Origin::Bytes(span) => (Some(span), None),
            Origin::Read(span, rule) => (Some(span), Some(rule)),
            Origin::Rule(rule) => (None, Some(rule)),
        };
        open.columns.push(CitedColumn { column: column.name, value: canonical_text(value), span, rule });
    }

    pub(crate) fn end(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        let table = open.table.table();
        open.columns.sort_by_key(|cited| table.column(cited.column).map(|(index, _)| index));
        self.pending.push(open);
    }

    pub(crate) fn end_row(&mut self, kept: bool) {
        self.open = None;
        if kept {
            self.found.append(&mut self.pending);
        } else {
            self.pending.clear();
        }
    }

    pub(crate) fn into_found(mut self) -> Vec<Cited> {
        self.found.sort_by_key(|cited| (cited.table, cited.row));
        self.found
    }
}

/// The text that a CSV file with canonical headings holds for a value.
pub(crate) fn canonical_text(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Instant(micros) => time::format_instant(micros),
        Value::Date(days) => time::format_date(days),
        Value::Boolean(yes) => yes.to_string(),
        Value::Decimal(amount) => amount.to_string(),
    }
}
