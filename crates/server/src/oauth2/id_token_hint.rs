//! ID tokens that come back to us as hints (OIDC Core §3.1.2.1, RP-Initiated Logout 1.0 §2).

use serde::Deserialize;
use serde::de::IgnoredAny;
use symbolon_jose::{Error, UnverifiedJwt};

use crate::cx::Cx;

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
    #[serde(default)]
    sid: Option<String>,
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

/// Verifies that the token is an ID token of this workspace. It may have expired: a hint is no credential
/// (OIDC Core §3.1.2.1).
///
/// # Errors
/// When it is not.
pub fn verify(cx: &Cx, token: &str) -> Result<IdTokenHint, HintError> {
    let keys = &cx.workspace.keys;
    let verified = UnverifiedJwt::parse(token)?.verify(&keys.verification, &keys.algorithms)?;
    let claims: HintClaims = verified.deserialize()?;
    let client_id = match claims.aud {
        Audience::One(client_id) => Some(client_id),
        Audience::Many(mut ids) => (ids.len() == 1).then(|| ids.remove(0)),
    };
    match client_id {
        Some(client_id) if claims.iss == cx.issuer() && claims.aid.is_none() => {
            Ok(IdTokenHint { subject: claims.sub, client_id, session_id: claims.sid })
        }
        _ => Err(HintError::NotAnIdToken),
    }
}
