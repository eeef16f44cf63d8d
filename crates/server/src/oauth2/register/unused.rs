//! Clients that registered without anybody's approval go after a week, unless somebody uses them: the first code or
//! token makes them stay.

use std::fmt;

use quick_cache::sync::Cache;
use symbolon_protocol::OAuthError;

use crate::cx::Cx;
use crate::oauth2::error::store_failure;
use crate::snapshot::Client;

/// How many clients are remembered to stay.
const CLIENTS: usize = 10_000;

/// Clients that stay: nothing has to be written for them again.
pub struct Kept(Cache<(Box<str>, Box<str>), ()>);

impl Default for Kept {
    fn default() -> Self {
        Self(Cache::new(CLIENTS))
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({})", self.0.len())
    }
}

/// Lets a client stay that somebody uses.
///
/// # Errors
/// `temporarily_unavailable` when the store is away.
pub async fn keep(cx: &Cx, client: &Client) -> Result<(), OAuthError> {
    if !client.entity.dynamically_registered {
        return Ok(());
    }
    // An identifier is unique in its tenant.
    let key = (cx.workspace.tenant_id.clone(), Box::from(client.id()));
    if cx.app.memory.kept.0.get(&key).is_some() {
        return Ok(());
    }
    cx.store().keep_registered_client(client.id()).await.map_err(|error| store_failure(&error))?;
    cx.app.memory.kept.0.insert(key, ());
    Ok(())
}
