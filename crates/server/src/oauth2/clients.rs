//! The client that a request names: one that is registered with the workspace, or one that describes itself
//! ([`client_documents`]).

use std::sync::Arc;

use symbolon_protocol::{ErrorCode, OAuthError};
use symbolon_store::StoreError;

use super::client_documents;
use super::error::{ErrorResponse, store_failure};
use super::register::access;
use crate::app::App;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::snapshot::{Client, Workspace};

/// Finds a client of the workspace; `None` when it has none of that id. Active or not.
///
/// # Errors
/// When the store does not answer. `invalid_client` or `temporarily_unavailable` when the client's own document cannot
/// be used or read.
pub async fn find(cx: &Cx, client_id: &str) -> Result<Option<Arc<Client>>, OAuthError> {
    if client_documents::is_url(client_id) {
        // Whoever sends it makes this server ask others: as often as clients register.
        let may_ask = || access::limit(cx).map_err(ErrorResponse::into_error);
        return client_documents::find(&cx.app, &cx.workspace, cx.now, client_id, may_ask).await;
    }
    registered(&cx.app, &cx.workspace, client_id).await
}

/// Finds the client that something of ours names: a token, a session. `None` too when its document is no more.
///
/// # Errors
/// `temporarily_unavailable` when the store or the client's host does not answer.
pub async fn find_known(
    app: &App,
    workspace: &Workspace,
    now: Timestamp,
    client_id: &str,
) -> Result<Option<Arc<Client>>, OAuthError> {
    if client_documents::is_url(client_id) {
        let may_ask = || client_documents::may_ask_again(app, now, client_id);
        let found = client_documents::find(app, workspace, now, client_id, may_ask).await;
        return match found {
            Err(error) if error.code == ErrorCode::InvalidClient => Ok(None),
            found => found,
        };
    }
    registered(app, workspace, client_id).await
}

/// Finds a client where none that describes itself can be: it has no address for logouts, and asks nobody who has not
/// begun it.
///
/// # Errors
/// When the store does not answer.
pub async fn find_registered(
    app: &App,
    workspace: &Workspace,
    client_id: &str,
) -> Result<Option<Arc<Client>>, StoreError> {
    app.snapshots.client(&app.store, workspace, client_id).await
}

async fn registered(
    app: &App,
    workspace: &Workspace,
    client_id: &str,
) -> Result<Option<Arc<Client>>, OAuthError> {
    find_registered(app, workspace, client_id).await.map_err(|error| store_failure(&error))
}
