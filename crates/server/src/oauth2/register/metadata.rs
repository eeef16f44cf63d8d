//! What a client says of itself when it registers (RFC 7591 §2, OpenID Connect Registration §2), and what it is told
//! back.
//!
//! The members here are all that a client may choose. What is an administrator's (`trusted`, `audience`, token
//! lifetimes …) is not among them and is ignored, as RFC 7591 §2 has unknown metadata ignored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use symbolon_protocol::OAuthError;
use symbolon_store::entity::client::{ClientPrivacy, ClientTokenExchangeConfiguration, SubjectType};
use symbolon_store::entity::{Client, ClientJwks, Secret};
use utoipa::ToSchema;

/// The metadata of a client that registers itself. `client_name`, `client_uri`, `logo_uri`, `policy_uri` and `tos_uri` may
/// be there in other languages too, each with the tag of a language, such as `client_name#de` (RFC 7591 §2.2).
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
#[schema(as = DynamicClientRegistrationRequest)]
pub struct ClientMetadata {
    /// Home page of the app.
    pub app_url: Option<String>,
    /// `web` or `native`; `web` when absent.
    pub application_type: Option<String>,
    /// Types of authorization details the client may send (RFC 9396).
    pub authorization_details_types: Option<Vec<String>>,
    /// Key algorithm of encrypted authorization responses (JARM).
    pub authorization_encrypted_response_alg: Option<String>,
    /// Content algorithm of encrypted authorization responses.
    pub authorization_encrypted_response_enc: Option<String>,
    /// Signing algorithm of authorization responses.
    pub authorization_signed_response_alg: Option<String>,
    /// Signing algorithm of CIBA requests.
    pub backchannel_authentication_request_signing_alg: Option<String>,
    /// Where CIBA notifications go.
    pub backchannel_client_notification_endpoint: Option<String>,
    /// Logout tokens carry `sid`.
    pub backchannel_logout_session_required: Option<bool>,
    /// Where logout tokens go.
    pub backchannel_logout_uri: Option<String>,
    /// Delivery mode of CIBA.
    pub backchannel_token_delivery_mode: Option<String>,
    /// CIBA requests carry a user code.
    pub backchannel_user_code_parameter: Option<bool>,
    /// Base64 of a PEM certificate, turned into `jwks`.
    pub certificate: Option<String>,
    /// Name for people.
    pub client_name: Option<String>,
    /// Home page of the client.
    pub client_uri: Option<String>,
    /// Addresses of people to ask.
    pub contacts: Option<Vec<String>>,
    /// Authentication contexts asked for when a request names none.
    pub default_acr_values: Option<Vec<String>>,
    /// How old a login may be when a request does not say, in seconds.
    pub default_max_age: Option<i64>,
    /// What it is.
    pub description: Option<String>,
    /// Token requests without `DPoP` proof are refused (RFC 9449 §5.2).
    pub dpop_bound_access_tokens: Option<bool>,
    /// Front-channel logouts carry `iss` and `sid`; they always do.
    pub frontchannel_logout_session_required: Option<bool>,
    /// What is shown in a frame when a session ends.
    pub frontchannel_logout_uri: Option<String>,
    /// Grants; those that the response types need, else `authorization_code`, when absent.
    pub grant_types: Option<Vec<String>>,
    /// Key algorithm of encrypted ID tokens.
    pub id_token_encrypted_response_alg: Option<String>,
    /// Content algorithm of encrypted ID tokens.
    pub id_token_encrypted_response_enc: Option<String>,
    /// Signing algorithm of ID tokens.
    pub id_token_signed_response_alg: Option<String>,
    /// Where a login that somebody else begins is sent.
    pub initiate_login_uri: Option<String>,
    /// Key algorithm of encrypted introspection answers (RFC 9701 §6).
    pub introspection_encrypted_response_alg: Option<String>,
    /// Content algorithm of encrypted introspection answers.
    pub introspection_encrypted_response_enc: Option<String>,
    /// Signing algorithm of introspection answers; plain JSON unless asked otherwise when absent.
    pub introspection_signed_response_alg: Option<String>,
    /// Keys of the client.
    pub jwks: Option<ClientJwks>,
    /// Where its keys are published.
    pub jwks_uri: Option<String>,
    /// What is said in other languages, by member and language.
    #[serde(flatten, skip_deserializing)]
    #[schema(ignore)]
    pub localized: BTreeMap<String, String>,
    /// Logo.
    pub logo_uri: Option<String>,
    /// Brand in a register.
    pub organisation_id: Option<String>,
    /// Privacy policy.
    pub policy_uri: Option<String>,
    /// Where a logout may return to.
    pub post_logout_redirect_uris: Option<Vec<String>>,
    /// Purpose of each scope, shown to people.
    pub privacy: Option<ClientPrivacy>,
    /// Where answers may go.
    pub redirect_uris: Option<Vec<String>>,
    /// Key algorithm of encrypted request objects.
    pub request_object_encryption_alg: Option<String>,
    /// Content algorithm of encrypted request objects.
    pub request_object_encryption_enc: Option<String>,
    /// Signing algorithm that request objects must have; any when absent.
    pub request_object_signing_alg: Option<String>,
    /// Request objects by reference.
    pub request_uris: Option<Vec<String>>,
    /// ID tokens have `auth_time`; they always do.
    pub require_auth_time: Option<bool>,
    /// Only pushed requests are accepted (RFC 9126 §6).
    pub require_pushed_authorization_requests: Option<bool>,
    /// Only signed authorization requests are accepted (RFC 9101 §10.5).
    pub require_signed_request_object: Option<bool>,
    /// Response types; `code` when absent.
    pub response_types: Option<Vec<String>>,
    /// Scopes, as a text (RFC 7591).
    pub scope: Option<String>,
    /// Scopes, as a list (ACP).
    pub scopes: Option<Vec<String>>,
    /// Names the sector of pairwise subjects.
    pub sector_identifier_uri: Option<String>,
    /// Identifier of the software.
    pub software_id: Option<String>,
    /// Metadata signed by somebody else (RFC 7591 §2.3).
    pub software_statement: Option<String>,
    /// Version of the software.
    pub software_version: Option<String>,
    /// `public` or `pairwise`.
    pub subject_type: Option<SubjectType>,
    /// dNSName of the client's certificate (RFC 8705 §2.1.2).
    pub tls_client_auth_san_dns: Option<String>,
    /// rfc822Name of the client's certificate.
    pub tls_client_auth_san_email: Option<String>,
    /// iPAddress of the client's certificate.
    pub tls_client_auth_san_ip: Option<String>,
    /// URI of the client's certificate.
    pub tls_client_auth_san_uri: Option<String>,
    /// Subject of the client's certificate, RFC 4514.
    pub tls_client_auth_subject_dn: Option<String>,
    /// Access tokens are bound to the client's certificate.
    pub tls_client_certificate_bound_access_tokens: Option<bool>,
    /// How the client authenticates; `client_secret_basic` when absent.
    pub token_endpoint_auth_method: Option<String>,
    /// Algorithm of its assertions; any when absent.
    pub token_endpoint_auth_signing_alg: Option<String>,
    /// Token exchange.
    pub token_exchange: Option<ClientTokenExchangeConfiguration>,
    /// Terms of service.
    pub tos_uri: Option<String>,
    /// Key algorithm of encrypted userinfo.
    pub userinfo_encrypted_response_alg: Option<String>,
    /// Content algorithm of encrypted userinfo.
    pub userinfo_encrypted_response_enc: Option<String>,
    /// Signing algorithm of userinfo; plain JSON when absent.
    pub userinfo_signed_response_alg: Option<String>,
}

/// A registered client, as it is told (RFC 7591 §3.2.1, RFC 7592 §3).
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DynamicClientRegistrationResponse)]
pub struct RegisteredClient {
    #[serde(flatten)]
    metadata: ClientMetadata,
    /// Identifier.
    pub client_id: String,
    /// When it was registered, in unix seconds.
    pub client_id_issued_at: i64,
    /// Secret; absent where the method needs none.
    pub client_secret: Option<Secret>,
    /// When the secret expires, in unix seconds; 0: never. Present with the secret.
    pub client_secret_expires_at: Option<i64>,
    /// Registered itself.
    pub dynamically_registered: bool,
    /// Reads and changes the registration.
    pub registration_access_token: Option<Secret>,
    /// How long that token lives, in seconds; absent: for ever.
    pub registration_access_token_expires_in: Option<i64>,
    /// Where.
    pub registration_client_uri: String,
}

impl ClientMetadata {
    /// The client that this describes, with the defaults of RFC 7591 §2.
    ///
    /// # Errors
    /// `server_error` when the two do not fit: a fault of the build.
    pub fn into_client(self) -> Result<Client, OAuthError> {
        let value = serde_json::to_value(&self).map_err(unfit)?;
        let mut client: Client = serde_json::from_value(value).map_err(unfit)?;
        let (grants, responses) = flows(self.grant_types, self.response_types);
        client.grant_types = grants;
        client.response_types = responses;
        // OpenID Connect Registration §2: any algorithm, where none is named.
        client.token_endpoint_auth_signing_alg = self.token_endpoint_auth_signing_alg.unwrap_or_default();
        client.introspection_endpoint_auth_method.clone_from(&client.token_endpoint_auth_method);
        client.revocation_endpoint_auth_method.clone_from(&client.token_endpoint_auth_method);
        client.dynamically_registered = true;
        client.localized = self.localized;
        // Which tokens of others are meant for it is not the client's own to say: it may exchange those.
        if let Some(exchange) = &mut client.token_exchange {
            exchange.subject_audiences.clear();
        }
        Ok(client)
    }

    /// What a client is told of its metadata: all that is registered, without ACP's words for "not said".
    fn of(client: &Client) -> Result<Self, OAuthError> {
        let mut value = serde_json::to_value(client).map_err(unfit)?;
        if let Value::Object(members) = &mut value {
            let unsaid = [("userinfo_signed_response_alg", "none"), ("request_object_signing_alg", "any")];
            members.retain(|name, value| {
                !is_empty(value) && !unsaid.iter().any(|(member, word)| name == member && value == word)
            });
        }
        let metadata = serde_json::from_value::<Self>(value).map_err(unfit)?;
        Ok(Self { localized: client.localized.clone(), ..metadata })
    }
}

impl RegisteredClient {
    /// The answer about `client`, without a registration access token yet.
    ///
    /// # Errors
    /// `server_error` when it cannot be written: a fault of the build.
    pub fn new(client: &Client, registration_client_uri: String) -> Result<Self, OAuthError> {
        let mut metadata = ClientMetadata::of(client)?;
        // A client without responses says so: the default is `code`.
        metadata.response_types = Some(client.response_types.clone());
        metadata.certificate = None;
        Ok(Self {
            metadata,
            client_id: client.client_id.clone(),
            client_id_issued_at: client.client_id_issued_at,
            client_secret_expires_at: client.client_secret.as_ref().map(|_| client.client_secret_expires_at),
            client_secret: client.client_secret.clone(),
            dynamically_registered: client.dynamically_registered,
            registration_access_token: None,
            registration_access_token_expires_in: None,
            registration_client_uri,
        })
    }
}

/// RFC 7591 §2.1: the two follow from each other where one is absent.
fn flows(grants: Option<Vec<String>>, responses: Option<Vec<String>>) -> (Vec<String>, Vec<String>) {
    const CODE_GRANT: &str = "authorization_code";
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    match (grants, responses) {
        (None, None) => (owned(&[CODE_GRANT]), owned(&["code"])),
        (Some(grants), None) if grants.iter().any(|grant| grant == CODE_GRANT) => (grants, owned(&["code"])),
        (Some(grants), None) => (grants, Vec::new()),
        (Some(grants), Some(responses)) => (grants, responses),
        (None, Some(responses)) => {
            let has = |words: &[&str]| {
                let mut all = responses.iter().flat_map(|response| response.split(' '));
                all.any(|word| words.contains(&word))
            };
            let mut grants = Vec::new();
            if has(&["code", "none"]) || responses.is_empty() {
                grants.push(CODE_GRANT.to_owned());
            }
            if has(&["token", "id_token"]) {
                grants.push("implicit".to_owned());
            }
            (grants, responses)
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn unfit(error: serde_json::Error) -> OAuthError {
    OAuthError::server_error("client_metadata_unfit").detail(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flows_of(grants: Option<&[&str]>, responses: Option<&[&str]>) -> (Vec<String>, Vec<String>) {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        flows(grants.map(owned), responses.map(owned))
    }

    #[test]
    fn what_is_not_said_follows_from_what_is() {
        let pair = |(grants, responses): (Vec<String>, Vec<String>)| (grants.join(","), responses.join(","));
        let code = ("authorization_code".to_owned(), "code".to_owned());
        assert_eq!(pair(flows_of(None, None)), code);
        assert_eq!(pair(flows_of(Some(&["authorization_code"]), None)), code);
        assert_eq!(pair(flows_of(None, Some(&["code"]))), code);
        assert_eq!(pair(flows_of(Some(&["client_credentials"]), None)).1, "");
        assert_eq!(pair(flows_of(None, Some(&["code id_token"]))).0, "authorization_code,implicit");
        assert_eq!(pair(flows_of(None, Some(&["id_token token"]))).0, "implicit");
    }

    #[test]
    fn what_is_an_administrators_is_not_the_clients() {
        let said = serde_json::json!({
            "client_name": "c", "trusted": true, "audience": ["spiffe://x"], "client_id": "chosen", "system": true,
            "client_status": "inactive", "metadata": {"a": 1}, "developer_id": "me", "client_secret": "mine",
            "use_custom_token_ttls": true, "dynamically_registered": false, "tenant_id": "other",
        });
        let client = serde_json::from_value::<ClientMetadata>(said).unwrap().into_client().unwrap();
        let expected = Client {
            client_name: "c".into(),
            response_types: vec!["code".into()],
            token_endpoint_auth_signing_alg: String::new(),
            dynamically_registered: true,
            ..Client::default()
        };
        assert_eq!(client, expected);
    }
}
