//! The rules an authorization request must keep, in the order they are checked.
//!
//! By now the client and the redirect URI are known, so a broken rule is told to the client (RFC 6749 §4.1.2.1).
//! A rule reads its own parameters and writes what it found into the request.

mod acr;
mod authorization_details;
mod claims;
mod dpop_jkt;
mod id_token_hint;
mod max_age;
mod nonce;
mod pkce;
pub mod prompt;
mod resource;
pub mod response_mode;
pub mod response_type;
mod scope;
mod source;

use symbolon_protocol::{Form, OAuthError};

use super::request::AuthorizationRequest;
use super::source::Source;
use crate::cx::Cx;
use crate::snapshot::Client;

/// One rule.
pub trait Rule: Sync {
    /// Checks the request, and adds to it what the rule's parameters say.
    ///
    /// # Errors
    /// The error that goes back to the client.
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError>;
}

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The request's context.
    pub cx: &'a Cx,
    /// The client that asks.
    pub client: &'a Client,
    /// The parameters that count.
    pub form: &'a Form,
    /// Where they are from.
    pub source: Source,
    /// Whether the client has signed them. Of a pushed request that the browser brings, that was judged before.
    pub is_signed: bool,
}

/// The rules of what is asked for, in their order.
static RULES: &[&dyn Rule] = &[
    &source::SourceRule,
    &scope::ScopeRule,
    &resource::ResourceRule,
    &authorization_details::AuthorizationDetailsRule,
    &nonce::NonceRule,
    &pkce::PkceRule,
    &dpop_jkt::DpopJktRule,
    &prompt::PromptRule,
    &max_age::MaxAgeRule,
    &id_token_hint::IdTokenHintRule,
    &claims::ClaimsRule,
    &acr::AcrRule,
];

/// Checks a request by every rule: first how the answer travels, so that every later fault travels that way.
///
/// # Errors
/// The error of the first rule that is broken.
pub fn check(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    way(asked, request)?;
    RULES.iter().try_for_each(|rule| rule.check(asked, request))
}

/// How the answer to a request travels that no rule will see, as far as the request says it.
pub fn find_way(asked: &Asked<'_>, request: &mut AuthorizationRequest) {
    // What is wrong with these parameters is the lesser fault: the default takes their place.
    let _fault = way(asked, request);
    response_mode::sign_if_required(asked.cx, request);
}

/// By which mode to answer is looked at though the response type is wrong: that is told by this mode too.
fn way(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let response_type = response_type::ResponseTypeRule.check(asked, request);
    let response_mode = response_mode::ResponseModeRule.check(asked, request);
    response_type.and(response_mode)
}
