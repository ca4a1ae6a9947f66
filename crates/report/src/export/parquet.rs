//! Tables as Parquet, in a ZIP.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::extract::Extract;
use super::tables::{Cell, Kind, Table, tables};
use crate::ReportError;
use crate::archive::{self, Entry};

pub(super) fn write(extract: &Extract) -> Result<Vec<u8>, ReportError> {
    let mut entries = Vec::new();
    for table in tables(extract) {
        entries.push(Entry::new(format!("{}.parquet", table.name), one(&table).map_err(ReportError::form("parquet"))?));
    }
    archive::pack(&entries)
}

fn one(table: &Table) -> Result<Vec<u8>, String> {
    let field = |(name, kind): &(&str, Kind)| {
        let of = match kind {
            Kind::Text => DataType::Utf8,
            Kind::Whole => DataType::UInt64,
            Kind::Real => DataType::Float64,
            Kind::Flag => DataType::Boolean,
        };
        Field::new(*name, of, *kind != Kind::Flag)
    };
    let schema = Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()));
    let columns = table.columns.iter().enumerate().map(|(i, (_, kind))| column(table, i, *kind)).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|e| e.to_string())?;
    let level = ZstdLevel::try_new(3).map_err(|e| e.to_string())?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(format!("tutela {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, schema, Some(properties)).map_err(|e| e.to_string())?;
    writer.write(&batch).map_err(|e| e.to_string())?;
    writer.close().map_err(|e| e.to_string())?;
    Ok(out)
}

fn column(table: &Table, index: usize, kind: Kind) -> ArrayRef {
    let cells = table.rows.iter().map(|row| row.get(index));
    match kind {
        Kind::Text => Arc::new(
            cells.map(|c| if let Some(Cell::Text(v)) = c { v.as_deref() } else { None }).collect::<StringArray>(),
        ),
        Kind::Whole => {
            Arc::new(cells.map(|c| if let Some(Cell::Whole(v)) = c { *v } else { None }).collect::<UInt64Array>())
        }
        Kind::Real => {
            Arc::new(cells.map(|c| if let Some(Cell::Real(v)) = c { *v } else { None }).collect::<Float64Array>())
        }
        Kind::Flag => Arc::new(cells.map(|c| Some(matches!(c, Some(Cell::Flag(true))))).collect::<BooleanArray>()),
    }
}
