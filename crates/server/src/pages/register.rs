//! The page where somebody makes an account.

use serde::Serialize;

use super::link::Link;
use super::page::{ClientCard, Page};

/// Who asks for a login, and what a person says of themselves to have an account.
///
/// The form posts to the page's own address: `csrf`, `action=register`, `username`, `name`, `email`, `password`; or
/// `action=cancel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegisterPage {
    /// The client that the person is on the way to.
    pub client: ClientCard,
    /// Protects the forms.
    pub csrf: String,
    /// Where who has an account already logs in: an address relative to the page's own.
    pub login_at: String,
    /// What was wrong with the last try, but for what was typed.
    pub fault: Option<RegisterFault>,
    /// The name to log in with.
    pub username: InputField,
    /// What the person is called.
    pub name: InputField,
    /// An e-mail address.
    pub email: InputField,
    /// What was wrong with the password. It is never filled in again.
    pub password: Option<PasswordFault>,
    /// Shortest username, in characters.
    pub username_min: usize,
    /// Longest username, in characters.
    pub username_max: usize,
    /// Shortest password, in characters.
    pub password_min: usize,
}

/// What is filled in, and what was wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InputField {
    /// A hint of the client, or what was typed before.
    pub value: String,
    /// What was wrong with it.
    pub fault: Option<InputFault>,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InputFault {
    /// It cannot be what it should be.
    Form,
    /// Somebody else has it.
    Taken,
}

/// What is wrong with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordFault {
    /// Too few characters.
    Short,
    /// Too many.
    Long,
    /// Made of what the person has said of themselves.
    Personal,
    /// Many people have it.
    Common,
    /// A row of keys, a repeat, a date.
    Pattern,
    /// Guessed soon, for whatever reason.
    Easy,
}

/// Why no account was made though what was typed may be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RegisterFault {
    /// Too many accounts were asked for from this network.
    TooMany {
        /// How long to wait.
        minutes: u32,
    },
    /// The server has no room for it at the moment.
    Busy,
}

impl RegisterFault {
    /// Too many, with so many seconds to wait.
    pub const fn too_many(seconds: u64) -> Self {
        let minutes = seconds.div_ceil(60);
        Self::TooMany { minutes: if minutes > 1440 { 1440 } else { minutes as u32 } }
    }
}

impl Page for RegisterPage {
    const TEMPLATE: &'static str = "register.html";

    fn pictures(&self) -> impl Iterator<Item = &Link> {
        self.client.logo.iter()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let plain = Self {
            client: ClientCard::new("My app"),
            csrf: "csrf-sample".to_owned(),
            login_at: "?client_id=app&show=login".to_owned(),
            fault: None,
            username: InputField::default(),
            name: InputField::default(),
            email: InputField::default(),
            password: None,
            username_min: 3,
            username_max: 64,
            password_min: 8,
        };
        let field = |value: &str, fault| InputField { value: value.to_owned(), fault };
        let hinted = Self {
            client: ClientCard::sample(),
            email: field("amelia.fischer@northwind.example", None),
            ..plain.clone()
        };
        let typed = Self {
            username: field("amelia", None),
            name: field("Amelia Fischer", None),
            email: field("amelia.fischer@northwind.example", None),
            ..plain.clone()
        };
        let taken = Self { username: field("amelia", Some(InputFault::Taken)), ..typed.clone() };
        let wrong = Self {
            username: field("amelia fischer", Some(InputFault::Form)),
            name: field("A\u{200b}melia", Some(InputFault::Form)),
            email: field("amelia", Some(InputFault::Form)),
            password: Some(PasswordFault::Short),
            ..plain.clone()
        };
        let with = |fault| Self { password: Some(fault), ..typed.clone() };
        let hostile = Self {
            client: ClientCard::new(
                "<script>alert(1)</script>\" onload=x Verylongnamewithoutanyspaceatall".repeat(2).as_str(),
            ),
            username: field("\"><img src=x onerror=alert(1)>", Some(InputFault::Form)),
            name: field(&"Verylongnamewithoutanyspaceatall".repeat(4), None),
            email: field("' autofocus onfocus=alert(1) x='", Some(InputFault::Form)),
            ..plain.clone()
        };
        vec![
            ("hinted", hinted),
            ("taken", taken),
            ("wrong", wrong),
            ("long", with(PasswordFault::Long)),
            ("personal", with(PasswordFault::Personal)),
            ("common", with(PasswordFault::Common)),
            ("pattern", with(PasswordFault::Pattern)),
            ("easy", with(PasswordFault::Easy)),
            ("locked", Self { fault: Some(RegisterFault::too_many(2100)), ..typed.clone() }),
            ("busy", Self { fault: Some(RegisterFault::Busy), ..typed.clone() }),
            ("hostile", hostile),
            ("plain", plain),
        ]
    }
}
