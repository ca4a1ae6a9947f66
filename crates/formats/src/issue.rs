//! What could not become a record, and where it stands.

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// The longest excerpt, in bytes.
pub const EXCERPT_BYTES: usize = 64;

/// Whether a row was lost.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The row gave no record. Every refusal is handed out.
    Refused,
    /// The row gave its records; something about it or about the file is worth knowing.
    Note,
}

/// A row that gave no record, or something worth knowing about one that did. It is stored with the case.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Issue {
    /// SHA-256 of the sealed file in lower-case hex.
    pub source_id: String,
    /// The name the file came with.
    pub file_name: String,
    /// The row, counted from 1; none where the whole file is meant.
    pub row: Option<u64>,
    /// The byte where the value, or else the row, begins.
    pub byte_offset: Option<u64>,
    /// The column, heading, attribute or key.
    pub column: Option<String>,
    /// What is there, at most [`EXCERPT_BYTES`] bytes, escaped.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// Whether the row was lost.
    pub severity: Severity,
}

/// Why a row gives no record; the sink makes an [`Issue`] of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    pub(crate) column: Option<String>,
    pub(crate) found: String,
    pub(crate) expected: String,
    pub(crate) at: Option<Span>,
}

impl Refusal {
    /// A refusal of what stands in a column.
    pub fn new(column: impl Into<String>, found: &str, expected: impl ToString) -> Refusal {
        Refusal {
            column: Some(column.into()),
            found: excerpt(found.as_bytes()),
            expected: expected.to_string(),
            at: None,
        }
    }

    /// A refusal of a row as a whole.
    pub fn row(found: &[u8], expected: impl ToString) -> Refusal {
        Refusal { column: None, found: excerpt(found), expected: expected.to_string(), at: None }
    }

    /// A refusal because nothing stands where something must.
    pub fn missing(column: impl Into<String>, expected: impl ToString) -> Refusal {
        Refusal { column: Some(column.into()), found: "nothing".into(), expected: expected.to_string(), at: None }
    }

    /// The same with the bytes of the value.
    #[must_use]
    pub fn at(mut self, span: Span) -> Refusal {
        self.at = Some(span);
        self
    }
}

/// At most [`EXCERPT_BYTES`] bytes of ASCII that show what stands there. Control and other bytes are escaped, so that
/// an excerpt can neither steer a terminal nor pass for something else.
pub fn excerpt(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        let escaped = byte.escape_ascii();
        if out.len() + escaped.len() > EXCERPT_BYTES {
            break;
        }
        out.extend(escaped.map(char::from));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_short_and_plain() {
        let cases: &[(&[u8], &str)] = &[
            (b"192.0.2.1", "192.0.2.1"),
            (b"", ""),
            (b"\x1b[31m\x00", "\\x1b[31m\\x00"),
            ("\u{e9}".as_bytes(), "\\xc3\\xa9"),
            (b"a\"b", "a\\\"b"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(&excerpt(bytes), expected);
        }
        assert_eq!(excerpt(&[b'x'; 500]).len(), EXCERPT_BYTES);
        assert_eq!(excerpt(&[0xff; 500]).len(), EXCERPT_BYTES);
        assert_eq!(excerpt(&[&[b'x'; 62][..], &[0xff]].concat()).len(), 62);
    }
}
