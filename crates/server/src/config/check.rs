//! Faults between settings that are each well formed.

use super::{
    Config,
    fault::{Fault, Origin},
    sources::Merged,
};

/// Notes every contradiction. The origin is that of the setting to change.
pub(super) fn across(config: &Config, merged: &Merged, faults: &mut Vec<Fault>) {
    let given = |key: &str| merged.get(key).is_some_and(|given| !given.text.is_empty());
    let mut fault = |key: &str, message: &str| {
        let origin = merged.get(key).map(|given| given.origin.clone());
        faults.push(Fault { origin, key: key.to_owned(), message: message.to_owned() });
    };

    let cert = given("server.certificate.cert_path");
    let key = given("server.certificate.key_path");
    if cert && !key {
        fault(
            "server.certificate.key_path",
            "missing, but server.certificate.cert_path is set: a certificate needs its key",
        );
    }
    if key && !cert {
        fault(
            "server.certificate.cert_path",
            "missing, but server.certificate.key_path is set: a key needs its certificate",
        );
    }
    if !cert && !key && !config.server.dangerous_disable_tls {
        fault(
            "server.certificate.cert_path",
            "missing: give a certificate and its key (`symbolon cert server` makes a pair for development), \
             or set server.dangerous_disable_tls behind a proxy on this host",
        );
    }
    // What a command brings along gives way to what somebody said.
    let said = |key: &str| given(key) && merged.get(key).is_some_and(|given| given.origin != Origin::Command);
    if config.server.dangerous_disable_tls
        && said("server.dangerous_disable_tls")
        && said("server.certificate.cert_path")
    {
        fault("server.dangerous_disable_tls", "true, but a certificate is set: keep one of the two");
    }
    if given("server.client_certificate_header") && !given("server.trusted_proxies") {
        fault(
            "server.trusted_proxies",
            "missing, but server.client_certificate_header is set: name the proxies that may send it, \
             or anyone could pretend to hold a certificate",
        );
    }
    for (key, url) in [("server.url", &config.server.url), ("server.mtls_url", &config.server.mtls_url)] {
        if url.as_ref().is_some_and(|url| url.scheme() == "http") && !config.server.dangerous_disable_tls {
            fault(key, "expected https: this server speaks TLS");
        }
    }
    if config.server.mtls_port == Some(config.server.port) && config.server.port != 0 {
        fault("server.mtls_port", "expected another port than server.port");
    }
}
