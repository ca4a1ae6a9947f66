//! Logs of one line an entry, with the bytes of each part. Bounded memory: a line that is too long is passed over.

use crate::error::FormatError;
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::source::{Source, Span};
use crate::tabular::Window;

/// Splits a file into lines. Blank lines are none.
pub(crate) struct Lines<'s> {
    window: Window<'s>,
    row_bytes: usize,
    /// How much of the window the present line takes.
    taken: usize,
    /// The same without white space at its end.
    length: usize,
}

/// What comes next.
pub(crate) enum NextLine {
    /// A line, in [`Lines::line`].
    Line(Span),
    /// A line that is refused as it stands.
    Unreadable(Span, Refusal),
    /// Nothing.
    End,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(source: &'s mut dyn Source, limits: &Limits) -> Result<Lines<'s>, FormatError> {
        let mut window = Window::new(source);
        window.skip_byte_order_mark()?;
        Ok(Lines { window, row_bytes: limits.row_bytes, taken: 0, length: 0 })
    }

    /// The present line.
    pub(crate) fn line(&self) -> Part<'_> {
        let bytes = self.window.bytes().get(..self.length).unwrap_or_default();
        // `next` has checked it.
        Part { text: std::str::from_utf8(bytes).unwrap_or_default(), start: self.window.offset() }
    }

    pub(crate) fn next(&mut self) -> Result<NextLine, FormatError> {
        self.window.consume(std::mem::take(&mut self.taken));
        self.skip_blank()?;
        let mut from = 0;
        loop {
            let bytes = self.window.bytes();
            let found = memchr::memchr(b'\n', bytes.get(from..).unwrap_or_default()).map(|at| from + at);
            if let Some(end) = found.or_else(|| self.window.is_at_end().then_some(bytes.len())) {
                if bytes.is_empty() {
                    return Ok(NextLine::End);
                }
                if end > self.row_bytes {
                    self.window.consume(end);
                    return Ok(self.too_long(end as u64));
                }
                self.taken = end;
                return Ok(self.check());
            }
            if bytes.len() > self.row_bytes {
                return self.pass_over();
            }
            from = bytes.len();
            self.window.more()?;
        }
    }

    fn check(&mut self) -> NextLine {
        let line = self.window.bytes().get(..self.taken).unwrap_or_default().trim_ascii_end();
        self.length = line.len();
        let span = Span::sized(self.window.offset(), line.len());
        if memchr::memchr(0, line).is_some() {
            return NextLine::Unreadable(span, Refusal::row(line, "a line without NUL bytes"));
        }
        match std::str::from_utf8(line) {
            Ok(_) => NextLine::Line(span),
            Err(error) => {
                let at = error.valid_up_to();
                let broken = line.get(at..).unwrap_or_default();
                let place = Span::new(span.start + at as u64, span.end);
                NextLine::Unreadable(span, Refusal::row(broken, "UTF-8").at(place))
            }
        }
    }

    fn skip_blank(&mut self) -> Result<(), FormatError> {
        loop {
            let bytes = self.window.bytes();
            let blank = bytes.len() - bytes.trim_ascii_start().len();
            let all = blank == bytes.len();
            self.window.consume(blank);
            if !all || !self.window.more()? {
                return Ok(());
            }
        }
    }

    fn too_long(&self, length: u64) -> NextLine {
        let found = format!("a line of {length} bytes");
        let refusal = Refusal::row(found.as_bytes(), format_args!("a line of at most {} bytes", self.row_bytes));
        NextLine::Unreadable(Span::new(self.window.offset() - length, self.window.offset()), refusal)
    }

    /// Goes to the end of a line that is too long, keeping nothing of it.
    fn pass_over(&mut self) -> Result<NextLine, FormatError> {
        let mut length = 0_u64;
        loop {
            let bytes = self.window.bytes();
            let end = memchr::memchr(b'\n', bytes);
            let count = end.unwrap_or(bytes.len());
            length += count as u64;
            self.window.consume(count);
            if end.is_some() || !self.window.more()? {
                return Ok(self.too_long(length));
            }
        }
    }
}

/// A part of a line and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'l> {
    pub(crate) text: &'l str,
    pub(crate) start: u64,
}

impl<'l> Part<'l> {
    pub(crate) fn span(self) -> Span {
        Span::sized(self.start, self.text.len())
    }

    /// It is not what it should be.
    pub(crate) fn refuse(self, name: &str, expected: impl ToString) -> Refusal {
        Refusal::new(name, self.text, expected).at(self.span())
    }

    /// What stands before a mark and what after it.
    pub(crate) fn split_once(self, mark: &str) -> Option<(Part<'l>, Part<'l>)> {
        let (before, after) = self.text.split_once(mark)?;
        let start = self.start + (before.len() + mark.len()) as u64;
        Some((Part { text: before, start: self.start }, Part { text: after, start }))
    }

    /// The same at the last of several marks.
    pub(crate) fn rsplit_once(self, mark: char) -> Option<(Part<'l>, Part<'l>)> {
        let (before, after) = self.text.rsplit_once(mark)?;
        let start = self.start + (before.len() + mark.len_utf8()) as u64;
        Some((Part { text: before, start: self.start }, Part { text: after, start }))
    }

    /// What is left without an ending.
    pub(crate) fn without_end(self, end: &str) -> Part<'l> {
        Part { text: self.text.strip_suffix(end).unwrap_or(self.text), start: self.start }
    }

    /// What stands between white space.
    pub(crate) fn words(self) -> impl Iterator<Item = Part<'l>> {
        let mut start = self.start;
        let parts = self.text.split(|c: char| c.is_ascii_whitespace()).map(move |text| {
            let part = Part { text, start };
            start += text.len() as u64 + 1;
            part
        });
        parts.filter(|part| !part.text.is_empty())
    }

    /// From the beginning of this part to the end of a later one of the same line.
    pub(crate) fn until(self, last: Part<'_>) -> Span {
        Span::new(self.start, last.span().end)
    }
}
