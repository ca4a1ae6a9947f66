//! The API: one list of routes, from which both the router and the OpenAPI document are made.

mod dossier;
mod graph;
mod leads;
mod map;
mod method;
mod money;
mod openapi;
mod overview;
mod picture;
mod proof;
#[cfg(test)]
mod routes_tests;
mod sessions;
mod sources;
mod time;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

pub use openapi::document;

use crate::held::HeldCase;
use crate::problem::Problem;
use crate::sign_in::Visitor;
use crate::{App, assets};

/// Where the API begins; a change that breaks a client gets another one.
const PREFIX: &str = "/api/v1";

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
    status: u16,
    query: Option<fn() -> Schema>,
    body: Option<fn(&mut SchemaGenerator) -> Schema>,
    answer: Option<fn(&mut SchemaGenerator) -> Schema>,
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
            status: 200,
            query: None,
            body: None,
            answer: None,
            files: &[],
            handler,
        }
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

    fn file(self, files: &'static [&'static str]) -> Self {
        Self { files, ..self }
    }

    fn empty(self) -> Self {
        Self { status: 204, ..self }
    }
}

/// Every route, in the order of the document.
fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::new("get", "/openapi.json", "getOpenApi", "This document.", get(openapi::show)).open(),
        Route::new("post", "/session", "signIn", "Signs a browser in, once for each token.", post(sessions::enter))
            .open()
            .body::<sessions::Token>()
            .answers::<sessions::Session>(),
        Route::new("get", "/session", "getSession", "Who is signed in, and the cases.", get(sessions::show))
            .answers::<sessions::Session>(),
        Route::new("delete", "/session", "signOut", "Signs the browser out.", delete(sessions::leave)).empty(),
        Route::new("get", "/cases/{case}/overview", "getOverview", "How a case stands.", get(overview::show))
            .answers::<overview::Overview>(),
    ];
    routes.extend(lead_routes());
    routes.extend(source_routes());
    routes.extend(picture_routes());
    routes.extend(departure_routes());
    routes
}

fn lead_routes() -> Vec<Route> {
    vec![
        Route::new("get", "/cases/{case}/leads", "listLeads", "The leads of the newest run.", get(leads::list))
            .query::<crate::listing::LeadsQuery>()
            .answers::<leads::LeadsPage>(),
        Route::new("get", "/cases/{case}/leads/{lead}", "getLead", "One lead with its sign-off.", get(leads::show))
            .answers::<leads::LeadPage>(),
        Route::new(
            "get",
            "/cases/{case}/leads/{lead}/proof",
            "getProof",
            "The records behind each item of evidence, down to their bytes in the sealed files.",
            get(proof::show),
        )
        .query::<proof::ProofQuery>()
        .answers::<proof::Proof>(),
        Route::new(
            "post",
            "/cases/{case}/leads/{lead}/sign-offs",
            "signOff",
            "Signs, refuses or takes back one gate, with a reason.",
            post(leads::sign_off),
        )
        .body::<leads::NewSignOff>()
        .answers::<leads::LeadPage>(),
        Route::new(
            "post",
            "/cases/{case}/leads/{lead}/reveal",
            "revealLead",
            "Shows the names and personal data of a lead to this visitor; the reason is logged first.",
            post(leads::reveal),
        )
        .body::<leads::NewReveal>()
        .answers::<leads::LeadPage>(),
        Route::new(
            "delete",
            "/cases/{case}/leads/{lead}/reveal",
            "maskLead",
            "Masks a lead again for this visitor.",
            delete(leads::mask),
        )
        .empty(),
    ]
}

fn source_routes() -> Vec<Route> {
    vec![
        Route::new("get", "/cases/{case}/sources", "listSources", "The sealed sources.", get(sources::list))
            .query::<sources::PageQuery>()
            .answers::<sources::SourcesPage>(),
        Route::new(
            "get",
            "/cases/{case}/sources/{source}/issues",
            "listIssues",
            "What could not be read of a source. What was found is shown by its shape only.",
            get(sources::issues),
        )
        .query::<sources::PageQuery>()
        .answers::<sources::IssuesPage>(),
        Route::new(
            "post",
            "/cases/{case}/verifications",
            "verifyCase",
            "Checks every sealed file, record file, run and log entry now.",
            post(sources::verify),
        )
        .answers::<sources::Verified>(),
        Route::new("get", "/cases/{case}/method", "getMethod", "The steps and their text.", get(method::show))
            .answers::<method::Method>(),
    ]
}

/// What pictures are drawn from. All of it is masked.
fn picture_routes() -> Vec<Route> {
    let mut routes = graph_routes();
    routes.extend(other_picture_routes());
    routes
}

fn graph_routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/cases/{case}/graph",
            "getGraph",
            "The graph around the nodes that are opened.",
            get(graph::view),
        )
        .query::<graph::GraphQuery>()
        .answers::<graph::Graph>(),
        Route::new(
            "get",
            "/cases/{case}/graph/nodes",
            "findNodes",
            "Nodes by the beginning of their reference.",
            get(graph::find),
        )
        .query::<graph::FindQuery>()
        .answers::<graph::Found>(),
        Route::new(
            "get",
            "/cases/{case}/graph/neighbours",
            "listNeighbours",
            "The neighbours of a node.",
            get(graph::neighbours),
        )
        .query::<graph::NeighboursQuery>()
        .answers::<graph::Neighbours>(),
        Route::new(
            "get",
            "/cases/{case}/graph/path",
            "findPath",
            "The shortest way between two nodes.",
            get(graph::path),
        )
        .query::<graph::PathQuery>()
        .answers::<graph::Path>(),
        Route::new(
            "get",
            "/cases/{case}/graph/tie",
            "getTie",
            "What ties two nodes, and on what it rests.",
            get(graph::tie),
        )
        .query::<graph::TieQuery>()
        .answers::<graph::TiePage>(),
        Route::new(
            "get",
            "/cases/{case}/graph/records",
            "listTieRecords",
            "The records behind a tie, read back from the sealed files with everything personal masked.",
            get(graph::records),
        )
        .query::<graph::TieRecordsQuery>()
        .answers::<graph::TieRecords>(),
    ]
}

/// The pictures besides the graph.
fn other_picture_routes() -> Vec<Route> {
    vec![
        Route::new("get", "/cases/{case}/time", "getTime", "Events of several nodes on one axis.", get(time::show))
            .query::<time::TimelineQuery>()
            .answers::<time::Timeline>(),
        Route::new(
            "get",
            "/cases/{case}/money",
            "getMoney",
            "The seeds and the leads from payments.",
            get(money::show),
        )
        .answers::<money::Money>(),
        Route::new("get", "/cases/{case}/money/flow", "getFlow", "The flows around a seed.", get(money::flow))
            .query::<money::FlowQuery>()
            .answers::<money::FlowPage>(),
        Route::new("get", "/cases/{case}/map", "getMap", "What the records place.", get(map::show))
            .answers::<map::Map>(),
    ]
}

/// What leaves a case.
fn departure_routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/cases/{case}/leads/{lead}/dossier",
            "listDossiers",
            "The dossiers and defence bundles of a lead that were made, as the custody log says.",
            get(dossier::list),
        )
        .answers::<dossier::Dossiers>(),
        Route::new(
            "post",
            "/cases/{case}/leads/{lead}/dossier",
            "makeDossier",
            "Makes the dossier (PDF/A) or the defence bundle (ZIP) of a lead; logged first, people masked unless a reason is given.",
            post(dossier::make),
        )
        .body::<dossier::NewDossier>()
        .file(&["application/pdf", "application/zip"]),
        Route::new(
            "post",
            "/cases/{case}/exports",
            "makeExport",
            "Exports leads for other tools, in a ZIP with their proofs; logged first, people masked unless a reason is given.",
            post(dossier::export),
        )
        .body::<dossier::NewExport>()
        .file(&["application/zip"]),
    ]
}

/// The API, and the workbench for everything else.
pub(crate) fn router(app: &App) -> Router {
    let (mut open, mut closed) = (Router::new(), Router::new());
    for route in routes() {
        let target = if route.open { &mut open } else { &mut closed };
        *target = std::mem::take(target).route(route.path, route.handler);
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

async fn unknown() -> Problem {
    Problem::not_found("the API has no such address; see /api/v1/openapi.json")
}

async fn not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "this address does not take that method")
}

/// The case of that name.
fn case_named(app: &App, name: &str) -> Result<Arc<HeldCase>, Problem> {
    app.cases.get(name).map(Arc::clone).ok_or_else(|| Problem::not_found(format!("case {name}: is not served here")))
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
        if page == 0 || per_page == 0 || per_page > 500 {
            let detail = format!("page {page}, per_page {per_page}; expected a page from 1 and 1 to 500 a page");
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
