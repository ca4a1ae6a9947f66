//! Rows of Parquet files, value by value.

use std::path::Path;

use arrow::array::{
    Array as _, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use tutela_engine::read_batches;

use crate::CaseError;

/// One row of a batch.
pub(crate) struct Row<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

/// Calls `found` with each row of a file.
pub(crate) fn each(
    path: &Path,
    columns: &[&str],
    mut found: impl FnMut(&Row<'_>) -> Result<(), CaseError>,
) -> Result<(), CaseError> {
    for batch in read_batches(path, columns)? {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            found(&Row { batch: &batch, row })?;
        }
    }
    Ok(())
}

impl<'a> Row<'a> {
    /// One row of a batch in memory.
    pub(crate) fn of(batch: &'a RecordBatch, row: usize) -> Self {
        Self { batch, row }
    }

    fn column<A: 'static>(&self, name: &str) -> Option<&'a A> {
        self.batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref::<A>())
    }

    /// A text that may be absent.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let column = self.column::<StringArray>(name)?;
        (!column.is_null(self.row)).then(|| column.value(self.row).to_owned())
    }

    /// A text that is always there.
    pub(crate) fn required(&self, name: &str) -> Result<String, CaseError> {
        self.text(name).ok_or_else(|| CaseError::Damaged(format!("a record lacks {name}")))
    }

    /// A whole number or a moment in microseconds, which may be absent.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        if let Some(column) = self.column::<Int64Array>(name) {
            return (!column.is_null(self.row)).then(|| column.value(self.row));
        }
        let column = self.column::<TimestampMicrosecondArray>(name)?;
        (!column.is_null(self.row)).then(|| column.value(self.row))
    }

    /// A whole number that is always there.
    pub(crate) fn number(&self, name: &str) -> Result<i64, CaseError> {
        self.integer(name).ok_or_else(|| CaseError::Damaged(format!("a record lacks {name}")))
    }

    /// A count; what is absent or negative is none.
    pub(crate) fn count(&self, name: &str) -> u64 {
        self.integer(name).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
    }

    /// A real number that may be absent.
    pub(crate) fn real(&self, name: &str) -> Option<f64> {
        let column = self.column::<Float64Array>(name)?;
        (!column.is_null(self.row)).then(|| column.value(self.row))
    }

    /// Yes or no; absent is no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.column::<BooleanArray>(name).is_some_and(|c| !c.is_null(self.row) && c.value(self.row))
    }
}
