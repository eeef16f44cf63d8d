//! What the settings of a workspace must be.

use symbolon_pki::{AnchorsError, TrustAnchors};
use symbolon_protocol::{ClientAuthMethod, GrantType, ResponseType};
use symbolon_store::entity::{GoDuration, Secret, Server};
use url::Url;

use crate::api::error::Faults;
use crate::oauth2::issue::LifetimeSettings;
use crate::oauth2::profile::settings;

/// Shortest secret of a workspace, in characters.
const SECRET_LENGTH: usize = 32;

/// Notes everything in `server` that cannot be accepted, but for its id and kind.
pub(super) fn check(server: &Server, faults: &mut Faults) {
    faults.check(server.name.len() <= 200, "name", "must be at most 200 bytes long");
    vocabulary(server, faults);
    lifetimes(server, faults);
    registration(server, faults);
    trust(server, faults);
    urls(server, faults);
    issuers(server, faults);
    settings::check(server, faults);
    let long = |secret: &Secret| secret.reveal().chars().count() >= SECRET_LENGTH;
    faults.check(server.secret.as_ref().is_none_or(long), "secret", "must have 32 characters or more");
    faults.check(
        server.rotated_secrets.len() <= 2,
        "rotated_secrets",
        "can hold two earlier secrets at most",
    );
    let separator = &server.dynamic_scope_separator;
    faults.check(separator.chars().count() == 1, "dynamic_scope_separator", "must be one character");
    let hex = server
        .color
        .strip_prefix('#')
        .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    faults.check(hex && matches!(server.color.len(), 4 | 7), "color", "must be a colour such as #007FFF");
}

fn vocabulary(server: &Server, faults: &mut Faults) {
    let mut words = |path: &str, words: &[String], known: &dyn Fn(&str) -> bool, what: &str| {
        for (index, word) in words.iter().enumerate() {
            if !known(word) {
                faults.add(format!("{path}[{index}]"), format!("is no {what} that this server knows"));
            }
        }
    };
    words("grant_types", &server.grant_types, &|word| word.parse::<GrantType>().is_ok(), "grant type");
    words(
        "response_types",
        &server.response_types,
        &|word| word.parse::<ResponseType>().is_ok(),
        "response type",
    );
    let method = |word: &str| word.parse::<ClientAuthMethod>().is_ok();
    words(
        "token_endpoint_auth_methods",
        &server.token_endpoint_auth_methods,
        &method,
        "client authentication method",
    );
    words(
        "token_endpoint_authn_methods",
        &server.token_endpoint_authn_methods,
        &method,
        "client authentication method",
    );
    words(
        "subject_identifier_types",
        &server.subject_identifier_types,
        &|word| matches!(word, "public" | "pairwise"),
        "subject type",
    );
    words(
        "token_endpoint_auth_signing_alg_values",
        &server.token_endpoint_auth_signing_alg_values,
        &|word| matches!(word, "HS256" | "RS256" | "ES256" | "PS256" | "EdDSA"),
        "signature algorithm",
    );
    words(
        "backchannel_token_delivery_modes_supported",
        &server.backchannel_token_delivery_modes_supported,
        &|word| matches!(word, "poll" | "ping" | "push"),
        "delivery mode",
    );
}

fn lifetimes(server: &Server, faults: &mut Faults) {
    LifetimeSettings::of_workspace(server).check("", faults);
    let sso = server.sso.as_ref();
    let device = server.device_authorization.as_ref();
    // Zero is what clients send for "not set": the default.
    let given = [
        ("cookie_max_age", server.cookie_max_age),
        ("pushed_authorization_request_ttl", server.pushed_authorization_request_ttl),
        ("sso.max_age", sso.and_then(|sso| sso.max_age)),
        ("sso.max_idle", sso.and_then(|sso| sso.max_idle)),
        ("device_authorization.request_ttl", device.and_then(|device| device.request_ttl)),
    ];
    for (path, ttl) in given {
        faults.check(ttl.is_none_or(|ttl| ttl >= GoDuration::ZERO), path, "must not be negative");
    }
}

/// ACP's least lifetime of registration access tokens; zero stands for the default.
fn registration(server: &Server, faults: &mut Faults) {
    let least = GoDuration::from_hours(24);
    let ttl = server.dynamic_client_registration.as_ref().map(|dcr| dcr.registration_access_token_ttl);
    faults.check(
        ttl.is_none_or(|ttl| ttl == GoDuration::ZERO || ttl >= least),
        "dynamic_client_registration.registration_access_token_ttl",
        "must be 24h or more",
    );
}

/// The PEM bundles are read once here, so that a mistake is named where it is made and not when a client comes.
fn trust(server: &Server, faults: &mut Faults) {
    let is_given = |pem: &&str| !pem.trim().is_empty();
    let crls = server.crls.as_deref().filter(is_given);
    let Some(roots) = server.root_cas.as_deref().filter(is_given) else {
        faults.check(crls.is_none(), "crls", "are for the CAs in root_cas: give those too");
        return;
    };
    if let Err(error) = TrustAnchors::from_pem(roots, crls) {
        let member = match error {
            AnchorsError::Roots(_) | AnchorsError::Unusable { .. } => "root_cas",
            AnchorsError::Crls(_) | AnchorsError::Crl { .. } | AnchorsError::CrlSignature { .. } => "crls",
        };
        let text = error.to_string();
        let text = text.strip_prefix("root_cas: ").or_else(|| text.strip_prefix("CRLs: ")).unwrap_or(&text);
        faults.add(member, text);
    }
}

fn urls(server: &Server, faults: &mut Faults) {
    if let Some(issuer) = &server.custom_issuer_url {
        // RFC 8414 §2: https, without query and fragment.
        let fits = Url::parse(issuer)
            .is_ok_and(|url| url.scheme() == "https" && url.query().is_none() && url.fragment().is_none());
        faults.check(
            fits,
            "custom_issuer_url",
            "must be an https URL without query and fragment (RFC 8414 §2)",
        );
    }
    let logo = server.logo_uri.as_ref();
    let fits =
        logo.is_none_or(|uri| Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "https" | "http")));
    faults.check(fits, "logo_uri", "must be an absolute http or https URL");
}

fn issuers(server: &Server, faults: &mut Faults) {
    let https = |uri: &str| Url::parse(uri).is_ok_and(|url| url.scheme() == "https");
    for (index, trusted) in server.trusted_issuers.iter().enumerate() {
        let mut check = |fits: bool, member: &str, message: &str| {
            if !fits {
                faults.add(format!("trusted_issuers[{index}].{member}"), message);
            }
        };
        check(Url::parse(&trusted.issuer).is_ok(), "issuer", "must be an absolute URL");
        let first = server.trusted_issuers.iter().take(index).all(|other| other.issuer != trusted.issuer);
        check(first, "issuer", "is listed twice");
        check(trusted.jwks.is_some() || trusted.jwks_uri.is_some(), "jwks", "or jwks_uri must be given");
        check(trusted.jwks_uri.as_deref().is_none_or(https), "jwks_uri", "must be an https URL");
        let positive = trusted.max_lifetime.is_none_or(|lifetime| lifetime > GoDuration::ZERO);
        check(positive, "max_lifetime", "must be longer than nothing");
    }
}
