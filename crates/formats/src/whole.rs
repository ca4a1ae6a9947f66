//! A file that is read as one document.

use std::io::Read as _;

use crate::error::{At, FormatError};
use crate::limits::Limits;
use crate::source::Source;

/// The text of a whole file.
pub(crate) struct Whole {
    pub(crate) text: String,
    /// Where the text begins in the file: after a byte order mark.
    pub(crate) offset: u64,
}

impl Whole {
    /// Reads a file to its end; `what` is what is limited.
    pub(crate) fn read(source: &mut dyn Source, limits: &Limits, what: &'static str) -> Result<Whole, FormatError> {
        let file_name = source.info().file_name.clone();
        let max = limits.document_bytes;
        let too_long = |seen| FormatError::Limit { at: At::file(&file_name), what, seen, max };
        if source.info().size_bytes > max {
            return Err(too_long(source.info().size_bytes));
        }
        let mut bytes = Vec::new();
        source
            .take(max + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| FormatError::Read { at: At::file(&file_name), source })?;
        if bytes.len() as u64 > max {
            return Err(too_long(bytes.len() as u64));
        }
        let offset = if bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
            3
        } else {
            0
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let found = error.as_bytes().get(at..(at + 4).min(error.as_bytes().len())).unwrap_or_default();
            FormatError::NotReadable {
                at: At::file(&file_name).byte(offset + at as u64),
                found: crate::issue::excerpt(found),
                expected: "UTF-8".into(),
            }
        })?;
        Ok(Whole { text, offset })
    }
}
