//! The page for a request under a name that the settings do not know.

use serde::Serialize;

use super::language::Language;
use super::link::Link;
use super::marked::{Marked, compare};
use super::page::{Page, Width};

/// The configured address beside the one that was asked, and which setting to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongHostPage {
    /// Scheme and authority of `server.url`, marked where the request differs.
    expected: Marked,
    /// Scheme and authority of the request, marked where it differs.
    requested: Marked,
    /// The same page under the right address.
    pub go_to: Option<Link>,
    /// What an operator finds the request by.
    pub request_id: String,
}

impl WrongHostPage {
    /// The page for a request for `requested` where `server.url` is `expected`.
    pub fn new(expected: &str, requested: &str, go_to: Option<Link>, request_id: &str) -> Self {
        let (expected, requested) = compare(expected, requested);
        Self { expected, requested, go_to, request_id: request_id.to_owned() }
    }
}

impl Page for WrongHostPage {
    const TEMPLATE: &'static str = "wrong_host.html";
    const LANGUAGES: &'static [Language] = &[Language::English];
    const WIDTH: Width = Width::Wide;

    fn samples() -> Vec<(&'static str, Self)> {
        let go_to = Link::parse("https://login.example.com/default/default/oauth2/authorize?client_id=x");
        vec![
            (
                "plain",
                Self::new("https://login.example.com", "https://192.0.2.7:8443", go_to, "01k9-7f3m-q2xd"),
            ),
            ("port", Self::new("https://localhost:8443", "https://localhost:9443", None, "01k9-7f3m-q2xd")),
        ]
    }
}
