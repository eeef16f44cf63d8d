//! What a profile refuses of a client, however it is registered.

use symbolon_jose::Algorithm;
use symbolon_protocol::{ClientAuthMethod, GrantType, ResponseType};
use symbolon_store::entity::Client;
use url::{Host, Url};

use super::{Profile, SenderConstraint};
use crate::faults::Faults;
use crate::snapshot::Workspace;

/// Notes what in `client` breaks the profile of its workspace.
pub fn check(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    let profile = Profile::of(workspace);
    if profile == Profile::Plain {
        return;
    }
    let mut judge = Judge { profile, name: workspace.server.profile.as_str(), client, faults };
    judge.authentication();
    judge.flows();
    judge.redirect_uris();
    judge.binding();
    judge.algorithms();
    judge.backchannel();
}

struct Judge<'a> {
    profile: Profile,
    name: &'static str,
    client: &'a Client,
    faults: &'a mut Faults,
}

impl<'a> Judge<'a> {
    fn refuse(&mut self, path: impl Into<String>, what: &str, rule: &str) {
        let message = format!("{what}, which the profile {} does not allow ({rule})", self.name);
        self.faults.add(path, message);
    }

    fn authentication(&mut self) {
        let word = &self.client.token_endpoint_auth_method;
        let method = word.parse::<ClientAuthMethod>();
        if method.is_ok_and(|method| !self.profile.allows_auth_method(method)) {
            let what = format!("is {word}");
            self.refuse("token_endpoint_auth_method", &what, self.profile.clause_of_authentication());
        }
    }

    fn flows(&mut self) {
        let client = self.client;
        for (index, word) in client.grant_types.iter().enumerate() {
            if word.parse::<GrantType>().is_ok_and(|grant| !self.profile.allows_grant(grant)) {
                let rule = self.profile.clause_of_grants();
                self.refuse(format!("grant_types[{index}]"), &format!("is {word}"), rule);
            }
        }
        for (index, word) in client.response_types.iter().enumerate() {
            if word.parse::<ResponseType>().is_ok_and(|known| !self.profile.allows_response_type(known)) {
                let rule = self.profile.clause_of_response_types();
                self.refuse(format!("response_types[{index}]"), &format!("is {word}"), rule);
            }
        }
    }

    fn redirect_uris(&mut self) {
        let client = self.client;
        for (index, uri) in client.redirect_uris.iter().enumerate() {
            if !allows_redirect_uri(self.profile, uri) {
                let rule = self.profile.clause_of_redirect_uris();
                self.refuse(format!("redirect_uris[{index}]"), "is no https address", rule);
            }
        }
    }

    /// Whoever gets access tokens gets bound ones.
    fn binding(&mut self) {
        let client = self.client;
        let Some(constraint) = self.profile.sender_constraint().filter(|_| !client.grant_types.is_empty())
        else {
            return;
        };
        let by_key = constraint == SenderConstraint::CertificateOrKey && client.dpop_bound_access_tokens;
        if !client.tls_client_certificate_bound_access_tokens && !by_key {
            let what = match constraint {
                SenderConstraint::Certificate => "is false",
                SenderConstraint::CertificateOrKey => "is false, and so is dpop_bound_access_tokens",
            };
            let rule = self.profile.clause_of_binding();
            self.refuse("tls_client_certificate_bound_access_tokens", what, rule);
        }
    }

    fn algorithms(&mut self) {
        let c = self.client;
        let words = [
            ("authorization_signed_response_alg", c.authorization_signed_response_alg.as_deref()),
            (
                "backchannel_authentication_request_signing_alg",
                c.backchannel_authentication_request_signing_alg.as_deref(),
            ),
            ("id_token_signed_response_alg", c.id_token_signed_response_alg.as_deref()),
            ("introspection_signed_response_alg", c.introspection_signed_response_alg.as_deref()),
            ("request_object_signing_alg", Some(c.request_object_signing_alg.as_str())),
            ("token_endpoint_auth_signing_alg", self.assertion_algorithm()),
            ("userinfo_signed_response_alg", Some(c.userinfo_signed_response_alg.as_str())),
        ];
        let rule = self.profile.clause_of_algorithms();
        for (path, word) in words {
            let Some(word) = word else { continue };
            let broken =
                word.parse::<Algorithm>().is_ok_and(|algorithm| !self.profile.allows_algorithm(algorithm));
            if broken {
                self.refuse(path, &format!("is {word}"), rule);
            }
        }
        if self.profile.requires_signed_request_object() && c.request_object_signing_alg == "none" {
            self.refuse("request_object_signing_alg", "is none", rule);
        }
    }

    /// It counts for who sends assertions: everybody has the default.
    fn assertion_algorithm(&self) -> Option<&'a str> {
        let client = self.client;
        let method = client.token_endpoint_auth_method.parse::<ClientAuthMethod>();
        method
            .is_ok_and(ClientAuthMethod::is_assertion)
            .then_some(client.token_endpoint_auth_signing_alg.as_str())
    }

    fn backchannel(&mut self) {
        let pushes = self.client.backchannel_token_delivery_mode.as_deref() == Some("push");
        if pushes && self.profile.refuses_backchannel_push() {
            self.refuse("backchannel_token_delivery_mode", "is push", "FAPI-CIBA §5.2.2");
        }
    }
}

/// Whether answers may be sent there: FAPI 1.0 Baseline §5.2.2 (20) has https alone; FAPI 2.0 §5.3.2.2 (8) no http, but
/// for native applications on the loopback interface; OAuth 2.1 §2.3.1 the same.
pub fn allows_redirect_uri(profile: Profile, uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return profile == Profile::Plain };
    match profile {
        Profile::Plain => true,
        Profile::Fapi1Baseline | Profile::Fapi1Advanced => url.scheme() == "https",
        _ => url.scheme() != "http" || is_loopback(&url),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // RFC 8252 §8.3 advises against the name; OAuth 2.1 §8.4.2 too. Whoever registered it may go on.
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
