//! `authorization_details`: what a client asks for beyond scopes, in its own words (RFC 9396).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest parameter, in bytes: it is kept with the grant, and is in tokens.
pub const MAX_BYTES: usize = 8 * 1024;
/// The most details of one request: a person is asked about each.
pub const MAX_DETAILS: usize = 20;
/// The most values of one detail, at any depth.
const MAX_VALUES: usize = 200;
/// How deep objects and lists may lie in one another.
const MAX_DEPTH: usize = 8;

/// The members with a meaning that all types share and whose values are lists of texts (RFC 9396 §2.2).
pub const LISTS: &[&str] = &["locations", "actions", "datatypes", "privileges"];

/// One thing that is asked for or was granted: a JSON object with a `type` (RFC 9396 §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuthorizationDetail(Map<String, Value>);

/// The details of one request, grant or token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuthorizationDetails(Vec<AuthorizationDetail>);

/// Why a parameter is refused (RFC 9396 §5).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationDetailsError {
    /// More than [`MAX_BYTES`].
    #[error("authorization_details is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// More than [`MAX_DETAILS`], or too much in one of them.
    #[error("authorization_details asks for more than can be shown to a person")]
    TooMany,
    /// Not a JSON array of objects.
    #[error("authorization_details is not a JSON array of objects")]
    NotAnArray,
    /// Not one object.
    #[error("authorization_details is empty")]
    Empty,
    /// No type, or one that is no text.
    #[error("authorization_details[{0}] has no type")]
    NoType(usize),
    /// A common member of the wrong type.
    #[error("authorization_details[{index}].{member} is not {expected}")]
    Member {
        /// Which detail.
        index: usize,
        /// Its member.
        member: &'static str,
        /// What the member must be.
        expected: &'static str,
    },
}

impl AuthorizationDetail {
    /// The type, which says what the other members mean.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.0.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    /// All members, `type` among them.
    #[must_use]
    pub const fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The detail as a JSON value.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// A text that two details share if and only if they are equal: the members in the order of their names.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        write_object(&self.0, &mut text);
        text
    }

    /// Whether whoever has `self` may have `other`: the same members with the same values, but that a list of
    /// [`LISTS`] may be shorter, and in another order. Nothing is known of what the other members mean, so no other
    /// value counts as less.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().all(|(name, own)| match (own, other.0.get(name)) {
                (Value::Array(own), Some(Value::Array(asked))) if LISTS.contains(&name.as_str()) => {
                    // An empty list says nothing, which may mean everything.
                    asked.is_empty() == own.is_empty() && asked.iter().all(|item| own.contains(item))
                }
                (own, Some(asked)) => own == asked,
                (_, None) => false,
            })
    }

    fn read(index: usize, value: Value) -> Result<Self, AuthorizationDetailsError> {
        let Value::Object(members) = value else { return Err(AuthorizationDetailsError::NotAnArray) };
        let has_type = members.get("type").and_then(Value::as_str).is_some_and(|kind| !kind.is_empty());
        if !has_type {
            return Err(AuthorizationDetailsError::NoType(index));
        }
        let wrong = |member, expected| AuthorizationDetailsError::Member { index, member, expected };
        for member in LISTS {
            let is_list = members
                .get(*member)
                .is_none_or(|value| value.as_array().is_some_and(|items| items.iter().all(Value::is_string)));
            if !is_list {
                return Err(wrong(member, "a list of texts"));
            }
        }
        if members.get("identifier").is_some_and(|value| !value.is_string()) {
            return Err(wrong("identifier", "a text"));
        }
        let detail = Value::Object(members);
        if values(&detail, MAX_DEPTH).is_none_or(|count| count > MAX_VALUES) {
            return Err(AuthorizationDetailsError::TooMany);
        }
        let Value::Object(members) = detail else { return Err(AuthorizationDetailsError::NotAnArray) };
        Ok(Self(members))
    }
}

impl AuthorizationDetails {
    /// Reads the parameter. Two equal details are one.
    ///
    /// # Errors
    /// When it is not of the form that RFC 9396 §2 gives it.
    pub fn parse(text: &str) -> Result<Self, AuthorizationDetailsError> {
        if text.len() > MAX_BYTES {
            return Err(AuthorizationDetailsError::TooLong);
        }
        let values: Vec<Value> =
            serde_json::from_str(text).map_err(|_| AuthorizationDetailsError::NotAnArray)?;
        if values.is_empty() {
            return Err(AuthorizationDetailsError::Empty);
        }
        if values.len() > MAX_DETAILS {
            return Err(AuthorizationDetailsError::TooMany);
        }
        let mut details = Self::default();
        for (index, value) in values.into_iter().enumerate() {
            let detail = AuthorizationDetail::read(index, value)?;
            if !details.0.contains(&detail) {
                details.0.push(detail);
            }
        }
        Ok(details)
    }

    /// The details, in the order of the request.
    pub fn iter(&self) -> std::slice::Iter<'_, AuthorizationDetail> {
        self.0.iter()
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those for which `keep` holds.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&AuthorizationDetail) -> bool) -> Self {
        Self(self.0.iter().filter(|detail| keep(detail)).cloned().collect())
    }

    /// The first of `asked` that none of these covers.
    #[must_use]
    pub fn first_beyond<'a>(&self, asked: &'a Self) -> Option<&'a AuthorizationDetail> {
        asked.0.iter().find(|asked| !self.0.iter().any(|own| own.covers(asked)))
    }
}

impl<'a> IntoIterator for &'a AuthorizationDetails {
    type Item = &'a AuthorizationDetail;
    type IntoIter = std::slice::Iter<'a, AuthorizationDetail>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// How many values there are at any depth; nothing when they lie too deep.
fn values(value: &Value, depth: usize) -> Option<usize> {
    let below = depth.checked_sub(1)?;
    match value {
        Value::Array(items) => items.iter().map(|item| values(item, below)).try_fold(1, add),
        Value::Object(members) => members.values().map(|item| values(item, below)).try_fold(1, add),
        _ => Some(1),
    }
}

fn add(sum: usize, count: Option<usize>) -> Option<usize> {
    count.map(|count| sum + count)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => write_object(members, text),
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn write_object(members: &Map<String, Value>, text: &mut String) {
    let mut names: Vec<_> = members.keys().collect();
    names.sort_unstable();
    text.push('{');
    for (index, name) in names.into_iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write(members.get(name).unwrap_or(&Value::Null), text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn details(value: &Value) -> AuthorizationDetails {
        AuthorizationDetails::parse(&value.to_string()).unwrap()
    }

    fn detail(value: Value) -> AuthorizationDetail {
        AuthorizationDetail::read(0, value).unwrap()
    }

    /// RFC 9396 §2, figure 2: access to two resources.
    const EXAMPLE: &str = r#"[
       {
          "type": "account_information",
          "actions": ["list_accounts", "read_balances", "read_transactions"],
          "locations": ["https://example.com/accounts"]
       },
       {
          "type": "payment_initiation",
          "actions": ["initiate", "status", "cancel"],
          "locations": ["https://example.com/payments"],
          "instructedAmount": {"currency": "EUR", "amount": "123.50"},
          "creditorName": "Merchant A",
          "creditorAccount": {"iban": "DE02100100109307118603"},
          "remittanceInformationUnstructured": "Ref Number Merchant"
       }
    ]"#;

    #[test]
    fn example_of_the_rfc_is_read_and_kept() {
        let read = AuthorizationDetails::parse(EXAMPLE).unwrap();
        assert_eq!(
            read.iter().map(AuthorizationDetail::kind).collect::<Vec<_>>(),
            ["account_information", "payment_initiation"]
        );
        let kept = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<AuthorizationDetails>(&kept).unwrap(), read);
        assert_eq!(
            serde_json::from_str::<Value>(&kept).unwrap(),
            serde_json::from_str::<Value>(EXAMPLE).unwrap()
        );
    }

    #[test]
    fn what_is_malformed_is_refused_with_its_place() {
        let many = Value::from(vec![json!({"type": "a"}); MAX_DETAILS + 1]).to_string();
        let wide = json!([{"type": "a", "x": vec![1; MAX_VALUES]}]).to_string();
        let deep = format!(r#"[{{"type":"a","x":{}{}}}]"#, "[".repeat(20), "]".repeat(20));
        let long = format!(r#"[{{"type":"{}"}}]"#, "a".repeat(MAX_BYTES));
        for (text, expected) in [
            ("", "authorization_details is not a JSON array of objects"),
            (r#"{"type":"a"}"#, "authorization_details is not a JSON array of objects"),
            (r#"["a"]"#, "authorization_details is not a JSON array of objects"),
            ("[]", "authorization_details is empty"),
            (r#"[{"type":"a"},{}]"#, "authorization_details[1] has no type"),
            (r#"[{"type":1}]"#, "authorization_details[0] has no type"),
            (r#"[{"type":""}]"#, "authorization_details[0] has no type"),
            (r#"[{"type":"a","actions":"read"}]"#, "authorization_details[0].actions is not a list of texts"),
            (
                r#"[{"type":"a","locations":[1]}]"#,
                "authorization_details[0].locations is not a list of texts",
            ),
            (r#"[{"type":"a","identifier":{}}]"#, "authorization_details[0].identifier is not a text"),
            (&many, "authorization_details asks for more than can be shown to a person"),
            (&wide, "authorization_details asks for more than can be shown to a person"),
            (&deep, "authorization_details asks for more than can be shown to a person"),
            (&long, "authorization_details is longer than 8192 bytes"),
        ] {
            let error = AuthorizationDetails::parse(text).unwrap_err().to_string();
            assert_eq!(error, expected, "{text:.60}");
        }
    }

    #[test]
    fn equal_details_have_one_canonical_text_whatever_their_order() {
        let one: Value = serde_json::from_str(r#"{"type":"a","x":{"b":1,"a":[1,{"d":1,"c":2}]}}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"x":{"a":[1,{"c":2,"d":1}],"b":1},"type":"a"}"#).unwrap();
        let text = detail(one).canonical();
        assert_eq!(text, r#"{"type":"a","x":{"a":[1,{"c":2,"d":1}],"b":1}}"#);
        assert_eq!(detail(other).canonical(), text);
        assert_eq!(details(&json!([{"type": "a", "x": 1}, {"x": 1, "type": "a"}])).iter().count(), 1);
    }

    #[test]
    fn only_a_shorter_list_is_less() {
        let granted =
            json!({"type": "a", "actions": ["read", "write"], "amount": 5, "sub": {"actions": ["x", "y"]}});
        let with = |name: &str, value: Value| {
            let mut asked = granted.clone();
            asked[name] = value;
            detail(asked)
        };
        let own = detail(granted.clone());
        assert!(own.covers(&own));
        assert!(own.covers(&with("actions", json!(["write"]))));
        assert!(own.covers(&with("actions", json!(["write", "read"]))));
        for (name, value) in [
            ("actions", json!(["read", "delete"])),
            ("actions", json!([])),
            ("amount", json!(4)),
            ("amount", json!("5")),
            ("sub", json!({"actions": ["x"]})),
            ("type", json!("b")),
            ("locations", json!(["https://a.example"])),
        ] {
            assert!(!own.covers(&with(name, value.clone())), "{name} {value}");
        }
        let mut without = granted.clone();
        without.as_object_mut().unwrap().remove("actions");
        assert!(!own.covers(&detail(without)), "without a list it may mean everything");
        assert!(
            !detail(json!({"type": "a", "actions": []}))
                .covers(&detail(json!({"type": "a", "actions": ["x"]})))
        );
    }

    #[test]
    fn the_first_that_was_not_granted_is_named() {
        let granted = details(&json!([{"type": "a", "actions": ["r", "w"]}, {"type": "b"}]));
        assert_eq!(
            granted.first_beyond(&details(&json!([{"type": "b"}, {"type": "a", "actions": ["r"]}]))),
            None
        );
        let asked = details(&json!([{"type": "b"}, {"type": "c"}]));
        assert_eq!(granted.first_beyond(&asked).map(AuthorizationDetail::kind), Some("c"));
    }

    /// A float that was read with less than its last digit would be another one the next time.
    #[test]
    fn numbers_are_kept_to_their_last_digit() {
        for number in ["516e72", "0.1", "9007199254740993.5", "1e-7"] {
            let details = AuthorizationDetails::parse(&format!(r#"[{{"type":"a","x":{number}}}]"#)).unwrap();
            let again = AuthorizationDetails::parse(&serde_json::to_string(&details).unwrap()).unwrap();
            assert_eq!(again, details, "{number}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = AuthorizationDetails::parse(&text);
        }

        #[test]
        fn what_is_read_is_read_again_and_covers_itself(
            text in r#"\[(\{"type":"[ab]"(,"(actions|x|y)":(\["[pq]"(,"[pq]")?\]|\[\]|"z"|-?[0-9]{1,3}(\.[0-9]{1,2}|e[0-9]{1,2})?|\{"[ab]":null\})){0,3}\},?){0,3}\]"#
        ) {
            if let Ok(details) = AuthorizationDetails::parse(&text) {
                let again = AuthorizationDetails::parse(&serde_json::to_string(&details).unwrap()).unwrap();
                prop_assert_eq!(&again, &details);
                prop_assert_eq!(details.first_beyond(&again), None);
                for (one, other) in details.iter().zip(again.iter()) {
                    prop_assert_eq!(one.canonical(), other.canonical());
                }
            }
        }
    }
}
