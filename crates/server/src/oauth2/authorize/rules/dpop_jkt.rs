//! `dpop_jkt`: the key that the code will be redeemed with (RFC 9449 §10). A proof beside a pushed request says the same
//! (§10.1).

use symbolon_protocol::OAuthError;

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::dpop;

/// Characters of a SHA-256 thumbprint in base64url.
const LENGTH: usize = 43;

pub(super) struct DpopJktRule;

impl Rule for DpopJktRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let proven = asked.cx.proof()?.map(|proof| proof.jkt.as_str());
        let Some(named) = asked.form.get("dpop_jkt") else {
            request.dpop_jkt = proven.map(str::to_owned);
            return Ok(());
        };
        let is_thumbprint = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        if named.len() != LENGTH || !named.bytes().all(is_thumbprint) {
            return Err(OAuthError::invalid_request("dpop_jkt_malformed")
                .description("The dpop_jkt is not a SHA-256 thumbprint of a JWK (43 characters).")
                .got(named));
        }
        if let Some(proven) = proven.filter(|proven| *proven != named) {
            return Err(dpop::invalid("dpop_jkt_of_another_key")
                .description("The dpop_jkt is not the thumbprint of the key of the DPoP proof.")
                .expected(proven)
                .got(named));
        }
        request.dpop_jkt = Some(named.to_owned());
        Ok(())
    }
}
