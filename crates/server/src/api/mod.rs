//! The API: one list of routes, from which both the router and the OpenAPI document are made.

mod administration;
mod custody;
mod dossier;
mod events;
mod graph;
mod jobs;
#[cfg(test)]
mod jobs_tests;
mod judgements;
#[cfg(test)]
mod judgements_tests;
mod leads;
mod map;
mod method;
mod money;
mod openapi;
mod overview;
mod pending;
mod picture;
mod proof;
#[cfg(test)]
mod provider_tests;
mod requests;
#[cfg(test)]
mod rights_tests;
#[cfg(test)]
mod routes_tests;
mod sessions;
mod sources;
mod time;

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

pub use openapi::document;

pub(crate) use jobs::{IntakeRow, ReplyFileRow};
pub(crate) use sources::Verified;

use tutela_case::Act;

use crate::held::{ACTOR, HeldCase};
use crate::problem::Problem;
use crate::sign_in::Visitor;
use crate::{App, assets};

/// Where the API begins; a change that breaks a client gets another one.
const PREFIX: &str = "/api/v1";

/// What a reason holds: at least three letters or digits.
const REASON_PATTERN: &str = r"[^\W_][\s\S]*[^\W_][\s\S]*[^\W_]";

/// No list has more pages; the document says the same.
const PAGES_MAX: u64 = 1_000_000_000;

/// The longest body of a request, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// One thing that can be asked for.
struct Route {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    /// Whether it is answered without sign-in.
    open: bool,
    /// What a visitor must have the right to, for every route of a case. A route of a case without one is answered to
    /// nobody, and a test names it.
    right: Option<Act>,
    status: u16,
    query: Option<fn() -> Schema>,
    body: Option<fn(&mut SchemaGenerator) -> Schema>,
    answer: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// What the body is, and what the answer.
    takes: &'static str,
    gives: &'static str,
    /// The kinds of file that it answers with, in place of JSON.
    files: &'static [&'static str],
    handler: MethodRouter<App>,
}

impl Route {
    fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        handler: MethodRouter<App>,
    ) -> Self {
        Self {
            method,
            path,
            id,
            summary,
            open: false,
            right: None,
            status: 200,
            query: None,
            body: None,
            answer: None,
            takes: "application/json",
            gives: "application/json",
            files: &[],
            handler,
        }
    }

    /// The right that it takes. Whoever has it not is refused before the handler is asked, and the log has the refusal.
    fn needs(self, act: Act) -> Self {
        Self { right: Some(act), ..self }
    }

    fn is_of_a_case(&self) -> bool {
        self.path.starts_with("/cases/{case}")
    }

    fn open(self) -> Self {
        Self { open: true, ..self }
    }

    fn query<T: JsonSchema>(self) -> Self {
        Self { query: Some(openapi::inline::<T>), ..self }
    }

    fn body<T: JsonSchema>(self) -> Self {
        Self { body: Some(SchemaGenerator::subschema_for::<T>), ..self }
    }

    fn answers<T: JsonSchema>(self) -> Self {
        Self { answer: Some(SchemaGenerator::subschema_for::<T>), ..self }
    }

    /// The answer is a stream of events.
    fn tells<T: JsonSchema>(self) -> Self {
        Self { gives: "text/event-stream", ..self.answers::<T>() }
    }

    /// The body is a file.
    fn takes_a_file(self) -> Self {
        let file = |_: &mut SchemaGenerator| schemars::json_schema!({ "type": "string", "format": "binary" });
        Self { takes: "application/octet-stream", body: Some(file), ..self }
    }

    /// Begins a job.
    fn begins_a_job(self) -> Self {
        Self { status: 202, ..self.answers::<crate::jobs::Job>() }
    }

    /// Sends the browser on.
    fn leads_on(self) -> Self {
        Self { status: 303, ..self }
    }

    fn file(self, files: &'static [&'static str]) -> Self {
        Self { files, ..self }
    }

    fn empty(self) -> Self {
        Self { status: 204, ..self }
    }
}

/// Every route, in the order of the document.
fn routes() -> Vec<Route> {
    let mut routes = session_routes();
    routes.extend(lead_routes());
    routes.extend(source_routes());
    routes.extend(picture::routes());
    routes.extend(dossier::routes());
    routes.extend(jobs::routes());
    routes.extend(requests::routes());
    routes.extend(judgements::routes());
    routes.extend(pending::routes());
    routes.extend(custody::routes());
    routes.extend(administration::routes());
    routes
}

fn session_routes() -> Vec<Route> {
    vec![
        Route::new("get", "/openapi.json", "getOpenApi", "This document.", get(openapi::show)).open(),
        Route::new("get", "/session/ways", "getWays", "In which ways one can sign in.", get(sessions::ways))
            .open()
            .answers::<sessions::Ways>(),
        Route::new("post", "/session", "signIn", "Signs a browser in, once for each token.", post(sessions::enter))
            .open()
            .body::<sessions::Token>()
            .answers::<sessions::Session>(),
        Route::new(
            "post",
            "/session/password",
            "signInByPassword",
            "Signs a person in to every case that the name and the password open.",
            post(sessions::enter_by_password),
        )
        .open()
        .body::<sessions::Password>()
        .answers::<sessions::Session>(),
        Route::new(
            "get",
            "/session/provider",
            "signInByProvider",
            "Sends the browser to the OpenID provider.",
            get(sessions::to_provider),
        )
        .open()
        .leads_on(),
        Route::new(
            "get",
            "/session/provider/callback",
            "endSignInByProvider",
            "Where the OpenID provider sends the browser back to.",
            get(sessions::from_provider),
        )
        .open()
        .query::<sessions::ProviderQuery>()
        .leads_on(),
        Route::new("get", "/session", "getSession", "Who is signed in, and the cases.", get(sessions::show))
            .answers::<sessions::Session>(),
        Route::new("delete", "/session", "signOut", "Signs the browser out.", delete(sessions::leave)).empty(),
    ]
}

fn lead_routes() -> Vec<Route> {
    vec![
        Route::new("get", "/cases/{case}/overview", "getOverview", "How a case stands.", get(overview::show))
            .needs(Act::Leads)
            .answers::<overview::Overview>(),
        Route::new("get", "/cases/{case}/leads", "listLeads", "The leads of the newest run.", get(leads::list))
            .needs(Act::Leads)
            .query::<crate::listing::LeadsQuery>()
            .answers::<leads::LeadsPage>(),
        Route::new("get", "/cases/{case}/leads/{lead}", "getLead", "One lead with its sign-off.", get(leads::show))
            .needs(Act::Leads)
            .answers::<leads::LeadPage>(),
        Route::new(
            "get",
            "/cases/{case}/leads/{lead}/proof",
            "getProof",
            "The records behind each item of evidence, down to their bytes in the sealed files.",
            get(proof::show),
        )
        .needs(Act::Explain)
        .query::<proof::ProofQuery>()
        .answers::<proof::Proof>(),
        Route::new(
            "post",
            "/cases/{case}/leads/{lead}/sign-offs",
            "signOff",
            "Signs, refuses or takes back one gate, with a reason.",
            post(leads::sign_off),
        )
        .needs(Act::Leads)
        .body::<leads::NewSignOff>()
        .answers::<leads::LeadPage>(),
        Route::new(
            "post",
            "/cases/{case}/leads/{lead}/reveal",
            "revealLead",
            "Shows the names and personal data of a lead to this visitor; the reason is logged first.",
            post(leads::reveal),
        )
        .needs(Act::RevealPersonal)
        .body::<leads::NewReveal>()
        .answers::<leads::LeadPage>(),
        Route::new(
            "delete",
            "/cases/{case}/leads/{lead}/reveal",
            "maskLead",
            "Masks a lead again for this visitor.",
            delete(leads::mask),
        )
        .needs(Act::Leads)
        .empty(),
    ]
}

fn source_routes() -> Vec<Route> {
    vec![
        Route::new("get", "/cases/{case}/sources", "listSources", "The sealed sources.", get(sources::list))
            .needs(Act::Sources)
            .query::<sources::PageQuery>()
            .answers::<sources::SourcesPage>(),
        Route::new(
            "get",
            "/cases/{case}/sources/{source}/issues",
            "listIssues",
            "What could not be read of a source. What was found is shown by its shape only.",
            get(sources::issues),
        )
        .needs(Act::Sources)
        .query::<sources::PageQuery>()
        .answers::<sources::IssuesPage>(),
        Route::new("get", "/cases/{case}/method", "getMethod", "The steps and their text.", get(method::show))
            .needs(Act::Leads)
            .answers::<method::Method>(),
    ]
}

/// The API, and the workbench for everything else.
pub(crate) fn router(app: &App) -> Router {
    let (mut open, mut closed) = (Router::new(), Router::new());
    for route in routes() {
        let target = if route.open { &mut open } else { &mut closed };
        let handler = if route.is_of_a_case() {
            let state = (App::clone(app), route.right);
            route.handler.layer(middleware::from_fn_with_state(state, allowed))
        } else {
            route.handler
        };
        *target = std::mem::take(target).route(route.path, handler);
    }
    let closed = closed.layer(middleware::from_fn_with_state(App::clone(app), signed_in));
    let api = open.merge(closed).fallback(unknown).method_not_allowed_fallback(not_allowed);
    Router::new()
        .nest(PREFIX, api)
        .fallback_service(get(assets::answer).with_state(()))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(App::clone(app))
}

/// Lets signed-in visitors through, and hands on who they are.
async fn signed_in(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let cookies = request.headers().get(header::COOKIE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match app.sign_in.visitor(cookies) {
        Some(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        None => Problem::new(StatusCode::UNAUTHORIZED, "sign_in_needed", "sign in first").into_response(),
    }
}

/// Lets a visitor through to a route of a case that they may enter and have the right to; what they do there is theirs.
async fn allowed(
    State((app, right)): State<(App, Option<Act>)>,
    parts: RawPathParams,
    visitor: Who,
    request: Request,
    next: Next,
) -> Response {
    let name = parts.iter().find(|(key, _)| *key == "case").map_or("", |(_, value)| value);
    match seat(&app, right, name, &visitor).await {
        Ok(actor) => ACTOR.scope(actor, next.run(request)).await,
        Err(problem) => problem.into_response(),
    }
}

async fn seat(app: &App, right: Option<Act>, name: &str, visitor: &Visitor) -> Result<tutela_case::Actor, Problem> {
    // A case that one may not enter is as one that is not there.
    let case = case_named(app, name)?;
    let Some(actor) = visitor.seats.get(name).cloned() else { return Err(not_served(name)) };
    if !case.shared.holds(&actor)? {
        let detail = "your name, role or password in this case was changed; sign in again";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "sign_in_needed", detail));
    }
    let Some(right) = right else {
        return Err(Problem::new(StatusCode::FORBIDDEN, "not_allowed", "nobody has the right to this"));
    };
    if actor.may(right) {
        return Ok(actor);
    }
    // The refusal is written to the log, which takes as long as the disk does.
    let case = Arc::clone(&case);
    crate::held::off(move || Ok(case.shared.need(&actor, right).map(|()| actor)?)).await
}

async fn unknown() -> Problem {
    Problem::not_found("the API has no such address; see /api/v1/openapi.json")
}

async fn not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "this address does not take that method")
}

/// The case of that name.
fn case_named(app: &App, name: &str) -> Result<Arc<HeldCase>, Problem> {
    app.cases.get(name).map(Arc::clone).ok_or_else(|| not_served(name))
}

fn not_served(name: &str) -> Problem {
    Problem::not_found(format!("case {name}: is not served here, or not to you"))
}

type Who = axum::Extension<Visitor>;

/// A part of a list: page `page` of `per_page` each; both already within their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Paging {
    page: u64,
    per_page: u64,
}

impl Paging {
    fn new(page: Option<u64>, per_page: Option<u64>) -> Result<Self, Problem> {
        let (page, per_page) = (page.unwrap_or(1), per_page.unwrap_or(50));
        if page == 0 || page > PAGES_MAX || per_page == 0 || per_page > 500 {
            let detail =
                format!("page {page}, per_page {per_page}; expected a page from 1 to {PAGES_MAX} and 1 to 500 a page");
            return Err(Problem::bad(detail));
        }
        Ok(Self { page, per_page })
    }

    fn of<T>(self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        let skip = usize::try_from((self.page - 1).saturating_mul(self.per_page)).unwrap_or(usize::MAX);
        all.into_iter().skip(skip).take(usize::try_from(self.per_page).unwrap_or(usize::MAX)).collect()
    }
}

/// A choice of a filter, and how many it would leave.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct Choice<T> {
    value: T,
    count: u64,
}
