//! The logout token (Back-Channel Logout §2.4): signed as the client's ID tokens are, and encrypted as they are.

use serde::Serialize;
use serde_json::{Map, Value, json};
use symbolon_protocol::OAuthError;

use super::Notice;
use crate::cx::Cx;
use crate::oauth2::issue::subject;
use crate::oauth2::sealing;
use crate::snapshot::Client;

/// `typ` of the header: no other token of ours has it, and it is no ID token (RFC 8725 §3.11).
pub const TYP: &str = "logout+jwt";
/// The one member of `events`.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// It is read at once: §2.4 recommends two minutes at most.
const SECONDS: i64 = 120;

/// What a logout token says. Never a `nonce`: it would pass for an ID token.
#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    events: Value,
    exp: i64,
    iat: i64,
    iss: &'a str,
    jti: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    sid: &'a str,
    sub: &'a str,
}

/// The token for a client.
///
/// # Errors
/// `server_error` when nothing can sign or encrypt it as the client has registered; `temporarily_unavailable` when the
/// client's `jwks_uri` does not answer.
pub async fn make(cx: &Cx, client: &Client, notice: &Notice) -> Result<String, OAuthError> {
    let entity = &client.entity;
    let claims = Claims {
        aud: client.id(),
        events: json!({ EVENT: Map::new() }),
        exp: cx.now.seconds().saturating_add(SECONDS),
        iat: cx.now.seconds(),
        iss: &cx.issuer(),
        jti: cx.app.rng.uuid().to_string(),
        sid: &subject::session(&cx.workspace, client, &notice.session_id),
        sub: &subject::of(&cx.workspace, client, &notice.subject),
    };
    let signer = sealing::signer(cx, client, entity.id_token_signed_response_alg.as_deref())?;
    let signer =
        signer.with_typ(TYP).map_err(|error| OAuthError::server_error("signing_failed").detail(error))?;
    let signed = sealing::sign(&signer, &claims)?;
    let encrypter = sealing::encrypter(
        cx,
        client,
        entity.id_token_encrypted_response_alg.as_deref(),
        entity.id_token_encrypted_response_enc.as_deref(),
    );
    sealing::nest(encrypter.await?.as_ref(), signed)
}
