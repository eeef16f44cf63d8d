//! The page after a logout, where there is no address to go back to.

use serde::Serialize;

use super::page::{ClientCard, Page, Restart};

/// The session is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoggedOutPage {
    /// The client that the person came from; its site is the way back.
    pub client: Option<ClientCard>,
    /// False where the person chose to stay.
    pub ended: bool,
    /// The way to log in there again.
    pub restart: Option<Restart>,
}

impl Page for LoggedOutPage {
    const TEMPLATE: &'static str = "logged_out.html";

    fn samples() -> Vec<(&'static str, Self)> {
        vec![
            ("plain", Self { client: None, ended: true, restart: None }),
            ("full", Self { client: Some(ClientCard::sample()), ended: true, restart: Restart::sample() }),
            ("stayed", Self { client: Some(ClientCard::sample()), ended: false, restart: None }),
        ]
    }
}
