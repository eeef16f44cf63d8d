//! `client_credentials`: the client's own access (RFC 6749 §4.4). Needs nothing from the store.

use std::borrow::Cow;

use symbolon_protocol::{GrantType, OAuthError};

use super::{Grant, Owner, Redeemed, Spends, TokenRequest};
use crate::oauth2::BoxFuture;
use crate::oauth2::issue::{OFFLINE_ACCESS, OPENID};
use crate::oauth2::scope;

pub(super) struct ClientCredentials;

impl Grant for ClientCredentials {
    fn grant_type(&self) -> GrantType {
        GrantType::ClientCredentials
    }

    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>> {
        Box::pin(std::future::ready(redeem(request)))
    }
}

fn redeem(request: TokenRequest<'_>) -> Result<Redeemed<'_>, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    // RFC 6749 §2.1: a public client has no identity that its word alone could give it.
    if client.auth_method.is_public() {
        return Err(OAuthError::unauthorized_client("client_credentials_of_public_client")
            .description("A public client cannot use the client_credentials grant."));
    }
    let scope = scope::requested(cx, client, form)?;
    // There is nobody whose session or identity such scopes could speak of.
    let out_of_place = scope.iter().any(is_about_a_person);
    let scope = if out_of_place { Cow::Owned(scope.filter(|name| !is_about_a_person(name))) } else { scope };
    Ok(Redeemed { owner: Owner::Client, scope, spends: Spends::Nothing { keeps: None } })
}

fn is_about_a_person(name: &str) -> bool {
    name == OPENID || name == OFFLINE_ACCESS
}
