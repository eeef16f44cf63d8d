//! What is asked of a client that registers itself, beyond what every client must be
//! ([`client_metadata::validate`](crate::client_metadata::validate)).

use symbolon_protocol::{ApplicationType, ErrorCode, GrantType, OAuthError, ProviderMetadata, ResponseType};
use symbolon_store::entity::Client;
use symbolon_store::entity::server::{AdvancedConfiguration, DynamicClientRegistrationSettings};
use symbolon_store::entity::service::ServiceKind;
use url::Url;

use super::body::code_of;
use crate::client_metadata::localized::{self, NAME};
use crate::cx::Cx;
use crate::faults::Faults;
use crate::legible::deceives;
use crate::oauth2::discovery;
use crate::oauth2::issue::OFFLINE_ACCESS;
use crate::oauth2::profile::Profile;
use crate::snapshot::Workspace;

/// The scopes of a client that names none (ACP).
const DEFAULT_SCOPES: &[&str] = &["openid", "address", "email", "phone", "profile"];
/// Most entries of one list, and most bytes of one text that people read: a client in memory is small.
const MOST_ENTRIES: usize = 100;
const LONGEST_TEXT: usize = 2048;
/// Most bytes of all that is kept of a client, as JSON.
const MOST_BYTES: usize = 32 * 1024;
/// Longest name, in bytes.
const LONGEST_NAME: usize = 200;

/// Grants that begin with a person. The others give access to whoever has the client's credentials, or tell them who has
/// an account here and have people asked who began nothing (CIBA §7.1): that must not be everybody who asks for some.
const GRANTS_OF_PEOPLE: &[GrantType] =
    &[GrantType::AuthorizationCode, GrantType::Implicit, GrantType::RefreshToken, GrantType::DeviceCode];

/// Whether a person begins this grant.
pub fn is_of_people(grant: &str) -> bool {
    grant.parse::<GrantType>().map_or(true, |grant| GRANTS_OF_PEOPLE.contains(&grant))
}

/// Gives the client the scopes it may have.
pub fn settle_scopes(
    cx: &Cx,
    settings: &DynamicClientRegistrationSettings,
    client: &mut Client,
    faults: &mut Faults,
) {
    if client.scopes.is_empty() {
        let words = client.scope.iter().flat_map(|scope| scope.split_ascii_whitespace());
        client.scopes = words.map(str::to_owned).collect();
    }
    client.scope = None;
    if client.scopes.is_empty() {
        client.scopes = default_scopes(&cx.workspace, settings, client);
        client.scopes.retain(|name| is_for_everybody(&cx.workspace, name));
        return;
    }
    let ignore = |advanced: &AdvancedConfiguration| advanced.ignore_unknown_scopes_for_dcr;
    if cx.workspace.server.advanced.as_ref().is_some_and(ignore) {
        client.scopes.retain(|name| is_for_everybody(&cx.workspace, name));
        return;
    }
    for name in &client.scopes {
        if !is_for_everybody(&cx.workspace, name) {
            faults.add("scope", format!("{name} is no scope that a client can register for here"));
        }
    }
}

fn default_scopes(
    workspace: &Workspace,
    settings: &DynamicClientRegistrationSettings,
    client: &Client,
) -> Vec<String> {
    if !settings.default_scopes.is_empty() {
        return settings.default_scopes.clone();
    }
    if Profile::of(workspace).registers_for_every_scope() {
        return scopes_for_everybody(workspace);
    }
    let refreshes = client.grant_types.iter().any(|grant| grant == GrantType::RefreshToken.as_str());
    let offline = refreshes.then_some(OFFLINE_ACCESS);
    DEFAULT_SCOPES.iter().copied().chain(offline).map(str::to_owned).collect()
}

/// The scopes of this server's own APIs are given by administrators: a stranger must not become one by registering.
pub fn is_for_everybody(workspace: &Workspace, name: &str) -> bool {
    workspace.scopes.find(name).is_some_and(|entry| {
        let kind = entry.service.as_ref().map(|service| service.kind);
        !matches!(kind, Some(ServiceKind::System | ServiceKind::Oauth2))
    })
}

/// All of these, by name.
pub fn scopes_for_everybody(workspace: &Workspace) -> Vec<String> {
    let all = workspace.scopes.iter().map(|entry| entry.scope.name.clone());
    let mut all: Vec<_> = all.filter(|name| is_for_everybody(workspace, name)).collect();
    all.sort_unstable();
    all
}

/// Notes everything that a client which registers itself cannot have. `approved`: somebody vouches for it.
pub fn check(cx: &Cx, client: &Client, approved: bool, faults: &mut Faults) {
    check_texts(client, faults);
    flows(client, approved, faults);
    redirects_of_tokens(cx, client, faults);
    served(&discovery::metadata(cx), client, faults);
    faults.check(
        client.default_max_age.is_none_or(|age| (0..=i64::from(u32::MAX)).contains(&age)),
        "default_max_age",
        "must be a number of seconds",
    );
}

/// Notes what is too long, and what people would misread.
pub fn check_texts(client: &Client, faults: &mut Faults) {
    sizes(client, faults);
    for (name, text) in named(client) {
        let plain = !text.chars().any(deceives);
        faults.check(plain, name, "has characters that hide or reorder text");
    }
}

/// Everything that the client is called, in whatever language.
fn named(client: &Client) -> impl Iterator<Item = (&str, &str)> {
    let localized = client.localized.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let names =
        localized.filter(|(name, _)| localized::parts(name).is_some_and(|(member, _)| member == NAME));
    std::iter::once((NAME, client.client_name.as_str())).chain(names)
}

fn sizes(client: &Client, faults: &mut Faults) {
    let lists = [
        ("redirect_uris", &client.redirect_uris),
        ("post_logout_redirect_uris", &client.post_logout_redirect_uris),
        ("request_uris", &client.request_uris),
        ("contacts", &client.contacts),
        ("scope", &client.scopes),
        ("default_acr_values", &client.default_acr_values),
    ];
    for (name, list) in lists {
        let fits = list.len() <= MOST_ENTRIES && list.iter().all(|entry| entry.len() <= LONGEST_TEXT);
        faults.check(fits, name, "is too long");
    }
    let texts = [
        ("description", client.description.as_ref()),
        ("client_uri", client.client_uri.as_ref()),
        ("logo_uri", client.logo_uri.as_ref()),
        ("policy_uri", client.policy_uri.as_ref()),
        ("tos_uri", client.tos_uri.as_ref()),
        ("jwks_uri", client.jwks_uri.as_ref()),
        ("sector_identifier_uri", client.sector_identifier_uri.as_ref()),
    ];
    for (name, text) in texts {
        faults.check(text.is_none_or(|text| text.len() <= LONGEST_TEXT), name, "is too long");
    }
    for (name, text) in &client.localized {
        faults.check(text.len() <= LONGEST_TEXT, name, "is too long");
    }
    for (name, text) in named(client) {
        faults.check(text.len() <= LONGEST_NAME, name, "is too long");
    }
    let keys = client.jwks.as_ref().map_or(0, |jwks| jwks.keys.len());
    faults.check(keys <= MOST_ENTRIES, "jwks", "has too many keys");
    let bytes = serde_json::to_vec(client).map_or(usize::MAX, |text| text.len());
    faults.check(bytes <= MOST_BYTES, "client_metadata", "is too long: at most 32 KiB of metadata are kept");
}

/// RFC 7591 §2.1: grants and response types fit together, and what redirects has somewhere to go.
fn flows(client: &Client, approved: bool, faults: &mut Faults) {
    let has = |grant: GrantType| client.grant_types.iter().any(|word| word == grant.as_str());
    for response in &client.response_types {
        let needs = |words: &[&str]| response.split(' ').any(|word| words.contains(&word));
        if needs(&["code"]) && !has(GrantType::AuthorizationCode) {
            faults.add("response_types", format!("{response} needs the grant type authorization_code"));
        }
        if needs(&["token", "id_token"]) && !has(GrantType::Implicit) {
            faults.add("response_types", format!("{response} needs the grant type implicit"));
        }
    }
    let redirects = has(GrantType::AuthorizationCode) || has(GrantType::Implicit);
    faults.check(
        !redirects || !client.redirect_uris.is_empty(),
        "redirect_uris",
        "must be given: the grant types of the client redirect to them",
    );
    if approved {
        return;
    }
    for word in &client.grant_types {
        if !is_of_people(word) {
            faults.add(
                "grant_types",
                format!("{word} is only for clients that register with an initial access token, a software statement or a trusted certificate"),
            );
        }
    }
}

/// OpenID Connect Registration §2 (`application_type`): where tokens go to a web client by way of the browser, they go
/// over TLS, and not to whatever listens on the person's own machine. At a demo server clients under development are
/// there.
fn redirects_of_tokens(cx: &Cx, client: &Client, faults: &mut Faults) {
    let is_web = client.application_type.parse() != Ok(ApplicationType::Native);
    let is_implicit = client.grant_types.iter().any(|word| word == GrantType::Implicit.as_str());
    let has_tokens = client
        .response_types
        .iter()
        .any(|text| text.parse::<ResponseType>().is_ok_and(ResponseType::is_front_channel));
    if !is_web || !(is_implicit || has_tokens) {
        return;
    }
    let may_be_local = cx.app.config.demo;
    for (index, uri) in client.redirect_uris.iter().enumerate() {
        let fits = |url: Url| url.scheme() == "https" && (may_be_local || !is_localhost(&url));
        let fits = Url::parse(uri).is_ok_and(fits);
        faults.check(
            fits,
            &format!("redirect_uris[{index}]"),
            "must be https and not of localhost: tokens go there by way of the browser (OpenID Connect Registration §2)",
        );
    }
}

fn is_localhost(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost")
}

/// What the client names must be something that works here: discovery says what.
fn served(metadata: &ProviderMetadata, client: &Client, faults: &mut Faults) {
    let m = metadata;
    let c = client;
    type Served<'a> = (&'static str, Option<&'a str>, Option<&'a Vec<String>>);
    let algorithms: [Served<'_>; 20] = [
        (
            "id_token_signed_response_alg",
            c.id_token_signed_response_alg.as_deref(),
            Some(&m.id_token_signing_alg_values_supported),
        ),
        (
            "id_token_encrypted_response_alg",
            c.id_token_encrypted_response_alg.as_deref(),
            m.id_token_encryption_alg_values_supported.as_ref(),
        ),
        (
            "id_token_encrypted_response_enc",
            c.id_token_encrypted_response_enc.as_deref(),
            m.id_token_encryption_enc_values_supported.as_ref(),
        ),
        (
            "userinfo_signed_response_alg",
            Some(c.userinfo_signed_response_alg.as_str()).filter(|word| *word != "none"),
            m.userinfo_signing_alg_values_supported.as_ref(),
        ),
        (
            "userinfo_encrypted_response_alg",
            c.userinfo_encrypted_response_alg.as_deref(),
            m.userinfo_encryption_alg_values_supported.as_ref(),
        ),
        (
            "userinfo_encrypted_response_enc",
            c.userinfo_encrypted_response_enc.as_deref(),
            m.userinfo_encryption_enc_values_supported.as_ref(),
        ),
        (
            "introspection_signed_response_alg",
            c.introspection_signed_response_alg.as_deref(),
            m.introspection_signing_alg_values_supported.as_ref(),
        ),
        (
            "introspection_encrypted_response_alg",
            c.introspection_encrypted_response_alg.as_deref(),
            m.introspection_encryption_alg_values_supported.as_ref(),
        ),
        (
            "introspection_encrypted_response_enc",
            c.introspection_encrypted_response_enc.as_deref(),
            m.introspection_encryption_enc_values_supported.as_ref(),
        ),
        (
            "authorization_signed_response_alg",
            c.authorization_signed_response_alg.as_deref(),
            m.authorization_signing_alg_values_supported.as_ref(),
        ),
        (
            "authorization_encrypted_response_alg",
            c.authorization_encrypted_response_alg.as_deref(),
            m.authorization_encryption_alg_values_supported.as_ref(),
        ),
        (
            "authorization_encrypted_response_enc",
            c.authorization_encrypted_response_enc.as_deref(),
            m.authorization_encryption_enc_values_supported.as_ref(),
        ),
        (
            "request_object_signing_alg",
            Some(c.request_object_signing_alg.as_str()).filter(|word| *word != "any"),
            m.request_object_signing_alg_values_supported.as_ref(),
        ),
        (
            "request_object_encryption_alg",
            c.request_object_encryption_alg.as_deref(),
            m.request_object_encryption_alg_values_supported.as_ref(),
        ),
        (
            "request_object_encryption_enc",
            c.request_object_encryption_enc.as_deref(),
            m.request_object_encryption_enc_values_supported.as_ref(),
        ),
        (
            "token_endpoint_auth_signing_alg",
            Some(c.token_endpoint_auth_signing_alg.as_str()).filter(|word| !word.is_empty()),
            m.token_endpoint_auth_signing_alg_values_supported.as_ref(),
        ),
        (
            "backchannel_authentication_request_signing_alg",
            c.backchannel_authentication_request_signing_alg.as_deref(),
            m.backchannel_authentication_request_signing_alg_values_supported.as_ref(),
        ),
        (
            "backchannel_token_delivery_mode",
            c.backchannel_token_delivery_mode.as_deref(),
            m.backchannel_token_delivery_modes_supported.as_ref(),
        ),
        (
            "token_endpoint_auth_method",
            Some(c.token_endpoint_auth_method.as_str()).filter(|word| *word != "unspecified"),
            m.token_endpoint_auth_methods_supported.as_ref(),
        ),
        (
            "subject_type",
            Some(match c.subject_type {
                symbolon_store::entity::client::SubjectType::Public => "public",
                symbolon_store::entity::client::SubjectType::Pairwise => "pairwise",
            }),
            Some(&m.subject_types_supported),
        ),
    ];
    for (name, value, supported) in algorithms {
        let Some(value) = value else { continue };
        if !supported.is_some_and(|words| words.iter().any(|word| word == value)) {
            faults.add(name, format!("{value} is not served here"));
        }
    }
    let lists: [(_, _, Option<&Vec<String>>); 3] = [
        ("grant_types", &c.grant_types, m.grant_types_supported.as_ref()),
        ("response_types", &c.response_types, Some(&m.response_types_supported)),
        (
            "authorization_details_types",
            &c.authorization_details_types,
            m.authorization_details_types_supported.as_ref(),
        ),
    ];
    for (name, values, supported) in lists {
        for value in values {
            if !supported.is_some_and(|words| words.iter().any(|word| is_same(word, value))) {
                faults.add(name, format!("{value} is not served here"));
            }
        }
    }
}

/// The words of a response type may come in any order (OAuth 2.0 Multiple Response Types §3).
pub fn is_same(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut words: Vec<_> = text.split(' ').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    one == other || sorted(one) == sorted(other)
}

/// All faults as one error (RFC 7591 §3.2.2).
///
/// # Errors
/// `invalid_redirect_uri` when a redirect URI is at fault, else what the first fault is.
pub fn into_result(faults: Faults) -> Result<(), OAuthError> {
    let codes: Vec<_> = faults.as_slice().iter().map(|(path, _)| code_of(path)).collect();
    let Some(first) = codes.first().copied() else { return Ok(()) };
    let of_redirects = codes.contains(&ErrorCode::InvalidRedirectUri);
    let code = if of_redirects { ErrorCode::InvalidRedirectUri } else { first };
    let sentences: Vec<_> = faults.into_iter().map(|(path, what)| format!("{path} {what}.")).collect();
    // RFC 6749 §5.2: an error_description is ASCII.
    let text = sentences.join(" ").replace('§', "section ");
    Err(OAuthError::new(code, "client_metadata_refused").description(text.clone()).detail(text))
}
