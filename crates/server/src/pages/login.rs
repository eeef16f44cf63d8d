//! The login page.

use serde::Serialize;

use super::device::QR_SAMPLE;
use super::link::Link;
use super::page::{ClientCard, Page};

/// Who asks for a login, and how a person can log in.
///
/// The form posts to the page's own address: `csrf`, `action=login`, `username`, `password`; or `action=cancel`; or
/// `action=idp` with the id of an identity provider as `idp`; or `action=continue` with the id of the account as
/// `account`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoginPage {
    /// The client that the person is on the way to.
    pub client: ClientCard,
    /// Protects the forms.
    pub csrf: String,
    /// Why a login is needed though there was one.
    pub reason: Option<LoginReason>,
    /// Who is logged in, where one may go on with that account.
    pub account: Option<Account>,
    /// What was wrong with the last try.
    pub fault: Option<LoginFault>,
    /// What to fill in: a hint of the client, or what was typed before.
    pub username: String,
    /// Whether there is a form for a user name and a password.
    pub password_form: bool,
    /// Where people may make accounts, if they may: an address relative to the page's own.
    pub register_at: Option<String>,
    /// The picture by which a phone goes on with connecting a device: an address of this server.
    pub device_qr: Option<String>,
    /// Other ways to log in.
    pub idps: Vec<IdpButton>,
}

/// Somebody who is logged in already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Names the session: the value of the hidden field.
    pub id: String,
    /// As they know themselves.
    pub username: String,
}

/// Another identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdpButton {
    /// Its id: the value of the button.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its logo.
    pub logo: Option<Link>,
}

/// Why one must log in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginReason {
    /// The client wants a fresh login.
    Asked,
    /// The client lets the person choose an account.
    SelectAccount,
    /// The last login is older than the client accepts.
    TooOld,
    /// The client expects another account.
    SomebodyElse,
}

/// What was wrong with the last try. Never whether there is such a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LoginFault {
    /// No such user, or another password: nobody is told which.
    WrongPassword,
    /// Too many wrong tries.
    TooManyTries {
        /// How long to wait.
        minutes: u32,
    },
    /// The server has no room for another login at the moment.
    Busy,
    /// People can make no accounts any more.
    RegistrationClosed,
}

impl LoginFault {
    /// Too many tries, with so many seconds to wait.
    pub const fn too_many_tries(seconds: u64) -> Self {
        let minutes = seconds.div_ceil(60);
        Self::TooManyTries { minutes: if minutes > 1440 { 1440 } else { minutes as u32 } }
    }
}

impl Page for LoginPage {
    const TEMPLATE: &'static str = "login.html";

    fn pictures(&self) -> impl Iterator<Item = &Link> {
        self.client.logo.iter().chain(self.idps.iter().filter_map(|idp| idp.logo.as_ref()))
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let plain = Self {
            client: ClientCard::new("My app"),
            csrf: "csrf-sample".to_owned(),
            reason: None,
            account: None,
            fault: None,
            username: String::new(),
            password_form: true,
            device_qr: None,
            register_at: None,
            idps: Vec::new(),
        };
        let idp = |id: &str, name: &str| IdpButton { id: id.to_owned(), name: name.to_owned(), logo: None };
        let full = Self {
            client: ClientCard::sample(),
            reason: Some(LoginReason::TooOld),
            username: "amelia.fischer@northwind.example".to_owned(),
            idps: vec![idp("corp", "Northwind single sign-on"), idp("google", "Google")],
            ..plain.clone()
        };
        let wrong = Self {
            fault: Some(LoginFault::WrongPassword),
            username: "amelia.fischer@northwind.example".to_owned(),
            ..plain.clone()
        };
        let device = Self {
            client: ClientCard::new("Living room"),
            device_qr: Some(QR_SAMPLE.to_owned()),
            ..plain.clone()
        };
        let locked = Self { fault: Some(LoginFault::too_many_tries(280)), ..wrong.clone() };
        let busy = Self { fault: Some(LoginFault::Busy), ..wrong.clone() };
        let idps_only =
            Self { password_form: false, reason: Some(LoginReason::SelectAccount), ..full.clone() };
        let choose = Self {
            reason: Some(LoginReason::SelectAccount),
            account: Some(Account {
                id: "account-sample".to_owned(),
                username: "amelia.fischer@northwind.example".to_owned(),
            }),
            ..plain.clone()
        };
        let asked = Self { reason: Some(LoginReason::Asked), ..plain.clone() };
        let open = Self { register_at: Some("?client_id=app&show=register".to_owned()), ..plain.clone() };
        let closed = Self { fault: Some(LoginFault::RegistrationClosed), ..plain.clone() };
        let hostile = Self {
            client: ClientCard::new(
                "<script>alert(1)</script>\" onload=x Verylongnamewithoutanyspaceatall".repeat(2).as_str(),
            ),
            reason: Some(LoginReason::SomebodyElse),
            username: "\"><img src=x onerror=alert(1)>".to_owned(),
            ..plain.clone()
        };
        vec![
            ("plain", plain),
            ("full", full),
            ("wrong", wrong),
            ("locked", locked),
            ("busy", busy),
            ("idps", idps_only),
            ("asked", asked),
            ("open", open),
            ("closed", closed),
            ("choose", choose),
            ("device", device),
            ("hostile", hostile),
        ]
    }
}
