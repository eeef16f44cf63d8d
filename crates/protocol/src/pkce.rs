//! Proof Key for Code Exchange (RFC 7636).

use std::fmt;

use aws_lc_rs::{constant_time, digest};
use serde::{Deserialize, Serialize};

use crate::base64url;
use crate::code_challenge_method::CodeChallengeMethod;
use crate::error::OAuthError;

/// RFC 7636 §4.1: a verifier has 43 to 128 characters.
const VERIFIER_LENGTH: std::ops::RangeInclusive<usize> = 43..=128;

/// A code verifier (RFC 7636 §4.1). `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(String);

/// A code challenge and how it was made (RFC 7636 §4.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeChallenge {
    challenge: String,
    method: CodeChallengeMethod,
}

/// Why a verifier or a challenge is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// RFC 7636 §4.1: 43*128unreserved
    #[error("the code_verifier is not 43 to 128 unreserved characters")]
    MalformedVerifier,
    /// RFC 7636 §4.2: 43*128unreserved
    #[error("the code_challenge is not 43 to 128 unreserved characters")]
    MalformedChallenge,
    /// RFC 7636 §4.2: BASE64URL(SHA256(..)), so 43 characters for 32 bytes.
    #[error(
        "the code_challenge is not the base64url of a SHA-256 digest (43 characters; not hexadecimal, no padding)"
    )]
    NotADigest,
    /// The verifier does not belong to the challenge.
    #[error("the code_verifier does not belong to the code_challenge")]
    Mismatch,
}

impl CodeVerifier {
    /// Reads a `code_verifier`.
    ///
    /// # Errors
    /// [`PkceError::MalformedVerifier`].
    pub fn parse(text: &str) -> Result<Self, PkceError> {
        if is_unreserved(text) { Ok(Self(text.to_owned())) } else { Err(PkceError::MalformedVerifier) }
    }

    /// The challenge of this verifier.
    #[must_use]
    pub fn challenge(&self, method: CodeChallengeMethod) -> CodeChallenge {
        let challenge = match method {
            CodeChallengeMethod::S256 => {
                base64url::encode(digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref())
            }
            CodeChallengeMethod::Plain => self.0.clone(),
        };
        CodeChallenge { challenge, method }
    }
}

impl CodeChallenge {
    /// Reads a `code_challenge` with its method.
    ///
    /// # Errors
    /// When the challenge cannot be one of that method.
    pub fn parse(challenge: &str, method: CodeChallengeMethod) -> Result<Self, PkceError> {
        if !is_unreserved(challenge) {
            return Err(PkceError::MalformedChallenge);
        }
        if method == CodeChallengeMethod::S256
            && base64url::decode(challenge).is_none_or(|digest| digest.len() != digest::SHA256_OUTPUT_LEN)
        {
            return Err(PkceError::NotADigest);
        }
        Ok(Self { challenge: challenge.to_owned(), method })
    }

    /// How the challenge was made.
    #[must_use]
    pub const fn method(&self) -> CodeChallengeMethod {
        self.method
    }

    /// The challenge as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.challenge
    }

    /// Checks, in constant time, that `verifier` belongs to this challenge (RFC 7636 §4.6).
    ///
    /// # Errors
    /// [`PkceError::Mismatch`].
    pub fn verify(&self, verifier: &CodeVerifier) -> Result<(), PkceError> {
        let computed = verifier.challenge(self.method);
        constant_time::verify_slices_are_equal(computed.challenge.as_bytes(), self.challenge.as_bytes())
            .map_err(|_| PkceError::Mismatch)
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeVerifier(…)")
    }
}

impl From<PkceError> for OAuthError {
    fn from(error: PkceError) -> Self {
        match error {
            PkceError::MalformedVerifier => Self::invalid_request("pkce_verifier_malformed"),
            PkceError::MalformedChallenge => Self::invalid_request("pkce_challenge_malformed"),
            PkceError::NotADigest => Self::invalid_request("pkce_challenge_not_a_digest"),
            // RFC 7636 §4.6
            PkceError::Mismatch => Self::invalid_grant("pkce_mismatch"),
        }
        .description(capitalised(error))
    }
}

fn is_unreserved(text: &str) -> bool {
    VERIFIER_LENGTH.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// The message as a sentence.
fn capitalised(error: PkceError) -> String {
    let text = error.to_string();
    format!("T{}.", text.trim_start_matches('t'))
}
