//! The types of authorization details a workspace knows (RFC 9396), each with its schema ready to be used.

use std::fmt;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value};
use symbolon_store::entity::{AuthorizationDetail, Service};

/// The types of one workspace.
#[derive(Debug, Default)]
pub struct DetailTypes(Vec<DetailType>);

/// One type.
pub struct DetailType {
    /// The type as it was configured.
    pub entity: AuthorizationDetail,
    /// The service it belongs to.
    pub service: Option<Service>,
    /// What a detail must satisfy; an error text when that cannot be read: no detail does then.
    schema: Option<Result<Validator, String>>,
}

/// What is wrong with a detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailFault {
    /// Where in the detail, as `.amount.currency`; empty: the detail as a whole.
    pub path: String,
    /// What, without the value.
    pub message: String,
}

impl DetailTypes {
    /// Joins types with their services.
    pub fn new(types: Vec<(AuthorizationDetail, Option<Service>)>) -> Self {
        Self(types.into_iter().map(|(entity, service)| DetailType::new(entity, service)).collect())
    }

    /// The type of that name.
    pub fn find(&self, name: &str) -> Option<&DetailType> {
        self.0.iter().find(|known| known.entity.kind == name)
    }

    /// All types, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &DetailType> {
        self.0.iter()
    }
}

impl DetailType {
    fn new(entity: AuthorizationDetail, service: Option<Service>) -> Self {
        let schema = entity.schema.as_ref().map(|schema| compile(&schema.0));
        Self { entity, service, schema }
    }

    /// Whether a detail is one of this type, as far as the type says what that means.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, detail: &Value) -> Result<(), DetailFault> {
        match &self.schema {
            None => Ok(()),
            Some(Ok(schema)) => schema.validate(detail).map_err(|error| DetailFault {
                path: dotted(error.instance_path().as_str()),
                message: error.masked().to_string(),
            }),
            Some(Err(_)) => Err(DetailFault {
                path: String::new(),
                message: "is of a type whose schema is broken".to_owned(),
            }),
        }
    }

    /// What the schema calls a member: the `title` of its property.
    pub fn title(&self, path: &[&str]) -> Option<&str> {
        let mut schema =
            Value::as_object(self.entity.schema.as_ref().map(|schema| &schema.0)?.get("properties")?)?;
        let (last, before) = path.split_last()?;
        for name in before {
            schema = schema.get(*name)?.get("properties")?.as_object()?;
        }
        schema.get(*last)?.get("title")?.as_str().filter(|title| !title.trim().is_empty())
    }
}

impl fmt::Debug for DetailType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetailType").field("entity", &self.entity).finish_non_exhaustive()
    }
}

/// Makes a schema ready (JSON Schema, draft 2020-12).
///
/// RFC 9396 §5: unknown fields of a known type are refused. So a schema that does not speak of further members takes
/// none beside those it names, and `type`.
///
/// # Errors
/// What is wrong with it.
pub fn compile(schema: &Map<String, Value>) -> Result<Validator, String> {
    let mut schema = schema.clone();
    if !schema.contains_key("additionalProperties") {
        let is_type = serde_json::json!({ "type": { "type": "string" } });
        let own = Value::Object(std::mem::take(&mut schema));
        schema.insert("allOf".to_owned(), Value::Array(vec![own]));
        schema.insert("properties".to_owned(), is_type);
        schema.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        // In time that grows with the text and no faster.
        .with_pattern_options(PatternOptions::regex());
    options.build(&Value::Object(schema)).map_err(|error| error.to_string())
}

/// A JSON pointer as a path of members.
fn dotted(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        match part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => path.push_str(&format!("[{part}]")),
            false => path.push_str(&format!(".{}", part.replace("~1", "/").replace("~0", "~"))),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use symbolon_store::entity::Metadata;

    use super::*;

    fn payment(schema: Value) -> DetailType {
        let Value::Object(schema) = schema else { panic!("a schema is an object") };
        let entity = AuthorizationDetail {
            kind: "payment_initiation".to_owned(),
            schema: Some(Metadata(schema)),
            ..AuthorizationDetail::default()
        };
        DetailType::new(entity, None)
    }

    fn schema() -> Value {
        json!({
            "properties": {
                "actions": {"items": {"enum": ["initiate", "status"]}},
                "instructedAmount": {
                    "type": "object", "title": "Amount", "required": ["currency", "amount"],
                    "properties": {
                        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                        "amount": {"type": "string", "title": "How much"},
                    },
                },
            },
            "required": ["instructedAmount"],
        })
    }

    fn fault(kind: &DetailType, detail: &Value) -> String {
        let fault = kind.check(detail).unwrap_err();
        format!("{} {}", fault.path, fault.message)
    }

    #[test]
    fn each_fault_is_named_by_its_place_and_without_its_value() {
        let kind = payment(schema());
        let good =
            json!({"type": "payment_initiation", "instructedAmount": {"currency": "EUR", "amount": "1"}});
        assert_eq!(kind.check(&good), Ok(()));
        let with = |name: &str, value: Value| {
            let mut detail = good.clone();
            detail[name] = value;
            fault(&kind, &detail)
        };
        assert_eq!(fault(&kind, &json!({"type": "x"})), r#" "instructedAmount" is a required property"#);
        let amount = with("instructedAmount", json!({"currency": "euro", "amount": "1"}));
        assert!(amount.starts_with(".instructedAmount.currency value does not match"), "{amount}");
        let amount = with("instructedAmount", json!({"currency": "EUR", "amount": 4711}));
        assert_eq!(amount, r#".instructedAmount.amount value is not of type "string""#);
        let actions = with("actions", json!(["initiate", "sweep"]));
        assert!(actions.starts_with(".actions[1] value is not one of"), "{actions}");
        let unknown = with("creditorName", json!("Merchant A"));
        assert!(unknown.contains("'creditorName' was unexpected"), "{unknown}");
    }

    #[test]
    fn a_schema_may_let_in_what_it_does_not_name() {
        let mut open = schema();
        open["additionalProperties"] = json!(true);
        let detail = json!({"type": "x", "more": 1, "instructedAmount": {"currency": "EUR", "amount": "1", "note": "y"}});
        assert_eq!(payment(open).check(&detail), Ok(()));
        // A part of the schema that names members counts as well.
        let parts =
            json!({"anyOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}}]});
        assert_eq!(payment(parts.clone()).check(&json!({"type": "x", "a": 1, "b": 2})), Ok(()));
        assert!(payment(parts).check(&json!({"type": "x", "c": 1})).is_err());
    }

    #[test]
    fn titles_are_found_at_any_depth() {
        let kind = payment(schema());
        assert_eq!(kind.title(&["instructedAmount"]), Some("Amount"));
        assert_eq!(kind.title(&["instructedAmount", "amount"]), Some("How much"));
        assert_eq!(kind.title(&["instructedAmount", "currency"]), None);
        assert_eq!(kind.title(&["creditorName"]), None);
    }

    #[test]
    fn a_broken_schema_lets_nothing_pass() {
        for broken in [
            json!({"type": "no such type"}),
            json!({"pattern": "("}),
            json!({"$ref": "https://a.example/s"}),
            json!({"$ref": "file:///etc/passwd"}),
            json!({"properties": {"a": {"pattern": "((a{1000}){1000}){1000}"}}}),
        ] {
            let kind = payment(broken.clone());
            assert!(kind.check(&json!({"type": "x"})).is_err(), "{broken}");
        }
    }

    /// The management API takes no such schema; a row may be older than it, or come from a backup.
    #[test]
    fn a_schema_that_holds_itself_or_takes_long_ends_nothing() {
        let nested = (0..14).fold(json!({}), |schema, n| {
            let name = format!("p{n}");
            json!({"anyOf": [schema, {"properties": {name: {}}}]})
        });
        let detail = json!({"type": "x", "a": format!("{}!", "a".repeat(2000)), "b": {"b": {"b": 1}}});
        for (schema, is_satisfied) in [
            (json!({"$ref": "#"}), false),
            (json!({"not": {"$ref": "#"}}), false),
            (json!({"allOf": [{"$dynamicRef": "#"}], "additionalProperties": true}), true),
            (
                json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a", "additionalProperties": true}),
                true,
            ),
            (json!({"properties": {"a": {"pattern": "^(a+)+$"}}}), false),
            (nested, false),
        ] {
            assert_eq!(payment(schema.clone()).check(&detail).is_ok(), is_satisfied, "{schema}");
        }
    }
}
