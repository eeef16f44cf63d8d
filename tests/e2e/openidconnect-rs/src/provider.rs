//! What discovery says beyond the crate's own list, and a client that knows all its endpoints.

use std::collections::BTreeMap;

use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, DeviceAuthorizationUrl, EndSessionUrl,
    EndpointSet, IntrospectionUrl, ProviderMetadata, RedirectUrl, RevocationUrl, TokenUrl, UserInfoUrl,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
        CoreResponseType, CoreSubjectIdentifierType,
    },
};
use serde::{Deserialize, Serialize};

use crate::{CALLBACK, demo::Outcome};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct More {
    device_authorization_endpoint: DeviceAuthorizationUrl,
    introspection_endpoint: IntrospectionUrl,
    revocation_endpoint: RevocationUrl,
    pub end_session_endpoint: EndSessionUrl,
    /// RFC 8705 §5.
    mtls_endpoint_aliases: BTreeMap<String, String>,
}

impl AdditionalProviderMetadata for More {}

pub type Provider = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub type Client = CoreClient<EndpointSet, EndpointSet, EndpointSet, EndpointSet, EndpointSet, EndpointSet>;

/// A client with the provider's endpoints; with a certificate, with their aliases.
pub fn client(
    provider: &Provider,
    client_id: &str,
    secret: Option<(String, AuthType)>,
    certificate: bool,
) -> Outcome<Client> {
    let more = provider.additional_metadata();
    let endpoint = |name: &str, address: &str| -> String {
        let alias = certificate.then(|| more.mtls_endpoint_aliases.get(name)).flatten();
        alias.cloned().unwrap_or_else(|| address.to_owned())
    };
    let token = provider.token_endpoint().ok_or("no token endpoint")?;
    let userinfo = provider.userinfo_endpoint().ok_or("no userinfo endpoint")?;
    let (secret, kind) = secret.map_or((None, AuthType::RequestBody), |(secret, kind)| (Some(secret), kind));
    Ok(CoreClient::from_provider_metadata(
        provider.clone(),
        ClientId::new(client_id.to_owned()),
        secret.map(ClientSecret::new),
    )
    .set_auth_type(kind)
    .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned())?)
    .set_token_uri(TokenUrl::new(endpoint("token_endpoint", token))?)
    .set_user_info_url(UserInfoUrl::new(endpoint("userinfo_endpoint", userinfo))?)
    .set_introspection_url(IntrospectionUrl::new(endpoint(
        "introspection_endpoint",
        &more.introspection_endpoint,
    ))?)
    .set_revocation_url(RevocationUrl::new(endpoint("revocation_endpoint", &more.revocation_endpoint))?)
    .set_device_authorization_url(DeviceAuthorizationUrl::new(endpoint(
        "device_authorization_endpoint",
        &more.device_authorization_endpoint,
    ))?))
}
