//! Delimited text: what all formats of rows and cells share.

mod open;
mod pieces;
mod records;
mod window;

pub(crate) use open::{Opened, Place, open};
pub(crate) use records::{Cell, Next, Records, RowView};
pub(crate) use window::Window;

use crate::cite::Citing;
use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::sink::{Row, RowAt, Sink};

/// Delimiters that a file may use without saying so, the likeliest first.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The headings of a table, as they stand and as they are compared.
#[derive(Debug)]
pub(crate) struct Headings {
    /// As they stand, without outer white space.
    pub(crate) names: Vec<String>,
    folded: Vec<String>,
}

impl Headings {
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Headings {
        let names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
        let folded = names.iter().map(|name| fold(name)).collect();
        Headings { names, folded }
    }

    /// The headings in the first row of a file's beginning; none if there is no row.
    pub(crate) fn probe(head: &[u8], delimiter: u8) -> Headings {
        let mut head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).to_vec();
        // A file may be one row without a line end.
        head.push(b'\n');
        let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let (mut output, mut ends) = (vec![0; head.len()], vec![0; 1024]);
        let (_, _, _, count) = reader.read_record(&head, &mut output, &mut ends);
        let mut from = 0;
        let cells: Vec<String> = ends
            .iter()
            .take(count)
            .map(|end| {
                let cell = output.get(from..*end).unwrap_or_default();
                from = *end;
                String::from_utf8_lossy(cell).into_owned()
            })
            .collect();
        Headings::new(cells.iter().map(String::as_str))
    }

    /// The index of a heading, whatever its case.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let name = fold(name);
        self.folded.iter().position(|folded| *folded == name)
    }

    /// The index of the first of several spellings of a heading.
    pub(crate) fn find_any(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.find(name))
    }

    /// How often a heading stands there.
    pub(crate) fn count(&self, name: &str) -> usize {
        let name = fold(name);
        self.folded.iter().filter(|folded| **folded == name).count()
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The heading at an index, as it stands.
    pub(crate) fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }
}

/// Case and the kind of white space do not tell headings apart.
fn fold(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Records<'_> {
    /// Reads the first row as headings.
    pub(crate) fn headings(&mut self, file_name: &str) -> Result<Headings, FormatError> {
        let not_readable = |found: String| FormatError::NotReadable {
            at: At::file(file_name),
            found,
            expected: "a first row of headings".into(),
        };
        match self.next()? {
            Next::Row => Ok(Headings::new(self.row().texts())),
            Next::Unreadable(_, refusal) => Err(not_readable(refusal.found)),
            Next::End => Err(not_readable("no row".into())),
        }
    }

    /// Reads all further rows, each with as many cells as there are headings. Where rows are to be cited whose places are
    /// known, it reads these alone.
    pub(crate) fn rows<'o>(
        &mut self,
        headings: usize,
        out: &mut Sink<'o>,
        mut fill: impl FnMut(&mut Row<'_, 'o>, &RowView<'_>) -> Result<(), Refusal>,
    ) -> Result<(), FormatError> {
        let places = out.citing.as_ref().map(Citing::places).unwrap_or_default();
        let mut jumped = false;
        for (row, offset) in places {
            match self.jump(offset)? {
                None => break,
                // Where no row begins there, whoever asked finds the record missing.
                Some(begins) => {
                    jumped = true;
                    if begins {
                        self.one_row(row, headings, out, &mut fill)?;
                    }
                }
            }
        }
        if jumped {
            return Ok(());
        }
        let mut number = 1;
        while self.one_row(number, headings, out, &mut fill)? {
            number += 1;
        }
        Ok(())
    }

    /// Reads the next row. Says whether there was one.
    pub(super) fn one_row<'o>(
        &mut self,
        number: u64,
        headings: usize,
        out: &mut Sink<'o>,
        mut fill: impl FnMut(&mut Row<'_, 'o>, &RowView<'_>) -> Result<(), Refusal>,
    ) -> Result<bool, FormatError> {
        match self.next()? {
            Next::End => return Ok(false),
            Next::Unreadable(span, refusal) => out.row(RowAt { row: number, span }, |_| Err(refusal))?,
            Next::Row => {
                let view = self.row();
                out.row(RowAt { row: number, span: view.span }, |row| {
                    check_width(&view, headings)?;
                    fill(row, &view)
                })?;
            }
        }
        Ok(true)
    }
}

/// As many cells as headings; empty cells beyond the last heading do no harm.
fn check_width(view: &RowView<'_>, headings: usize) -> Result<(), Refusal> {
    let count = view.len();
    if count == headings || (count > headings && view.texts().skip(headings).all(str::is_empty)) {
        return Ok(());
    }
    let found = format!("{count} cells");
    Err(Refusal::row(found.as_bytes(), format_args!("{headings} cells, one for each heading")))
}
