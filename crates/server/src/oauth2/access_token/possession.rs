//! Whether who sends a token holds what it is bound to: a certificate (RFC 8705 §3) or a key (RFC 9449 §7).

use symbolon_jose::sha256_b64url;
use symbolon_protocol::OAuthError;

use super::claims::Claims;
use super::invalid;
use super::sent::{Scheme, Sent};
use crate::oauth2::dpop;
use crate::tls::Peer;

/// Who sends a token: what they have shown of themselves.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// What a proof is judged by.
    pub judge: dpop::Judge<'a>,
    /// The other end, and its certificate.
    pub peer: &'a Peer,
    /// The proof.
    pub dpop: &'a dpop::Presented,
}

/// Whether the sender of a token is who it was bound to, and sends it as it must be sent. Uses the proof up.
///
/// # Errors
/// `invalid_token` for another certificate (RFC 8705 §3), another key, or the wrong scheme (RFC 9449 §7.2: a bound token
/// is no bearer token); `invalid_dpop_proof` or `use_dpop_nonce` for the proof itself.
pub async fn check_possession(
    sender: &Sender<'_>,
    sent: Sent<'_>,
    claims: &Claims,
) -> Result<(), OAuthError> {
    check_binding(sender.peer, claims)?;
    let (bound, proof) = match (sent.scheme, claims.jkt()) {
        (Scheme::Bearer, None) => return Ok(()),
        (Scheme::Bearer, Some(_)) => {
            return Err(invalid("access_token_without_proof")
                .description("The access token is bound to a key: send it with the DPoP scheme and a proof.")
                .expected("Authorization: DPoP")
                .got("Bearer"));
        }
        (Scheme::Dpop, None) => {
            return Err(invalid("access_token_not_bound_to_key")
                .description("The access token is not bound to a key: send it with the Bearer scheme.")
                .expected("Authorization: Bearer")
                .got("DPoP"));
        }
        (Scheme::Dpop, Some(bound)) => (bound, sender.dpop.proof(&sender.judge)?),
    };
    let proof = proof.ok_or_else(|| {
        dpop::invalid("dpop_proof_missing").description("The request needs a DPoP proof in the DPoP header.")
    })?;
    if proof.jkt != bound {
        return Err(invalid("access_token_key_mismatch")
            .description("The access token is bound to another key than that of the DPoP proof.")
            .expected(bound)
            .got(&proof.jkt));
    }
    // RFC 9449 §4.3 item 12: the proof goes with this very token.
    let ath = sha256_b64url(sent.token.as_bytes());
    if proof.ath.as_ref() != Some(&ath) {
        return Err(dpop::invalid("dpop_proof_for_another_token")
            .description("The ath of the DPoP proof is not the hash of the access token.")
            .expected(ath)
            .got(proof.ath.as_deref().unwrap_or("none")));
    }
    dpop::spend(&sender.judge, proof).await
}

/// RFC 8705 §3: a bound token counts only on a connection with its certificate.
///
/// # Errors
/// `invalid_token`.
pub fn check_binding(peer: &Peer, claims: &Claims) -> Result<(), OAuthError> {
    let Some(bound) = claims.thumbprint() else { return Ok(()) };
    let shown = peer.certificate.as_ref().map(|certificate| certificate.leaf.x5t_s256());
    if shown.as_deref() == Some(bound) {
        return Ok(());
    }
    Err(invalid("access_token_certificate_mismatch")
        .description(
            "The access token is bound to a client certificate, which this connection did not present.",
        )
        .expected(format!("the certificate with x5t#S256 {bound}"))
        .got(shown.as_deref().unwrap_or("no certificate")))
}
