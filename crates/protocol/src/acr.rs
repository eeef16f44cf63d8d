//! `acr`: authentication context classes (OpenID Connect Core §2 and §3.1.2.1).

use std::fmt;

/// OpenID Connect Core §2: the authentication did not reach level 1 of ISO/IEC 29115, and must not be used
/// for anything of monetary value.
pub const LEVEL_ZERO: &str = "0";

/// `acr_values` as requested: in order of preference, without repetition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcrValues(Vec<String>);

impl AcrValues {
    /// The values of a space-separated list.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        text.split(' ').filter(|value| !value.is_empty()).collect()
    }

    /// The values, the preferred one first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether no value was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `value` was asked for.
    #[must_use]
    pub fn contains(&self, value: &str) -> bool {
        self.iter().any(|asked| asked == value)
    }
}

impl<T: AsRef<str>> FromIterator<T> for AcrValues {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut unique = Self::default();
        for value in values {
            if !unique.contains(value.as_ref()) {
                unique.0.push(value.as_ref().to_owned());
            }
        }
        unique
    }
}

impl fmt::Display for AcrValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_preference_is_kept_and_repetition_dropped() {
        let values = AcrValues::parse("2  1 2 urn:mace:incommon:iap:silver");
        assert_eq!(values.iter().collect::<Vec<_>>(), ["2", "1", "urn:mace:incommon:iap:silver"]);
        assert_eq!(values.to_string(), "2 1 urn:mace:incommon:iap:silver");
    }
}
