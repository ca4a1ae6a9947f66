//! What every request passes and every answer carries, whatever it asks for.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::problem::Problem;

/// A page may run the scripts, styles and pictures of its own origin, talk to it, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Puts the guard before a router.
pub(crate) fn wrap(app: &App, router: Router) -> Router {
    router.layer(middleware::from_fn_with_state(App::clone(app), pass))
}

async fn pass(State(app): State<App>, request: Request, next: Next) -> Response {
    let refused = check(request.method(), request.headers(), app.address);
    let mut response = match refused {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A page of another site may have its own name lead to this machine: the browser then takes us for that site. So only
/// our own names are answered, and acts only for pages of our own.
fn check(method: &Method, headers: &HeaderMap, address: SocketAddr) -> Option<Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !is_ours(host, address) {
        let detail =
            format!("this server does not answer for the host {:?}", host.chars().take(100).collect::<String>());
        return Some(Problem::new(StatusCode::MISDIRECTED_REQUEST, "host_refused", detail));
    }
    let acts = !matches!(*method, Method::GET | Method::HEAD);
    let origin = text(header::ORIGIN);
    let ours = origin.is_none_or(|o| o.strip_prefix("http://").is_some_and(|host| is_ours(host, address)));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let from_here = site.is_none_or(|s| matches!(s, "same-origin" | "none"));
    (acts && !(ours && from_here)).then(|| {
        Problem::new(StatusCode::FORBIDDEN, "origin_refused", "an act was asked for by a page of another site")
    })
}

fn is_ours(host: &str, address: SocketAddr) -> bool {
    let port = address.port();
    [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}"), address.to_string()]
        .iter()
        .any(|ours| ours == host)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn code(method: Method, headers: &[(&'static str, &str)]) -> Option<&'static str> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        check(&method, &map, "127.0.0.1:8420".parse().unwrap()).map(|p| p.code)
    }

    #[test]
    fn only_our_own_names_are_answered() {
        for host in ["127.0.0.1:8420", "localhost:8420", "[::1]:8420"] {
            assert_eq!(code(Method::GET, &[("host", host)]), None, "{host}");
        }
        for host in ["127.0.0.1", "localhost", "localhost:80", "example.org:8420", "127.0.0.1:8420.example.org", ""] {
            assert_eq!(code(Method::GET, &[("host", host)]), Some("host_refused"), "{host}");
        }
        assert_eq!(code(Method::GET, &[]), Some("host_refused"));
    }

    #[test]
    fn acts_are_done_for_our_own_pages_only() {
        let host = ("host", "127.0.0.1:8420");
        assert_eq!(code(Method::POST, &[host]), None);
        assert_eq!(code(Method::POST, &[host, ("origin", "http://127.0.0.1:8420")]), None);
        assert_eq!(code(Method::GET, &[host, ("sec-fetch-site", "cross-site")]), None);
        for origin in ["http://example.org", "https://127.0.0.1:8420", "null", "http://127.0.0.1:9"] {
            assert_eq!(code(Method::POST, &[host, ("origin", origin)]), Some("origin_refused"), "{origin}");
        }
        for site in ["cross-site", "same-site"] {
            assert_eq!(code(Method::DELETE, &[host, ("sec-fetch-site", site)]), Some("origin_refused"), "{site}");
        }
    }
}
