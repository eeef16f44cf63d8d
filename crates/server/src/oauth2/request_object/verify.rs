//! Whether a JWT is a request of this client for here and now: encryption, signature, kind, parties and times
//! (RFC 9101 §6, RFC 8725). Keys that the JWT itself carries or points to (`jwk`, `jku`, `x5u`, `x5c`) are never looked
//! at.

use std::borrow::Cow;

use serde_json::Value;
use symbolon_jose::{
    Algorithm, Claims, ContentEncryption, Error, Jwe, KeyManagement, KeySet, UnverifiedJwt, Validation,
    parse_unsecured,
};
use symbolon_protocol::{ErrorCode, OAuthError};

use crate::cx::Cx;
use crate::oauth2::client_keys::{self, KeyError};
use crate::snapshot::{Client, SecretDigest};

/// Longest request object, in bytes, encrypted or not.
pub const MAX_BYTES: usize = 32 * 1024;
/// How far clocks may differ, in seconds. FAPI 2.0 §5.3.2.1: an `iat` or `nbf` 10 s ahead is accepted, one 60 s ahead is
/// not.
pub const SKEW_SECONDS: i64 = 30;
/// Longest `jti`, in bytes.
const MAX_JTI: usize = 512;
/// The explicit type of a request object (RFC 9101 §10.8).
const TYPE: &str = "oauth-authz-req+jwt";

/// What a signed request must be.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The error that a client is told.
    pub code: ErrorCode,
    /// The algorithms it may be signed with. HMACs are by the client's secret.
    pub algorithms: Vec<Algorithm>,
    /// Whether it may be unsigned (`alg` `none`).
    pub unsigned: bool,
    /// Whom `aud` must name, where it is there: one of these.
    pub audiences: Vec<String>,
    /// Claims that must be there, of `iss`, `aud`, `exp`, `nbf`, `iat` and `jti`.
    pub required: &'static [&'static str],
    /// How far `exp` may lie behind `nbf`, in seconds; so `nbf` of what has not expired lies no further back.
    pub max_seconds: Option<i64>,
}

/// What a client has asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The claims: parameters, and those of every JWT.
    pub claims: Claims,
    /// Whether the client has signed it.
    pub is_signed: bool,
    /// Whether it says of itself that it is a request object (`typ` `oauth-authz-req+jwt`).
    pub is_typed: bool,
}

/// Why a request is not accepted.
#[derive(Debug)]
pub struct Unaccepted {
    /// The error.
    pub error: OAuthError,
    /// What the client has signed, where that much is known.
    pub claims: Option<Claims>,
}

impl From<OAuthError> for Unaccepted {
    fn from(error: OAuthError) -> Self {
        Self { error, claims: None }
    }
}

/// Verifies a signed request of `client`.
///
/// # Errors
/// The error of the rules; `temporarily_unavailable` when the client's keys cannot be read.
pub async fn verify(cx: &Cx, client: &Client, token: &str, rules: &Rules) -> Result<Verified, Unaccepted> {
    let decrypted;
    let token = if Jwe::has_its_shape(token) {
        decrypted = decrypt(cx, client, token, rules)?;
        &decrypted
    } else {
        token
    };
    let verified = signed(cx, client, token, rules).await?;
    match judge(cx, client, &verified.claims, rules) {
        Ok(()) => Ok(verified),
        Err(error) => Err(Unaccepted { error, claims: verified.is_signed.then_some(verified.claims) }),
    }
}

/// What is encrypted to this workspace (RFC 9101 §6.1), or with a key that follows from the client's secret (OIDC Core
/// §10.2), if the client has registered that. A client that has registered algorithms uses those.
fn decrypt(cx: &Cx, client: &Client, token: &str, rules: &Rules) -> Result<String, OAuthError> {
    let refused = |error: Error| {
        OAuthError::new(rules.code, "request_object_undecryptable")
            .description(
                "The request object cannot be decrypted: use a key of the workspace's jwks_uri with use enc, or the client's secret where that is registered.",
            )
            .detail(error)
    };
    let entity = &client.entity;
    let says = |registered: &Option<String>, word: &str| {
        registered.as_deref().is_none_or(|own| own.is_empty() || own == word)
    };
    let by_secret: Vec<_> = live_secrets(cx, client).filter_map(|secret| secret.decryption.clone()).collect();
    let mut algorithms = KeyManagement::PUBLIC.to_vec();
    if !by_secret.is_empty() {
        algorithms.extend(KeyManagement::SYMMETRIC);
    }
    algorithms.retain(|algorithm| says(&entity.request_object_encryption_alg, algorithm.as_str()));
    let mut encryptions = ContentEncryption::ALL.to_vec();
    encryptions.retain(|encryption| says(&entity.request_object_encryption_enc, encryption.as_str()));
    let keys: Vec<_> = cx.workspace.keys.encryption.private.iter().cloned().chain(by_secret).collect();
    let plain = Jwe::parse(token, MAX_BYTES).and_then(|jwe| jwe.decrypt(&keys, &algorithms, &encryptions));
    let plain = plain.map_err(refused)?;
    std::str::from_utf8(&plain).map(str::to_owned).map_err(|_| refused(Error::PartCount))
}

/// The signature, and what kind of JWT it is.
async fn signed(cx: &Cx, client: &Client, token: &str, rules: &Rules) -> Result<Verified, OAuthError> {
    let malformed = |error: Error| {
        OAuthError::new(rules.code, "request_object_malformed")
            .description(format!("The request object is not a signed JWT: {error}."))
            .detail(error)
    };
    let token = match UnverifiedJwt::parse(token) {
        Ok(token) => token,
        Err(Error::AlgorithmNone) if rules.unsigned => {
            let claims = parse_unsecured(token).map_err(malformed)?;
            return Ok(Verified { claims, is_signed: false, is_typed: false });
        }
        Err(Error::AlgorithmNone) => {
            return Err(OAuthError::new(rules.code, "request_object_unsigned")
                .description("The request object must be signed.")
                .expected(words(&rules.algorithms))
                .got("none"));
        }
        Err(error) => return Err(malformed(error)),
    };
    // RFC 8725 §3.11: a DPoP proof is signed by the same client.
    let header = token.header();
    if header.typ.is_some() && !header.has_typ(TYPE) && !header.has_typ("JWT") {
        return Err(OAuthError::new(rules.code, "request_object_type")
            .description("The JWT is of another kind than a request object.")
            .expected(TYPE)
            .got(header.typ.as_deref().unwrap_or_default()));
    }
    let is_typed = header.has_typ(TYPE);
    let verified = match header.alg.is_symmetric() {
        true => by_secret(cx, client, &token, rules),
        false => client_keys::verify(cx, client, &token, &rules.algorithms).await.map(|jwt| jwt.claims),
    };
    match verified {
        Ok(claims) => Ok(Verified { claims, is_signed: true, is_typed }),
        Err(KeyError::Unreadable(error)) => Err(error),
        Err(KeyError::Refused(error @ Error::AlgorithmNotAllowed(got))) => {
            Err(OAuthError::new(rules.code, "request_object_algorithm")
                .description("The request object is signed with an algorithm that is not accepted.")
                .detail(error)
                .expected(words(&rules.algorithms))
                .got(got))
        }
        Err(KeyError::Refused(error)) => Err(OAuthError::new(rules.code, "request_object_signature")
            .description("The signature of the request object is not that of a key of the client.")
            .detail(error)
            .got(client.id())),
    }
}

fn by_secret(cx: &Cx, client: &Client, token: &UnverifiedJwt<'_>, rules: &Rules) -> Result<Claims, KeyError> {
    let mut error = Error::AlgorithmNotAllowed(token.header().alg);
    if !rules.algorithms.contains(&token.header().alg) {
        return Err(KeyError::Refused(error));
    }
    for key in live_secrets(cx, client).filter_map(|secret| secret.mac.clone()) {
        match token.verify(&KeySet::single(key), &rules.algorithms) {
            Ok(verified) => return Ok(verified.claims),
            Err(refused) => error = refused,
        }
    }
    Err(KeyError::Refused(error))
}

/// Earlier secrets count as long as they do elsewhere.
fn live_secrets<'a>(cx: &Cx, client: &'a Client) -> impl Iterator<Item = &'a SecretDigest> {
    let now = cx.now;
    client.secrets.iter().filter(move |secret| secret.is_live(now))
}

/// Parties and times.
fn judge(cx: &Cx, client: &Client, claims: &Claims, rules: &Rules) -> Result<(), OAuthError> {
    let refused = |reason: &'static str, error: &Error| {
        OAuthError::new(rules.code, reason)
            .description(format!("The request object is not accepted: {error}."))
            .detail(error)
    };
    let looks_at = |name: &str| claims.contains_key(name) || rules.required.contains(&name);
    // RFC 9101 §10.8: what the client signs to authenticate itself says sub, and is no request.
    if claims.get("sub").and_then(Value::as_str) == Some(client.id()) {
        return Err(OAuthError::new(rules.code, "request_object_is_assertion").description(
            "A request object must not have the client's id as its sub: that is a client assertion.",
        ));
    }
    let now = cx.now.seconds();
    let audiences: Vec<_> = rules.audiences.iter().map(String::as_str).collect();
    let validation = Validation {
        leeway: SKEW_SECONDS,
        issuer: looks_at("iss").then_some(client.id()),
        audiences: if looks_at("aud") { &audiences } else { &[] },
        require_exp: rules.required.contains(&"exp"),
        require_nbf: rules.required.contains(&"nbf"),
        require_iat: rules.required.contains(&"iat"),
        max_lifetime: rules.max_seconds,
        ..Validation::at(now)
    };
    validation.check(claims).map_err(|error| match error {
        Error::WrongAudience => {
            let got = claims.get("aud").map(ToString::to_string).unwrap_or_default();
            refused("request_object_audience", &error).expected(audiences.join(", ")).got(got)
        }
        Error::WrongIssuer => refused("request_object_issuer", &error).expected(client.id()),
        Error::Expired { .. } => refused("request_object_expired", &error),
        error => refused("request_object_claims", &error),
    })?;
    if rules.required.contains(&"jti") {
        identifier(claims, rules)?;
    }
    Ok(())
}

/// `jti`, a text of sensible length: who wants a request to count once remembers it.
///
/// # Errors
/// The error of the rules.
pub fn identifier<'a>(claims: &'a Claims, rules: &Rules) -> Result<&'a str, OAuthError> {
    let jti = claims.get("jti").and_then(Value::as_str);
    jti.filter(|jti| !jti.is_empty() && jti.len() <= MAX_JTI).ok_or_else(|| {
        OAuthError::new(rules.code, "request_object_without_jti")
            .description("The signed request needs a jti: a text that no other has.")
            .expected(format!("a text of at most {MAX_JTI} bytes"))
    })
}

fn words(algorithms: &[Algorithm]) -> Cow<'static, str> {
    algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(", ").into()
}
