//! The words and rules of OAuth 2 and OpenID Connect: no I/O, no async, no HTTP framework.
//!
//! Every module is named after what the specifications call the thing. Text that comes from a stranger is
//! parsed here, strictly, into values that cannot be wrong any more; what the rules forbid is an
//! [`OAuthError`] or the error enum of the module.

mod base64url;

pub mod acr;
pub mod amr;
pub mod application_type;
pub mod authorization_details;
pub mod authorization_header;
pub mod claims_request;
pub mod client_auth_method;
pub mod code_challenge_method;
pub mod discovery;
pub mod error;
pub mod error_code;
pub mod form;
pub mod grant_type;
pub mod id;
pub mod introspection;
pub mod pkce;
pub mod prompt;
pub mod redirect_uri;
pub mod response_mode;
pub mod response_type;
pub mod scope;
pub mod subject_type;
pub mod token_response;
pub mod token_type;
pub mod token_type_hint;
pub mod www_authenticate;

pub use acr::AcrValues;
pub use application_type::ApplicationType;
pub use authorization_details::{AuthorizationDetail, AuthorizationDetails};
pub use authorization_header::{Authorization, BasicCredentials};
pub use claims_request::{ClaimRequest, ClaimsRequest};
pub use client_auth_method::ClientAuthMethod;
pub use code_challenge_method::CodeChallengeMethod;
pub use discovery::{MtlsEndpointAliases, ProviderMetadata};
pub use error::{OAuthError, Reason, name_or_beginning};
pub use error_code::ErrorCode;
pub use form::Form;
pub use grant_type::GrantType;
pub use introspection::{Confirmation, IntrospectionResponse};
pub use pkce::{CodeChallenge, CodeVerifier};
pub use prompt::{Prompt, PromptSet};
pub use response_mode::ResponseMode;
pub use response_type::ResponseType;
pub use scope::ScopeSet;
pub use subject_type::SubjectType;
pub use token_response::TokenResponse;
pub use token_type::TokenType;
pub use token_type_hint::TokenTypeHint;
pub use www_authenticate::Challenge;

/// A word that is not in the vocabulary it was looked up in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {vocabulary} {word:?}")]
pub struct UnknownWord {
    /// The member or parameter that the word was meant for, such as `grant_type`.
    pub vocabulary: &'static str,
    /// The word as it came.
    pub word: String,
}

impl UnknownWord {
    pub(crate) fn new(vocabulary: &'static str, word: &str) -> Self {
        Self { vocabulary, word: word.to_owned() }
    }
}
