//! `self_signed_tls_client_auth`: the very certificate, or the very key, that the client registered (RFC 8705 §2.2).
//!
//! No chain is validated. A registered key with `x5c` stands for that certificate; one without stands for every
//! certificate of that key, whose possession the handshake has proven. Dates count.

use symbolon_protocol::{ClientAuthMethod, OAuthError};

use super::{Claimed, ClientAuth, Presented, certificate_of};
use crate::cx::Cx;
use crate::oauth2::{BoxFuture, client_keys};
use crate::snapshot::Client;

pub(super) struct SelfSignedTlsClientAuth;

impl ClientAuth for SelfSignedTlsClientAuth {
    fn method(&self) -> ClientAuthMethod {
        ClientAuthMethod::SelfSignedTlsClientAuth
    }

    fn is_offered(&self, _: &Presented<'_>) -> bool {
        false
    }

    fn verify<'a>(
        &'a self,
        cx: &'a Cx,
        client: &'a Client,
        _: Claimed<'a>,
    ) -> BoxFuture<'a, Result<(), OAuthError>> {
        Box::pin(verify(cx, client))
    }
}

async fn verify(cx: &Cx, client: &Client) -> Result<(), OAuthError> {
    let leaf = &certificate_of(cx)?.leaf;
    let now = cx.now.seconds();
    if now < leaf.not_before() || now > leaf.not_after() {
        return Err(OAuthError::invalid_client("certificate_expired")
            .description("The client certificate has expired or is not valid yet.")
            .expected(format!("{now} between notBefore and notAfter"))
            .got(format!("{} to {}", leaf.not_before(), leaf.not_after())));
    }
    if client_keys::hold(cx, client, leaf).await? {
        return Ok(());
    }
    Err(OAuthError::invalid_client("certificate_not_registered")
        .description("The client certificate is not one of those that the client is registered with.")
        .detail("neither jwks nor jwks_uri of the client has this certificate or its key")
        .expected("a key with this certificate in x5c, or this public key")
        .got(format!("{} (x5t#S256 {})", leaf.subject(), leaf.x5t_s256())))
}
