//! The users of a static identity provider: what they must be, and their passwords as hashes.

use std::collections::HashSet;

use symbolon_store::entity::idp::{StaticCredentials, StaticUser};
use symbolon_store::entity::{Idp, Secret};

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::passwords;
use crate::login::accounts;
use crate::login::end::{self, Place};
use crate::login::session::subject_of;
use crate::snapshot::Workspace;

/// Most passwords hashed for one request: each takes its while.
const MOST_PASSWORDS: usize = 100;
/// Longest password, in bytes.
const PASSWORD_LENGTH: usize = 1024;

/// Notes everything in the users that cannot be accepted. `before` are the users whose passwords are known.
pub(super) fn check(idp: &Idp, before: &[StaticUser], faults: &mut Faults) {
    let users = idp.credentials.as_ref().map_or(&[][..], |credentials| &credentials.users);
    let mut names = HashSet::new();
    for (index, user) in users.iter().enumerate() {
        let at = |member: &str| format!("credentials.users[{index}].{member}");
        if user.username.trim().is_empty() || user.username.len() > 200 {
            faults.add(at("username"), "must have 1 to 200 bytes");
        } else if !names.insert(&user.username) {
            faults.add(at("username"), "is there twice");
        }
        match &user.password {
            Some(password) if password.reveal().len() > PASSWORD_LENGTH => {
                faults.add(at("password"), "is too long");
            }
            Some(_) => {}
            None if before.iter().any(|known| known.username == user.username) => {}
            None => faults.add(at("password"), "must be given for a new user"),
        }
    }
    let given = users.iter().filter(|user| user.password.is_some()).count();
    if given > MOST_PASSWORDS {
        faults.add("credentials.users", format!("can bring at most {MOST_PASSWORDS} passwords at a time"));
    }
}

/// Notes new users whose names people have given the accounts that they made: those could log in no more.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn check_not_taken(
    cx: &ManagementCx,
    workspace: &Workspace,
    idp: &Idp,
    before: &[StaticUser],
    faults: &mut Faults,
) -> Result<(), ApiError> {
    if !accounts::may_exist(workspace) {
        return Ok(());
    }
    let users = idp.credentials.as_ref().map_or(&[][..], |credentials| &credentials.users);
    for (index, user) in users.iter().enumerate() {
        if before.iter().any(|known| known.username == user.username) {
            continue;
        }
        let taken = cx.store(&workspace.id).find_account_by_name(&user.username).await?;
        let at = format!("credentials.users[{index}].username");
        faults.check(taken.is_none(), &at, "is the name of an account that somebody has made");
    }
    Ok(())
}

/// Replaces passwords by their hashes. A user without one keeps the hash of before.
///
/// # Errors
/// 429 when too many passwords are being hashed.
pub(super) async fn hash(cx: &ManagementCx, idp: &mut Idp, before: &[StaticUser]) -> Result<(), ApiError> {
    let StaticCredentials { users } = idp.credentials.get_or_insert_default();
    for user in users {
        user.password = match &user.password {
            Some(password) => Some(Secret::new(passwords::hash_one(cx, password).await?)),
            None => before
                .iter()
                .find(|known| known.username == user.username)
                .and_then(|known| known.password.clone()),
        };
    }
    Ok(())
}

/// Users of before whose logins end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    /// Those who are there no more, by their names.
    pub(super) removed: Vec<String>,
    /// Those who are given a password.
    pub(super) changed: Vec<String>,
}

impl Ended {
    /// Those whose logins end when `before` become the users of `idp`. A user without a password keeps that of before.
    pub(super) fn by(idp: &Idp, before: &[StaticUser]) -> Self {
        let users = idp.credentials.as_ref().map_or(&[][..], |credentials| &credentials.users);
        let mut ended = Self::default();
        for known in before {
            match users.iter().find(|user| user.username == known.username) {
                None => ended.removed.push(known.username.clone()),
                Some(user) if user.password.is_some() => ended.changed.push(known.username.clone()),
                Some(_) => {}
            }
        }
        ended
    }

    /// All of an identity provider that goes.
    pub(super) fn all(idp: &Idp) -> Self {
        let users = idp.credentials.iter().flat_map(|credentials| &credentials.users);
        Self { removed: users.map(|user| user.username.clone()).collect(), changed: Vec::new() }
    }

    /// Ends them: who knew the password of before is logged in no more, and of an account that is gone nothing is
    /// left. Clients are told.
    ///
    /// # Errors
    /// When the store does not answer: the change itself is kept. Nobody vouches for those who were removed, nor for a
    /// login with the password of before: what did not end is refused.
    pub(super) async fn end(
        self,
        cx: &ManagementCx,
        workspace_id: &str,
        idp_id: &str,
    ) -> Result<(), ApiError> {
        let workspace = cx.workspace(workspace_id).await?;
        let place = Place { app: &cx.app, workspace: &workspace, base_url: &cx.base_url, now: cx.now };
        for username in &self.changed {
            end::end_sessions(&place, &subject_of(&workspace.server, idp_id, username)).await?;
        }
        for username in &self.removed {
            end::end_user(&place, &subject_of(&workspace.server, idp_id, username)).await?;
        }
        Ok(())
    }
}
