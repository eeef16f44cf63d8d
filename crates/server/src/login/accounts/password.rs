//! Which passwords people may choose: NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 §6.2.
//!
//! Eight characters or more, of any kind, all of them kept; and not one that is guessed soon: `zxcvbn` knows common
//! passwords, words, names, dates, rows of keys and repeats, and is told what the person has just said of themselves.
//! Nothing else is asked of a password.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfkc};
use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

use crate::login::password::MAX_LENGTH;

/// Shortest password, in characters.
pub const MIN_CHARACTERS: usize = 8;
/// Shorter words of what a person says of themselves are in too many passwords by chance.
const MIN_WORD: usize = 3;

/// What is wrong with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It has fewer than [`MIN_CHARACTERS`].
    Short,
    /// It is longer than what is hashed.
    Long,
    /// It is made of what the person has said of themselves, or of the name of this place.
    Personal,
    /// Many people have it, or one like it.
    Common,
    /// It is a row of keys, a repeat, a sequence, a date.
    Pattern,
    /// It is guessed soon, for whatever reason.
    Easy,
}

impl Weakness {
    /// The word in the refusal record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Personal => "personal",
            Self::Common => "common",
            Self::Pattern => "pattern",
            Self::Easy => "easy",
        }
    }
}

/// The password as it is hashed: keyboards write one character in several ways (Unicode Annex 15, NFKC).
pub fn normal(password: &str) -> Cow<'_, str> {
    if is_nfkc(password) { Cow::Borrowed(password) } else { Cow::Owned(password.nfkc().collect()) }
}

/// What is wrong with the length of a (normal) password: this costs nothing to find out.
///
/// # Errors
/// It is too short or too long.
pub fn check_length(password: &str) -> Result<(), Weakness> {
    match password.chars().count() {
        count if count < MIN_CHARACTERS => Err(Weakness::Short),
        _ if password.len() > MAX_LENGTH => Err(Weakness::Long),
        _ => Ok(()),
    }
}

/// Whether a (normal) password stands up to guessing by who knows `personal`. Takes some milliseconds.
///
/// # Errors
/// Why it does not.
pub fn check_strength(password: &str, personal: &[String]) -> Result<(), Weakness> {
    let words: Vec<String> = personal.iter().flat_map(|text| words(text)).collect();
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = zxcvbn(password, &inputs);
    // ACP's `strong`.
    if found.score() >= Score::Three {
        return Ok(());
    }
    let lower = password.to_lowercase();
    if words.iter().any(|word| lower.contains(word)) {
        return Err(Weakness::Personal);
    }
    Err(match found.feedback().and_then(zxcvbn::feedback::Feedback::warning) {
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword
            | Warning::AWordByItselfIsEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => Weakness::Common,
        Some(_) => Weakness::Pattern,
        None => Weakness::Easy,
    })
}

/// A text whole, and its words.
fn words(text: &str) -> impl Iterator<Item = String> {
    let lower = text.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    parts.into_iter().chain([lower]).filter(|word| word.chars().count() >= MIN_WORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strength(password: &str) -> Result<(), Weakness> {
        let personal =
            ["adalove", "Ada Lovelace", "ada.byron@engine.example", "Northwind accounts"].map(str::to_owned);
        check_strength(password, &personal)
    }

    #[test]
    fn length_is_counted_in_characters_and_nothing_is_cut_off() {
        assert_eq!(check_length("1234567"), Err(Weakness::Short));
        assert_eq!(check_length("ąęłóżźć"), Err(Weakness::Short), "14 bytes are 7 characters");
        assert_eq!(check_length("ąęłóżźćń"), Ok(()));
        assert_eq!(check_length(&"x".repeat(MAX_LENGTH)), Ok(()));
        assert_eq!(check_length(&"x".repeat(MAX_LENGTH + 1)), Err(Weakness::Long));
    }

    #[test]
    fn what_is_guessed_soon_is_refused_with_the_reason() {
        for (password, weakness) in [
            ("password", Weakness::Common),
            ("P@ssw0rd", Weakness::Common),
            ("iloveyou1", Weakness::Common),
            ("jennifer", Weakness::Common),
            ("aaaaaaaaaa", Weakness::Pattern),
            ("abcdefghij", Weakness::Pattern),
            ("19870412", Weakness::Pattern),
            ("qwertzuiop", Weakness::Common),
            ("adalove1", Weakness::Personal),
            ("Lovelace99", Weakness::Personal),
            ("ada.byron@engine.example", Weakness::Personal),
            ("northwind", Weakness::Personal),
            ("NORTHWIND2024", Weakness::Personal),
        ] {
            assert_eq!(strength(password), Err(weakness), "{password}");
        }
    }

    #[test]
    fn nothing_is_asked_of_how_a_password_is_made_up() {
        for password in [
            "correct horse battery staple",
            "mauve otter kneels twice",
            "gzkwvbnrtqplm",
            "8412097735518264",
            "żółw wspina się na dach",
            "小さな猫は屋根の上で眠る",
            "   spaces count   too",
            &"long and longer ".repeat(64),
        ] {
            assert_eq!(strength(password), Ok(()), "{password}");
        }
    }

    #[test]
    fn one_password_typed_on_two_keyboards_is_one() {
        assert_eq!(normal("z\u{307}o\u{301}łw"), normal("żółw"));
        assert!(matches!(normal("żółw"), Cow::Borrowed(_)));
    }

    /// What is beyond the hundredth character costs nothing to judge, and is hashed all the same.
    #[test]
    fn the_work_of_judging_has_an_end() {
        for password in ["a1@4".repeat(256), "qwerty".repeat(170), "@4$3!1|0".repeat(128)] {
            let (whole, beginning) = (zxcvbn(&password, &[]), zxcvbn(&password[..100], &[]));
            assert_eq!(whole.guesses(), beginning.guesses(), "{password:.8}");
        }
    }
}
