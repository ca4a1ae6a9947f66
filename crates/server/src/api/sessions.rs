//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{Actor, RIGHTS};

use super::Who;
use crate::App;
use crate::problem::{Asked, Problem, Sent};
use crate::sign_in::Visitor;

/// A sign-in token.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    /// What stands after `#` in the link that the server printed.
    token: String,
}

/// A name and a password.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Password {
    /// The name that stands in the log.
    name: String,
    password: String,
}

/// In which ways one can sign in.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Ways {
    /// With a link that was printed where the server was started: there is a case without people.
    link: bool,
    /// With a name and a password: there is a case with people.
    password: bool,
    /// With the word of an OpenID provider, by this name, where one is configured.
    provider: Option<String>,
}

/// What an OpenID provider sends a browser back with.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ProviderQuery {
    /// The code that is exchanged for its word.
    code: Option<String>,
    /// To which sign-in it belongs.
    state: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Session {
    /// Under which name acts are logged.
    who: String,
    /// The version of Tutela.
    version: String,
    /// The cases that they may enter, by name.
    cases: Vec<Seat>,
}

/// What somebody is in a case.
#[derive(Debug, Serialize, JsonSchema)]
struct Seat {
    /// The case's name.
    name: String,
    /// The role; absent where the case has no people, so that whoever works on it may do everything.
    role: Option<String>,
    /// What they may do.
    may: Vec<String>,
}

fn session(app: &App, visitor: &Visitor) -> Result<Session, Problem> {
    let mut cases = Vec::new();
    for (name, case) in &app.cases {
        if let Some(actor) = visitor.seats.get(name)
            && case.shared.holds(actor)?
        {
            cases.push(seat(name, actor));
        }
    }
    if cases.is_empty() && !visitor.seats.is_empty() {
        let detail = "your name, role or password was changed; sign in again";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "sign_in_needed", detail));
    }
    Ok(Session { who: visitor.who.clone(), version: env!("CARGO_PKG_VERSION").to_owned(), cases })
}

fn seat(name: &str, actor: &Actor) -> Seat {
    let word = |act| serde_json::to_value(act).ok().and_then(|v| v.as_str().map(str::to_owned));
    let may = RIGHTS.iter().filter(|(act, ..)| actor.may(*act)).filter_map(|(act, ..)| word(*act));
    Seat { name: name.to_owned(), role: actor.role().map(|r| r.name().to_owned()), may: may.collect() }
}

pub(super) async fn ways(State(app): State<App>) -> Result<Json<Ways>, Problem> {
    let mut ways = Ways { link: false, password: false, provider: app.provider.as_ref().map(|p| p.name().to_owned()) };
    for case in app.cases.values() {
        let alone = case.shared.people()?.is_empty();
        ways.link |= alone;
        ways.password |= !alone;
    }
    Ok(Json(ways))
}

pub(super) async fn enter(
    State(app): State<App>,
    headers: HeaderMap,
    Sent(sent): Sent<Token>,
) -> Result<Response, Problem> {
    let (cookie, next) = app.sign_in.enter(&app.cases, &sent.token, cookies(&headers))?;
    app.tell_sign_in(&next);
    entered(&app, cookie)
}

pub(super) async fn enter_by_password(
    State(app): State<App>,
    headers: HeaderMap,
    Sent(sent): Sent<Password>,
) -> Result<Response, Problem> {
    let (desk, cookies) = (App::clone(&app), cookies(&headers).to_owned());
    let enter = move || desk.sign_in.enter_by_password(&desk.cases, &sent.name, &sent.password, &cookies);
    let cookie = crate::held::off(enter).await?;
    entered(&app, cookie)
}

fn entered(app: &App, cookie: String) -> Result<Response, Problem> {
    let visitor = app.sign_in.visitor(&cookie).ok_or_else(|| Problem::internal("the session is gone"))?;
    let session = session(app, &visitor)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(session)).into_response())
}

/// Where an attempt to sign in with a provider is kept in the browser: it comes back from another site, so this cookie must.
fn attempt(app: &App, value: &str, age_s: u32) -> String {
    let secure = if app.reach.secure { "; Secure" } else { "" };
    format!("{ATTEMPT}={value}; Path=/api/v1/session/provider; HttpOnly; SameSite=Lax{secure}; Max-Age={age_s}")
}

const ATTEMPT: &str = "tutela-attempt";

pub(super) async fn to_provider(State(app): State<App>) -> Result<Response, Problem> {
    let desk = App::clone(&app);
    let (address, cookie) = crate::held::off(move || provider(&desk)?.begin()).await?;
    Ok(sent_on(&address, [attempt(&app, &cookie, 600)]))
}

pub(super) async fn from_provider(
    State(app): State<App>,
    headers: HeaderMap,
    Asked(query): Asked<ProviderQuery>,
) -> Result<Response, Problem> {
    let (desk, cookies) = (App::clone(&app), cookies(&headers).to_owned());
    let entered = crate::held::off(move || {
        let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        let attempt = pairs.find(|(name, _)| *name == ATTEMPT).map(|(_, value)| value.to_owned()).unwrap_or_default();
        let (state, code) = (query.state.unwrap_or_default(), query.code.unwrap_or_default());
        let name = provider(&desk)?.end(&attempt, &state, &code)?;
        desk.sign_in.enter_vouched(&desk.cases, &name, &cookies)
    })
    .await;
    let over = attempt(&app, "", 0);
    Ok(match entered {
        Ok(cookie) => sent_on("/", [over, cookie]),
        Err(problem) => sent_on(&format!("/sign-in?failed={}", problem.code), [over]),
    })
}

fn provider(app: &App) -> Result<&crate::provider::Provider, Problem> {
    app.provider.as_ref().ok_or_else(|| Problem::not_found("no OpenID provider is configured"))
}

fn sent_on<const N: usize>(address: &str, cookies: [String; N]) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, address.to_owned())]).into_response();
    for cookie in cookies {
        if let Ok(value) = cookie.parse() {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

pub(super) async fn show(State(app): State<App>, visitor: Who) -> Result<Json<Session>, Problem> {
    Ok(Json(session(&app, &visitor)?))
}

pub(super) async fn leave(State(app): State<App>, visitor: Who) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.sign_in.leave(&visitor))]).into_response()
}

fn cookies(headers: &HeaderMap) -> &str {
    headers.get(header::COOKIE).and_then(|v| v.to_str().ok()).unwrap_or_default()
}
