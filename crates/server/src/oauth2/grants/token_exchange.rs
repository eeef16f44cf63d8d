//! `urn:ietf:params:oauth:grant-type:token-exchange`: one token for another (RFC 8693).
//!
//! The new token never holds more than the old one: no scope, lifetime or freedom that it did not have, and it ends with
//! the grant of the old one. It is for those of the old one's audiences that its scopes belong to, and for those that an
//! administrator has given the client; where the old one was narrowed to a resource, for that alone. A client can
//! exchange what was issued to it or is meant for it, and nothing it has found (confused deputy). With an actor token it
//! acts for the subject (`act`), without one it passes for them.

mod actor;
mod presented;

use std::borrow::Cow;

use symbolon_protocol::{ClaimsRequest, ErrorCode, GrantType, OAuthError, ScopeSet};

use self::presented::Presented;
use super::{Exchanged, Grant, Owner, Person, Redeemed, Spends, TokenRequest};
use crate::oauth2::BoxFuture;
use crate::oauth2::issue::{OFFLINE_ACCESS, audience};
use crate::oauth2::protected_resource;
use crate::oauth2::records::GrantRecord;
use crate::oauth2::register::DCR_REGISTER;
use crate::oauth2::{resource, scope};

/// RFC 8693 §3: an access token, which is to the client what it is.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// RFC 8693 §3: a JWT.
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub(super) struct TokenExchange;

impl Grant for TokenExchange {
    fn grant_type(&self) -> GrantType {
        GrantType::TokenExchange
    }

    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>> {
        Box::pin(redeem(request))
    }
}

async fn redeem(request: TokenRequest<'_>) -> Result<Redeemed<'_>, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    check_requested_type(request)?;
    let token = form.require("subject_token")?;
    let token_type = form.require("subject_token_type")?;
    let subject = presented::find(request, token, token_type).await?;
    let actor = match (form.get("actor_token"), form.get("actor_token_type")) {
        (None, None) => None,
        (Some(token), Some(token_type)) => Some(presented::find(request, token, token_type).await?),
        // RFC 8693 §2.1: both or neither.
        (None, Some(_)) => {
            return Err(refused("actor_token_missing")
                .description(
                    "The parameter actor_token is missing: actor_token_type says of what type it is.",
                )
                .expected("actor_token"));
        }
        (Some(_), None) => {
            return Err(refused("actor_token_type_missing")
                .description(
                    "The parameter actor_token_type is missing: it says of what type actor_token is.",
                )
                .expected("actor_token_type"));
        }
    };
    let act = actor::act(request, &subject, actor.as_ref())?;
    let granted = narrowed(request, &subject)?;
    let audiences = audiences(request, &subject, &granted)?;
    let Presented { authentication, grant, may_act, confirmation, parents, expires_at, details, .. } =
        subject;
    let (grant_id, grant_workspace) = grant.map_or((None, None), |grant| (Some(grant.id), grant.workspace));
    let record = GrantRecord {
        scope: granted.clone(),
        authentication,
        acr: None,
        claims: ClaimsRequest::default(),
        resources: Vec::new(),
        authorization_details: details,
    };
    let exchanged = Exchanged {
        person: Person { grant_id, record, nonce: None },
        grant_workspace: grant_workspace.filter(|workspace| **workspace != *cx.workspace.id),
        act,
        may_act,
        confirmation,
        parents,
        // One token does not outlive the other, nor do the rights of who acts.
        expires_at: actor.map_or(expires_at, |actor| expires_at.min(actor.expires_at)),
        audiences,
        issued_token_type: ACCESS_TOKEN,
    };
    tracing::debug!(client = client.id(), delegated = exchanged.act.is_some(), "a token is exchanged");
    Ok(Redeemed {
        owner: Owner::Exchanged(Box::new(exchanged)),
        scope: Cow::Owned(granted),
        spends: Spends::Nothing { keeps: None },
    })
}

fn check_requested_type(request: TokenRequest<'_>) -> Result<(), OAuthError> {
    match request.form.get("requested_token_type") {
        None | Some(ACCESS_TOKEN) => Ok(()),
        Some(other) => Err(refused("requested_token_type_unknown")
            .description("Only access tokens are issued in exchange.")
            .expected(ACCESS_TOKEN)
            .got(other)),
    }
}

/// The scopes asked for, which the subject token must have; those that the client may have of it when none are named.
/// What is exchanged is not refreshed, and registers nobody.
fn narrowed(request: TokenRequest<'_>, subject: &Presented) -> Result<ScopeSet, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    let wanted = scope::requested(cx, client, form)?;
    if form.get("scope").is_some() && wanted.contains(DCR_REGISTER) {
        return Err(OAuthError::invalid_scope("scope_good_once")
            .description(format!("The scope {DCR_REGISTER} is good for one use, and not given in exchange."))
            .got(DCR_REGISTER));
    }
    let granted = match &subject.scope {
        None => wanted.into_owned(),
        Some(has) if form.get("scope").is_some() => {
            scope::within(
                &wanted,
                has,
                "scope_beyond_subject_token",
                "The subject token lacks one of the scopes.",
            )?;
            wanted.into_owned()
        }
        Some(has) => wanted.filter(|name| has.contains(name)),
    };
    // What is good for one use would be many by being exchanged.
    Ok(granted.filter(|name| name != OFFLINE_ACCESS && name != DCR_REGISTER))
}

/// `audience` and `resource` (RFC 8693 §2.1): some of those that the token can be for; all of them where none is named.
fn audiences(
    request: TokenRequest<'_>,
    subject: &Presented,
    granted: &ScopeSet,
) -> Result<Vec<String>, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    let mut possible = audience::of(cx, client, granted, &subject.details);
    if let Some(before) = &subject.audience {
        let is_own = |name: &str| match before.is_narrowed {
            true => name == client.id(),
            false => audience::own(client).any(|own| own == name),
        };
        possible.retain(|name| is_own(name) || before.names.contains(name));
        // Our own resources go by the addresses in their metadata, too (RFC 9728).
        let ours = before.names.iter().filter(|name| protected_resource::is_own(cx, name));
        possible.extend(ours.cloned());
    }
    let spelled = |name: &str| possible.iter().find(|known| resource::is_same(known, name)).cloned();
    let resources =
        form.all(resource::PARAMETER).map(|name| spelled(name).unwrap_or_else(|| name.to_owned()));
    let wanted: Vec<_> = form.all("audience").map(str::to_owned).chain(resources).collect();
    match wanted.iter().find(|name| !possible.contains(name)) {
        None if wanted.is_empty() && !possible.is_empty() => Ok(possible),
        None if !wanted.is_empty() => Ok(wanted),
        beyond => Err(OAuthError::new(ErrorCode::InvalidTarget, "audience_beyond_subject_token")
            .description(
                "The token cannot be for one of the audiences: it is none of the subject token's, or no scope of \
                 it belongs there.",
            )
            .expected(possible.join(", "))
            .got(beyond.map_or("none", String::as_str))),
    }
}

/// RFC 8693 §2.2.2: a subject or actor token that is not acceptable for any reason is `invalid_request`.
fn refused(reason: &'static str) -> OAuthError {
    OAuthError::invalid_request(reason).description("The token to exchange is not acceptable.")
}
