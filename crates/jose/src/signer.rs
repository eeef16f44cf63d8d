//! Issuing JWTs: one header computed once, one buffer per token (RFC 7515 §7.1, RFC 7519 §7.1).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Algorithm, Error, SigningKey, VerificationKey, base64url};

/// Room for the claims of an ordinary access token, so that serialising rarely grows the buffer.
const CLAIMS_CAPACITY: usize = 1024;

/// Signs tokens that share a header. Cheap to clone; keep one per key and `typ`.
#[derive(Clone, Debug)]
pub struct JwtSigner {
    key: SigningKey,
    /// The encoded header and the dot behind it.
    prefix: Box<str>,
}

#[derive(Serialize)]
struct ProtectedHeader<'a> {
    alg: Algorithm,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'a str>,
    #[serde(flatten)]
    extra: &'a Map<String, Value>,
}

impl JwtSigner {
    /// A signer with `alg`, `kid` and `typ` in the header; an empty `kid` or `typ` is left out.
    ///
    /// # Errors
    /// As [`Self::with_members`].
    pub fn new(key: SigningKey, kid: &str, typ: &str) -> Result<Self, Error> {
        Self::with_members(key, kid, typ, &Map::new())
    }

    /// As [`Self::new`] with further header members, `jwk` of a `DPoP` proof for instance.
    ///
    /// # Errors
    /// [`Error::MalformedHeader`] when `extra` repeats `alg`, `kid` or `typ`, or asks for an unencoded
    /// payload or a critical extension.
    pub fn with_members(
        key: SigningKey,
        kid: &str,
        typ: &str,
        extra: &Map<String, Value>,
    ) -> Result<Self, Error> {
        if let Some(name) =
            ["alg", "kid", "typ", "b64", "crit"].into_iter().find(|name| extra.contains_key(*name))
        {
            return Err(Error::MalformedHeader(name));
        }
        let header = ProtectedHeader {
            alg: key.algorithm(),
            kid: Some(kid).filter(|kid| !kid.is_empty()),
            typ: Some(typ).filter(|typ| !typ.is_empty()),
            extra,
        };
        let mut prefix = base64url::encode(serde_json::to_vec(&header).map_err(|_| Error::Serialize)?);
        prefix.push('.');
        Ok(Self { key, prefix: prefix.into() })
    }

    /// The same signer with another `typ` in the header.
    ///
    /// # Errors
    /// [`Error::Serialize`].
    pub fn with_typ(&self, typ: &str) -> Result<Self, Error> {
        let header = base64url::decode(self.prefix.trim_end_matches('.'))?;
        let mut header: Map<String, Value> = serde_json::from_slice(&header).map_err(|_| Error::Serialize)?;
        header.insert("typ".to_owned(), typ.into());
        let mut prefix = base64url::encode(serde_json::to_vec(&header).map_err(|_| Error::Serialize)?);
        prefix.push('.');
        Ok(Self { key: self.key.clone(), prefix: prefix.into() })
    }

    /// The algorithm tokens are signed with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// What verifies the tokens: the public half of the key, or the secret itself.
    ///
    /// # Errors
    /// As [`SigningKey::verification_key`].
    pub fn verification_key(&self) -> Result<VerificationKey, Error> {
        self.key.verification_key()
    }

    /// Signs a claims set.
    ///
    /// # Errors
    /// [`Error::Serialize`], [`Error::Crypto`].
    pub fn sign_json(&self, claims: &impl Serialize) -> Result<String, Error> {
        let mut payload = Vec::with_capacity(CLAIMS_CAPACITY);
        serde_json::to_writer(&mut payload, claims).map_err(|_| Error::Serialize)?;
        self.sign_payload(&payload)
    }

    /// Signs any payload: a compact JWS.
    ///
    /// # Errors
    /// [`Error::Crypto`].
    pub fn sign_payload(&self, payload: &[u8]) -> Result<String, Error> {
        let signature_len = base64url::encoded_len(self.key.signature_len());
        let len = self.prefix.len() + base64url::encoded_len(payload.len()) + 1 + signature_len;
        let mut token = String::with_capacity(len);
        token.push_str(&self.prefix);
        base64url::encode_into(payload, &mut token);
        let signature = self.key.sign(token.as_bytes())?;
        token.push('.');
        base64url::encode_into(signature, &mut token);
        debug_assert_eq!(token.len(), len, "the token was allocated once");
        Ok(token)
    }
}
