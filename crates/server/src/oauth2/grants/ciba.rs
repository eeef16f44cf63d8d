//! `urn:openid:params:grant-type:ciba`: a person's access, allowed on another device (CIBA §10.1).

use symbolon_protocol::{GrantType, OAuthError};

use super::{Grant, Redeemed, TokenRequest};
use crate::oauth2::backchannel_authentication::{KIND, delivery};
use crate::oauth2::{BoxFuture, decoupled};

pub(super) struct Ciba;

impl Grant for Ciba {
    fn grant_type(&self) -> GrantType {
        GrantType::Ciba
    }

    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>> {
        Box::pin(async move {
            delivery::check_may_ask(request.client)?;
            let auth_req_id = request.form.require("auth_req_id")?;
            decoupled::redeem(request, KIND, auth_req_id).await
        })
    }
}
