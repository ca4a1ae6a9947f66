//! Steps written as SQL text: a header, then named stages.
//!
//! ```text
//! -- step: resolve_sessions
//! -- version: 1
//! -- looks-for: ...
//! -- does-not-show: ...
//! -- inputs: session, assignment
//! -- after: another_step
//! -- param: zone_doubt_s integer default 7200 range 0..86400 -- seconds; why
//!
//! -- stage: candidate
//! -- native: interval_join
//! SELECT ... ORDER BY ...;
//! ```

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tutela_engine::{Params, StageFile};
use tutela_model::TableId;

use crate::native;
use crate::step::register_inputs;
use crate::{Param, ParamValue, StageDone, Step, StepContext, StepError, StepMeta};

/// One named stage of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlStage {
    /// Its name, unique over all steps; the table that later stages read.
    pub name: &'static str,
    /// The native function that computes it in place of the SQL, if one does.
    pub native: Option<&'static str>,
    /// Its text.
    pub sql: &'static str,
}

/// A step read from its SQL text.
#[derive(Debug)]
pub struct SqlStep {
    meta: StepMeta,
    inputs: Vec<TableId>,
    after: Vec<&'static str>,
    params: Vec<Param>,
    stages: Vec<SqlStage>,
    text: &'static str,
    /// What is wrong with the text; a test keeps this empty, and a run refuses the step.
    faults: Vec<String>,
}

impl SqlStep {
    /// Reads a step's text. What is wrong with it is kept and refused when the step is run.
    #[must_use]
    pub fn parse(id: &'static str, text: &'static str) -> Self {
        let mut step = Self {
            meta: StepMeta { id, version: 0, looks_for: String::new(), does_not_show: String::new() },
            inputs: Vec::new(),
            after: Vec::new(),
            params: Vec::new(),
            stages: Vec::new(),
            text,
            faults: Vec::new(),
        };
        let (header, stages) = text.split_once("-- stage:").unwrap_or((text, ""));
        step.read_header(header);
        for stage in stages.split("-- stage:").filter(|s| !s.trim().is_empty()) {
            step.read_stage(stage);
        }
        if step.meta.version == 0 || step.meta.looks_for.is_empty() || step.meta.does_not_show.is_empty() {
            step.faults.push("the header lacks version, looks-for or does-not-show".to_owned());
        }
        step
    }

    /// The stages, in the order they run.
    #[must_use]
    pub fn stages(&self) -> &[SqlStage] {
        &self.stages
    }

    /// What is wrong with the text.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    fn read_header(&mut self, header: &'static str) {
        let mut last = "";
        for line in header.lines().filter_map(|l| l.strip_prefix("-- ")) {
            // A line that is indented goes on with the entry above it.
            let (key, value) = match line.strip_prefix("  ") {
                Some(rest) => (last, rest.trim()),
                None => line.split_once(':').map_or(("", line), |(k, v)| (k.trim(), v.trim())),
            };
            last = key;
            let append = |text: &mut String| {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(value);
            };
            match key {
                "step" if value == self.meta.id => {}
                "version" => self.meta.version = value.parse().unwrap_or(0),
                "looks-for" => append(&mut self.meta.looks_for),
                "does-not-show" => append(&mut self.meta.does_not_show),
                "inputs" => {
                    for name in value.split(',').map(str::trim) {
                        match TableId::from_name(name) {
                            Some(table) => self.inputs.push(table),
                            None => self.faults.push(format!("no record table is called {name}")),
                        }
                    }
                }
                "after" => self.after.extend(value.split(',').map(str::trim)),
                "param" => match Param::parse(value) {
                    Some(param) => self.params.push(param),
                    None => self.faults.push(format!("parameter line not understood: {value}")),
                },
                _ => self.faults.push(format!("header line not understood: {line}")),
            }
        }
    }

    fn read_stage(&mut self, text: &'static str) {
        let (name, body) = text.split_once('\n').unwrap_or((text, ""));
        let body = body.trim();
        let (native, sql) = match body.strip_prefix("-- native:") {
            Some(rest) => {
                let (name, sql) = rest.split_once('\n').unwrap_or((rest, ""));
                (Some(name.trim()), sql)
            }
            None => (None, body),
        };
        let sql = sql.trim().trim_end_matches(';');
        if !sql.contains("ORDER BY") {
            self.faults.push(format!("stage {} has no total order", name.trim()));
        }
        self.stages.push(SqlStage { name: name.trim(), native, sql });
    }

    async fn run_stages(&self, ctx: &StepContext<'_>) -> Result<Vec<StageDone>, StepError> {
        if let Some(reason) = self.faults.first() {
            return Err(StepError::Definition { step: self.meta.id.to_owned(), reason: reason.clone() });
        }
        register_inputs(&self.after, &self.inputs, self.meta.id, ctx)?;
        let params = bind(ctx);
        let mut done = Vec::with_capacity(self.stages.len());
        for stage in &self.stages {
            let file = self.run_stage(stage, ctx, &params).await?;
            let wrap = |source| self.failed(stage, source);
            ctx.engine.register_stage(stage.name, &file.path).map_err(wrap)?;
            let entry = StageDone {
                name: stage.name.to_owned(),
                file: format!("{}.parquet", stage.name),
                rows: file.rows,
                digest: file.digest,
            };
            (ctx.progress)(&entry);
            done.push(entry);
        }
        Ok(done)
    }

    async fn run_stage(
        &self,
        stage: &SqlStage,
        ctx: &StepContext<'_>,
        params: &Params,
    ) -> Result<StageFile, StepError> {
        let path = ctx.out_dir.join(format!("{}.parquet", stage.name));
        match stage.native {
            Some(name) => native::run(name, ctx.engine, &path).map_err(|source| self.failed(stage, source)),
            None => ctx
                .engine
                .write_stage(stage.name, stage.sql, params, &path)
                .await
                .map_err(|source| self.failed(stage, source)),
        }
    }

    fn failed(&self, stage: &SqlStage, source: tutela_engine::EngineError) -> StepError {
        StepError::Stage { step: self.meta.id.to_owned(), stage: stage.name.to_owned(), source }
    }
}

/// Parameter values as the engine takes them.
pub(crate) fn bind(ctx: &StepContext<'_>) -> Params {
    ctx.params
        .iter()
        .map(|(name, value)| {
            let value = match value {
                ParamValue::Integer(v) => tutela_engine::scalar_integer(v),
                ParamValue::Real(v) => tutela_engine::scalar_real(v),
            };
            (name.to_owned(), value)
        })
        .collect()
}

/// Registered steps are parsed when they are first used; a step that is tried out is parsed at once.
macro_rules! is_a_step {
    ($($kind:ty),*) => {$(
        impl Step for $kind {
            fn meta(&self) -> &StepMeta {
                &self.meta
            }
            fn inputs(&self) -> &[TableId] {
                &self.inputs
            }
            fn after(&self) -> &[&'static str] {
                &self.after
            }
            fn params(&self) -> &[Param] {
                &self.params
            }
            fn sql(&self) -> Option<&'static str> {
                Some(self.text)
            }
            fn run<'a>(&'a self, ctx: &'a StepContext<'a>) -> BoxFuture<'a, Result<Vec<StageDone>, StepError>> {
                self.run_stages(ctx).boxed()
            }
        }
    )*};
}

is_a_step!(SqlStep, std::sync::LazyLock<SqlStep>);
