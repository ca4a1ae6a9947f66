//! What waits for people: proposals that take a second person, and the tasks that are open.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{Act, Case, CaseError, FourEyes, ProposalState, Task, TaskState};

use super::{Route, case_named};
use crate::App;
use crate::problem::{Named, Problem, Sent};

/// What waits for a second person, and what has waited.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProposalsPage {
    /// What is under four eyes: `reveal`, `sign_off`, `deletion`.
    four_eyes: Vec<FourEyesName>,
    /// The newest first.
    proposals: Vec<ProposalRow>,
}

/// What can be put under four eyes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FourEyesName {
    /// Showing names and personal data.
    Reveal,
    /// Signing a gate.
    SignOff,
    /// Deleting a source, and purging a person.
    Deletion,
}

/// A proposal.
#[derive(Debug, Serialize, JsonSchema)]
struct ProposalRow {
    proposal_ref: String,
    /// What is proposed, in words.
    words: String,
    /// The lead that it is about, where it is about one.
    lead_ref: Option<String>,
    reason: String,
    who: String,
    utc: String,
    /// Whether it waits for a second person.
    waits: bool,
    /// What became of it.
    state: String,
    /// Why it can no longer be confirmed.
    stale: Option<String>,
    decided_by: Option<String>,
    decided_reason: Option<String>,
}

/// A decision about a proposal.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposalDecision {
    decision: ProposalVerb,
    /// Why; a confirmation needs none.
    reason: Option<String>,
}

/// What somebody does with a proposal.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ProposalVerb {
    /// The second person confirms it.
    Confirm,
    /// The second person rejects it.
    Reject,
    /// Whoever made it takes it back.
    Withdraw,
}

/// What is to be under four eyes.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFourEyes {
    acts: Vec<FourEyesName>,
}

/// The tasks that are open.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TasksPage {
    /// Those that are due first stand first.
    tasks: Vec<TaskRow>,
}

/// An open task.
#[derive(Debug, Serialize, JsonSchema)]
struct TaskRow {
    task_ref: String,
    what: String,
    assignee: String,
    due_date: Option<String>,
    overdue: bool,
}

pub(super) fn routes() -> Vec<Route> {
    let new = Route::new;
    vec![
        new("get", "/cases/{case}/proposals", "listProposals", "What waits for a second person.", get(list_proposals))
            .needs(Act::Pending)
            .answers::<ProposalsPage>(),
        new(
            "post",
            "/cases/{case}/proposals/{proposal}/decisions",
            "decideProposal",
            "Confirms, rejects or takes back a proposal.",
            post(decide),
        )
        .needs(Act::Pending)
        .body::<ProposalDecision>()
        .answers::<ProposalsPage>(),
        new("post", "/cases/{case}/four-eyes", "setFourEyes", "Sets what takes a second person.", post(set_four_eyes))
            .needs(Act::People)
            .body::<NewFourEyes>()
            .answers::<ProposalsPage>(),
        new("get", "/cases/{case}/tasks", "listTasks", "The tasks that are open.", get(list_tasks))
            .needs(Act::SeeTasks)
            .answers::<TasksPage>(),
    ]
}

fn proposals(case: &Case) -> Result<ProposalsPage, CaseError> {
    let name = |act: FourEyes| match act {
        FourEyes::Reveal => FourEyesName::Reveal,
        FourEyes::SignOff => FourEyesName::SignOff,
        FourEyes::Deletion => FourEyesName::Deletion,
    };
    let row = |p: tutela_case::Proposal| ProposalRow {
        waits: p.state == ProposalState::Pending,
        state: serde_json::to_value(p.state).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default(),
        lead_ref: match &p.proposed {
            tutela_case::Proposed::SignOff { lead_ref, .. } => Some(lead_ref.clone()),
            tutela_case::Proposed::Reveal { lead_ref, .. } => lead_ref.clone(),
            _ => None,
        },
        proposal_ref: p.proposal_ref,
        words: p.words,
        reason: p.reason,
        who: p.who,
        utc: p.utc,
        stale: p.stale,
        decided_by: p.decided_by,
        decided_reason: p.decided_reason,
    };
    Ok(ProposalsPage {
        four_eyes: case.four_eyes()?.into_iter().map(name).collect(),
        proposals: case.proposals()?.into_iter().rev().map(row).collect(),
    })
}

async fn list_proposals(State(app): State<App>, Named(name): Named<String>) -> Result<Json<ProposalsPage>, Problem> {
    Ok(Json(case_named(&app, &name)?.act(|case| proposals(case)).await?))
}

async fn decide(
    State(app): State<App>,
    Named((name, proposal)): Named<(String, String)>,
    Sent(new): Sent<ProposalDecision>,
) -> Result<Json<ProposalsPage>, Problem> {
    let reason = new.reason.unwrap_or_default();
    let decide = move |case: &mut Case| {
        match new.decision {
            ProposalVerb::Confirm => case.confirm(&proposal).map(|_| ())?,
            ProposalVerb::Reject => case.reject(&proposal, reason.trim())?,
            ProposalVerb::Withdraw => case.withdraw_proposal(&proposal, reason.trim())?,
        }
        proposals(case)
    };
    Ok(Json(case_named(&app, &name)?.act(decide).await?))
}

async fn set_four_eyes(
    State(app): State<App>,
    Named(name): Named<String>,
    Sent(new): Sent<NewFourEyes>,
) -> Result<(StatusCode, Json<ProposalsPage>), Problem> {
    let act = |name: FourEyesName| match name {
        FourEyesName::Reveal => FourEyes::Reveal,
        FourEyesName::SignOff => FourEyes::SignOff,
        FourEyesName::Deletion => FourEyes::Deletion,
    };
    let acts: BTreeSet<FourEyes> = new.acts.into_iter().map(act).collect();
    let set = move |case: &mut Case| {
        case.set_four_eyes(&acts)?;
        proposals(case)
    };
    Ok((StatusCode::OK, Json(case_named(&app, &name)?.act(set).await?)))
}

async fn list_tasks(State(app): State<App>, Named(name): Named<String>) -> Result<Json<TasksPage>, Problem> {
    let all = case_named(&app, &name)?.act(|case| case.tasks()).await?;
    let mut open: Vec<Task> = all.into_iter().filter(|t| t.state == TaskState::Open).collect();
    // Those without a day come last.
    open.sort_by_key(|t| (t.given.due_date.is_none(), t.given.due_date.clone(), t.task_ref.clone()));
    let row = |t: Task| TaskRow {
        task_ref: t.task_ref,
        what: t.given.what,
        assignee: t.given.assignee,
        due_date: t.given.due_date,
        overdue: t.overdue,
    };
    Ok(Json(TasksPage { tasks: open.into_iter().map(row).collect() }))
}
