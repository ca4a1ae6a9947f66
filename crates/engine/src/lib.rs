//! The DataFusion session: a memory limit with spilling, tables over Parquet files, SQL with bound parameters, and
//! stages written to Parquet in a form that is the same byte for byte whatever the number of partitions.
//!
//! **Invariant.** Values enter SQL only as parameters. Table names are fixed in the SQL text.

mod functions;
mod gather;
mod lookup;
mod scan;
mod stage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::ScalarValue;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::common::spawn_buffered;
use datafusion::prelude::{SessionConfig, SessionContext};

pub use functions::{IpKind, ip_kind, ip_network, ip_prefix_length};
pub use lookup::read_where;
pub use scan::ParquetScan;
pub use stage::{StageFile, StageWriter, read_batches, schema_of};

/// Batches of a result that may wait to be taken.
const AHEAD: usize = 4;

/// Settings of a session. None of them may change a result.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Memory that queries may hold before they spill, in bytes.
    pub memory_bytes: usize,
    /// Parallel partitions of a query.
    pub partitions: usize,
    /// Where queries spill; removed at the end.
    pub spill_dir: PathBuf,
}

/// Why a query could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The SQL engine refused or failed.
    #[error("{what}")]
    Query {
        /// Which stage or table.
        what: String,
        /// The engine's own error.
        #[source]
        source: Box<DataFusionError>,
    },
    /// A Parquet file could not be written or read.
    #[error("{}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A file could not be written or read.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl EngineError {
    /// Wraps an error of the SQL engine with what was being done.
    pub fn query(what: impl Into<String>, source: DataFusionError) -> Self {
        Self::Query { what: what.into(), source: Box::new(source) }
    }

    /// Whether the memory or disk limit was hit, so that more memory may help.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Query { source, .. } if matches!(source.find_root(), DataFusionError::ResourcesExhausted(_)))
    }
}

/// Parameter values by name, as the SQL text names them without the `$`.
pub type Params = BTreeMap<String, ScalarValue>;

/// The error of a native function that does not exist.
#[must_use]
pub fn not_implemented(reason: String) -> DataFusionError {
    DataFusionError::NotImplemented(reason)
}

/// The error of a stage whose rows do not come in the order its reader relies on.
#[must_use]
pub fn out_of_order(column: &str) -> DataFusionError {
    DataFusionError::Internal(format!("its rows are not in order of {column}"))
}

/// The error of a column whose type is not the one its reader expects.
#[must_use]
pub fn bad_column(batch: &RecordBatch, index: usize) -> EngineError {
    let schema = batch.schema();
    let found =
        schema.fields().get(index).map_or_else(|| "nothing".to_owned(), |f| format!("{} {}", f.name(), f.data_type()));
    EngineError::query("column", DataFusionError::Internal(format!("column {index} is {found}")))
}

/// A whole number as a parameter.
#[must_use]
pub fn scalar_integer(value: i64) -> ScalarValue {
    ScalarValue::Int64(Some(value))
}

/// A real number as a parameter.
#[must_use]
pub fn scalar_real(value: f64) -> ScalarValue {
    ScalarValue::Float64(Some(value))
}

/// A text as a parameter.
#[must_use]
pub fn scalar_text(value: &str) -> ScalarValue {
    ScalarValue::Utf8(Some(value.to_owned()))
}

/// A session over one case's records and stages.
pub struct Engine {
    context: SessionContext,
    spill_dir: PathBuf,
    /// Where the stages are that were registered.
    stages: Mutex<BTreeMap<String, PathBuf>>,
    gathered: Mutex<BTreeMap<String, Gathered>>,
}

/// The files of a table that were asked for, and those that are read in their place.
struct Gathered {
    asked: Vec<PathBuf>,
    read: Vec<PathBuf>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("spill_dir", &self.spill_dir).finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens a session with the given limits.
    ///
    /// # Errors
    /// Where the spill folder cannot be made.
    pub fn open(config: &EngineConfig) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io { path: config.spill_dir.clone(), source };
        std::fs::create_dir_all(&config.spill_dir).map_err(io)?;
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(config.memory_bytes)))
            .with_disk_manager_builder(
                DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![config.spill_dir.clone()])),
            )
            .build_arc()
            .map_err(|e| EngineError::query("session", e))?;
        let mut session = SessionConfig::new().with_target_partitions(config.partitions.max(1));
        let options = session.options_mut();
        // Strings stay plain: one layout in every stage file, whoever reads it.
        options.execution.parquet.schema_force_view_types = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        options.execution.parquet.pushdown_filters = true;
        // Identifiers are written as in the schema; the parser must not fold them.
        options.sql_parser.enable_ident_normalization = false;
        let context = SessionContext::new_with_config_rt(session, runtime);
        functions::register_all(&context);
        Ok(Self { context, spill_dir: config.spill_dir.clone(), stages: Mutex::default(), gathered: Mutex::default() })
    }

    /// Registers a table over Parquet files; with no files it is an empty table of that schema.
    ///
    /// # Errors
    /// Where a path is not valid or the table cannot be registered.
    pub fn register_parquet(&self, name: &str, schema: &SchemaRef, files: &[PathBuf]) -> Result<(), EngineError> {
        let wrap = |e| EngineError::query(format!("table {name}"), e);
        let table: Arc<dyn datafusion::catalog::TableProvider> = if files.is_empty() {
            Arc::new(MemTable::try_new(Arc::clone(schema), vec![vec![]]).map_err(wrap)?)
        } else {
            let urls = self
                .gather(name, schema, files)?
                .iter()
                .map(|f| ListingTableUrl::parse(f.to_string_lossy()))
                .collect::<Result<Vec<_>, _>>()
                .map_err(wrap)?;
            let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
            let config = ListingTableConfig::new_with_multi_paths(urls)
                .with_listing_options(options)
                .with_schema(Arc::clone(schema));
            Arc::new(ListingTable::try_new(config).map_err(wrap)?)
        };
        self.context.deregister_table(name).map_err(wrap)?;
        self.context.register_table(name, table).map_err(wrap)?;
        Ok(())
    }

    /// The files to read in place of these; found once for each table.
    fn gather(&self, name: &str, schema: &SchemaRef, files: &[PathBuf]) -> Result<Vec<PathBuf>, EngineError> {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = gathered.get(name).filter(|g| g.asked == files) {
            return Ok(known.read.clone());
        }
        let read = gather::gather(name, schema, files, &self.spill_dir.join("records"))?;
        gathered.insert(name.to_owned(), Gathered { asked: files.to_vec(), read: read.clone() });
        Ok(read)
    }

    /// Registers one stage file under a name, with the schema it was written with.
    ///
    /// # Errors
    /// Where the file cannot be read as Parquet.
    pub fn register_stage(&self, name: &str, path: &Path) -> Result<(), EngineError> {
        let schema = schema_of(path)?;
        self.register_parquet(name, &schema, &[path.to_path_buf()])?;
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), path.to_path_buf());
        Ok(())
    }

    /// Reads a registered stage from its first row to its last, the named columns only: in the order its statement
    /// states, without sorting it once more.
    ///
    /// # Errors
    /// Where no stage has that name, or it cannot be read.
    pub fn stage_rows(
        &self,
        name: &str,
        columns: &[&str],
    ) -> Result<impl Iterator<Item = Result<RecordBatch, EngineError>> + use<>, EngineError> {
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let path = stages
            .get(name)
            .cloned()
            .ok_or_else(|| EngineError::query(name, not_implemented(format!("no stage is called {name}"))))?;
        drop(stages);
        read_batches(&path, columns)
    }

    /// Runs one statement with bound parameters and returns its rows as a stream.
    ///
    /// # Errors
    /// Where the statement is not valid or a limit is hit.
    pub async fn stream(
        &self,
        what: &str,
        sql: &str,
        params: &Params,
    ) -> Result<SendableRecordBatchStream, EngineError> {
        let wrap = |e| EngineError::query(what, e);
        let frame = self.context.sql(sql).await.map_err(wrap)?;
        let used: Vec<(String, ScalarValue)> = params
            .iter()
            .filter(|(name, _)| mentions(sql, name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let frame = if used.is_empty() { frame } else { frame.with_param_values(used).map_err(wrap)? };
        let stream = frame.execute_stream().await.map_err(wrap)?;
        // The next rows are merged while whoever asked does something with these.
        Ok(spawn_buffered(stream, AHEAD))
    }

    /// Runs one statement and collects its rows; for small results and tests.
    ///
    /// # Errors
    /// As [`Engine::stream`].
    pub async fn collect(&self, what: &str, sql: &str, params: &Params) -> Result<Vec<RecordBatch>, EngineError> {
        let stream = self.stream(what, sql, params).await?;
        datafusion::physical_plan::common::collect(stream).await.map_err(|e| EngineError::query(what, e))
    }

    /// Runs one statement and writes its rows to a Parquet file.
    ///
    /// # Errors
    /// As [`Engine::stream`], and where the file cannot be written.
    pub async fn write_stage(
        &self,
        what: &str,
        sql: &str,
        params: &Params,
        path: &Path,
    ) -> Result<StageFile, EngineError> {
        use futures::StreamExt as _;
        let mut stream = self.stream(what, sql, params).await?;
        let mut writer = StageWriter::create(path, &stream.schema())?;
        while let Some(batch) = stream.next().await {
            writer.write(&batch.map_err(|e| EngineError::query(what, e))?)?;
        }
        writer.finish()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // A spill file may hold evidence; the engine removes each, this removes what a failure left.
        let _removed = std::fs::remove_dir_all(&self.spill_dir);
    }
}

/// Whether the SQL text names the parameter `$name` (and not a longer one that starts alike).
fn mentions(sql: &str, name: &str) -> bool {
    let needle = format!("${name}");
    sql.match_indices(&needle).any(|(at, found)| {
        !sql.as_bytes().get(at + found.len()).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_parameter_is_found_whole() {
        assert!(mentions("a < $gap_s + 1", "gap_s"));
        assert!(mentions("a < $gap_s", "gap_s"));
        assert!(!mentions("a < $gap_seconds", "gap_s"));
        assert!(!mentions("a < gap_s", "gap_s"));
    }
}
