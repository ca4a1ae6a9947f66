//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Who;
use crate::App;
use crate::problem::{Problem, Sent};

/// A sign-in token.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    /// What stands after `#` in the link that the server printed.
    token: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Session {
    /// Under which name acts are logged.
    who: String,
    /// The version of Tutela.
    version: String,
    /// The names of the cases that are served.
    cases: Vec<String>,
}

fn session(app: &App, who: &str) -> Session {
    Session {
        who: who.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        cases: app.cases.keys().cloned().collect(),
    }
}

pub(super) async fn enter(State(app): State<App>, Sent(sent): Sent<Token>) -> Result<Response, Problem> {
    let (cookie, next) = app.sign_in.enter(&sent.token)?;
    app.tell_sign_in(&next);
    let who = app.sign_in.who();
    Ok(([(header::SET_COOKIE, cookie)], Json(session(&app, who))).into_response())
}

pub(super) async fn show(State(app): State<App>, visitor: Who) -> Json<Session> {
    Json(session(&app, &visitor.who))
}

pub(super) async fn leave(State(app): State<App>, visitor: Who) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.sign_in.leave(&visitor))]).into_response()
}
