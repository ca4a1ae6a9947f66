//! Rows and cells of delimited text (RFC 4180, and the many files that only nearly follow it), with the bytes of each
//! cell. Bounded memory: a row that is too long is passed over.

use csv_core::ReadFieldResult;

use super::window::Window;
use crate::cite::Origin;
use crate::error::FormatError;
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::Encoding;
use crate::source::Span;

/// One cell: its text without quotes and outer white space, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'c> {
    /// The heading, for issues.
    pub(crate) name: &'c str,
    pub(crate) text: &'c str,
    pub(crate) origin: Origin,
}

impl Cell<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The cell is not what it should be.
    pub(crate) fn refuse(&self, expected: impl ToString) -> Refusal {
        let refusal = Refusal::new(self.name, self.text, expected);
        match self.origin {
            Origin::Bytes(span) | Origin::Read(span, _) => refusal.at(span),
            Origin::Rule(_) => refusal,
        }
    }
}

/// What comes next in the file.
pub(crate) enum Next {
    /// A row; see [`Records::row`].
    Row,
    /// A row that is refused as it stands.
    Unreadable(Span, Refusal),
    /// Nothing.
    End,
}

/// Reads row by row.
pub(crate) struct Records<'s> {
    pub(super) window: Window<'s>,
    core: csv_core::Reader,
    pub(super) delimiter: u8,
    pub(super) encoding: Encoding,
    row_bytes: usize,
    columns: usize,
    /// How much of the window the present row takes.
    taken: usize,
    /// The cells of the present row, unquoted, one after the other.
    unquoted: Vec<u8>,
    unquoted_len: usize,
    decoded: String,
    fields: Vec<Field>,
    span: Span,
    /// Whether a row has been read; before the first, the core may still pass over a byte order mark.
    started: bool,
    /// Where the text of the present row stands in the window, if it stands there as it is.
    plain: Option<(usize, usize)>,
}

/// A cell: its bytes in the window, and its text in the row's text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) raw: (usize, usize),
    pub(super) text: (usize, usize),
}

impl<'s> Records<'s> {
    pub(crate) fn new(
        mut window: Window<'s>,
        delimiter: u8,
        encoding: Encoding,
        limits: &Limits,
    ) -> Result<Records<'s>, FormatError> {
        window.skip_byte_order_mark()?;
        Ok(Records {
            window,
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            encoding,
            row_bytes: limits.row_bytes,
            columns: limits.columns,
            taken: 0,
            unquoted: vec![0; 4096],
            unquoted_len: 0,
            decoded: String::new(),
            fields: Vec::new(),
            span: Span::default(),
            started: false,
            plain: None,
        })
    }

    /// Goes to the next row. Blank lines are none.
    pub(crate) fn next(&mut self) -> Result<Next, FormatError> {
        self.end_row_before();
        if self.started && self.plain_row() {
            return Ok(Next::Row);
        }
        self.started = true;
        let (mut raw_from, mut text_from) = (0, 0);
        loop {
            let input = self.window.bytes().get(self.taken..).unwrap_or_default();
            if input.is_empty() && !self.window.is_at_end() {
                self.window.more()?;
                continue;
            }
            if self.taken > self.row_bytes {
                return self.pass_over(raw_from);
            }
            let ended_by_file = input.is_empty();
            let output = self.unquoted.get_mut(self.unquoted_len..).unwrap_or_default();
            let (result, consumed, written) = self.core.read_field(input, output);
            self.taken += consumed;
            self.unquoted_len += written;
            match result {
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull => self.unquoted.resize(self.unquoted.len() * 2, 0),
                ReadFieldResult::End => return Ok(Next::End),
                ReadFieldResult::Field { record_end } => {
                    if self.fields.len() < self.columns {
                        let raw = (raw_from, self.taken - usize::from(!ended_by_file));
                        self.fields.push(Field { raw, text: (text_from, self.unquoted_len) });
                    } else if record_end {
                        return Ok(self.too_wide());
                    }
                    if record_end {
                        return Ok(self.end_row(ended_by_file));
                    }
                    (raw_from, text_from) = (self.taken, self.unquoted_len);
                }
            }
        }
    }

    /// Drops the row that was read last.
    pub(super) fn end_row_before(&mut self) {
        self.window.consume(std::mem::take(&mut self.taken));
        self.fields.clear();
        self.unquoted_len = 0;
        self.plain = None;
    }

    /// Goes on at the row that begins at a byte of the file. Says whether one does, by what stands before it; nothing where the
    /// source cannot jump.
    pub(super) fn jump(&mut self, to: u64) -> Result<Option<bool>, FormatError> {
        self.end_row_before();
        if !self.window.jump(to.saturating_sub(1))? {
            return Ok(None);
        }
        self.window.more()?;
        let begins = to == 0 || matches!(self.window.bytes().first(), Some(b'\n' | b'\r'));
        if to > 0 {
            self.window.consume(1);
        }
        self.core.reset();
        self.start_at_row();
        Ok(Some(begins))
    }

    /// Lets what comes next be a row in the midst of a file.
    pub(super) fn start_at_row(&mut self) {
        // A blank line is no row; after it the core no longer looks for a byte order mark.
        let (_, _, _) = self.core.read_field(b"\n", &mut self.unquoted);
        self.started = true;
    }

    /// Takes a row that has no quote, is UTF-8 and stands in the window to its end; most are like this. Its cells are
    /// read where they stand.
    fn plain_row(&mut self) -> bool {
        let bytes = self.window.bytes();
        let begin = self.line_ends();
        let rest = bytes.get(begin..).unwrap_or_default();
        let Some(length) = memchr::memchr3(b'\r', b'\n', b'"', rest) else { return false };
        let line = rest.get(..length).unwrap_or_default();
        let whole = rest.get(length) != Some(&b'"') && begin + length < self.row_bytes;
        if !whole || self.encoding != Encoding::Utf8 || std::str::from_utf8(line).is_err() {
            return false;
        }
        let mut from = 0;
        for to in memchr::memchr_iter(self.delimiter, line).chain([length]) {
            self.fields.push(Field { raw: (begin + from, begin + to), text: (from, to) });
            from = to + 1;
        }
        if self.fields.len() > self.columns {
            self.fields.clear();
            return false;
        }
        self.taken = begin + length + 1;
        self.plain = Some((begin, begin + length));
        let offset = self.window.offset();
        self.span = Span::new(offset + begin as u64, offset + (begin + length) as u64);
        true
    }

    /// The present row.
    pub(crate) fn row(&self) -> RowView<'_> {
        let text = match (self.plain, self.encoding) {
            (Some((from, to)), _) => std::str::from_utf8(self.window.bytes().get(from..to).unwrap_or_default()),
            // `end_row` has checked it.
            (None, Encoding::Utf8) => std::str::from_utf8(self.unquoted.get(..self.unquoted_len).unwrap_or_default()),
            (None, Encoding::Windows1252 | Encoding::Iso8859_1) => Ok(self.decoded.as_str()),
        };
        RowView {
            text: text.unwrap_or_default(),
            fields: &self.fields,
            bytes: self.window.bytes(),
            offset: self.window.offset(),
            span: self.span,
            is_plain: self.plain.is_some(),
        }
    }

    /// How many bytes of line ends stand before the present row: blank lines, and what is left of the end of the row
    /// before.
    fn line_ends(&self) -> usize {
        self.window.bytes().iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
    }

    fn end_row(&mut self, ended_by_file: bool) -> Next {
        let bytes = self.window.bytes();
        let begin = self.line_ends();
        if let Some(first) = self.fields.first_mut() {
            first.raw.0 = first.raw.0.max(begin).min(first.raw.1);
        }
        let end = self.fields.last().map_or(begin, |field| field.raw.1);
        self.span = Span::new(self.window.offset() + begin as u64, self.window.offset() + end as u64);
        if ended_by_file && self.fields.last().is_some_and(|last| is_unclosed(bytes, last.raw)) {
            return Next::Unreadable(self.span, Refusal::row(b"the end of the file", "a closing quote"));
        }
        match self.encoding {
            Encoding::Utf8 => {
                let text = self.unquoted.get(..self.unquoted_len).unwrap_or_default();
                if std::str::from_utf8(text).is_err() {
                    return Next::Unreadable(self.span, self.not_utf8());
                }
            }
            Encoding::Windows1252 | Encoding::Iso8859_1 => self.decode(),
        }
        Next::Row
    }

    /// Letters of one byte: each cell is written anew as UTF-8.
    fn decode(&mut self) {
        self.decoded.clear();
        for field in &mut self.fields {
            let from = self.decoded.len();
            let bytes = self.unquoted.get(field.text.0..field.text.1).unwrap_or_default();
            self.decoded.extend(bytes.iter().map(|byte| decode_byte(*byte, self.encoding)));
            field.text = (from, self.decoded.len());
        }
    }

    fn not_utf8(&self) -> Refusal {
        let offset = self.window.offset();
        for field in &self.fields {
            let bytes = self.unquoted.get(field.text.0..field.text.1).unwrap_or_default();
            if std::str::from_utf8(bytes).is_err() {
                let refusal = Refusal::row(bytes, "UTF-8, or a mapping that states the encoding");
                return refusal.at(Span::new(offset + field.raw.0 as u64, offset + field.raw.1 as u64));
            }
        }
        Refusal::row(b"a letter cut in two by a delimiter", "UTF-8, or a mapping that states the encoding")
    }

    fn too_wide(&mut self) -> Next {
        let end = self.window.offset() + self.taken as u64;
        let span = Span::new(self.window.offset() + self.line_ends() as u64, end);
        let found = format!("more than {} cells", self.columns);
        Next::Unreadable(span, Refusal::row(found.as_bytes(), format_args!("at most {} cells", self.columns)))
    }

    /// Goes to the end of a row that is too long, keeping nothing of it. A line end inside quotes does not end it: what
    /// somebody wrote into a cell must not come out as a row of its own.
    fn pass_over(&mut self, cell_from: usize) -> Result<Next, FormatError> {
        let from = self.window.offset() + self.line_ends() as u64;
        let read = self.window.bytes().get(cell_from..self.taken).unwrap_or_default();
        // The line feed of the row before may stand in front of the first cell.
        let ends = read.iter().take_while(|byte| cell_from == 0 && matches!(byte, b'\r' | b'\n')).count();
        let read = read.get(ends..).unwrap_or_default();
        let mut place = match read.first() {
            None => Place::CellStart,
            Some(b'"') if memchr::memchr_iter(b'"', read).count() % 2 == 1 => Place::InQuotes,
            Some(_) => Place::InCell,
        };
        self.window.consume(std::mem::take(&mut self.taken));
        self.fields.clear();
        loop {
            let bytes = self.window.bytes();
            if bytes.is_empty() || place == Place::RowEnd {
                if place == Place::RowEnd || !self.window.more()? {
                    break;
                }
                continue;
            }
            let (count, next) = place.step(bytes, self.delimiter);
            place = next;
            self.window.consume(count);
        }
        self.core.reset();
        self.start_at_row();
        let span = Span::new(from, self.window.offset());
        let found = format!("a row of {} bytes", span.end - span.start);
        let expected = format!("a row of at most {} bytes", self.row_bytes);
        Ok(Next::Unreadable(span, Refusal::row(found.as_bytes(), expected)))
    }
}

/// Where in a row whose cells are not wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    CellStart,
    InCell,
    InQuotes,
    AfterQuote,
    RowEnd,
}

impl Place {
    /// How many of these bytes, of which there are some, lead to which place.
    pub(super) fn step(self, bytes: &[u8], delimiter: u8) -> (usize, Place) {
        let first = bytes.first().copied().unwrap_or_default();
        let seek = match self {
            Place::InQuotes => memchr::memchr(b'"', bytes),
            _ => memchr::memchr3(delimiter, b'\r', b'\n', bytes),
        };
        let (count, next) = match (self, first, seek.and_then(|at| Some((at, bytes.get(at)?)))) {
            (Place::CellStart, b'"', _) => (1, Place::InQuotes),
            (_, _, None) => (bytes.len(), if self == Place::CellStart { Place::InCell } else { self }),
            // After a closing quote a second one opens again, so that a doubled quote changes nothing.
            (Place::InQuotes, _, Some((at, _))) => (at + 1, Place::AfterQuote),
            (Place::AfterQuote, b'"', _) => (1, Place::InQuotes),
            (_, _, Some((at, byte))) if *byte == delimiter => (at + 1, Place::CellStart),
            (_, _, Some((at, _))) => (at + 1, Place::RowEnd),
        };
        (count, if self == Place::AfterQuote && next == Place::AfterQuote { Place::InCell } else { next })
    }
}

/// Whether a cell opens a quote that the file ends in.
fn is_unclosed(bytes: &[u8], raw: (usize, usize)) -> bool {
    let raw = bytes.get(raw.0..raw.1).unwrap_or_default();
    raw.first() == Some(&b'"') && memchr::memchr_iter(b'"', raw).count() % 2 == 1
}

/// The present row.
pub(crate) struct RowView<'r> {
    pub(super) text: &'r str,
    pub(super) fields: &'r [Field],
    pub(super) bytes: &'r [u8],
    pub(super) offset: u64,
    pub(crate) span: Span,
    /// Whether no cell has a quote, so that each stands in the file as its text does.
    pub(super) is_plain: bool,
}

impl<'r> RowView<'r> {
    /// How many cells it has.
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The cell at an index; an empty one where there is none.
    pub(crate) fn cell(&self, index: usize, name: &'r str) -> Cell<'r> {
        let Some(field) = self.fields.get(index) else {
            return Cell { name, text: "", origin: Origin::Bytes(Span::new(self.span.end, self.span.end)) };
        };
        let whole = self.text.get(field.text.0..field.text.1).unwrap_or_default();
        let has_space = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
        if self.is_plain && !has_space(whole.as_bytes().first()) && !has_space(whole.as_bytes().last()) {
            let span = Span::new(self.offset + field.raw.0 as u64, self.offset + field.raw.1 as u64);
            return Cell { name, text: whole, origin: Origin::Bytes(span) };
        }
        let text = whole.trim_ascii();
        let (mut from, mut to) = field.raw;
        let raw = self.bytes.get(from..to).unwrap_or_default();
        if raw.len() >= 2 && raw.first() == Some(&b'"') && raw.last() == Some(&b'"') {
            (from, to) = (from + 1, to - 1);
        }
        let inner = self.bytes.get(from..to).unwrap_or_default();
        if text.len() < whole.len() || inner.len() > text.len() {
            from += inner.len() - inner.trim_ascii_start().len();
            to -= inner.len() - inner.trim_ascii_end().len();
        }
        let span = Span::new(self.offset + from as u64, self.offset + to.max(from) as u64);
        Cell { name, text, origin: Origin::Bytes(span) }
    }

    /// All cells' texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'r str> {
        self.fields.iter().map(|field| self.text.get(field.text.0..field.text.1).unwrap_or_default().trim_ascii())
    }
}

/// The letter of a byte in a single-byte encoding.
fn decode_byte(byte: u8, encoding: Encoding) -> char {
    // The printable half of the block that ISO 8859-1 leaves to control characters; the five gaps stay as they are.
    const WINDOWS_1252: [char; 32] = [
        '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
        '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}',
        '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}',
        '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
    ];
    let special = byte.checked_sub(0x80).filter(|_| encoding == Encoding::Windows1252);
    special.and_then(|index| WINDOWS_1252.get(usize::from(index)).copied()).unwrap_or(char::from(byte))
}
