//! From authorization details (RFC 9396) to what a person reads about them: everything in them is shown.

use serde_json::{Map, Value};
use symbolon_protocol::{AuthorizationDetail, AuthorizationDetails};

use crate::cx::Cx;
use crate::legible::marked as legible;
use crate::pages::{DetailCard, DetailFact, DetailLabel, DetailValue};
use crate::snapshot::DetailType;

/// Members that all types share (RFC 9396 §2.2), in the order in which people read them.
const COMMON: &[&str] = &["actions", "datatypes", "privileges", "locations", "identifier"];

/// Details as cards, in the order of the request. `granted` says of each whether it was allowed before.
pub(super) fn cards(cx: &Cx, details: &AuthorizationDetails, granted: &[bool]) -> Vec<DetailCard> {
    let cards = details.iter().enumerate().map(|(index, detail)| {
        let known = cx.workspace.detail_types.find(detail.kind());
        card(detail, known, granted.get(index).copied().unwrap_or_default())
    });
    cards.collect()
}

fn card(detail: &AuthorizationDetail, known: Option<&DetailType>, granted: bool) -> DetailCard {
    let words =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(legible);
    let entity = known.map(|known| &known.entity);
    let members = detail.members();
    let common = COMMON.iter().filter_map(|name| Some((*name, members.get(*name)?)));
    let mut facts: Vec<_> = common
        .map(|(name, value)| DetailFact { label: DetailLabel::Common(name), values: values(value) })
        .collect();
    let mut own: Vec<_> =
        members.iter().filter(|(name, _)| *name != "type" && !COMMON.contains(&name.as_str())).collect();
    own.sort_unstable_by_key(|(name, _)| *name);
    for (name, value) in own {
        tell(known, &Place { path: vec![name], label: label(known, &[name]) }, value, &mut facts);
    }
    DetailCard {
        title: entity.and_then(|entity| words(&entity.name)).unwrap_or_else(|| legible(detail.kind())),
        description: entity.and_then(|entity| words(&entity.description)),
        service: known.and_then(|known| Some(legible(&known.service.as_ref()?.name))),
        granted,
        facts,
    }
}

/// Where in a detail something is, and how that is called.
struct Place<'a> {
    path: Vec<&'a str>,
    label: String,
}

/// Adds what `value` says: one line for each text, list of texts or amount in it.
fn tell(known: Option<&DetailType>, place: &Place<'_>, value: &Value, facts: &mut Vec<DetailFact>) {
    match value {
        Value::Object(members) if !members.is_empty() => match amount(members) {
            Some(amount) => facts.push(fact(&place.label, vec![DetailValue::Text(legible(&amount))])),
            None => {
                for (name, value) in members {
                    let path: Vec<_> = place.path.iter().copied().chain([name.as_str()]).collect();
                    let label = format!("{} › {}", place.label, label(known, &path));
                    tell(known, &Place { path, label }, value, facts);
                }
            }
        },
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                let label = format!("{} {}", place.label, index + 1);
                tell(known, &Place { path: place.path.clone(), label }, item, facts);
            }
        }
        value => facts.push(fact(&place.label, values(value))),
    }
}

fn fact(label: &str, values: Vec<DetailValue>) -> DetailFact {
    DetailFact { label: DetailLabel::Own(label.to_owned()), values }
}

fn values(value: &Value) -> Vec<DetailValue> {
    match value {
        Value::Array(items) if !items.is_empty() => items.iter().flat_map(values).collect(),
        Value::Null | Value::Array(_) | Value::Object(_) => vec![DetailValue::Nothing],
        Value::Bool(true) => vec![DetailValue::Yes],
        Value::Bool(false) => vec![DetailValue::No],
        Value::String(text) if text.is_empty() => vec![DetailValue::Nothing],
        Value::String(text) => vec![DetailValue::Text(legible(text))],
        Value::Number(number) => vec![DetailValue::Text(number.to_string())],
    }
}

/// An amount of money as one reads it: `123.50 EUR`.
fn amount(members: &Map<String, Value>) -> Option<String> {
    let currency = members.get("currency")?.as_str()?;
    let (_, amount) = members.iter().find(|(name, _)| *name == "amount" || *name == "value")?;
    let amount = match amount {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (members.len() == 2).then(|| format!("{amount} {currency}"))
}

/// What a member is called: as its schema says, else by its own name in words.
fn label(known: Option<&DetailType>, path: &[&str]) -> String {
    let titled = known.and_then(|known| known.title(path));
    titled.map(legible).unwrap_or_else(|| in_words(path.last().copied().unwrap_or_default()))
}

/// `instructedAmount` and `instructed_amount` become `Instructed amount`.
fn in_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for c in legible(name).chars() {
        if matches!(c, '_' | '-' | ' ') {
            words.push(' ');
        } else if c.is_uppercase() && was_lower {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else if words.is_empty() {
            words.extend(c.to_uppercase());
        } else {
            words.push(c);
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    if words.trim().is_empty() { "?".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let details = AuthorizationDetails::parse(text).unwrap();
        let card = card(details.iter().next().unwrap(), None, false);
        let value = |value: &DetailValue| match value {
            DetailValue::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        let fact = |fact: &DetailFact| {
            let label = match &fact.label {
                DetailLabel::Common(name) => format!("[{name}]"),
                DetailLabel::Own(label) => label.clone(),
            };
            format!("{label}: {}", fact.values.iter().map(value).collect::<Vec<_>>().join(" | "))
        };
        std::iter::once(card.title.clone()).chain(card.facts.iter().map(fact)).collect()
    }

    #[test]
    fn example_of_the_rfc_reads_as_a_person_would_say_it() {
        // RFC 9396 §2, figure 2
        let text = r#"[{
            "type": "payment_initiation",
            "actions": ["initiate", "status", "cancel"],
            "locations": ["https://example.com/payments"],
            "instructedAmount": {"currency": "EUR", "amount": "123.50"},
            "creditorName": "Merchant A",
            "creditorAccount": {"iban": "DE02100100109307118603"},
            "remittanceInformationUnstructured": "Ref Number Merchant"
        }]"#;
        assert_eq!(
            shown(text),
            [
                "payment_initiation",
                "[actions]: initiate | status | cancel",
                "[locations]: https://example.com/payments",
                "Creditor account › Iban: DE02100100109307118603",
                "Creditor name: Merchant A",
                "Instructed amount: 123.50 EUR",
                "Remittance information unstructured: Ref Number Merchant",
            ]
        );
    }

    #[test]
    fn nothing_in_a_detail_is_left_out() {
        let text = r#"[{"type": "a", "list": [{"x": 1}, {"x": [2, 3]}, "y"], "flag": true, "other-flag": false,
            "none": null, "empty": {}, "no_items": [], "blank": "",
            "price": {"currency": "EUR", "amount": 5, "vat": "7"}, "actions": []}]"#;
        assert_eq!(
            shown(text),
            [
                "a",
                "[actions]: Nothing",
                "Blank: Nothing",
                "Empty: Nothing",
                "Flag: Yes",
                "List 1 › X: 1",
                "List 2 › X: 2 | 3",
                "List 3: y",
                "No items: Nothing",
                "None: Nothing",
                "Other flag: No",
                "Price › Amount: 5",
                "Price › Currency: EUR",
                "Price › Vat: 7",
            ]
        );
    }

    #[test]
    fn characters_that_deceive_are_marked() {
        let text = "[{\"type\": \"a\", \"to\": \"me\\u202eyou\\u0000\\u200b\\n\", \"\\u202ex\": 1, \"\": 2}]";
        assert_eq!(shown(text), ["a", "?: 2", "To: me\u{fffd}you\u{fffd}\u{fffd}\u{fffd}", "\u{fffd}x: 1"]);
    }

    proptest! {
        #[test]
        fn any_detail_is_shown(text in r#"\[\{"type":"a"(,"[a-z_\x{200b}\x{e9}-]{0,6}":("[a-z\x{202e}]{0,6}"|-?[0-9]{1,3}|true|null|\[\]|\{\}|\[\{"currency":"E","amount":1\}\])){0,6}\}\]"#) {
            let known = AuthorizationDetails::parse(&text).is_ok();
            if known {
                let lines = shown(&text).concat();
                prop_assert!(!lines.contains(['\u{200b}', '\u{202e}']), "{lines:?}");
            }
        }
    }
}
