//! Sources to records: one file a format.
//!
//! A format reads the bytes of one sealed file and hands out Arrow batches of records and, for each row that could not
//! become a record, one issue. It knows no case, no engine and no clock. Rows seen = rows in records + rows refused,
//! for every file there can be.
//!
//! **A new format is one file in this folder and one line in `register!` below.** The list drives the command line, the
//! manual and the tests.

mod cite;
mod columns;
mod error;
mod format;
mod hostile;
mod iso_20022;
mod issue;
mod json;
mod limits;
mod lines;
mod mapping;
mod part;
mod platform;
mod port_events;
mod probing;
mod put;
mod shipped;
mod sink;
mod source;
mod tabular;
mod whole;
mod xml;

pub use cite::{Cited, CitedColumn, Origin};
pub use error::{At, ErrorKind, FormatError};
pub use format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
pub use issue::{EXCERPT_BYTES, Issue, Refusal, Severity, excerpt};
pub use limits::Limits;
pub use mapping::{DateRule, Encoding, Mapping, MappingError};
pub use platform::slug as platform_slug;
pub use probing::{HEAD_BYTES, ProbeError, choose, probe};
pub use shipped::{SHIPPED, ShippedMapping, shipped};
pub use sink::{Output, ReadSummary, Record, Row, RowAt, Sink};
pub use source::{ReadSeek, Source, SourceInfo, Span};

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use arrow::array::RecordBatch;
use tutela_model::TableId;

/// Declares the modules of the formats and lists them.
macro_rules! register {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every format, in the order of the manual.
        pub static FORMATS: &[&dyn Format] = &[$(&$module::FORMAT),*];
    };
}

register! {
    ncmec_report_json,
    google_access_log,
    instagram_login_activity,
    kik_binds,
    radius_detail,
    cgnat_syslog_juniper,
    cgnat_syslog_cisco,
    sharing_rule,
    etsi_102_657,
    ipfix_nat,
    roblox_ip,
    snap_ip_data,
    camt_statement,
    pacs_008,
    mt103,
    goaml_5,
    csv,
}

/// The format of that name.
pub fn by_id(id: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.meta().id == id)
}

/// Reads a file from its first byte.
///
/// # Errors
/// The file cannot be read at all or no further, or `out` cannot write. What was handed out before then is incomplete
/// and must be thrown away.
pub fn read(
    format: &dyn Format,
    file: &mut dyn ReadSeek,
    info: &SourceInfo,
    mapping: Option<&Mapping>,
    limits: &Limits,
    out: &mut dyn Output,
) -> Result<ReadSummary, FormatError> {
    check_head(format, file, info)?;
    let mut source = source::SealedFile::open(file, info, mapping)?;
    let mut sink = Sink::new(info, limits, out, None);
    format.read(&mut source, &mut sink, limits)?;
    Ok(sink.finish()?.0)
}

/// Reads a file again and gives the wanted records, each value with the bytes it was read from. A row may have given
/// several records of a table; all of them come. `places` are the bytes at which rows begin, as their records say: where all are
/// there and the format's rows stand for themselves, nothing else of the file is read.
///
/// # Errors
/// As [`read`].
pub fn cite(
    format: &dyn Format,
    file: &mut dyn ReadSeek,
    info: &SourceInfo,
    mapping: Option<&Mapping>,
    limits: &Limits,
    wanted: &BTreeSet<(TableId, u64)>,
    places: &BTreeMap<u64, u64>,
) -> Result<Vec<Cited>, FormatError> {
    check_head(format, file, info)?;
    let mut source = source::SealedFile::open(file, info, mapping)?;
    let mut nowhere = Nowhere;
    let mut sink = Sink::new(info, limits, &mut nowhere, Some(cite::Citing::new(wanted, places)));
    match format.read(&mut source, &mut sink, limits) {
        Ok(()) | Err(FormatError::Enough) => {}
        Err(error) => return Err(error),
    }
    let found = sink.into_citing().map(cite::Citing::into_found).unwrap_or_default();
    // A place that is not that of its row is no place: then the rows are counted from the beginning.
    let right: BTreeSet<(TableId, u64)> =
        found.iter().filter(|c| places.get(&c.row) == Some(&c.span.start)).map(|c| (c.table, c.row)).collect();
    if !places.is_empty() && !wanted.is_subset(&right) {
        return cite(format, file, info, mapping, limits, wanted, &BTreeMap::new());
    }
    Ok(found)
}

/// A ZIP or UTF-16 text is refused whole also where a format was forced.
fn check_head(format: &dyn Format, file: &mut dyn ReadSeek, info: &SourceInfo) -> Result<(), FormatError> {
    let read_error = |source| FormatError::Read { at: At::file(&info.file_name), source };
    file.rewind().map_err(read_error)?;
    let mut head = Vec::new();
    (&mut *file).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(read_error)?;
    match probing::unreadable(&head, format.is_binary()) {
        None => Ok(()),
        Some((found, expected)) => Err(FormatError::NotReadable {
            at: At::file(&info.file_name).byte(0),
            found: found.into(),
            expected: expected.into(),
        }),
    }
}

/// Where nothing is written, since only places are looked for.
struct Nowhere;

impl Output for Nowhere {
    fn batch(&mut self, _: TableId, _: RecordBatch) -> std::io::Result<()> {
        Ok(())
    }

    fn issue(&mut self, _: &Issue) -> std::io::Result<()> {
        Ok(())
    }
}
