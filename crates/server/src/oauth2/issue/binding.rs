//! Sender constraint: tokens that count only from who holds a certificate (RFC 8705 §3) or a key (RFC 9449 §5).
//!
//! What a request has shown binds what it is issued; what is bound is compared to what the next request shows.

use symbolon_protocol::{Confirmation, OAuthError, TokenType};

use crate::cx::Cx;
use crate::oauth2::dpop;
use crate::oauth2::profile::{Profile, SenderConstraint};
use crate::snapshot::Client;

/// What the access tokens of this request are bound to: nothing, the certificate of the connection, the key of the
/// proof, or both.
///
/// The certificate need not be trusted: what counts is that the same one comes back (RFC 8705 §3). Of a client that did
/// not register for bound tokens, a certificate binds nothing, because a browser or a proxy may show one to everybody;
/// a proof does, because nobody sends one by chance.
///
/// # Errors
/// `invalid_request` when the client has bound tokens and no certificate was shown; `invalid_dpop_proof` or
/// `use_dpop_nonce` when a proof is missing or wrong.
pub fn confirmation(cx: &Cx, client: &Client) -> Result<Option<Confirmation>, OAuthError> {
    let proof = cx.proof()?;
    if proof.is_none() && dpop::is_required(client) {
        return Err(dpop::invalid("dpop_proof_missing")
            .description("The access tokens of this client are bound to a key: send a DPoP proof.")
            .detail("dpop_bound_access_tokens is on, and the request has no DPoP header")
            .expected("a DPoP header")
            .got("none"));
    }
    let confirmation = Confirmation {
        certificate_thumbprint: certificate(cx, client)?,
        key_thumbprint: proof.map(|proof| proof.jkt.clone()),
    };
    let confirmation = Some(confirmation).filter(|confirmation| *confirmation != Confirmation::default());
    if confirmation.is_none() && Profile::of(&cx.workspace).sender_constraint().is_some() {
        return Err(unbound(cx));
    }
    Ok(confirmation)
}

/// A profile that has every token bound gives none to who shows nothing that it could be bound to.
fn unbound(cx: &Cx) -> OAuthError {
    OAuthError::invalid_request("sender_constraint_missing")
        .description(
            "This authorization server issues sender-constrained access tokens alone: send a DPoP proof, or \
             connect with a client certificate.",
        )
        .detail(format!("the profile asks for it ({})", Profile::of(&cx.workspace).clause_of_binding()))
        .expected("a client certificate or a DPoP header")
        .got("neither")
}

/// What the sender of this request could be held to, whether or not it has registered for that: the certificate of the
/// connection, the key of the proof, or both.
///
/// # Errors
/// The errors of the proof.
pub fn shown(cx: &Cx) -> Result<Option<Confirmation>, OAuthError> {
    let shown = Confirmation {
        certificate_thumbprint: cx.peer.certificate.as_ref().map(|certificate| certificate.leaf.x5t_s256()),
        key_thumbprint: cx.proof()?.map(|proof| proof.jkt.clone()),
    };
    Ok(Some(shown).filter(|shown| *shown != Confirmation::default()))
}

/// The same for what is issued in exchange for a token that was bound: it stays bound, as its sender has just shown.
pub fn kept(own: Option<Confirmation>, before: Option<&Confirmation>) -> Option<Confirmation> {
    let Some(before) = before else { return own };
    let own = own.unwrap_or_default();
    Some(Confirmation {
        certificate_thumbprint: own.certificate_thumbprint.or_else(|| before.certificate_thumbprint.clone()),
        key_thumbprint: own.key_thumbprint.or_else(|| before.key_thumbprint.clone()),
    })
}

/// `token_type` of a token that is bound so.
pub fn token_type(confirmation: Option<&Confirmation>) -> TokenType {
    match confirmation.and_then(|confirmation| confirmation.key_thumbprint.as_ref()) {
        Some(_) => TokenType::Dpop,
        None => TokenType::Bearer,
    }
}

/// What refresh tokens are bound to: those of a public client to what its access tokens are bound to (RFC 8705 §4, RFC
/// 9449 §5). Those of other clients are bound by the client's authentication.
pub fn of_refresh_token(client: &Client, confirmation: Option<&Confirmation>) -> Option<Confirmation> {
    confirmation.filter(|_| client.auth_method.is_public()).cloned()
}

/// Whether the sender of this request is who something was bound to. `refused` makes the error of its place.
///
/// # Errors
/// `refused` with `mismatch.0` for another certificate and `mismatch.1` for another key; the errors of the proof.
pub fn check(
    cx: &Cx,
    bound: &Confirmation,
    refused: fn(&'static str) -> OAuthError,
    mismatch: (&'static str, &'static str),
) -> Result<(), OAuthError> {
    let compare = |expected: &Option<String>, shown: Option<&str>, reason, none| match expected {
        Some(expected) if shown != Some(expected) => {
            Err(refused(reason).expected(expected).got(shown.unwrap_or(none)))
        }
        _ => Ok(()),
    };
    let certificate = cx.peer.certificate.as_ref().map(|certificate| certificate.leaf.x5t_s256());
    compare(&bound.certificate_thumbprint, certificate.as_deref(), mismatch.0, "no certificate")?;
    let key = cx.proof()?.map(|proof| proof.jkt.as_str());
    compare(&bound.key_thumbprint, key, mismatch.1, "no DPoP proof")
}

/// Whether the certificate of the connection counts: where the client has registered for it, where the profile wants
/// it, and where the profile wants any binding and there is no other.
fn binds_to_certificate(cx: &Cx, client: &Client) -> bool {
    client.entity.tls_client_certificate_bound_access_tokens
        || match Profile::of(&cx.workspace).sender_constraint() {
            None => false,
            Some(SenderConstraint::Certificate) => true,
            Some(SenderConstraint::CertificateOrKey) => {
                cx.peer.certificate.is_some()
                    && !client.entity.dpop_bound_access_tokens
                    && cx.proof().is_ok_and(|proof| proof.is_none())
            }
        }
}

fn certificate(cx: &Cx, client: &Client) -> Result<Option<String>, OAuthError> {
    if !binds_to_certificate(cx, client) {
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
