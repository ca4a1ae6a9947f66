//! What the tests of all formats share.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::io::Cursor;

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use tutela_formats::{
    Content, Example, Format, FormatError, Issue, Limits, Mapping, Output, ReadSeek, ReadSummary, Severity, SourceInfo,
};
use tutela_model::money::Amount;
use tutela_model::{ColumnKind, TableId, time};

/// A record: its columns in canonical text.
pub type Columns = BTreeMap<String, String>;

/// Everything that was handed out.
#[derive(Default)]
pub struct Collected {
    pub records: Vec<(TableId, u64, Columns)>,
    pub offsets: Vec<u64>,
    pub issues: Vec<Issue>,
}

impl Output for Collected {
    fn batch(&mut self, table: TableId, batch: RecordBatch) -> std::io::Result<()> {
        assert!(batch.num_rows() > 0, "an empty batch");
        assert_eq!(batch.schema(), table.table().arrow_schema());
        let width = table.table().columns.len();
        for i in 0..batch.num_rows() {
            let mut columns = Columns::new();
            for (index, column) in table.table().columns.iter().enumerate() {
                let array = batch.column(index);
                if array.is_null(i) {
                    continue;
                }
                let text = match column.kind {
                    ColumnKind::Text => array.as_string::<i32>().value(i).to_owned(),
                    ColumnKind::Integer => array.as_primitive::<Int64Type>().value(i).to_string(),
                    ColumnKind::Instant => {
                        time::format_instant(array.as_primitive::<TimestampMicrosecondType>().value(i))
                    }
                    ColumnKind::Date => time::format_date(array.as_primitive::<Date32Type>().value(i)),
                    ColumnKind::Boolean => array.as_boolean().value(i).to_string(),
                    ColumnKind::Decimal => {
                        Amount::from_units(array.as_primitive::<Decimal128Type>().value(i)).to_string()
                    }
                };
                if !column.values.is_empty() {
                    assert!(column.values.contains(&text.as_str()), "{}: {text}", column.name);
                }
                columns.insert(column.name.to_owned(), text);
            }
            let row = batch.column(width + 1).as_primitive::<Int64Type>().value(i);
            let offset = batch.column(width + 2).as_primitive::<Int64Type>().value(i);
            assert_eq!(batch.column(width).as_string::<i32>().value(i), SOURCE_ID);
            self.records.push((table, u64::try_from(row).unwrap(), columns));
            self.offsets.push(u64::try_from(offset).unwrap());
        }
        Ok(())
    }

    fn issue(&mut self, issue: &Issue) -> std::io::Result<()> {
        self.issues.push(issue.clone());
        Ok(())
    }
}

impl Collected {
    /// The records without rows, sorted: what must not depend on the order of a file.
    pub fn set(&self) -> Vec<(TableId, Columns)> {
        let mut set: Vec<_> = self.records.iter().map(|(table, _, columns)| (*table, columns.clone())).collect();
        set.sort();
        set
    }

    pub fn of(&self, table: TableId) -> Vec<Columns> {
        self.records.iter().filter(|(id, ..)| *id == table).map(|(_, _, columns)| columns.clone()).collect()
    }

    pub fn refusals(&self) -> Vec<&Issue> {
        self.issues.iter().filter(|issue| issue.severity == Severity::Refused).collect()
    }
}

pub const SOURCE_ID: &str = "00000000000000000000000000000000000000000000000000000000000000ff";

pub fn info(file_name: &str, size_bytes: u64) -> SourceInfo {
    SourceInfo { source_id: SOURCE_ID.into(), file_name: file_name.into(), size_bytes }
}

/// The file of an example, and its length.
pub fn open(example: &Example) -> (Box<dyn ReadSeek>, u64) {
    match example.content {
        Content::Bytes(bytes) => (Box::new(Cursor::new(bytes)), bytes.len() as u64),
        Content::Made(make) => {
            let bytes = make();
            let length = bytes.len() as u64;
            (Box::new(Cursor::new(bytes)), length)
        }
        Content::Streamed(make) => make(),
    }
}

/// The bytes of an example that is small enough to be changed a thousand times.
pub fn small_bytes(example: &Example) -> Option<Vec<u8>> {
    let bytes = match example.content {
        Content::Bytes(bytes) => bytes.to_vec(),
        Content::Made(make) => make(),
        Content::Streamed(_) => return None,
    };
    (bytes.len() <= 1 << 16).then_some(bytes)
}

pub fn mapping(example: &Example) -> Option<Mapping> {
    example.mapping.map(|yaml| Mapping::from_yaml(yaml).unwrap())
}

/// Reads bytes, and checks what must hold whatever they are.
pub fn read_bytes(
    format: &dyn Format,
    bytes: &[u8],
    mapping: Option<&Mapping>,
) -> Result<(ReadSummary, Collected), FormatError> {
    read_file(format, &mut Cursor::new(bytes), bytes.len() as u64, "file", mapping)
}

pub fn read_file(
    format: &dyn Format,
    file: &mut dyn ReadSeek,
    length: u64,
    file_name: &str,
    mapping: Option<&Mapping>,
) -> Result<(ReadSummary, Collected), FormatError> {
    let mut collected = Collected::default();
    let info = info(file_name, length);
    let summary = tutela_formats::read(format, file, &info, mapping, &Limits::default(), &mut collected)?;
    check_accounting(&summary, &collected, length);
    for (table, ..) in &collected.records {
        assert!(format.tables().contains(table), "{} does not name {table}", format.meta().id);
    }
    Ok((summary, collected))
}

fn check_accounting(summary: &ReadSummary, collected: &Collected, length: u64) {
    assert_eq!(summary.rows, summary.rows_in_records + summary.rows_refused);
    let refusals = collected.refusals();
    assert_eq!(refusals.len() as u64, summary.rows_refused);
    let mut refused: Vec<u64> = refusals.iter().map(|issue| issue.row.unwrap()).collect();
    refused.sort_unstable();
    let count = refused.len();
    refused.dedup();
    assert_eq!(refused.len(), count, "a row was refused twice");
    for issue in &collected.issues {
        assert!(issue.found.len() <= tutela_formats::EXCERPT_BYTES, "{issue:?}");
        assert!(issue.found.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{issue:?}");
        assert!(!issue.expected.is_empty());
        assert!(issue.row.is_none_or(|row| (1..=summary.rows).contains(&row)), "{issue:?}");
        assert!(issue.byte_offset.is_none_or(|offset| offset <= length), "{issue:?}");
    }
    for (table, row, columns) in &collected.records {
        assert!((1..=summary.rows).contains(row), "{table} {row}");
        assert!(refused.binary_search(row).is_err(), "row {row} was refused and gave a record");
        for column in table.table().columns.iter().filter(|column| column.required) {
            assert!(columns.contains_key(column.name), "{table} {row} lacks {}", column.name);
        }
    }
    for offset in &collected.offsets {
        assert!(*offset < length);
    }
    let mut counts = BTreeMap::new();
    for (table, ..) in &collected.records {
        *counts.entry(table.name()).or_insert(0_u64) += 1;
    }
    assert_eq!(counts, summary.records);
}
