//! The page that asks whether to log out (OpenID Connect RP-Initiated Logout §3).

use serde::Serialize;

use super::page::{ClientCard, Page};

/// Whether to end the session.
///
/// The form posts to the page's own address: `csrf` and `action=logout` or `action=stay`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogoutPage {
    /// Protects the form.
    pub csrf: String,
    /// Who is logged in.
    pub username: String,
    /// The client that asks, where it is known.
    pub client: Option<ClientCard>,
}

impl Page for LogoutPage {
    const TEMPLATE: &'static str = "logout.html";

    fn pictures(&self) -> impl Iterator<Item = &super::link::Link> {
        self.client.iter().filter_map(|client| client.logo.as_ref())
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let plain = Self { csrf: "csrf-sample".to_owned(), username: "user".to_owned(), client: None };
        let full = Self {
            username: "amelia.fischer@northwind.example".to_owned(),
            client: Some(ClientCard::sample()),
            ..plain.clone()
        };
        vec![("plain", plain), ("full", full)]
    }
}
