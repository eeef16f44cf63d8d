//! What is told to one client, signed and encrypted as it has registered: ID tokens, userinfo, authorization
//! responses, introspection responses (OIDC Core §10, JARM §2.2, RFC 9701 §5).

use std::borrow::Cow;

use serde::Serialize;
use symbolon_jose::{
    Algorithm, ContentEncryption, EncryptionKey, Error, JweEncrypter, JwtSigner, KeyManagement,
};
use symbolon_protocol::OAuthError;

use crate::cx::Cx;
use crate::oauth2::client_keys;
use crate::oauth2::profile::Profile;
use crate::snapshot::Client;

/// The signer for an algorithm that the client has registered; the workspace's own where it has registered none.
///
/// # Errors
/// `server_error` when no current key of the workspace serves the algorithm: its keys have changed since.
pub fn signer<'a>(
    cx: &'a Cx,
    client: &Client,
    wanted: Option<&str>,
) -> Result<Cow<'a, JwtSigner>, OAuthError> {
    let keys = &cx.workspace.keys;
    let Some(wanted) = wanted.filter(|word| !word.is_empty()) else { return Ok(Cow::Borrowed(&keys.signer)) };
    let without_key = || {
        OAuthError::server_error("signing_algorithm_without_key")
            .detail("the client has registered an algorithm that no key serves")
            .expected(keys.signing_algorithms().map(Algorithm::as_str).collect::<Vec<_>>().join(", "))
            .got(wanted)
    };
    let algorithm: Algorithm = wanted.parse().map_err(|_| without_key())?;
    if !Profile::of(&cx.workspace).allows_algorithm(algorithm) {
        return Err(without_key());
    }
    if algorithm.is_symmetric() {
        return client.secret_signer(algorithm).map(Cow::Owned).ok_or_else(without_key);
    }
    keys.signer_for(algorithm).map(Cow::Borrowed).ok_or_else(without_key)
}

/// Signs claims.
///
/// # Errors
/// `server_error` when the library fails.
pub fn sign(signer: &JwtSigner, claims: &impl Serialize) -> Result<String, OAuthError> {
    signer.sign_json(claims).map_err(|error| OAuthError::server_error("signing_failed").detail(error))
}

/// What encrypts to the client; `None` where it has registered no `alg`.
///
/// # Errors
/// `temporarily_unavailable` when its `jwks_uri` does not answer, `server_error` when it has no key for the algorithm.
pub async fn encrypter(
    cx: &Cx,
    client: &Client,
    alg: Option<&str>,
    enc: Option<&str>,
) -> Result<Option<JweEncrypter>, OAuthError> {
    let Some(alg) = alg.filter(|word| !word.is_empty()) else { return Ok(None) };
    let unusable = |error: Error| {
        OAuthError::server_error("encryption_key_missing")
            .description("The client has no key that its answer could be encrypted to.")
            .detail(error)
            .expected(format!("a public key for {alg} in the client's jwks or jwks_uri"))
    };
    let algorithm: KeyManagement = alg.parse().map_err(unusable)?;
    let encryption = match enc.filter(|word| !word.is_empty()) {
        Some(enc) => enc.parse().map_err(unusable)?,
        None => ContentEncryption::DEFAULT,
    };
    if algorithm.is_symmetric() {
        let key = client.secret_encryption().ok_or(Error::NoEncryptionKey(algorithm)).map_err(unusable)?;
        return JweEncrypter::new(key, algorithm, encryption).map(Some).map_err(unusable);
    }
    let jwk = client_keys::encryption(cx, client, alg).await?;
    let jwk = jwk.ok_or(Error::NoEncryptionKey(algorithm)).map_err(unusable)?;
    let key = EncryptionKey::from_jwk(&jwk).map_err(unusable)?;
    JweEncrypter::new(key, algorithm, encryption).map(Some).map_err(unusable)
}

/// The signed token, encrypted where there is something to encrypt with.
///
/// # Errors
/// `server_error` when the library fails.
pub fn nest(encrypter: Option<&JweEncrypter>, signed: String) -> Result<String, OAuthError> {
    match encrypter {
        Some(encrypter) => encrypter.encrypt_jwt(&signed).map_err(failed),
        None => Ok(signed),
    }
}

/// Claims that are encrypted and not signed (OIDC Core §5.3.2).
///
/// # Errors
/// `server_error` when the library fails.
pub fn encrypt(encrypter: &JweEncrypter, claims: &impl Serialize) -> Result<String, OAuthError> {
    let claims = serde_json::to_vec(claims).map_err(|error| failed(error.to_string()))?;
    encrypter.encrypt(&claims, None).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> OAuthError {
    OAuthError::server_error("encryption_failed").detail(error)
}
