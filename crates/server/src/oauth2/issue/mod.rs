//! The only place where a token is made.
//!
//! What every token needs is here, so that no grant can forget it: the scope is narrowed to what client and workspace
//! still have, lifetimes and audience come from the configuration, and a sender-constrained client gets bound tokens.

mod access_token;
pub mod audience;
pub mod binding;
mod encrypted;
mod front_channel;
mod id_token;
mod lifetimes;
mod refresh_token;
pub mod subject;

use serde_json::Value;
use symbolon_protocol::{AuthorizationDetails, Confirmation, OAuthError, TokenResponse};
use symbolon_store::AccessToken;

pub use encrypted::{check_possible as check_id_token_possible, seal, seal_front_channel};
pub use front_channel::{FrontChannel, FrontChannelIssued, FrontChannelResponse, front_channel};
pub use lifetimes::{Lifetimes, Settings as LifetimeSettings};
pub use refresh_token::{NewRefresh, may_refresh};

use super::grants::{Owner, Person, Redeemed, Spends};
use super::records::GrantRecord;
use super::{authorization_details, resource, scope};
use crate::cx::Cx;
use crate::snapshot::Client;

/// Asks for a refresh token (OIDC Core §11).
pub const OFFLINE_ACCESS: &str = "offline_access";
/// Makes the request one of OpenID Connect (OIDC Core §3.1.2.1).
pub const OPENID: &str = "openid";

/// The answer, and what must be written before it leaves.
#[derive(Debug)]
pub struct Issued {
    /// The answer (RFC 6749 §5.1).
    pub response: TokenResponse,
    /// What introspection needs of an opaque access token; nothing for a signed one.
    pub access_token: Option<NewAccess>,
    /// What goes with a new refresh token.
    pub refresh_token: Option<NewRefresh>,
    /// The grant that begins with this answer, by its id.
    pub grant: Option<(String, GrantRecord)>,
}

/// An opaque access token to be remembered. The token itself is in the answer.
#[derive(Debug)]
pub struct NewAccess {
    /// The grant it ends with.
    pub grant_id: Option<String>,
    /// Its claims.
    pub doc: Value,
    /// When it expires, in unix milliseconds.
    pub expires_at: i64,
}

impl NewAccess {
    /// The row that keeps it, as one of this client.
    pub fn row(&self, client: &Client) -> AccessToken<&Value> {
        AccessToken {
            grant_id: self.grant_id.clone(),
            client_id: client.id().to_owned(),
            doc: &self.doc,
            expires_at: self.expires_at,
        }
    }
}

/// Makes the tokens that a grant is worth, bound to what the request has shown ([`binding::confirmation`]), for these
/// resources (RFC 8707), for those of its scopes when there are none; with these authorization details (RFC 9396).
///
/// # Errors
/// `server_error` when the workspace cannot sign.
pub fn tokens(
    cx: &Cx,
    client: &Client,
    redeemed: Redeemed<'_>,
    confirmation: Option<Confirmation>,
    resources: &[String],
    details: &AuthorizationDetails,
) -> Result<Issued, OAuthError> {
    make(cx, client, redeemed, Asked { resources, details, confirmation, auth_req_id: None })
}

/// Tokens that are sent to a client (CIBA §10.3.1), which shows nothing at that moment.
#[derive(Debug)]
pub struct Pushed<'a> {
    /// The request that they answer.
    pub auth_req_id: &'a str,
    /// What they are bound to.
    pub confirmation: Option<Confirmation>,
}

/// Makes the tokens that are sent to a client, for the resources that were granted.
///
/// # Errors
/// `invalid_target` where a resource must be named and none is; `server_error` when the workspace cannot sign.
pub fn pushed(
    cx: &Cx,
    client: &Client,
    redeemed: Redeemed<'_>,
    pushed: Pushed<'_>,
) -> Result<Issued, OAuthError> {
    let Pushed { auth_req_id, confirmation } = pushed;
    let granted = redeemed.owner.person().map(|person| &person.record);
    let details = granted.map(|granted| granted.authorization_details.clone()).unwrap_or_default();
    let resources = granted.map(|granted| granted.resources.clone()).unwrap_or_default();
    resource::check_named(cx, &resources)?;
    let asked =
        Asked { resources: &resources, details: &details, confirmation, auth_req_id: Some(auth_req_id) };
    make(cx, client, redeemed, asked)
}

/// How tokens were asked for.
struct Asked<'a> {
    resources: &'a [String],
    details: &'a AuthorizationDetails,
    /// What they are bound to, as far as the client has shown something.
    confirmation: Option<Confirmation>,
    /// The request that they answer, where they are pushed.
    auth_req_id: Option<&'a str>,
}

fn make(cx: &Cx, client: &Client, redeemed: Redeemed<'_>, asked: Asked<'_>) -> Result<Issued, OAuthError> {
    let Asked { resources, details, confirmation, auth_req_id } = asked;
    let Redeemed { owner, scope, spends } = redeemed;
    let lifetimes = Lifetimes::of(&cx.workspace, client);
    let exchanged = owner.exchanged();
    let inherited = exchanged.and_then(|exchanged| exchanged.confirmation.as_ref());
    let confirmation = binding::kept(confirmation, inherited);
    let left = exchanged.map_or(i64::MAX, |exchanged| exchanged.expires_at.saturating_sub(cx.now.seconds()));
    let lifetime = lifetimes.access_token(confirmation.as_ref()).min(left);
    // What is exchanged may be for fewer than its scopes give.
    let resources = match exchanged {
        Some(exchanged) if !exchanged.audiences.is_empty() => exchanged.audiences.as_slice(),
        _ => resources,
    };
    let scope = resource::narrow(cx, scope::remaining(cx, client, scope), resources);
    let details = authorization_details::remaining(cx, client, details, resources);
    let made = access_token::Draft {
        cx,
        client,
        person: owner.person(),
        exchanged,
        scope: &scope,
        resources,
        details: &details,
        confirmation: confirmation.as_ref(),
        lifetime,
    };
    let (access_token, row) = made.finish()?;
    let mut issued = Issued {
        response: TokenResponse {
            access_token,
            expires_in: Some(u64::try_from(lifetime).unwrap_or_default()),
            issued_token_type: exchanged.map(|exchanged| exchanged.issued_token_type.to_owned()),
            scope: Some(scope.to_string()),
            token_type: binding::token_type(confirmation.as_ref()),
            // RFC 9396 §7: as they are in the token.
            authorization_details: Some(details).filter(|details| !details.is_empty()),
            ..TokenResponse::default()
        },
        access_token: row,
        refresh_token: None,
        grant: None,
    };
    // What is exchanged gives access alone.
    if let Some(person) = owner.person().filter(|_| exchanged.is_none()) {
        let binding = binding::of_refresh_token(client, confirmation.as_ref());
        refresh_token::add(cx, client, person, (&spends, binding), &mut issued);
        // An ID token tells of a login here, and so of a grant.
        if scope.contains(OPENID) && person.grant_id.is_some() {
            let made = id_token::Draft {
                cx,
                client,
                person,
                scope: &scope,
                access_token: Some(&issued.response.access_token),
                code: None,
                state: None,
                pushed: auth_req_id.map(|id| (id, issued.response.refresh_token.as_deref())),
                lifetime: lifetimes.id_token,
            };
            issued.response.id_token = Some(made.finish()?);
        }
    }
    if let (Spends::NewGrant, Owner::Person(person)) = (&spends, owner) {
        let Person { grant_id, record, .. } = *person;
        issued.grant = grant_id.map(|id| (id, record));
    }
    Ok(issued)
}
