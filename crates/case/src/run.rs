//! Runs: the steps over the case's records, each finished step kept, so that a run can be resumed, audited and replayed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_analysis::{ParamValues, PaymentsDocument, STEPS, StageDone, Step, StepContext};
use tutela_engine::{Engine, EngineConfig};
use tutela_model::TableId;
use tutela_model::lead::LeadsDocument;

use crate::custody::Entry;
use crate::deletion::runs_taken_away;
use crate::{Act, Case, CaseError, Stop, clock, files, store};

/// How to run. Only `set` can change a result.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The steps wanted; all where empty. The steps they build on run as well.
    pub steps: Vec<String>,
    /// Parameter values other than the defaults.
    pub set: Vec<(String, String)>,
    /// Memory that queries may hold before they spill, in bytes.
    pub memory_bytes: usize,
    /// Parallel partitions.
    pub partitions: usize,
    /// Compute everything again beside the kept results and compare.
    pub verify: bool,
}

/// What a run did; `run.json` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// Made from records, parameters and the steps' versions: equal inputs are the same run.
    pub run_id: String,
    /// Version of Tutela.
    pub version: String,
    /// Values of all parameters.
    pub params: BTreeMap<String, serde_json::Value>,
    /// Digest of each record file that went in.
    pub inputs: Vec<String>,
    /// The steps that have ended, in order.
    pub steps: Vec<StepReport>,
}

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// The step.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of its text; absent for a step that is not text.
    pub sql_sha256: Option<String>,
    /// Seconds it took, where it was computed.
    pub seconds: f64,
    /// Peak memory of the process up to its end; absent where the system does not tell.
    pub peak_bytes: Option<u64>,
    /// Its stages.
    pub stages: Vec<StageReport>,
}

/// One stage of a step: what it wrote.
pub type StageReport = StageDone;

impl Case {
    /// Runs the steps; those already there are not run again.
    ///
    /// # Errors
    /// Where a step is not known or fails, or, with `verify`, a result differs.
    pub fn run(&mut self, options: &RunOptions, told: &(dyn Fn(&str) + Sync)) -> Result<RunReport, CaseError> {
        let begun = self.begin_run(options)?;
        let report = begun.compute(told, &Stop::default())?;
        self.end_run(&begun, report)
    }

    /// Begins a run: what goes in is fixed from here on. What is computed needs the case no more, so that others can work on
    /// it meanwhile.
    ///
    /// # Errors
    /// Where the right is missing, or a step or parameter is not known.
    pub fn begin_run(&self, options: &RunOptions) -> Result<BegunRun, CaseError> {
        self.need(Act::Run)?;
        let params = ParamValues::with(&options.set)?;
        let steps = wanted(&options.steps)?;
        let inputs = self.usable_record_files()?;
        let run_id = run_id(&inputs, &params);
        let run_dir = self.run_dir(&run_id);
        fs::create_dir_all(&run_dir).map_err(CaseError::io(&run_dir))?;
        let report = RunReport {
            run_id,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            params: params.iter().map(|(n, v)| (n.to_owned(), serde_json::to_value(v).unwrap_or_default())).collect(),
            inputs: inputs.iter().map(|f| format!("{}/{} {}", f.table.name(), f.source_id, f.digest)).collect(),
            steps: Vec::new(),
        };
        let records = store::by_table(&self.root, &inputs);
        Ok(BegunRun { run_dir, steps, records, params, options: options.clone(), report })
    }

    /// Ends a run: it counts from here on.
    ///
    /// # Errors
    /// Where the records have changed since it began: the steps are kept, and a new run finds those that still hold.
    pub fn end_run(&mut self, begun: &BegunRun, report: RunReport) -> Result<RunReport, CaseError> {
        self.need(Act::Run)?;
        if run_id(&self.usable_record_files()?, &begun.params) != report.run_id {
            return Err(CaseError::Usage(
                "the records that may be used have changed while this ran; run the steps again".to_owned(),
            ));
        }
        self.finish(&begun.run_dir, &report)?;
        if report.steps.len() == STEPS.len() {
            self.log_lapse_effect()?;
            self.log_contradictions()?;
        }
        Ok(report)
    }

    /// Computes some steps of the run over the records as they are, without ending or logging a run, and gives the run's
    /// folder. A later run finds them there.
    pub(crate) fn prepare(
        &self,
        options: &RunOptions,
        params: &ParamValues,
        told: &(dyn Fn(&str) + Sync),
    ) -> Result<PathBuf, CaseError> {
        let steps = wanted(&options.steps)?;
        let inputs = self.usable_record_files()?;
        let run_dir = self.run_dir(&run_id(&inputs, params));
        fs::create_dir_all(&run_dir).map_err(CaseError::io(&run_dir))?;
        let records = store::by_table(&self.root, &inputs);
        let engine = engine(options, &run_dir)?;
        let stop = Stop::default();
        let job = Job { run_dir: &run_dir, engine: &engine, records: &records, params, told, stop: &stop };
        for step in steps {
            if job.finished(step)?.is_none() {
                job.compute(step)?;
            }
        }
        Ok(run_dir)
    }

    /// The newest finished run's leads.
    ///
    /// # Errors
    /// Where no run has ended, its leads cannot be read, or they rest on records whose legal basis no longer holds.
    pub fn leads(&self) -> Result<(String, LeadsDocument), CaseError> {
        self.need(Act::Leads)?;
        self.newest_leads()
    }

    /// The same, for what is asked under another right.
    pub(crate) fn newest_leads(&self) -> Result<(String, LeadsDocument), CaseError> {
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        let leads = tutela_analysis::leads(&self.run_dir(&run_id))?;
        Ok((run_id, leads))
    }

    /// That the newest finished run's leads may still be shown.
    ///
    /// # Errors
    /// As [`Case::leads`].
    pub fn leads_stand(&self) -> Result<(), CaseError> {
        self.need(Act::Leads)?;
        self.check_basis(&self.current_run()?)
    }

    /// The likelihood ratios that the newest finished run states.
    ///
    /// # Errors
    /// As [`Case::leads`].
    pub fn stated_ratios(&self) -> Result<Vec<tutela_analysis::StatedRatio>, CaseError> {
        self.need(Act::Leads)?;
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        Ok(tutela_analysis::stated_ratios(&self.run_dir(&run_id))?)
    }

    /// The newest finished run's leads from payments.
    ///
    /// # Errors
    /// As [`Case::leads`].
    pub fn payments(&self) -> Result<(String, PaymentsDocument), CaseError> {
        self.need(Act::Payments)?;
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        let payments = tutela_analysis::payments(&self.run_dir(&run_id))?;
        Ok((run_id, payments))
    }

    pub(crate) fn run_dir(&self, run_id: &str) -> PathBuf {
        self.root.join("runs").join(run_id)
    }

    /// The run whose leads count: the newest that the custody log records, if nothing was taken in since.
    pub(crate) fn current_run(&self) -> Result<String, CaseError> {
        self.complete_runs()?.pop().ok_or_else(|| {
            CaseError::Usage(format!(
                "{}: nothing has been run yet; run the steps with: tutela run",
                self.root.display()
            ))
        })
    }

    /// The finished runs that the custody log records, oldest first.
    pub(crate) fn complete_runs(&self) -> Result<Vec<String>, CaseError> {
        self.complete_runs_of(&self.entries()?)
    }

    /// The same as some entries of the log say.
    pub(crate) fn complete_runs_of(&self, entries: &[Entry]) -> Result<Vec<String>, CaseError> {
        let mut out: Vec<String> = Vec::new();
        for entry in entries {
            let gone = runs_taken_away(entry);
            out.retain(|run| !gone.contains(run));
            if entry.act == "run" && entry.detail.get("complete") == Some(&true.into()) {
                out.push(entry.subject.clone());
            }
        }
        Ok(out)
    }

    /// That no source of a run has lost its legal basis since.
    pub(crate) fn check_basis(&self, run_id: &str) -> Result<(), CaseError> {
        let unusable = self.unusable_sources()?;
        if unusable.is_empty() {
            return Ok(());
        }
        let path = self.run_dir(run_id).join("run.json");
        let text = fs::read(&path).map_err(CaseError::io(&path))?;
        let report: RunReport =
            serde_json::from_slice(&text).map_err(|source| CaseError::Json { path: path.clone(), source })?;
        let source =
            |input: &String| input.split_once('/').and_then(|(_, rest)| rest.split(' ').next().map(str::to_owned));
        match report.inputs.iter().filter_map(source).find(|s| unusable.contains(s)) {
            None => Ok(()),
            Some(source_id) => Err(CaseError::Usage(format!(
                "run {run_id}: rests on source {source_id}, whose legal basis no longer holds; run the steps again \
                 without it: tutela run {}",
                self.root.display()
            ))),
        }
    }

    /// Writes `run.json` and logs the run, once for each new result.
    fn finish(&mut self, run_dir: &Path, report: &RunReport) -> Result<(), CaseError> {
        let complete = report.steps.len() == STEPS.len();
        let path = run_dir.join("run.json");
        let text =
            serde_json::to_vec_pretty(report).map_err(|source| CaseError::Json { path: path.clone(), source })?;
        files::write_whole(&path, &text)?;
        let mut digests: BTreeMap<String, String> = report
            .steps
            .iter()
            .flat_map(|s| s.stages.iter().map(move |stage| (format!("{}/{}", s.id, stage.file), stage.digest.clone())))
            .collect();
        for file in report.steps.iter().map(|s| format!("{}/step.json", s.id)).chain(["run.json".to_owned()]) {
            digests.insert(file.clone(), files::digest(&run_dir.join(file))?.0);
        }
        let detail = serde_json::json!({ "complete": complete, "stages": digests });
        let entries = self.entries()?;
        let last = entries.iter().rev().find(|e| e.act == "run" || !runs_taken_away(e).is_empty());
        if last.is_none_or(|e| e.act != "run" || e.subject != report.run_id || e.detail != detail) {
            self.log.append(&self.who, "run", &report.run_id, detail)?;
        }
        Ok(())
    }
}

/// A run that has begun: what goes in, and where what comes out is kept.
pub struct BegunRun {
    run_dir: PathBuf,
    steps: Vec<&'static dyn Step>,
    records: BTreeMap<TableId, Vec<PathBuf>>,
    params: ParamValues,
    options: RunOptions,
    /// The report as far as it is known before anything is computed.
    report: RunReport,
}

impl std::fmt::Debug for BegunRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BegunRun").field("run_id", &self.report.run_id).finish_non_exhaustive()
    }
}

impl BegunRun {
    /// How many steps there are.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps.len()
    }

    /// Computes the steps that are not there yet. Each finished one is kept, so that whatever stops this, a later run goes on
    /// behind it.
    ///
    /// # Errors
    /// Where a step fails, a result differs, or it was told to stop.
    pub fn compute(&self, told: &(dyn Fn(&str) + Sync), stop: &Stop) -> Result<RunReport, CaseError> {
        let mut report = self.report.clone();
        // One session for all steps: what it knows of the record files need not be read again.
        let engine = engine(&self.options, &self.run_dir)?;
        let (run_dir, params) = (&self.run_dir, &self.params);
        let job = Job { run_dir, engine: &engine, records: &self.records, params, told, stop };
        for step in &self.steps {
            stop.check()?;
            let done = match job.finished(*step)? {
                Some(done) => {
                    if self.options.verify {
                        job.compare(*step, &done)?;
                    }
                    told(&format!("{}: there already, {} stages", step.meta().id, done.stages.len()));
                    done
                }
                None => job.compute(*step)?,
            };
            report.steps.push(done);
        }
        Ok(report)
    }
}

/// The session for one run, which spills into its folder.
fn engine(options: &RunOptions, run_dir: &Path) -> Result<Engine, CaseError> {
    let spill_dir = run_dir.join("spill");
    let config = EngineConfig { memory_bytes: options.memory_bytes, partitions: options.partitions, spill_dir };
    Ok(Engine::open(&config)?)
}

/// What is needed to run one step.
struct Job<'a> {
    run_dir: &'a Path,
    engine: &'a Engine,
    records: &'a BTreeMap<TableId, Vec<PathBuf>>,
    params: &'a ParamValues,
    told: &'a (dyn Fn(&str) + Sync),
    stop: &'a Stop,
}

impl Job<'_> {
    /// The report of a step that has ended, from its folder.
    fn finished(&self, step: &dyn Step) -> Result<Option<StepReport>, CaseError> {
        let path = self.run_dir.join(step.meta().id).join("step.json");
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|source| CaseError::Json { path, source }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(CaseError::io(&path)(e)),
        }
    }

    /// Computes a step in a folder of its own, then gives it its name.
    fn compute(&self, step: &dyn Step) -> Result<StepReport, CaseError> {
        let id = step.meta().id;
        let part = self.run_dir.join(format!("{id}.part"));
        let report = self.compute_in(step, &part)?;
        files::sync_all(&report.stages.iter().map(|stage| part.join(&stage.file)).collect::<Vec<_>>())?;
        let path = part.join("step.json");
        let text =
            serde_json::to_vec_pretty(&report).map_err(|source| CaseError::Json { path: path.clone(), source })?;
        files::write_whole(&path, &text)?;
        files::rename(&part, &self.run_dir.join(id))?;
        Ok(report)
    }

    /// Computes a step again and compares every stage.
    fn compare(&self, step: &dyn Step, kept: &StepReport) -> Result<(), CaseError> {
        let part = self.run_dir.join(format!("{}.verify", step.meta().id));
        let again = self.compute_in(step, &part)?;
        fs::remove_dir_all(&part).map_err(CaseError::io(&part))?;
        match kept.stages.iter().zip(&again.stages).find(|(a, b)| a.digest != b.digest) {
            None if kept.stages.len() == again.stages.len() => Ok(()),
            differing => Err(CaseError::Damaged(format!(
                "step {}: stage {} does not come out as it was kept",
                step.meta().id,
                differing.map_or("list", |(a, _)| a.name.as_str())
            ))),
        }
    }

    fn compute_in(&self, step: &dyn Step, folder: &Path) -> Result<StepReport, CaseError> {
        files::empty_folder(folder)?;
        reset_peak();
        let watch = clock::Stopwatch::start();
        let id = step.meta().id;
        let progress = |stage: &StageDone| (self.told)(&format!("{id}: {} ({} rows)", stage.name, stage.rows));
        let context = StepContext {
            engine: self.engine,
            records: self.records,
            run_dir: self.run_dir,
            out_dir: folder,
            params: self.params,
            progress: &progress,
        };
        let stages = runtime()?.block_on(async {
            tokio::select! {
                done = step.run(&context) => done.map_err(CaseError::from),
                () = self.stop.asked() => Err(CaseError::Stopped),
            }
        })?;
        Ok(StepReport {
            id: id.to_owned(),
            version: step.meta().version,
            sql_sha256: step.sql().map(|text| hex::encode(Sha256::digest(text))),
            seconds: watch.seconds(),
            peak_bytes: peak_bytes(),
            stages,
        })
    }
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, CaseError> {
    let built = tokio::runtime::Builder::new_multi_thread().build();
    built.map_err(|source| CaseError::Io { path: PathBuf::from("threads"), source })
}

/// The steps of those names and all they build on, in the order they run.
fn wanted(names: &[String]) -> Result<Vec<&'static dyn Step>, CaseError> {
    let mut needed: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut next = 0;
    while let Some(name) = needed.get(next).copied() {
        let step = tutela_analysis::step(name).ok_or_else(|| {
            let known: Vec<&str> = STEPS.iter().map(|s| s.meta().id).collect();
            CaseError::Usage(format!("step {name}: not known (there is: {})", known.join(", ")))
        })?;
        for earlier in step.after() {
            if !needed.contains(earlier) {
                needed.push(earlier);
            }
        }
        next += 1;
    }
    Ok(STEPS.iter().copied().filter(|s| names.is_empty() || needed.contains(&s.meta().id)).collect())
}

/// Equal records, parameters and steps give equal ids, whatever the order in which the records came.
pub(crate) fn run_id(inputs: &[crate::RecordFile], params: &ParamValues) -> String {
    let mut hash = Sha256::new();
    for step in STEPS {
        hash.update(format!("step {} {}\n", step.meta().id, step.meta().version));
        hash.update(step.sql().unwrap_or_default());
    }
    for (name, value) in params.iter() {
        hash.update(format!("param {name} {value:?}\n"));
    }
    for file in inputs {
        hash.update(format!("input {} {} {}\n", file.table.name(), file.source_id, file.digest));
    }
    let digest = hash.finalize();
    hex::encode(digest.get(..8).unwrap_or_default())
}

/// Lets the system count the peak anew; without effect where it does not allow that.
pub fn reset_peak() {
    let _without_effect = fs::write("/proc/self/clear_refs", "5");
}

/// Peak memory of this process in bytes, as the system counts it.
#[must_use]
pub fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
