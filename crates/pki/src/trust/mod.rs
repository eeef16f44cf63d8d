//! Is a certificate chain good for client authentication, against a given set of roots? RFC 5280 §6, with the
//! certificates that people really make with openssl judged by explicit rules:
//!
//! - every certificate given as a root is an anchor, intermediates included; only those that may issue
//!   certificates do so, and only within their own dates;
//! - a certificate that is itself listed is trusted as it is, `CA:TRUE` or not;
//! - an X.509 v1 certificate is trusted when a listed CA signed it directly;
//! - everything else is webpki's path building.
//!
//! Dates, extended key usage and revocation count under each rule.

mod build;
mod diagnose;
mod error;
mod signature;
mod verify;

use rustls::pki_types::TrustAnchor;

pub use error::{AnchorsError, PathError};

use crate::{Certificate, crl::RevocationList};

/// Most certificates looked at in one chain.
pub const MAX_CHAIN: usize = 8;
/// Most bytes looked at in one chain.
pub const MAX_CHAIN_BYTES: usize = 64 * 1024;

/// What identifies a set of roots and revocation lists: equal content, equal id. A key for caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnchorsId([u8; 32]);

/// The roots and revocation lists that a chain is judged against.
pub struct TrustAnchors {
    id: AnchorsId,
    system: bool,
    /// All that was listed.
    listed: Vec<Certificate>,
    /// Those that may issue, as webpki wants them.
    issuers: Vec<Issuer>,
    anchors: Vec<TrustAnchor<'static>>,
    /// Newest first.
    crls: Vec<RevocationList>,
}

struct Issuer {
    certificate: Certificate,
    anchor: TrustAnchor<'static>,
}

/// By which rule a chain was found good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustRule {
    /// The certificate itself is listed.
    Listed,
    /// A chain to a listed CA.
    Path,
    /// X.509 v1 (or v2), signed by a listed CA.
    OldVersion,
}

/// A good chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedPath {
    /// The rule that applied.
    pub rule: TrustRule,
    /// Subject of the listed certificate that the trust comes from, RFC 4514.
    pub anchor_subject: String,
    /// Its `x5t#S256`.
    pub anchor_thumbprint: String,
    /// The last second, since 1970, for which the verdict holds: the earliest end of a certificate or
    /// revocation list that it rests on.
    pub valid_until: i64,
}

impl TrustAnchors {
    /// Identifies this content.
    pub fn id(&self) -> AnchorsId {
        self.id
    }

    /// The certificates listed, without duplicates.
    pub fn certificates(&self) -> &[Certificate] {
        &self.listed
    }

    /// Whether these are the host's own roots.
    pub fn is_system(&self) -> bool {
        self.system
    }
}

impl std::fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrustAnchors")
            .field("system", &self.system)
            .field("listed", &self.listed)
            .field("crls", &self.crls.len())
            .finish_non_exhaustive()
    }
}

impl Issuer {
    fn is_valid_at(&self, now: i64) -> bool {
        self.certificate.not_before() <= now && now <= self.certificate.not_after()
    }
}
