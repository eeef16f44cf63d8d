//! What a profile makes of a workspace's settings, and which settings it refuses.
//!
//! What somebody has chosen is stored; [`apply`], which is idempotent, makes of it what holds. It runs when a workspace is
//! shown and when it is loaded: whatever asks for a setting then gets the profile's answer, and with another profile the
//! workspace has its own settings again. Who reads a workspace and writes it back sends what was shown:
//! [`keep_chosen`] tells it from a choice.

use symbolon_jose::Algorithm;
use symbolon_protocol::{ClientAuthMethod, GrantType, ResponseType};
use symbolon_store::entity::server::WorkspaceKind;
use symbolon_store::entity::{GoDuration, Server};

use super::{Profile, SenderConstraint};
use crate::faults::Faults;
use crate::snapshot::{algorithm_of, signs};

/// Algorithms of client assertions, where a profile lists them.
const ASSERTIONS: &[Algorithm] = &[Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA];

/// Makes the settings what the profile has them be.
pub fn apply(server: &mut Server) {
    let profile = Profile::of_settings(server);
    if profile == Profile::Plain {
        return;
    }
    let allowed = Allowed(profile);
    server.token_endpoint_auth_methods.retain(|word| allowed.auth_method(word));
    server.token_endpoint_authn_methods.retain(|word| allowed.auth_method(word));
    server.grant_types.retain(|word| allowed.grant(word));
    server.response_types.retain(|word| allowed.response_type(word));
    if server.response_types.is_empty() {
        // None listed would mean all.
        let words = ResponseType::ALL.iter().filter(|known| profile.allows_response_type(**known));
        server.response_types = words.map(|known| known.as_str().to_owned()).collect();
    }
    if profile.algorithms().is_some() {
        server.token_endpoint_auth_signing_alg_values.retain(|word| allowed.algorithm(word));
        if server.token_endpoint_auth_signing_alg_values.is_empty() {
            let words = ASSERTIONS.iter().filter(|algorithm| profile.allows_algorithm(**algorithm));
            server.token_endpoint_auth_signing_alg_values =
                words.map(|algorithm| algorithm.as_str().to_owned()).collect();
        }
    }
    server.require_pushed_authorization_requests |= profile.requires_par();
    server.enforce_pkce |= profile.requires_pkce(false);
    server.enforce_pkce_for_public_clients = true;
    at_most(&mut server.authorization_code_ttl, profile.longest_code());
    at_most(&mut server.pushed_authorization_request_ttl, profile.longest_pushed_request());
    if profile.refuses_backchannel_push() {
        server.backchannel_token_delivery_modes_supported.retain(|mode| mode != "push");
    }
    switches(profile, server);
}

/// Has what was only read and written back be what was chosen before, not what the profile had made of it.
pub fn keep_chosen(written: &mut Server, before: &Server) {
    let mut shown = before.clone();
    apply(&mut shown);
    macro_rules! keep {
        ($written:ident, $shown:ident, $before:ident: $($member:ident)+) => {$(
            if $written.$member == $shown.$member {
                $written.$member.clone_from(&$before.$member);
            }
        )+};
    }
    keep!(written, shown, before:
        token_endpoint_auth_methods token_endpoint_authn_methods grant_types response_types
        token_endpoint_auth_signing_alg_values require_pushed_authorization_requests enforce_pkce
        enforce_pkce_for_public_clients authorization_code_ttl pushed_authorization_request_ttl
        backchannel_token_delivery_modes_supported
    );
    let (Some(written), Some(shown)) = (&mut written.advanced, shown.advanced) else { return };
    let before = before.advanced.clone().unwrap_or_default();
    keep!(written, shown, before:
        disallow_access_token_in_query_for_protected_resources return_iss_parameter_in_authorization_response
        require_resource_indicators disable_par disallow_code_response_type_without_jarm block_response_modes
        require_request_or_request_uri_parameter disable_refresh_token_cycling
        disable_dcr_client_certificate_bound_access_tokens
    );
}

fn switches(profile: Profile, server: &mut Server) {
    let advanced = server.advanced.get_or_insert_default();
    advanced.disallow_access_token_in_query_for_protected_resources = true;
    advanced.return_iss_parameter_in_authorization_response = true;
    advanced.require_resource_indicators |= profile.requires_resource();
    if profile.requires_par() {
        advanced.disable_par = false;
    }
    if profile.requires_jarm() {
        advanced.disallow_code_response_type_without_jarm = true;
        advanced.block_response_modes = false;
    }
    if profile.requires_signed_request_object() {
        advanced.require_request_or_request_uri_parameter = true;
    }
    if profile.keeps_refresh_tokens() {
        advanced.disable_refresh_token_cycling = true;
    }
    if profile.sender_constraint() == Some(SenderConstraint::Certificate) {
        advanced.disable_dcr_client_certificate_bound_access_tokens = false;
    }
}

/// Notes what in these settings, as somebody has written them, breaks the profile. A list that is as it is by default
/// was not chosen: [`apply`] narrows it.
pub fn check(server: &Server, faults: &mut Faults) {
    let profile = Profile::of_settings(server);
    if profile == Profile::Plain {
        return;
    }
    let name = server.profile.as_str();
    let built_in = matches!(server.kind, WorkspaceKind::Admin | WorkspaceKind::System);
    faults.check(!built_in, "profile", "must be default: administrators could not log in any more");
    let usual = Server::default();
    let allowed = Allowed(profile);
    let mut list = |path: &str, words: &[String], usual: &[String], holds: &dyn Fn(&str) -> bool, rule| {
        for (index, word) in words.iter().enumerate().filter(|(_, word)| words != usual && !holds(word)) {
            let message = format!("is {word}, which the profile {name} does not allow ({rule})");
            faults.add(format!("{path}[{index}]"), message);
        }
    };
    let methods = |word: &str| allowed.auth_method(word);
    list(
        "token_endpoint_auth_methods",
        &server.token_endpoint_auth_methods,
        &usual.token_endpoint_auth_methods,
        &methods,
        profile.clause_of_authentication(),
    );
    list(
        "grant_types",
        &server.grant_types,
        &usual.grant_types,
        &|word| allowed.grant(word),
        profile.clause_of_grants(),
    );
    list(
        "response_types",
        &server.response_types,
        &usual.response_types,
        &|word| allowed.response_type(word),
        profile.clause_of_response_types(),
    );
    list(
        "token_endpoint_auth_signing_alg_values",
        &server.token_endpoint_auth_signing_alg_values,
        &[],
        &|word| allowed.algorithm(word),
        profile.clause_of_algorithms(),
    );
    list(
        "backchannel_token_delivery_modes_supported",
        &server.backchannel_token_delivery_modes_supported,
        &usual.backchannel_token_delivery_modes_supported,
        &|word| word != "push" || !profile.refuses_backchannel_push(),
        "FAPI-CIBA §5.2.2",
    );
    single(profile, name, server, faults);
}

fn single(profile: Profile, name: &str, server: &Server, faults: &mut Faults) {
    let mut refuse = |broken: bool, path: &str, must: String, rule: &str| {
        if broken {
            faults.add(path, format!("{must} in the profile {name} ({rule})"));
        }
    };
    let longer = |ttl: Option<GoDuration>, most: Option<i64>| {
        ttl.zip(most).is_some_and(|(ttl, most)| ttl > GoDuration::from_secs(most))
    };
    let most = |most: Option<i64>| format!("must be at most {} s", most.unwrap_or_default());
    let code = profile.longest_code();
    refuse(
        longer(server.authorization_code_ttl, code),
        "authorization_code_ttl",
        most(code),
        "FAPI 2.0 §5.3.2.1 (11)",
    );
    let pushed = profile.longest_pushed_request();
    refuse(
        longer(server.pushed_authorization_request_ttl, pushed),
        "pushed_authorization_request_ttl",
        most(pushed),
        "FAPI 2.0 §5.3.2.2 (12)",
    );
    refuse(
        !server.enforce_pkce_for_public_clients,
        "enforce_pkce_for_public_clients",
        "must be true".to_owned(),
        profile.clause_of_pkce(),
    );
    refuse(
        !signs(algorithm_of(server.key_type)).iter().any(|algorithm| profile.allows_algorithm(*algorithm)),
        "key_type",
        "must be ecdsa or ps".to_owned(),
        profile.clause_of_algorithms(),
    );
    let Some(advanced) = &server.advanced else { return };
    refuse(
        advanced.disable_par && profile.requires_par(),
        "advanced.disable_par",
        "must be false".to_owned(),
        "FAPI 2.0 §5.3.2.2 (2)",
    );
    refuse(
        advanced.block_response_modes && profile.requires_jarm(),
        "advanced.block_response_modes",
        "must be false".to_owned(),
        profile.clause_of_response_types(),
    );
    refuse(
        advanced.disable_dcr_client_certificate_bound_access_tokens
            && profile.sender_constraint() == Some(SenderConstraint::Certificate),
        "advanced.disable_dcr_client_certificate_bound_access_tokens",
        "must be false".to_owned(),
        profile.clause_of_binding(),
    );
}

fn at_most(ttl: &mut Option<GoDuration>, most: Option<i64>) {
    if let (Some(given), Some(most)) = (&ttl, most) {
        *ttl = Some((*given).min(GoDuration::from_secs(most)));
    }
}

/// Words as a profile judges them. What is no word of this server is judged elsewhere.
struct Allowed(Profile);

impl Allowed {
    fn auth_method(&self, word: &str) -> bool {
        word.parse::<ClientAuthMethod>().map_or(true, |method| self.0.allows_auth_method(method))
    }

    fn grant(&self, word: &str) -> bool {
        word.parse::<GrantType>().map_or(true, |grant| self.0.allows_grant(grant))
    }

    fn response_type(&self, word: &str) -> bool {
        word.parse::<ResponseType>().map_or(true, |known| self.0.allows_response_type(known))
    }

    fn algorithm(&self, word: &str) -> bool {
        word.parse::<Algorithm>().map_or(true, |algorithm| self.0.allows_algorithm(algorithm))
    }
}
