//! What a step is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tutela_engine::Engine;
use tutela_model::TableId;

use crate::{Param, ParamValues, StepError};

/// What a step says of itself. It is its manual page, and the dossier prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepMeta {
    /// Verb phrase in snake case; also the file's name.
    pub id: &'static str,
    /// Raised with every change of method.
    pub version: u32,
    /// What it looks for.
    pub looks_for: String,
    /// What it does not show. The sentence the court needs.
    pub does_not_show: String,
}

/// One analytical step: tables in, findings out.
pub trait Step: Sync {
    /// What it says of itself.
    fn meta(&self) -> &StepMeta;
    /// Record tables it reads.
    fn inputs(&self) -> &[TableId];
    /// Earlier steps whose stages it reads.
    fn after(&self) -> &[&'static str];
    /// Its parameters.
    fn params(&self) -> &[Param];
    /// Its text, where it is SQL.
    fn sql(&self) -> Option<&'static str>;
    /// Runs it: writes one file a stage into `ctx.out_dir`.
    ///
    /// # Errors
    /// Where a stage cannot be computed or written.
    fn run<'a>(&'a self, ctx: &'a StepContext<'a>) -> BoxFuture<'a, Result<Vec<StageDone>, StepError>>;
}

/// What a step may use.
pub struct StepContext<'a> {
    /// The session. Tables are registered in it as steps ask for them.
    pub engine: &'a Engine,
    /// The Parquet files of each record table.
    pub records: &'a BTreeMap<TableId, Vec<PathBuf>>,
    /// The run: `RUN/<step>/<stage>.parquet` of the steps that have ended.
    pub run_dir: &'a Path,
    /// Where this step writes; renamed into the run once it has ended.
    pub out_dir: &'a Path,
    /// Values of all parameters.
    pub params: &'a ParamValues,
    /// Told after each stage.
    pub progress: &'a (dyn Fn(&StageDone) + Sync),
}

impl std::fmt::Debug for StepContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StepContext")
            .field("run_dir", &self.run_dir)
            .field("out_dir", &self.out_dir)
            .finish_non_exhaustive()
    }
}

/// A stage that has been written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageDone {
    /// The stage's name; the file is `<name>.parquet`, or as `file` says.
    pub name: String,
    /// File name inside the step's folder.
    pub file: String,
    /// Rows in it.
    pub rows: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
}

/// Where a stage of a finished step is.
#[must_use]
pub fn stage_path(run_dir: &Path, step: &str, stage: &str) -> PathBuf {
    run_dir.join(step).join(format!("{stage}.parquet"))
}

/// Registers the record tables and earlier stages that a step reads.
pub(crate) fn register_inputs(
    after: &[&'static str],
    inputs: &[TableId],
    id: &str,
    ctx: &StepContext<'_>,
) -> Result<(), StepError> {
    let wrap = |stage: &str| {
        let (step, stage) = (id.to_owned(), stage.to_owned());
        move |source| StepError::Stage { step, stage, source }
    };
    for table in inputs {
        let files = ctx.records.get(table).map_or(&[][..], Vec::as_slice);
        ctx.engine.register_parquet(table.name(), &table.table().arrow_schema(), files).map_err(wrap(table.name()))?;
    }
    for earlier in after {
        let folder = ctx.run_dir.join(earlier);
        let missing = || StepError::Missing { step: id.to_owned(), needs: (*earlier).to_owned() };
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .map_err(|_| missing())?
            .filter_map(|entry| entry.ok().map(|e| e.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "parquet"))
            .collect();
        files.sort();
        for path in files {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            ctx.engine.register_stage(&name, &path).map_err(wrap(&name))?;
        }
    }
    Ok(())
}
