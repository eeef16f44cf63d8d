//! How long tokens live: the workspace says, a client may have its own.

use symbolon_store::entity::GoDuration;

use crate::oauth2::profile::Profile;
use crate::snapshot::{Client, Workspace};

/// The lifetime of an ID token where nothing is configured, in seconds.
const ID_TOKEN_SECONDS: i64 = 60 * 60;

/// A code lives this many seconds where nothing is configured. RFC 6749 §4.1.2 recommends at most ten minutes; a client
/// redeems at once.
const CODE_SECONDS: i64 = 60;

/// A grant is kept at least this long, in seconds.
const GRANT_SECONDS: i64 = 24 * 60 * 60;

/// Lifetimes in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of an access token: what `expires_in` says.
    pub access_token: i64,
    /// Of an authorization code.
    pub code: i64,
    /// Of an ID token.
    pub id_token: i64,
    /// Of a refresh token, from its last use.
    pub refresh_token: i64,
}

impl Lifetimes {
    /// How long a grant is kept whose tokens are issued within `wait` seconds: at least as long as they live. A refresh
    /// token prolongs it.
    pub fn grant_after(&self, wait: i64) -> i64 {
        GRANT_SECONDS.max(wait + self.access_token)
    }

    /// The lifetimes of what this workspace issues to this client.
    pub fn of(workspace: &Workspace, client: &Client) -> Self {
        let server = &workspace.server;
        let own = client.entity.token_ttls.as_ref().filter(|_| client.entity.use_custom_token_ttls);
        let code = own.and_then(|own| own.authorization_code_ttl).or(server.authorization_code_ttl);
        // A client's own lifetimes may be older than the profile.
        let longest_code = Profile::of(workspace).longest_code();
        let id_token = own.and_then(|own| own.id_token_ttl).or(server.id_token_ttl);
        Self {
            access_token: own.map_or(server.access_token_ttl, |own| own.access_token_ttl).secs(),
            code: code.map_or(CODE_SECONDS, GoDuration::secs).min(longest_code.unwrap_or(i64::MAX)),
            id_token: id_token.map_or(ID_TOKEN_SECONDS, GoDuration::secs),
            refresh_token: own.map_or(server.refresh_token_ttl, |own| own.refresh_token_ttl).secs(),
        }
    }
}
