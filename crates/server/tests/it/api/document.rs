//! The OpenAPI documents as the tests read them: operations, and a document with every member of a schema.

use serde_json::{Map, Value, json};
use symbolon_server::api::FAMILIES;
use symbolon_server::api::family::Style;
use symbolon_server::api::openapi;

/// One operation of a management API.
pub(crate) struct Operation {
    pub(crate) family: &'static str,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Security scheme and scope.
    pub(crate) scheme: String,
    pub(crate) scope: String,
    pub(crate) takes_json: bool,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// All operations of the management APIs.
pub(crate) fn operations() -> Vec<Operation> {
    let management = FAMILIES.iter().filter(|family| family.style == Style::Management);
    let documents = management.map(|family| (family.name, document(family.name)));
    documents.flat_map(|(family, document)| operations_of(family, &document)).collect()
}

/// The document of a family.
pub(crate) fn document(name: &str) -> Value {
    let family = FAMILIES.iter().find(|family| family.name == name).unwrap();
    serde_json::to_value(openapi::document(family, "default")).unwrap()
}

fn operations_of(family: &'static str, document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| {
            let (scheme, scopes) = operation["security"][0].as_object().unwrap().iter().next().unwrap();
            Operation {
                family,
                method: method.to_uppercase(),
                path: path.clone(),
                scheme: scheme.clone(),
                scope: scopes[0].as_str().unwrap().to_owned(),
                takes_json: operation["requestBody"]["content"]["application/json"].is_object(),
            }
        })
    });
    operations.collect()
}

/// A value with every member of the schema `name`, none of them the default where that can be told.
pub(crate) fn full(document: &Value, name: &str) -> Value {
    let schema = json!({"$ref": format!("#/components/schemas/{name}")});
    value(document, &schema, name, 0)
}

fn value(document: &Value, schema: &Value, name: &str, depth: usize) -> Value {
    assert!(depth < 20, "{name} has no end");
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(&reference[1..]).unwrap_or_else(|| panic!("{reference}"));
        return value(document, target, name, depth + 1);
    }
    // `Option` of something: null, or that.
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let choice = choices.iter().find(|choice| choice["type"] != "null").unwrap();
        return value(document, choice, name, depth + 1);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(|part| value(document, part, name, depth + 1));
        return Value::Object(parts.flat_map(|part| part.as_object().unwrap().clone()).collect());
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().rev().find(|word| **word != schema["default"]).unwrap().clone();
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().find(|one| *one != "null").unwrap().as_str(),
        one => one.as_str(),
    };
    match types {
        Some("object") => object(document, schema, depth),
        Some("array") => json!([value(document, &schema["items"], name, depth + 1)]),
        Some("boolean") => json!(schema["default"] != true),
        Some("integer") => json!(7),
        Some("number") => json!(0.5),
        Some("string") => text(schema, name),
        // Anything: free data.
        _ => json!({"anything": ["of", {"any": "kind"}, 1, true, null]}),
    }
}

fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let mut members: Map<String, Value> = properties
        .iter()
        .map(|(name, schema)| (name.clone(), value(document, schema, name, depth + 1)))
        .collect();
    match &schema["additionalProperties"] {
        Value::Object(_) => {
            members.insert(
                "a key".to_owned(),
                value(document, &schema["additionalProperties"], "a key", depth + 1),
            );
        }
        Value::Bool(true) => {
            members.insert(
                "kept".to_owned(),
                json!({"null": null, "empty": "", "zero": "0001-01-01T00:00:00Z"}),
            );
        }
        _ => {}
    }
    Value::Object(members)
}

fn text(schema: &Value, name: &str) -> Value {
    match schema["format"].as_str() {
        Some("date-time") => json!("2026-01-02T03:04:05Z"),
        Some("duration") => json!("1h2m3s"),
        Some("password") => json!("secret-of-at-least-thirty-two-characters"),
        _ => json!(format!("the {name}")),
    }
}

#[test]
fn a_full_value_has_every_member() {
    let document = document("admin");
    let client = full(&document, "Client");
    assert_eq!(client["token_ttls"]["access_token_ttl"], "1h2m3s");
    assert_eq!(client["metadata"]["kept"]["null"], Value::Null);
    assert!(client.as_object().unwrap().len() > 90);
}
