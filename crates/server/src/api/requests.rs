//! Requests to operators: what to ask and what not, the files that go out, and how each request stands.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{Act, ErrorKind, ExportOptions, Plan, PlanOptions, PlannedRequest, RequestState, TrafficRetention};

use super::jobs::{ReplyFinding, accepted, finding, partitions};
use super::{Choice, Paging, Route, case_named};
use crate::App;
use crate::held::actor;
use crate::jobs::{Job, JobKind, JobResult, begin};
use crate::problem::{Asked, Named, Problem, Sent};
use crate::sign_in::random;

/// Memory that the queries of a plan may hold before they spill, in bytes.
const PLAN_BYTES: usize = 512 << 20;

/// Which part of the plan is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanQuery {
    /// The page, counted from 1.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    page: Option<u64>,
    /// Entries a page, at most 500.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<u64>,
    /// Only this account, as `platform:account_ref`.
    account: Option<String>,
    /// Only this operator.
    operator: Option<String>,
}

/// The newest plan.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PlanPage {
    /// Why there is none to be shown: none was made, or the records have changed since.
    none: Option<String>,
    /// The moment from which retention is counted.
    as_of_utc: Option<String>,
    /// Accounts under investigation.
    accounts: u64,
    /// Those whose lines are found already.
    decided: u64,
    /// Their connections.
    connections: u64,
    /// Requests that pass the filters.
    total: u64,
    /// All requests of the plan.
    all: u64,
    page: u64,
    per_page: u64,
    requests: Vec<Planned>,
    /// Requests by operator.
    operators: Vec<Choice<String>>,
    /// Connections that are not asked about, by reason.
    left_out: Vec<LeftOutRow>,
}

/// A connection to ask about.
#[derive(Debug, Serialize, JsonSchema)]
struct Planned {
    /// `platform:account_ref`. It stays in the case: no operator is told.
    account: String,
    operator: String,
    /// Whether the records name the operator, or the list of address blocks does.
    operator_origin: String,
    ip: String,
    port: Option<i64>,
    asked_utc: String,
    /// Clock error, either way.
    error_seconds: f64,
    /// Lines that the answer is expected to name.
    expected_lines: u64,
    /// What such an answer says, in bits.
    bits: f64,
    /// Days until operators no longer keep it.
    days_left: i64,
    /// Connections of the account in the same likely lease, for which it stands.
    lease_logins: u64,
    /// Why it was chosen.
    why: String,
}

/// Connections that are not asked about for one reason.
#[derive(Debug, Serialize, JsonSchema)]
struct LeftOutRow {
    /// The reason, as a word.
    reason: String,
    /// What it means.
    meaning: String,
    accounts: u64,
    connections: u64,
}

/// A plan to be made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPlan {
    /// Which retention holds.
    retention: RetentionKind,
    /// The moment from which retention is counted, with its zone; now where absent.
    #[schemars(extend("format" = "date-time"))]
    as_of_utc: Option<String>,
    /// A list of address blocks and their operators, by the number that it got when it was sent.
    address_blocks: Option<String>,
}

/// How long operators keep what is asked about.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RetentionKind {
    /// Internet traffic.
    Internet,
    /// Telephone traffic.
    Telephone,
    /// Crimes of the list.
    Listed,
}

/// Requests to be written.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewExport {
    /// The act under which it is asked.
    basis_id: String,
    /// The zone of local times, by its IANA name; Europe/Rome where absent.
    zone: Option<String>,
    /// Only these operators; all where empty or absent.
    operators: Option<Vec<String>>,
}

/// What was written, one set of files an operator.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExportedFiles {
    operators: Vec<ExportedOperator>,
}

/// The files for one operator.
#[derive(Debug, Serialize, JsonSchema)]
struct ExportedOperator {
    operator: String,
    requests: u64,
    first_ref: String,
    last_ref: String,
    /// SHA-256 of the request file, which is sealed in the case.
    source_id: String,
    files: Vec<TextFile>,
}

/// A file to be kept by whoever asked for it.
#[derive(Debug, Serialize, JsonSchema)]
struct TextFile {
    file_name: String,
    text: String,
}

/// Which requests are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestsQuery {
    /// The page, counted from 1.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    page: Option<u64>,
    /// Entries a page, at most 500.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<u64>,
    /// Only requests of this outcome.
    outcome: Option<String>,
    /// Only requests whose reference, operator or address contains this.
    search: Option<String>,
}

/// A page of requests.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RequestsPage {
    total: u64,
    all: u64,
    page: u64,
    per_page: u64,
    requests: Vec<RequestRow>,
    /// Requests by outcome.
    outcomes: Vec<Choice<String>>,
}

/// A request, and what came of it.
#[derive(Debug, Serialize, JsonSchema)]
struct RequestRow {
    request_ref: String,
    operator: String,
    basis_id: String,
    ip: String,
    port: Option<i64>,
    asked_utc: String,
    asked_local: String,
    sent_utc: String,
    answered_utc: Option<String>,
    /// `open`, `answered`, `noted`, `blocked` or `partly_blocked`.
    outcome: String,
    /// Each row of the reply that differs, field by field.
    found: Vec<ReplyFinding>,
    /// Replies that were refused whole because of this request: when, and why.
    refusals: Vec<String>,
}

pub(super) fn routes() -> Vec<Route> {
    let new = Route::new;
    vec![
        new("get", "/cases/{case}/requests", "listRequests", "The requests and how each stands.", get(list))
            .needs(Act::SeeRequests)
            .query::<RequestsQuery>()
            .answers::<RequestsPage>(),
        new("get", "/cases/{case}/requests/plan", "getPlan", "What to ask, and what not, each with why.", get(plan))
            .needs(Act::Leads)
            .query::<PlanQuery>()
            .answers::<PlanPage>(),
        new(
            "post",
            "/cases/{case}/requests/plan",
            "makePlan",
            "Plans which connections to ask about.",
            post(make_plan),
        )
        .needs(Act::Leads)
        .body::<NewPlan>()
        .begins_a_job(),
        new(
            "post",
            "/cases/{case}/requests/exports",
            "exportRequests",
            "Writes the planned requests, keeps them in the case, and gives the files.",
            post(export),
        )
        .needs(Act::ExportRequests)
        .body::<NewExport>()
        .answers::<ExportedFiles>(),
    ]
}

async fn list(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<RequestsQuery>,
) -> Result<Json<RequestsPage>, Problem> {
    let paging = Paging::new(query.page, query.per_page)?;
    let all = case_named(&app, &name)?.act(|case| case.request_states()).await?;
    let search = query.search.unwrap_or_default().trim().to_lowercase();
    let contains = |r: &RequestState| {
        [&r.request.request_ref, &r.request.operator, &r.request.ip].iter().any(|t| t.to_lowercase().contains(&search))
    };
    let found: Vec<&RequestState> = all.iter().filter(|r| contains(r)).collect();
    let mut outcomes = BTreeMap::new();
    for request in &found {
        *outcomes.entry(request.outcome.clone()).or_insert(0) += 1;
    }
    let passes = |r: &&RequestState| query.outcome.as_ref().is_none_or(|o| *o == r.outcome);
    let found: Vec<&RequestState> = found.into_iter().filter(passes).collect();
    Ok(Json(RequestsPage {
        total: found.len() as u64,
        all: all.len() as u64,
        page: paging.page,
        per_page: paging.per_page,
        requests: paging.of(found).into_iter().map(request_row).collect(),
        outcomes: outcomes.into_iter().map(|(value, count)| Choice { value, count }).collect(),
    }))
}

fn request_row(state: &RequestState) -> RequestRow {
    let request = &state.request;
    RequestRow {
        request_ref: request.request_ref.clone(),
        operator: request.operator.clone(),
        basis_id: request.basis_ref.clone(),
        ip: request.ip.clone(),
        port: request.port,
        asked_utc: state.asked_utc.clone(),
        asked_local: request.asked_local.clone(),
        sent_utc: state.sent_utc.clone(),
        answered_utc: state.answered_utc.clone(),
        outcome: state.outcome.clone(),
        found: state.rows.iter().filter(|r| r.outcome != "accepted").map(finding).collect(),
        refusals: state.refusals.clone(),
    }
}

async fn plan(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<PlanQuery>,
) -> Result<Json<PlanPage>, Problem> {
    let paging = Paging::new(query.page, query.per_page)?;
    // That there is none is an answer.
    let found = case_named(&app, &name)?.act(|case| Ok(case.plan())).await?;
    match found {
        Ok(plan) => Ok(Json(plan_page(&plan, &query, paging))),
        Err(why) if why.kind() == ErrorKind::Usage => Ok(Json(PlanPage {
            none: Some(why.to_string()),
            as_of_utc: None,
            accounts: 0,
            decided: 0,
            connections: 0,
            total: 0,
            all: 0,
            page: paging.page,
            per_page: paging.per_page,
            requests: Vec::new(),
            operators: Vec::new(),
            left_out: Vec::new(),
        })),
        Err(why) => Err(why.into()),
    }
}

fn plan_page(plan: &Plan, query: &PlanQuery, paging: Paging) -> PlanPage {
    let of_account = |r: &&PlannedRequest| query.account.as_ref().is_none_or(|a| *a == r.account);
    let of_operator = |r: &&PlannedRequest| query.operator.as_ref().is_none_or(|o| *o == r.operator);
    let mut operators = BTreeMap::new();
    for request in plan.requests.iter().filter(of_account) {
        *operators.entry(request.operator.clone()).or_insert(0) += 1;
    }
    let mut reasons: BTreeMap<&str, LeftOutRow> = BTreeMap::new();
    for left in &plan.left_out {
        let row = reasons.entry(&left.reason).or_insert_with(|| LeftOutRow {
            reason: left.reason.clone(),
            meaning: left.meaning.clone(),
            accounts: 0,
            connections: 0,
        });
        row.accounts += 1;
        row.connections += left.connections;
    }
    let mut left_out: Vec<LeftOutRow> = reasons.into_values().collect();
    left_out.sort_by(|a, b| (b.connections, &a.reason).cmp(&(a.connections, &b.reason)));
    let found: Vec<&PlannedRequest> = plan.requests.iter().filter(of_account).filter(of_operator).collect();
    PlanPage {
        none: None,
        as_of_utc: Some(plan.as_of_utc.clone()),
        accounts: plan.accounts.len() as u64,
        decided: plan.accounts.iter().filter(|a| a.decided).count() as u64,
        connections: plan.accounts.iter().map(|a| a.connections).sum(),
        total: found.len() as u64,
        all: plan.requests.len() as u64,
        page: paging.page,
        per_page: paging.per_page,
        requests: paging.of(found).into_iter().map(planned).collect(),
        operators: operators.into_iter().map(|(value, count)| Choice { value, count }).collect(),
        left_out,
    }
}

fn planned(request: &PlannedRequest) -> Planned {
    #[expect(clippy::cast_precision_loss, reason = "a clock error of 2^53 microseconds is none")]
    let error_seconds = request.error_us as f64 / 1e6;
    Planned {
        account: request.account.clone(),
        operator: request.operator.clone(),
        operator_origin: request.operator_origin.clone(),
        ip: request.ip.clone(),
        port: request.port,
        asked_utc: request.asked_utc.clone(),
        error_seconds,
        expected_lines: request.expected_lines,
        bits: request.bits,
        days_left: request.days_left,
        lease_logins: request.lease_logins,
        why: request.why.clone(),
    }
}

async fn make_plan(
    State(app): State<App>,
    Named(name): Named<String>,
    Sent(new): Sent<NewPlan>,
) -> Result<(StatusCode, Json<Job>), Problem> {
    let case = case_named(&app, &name)?;
    let ids: Vec<String> = new.address_blocks.into_iter().collect();
    let blocks = case.uploads.of(actor()?.who(), &ids)?.pop().map(|(_, path)| path);
    let as_of_us = new.as_of_utc.as_deref().map(us_of).transpose()?;
    let retention = match new.retention {
        RetentionKind::Internet => TrafficRetention::Internet,
        RetentionKind::Telephone => TrafficRetention::Telephone,
        RetentionKind::Listed => TrafficRetention::Listed,
    };
    begin(&case, JobKind::Plan, move |work| {
        let options = PlanOptions {
            as_of_us,
            retention,
            address_blocks: blocks,
            set: Vec::new(),
            memory_bytes: PLAN_BYTES,
            partitions: partitions(),
        };
        let plan = work.held.act_as(&work.actor, |case| case.plan_requests(&options, &|text| work.tell(text, 0, 0)));
        work.held.uploads.remove(&ids);
        Ok(JobResult::Plan { requests: plan?.requests.len() as u64 })
    })
    .map(accepted)
}

fn us_of(text: &str) -> Result<i64, Problem> {
    tutela_case::clock::us_of(text).ok_or_else(|| {
        let detail = format!("as_of_utc is {text:?}; expected an instant with its zone, as 2026-05-04T10:00:00Z");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "input", detail)
    })
}

async fn export(
    State(app): State<App>,
    Named(name): Named<String>,
    Sent(new): Sent<NewExport>,
) -> Result<Json<ExportedFiles>, Problem> {
    let case = case_named(&app, &name)?;
    let folder =
        case.root.join("plans").join(format!("out-{}", random().map_err(|e| Problem::internal(e.to_string()))?));
    let options = ExportOptions {
        basis_id: new.basis_id,
        out: folder.clone(),
        zone: new.zone.unwrap_or_else(|| "Europe/Rome".to_owned()),
        accounts: Vec::new(),
        operators: new.operators.unwrap_or_default(),
    };
    let exported = case
        .act(move |case| {
            let exported = case.export_requests(&options)?;
            let mut operators = Vec::new();
            for sent in exported.files {
                let mut files = Vec::new();
                for path in &sent.written {
                    let text = std::fs::read_to_string(path)
                        .map_err(|source| tutela_case::CaseError::Io { path: path.clone(), source })?;
                    let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    files.push(TextFile { file_name, text });
                }
                operators.push(ExportedOperator {
                    operator: sent.operator,
                    requests: sent.requests,
                    first_ref: sent.first_ref,
                    last_ref: sent.last_ref,
                    source_id: sent.source_id,
                    files,
                });
            }
            Ok(operators)
        })
        .await;
    let _gone = std::fs::remove_dir_all(&folder);
    Ok(Json(ExportedFiles { operators: exported? }))
}
