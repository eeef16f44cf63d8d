//! User codes (RFC 8628 §6.1): short enough to type, too many to guess.

use crate::rng::Rng;
use crate::snapshot::Workspace;

/// Consonants that are not taken for one another, and make no words (RFC 8628 §6.1).
const BASE20: &str = "BCDFGHJKLMNPQRSTVWXZ";
const DIGITS: &str = "0123456789";
/// As many characters unless the workspace says otherwise: 34.5 bits with the letters above.
const LENGTH: usize = 8;
/// However short a workspace wants its codes, they have this many bits: ten tries of an address at a time find one of
/// a thousand waiting devices once in ten thousand.
const LEAST_BITS: f64 = 33.0;
/// The longest code, in characters.
const LONGEST: usize = 32;
/// Codes are shown in groups of so many characters.
const GROUP: usize = 4;

/// The user codes of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCodes {
    alphabet: Vec<u8>,
    length: usize,
}

impl UserCodes {
    /// As `device_authorization` of the workspace says: `user_code_character_set` is `base20`, `numeric` or the
    /// characters themselves (letters and digits, ten at least), `user_code_length` their number.
    pub fn of(workspace: &Workspace) -> Self {
        let settings = workspace.server.device_authorization.as_ref();
        let characters = settings.and_then(|settings| settings.user_code_character_set.as_deref());
        let length = settings.and_then(|settings| settings.user_code_length);
        Self::new(characters, length)
    }

    fn new(characters: Option<&str>, length: Option<i64>) -> Self {
        let alphabet = match characters.map(str::trim) {
            None | Some("") => BASE20,
            Some(name) if name.eq_ignore_ascii_case("base20") => BASE20,
            Some(name) if ["numeric", "digits"].iter().any(|known| name.eq_ignore_ascii_case(known)) => {
                DIGITS
            }
            Some(characters) => characters,
        };
        let mut alphabet: Vec<u8> = alphabet.bytes().filter(u8::is_ascii_alphanumeric).collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        if alphabet.len() < DIGITS.len() {
            alphabet = BASE20.into();
        }
        let least = (LEAST_BITS / (alphabet.len() as f64).log2()).ceil() as usize;
        let length = length.and_then(|length| usize::try_from(length).ok()).filter(|length| *length > 0);
        Self { length: length.unwrap_or(LENGTH).clamp(least, LONGEST), alphabet }
    }

    /// A new code as it is shown.
    pub fn make(&self, rng: &Rng) -> String {
        let count = self.alphabet.len();
        // Bytes beyond the last whole multiple would make some characters likelier than others.
        let fair = 256 - 256 % count;
        let mut code = String::new();
        let mut drawn = 0;
        while drawn < self.length {
            for byte in rng.bytes::<32>().into_iter().map(usize::from).filter(|byte| *byte < fair) {
                if drawn == self.length {
                    break;
                }
                if drawn > 0 && drawn % GROUP == 0 {
                    code.push('-');
                }
                code.push(char::from(self.alphabet[byte % count]));
                drawn += 1;
            }
        }
        code
    }

    /// A code as it is looked up, however it was typed: without dashes and spaces, and in one case where the alphabet
    /// has one.
    pub fn normalise(&self, typed: &str) -> String {
        let kept = typed.chars().filter(char::is_ascii_alphanumeric).take(LONGEST + 1);
        let has = |is: fn(&u8) -> bool| self.alphabet.iter().any(is);
        match (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase)) {
            (true, false) => kept.map(|c| c.to_ascii_uppercase()).collect(),
            (false, true) => kept.map(|c| c.to_ascii_lowercase()).collect(),
            _ => kept.collect(),
        }
    }

    /// A normalised code as it is shown.
    pub fn shown(&self, normalised: &str) -> String {
        let groups = normalised.as_bytes().chunks(GROUP).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_eight_consonants_in_two_groups() {
        let codes = UserCodes::new(None, None);
        for _ in 0..100 {
            let code = codes.make(&Rng::system());
            let (left, right) = code.split_once('-').unwrap();
            assert_eq!((left.len(), right.len()), (4, 4), "{code}");
            assert!(left.bytes().chain(right.bytes()).all(|c| BASE20.as_bytes().contains(&c)), "{code}");
        }
    }

    #[test]
    fn every_character_is_as_likely_as_another() {
        let (codes, rng) = (UserCodes::new(None, Some(32)), Rng::seeded(1));
        let mut seen = std::collections::HashMap::<char, u32>::new();
        for _ in 0..1000 {
            codes.make(&rng).chars().filter(|c| *c != '-').for_each(|c| *seen.entry(c).or_default() += 1);
        }
        assert_eq!(seen.len(), 20);
        assert!(seen.values().all(|count| (1400..1800).contains(count)), "{seen:?}");
    }

    #[test]
    fn a_workspace_chooses_characters_and_length_but_not_to_be_guessed() {
        let length = |characters, length| {
            UserCodes::new(characters, length).make(&Rng::system()).replace('-', "").len()
        };
        assert_eq!(length(None, Some(12)), 12);
        assert_eq!(length(None, Some(4)), 8);
        assert_eq!(length(Some("numeric"), Some(6)), 10);
        assert_eq!(length(Some("base20"), Some(-1)), 8);
        assert_eq!(length(None, Some(i64::MAX)), 32);
        assert_eq!(UserCodes::new(Some("AB"), None), UserCodes::new(None, None), "too few to choose from");
    }

    #[test]
    fn however_it_is_typed_it_is_the_same_code() {
        let codes = UserCodes::new(None, None);
        for typed in ["BCDF-GHJK", "bcdf ghjk", " BcDf\u{2013}GHJK ", "bcdfghjk", "B C D F G H J K"] {
            assert_eq!(codes.normalise(typed), "BCDFGHJK", "{typed}");
        }
        assert_eq!(codes.shown("BCDFGHJK"), "BCDF-GHJK");
        assert_eq!(codes.normalise(&"B".repeat(1000)).len(), 33, "longer than any code");
        assert_eq!(UserCodes::new(Some("abcdefghijkABC"), None).normalise("aB-c"), "aBc");
    }
}
