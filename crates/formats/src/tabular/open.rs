//! Opening a provider's table: comma-separated, UTF-8, with known headings.

use super::{Cell, Headings, Records, RowView, Window};
use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::{Encoding, Mapping};
use crate::put::BY_CONSTANT;
use crate::source::Source;

/// A provider's table after its headings.
pub(crate) struct Opened<'s> {
    pub(crate) records: Records<'s>,
    pub(crate) headings: Headings,
    pub(crate) mapping: Option<Mapping>,
    pub(crate) file_name: String,
}

/// Reads the headings.
pub(crate) fn open<'s>(source: &'s mut dyn Source, limits: &Limits) -> Result<Opened<'s>, FormatError> {
    let mapping = source.mapping().cloned();
    let file_name = source.info().file_name.clone();
    let mut records = Records::new(Window::new(source), b',', Encoding::Utf8, limits)?;
    let headings = records.headings(&file_name)?;
    Ok(Opened { records, headings, mapping, file_name })
}

/// A column of a provider's table, which may be missing.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    index: Option<usize>,
    name: String,
    constant: Option<String>,
}

impl Opened<'_> {
    /// A column that must be there, by any of its spellings.
    pub(crate) fn needed(&self, names: &[&str]) -> Result<Place, FormatError> {
        let place = self.place(names);
        if place.index.is_some() {
            return Ok(place);
        }
        Err(FormatError::NotReadable {
            at: At::file(&self.file_name).column(&place.name),
            found: format!("headings {}", crate::issue::excerpt(self.headings.names.join(", ").as_bytes())),
            expected: format!("a heading {}", names.join(" or ")),
        })
    }

    /// A column that may be missing.
    pub(crate) fn place(&self, names: &[&str]) -> Place {
        let index = self.headings.find_any(names);
        let name = index.map_or_else(|| names.first().copied().unwrap_or_default(), |index| self.headings.name(index));
        Place { index, name: name.to_owned(), constant: None }
    }

    /// The same; where the column is missing or empty, the mapping's constant stands for it.
    pub(crate) fn place_or_constant(&self, names: &[&str], column: &str) -> Place {
        let constant = self.mapping.as_ref().and_then(|mapping| mapping.constant(column)).map(str::to_owned);
        Place { constant, ..self.place(names) }
    }
}

impl Place {
    /// The cell of a row.
    pub(crate) fn cell<'c>(&'c self, view: &RowView<'c>) -> Cell<'c> {
        let cell = view.cell(self.index.unwrap_or(usize::MAX), &self.name);
        match &self.constant {
            Some(text) if cell.is_empty() => Cell { name: &self.name, text, origin: Origin::Rule(BY_CONSTANT) },
            _ => cell,
        }
    }

    /// The cell of a row, which must not be empty.
    pub(crate) fn filled<'c>(&'c self, view: &RowView<'c>) -> Result<Cell<'c>, Refusal> {
        let cell = self.cell(view);
        if cell.is_empty() { Err(Refusal::missing(&self.name, "a value")) } else { Ok(cell) }
    }
}
