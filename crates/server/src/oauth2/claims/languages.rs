//! What the identity provider says in several languages (OIDC Core §5.2): beside `family_name` there may be
//! `family_name#ja-Kana-JP`, the same in the language and script of that tag (BCP 47).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The name of a claim, and the language that it is asked for in: `family_name#ja` is `family_name` in `ja`.
pub(super) fn parts(name: &str) -> (&str, Option<&str>) {
    name.split_once('#').map_or((name, None), |(name, tag)| (name, Some(tag)))
}

/// What is said in just this language.
pub(super) fn tagged<'a>(context: &'a Map<String, Value>, path: &str, tag: &str) -> Option<&'a Value> {
    let (members, name) = match path.rsplit_once('.') {
        Some((parent, name)) if !has_language(context, path) => {
            (super::at(context, parent)?.as_object()?, name)
        }
        _ => (context, path),
    };
    let is_meant = |key: &str| {
        let rest = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('#'));
        rest.is_some_and(|own| own.eq_ignore_ascii_case(tag))
    };
    members.iter().find(|(key, _)| is_meant(key)).map(|(_, value)| value)
}

/// What is said in the first of the languages that it is said in (a lookup: RFC 4647 §3.4); `None` where it is in none
/// of them, or where what has no tag is meant, as `locale` says.
pub(super) fn preferred<'a>(
    context: &'a Map<String, Value>,
    path: &str,
    languages: &[String],
) -> Option<&'a Value> {
    let own = context.get("locale").and_then(Value::as_str).unwrap_or_default().replace('_', "-");
    for language in languages {
        let mut range = language.as_str();
        while !range.is_empty() {
            if let Some(value) = tagged(context, path, range) {
                return Some(value);
            }
            if is_in(&own, range) {
                return None;
            }
            range = shorter(range);
        }
    }
    None
}

/// The languages that something is said in.
pub(super) fn used<'a>(contexts: impl Iterator<Item = &'a Map<String, Value>>) -> BTreeSet<&'a str> {
    contexts.flat_map(Map::keys).filter_map(|name| parts(name).1).collect()
}

/// Whether a member with dots in its own name is there in a language.
fn has_language(context: &Map<String, Value>, path: &str) -> bool {
    context.keys().any(|name| matches!(parts(name), (name, Some(_)) if name == path))
}

/// Whether a tag is of this range: `de-CH` is of `de`.
fn is_in(tag: &str, range: &str) -> bool {
    let (Some(head), rest) = (tag.get(..range.len()), tag.get(range.len()..).unwrap_or_default()) else {
        return false;
    };
    head.eq_ignore_ascii_case(range) && (rest.is_empty() || rest.starts_with('-'))
}

/// The range without its last part, and without a single letter that would end it then.
fn shorter(range: &str) -> &str {
    let shorter = range.rsplit_once('-').map_or("", |(rest, _)| rest);
    match shorter.rsplit_once('-') {
        Some((rest, last)) if last.len() == 1 => rest,
        _ => shorter,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context() -> Map<String, Value> {
        let Value::Object(context) = json!({
            "locale": "en-GB",
            "name": "Robin",
            "name#ja-Kana-JP": "ロビン",
            "name#de": "Rotkehlchen",
            "org.unit": "Sales",
            "org.unit#de": "Vertrieb",
            "address": {"country": "Poland", "country#pl": "Polska"},
        }) else {
            panic!("an object")
        };
        context
    }

    #[test]
    fn a_claim_is_said_in_just_the_language_of_its_tag() {
        let context = context();
        let said = |path, tag| tagged(&context, path, tag).and_then(Value::as_str);
        assert_eq!(said("name", "JA-kana-jp"), Some("ロビン"));
        assert_eq!(said("name", "ja"), None);
        assert_eq!(said("org.unit", "de"), Some("Vertrieb"));
        assert_eq!(said("address.country", "pl"), Some("Polska"));
        assert_eq!(said("address.country", "de"), None);
        assert_eq!(said("nam", "de"), None);
    }

    #[test]
    fn the_first_language_there_is_counts() {
        let context = context();
        let said = |languages: &[&str]| {
            let languages: Vec<_> = languages.iter().map(|&language| language.to_owned()).collect();
            preferred(&context, "name", &languages).and_then(Value::as_str)
        };
        assert_eq!(said(&["de-CH-1996", "ja-Kana-JP"]), Some("Rotkehlchen"));
        assert_eq!(said(&["fr", "ja-Kana-JP-x-long"]), Some("ロビン"));
        // What has no tag is in English, by the person's locale.
        for languages in [&["en", "de"][..], &["en-US", "de"], &["fr"], &["ja"], &[]] {
            assert_eq!(said(languages), None, "{languages:?}");
        }
    }

    #[test]
    fn languages_in_use_are_known() {
        assert_eq!(Vec::from_iter(used([&context()].into_iter())), ["de", "ja-Kana-JP"]);
    }

    #[test]
    fn a_range_is_shortened_from_its_end() {
        assert_eq!(shorter("zh-Hant-CN-x-private1"), "zh-Hant-CN");
        assert_eq!(shorter("zh-Hant"), "zh");
        assert_eq!(shorter("zh"), "");
    }
}
