//! A stretch of the file in memory that holds at least the row that is being read, and little more.

use crate::error::{At, FormatError};
use crate::probing::HEAD_BYTES;
use crate::source::Source;

/// How much is read at once.
const CHUNK_BYTES: usize = 256 << 10;

/// The bytes from the beginning of the present row on.
pub(crate) struct Window<'s> {
    source: &'s mut dyn Source,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    at_end: bool,
}

impl<'s> Window<'s> {
    pub(crate) fn new(source: &'s mut dyn Source) -> Window<'s> {
        let offset = source.position();
        Window { source, buffer: vec![0; CHUNK_BYTES], start: 0, end: 0, offset, at_end: false }
    }

    /// What is in memory.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Where in the file the first of [`Window::bytes`] stands.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether nothing comes after [`Window::bytes`].
    pub(crate) fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// Drops bytes from the beginning.
    pub(crate) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Reads on. Says whether there was more.
    pub(crate) fn more(&mut self) -> Result<bool, FormatError> {
        if self.at_end {
            return Ok(false);
        }
        if self.buffer.len() - self.end < CHUNK_BYTES / 4 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.buffer.len() - self.end < CHUNK_BYTES / 4 {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        loop {
            match self.source.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                Ok(count) => {
                    self.end += count;
                    self.at_end = count == 0;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(source) => {
                    let at = At::file(&self.source.info().file_name).byte(self.source.position());
                    return Err(FormatError::Read { at, source });
                }
            }
        }
    }

    /// Goes on at another byte of the file. Says whether the source can.
    pub(crate) fn jump(&mut self, to: u64) -> Result<bool, FormatError> {
        let jumped = self.source.jump(to).map_err(|source| {
            let at = At::file(&self.source.info().file_name).byte(to);
            FormatError::Read { at, source }
        })?;
        if jumped {
            (self.start, self.end, self.offset, self.at_end) = (0, 0, to, false);
        }
        Ok(jumped)
    }

    /// The first bytes of the file, without dropping any.
    pub(crate) fn peek(&mut self) -> Result<&[u8], FormatError> {
        while self.bytes().len() < HEAD_BYTES && self.more()? {}
        let bytes = self.bytes();
        Ok(bytes.get(..HEAD_BYTES).unwrap_or(bytes))
    }

    /// Passes over a byte order mark at the beginning of the file.
    pub(crate) fn skip_byte_order_mark(&mut self) -> Result<(), FormatError> {
        while self.bytes().len() < 3 && self.more()? {}
        if self.offset == 0 && self.bytes().starts_with(b"\xef\xbb\xbf") {
            self.consume(3);
        }
        Ok(())
    }
}
