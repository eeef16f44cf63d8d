//! From a document to a client: what it says must hold here, and what is an administrator's to say is not read.
//!
//! The document is written for every server at once. What of it this one does not serve (a grant, a response type, a
//! redirect URI that may not be) is left out; what would change how the client is protected is refused.

use serde_json::Value;
use symbolon_protocol::{ApplicationType, ClientAuthMethod, GrantType, OAuthError, redirect_uri};
use symbolon_store::entity::server::ClientIdMetadataDocumentSettings;
use symbolon_store::entity::{Client, Secret};

use crate::app::App;
use crate::client_metadata::complete::complete;
use crate::client_metadata::validate;
use crate::faults::Faults;
use crate::oauth2::authorize::rules::response_type;
use crate::oauth2::discovery;
use crate::oauth2::register::{self, body, metadata::ClientMetadata, rules};
use crate::snapshot::Workspace;

/// The client that the document describes.
///
/// # Errors
/// `invalid_client` when it cannot be a client here.
pub(super) fn client(
    app: &App,
    workspace: &Workspace,
    settings: &ClientIdMetadataDocumentSettings,
    url: &str,
    document: &Value,
) -> Result<Client, OAuthError> {
    // The draft, §4.1: identical text. The document of another client must not speak for this one.
    if document.get("client_id").and_then(Value::as_str) != Some(url) {
        let got = document.get("client_id").map(ToString::to_string).unwrap_or_default();
        return Err(invalid("client_document_of_another", "client_id is not the URL it is at")
            .expected(url)
            .got(got));
    }
    // Nobody could have agreed on a secret, and this one everybody can read.
    if let Some(name) =
        ["client_secret", "client_secret_expires_at"].iter().find(|name| document.get(**name).is_some())
    {
        return Err(invalid("client_document_secret", format!("{name} cannot be in it")));
    }
    let metadata = body::metadata(document.clone())
        .map_err(|error| invalid("client_document_malformed", error.description.to_string()))?;
    let mut client = own_words(metadata).into_client()?;
    url.clone_into(&mut client.client_id);
    client.dynamically_registered = false;
    let method = client.token_endpoint_auth_method.parse::<ClientAuthMethod>();
    if !method.is_ok_and(|method| !method.needs_secret() && method != ClientAuthMethod::Unspecified) {
        return Err(invalid(
            "client_document_auth_method",
            "token_endpoint_auth_method needs a secret or is unknown",
        )
        .expected("none, private_key_jwt or mutual TLS")
        .got(&client.token_endpoint_auth_method));
    }
    narrow(workspace, settings, &mut client);
    register::bind(workspace, &mut client);
    let mut faults = Faults::default();
    let has_flow = [GrantType::AuthorizationCode, GrantType::Implicit, GrantType::DeviceCode];
    let has_flow = has_flow.iter().any(|grant| client.grant_types.iter().any(|word| word == grant.as_str()));
    faults.check(has_flow, "grant_types", "has no grant that is served here");
    let redirects = client.grant_types.iter().any(|word| {
        [GrantType::AuthorizationCode, GrantType::Implicit].iter().any(|grant| word == grant.as_str())
    });
    faults.check(
        !redirects || !client.redirect_uris.is_empty(),
        "redirect_uris",
        "has none that can be used",
    );
    complete(&app.rng, &mut client, &mut faults);
    // It has no secret, for whatever purpose: what was made for one must not be kept.
    client.client_secret = None::<Secret>;
    validate::check_metadata(&client, workspace, &mut faults);
    rules::check_texts(&client, &mut faults);
    if faults.is_empty() {
        return Ok(client);
    }
    let sentences: Vec<_> = faults.into_iter().map(|(path, what)| format!("{path} {what}")).collect();
    Err(invalid("client_document_refused", sentences.join("; ")))
}

/// Without what nobody has vouched for and what a code flow does not need: another's sector, other protocols.
fn own_words(metadata: ClientMetadata) -> ClientMetadata {
    let method =
        metadata.token_endpoint_auth_method.unwrap_or_else(|| ClientAuthMethod::None.as_str().to_owned());
    let is_public = method == ClientAuthMethod::None.as_str();
    // RFC 8252 §8.4: an app on a device is a public client. Those that say nothing may be one.
    let usual = if is_public { ApplicationType::Native } else { ApplicationType::Web };
    ClientMetadata {
        application_type: metadata.application_type.or_else(|| Some(usual.as_str().to_owned())),
        token_endpoint_auth_method: Some(method),
        backchannel_authentication_request_signing_alg: None,
        backchannel_client_notification_endpoint: None,
        backchannel_logout_session_required: None,
        backchannel_logout_uri: None,
        backchannel_token_delivery_mode: None,
        backchannel_user_code_parameter: None,
        certificate: None,
        frontchannel_logout_session_required: None,
        frontchannel_logout_uri: None,
        organisation_id: None,
        privacy: None,
        sector_identifier_uri: None,
        software_statement: None,
        token_exchange: None,
        ..metadata
    }
}

/// Leaves out what is not served here.
fn narrow(workspace: &Workspace, settings: &ClientIdMetadataDocumentSettings, client: &mut Client) {
    let grants = discovery::grant_types(workspace);
    client.grant_types.retain(|word| grants.contains(word) && rules::is_of_people(word));
    client
        .response_types
        .retain(|word| response_type::allowed(workspace).any(|known| rules::is_same(known.as_str(), word)));
    let kind = client.application_type.parse().unwrap_or(ApplicationType::Web);
    client.redirect_uris.retain(|uri| redirect_uri::validate(uri, kind).is_ok());
    let named: Vec<String> = match client.scopes.is_empty() {
        true => {
            client.scope.iter().flat_map(|text| text.split_ascii_whitespace()).map(str::to_owned).collect()
        }
        false => std::mem::take(&mut client.scopes),
    };
    let may_have = |name: &str| {
        rules::is_for_everybody(workspace, name)
            && (settings.scopes.is_empty() || settings.scopes.iter().any(|own| own == name))
    };
    client.scope = None;
    client.scopes = match named.is_empty() {
        true => rules::scopes_for_everybody(workspace),
        false => named,
    };
    client.scopes.retain(|name| may_have(name));
}

fn invalid(reason: &'static str, what: impl std::fmt::Display) -> OAuthError {
    OAuthError::invalid_client(reason)
        .description(format!("The client metadata document cannot be used: {what}."))
}
