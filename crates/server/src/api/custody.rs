//! The custody log to look at, and what is kept of it outside the case: its key, its checkpoint, and proofs.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::custody::Entry;
use tutela_case::{Act, ErrorKind};

use super::dossier::file;
use super::{Paging, Route, case_named};
use crate::App;
use crate::problem::{Asked, Named, Problem, Sent};

const TEXT: &str = "text/plain; charset=utf-8";

/// Which acts are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActsQuery {
    /// The page, counted from 1; the newest acts stand on the first.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    page: Option<u64>,
    /// Acts a page, at most 500.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<u64>,
    /// Only acts whose name, subject or doer contains this.
    search: Option<String>,
}

/// A page of acts.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ActsPage {
    /// The name of the log.
    origin: String,
    /// The key that checks its signatures, as `tutela-verify` takes it.
    log_key: String,
    /// All acts of the case.
    all: u64,
    total: u64,
    page: u64,
    per_page: u64,
    /// The newest first.
    acts: Vec<ActRow>,
}

/// An act, without its particulars: those may hold reasons.
#[derive(Debug, Serialize, JsonSchema)]
struct ActRow {
    entry: u64,
    utc: String,
    who: String,
    act: String,
    /// What it was about.
    subject: String,
}

/// A checkpoint that somebody kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptCheckpoint {
    /// The signed note, as it was saved.
    #[schemars(length(max = 10_000))]
    checkpoint: String,
}

pub(super) fn routes() -> Vec<Route> {
    let new = Route::new;
    vec![
        new("get", "/cases/{case}/custody", "listActs", "Every act of the custody log, the newest first.", get(list))
            .needs(Act::Log)
            .query::<ActsQuery>()
            .answers::<ActsPage>(),
        new(
            "get",
            "/cases/{case}/custody/key",
            "getLogKey",
            "The key that checks the log's signatures, to be kept outside the case.",
            get(log_key),
        )
        .needs(Act::Check)
        .file(&["text/plain"]),
        new(
            "get",
            "/cases/{case}/custody/checkpoint",
            "getCheckpoint",
            "The newest signed checkpoint, to be kept outside the case.",
            get(checkpoint),
        )
        .needs(Act::Check)
        .file(&["text/plain"]),
        new(
            "get",
            "/cases/{case}/custody/acts/{entry}/proof",
            "proveAct",
            "The proof (C2SP tlog-proof) that an act is in the log; it holds the whole act, so it takes the right to read the log.",
            get(prove),
        )
        .needs(Act::Log)
        .file(&["text/plain"]),
        new(
            "post",
            "/cases/{case}/custody/growth",
            "proveGrowth",
            "The proof that the log only grew since a checkpoint that somebody kept.",
            post(prove_growth),
        )
        .needs(Act::Prove)
        .body::<KeptCheckpoint>()
        .file(&["text/plain"]),
    ]
}

async fn list(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<ActsQuery>,
) -> Result<Json<ActsPage>, Problem> {
    let paging = Paging::new(query.page, query.per_page)?;
    let search = query.search.unwrap_or_default().trim().to_lowercase();
    let contains = move |e: &&Entry| {
        search.is_empty() || [&e.act, &e.subject, &e.who].iter().any(|text| text.to_lowercase().contains(&search))
    };
    let found = move |acts: &[Entry]| {
        let total = acts.iter().filter(&contains).count() as u64;
        let shown: Vec<Entry> = paging.of(acts.iter().rev().filter(&contains)).into_iter().cloned().collect();
        (acts.len() as u64, total, shown)
    };
    let read = move |case: &mut tutela_case::Case| Ok((case.look_at_acts(found)?, case.log_key()?));
    let ((all, total, shown), key) = case_named(&app, &name)?.act(read).await?;
    let row = |e: Entry| ActRow { entry: e.index, utc: e.utc, who: e.who, act: e.act, subject: e.subject };
    Ok(Json(ActsPage {
        origin: key.name().to_owned(),
        log_key: key.to_string(),
        all,
        total,
        page: paging.page,
        per_page: paging.per_page,
        acts: shown.into_iter().map(row).collect(),
    }))
}

async fn log_key(State(app): State<App>, Named(name): Named<String>) -> Result<Response, Problem> {
    let key = case_named(&app, &name)?.act(|case| case.log_key()).await?;
    Ok(file(TEXT, &format!("{name}.vkey"), format!("{key}\n").into_bytes()))
}

async fn checkpoint(State(app): State<App>, Named(name): Named<String>) -> Result<Response, Problem> {
    let read = |case: &mut tutela_case::Case| {
        case.may(Act::Check)?;
        Ok(case.checkpoint())
    };
    let text = case_named(&app, &name)?.act(read).await?;
    Ok(file(TEXT, &format!("{name}.checkpoint"), text.into_bytes()))
}

async fn prove(State(app): State<App>, Named((name, entry)): Named<(String, String)>) -> Result<Response, Problem> {
    let case = case_named(&app, &name)?;
    let number: u64 = entry.parse().map_err(|_| Problem::not_found(format!("entry {entry}: expected a number")))?;
    let text = case.act(move |case| case.proof_of_entry(number)).await?;
    Ok(file(TEXT, &format!("{number:06}.proof"), text.into_bytes()))
}

async fn prove_growth(
    State(app): State<App>,
    Named(name): Named<String>,
    Sent(kept): Sent<KeptCheckpoint>,
) -> Result<Response, Problem> {
    let proven = case_named(&app, &name)?.act(move |case| Ok(case.prove_growth(&kept.checkpoint))).await?;
    let text = proven.map_err(|e| match e.kind() {
        ErrorKind::Usage => Problem::conflict("not_proven", e.to_string()),
        _ => e.into(),
    })?;
    Ok(file(TEXT, &format!("{name}-growth.proof"), text.into_bytes()))
}
