//! Registration access tokens (RFC 7592 §3): random, bound to one client, kept as SHA-256.
//!
//! A token is replaced whenever it is used to read or to change a registration. Its successor follows from it by a key
//! of the server, so that whoever repeats a request whose answer was lost, or sends two at once, gets the same one. The
//! old token counts for [`GRACE_SECONDS`] more.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use symbolon_protocol::{Form, OAuthError};
use symbolon_store::entity::server::DynamicClientRegistrationSettings;
use symbolon_store::entity::{Client, GoDuration, Secret};
use symbolon_store::{Registration, Stored, TokenSuccession};

use super::metadata::RegisteredClient;
use crate::cx::Cx;
use crate::oauth2::access_token::{self, Scheme};
use crate::oauth2::error::{ErrorResponse, TOKEN_MISSING, store_failure};
use crate::secrets::sha256;

/// How long a replaced token still counts, in seconds.
const GRACE_SECONDS: i64 = 60;

/// A client that manages its own registration.
#[derive(Debug)]
pub struct Manager {
    /// The client as it is registered.
    pub client: Stored<Client>,
    /// The registration access token it came with; `None` where clients manage themselves by access tokens.
    token: Option<(Secret, Registration)>,
}

/// Finds out whether the client `client_id` itself is calling.
///
/// # Errors
/// 401 `invalid_token` for everybody else, and where there is no such client (RFC 7592 §2.1); 403 when it is inactive.
pub async fn authenticate(
    cx: &Cx,
    settings: &DynamicClientRegistrationSettings,
    headers: &HeaderMap,
    client_id: &str,
) -> Result<Manager, ErrorResponse> {
    let of_client = |error: OAuthError| {
        ErrorResponse::at_resource(&cx.workspace, error, Scheme::Bearer)
            .by_bearer()
            .of_client(Some(client_id))
    };
    let token = match settings.disable_registration_token_management {
        true => {
            check_access_token(cx, headers, client_id).await?;
            None
        }
        false => Some(check_registration_token(cx, headers, client_id).await.map_err(of_client)?),
    };
    let found = cx.store().find::<Client>(client_id).await?;
    let client = found.filter(|client| client.dynamically_registered);
    let client = client.ok_or_else(|| of_client(invalid("registered_client_unknown")))?;
    check_certificate(cx, &client).map_err(of_client)?;
    if client.client_status == symbolon_store::entity::client::ClientStatus::Inactive {
        let error = OAuthError::access_denied("client_inactive").description("The client is inactive.");
        return Err(ErrorResponse::with_status(error, StatusCode::FORBIDDEN).of_client(Some(client_id)));
    }
    Ok(Manager { client, token })
}

/// ACP: a client may manage itself with an access token of its own, got by client credentials.
async fn check_access_token(cx: &Cx, headers: &HeaderMap, client_id: &str) -> Result<(), ErrorResponse> {
    let token = access_token::authorize(cx, headers, &Form::default()).await?;
    if token.client.id() == client_id && token.grant.is_none() && token.claims.sub == client_id {
        return Ok(());
    }
    let error = invalid("access_token_of_another")
        .expected("an access token of the client itself")
        .got(token.client.id());
    Err(ErrorResponse::at_resource(&cx.workspace, error, Scheme::Bearer).of_client(Some(client_id)))
}

async fn check_registration_token(
    cx: &Cx,
    headers: &HeaderMap,
    client_id: &str,
) -> Result<(Secret, Registration), OAuthError> {
    let sent = access_token::sent(headers)?.filter(|sent| sent.scheme == Scheme::Bearer);
    let token = sent.map(|sent| sent.token).ok_or_else(|| {
        invalid(TOKEN_MISSING).description("The request needs the registration access token of the client.")
    })?;
    let found = cx.store().find_registration(client_id).await.map_err(|error| store_failure(&error))?;
    let Some(registration) = found else {
        return Err(invalid("registration_unknown").detail("the client did not register itself, or is gone"));
    };
    let digest = sha256(token.as_bytes());
    let is = |hash: &Option<Vec<u8>>| {
        hash.as_deref().is_some_and(|hash| constant_time::verify_slices_are_equal(hash, &digest).is_ok())
    };
    let is_live = |end: Option<i64>| end.is_none_or(|end| cx.now.millis() < end);
    if is(&registration.token_hash) {
        if is_live(registration.token_expires_at) {
            return Ok((Secret::new(token), registration));
        }
        return Err(invalid("registration_token_expired"));
    }
    if is(&registration.former_hash)
        && registration.former_until.is_some()
        && is_live(registration.former_until)
    {
        return Ok((Secret::new(token), registration));
    }
    Err(invalid("registration_token_wrong"))
}

/// `cert_bound_registration_token`: the certificate that the client registered with.
fn check_certificate(cx: &Cx, client: &Client) -> Result<(), OAuthError> {
    let bound = client.confirmation.as_ref().and_then(|confirmation| confirmation.x5t_s256.as_deref());
    let Some(bound) = bound else { return Ok(()) };
    let shown = cx.peer.certificate.as_ref().map(|certificate| certificate.leaf.x5t_s256());
    if shown.as_deref() == Some(bound) {
        return Ok(());
    }
    Err(invalid("registration_certificate_mismatch")
        .description("The registration is bound to the client certificate that the client registered with.")
        .expected(format!("the certificate with x5t#S256 {bound}"))
        .got(shown.as_deref().unwrap_or("no certificate")))
}

impl Manager {
    /// Puts the token for the next request into the answer to this one.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn hand_on(
        self,
        cx: &Cx,
        settings: &DynamicClientRegistrationSettings,
        answer: &mut RegisteredClient,
    ) -> Result<(), ErrorResponse> {
        let Some((token, registration)) = self.token else { return Ok(()) };
        let remaining = |end: Option<i64>| end.map(|end| (end - cx.now.millis()).max(0) / 1000);
        if settings.disable_registration_token_rotation {
            answer.registration_access_token_expires_in = remaining(registration.token_expires_at);
            answer.registration_access_token = Some(token);
            return Ok(());
        }
        let successor = successor(cx, &token);
        let succession = TokenSuccession {
            old: token.reveal(),
            new: successor.reveal(),
            expires_at: expires_at(cx, settings),
            former_until: cx.now.plus_seconds(GRACE_SECONDS).millis(),
        };
        // Where somebody was faster, the successor is in force already: it is the same.
        cx.store().succeed_registration_token(&self.client.client_id, &succession).await?;
        answer.registration_access_token_expires_in = remaining(succession.expires_at);
        answer.registration_access_token = Some(successor);
        Ok(())
    }
}

/// When a registration access token made now expires, in unix milliseconds.
pub fn expires_at(cx: &Cx, settings: &DynamicClientRegistrationSettings) -> Option<i64> {
    let lives = !settings.disable_registration_access_token_expiry;
    let ttl = settings.registration_access_token_ttl;
    // Zero is what clients of the management API send for "not set".
    let ttl = if ttl > GoDuration::ZERO {
        ttl
    } else {
        DynamicClientRegistrationSettings::default().registration_access_token_ttl
    };
    lives.then(|| cx.now.plus_seconds(ttl.secs()).millis())
}

fn successor(cx: &Cx, token: &Secret) -> Secret {
    let tag = hmac::sign(&cx.app.keys.registration, token.reveal().as_bytes());
    Secret::new(URL_SAFE_NO_PAD.encode(tag))
}

fn invalid(reason: &'static str) -> OAuthError {
    OAuthError::invalid_token(reason)
        .description("The registration access token is not valid for this client.")
}
