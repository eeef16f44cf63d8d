//! `urn:ietf:params:oauth:grant-type:device_code`: a person's access, allowed on another device (RFC 8628 §3.4).

use symbolon_protocol::{GrantType, OAuthError};

use super::{Grant, Redeemed, TokenRequest};
use crate::oauth2::{BoxFuture, decoupled, device_authorization};

pub(super) struct DeviceCode;

impl Grant for DeviceCode {
    fn grant_type(&self) -> GrantType {
        GrantType::DeviceCode
    }

    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>> {
        Box::pin(async move {
            let device_code = request.form.require("device_code")?;
            decoupled::redeem(request, device_authorization::KIND, device_code).await
        })
    }
}
