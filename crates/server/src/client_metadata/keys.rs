//! The keys and certificates that a client registers (RFC 7517, RFC 8705 §2.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_jose::{Jwk, VerificationKey};
use symbolon_pki::Certificate;
use symbolon_store::entity::{Client, ClientJwk, ClientJwks};

use crate::faults::Faults;

/// Notes what is wrong with `jwks`.
pub fn check(client: &Client, faults: &mut Faults) {
    let Some(jwks) = &client.jwks else { return };
    // RFC 7591 §2: they must not both be present.
    faults.check(client.jwks_uri.is_none(), "jwks_uri", "cannot stand beside jwks");
    for (index, key) in jwks.keys.iter().enumerate() {
        if let Err(message) = check_key(key) {
            faults.add(format!("jwks.keys[{index}]"), message);
        }
    }
}

fn check_key(key: &ClientJwk) -> Result<(), String> {
    let private = [&key.d, &key.dp, &key.dq, &key.k, &key.p, &key.q, &key.qi];
    if private.iter().any(|member| member.is_some()) {
        return Err(
            "has private members: register the public key, and treat this one as disclosed".to_owned()
        );
    }
    let jwk = serde_json::to_value(key)
        .ok()
        .and_then(|value| serde_json::from_value::<Jwk>(value).ok())
        .ok_or_else(|| "is no JSON Web Key (RFC 7517) of type EC, OKP or RSA".to_owned())?;
    // Keys for encryption are for the client to make sense of.
    if key.use_.as_deref() != Some("enc") {
        VerificationKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
    }
    let Some(leaf) = key.x5c.first() else { return Ok(()) };
    let der = STANDARD.decode(leaf).map_err(|_| "x5c[0] is not base64 of a DER certificate".to_owned())?;
    let certificate = Certificate::from_der(der).map_err(|error| format!("x5c[0]: {error}"))?;
    // RFC 7517 §4.7: the key in the first certificate must match the public key of the JWK.
    let certified = Jwk::from_spki_der(certificate.spki_der()).and_then(|certified| certified.thumbprint());
    match (certified, jwk.thumbprint()) {
        (Ok(certified), Ok(own)) if certified != own => {
            Err("x5c[0] is the certificate of another key".to_owned())
        }
        _ => Ok(()),
    }
}

/// The key set of one certificate, given as PEM or as base64 of PEM.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn of_certificate(text: &str) -> Result<ClientJwks, String> {
    let pem = match text.contains("-----BEGIN") {
        true => text.to_owned(),
        false => {
            let compact: String = text.split_ascii_whitespace().collect();
            let bytes =
                STANDARD.decode(compact).map_err(|_| "is neither PEM nor base64 of PEM".to_owned())?;
            String::from_utf8(bytes).map_err(|_| "is base64, but not of PEM".to_owned())?
        }
    };
    let certificate = Certificate::from_pem(&pem).map_err(|error| error.to_string())?;
    let key = of(&certificate).map_err(|error| format!("has a key that cannot be used: {error}"))?;
    Ok(ClientJwks { keys: vec![key] })
}

/// The certificate's key as a JWK with the certificate in `x5c`.
///
/// # Errors
/// When the key is of a kind that JOSE does not know.
pub fn of(certificate: &Certificate) -> Result<ClientJwk, symbolon_jose::Error> {
    let jwk = Jwk::from_spki_der(certificate.spki_der())?;
    let kid = jwk.thumbprint()?;
    let mut key = serde_json::to_value(&jwk)
        .and_then(serde_json::from_value::<ClientJwk>)
        .map_err(|_| symbolon_jose::Error::ClaimsShape)?;
    key.kid = Some(kid);
    key.use_ = Some("sig".to_owned());
    key.x5c = vec![STANDARD.encode(certificate.der())];
    key.x5t_s256 = Some(certificate.x5t_s256());
    Ok(key)
}

/// The certificate of a registered key, if it has one that can be read.
pub fn registered_certificate(key: &ClientJwk) -> Option<Certificate> {
    Certificate::from_der(STANDARD.decode(key.x5c.first()?).ok()?).ok()
}
