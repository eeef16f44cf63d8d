//! The claims a workspace tells, by the kind of token that tells them.

use symbolon_store::entity::{Claim, ClaimKind};

use crate::oauth2::claims;

/// The claims of one workspace.
#[derive(Debug, Default)]
pub struct Claims {
    id_token: Vec<Claim>,
    access_token: Vec<Claim>,
}

impl Claims {
    /// Sorts claims by their kind: those of OpenID Connect in the order of its table, then the others by name. A name
    /// that this server speaks for itself is left out, however it came here.
    pub fn new(mut all: Vec<Claim>) -> Self {
        all.retain(|claim| !claims::is_reserved(&claim.name) && !claim.verified);
        all.sort_by_cached_key(|claim| (claims::rank(&claim.name), claim.name.clone()));
        let (access_token, id_token) =
            all.into_iter().partition(|claim| claim.kind == ClaimKind::AccessToken);
        Self { id_token, access_token }
    }

    /// The claims that tokens of this kind tell.
    pub fn of(&self, kind: ClaimKind) -> &[Claim] {
        match kind {
            ClaimKind::IdToken => &self.id_token,
            ClaimKind::AccessToken => &self.access_token,
        }
    }

    /// The claim of that name about the person: of ID tokens and userinfo.
    pub fn find(&self, name: &str) -> Option<&Claim> {
        self.id_token.iter().find(|claim| claim.name == name)
    }
}
