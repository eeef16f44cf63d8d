//! What a client says of itself in several languages (RFC 7591 §2.2, OpenID Connect Registration §2.1): beside
//! `client_name` there may be `client_name#de`, the same in the language of that tag (BCP 47). It is kept as it is said,
//! in the client's `localized`, and must be what the member without a tag must be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use symbolon_store::entity::Client;
use url::Url;

use crate::faults::Faults;
use crate::oauth2::claims::languages;
use crate::snapshot;

/// The name of a client, the only one of the members that is no address.
pub const NAME: &str = "client_name";
/// What people read or follow.
const MEMBERS: &[&str] = &[NAME, "client_uri", "logo_uri", "policy_uri", "tos_uri"];
/// Most of it that one client says: a client in memory is small.
const MOST: usize = 100;

/// The member and the language of `client_name#de`; `None` for what has no language, or cannot have one.
pub fn parts(name: &str) -> Option<(&str, &str)> {
    let (member, tag) = languages::parts(name);
    tag.filter(|_| MEMBERS.contains(&member)).map(|tag| (member, tag))
}

/// The member that may be said in several languages, whether or not a language is named.
pub fn member(name: &str) -> Option<&str> {
    Some(languages::parts(name).0).filter(|member| MEMBERS.contains(member))
}

/// What is said in several languages among the members of a registration. Null and empty texts count as absent, as they
/// do without a tag.
///
/// # Errors
/// The member that is no text.
pub fn of_members(members: &Value) -> Result<BTreeMap<String, String>, &str> {
    let members = members.as_object().into_iter().flatten();
    let said = members.filter(|(name, value)| parts(name).is_some() && !value.is_null() && *value != "");
    said.map(|(name, value)| value.as_str().map(|text| (name.clone(), text.to_owned())).ok_or(name.as_str()))
        .collect()
}

/// Notes what cannot be accepted.
pub fn check(client: &Client, faults: &mut Faults) {
    let mut known = BTreeSet::new();
    for (index, (name, text)) in client.localized.iter().enumerate() {
        let Some((member, tag)) = parts(name) else {
            faults.add(
                "localized",
                format!("can have {} alone, each with # and a language", MEMBERS.join(", ")),
            );
            continue;
        };
        if !languages::is_tag(tag) {
            faults.add(format!("{member}#"), "is followed by no language tag (BCP 47)");
            continue;
        }
        // RFC 5646 §2.1.1.
        let is_new = known.insert((member, tag.to_ascii_lowercase()));
        faults.check(is_new, name, "is there twice: upper and lower case are the same in a language tag");
        faults.check(index < MOST, name, "is one too many in other languages");
        match member {
            NAME => faults.check(!text.is_empty(), name, "must not be empty"),
            _ => faults.check(is_page(text), name, "must be an absolute http or https URL"),
        }
    }
}

/// Whether a text is the address of what people look at.
pub fn is_page(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}

/// What the client says in the first of the languages that it says it in (a lookup: RFC 4647 §3.4).
pub fn said<'a>(client: &'a Client, member: &str, languages: &[String]) -> Option<&'a str> {
    if client.localized.is_empty() {
        return None;
    }
    languages::ranges(languages).find_map(|range| {
        let is_meant = |name: &str| {
            parts(name).is_some_and(|(own, tag)| own == member && tag.eq_ignore_ascii_case(range))
        };
        client.localized.iter().find(|(name, _)| is_meant(name)).map(|(_, text)| text.as_str())
    })
}

/// What the client is called in the first of the languages that it has a name in; else its name without a language.
pub fn name<'a>(client: &'a snapshot::Client, languages: &[String]) -> &'a str {
    said(&client.entity, NAME, languages).unwrap_or_else(|| client.name())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn client(said: &[(&str, &str)]) -> Client {
        let localized = said.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
        Client { localized, ..Client::default() }
    }

    fn faults(said: &[(&str, &str)]) -> Vec<String> {
        let mut faults = Faults::default();
        check(&client(said), &mut faults);
        faults.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn members_for_people_are_read_with_their_languages() {
        let members = json!({
            "client_name": "Calendar", "client_name#de": "Kalender", "tos_uri#fr-CA": "https://a.example/", "scope#de": "x",
            "client_name#pl": null, "client_name#ar": "", "redirect_uris#de": ["https://a.example/"], "name#de": "x",
        });
        let said = of_members(&members).unwrap();
        assert_eq!(json!(said), json!({"client_name#de": "Kalender", "tos_uri#fr-CA": "https://a.example/"}));
        assert_eq!(of_members(&json!({"logo_uri#de": ["https://a.example/"]})), Err("logo_uri#de"));
    }

    #[test]
    fn each_is_judged_as_the_member_is() {
        assert_eq!(
            faults(&[("client_name#de", "Kalender"), ("tos_uri#fr-CA", "https://a.example/")]),
            [""; 0]
        );
        for text in ["javascript:alert(1)", "data:image/png;base64,AA==", "/terms", "", "https://"] {
            assert_eq!(faults(&[("tos_uri#de", text), ("logo_uri#de", text)]), ["logo_uri#de", "tos_uri#de"]);
        }
        assert_eq!(faults(&[("client_name#de", "")]), ["client_name#de"]);
        assert_eq!(
            faults(&[("client_name#", "x"), ("tos_uri#d e", "https://a.example/")]),
            ["client_name#", "tos_uri#"]
        );
        assert_eq!(faults(&[("client_name", "x"), ("scope#de", "x")]), ["localized"]);
        assert_eq!(faults(&[("client_name#DE", "A"), ("client_name#de", "B")]), ["client_name#de"]);
        let many: Vec<_> = (0..=MOST).map(|index| format!("client_name#de-x-{index:03}")).collect();
        let many: Vec<_> = many.iter().map(|name| (name.as_str(), "Kalender")).collect();
        assert_eq!(faults(&many), ["client_name#de-x-100"]);
        assert_eq!(faults(&many[1..]), [""; 0]);
    }

    #[test]
    fn a_client_is_called_in_the_language_that_fits() {
        let client =
            client(&[("client_name#de", "Kalender"), ("client_name#zh-Hant", "日曆"), ("tos_uri#pl", "x")]);
        let named = |language: &str| said(&client, NAME, &[language.to_owned()]);
        assert_eq!(named("DE-ch"), Some("Kalender"));
        assert_eq!(named("zh-hant-TW"), Some("日曆"));
        for language in ["zh", "pl", "d", "", "de_CH"] {
            assert_eq!(named(language), None, "{language}");
        }
        let both = ["pl", "de"].map(str::to_owned);
        assert_eq!(
            (said(&client, NAME, &both), said(&client, "tos_uri", &both)),
            (Some("Kalender"), Some("x"))
        );
    }
}
