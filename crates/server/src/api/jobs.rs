//! Jobs: files into the case, runs and checks, each beside the requests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{Act, IntakeOptions, IntakeReport, IntakeStatus, Knew, ReplyFile, ReplyRow, RunOptions};
use tutela_formats::Mapping;
use tutela_model::TableId;

use super::{Route, case_named, events, sources};
use crate::App;
use crate::held::actor;
use crate::jobs::{Job, JobKind, JobResult, Work, begin};
use crate::problem::{Asked, Named, Problem, Sent};
use crate::sign_in::lock;
use crate::uploads::Upload;

/// Memory that the queries of a run may hold before they spill, in bytes.
const RUN_BYTES: usize = 512 << 20;

/// The name of a file that is sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadQuery {
    /// The file's name, without folders: at most 200 characters of ASCII, or 60 of any kind.
    #[schemars(extend("pattern" = crate::uploads::NAME_PATTERN))]
    file_name: String,
}

/// Files to be taken in.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewIntake {
    /// The legal basis that they were acquired under.
    basis_id: String,
    /// The files, by the numbers that they got when they were sent.
    #[schemars(length(min = 1))]
    uploads: Vec<String>,
    /// The format to read them as; found by looking at each where absent.
    format: Option<String>,
    /// The record table that a CSV file fills, where its headings leave that open.
    table: Option<String>,
    /// The name of a mapping that comes with Tutela.
    mapping: Option<String>,
}

/// Files of a reply to be compared with its requests.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReply {
    /// The legal basis of the requests.
    basis_id: String,
    /// The files, by the numbers that they got when they were sent.
    #[schemars(length(min = 1))]
    uploads: Vec<String>,
    /// Whether the operator states several lines for one shared address and moment.
    shared: Option<bool>,
}

/// What became of a file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct IntakeRow {
    file_name: String,
    /// SHA-256 of the sealed file; absent where it was refused.
    source_id: Option<String>,
    /// Whether the same bytes were taken in before.
    already: bool,
    format: Option<String>,
    rows: u64,
    rows_in_records: u64,
    rows_refused: u64,
    /// Records by table.
    records: BTreeMap<String, u64>,
    /// Why the file was refused whole.
    refused: Option<String>,
}

/// What became of a file of a reply.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ReplyFileRow {
    file: IntakeRow,
    /// Requests that it answers.
    requests: u64,
    /// Rows that agree with what was asked.
    accepted: u64,
    /// Rows that agree, with something to know.
    noted: u64,
    /// Rows that are in no record.
    blocked: u64,
    /// What the comparison found of each row that is noted or blocked.
    found: Vec<ReplyFinding>,
}

/// What the comparison of one row with its request found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ReplyFinding {
    request_ref: String,
    table: String,
    row: i64,
    /// `accepted`, `noted` or `blocked`.
    outcome: String,
    /// The check that decided.
    check: String,
    field: Option<String>,
    /// What the reply says.
    found: Option<String>,
    /// What was asked, and why that decides.
    expected: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    let new = Route::new;
    vec![
        new("get", "/cases/{case}/events", "listen", "Tells of changes and of jobs as they go on.", get(events::show))
            .needs(Act::Leads)
            .tells::<crate::feed::Event>(),
        new("get", "/cases/{case}/jobs", "listJobs", "The jobs since the server began, newest first.", get(list))
            .needs(Act::Sources)
            .answers::<Vec<Job>>(),
        new("get", "/cases/{case}/jobs/{job}", "getJob", "One job.", get(show)).needs(Act::Sources).answers::<Job>(),
        new(
            "delete",
            "/cases/{case}/jobs/{job}",
            "stopJob",
            "Tells a job to stop; what it had finished is kept, and a new one goes on behind it.",
            delete(stop),
        )
        .needs(Act::Sources)
        .answers::<Job>(),
        new("post", "/cases/{case}/uploads", "upload", "Sends a file that is to be taken in.", post(upload))
            .needs(Act::Intake)
            .query::<UploadQuery>()
            .takes_a_file()
            .answers::<Upload>(),
        new("delete", "/cases/{case}/uploads/{upload}", "dropUpload", "Throws a sent file away.", delete(drop_upload))
            .needs(Act::Intake)
            .empty(),
        new("post", "/cases/{case}/intakes", "takeIn", "Takes sent files in under a legal basis.", post(take_in))
            .needs(Act::Intake)
            .body::<NewIntake>()
            .begins_a_job(),
        new("post", "/cases/{case}/replies", "importReply", "Compares a reply with its requests.", post(reply))
            .needs(Act::ImportReplies)
            .body::<NewReply>()
            .begins_a_job(),
        new("post", "/cases/{case}/runs", "run", "Runs the analysis over the records that may be used.", post(run))
            .needs(Act::Run)
            .begins_a_job(),
        new(
            "post",
            "/cases/{case}/verifications",
            "verifyCase",
            "Checks every sealed file, record file, run and log entry now.",
            post(verify),
        )
        .needs(Act::Sources)
        .begins_a_job(),
    ]
}

type Begun = Result<(StatusCode, Json<Job>), Problem>;

pub(super) fn accepted(job: Job) -> (StatusCode, Json<Job>) {
    (StatusCode::ACCEPTED, Json(job))
}

async fn list(State(app): State<App>, Named(name): Named<String>) -> Result<Json<Vec<Job>>, Problem> {
    Ok(Json(case_named(&app, &name)?.jobs.list()))
}

async fn show(State(app): State<App>, Named((name, job)): Named<(String, String)>) -> Result<Json<Job>, Problem> {
    Ok(Json(case_named(&app, &name)?.jobs.get(&job)?))
}

async fn stop(State(app): State<App>, Named((name, job)): Named<(String, String)>) -> Result<Json<Job>, Problem> {
    let (case, actor) = (case_named(&app, &name)?, actor()?);
    let found = case.jobs.get(&job)?;
    if found.who != actor.who() {
        case.shared.need(&actor, found.kind.right())?;
    }
    Ok(Json(case.jobs.stop(&job)?))
}

async fn upload(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<UploadQuery>,
    body: Body,
) -> Result<Json<Upload>, Problem> {
    let (case, actor) = (case_named(&app, &name)?, actor()?);
    Ok(Json(case.uploads.receive(actor.who(), &query.file_name, body).await?))
}

async fn drop_upload(
    State(app): State<App>,
    Named((name, upload)): Named<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (case, actor) = (case_named(&app, &name)?, actor()?);
    let ids = [upload];
    case.uploads.of(actor.who(), &ids)?;
    case.uploads.remove(&ids);
    Ok(StatusCode::NO_CONTENT)
}

async fn take_in(State(app): State<App>, Named(name): Named<String>, Sent(new): Sent<NewIntake>) -> Begun {
    let case = case_named(&app, &name)?;
    let files = case.uploads.of(actor()?.who(), &new.uploads)?;
    if files.is_empty() {
        return Err(Problem::bad("uploads is empty; expected the files to take in"));
    }
    let options = options(&new)?;
    begin(&case, JobKind::Intake, move |work| {
        let (mut rows, of) = (Vec::new(), files.len() as u64);
        for (number, (upload, path)) in files.iter().enumerate() {
            work.tell(&upload.file_name, number as u64, of);
            let row = match take_one_in(work, path, &new.basis_id, &options) {
                Ok(report) => intake_row(&report),
                Err(problem) => refused(upload, problem.detail),
            };
            if work.stop.is_asked() && row.refused.is_some() {
                break;
            }
            rows.push(row);
            work.held.uploads.remove(std::slice::from_ref(&upload.upload_id));
        }
        work.held.uploads.remove(&new.uploads);
        // What was taken in before it was stopped is taken in.
        if rows.len() < files.len() {
            work.stop.check()?;
        }
        Ok(JobResult::Intake { files: rows })
    })
    .map(accepted)
}

/// One file: only its beginning and its end need the case, so that others can work on it meanwhile.
fn take_one_in(work: &Work, path: &Path, basis_id: &str, options: &IntakeOptions) -> Result<IntakeReport, Problem> {
    let (held, actor, stop) = (&work.held, &work.actor, &work.stop);
    stop.check()?;
    let begun = held.act_as(actor, |case| case.begin_intake(path, basis_id, options, "job"))?;
    let take = || {
        let copied = begun.copy(stop)?;
        match held.act_as(actor, |case| case.know_intake(&begun, &copied))? {
            Knew::Already(report) => Ok(*report),
            Knew::New(screen) => {
                let read = begun.read(&copied, &screen, stop)?;
                held.act_as(actor, |case| case.end_intake(&begun, &copied, &screen, &read))
            }
        }
    };
    let taken = take();
    if taken.is_err() {
        begun.clear();
    }
    Ok(taken?)
}

fn options(new: &NewIntake) -> Result<IntakeOptions, Problem> {
    let wrong = |text: String| Problem::not_found(text);
    let mut mapping = match &new.mapping {
        None => None,
        Some(name) => {
            let shipped = tutela_formats::shipped(name);
            let shipped = shipped.ok_or_else(|| wrong(format!("mapping {name}: none that comes with Tutela")))?;
            Some(shipped.map_err(|e| wrong(e.to_string()))?)
        }
    };
    if let Some(name) = &new.table {
        let table = TableId::from_name(name).ok_or_else(|| wrong(format!("table {name}: there is no such table")))?;
        mapping.get_or_insert_with(Mapping::default).table = Some(table);
    }
    Ok(IntakeOptions { format: new.format.clone(), mapping })
}

fn intake_row(report: &IntakeReport) -> IntakeRow {
    IntakeRow {
        file_name: report.file_name.clone(),
        source_id: Some(report.source_id.clone()),
        already: report.status == IntakeStatus::Already,
        format: Some(report.format.clone()),
        rows: report.rows,
        rows_in_records: report.rows_in_records,
        rows_refused: report.rows_refused,
        records: report.records.clone(),
        refused: None,
    }
}

fn refused(upload: &Upload, why: String) -> IntakeRow {
    IntakeRow {
        file_name: upload.file_name.clone(),
        source_id: None,
        already: false,
        format: None,
        rows: 0,
        rows_in_records: 0,
        rows_refused: 0,
        records: BTreeMap::new(),
        refused: Some(why),
    }
}

async fn reply(State(app): State<App>, Named(name): Named<String>, Sent(new): Sent<NewReply>) -> Begun {
    let case = case_named(&app, &name)?;
    let files = case.uploads.of(actor()?.who(), &new.uploads)?;
    if files.is_empty() {
        return Err(Problem::bad("uploads is empty; expected the files of the reply"));
    }
    begin(&case, JobKind::Reply, move |work| {
        work.tell("", 0, 0);
        let paths: Vec<_> = files.iter().map(|(_, path)| path.clone()).collect();
        let options = IntakeOptions::default();
        let compare = |case: &mut tutela_case::Case| {
            case.import_reply(&paths, &new.basis_id, &options, new.shared.unwrap_or(false))
        };
        let report = work.held.act_as(&work.actor, compare);
        work.held.uploads.remove(&new.uploads);
        Ok(JobResult::Reply {
            files: report.map_err(|e| without_folders(e, &paths))?.files.iter().map(reply_row).collect(),
        })
    })
    .map(accepted)
}

/// A refusal names the file; where it lay on its way here is nobody's business.
fn without_folders(error: tutela_case::CaseError, paths: &[std::path::PathBuf]) -> Problem {
    let mut problem = Problem::from(error);
    for path in paths {
        if let Some(folder) = path.parent() {
            problem.detail = problem.detail.replace(&format!("{}/", folder.display()), "");
        }
    }
    problem
}

fn reply_row(file: &ReplyFile) -> ReplyFileRow {
    ReplyFileRow {
        file: intake_row(&file.intake),
        requests: file.requests,
        accepted: file.accepted,
        noted: file.noted,
        blocked: file.blocked,
        found: file.rows.iter().map(finding).collect(),
    }
}

pub(super) fn finding(row: &ReplyRow) -> ReplyFinding {
    ReplyFinding {
        request_ref: row.request_ref.clone(),
        table: row.table.name().to_owned(),
        row: row.row,
        outcome: row.outcome.clone(),
        check: row.check.clone(),
        field: row.field.clone(),
        found: row.found.clone(),
        expected: row.expected.clone(),
    }
}

async fn run(State(app): State<App>, Named(name): Named<String>) -> Begun {
    let case = case_named(&app, &name)?;
    begin(&case, JobKind::Run, |work| {
        let (held, actor) = (&work.held, &work.actor);
        let options = RunOptions {
            steps: Vec::new(),
            set: Vec::new(),
            memory_bytes: RUN_BYTES,
            partitions: partitions(),
            verify: false,
        };
        let begun = held.act_as(actor, |case| case.begin_run(&options))?;
        let of = begun.steps() as u64;
        // What is told begins with the step: each new one means that the one before has ended.
        let at = Mutex::new((String::new(), 0));
        let told = |text: &str| {
            let (step, _) = text.split_once(':').unwrap_or((text, ""));
            let mut at = lock(&at);
            if at.0 != step {
                *at = (step.to_owned(), at.1 + 1);
            }
            work.tell(text, at.1 - 1, of);
        };
        let report = begun.compute(&told, &work.stop)?;
        let (run_id, changed) = held.act_as(actor, |case| {
            let report = case.end_run(&begun, report)?;
            Ok((report.run_id, case.changes()?.map(|(_, leads)| leads.len() as u64)))
        })?;
        Ok(JobResult::Run { run_id, changed })
    })
    .map(accepted)
}

pub(super) fn partitions() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

async fn verify(State(app): State<App>, Named(name): Named<String>) -> Begun {
    let case = case_named(&app, &name)?;
    let check = |work: &Work| Ok(JobResult::Verification { found: sources::verified(work)? });
    begin(&case, JobKind::Verification, check).map(accepted)
}
