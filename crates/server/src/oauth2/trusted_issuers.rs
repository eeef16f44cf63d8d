//! JWTs of other issuers (RFC 7523 §3, RFC 8725): whose they are, whether their signature is right, and who their
//! subject is in this workspace.
//!
//! A JWT is judged by the keys configured for its `iss`, never by what it carries itself.

use data_encoding::HEXLOWER;
use serde_json::Value;
use symbolon_jose::{Algorithm, Claims, Error, UnverifiedJwt, Validation, VerifiedJwt};
use symbolon_protocol::OAuthError;
use symbolon_store::entity::GoDuration;
use symbolon_store::entity::server::{SubjectMapping, TrustedIssuer};

use super::client_keys::{self, KeyError};
use crate::cx::Cx;
use crate::secrets::sha256;
use crate::snapshot::{Client, PublicKeys};

/// How far the clocks of others may be from ours, in seconds.
const LEEWAY_SECONDS: i64 = 30;
/// How long a JWT may live, unless its issuer is configured otherwise, in seconds.
const MAX_LIFETIME_SECONDS: i64 = 60 * 60;

/// Who vouches for a JWT.
#[derive(Clone, Copy, Debug)]
pub enum Issuer<'a> {
    /// Somebody the workspace trusts.
    Trusted(&'a TrustedIssuer),
    /// The client itself, by its registered keys.
    Client(&'a Client),
}

/// Whose JWT the text says it is: nothing is verified yet.
///
/// # Errors
/// A sentence for the log.
pub fn issuer_of(jwt: &UnverifiedJwt<'_>) -> Result<String, String> {
    let claims = jwt.claims_unverified().map_err(|error| error.to_string())?;
    match claims.get("iss") {
        Some(Value::String(issuer)) => Ok(issuer.clone()),
        _ => Err("the JWT has no iss".to_owned()),
    }
}

/// Says in the description, too, what is wrong: for the developer of the client.
pub fn because(error: OAuthError, why: impl std::fmt::Display) -> OAuthError {
    let text = format!("{}: {why}.", error.description.trim_end_matches('.'));
    error.description(text)
}

impl<'a> Issuer<'a> {
    /// The trusted issuer of that name, if this client may bring its JWTs.
    pub fn trusted(cx: &'a Cx, client: &Client, name: &str) -> Option<&'a TrustedIssuer> {
        let trusted = cx.workspace.server.trusted_issuers.iter().find(|trusted| trusted.issuer == name)?;
        let may_bring = trusted.clients.is_empty() || trusted.clients.iter().any(|id| id == client.id());
        may_bring.then_some(trusted)
    }

    /// Verifies signature, kind, times and audience. `typ` lists the kinds beside a JWT that says nothing of itself.
    ///
    /// # Errors
    /// What is wrong with the JWT, for the log, as `refused` words it; `temporarily_unavailable` when the keys cannot
    /// be read.
    pub async fn verify(
        self,
        cx: &Cx,
        jwt: &UnverifiedJwt<'_>,
        typ: &[&str],
        refused: fn(&'static str) -> OAuthError,
    ) -> Result<VerifiedJwt, OAuthError> {
        // RFC 8725 §3.11: a request object, a DPoP proof, a logout token are signed by the same keys.
        let header = jwt.header();
        if header.typ.is_some() && !typ.iter().any(|typ| header.has_typ(typ)) {
            return Err(because(refused("jwt_wrong_type"), "its typ is of another kind of JWT")
                .expected(typ.join(" or "))
                .got(header.typ.as_deref().unwrap_or("")));
        }
        // The same of a logout token that does not say what it is (Back-Channel Logout §2.4), and of every other event
        // (RFC 8417 §2.2).
        if jwt.claims_unverified().is_ok_and(|claims| claims.contains_key("events")) {
            return Err(because(refused("jwt_is_event"), "it is about events").expected("no events"));
        }
        let verified = match self.check_signature(cx, jwt).await {
            Ok(verified) => verified,
            Err(KeyError::Unreadable(error)) => return Err(error),
            Err(KeyError::Refused(error)) => {
                return Err(because(refused("jwt_signature_wrong"), &error).detail(error));
            }
        };
        let (own, max_lifetime) = match self {
            Self::Trusted(trusted) => {
                (trusted.audiences.as_slice(), trusted.max_lifetime.map(GoDuration::secs))
            }
            Self::Client(_) => (&[] as &[_], None),
        };
        let ours = audiences(cx);
        let audiences: Vec<_> = ours.iter().chain(own).map(String::as_str).collect();
        let validation = Validation {
            leeway: LEEWAY_SECONDS,
            audiences: &audiences,
            max_lifetime: Some(max_lifetime.unwrap_or(MAX_LIFETIME_SECONDS)),
            ..Validation::at(cx.now.seconds())
        };
        let expected = audiences.join(" or ");
        validation.check(&verified.claims).map_err(|error| match error {
            Error::WrongAudience => {
                let why = format!("aud must be the issuer of this authorization server, {}", cx.issuer());
                because(refused("jwt_for_somebody_else"), why).detail(error).expected(expected)
            }
            Error::Expired { .. } => because(refused("jwt_expired"), &error).detail(error),
            error => because(refused("jwt_claims_wrong"), &error).detail(error),
        })?;
        Ok(verified)
    }

    /// What the issuer calls the subject.
    ///
    /// # Errors
    /// As `refused` words it.
    pub fn subject(
        self,
        claims: &Claims,
        refused: fn(&'static str) -> OAuthError,
    ) -> Result<&str, OAuthError> {
        let claim = match self {
            Self::Trusted(trusted) => trusted.subject_claim.as_deref().filter(|claim| !claim.is_empty()),
            Self::Client(_) => None,
        };
        let claim = claim.unwrap_or("sub");
        let subject = claims.get(claim).and_then(Value::as_str).filter(|subject| !subject.is_empty());
        subject.ok_or_else(|| {
            because(refused("jwt_subject_missing"), format!("claim {claim} is missing")).expected(claim)
        })
    }

    /// The subject in this workspace.
    pub fn subject_here(self, subject: &str) -> String {
        let (kind, issuer) = match self {
            Self::Trusted(trusted) if trusted.subject_mapping == SubjectMapping::Raw => {
                return subject.to_owned();
            }
            Self::Trusted(trusted) => ("issuer", trusted.issuer.as_str()),
            // A client may say what it likes, but of nobody else's people.
            Self::Client(client) => ("client", client.id()),
        };
        HEXLOWER.encode(&sha256(format!("{kind}\0{issuer}\0{subject}").as_bytes()))
    }

    /// The most that tokens issued for its JWTs may hold, if there is a limit.
    pub fn scopes(self) -> Option<&'a [String]> {
        match self {
            Self::Trusted(trusted) => Some(trusted.scopes.as_slice()).filter(|scopes| !scopes.is_empty()),
            Self::Client(_) => None,
        }
    }

    async fn check_signature(self, cx: &Cx, jwt: &UnverifiedJwt<'_>) -> Result<VerifiedJwt, KeyError> {
        let allowed: Vec<_> =
            Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()).collect();
        let trusted = match self {
            Self::Client(client) => return client_keys::verify(cx, client, jwt, &allowed).await,
            Self::Trusted(trusted) => trusted,
        };
        let verify = |keys: &PublicKeys| match jwt.verify(&keys.verification, &allowed) {
            Err(Error::NoMatchingKey { .. } | Error::BadSignature) => None,
            other => Some(other),
        };
        let inline = trusted.jwks.as_ref().and_then(|jwks| verify(&PublicKeys::of_client(Some(jwks))));
        let found = match (inline, trusted.jwks_uri.as_deref().filter(|url| !url.is_empty())) {
            (Some(found), _) => Some(found),
            (None, Some(url)) => {
                let found = cx.app.memory.remote_keys.find(cx, url, verify).await;
                found.map_err(KeyError::Unreadable)?
            }
            (None, None) => None,
        };
        match found {
            Some(verified) => verified.map_err(KeyError::Refused),
            None => Err(KeyError::Refused(Error::BadSignature)),
        }
    }
}

/// What a JWT for this workspace may name in `aud` (RFC 7523 §3 item 3): the issuer, or the token endpoint under each of
/// its names.
fn audiences(cx: &Cx) -> Vec<String> {
    let path = format!("/{}/{}/oauth2/token", cx.workspace.tenant_id, cx.workspace.id);
    let mtls = cx.app.mtls_url.as_ref().map(|base| format!("{base}{path}"));
    [cx.issuer(), format!("{}{path}", cx.base_url)].into_iter().chain(mtls).collect()
}
