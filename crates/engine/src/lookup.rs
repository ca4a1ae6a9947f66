//! Rows of a Parquet file by the values of one column, without reading the file whole.

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use arrow::array::{Array as _, BooleanArray, Int64Array, RecordBatch};
use arrow::compute::filter_record_batch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use parquet::file::page_index::column_index::ColumnIndexMetaData;

use crate::EngineError;

/// Reads the rows in which the column `key` of whole numbers has one of the wanted values, with the named columns in the order
/// named; `key` is one of them. Pages whose least and greatest value rule all of them out are passed over, so it is quick where
/// the file is in the order of `key`, and right where it is not.
///
/// # Errors
/// Where the file cannot be read, or lacks a column.
pub fn read_where(
    path: &Path,
    columns: &[&str],
    key: &str,
    wanted: &BTreeSet<i64>,
) -> Result<Vec<RecordBatch>, EngineError> {
    let wrap = |source: ParquetError| EngineError::Parquet { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(|source| EngineError::Io { path: path.to_path_buf(), source })?;
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(wrap)?;
    let place = builder.schema().index_of(key).map_err(|e| wrap(e.into()))?;
    let ranges = ranges(builder.metadata(), place, wanted);
    let rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(usize::MAX);
    let selection = RowSelection::from_consecutive_ranges(ranges.into_iter(), rows);
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader = builder.with_projection(mask).with_row_selection(selection).build().map_err(wrap)?;
    let mut out = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|e| wrap(e.into()))?;
        let order = columns.iter().map(|name| batch.schema_ref().index_of(name)).collect::<Result<Vec<_>, _>>();
        let batch = order.and_then(|order| batch.project(&order)).map_err(|e| wrap(e.into()))?;
        let values = batch.column_by_name(key).and_then(|c| c.as_any().downcast_ref::<Int64Array>());
        let values = values.ok_or_else(|| wrap(ParquetError::General(format!("{key} holds no whole numbers"))))?;
        let kept: BooleanArray = values.iter().map(|v| Some(v.is_some_and(|v| wanted.contains(&v)))).collect();
        if kept.true_count() > 0 {
            out.push(filter_record_batch(&batch, &kept).map_err(|e| wrap(e.into()))?);
        }
    }
    Ok(out)
}

/// The rows of the pages that may hold a wanted value, counted over the whole file.
fn ranges(metadata: &ParquetMetaData, column: usize, wanted: &BTreeSet<i64>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut before = 0;
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let rows = usize::try_from(group.num_rows()).unwrap_or(0);
        let index = metadata.column_index().and_then(|i| i.get(number)?.get(column));
        let pages = metadata.offset_index().and_then(|i| i.get(number)?.get(column)).map(|i| i.page_locations());
        match (index, pages) {
            (Some(ColumnIndexMetaData::INT64(index)), Some(pages)) => {
                let start =
                    |page: usize| pages.get(page).map_or(rows, |p| usize::try_from(p.first_row_index).unwrap_or(rows));
                for page in 0..pages.len() {
                    let may = match (index.min_value(page), index.max_value(page)) {
                        (Some(min), Some(max)) if min <= max => wanted.range(*min..=*max).next().is_some(),
                        _ => true,
                    };
                    let (from, to) = (before + start(page), before + start(page + 1));
                    if may && from < to {
                        out.push(from..to);
                    }
                }
            }
            _ => out.push(before..before + rows),
        }
        before += rows;
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use std::sync::Arc;

    use arrow::array::StringArray;
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;
    use crate::StageWriter;

    /// A file of so many rows in which `row` is what `of` makes of the place.
    fn file(dir: &Path, rows: i64, of: impl Fn(i64) -> i64) -> std::path::PathBuf {
        let path = dir.join("t.parquet");
        let fields = [("name", DataType::Utf8), ("row", DataType::Int64)];
        let schema = Arc::new(Schema::new(fields.map(|(name, kind)| Field::new(name, kind, false)).to_vec()));
        let mut writer = StageWriter::create(&path, &schema).unwrap();
        let numbers: Vec<i64> = (0..rows).map(of).collect();
        let names: StringArray = numbers.iter().map(|n| Some(format!("n{n}"))).collect();
        let batch = RecordBatch::try_new(schema, vec![Arc::new(names), Arc::new(Int64Array::from(numbers))]).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        path
    }

    fn found(path: &Path, wanted: &[i64]) -> Vec<(i64, String)> {
        let wanted = wanted.iter().copied().collect();
        let mut out = Vec::new();
        for batch in read_where(path, &["row", "name"], "row", &wanted).unwrap() {
            let row = batch.column(0).as_any().downcast_ref::<Int64Array>().unwrap();
            let name = batch.column(1).as_any().downcast_ref::<StringArray>().unwrap();
            out.extend((0..batch.num_rows()).map(|i| (row.value(i), name.value(i).to_owned())));
        }
        out
    }

    #[test]
    fn wanted_rows_are_found_in_order_and_out_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let named = |n: i64| (n, format!("n{n}"));
        let ordered = file(dir.path(), 100_000, |n| n + 1);
        assert_eq!(
            found(&ordered, &[1, 8_192, 8_193, 99_999, 100_000, 100_001]),
            [1, 8_192, 8_193, 99_999, 100_000].map(named)
        );
        assert!(found(&ordered, &[]).is_empty() && found(&ordered, &[0, -5]).is_empty());
        let scattered = file(dir.path(), 50_000, |n| n * 7_919 % 50_000);
        let mut rows = found(&scattered, &[0, 17, 49_999]);
        rows.sort();
        assert_eq!(rows, [0, 17, 49_999].map(named));
    }

    #[test]
    fn few_pages_are_read_of_a_file_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let path = file(dir.path(), 1_200_000, |n| n);
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let builder =
            ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(path).unwrap(), options).unwrap();
        let wanted = BTreeSet::from([5, 600_000, 1_199_999]);
        let read: usize = ranges(builder.metadata(), 1, &wanted).iter().map(ExactSizeIterator::len).sum();
        assert!((3..200_000).contains(&read), "{read}");
    }
}
