//! Client assertions: a JWT that the client has signed about itself (RFC 7521 §4.2, RFC 7523 §2.2 and §3, OpenID
//! Connect Core §9). What `client_secret_jwt` and `private_key_jwt` have in common.

use symbolon_jose::{Algorithm, Claims, Error, UnverifiedJwt, Validation};
use symbolon_protocol::{Form, OAuthError};

use super::{Claimed, ClientAuthMethod};
use crate::cx::Cx;
use crate::oauth2::error::store_failure;
use crate::oauth2::profile::Profile;
use crate::snapshot::{Client, Workspace};

/// `client_assertion_type` (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far clocks may differ, in seconds. FAPI 2.0 §5.3.2.1: an `iat` or `nbf` 10 s ahead is accepted, one 60 s ahead is
/// not.
const SKEW_SECONDS: i64 = 30;
/// How long an assertion may be good for, in seconds: its `jti` is remembered as long (RFC 7523 §3 allows to refuse an
/// `exp` that is unreasonably far away).
const MAX_LIFETIME: i64 = 3600;
/// Longest `jti`, in bytes.
const MAX_JTI: usize = 512;
/// The algorithms of a workspace that names none.
const USUAL: &[Algorithm] =
    &[Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::HS256];

/// An assertion that came with a request, and that nobody has verified.
#[derive(Debug)]
pub struct Assertion<'a> {
    /// The token.
    pub token: UnverifiedJwt<'a>,
    /// The client that it says it is about.
    pub client_id: String,
}

impl<'a> Assertion<'a> {
    /// The assertion in a form, if there is one.
    ///
    /// # Errors
    /// `invalid_client` (RFC 7521 §4.2.1) when it cannot be read, or is about another client than the form.
    pub fn read(form: &'a Form) -> Result<Option<Self>, OAuthError> {
        let (text, kind) = match (form.get("client_assertion"), form.get("client_assertion_type")) {
            (None, None) => return Ok(None),
            (Some(text), Some(kind)) => (text, kind),
            (None, Some(_)) => return Err(lonely("client_assertion")),
            (Some(_), None) => return Err(lonely("client_assertion_type")),
        };
        if kind != JWT_BEARER {
            return Err(OAuthError::invalid_client("client_assertion_type_unknown")
                .description("The client_assertion_type is not supported.")
                .expected(JWT_BEARER)
                .got(kind));
        }
        let malformed = |error: Error| {
            OAuthError::invalid_client("client_assertion_malformed")
                .description("The client assertion is not a signed JWT.")
                .detail(error)
        };
        let token = UnverifiedJwt::parse(text).map_err(malformed)?;
        let claims = token.claims_unverified().map_err(malformed)?;
        let said = ["sub", "iss"].iter().find_map(|name| claims.get(*name)?.as_str());
        let client_id = said.or_else(|| form.get("client_id")).unwrap_or_default().to_owned();
        // RFC 7521 §4.2: client_id is unnecessary; if it is there, it must identify the same client.
        if let Some(other) = form.get("client_id").filter(|other| *other != client_id) {
            return Err(OAuthError::invalid_client("client_assertion_of_another_client")
                .description("The client_id of the form is not that of the client assertion.")
                .expected(client_id)
                .got(other));
        }
        Ok(Some(Self { token, client_id }))
    }

    /// Which method this is: a MAC by the secret, or a signature with a key.
    pub fn method(&self) -> ClientAuthMethod {
        match self.token.header().alg.is_symmetric() {
            true => ClientAuthMethod::ClientSecretJwt,
            false => ClientAuthMethod::PrivateKeyJwt,
        }
    }
}

/// The assertion that a method was chosen for.
pub(super) fn of<'a>(claimed: Claimed<'a>) -> Result<&'a Assertion<'a>, OAuthError> {
    claimed.assertion.ok_or_else(|| OAuthError::invalid_client("client_assertion_missing"))
}

/// The algorithms that the client may use with a method.
pub(super) fn allowed(cx: &Cx, client: &Client, method: ClientAuthMethod) -> Vec<Algorithm> {
    let registered = client.entity.token_endpoint_auth_signing_alg.parse::<Algorithm>().ok();
    // A client is registered for ES256 unless it says otherwise, which is no word about its secret.
    let registered =
        registered.filter(|own| own.is_symmetric() || method != ClientAuthMethod::ClientSecretJwt);
    let of_method = algorithms(&cx.workspace, method);
    of_method.filter(|algorithm| registered.is_none_or(|own| own == *algorithm)).collect()
}

/// The algorithms of assertions that a workspace takes with a method.
pub fn algorithms(workspace: &Workspace, method: ClientAuthMethod) -> impl Iterator<Item = Algorithm> {
    let symmetric = method == ClientAuthMethod::ClientSecretJwt;
    all_algorithms(workspace).into_iter().filter(move |algorithm| algorithm.is_symmetric() == symmetric)
}

fn all_algorithms(workspace: &Workspace) -> Vec<Algorithm> {
    let own = &workspace.server.token_endpoint_auth_signing_alg_values;
    match own.is_empty() {
        true => USUAL.to_vec(),
        false => own.iter().filter_map(|word| word.parse().ok()).collect(),
    }
}

/// What is said of an assertion whose signature is not good.
pub(super) fn refused(error: &Error, client: &Client, allowed: &[Algorithm]) -> OAuthError {
    let words: Vec<_> = allowed.iter().map(|algorithm| algorithm.as_str()).collect();
    match error {
        Error::AlgorithmNotAllowed(got) => OAuthError::invalid_client("client_assertion_algorithm")
            .detail("token_endpoint_auth_signing_alg of the client, or the workspace's list, has other algorithms")
            .expected(words.join(", "))
            .got(got),
        error => OAuthError::invalid_client("client_assertion_signature").detail(error).got(client.id()),
    }
}

/// Checks what a rightly signed assertion says, and spends its `jti`.
///
/// # Errors
/// `invalid_client`; `temporarily_unavailable` when the store is away.
pub(super) async fn accept(cx: &Cx, client: &Client, claims: &Claims) -> Result<(), OAuthError> {
    let bad = |error: Error| {
        OAuthError::invalid_client("client_assertion_invalid")
            .description(format!("The client assertion is not accepted: {error}."))
            .detail(error)
    };
    let now = cx.now.seconds();
    let validation = Validation {
        leeway: SKEW_SECONDS,
        issuer: Some(client.id()),
        subject: Some(client.id()),
        ..Validation::at(now)
    };
    validation.check(claims).map_err(bad)?;
    check_audience(cx, claims)?;
    let exp = claims.get("exp").and_then(serde_json::Value::as_f64).unwrap_or_default();
    let end = check_lifetime(exp, now)?;
    let jti = match claims.get("jti") {
        None => return Err(bad(Error::MissingClaim("jti"))),
        Some(serde_json::Value::String(jti)) if !jti.is_empty() && jti.len() <= MAX_JTI => jti,
        Some(_) => return Err(bad(Error::MalformedClaim("jti"))),
    };
    // A client's values are its own: no client can spend another's.
    let value = format!("{}\n{jti}", client.id());
    let (end, now) = ((end + SKEW_SECONDS) * 1000, cx.now.millis());
    match cx.store().consume_once("client_assertion", &value, end, now).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(OAuthError::invalid_client("client_assertion_replayed")
            .description(
                "The client assertion was used before: make a new one, with a jti of its own, each time.",
            )
            .got(jti)),
        Err(error) => Err(store_failure(&error)),
    }
}

/// The end of an assertion in unix seconds, rounded up.
#[expect(clippy::cast_possible_truncation, reason = "the number is between now and an hour from now")]
fn check_lifetime(exp: f64, now: i64) -> Result<i64, OAuthError> {
    let latest = now + MAX_LIFETIME + SKEW_SECONDS;
    #[expect(clippy::cast_precision_loss, reason = "a time of this age has far fewer than 53 bits")]
    let fits = exp <= latest as f64;
    if fits {
        return Ok(exp.ceil() as i64);
    }
    Err(OAuthError::invalid_client("client_assertion_lives_too_long")
        .description(format!("The client assertion is valid for too long: at most {MAX_LIFETIME} seconds."))
        .expected(format!("exp {latest} at most"))
        .got(exp))
}

/// RFC 7523 §3: the audience is this authorization server: its issuer, or the address of an endpoint at which clients
/// authenticate. FAPI 2.0 §5.3.2.1: the issuer, as a string, and nothing else.
fn check_audience(cx: &Cx, claims: &Claims) -> Result<(), OAuthError> {
    let issuer = cx.issuer();
    let aud = claims.get("aud");
    if Profile::of(&cx.workspace).assertion_audience_is_issuer_only() {
        return match aud {
            Some(serde_json::Value::String(aud)) if *aud == issuer => Ok(()),
            _ => Err(wrong_audience(aud, &[issuer])),
        };
    }
    let mut ours = vec![issuer];
    ours.extend(super::ENDPOINTS.iter().flat_map(|path| cx.urls(path)));
    let is_ours = |aud: &serde_json::Value| aud.as_str().is_some_and(|aud| ours.iter().any(|own| own == aud));
    let fits = match aud {
        Some(serde_json::Value::Array(several)) => several.iter().any(is_ours),
        Some(one) => is_ours(one),
        None => false,
    };
    if fits { Ok(()) } else { Err(wrong_audience(aud, &ours)) }
}

fn wrong_audience(aud: Option<&serde_json::Value>, expected: &[String]) -> OAuthError {
    OAuthError::invalid_client("client_assertion_audience")
        .description(
            "The client assertion is for somebody else: aud must be the issuer of this authorization server.",
        )
        .expected(expected.join(", "))
        .got(aud.map(ToString::to_string).unwrap_or_default())
}

fn lonely(missing: &'static str) -> OAuthError {
    OAuthError::invalid_client("client_assertion_incomplete")
        .description("client_assertion and client_assertion_type belong together.")
        .expected(missing)
}
