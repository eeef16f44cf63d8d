//! An authorization request that has passed the rules, as it waits for the person to answer.

use serde::{Deserialize, Serialize};
use symbolon_protocol::{
    AuthorizationDetails, ClaimsRequest, CodeChallenge, Form, Prompt, PromptSet, ResponseMode, ResponseType,
    ScopeSet,
};

/// What a client asked for (RFC 6749 §4.1.1, OIDC Core §3.1.2.1). Stored with the authorize session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client that asks.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Whether the request named the redirect URI: the token request must then repeat it (RFC 6749 §4.1.3).
    pub redirect_uri_sent: bool,
    /// What is to be issued.
    pub response_type: ResponseType,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// The scopes asked for; all of the client's when it named none.
    pub scope: ScopeSet,
    /// The client's own value, returned as it came.
    pub state: Option<String>,
    /// Binds the ID token to the client's session.
    pub nonce: Option<String>,
    /// PKCE (RFC 7636).
    pub code_challenge: Option<CodeChallenge>,
    /// The key that the code is bound to, by its thumbprint (RFC 9449 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
    /// Where the tokens are to be used (RFC 8707).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What is asked for beyond scopes (RFC 9396).
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// What the client wants shown.
    pub prompt: PromptSet,
    /// How old the login may be, in seconds.
    pub max_age: Option<i64>,
    /// The subject that the client expects to be logged in, from a verified `id_token_hint`.
    pub expected_subject: Option<String>,
    /// What to fill into the login form.
    pub login_hint: Option<String>,
    /// The languages the person prefers, as the client says.
    pub ui_locales: Option<String>,
    /// Single claims asked for.
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// How well the person should be authenticated, in order of preference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// Whether one of `acr_values` must be reached.
    #[serde(default)]
    pub is_acr_essential: bool,
    /// The pushed request that this is, by its name in the store (RFC 9126): answered once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed: Option<String>,
}

/// The longest `state`, in bytes: it is kept while a person logs in, and a stranger may have made it.
pub const MAX_STATE: usize = 4096;

/// A redirect URI that belongs to the client, and whether the request named it.
#[derive(Clone, Debug)]
pub struct RedirectUri {
    /// The address.
    pub value: String,
    /// Whether it came with the request.
    pub sent: bool,
}

impl AuthorizationRequest {
    /// A request of which only the client, the redirect URI and the state are known yet: enough to answer it.
    pub fn new(client_id: &str, redirect_uri: RedirectUri, form: &Form) -> Self {
        Self {
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.value,
            redirect_uri_sent: redirect_uri.sent,
            response_type: ResponseType::CODE,
            response_mode: ResponseMode::Query,
            scope: ScopeSet::default(),
            state: form.get("state").filter(|state| state.len() <= MAX_STATE).map(str::to_owned),
            nonce: None,
            code_challenge: None,
            dpop_jkt: None,
            resources: Vec::new(),
            authorization_details: AuthorizationDetails::default(),
            prompt: PromptSet::default(),
            max_age: None,
            expected_subject: None,
            login_hint: None,
            ui_locales: None,
            claims: ClaimsRequest::default(),
            acr_values: Vec::new(),
            is_acr_essential: false,
            pushed: None,
        }
    }

    /// Whether the client asks for this prompt.
    pub fn asks_for(&self, prompt: Prompt) -> bool {
        self.prompt.contains(prompt)
    }
}
