//! The workbench: the files that the build embedded, and a page that says so where it embedded none.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// A file of the workbench.
struct Asset {
    path: &'static str,
    etag: &'static str,
    bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

const MISSING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tutela</title><h1>No workbench</h1>\
    <p>This binary was built without the workbench, so only the API is served. Build it with Node installed: \
    <code>make demo</code>.</p></html>";

/// Whether the build embedded a workbench.
pub(crate) fn are_there() -> bool {
    !EMBEDDED.is_empty()
}

/// Answers with a file of the workbench. Its pages have addresses of their own, and all are the one page that it is.
pub(crate) async fn answer(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found("the API has no such address; see /api/v1/openapi.json").into_response();
    }
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.')) && path.starts_with("assets/");
    let wanted = if is_file { path } else { "index.html" };
    match EMBEDDED.iter().find(|a| a.path == wanted) {
        Some(asset) => give(asset, &headers),
        None if is_file => Problem::not_found(format!("no file {path}")).into_response(),
        None => (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], MISSING).into_response(),
    }
}

fn give(asset: &Asset, headers: &HeaderMap) -> Response {
    // The names of the files in assets/ change with their content; the page itself is asked for anew each time.
    let cache = if asset.path.starts_with("assets/") { "private, max-age=31536000, immutable" } else { "no-cache" };
    let fixed = [(header::CONTENT_TYPE, mime(asset.path)), (header::CACHE_CONTROL, cache), (header::ETAG, asset.etag)];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == asset.etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    (fixed, asset.bytes).into_response()
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
