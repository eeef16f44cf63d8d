//! What is said in several languages (OIDC Core §5.2, RFC 7591 §2.2): beside `family_name` there may be
//! `family_name#ja-Kana-JP`, the same in the language and script of that tag (BCP 47).

use std::collections::BTreeSet;
use std::iter::successors;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

/// Longest language tag, in bytes; the longest in use have half of it.
const LONGEST_TAG: usize = 70;

/// The name of a claim, and the language that it is asked for in: `family_name#ja` is `family_name` in `ja`.
pub fn parts(name: &str) -> (&str, Option<&str>) {
    name.split_once('#').map_or((name, None), |(name, tag)| (name, Some(tag)))
}

/// Whether a text is a language tag that is well-formed by the rules of RFC 5646 §2.1. The old ones that follow no rule
/// (`i-klingon`) all have a successor that does.
pub fn is_tag(text: &str) -> bool {
    let has_size = |part: &str, sizes: RangeInclusive<usize>| sizes.contains(&part.len());
    let plain = |part: &str| has_size(part, 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if text.len() > LONGEST_TAG || !text.split('-').all(plain) {
        return false;
    }
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_variant = |part: &str| {
        has_size(part, 5..=8)
            || (has_size(part, 4..=4) && part.starts_with(|first: char| first.is_ascii_digit()))
    };
    let is_private = |part: &str| part.eq_ignore_ascii_case("x");
    let mut parts = text.split('-').peekable();
    if parts.next_if(|part| has_size(part, 2..=8) && letters(part)).is_some() {
        let mut extended = 0;
        while extended < 3 && parts.next_if(|part| has_size(part, 3..=3) && letters(part)).is_some() {
            extended += 1;
        }
        // Script and region.
        parts.next_if(|part| has_size(part, 4..=4) && letters(part));
        parts.next_if(|part| {
            (has_size(part, 2..=2) && letters(part)) || (has_size(part, 3..=3) && digits(part))
        });
        while parts.next_if(|part| is_variant(part)).is_some() {}
        while parts.next_if(|part| has_size(part, 1..=1) && !is_private(part)).is_some() {
            if parts.next_if(|part| has_size(part, 2..=8)).is_none() {
                return false;
            }
            while parts.next_if(|part| has_size(part, 2..=8)).is_some() {}
        }
    }
    match parts.next() {
        None => true,
        Some(part) => is_private(part) && parts.next().is_some(),
    }
}

/// What a lookup tries, one after the other (RFC 4647 §3.4): each language, then the same without its last parts.
pub fn ranges(languages: &[String]) -> impl Iterator<Item = &str> {
    let some = |range: &'_ str| !range.is_empty();
    languages.iter().flat_map(move |language| {
        let first = Some(language.as_str()).filter(|range| some(range));
        successors(first, move |range| Some(shorter(range)).filter(|range| some(range)))
    })
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
    for range in ranges(languages) {
        if let Some(value) = tagged(context, path, range) {
            return Some(value);
        }
        if is_in(&own, range) {
            return None;
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

    /// RFC 5646 appendix A.
    #[test]
    fn tags_are_well_formed_or_not() {
        let well_formed = "de fr ja zh-Hant zh-cmn-Hans-CN cmn-Hans-CN zh-yue-HK sr-Latn sr-Latn-RS sl-rozaj \
            sl-rozaj-biske sl-nedis de-CH-1901 sl-IT-nedis hy-Latn-IT-arevela de-DE es-419 de-CH-x-phonebk \
            az-Arab-x-AZE-derbend x-whatever qaa-Qaaa-QM-x-southern de-Qaaa en-US-u-islamcal zh-CN-a-myext-x-private \
            en-a-myext-b-another DE-ch";
        for tag in well_formed.split_ascii_whitespace() {
            assert!(is_tag(tag), "{tag}");
        }
        let long = format!("de-x{}", "-12345678".repeat(8));
        let not = [
            "",
            "-",
            "a",
            "de-",
            "-de",
            "de--CH",
            "de_CH",
            "de CH",
            "d\u{e9}",
            "*",
            "a-DE",
            "de-419-DE",
            "x",
            "en-x",
        ];
        let not = not.iter().copied().chain([
            "en-u",
            "en-a-b-cd",
            "en-123456789",
            "deutschland",
            "12",
            "i-klingon",
            &long,
        ]);
        for tag in not {
            assert!(!is_tag(tag), "{tag}");
        }
    }

    #[test]
    fn a_lookup_tries_what_is_less_and_less_said() {
        let languages = ["de-CH-x-phonebk", "", "fr"].map(str::to_owned);
        assert_eq!(Vec::from_iter(ranges(&languages)), ["de-CH-x-phonebk", "de-CH", "de", "fr"]);
    }

    #[test]
    fn a_range_is_shortened_from_its_end() {
        assert_eq!(shorter("zh-Hant-CN-x-private1"), "zh-Hant-CN");
        assert_eq!(shorter("zh-Hant"), "zh");
        assert_eq!(shorter("zh"), "");
    }
}
