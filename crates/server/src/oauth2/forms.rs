//! What requests and answers look like in the `OpenAPI` document. The endpoints read forms one parameter at a time.

use utoipa::ToSchema;

/// A token request (RFC 6749 §4).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form, is never made")]
pub struct TokenForm {
    /// The grant.
    grant_type: String,
    /// The client, unless the Authorization header names it.
    client_id: Option<String>,
    /// The secret of a client that sends it in the form.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with an assertion.
    client_assertion_type: Option<String>,
    /// The JWT of a client that signs one (RFC 7523 §2.2).
    client_assertion: Option<String>,
    /// The scopes wanted, separated by spaces.
    scope: Option<String>,
    /// The authorization code.
    code: Option<String>,
    /// The redirect URI of the authorization request, if it named one.
    redirect_uri: Option<String>,
    /// The PKCE verifier.
    code_verifier: Option<String>,
    /// The refresh token.
    refresh_token: Option<String>,
    /// The device code.
    device_code: Option<String>,
    /// The person's name, with the grant `password`.
    username: Option<String>,
    /// The person's password, with the grant `password`.
    #[schema(format = Password)]
    password: Option<String>,
    /// The JWT, with the grant `urn:ietf:params:oauth:grant-type:jwt-bearer`.
    assertion: Option<String>,
    /// The token to exchange (RFC 8693 §2.1).
    subject_token: Option<String>,
    /// What kind of token that is.
    subject_token_type: Option<String>,
    /// A token of the party that acts for the subject.
    actor_token: Option<String>,
    /// What kind of token that is.
    actor_token_type: Option<String>,
    /// What kind of token is wanted in exchange.
    requested_token_type: Option<String>,
    /// For whom the new token is to be; may be repeated.
    audience: Option<String>,
    /// What is wanted beyond scopes, as JSON (RFC 9396 §6).
    authorization_details: Option<String>,
}

/// An authorization request that a client pushes (RFC 9126 §2.1): the parameters of the authorization endpoint, and
/// those that authenticate the client.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form, is never made")]
pub struct PushedForm {
    /// The client.
    client_id: String,
    /// A request object with all parameters below (RFC 9126 §3).
    request: Option<String>,
    /// What is to be issued.
    response_type: Option<String>,
    /// Where the answer goes.
    redirect_uri: Option<String>,
    /// The scopes wanted, separated by spaces.
    scope: Option<String>,
    /// What is wanted beyond scopes, as JSON (RFC 9396 §3).
    authorization_details: Option<String>,
    /// Returned as it came.
    state: Option<String>,
    /// Repeated in the ID token.
    nonce: Option<String>,
    /// PKCE (RFC 7636).
    code_challenge: Option<String>,
    /// `S256`.
    code_challenge_method: Option<String>,
    /// The secret of a client that sends it in the form.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with an assertion.
    client_assertion_type: Option<String>,
    /// The JWT of a client that signs one (RFC 7523 §2.2).
    client_assertion: Option<String>,
}

/// A request about a token (RFC 7009 §2.1, RFC 7662 §2.1).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form, is never made")]
pub struct TokenToExamine {
    /// The token.
    token: String,
    /// What kind of token it is; not needed.
    token_type_hint: Option<String>,
    /// The client, unless the Authorization header names it.
    client_id: Option<String>,
    /// The secret of a client that sends it in the form.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with an assertion.
    client_assertion_type: Option<String>,
    /// The JWT of a client that signs one (RFC 7523 §2.2).
    client_assertion: Option<String>,
}

/// What is known about a person (OpenID Connect Core §5.1). Further claims follow the scopes.
#[derive(ToSchema)]
#[schema(as = userinfoResponse)]
#[expect(dead_code, reason = "describes an answer, is never made")]
pub struct Userinfo {
    /// The subject, as the client knows it.
    sub: String,
    /// Claims of the scopes profile, email, address and phone.
    #[schema(additional_properties)]
    #[serde(flatten)]
    claims: std::collections::BTreeMap<String, serde_json::Value>,
}
