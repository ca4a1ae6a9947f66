//! The columns of one table while they are filled. Arrow's own builders cannot take a row back; these can.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use tutela_model::money::{self, Amount};
use tutela_model::{ColumnKind, Table, TableId, UTC};

/// The rows of one table that have not been handed out.
pub(crate) struct TableColumns {
    table: &'static Table,
    schema: SchemaRef,
    columns: Vec<Values>,
    row: Vec<i64>,
    byte_offset: Vec<i64>,
    text_bytes: usize,
}

enum Values {
    Text { data: String, ends: Vec<i32>, valid: Vec<bool> },
    Integer { data: Vec<i64>, valid: Vec<bool> },
    Instant { data: Vec<i64>, valid: Vec<bool> },
    Date { data: Vec<i32>, valid: Vec<bool> },
    Boolean { data: Vec<bool>, valid: Vec<bool> },
    Decimal { data: Vec<i128>, valid: Vec<bool> },
}

/// A value of any type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'v> {
    Text(&'v str),
    Integer(i64),
    /// Microseconds since 1970.
    Instant(i64),
    /// Days since 1970.
    Date(i32),
    Boolean(bool),
    Decimal(Amount),
}

impl TableColumns {
    pub(crate) fn new(id: TableId) -> TableColumns {
        let table = id.table();
        TableColumns {
            table,
            schema: table.arrow_schema(),
            columns: table.columns.iter().map(|c| Values::new(c.kind)).collect(),
            row: Vec::new(),
            byte_offset: Vec::new(),
            text_bytes: 0,
        }
    }

    /// How many whole rows there are.
    pub(crate) fn len(&self) -> usize {
        self.row.len()
    }

    /// About how much memory the texts take.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// Sets a column of the row that is being filled. Says no when it is set already or has another type.
    #[must_use]
    pub(crate) fn set(&mut self, column: usize, value: Value<'_>) -> bool {
        let rows = self.row.len();
        let Some(values) = self.columns.get_mut(column) else { return false };
        if values.len() != rows {
            return false;
        }
        if let Value::Text(text) = value {
            self.text_bytes += text.len();
        }
        values.push(value)
    }

    /// Whether a column of the row that is being filled has a value.
    pub(crate) fn is_set(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|values| values.len() > self.row.len())
    }

    /// Ends the row that is being filled; what was not set is absent. Gives the index of a required column that is.
    pub(crate) fn finish(&mut self, row: i64, byte_offset: i64) -> Result<(), usize> {
        let rows = self.row.len();
        for (index, (values, column)) in self.columns.iter_mut().zip(self.table.columns).enumerate() {
            if values.len() == rows {
                if column.required {
                    return Err(index);
                }
                values.push_absent();
            }
        }
        self.row.push(row);
        self.byte_offset.push(byte_offset);
        Ok(())
    }

    /// Takes back all rows from `rows` on, and what has been set of an unfinished one.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.row.truncate(rows);
        self.byte_offset.truncate(rows);
        for values in &mut self.columns {
            values.truncate(rows);
        }
    }

    /// Hands out all rows and starts anew.
    pub(crate) fn take(&mut self, source_id: &str) -> Result<RecordBatch, ArrowError> {
        let rows = self.row.len();
        let mut arrays = Vec::with_capacity(self.columns.len() + 3);
        for (values, column) in self.columns.iter_mut().zip(self.table.columns) {
            arrays.push(std::mem::replace(values, Values::with_capacity(column.kind, rows)).into_array()?);
        }
        let ids = StringArray::try_new(
            OffsetBuffer::from_lengths(std::iter::repeat_n(source_id.len(), rows)),
            Buffer::from(source_id.repeat(rows).into_bytes()),
            None,
        )?;
        arrays.push(Arc::new(ids));
        for provenance in [&mut self.row, &mut self.byte_offset] {
            let values = std::mem::replace(provenance, Vec::with_capacity(rows));
            arrays.push(Arc::new(Int64Array::new(values.into(), None)));
        }
        self.text_bytes = 0;
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }
}

impl Values {
    fn new(kind: ColumnKind) -> Values {
        Values::with_capacity(kind, 0)
    }

    fn with_capacity(kind: ColumnKind, rows: usize) -> Values {
        let valid = Vec::with_capacity(rows);
        match kind {
            ColumnKind::Text => {
                let mut ends = Vec::with_capacity(rows + 1);
                ends.push(0);
                Values::Text { data: String::with_capacity(rows * 16), ends, valid }
            }
            ColumnKind::Integer => Values::Integer { data: Vec::with_capacity(rows), valid },
            ColumnKind::Instant => Values::Instant { data: Vec::with_capacity(rows), valid },
            ColumnKind::Date => Values::Date { data: Vec::with_capacity(rows), valid },
            ColumnKind::Boolean => Values::Boolean { data: Vec::with_capacity(rows), valid },
            ColumnKind::Decimal => Values::Decimal { data: Vec::with_capacity(rows), valid },
        }
    }

    fn len(&self) -> usize {
        match self {
            Values::Text { valid, .. }
            | Values::Integer { valid, .. }
            | Values::Instant { valid, .. }
            | Values::Date { valid, .. }
            | Values::Boolean { valid, .. }
            | Values::Decimal { valid, .. } => valid.len(),
        }
    }

    fn push(&mut self, value: Value<'_>) -> bool {
        let valid = match (self, value) {
            (Values::Text { data, ends, valid }, Value::Text(text)) => {
                // A batch is handed out long before its texts reach 2 GiB.
                let Ok(end) = i32::try_from(data.len() + text.len()) else { return false };
                data.push_str(text);
                ends.push(end);
                valid
            }
            (Values::Integer { data, valid }, Value::Integer(number))
            | (Values::Instant { data, valid }, Value::Instant(number)) => {
                data.push(number);
                valid
            }
            (Values::Date { data, valid }, Value::Date(days)) => {
                data.push(days);
                valid
            }
            (Values::Boolean { data, valid }, Value::Boolean(yes)) => {
                data.push(yes);
                valid
            }
            (Values::Decimal { data, valid }, Value::Decimal(amount)) => {
                data.push(amount.units());
                valid
            }
            _ => return false,
        };
        valid.push(true);
        true
    }

    fn push_absent(&mut self) {
        match self {
            Values::Text { ends, valid, .. } => {
                ends.push(ends.last().copied().unwrap_or(0));
                valid.push(false);
            }
            Values::Integer { data, valid } | Values::Instant { data, valid } => {
                data.push(0);
                valid.push(false);
            }
            Values::Date { data, valid } => {
                data.push(0);
                valid.push(false);
            }
            Values::Boolean { data, valid } => {
                data.push(false);
                valid.push(false);
            }
            Values::Decimal { data, valid } => {
                data.push(0);
                valid.push(false);
            }
        }
    }

    fn truncate(&mut self, rows: usize) {
        match self {
            Values::Text { data, ends, valid } => {
                valid.truncate(rows);
                ends.truncate(rows + 1);
                let end = ends.last().and_then(|end| usize::try_from(*end).ok()).unwrap_or(0);
                data.truncate(end);
            }
            Values::Integer { data, valid } | Values::Instant { data, valid } => {
                data.truncate(rows);
                valid.truncate(rows);
            }
            Values::Date { data, valid } => {
                data.truncate(rows);
                valid.truncate(rows);
            }
            Values::Boolean { data, valid } => {
                data.truncate(rows);
                valid.truncate(rows);
            }
            Values::Decimal { data, valid } => {
                data.truncate(rows);
                valid.truncate(rows);
            }
        }
    }

    fn into_array(self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Values::Text { data, ends, valid } => {
                let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
                Arc::new(StringArray::try_new(offsets, Buffer::from(data.into_bytes()), nulls(&valid))?)
            }
            Values::Integer { data, valid } => Arc::new(Int64Array::try_new(data.into(), nulls(&valid))?),
            Values::Instant { data, valid } => {
                Arc::new(TimestampMicrosecondArray::try_new(data.into(), nulls(&valid))?.with_timezone(UTC))
            }
            Values::Date { data, valid } => Arc::new(Date32Array::try_new(data.into(), nulls(&valid))?),
            Values::Boolean { data, valid } => {
                Arc::new(BooleanArray::new(BooleanBuffer::from(data.as_slice()), nulls(&valid)))
            }
            Values::Decimal { data, valid } => {
                let array = Decimal128Array::try_new(data.into(), nulls(&valid))?;
                Arc::new(array.with_precision_and_scale(money::PRECISION, money::SCALE.cast_signed())?)
            }
        })
    }
}

fn nulls(valid: &[bool]) -> Option<NullBuffer> {
    if valid.iter().all(|valid| *valid) { None } else { Some(NullBuffer::from(valid)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use arrow::array::{Array as _, AsArray as _};
    use tutela_model::session;

    use super::*;

    #[test]
    fn a_row_can_be_taken_back() {
        let mut columns = TableColumns::new(TableId::Session);
        for number in 0..3 {
            assert!(columns.set(session::PLATFORM, Value::Text("example")));
            assert!(columns.set(session::ACCOUNT_REF, Value::Text("u1")));
            assert!(columns.set(session::AT_UTC, Value::Instant(number)));
            columns.finish(number, 10 * number).unwrap();
        }
        assert!(columns.set(session::IP, Value::Text("192.0.2.1")));
        columns.truncate(2);
        let batch = columns.take("ab").unwrap();
        assert_eq!(batch.num_rows(), 2);
        assert!(batch.column(session::IP).is_null(1));
        assert_eq!(batch.column(session::COLUMNS).as_string::<i32>().value(1), "ab");
        assert_eq!(columns.len(), 0);
    }

    #[test]
    fn a_required_column_must_be_set() {
        let mut columns = TableColumns::new(TableId::Session);
        assert!(columns.set(session::PLATFORM, Value::Text("example")));
        assert_eq!(columns.finish(1, 0), Err(session::ACCOUNT_REF));
    }

    #[test]
    fn a_column_is_set_once_and_with_its_type() {
        let mut columns = TableColumns::new(TableId::Session);
        assert!(!columns.set(session::PLATFORM, Value::Integer(1)));
        assert!(columns.set(session::PLATFORM, Value::Text("example")));
        assert!(!columns.set(session::PLATFORM, Value::Text("other")));
        assert!(!columns.set(99, Value::Text("other")));
    }
}
