//! The JSON Schema of leads is published with the manual and must say what the program writes.

use std::path::Path;

use tutela_model::lead::LeadsDocument;

/// Run with `UPDATE=1` after a change of `lead.rs`, and read the difference before committing it: a field may be added,
/// never renamed or given another meaning.
#[test]
fn the_published_schema_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference/leads.schema.json");
    let schema = schemars::schema_for!(LeadsDocument);
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(published, text, "{}: out of date; run this test with UPDATE=1", path.display());
}
