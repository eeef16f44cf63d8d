//! `DPoP`: tokens bound to a key that every request proves to hold (RFC 9449).
//!
//! A proof is read where the request arrives ([`Presented`]), checked once for whoever asks ([`Presented::proof`]), and
//! spent ([`spend`]) when everything else about the request has gone well: a stranger's proofs write nothing.

mod nonce;
mod proof;

use std::fmt;
use std::sync::{Arc, OnceLock};

use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use symbolon_jose::Algorithm;
use symbolon_protocol::{Challenge, ErrorCode, OAuthError};
use url::Url;

pub use proof::Proof;

use super::error::store_failure;
use super::profile::Profile;
use crate::app::App;
use crate::base_url::BaseUrl;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::snapshot::{Client, Workspace};

/// The header of a proof (RFC 9449 §4.1).
pub const DPOP: HeaderName = HeaderName::from_static("dpop");
/// The header of a nonce (RFC 9449 §8).
pub const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The algorithms of proofs: asymmetric ones, and RSA only with PSS.
static ALGORITHMS: &[Algorithm] = &[
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::ES512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::EdDSA,
];

/// Those of them that the workspace's profile allows. Discovery and challenges print them.
pub fn algorithms(workspace: &Workspace) -> Vec<Algorithm> {
    allowed(Profile::of(workspace)).collect()
}

fn allowed(profile: Profile) -> impl Iterator<Item = Algorithm> {
    ALGORITHMS.iter().copied().filter(move |algorithm| profile.allows_algorithm(*algorithm))
}

/// Whether every token of the client must be bound to a key.
pub fn is_required(client: &Client) -> bool {
    client.entity.dpop_bound_access_tokens
}

/// Whether proofs must carry a nonce of ours (RFC 9449 §8). One that does is accepted anywhere.
pub fn requires_nonce(workspace: &Workspace) -> bool {
    workspace.server.advanced.as_ref().is_some_and(|advanced| advanced.require_dpop_nonce)
}

/// What a proof is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    /// The application.
    pub app: &'a App,
    /// The workspace that the token is of.
    pub workspace: &'a Workspace,
    /// The time of the request.
    pub now: Timestamp,
    /// Where the server was reached.
    pub base_url: &'a BaseUrl,
}

impl<'a> Judge<'a> {
    /// The judge of a request to a workspace.
    pub fn of(cx: &'a Cx) -> Self {
        Self { app: &cx.app, workspace: &cx.workspace, now: cx.now, base_url: &cx.base_url }
    }
}

/// The proof that came with a request, before anything of it is believed. Empty for most requests.
#[derive(Clone, Default)]
pub struct Presented(Option<Arc<Brought>>);

struct Brought {
    /// `None` when the header is repeated or not text.
    header: Option<Box<str>>,
    method: Method,
    path: Box<str>,
    /// The verdict, asked for by several steps of a request.
    verdict: OnceLock<Result<Proof, OAuthError>>,
}

impl Presented {
    /// What came with a request.
    pub fn of(parts: &Parts) -> Self {
        if !parts.headers.contains_key(DPOP) {
            return Self(None);
        }
        Self(Some(Arc::new(Brought {
            header: only_one(&parts.headers),
            method: parts.method.clone(),
            path: parts.uri.path().into(),
            verdict: OnceLock::new(),
        })))
    }

    /// The proof, checked: whose key it proves, for this method and address, at this time. Whether it was used before
    /// is another question, see [`spend`].
    ///
    /// # Errors
    /// `invalid_dpop_proof`; `use_dpop_nonce` with a nonce when it lacks one, or has an old one.
    pub fn proof(&self, judge: &Judge<'_>) -> Result<Option<&Proof>, OAuthError> {
        let Some(brought) = &self.0 else { return Ok(None) };
        let verdict = brought.verdict.get_or_init(|| brought.judge(judge));
        verdict.as_ref().map(Some).map_err(Clone::clone)
    }
}

impl Brought {
    fn judge(&self, judge: &Judge<'_>) -> Result<Proof, OAuthError> {
        // RFC 9449 §4.3: there is not more than one DPoP header.
        let text = self.header.as_deref().ok_or_else(|| {
            invalid("dpop_header_repeated").description("The DPoP header is repeated, or is not text.")
        })?;
        let expected = proof::Expected {
            method: &self.method,
            addresses: &addresses(judge, &self.path),
            now: judge.now.seconds(),
            algorithms: &algorithms(judge.workspace),
        };
        let nonces = nonce::Nonces::of(judge);
        let read = proof::read(text, &expected)?;
        match (read.nonce().map(|nonce| nonces.end_of(nonce)), requires_nonce(judge.workspace)) {
            // RFC 9449 §4.3 item 11: the time of a proof is that of its nonce, where it has one.
            (Some(Some(end)), _) => read.made_before(end),
            (Some(None), _) => Err(use_nonce(judge, "dpop_nonce_unknown")),
            (None, true) => Err(use_nonce(judge, "dpop_nonce_missing")),
            (None, false) => read.fresh(judge.now.seconds()),
        }
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "a DPoP header" } else { "no DPoP header" })
    }
}

/// Uses a proof up: of any number of requests with it, on any node, one gets through (RFC 9449 §11.1).
///
/// What is remembered is one digest of key, address and `jti`, until the proof would be too old anyway: a minute and a
/// half. It is a row, because nothing in a node's memory holds for the other nodes.
///
/// # Errors
/// `invalid_dpop_proof` for a proof that was used before; `temporarily_unavailable` when the store is away.
pub async fn spend(judge: &Judge<'_>, proof: &Proof) -> Result<(), OAuthError> {
    let store = judge.app.store.workspace(&judge.workspace.tenant_id, &judge.workspace.id);
    let until = proof.expires_at.saturating_mul(1000);
    let fresh = store.consume_once("dpop", &proof.identity(), until, judge.now.millis()).await;
    match fresh.map_err(|error| store_failure(&error))? {
        true => Ok(()),
        false => Err(invalid("dpop_proof_used_twice")
            .description("The DPoP proof was used before: make a new one for each request.")
            .got(&proof.jti)),
    }
}

/// Uses up the proof of a request to a workspace, if it has one.
///
/// # Errors
/// As [`spend`] and [`Presented::proof`].
pub async fn spend_of(cx: &Cx) -> Result<(), OAuthError> {
    match cx.proof()? {
        Some(proof) => spend(&Judge::of(cx), proof).await,
        None => Ok(()),
    }
}

/// Adds the nonce for the client's next proofs, where the workspace demands them (RFC 9449 §8.2).
pub fn add_nonce(cx: &Cx, response: &mut Response) {
    if requires_nonce(&cx.workspace) {
        let nonce = nonce::Nonces::of(&Judge::of(cx)).current();
        response.headers_mut().extend(HeaderValue::from_str(&nonce).map(|nonce| (DPOP_NONCE, nonce)));
    }
}

/// The challenge to a sender of a token who may prove a key (RFC 9449 §7.1), where this profile holds.
pub fn challenge(profile: Profile) -> Challenge {
    let names: Vec<_> = allowed(profile).map(Algorithm::as_str).collect();
    Challenge::dpop(&names)
}

/// `invalid_dpop_proof` with this reason.
pub fn invalid(reason: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidDpopProof, reason)
}

fn use_nonce(judge: &Judge<'_>, reason: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::UseDpopNonce, reason)
        .description("The DPoP proof must carry the nonce of the DPoP-Nonce header.")
        .dpop_nonce(nonce::Nonces::of(judge).current())
}

/// The names that this request can have been sent to.
fn addresses(judge: &Judge<'_>, path: &str) -> Vec<Url> {
    let bases = [Some(judge.base_url), judge.app.mtls_url.as_ref()];
    bases.into_iter().flatten().filter_map(|base| Url::parse(&format!("{base}{path}")).ok()).collect()
}

fn only_one(headers: &HeaderMap) -> Option<Box<str>> {
    let mut values = headers.get_all(DPOP).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then(|| first.into())
}
