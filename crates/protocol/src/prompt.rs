//! `prompt`: what the user must be asked (OpenID Connect Core §3.1.2.1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;

/// One word of `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Prompt {
    /// Show nothing; fail rather than ask.
    #[serde(rename = "none")]
    None,
    /// Authenticate anew.
    #[serde(rename = "login")]
    Login,
    /// Ask for consent anew.
    #[serde(rename = "consent")]
    Consent,
    /// Let the user choose an account.
    #[serde(rename = "select_account")]
    SelectAccount,
    /// Offer the creation of an account (Initiating User Registration 1.0 §4).
    #[serde(rename = "create")]
    Create,
}

impl Prompt {
    /// Every value, in the order of this file.
    pub const ALL: &'static [Self] =
        &[Self::None, Self::Login, Self::Consent, Self::SelectAccount, Self::Create];

    /// The value as it travels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }
}

impl FromStr for Prompt {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == word)
            .ok_or_else(|| UnknownWord::new("prompt", word))
    }
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The words of one `prompt` parameter. In JSON a list of words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Prompt>", into = "Vec<Prompt>")]
pub struct PromptSet {
    words: [bool; Prompt::ALL.len()],
}

/// Why a `prompt` parameter is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// A word that nobody defined. Initiating User Registration 1.0 §4.1: `invalid_request`.
    #[error(transparent)]
    Unknown(#[from] UnknownWord),
    /// OpenID Connect Core §3.1.2.1: `none` stands alone.
    #[error("prompt none stands with another word")]
    NoneWithOthers,
}

impl PromptSet {
    /// Whether `prompt` was given.
    #[must_use]
    pub const fn contains(self, prompt: Prompt) -> bool {
        self.words[prompt as usize]
    }

    /// Whether no word was given.
    #[must_use]
    pub fn is_empty(self) -> bool {
        !self.words.contains(&true)
    }

    /// The words given, in the order of [`Prompt::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Prompt> {
        Prompt::ALL.iter().copied().filter(move |prompt| self.contains(*prompt))
    }
}

impl From<Vec<Prompt>> for PromptSet {
    fn from(prompts: Vec<Prompt>) -> Self {
        let mut set = Self::default();
        for prompt in prompts {
            set.words[prompt as usize] = true;
        }
        set
    }
}

impl From<PromptSet> for Vec<Prompt> {
    fn from(set: PromptSet) -> Self {
        set.iter().collect()
    }
}

impl FromStr for PromptSet {
    type Err = PromptError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut set = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            set.words[word.parse::<Prompt>()? as usize] = true;
        }
        if set.contains(Prompt::None) && set.iter().count() > 1 {
            return Err(PromptError::NoneWithOthers);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_survives_the_round_trip() {
        for word in Prompt::ALL {
            assert_eq!(word.to_string().parse(), Ok(*word));
            assert_eq!(serde_json::to_value(word).unwrap(), word.as_str());
        }
    }

    #[test]
    fn none_stands_alone() {
        assert!("none".parse::<PromptSet>().unwrap().contains(Prompt::None));
        assert_eq!("none login".parse::<PromptSet>(), Err(PromptError::NoneWithOthers));
    }

    #[test]
    fn words_come_in_any_order_and_twice() {
        let set: PromptSet = "consent login  consent".parse().unwrap();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Prompt::Login, Prompt::Consent]);
        assert!("".parse::<PromptSet>().unwrap().is_empty());
    }

    #[test]
    fn unknown_word_is_refused() {
        assert!(matches!("login LOGIN".parse::<PromptSet>(), Err(PromptError::Unknown(_))));
    }
}
