//! The OpenAPI document is published with the manual, and the workbench's types are made from it: it must say what the
//! server does.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::path::Path;

/// Run with `UPDATE=1` after a change of the API, read the difference, then run `npm run types` in `web/`.
#[test]
fn the_published_document_is_that_of_the_server() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference/openapi.json");
    let text = serde_json::to_string_pretty(&tutela_server::document()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(published, text, "{}: out of date; run this test with UPDATE=1", path.display());
}
