//! OpenID Connect Back-Channel Logout 1.0: clients that are told, server to server, that a session is over.
//!
//! A [`Notice`] is a row, written with the end of the session. [`deliver`] sends it: a [logout token](token) by POST to
//! the client's `backchannel_logout_uri`.

pub mod deliver;
pub mod token;

use serde::{Deserialize, Serialize};
use symbolon_store::NewLogoutNotice;

use crate::app::App;
use crate::clock::Timestamp;
use crate::login::end::Place;
use crate::snapshot::Client;

/// A client is told within this time, or not at all, in seconds.
const LIFETIME_SECONDS: i64 = 60 * 60;

/// What a client is told. The document of the store's `logout_notices` row; the client is a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who was logged in: the subject in the workspace.
    pub subject: String,
    /// The session that is over (`sid`); empty: all sessions.
    pub session_id: String,
    /// Where the server was reached when it ended: clients know their issuer by it.
    pub base_url: String,
    /// The client, as the row names it. Not part of the document.
    #[serde(skip)]
    client_id: String,
}

impl Notice {
    /// The notice that is due to a client, with an id; `None` for a client that has registered no address, or that
    /// wants the session named where there is none.
    pub fn due(
        place: &Place<'_>,
        client: &Client,
        subject: &str,
        session_id: &str,
    ) -> Option<(String, Self)> {
        uri(client)?;
        if session_id.is_empty() && client.entity.backchannel_logout_session_required {
            return None;
        }
        let notice = Self {
            subject: subject.to_owned(),
            session_id: session_id.to_owned(),
            base_url: place.base_url.as_str().to_owned(),
            client_id: client.id().to_owned(),
        };
        Some((place.app.rng.uuid().to_string(), notice))
    }

    /// The row that keeps it.
    pub fn row<'a>(&'a self, id: &'a str, now: Timestamp) -> NewLogoutNotice<'a, Self> {
        let expires_at = now.plus_seconds(LIFETIME_SECONDS).millis();
        NewLogoutNotice { id, client_id: &self.client_id, doc: self, due_at: now.millis(), expires_at }
    }
}

/// Where the client is told, if it wants to be.
pub fn uri(client: &Client) -> Option<&str> {
    client.entity.backchannel_logout_uri.as_deref().filter(|uri| !uri.is_empty())
}

/// Tells this node's worker that notices were written. Those of other nodes look for themselves.
pub fn wake(app: &App, notices: usize) {
    if notices > 0 {
        app.memory.logout_notices.notify_one();
    }
}
