//! Why a token, key or claim was refused: precise, for logs. What a client is told is the caller's choice.

use std::fmt;

use crate::{Algorithm, ContentEncryption, KeyManagement};

/// Which part of a token an error speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// the JOSE header
    Header,
    /// the claims set
    Claims,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Claims => "claims",
        })
    }
}

/// Everything that can go wrong here. No variant holds key material or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // ---- the shape of a token
    /// The token is longer than the caller's limit.
    #[error("token of {len} bytes, at most {max} are allowed")]
    TooLong {
        /// bytes
        len: usize,
        /// bytes
        max: usize,
    },
    /// A compact JWS has exactly three parts (RFC 7515 §7.1).
    #[error("a compact JWS has three parts")]
    PartCount,
    /// A compact JWE has exactly five parts (RFC 7516 §7.1).
    #[error("a compact JWE has five parts")]
    EncryptedPartCount,
    /// `zip`: expanding what a stranger compressed is never accepted.
    #[error("compressed content (zip) is not accepted")]
    Compressed,
    /// Not strict base64url (RFC 7515 §2).
    #[error("not base64url without padding")]
    Base64,
    /// Not a JSON object in UTF-8.
    #[error("{0} is not a JSON object")]
    NotJsonObject(Part),
    /// A member name appears twice (RFC 7515 §4, RFC 7519 §4).
    #[error("{0} has a duplicated member")]
    DuplicateMember(Part),
    /// A header parameter has the wrong type or value.
    #[error("header parameter {0} is malformed")]
    MalformedHeader(&'static str),
    /// `crit` lists something this verifier does not understand (RFC 7515 §4.1.11).
    #[error("critical header parameter is not understood")]
    UnknownCritical,
    /// `b64: false` (RFC 7797) is never accepted.
    #[error("unencoded payload (b64 false) is not accepted")]
    UnencodedPayload,

    // ---- algorithms and keys
    /// `alg: none` (RFC 8725 §3.2).
    #[error("unsecured token: alg none")]
    AlgorithmNone,
    /// `alg` is not one of [`Algorithm`].
    #[error("unknown alg")]
    UnknownAlgorithm,
    /// The caller does not allow this `alg` here.
    #[error("alg {0} is not allowed here")]
    AlgorithmNotAllowed(Algorithm),
    /// The key does not serve this `alg`.
    #[error("key does not serve alg {0}")]
    AlgorithmMismatch(Algorithm),
    /// No key of the set has this `kid` and serves this `alg`.
    #[error("no key {}for alg {algorithm}", of_kid(.kid.as_deref()))]
    NoMatchingKey {
        /// as the token says it
        kid: Option<String>,
        /// as the token says it
        algorithm: Algorithm,
    },
    /// `enc` is not one of [`ContentEncryption`].
    #[error("unknown enc")]
    UnknownEncryption,
    /// The caller does not allow this `alg` of a JWE here.
    #[error("alg {0} is not allowed here")]
    KeyManagementNotAllowed(KeyManagement),
    /// The caller does not allow this `enc` here.
    #[error("enc {0} is not allowed here")]
    ContentEncryptionNotAllowed(ContentEncryption),
    /// The key does not serve this `alg` of a JWE.
    #[error("key does not serve alg {0}")]
    KeyManagementMismatch(KeyManagement),
    /// No public key of the set serves this `alg`.
    #[error("no key to encrypt to for alg {0}")]
    NoEncryptionKey(KeyManagement),
    /// None of the keys has this `kid` and serves this `alg`.
    #[error("no key {}for alg {algorithm}", of_kid(.kid.as_deref()))]
    NoDecryptionKey {
        /// as the token says it
        kid: Option<String>,
        /// as the token says it
        algorithm: KeyManagement,
    },
    /// Wrong key, wrong tag, wrong padding, whatever it is: one error, so that no answer tells them apart.
    #[error("does not decrypt")]
    Decryption,
    /// The signature or MAC is not valid.
    #[error("signature is not valid")]
    BadSignature,

    // ---- making keys
    /// A JWK lacks a member its `kty` needs.
    #[error("JWK lacks member {0}")]
    MissingMember(&'static str),
    /// A JWK member has a wrong encoding or length.
    #[error("JWK member {0} is malformed")]
    MalformedMember(&'static str),
    /// A public key of a type this crate does not serve.
    #[error("unsupported key type")]
    UnsupportedKeyType,
    /// `crv` is none of P-256, P-384, P-521, Ed25519.
    #[error("unsupported curve")]
    UnsupportedCurve,
    /// The key is not for verifying signatures (`use`, `key_ops` or `alg` say so).
    #[error("key is not for signatures")]
    NotForSignatures,
    /// The key is not for encryption (`use`, `key_ops` or `alg` say so).
    #[error("key is not for encryption")]
    NotForEncryption,
    /// A shared secret of another length than the algorithms need (RFC 7518 §4.4, §4.5).
    #[error("secret of {bytes} bytes, {needed} are needed")]
    SecretLength {
        /// bytes
        bytes: usize,
        /// bytes
        needed: usize,
    },
    /// A symmetric key where only public keys belong.
    #[error("symmetric key in a set of public keys")]
    SymmetricKey,
    /// The key is malformed or inconsistent: a point off its curve, say.
    #[error("key is malformed or inconsistent")]
    KeyRejected,
    /// RSA modulus out of 2048 to 8192 bits (RFC 7518 §3.3: 2048 or larger).
    #[error("RSA modulus of {bits} bits, 2048 to 8192 are allowed")]
    RsaModulusSize {
        /// bits
        bits: usize,
    },
    /// A shared secret shorter than the hash (RFC 7518 §3.2).
    #[error("secret of {bytes} bytes, at least {least} are needed")]
    WeakSecret {
        /// bytes
        bytes: usize,
        /// bytes
        least: usize,
    },
    /// The cryptographic library failed without a reason.
    #[error("cryptographic operation failed")]
    Crypto,
    /// A value to sign does not serialise as JSON.
    #[error("value does not serialise as JSON")]
    Serialize,

    // ---- claims
    /// A claim has the wrong JSON type.
    #[error("claim {0} is malformed")]
    MalformedClaim(&'static str),
    /// The claims do not have the type asked for.
    #[error("claims do not have the expected shape")]
    ClaimsShape,
    /// A required claim is absent.
    #[error("claim {0} is missing")]
    MissingClaim(&'static str),
    /// `exp` has passed.
    #[error("expired: exp {exp}, now {now}")]
    Expired {
        /// Unix seconds
        exp: i64,
        /// Unix seconds
        now: i64,
    },
    /// `nbf` has not come.
    #[error("not yet valid: nbf {nbf}, now {now}")]
    NotYetValid {
        /// Unix seconds
        nbf: i64,
        /// Unix seconds
        now: i64,
    },
    /// `iat` is in the future.
    #[error("issued in the future: iat {iat}, now {now}")]
    IssuedInFuture {
        /// Unix seconds
        iat: i64,
        /// Unix seconds
        now: i64,
    },
    /// `iat` is further back than the caller allows.
    #[error("too old: iat {iat}, now {now}, at most {max_age} s")]
    TooOld {
        /// Unix seconds
        iat: i64,
        /// Unix seconds
        now: i64,
        /// seconds
        max_age: i64,
    },
    /// The token is valid for longer than the caller allows.
    #[error("valid for {lifetime} s, at most {max_lifetime} s")]
    LivesTooLong {
        /// seconds
        lifetime: i64,
        /// seconds
        max_lifetime: i64,
    },
    /// `iss` is another issuer.
    #[error("wrong issuer")]
    WrongIssuer,
    /// `sub` is another subject.
    #[error("wrong subject")]
    WrongSubject,
    /// `aud` names none of ours.
    #[error("wrong audience")]
    WrongAudience,
    /// `aud` names others beside us where it may not.
    #[error("more than one audience")]
    SeveralAudiences,
    /// `typ` is not the one expected (RFC 8725 §3.11).
    #[error("wrong typ")]
    WrongType,
}

/// Longest `kid` that is repeated, in characters: it is the sender's.
const LONGEST_KID: usize = 100;

fn of_kid(kid: Option<&str>) -> String {
    match kid {
        None => String::new(),
        Some(kid) => format!("with kid {} ", kid.chars().take(LONGEST_KID).collect::<String>()),
    }
}
