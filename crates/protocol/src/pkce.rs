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

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 Appendix B
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn verifier(text: &str) -> CodeVerifier {
        CodeVerifier::parse(text).unwrap()
    }

    #[test]
    fn vector_of_rfc_7636_appendix_b_holds() {
        assert_eq!(verifier(VERIFIER).challenge(CodeChallengeMethod::S256).as_str(), CHALLENGE);
        let challenge = CodeChallenge::parse(CHALLENGE, CodeChallengeMethod::S256).unwrap();
        assert_eq!(challenge.verify(&verifier(VERIFIER)), Ok(()));
    }

    #[test]
    fn another_verifier_is_refused_as_invalid_grant() {
        let challenge = CodeChallenge::parse(CHALLENGE, CodeChallengeMethod::S256).unwrap();
        let error = challenge.verify(&verifier(&VERIFIER.replace('d', "e"))).unwrap_err();
        assert_eq!(error, PkceError::Mismatch);
        let error = OAuthError::from(error);
        assert_eq!(error.code, crate::ErrorCode::InvalidGrant);
        assert_eq!(error.description, "The code_verifier does not belong to the code_challenge.");
    }

    #[test]
    fn challenge_does_not_serve_as_verifier() {
        // What an attacker who saw the authorization request would try.
        let challenge = CodeChallenge::parse(CHALLENGE, CodeChallengeMethod::S256).unwrap();
        assert_eq!(challenge.verify(&verifier(CHALLENGE)), Err(PkceError::Mismatch));
    }

    #[test]
    fn plain_challenge_is_the_verifier() {
        let challenge = CodeChallenge::parse(VERIFIER, CodeChallengeMethod::Plain).unwrap();
        assert_eq!(challenge.verify(&verifier(VERIFIER)), Ok(()));
        assert_eq!(challenge.verify(&verifier(CHALLENGE)), Err(PkceError::Mismatch));
    }

    #[test]
    fn verifier_length_and_characters_are_checked() {
        for text in ["a".repeat(43), "a".repeat(128), format!("{}-._~", "Z9".repeat(20))] {
            assert!(CodeVerifier::parse(&text).is_ok(), "{text}");
        }
        for text in ["", &"a".repeat(42), &"a".repeat(129), &format!("{}+", "a".repeat(43)), &"é".repeat(30)]
        {
            assert_eq!(CodeVerifier::parse(text), Err(PkceError::MalformedVerifier), "{text}");
        }
    }

    #[test]
    fn s256_challenge_must_be_a_digest() {
        let hexadecimal = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3";
        let stray_bits = format!("{}N", &CHALLENGE[..42]);
        for text in [hexadecimal, &stray_bits, &"~".repeat(43)] {
            assert_eq!(
                CodeChallenge::parse(text, CodeChallengeMethod::S256),
                Err(PkceError::NotADigest),
                "{text}"
            );
        }
        assert_eq!(
            CodeChallenge::parse(&format!("{CHALLENGE}="), CodeChallengeMethod::S256),
            Err(PkceError::MalformedChallenge)
        );
    }

    #[test]
    fn debug_does_not_show_the_verifier() {
        assert_eq!(format!("{:?}", verifier(VERIFIER)), "CodeVerifier(…)");
    }
}
