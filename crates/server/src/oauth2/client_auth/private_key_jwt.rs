//! `private_key_jwt`: an assertion signed with a key that the client has registered (OpenID Connect Core §9, RFC 7523
//! §2.2). Keys that the assertion itself carries or points to (`jwk`, `jku`, `x5u`, `x5c`) are never looked at.

use symbolon_protocol::{ClientAuthMethod, OAuthError};

use super::{Claimed, ClientAuth, Presented, assertion};
use crate::cx::Cx;
use crate::oauth2::BoxFuture;
use crate::oauth2::client_keys::{self, KeyError};
use crate::snapshot::Client;

pub(super) struct PrivateKeyJwt;

impl ClientAuth for PrivateKeyJwt {
    fn method(&self) -> ClientAuthMethod {
        ClientAuthMethod::PrivateKeyJwt
    }

    fn is_offered(&self, presented: &Presented<'_>) -> bool {
        presented.assertion.as_ref().is_some_and(|assertion| assertion.method() == self.method())
    }

    fn verify<'a>(
        &'a self,
        cx: &'a Cx,
        client: &'a Client,
        claimed: Claimed<'a>,
    ) -> BoxFuture<'a, Result<(), OAuthError>> {
        Box::pin(verify(cx, client, claimed))
    }
}

async fn verify(cx: &Cx, client: &Client, claimed: Claimed<'_>) -> Result<(), OAuthError> {
    let token = &assertion::of(claimed)?.token;
    let allowed = assertion::allowed(cx, client, ClientAuthMethod::PrivateKeyJwt);
    match client_keys::verify(cx, client, token, &allowed).await {
        Ok(verified) => assertion::accept(cx, client, &verified.claims).await,
        Err(KeyError::Refused(error)) => Err(assertion::refused(&error, client, &allowed)),
        Err(KeyError::Unreadable(error)) => Err(error),
    }
}
