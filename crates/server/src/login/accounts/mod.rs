//! Accounts that people make themselves (Initiating User Registration via OpenID Connect 1.0), at a static identity
//! provider whose `settings.public_registration_allowed` is true.
//!
//! An account is its random id: that is the subject of its tokens and consents, so whoever takes the name of an account
//! that is gone is somebody else. Users that the operator listed come first wherever a name is looked up. Where nobody
//! may make accounts and nobody has, the store is not asked.

pub mod fields;
pub mod password;
pub mod register;

use serde_json::Map;
use symbolon_store::entity::server::WorkspaceKind;
use symbolon_store::entity::{Idp, Server};
use symbolon_store::{Account, StoreError};

use super::idps::{Identity, amr_of, password_version};
use crate::cx::Cx;
use crate::snapshot::Workspace;

/// The member of an identity provider's `settings` that lets people make accounts there.
pub const SETTING: &str = "public_registration_allowed";
/// The kind of identity provider that keeps accounts.
const METHOD: &str = "static";

/// The identity provider of the workspace that people may make accounts at: of several the one that is shown first.
/// None where administrators log in, whatever is set there.
pub fn open_at(workspace: &Workspace) -> Option<&Idp> {
    if is_for_administrators(&workspace.server) {
        return None;
    }
    places(workspace).find(|idp| idp.settings.0.get(SETTING) == Some(&true.into()))
}

/// Whether whoever can log in there has rights over others.
pub fn is_for_administrators(server: &Server) -> bool {
    matches!(server.kind, WorkspaceKind::Admin | WorkspaceKind::System)
}

/// The account with this name, in any case. It goes on working when nobody may make accounts any more.
///
/// # Errors
/// When the store does not answer.
pub async fn find_by_name(cx: &Cx, username: &str) -> Result<Option<(String, Identity)>, StoreError> {
    if !may_exist(&cx.workspace) || !fields::is_username(username) {
        return Ok(None);
    }
    let Some(account) = cx.store().find_account_by_name(username).await? else { return Ok(None) };
    let hash = account.password_hash.reveal().to_owned();
    let idp = places(&cx.workspace).find(|idp| idp.id == account.idp_id);
    Ok(idp.map(|idp| (hash, identity(idp, account))))
}

/// The account with this subject.
///
/// # Errors
/// When the store does not answer.
pub async fn find_by_subject(cx: &Cx, subject: &str) -> Result<Option<Identity>, StoreError> {
    if !may_exist(&cx.workspace) {
        return Ok(None);
    }
    let Some(account) = cx.store().find_account(subject).await? else { return Ok(None) };
    let idp = places(&cx.workspace).find(|idp| idp.id == account.idp_id);
    Ok(idp.map(|idp| identity(idp, account)))
}

/// Whether somebody may have an account here: else nobody needs to look.
pub fn may_exist(workspace: &Workspace) -> bool {
    workspace.has_accounts || open_at(workspace).is_some()
}

/// The identity providers that keep accounts, in the order in which people see them.
fn places(workspace: &Workspace) -> impl Iterator<Item = &Idp> {
    workspace.idps.iter().filter(|idp| idp.method == METHOD && !idp.disabled)
}

/// Somebody who made an account: nobody has verified what they said of themselves.
fn identity(idp: &Idp, account: Account) -> Identity {
    let mut authentication_context = Map::new();
    for (name, value) in account.attributes {
        if name == "email" {
            authentication_context.insert("email_verified".to_owned(), false.into());
        }
        authentication_context.insert(name, value);
    }
    Identity {
        idp_id: idp.id.clone(),
        password_version: password_version(account.password_hash.reveal()),
        username: account.username,
        account_id: Some(account.id),
        amr: amr_of(idp),
        authentication_context,
    }
}
