//! The OpenAPI 3.1 document, made from the list of routes and the types that they answer with.

use axum::Json;
use axum::extract::State;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{PREFIX, Route, routes};
use crate::App;
use crate::problem::Problem;

/// How the published document calls the cookie; a server's own says the name that its cookie has.
const COOKIE: &str = "tutela-PORT";

pub(super) async fn show(State(app): State<App>) -> Json<Value> {
    Json(document_of(app.sign_in.cookie_name()))
}

/// The OpenAPI document of the API.
#[must_use]
pub fn document() -> Value {
    document_of(COOKIE)
}

fn document_of(cookie: &str) -> Value {
    let at = |mut settings: SchemaSettings| {
        settings.definitions_path = "/components/schemas".into();
        settings.into_generator()
    };
    let mut generator = at(SchemaSettings::draft2020_12().for_serialize());
    // What is sent may leave out what may be absent; what is answered has every part.
    let mut sent = at(SchemaSettings::draft2020_12().for_deserialize());
    let problem = generator.subschema_for::<Problem>();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let operation = operation(&route, &mut generator, &mut sent, &problem);
        let path = paths.entry(format!("{PREFIX}{}", route.path)).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.to_owned(), operation);
        }
    }
    let mut schemas = sent.take_definitions(true);
    schemas.extend(generator.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tutela",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Cases, their leads and what these rest on.",
            "description": "Served to the machine it runs on. Names stay masked until a reveal with a reason. Counts, row \
                            numbers and byte offsets are whole numbers below 2^53; references, digests and times are \
                            strings, times in RFC 3339 and UTC.",
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "session": {
                "type": "apiKey", "in": "cookie", "name": cookie,
                "description": "Set by signIn; the name ends in the port that the server listens on.",
            } },
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator, sent: &mut SchemaGenerator, problem: &Schema) -> Value {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(route.query.iter().flat_map(|query| query_parameters(&query())));
    let mut answer = json!({ "description": "Done." });
    if let Some(schema) = route.answer {
        answer = json!({
            "description": "The answer.",
            "content": { route.gives: { "schema": schema(generator) } },
        });
    } else if !route.files.is_empty() {
        let schema = json!({ "schema": { "type": "string", "format": "binary" } });
        let content: Map<String, Value> = route.files.iter().map(|kind| ((*kind).to_owned(), schema.clone())).collect();
        answer = json!({ "description": "The file.", "content": content });
    } else if route.status == 200 {
        answer = json!({ "description": "The answer.", "content": { "application/json": { "schema": {} } } });
    }
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "parameters": parameters,
        "security": if route.open { json!([]) } else { json!([{ "session": [] }]) },
        "responses": {
            route.status.to_string(): answer,
            "default": {
                "description": "Why not.",
                "content": { "application/problem+json": { "schema": problem } },
            },
        },
    });
    if let (Some(schema), Some(operation)) = (route.body, operation.as_object_mut()) {
        let content = json!({ route.takes: { "schema": schema(sent) } });
        // No body at all is an empty file; nobody can tell one from the other.
        let required = route.takes == "application/json";
        operation.insert("requestBody".to_owned(), json!({ "required": required, "content": content }));
    }
    operation
}

/// The schema of a type with nothing outside of it.
pub(super) fn inline<T: JsonSchema>() -> Schema {
    let mut settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.inline_subschemas = true;
    settings.into_generator().into_root_schema_for::<T>()
}

fn query_parameters(schema: &Schema) -> Vec<Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = |name: &String| {
        schema.get("required").and_then(Value::as_array).is_some_and(|r| r.iter().any(|n| n.as_str() == Some(name)))
    };
    properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            let description = schema.as_object_mut().and_then(|s| s.remove("description")).unwrap_or_default();
            json!({ "name": name, "in": "query", "required": required(name), "description": description, "schema": not_null(schema) })
        })
        .collect()
}

/// A parameter that is not there is left out; it is never `null`.
fn not_null(schema: Value) -> Value {
    let is_null = |v: &Value| v.as_str() == Some("null") || v.get("type").and_then(Value::as_str) == Some("null");
    let Value::Object(mut schema) = schema else { return schema };
    for key in ["type", "anyOf", "enum"] {
        if let Some(Value::Array(choices)) = schema.get_mut(key) {
            choices.retain(|c| !is_null(c) && !c.is_null());
            if let ("type" | "anyOf", [only]) = (key, choices.as_slice()) {
                let only = only.clone();
                if key == "type" {
                    schema.insert(key.to_owned(), only);
                } else {
                    return only;
                }
            }
        }
    }
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn what_is_sent_and_what_is_answered_have_names_of_their_own() {
        let generator = |settings: SchemaSettings| settings.into_generator();
        let mut answered = generator(SchemaSettings::draft2020_12().for_serialize());
        let mut sent = generator(SchemaSettings::draft2020_12().for_deserialize());
        for route in routes() {
            route.answer.map(|schema| schema(&mut answered));
            route.body.map(|schema| schema(&mut sent));
        }
        let answered = answered.take_definitions(true);
        for (name, schema) in sent.take_definitions(true) {
            assert!(answered.get(&name).is_none_or(|other| *other == schema), "{name}: means two things");
        }
    }

    #[test]
    fn the_published_document_says_that_the_name_of_the_cookie_ends_in_the_port() {
        let name = |document: Value| document["components"]["securitySchemes"]["session"]["name"].clone();
        assert_eq!(name(document()), COOKIE);
        assert_eq!(name(document_of("tutela-8420")), "tutela-8420");
        assert_eq!(document_of(COOKIE), document());
        assert!(document().get("paths").and_then(Value::as_object).unwrap().len() > 30);
    }
}
