//! The page for what cannot go back to a client.

use http::StatusCode;
use serde::Serialize;

use super::page::{Page, Restart};

/// What happened, whose fault it probably is, what to do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorPage {
    /// What happened.
    pub kind: ErrorKind,
    /// What an operator finds the request by.
    pub request_id: String,
    /// What the developer of the client wants to know, where it reveals nothing.
    pub developer: Option<Developer>,
    /// The way to begin anew.
    pub restart: Option<Restart>,
}

/// For the developer of the client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Developer {
    /// The OAuth error code.
    pub error: String,
    /// Its description.
    pub description: String,
    /// The rule at fault, as the refusal record names it.
    pub rule: Option<String>,
    /// The parameter at fault.
    pub parameter: Option<String>,
}

/// What happened, as far as a person can tell cases apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// Nobody knows the client.
    UnknownClient,
    /// The client asks to send the answer to an address that it has not registered.
    RedirectUri,
    /// The client's request is malformed.
    BadRequest,
    /// The page is too old, or answered already, or of another browser.
    Expired,
    /// The browser does not keep cookies.
    Cookies,
    /// Not allowed.
    Forbidden,
    /// Nothing is there.
    NotFound,
    /// Too many requests.
    TooMany,
    /// Something broke here.
    Internal,
    /// The service cannot answer at the moment.
    Unavailable,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::UnknownClient,
        Self::RedirectUri,
        Self::BadRequest,
        Self::Expired,
        Self::Cookies,
        Self::Forbidden,
        Self::NotFound,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The status of an answer with this page.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::UnknownClient | Self::RedirectUri | Self::BadRequest | Self::Expired | Self::Cookies => {
                StatusCode::BAD_REQUEST
            }
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let sample = |kind: ErrorKind| Self {
            kind,
            request_id: "01k9-7f3m-q2xd".to_owned(),
            developer: None,
            restart: None,
        };
        let developer = Developer {
            error: "invalid_request".to_owned(),
            description: "The redirect_uri is not registered for this client.".to_owned(),
            rule: Some("redirect_uri_mismatch".to_owned()),
            parameter: Some("redirect_uri".to_owned()),
        };
        let names = [
            "unknown_client",
            "redirect_uri",
            "bad_request",
            "expired",
            "cookies",
            "forbidden",
            "not_found",
            "too_many",
            "internal",
            "unavailable",
        ];
        let mut samples: Vec<_> = names.into_iter().zip(ErrorKind::ALL.iter().copied().map(sample)).collect();
        samples[1].1.developer = Some(developer);
        samples[3].1.restart = Restart::sample();
        samples
    }
}
