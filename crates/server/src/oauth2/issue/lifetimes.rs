//! How long tokens live: the workspace says, a client may have its own.

use symbolon_protocol::Confirmation;
use symbolon_store::entity::client::TokenTtls;
use symbolon_store::entity::{GoDuration, Server};

use crate::faults::Faults;
use crate::oauth2::profile::Profile;
use crate::snapshot::{Client, Workspace};

/// The lifetime of an ID token where nothing is configured, in seconds.
const ID_TOKEN_SECONDS: i64 = 60 * 60;

/// A code lives this many seconds where nothing is configured. RFC 6749 §4.1.2 recommends at most ten minutes; a client
/// redeems at once.
const CODE_SECONDS: i64 = 60;

/// RFC 6749 §4.1.2: a maximum authorization code lifetime of 10 minutes is RECOMMENDED. In seconds.
const LONGEST_CODE_SECONDS: i64 = 600;

/// A grant is kept at least this long, in seconds.
const GRANT_SECONDS: i64 = 24 * 60 * 60;

/// Lifetimes in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of an access token that is bound to a certificate or a key.
    access_token: i64,
    /// Of one that whoever has it can use.
    unbound_access_token: i64,
    /// Of an authorization code.
    pub code: i64,
    /// Of an ID token.
    pub id_token: i64,
    /// Of a refresh token, from its last use.
    pub refresh_token: i64,
}

/// The lifetimes that a workspace or a client sets, each by its member.
#[derive(Clone, Copy, Debug)]
pub struct Settings([(&'static str, Option<GoDuration>); 4]);

impl Settings {
    /// Those of a workspace.
    pub fn of_workspace(server: &Server) -> Self {
        Self([
            ("access_token_ttl", Some(server.access_token_ttl)),
            (CODE, server.authorization_code_ttl),
            ("id_token_ttl", server.id_token_ttl),
            ("refresh_token_ttl", Some(server.refresh_token_ttl)),
        ])
    }

    /// Those of a client.
    pub fn of_client(ttls: &TokenTtls) -> Self {
        Self([
            ("access_token_ttl", Some(ttls.access_token_ttl)),
            (CODE, ttls.authorization_code_ttl),
            ("id_token_ttl", ttls.id_token_ttl),
            ("refresh_token_ttl", Some(ttls.refresh_token_ttl)),
        ])
    }

    /// Notes what is no lifetime: what would be over when it is issued, and codes that live too long. `prefix` stands
    /// before the members.
    pub fn check(self, prefix: &str, faults: &mut Faults) {
        for (name, ttl) in self.0 {
            let Some(ttl) = ttl else { continue };
            let path = format!("{prefix}{name}");
            faults.check(ttl.secs() >= 1, &path, "must be at least 1s");
            faults.check(
                name != CODE || ttl <= GoDuration::from_secs(LONGEST_CODE_SECONDS),
                &path,
                "must be at most 10m0s (RFC 6749 §4.1.2)",
            );
        }
    }
}

const CODE: &str = "authorization_code_ttl";

impl Lifetimes {
    /// How long an access token lives that is bound to this: what `expires_in` says.
    pub fn access_token(&self, confirmation: Option<&Confirmation>) -> i64 {
        match confirmation {
            Some(_) => self.access_token,
            None => self.unbound_access_token,
        }
    }

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
        let profile = Profile::of(workspace);
        // Settings may be older than the profile, and than this rule.
        let longest_code = profile.longest_code().unwrap_or(LONGEST_CODE_SECONDS);
        let id_token = own.and_then(|own| own.id_token_ttl).or(server.id_token_ttl);
        let access_token = own.map_or(server.access_token_ttl, |own| own.access_token_ttl).secs();
        let longest_unbound = profile.longest_unbound_access_token().unwrap_or(i64::MAX);
        Self {
            access_token,
            unbound_access_token: access_token.min(longest_unbound),
            code: code.map_or(CODE_SECONDS, GoDuration::secs).min(longest_code.min(LONGEST_CODE_SECONDS)),
            id_token: id_token.map_or(ID_TOKEN_SECONDS, GoDuration::secs),
            refresh_token: own.map_or(server.refresh_token_ttl, |own| own.refresh_token_ttl).secs(),
        }
    }
}
