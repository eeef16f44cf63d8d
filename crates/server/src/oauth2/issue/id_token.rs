//! ID tokens (OIDC Core §2, §3.1.3.6).

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, half_hash};
use symbolon_protocol::{OAuthError, ScopeSet};

use super::subject;
use crate::cx::Cx;
use crate::oauth2::claims::{self, Telling};
use crate::oauth2::grants::Person;
use crate::oauth2::profile::Profile;
use crate::snapshot::Client;

/// What an ID token says. It has none of `aid`, `tid`, `scp`: those mark an access token.
#[derive(Serialize)]
struct Claims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    amr: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    aud: [&'a str; 1],
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_hash: Option<String>,
    exp: i64,
    iat: i64,
    iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(rename = "urn:openid:params:jwt:claim:auth_req_id", skip_serializing_if = "Option::is_none")]
    auth_req_id: Option<&'a str>,
    #[serde(rename = "urn:openid:params:jwt:claim:rt_hash", skip_serializing_if = "Option::is_none")]
    rt_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s_hash: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    sid: &'a str,
    sub: &'a str,
    #[serde(flatten)]
    about: Map<String, Value>,
}

/// An ID token about to be made.
pub(super) struct Draft<'a> {
    pub(super) cx: &'a Cx,
    pub(super) client: &'a Client,
    pub(super) person: &'a Person,
    pub(super) scope: &'a ScopeSet,
    /// The access token beside it: `at_hash` (OIDC Core §3.1.3.6, §3.2.2.10).
    pub(super) access_token: Option<&'a str>,
    /// The code beside it: `c_hash` (OIDC Core §3.3.2.11).
    pub(super) code: Option<&'a str>,
    /// The `state` beside it: `s_hash` (FAPI 1.0 Advanced §5.1.1).
    pub(super) state: Option<&'a str>,
    /// Where it is pushed: the request that it answers, and the refresh token beside it (CIBA §10.3.1).
    pub(super) pushed: Option<(&'a str, Option<&'a str>)>,
    /// In seconds.
    pub(super) lifetime: i64,
}

impl Draft<'_> {
    /// The token.
    pub(super) fn finish(self) -> Result<String, OAuthError> {
        let Self { cx, client, person, scope, access_token, code, state, pushed, lifetime } = self;
        let keys = &cx.workspace.keys;
        // A client may ask for an algorithm that the workspace has a key for.
        let wanted = client.entity.id_token_signed_response_alg.as_deref();
        let wanted = wanted.and_then(|name| name.parse::<Algorithm>().ok());
        let profile = Profile::of(&cx.workspace);
        let wanted = wanted.filter(|algorithm| profile.allows_algorithm(*algorithm));
        let secret = wanted.and_then(|algorithm| client.secret_signer(algorithm));
        let signer = match (&secret, wanted) {
            (Some(signer), _) => signer,
            (None, Some(algorithm)) if algorithm.is_symmetric() => {
                return Err(OAuthError::server_error("signing_algorithm_without_key")
                    .detail("id_token_signed_response_alg needs a client secret that is long enough")
                    .got(algorithm.as_str()));
            }
            (None, wanted) => wanted.and_then(|algorithm| keys.signer_for(algorithm)).unwrap_or(&keys.signer),
        };
        let hash = |value: &str| half_hash(signer.algorithm(), value);
        let authentication = &person.record.authentication;
        let issuer = cx.issuer();
        let advanced = cx.workspace.server.advanced.as_ref();
        let hides_acr = advanced.is_some_and(|advanced| advanced.do_not_issue_acr_claim_in_id_token);
        // OIDC Core §5.4: userinfo tells what the scopes ask for, if the client gets an access token for it.
        let has_userinfo = access_token.is_some() || code.is_some();
        let tells_all = !has_userinfo || advanced.is_some_and(|advanced| advanced.scope_claims_in_id_token);
        let scope = if tells_all { Cow::Borrowed(scope) } else { Cow::Owned(claims::beyond_userinfo(scope)) };
        let telling =
            Telling { workspace: &cx.workspace, client, scope: &scope, authentication: Some(authentication) };
        let sid = subject::session(&cx.workspace, client, &authentication.session_id);
        let claims = Claims {
            acr: person.record.acr.as_deref().filter(|_| !hides_acr),
            amr: &authentication.amr,
            at_hash: access_token.map(hash),
            aud: [client.id()],
            auth_time: authentication.auth_time,
            c_hash: code.map(hash),
            exp: cx.now.seconds().saturating_add(lifetime),
            iat: cx.now.seconds(),
            iss: &issuer,
            nonce: person.nonce.as_deref(),
            auth_req_id: pushed.map(|(auth_req_id, _)| auth_req_id),
            rt_hash: pushed.and_then(|(_, refresh_token)| refresh_token).map(hash),
            s_hash: state.map(hash),
            sid: if names_session(profile, client) { &sid } else { "" },
            sub: &subject::of(&cx.workspace, client, &authentication.subject),
            about: telling.in_id_token(&person.record.claims),
        };
        signer.sign_json(&claims).map_err(|error| OAuthError::server_error("signing_failed").detail(error))
    }
}

/// Whether the session is named. Where FAPI has ID tokens say no more than is needed, to those alone that take part in
/// logout.
fn names_session(profile: Profile, client: &Client) -> bool {
    let entity = &client.entity;
    !profile.is_fapi()
        || entity.backchannel_logout_uri.is_some()
        || entity.frontchannel_logout_uri.is_some()
        || !entity.post_logout_redirect_uris.is_empty()
}
