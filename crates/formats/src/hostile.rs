//! Files made to do harm, for the examples of all formats. They are made when asked for: none lies in the repository.

use std::io::{self, Read, Seek, SeekFrom};

use crate::format::Content;
use crate::source::ReadSeek;

/// A ZIP archive whose one entry claims to unpack to 4 GiB. Nothing is unpacked, so its body does not matter.
pub(crate) const ZIP_BOMB: Content = Content::Bytes(
    b"PK\x03\x04\x2d\x00\x00\x00\x08\x00\x00\x00\x21\x00\x00\x00\x00\x00\x10\x00\x00\x00\xff\xff\xff\xff\x05\x00\x00\x00a.csv",
);

/// A gzip file.
pub(crate) const GZIP: Content = Content::Bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x04\x00");

/// Nothing at all.
pub(crate) const EMPTY: Content = Content::Bytes(b"");

/// A text as UTF-16 with its byte order mark.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// JSON arrays inside each other.
pub(crate) fn deep_json(depth: usize) -> Vec<u8> {
    [b"[".repeat(depth), b"]".repeat(depth)].concat()
}

/// A file in pieces, each repeated, that never lies in memory as a whole.
pub(crate) struct Pieces {
    pieces: Vec<(Vec<u8>, u64)>,
    length: u64,
    position: u64,
}

impl Pieces {
    /// The pieces and how often each comes, one piece after the other.
    pub(crate) fn streamed(pieces: Vec<(Vec<u8>, u64)>) -> (Box<dyn ReadSeek>, u64) {
        let length = pieces.iter().map(|(bytes, count)| bytes.len() as u64 * count).sum();
        (Box::new(Pieces { pieces, length, position: 0 }), length)
    }
}

impl Read for Pieces {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        let mut begin = 0;
        for (bytes, count) in &self.pieces {
            let end = begin + bytes.len() as u64 * count;
            while self.position < end && self.position >= begin && filled < buf.len() {
                let inside = usize::try_from((self.position - begin) % bytes.len() as u64).unwrap_or(0);
                let rest = bytes.get(inside..).unwrap_or_default();
                let room = buf.get_mut(filled..).unwrap_or_default();
                let length = rest.len().min(room.len());
                if let (Some(to), Some(from)) = (room.get_mut(..length), rest.get(..length)) {
                    to.copy_from_slice(from);
                }
                filled += length;
                self.position += length as u64;
            }
            begin = end;
        }
        Ok(filled)
    }
}

impl Seek for Pieces {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(by) => (self.length, by),
            SeekFrom::Current(by) => (self.position, by),
        };
        let position = base.checked_add_signed(by);
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
