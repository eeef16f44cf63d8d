//! The parameters as one signed, and maybe encrypted, JWT (JARM §2.1, §2.2).

use serde_json::{Map, Value};
use symbolon_protocol::OAuthError;

use crate::cx::Cx;
use crate::oauth2::sealing;
use crate::snapshot::Client;

/// An answer is read at once: JARM §2.1 recommends ten minutes at most.
const SECONDS: i64 = 600;

/// The JWT for this client.
pub(super) async fn seal(
    cx: &Cx,
    client: &Client,
    parameters: &[(&str, &str)],
) -> Result<String, OAuthError> {
    let mut claims: Map<String, Value> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    claims.insert("iss".to_owned(), cx.issuer().into());
    claims.insert("aud".to_owned(), client.id().into());
    claims.insert("exp".to_owned(), cx.now.seconds().saturating_add(SECONDS).into());
    let entity = &client.entity;
    let signer = sealing::signer(cx, client, entity.authorization_signed_response_alg.as_deref())?;
    let signed = sealing::sign(&signer, &claims)?;
    let encrypter = sealing::encrypter(
        cx,
        client,
        entity.authorization_encrypted_response_alg.as_deref(),
        entity.authorization_encrypted_response_enc.as_deref(),
    );
    sealing::nest(encrypter.await?.as_ref(), signed)
}
