//! Stage files: Parquet written so that equal rows in equal order give equal bytes.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{RecordBatch, make_array};
use arrow::compute::BatchCoalescer;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use sha2::{Digest as _, Sha256};

use crate::EngineError;

/// Rows of one batch on the way into a file. Fixed, because page boundaries follow it.
const BATCH_ROWS: usize = 8192;
/// Rows of one row group: a whole number of batches.
const ROW_GROUP_ROWS: usize = 1 << 20;
/// Batches that are encoded together where several threads do.
const TOGETHER: usize = 16;

/// A finished stage file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageFile {
    /// Where it is.
    pub path: PathBuf,
    /// Rows in it.
    pub rows: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub digest: String,
}

/// Writes one stage file.
pub struct StageWriter {
    path: PathBuf,
    schema: SchemaRef,
    writer: SerializedFileWriter<Hashing>,
    factory: ArrowRowGroupWriterFactory,
    /// The columns of the row group that is being written; a lock each, for threads take them in turn.
    columns: Vec<Mutex<ArrowColumnWriter>>,
    group_rows: usize,
    coalescer: BatchCoalescer,
    /// Rows that wait in it.
    waiting: usize,
    /// Batches of the fixed size that wait to be encoded together, and how many may.
    batches: Vec<RecordBatch>,
    threads: usize,
    rows: u64,
}

impl std::fmt::Debug for StageWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StageWriter").field("path", &self.path).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl StageWriter {
    /// Starts a file; an older one of that name is replaced.
    ///
    /// # Errors
    /// Where the file cannot be created.
    pub fn create(path: &Path, schema: &SchemaRef) -> Result<Self, EngineError> {
        Self::create_with(path, schema, 1)
    }

    /// The same, with columns encoded on that many threads. The bytes are the same.
    ///
    /// # Errors
    /// Where the file cannot be created.
    pub fn create_with(path: &Path, schema: &SchemaRef, threads: usize) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io { path: path.to_path_buf(), source };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(io)?;
        }
        let file = File::create(path).map_err(io)?;
        let sink = Hashing { file: BufWriter::new(file), hash: Sha256::new() };
        let parquet = |source| EngineError::Parquet { path: path.to_path_buf(), source };
        let writer = ArrowWriter::try_new(sink, Arc::clone(schema), Some(properties(schema))).map_err(parquet)?;
        let (writer, factory) = writer.into_serialized_writer().map_err(parquet)?;
        Ok(Self {
            path: path.to_path_buf(),
            schema: Arc::clone(schema),
            writer,
            factory,
            columns: Vec::new(),
            group_rows: 0,
            coalescer: BatchCoalescer::new(Arc::clone(schema), BATCH_ROWS),
            waiting: 0,
            batches: Vec::new(),
            threads: threads.max(1),
            rows: 0,
        })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Where the rows cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        self.rows += batch.num_rows() as u64;
        // What comes in the fixed size needs no copying.
        if self.waiting == 0 && batch.num_rows() == BATCH_ROWS {
            return self.put(batch);
        }
        self.waiting = (self.waiting + batch.num_rows()) % BATCH_ROWS;
        self.coalescer.push_batch(batch.clone()).map_err(|e| self.error(e.into()))?;
        self.drain()
    }

    /// Ends the file. It is durable only when its owner has synced it, which can be done for many files at once.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn finish(mut self) -> Result<StageFile, EngineError> {
        self.coalescer.finish_buffered_batch().map_err(|e| self.error(e.into()))?;
        self.drain()?;
        self.end_group()?;
        let path = self.path.clone();
        let sink = self.writer.into_inner().map_err(|source| EngineError::Parquet { path: path.clone(), source })?;
        let io = |source| EngineError::Io { path: path.clone(), source };
        let _file = sink.file.into_inner().map_err(|e| io(e.into_error()))?;
        Ok(StageFile { path: path.clone(), rows: self.rows, digest: hex::encode(sink.hash.finalize()) })
    }

    fn drain(&mut self) -> Result<(), EngineError> {
        while let Some(batch) = self.coalescer.next_completed_batch() {
            self.put(&batch)?;
        }
        Ok(())
    }

    /// Takes one batch of the fixed size, or the last.
    fn put(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        self.batches.push(without_idle_validity(batch).map_err(|e| self.error(e.into()))?);
        self.group_rows += batch.num_rows();
        let together = if self.threads > 1 { TOGETHER } else { 1 };
        if self.group_rows >= ROW_GROUP_ROWS {
            self.end_group()
        } else if self.batches.len() >= together {
            self.encode()
        } else {
            Ok(())
        }
    }

    /// Encodes what waits, column by column: each thread takes the next column that nobody has.
    fn encode(&mut self) -> Result<(), EngineError> {
        if self.batches.is_empty() {
            return Ok(());
        }
        let batches = std::mem::take(&mut self.batches);
        if self.columns.is_empty() {
            let group = self.writer.flushed_row_groups().len();
            let columns = self.factory.create_column_writers(group).map_err(|e| self.error(e))?;
            self.columns = columns.into_iter().map(Mutex::new).collect();
        }
        let (schema, columns, next) = (&self.schema, &self.columns, AtomicUsize::new(0));
        let work = || -> Result<(), ParquetError> {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(column) = columns.get(index) else { return Ok(()) };
                let mut column = column.lock().unwrap_or_else(PoisonError::into_inner);
                for batch in &batches {
                    for leaf in compute_leaves(schema.field(index), batch.column(index))? {
                        column.write(&leaf)?;
                    }
                }
            }
        };
        let encoded = if self.threads > 1 && batches.len() > 1 {
            std::thread::scope(|scope| {
                let others: Vec<_> = (1..self.threads).map(|_| scope.spawn(work)).collect();
                let own = work();
                others.into_iter().fold(own, |so_far, other| {
                    so_far.and(other.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
                })
            })
        } else {
            work()
        };
        encoded.map_err(|e| self.error(e))
    }

    /// Ends the row group that is being written, if there is one.
    fn end_group(&mut self) -> Result<(), EngineError> {
        self.encode()?;
        self.group_rows = 0;
        let columns = std::mem::take(&mut self.columns);
        if columns.is_empty() {
            return Ok(());
        }
        let path = &self.path;
        let parquet = |source| EngineError::Parquet { path: path.clone(), source };
        let mut group = self.writer.next_row_group().map_err(parquet)?;
        for column in columns {
            let column = column.into_inner().unwrap_or_else(PoisonError::into_inner);
            let chunk = column.close().map_err(parquet)?;
            chunk.append_to_row_group(&mut group).map_err(parquet)?;
        }
        group.close().map_err(parquet)?;
        Ok(())
    }

    fn error(&self, source: ParquetError) -> EngineError {
        EngineError::Parquet { path: self.path.clone(), source }
    }
}

/// How the columns of a file are written. Whole numbers and times go as differences: they mostly grow from row to row,
/// and looking each up in a dictionary, as is done for texts, costs more than it saves. The least and greatest text of a page help no
/// query and take long to find.
fn properties(schema: &Schema) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("tutela".to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS));
    for field in schema.fields() {
        if field.data_type().is_integer() || field.data_type().is_temporal() {
            let column = || ColumnPath::from(field.name().as_str());
            properties = properties
                .set_column_dictionary_enabled(column(), false)
                .set_column_encoding(column(), Encoding::DELTA_BINARY_PACKED);
        } else {
            let column = ColumnPath::from(field.name().as_str());
            properties = properties.set_column_statistics_enabled(column, EnabledStatistics::None);
        }
    }
    properties.build()
}

/// The same rows without validity masks that mask nothing. Whether such a mask is there depends on how a query was cut
/// into partitions, and the file's encoding would follow it.
fn without_idle_validity(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| {
        if column.nulls().is_none() || column.null_count() > 0 {
            return Ok(Arc::clone(column));
        }
        Ok(make_array(column.to_data().into_builder().nulls(None).build()?))
    });
    RecordBatch::try_new(batch.schema(), columns.collect::<Result<Vec<_>, ArrowError>>()?)
}

/// Reads a Parquet file batch by batch, the named columns only and in the order named.
///
/// # Errors
/// Where the file cannot be opened or lacks a column.
pub fn read_batches(
    path: &Path,
    columns: &[&str],
) -> Result<impl Iterator<Item = Result<RecordBatch, EngineError>> + use<>, EngineError> {
    let wrap = {
        let path = path.to_path_buf();
        move |source| EngineError::Parquet { path: path.clone(), source }
    };
    let file = File::open(path).map_err(|source| EngineError::Io { path: path.to_path_buf(), source })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(&wrap)?;
    let mask = parquet::arrow::ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(&wrap)?;
    let wanted: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
    Ok(reader.map(move |batch| {
        let batch = batch.map_err(|e| wrap(e.into()))?;
        let order = wanted
            .iter()
            .map(|name| batch.schema_ref().index_of(name))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| wrap(e.into()))?;
        batch.project(&order).map_err(|e| wrap(e.into()))
    }))
}

/// The Arrow schema a Parquet file was written with.
///
/// # Errors
/// Where the file cannot be opened or is no Parquet.
pub fn schema_of(path: &Path) -> Result<SchemaRef, EngineError> {
    let file = File::open(path).map_err(|source| EngineError::Io { path: path.to_path_buf(), source })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|source| EngineError::Parquet { path: path.to_path_buf(), source })?;
    Ok(Arc::clone(builder.schema()))
}

/// A file that is hashed as it is written.
struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
}

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        if let Some(part) = bytes.get(..written) {
            self.hash.update(part);
        }
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
