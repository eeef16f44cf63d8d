//! `client_secret_post`: the secret in the form (RFC 6749 §2.3.1).

use symbolon_protocol::{ClientAuthMethod, OAuthError};

use super::{Claimed, ClientAuth, Presented, secret};
use crate::cx::Cx;
use crate::oauth2::BoxFuture;
use crate::snapshot::Client;

pub(super) struct ClientSecretPost;

impl ClientAuth for ClientSecretPost {
    fn method(&self) -> ClientAuthMethod {
        ClientAuthMethod::ClientSecretPost
    }

    fn is_offered(&self, presented: &Presented<'_>) -> bool {
        presented.has_form_secret()
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
