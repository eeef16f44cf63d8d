//! What a claim must be.

use symbolon_store::entity::{Claim, ClaimDelivery, ClaimKind, ClaimSource};

use crate::api::error::Faults;
use crate::oauth2::claims;
use crate::snapshot::Workspace;

/// Longest name and path, in bytes.
const LONGEST: usize = 200;

/// Notes what cannot be accepted.
pub(super) fn check(claim: &Claim, workspace: &Workspace, faults: &mut Faults) {
    let plain = |text: &str| {
        (1..=LONGEST).contains(&text.len()) && text.chars().all(|c| !c.is_whitespace() && !c.is_control())
    };
    faults.check(plain(&claim.name), "name", "must be 1 to 200 visible characters without blanks");
    faults.check(!claims::is_reserved(&claim.name), "name", "is a claim that this server speaks for itself");
    let member = if claim.source_path.is_some() { "source_path" } else { "mapping" };
    match claim.source_type {
        ClaimSource::AuthnCtx => faults.check(
            plain(claim.path()),
            if claim.path().is_empty() { "source_path" } else { member },
            "must say where in the authentication context the value is",
        ),
        ClaimSource::Client => faults.check(
            plain(claim.path()) && claims::is_client_path(claim.path()),
            if claim.path().is_empty() { "source_path" } else { member },
            "must be metadata, a path in it such as metadata.tier, or a public member of the client such as client_name",
        ),
    }
    let can_be_elsewhere = claim.kind == ClaimKind::IdToken && claim.source_type == ClaimSource::AuthnCtx;
    faults.check(
        claim.delivery == ClaimDelivery::Normal || can_be_elsewhere,
        "delivery",
        "must be normal but for claims of the type id_token whose source_type is authnCtx",
    );
    for (index, name) in claim.scopes.iter().enumerate() {
        if workspace.scopes.find(name).is_none() {
            faults.add(format!("scopes[{index}]"), "is no scope of the workspace");
        }
    }
    faults.check(!claim.verified, "verified", "claims (verified_claims) are not served here");
}
