//! Small stage results as rows with typed, named columns.

use arrow::array::{Array, BooleanArray, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};
use tutela_engine::{Engine, Params};
use tutela_model::money::Amount;

use crate::StepError;

/// One row of a result.
pub(crate) struct Row<'a> {
    batch: &'a RecordBatch,
    row: usize,
    what: &'a str,
}

/// Runs a statement and maps each of its rows.
pub(crate) async fn read<T>(
    engine: &Engine,
    what: &str,
    sql: &str,
    map: impl Fn(&Row<'_>) -> Result<T, StepError>,
) -> Result<Vec<T>, StepError> {
    let batches = engine.collect(what, sql, &Params::new()).await.map_err(|source| StepError::Stage {
        step: "assemble_leads".to_owned(),
        stage: what.to_owned(),
        source,
    })?;
    let mut out = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            out.push(map(&Row { batch, row, what })?);
        }
    }
    Ok(out)
}

impl Row<'_> {
    fn column<A: 'static>(&self, name: &str) -> Result<&A, StepError> {
        let found = self.batch.column_by_name(name);
        found.and_then(|c| c.as_any().downcast_ref::<A>()).ok_or_else(|| {
            let found = found.map_or_else(|| "nothing".to_owned(), |c| c.data_type().to_string());
            StepError::shape(self.what, format!("column {name} is {found}"))
        })
    }

    /// A text that may be absent.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, StepError> {
        let column = self.column::<StringArray>(name)?;
        Ok((!column.is_null(self.row)).then(|| column.value(self.row).to_owned()))
    }

    /// A text that is always there.
    pub(crate) fn required(&self, name: &str) -> Result<String, StepError> {
        self.text(name)?.ok_or_else(|| StepError::shape(self.what, format!("column {name} is absent")))
    }

    /// A whole number; an absent one is zero.
    pub(crate) fn integer(&self, name: &str) -> Result<i64, StepError> {
        let column = self.column::<Int64Array>(name)?;
        Ok(if column.is_null(self.row) { 0 } else { column.value(self.row) })
    }

    /// A count: a whole number that is not negative.
    pub(crate) fn count(&self, name: &str) -> Result<u64, StepError> {
        let value = self.integer(name)?;
        u64::try_from(value).map_err(|_| StepError::shape(self.what, format!("column {name} is {value}")))
    }

    /// A real number that may be absent.
    pub(crate) fn real(&self, name: &str) -> Result<Option<f64>, StepError> {
        let column = self.column::<Float64Array>(name)?;
        Ok((!column.is_null(self.row)).then(|| column.value(self.row)))
    }

    /// An exact amount; an absent one is nothing.
    pub(crate) fn amount(&self, name: &str) -> Result<Amount, StepError> {
        let column = self.column::<Decimal128Array>(name)?;
        Ok(if column.is_null(self.row) { Amount::ZERO } else { Amount::from_units(column.value(self.row)) })
    }

    /// Yes or no; absent is no.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, StepError> {
        let column = self.column::<BooleanArray>(name)?;
        Ok(!column.is_null(self.row) && column.value(self.row))
    }
}
