//! `tls_client_auth`: a certificate of a trusted issuer with the registered name (RFC 8705 §2.1).

use symbolon_pki::RegisteredAttribute;
use symbolon_protocol::{ClientAuthMethod, OAuthError};

use super::{Claimed, ClientAuth, Presented, certificate_of, trust};
use crate::cx::Cx;
use crate::oauth2::BoxFuture;
use crate::snapshot::Client;

pub(super) struct TlsClientAuth;

impl ClientAuth for TlsClientAuth {
    fn method(&self) -> ClientAuthMethod {
        ClientAuthMethod::TlsClientAuth
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
        Box::pin(std::future::ready(verify(cx, client)))
    }
}

fn verify(cx: &Cx, client: &Client) -> Result<(), OAuthError> {
    let certificate = certificate_of(cx)?;
    trust::trusted(cx, certificate)?;
    registered(client)?.check(&certificate.leaf).map_err(|mismatch| {
        OAuthError::invalid_client("certificate_attribute_mismatch")
            .description("The client certificate is not the one that the client is registered with.")
            .expected(format!("{}={}", mismatch.attribute.wire_name(), mismatch.registered))
            .got(match mismatch.seen.as_slice() {
                [] => "none in the certificate".to_owned(),
                seen => seen.join("; "),
            })
            .detail(mismatch)
    })
}

/// RFC 8705 §2.1.2: exactly one attribute is registered.
fn registered(client: &Client) -> Result<&RegisteredAttribute, OAuthError> {
    let unusable = |detail: &str| {
        OAuthError::invalid_client("certificate_attribute_unusable")
            .detail(format!("what client {} registers cannot be compared: {detail}", client.id()))
            .expected("exactly one tls_client_auth_* attribute")
    };
    match &client.certificate {
        Some(Ok(registered)) => Ok(registered),
        Some(Err(error)) => Err(unusable(error)),
        None => Err(unusable("no tls_client_auth_* attribute is registered")),
    }
}
