//! The grants of the token endpoint: one file a grant, named as `grant_type` is on the wire.
//!
//! A grant finds out what is to be issued, to whom, and what is used up by it. It makes no token:
//! [`issue`](super::issue) does. What is used up is spent by [`commit`], after everything else has gone well.

mod authorization_code;
mod ciba;
mod client_credentials;
mod device_code;
mod jwt_bearer;
mod password;
mod refresh_token;
mod token_exchange;
pub mod vouched;

use std::borrow::Cow;

use serde_json::{Map, Value};
use symbolon_protocol::{Confirmation, Form, GrantType, OAuthError, ScopeSet, TokenResponse};
use symbolon_store::{AccessToken, DeliveredRequest, NewGrant, NewRefreshToken};

use super::error::store_failure;
use super::issue::{self, Issued};
use super::records::{GrantRecord, RefreshRecord};
use super::register::unused;
use super::{BoxFuture, decoupled};
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
    &device_code::DeviceCode,
    &ciba::Ciba,
    &refresh_token::RefreshToken,
    &password::Password,
    &jwt_bearer::JwtBearer,
    &token_exchange::TokenExchange,
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
    /// Somebody's, by way of another token of theirs.
    Exchanged(Box<Exchanged>),
}

/// Access that another token stands for (RFC 8693).
#[derive(Debug)]
pub struct Exchanged {
    /// Whose it is.
    pub person: Person,
    /// The workspace that keeps the grant, where it is another one.
    pub grant_workspace: Option<String>,
    /// Who acts for them (RFC 8693 §4.1).
    pub act: Option<Map<String, Value>>,
    /// Who may act for them (RFC 8693 §4.4).
    pub may_act: Option<Map<String, Value>>,
    /// What the other token was bound to: so is this one.
    pub confirmation: Option<Confirmation>,
    /// The tokens that this one ends with, as [`Claims::parents`](crate::oauth2::access_token::Claims::parents) has them.
    pub parents: Vec<String>,
    /// When the other token ends, in unix seconds: this one does not outlive it.
    pub expires_at: i64,
    /// The only audiences that are wanted; empty: all that the scopes give.
    pub audiences: Vec<String>,
    /// `issued_token_type` of the answer.
    pub issued_token_type: &'static str,
}

/// A person's grant to the client.
#[derive(Debug)]
pub struct Person {
    /// Names the stored grant: everything issued from it ends with it. `None`: nothing is stored, and what is issued
    /// lives until it expires; there is then no refresh token and no ID token.
    pub grant_id: Option<String>,
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
    /// A request that was approved on another device.
    Decoupled(&'a str),
    /// A refresh token, for another.
    RefreshToken(&'a str),
    /// Nothing; but the person's grant begins with this answer, and is stored with what is issued from it.
    NewGrant,
}

impl Owner {
    /// The person, if it is a person's.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Client => None,
            Self::Person(person) => Some(person),
            Self::Exchanged(exchanged) => Some(&exchanged.person),
        }
    }

    /// What it was exchanged for, if it was.
    pub fn exchanged(&self) -> Option<&Exchanged> {
        match self {
            Self::Client | Self::Person(_) => None,
            Self::Exchanged(exchanged) => Some(exchanged),
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
    unused::keep(request.cx, request.client).await?;
    match spends {
        Spends::Nothing { .. } => remember_access_token(request, &issued).await?,
        Spends::Code(code) => authorization_code::spend(request, code, &issued).await?,
        Spends::RefreshToken(token) => {
            remember_access_token(request, &issued).await?;
            refresh_token::spend(request, token, &mut issued).await?;
        }
        Spends::Decoupled(id) => spend_decoupled(request, id, &issued).await?,
        Spends::NewGrant => begin(request, &issued).await?,
    }
    Ok(issued.response)
}

/// Keeps what introspection needs of an opaque token. A signed one needs nothing.
async fn remember_access_token(request: TokenRequest<'_>, issued: &Issued) -> Result<(), OAuthError> {
    let Some(record) = access_row(request.client, issued) else { return Ok(()) };
    let inserted = request.cx.store().insert_access_token(&issued.response.access_token, &record).await;
    inserted.map_err(|error| store_failure(&error))
}

/// Stores the grant that begins with this answer together with what was issued from it, whole or not at all.
async fn begin(request: TokenRequest<'_>, issued: &Issued) -> Result<(), OAuthError> {
    let Some((id, record)) = &issued.grant else {
        return Err(OAuthError::server_error("new_grant_without_person"));
    };
    let (now, client_id) = (request.cx.now, request.client.id());
    let lifetimes = issue::Lifetimes::of(&request.cx.workspace, request.client);
    let grant = NewGrant {
        id,
        client_id,
        subject: Some(&record.authentication.subject),
        doc: record,
        created_at: now.millis(),
        expires_at: now.plus_seconds(lifetimes.grant_after(0)).millis(),
    };
    let refresh = refresh_row(request.client, issued);
    let access = access_row(request.client, issued);
    let access = access.as_ref().map(|record| (issued.response.access_token.as_str(), record));
    let stored = request.cx.store().begin_grant(&grant, refresh.as_ref(), access).await;
    stored.map_err(|error| store_failure(&error))
}

/// Spends an approved request and keeps what was issued for it, whole or not at all.
async fn spend_decoupled(request: TokenRequest<'_>, id: &str, issued: &Issued) -> Result<(), OAuthError> {
    let refresh = refresh_row(request.client, issued);
    let access = access_row(request.client, issued);
    let access = access.as_ref().map(|record| (issued.response.access_token.as_str(), record));
    let (store, now) = (request.cx.store(), request.cx.now.millis());
    let spent = store.spend_decoupled_request(id, now, refresh.as_ref(), access).await;
    if spent.map_err(|error| store_failure(&error))? { Ok(()) } else { Err(decoupled::not_spent()) }
}

/// Tokens that are sent to the client without its asking (CIBA §10.3.1).
#[derive(Clone, Copy)]
pub struct PushedTokens<'a> {
    /// What the client knows the request by.
    pub auth_req_id: &'a str,
    /// What the store knows it by.
    pub handle: &'a str,
    /// What is kept, sealed, until the client has its tokens.
    pub sealed: &'a [u8],
}

/// Spends an approved request whose tokens are sent to the client.
///
/// # Errors
/// As [`commit`].
pub async fn commit_pushed(
    cx: &Cx,
    client: &Client,
    tokens: PushedTokens<'_>,
    issued: &Issued,
) -> Result<(), OAuthError> {
    unused::keep(cx, client).await?;
    let refresh = refresh_row(client, issued);
    let access = access_row(client, issued);
    let access = access.as_ref().map(|record| (issued.response.access_token.as_str(), record));
    let PushedTokens { auth_req_id: id, handle, sealed } = tokens;
    let spend = DeliveredRequest { id, handle, now: cx.now.millis(), sealed };
    let spent = cx.store().spend_delivered_request(spend, refresh.as_ref(), access).await;
    if spent.map_err(|error| store_failure(&error))? { Ok(()) } else { Err(decoupled::not_spent()) }
}

/// The row of a new refresh token.
fn refresh_row<'a>(client: &'a Client, issued: &'a Issued) -> Option<NewRefreshToken<'a, RefreshRecord>> {
    let (new, token) = issued.refresh_token.as_ref().zip(issued.response.refresh_token.as_deref())?;
    Some(NewRefreshToken {
        token,
        grant_id: &new.grant_id,
        client_id: client.id(),
        doc: &new.record,
        expires_at: new.expires_at,
    })
}

/// The row of an opaque access token.
fn access_row<'a>(client: &Client, issued: &'a Issued) -> Option<AccessToken<&'a Value>> {
    issued.access_token.as_ref().map(|new| new.row(client))
}
