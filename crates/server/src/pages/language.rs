//! The languages of the pages, and which one a person gets.

use serde::Serialize;

/// How many tags of a request are looked at, and how long one may be, in bytes.
const MOST: usize = 32;
const LONGEST: usize = 70;

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Polish.
    Polish,
    /// Arabic.
    Arabic,
}

/// Which way a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::English, Self::German, Self::Polish, Self::Arabic];

    /// The language tag (BCP 47), for `lang`, `Content-Language` and `ui_locales_supported`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Polish => "pl",
            Self::Arabic => "ar",
        }
    }

    /// Which way it is written.
    pub const fn direction(self) -> Direction {
        match self {
            Self::Arabic => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }

    /// The language of a person: by `ui_locales` of the request (OpenID Connect Core §3.1.2.1, in order of
    /// preference), then by `Accept-Language` (RFC 9110 §12.5.4), else English.
    pub fn choose(ui_locales: Option<&str>, accept_language: Option<&str>) -> Self {
        wanted(ui_locales, accept_language).find_map(Self::of_tag).unwrap_or_default()
    }

    /// How the person asks for this language, the most wanted first (`de-CH` for German), and then the language itself:
    /// what others say in several languages is looked up by it (RFC 4647 §3.4).
    pub fn ranges(self, ui_locales: Option<&str>, accept_language: Option<&str>) -> Vec<String> {
        let own = wanted(ui_locales, accept_language).filter(|tag| Self::of_tag(tag) == Some(self));
        own.chain([self.tag()]).map(str::to_owned).collect()
    }

    /// Lookup by the primary subtag (RFC 4647 §3.4).
    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split('-').next().unwrap_or_default();
        Self::ALL.iter().copied().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

/// The tags that a person asks for, the most wanted first.
fn wanted<'a>(
    ui_locales: Option<&'a str>,
    accept_language: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    let asked = ui_locales.unwrap_or_default().split(' ').map(str::trim).take(MOST);
    let accepted = accept_language.map(accepted).unwrap_or_default();
    asked.chain(accepted).filter(|tag| tag.len() <= LONGEST)
}

/// The tags of a header by weight; those of equal weight in their order.
fn accepted(header: &str) -> Vec<&str> {
    let weighed = header.split(',').take(MOST).filter_map(|range| {
        let mut pieces = range.split(';').map(str::trim);
        let tag = pieces.next()?;
        let weight = pieces.find_map(|piece| piece.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        weight.filter(|weight: &f32| *weight > 0.0).map(|weight| (weight, tag))
    });
    let mut weighed: Vec<(f32, &str)> = weighed.collect();
    weighed.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    weighed.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_outranks_the_browser() {
        assert_eq!(Language::choose(Some("fr-CA pl de"), Some("en")), Language::Polish);
        assert_eq!(Language::choose(Some("xx"), Some("de")), Language::German);
        assert_eq!(Language::choose(None, None), Language::English);
    }

    #[test]
    fn the_browser_is_read_by_weight() {
        let of = |header| Language::choose(None, Some(header));
        assert_eq!(of("de-AT"), Language::German);
        assert_eq!(of("fr, en;q=0.5, ar;q=0.8"), Language::Arabic);
        assert_eq!(of("pl;q=0, de;q=0.1"), Language::German);
        assert_eq!(of("de;q=0.7,pl;q=0.7"), Language::German);
        assert_eq!(of("*"), Language::English);
        assert_eq!(of("de;q=x, ;;,, PL"), Language::Polish);
    }

    #[test]
    fn a_language_is_asked_for_in_several_ways() {
        let ranges =
            Language::German.ranges(Some("fr de-AT"), Some("de;q=0.5, pl, de-CH;q=0.8, de-LI;q=0, den"));
        assert_eq!(ranges, ["de-AT", "de-CH", "de", "de"]);
        assert_eq!(Language::English.ranges(None, Some("fr-CA")), ["en"]);
        let long = format!("de-{}", "x-".repeat(50));
        assert_eq!(Language::German.ranges(Some(&long), None), ["de"]);
    }
}
