//! The manual's page of the leads' JSON form, `docs/src/reference/leads.md`, from the published JSON Schema.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Made;
use crate::repo;

const SCHEMA: &str = "docs/src/reference/leads.schema.json";

pub(super) fn make(root: &Path) -> Result<Made> {
    let schema: Value = serde_json::from_str(&repo::text(root, Path::new(SCHEMA))?).context(SCHEMA)?;
    let mut text = String::from(
        "<!-- Made by `cargo xtask codegen` from `leads.schema.json`; do not edit. -->\n\n\
         # Leads as JSON\n\n\
         `tutela leads CASE --format json` prints one document of the form `tutela-leads/2`. Its \
         [JSON Schema](leads.schema.json) (draft 2020-12) is published with the manual, and a test holds the program to \
         it. Within a version of the form fields are added, never renamed or given another meaning, so a reader should \
         ignore fields it does not know.\n\n\
         The same inputs, version and parameters give the same bytes.\n",
    );
    text.push_str(&object("The document", &schema));
    for (name, definition) in schema.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        text.push_str(&object(name, definition));
    }
    Ok(Made { path: PathBuf::from("docs/src/reference/leads.md"), text })
}

/// One heading with the fields of an object, or the values of a closed list.
fn object(name: &str, definition: &Value) -> String {
    let mut text = format!("\n## {name}\n\n{}\n\n", description(definition));
    if let Some(fields) = definition.get("properties").and_then(Value::as_object) {
        text.push_str("| field | type | meaning |\n|---|---|---|\n");
        for (field, value) in fields {
            let _ = writeln!(text, "| `{field}` | {} | {} |", kind(value), description(value));
        }
    }
    let values = definition.get("oneOf").and_then(Value::as_array);
    if values.is_some() {
        text.push_str("| value | meaning |\n|---|---|\n");
    }
    for value in values.into_iter().flatten() {
        let constant = value.get("const").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(text, "| `{constant}` | {} |", description(value));
    }
    text
}

fn description(value: &Value) -> String {
    value.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}

/// The type of a field in a few words, with a link where it has a heading of its own.
fn kind(value: &Value) -> String {
    if let Some(name) = value.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next()) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(choices) = value.get("anyOf").and_then(Value::as_array) {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match value.get("type") {
        Some(Value::String(name)) if name == "array" => {
            format!("list of {}", value.get("items").map(kind).unwrap_or_default())
        }
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    }
}
