//! What travels by way of the browser: access and ID tokens of the implicit and the hybrid flow (OIDC Core §3.2.2.5,
//! §3.3.2.5). Never a refresh token (RFC 6749 §4.2.2).

use std::borrow::Cow;

use symbolon_protocol::{OAuthError, ResponseType, TokenType};

use super::{Lifetimes, NewAccess, access_token, id_token};
use crate::cx::Cx;
use crate::oauth2::grants::Person;
use crate::oauth2::{authorization_details, resource, scope};
use crate::snapshot::Client;

/// What is asked for, and what an ID token vouches for.
#[derive(Clone, Copy, Debug)]
pub struct FrontChannel<'a> {
    /// What the response carries.
    pub wanted: ResponseType,
    /// The code beside it.
    pub code: Option<&'a str>,
    /// The client's `state`.
    pub state: Option<&'a str>,
}

/// What was made, and what must be written before it leaves.
#[derive(Debug)]
pub struct FrontChannelIssued {
    /// The parameters of the answer.
    pub response: FrontChannelResponse,
    /// What introspection needs of an opaque access token; nothing for a signed one.
    pub access_token: Option<NewAccess>,
}

/// Parameters of an authorization response. `Debug` shows no token.
#[derive(Default)]
pub struct FrontChannelResponse(Vec<(&'static str, String)>);

impl FrontChannelResponse {
    /// The access token, if there is one.
    pub fn access_token(&self) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == "access_token").map(|(_, value)| value.as_str())
    }

    /// The ID token, if there is one.
    pub(super) fn id_token_mut(&mut self) -> Option<&mut String> {
        self.0.iter_mut().find(|(name, _)| *name == "id_token").map(|(_, value)| value)
    }

    /// The parameters, with a code before them.
    pub fn with_code(self, code: Option<String>) -> Vec<(&'static str, String)> {
        code.map(|code| ("code", code)).into_iter().chain(self.0).collect()
    }
}

impl std::fmt::Debug for FrontChannelResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Makes the tokens that the response type asks for.
///
/// # Errors
/// `server_error` when the workspace cannot sign.
pub fn front_channel(
    cx: &Cx,
    client: &Client,
    person: &Person,
    asked: FrontChannel<'_>,
) -> Result<FrontChannelIssued, OAuthError> {
    let lifetimes = Lifetimes::of(&cx.workspace, client);
    let scope = scope::remaining(cx, client, Cow::Borrowed(&person.record.scope));
    let scope = resource::narrow(cx, scope, &person.record.resources);
    let granted = &person.record.authorization_details;
    let details = authorization_details::remaining(cx, client, granted, &person.record.resources);
    let mut issued = FrontChannelIssued { response: FrontChannelResponse::default(), access_token: None };
    let parameters = &mut issued.response.0;
    let mut access_token = None;
    if asked.wanted.has_token() {
        // Clients whose tokens are bound to a key get none this way: the connection is the browser's.
        let confirmation = None;
        let lifetime = lifetimes.access_token(confirmation);
        let draft = access_token::Draft {
            cx,
            client,
            person: Some(person),
            exchanged: None,
            scope: &scope,
            resources: &person.record.resources,
            details: &details,
            confirmation,
            lifetime,
        };
        let (token, row) = draft.finish()?;
        issued.access_token = row;
        parameters.push(("access_token", token.clone()));
        parameters.push(("token_type", TokenType::Bearer.to_string()));
        parameters.push(("expires_in", lifetime.to_string()));
        parameters.push(("scope", scope.to_string()));
        access_token = Some(token);
    }
    if asked.wanted.has_id_token() {
        let draft = id_token::Draft {
            cx,
            client,
            person,
            scope: &scope,
            access_token: access_token.as_deref(),
            code: asked.code,
            state: asked.state,
            pushed: None,
            lifetime: lifetimes.id_token,
        };
        parameters.push(("id_token", draft.finish()?));
    }
    Ok(issued)
}
