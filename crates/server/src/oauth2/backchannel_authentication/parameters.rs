//! The parameters of a request: those of the form, or those of a signed `request` and no others (CIBA §7.1.1).

use std::collections::BTreeMap;

use serde_json::Value;
use symbolon_protocol::{Form, OAuthError};

use super::rules;
use super::signed::{self, Once};
use crate::cx::Cx;
use crate::oauth2::{authorization_details, resource};
use crate::snapshot::Client;

/// What a request may say (CIBA §7.1).
const NAMES: [&str; 10] = [
    "scope",
    authorization_details::PARAMETER,
    "client_notification_token",
    "acr_values",
    "login_hint_token",
    "id_token_hint",
    "login_hint",
    "binding_message",
    "user_code",
    "requested_expiry",
];

/// The parameters, by name.
#[derive(Debug)]
pub(super) struct Parameters {
    values: BTreeMap<&'static str, String>,
    /// The one parameter that may come more than once (RFC 8707 §2).
    resources: Vec<String>,
    /// What a signed request spends.
    once: Option<Once>,
}

impl Parameters {
    /// Reads them from the form, or from the signed request in it.
    ///
    /// # Errors
    /// `invalid_request`; `temporarily_unavailable` when the client's keys cannot be read.
    pub(super) async fn read(cx: &Cx, client: &Client, form: &Form) -> Result<Self, OAuthError> {
        let Some(request) = form.get("request").filter(|request| !request.is_empty()) else {
            if rules::requires_signed(&cx.workspace, client) {
                return Err(OAuthError::invalid_request("request_missing")
                    .description("The requests of this client must be signed: send them as the parameter request.")
                    .detail("backchannel_authentication_request_signing_alg of the client is set, or the profile of the workspace demands it"));
            }
            let value = |name: &'static str| Some((name, form.get(name)?.to_owned()));
            return Ok(Self {
                values: NAMES.into_iter().filter_map(value).collect(),
                resources: form.all(resource::PARAMETER).map(str::to_owned).collect(),
                once: None,
            });
        };
        let mut names = NAMES.into_iter().chain([resource::PARAMETER]);
        if let Some(name) = names.find(|name| form.get(name).is_some()) {
            return Err(OAuthError::invalid_request("parameter_beside_request")
                .description("A signed request holds all parameters: none may stand beside it.")
                .expected("request, and what authenticates the client")
                .got(name));
        }
        let (claims, once) = signed::verify(cx, client, request).await?;
        let mut values = BTreeMap::new();
        for name in NAMES {
            if let Some(value) = claims.get(name) {
                values.insert(name, text(name, value)?);
            }
        }
        let resources = claims.get(resource::PARAMETER).map_or(Ok(Vec::new()), resources)?;
        Ok(Self { values, resources, once: Some(once) })
    }

    /// What the tokens are to be for.
    pub(super) fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(String::as_str)
    }

    /// A parameter that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// # Errors
    /// `invalid_request`.
    pub(super) fn require(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name).ok_or_else(|| {
            OAuthError::invalid_request("parameter_missing")
                .description(format!("The parameter {name} is missing."))
                .expected(name)
        })
    }

    /// Uses the signed request up, if it is one: each counts once.
    ///
    /// # Errors
    /// `invalid_request` when it was used before.
    pub(super) async fn spend(&self, cx: &Cx, client: &Client) -> Result<(), OAuthError> {
        match &self.once {
            Some(once) => once.spend(cx, client).await,
            None => Ok(()),
        }
    }
}

/// A claim as a parameter: a text, or a number as in `requested_expiry` (CIBA §7.1.1).
fn text(name: &'static str, value: &Value) -> Result<String, OAuthError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        // RFC 9396 §2: in a JWT it is what it is, and no text.
        Value::Array(_) if name == authorization_details::PARAMETER => Ok(value.to_string()),
        Value::Number(number) if name == "requested_expiry" => Ok(number.to_string()),
        _ => Err(malformed(name, "a text")),
    }
}

/// One resource or several: what a form repeats is a list in a JWT (RFC 8707 §2).
fn resources(claim: &Value) -> Result<Vec<String>, OAuthError> {
    let one = |value: &Value| value.as_str().map(str::to_owned);
    let several = match claim {
        Value::Array(several) => several.iter().map(one).collect(),
        other => one(other).map(|one| vec![one]),
    };
    several.ok_or_else(|| malformed(resource::PARAMETER, "a text, or a list of texts"))
}

fn malformed(name: &'static str, expected: &'static str) -> OAuthError {
    OAuthError::invalid_request("parameter_malformed")
        .description(format!("The claim {name} of the signed request has the wrong type."))
        .expected(expected)
        .got(name)
}
