//! ZIP files whose bytes follow from what is in them: entries in the order given, no time, no machine.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::ReportError;

/// A file for an archive: its name, its bytes, and whether it is a program.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) program: bool,
}

impl Entry {
    pub(crate) fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into(), program: false }
    }
}

/// Packs files.
///
/// # Errors
/// Where two have one name.
pub(crate) fn pack(entries: &[Entry]) -> Result<Vec<u8>, ReportError> {
    let fail = |e: zip::result::ZipError| ReportError::form("archive")(e.to_string());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .system(System::Unix)
            .unix_permissions(if entry.program { 0o755 } else { 0o644 });
        zip.start_file(entry.name.as_str(), options).map_err(fail)?;
        zip.write_all(&entry.bytes).map_err(|e| ReportError::form("archive")(e.to_string()))?;
    }
    Ok(zip.finish().map_err(fail)?.into_inner())
}
