//! OpenID Connect Front-Channel Logout 1.0: clients that log the person out in a frame of the page that is shown when a
//! session ends.

use std::sync::Arc;

use super::issue::subject;
use super::response_modes::with_query;
use crate::cx::Cx;
use crate::pages::Link;
use crate::snapshot::Client;

/// Most frames of a page.
const FRAMES: usize = 32;

/// What is shown in a frame for a client, if it wants to be.
pub fn uri(client: &Client) -> Option<&str> {
    client.entity.frontchannel_logout_uri.as_deref().filter(|uri| !uri.is_empty())
}

/// The frames for the clients that took part in a session: each client's page, told which session of which issuer it
/// is (§3).
pub fn frames(cx: &Cx, clients: &[Arc<Client>], sid: &str) -> Vec<Link> {
    let issuer = cx.issuer();
    let uris = clients.iter().filter_map(|client| Some((client, uri(client)?)));
    let with_session = uris.map(|(client, uri)| {
        let sid = subject::session(&cx.workspace, client, sid);
        with_query(uri, &[("iss", &*issuer), ("sid", &*sid)])
    });
    with_session.filter_map(|address| Link::parse(&address)).take(FRAMES).collect()
}
