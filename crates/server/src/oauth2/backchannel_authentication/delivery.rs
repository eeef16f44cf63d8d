//! How a client learns of the answer (CIBA §5): it asks (poll), is told to ask (ping), or is told all (push).

use serde::{Deserialize, Serialize};
use symbolon_protocol::OAuthError;

use super::rules;
use crate::snapshot::{Client, Workspace};

/// A token delivery mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The client polls the token endpoint.
    #[default]
    Poll,
}

impl Mode {
    /// Every mode there is. Discovery prints those that a workspace allows.
    pub const ALL: &[Self] = &[Self::Poll];

    /// Its name in metadata and registrations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
        }
    }

    /// Whether the server calls the client.
    pub const fn calls_back(self) -> bool {
        false
    }
}

/// The modes of a workspace, as far as its profile allows them.
pub fn allowed(workspace: &Workspace) -> impl Iterator<Item = Mode> {
    let own = &workspace.server.backchannel_token_delivery_modes_supported;
    let modes = Mode::ALL.iter().copied().filter(|mode| own.iter().any(|word| word == mode.as_str()));
    modes.filter(|mode| rules::allows(workspace, *mode))
}

/// The mode that the client is registered for; `poll` where it has named none.
///
/// # Errors
/// `unauthorized_client` when the workspace does not serve it.
pub(super) fn mode(workspace: &Workspace, client: &Client) -> Result<Mode, OAuthError> {
    let word = word(client);
    allowed(workspace).find(|mode| mode.as_str() == word).ok_or_else(|| {
        let served: Vec<_> = allowed(workspace).map(Mode::as_str).collect();
        OAuthError::unauthorized_client("ciba_delivery_mode_not_served")
            .description("The client is registered for a token delivery mode that is not served here.")
            .detail("backchannel_token_delivery_mode of the client, backchannel_token_delivery_modes_supported of the workspace, or its profile")
            .expected(served.join(", "))
            .got(word)
    })
}

/// Refuses a client at the token endpoint that is told its tokens (CIBA §11).
///
/// # Errors
/// `unauthorized_client`.
pub fn check_may_ask(client: &Client) -> Result<(), OAuthError> {
    if word(client) != "push" {
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
