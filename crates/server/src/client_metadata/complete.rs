//! What a client gets that the caller did not give: identifiers, secrets, keys of its certificate, its tags.

use data_encoding::HEXLOWER;
use symbolon_protocol::{ClientAuthMethod, GrantType};
use symbolon_store::entity::client::ApplicationKind;
use symbolon_store::entity::{Client, Secret};

use super::{answers, keys};
use crate::faults::Faults;
use crate::rng::Rng;

/// Fills in what follows from the rest, and what is made at random.
pub fn complete(rng: &Rng, client: &mut Client, faults: &mut Faults) {
    if client.client_id.is_empty() {
        client.client_id = HEXLOWER.encode(&rng.bytes::<16>());
    }
    if client.client_secret.is_none() && needs_secret(client) {
        client.client_secret = Some(Secret::new(rng.secret()));
    }
    // ES256 is what a client has that says nothing. A secret is for HMACs alone.
    let shares_secret = client.token_endpoint_auth_method == ClientAuthMethod::ClientSecretJwt.as_str();
    if shares_secret && client.token_endpoint_auth_signing_alg == "ES256" {
        client.token_endpoint_auth_signing_alg = "HS256".to_owned();
    }
    join_scopes(client);
    if let Some(certificate) = client.certificate.take() {
        match keys::of_certificate(&certificate) {
            Ok(jwks) => client.jwks = Some(jwks),
            Err(message) => faults.add("certificate", message),
        }
    }
    client.application_types = kinds(client);
}

/// Whether the client authenticates, signs or encrypts with a secret.
pub fn needs_secret(client: &Client) -> bool {
    match client.token_endpoint_auth_method.parse::<ClientAuthMethod>() {
        Ok(ClientAuthMethod::Unspecified) => true,
        // RFC 6749 §2.1: it could keep none.
        Ok(ClientAuthMethod::None) => false,
        Ok(method) => method.needs_secret() || answers::uses_secret(client),
        Err(_) => false,
    }
}

/// RFC 7591 says `scope`, ACP `scopes`: the same thing, as a text and as a list.
fn join_scopes(client: &mut Client) {
    if client.scopes.is_empty() {
        let words = client.scope.iter().flat_map(|scope| scope.split_ascii_whitespace());
        client.scopes = words.map(str::to_owned).collect();
    }
    client.scope = Some(client.scopes.join(" ")).filter(|scope| !scope.is_empty());
}

/// What kind of application it is, by what it may do.
fn kinds(client: &Client) -> Vec<ApplicationKind> {
    let grants: Vec<GrantType> = client.grant_types.iter().filter_map(|word| word.parse().ok()).collect();
    let is_public = client.token_endpoint_auth_method == ClientAuthMethod::None.as_str();
    let mut kinds = vec![if client.application_type == "native" {
        ApplicationKind::MobileDesktop
    } else if grants == [GrantType::ClientCredentials] {
        ApplicationKind::Service
    } else if grants.iter().any(|grant| matches!(grant, GrantType::Implicit | GrantType::Password)) {
        ApplicationKind::Legacy
    } else if is_public {
        ApplicationKind::SinglePage
    } else {
        ApplicationKind::ServerWeb
    }];
    if client.dynamically_registered {
        kinds.push(ApplicationKind::Dcr);
    }
    kinds
}

/// The usual metadata of a purpose, where the body has the defaults.
pub fn apply_purpose(client: &mut Client, purpose: ApplicationKind) {
    let usual = Client::default();
    let (method, grant, native) = match purpose {
        ApplicationKind::ServerWeb | ApplicationKind::Legacy | ApplicationKind::Dcr => return,
        ApplicationKind::SinglePage => (ClientAuthMethod::None, GrantType::AuthorizationCode, false),
        ApplicationKind::MobileDesktop => (ClientAuthMethod::None, GrantType::AuthorizationCode, true),
        ApplicationKind::Service => {
            (ClientAuthMethod::ClientSecretBasic, GrantType::ClientCredentials, false)
        }
    };
    if client.token_endpoint_auth_method == usual.token_endpoint_auth_method {
        client.token_endpoint_auth_method = method.as_str().to_owned();
    }
    if client.grant_types == usual.grant_types {
        client.grant_types = vec![grant.as_str().to_owned()];
    }
    if native {
        client.application_type = "native".to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(grants: &[&str], method: &str, application_type: &str) -> Client {
        Client {
            grant_types: grants.iter().map(|&word| word.to_owned()).collect(),
            token_endpoint_auth_method: method.to_owned(),
            application_type: application_type.to_owned(),
            ..Client::default()
        }
    }

    #[test]
    fn the_kind_follows_from_what_a_client_may_do() {
        for (client, kind) in [
            (client(&["authorization_code"], "tls_client_auth", "web"), ApplicationKind::ServerWeb),
            (client(&["authorization_code"], "none", "web"), ApplicationKind::SinglePage),
            (client(&["authorization_code"], "none", "native"), ApplicationKind::MobileDesktop),
            (client(&["client_credentials"], "client_secret_basic", "web"), ApplicationKind::Service),
            (client(&["implicit"], "none", "web"), ApplicationKind::Legacy),
        ] {
            assert_eq!(kinds(&client), [kind]);
        }
    }

    #[test]
    fn scopes_as_text_and_as_list_say_the_same() {
        let mut client = Client { scope: Some("openid  email".into()), ..Client::default() };
        join_scopes(&mut client);
        assert_eq!(client.scopes, ["openid", "email"]);
        assert_eq!(client.scope.as_deref(), Some("openid email"));
    }

    #[test]
    fn a_purpose_changes_defaults_only() {
        let mut given = client(&["refresh_token"], "client_secret_post", "web");
        apply_purpose(&mut given, ApplicationKind::Service);
        assert_eq!(given.grant_types, ["refresh_token"]);
        assert_eq!(given.token_endpoint_auth_method, "client_secret_post");
        let mut defaults = Client::default();
        apply_purpose(&mut defaults, ApplicationKind::SinglePage);
        assert_eq!(defaults.token_endpoint_auth_method, "none");
    }
}
