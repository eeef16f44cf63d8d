//! The users of a static identity provider: what they must be, and their passwords as hashes.

use std::collections::HashSet;

use symbolon_store::entity::idp::{StaticCredentials, StaticUser};
use symbolon_store::entity::{Idp, Secret};

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::passwords;
use crate::login::session::subject_of;

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

/// The users of before who are there no more, or are given a password.
pub(super) fn with_other_passwords(idp: &Idp, before: &[StaticUser]) -> Vec<String> {
    let users = idp.credentials.as_ref().map_or(&[][..], |credentials| &credentials.users);
    let keeps = |known: &StaticUser| {
        users.iter().any(|user| user.username == known.username && user.password.is_none())
    };
    before.iter().filter(|known| !keeps(known)).map(|known| known.username.clone()).collect()
}

/// Ends the sessions of users: who knew the password of before is logged in no more.
///
/// # Errors
/// When the store does not answer: the change itself is kept, and the call can be repeated.
pub(super) async fn end_sessions(
    cx: &ManagementCx,
    workspace_id: &str,
    idp_id: &str,
    usernames: &[String],
) -> Result<(), ApiError> {
    let workspace = cx.workspace(workspace_id).await?;
    for username in usernames {
        let subject = subject_of(&workspace.server, idp_id, username);
        cx.store(workspace_id).delete_sessions_of_user(&subject).await?;
    }
    Ok(())
}
