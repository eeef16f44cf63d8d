//! Whether the workspace trusts the certificate of a connection (RFC 8705 §2.1).
//!
//! The TLS layer proves possession of the key and judges nothing else; trust is decided here, on every request,
//! against the roots as they are configured now. What a good chain costs to verify is paid once: the verdict is
//! remembered for that very chain and those very roots and revocation lists, until the first of them runs out.

use std::fmt;
use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::sha256;
use symbolon_pki::{AnchorsId, PathError, TrustAnchors, TrustedPath};
use symbolon_protocol::OAuthError;

use crate::cx::Cx;
use crate::tls::PeerCertificate;

/// How many verdicts are remembered.
const VERDICTS: usize = 20_000;

/// Good verdicts. Bad ones are not kept: they may become good at any time, and anyone can cause them.
pub struct Verdicts(Cache<(AnchorsId, [u8; 32]), Arc<TrustedPath>>);

impl Default for Verdicts {
    fn default() -> Self {
        Self(Cache::new(VERDICTS))
    }
}

impl fmt::Debug for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verdicts({})", self.0.len())
    }
}

impl Verdicts {
    /// Judges a chain at `now`, in unix seconds.
    ///
    /// # Errors
    /// Why it is not trusted.
    pub fn judge(
        &self,
        anchors: &TrustAnchors,
        certificate: &PeerCertificate,
        now: i64,
    ) -> Result<Arc<TrustedPath>, PathError> {
        let key = (anchors.id(), digest(certificate));
        if let Some(path) = self.0.get(&key).filter(|path| now <= path.valid_until) {
            return Ok(path);
        }
        let path = Arc::new(anchors.verify(&certificate.chain, now)?);
        self.0.insert(key, Arc::clone(&path));
        Ok(path)
    }
}

/// Judges the certificate of this connection by the roots of the workspace.
///
/// # Errors
/// `invalid_client`, with a sentence about the certificate that names the cure.
pub fn trusted(cx: &Cx, certificate: &PeerCertificate) -> Result<Arc<TrustedPath>, OAuthError> {
    let anchors = cx.workspace.trust.as_ref().map_err(|error| {
        OAuthError::invalid_client("root_cas_unusable")
            .description(NOT_TRUSTED)
            .detail(format!("the root_cas or crls of the workspace cannot be read: {error}"))
    })?;
    cx.app.memory.verdicts.judge(anchors, certificate, cx.now.seconds()).map_err(|error| refused(&error))
}

const NOT_TRUSTED: &str = "The client certificate is not trusted by this authorization server.";

fn refused(error: &PathError) -> OAuthError {
    let refused = OAuthError::invalid_client(error.code()).detail(error);
    match is_about_the_certificate(error) {
        true => {
            // A description is ASCII (RFC 6749 §5.2).
            let text = error.to_string().replace('…', "...");
            refused.description(format!("The client certificate is not accepted: {text}."))
        }
        false => refused.description(NOT_TRUSTED),
    }
}

/// Whether the error tells the caller nothing but what is in its own certificate. The others speak of the
/// configuration of the workspace, and are for the log.
fn is_about_the_certificate(error: &PathError) -> bool {
    matches!(
        error,
        PathError::TooLong { .. }
            | PathError::Malformed { .. }
            | PathError::Expired { .. }
            | PathError::NotYetValid { .. }
            | PathError::UnknownSelfSigned { .. }
            | PathError::UnsupportedSignature { .. }
            | PathError::WrongUsage { .. }
            | PathError::Revoked { .. }
            | PathError::CaCertificate { .. }
            | PathError::OldVersion { .. }
            | PathError::IntermediateNotCa { .. }
            | PathError::TooComplex { .. }
    )
}

/// Identifies a chain: the thumbprint of the client's certificate, and what came with it.
fn digest(certificate: &PeerCertificate) -> [u8; 32] {
    let leaf = *certificate.leaf.sha256_thumbprint();
    let rest = certificate.chain.get(1..).unwrap_or_default();
    if rest.is_empty() {
        return leaf;
    }
    let mut content = leaf.to_vec();
    // Each DER structure carries its own length, so the concatenation is unambiguous.
    rest.iter().for_each(|der| content.extend_from_slice(der));
    sha256(&content)
}
