//! The texts of the pages in every language: Fluent messages from `assets/messages`.

use std::collections::HashMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::language::Language;

/// The messages for people on their way to a client, in every language.
const SOURCES: &[(Language, &str)] = &[
    (Language::English, include_str!("../../assets/messages/en.ftl")),
    (Language::English, include_str!("../../assets/messages/operator.en.ftl")),
    (Language::German, include_str!("../../assets/messages/de.ftl")),
    (Language::Polish, include_str!("../../assets/messages/pl.ftl")),
    (Language::Arabic, include_str!("../../assets/messages/ar.ftl")),
];

/// Marks the place of an argument in a message that is formatted: characters of the private use area, which no
/// message has.
const FIRST_MARK: u32 = 0xE000;

/// The messages, ready to format.
pub(super) struct Catalogue(HashMap<Language, FluentBundle<FluentResource>>);

/// Why the messages cannot be used. A fault of the build.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// A file of messages is malformed.
    #[error("the messages in {0} are malformed: {1}")]
    Malformed(&'static str, String),
    /// A message is not there.
    #[error("there is no message {1} in {0}")]
    Missing(&'static str, String),
    /// A message does not fit its arguments.
    #[error("the message {1} in {0} does not fit its arguments: {2}")]
    Arguments(&'static str, String, String),
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Argument {
    /// A number, which may choose a plural form.
    Number(f64),
    /// A text.
    Text(String),
}

impl Catalogue {
    /// Reads the messages.
    pub(super) fn new() -> Result<Self, CatalogueError> {
        let mut bundles: HashMap<Language, FluentBundle<FluentResource>> = HashMap::new();
        for (language, source) in SOURCES {
            let malformed = |what: String| CatalogueError::Malformed(language.tag(), what);
            let resource = FluentResource::try_new((*source).to_owned())
                .map_err(|(_, errors)| malformed(format!("{errors:?}")))?;
            let tag: LanguageIdentifier =
                language.tag().parse().map_err(|error| malformed(format!("{error}")))?;
            let bundle = bundles.entry(*language).or_insert_with(|| {
                let mut bundle = FluentBundle::new_concurrent(vec![tag]);
                bundle.set_use_isolating(false);
                bundle
            });
            bundle.add_resource(resource).map_err(|errors| malformed(format!("{errors:?}")))?;
        }
        Ok(Self(bundles))
    }

    /// A message as plain text.
    pub(super) fn text(
        &self,
        language: Language,
        id: &str,
        arguments: &[(String, Argument)],
    ) -> Result<String, CatalogueError> {
        let mut given = FluentArgs::with_capacity(arguments.len());
        for (name, argument) in arguments {
            match argument {
                Argument::Number(number) => given.set(name.clone(), FluentValue::from(*number)),
                Argument::Text(text) => given.set(name.clone(), FluentValue::from(text.clone())),
            }
        }
        self.format(language, id, &given)
    }

    /// A message as HTML, with `wrap` applied to each text argument and everything else escaped.
    pub(super) fn html(
        &self,
        language: Language,
        id: &str,
        arguments: &[(String, Argument)],
        wrap: impl Fn(&str) -> String,
    ) -> Result<String, CatalogueError> {
        let mut given = FluentArgs::with_capacity(arguments.len());
        let mut wrapped = Vec::with_capacity(arguments.len());
        for (name, argument) in arguments {
            match (argument, mark(wrapped.len())) {
                (Argument::Text(text), Some(mark)) => {
                    given.set(name.clone(), FluentValue::from(mark.to_string()));
                    wrapped.push((mark, wrap(&escape(text))));
                }
                (Argument::Text(text), None) => given.set(name.clone(), FluentValue::from(text.clone())),
                (Argument::Number(number), _) => given.set(name.clone(), FluentValue::from(*number)),
            }
        }
        let text = escape(&self.format(language, id, &given)?);
        let mut html = String::with_capacity(text.len() * 2);
        for c in text.chars() {
            match wrapped.iter().find(|(mark, _)| *mark == c) {
                Some((_, replacement)) => html.push_str(replacement),
                None => html.push(c),
            }
        }
        Ok(html)
    }

    fn format(
        &self,
        language: Language,
        id: &str,
        arguments: &FluentArgs<'_>,
    ) -> Result<String, CatalogueError> {
        let missing = || CatalogueError::Missing(language.tag(), id.to_owned());
        let bundle = self.0.get(&language).ok_or_else(missing)?;
        let pattern = bundle.get_message(id).and_then(|message| message.value()).ok_or_else(missing)?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
        if errors.is_empty() {
            return Ok(text);
        }
        Err(CatalogueError::Arguments(language.tag(), id.to_owned(), format!("{errors:?}")))
    }

    /// Whether a language has this message.
    #[cfg(test)]
    pub(super) fn has(&self, language: Language, id: &str) -> bool {
        self.0.get(&language).is_some_and(|bundle| bundle.has_message(id))
    }
}

fn mark(index: usize) -> Option<char> {
    u32::try_from(index).ok().and_then(|index| char::from_u32(FIRST_MARK + index))
}

/// For element content and quoted attribute values.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids of a source, in order.
    fn ids(source: &str) -> Vec<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(id, _)| id))
            .collect()
    }

    #[test]
    fn every_language_has_every_message() {
        let catalogue = Catalogue::new().unwrap();
        let english = ids(SOURCES[0].1);
        assert!(english.len() > 40);
        for language in Language::ALL {
            let missing: Vec<_> = english.iter().filter(|id| !catalogue.has(*language, id)).collect();
            assert!(missing.is_empty(), "{}: {missing:?}", language.tag());
        }
        for (language, source) in SOURCES.iter().skip(2) {
            let unknown: Vec<_> = ids(source).into_iter().filter(|id| !english.contains(id)).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", language.tag());
        }
    }

    #[test]
    fn arguments_are_escaped_and_wrapped() {
        let catalogue = Catalogue::new().unwrap();
        let client = Argument::Text("<b>Tom & \"Jerry\"</b>\u{e000}".to_owned());
        let html = catalogue
            .html(Language::English, "login-lead", &[("client".to_owned(), client)], |text| {
                format!("<i>{text}</i>")
            })
            .unwrap();
        assert!(html.contains("<i>&lt;b&gt;Tom &amp; &quot;Jerry&quot;&lt;/b&gt;\u{e000}</i>"), "{html}");
    }

    #[test]
    fn an_absent_argument_is_an_error() {
        let catalogue = Catalogue::new().unwrap();
        assert!(matches!(
            catalogue.text(Language::German, "login-lead", &[]),
            Err(CatalogueError::Arguments("de", ..))
        ));
        assert!(matches!(catalogue.text(Language::German, "no-such", &[]), Err(CatalogueError::Missing(..))));
    }

    #[test]
    fn plurals_follow_the_language() {
        let catalogue = Catalogue::new().unwrap();
        let of = |language, minutes| {
            catalogue
                .text(language, "login-wait", &[("minutes".to_owned(), Argument::Number(minutes))])
                .unwrap()
        };
        assert!(of(Language::English, 1.0).contains("a minute"), "{}", of(Language::English, 1.0));
        assert!(of(Language::English, 5.0).contains("5 minutes"));
        assert!(of(Language::Polish, 3.0).contains("3 minuty"));
        assert!(of(Language::Polish, 5.0).contains("5 minut"));
    }
}
