//! The columns of one table while they are filled. Arrow's own builders cannot take a row back; these can.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use tutela_model::money::{self, Amount};
use tutela_model::{ColumnKind, Table, TableId, UTC};

/// The rows of one table that have not been handed out.
///
/// A column that has fewer values than there are rows is absent from there on: most rows of most files leave most columns absent,
/// and this costs nothing.
pub(crate) struct TableColumns {
    table: &'static Table,
    schema: SchemaRef,
    columns: Vec<Values>,
    required: Vec<usize>,
    row: Vec<i64>,
    byte_offset: Vec<i64>,
    text_bytes: usize,
    /// How many rows a batch will have, about.
    expected: usize,
}

struct Values {
    data: Data,
    /// Which values are there; all of them while this is empty.
    valid: Vec<bool>,
}

enum Data {
    Text { data: String, ends: Vec<i32> },
    Integer(Vec<i64>),
    Instant(Vec<i64>),
    Date(Vec<i32>),
    Boolean(Vec<bool>),
    Decimal(Vec<i128>),
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
            required: table.columns.iter().enumerate().filter(|(_, c)| c.required).map(|(index, _)| index).collect(),
            row: Vec::new(),
            byte_offset: Vec::new(),
            text_bytes: 0,
            expected: 0,
        }
    }

    /// How many rows a batch will have, about: room for them is made at once.
    pub(crate) fn expect(&mut self, rows: usize) {
        self.expected = rows;
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
        let length = values.data.len();
        if length > rows {
            return false;
        }
        if length < rows {
            values.fill_absent(rows);
        } else if rows == 0 {
            values.data.reserve(self.expected);
        }
        if let Value::Text(text) = value {
            self.text_bytes += text.len();
        }
        values.push(value)
    }

    /// Whether a column of the row that is being filled has a value.
    pub(crate) fn is_set(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|values| values.data.len() > self.row.len())
    }

    /// Ends the row that is being filled; what was not set is absent. Gives the index of a required column that is.
    pub(crate) fn finish(&mut self, row: i64, byte_offset: i64) -> Result<(), usize> {
        let rows = self.row.len();
        for index in &self.required {
            if self.columns.get(*index).is_none_or(|values| values.data.len() == rows) {
                return Err(*index);
            }
        }
        if rows == 0 {
            self.row.reserve(self.expected);
            self.byte_offset.reserve(self.expected);
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
        self.expected = self.expected.max(rows);
        let mut arrays = Vec::with_capacity(self.columns.len() + 3);
        for (values, column) in self.columns.iter_mut().zip(self.table.columns) {
            arrays.push(std::mem::replace(values, Values::new(column.kind)).into_array(rows, column.kind)?);
        }
        let ids = StringArray::try_new(
            OffsetBuffer::from_lengths(std::iter::repeat_n(source_id.len(), rows)),
            Buffer::from(source_id.repeat(rows).into_bytes()),
            None,
        )?;
        arrays.push(Arc::new(ids));
        for provenance in [&mut self.row, &mut self.byte_offset] {
            arrays.push(Arc::new(Int64Array::new(std::mem::take(provenance).into(), None)));
        }
        self.text_bytes = 0;
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }
}

impl Values {
    fn new(kind: ColumnKind) -> Values {
        let data = match kind {
            ColumnKind::Text => Data::Text { data: String::new(), ends: Vec::new() },
            ColumnKind::Integer => Data::Integer(Vec::new()),
            ColumnKind::Instant => Data::Instant(Vec::new()),
            ColumnKind::Date => Data::Date(Vec::new()),
            ColumnKind::Boolean => Data::Boolean(Vec::new()),
            ColumnKind::Decimal => Data::Decimal(Vec::new()),
        };
        Values { data, valid: Vec::new() }
    }

    fn push(&mut self, value: Value<'_>) -> bool {
        match (&mut self.data, value) {
            (Data::Text { data, ends }, Value::Text(text)) => {
                // A batch is handed out long before its texts reach 2 GiB.
                let Ok(end) = i32::try_from(data.len() + text.len()) else { return false };
                data.push_str(text);
                ends.push(end);
            }
            (Data::Integer(data), Value::Integer(number)) | (Data::Instant(data), Value::Instant(number)) => {
                data.push(number);
            }
            (Data::Date(data), Value::Date(days)) => data.push(days),
            (Data::Boolean(data), Value::Boolean(yes)) => data.push(yes),
            (Data::Decimal(data), Value::Decimal(amount)) => data.push(amount.units()),
            _ => return false,
        }
        if !self.valid.is_empty() {
            self.valid.push(true);
        }
        true
    }

    /// Makes the column as long as there are rows; what is added is absent.
    fn fill_absent(&mut self, rows: usize) {
        let length = self.data.len();
        if self.valid.is_empty() {
            self.valid.reserve(rows + 1);
            self.valid.resize(length, true);
        }
        self.valid.resize(rows, false);
        match &mut self.data {
            Data::Text { ends, .. } => {
                let end = ends.last().copied().unwrap_or(0);
                ends.resize(rows, end);
            }
            Data::Integer(data) | Data::Instant(data) => data.resize(rows, 0),
            Data::Date(data) => data.resize(rows, 0),
            Data::Boolean(data) => data.resize(rows, false),
            Data::Decimal(data) => data.resize(rows, 0),
        }
    }

    fn truncate(&mut self, rows: usize) {
        self.valid.truncate(rows);
        match &mut self.data {
            Data::Text { data, ends } => {
                ends.truncate(rows);
                let end = ends.last().and_then(|end| usize::try_from(*end).ok()).unwrap_or(0);
                data.truncate(end);
            }
            Data::Integer(data) | Data::Instant(data) => data.truncate(rows),
            Data::Date(data) => data.truncate(rows),
            Data::Boolean(data) => data.truncate(rows),
            Data::Decimal(data) => data.truncate(rows),
        }
    }

    fn into_array(mut self, rows: usize, kind: ColumnKind) -> Result<ArrayRef, ArrowError> {
        if self.data.len() == 0 {
            return Ok(new_null_array(&kind.arrow_type(), rows));
        }
        if self.data.len() < rows {
            self.fill_absent(rows);
        }
        let nulls = self.valid.contains(&false).then(|| NullBuffer::from(self.valid));
        Ok(match self.data {
            Data::Text { data, ends } => {
                let mut offsets = Vec::with_capacity(ends.len() + 1);
                offsets.push(0);
                offsets.extend(ends);
                let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
                Arc::new(StringArray::try_new(offsets, Buffer::from(data.into_bytes()), nulls)?)
            }
            Data::Integer(data) => Arc::new(Int64Array::try_new(data.into(), nulls)?),
            Data::Instant(data) => Arc::new(TimestampMicrosecondArray::try_new(data.into(), nulls)?.with_timezone(UTC)),
            Data::Date(data) => Arc::new(Date32Array::try_new(data.into(), nulls)?),
            Data::Boolean(data) => Arc::new(BooleanArray::new(BooleanBuffer::from(data.as_slice()), nulls)),
            Data::Decimal(data) => {
                let array = Decimal128Array::try_new(data.into(), nulls)?;
                Arc::new(array.with_precision_and_scale(money::PRECISION, money::SCALE.cast_signed())?)
            }
        })
    }
}

impl Data {
    fn len(&self) -> usize {
        match self {
            Data::Text { ends, .. } => ends.len(),
            Data::Integer(data) | Data::Instant(data) => data.len(),
            Data::Date(data) => data.len(),
            Data::Boolean(data) => data.len(),
            Data::Decimal(data) => data.len(),
        }
    }

    fn reserve(&mut self, rows: usize) {
        match self {
            Data::Text { data, ends } => {
                ends.reserve(rows);
                data.reserve(rows * 12);
            }
            Data::Integer(data) | Data::Instant(data) => data.reserve(rows),
            Data::Date(data) => data.reserve(rows),
            Data::Boolean(data) => data.reserve(rows),
            Data::Decimal(data) => data.reserve(rows),
        }
    }
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

    /// Columns that start late, stop early or come and go: what stands where, and after a row was taken back.
    #[test]
    fn what_was_not_set_is_absent() {
        let mut columns = TableColumns::new(TableId::Session);
        let ips = [None, Some("192.0.2.1"), None, Some("192.0.2.3"), None, None];
        for (number, ip) in (0..).zip(ips) {
            assert!(columns.set(session::PLATFORM, Value::Text("example")));
            assert!(columns.set(session::ACCOUNT_REF, Value::Text("u1")));
            assert!(columns.set(session::AT_UTC, Value::Instant(number)));
            assert!(!columns.is_set(session::IP));
            if let Some(ip) = ip {
                assert!(columns.set(session::IP, Value::Text(ip)));
                assert!(columns.is_set(session::IP) && !columns.set(session::IP, Value::Text(ip)));
            }
            if number == 5 {
                assert!(columns.set(session::PORT, Value::Integer(443)));
            }
            columns.finish(number, number).unwrap();
        }
        columns.truncate(5);
        assert!(columns.set(session::PORT, Value::Integer(80)));
        columns.truncate(5);
        let batch = columns.take("ab").unwrap();
        let found: Vec<Option<&str>> = batch.column(session::IP).as_string::<i32>().iter().collect();
        assert_eq!(found, ips[..5]);
        assert_eq!((batch.column(session::PORT).null_count(), batch.column(session::PORT).len()), (5, 5));
        assert_eq!(batch.column(session::PLATFORM).null_count(), 0);
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
