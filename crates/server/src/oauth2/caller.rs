//! Who asks about a token, or ends it: a client that authenticates itself, or the bearer of a token for just that.

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use symbolon_protocol::{Form, OAuthError};

use super::error::ErrorResponse;
use super::{access_token, client_auth};
use crate::cx::Cx;
use crate::snapshot::Client;

/// Introspection of any token of the workspace (ACP).
pub const INTROSPECT_TOKENS: &str = "introspect_tokens";
/// Revocation of any token of the workspace (ACP).
pub const REVOKE_TOKENS: &str = "revoke_tokens";

/// Somebody who may speak about tokens.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The client that calls, or whose token is used to call.
    pub client: Arc<Client>,
    /// Whether it may speak about tokens of others.
    pub of_any_client: bool,
}

impl Caller {
    /// Authenticates the caller. `scope` allows to speak about tokens of others: a bearer token must have it, a
    /// confidential client be registered for it.
    ///
    /// # Errors
    /// `invalid_client`, `invalid_token`, `insufficient_scope`.
    pub async fn authenticate(
        cx: &Cx,
        headers: &HeaderMap,
        form: &Form,
        scope: &'static str,
    ) -> Result<Self, ErrorResponse> {
        if has_token(headers) {
            let token = access_token::authorize(cx, headers, &Form::default()).await?;
            if !token.claims.has_scope(scope) {
                let error = OAuthError::insufficient_scope("scope_missing")
                    .description(format!("The access token lacks the scope {scope}."))
                    .expected(scope)
                    .got(token.claims.scopes());
                return Err(ErrorResponse::at_resource(&cx.workspace, error, token.claims.scheme())
                    .of_client(Some(token.client.id())));
            }
            return Ok(Self { client: token.client, of_any_client: true });
        }
        let client = client_auth::authenticate(cx, headers, form).await?.client;
        let of_any_client = !client.auth_method.is_public() && client.scopes.contains(scope);
        Ok(Self { client, of_any_client })
    }

    /// Whether it is this client itself.
    pub fn is(&self, client: &Client) -> bool {
        self.client.id() == client.id()
    }
}

fn has_token(headers: &HeaderMap) -> bool {
    let value = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"Bearer") || scheme.eq_ignore_ascii_case(b"DPoP")
}
