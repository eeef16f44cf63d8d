//! What every page has.

use serde::Serialize;

use super::language::Language;
use super::link::Link;

/// One page: what its template is given.
pub trait Page: Serialize {
    /// The template in `assets/templates`.
    const TEMPLATE: &'static str;
    /// The languages it is translated to, English among them.
    const LANGUAGES: &'static [Language] = Language::ALL;
    /// The one script in it: no page needs one to work.
    const SCRIPT: Option<&'static str> = None;
    /// How much room it needs.
    const WIDTH: Width = Width::Narrow;

    /// The pictures it shows from other origins, for its security policy.
    fn pictures(&self) -> impl Iterator<Item = &Link> {
        std::iter::empty()
    }

    /// The pages of other origins that it shows in frames, for its security policy.
    fn frames(&self) -> impl Iterator<Item = &Link> {
        std::iter::empty()
    }

    /// The page in each of its states, with the state's name: for tests and for looking at.
    fn samples() -> Vec<(&'static str, Self)>
    where
        Self: Sized;
}

/// The width of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// A form between two programs.
    Narrow,
    /// Something to read and to work with.
    Wide,
}

/// A client as a person sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClientCard {
    /// Its name.
    pub name: String,
    /// The first letter of the name, shown while there is no logo.
    initial: String,
    /// Its logo.
    pub logo: Option<Link>,
    /// Its home page.
    pub site: Option<Link>,
    /// Its privacy policy.
    pub policy: Option<Link>,
    /// Its terms of service.
    pub terms: Option<Link>,
    /// The host that describes it, where nobody has registered it.
    pub host: Option<String>,
    /// The host that its answer goes to, where it is another one.
    pub returns_to: Option<String>,
}

/// Where a client begins a login (OIDC Core §4, `initiate_login_uri`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restart {
    /// The client's name.
    pub client: String,
    /// The address, with the issuer.
    pub link: Link,
}

impl Restart {
    pub(super) fn sample() -> Option<Self> {
        let link = Link::parse("https://calendar.example/login?iss=https%3A%2F%2Flogin.example")?;
        Some(Self { client: "Northwind Calendar".to_owned(), link })
    }
}

impl ClientCard {
    /// A client with no more than a name; the client id where it has none.
    pub fn new(name: &str) -> Self {
        let initial = name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect());
        Self { name: name.to_owned(), initial: initial.unwrap_or_else(|| "?".to_owned()), ..Self::default() }
    }

    pub(super) fn stranger_sample() -> Self {
        let host = Some("notes.example".to_owned());
        Self { host, returns_to: Some("127.0.0.1:52111".to_owned()), ..Self::new("Notes") }
    }

    pub(super) fn sample() -> Self {
        Self {
            logo: Link::parse(SAMPLE_LOGO),
            site: Link::parse("https://calendar.example"),
            policy: Link::parse("https://calendar.example/privacy"),
            terms: Link::parse("https://calendar.example/terms"),
            ..Self::new("Northwind Calendar")
        }
    }
}

/// A logo that needs no network: a calendar leaf.
const SAMPLE_LOGO: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'%3E%3Crect width='48' height='48' fill='%23fff'/%3E%3Crect x='9' y='11' width='30' height='28' rx='5' fill='none' stroke='%23e0532f' stroke-width='3'/%3E%3Cpath d='M9 19h30M17 7v8M31 7v8' stroke='%23e0532f' stroke-width='3' stroke-linecap='round'/%3E%3Ccircle cx='24' cy='29' r='4' fill='%23e0532f'/%3E%3C/svg%3E";
