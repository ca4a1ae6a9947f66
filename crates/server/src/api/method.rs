//! The method: every step with its text, version and parameters, and what the newest run made of it.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tutela_analysis::{STEPS, Step};
use tutela_case::{RunReport, StepReport};

use super::case_named;
use crate::App;
use crate::problem::{Named, Problem};

/// The method of the newest run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Method {
    run_id: String,
    /// The version of Tutela that ran it.
    version: String,
    /// Record files that went in.
    inputs: u64,
    steps: Vec<StepPage>,
}

/// A step.
#[derive(Debug, Serialize, JsonSchema)]
struct StepPage {
    id: String,
    version: u32,
    looks_for: String,
    does_not_show: String,
    /// The record tables it reads.
    tables: Vec<String>,
    /// The steps whose stages it reads.
    after: Vec<String>,
    params: Vec<ParamRow>,
    /// Whether the step is SQL text; else it is code that puts earlier stages into words.
    is_sql: bool,
    /// SHA-256 of its text as it was run.
    sql_sha256: Option<String>,
    stages: Vec<StagePage>,
    seconds: Option<f64>,
}

/// A parameter.
#[derive(Debug, Serialize, JsonSchema)]
struct ParamRow {
    name: String,
    meaning: String,
    default: f64,
    min: f64,
    max: f64,
    /// The value in this run.
    value: f64,
}

/// A stage of a step.
#[derive(Debug, Serialize, JsonSchema)]
struct StagePage {
    name: String,
    /// Its text, with its comments.
    sql: Option<String>,
    /// The function that computes it in place of the text; tests hold it to the text.
    native: Option<String>,
    /// Rows that this run wrote.
    rows: Option<u64>,
    /// SHA-256 of what this run wrote.
    digest: Option<String>,
}

pub(super) async fn show(State(app): State<App>, Named(name): Named<String>) -> Result<Json<Method>, Problem> {
    let report = case_named(&app, &name)?.act(|c| c.run_report()).await?;
    let steps = STEPS.iter().map(|step| page(*step, &report)).collect();
    Ok(Json(Method { steps, inputs: report.inputs.len() as u64, run_id: report.run_id, version: report.version }))
}

fn page(step: &dyn Step, report: &RunReport) -> StepPage {
    let meta = step.meta();
    let ran = report.steps.iter().find(|s| s.id == meta.id);
    let params = step.params().iter().map(|p| ParamRow {
        name: p.name.to_owned(),
        meaning: p.meaning.to_owned(),
        default: p.default,
        min: p.min,
        max: p.max,
        value: report.params.get(p.name).and_then(serde_json::Value::as_f64).unwrap_or(p.default),
    });
    StepPage {
        id: meta.id.to_owned(),
        version: meta.version,
        looks_for: meta.looks_for.clone(),
        does_not_show: meta.does_not_show.clone(),
        tables: step.inputs().iter().map(|t| t.name().to_owned()).collect(),
        after: step.after().iter().map(|s| (*s).to_owned()).collect(),
        params: params.collect(),
        is_sql: step.sql().is_some(),
        sql_sha256: ran.and_then(|r| r.sql_sha256.clone()),
        stages: stages(step.sql(), ran),
        seconds: ran.map(|r| r.seconds),
    }
}

/// The stages of a step's text, each with what the run wrote; of a step without text, what the run wrote.
fn stages(sql: Option<&str>, ran: Option<&StepReport>) -> Vec<StagePage> {
    let written = |name: &str| ran.and_then(|r| r.stages.iter().find(|s| s.name == name));
    let Some(sql) = sql else {
        let names = ran.into_iter().flat_map(|r| &r.stages);
        return names
            .map(|s| StagePage {
                name: s.name.clone(),
                sql: None,
                native: None,
                rows: Some(s.rows),
                digest: Some(s.digest.clone()),
            })
            .collect();
    };
    sql.split("-- stage:")
        .skip(1)
        .map(|text| {
            let (name, body) = text.split_once('\n').unwrap_or((text, ""));
            let name = name.trim();
            let native = body.lines().find_map(|l| l.trim().strip_prefix("-- native:"));
            let written = written(name);
            StagePage {
                name: name.to_owned(),
                sql: Some(body.trim().to_owned()),
                native: native.map(|n| n.trim().to_owned()),
                rows: written.map(|s| s.rows),
                digest: written.map(|s| s.digest.clone()),
            }
        })
        .collect()
}
