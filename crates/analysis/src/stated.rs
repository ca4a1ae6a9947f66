//! The likelihood ratios that a run states, for measuring how good they are.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::{Array as _, BooleanArray, Float64Array};

use crate::StepError;
use crate::citations::{integers, stage, texts};

/// Whom or what a ratio speaks about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Gate 1: a line, by operator and reference.
    Line(String, String),
    /// Gate 2: a person.
    Person(String),
}

/// A ratio that a run states.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedRatio {
    /// The account's platform.
    pub platform: String,
    /// The account.
    pub account_ref: String,
    /// Whom or what it speaks about.
    pub subject: Subject,
    /// log10 of the ratio.
    pub log10_lr: f64,
}

/// An account and a line, by number.
type AccountLine = (i64, i64);

/// The ratios that a run states: at gate 1 for each line that is single or weak, and against the line that comes
/// nearest to explaining the episodes of a single one and was set aside; at gate 2 for each person about whom one is stated. Sets and lines
/// in doubt are stated without a ratio.
///
/// # Errors
/// Where the run's stages cannot be read.
pub fn stated_ratios(run_dir: &Path) -> Result<Vec<StatedRatio>, StepError> {
    let accounts = pairs(run_dir, "resolve_sessions", "known_account", ["account_id", "platform", "account_ref"])?;
    let lines = pairs(run_dir, "count_episodes", "known_line", ["line_id", "operator", "line_ref"])?;
    let mut out = Vec::new();
    let mut state = |account: i64, subject: Option<Subject>, log10_lr: f64| {
        if let (Some((platform, account_ref)), Some(subject)) = (accounts.get(&account), subject) {
            let (platform, account_ref) = (platform.clone(), account_ref.clone());
            out.push(StatedRatio { platform, account_ref, subject, log10_lr });
        }
    };
    let line = |id: i64| lines.get(&id).map(|(operator, line)| Subject::Line(operator.clone(), line.clone()));
    let found = found_lines(run_dir)?;
    for ((account, id), (status, log10_lr)) in &found {
        if matches!(status.as_str(), "single" | "weak") {
            state(*account, line(*id), *log10_lr);
        }
    }
    for ((account, of), (rival, log10_lr)) in nearest_rivals(run_dir, &found)? {
        // Against a rival a line cannot weigh more than it does at all.
        if let Some((_, most)) = found.get(&(account, of)).filter(|(status, _)| status == "single") {
            state(account, line(rival), -log10_lr.min(*most));
        }
    }
    for batch in stage(run_dir, "attribute_people", "person_finding", &["account_id", "person_ref", "log10_lr"])? {
        let batch = batch?;
        let (account, person, ratio) = (integers(&batch, 0)?, texts(&batch, 1)?, reals(&batch, 2)?);
        for i in (0..batch.num_rows()).filter(|i| !ratio.is_null(*i)) {
            state(account.value(i), Some(Subject::Person(person.value(i).to_owned())), ratio.value(i));
        }
    }
    Ok(out)
}

/// What is found of each line that stands behind an episode, by account and line: its status and its ratio.
fn found_lines(run_dir: &Path) -> Result<BTreeMap<AccountLine, (String, f64)>, StepError> {
    let mut doubted = Vec::new();
    for batch in stage(run_dir, "place_people", "line_doubt", &["line_id"])? {
        doubted.extend(integers(&batch?, 0)?.values().iter().copied());
    }
    let mut out = BTreeMap::new();
    let columns = ["account_id", "line_id", "status", "log10_lr"];
    for batch in stage(run_dir, "attribute_lines", "line_finding", &columns)? {
        let batch = batch?;
        let (account, line) = (integers(&batch, 0)?, integers(&batch, 1)?);
        let (status, ratio) = (texts(&batch, 2)?, reals(&batch, 3)?);
        for i in 0..batch.num_rows() {
            let status = if doubted.contains(&line.value(i)) { "doubtful" } else { status.value(i) };
            out.insert((account.value(i), line.value(i)), (status.to_owned(), ratio.value(i)));
        }
    }
    Ok(out)
}

/// The line set aside that came nearest, and the ratio against it, by account and line. A rival that stands behind
/// episodes of its own has a ratio of its own.
fn nearest_rivals(
    run_dir: &Path,
    found: &BTreeMap<AccountLine, (String, f64)>,
) -> Result<BTreeMap<AccountLine, (i64, f64)>, StepError> {
    let mut out: BTreeMap<AccountLine, (i64, f64)> = BTreeMap::new();
    let columns = ["account_id", "line_id", "rival_line_id", "log10_lr", "open"];
    for batch in stage(run_dir, "attribute_lines", "rival", &columns)? {
        let batch = batch?;
        let (account, line, rival) = (integers(&batch, 0)?, integers(&batch, 1)?, integers(&batch, 2)?);
        let ratio = reals(&batch, 3)?;
        let open = batch.column(4).as_any().downcast_ref::<BooleanArray>();
        let open = open.ok_or_else(|| StepError::shape("rival", "open is not yes or no"))?;
        let has_own = |i: usize| found.contains_key(&(account.value(i), rival.value(i)));
        for i in (0..batch.num_rows()).filter(|i| !open.value(*i) && !has_own(*i)) {
            let this = (rival.value(i), ratio.value(i));
            let nearest = out.entry((account.value(i), line.value(i))).or_insert(this);
            if (this.1, this.0) < (nearest.1, nearest.0) {
                *nearest = this;
            }
        }
    }
    Ok(out)
}

/// Two texts by number.
fn pairs(
    run_dir: &Path,
    step: &str,
    name: &str,
    columns: [&str; 3],
) -> Result<BTreeMap<i64, (String, String)>, StepError> {
    let mut out = BTreeMap::new();
    for batch in stage(run_dir, step, name, &columns)? {
        let batch = batch?;
        let (id, first, second) = (integers(&batch, 0)?, texts(&batch, 1)?, texts(&batch, 2)?);
        for i in 0..batch.num_rows() {
            out.insert(id.value(i), (first.value(i).to_owned(), second.value(i).to_owned()));
        }
    }
    Ok(out)
}

fn reals(batch: &arrow::array::RecordBatch, column: usize) -> Result<&Float64Array, StepError> {
    let found = batch.column(column).as_any().downcast_ref();
    found.ok_or_else(|| StepError::shape("stated", format!("column {column} holds no real numbers")))
}
