//! What a client's metadata must be: the vocabulary of RFC 7591 §2 and OpenID Connect Registration §2, redirect URIs
//! as RFC 9700 §2.1 wants them, one certificate attribute as RFC 8705 §2.1.2 does.
//!
//! Members are judged alone and against the workspace, not against one another where the standards do not: a client
//! may list response types that its grant types do not serve.

use symbolon_jose::Algorithm;
use symbolon_pki::{RegisteredAttribute, SubjectAttribute};
use symbolon_protocol::{ApplicationType, ClientAuthMethod, GrantType, ResponseType, redirect_uri};
use symbolon_store::entity::Client;
use symbolon_store::entity::client::SubjectType;
use url::Url;

use super::{answers, keys, localized, logout};
use crate::faults::Faults;
use crate::oauth2::client_auth::assertion;
use crate::oauth2::issue::LifetimeSettings;
use crate::oauth2::profile;
use crate::snapshot::{PublicKeys, Workspace};

/// Shortest client secret, in characters: below, it can be guessed.
pub const SECRET_LENGTH: usize = 32;
/// How many earlier secrets a client keeps.
pub const ROTATED_SECRETS: usize = 2;
/// Longest identifier that an administrator may choose, in bytes.
const ID_LENGTH: usize = 200;

/// Notes everything in `client` that cannot be accepted in `workspace`.
pub fn check(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    // First, as it says most about what it refuses.
    profile::clients::check(client, workspace, faults);
    identifier(client, faults);
    check_metadata(client, workspace, faults);
}

/// The same of a client that was not given its identifier here.
pub fn check_metadata(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    vocabulary(client, faults);
    authentication(client, workspace, faults);
    secrets(client, faults);
    redirect_uris(client, workspace, faults);
    uris(client, faults);
    localized::check(client, faults);
    subject_type(client, workspace, faults);
    keys::check(client, faults);
    answers::check(client, workspace, faults);
    lifetimes(client, faults);
    scopes(client, workspace, faults);
}

/// RFC 6749 §A.1: visible characters. A slash would not survive the paths that name the client.
fn identifier(client: &Client, faults: &mut Faults) {
    let id = &client.client_id;
    let visible = id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/' && byte != b'\\');
    faults.check(
        id.len() <= ID_LENGTH && visible,
        "client_id",
        "must be at most 200 visible ASCII characters without slashes",
    );
}

/// A member with a closed vocabulary.
type Word<'a> = (&'static str, Option<&'a str>, &'static [&'static str]);

fn vocabulary(client: &Client, faults: &mut Faults) {
    const KEY_WRAP: &[&str] = &[
        "RSA-OAEP",
        "RSA-OAEP-256",
        "ECDH-ES",
        "ECDH-ES+A128KW",
        "ECDH-ES+A192KW",
        "ECDH-ES+A256KW",
        "A128KW",
        "A192KW",
        "A256KW",
        "dir",
    ];
    const CONTENT: &[&str] =
        &["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"];
    const SIGNATURES: &[&str] = &["RS256", "ES256", "PS256", "EdDSA"];
    let c = client;
    let words: [Word<'_>; 20] = [
        ("application_type", Some(&c.application_type), &["web", "native"]),
        ("authorization_encrypted_response_alg", c.authorization_encrypted_response_alg.as_deref(), KEY_WRAP),
        ("authorization_encrypted_response_enc", c.authorization_encrypted_response_enc.as_deref(), CONTENT),
        ("authorization_signed_response_alg", c.authorization_signed_response_alg.as_deref(), SIGNATURES),
        (
            "backchannel_authentication_request_signing_alg",
            c.backchannel_authentication_request_signing_alg.as_deref(),
            SIGNATURES,
        ),
        (
            "backchannel_token_delivery_mode",
            c.backchannel_token_delivery_mode.as_deref(),
            &["poll", "ping", "push"],
        ),
        ("id_token_encrypted_response_alg", c.id_token_encrypted_response_alg.as_deref(), KEY_WRAP),
        ("id_token_encrypted_response_enc", c.id_token_encrypted_response_enc.as_deref(), CONTENT),
        (
            "id_token_signed_response_alg",
            c.id_token_signed_response_alg.as_deref(),
            &["RS256", "ES256", "PS256", "EdDSA", "HS256"],
        ),
        ("introspection_encrypted_response_alg", c.introspection_encrypted_response_alg.as_deref(), KEY_WRAP),
        ("introspection_encrypted_response_enc", c.introspection_encrypted_response_enc.as_deref(), CONTENT),
        ("introspection_signed_response_alg", c.introspection_signed_response_alg.as_deref(), SIGNATURES),
        ("userinfo_encrypted_response_alg", c.userinfo_encrypted_response_alg.as_deref(), KEY_WRAP),
        ("userinfo_encrypted_response_enc", c.userinfo_encrypted_response_enc.as_deref(), CONTENT),
        ("request_object_encryption_alg", c.request_object_encryption_alg.as_deref(), KEY_WRAP),
        ("request_object_encryption_enc", c.request_object_encryption_enc.as_deref(), CONTENT),
        (
            "request_object_signing_alg",
            Some(&c.request_object_signing_alg),
            &["any", "none", "RS256", "ES256", "PS256", "EdDSA", "HS256"],
        ),
        ("saml_signing_hash", Some(&c.saml_signing_hash), &["sha-1", "sha-256", "sha-512"]),
        (
            "token_endpoint_auth_signing_alg",
            Some(&c.token_endpoint_auth_signing_alg),
            &["RS256", "ES256", "PS256", "EdDSA", "HS256", ""],
        ),
        (
            "userinfo_signed_response_alg",
            Some(&c.userinfo_signed_response_alg),
            &["none", "RS256", "ES256", "PS256", "EdDSA"],
        ),
    ];
    for (name, word, known) in words {
        if word.is_some_and(|word| !known.contains(&word)) {
            let known: Vec<_> = known.iter().filter(|word| !word.is_empty()).copied().collect();
            faults.add(name, format!("must be one of {}", known.join(", ")));
        }
    }
    for (index, word) in client.grant_types.iter().enumerate() {
        if word.parse::<GrantType>().is_err() {
            faults.add(format!("grant_types[{index}]"), "is no grant type that this server knows");
        }
    }
    for (index, word) in client.response_types.iter().enumerate() {
        if word.parse::<ResponseType>().is_err() {
            faults.add(format!("response_types[{index}]"), "is no response type that this server knows");
        }
    }
}

fn authentication(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    let methods = [
        ("token_endpoint_auth_method", &client.token_endpoint_auth_method),
        ("introspection_endpoint_auth_method", &client.introspection_endpoint_auth_method),
        ("revocation_endpoint_auth_method", &client.revocation_endpoint_auth_method),
    ];
    for (name, word) in methods {
        // Where they say the same, the first is what was sent, and the others follow it.
        let follows = name != methods[0].0 && word == methods[0].1;
        if !follows && word.parse::<ClientAuthMethod>().is_err() {
            faults.add(name, "is no client authentication method that this server knows");
        }
    }
    let Ok(method) = client.token_endpoint_auth_method.parse::<ClientAuthMethod>() else { return };
    // RFC 6749 §4.4.
    let acts_for_itself = client.grant_types.iter().any(|word| word == GrantType::ClientCredentials.as_str());
    faults.check(
        !(method.is_public() && acts_for_itself),
        "grant_types",
        "has client_credentials, which only a confidential client may use: this one authenticates by none",
    );
    let allowed = &workspace.server.token_endpoint_auth_methods;
    if method != ClientAuthMethod::Unspecified && !allowed.iter().any(|word| word == method.as_str()) {
        let message =
            format!("is not among the workspace's token_endpoint_auth_methods ({})", allowed.join(", "));
        faults.add("token_endpoint_auth_method", message);
    }
    if method.is_assertion() {
        assertion(client, method, workspace, faults);
    }
    if method == ClientAuthMethod::TlsClientAuth {
        one_certificate_attribute(client, faults);
    }
    let needs_keys =
        matches!(method, ClientAuthMethod::SelfSignedTlsClientAuth | ClientAuthMethod::PrivateKeyJwt);
    if needs_keys && client.jwks.is_none() && client.jwks_uri.is_none() {
        faults.add("jwks", format!("or jwks_uri must be given with {method}"));
    }
}

/// An assertion must be one that this server can check: an algorithm of the method and the workspace, and a key for it.
fn assertion(client: &Client, method: ClientAuthMethod, workspace: &Workspace, faults: &mut Faults) {
    let word = &client.token_endpoint_auth_signing_alg;
    let known: Vec<_> = assertion::algorithms(workspace, method).collect();
    let own = word.parse::<Algorithm>().ok();
    if !word.is_empty() && !own.is_some_and(|own| known.contains(&own)) {
        let words: Vec<_> = known.iter().map(|algorithm| algorithm.as_str()).collect();
        let message = format!("must be one of {} with {method}, or empty for any of them", words.join(", "));
        faults.add("token_endpoint_auth_signing_alg", message);
        return;
    }
    if method != ClientAuthMethod::PrivateKeyJwt || client.jwks.is_none() {
        return;
    }
    let keys = PublicKeys::of_client(client.jwks.as_ref()).verification;
    let needed = own.map_or(known, |own| vec![own]);
    if !needed.iter().any(|algorithm| keys.candidates(None, *algorithm).next().is_some()) {
        let words: Vec<_> = needed.iter().map(|algorithm| algorithm.as_str()).collect();
        let message = format!(
            "has no key for {}: give one, or another token_endpoint_auth_signing_alg",
            words.join(", ")
        );
        faults.add("jwks", message);
    }
}

/// The attributes of a certificate that a client can be known by, with their values.
pub fn certificate_attributes(client: &Client) -> impl Iterator<Item = (SubjectAttribute, &str)> {
    SubjectAttribute::ALL
        .into_iter()
        .map(|attribute| {
            let value = match attribute {
                SubjectAttribute::SubjectDn => &client.tls_client_auth_subject_dn,
                SubjectAttribute::SanDns => &client.tls_client_auth_san_dns,
                SubjectAttribute::SanUri => &client.tls_client_auth_san_uri,
                SubjectAttribute::SanIp => &client.tls_client_auth_san_ip,
                SubjectAttribute::SanEmail => &client.tls_client_auth_san_email,
            };
            (attribute, value.as_deref().unwrap_or_default())
        })
        .filter(|(_, value)| !value.is_empty())
}

fn one_certificate_attribute(client: &Client, faults: &mut Faults) {
    let given: Vec<_> = certificate_attributes(client).collect();
    let [(attribute, value), more @ ..] = given.as_slice() else {
        faults.add(
            "tls_client_auth_subject_dn",
            "or another tls_client_auth_* attribute must be given with tls_client_auth: it says whose certificate \
             the client shows",
        );
        return;
    };
    for (attribute, _) in more {
        let message = "is one attribute too many: tls_client_auth takes exactly one (RFC 8705 §2.1.2)";
        faults.add(attribute.wire_name(), message);
    }
    if let Err(error) = RegisteredAttribute::new(*attribute, value) {
        faults.add(attribute.wire_name(), error.fault.to_string());
    }
}

fn secrets(client: &Client, faults: &mut Faults) {
    let short = |secret: &str| secret.chars().count() < SECRET_LENGTH;
    // RFC 6749 §A.2: a client secret is visible ASCII and spaces, or HTTP Basic could not carry it.
    let odd = |secret: &str| !secret.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let all = client.client_secret.iter().map(|secret| ("client_secret".to_owned(), secret));
    let rotated = client.rotated_secrets.iter().enumerate();
    let all = all.chain(rotated.map(|(index, secret)| (format!("rotated_secrets[{index}]"), secret)));
    for (path, secret) in all {
        if short(secret.reveal()) {
            faults.add(path, format!("must have {SECRET_LENGTH} characters or more"));
        } else if odd(secret.reveal()) {
            faults.add(path, "must be printable ASCII");
        }
    }
    faults.check(
        client.rotated_secrets.len() <= ROTATED_SECRETS,
        "rotated_secrets",
        "can hold two earlier secrets at most",
    );
    faults.check(client.client_secret_expires_at >= 0, "client_secret_expires_at", "must not be negative");
}

fn redirect_uris(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    let application_type = client.application_type.parse().unwrap_or(ApplicationType::Web);
    // The page of Swagger UI is this server's own, under whatever name it is reached by: its path will do.
    let own_page = format!("/api/swagger/{}/oauth2-redirect.html", workspace.tenant_id);
    let is_own = |uri: &String| client.system && *uri == own_page;
    for (index, uri) in client.redirect_uris.iter().enumerate().filter(|(_, uri)| !is_own(uri)) {
        if let Err(error) = redirect_uri::validate(uri, application_type) {
            faults.add(format!("redirect_uris[{index}]"), error.to_string());
        }
    }
}

fn uris(client: &Client, faults: &mut Faults) {
    let pages = [
        ("app_url", &client.app_url),
        ("client_uri", &client.client_uri),
        ("logo_uri", &client.logo_uri),
        ("policy_uri", &client.policy_uri),
        ("tos_uri", &client.tos_uri),
        ("saml_metadata_url", &client.saml_metadata_url),
    ];
    for (name, uri) in pages {
        let fits = uri.as_deref().is_none_or(localized::is_page);
        faults.check(fits, name, "must be an absolute http or https URL");
    }
    // What the server itself fetches or calls goes over TLS alone.
    let fetched = [
        ("jwks_uri", &client.jwks_uri),
        ("sector_identifier_uri", &client.sector_identifier_uri),
        ("initiate_login_uri", &client.initiate_login_uri),
        ("backchannel_logout_uri", &client.backchannel_logout_uri),
        ("backchannel_client_notification_endpoint", &client.backchannel_client_notification_endpoint),
    ];
    for (name, uri) in fetched {
        faults.check(
            uri.as_deref().is_none_or(|uri| has_scheme(uri, &["https"])),
            name,
            "must be an https URL",
        );
    }
    logout::check(client, faults);
    // CIBA §4.
    let told = matches!(client.backchannel_token_delivery_mode.as_deref(), Some("ping" | "push"));
    faults.check(
        !told || client.backchannel_client_notification_endpoint.is_some(),
        "backchannel_client_notification_endpoint",
        "must be given: the delivery mode of the client has it told",
    );
    for (index, uri) in client.post_logout_redirect_uris.iter().enumerate() {
        if Url::parse(uri).map_or(true, |url| redirect_uri::is_forbidden_scheme(url.scheme())) {
            faults.add(format!("post_logout_redirect_uris[{index}]"), "must be an absolute URL");
        }
    }
    for (index, uri) in client.request_uris.iter().enumerate() {
        if !has_scheme(uri, &["https", "urn"]) {
            faults.add(format!("request_uris[{index}]"), "must be an https URL or a URN");
        }
    }
    if client.subject_type == SubjectType::Pairwise && client.sector_identifier_uri.is_none() {
        let mut hosts: Vec<_> = client.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok()).collect();
        hosts.dedup_by(|a, b| a.host_str() == b.host_str());
        // OpenID Connect Core §8.1.
        faults.check(
            hosts.len() <= 1,
            "sector_identifier_uri",
            "must be given: the redirect URIs of a pairwise client name several hosts",
        );
    }
}

/// A workspace that tells all clients the same of a person has none that is told otherwise.
fn subject_type(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    let types = &workspace.server.subject_identifier_types;
    let is_served =
        client.subject_type != SubjectType::Pairwise || types.iter().any(|word| word == "pairwise");
    let message = "is pairwise, which is not among the workspace's subject_identifier_types";
    faults.check(is_served, "subject_type", message);
}

fn has_scheme(uri: &str, schemes: &[&str]) -> bool {
    Url::parse(uri).is_ok_and(|url| schemes.contains(&url.scheme()))
}

/// ACP's own clients send back zeros where the client has the lifetimes of the workspace.
fn lifetimes(client: &Client, faults: &mut Faults) {
    if let Some(ttls) = client.token_ttls.as_ref().filter(|_| client.use_custom_token_ttls) {
        LifetimeSettings::of_client(ttls).check("token_ttls.", faults);
    }
}

fn scopes(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    for (index, name) in client.scopes.iter().enumerate() {
        if workspace.scopes.find(name).is_none() {
            faults.add(format!("scopes[{index}]"), "is no scope of the workspace");
        }
    }
    for (index, name) in client.authorization_details_types.iter().enumerate() {
        if workspace.detail_types.find(name).is_none() {
            faults.add(
                format!("authorization_details_types[{index}]"),
                "is no type of authorization details of the workspace",
            );
        }
    }
}
