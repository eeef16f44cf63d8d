//! `scope` (RFC 6749 §3.3).

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::OAuthError;

/// Most scopes of one request.
pub const MAX_SCOPES: usize = 1000;
/// Up to how many scopes a set is searched one by one while it is made.
const FEW: usize = 32;

/// Scopes in the order in which they came, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(Vec<Box<str>>);

/// Why a scope is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
    #[error(
        "{0:?} is no scope: RFC 6749 section 3.3 allows printable ASCII without space, quote and backslash"
    )]
    Malformed(String),
    /// More than [`MAX_SCOPES`].
    #[error("more than {MAX_SCOPES} scopes")]
    TooMany,
}

impl ScopeSet {
    /// Reads a space-separated list. Several spaces count as one.
    ///
    /// # Errors
    /// When a scope is malformed or there are too many.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let words = || text.split(' ').filter(|word| !word.is_empty());
        if words().nth(MAX_SCOPES).is_some() {
            return Err(ScopeError::TooMany);
        }
        Self::from_words(words())
    }

    /// A set of these scopes.
    ///
    /// # Errors
    /// When a scope is malformed.
    pub fn from_words<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> Result<Self, ScopeError> {
        let mut set = Self::default();
        let mut seen = HashSet::new();
        for word in words {
            let word = word.as_ref();
            if !is_scope(word) {
                return Err(ScopeError::Malformed(word.chars().take(128).collect()));
            }
            // A look at each is cheaper than hashing while they are few, as they are in requests.
            let known = if seen.is_empty() { set.contains(word) } else { seen.contains(word) };
            if known {
                continue;
            }
            set.0.push(word.into());
            if !seen.is_empty() {
                seen.insert(Box::<str>::from(word));
            } else if set.len() > FEW {
                seen.extend(set.0.iter().cloned());
            }
        }
        Ok(set)
    }

    /// The scopes, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// How many scopes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no scope.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `scope` is among them.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.iter().any(|own| own == scope)
    }

    /// Whether `other` has all of these.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|scope| other.contains(scope))
    }

    /// Those that `other` has too, in this order.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        self.filter(|scope| other.contains(scope))
    }

    /// Those that `other` lacks, in this order.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.filter(|scope| !other.contains(scope))
    }

    /// These, followed by those of `other` that are not among them.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.iter().cloned().chain(other.without(self).0).collect())
    }

    /// Those for which `keep` is true, in this order.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|scope| keep(scope)).cloned().collect())
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

impl FromStr for ScopeSet {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_words(Vec::<String>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl From<ScopeError> for OAuthError {
    fn from(error: ScopeError) -> Self {
        let (reason, description) = match error {
            ScopeError::Malformed(_) => ("scope_malformed", "A scope holds characters that are not allowed."),
            ScopeError::TooMany => ("scope_too_many", "Too many scopes."),
        };
        Self::invalid_scope(reason).description(description).detail(error)
    }
}

/// Whether `word` is one scope-token (RFC 6749 §3.3).
#[must_use]
pub fn is_scope(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(text: &str) -> ScopeSet {
        ScopeSet::parse(text).unwrap()
    }

    #[test]
    fn order_is_kept_and_repetition_dropped() {
        let scopes = set("openid  email openid profile email");
        assert_eq!(scopes.iter().collect::<Vec<_>>(), ["openid", "email", "profile"]);
        assert_eq!(scopes.to_string(), "openid email profile");
        assert!(set("").is_empty());
        assert!(set("  ").is_empty());
    }

    #[test]
    fn scope_is_case_sensitive() {
        assert!(!set("OpenID").contains("openid"));
    }

    #[test]
    fn characters_follow_rfc_6749() {
        for scope in ["!", "#", "[", "]", "~", "https://example.com/a?b=c&d", "a.b:c", "'"] {
            assert!(is_scope(scope), "{scope}");
        }
        for scope in ["", " ", "\"", "\\", "é", "a\tb", "a\nb", "\u{7f}", "a b"] {
            assert!(!is_scope(scope), "{scope:?}");
        }
        assert_eq!(ScopeSet::parse("openid a\"b"), Err(ScopeError::Malformed("a\"b".to_owned())));
    }

    #[test]
    fn set_operations_keep_the_order_of_the_left() {
        let (left, right) = (set("c a b"), set("a b d"));
        assert_eq!(left.intersect(&right), set("a b"));
        assert_eq!(left.without(&right), set("c"));
        assert_eq!(left.union(&right), set("c a b d"));
        assert!(set("a b").is_subset(&right));
        assert!(!left.is_subset(&right));
        assert!(ScopeSet::default().is_subset(&right));
    }

    #[test]
    fn number_of_scopes_in_a_request_has_a_limit() {
        let text = |count: usize| (0..count).map(|number| format!("s{number}")).collect::<Vec<_>>().join(" ");
        assert_eq!(set(&text(MAX_SCOPES)).len(), MAX_SCOPES);
        assert_eq!(ScopeSet::parse(&text(MAX_SCOPES + 1)), Err(ScopeError::TooMany));
    }

    #[test]
    fn json_is_a_list() {
        let scopes: ScopeSet = serde_json::from_str(r#"["openid","email","openid"]"#).unwrap();
        assert_eq!(serde_json::to_string(&scopes).unwrap(), r#"["openid","email"]"#);
        assert!(serde_json::from_str::<ScopeSet>(r#"["open id"]"#).is_err());
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again(words in prop::collection::vec("[!#-\\[\\]-~]{1,4}", 0..120)) {
            let scopes = ScopeSet::from_words(&words).unwrap();
            prop_assert_eq!(ScopeSet::parse(&scopes.to_string()).unwrap(), scopes.clone());
            let unique: HashSet<_> = words.iter().collect();
            prop_assert_eq!(scopes.len(), unique.len());
        }
    }
}
