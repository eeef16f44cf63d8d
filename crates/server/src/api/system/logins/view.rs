//! How a login is shown to the program that asks the person: what they are asked for, and what they have answered.

use serde::Serialize;
use serde_json::{Map, Value};
use symbolon_protocol::{AuthorizationDetails, GrantType};
use symbolon_store::DecoupledState;
use symbolon_store::entity::{Metadata, Service, Timestamp};
use utoipa::ToSchema;

use super::Login;
use crate::oauth2::backchannel_authentication::answering::Waiting;
use crate::oauth2::records::GrantRecord;
use crate::snapshot::{Client, Workspace};

/// A login under way.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoginSessionResponse {
    /// Identifier.
    id: String,
    /// The tenant.
    tenant_id: String,
    /// The workspace.
    server_id: String,
    /// The client that asks.
    client_id: String,
    /// Its name for people.
    client_name: String,
    /// The client for people.
    client_info: ClientInfo,
    /// Who is asked: the subject in the workspace.
    subject: String,
    /// Their name at the identity provider.
    idp_subject: String,
    /// The identity provider.
    idp_id: String,
    /// The grant that the client uses.
    requested_grant_type: &'static str,
    /// What the client asks for.
    requested_scopes: Vec<RequestedScope>,
    /// What the client asks for beyond scopes (RFC 9396), such as a payment: the person agrees to this.
    #[schema(value_type = Vec<Object>)]
    authorization_details: AuthorizationDetails,
    /// What the tokens are to be for (RFC 8707).
    requested_audience: Vec<String>,
    /// The classes of authentication that it would like, the most wanted first.
    requested_acr: Vec<String>,
    /// What the client shows: the person compares.
    #[serde(skip_serializing_if = "Option::is_none")]
    binding_message: Option<String>,
    /// When it was asked.
    requested_at: Timestamp,
    /// Until when it can be answered.
    expires_at: Timestamp,
    /// Whether it was accepted.
    login_approved: bool,
    /// Whether it was rejected.
    login_rejected: bool,
    /// Whether what was asked for was allowed: with the login.
    scope_grant_approved: bool,
    /// Whether it was refused: with the login.
    scope_grant_rejected: bool,
    #[serde(flatten)]
    given: Option<Given>,
}

/// What was said when the login was accepted. Absent before.
#[derive(Debug, Serialize, ToSchema)]
struct Given {
    /// The class of the authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    /// How the person was authenticated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
    /// When they were authenticated.
    auth_time: Timestamp,
    /// What is known about them.
    #[schema(value_type = Object)]
    authentication_context: Map<String, Value>,
    /// The scopes that they have allowed.
    granted_scopes: Vec<String>,
    /// What the tokens are for (RFC 8707).
    granted_audience: Vec<String>,
}

/// A client, for people.
#[derive(Debug, Serialize, ToSchema)]
struct ClientInfo {
    /// Its name.
    client_name: String,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_uri: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_uri: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation_id: Option<String>,
    /// Its privacy policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_uri: Option<String>,
    /// Its terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    tos_uri: Option<String>,
}

/// One scope.
#[derive(Debug, Serialize, ToSchema)]
struct RequestedScope {
    /// Its name.
    requested_name: String,
    /// As the workspace has it.
    #[serde(flatten)]
    known: Option<KnownScope>,
}

/// A scope as it is configured.
#[derive(Debug, Serialize, ToSchema)]
struct KnownScope {
    /// Identifier.
    id: String,
    /// Its name.
    name: String,
    /// The workspace.
    authorization_server_id: String,
    /// The tenant.
    tenant_id: String,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// What it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Free data.
    metadata: Metadata,
    /// The service it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Service>,
    /// Whether it belongs to a service.
    with_service: bool,
}

impl LoginSessionResponse {
    pub(super) fn of(login: Login) -> Self {
        let Login { cx, waiting: Waiting { found, client }, person } = login;
        let is_approved = matches!(found.state, DecoupledState::Approved | DecoupledState::Spent);
        let is_rejected = found.state == DecoupledState::Denied;
        Self {
            tenant_id: cx.workspace.tenant_id.to_string(),
            server_id: cx.workspace.id.to_string(),
            client_id: client.id().to_owned(),
            client_name: client.name().to_owned(),
            client_info: ClientInfo::of(&client),
            subject: person.subject,
            idp_subject: person.username,
            idp_id: person.idp_id,
            requested_grant_type: GrantType::Ciba.as_str(),
            requested_scopes: found
                .doc
                .scope
                .iter()
                .map(|name| RequestedScope::of(&cx.workspace, name))
                .collect(),
            authorization_details: found.doc.authorization_details,
            requested_audience: found.doc.resources,
            requested_acr: found.doc.acr_values,
            binding_message: found.doc.binding_message,
            requested_at: Timestamp(found.created_at),
            expires_at: Timestamp(found.expires_at),
            login_approved: is_approved,
            login_rejected: is_rejected,
            scope_grant_approved: is_approved,
            scope_grant_rejected: is_rejected,
            given: found.grant.map(|grant| Given::of(grant.doc)),
            id: found.handle,
        }
    }
}

impl Given {
    fn of(grant: GrantRecord) -> Self {
        let GrantRecord { scope, authentication, acr, resources, .. } = grant;
        Self {
            acr,
            amr: authentication.amr,
            auth_time: Timestamp(authentication.auth_time.saturating_mul(1000)),
            authentication_context: authentication.authentication_context,
            granted_scopes: scope.iter().map(str::to_owned).collect(),
            granted_audience: resources,
        }
    }
}

impl ClientInfo {
    fn of(client: &Client) -> Self {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let entity = &client.entity;
        Self {
            client_name: client.name().to_owned(),
            client_uri: given(&entity.client_uri),
            description: given(&entity.description),
            logo_uri: given(&entity.logo_uri),
            organisation_id: given(&entity.organisation_id),
            policy_uri: given(&entity.policy_uri),
            tos_uri: given(&entity.tos_uri),
        }
    }
}

impl RequestedScope {
    fn of(workspace: &Workspace, name: &str) -> Self {
        let known = workspace.scopes.find(name).map(|entry| {
            let scope = entry.scope.clone();
            KnownScope {
                id: scope.id,
                name: scope.name,
                authorization_server_id: workspace.id.to_string(),
                tenant_id: workspace.tenant_id.to_string(),
                display_name: scope.display_name,
                description: scope.description,
                metadata: scope.metadata,
                service: entry.service.clone(),
                with_service: entry.service.is_some(),
            }
        });
        Self { requested_name: name.to_owned(), known }
    }
}
