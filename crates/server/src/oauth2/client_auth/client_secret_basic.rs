//! `client_secret_basic`: the secret in the Authorization header (RFC 6749 §2.3.1).

use symbolon_protocol::{ClientAuthMethod, OAuthError};

use super::{Claimed, ClientAuth, Presented, secret};
use crate::cx::Cx;
use crate::oauth2::BoxFuture;
use crate::snapshot::Client;

pub(super) struct ClientSecretBasic;

impl ClientAuth for ClientSecretBasic {
    fn method(&self) -> ClientAuthMethod {
        ClientAuthMethod::ClientSecretBasic
    }

    fn is_offered(&self, presented: &Presented<'_>) -> bool {
        presented.basic.is_some()
    }

    fn verify<'a>(
        &'a self,
        cx: &'a Cx,
        client: &'a Client,
        claimed: Claimed<'a>,
    ) -> BoxFuture<'a, Result<(), OAuthError>> {
        Box::pin(async move { secret::verify(client, claimed, cx.now) })
    }
}
