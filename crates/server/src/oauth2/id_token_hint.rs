//! ID tokens that come back to us as hints (OIDC Core §3.1.2.1, RP-Initiated Logout 1.0 §2).

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use symbolon_jose::{ContentEncryption, Error, Jwe, KeyManagement, KeySet, UnverifiedJwt, VerifiedJwt};

use crate::cx::Cx;
use crate::snapshot::Client;

/// What a hint says, once it is known to be ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenHint {
    /// Who it was about.
    pub subject: String,
    /// The client it was issued to.
    pub client_id: String,
    /// The session it was issued in.
    pub session_id: Option<String>,
}

#[derive(Deserialize)]
struct HintClaims {
    iss: String,
    sub: String,
    aud: Audience,
    /// Signed userinfo has the members above, and no times.
    #[serde(rename = "iat")]
    _iat: i64,
    #[serde(rename = "exp")]
    _exp: i64,
    #[serde(default)]
    sid: Option<String>,
    /// The mark of a logout token, which the client's back channel has seen, and maybe a log.
    #[serde(default)]
    events: Option<IgnoredAny>,
    /// The mark of an access token, which others than the client may hold.
    #[serde(default)]
    aid: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Why a token is no hint.
#[derive(Debug, thiserror::Error)]
pub enum HintError {
    /// It is not a JWT signed by this workspace.
    #[error("not signed by this workspace: {0}")]
    Signature(#[from] Error),
    /// It is signed by this workspace, but not an ID token of this issuer for one client.
    #[error("not an ID token of this issuer")]
    NotAnIdToken,
}

/// The longest encrypted hint, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// `typ` of ID tokens. Tokens of other kinds have their own.
const TYP: &str = "JWT";

/// The client that a token says it was issued to, unverified: good for finding the keys that it may be signed with.
pub fn claimed_client(cx: &Cx, token: &str) -> Option<String> {
    let token = open(cx, token).ok()?;
    let claims = UnverifiedJwt::parse(&token).ok()?.claims_unverified().ok()?;
    serde_json::from_value::<Audience>(claims.get("aud")?.clone()).ok()?.only()
}

/// Verifies that the token is an ID token of this workspace. It may have expired: a hint is no credential
/// (OIDC Core §3.1.2.1). `client` is the one that it should have been issued to: its secret may have signed it.
///
/// # Errors
/// When it is not.
pub fn verify(cx: &Cx, client: Option<&Client>, token: &str) -> Result<IdTokenHint, HintError> {
    let token = open(cx, token)?;
    let verified = verify_signature(cx, client, &UnverifiedJwt::parse(&token)?)?;
    let is_id_token = verified.header.typ.is_none() || verified.header.has_typ(TYP);
    let claims: HintClaims = verified.deserialize()?;
    let is_id_token = is_id_token && claims.aid.is_none() && claims.events.is_none();
    match claims.aud.only() {
        Some(client_id) if is_id_token && claims.iss == cx.issuer() => {
            Ok(IdTokenHint { subject: claims.sub, client_id, session_id: claims.sid })
        }
        _ => Err(HintError::NotAnIdToken),
    }
}

/// A client that got its ID token encrypted decrypts it, and may encrypt what it finds to this workspace (RP-Initiated
/// Logout 1.0 §4).
fn open<'a>(cx: &Cx, token: &'a str) -> Result<Cow<'a, str>, Error> {
    if !Jwe::has_its_shape(token) {
        return Ok(Cow::Borrowed(token));
    }
    let keys = &cx.workspace.keys.encryption.private;
    let plain =
        Jwe::parse(token, MAX_BYTES)?.decrypt(keys, &KeyManagement::PUBLIC, &ContentEncryption::ALL)?;
    std::str::from_utf8(&plain).map(|text| Cow::Owned(text.to_owned())).map_err(|_| Error::PartCount)
}

fn verify_signature(
    cx: &Cx,
    client: Option<&Client>,
    token: &UnverifiedJwt<'_>,
) -> Result<VerifiedJwt, Error> {
    let algorithm = token.header().alg;
    if !algorithm.is_symmetric() {
        let keys = &cx.workspace.keys;
        return token.verify(&keys.verification, &keys.algorithms);
    }
    // A secret counts only where the client has registered its algorithm (OIDC Core §10.1).
    let signer = client.and_then(|client| client.secret_signer(algorithm));
    let signer = signer.ok_or_else(|| Error::NoMatchingKey { kid: token.header().kid.clone(), algorithm })?;
    token.verify(&KeySet::single(signer.verification_key()?), &[algorithm])
}

impl Audience {
    /// The one client that it names.
    fn only(self) -> Option<String> {
        match self {
            Self::One(client_id) => Some(client_id),
            Self::Many(mut ids) => (ids.len() == 1).then(|| ids.remove(0)),
        }
    }
}
