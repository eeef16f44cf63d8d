//! `none`: a public client says who it is and proves nothing (RFC 6749 §2.1).
//!
//! What protects its codes is PKCE; what protects its refresh tokens is rotation, or the certificate they are bound
//! to (RFC 8705 §4).

use symbolon_protocol::{ClientAuthMethod, OAuthError};

use super::{Claimed, ClientAuth, Presented};
use crate::cx::Cx;
use crate::oauth2::BoxFuture;
use crate::snapshot::Client;

pub(super) struct None;

impl ClientAuth for None {
    fn method(&self) -> ClientAuthMethod {
        ClientAuthMethod::None
    }

    fn is_offered(&self, _: &Presented<'_>) -> bool {
        false
    }

    fn verify<'a>(
        &'a self,
        _: &'a Cx,
        _: &'a Client,
        _: Claimed<'a>,
    ) -> BoxFuture<'a, Result<(), OAuthError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
