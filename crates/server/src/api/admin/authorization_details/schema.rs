//! What the schema of a type may be: JSON Schema (draft 2020-12) with the keywords of ACP's `SupportedJSONSchema`.
//!
//! None of them leads elsewhere: nothing is fetched, and no schema holds itself.

use serde_json::{Map, Value};
use symbolon_store::entity::AuthorizationDetail;

use crate::api::error::Faults;
use crate::snapshot::detail_types::compile;

/// The longest schema, in bytes of its JSON.
const LONGEST: usize = 64 * 1024;
/// How deep schemas may lie in one another.
const DEEPEST: usize = 16;

/// Keywords whose value is a schema.
const SCHEMA: &[&str] = &["contains", "else", "if", "items", "not", "propertyNames", "then"];
/// Keywords whose value is a list of schemas.
const SCHEMAS: &[&str] = &["allOf", "anyOf", "oneOf"];
/// Keywords whose value has a schema for each of its members.
const SCHEMAS_BY_NAME: &[&str] = &["dependentSchemas", "patternProperties", "properties"];
/// The other keywords.
const PLAIN: &[&str] = &[
    "additionalProperties",
    "const",
    "dependentRequired",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "hidden",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "required",
    "title",
    "type",
    "uniqueItems",
];

/// Notes what is wrong with the schema of a type.
pub(super) fn check(detail: &AuthorizationDetail, faults: &mut Faults) {
    let Some(schema) = &detail.schema else { return };
    let length = serde_json::to_string(schema).map_or(usize::MAX, |text| text.len());
    if length > LONGEST {
        faults.add("schema", "must be at most 64 KiB long");
        return;
    }
    let mut known = true;
    keywords("schema", &schema.0, DEEPEST, &mut |path, message| {
        known = false;
        faults.add(path, message);
    });
    if known && let Err(error) = compile(&schema.0) {
        faults.add("schema", format!("is no schema: {error}"));
    }
}

/// Tells of keywords that are not known, and of schemas that are none.
fn keywords(
    path: &str,
    schema: &Map<String, Value>,
    depth: usize,
    tell: &mut dyn FnMut(String, &'static str),
) {
    let Some(depth) = depth.checked_sub(1) else { return tell(path.to_owned(), "lies too deep") };
    for (name, value) in schema {
        let path = format!("{path}.{name}");
        let mut below = |path: String, value: &Value| match value {
            Value::Object(schema) => keywords(&path, schema, depth, tell),
            _ => tell(path, "must be a schema: an object"),
        };
        match (name.as_str(), value) {
            (name, value) if SCHEMA.contains(&name) => below(path, value),
            (name, Value::Array(schemas)) if SCHEMAS.contains(&name) => {
                for (index, schema) in schemas.iter().enumerate() {
                    below(format!("{path}[{index}]"), schema);
                }
            }
            (name, Value::Object(schemas)) if SCHEMAS_BY_NAME.contains(&name) => {
                for (name, schema) in schemas {
                    below(format!("{path}.{name}"), schema);
                }
            }
            (name, _) if SCHEMAS.contains(&name) => tell(path, "must be a list of schemas"),
            (name, _) if SCHEMAS_BY_NAME.contains(&name) => tell(path, "must be an object of schemas"),
            ("additionalProperties", value) if !value.is_boolean() => tell(path, "must be true or false"),
            (name, _) if PLAIN.contains(&name) => {}
            _ => tell(path, "is no keyword that this server knows"),
        }
    }
}
