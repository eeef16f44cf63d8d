//! ID tokens (OIDC Core §2, §3.1.3.6).

use serde::Serialize;
use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, half_hash};
use symbolon_protocol::{OAuthError, ScopeSet};

use super::subject;
use crate::cx::Cx;
use crate::oauth2::claims;
use crate::oauth2::grants::Person;
use crate::snapshot::Client;

/// What an ID token says. It has none of `aid`, `tid`, `scp`: those mark an access token.
#[derive(Serialize)]
struct Claims<'a> {
    amr: &'a [String],
    at_hash: String,
    aud: [&'a str; 1],
    auth_time: i64,
    exp: i64,
    iat: i64,
    iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    sid: &'a str,
    sub: &'a str,
    #[serde(flatten)]
    about: Map<String, Value>,
}

/// Makes the ID token that goes with an access token. `lifetime` is in seconds.
///
/// It carries the claims of its scopes, as ACP's does; userinfo gives the same ones.
pub(super) fn make(
    cx: &Cx,
    client: &Client,
    person: &Person,
    scope: &ScopeSet,
    access_token: &str,
    lifetime: i64,
) -> Result<String, OAuthError> {
    let keys = &cx.workspace.keys;
    // A client may ask for an algorithm that the workspace has a key for.
    let wanted = client.entity.id_token_signed_response_alg.as_deref();
    let wanted = wanted.and_then(|name| name.parse::<Algorithm>().ok());
    let signer = wanted.and_then(|algorithm| keys.signer_for(algorithm)).unwrap_or(&keys.signer);
    let authentication = &person.record.authentication;
    let issuer = cx.issuer();
    let claims = Claims {
        amr: &authentication.amr,
        at_hash: half_hash(signer.algorithm(), access_token),
        aud: [client.id()],
        auth_time: authentication.auth_time,
        exp: cx.now.seconds().saturating_add(lifetime),
        iat: cx.now.seconds(),
        iss: &issuer,
        nonce: person.nonce.as_deref(),
        sid: &authentication.session_id,
        sub: &subject::of(&cx.workspace, client, &authentication.subject),
        about: claims::released(scope, authentication),
    };
    signer.sign_json(&claims).map_err(|error| OAuthError::server_error("signing_failed").detail(error))
}
