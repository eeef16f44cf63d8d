//! What a registration says: a JSON object, or a JWS of one where the workspace asks for that
//! (`dynamic_client_registration.payload.format` is `jws`, as open banking does it: `application/jose`); with what its
//! software statement says on top.
//!
//! The key of a JWS is one of `jws_payload`'s `jwks` or `jwks_uri`; with the source `software_statement`, or without
//! keys there, one of the software itself, as its statement names them.

use serde_json::{Map, Value};
use symbolon_jose::{Claims, ParseOptions, UnverifiedJwt, Validation};
use symbolon_protocol::{ErrorCode, OAuthError};
use symbolon_store::entity::server::{DynamicClientRegistrationSettings, JwsPayloadSettings, PayloadFormat};

use super::body::{RawBody, invalid};
use super::statement;
use crate::cx::Cx;
use crate::oauth2::client_keys::{self, KeyError};
use crate::oauth2::error::store_failure;
use crate::snapshot::{PublicKeys, Workspace};

/// The word for keys that the software statement names.
const OF_THE_STATEMENT: &str = "software_statement";
/// Longest time that a signed registration may be good for, in seconds.
const MAX_LIFETIME: i64 = 3600;
/// How far the clocks of clients may be from ours, in seconds.
const SKEW_SECONDS: i64 = 60;
/// Longest `jti`, in bytes.
const MAX_JTI: usize = 256;

/// The content of a registration.
#[derive(Debug)]
pub struct Payload {
    /// What client and statement say.
    pub members: Value,
    /// What the statement says, if there is one.
    pub statement: Option<Claims>,
}

impl Payload {
    /// Holds an update to the statement that the client is registered by, where it brings no other: or whoever has
    /// registered could say afterwards what its statement did not let it say.
    ///
    /// # Errors
    /// As [`statement::stands_above`].
    pub fn hold_to(&mut self, before: &Claims) -> Result<(), OAuthError> {
        if self.statement.is_some() || before.is_empty() {
            return Ok(());
        }
        if let Value::Object(members) = &mut self.members {
            statement::stands_above(before, members)?;
        }
        self.statement = Some(before.clone());
        Ok(())
    }
}

/// Whether registrations of the workspace are signed.
pub fn is_signed(settings: &DynamicClientRegistrationSettings) -> bool {
    settings.payload.as_ref().is_some_and(|payload| payload.format == PayloadFormat::Jws)
}

/// Whether there are keys that verify the registrations that the workspace asks for.
pub fn can_be_verified(settings: &DynamicClientRegistrationSettings, workspace: &Workspace) -> bool {
    !is_signed(settings) || own_keys(settings).is_some() || statement::is_trusted(workspace)
}

/// The keys that the workspace names for signed registrations; `None` where the statement names them.
fn own_keys(settings: &DynamicClientRegistrationSettings) -> Option<&JwsPayloadSettings> {
    let jws = settings.payload.as_ref()?.jws_payload.as_ref()?;
    let of_statement = jws.source.as_deref() == Some(OF_THE_STATEMENT);
    let has_keys = jws.jwks.as_ref().is_some_and(|jwks| !jwks.keys.is_empty())
        || jws.jwks_uri.as_deref().is_some_and(|uri| !uri.is_empty());
    Some(jws).filter(|_| has_keys && !of_statement)
}

/// Reads and verifies what a registration says.
///
/// # Errors
/// `invalid_client_metadata`, `invalid_redirect_uri`, `invalid_software_statement`, `unapproved_software_statement`;
/// `temporarily_unavailable` when keys cannot be read.
pub async fn read(
    cx: &Cx,
    settings: &DynamicClientRegistrationSettings,
    request: &RawBody,
) -> Result<Payload, OAuthError> {
    let signed = is_signed(settings);
    let text = if signed { Some(jws(request)?) } else { None };
    let options = ParseOptions { max_bytes: cx.app.config.limits.body_size, ..ParseOptions::default() };
    let jwt = text.map(|text| UnverifiedJwt::parse_with(text, &options).map_err(malformed)).transpose()?;
    let mut said: Map<String, Value> = match &jwt {
        Some(jwt) => jwt.claims_unverified().map_err(malformed)?,
        None => match request.json()? {
            Value::Object(members) => members,
            _ => Map::new(),
        },
    };
    let statement = match said.get("software_statement") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => Some(statement::verify(cx, text).await?),
        Some(_) => {
            return Err(OAuthError::new(ErrorCode::InvalidSoftwareStatement, "software_statement_malformed")
                .description("The software statement is not a JWT."));
        }
    };
    if cx.workspace.server.enable_trust_anchor && statement.is_none() {
        return Err(OAuthError::new(ErrorCode::InvalidSoftwareStatement, "software_statement_missing")
            .description("A registration needs a software statement here.")
            .detail("enable_trust_anchor of the workspace is set")
            .expected("software_statement"));
    }
    if let Some(jwt) = &jwt {
        said = verify(cx, settings, jwt, statement.as_ref()).await?;
    }
    if let Some(claims) = &statement {
        statement::stands_above(claims, &mut said)?;
    }
    Ok(Payload { members: Value::Object(said), statement })
}

/// The compact JWS in the body.
fn jws(request: &RawBody) -> Result<&str, OAuthError> {
    let media_type = request.media_type();
    // Open Banking UK says application/jose, others application/jwt.
    if !matches!(media_type.as_str(), "application/jose" | "application/jwt") {
        return Err(invalid(
            "content_type_wrong",
            "The Content-Type must be application/jose: registrations are signed here.",
        )
        .expected("application/jose")
        .got(media_type));
    }
    let text = std::str::from_utf8(&request.bytes).map(str::trim);
    text.map_err(|_| invalid("body_not_jws", "The request body is not a JWS."))
}

fn malformed(error: symbolon_jose::Error) -> OAuthError {
    invalid("body_not_jws", format!("The request body is not a JWS of a JSON object: {error}.")).detail(error)
}

/// The metadata in the JWS, if it is good: signed by the software, for us, just now, and for the first time.
async fn verify(
    cx: &Cx,
    settings: &DynamicClientRegistrationSettings,
    jwt: &UnverifiedJwt<'_>,
    statement: Option<&Claims>,
) -> Result<Map<String, Value>, OAuthError> {
    let bad = |error: symbolon_jose::Error| {
        invalid("body_jws_invalid", format!("The signed registration is not accepted: {error}."))
            .detail(error)
    };
    let nobody = PublicKeys::default();
    let inline;
    let (keys, uri) = match own_keys(settings) {
        Some(jws) => {
            inline = PublicKeys::of_client(jws.jwks.as_ref());
            (&inline, jws.jwks_uri.as_deref().filter(|uri| !uri.is_empty()))
        }
        None => (&nobody, statement.and_then(statement::keys_of)),
    };
    let verified = client_keys::verify_with(cx, keys, uri, jwt, statement::ALGORITHMS).await;
    let mut claims = verified
        .map_err(|error| match error {
            KeyError::Unreadable(error) => error,
            KeyError::Refused(error) => bad(error),
        })?
        .claims;
    let (issuer, endpoint) = (cx.issuer(), cx.url("/oauth2/register"));
    let validation = Validation {
        leeway: SKEW_SECONDS,
        audiences: &[issuer.as_str(), endpoint.as_str()],
        require_iat: true,
        max_lifetime: Some(MAX_LIFETIME),
        ..Validation::at(cx.now.seconds())
    };
    validation.check(&claims).map_err(bad)?;
    let iss = claims
        .get("iss")
        .and_then(Value::as_str)
        .ok_or_else(|| bad(symbolon_jose::Error::MissingClaim("iss")))?;
    // The software speaks for itself alone.
    let software = statement.and_then(|claims| claims.get("software_id")?.as_str());
    if software.is_some_and(|software| software != iss) {
        return Err(invalid("body_jws_of_another", "iss is not the software_id of the software statement.")
            .expected(software.unwrap_or_default())
            .got(iss));
    }
    let jti = claims.get("jti").and_then(Value::as_str).filter(|jti| !jti.is_empty() && jti.len() <= MAX_JTI);
    let jti = jti.ok_or_else(|| bad(symbolon_jose::Error::MissingClaim("jti")))?;
    let until = cx.now.plus_seconds(MAX_LIFETIME + 2 * SKEW_SECONDS).millis();
    let value = format!("{iss}\n{jti}");
    let first = cx.store().consume_once("registration", &value, until, cx.now.millis()).await;
    if !first.map_err(|error| store_failure(&error))? {
        return Err(invalid(
            "body_jws_replayed",
            "The signed registration was used before: sign a new one, with a jti of its own.",
        )
        .got(jti));
    }
    for name in ["iss", "aud", "exp", "iat", "nbf", "jti"] {
        claims.remove(name);
    }
    Ok(claims)
}
