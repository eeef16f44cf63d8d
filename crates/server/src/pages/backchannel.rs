//! The page with what clients ask a person from elsewhere (CIBA §8).

use serde::Serialize;

use super::consent::{ScopeGroup, ScopeLine};
use super::detail::DetailCard;
use super::link::Link;
use super::page::{ClientCard, Page};

/// What waits for the person.
///
/// Each request has a form that posts to the page's own address: `csrf`, `request` and `action=accept` or
/// `action=deny`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackchannelPage {
    /// Who is logged in, as they know themselves.
    pub username: String,
    /// What they answered last.
    pub answered: Option<Answered>,
    /// What waits, the oldest first.
    pub requests: Vec<AskingClient>,
}

/// What a person has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Yes.
    Allowed,
    /// No.
    Refused,
}

/// A client that asks from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskingClient {
    /// Names the request.
    pub id: String,
    /// Who asks.
    pub client: ClientCard,
    /// Protects the form.
    pub csrf: String,
    /// What the client shows: the person compares.
    pub binding_message: Option<String>,
    /// What is asked for, by service.
    pub groups: Vec<ScopeGroup>,
    /// What is asked for beyond scopes.
    pub details: Vec<DetailCard>,
}

impl Page for BackchannelPage {
    const TEMPLATE: &'static str = "backchannel.html";

    fn pictures(&self) -> impl Iterator<Item = &Link> {
        self.requests.iter().filter_map(|request| request.client.logo.as_ref())
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |scope: &str, granted| ScopeLine::new(scope, None, None, granted);
        let account = |scopes| vec![ScopeGroup { service: None, scopes }];
        let plain = AskingClient {
            id: "4f1b".to_owned(),
            client: ClientCard::new("Northwind Bank"),
            csrf: "csrf-sample".to_owned(),
            binding_message: Some("W4SCT".to_owned()),
            groups: account(vec![line("openid", false), line("email", false)]),
            details: Vec::new(),
        };
        let calendar = AskingClient {
            id: "77aa".to_owned(),
            client: ClientCard::sample(),
            binding_message: None,
            groups: account(vec![line("openid", true)]),
            details: vec![DetailCard::sample()],
            ..plain.clone()
        };
        let hostile = AskingClient {
            client: ClientCard::new("</style><script>alert(1)</script>"),
            binding_message: Some("'\"><i>".to_owned()),
            groups: vec![ScopeGroup {
                service: Some("<b>x".to_owned()),
                scopes: vec![ScopeLine::new("'\"><i>", Some("<u>"), Some("a&b<c>"), false)],
            }],
            ..plain.clone()
        };
        let page = |requests| Self { username: "user".to_owned(), answered: None, requests };
        vec![
            ("empty", page(Vec::new())),
            ("one", page(vec![plain.clone()])),
            ("several", Self { answered: Some(Answered::Allowed), ..page(vec![plain, calendar]) }),
            ("refused", Self { answered: Some(Answered::Refused), ..page(Vec::new()) }),
            ("hostile", page(vec![hostile])),
        ]
    }
}
