//! The flows, each the same for every way to authenticate.

use std::{cell::Cell, collections::HashMap, thread, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthenticationFlow, AuthorizationCode, AuthorizationCodeHash, ClientName,
    CsrfToken, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, RedirectUrl, RequestTokenError, Scope, TokenIntrospectionResponse, TokenResponse,
    core::{
        CoreClientAuthMethod, CoreClientRegistrationRequest, CoreDeviceAuthorizationResponse,
        CoreErrorResponseType, CoreGrantType, CoreIdToken, CoreIdTokenClaims, CoreResponseType,
        CoreTokenResponse, CoreUserInfoClaims,
    },
    registration::EmptyAdditionalClientMetadata,
};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::{
    CALLBACK,
    browser::Browser,
    checks::{check, equal, flow},
    connection::Connection,
    demo::{Demo, Outcome},
    provider::{self, Client, Provider},
};

/// A client and its way to authenticate.
pub struct Flows<'a> {
    pub name: &'a str,
    /// What the person's browser connects with.
    pub person: reqwest::blocking::Client,
    pub provider: &'a Provider,
    pub client: Client,
    pub connection: Connection,
    /// Whether tokens are bound to the client's certificate.
    pub bound: bool,
}

impl Flows<'_> {
    /// Code with PKCE; then what can be done with the tokens. Returns the ID token.
    pub fn code(&self) -> Outcome<CoreIdToken> {
        let kind = AuthenticationFlow::AuthorizationCode;
        let (answer, nonce, verifier) = self.authorize(kind, &["email", "offline_access"])?;
        equal(
            &self.what("the redirect names its issuer (RFC 9207)"),
            answer["iss"].as_str(),
            self.provider.issuer(),
        );
        let code = AuthorizationCode::new(answer["code"].clone());
        let verifier_again = PkceCodeVerifier::new(verifier.secret().clone());
        let tokens =
            self.client.exchange_code(code.clone()).set_pkce_verifier(verifier).request(&self.connection)?;
        let claims = self.verified(&tokens, &nonce)?;
        self.check_binding("code", tokens.access_token());

        let user: CoreUserInfoClaims = self
            .client
            .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
            .request(&self.connection)?;
        check(
            &self.what("userinfo tells the address asked for"),
            user.email().is_some(),
            &format!("{user:?}"),
        );

        let refresh = tokens.refresh_token().ok_or("no refresh token")?;
        let refreshed = self.client.exchange_refresh_token(refresh).request(&self.connection)?;
        check(
            &self.what("refresh gives another access token"),
            refreshed.access_token().secret() != tokens.access_token().secret(),
            "the same",
        );
        self.check_binding("refresh", refreshed.access_token());

        equal(&self.what("introspection says active"), self.is_active(refreshed.access_token())?, true);
        self.client.revoke_token(refreshed.access_token().clone().into())?.request(&self.connection)?;
        equal(&self.what("a revoked token is not active"), self.is_active(refreshed.access_token())?, false);

        let again =
            self.client.exchange_code(code).set_pkce_verifier(verifier_again).request(&self.connection);
        match again {
            Err(RequestTokenError::ServerResponse(refusal)) => {
                equal(
                    &self.what("a used code is refused"),
                    refusal.error(),
                    &CoreErrorResponseType::InvalidGrant,
                );
            }
            other => return Err(format!("a used code: {other:?}").into()),
        }
        for name in ["code with PKCE", "userinfo", "refresh", "introspection", "revocation"] {
            flow(name, self.name);
        }
        Ok(tokens.id_token().cloned().ok_or("no ID token")?)
    }

    /// code id_token: the ID token of the front channel vouches for the code.
    pub fn hybrid(&self) -> Outcome {
        let kind = AuthenticationFlow::Hybrid(vec![CoreResponseType::Code, CoreResponseType::IdToken]);
        let (answer, nonce, verifier) = self.authorize(kind, &["email"])?;
        let id_token: CoreIdToken = answer["id_token"].parse()?;
        let verifier_of_tokens = self.client.id_token_verifier();
        let claims = id_token.claims(&verifier_of_tokens, &nonce)?;
        let code = AuthorizationCode::new(answer["code"].clone());
        let hash = AuthorizationCodeHash::from_code(
            &code,
            id_token.signing_alg()?,
            id_token.signing_key(&verifier_of_tokens)?,
        )?;
        equal(&self.what("hybrid: c_hash is of the code"), claims.code_hash(), Some(&hash));
        let tokens = self.client.exchange_code(code).set_pkce_verifier(verifier).request(&self.connection)?;
        let subject = self.verified(&tokens, &nonce)?.subject().clone();
        equal(&self.what("hybrid: both ID tokens are about one person"), &subject, claims.subject());
        flow("hybrid", self.name);
        Ok(())
    }

    pub fn client_credentials(&self) -> Outcome {
        let tokens = self
            .client
            .exchange_client_credentials()
            .add_scope(Scope::new("introspect_tokens".to_owned()))
            .request(&self.connection)?;
        let subject = claims(tokens.access_token())["sub"].clone();
        equal(
            &self.what("client credentials make the client the subject"),
            &subject,
            &Value::from(self.client.client_id().as_str()),
        );
        self.check_binding("client credentials", tokens.access_token());
        flow("client credentials", self.name);
        Ok(())
    }

    /// The device polls; the person allows it between two polls.
    pub fn device(&self) -> Outcome {
        let begun: CoreDeviceAuthorizationResponse = self
            .client
            .exchange_device_code()
            .add_scope(Scope::new("email".to_owned()))
            .request(&self.connection)?;
        let address = begun.verification_uri_complete().ok_or("no complete address")?;
        let address = Url::parse(address.secret())?;
        let waited = Cell::new(0);
        let wait = |interval: Duration| {
            if waited.replace(waited.get() + 1) == 0 {
                let person = Browser::new(self.person.clone(), CALLBACK);
                if let Err(error) = person.allow(&address) {
                    println!("the person could not allow the device: {error}");
                }
            }
            thread::sleep(interval);
        };
        let tokens = self.client.exchange_device_access_token(&begun).request(
            &self.connection,
            wait,
            Some(Duration::from_secs(30)),
        )?;
        check(&self.what("the device had to wait for the person"), waited.get() > 0, "it did not");
        self.check_binding("device", tokens.access_token());
        let verifier = self.client.id_token_verifier();
        let id_token = tokens.id_token().ok_or("no ID token")?;
        id_token.claims(&verifier, |nonce: Option<&Nonce>| match nonce {
            None => Ok(()),
            Some(_) => Err("a nonce that nobody sent".to_owned()),
        })?;
        check(&self.what("the device's ID token verifies"), true, "");
        flow("device", self.name);
        Ok(())
    }

    /// RP-initiated logout by the crate's own address: nobody is asked, the browser comes back.
    pub fn log_out(&self, id_token: &CoreIdToken) -> Outcome {
        let end_session = self.provider.additional_metadata().end_session_endpoint.clone();
        let address = LogoutRequest::from(end_session)
            .set_id_token_hint(id_token)
            .set_client_id(self.client.client_id().clone())
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(CALLBACK.to_owned())?)
            .set_state(CsrfToken::new("bye".to_owned()))
            .http_get_url();
        let end = Browser::new(self.person.clone(), CALLBACK).log_in_and_accept(&address)?;
        equal(&self.what("logout returns to the client"), end.as_str(), &format!("{CALLBACK}?state=bye"));
        flow("RP-initiated logout", self.name);
        Ok(())
    }

    fn authorize(
        &self,
        flow: AuthenticationFlow<CoreResponseType>,
        scopes: &[&str],
    ) -> Outcome<(HashMap<String, String>, Nonce, PkceCodeVerifier)> {
        authorize(&self.client, &self.person, flow, scopes)
    }

    fn verified(&self, tokens: &CoreTokenResponse, nonce: &Nonce) -> Outcome<CoreIdTokenClaims> {
        let claims = verified(&self.client, tokens, nonce)?;
        check(&self.what("the ID token verifies, with at_hash"), true, "");
        Ok(claims)
    }

    fn is_active(&self, token: &AccessToken) -> Outcome<bool> {
        Ok(self.client.introspect(token).request(&self.connection)?.active())
    }

    fn check_binding(&self, what: &str, token: &AccessToken) {
        let bound = claims(token)["cnf"]["x5t#S256"].is_string();
        equal(&format!("{}: {what}: the token is bound as registered", self.name), bound, self.bound);
    }

    fn what(&self, what: &str) -> String {
        format!("{}: {what}", self.name)
    }
}

/// An application that nobody has registered.
pub fn registers_itself(demo: &Demo, provider: &Provider) -> Outcome {
    let endpoint = provider.registration_endpoint().ok_or("no registration endpoint")?;
    let connection = Connection { http: demo.plain()?, assertion: None };
    let redirect_uris = vec![RedirectUrl::new(CALLBACK.to_owned())?];
    let registered = CoreClientRegistrationRequest::new(redirect_uris, EmptyAdditionalClientMetadata {})
        .set_client_name(Some([(None, ClientName::new("openidconnect-rs".to_owned()))].into_iter().collect()))
        .set_token_endpoint_auth_method(Some(CoreClientAuthMethod::ClientSecretBasic))
        .set_grant_types(Some(vec![CoreGrantType::AuthorizationCode]))
        .register(endpoint, &connection)?;
    let secret = registered.client_secret().ok_or("no secret")?.secret().clone();
    let method = (secret, openidconnect::AuthType::BasicAuth);
    let client = provider::client(provider, registered.client_id(), Some(method), false)?;
    let (answer, nonce, verifier) =
        authorize(&client, &demo.plain()?, AuthenticationFlow::AuthorizationCode, &[])?;
    let code = AuthorizationCode::new(answer["code"].clone());
    let tokens = client.exchange_code(code).set_pkce_verifier(verifier).request(&connection)?;
    let audiences = verified(&client, &tokens, &nonce)?.audiences().clone();
    check(
        "a client that registered itself has an ID token for itself",
        audiences.iter().any(|audience| audience.as_str() == registered.client_id().as_str()),
        &format!("{audiences:?}"),
    );
    flow("registration by the client itself", "client_secret_basic");
    Ok(())
}

fn authorize(
    client: &Client,
    person: &reqwest::blocking::Client,
    flow: AuthenticationFlow<CoreResponseType>,
    scopes: &[&str],
) -> Outcome<(HashMap<String, String>, Nonce, PkceCodeVerifier)> {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(scopes.iter().map(|&scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let end = Browser::new(person.clone(), CALLBACK).log_in_and_accept(&address)?;
    let parts = end.query().or(end.fragment()).unwrap_or_default();
    let answer: HashMap<String, String> = form_urlencoded::parse(parts.as_bytes()).into_owned().collect();
    if answer.get("state") != Some(state.secret()) || !answer.contains_key("code") {
        return Err(format!("the answer to the client: {end}").into());
    }
    Ok((answer, nonce, verifier))
}

/// The claims of the ID token after the crate's checks, and the hash of the access token (OpenID Connect §3.1.3.6).
fn verified(client: &Client, tokens: &CoreTokenResponse, nonce: &Nonce) -> Outcome<CoreIdTokenClaims> {
    let id_token = tokens.id_token().ok_or("no ID token")?;
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce)?;
    let expected = claims.access_token_hash().ok_or("no at_hash")?;
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg()?,
        id_token.signing_key(&verifier)?,
    )?;
    if hash != *expected {
        return Err("at_hash is of another access token".into());
    }
    Ok(claims.clone())
}

/// The claims of an access token that is a JWT, unverified.
fn claims(token: &AccessToken) -> Value {
    let payload = token.secret().split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
