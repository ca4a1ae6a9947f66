//! What holds for every route, whatever it answers with.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{PREFIX, Route, router, routes};
use crate::guard::Reach;
use crate::sign_in::SignIn;
use crate::{App, Desk, guard};

/// A server without cases, and a cookie of somebody signed in.
fn desk() -> (App, String) {
    let address = "127.0.0.1:8420".parse().unwrap();
    let (sign_in, token) = SignIn::new("tester", 8420, false).unwrap();
    let (cookie, _) = sign_in.enter(&BTreeMap::new(), &token, "").unwrap();
    let reach = Reach::new(address, false, &[]);
    let app = Arc::new(Desk { cases: BTreeMap::new(), sign_in, reach, provider: None, told: Box::new(|_| {}) });
    (app, cookie.split(';').next().unwrap().to_owned())
}

async fn ask(app: &App, method: &str, path: &str, cookie: Option<&str>, body: &str) -> (StatusCode, HeaderMap, Value) {
    let mut request = Request::builder().method(method.to_uppercase().as_str()).uri(path);
    request = request.header(header::HOST, "127.0.0.1:8420").header(header::CONTENT_TYPE, "application/json");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let answer = guard::wrap(app, router(app)).oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn address(route: &Route) -> String {
    format!("{PREFIX}{}", route.path.replace("{case}", "c").replace("{lead}", "L-1").replace("{source}", "00"))
}

fn body(route: &Route) -> &'static str {
    match route.id {
        "signOff" => r#"{"gate":"resolution","decision":"signed","reason":"because","lead_digest":"00"}"#,
        "revealLead" => r#"{"reason":"because"}"#,
        "makeDossier" => r#"{"form":"pdf","lang":"en","unmask_reason":null}"#,
        "makeExport" => r#"{"format":"csv","leads":[],"unmask_reason":null}"#,
        "signIn" => r#"{"token":"guess"}"#,
        "signInByPassword" => r#"{"name":"somebody","password":"guess"}"#,
        _ => "",
    }
}

#[tokio::test]
async fn nothing_is_answered_without_sign_in_but_what_says_so() {
    let (app, _) = desk();
    let mut open = Vec::new();
    for route in routes() {
        let (status, headers, value) = ask(&app, route.method, &address(&route), None, body(&route)).await;
        if route.open {
            open.push(route.id);
        } else {
            assert_eq!((status, &value["code"]), (StatusCode::UNAUTHORIZED, &"sign_in_needed".into()), "{}", route.id);
            assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        }
    }
    assert_eq!(
        open,
        ["getOpenApi", "getWays", "signIn", "signInByPassword", "signInByProvider", "endSignInByProvider"]
    );
}

#[tokio::test]
async fn every_answer_carries_the_guard() {
    let (app, cookie) = desk();
    for path in routes().iter().map(address).chain(["/".to_owned(), "/assets/none.js".to_owned(), "/api/x".to_owned()])
    {
        let (_, headers, _) = ask(&app, "get", &path, Some(&cookie), "").await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        if path.starts_with("/api/") {
            assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        }
    }
}

#[tokio::test]
async fn a_case_that_is_not_served_is_a_problem_on_every_route() {
    let (app, cookie) = desk();
    for route in routes().into_iter().filter(|r| r.path.contains("{case}")) {
        let (status, headers, value) = ask(&app, route.method, &address(&route), Some(&cookie), body(&route)).await;
        assert_eq!((status, &value["code"]), (StatusCode::NOT_FOUND, &"not_found".into()), "{}", route.id);
        assert_eq!(value["status"], 404);
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let (app, cookie) = desk();
    let path = format!("{PREFIX}/session");
    let (status, _, value) = ask(&app, "get", &path, Some(&cookie), "").await;
    assert_eq!((status.as_u16(), &value["who"]), (200, &"tester".into()));
    assert_eq!(ask(&app, "delete", &path, Some(&cookie), "").await.0.as_u16(), 204);
    assert_eq!(ask(&app, "get", &path, Some(&cookie), "").await.0.as_u16(), 401);
}
