//! `client_secret_jwt`: an assertion with an HMAC by the secret (OpenID Connect Core §9).

use symbolon_jose::{Error, KeySet};
use symbolon_protocol::{ClientAuthMethod, OAuthError};

use super::{Claimed, ClientAuth, Presented, assertion};
use crate::cx::Cx;
use crate::oauth2::BoxFuture;
use crate::snapshot::Client;

pub(super) struct ClientSecretJwt;

impl ClientAuth for ClientSecretJwt {
    fn method(&self) -> ClientAuthMethod {
        ClientAuthMethod::ClientSecretJwt
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
    let allowed = assertion::allowed(cx, client, ClientAuthMethod::ClientSecretJwt);
    // Earlier secrets count as long as they do elsewhere.
    let live = client.secrets.iter().filter(|secret| secret.is_live(cx.now));
    let mut error = Error::BadSignature;
    for key in live.filter_map(|secret| secret.mac.clone()) {
        match token.verify(&KeySet::single(key), &allowed) {
            Ok(verified) => return assertion::accept(cx, client, &verified.claims).await,
            Err(refused) => error = refused,
        }
    }
    if client.secrets.iter().all(|secret| secret.mac.is_none()) {
        return Err(OAuthError::invalid_client("client_has_no_secret")
            .detail("the client has no secret, or one of less than 32 bytes (RFC 7518 §3.2)")
            .got(client.id()));
    }
    Err(assertion::refused(&error, client, &allowed))
}
