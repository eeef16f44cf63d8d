//! Identity providers, one file or folder a kind. `IDPS` is the registry: a kind is a file and a line.

mod static_idp;

use data_encoding::HEXLOWER;
use serde_json::{Map, Value};
use symbolon_protocol::{OAuthError, amr};
use symbolon_store::StoreError;
use symbolon_store::entity::{Idp, Secret};

use super::Person;
use super::accounts;
use crate::cx::Cx;
use crate::refusals::Refused;
use crate::secrets::sha256;
use crate::snapshot::Workspace;

/// A kind of identity provider that checks a user name and a password itself.
///
/// Kinds that send the browser elsewhere will be a second trait with a slice of its own.
pub trait PasswordIdp: Sync {
    /// The kind as `method` of an identity provider names it.
    fn method(&self) -> &'static str;

    /// The stored password hash and what is known about the user; `None` when there is no such user.
    fn find(&self, idp: &Idp, username: &str) -> Option<PasswordUser>;

    /// All users, for requests about somebody who is not here.
    fn users<'a>(&self, idp: &'a Idp) -> Box<dyn Iterator<Item = PasswordUser> + Send + 'a>;
}

/// A user as an identity provider knows them. Without `Debug`: the hash is nobody's business.
#[derive(Clone)]
pub struct PasswordUser {
    /// The user's name at the identity provider.
    pub username: String,
    /// The PHC string of the password.
    pub password_hash: String,
    /// What the identity provider says about the user: the source of claims.
    pub authentication_context: Map<String, Value>,
}

/// Somebody who has shown who they are.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The identity provider that vouches.
    pub idp_id: String,
    /// The user's name there.
    pub username: String,
    /// The id of the account that the user made there; `None` for a user whom the operator listed.
    pub account_id: Option<String>,
    /// Names the password, as [`password_version`] makes it.
    pub password_version: String,
    /// How it was shown (RFC 8176).
    pub amr: Vec<String>,
    /// What the identity provider says about the user.
    pub authentication_context: Map<String, Value>,
}

/// All kinds that check passwords.
pub static PASSWORD_IDPS: &[&dyn PasswordIdp] = &[&static_idp::StaticIdp];

/// Why nobody is logged in. The person learns only what helps them; the operator learns all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginFailure {
    /// No identity provider of the workspace knows the user name.
    UserUnknown,
    /// The user is known, the password is another.
    PasswordWrong,
    /// Too many failures: not looked at.
    TooManyTries {
        /// How long to wait, in seconds.
        seconds: i64,
    },
    /// Too many passwords are being checked: not looked at.
    Busy,
    /// The store does not answer: not looked at.
    Unavailable,
}

impl LoginFailure {
    /// Whether the name or the password was wrong.
    pub const fn is_wrong(&self) -> bool {
        matches!(self, Self::UserUnknown | Self::PasswordWrong)
    }

    /// The failure as the operator reads it.
    pub fn refused(&self) -> Refused {
        Refused::oauth(OAuthError::access_denied(self.reason()).detail(self.detail()))
    }

    /// The reason code in the refusal record.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::UserUnknown => "user_unknown",
            Self::PasswordWrong => "password_wrong",
            Self::TooManyTries { .. } => "too_many_login_failures",
            Self::Busy => "password_hashing_busy",
            Self::Unavailable => "store_unavailable",
        }
    }

    /// A sentence for the operator. User names stay out: people type passwords there.
    pub fn detail(&self) -> String {
        match self {
            Self::UserUnknown => "No identity provider of the workspace has this user.".to_owned(),
            Self::PasswordWrong => "The user exists; the password is another.".to_owned(),
            Self::TooManyTries { seconds } => {
                format!("Tries are not looked at for {seconds} more seconds.")
            }
            Self::Busy => "Too many passwords are being checked.".to_owned(),
            Self::Unavailable => "The store does not answer.".to_owned(),
        }
    }
}

/// Whether the identity provider is still in use and still knows the user, by the same password: a session ends with
/// its account, and one that began with the old password while the new one was being written is none.
///
/// # Errors
/// When the store, which is asked for accounts that people made alone, does not answer.
pub async fn vouches(cx: &Cx, person: &Person) -> Result<bool, StoreError> {
    let Some(idp) = cx.workspace.idps.iter().find(|idp| idp.id == person.idp_id && !idp.disabled) else {
        return Ok(false);
    };
    let now = if person.has_own_account {
        let account = cx.store().find_account(&person.subject).await?;
        account.filter(|account| account.idp_id == idp.id).map(|account| account.password_hash)
    } else {
        let kind = PASSWORD_IDPS.iter().find(|kind| kind.method() == idp.method);
        kind.and_then(|kind| kind.find(idp, &person.username)).map(|user| Secret::new(user.password_hash))
    };
    let is_same = |hash: Secret| {
        person.password_version.as_ref().is_none_or(|before| *before == password_version(hash.reveal()))
    };
    Ok(now.is_some_and(is_same))
}

/// Whether the identity provider is still in use and still has the user, by whatever password: grants end with an
/// account. `own_account` is its id where the person made it themselves.
///
/// # Errors
/// When the store, which is asked for accounts that people made alone, does not answer.
pub async fn has_user(
    cx: &Cx,
    idp_id: &str,
    username: &str,
    own_account: Option<&str>,
) -> Result<bool, StoreError> {
    let Some(idp) = cx.workspace.idps.iter().find(|idp| idp.id == idp_id && !idp.disabled) else {
        return Ok(false);
    };
    if let Some(id) = own_account {
        return cx.store().has_account(&idp.id, id).await;
    }
    let kind = PASSWORD_IDPS.iter().find(|kind| kind.method() == idp.method);
    Ok(kind.is_some_and(|kind| kind.find(idp, username).is_some()))
}

/// Names a password's hash (PHC string) and shows nothing of it: a digest, of which the salt alone is beyond guessing.
pub fn password_version(hash: &str) -> String {
    HEXLOWER.encode(&sha256(format!("password\0{hash}").as_bytes())[..16])
}

/// Asks the workspace's identity providers, in their order, whether these are a user's name and password: first for
/// users whom the operator listed, then for accounts that people made. One hash is computed whether or not there is
/// such a user.
///
/// # Errors
/// When they are not, or when it could not be found out.
pub async fn authenticate(cx: &Cx, username: &str, password: &str) -> Result<Identity, LoginFailure> {
    let found = match find_listed(cx, username) {
        Some((idp, user)) => Some((user.password_hash.clone(), identity(idp, user))),
        None => accounts::find_by_name(cx, username).await.map_err(|error| {
            tracing::error!(%error, "an account was not looked up");
            LoginFailure::Unavailable
        })?,
    };
    let is_own = found.as_ref().is_some_and(|(_, identity)| identity.account_id.is_some());
    let password = if is_own { accounts::password::normal(password) } else { password.into() };
    let hash = found.as_ref().map(|(hash, _)| hash.as_str());
    let matches = cx.app.passwords.verify(&password, hash).await.map_err(|error| {
        tracing::warn!(%error, "a password was not checked");
        LoginFailure::Busy
    })?;
    let (_, identity) = found.ok_or(LoginFailure::UserUnknown)?;
    if matches { Ok(identity) } else { Err(LoginFailure::PasswordWrong) }
}

fn find_listed<'a>(cx: &'a Cx, username: &str) -> Option<(&'a Idp, PasswordUser)> {
    cx.workspace.idps.iter().filter(|idp| !idp.disabled).find_map(|idp| {
        let kind = PASSWORD_IDPS.iter().find(|kind| kind.method() == idp.method)?;
        Some((idp, kind.find(idp, username)?))
    })
}

/// Everybody whom the operator listed and who could log in. Nobody has shown anything: this and what follows is for
/// requests about somebody who is not here.
pub fn listed(cx: &Cx) -> impl Iterator<Item = Identity> {
    users(&cx.workspace).map(|(idp, user)| identity(idp, user))
}

/// All users of a workspace whom the operator listed, with the identity providers that know them.
pub fn users(workspace: &Workspace) -> impl Iterator<Item = (&Idp, PasswordUser)> {
    workspace.idps.iter().filter(|idp| !idp.disabled).flat_map(|idp| {
        let kind = PASSWORD_IDPS.iter().find(|kind| kind.method() == idp.method);
        kind.into_iter().flat_map(|kind| kind.users(idp)).map(move |user| (idp, user))
    })
}

/// The person who logs in with this name.
///
/// # Errors
/// When the store does not answer.
pub async fn find_by_name(cx: &Cx, username: &str) -> Result<Option<Person>, StoreError> {
    let found = match find_listed(cx, username) {
        Some((idp, user)) => Some(identity(idp, user)),
        None => accounts::find_by_name(cx, username).await?.map(|(_, identity)| identity),
    };
    Ok(found.map(|identity| Person::new(cx, identity)))
}

/// The person with this subject of the workspace.
///
/// # Errors
/// When the store does not answer.
pub async fn find_by_subject(cx: &Cx, subject: &str) -> Result<Option<Person>, StoreError> {
    let mut people = listed(cx).map(|identity| Person::new(cx, identity));
    if let Some(person) = people.find(|person| person.subject == subject) {
        return Ok(Some(person));
    }
    let found = accounts::find_by_subject(cx, subject).await?;
    Ok(found.map(|identity| Person::new(cx, identity)))
}

fn identity(idp: &Idp, user: PasswordUser) -> Identity {
    Identity {
        idp_id: idp.id.clone(),
        password_version: password_version(&user.password_hash),
        username: user.username,
        account_id: None,
        amr: amr_of(idp),
        authentication_context: user.authentication_context,
    }
}

/// How a password shows who somebody is at this identity provider (`static_amr`; RFC 8176).
pub fn amr_of(idp: &Idp) -> Vec<String> {
    if idp.static_amr.is_empty() { vec![amr::PASSWORD.to_owned()] } else { idp.static_amr.clone() }
}
