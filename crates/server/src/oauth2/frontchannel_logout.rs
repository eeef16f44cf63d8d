//! OpenID Connect Front-Channel Logout 1.0: clients that log the person out in a frame of the page that is shown when a
//! session ends.

use crate::snapshot::Client;

/// What is shown in a frame for a client, if it wants to be.
pub fn uri(client: &Client) -> Option<&str> {
    client.entity.frontchannel_logout_uri.as_deref().filter(|uri| !uri.is_empty())
}
