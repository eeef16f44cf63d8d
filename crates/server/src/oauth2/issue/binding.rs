//! Certificate-bound access tokens (RFC 8705 §3).

use symbolon_protocol::OAuthError;

use crate::cx::Cx;
use crate::snapshot::Client;

/// The thumbprint that the client's tokens are bound to: that of the certificate of this connection.
///
/// The certificate need not be trusted: what counts is that the same one comes back (RFC 8705 §3).
///
/// # Errors
/// `invalid_request` when the client has bound tokens and no certificate was shown.
pub(super) fn confirmation(cx: &Cx, client: &Client) -> Result<Option<String>, OAuthError> {
    if !client.entity.tls_client_certificate_bound_access_tokens {
        return Ok(None);
    }
    match &cx.peer.certificate {
        Some(certificate) => Ok(Some(certificate.leaf.x5t_s256())),
        None => Err(OAuthError::invalid_request("certificate_missing_for_binding")
            .description(
                "The access tokens of this client are bound to its certificate: connect with a client certificate.",
            )
            .detail("tls_client_certificate_bound_access_tokens is on, and the connection has no certificate")
            .expected("a client certificate")
            .got("none")),
    }
}
