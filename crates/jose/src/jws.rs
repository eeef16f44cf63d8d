//! JWS in compact serialisation (RFC 7515 §7.1): parsing with limits, then verifying against given keys.

use std::fmt;

use crate::{Algorithm, Error, Header, KeySet, base64url};

/// Longest token accepted unless the caller says otherwise, in bytes.
pub const DEFAULT_MAX_BYTES: usize = 16 * 1024;

/// What parsing may accept.
#[derive(Clone, Copy, Debug)]
pub struct ParseOptions<'a> {
    /// longest token, in bytes
    pub max_bytes: usize,
    /// critical header extensions the caller processes itself (RFC 7515 §4.1.11)
    pub understood: &'a [&'a str],
}

impl Default for ParseOptions<'_> {
    fn default() -> Self {
        Self { max_bytes: DEFAULT_MAX_BYTES, understood: &[] }
    }
}

/// A well-formed JWS that nobody has verified: anyone may have written what it says.
#[derive(Clone)]
pub struct UnverifiedJws<'a> {
    header: Header,
    payload: Vec<u8>,
    signing_input: &'a str,
    signature: Vec<u8>,
}

/// A JWS whose signature was verified.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VerifiedJws {
    /// the protected header
    pub header: Header,
    /// the payload's octets
    pub payload: Vec<u8>,
}

/// The header alone: with its signature, a token is a credential.
impl fmt::Debug for UnverifiedJws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedJws").field("header", &self.header).finish_non_exhaustive()
    }
}

impl<'a> UnverifiedJws<'a> {
    /// Parses with the default limits.
    ///
    /// # Errors
    /// As [`Self::parse_with`].
    pub fn parse(token: &'a str) -> Result<Self, Error> {
        Self::parse_with(token, &ParseOptions::default())
    }

    /// Parses: exactly three parts of strict base64url, a JSON header without duplicated members, a known
    /// `alg`, no critical extension but the understood, no unencoded payload.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::PartCount`], [`Error::Base64`], [`Error::NotJsonObject`],
    /// [`Error::DuplicateMember`], [`Error::MalformedHeader`], [`Error::AlgorithmNone`],
    /// [`Error::UnknownAlgorithm`], [`Error::UnknownCritical`], [`Error::UnencodedPayload`].
    pub fn parse_with(token: &'a str, options: &ParseOptions<'_>) -> Result<Self, Error> {
        if token.len() > options.max_bytes {
            return Err(Error::TooLong { len: token.len(), max: options.max_bytes });
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(Error::PartCount)?;
        let (header, payload) = signing_input.split_once('.').ok_or(Error::PartCount)?;
        if payload.contains('.') {
            return Err(Error::PartCount);
        }
        Ok(Self {
            header: Header::parse(&base64url::decode(header)?, options.understood)?,
            payload: base64url::decode(payload)?,
            signature: base64url::decode(signature)?,
            signing_input,
        })
    }

    /// The header, unverified: good for choosing keys, for nothing else.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payload, unverified: good for choosing keys, for nothing else.
    #[must_use]
    pub fn payload_unverified(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies with the keys of `keys` that match `kid` and `alg`; `alg` must be one of `allowed`.
    ///
    /// # Errors
    /// [`Error::AlgorithmNotAllowed`], [`Error::NoMatchingKey`], [`Error::BadSignature`].
    pub fn verify(self, keys: &KeySet, allowed: &[Algorithm]) -> Result<VerifiedJws, Error> {
        self.check(keys, allowed)?;
        Ok(VerifiedJws { header: self.header, payload: self.payload })
    }

    /// As [`Self::verify`], keeping the parsed token: for a second try with fresher keys.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn check(&self, keys: &KeySet, allowed: &[Algorithm]) -> Result<(), Error> {
        let Header { alg, kid, .. } = &self.header;
        if !allowed.contains(alg) {
            return Err(Error::AlgorithmNotAllowed(*alg));
        }
        let mut error = Error::NoMatchingKey { kid: kid.clone(), algorithm: *alg };
        for key in keys.candidates(kid.as_deref(), *alg) {
            match key.verify(*alg, self.signing_input.as_bytes(), &self.signature) {
                Ok(()) => return Ok(()),
                Err(refused) => error = refused,
            }
        }
        Err(error)
    }
}
