//! What every request passes and every answer carries, whatever it asks for.

use std::collections::BTreeSet;
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

/// Under which names this server is asked.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    /// Whether over TLS.
    pub(crate) secure: bool,
    /// `host:port`, as browsers send it.
    hosts: BTreeSet<String>,
    /// The first of them, for links.
    pub(crate) host: String,
}

impl Reach {
    /// The names of an address, and further ones.
    pub(crate) fn new(address: SocketAddr, secure: bool, names: &[String]) -> Self {
        let port = address.port();
        let mut hosts = BTreeSet::new();
        if !address.ip().is_unspecified() {
            hosts.insert(address.to_string());
        }
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}")));
        }
        for name in names {
            hosts.insert(format!("{name}:{port}").to_lowercase());
            // Browsers leave the usual port out.
            if port == if secure { 443 } else { 80 } {
                hosts.insert(name.to_lowercase());
            }
        }
        let host = names.first().map_or_else(|| address.to_string(), |name| format!("{name}:{port}"));
        Self { secure, hosts, host }
    }

    pub(crate) fn origin(&self) -> String {
        format!("{}{}", self.scheme(), self.host)
    }

    fn scheme(&self) -> &'static str {
        if self.secure { "https://" } else { "http://" }
    }

    fn is_ours(&self, host: &str) -> bool {
        self.hosts.contains(&host.to_lowercase())
    }
}

/// Puts the guard before a router.
pub(crate) fn wrap(app: &App, router: Router) -> Router {
    router.layer(middleware::from_fn_with_state(App::clone(app), pass))
}

async fn pass(State(app): State<App>, request: Request, next: Next) -> Response {
    let refused = check(request.method(), request.headers(), &app.reach);
    let mut response = match refused {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.reach.secure {
        let always = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, always);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A page of another site may have its own name lead to this machine: the browser then takes us for that site. So only
/// our own names are answered, and acts only for pages of our own.
fn check(method: &Method, headers: &HeaderMap, reach: &Reach) -> Option<Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !reach.is_ours(host) {
        let detail =
            format!("this server does not answer for the host {:?}", host.chars().take(100).collect::<String>());
        return Some(Problem::new(StatusCode::MISDIRECTED_REQUEST, "host_refused", detail));
    }
    let acts = !matches!(*method, Method::GET | Method::HEAD);
    let origin = text(header::ORIGIN);
    let ours = origin.is_none_or(|o| o.strip_prefix(reach.scheme()).is_some_and(|host| reach.is_ours(host)));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let from_here = site.is_none_or(|s| matches!(s, "same-origin" | "none"));
    (acts && !(ours && from_here)).then(|| {
        Problem::new(StatusCode::FORBIDDEN, "origin_refused", "an act was asked for by a page of another site")
    })
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
        check(&method, &map, &Reach::new("127.0.0.1:8420".parse().unwrap(), false, &[])).map(|p| p.code)
    }

    #[test]
    fn a_server_for_others_answers_to_the_names_it_was_given() {
        let reach = Reach::new("0.0.0.0:443".parse().unwrap(), true, &["Workbench.example.org".to_owned()]);
        let code = |host: &str, origin: &str| {
            let mut map = HeaderMap::new();
            map.insert("host", HeaderValue::from_str(host).unwrap());
            map.insert("origin", HeaderValue::from_str(origin).unwrap());
            check(&Method::POST, &map, &reach).map(|p| p.code)
        };
        assert_eq!(code("workbench.example.org", "https://workbench.example.org"), None);
        assert_eq!(code("workbench.example.org:443", "https://workbench.example.org"), None);
        assert_eq!(code("workbench.example.org", "http://workbench.example.org"), Some("origin_refused"));
        assert_eq!(code("192.0.2.1", "https://workbench.example.org"), Some("host_refused"));
        assert_eq!(reach.origin(), "https://Workbench.example.org:443");
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
