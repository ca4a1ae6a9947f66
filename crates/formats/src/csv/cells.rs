//! What a mapping makes of cells before they are read: words for words, several cells as one, amounts of any country.

use std::collections::BTreeMap;

use tutela_model::TableId;
use tutela_model::money::{Amount, MoneyError};
use tutela_model::payment;

use crate::cite::Origin;
use crate::issue::Refusal;
use crate::mapping::Mapping;
use crate::put;
use crate::sink::Record;
use crate::source::Span;
use crate::tabular::{Cell, RowView};

const BY_WORDS: &str = "the mapping's word for it";
const BY_SIGN: &str = "the sign of the amount";

/// What fills a column.
pub(super) enum From {
    Cell(usize),
    /// Several cells with a space between them.
    Joined(Vec<usize>),
    Constant(String),
}

/// A column's words for what cells say. Case does not tell words apart.
#[derive(Default)]
pub(super) struct Words {
    words: BTreeMap<String, String>,
    other: Option<String>,
}

impl Words {
    pub(super) fn of(words: Option<&BTreeMap<String, String>>) -> Words {
        let mut found = Words::default();
        for (said, word) in words.into_iter().flatten() {
            if said == "*" {
                found.other = Some(word.clone());
            } else {
                found.words.insert(said.to_lowercase(), word.clone());
            }
        }
        found
    }

    /// Whether no cell has a word.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.other.is_none()
    }

    fn word(&self, said: &str) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        self.words.get(&said.to_lowercase()).or(self.other.as_ref()).map(String::as_str)
    }

    /// The word for a cell; the cell itself where there is none.
    pub(super) fn say<'c>(&'c self, cell: Cell<'c>) -> Cell<'c> {
        if cell.is_empty() {
            return cell;
        }
        match self.word(cell.text) {
            Some(word) => Cell { text: word, origin: cell.origin.by(BY_WORDS), ..cell },
            None => cell,
        }
    }

    /// Several cells as one, each with its word. Where the first is empty, so is the whole.
    pub(super) fn join<'c>(
        &self,
        view: &RowView<'c>,
        cells: &[usize],
        name: &'c str,
        joined: &'c mut String,
    ) -> Cell<'c> {
        let mut span: Option<Span> = None;
        for index in cells {
            let cell = view.cell(*index, name);
            if cell.is_empty() {
                continue;
            }
            if let Origin::Bytes(bytes) = cell.origin {
                span =
                    Some(span.map_or(bytes, |known| Span::new(known.start.min(bytes.start), known.end.max(bytes.end))));
            }
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(self.word(cell.text).unwrap_or(cell.text));
        }
        if cells.first().is_none_or(|first| view.cell(*first, name).is_empty()) {
            joined.clear();
        }
        let rule = if cells.len() > 1 { "the cells joined" } else { BY_WORDS };
        let origin = span.map_or(Origin::Rule(rule), |span| Origin::Read(span, rule));
        Cell { name, text: joined, origin }
    }
}

/// How amounts are written.
pub(super) struct Amounts {
    decimal: char,
    thousands: Option<char>,
    /// A negative amount is a debit.
    signed: bool,
    /// A negative amount is one.
    may_be_negative: bool,
}

impl Amounts {
    pub(super) fn of(mapping: Option<&Mapping>, column: &str) -> Amounts {
        Amounts {
            decimal: mapping.and_then(|mapping| mapping.decimal).unwrap_or('.'),
            thousands: mapping.and_then(|mapping| mapping.thousands),
            signed: mapping.is_some_and(|mapping| mapping.signed),
            may_be_negative: column == "balance",
        }
    }

    pub(super) fn put(
        &self,
        record: &mut Record<'_, '_>,
        table: TableId,
        column: usize,
        cell: &Cell<'_>,
    ) -> Result<(), Refusal> {
        let amount = self.read(cell)?;
        if self.may_be_negative {
            return put::decimal(record, column, amount, cell);
        }
        if amount.is_negative() && !self.signed {
            return Err(cell.refuse(MoneyError::Negative));
        }
        if self.signed && table == TableId::Payment && column == payment::AMOUNT && !record.is_set(payment::SIDE) {
            let side = if amount.is_negative() { "debit" } else { "credit" };
            record.text(payment::SIDE, side, cell.origin.by(BY_SIGN))?;
        }
        put::decimal(record, column, amount.abs(), cell)
    }

    fn read(&self, cell: &Cell<'_>) -> Result<Amount, Refusal> {
        let Some(mark) = self.thousands.filter(|mark| cell.text.contains(*mark)) else {
            return put::read_amount(cell, self.decimal);
        };
        let whole = cell.text.split(self.decimal).next().unwrap_or_default();
        let mut groups = whole.trim_start_matches(['-', '+']).split(mark);
        let first = groups.next().unwrap_or_default();
        if !(1..=3).contains(&first.len()) || groups.any(|group| group.len() != 3) {
            return Err(cell.refuse(format_args!("an amount with `{mark}` between groups of three digits")));
        }
        let plain: String = cell.text.chars().filter(|letter| *letter != mark).collect();
        Amount::parse_with(&plain, self.decimal).map_err(|error| cell.refuse(error))
    }
}
