//! Many small record files read as one: a case has a file for each report it took in, and to open a file costs a query
//! more than to read the few rows in it.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::{EngineError, StageWriter};

/// A file below this length is small.
const SMALL_BYTES: u64 = 256 << 10;
/// So many small files may stay as they are.
const FEW: usize = 8;
/// How many threads read them; each writes a file of its own.
const THREADS: usize = 2;

/// The same rows in fewer files: where many of them are small, those are written into a few in `folder`. A file that was
/// written with other columns stays as it is.
pub(crate) fn gather(
    name: &str,
    schema: &SchemaRef,
    files: &[PathBuf],
    folder: &Path,
) -> Result<Vec<PathBuf>, EngineError> {
    let is_small = |file: &&PathBuf| std::fs::metadata(file).is_ok_and(|m| m.len() < SMALL_BYTES);
    if files.iter().filter(is_small).count() <= FEW {
        return Ok(files.to_vec());
    }
    let (small, mut out): (Vec<PathBuf>, Vec<PathBuf>) = files.iter().cloned().partition(|file| is_small(&file));
    let parts: Vec<_> = small.chunks(small.len().div_ceil(THREADS)).enumerate().collect();
    let ended: Result<Vec<_>, EngineError> = std::thread::scope(|scope| {
        let running: Vec<_> = parts
            .into_iter()
            .map(|(number, part)| {
                let path = folder.join(format!("{name}-{number}.parquet"));
                scope.spawn(move || write(&path, schema, part))
            })
            .collect();
        running.into_iter().map(|t| t.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause))).collect()
    });
    for (gathered, left) in ended? {
        out.push(gathered);
        out.extend(left);
    }
    Ok(out)
}

/// Writes the rows of files into one; gives it, and the files that stay as they are.
fn write(path: &Path, schema: &SchemaRef, files: &[PathBuf]) -> Result<(PathBuf, Vec<PathBuf>), EngineError> {
    let mut writer = StageWriter::create(path, schema)?;
    let mut left = Vec::new();
    for file in files {
        if !append(file, schema, &mut writer)? {
            left.push(file.clone());
        }
    }
    Ok((writer.finish()?.path, left))
}

/// Copies a file's rows. Says no where it has other columns.
fn append(path: &Path, schema: &SchemaRef, writer: &mut StageWriter) -> Result<bool, EngineError> {
    let parquet = |source| EngineError::Parquet { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(|source| EngineError::Io { path: path.to_path_buf(), source })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet)?;
    if builder.schema().fields() != schema.fields() {
        return Ok(false);
    }
    for batch in builder.build().map_err(parquet)? {
        writer.write(&batch.map_err(|e| parquet(e.into()))?)?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;
    use crate::{Engine, EngineConfig, Params};

    #[test]
    fn small_files_give_the_same_rows_as_one() {
        let dir = tempfile::tempdir().unwrap();
        let field = |name: &str| Field::new(name, DataType::Int64, true);
        let schema = Arc::new(Schema::new(vec![field("a"), field("b")]));
        let older = Arc::new(Schema::new(vec![field("a")]));
        let files: Vec<PathBuf> = (0..40_i64)
            .map(|number| {
                let schema = if number == 7 { &older } else { &schema };
                let values: ArrayRef = Arc::new(Int64Array::from(vec![number, number + 100]));
                let columns = schema.fields().iter().map(|_| Arc::clone(&values)).collect();
                let path = dir.path().join(format!("{number}.parquet"));
                let mut writer = StageWriter::create(&path, schema).unwrap();
                writer.write(&RecordBatch::try_new(Arc::clone(schema), columns).unwrap()).unwrap();
                writer.finish().unwrap().path
            })
            .collect();
        let gathered = gather("t", &schema, &files, dir.path()).unwrap();
        assert_eq!(gathered, ["t-0.parquet", "7.parquet", "t-1.parquet"].map(|name| dir.path().join(name)));
        assert_eq!(gather("t", &schema, &files[..FEW], dir.path()).unwrap(), files[..FEW]);

        let spill_dir = dir.path().join("spill");
        let engine = Engine::open(&EngineConfig { memory_bytes: 16 << 20, partitions: 2, spill_dir }).unwrap();
        engine.register_parquet("t", &schema, &files).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sql = "SELECT COUNT(*) AS n, SUM(t.a) AS a, COUNT(t.b) AS b FROM t";
        let found = runtime.block_on(engine.collect("t", sql, &Params::new())).unwrap();
        let expected: [i64; 3] = [80, 2 * (0..40).sum::<i64>() + 40 * 100, 78];
        for (column, expected) in found[0].columns().iter().zip(expected) {
            assert_eq!(column.as_any().downcast_ref::<Int64Array>().unwrap().value(0), expected);
        }
    }
}
