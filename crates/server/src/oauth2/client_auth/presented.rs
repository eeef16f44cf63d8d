//! What a request says about who is calling, before anything of it is believed.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use symbolon_protocol::{Authorization, BasicCredentials, Form, OAuthError};

use super::assertion::Assertion;

/// The credentials in a request.
#[derive(Debug)]
pub struct Presented<'a> {
    /// `Authorization: Basic`.
    pub basic: Option<BasicCredentials>,
    /// `client_id` in the form.
    pub client_id: Option<&'a str>,
    /// `client_secret` in the form.
    client_secret: Option<&'a str>,
    /// `client_assertion` in the form.
    pub assertion: Option<Assertion<'a>>,
}

/// A client id, and the secret that came with it.
#[derive(Clone, Copy)]
pub struct Claimed<'a> {
    /// Who the caller says it is.
    pub client_id: &'a str,
    /// The secret, where one was sent.
    pub secret: Option<&'a str>,
    /// The assertion, where one was sent.
    pub assertion: Option<&'a Assertion<'a>>,
}

impl<'a> Presented<'a> {
    /// Reads header and form.
    ///
    /// # Errors
    /// `invalid_client` when header or assertion is malformed or of another kind, `invalid_request` when header and
    /// form name different clients.
    pub fn read(headers: &HeaderMap, form: &'a Form) -> Result<Self, OAuthError> {
        let presented = Self {
            basic: basic(headers)?,
            client_id: form.get("client_id"),
            client_secret: form.get("client_secret"),
            assertion: Assertion::read(form)?,
        };
        if let (Some(basic), Some(client_id)) = (&presented.basic, presented.client_id)
            && !basic.readings().any(|(id, _)| id == client_id)
        {
            return Err(OAuthError::invalid_request("client_id_contradiction")
                .description("The client_id of the form is not that of the Authorization header.")
                .got_name(client_id));
        }
        Ok(presented)
    }

    /// Whether the form holds a secret.
    pub fn has_form_secret(&self) -> bool {
        self.client_secret.is_some()
    }

    /// Who the caller may be, the likeliest first.
    pub fn claims(&self) -> impl Iterator<Item = Claimed<'_>> {
        let basic = self.basic.iter().flat_map(BasicCredentials::readings);
        let header = basic
            .filter(|(id, _)| self.client_id.is_none_or(|client_id| client_id == *id))
            .map(|(client_id, secret)| Claimed { client_id, secret: Some(secret), assertion: None });
        let assertion = self.assertion.as_ref().filter(|_| self.basic.is_none());
        let asserted = assertion.map(|assertion| Claimed {
            client_id: &assertion.client_id,
            secret: None,
            assertion: Some(assertion),
        });
        let form = self.client_id.filter(|_| self.basic.is_none() && self.assertion.is_none());
        let form = form.map(|client_id| Claimed { client_id, secret: self.client_secret, assertion: None });
        header.chain(asserted).chain(form)
    }
}

fn basic(headers: &HeaderMap) -> Result<Option<BasicCredentials>, OAuthError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(OAuthError::invalid_request("authorization_header_repeated")
            .description("The Authorization header is repeated."));
    }
    let value = value.to_str().map_err(|_| {
        OAuthError::invalid_client("authorization_header_malformed")
            .description("The Authorization header is malformed.")
    })?;
    match Authorization::parse(value)? {
        Authorization::Basic(credentials) => Ok(Some(credentials)),
        Authorization::Bearer(_) | Authorization::Dpop(_) => {
            Err(OAuthError::invalid_client("authorization_scheme_wrong")
                .description("A client authenticates with the Basic scheme here.")
                .expected("Basic")
                .got("the scheme of an access token"))
        }
    }
}

/// The secret is not shown.
impl std::fmt::Debug for Claimed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claimed")
            .field("client_id", &self.client_id)
            .field("secret", &self.secret.is_some())
            .finish()
    }
}
