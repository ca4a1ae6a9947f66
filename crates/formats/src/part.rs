//! What one piece of a file gave, kept until the pieces before it have been handed out.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray as _, Int64Array, RecordBatch};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use tutela_model::{PROVENANCE, TableId};

use crate::issue::Issue;
use crate::sink::{Output, ReadSummary};

/// What a piece gave. Its rows are counted from 1, as if it were a file.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) batches: Vec<(TableId, RecordBatch)>,
    pub(crate) issues: Vec<Issue>,
    pub(crate) summary: ReadSummary,
    pub(crate) records: [u64; TableId::ALL.len()],
}

/// Where a sink's batches and issues go.
pub(crate) enum Out<'a> {
    /// To whom the file is read for.
    Given(&'a mut dyn Output),
    /// Nowhere yet.
    Kept(Box<Part>),
}

impl Out<'_> {
    pub(crate) fn batch(&mut self, table: TableId, batch: RecordBatch) -> std::io::Result<()> {
        match self {
            Out::Given(out) => out.batch(table, batch),
            Out::Kept(part) => {
                part.batches.push((table, batch));
                Ok(())
            }
        }
    }

    pub(crate) fn issue(&mut self, issue: Issue) -> std::io::Result<()> {
        match self {
            Out::Given(out) => out.issue(&issue),
            Out::Kept(part) => {
                part.issues.push(issue);
                Ok(())
            }
        }
    }
}

/// The same records with the numbers of their rows raised by those that came before the piece.
pub(crate) fn renumbered(batch: &RecordBatch, rows_before: u64) -> Result<RecordBatch, ArrowError> {
    let [_, (row, _), _] = PROVENANCE;
    let index = batch.schema_ref().index_of(row)?;
    let before = i64::try_from(rows_before).unwrap_or(i64::MAX);
    let columns = batch.columns().iter().enumerate().map(|(at, column)| {
        if at != index {
            return Arc::clone(column);
        }
        let numbers = column.as_primitive::<Int64Type>().unary::<_, Int64Type>(|row| row.saturating_add(before));
        let numbers: Int64Array = numbers;
        Arc::new(numbers) as ArrayRef
    });
    RecordBatch::try_new(batch.schema(), columns.collect())
}
