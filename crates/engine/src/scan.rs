//! Reading a Parquet file without the query engine: row group by row group, on several threads at once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use crate::EngineError;

/// Rows of one batch.
const BATCH_ROWS: usize = 8192;

/// Some columns of one file, in the order they were asked for. Texts come as dictionaries, so that what is done for
/// a text is done once and not in each row.
#[derive(Debug)]
pub struct ParquetScan {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    columns: Vec<String>,
}

impl ParquetScan {
    /// Opens a file.
    ///
    /// # Errors
    /// Where it cannot be read as Parquet. A column that it lacks is an error of [`ParquetScan::each`].
    pub fn open(path: &Path, columns: &[&str]) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io { path: path.to_path_buf(), source };
        let parquet = |source| EngineError::Parquet { path: path.to_path_buf(), source };
        let file = File::open(path).map_err(io)?;
        let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(parquet)?;
        let coded = |field: &Arc<Field>| match field.data_type() {
            DataType::Utf8 if columns.contains(&field.name().as_str()) => {
                let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                Arc::new(field.as_ref().clone().with_data_type(kind))
            }
            _ => Arc::clone(field),
        };
        let schema = Schema::new(plain.schema().fields().iter().map(coded).collect::<Vec<_>>());
        let options = ArrowReaderOptions::default().with_schema(Arc::new(schema));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options).map_err(parquet)?;
        let mask = ProjectionMask::columns(metadata.parquet_schema(), columns.iter().copied());
        let columns = columns.iter().map(|c| (*c).to_owned()).collect();
        Ok(Self { path: path.to_path_buf(), metadata, mask, columns })
    }

    /// Hands every batch to `take`, on so many threads, each with a state of its own; gives the states. Which batch
    /// meets which state is left open: what is made of them must not depend on it.
    ///
    /// # Errors
    /// Where the file cannot be read on or lacks a column, and whatever `take` gives.
    pub fn each<S: Send>(
        &self,
        threads: usize,
        state: impl Fn() -> S + Sync,
        take: impl Fn(&mut S, &RecordBatch) -> Result<(), EngineError> + Sync,
    ) -> Result<Vec<S>, EngineError> {
        let groups = self.metadata.metadata().num_row_groups();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut state = state();
            loop {
                let group = next.fetch_add(1, Ordering::Relaxed);
                if group >= groups {
                    return Ok(state);
                }
                self.group(group, |batch| take(&mut state, batch))?;
            }
        };
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads.clamp(1, groups.max(1))).map(|_| scope.spawn(work)).collect();
            let ended = running.into_iter().map(|t| t.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)));
            ended.collect()
        })
    }

    fn group(
        &self,
        group: usize,
        mut take: impl FnMut(&RecordBatch) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let parquet = |source| EngineError::Parquet { path: self.path.clone(), source };
        let file = File::open(&self.path).map_err(|source| EngineError::Io { path: self.path.clone(), source })?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_projection(self.mask.clone())
            .with_row_groups(vec![group])
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(parquet)?;
        for batch in reader {
            let batch = batch.map_err(|e| parquet(e.into()))?;
            let places = self.columns.iter().map(|name| batch.schema_ref().index_of(name));
            let places = places.collect::<Result<Vec<_>, _>>().map_err(|e| parquet(e.into()))?;
            take(&batch.project(&places).map_err(|e| parquet(e.into()))?)?;
        }
        Ok(())
    }
}
