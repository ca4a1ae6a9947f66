//! Which format a file is of, and what to say where none knows it.

use crate::FORMATS;
use crate::format::{Format, Probe};
use crate::issue::excerpt;
use crate::mapping::Mapping;

/// How many bytes of a file are looked at.
pub const HEAD_BYTES: usize = 64 << 10;

/// Why no format could be chosen.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{file_name}: found {found}, expected {expected}")]
pub struct ProbeError {
    /// The file.
    pub file_name: String,
    /// What it seems to be.
    pub found: String,
    /// What would do.
    pub expected: String,
}

/// The format of a file, from its first bytes (at most [`HEAD_BYTES`] are needed) and its name.
///
/// # Errors
/// No format knows the file, or several do.
pub fn probe(head: &[u8], file_name: &str) -> Result<&'static dyn Format, ProbeError> {
    choose(head, file_name, None)
}

/// As [`probe`], with what the user stated beside the file: a mapping with columns, or with a table, is for `csv`.
///
/// # Errors
/// No format knows the file, or several do.
pub fn choose(head: &[u8], file_name: &str, mapping: Option<&Mapping>) -> Result<&'static dyn Format, ProbeError> {
    let is_binary = FORMATS.iter().any(|format| format.is_binary() && format.probe(head, file_name) != Probe::No);
    if let Some((found, expected)) = unreadable(head, is_binary) {
        return Err(ProbeError { file_name: file_name.into(), found: found.into(), expected: expected.into() });
    }
    let for_csv = mapping.is_some_and(|mapping| mapping.maps_columns() || mapping.table.is_some());
    if let Some(csv) = crate::by_id("csv").filter(|_| for_csv) {
        return Ok(csv);
    }
    let mut sure: Vec<&'static dyn Format> = Vec::new();
    let mut likely: Vec<(&'static dyn Format, String)> = Vec::new();
    for format in FORMATS {
        match format.probe(head, file_name) {
            Probe::No => {}
            Probe::Maybe(why) => likely.push((*format, why.into_owned())),
            Probe::Yes(_) => sure.push(*format),
        }
    }
    match (sure.as_slice(), likely.as_slice()) {
        ([one], _) | ([], [(one, _)]) => Ok(*one),
        ([], []) => Err(ProbeError {
            file_name: file_name.into(),
            found: describe(head),
            expected: format!("one of {}; for any other CSV a mapping file", ids(FORMATS.iter().copied())),
        }),
        ([], several) => Err(ProbeError {
            file_name: file_name.into(),
            found: several.iter().map(|(f, why)| format!("{}? ({why})", f.meta().id)).collect::<Vec<_>>().join(", "),
            expected: "a format to be named with --format".into(),
        }),
        (several, _) => Err(ProbeError {
            file_name: file_name.into(),
            found: format!("a file that {} all know", ids(several.iter().copied())),
            expected: "a format to be named with --format".into(),
        }),
    }
}

/// What no format reads, whatever it is called: what was found and what is expected. A format whose files are bytes and no
/// text may read NUL bytes.
pub(crate) fn unreadable(head: &[u8], is_binary: bool) -> Option<(&'static str, &'static str)> {
    const EXTRACT: &str = "the file inside it; unpack it and take in each file, so that every byte has its own seal";
    const CONVERT: &str = "UTF-8; convert the text and take in both files, naming the first as the original";
    const TEXT: &str = "a text file";
    let magics: &[(&[u8], &str, &str)] = &[
        (b"PK\x03\x04", "a ZIP archive (or an Office file)", EXTRACT),
        (b"PK\x05\x06", "an empty ZIP archive", EXTRACT),
        (b"\x1f\x8b", "a gzip archive", EXTRACT),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", EXTRACT),
        (b"Rar!\x1a\x07", "a RAR archive", EXTRACT),
        (b"\xfd7zXZ\x00", "an xz archive", EXTRACT),
        (b"BZh", "a bzip2 archive", EXTRACT),
        (b"\x28\xb5\x2f\xfd", "a Zstandard archive", EXTRACT),
        (b"%PDF-", "a PDF document", "the JSON or CSV that comes with it"),
        (b"\xd0\xcf\x11\xe0", "an old Office file", "the sheet saved as CSV in UTF-8"),
        (b"SQLite format 3\x00", "an SQLite database", "the table exported as CSV in UTF-8"),
        (b"\xff\xfe\x00\x00", "UTF-32 text", CONVERT),
        (b"\xff\xfe", "UTF-16 text", CONVERT),
        (b"\xfe\xff", "UTF-16 text", CONVERT),
    ];
    if head.is_empty() {
        return Some(("an empty file", "a file with records"));
    }
    if let Some((_, found, expected)) = magics.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return Some((found, expected));
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(("a tar archive", EXTRACT));
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if text.iter().all(u8::is_ascii_whitespace) && text.len() < HEAD_BYTES / 2 {
        return Some(("nothing but white space", "a file with records"));
    }
    let nul_count = memchr::memchr_iter(0, head).count();
    if nul_count * 3 >= head.len() && !is_binary {
        let odd = head.iter().skip(1).step_by(2).filter(|byte| **byte == 0).count();
        let is_utf16 = odd * 10 >= nul_count * 9 || odd * 10 <= nul_count;
        let all = nul_count * 10 >= head.len() * 9;
        return Some(if is_utf16 && !all { ("UTF-16 text", CONVERT) } else { ("binary data", TEXT) });
    }
    None
}

fn describe(head: &[u8]) -> String {
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty()).unwrap_or(head);
    match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => "JSON with unknown keys".into(),
        Some(b'<') => "XML or HTML".into(),
        _ => crate::csv::describe_headings(head).unwrap_or_else(|| format!("a text that begins \"{}\"", excerpt(line))),
    }
}

fn ids(formats: impl Iterator<Item = &'static dyn Format>) -> String {
    formats.map(|format| format.meta().id).collect::<Vec<_>>().join(", ")
}
