//! An account is made: what was typed is looked at, counted, and kept.
//!
//! In this order, so that a stranger gets no work done for nothing: what costs nothing, then the address is counted, then
//! the name is looked up and the password is judged and hashed. That a name is taken cannot be hidden from who wants it;
//! the count bounds how many names an address can try.

use data_encoding::HEXLOWER;
use serde_json::Map;
use symbolon_protocol::{Form, OAuthError};
use symbolon_store::entity::{Idp, Secret};
use symbolon_store::{NewAccount, StoreError};

use super::fields::{is_email, is_name, is_of_a_listed_user, is_username};
use super::open_at;
use super::password::{self, Weakness};
use crate::cx::Cx;
use crate::login::attempt;
use crate::login::password::PasswordError;
use crate::login::session::Person;
use crate::refusals::Refused;

/// Who sends the form twice within so many seconds is not told that the name is taken.
const SECOND_CLICK_SECONDS: i64 = 60;

/// What was typed, but for the password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The name to log in with.
    pub username: String,
    /// What the person is called.
    pub name: String,
    /// An e-mail address.
    pub email: String,
}

/// What is wrong with a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsernameFault {
    /// Nobody can be called so.
    Form,
    /// Somebody is called so.
    Taken,
}

/// What is wrong with what was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// With the username.
    pub username: Option<UsernameFault>,
    /// The name cannot be shown.
    pub name: bool,
    /// The e-mail address is none.
    pub email: bool,
    /// With the password.
    pub password: Option<Weakness>,
}

/// Why no account was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody may make accounts here, or nobody may any more.
    Closed,
    /// Something has to be typed anew.
    Faults(Faults),
    /// The address has asked for too many accounts.
    TooMany {
        /// How long to wait, in seconds.
        seconds: i64,
    },
    /// Too many passwords are being hashed.
    Busy,
    /// The store does not answer.
    Unavailable,
}

impl Typed {
    /// What a form holds. Spaces around it are nobody's intention.
    pub fn of(form: &Form) -> Self {
        let field = |name| form.get(name).unwrap_or_default().trim().to_owned();
        Self { username: field("username"), name: field("name"), email: field("email") }
    }

    /// What a client knows of the person already.
    pub fn of_hint(login_hint: Option<&str>) -> Self {
        let hint = login_hint.unwrap_or_default().trim().to_owned();
        if hint.contains('@') {
            return Self { email: hint, ..Self::default() };
        }
        Self { username: hint, ..Self::default() }
    }

    fn faults(&self, password: &str) -> Faults {
        Faults {
            username: (!is_username(&self.username)).then_some(UsernameFault::Form),
            name: !is_name(&self.name),
            email: !self.email.is_empty() && !is_email(&self.email),
            password: password::check_length(password).err(),
        }
    }
}

/// Makes the account that a form asks for. Returns who has it.
///
/// # Errors
/// Why there is none.
pub async fn register(cx: &Cx, typed: &Typed, password: &str) -> Result<Person, Failure> {
    let idp = open_at(&cx.workspace).ok_or(Failure::Closed)?;
    let password = password::normal(password);
    Faults::into_result(typed.faults(&password))?;
    let limit = cx.app.config.limits.accounts;
    let counted = cx.app.memory.accounts.begin(cx.peer.remote.ip(), limit, cx.now);
    counted.map_err(|seconds| Failure::TooMany { seconds })?;
    if is_of_a_listed_user(&cx.workspace.idps, &typed.username) {
        return Err(taken());
    }
    let found = cx.store().find_account_by_name(&typed.username).await?;
    if let Some(found) = found {
        return again(cx, typed, &password, found.created_at).await;
    }
    let hash = hash(cx, typed, &password).await?;
    match insert(cx, idp, typed, &Secret::new(hash)).await {
        Ok(person) => {
            attempt::begins_at(cx, &person.username);
            cx.app.metrics.login("registered");
            tracing::info!(
                tenant = &*cx.workspace.tenant_id,
                workspace = &*cx.workspace.id,
                idp = idp.id,
                account = person.subject,
                "account made"
            );
            Ok(person)
        }
        Err(StoreError::Conflict { .. }) => again(cx, typed, &password, cx.now.millis()).await,
        Err(error) => Err(error.into()),
    }
}

async fn hash(cx: &Cx, typed: &Typed, password: &str) -> Result<String, Failure> {
    let personal = [&typed.username, &typed.name, &typed.email].map(Clone::clone);
    let personal: Vec<String> = personal.into_iter().chain([cx.workspace.name().to_owned()]).collect();
    let is_good = move |password: &str| password::check_strength(password, &personal);
    let hashed = cx.app.passwords.hash_if(password, cx.app.rng.bytes(), is_good).await;
    let hashed = hashed.map_err(|error| match error {
        PasswordError::Busy => Failure::Busy,
        PasswordError::Hash(_) => {
            tracing::error!(%error, "no account was made");
            Failure::Unavailable
        }
    })?;
    hashed.map_err(|weakness| Failure::Faults(Faults { password: Some(weakness), ..Faults::default() }))
}

async fn insert(cx: &Cx, idp: &Idp, typed: &Typed, password_hash: &Secret) -> Result<Person, StoreError> {
    let id = HEXLOWER.encode(&cx.app.rng.bytes::<32>());
    let mut attributes = Map::new();
    for (name, value) in [("name", &typed.name), ("email", &typed.email)] {
        if !value.is_empty() {
            attributes.insert(name.to_owned(), value.clone().into());
        }
    }
    let new = NewAccount {
        id: &id,
        idp_id: &idp.id,
        username: &typed.username,
        password_hash,
        attributes: &attributes,
        // Nodes that have heard already that nobody may make accounts here must learn that somebody has.
        is_news: !cx.workspace.has_accounts,
    };
    let account = cx.store().insert_account(&new, cx.now.millis()).await?;
    Ok(Person::new(cx, super::identity(idp, account)))
}

/// The name is taken: by the same person, if it was a moment ago and the password is the one.
async fn again(cx: &Cx, typed: &Typed, password: &str, created_at: i64) -> Result<Person, Failure> {
    if cx.now.millis() - created_at > SECOND_CLICK_SECONDS * 1000 {
        return Err(taken());
    }
    attempt::by_password(cx, &typed.username, password).await.map_err(|_| taken())
}

const fn taken() -> Failure {
    Failure::Faults(Faults {
        username: Some(UsernameFault::Taken),
        name: false,
        email: false,
        password: None,
    })
}

impl Faults {
    fn into_result(self) -> Result<(), Failure> {
        if self == Self::default() { Ok(()) } else { Err(Failure::Faults(self)) }
    }

    /// What is wrong with which field; never what was typed.
    fn words(self) -> String {
        let username = self.username.map(|fault| match fault {
            UsernameFault::Form => "username: form",
            UsernameFault::Taken => "username: taken",
        });
        let password = self.password.map(|weakness| format!("password: {}", weakness.as_str()));
        let rest = [self.name.then_some("name: form"), self.email.then_some("email: form")];
        let all = [username].into_iter().chain(rest).flatten().map(str::to_owned);
        all.chain(password).collect::<Vec<_>>().join(", ")
    }
}

impl Failure {
    /// The failure as the operator reads it.
    pub fn refused(&self) -> Refused {
        let error = OAuthError::access_denied(self.reason());
        Refused::oauth(match self {
            Self::Closed => error.detail("no identity provider of the workspace lets people make accounts"),
            Self::Faults(faults) => error.detail(faults.words()),
            Self::TooMany { seconds } => {
                error.detail(format!("the next one in {seconds} s (limits.accounts)"))
            }
            Self::Busy => error.detail("Too many passwords are being hashed."),
            Self::Unavailable => error.detail("The store does not answer."),
        })
    }

    const fn reason(&self) -> &'static str {
        match self {
            Self::Closed => "registration_closed",
            Self::Faults(_) => "account_refused",
            Self::TooMany { .. } => "too_many_accounts",
            Self::Busy => "password_hashing_busy",
            Self::Unavailable => "store_unavailable",
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "no account was made");
        Self::Unavailable
    }
}
