//! How a client learns of the answer (CIBA §5): it asks (poll), is told to ask (ping), or is told all (push).

use serde::{Deserialize, Serialize};
use symbolon_protocol::{Confirmation, OAuthError};

use super::parameters::Parameters;
use super::rules;
use crate::cx::Cx;
use crate::oauth2::dpop;
use crate::oauth2::issue::binding;
use crate::snapshot::{Client, Workspace};

/// A token delivery mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The client polls the token endpoint.
    #[default]
    Poll,
    /// The client is told when there is an answer, and then asks the token endpoint for it. It may poll as well.
    Ping,
    /// The client is sent the tokens.
    Push,
}

/// Longest `client_notification_token`, in characters (CIBA §7.1).
const LONGEST_TOKEN: usize = 1024;

impl Mode {
    const ALL: [Self; 3] = [Self::Poll, Self::Ping, Self::Push];

    /// Its name in metadata and registrations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Ping => "ping",
            Self::Push => "push",
        }
    }

    /// Whether the server calls the client.
    pub const fn calls_back(self) -> bool {
        matches!(self, Self::Ping | Self::Push)
    }

    /// Whether the client is sent its tokens.
    pub const fn pushes(self) -> bool {
        matches!(self, Self::Push)
    }
}

/// The modes of a workspace, as far as its profile allows them. Discovery prints them.
pub fn allowed(workspace: &Workspace) -> impl Iterator<Item = Mode> {
    let own = &workspace.server.backchannel_token_delivery_modes_supported;
    let modes = Mode::ALL.into_iter().filter(|mode| own.iter().any(|word| word == mode.as_str()));
    modes.filter(|mode| rules::allows(workspace, *mode))
}

/// The mode that the client is registered for; `poll` where it has named none.
///
/// # Errors
/// `unauthorized_client` when the workspace does not serve it, or the client cannot be called.
pub(super) fn mode(workspace: &Workspace, client: &Client) -> Result<Mode, OAuthError> {
    let word = word(client);
    let mode = allowed(workspace).find(|mode| mode.as_str() == word).ok_or_else(|| {
        let served: Vec<_> = allowed(workspace).map(Mode::as_str).collect();
        OAuthError::unauthorized_client("ciba_delivery_mode_not_served")
            .description("The client is registered for a token delivery mode that is not served here.")
            .detail("backchannel_token_delivery_mode of the client, backchannel_token_delivery_modes_supported of the workspace, or its profile")
            .expected(served.join(", "))
            .got(word)
    })?;
    if mode.calls_back() && endpoint(client).is_none() {
        return Err(OAuthError::unauthorized_client("ciba_notification_endpoint_missing")
            .description("The client has registered no address at which it could be told.")
            .expected("backchannel_client_notification_endpoint"));
    }
    Ok(mode)
}

/// Where the client is told.
pub(super) fn endpoint(client: &Client) -> Option<&str> {
    client.entity.backchannel_client_notification_endpoint.as_deref().filter(|uri| !uri.is_empty())
}

/// Refuses a client at the token endpoint that is sent its tokens (CIBA §11).
///
/// # Errors
/// `unauthorized_client`.
pub fn check_may_ask(client: &Client) -> Result<(), OAuthError> {
    if word(client) != Mode::Push.as_str() {
        return Ok(());
    }
    Err(OAuthError::unauthorized_client("ciba_push_client_polls")
        .description("The client is registered for the delivery mode push: its tokens are sent to it.")
        .expected("poll or ping")
        .got("push"))
}

fn word(client: &Client) -> &str {
    let own = client.entity.backchannel_token_delivery_mode.as_deref();
    own.filter(|word| !word.is_empty()).unwrap_or(Mode::Poll.as_str())
}

/// What is needed to tell the client. It is kept sealed with the request.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Callback {
    /// The name of the request, which the store knows only as a hash.
    pub(super) auth_req_id: String,
    /// The client's own token: the message carries it.
    pub(super) token: String,
    /// Where the server was reached: clients know their issuer by it.
    pub(super) base_url: String,
    /// What pushed tokens are bound to: what the client has shown when it asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) confirmation: Option<Confirmation>,
    /// The message with the tokens, once they are issued: whatever happens, there are no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
}

impl Callback {
    /// What a request brings for it; `None` where the client is not told.
    ///
    /// # Errors
    /// `invalid_request` without a good `client_notification_token`; as [`binding::confirmation`].
    pub(super) async fn of(
        cx: &Cx,
        client: &Client,
        mode: Mode,
        parameters: &Parameters,
        auth_req_id: &str,
    ) -> Result<Option<Self>, OAuthError> {
        if !mode.calls_back() {
            return Ok(None);
        }
        let token = parameters.require("client_notification_token")?;
        if token.len() > LONGEST_TOKEN || !is_bearer(token) {
            return Err(OAuthError::invalid_request("client_notification_token_malformed")
                .description("The client_notification_token is no bearer token of at most 1024 characters.")
                .expected("letters, digits, -._~+/ and = at the end (RFC 6750 §2.1)"));
        }
        let confirmation = match mode.pushes() {
            true => {
                dpop::spend_of(cx).await?;
                binding::confirmation(cx, client)?
            }
            false => None,
        };
        Ok(Some(Self {
            auth_req_id: auth_req_id.to_owned(),
            token: token.to_owned(),
            base_url: cx.base_url.as_str().to_owned(),
            confirmation,
            message: None,
        }))
    }

    /// # Errors
    /// `server_error`: a fault of the build.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, OAuthError> {
        serde_json::to_vec(self).map_err(|error| OAuthError::server_error("record_unwritable").detail(error))
    }
}

/// RFC 6750 §2.1.
fn is_bearer(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::is_bearer;

    #[test]
    fn a_token_can_stand_in_a_header() {
        for good in ["8d67dc78-7faa-4d41-aabd-67707b374255", "a.b~c+d/e_f==", "x"] {
            assert!(is_bearer(good), "{good}");
        }
        for bad in ["", "=", "a b", "a\r\nx: y", "a=b", "a\"", "\u{e9}"] {
            assert!(!is_bearer(bad), "{bad:?}");
        }
    }
}
