//! The sealed file that is read.

use std::io::{self, Read, Seek, SeekFrom};

use crate::error::{At, FormatError};
use crate::mapping::Mapping;

/// A range of bytes of the sealed file: from `start`, up to and without `end`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Deserialize, serde::Serialize)]
pub struct Span {
    /// The first byte.
    pub start: u64,
    /// The byte after the last.
    pub end: u64,
}

impl Span {
    /// The bytes from `start` up to `end`.
    pub fn new(start: u64, end: u64) -> Span {
        Span { start, end }
    }

    /// The bytes of `length` from `start`.
    pub fn sized(start: u64, length: usize) -> Span {
        Span { start, end: start + length as u64 }
    }
}

/// What is known of a file before it is read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceInfo {
    /// SHA-256 of the sealed file in lower-case hex.
    pub source_id: String,
    /// The name the file came with.
    pub file_name: String,
    /// How long it is.
    pub size_bytes: u64,
}

/// Something that can be read from any place: a file, or a cursor in a test.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// What a format reads from: bytes from the first to the last, and what was given beside them.
pub trait Source: Read {
    /// What is known of the file.
    fn info(&self) -> &SourceInfo;

    /// What the user stated beside the file.
    fn mapping(&self) -> Option<&Mapping>;

    /// Where the next byte to be read stands.
    fn position(&self) -> u64;

    /// Goes on at another byte. Says whether it can.
    ///
    /// # Errors
    /// Where the file cannot be read there.
    fn jump(&mut self, _to: u64) -> io::Result<bool> {
        Ok(false)
    }
}

/// A sealed file with its mapping.
pub(crate) struct SealedFile<'a> {
    file: &'a mut dyn ReadSeek,
    info: &'a SourceInfo,
    mapping: Option<&'a Mapping>,
    position: u64,
}

impl<'a> SealedFile<'a> {
    /// Starts at the first byte.
    pub(crate) fn open(
        file: &'a mut dyn ReadSeek,
        info: &'a SourceInfo,
        mapping: Option<&'a Mapping>,
    ) -> Result<SealedFile<'a>, FormatError> {
        file.rewind().map_err(|source| FormatError::Read { at: At::file(&info.file_name), source })?;
        Ok(SealedFile { file, info, mapping, position: 0 })
    }
}

impl Read for SealedFile<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buf)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Source for SealedFile<'_> {
    fn info(&self) -> &SourceInfo {
        self.info
    }

    fn mapping(&self) -> Option<&Mapping> {
        self.mapping
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn jump(&mut self, to: u64) -> io::Result<bool> {
        self.position = self.file.seek(SeekFrom::Start(to))?;
        Ok(true)
    }
}
