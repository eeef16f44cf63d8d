//! The metadata of a workspace (OIDC Discovery §4, RFC 8414 §3): what works here, computed from the registries.
//!
//! - `GET /{tid}/{aid}/.well-known/openid-configuration`
//! - `GET /{tid}/{aid}/.well-known/oauth-authorization-server`
//! - `GET /.well-known/oauth-authorization-server/{tid}/{aid}` (RFC 8414 §3.1: between host and path)
//! - `GET /.well-known/openid-configuration/{tid}/{aid}` (the same for both documents)

use std::fmt;

use axum::body::Bytes;
use axum::response::Response;
use quick_cache::sync::Cache;
use symbolon_jose::{Algorithm, ContentEncryption, KeyManagement};
use symbolon_protocol::{
    ClientAuthMethod, CodeChallengeMethod, GrantType, MtlsEndpointAliases, OAuthError, Prompt,
    ProviderMetadata,
};
use symbolon_store::entity::ClaimKind;

use super::acr;
use super::answer::public_json;
use super::authorization_details;
use super::authorize::pushed;
use super::authorize::rules::prompt::PROMPTS;
use super::authorize::rules::response_type;
use super::backchannel_authentication::{self, delivery, rules};
use super::check_session;
use super::client_auth::{CLIENT_AUTH_METHODS, assertion};
use super::client_documents;
use super::dpop;
use super::error::{ErrorBody, ErrorResponse};
use super::grants::GRANTS;
use super::profile::Profile;
use super::protected_resource;
use super::register;
use super::request_object;
use super::response_modes;
use crate::base_url::BaseUrl;
use crate::cx::Cx;
use crate::pages::Language;
use crate::snapshot::Workspace;

/// How many rendered documents are kept: one for each workspace and name it is reached by.
const DOCUMENTS: usize = 2_000;
/// Claims of the ID token and of userinfo that no scope asks for.
const OWN_CLAIMS: &[&str] = &[
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
];

/// Values of `display` (OIDC Core §3.1.2.1).
const DISPLAYS: &[&str] = &["page", "popup", "touch", "wap"];

/// Rendered documents, by the load of their workspace and the name it was reached by.
pub struct Documents(Cache<(u64, BaseUrl), Bytes>);

impl Default for Documents {
    fn default() -> Self {
        Self(Cache::new(DOCUMENTS))
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Documents({})", self.0.len())
    }
}

/// The metadata, for OpenID Connect.
#[utoipa::path(
    get, path = "/{tid}/{aid}/.well-known/openid-configuration", operation_id = "wellKnown", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProviderMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn openid_configuration(cx: Cx) -> Result<Response, ErrorResponse> {
    document(&cx)
}

/// The same, for OAuth 2.
#[utoipa::path(
    get, path = "/{tid}/{aid}/.well-known/oauth-authorization-server", operation_id = "oauthAuthorizationServer", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProviderMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn oauth_authorization_server(cx: Cx) -> Result<Response, ErrorResponse> {
    document(&cx)
}

/// The same, where RFC 8414 §3.1 has clients look.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server/{tid}/{aid}", operation_id = "oauthAuthorizationServerOfHost", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProviderMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn oauth_authorization_server_of_host(cx: Cx) -> Result<Response, ErrorResponse> {
    document(&cx)
}

/// The metadata for OpenID Connect, where clients look that treat both documents alike (RFC 8414 §5).
#[utoipa::path(
    get, path = "/.well-known/openid-configuration/{tid}/{aid}", operation_id = "wellKnownOfHost", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProviderMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn openid_configuration_of_host(cx: Cx) -> Result<Response, ErrorResponse> {
    document(&cx)
}

fn document(cx: &Cx) -> Result<Response, ErrorResponse> {
    let key = (cx.workspace.generation(), cx.base_url.clone());
    if let Some(document) = cx.app.memory.documents.0.get(&key) {
        return Ok(public_json(document));
    }
    let rendered = serde_json::to_vec(&metadata(cx));
    let rendered = rendered.map_err(|error| OAuthError::server_error("answer_unwritable").detail(error))?;
    let document = Bytes::from(rendered);
    cx.app.memory.documents.0.insert(key, document.clone());
    Ok(public_json(document))
}

/// What this workspace can do.
pub fn metadata(cx: &Cx) -> ProviderMetadata {
    let workspace = &*cx.workspace;
    let server = &workspace.server;
    let mtls = cx.app.mtls_url.as_ref();
    let only_mtls =
        server.advanced.as_ref().is_some_and(|advanced| advanced.advertise_only_mtls_aliases_in_well_known);
    let main = mtls.filter(|_| only_mtls).unwrap_or(&cx.base_url);
    let url = |base: &BaseUrl, path: &str| format!("{base}/{}/{}{path}", workspace.tenant_id, workspace.id);
    let device = server.grant_types.iter().any(|word| word == GrantType::DeviceCode.as_str());
    let ciba = backchannel_authentication::is_served(workspace);
    let methods = Some(client_auth_methods(workspace));
    // A public client cannot introspect.
    let confidential =
        methods.iter().flatten().filter(|word| *word != ClientAuthMethod::None.as_str()).cloned().collect();
    let algorithms: Vec<_> =
        workspace.keys.signing_algorithms().map(|algorithm| algorithm.as_str().to_owned()).collect();
    let serves_par = pushed::is_served(workspace);
    let assertions = assertion_algorithms(workspace);
    let registers = register::access::is_served(workspace);
    let profile = Profile::of(workspace);
    let by_secret = Some(Algorithm::HS256).filter(|algorithm| profile.allows_algorithm(*algorithm));
    ProviderMetadata {
        issuer: cx.issuer(),
        authorization_endpoint: url(&cx.base_url, "/oauth2/authorize"),
        token_endpoint: url(main, TOKEN),
        jwks_uri: url(&cx.base_url, "/.well-known/jwks.json"),
        userinfo_endpoint: Some(url(main, USERINFO)),
        introspection_endpoint: Some(url(main, INTROSPECT)),
        revocation_endpoint: Some(url(main, REVOKE)),
        registration_endpoint: registers.then(|| url(&cx.base_url, REGISTER)),
        client_id_metadata_document_supported: client_documents::is_served(workspace).then_some(true),
        protected_resources: protected_resource::of_workspace(workspace),
        device_authorization_endpoint: device.then(|| url(main, DEVICE_AUTHORIZATION)),
        backchannel_authentication_endpoint: ciba.then(|| url(main, BACKCHANNEL_AUTHENTICATION)),
        backchannel_token_delivery_modes_supported: ciba
            .then(|| delivery::allowed(workspace).map(|mode| mode.as_str().to_owned()).collect()),
        backchannel_authentication_request_signing_alg_values_supported: ciba
            .then(|| words(&rules::algorithms(workspace), Algorithm::as_str)),
        backchannel_user_code_parameter_supported: ciba.then_some(false),
        pushed_authorization_request_endpoint: serves_par.then(|| url(main, PAR)),
        require_pushed_authorization_requests: serves_par
            .then_some(server.require_pushed_authorization_requests),
        end_session_endpoint: Some(url(&cx.base_url, "/oidc/logout")),
        check_session_iframe: check_session::is_on(workspace).then(|| url(&cx.base_url, check_session::PATH)),
        frontchannel_logout_supported: Some(true),
        frontchannel_logout_session_supported: Some(true),
        backchannel_logout_supported: Some(true),
        // Every ID token and every logout token has `sid`.
        backchannel_logout_session_supported: Some(true),
        // Some clients need the aliases even where there is one address for all (RFC 8705 §5).
        mtls_endpoint_aliases: Some(MtlsEndpointAliases {
            token_endpoint: Some(url(mtls.unwrap_or(main), TOKEN)),
            introspection_endpoint: Some(url(mtls.unwrap_or(main), INTROSPECT)),
            revocation_endpoint: Some(url(mtls.unwrap_or(main), REVOKE)),
            userinfo_endpoint: Some(url(mtls.unwrap_or(main), USERINFO)),
            registration_endpoint: registers.then(|| url(mtls.unwrap_or(main), REGISTER)),
            device_authorization_endpoint: device.then(|| url(mtls.unwrap_or(main), DEVICE_AUTHORIZATION)),
            backchannel_authentication_endpoint: ciba
                .then(|| url(mtls.unwrap_or(main), BACKCHANNEL_AUTHENTICATION)),
            pushed_authorization_request_endpoint: serves_par.then(|| url(mtls.unwrap_or(main), PAR)),
        }),
        mtls_issuer: mtls.map(|mtls| url(mtls, "")),
        scopes_supported: Some(scopes(workspace)),
        response_types_supported: response_type::allowed(workspace)
            .map(|known| known.as_str().to_owned())
            .collect(),
        response_modes_supported: Some(
            response_modes::allowed(workspace).map(|mode| mode.as_str().to_owned()).collect(),
        ),
        grant_types_supported: Some(grant_types(workspace)),
        // A workspace takes no plain challenge: it protects nothing against who reads the request (RFC 9700 §2.1.1).
        code_challenge_methods_supported: Some(words(
            &[CodeChallengeMethod::S256],
            CodeChallengeMethod::as_str,
        )),
        claims_parameter_supported: Some(true),
        request_parameter_supported: Some(true),
        // Where requests must be pushed, none is fetched.
        request_uri_parameter_supported: Some(!server.require_pushed_authorization_requests),
        require_request_uri_registration: Some(true),
        require_signed_request_object: Some(request_object::policy::requires_signed(workspace)),
        request_object_signing_alg_values_supported: Some(request_object_algorithms(workspace)),
        request_object_encryption_alg_values_supported: Some(words(
            &request_object::policy::key_management(workspace),
            KeyManagement::as_str,
        )),
        request_object_encryption_enc_values_supported: Some(words(
            &ContentEncryption::ALL,
            ContentEncryption::as_str,
        )),
        authorization_response_iss_parameter_supported: Some(true),
        authorization_details_types_supported: detail_types(workspace),
        token_endpoint_auth_methods_supported: methods.clone(),
        token_endpoint_auth_signing_alg_values_supported: assertions.clone(),
        introspection_endpoint_auth_methods_supported: Some(confidential),
        introspection_endpoint_auth_signing_alg_values_supported: assertions.clone(),
        revocation_endpoint_auth_methods_supported: methods,
        revocation_endpoint_auth_signing_alg_values_supported: assertions,
        tls_client_certificate_bound_access_tokens: Some(true),
        dpop_signing_alg_values_supported: Some(words(&dpop::algorithms(workspace), Algorithm::as_str)),
        subject_types_supported: subject_types(workspace),
        claims_supported: Some(claims(workspace)),
        prompt_values_supported: Some(words(PROMPTS, Prompt::as_str)),
        // Every page fits every window, and needs no script.
        display_values_supported: Some(DISPLAYS.iter().map(|&word| word.to_owned()).collect()),
        ui_locales_supported: Some(words(Language::ALL, Language::tag)),
        acr_values_supported: Some(acr::supported(workspace).into_iter().map(str::to_owned).collect()),
        claim_types_supported: Some(vec!["normal".to_owned()]),
        // With a client's secret too (OIDC Core §10.1).
        id_token_signing_alg_values_supported: algorithms
            .iter()
            .cloned()
            .chain(by_secret.map(|algorithm| algorithm.as_str().to_owned()))
            .collect(),
        id_token_encryption_alg_values_supported: Some(words(&KeyManagement::ALL, KeyManagement::as_str)),
        id_token_encryption_enc_values_supported: Some(words(
            &ContentEncryption::ALL,
            ContentEncryption::as_str,
        )),
        userinfo_encryption_alg_values_supported: Some(words(&KeyManagement::ALL, KeyManagement::as_str)),
        userinfo_encryption_enc_values_supported: Some(words(
            &ContentEncryption::ALL,
            ContentEncryption::as_str,
        )),
        authorization_signing_alg_values_supported: Some(algorithms.clone()),
        authorization_encryption_alg_values_supported: Some(words(
            &KeyManagement::ALL,
            KeyManagement::as_str,
        )),
        authorization_encryption_enc_values_supported: Some(words(
            &ContentEncryption::ALL,
            ContentEncryption::as_str,
        )),
        introspection_signing_alg_values_supported: Some(algorithms.clone()),
        introspection_encryption_alg_values_supported: Some(words(
            &KeyManagement::ALL,
            KeyManagement::as_str,
        )),
        introspection_encryption_enc_values_supported: Some(words(
            &ContentEncryption::ALL,
            ContentEncryption::as_str,
        )),
        userinfo_signing_alg_values_supported: Some(algorithms),
        ..ProviderMetadata::default()
    }
}

const TOKEN: &str = "/oauth2/token";
const INTROSPECT: &str = "/oauth2/introspect";
const REVOKE: &str = "/oauth2/revoke";
const REGISTER: &str = "/oauth2/register";
const PAR: &str = "/par";
const USERINFO: &str = "/userinfo";
const DEVICE_AUTHORIZATION: &str = "/device/authorization";
const BACKCHANNEL_AUTHENTICATION: &str = "/backchannel/authentication";

/// The methods that both this server and the workspace know.
pub fn client_auth_methods(workspace: &Workspace) -> Vec<String> {
    let known = CLIENT_AUTH_METHODS.iter().map(|method| method.method().as_str());
    known
        .filter(|word| workspace.server.token_endpoint_auth_methods.iter().any(|own| own == word))
        .map(str::to_owned)
        .collect()
}

/// The algorithms of client assertions; `None` where no method takes one (RFC 8414 §2).
fn assertion_algorithms(workspace: &Workspace) -> Option<Vec<String>> {
    let methods =
        CLIENT_AUTH_METHODS.iter().map(|method| method.method()).filter(|method| method.is_assertion());
    let allowed = &workspace.server.token_endpoint_auth_methods;
    let methods = methods.filter(|method| allowed.iter().any(|word| word == method.as_str()));
    let algorithms = methods.flat_map(|method| assertion::algorithms(workspace, method));
    let words: Vec<_> = algorithms.map(|algorithm| algorithm.as_str().to_owned()).collect();
    (!words.is_empty()).then_some(words)
}

/// The algorithms of request objects, with `none` where the workspace takes unsigned ones.
fn request_object_algorithms(workspace: &Workspace) -> Vec<String> {
    let unsigned = request_object::policy::takes_unsigned(workspace).then(|| "none".to_owned());
    words(&request_object::policy::algorithms(workspace), Algorithm::as_str)
        .into_iter()
        .chain(unsigned)
        .collect()
}

/// The grants that both this server and the workspace know. The implicit one has no token request.
pub fn grant_types(workspace: &Workspace) -> Vec<String> {
    let implicit = [GrantType::Implicit.as_str().to_owned()].into_iter();
    token_grants(workspace).into_iter().chain(implicit.filter(|word| allows(workspace, word))).collect()
}

/// The grants of the token endpoint among them.
pub fn token_grants(workspace: &Workspace) -> Vec<String> {
    let known = GRANTS.iter().map(|grant| grant.grant_type().as_str());
    known.filter(|word| allows(workspace, word)).map(str::to_owned).collect()
}

fn allows(workspace: &Workspace, grant: &str) -> bool {
    workspace.server.grant_types.iter().any(|own| own == grant)
}

fn subject_types(workspace: &Workspace) -> Vec<String> {
    let own = &workspace.server.subject_identifier_types;
    let known = ["public", "pairwise"].into_iter().filter(|word| own.iter().any(|own| own == word));
    let listed: Vec<_> = known.map(str::to_owned).collect();
    if listed.is_empty() { vec!["public".to_owned()] } else { listed }
}

fn scopes(workspace: &Workspace) -> Vec<String> {
    let mut names: Vec<_> = workspace.scopes.iter().map(|entry| entry.scope.name.clone()).collect();
    names.sort_unstable();
    names
}

/// `None` where there are none (RFC 9396 §10).
fn detail_types(workspace: &Workspace) -> Option<Vec<String>> {
    let mut names: Vec<_> =
        authorization_details::types(workspace).map(|known| known.entity.kind.clone()).collect();
    names.sort_unstable();
    (!names.is_empty()).then_some(names)
}

fn claims(workspace: &Workspace) -> Vec<String> {
    let about = workspace.claims.of(ClaimKind::IdToken).iter().map(|claim| claim.name.clone());
    OWN_CLAIMS.iter().map(|&name| name.to_owned()).chain(about).collect()
}

fn words<T: Copy>(values: &[T], word: fn(T) -> &'static str) -> Vec<String> {
    values.iter().map(|value| word(*value).to_owned()).collect()
}
