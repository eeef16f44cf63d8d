//! The consent page.

use serde::Serialize;
use time::Date;

use super::detail::{DetailCard, DetailFact, DetailLabel, DetailValue};
use super::device::AskingDevice;
use super::link::Link;
use super::page::{ClientCard, Page};
use crate::oauth2::claims;

/// Who will get what.
///
/// The form posts to the page's own address: `csrf` and `action=accept` or `action=deny`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsentPage {
    /// Who asks.
    pub client: ClientCard,
    /// Protects the form.
    pub csrf: String,
    /// Who is logged in, as they know themselves.
    pub username: String,
    /// What is asked for, by service.
    pub groups: Vec<ScopeGroup>,
    /// What is asked for beyond scopes.
    pub details: Vec<DetailCard>,
    /// How long the consent holds.
    pub until: Until,
    /// Where it can be taken back.
    pub revoke_at: Option<Link>,
    /// The device that asks, where the person is not on the way to a client.
    pub device: Option<AskingDevice>,
}

/// The scopes of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScopeGroup {
    /// The name of the service; `None` for what belongs to the account itself.
    pub service: Option<String>,
    /// Its scopes.
    pub scopes: Vec<ScopeLine>,
}

/// One scope in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScopeLine {
    /// The scope as it travels.
    pub scope: String,
    /// Its display name. `None` takes our own words where the scope is a well-known one, else its bare name.
    pub title: Option<String>,
    /// What it allows.
    pub description: Option<String>,
    /// Whether it was granted before.
    pub granted: bool,
    /// The claims it stands for, where these alone are asked for and not the scope.
    pub claims: Vec<ClaimWord>,
    /// Whether our own catalogue has words for it.
    well_known: bool,
}

/// One claim in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimWord {
    /// The claim as it travels.
    name: String,
    /// Whether our own catalogue has words for it.
    well_known: bool,
}

impl ClaimWord {
    /// A claim, in our own words where we have some, else as it is described, else by its bare name.
    pub fn new(name: &str, description: Option<&str>) -> Self {
        let well_known = claims::is_standard(name);
        let words = description.map(str::trim).filter(|text| !well_known && !text.is_empty());
        Self { name: words.unwrap_or(name).to_owned(), well_known }
    }
}

/// How long a consent holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Until {
    /// Until it is taken back.
    TakenBack,
    /// For this time alone: it is asked again.
    Once,
    /// Until a day.
    Day {
        /// Day of the month, from 1.
        day: u8,
        /// Month, from 1.
        month: u8,
        /// Year.
        year: i32,
    },
}

/// The scopes that the catalogue has words for (OpenID Connect Core §5.4 and §11).
const WELL_KNOWN: &[&str] = &["openid", "profile", "email", "address", "phone", "offline_access"];

impl ScopeLine {
    /// A scope with the words of its configuration; empty words count as none.
    pub fn new(scope: &str, title: Option<&str>, description: Option<&str>, granted: bool) -> Self {
        let words =
            |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            scope: scope.to_owned(),
            title: words(title),
            description: words(description),
            granted,
            claims: Vec::new(),
            well_known: Self::is_well_known(scope),
        }
    }

    /// Whether there are words for this scope in every language.
    pub fn is_well_known(scope: &str) -> bool {
        WELL_KNOWN.contains(&scope)
    }
}

impl From<Date> for Until {
    fn from(date: Date) -> Self {
        Self::Day { day: date.day(), month: date.month().into(), year: date.year() }
    }
}

impl Page for ConsentPage {
    const TEMPLATE: &'static str = "consent.html";

    fn pictures(&self) -> impl Iterator<Item = &Link> {
        self.client.logo.iter()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |scope: &str, granted| ScopeLine::new(scope, None, None, granted);
        let plain = Self {
            client: ClientCard::new("My app"),
            csrf: "csrf-sample".to_owned(),
            username: "user".to_owned(),
            groups: vec![ScopeGroup {
                service: None,
                scopes: vec![line("openid", false), line("email", false)],
            }],
            details: Vec::new(),
            until: Until::TakenBack,
            revoke_at: None,
            device: None,
        };
        let calendar = ScopeGroup {
            service: Some("Calendar".to_owned()),
            scopes: vec![
                ScopeLine::new(
                    "calendar.read",
                    Some("See your events"),
                    Some("Titles, times, places and guests of all your calendars."),
                    true,
                ),
                ScopeLine::new(
                    "calendar.write",
                    Some("Add and change events"),
                    Some("Also events that others have invited you to."),
                    false,
                ),
            ],
        };
        let unnamed = ScopeGroup {
            service: Some("Payments".to_owned()),
            scopes: vec![ScopeLine::new("payments:initiate", Some(""), None, false)],
        };
        let account = ScopeGroup {
            service: None,
            scopes: vec![
                line("openid", true),
                line("profile", true),
                line("email", false),
                line("offline_access", false),
            ],
        };
        let full = Self {
            client: ClientCard::sample(),
            username: "amelia.fischer@northwind.example".to_owned(),
            groups: vec![account.clone(), calendar, unnamed],
            until: Until::Day { day: 23, month: 12, year: 2026 },
            revoke_at: Link::parse("https://accounts.example/default/default/apps"),
            ..plain.clone()
        };
        let granted = account.scopes.iter().map(|line| ScopeLine { granted: true, ..line.clone() }).collect();
        let again = Self {
            groups: vec![ScopeGroup { service: None, scopes: granted }],
            until: Until::Once,
            ..plain.clone()
        };
        let empty = Self { groups: Vec::new(), ..plain.clone() };
        let device = Self {
            device: Some(AskingDevice {
                user_code: "BCDF-GHJK".to_owned(),
                address: "2001:db8::7".to_owned(),
                qr: super::device::QR_SAMPLE.to_owned(),
            }),
            ..plain.clone()
        };
        let stranger = Self { client: ClientCard::stranger_sample(), ..plain.clone() };
        let names = claims::SCOPE_CLAIMS.iter().flat_map(|(_, names)| names.iter());
        let words = names.map(|name| ClaimWord::new(name, None));
        let words = words.chain([ClaimWord::new("<b>x", Some("Your <i>groups"))]).collect();
        let single = Self {
            groups: vec![ScopeGroup {
                service: None,
                scopes: vec![ScopeLine { claims: words, ..line("profile", false) }],
            }],
            ..plain.clone()
        };
        let before = DetailCard { granted: true, service: None, ..DetailCard::sample() };
        let details = Self { details: vec![DetailCard::sample(), before], ..plain.clone() };
        let hostile_value = DetailValue::Text("<script>alert(1)</script>".to_owned());
        let hostile_detail = DetailCard {
            title: "<b>x".to_owned(),
            description: Some("<u>".to_owned()),
            service: Some("<i>".to_owned()),
            facts: vec![DetailFact {
                label: DetailLabel::Own("<c>\" onload".to_owned()),
                values: vec![hostile_value],
            }],
            ..DetailCard::default()
        };
        let hostile = Self {
            details: vec![hostile_detail],
            client: ClientCard::new("</style><script>alert(1)</script>"),
            groups: vec![ScopeGroup {
                service: Some("<b>x".to_owned()),
                scopes: vec![ScopeLine::new("'\"><i>", Some("<u>"), Some("a&b<c>"), false)],
            }],
            ..plain.clone()
        };
        vec![
            ("plain", plain),
            ("full", full),
            ("again", again),
            ("empty", empty),
            ("device", device),
            ("stranger", stranger),
            ("claims", single),
            ("details", details),
            ("hostile", hostile),
        ]
    }
}
