//! The languages of the pages, and which one a person gets.

use serde::Serialize;

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
        let asked = ui_locales.unwrap_or_default().split(' ').find_map(Self::of_tag);
        asked.or_else(|| accepted(accept_language?)).unwrap_or_default()
    }

    /// Lookup by the primary subtag (RFC 4647 §3.4).
    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split('-').next().unwrap_or_default();
        Self::ALL.iter().copied().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

/// The known language of the highest weight; of equal ones the first.
fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in header.split(',').take(32) {
        let mut pieces = range.split(';').map(str::trim);
        let Some(language) = pieces.next().and_then(Language::of_tag) else { continue };
        let weight = pieces.find_map(|piece| piece.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        let Some(weight) = weight.filter(|weight: &f32| *weight > 0.0) else { continue };
        if best.is_none_or(|(highest, _)| weight > highest) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
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
}
