//! JSON Web Tokens (RFC 7519) in signed form.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Algorithm, Error, Header, KeySet, ParseOptions, Part, UnverifiedJws, json};

/// A claims set: no member name appears twice.
pub type Claims = Map<String, Value>;

/// Parses with the default limits and verifies. Time, issuer and audience are the business of
/// [`Validation`](crate::Validation).
///
/// # Errors
/// As [`UnverifiedJws::parse_with`] and [`UnverifiedJwt::verify`].
pub fn verify(token: &str, keys: &KeySet, allowed: &[Algorithm]) -> Result<VerifiedJwt, Error> {
    let jws = UnverifiedJws::parse(token)?.verify(keys, allowed)?;
    Ok(VerifiedJwt { claims: json::parse_object(&jws.payload, Part::Claims)?, header: jws.header })
}

/// A well-formed JWS that should be a JWT and that nobody has verified.
#[derive(Clone, Debug)]
pub struct UnverifiedJwt<'a>(UnverifiedJws<'a>);

impl<'a> UnverifiedJwt<'a> {
    /// Parses with the default limits.
    ///
    /// # Errors
    /// As [`UnverifiedJws::parse_with`].
    pub fn parse(token: &'a str) -> Result<Self, Error> {
        UnverifiedJws::parse(token).map(Self)
    }

    /// Parses with these limits.
    ///
    /// # Errors
    /// As [`UnverifiedJws::parse_with`].
    pub fn parse_with(token: &'a str, options: &ParseOptions<'_>) -> Result<Self, Error> {
        UnverifiedJws::parse_with(token, options).map(Self)
    }

    /// The header, unverified: good for choosing keys, for nothing else.
    #[must_use]
    pub const fn header(&self) -> &Header {
        self.0.header()
    }

    /// The claims, unverified: good for finding whose keys to verify with (`iss`, `sub`), for nothing else.
    ///
    /// # Errors
    /// [`Error::NotJsonObject`], [`Error::DuplicateMember`].
    pub fn claims_unverified(&self) -> Result<Claims, Error> {
        json::parse_object(self.0.payload_unverified(), Part::Claims)
    }

    /// Verifies the signature, then parses the claims. The token stays, for a second try with fresher keys.
    ///
    /// # Errors
    /// As [`UnverifiedJws::verify`] and [`Self::claims_unverified`].
    pub fn verify(&self, keys: &KeySet, allowed: &[Algorithm]) -> Result<VerifiedJwt, Error> {
        self.0.check(keys, allowed)?;
        Ok(VerifiedJwt { header: self.header().clone(), claims: self.claims_unverified()? })
    }
}

/// A JWT whose signature was verified; its claims are yet to be validated.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VerifiedJwt {
    /// the protected header
    pub header: Header,
    /// the claims
    pub claims: Claims,
}

impl VerifiedJwt {
    /// Refuses a token of another `typ` (RFC 8725 §3.11): an ID token where an access token is due.
    ///
    /// # Errors
    /// [`Error::WrongType`].
    pub fn require_typ(&self, expected: &str) -> Result<(), Error> {
        if self.header.has_typ(expected) { Ok(()) } else { Err(Error::WrongType) }
    }

    /// The claims as a type of the caller's.
    ///
    /// # Errors
    /// [`Error::ClaimsShape`].
    pub fn deserialize<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_json::from_value(Value::Object(self.claims)).map_err(|_| Error::ClaimsShape)
    }
}
