//! The metadata of a workspace, line by line.

use symbolon_jose::{Algorithm, ContentEncryption, KeyManagement};
use symbolon_protocol::{
    ClientAuthMethod, CodeChallengeMethod, GrantType, MtlsEndpointAliases, ProviderMetadata,
};

use super::served::{
    assertion_algorithms, claim_types, claims, client_auth_methods, detail_types, grant_types,
    request_object_algorithms, scopes, subject_types,
};
use crate::base_url::BaseUrl;
use crate::cx::Cx;
use crate::oauth2::acr;
use crate::oauth2::authorize::pushed;
use crate::oauth2::authorize::rules::prompt;
use crate::oauth2::authorize::rules::response_type;
use crate::oauth2::backchannel_authentication::{self, delivery, rules};
use crate::oauth2::check_session;
use crate::oauth2::claims::claims_locales;
use crate::oauth2::client_documents;
use crate::oauth2::dpop;
use crate::oauth2::profile::Profile;
use crate::oauth2::protected_resource;
use crate::oauth2::register;
use crate::oauth2::request_object;
use crate::oauth2::response_modes;
use crate::pages::Language;

/// Values of `display` (OIDC Core §3.1.2.1).
const DISPLAYS: &[&str] = &["page", "popup", "touch", "wap"];

// Endpoints, below the address of the workspace.
const TOKEN: &str = "/oauth2/token";
const INTROSPECT: &str = "/oauth2/introspect";
const REVOKE: &str = "/oauth2/revoke";
const REGISTER: &str = "/oauth2/register";
const PAR: &str = "/par";
const USERINFO: &str = "/userinfo";
const DEVICE_AUTHORIZATION: &str = "/device/authorization";
const BACKCHANNEL_AUTHENTICATION: &str = "/backchannel/authentication";

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
    // Whatever is encrypted for a client is encrypted alike.
    let key_management = || Some(words(&KeyManagement::ALL, KeyManagement::as_str));
    let content_encryption = || Some(words(&ContentEncryption::ALL, ContentEncryption::as_str));
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
            response_modes::usable(workspace).map(|mode| mode.as_str().to_owned()).collect(),
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
        request_object_encryption_enc_values_supported: content_encryption(),
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
        claims_locales_supported: Some(claims_locales(workspace)).filter(|locales| !locales.is_empty()),
        prompt_values_supported: Some(
            prompt::supported(workspace).map(|prompt| prompt.to_string()).collect(),
        ),
        // Every page fits every window, and needs no script.
        display_values_supported: Some(DISPLAYS.iter().map(|&word| word.to_owned()).collect()),
        ui_locales_supported: Some(words(Language::ALL, Language::tag)),
        acr_values_supported: Some(acr::supported(workspace).into_iter().map(str::to_owned).collect()),
        claim_types_supported: Some(claim_types(workspace)),
        // With a client's secret too (OIDC Core §10.1).
        id_token_signing_alg_values_supported: algorithms
            .iter()
            .cloned()
            .chain(by_secret.map(|algorithm| algorithm.as_str().to_owned()))
            .collect(),
        id_token_encryption_alg_values_supported: key_management(),
        id_token_encryption_enc_values_supported: content_encryption(),
        userinfo_encryption_alg_values_supported: key_management(),
        userinfo_encryption_enc_values_supported: content_encryption(),
        authorization_signing_alg_values_supported: Some(algorithms.clone()),
        authorization_encryption_alg_values_supported: key_management(),
        authorization_encryption_enc_values_supported: content_encryption(),
        introspection_signing_alg_values_supported: Some(algorithms.clone()),
        introspection_encryption_alg_values_supported: key_management(),
        introspection_encryption_enc_values_supported: content_encryption(),
        userinfo_signing_alg_values_supported: Some(algorithms),
        ..ProviderMetadata::default()
    }
}

/// The wire names of values.
pub(super) fn words<T: Copy>(values: &[T], word: fn(T) -> &'static str) -> Vec<String> {
    values.iter().map(|value| word(*value).to_owned()).collect()
}
