//! The grants of the token endpoint: one file a grant, named as `grant_type` is on the wire.
//!
//! A grant finds out what is to be issued, to whom, and what is used up by it. It makes no token:
//! [`issue`](super::issue) does. What is used up is spent by [`commit`], after everything else has gone well.

mod authorization_code;
mod client_credentials;
mod refresh_token;

use std::borrow::Cow;

use symbolon_protocol::{Form, GrantType, OAuthError, ScopeSet, TokenResponse};

use super::BoxFuture;
use super::error::store_failure;
use super::issue::Issued;
use super::records::GrantRecord;
use crate::cx::Cx;
use crate::snapshot::Client;

/// One grant.
pub trait Grant: Sync {
    /// Its name on the wire and in registrations.
    fn grant_type(&self) -> GrantType;

    /// Finds out what the request is worth.
    ///
    /// # Errors
    /// `invalid_grant` and what else RFC 6749 §5.2 knows; `temporarily_unavailable` when the store is away.
    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>>;
}

/// Every grant there is. Discovery and the checks of the management API are computed from it.
pub static GRANTS: &[&dyn Grant] = &[
    &authorization_code::AuthorizationCode,
    &client_credentials::ClientCredentials,
    &refresh_token::RefreshToken,
];

/// What a grant may look at.
#[derive(Clone, Copy, Debug)]
pub struct TokenRequest<'a> {
    /// The request's context.
    pub cx: &'a Cx,
    /// The client, authenticated.
    pub client: &'a Client,
    /// The parameters.
    pub form: &'a Form,
}

/// What is to be issued.
#[derive(Debug)]
pub struct Redeemed<'a> {
    /// Whose access it is.
    pub owner: Owner,
    /// The scopes of the access token, before they are narrowed to what client and workspace still have.
    pub scope: Cow<'a, ScopeSet>,
    /// What is used up by the answer.
    pub spends: Spends<'a>,
}

/// Whose access a token gives.
#[derive(Debug)]
pub enum Owner {
    /// The client's own.
    Client,
    /// A person's.
    Person(Box<Person>),
}

/// A person's grant to the client.
#[derive(Debug)]
pub struct Person {
    /// Names the grant: everything issued from it ends with it.
    pub grant_id: String,
    /// What was granted, and how the person was authenticated.
    pub record: GrantRecord,
    /// `nonce` of the authorization request, for the first ID token.
    pub nonce: Option<String>,
}

/// What is used up by an answer. It is spent by one atomic statement, after which the answer may leave.
#[derive(Clone, Copy, Debug)]
pub enum Spends<'a> {
    /// Nothing.
    Nothing {
        /// The refresh token that goes on being good.
        keeps: Option<&'a str>,
    },
    /// An authorization code.
    Code(&'a str),
    /// A refresh token, for another.
    RefreshToken(&'a str),
}

impl Owner {
    /// The person, if it is a person's.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Client => None,
            Self::Person(person) => Some(person),
        }
    }
}

/// The grant of that name.
pub fn find(name: &str) -> Option<&'static dyn Grant> {
    GRANTS.iter().copied().find(|grant| grant.grant_type().as_str() == name)
}

/// Writes what the answer promises and spends what it cost; then the answer may leave.
///
/// # Errors
/// `invalid_grant` when something else spent it first, `temporarily_unavailable` when the store is away.
pub async fn commit(
    request: TokenRequest<'_>,
    spends: Spends<'_>,
    mut issued: Issued,
) -> Result<TokenResponse, OAuthError> {
    match spends {
        Spends::Nothing { .. } => remember_access_token(request, &issued).await?,
        Spends::Code(code) => authorization_code::spend(request, code, &issued).await?,
        Spends::RefreshToken(token) => {
            remember_access_token(request, &issued).await?;
            refresh_token::spend(request, token, &mut issued).await?;
        }
    }
    Ok(issued.response)
}

/// Keeps what introspection needs of an opaque token. A signed one needs nothing.
async fn remember_access_token(request: TokenRequest<'_>, issued: &Issued) -> Result<(), OAuthError> {
    let Some(new) = &issued.access_token else { return Ok(()) };
    let record = symbolon_store::AccessToken {
        grant_id: new.grant_id.clone(),
        client_id: request.client.id().to_owned(),
        doc: &new.doc,
        expires_at: new.expires_at,
    };
    let inserted = request.cx.store().insert_access_token(&issued.response.access_token, &record).await;
    inserted.map_err(|error| store_failure(&error))
}
