//! Logins that a program of the operator's answers: `/api/system/{tid}/logins/{login}…`. A login here is a backchannel
//! authentication request (CIBA §8) that waits for its person; the program has asked the person, and says what came of
//! it.
//!
//! Who calls is trusted with the authentication, as an identity provider is; it cannot say that somebody else agreed.

use axum::Json;
use serde::{Deserialize, Serialize};
use symbolon_protocol::{ErrorCode, GrantType, OAuthError};
use symbolon_store::DecoupledState;
use symbolon_store::entity::{Metadata, Timestamp};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::extract::Id;
use crate::api::json::Body;
use crate::api::scheme::{MANAGE_LOGINS, requires};
use crate::app::App;
use crate::cx::Cx;
use crate::login::{Person, idps};
use crate::oauth2::backchannel_authentication::KIND;
use crate::oauth2::backchannel_authentication::answering::{Found, Waiting};
use crate::oauth2::dpop;
use crate::oauth2::records::Authentication;

/// The operations on logins.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&MANAGE_LOGINS, routes!(get_login_request)))
        .routes(requires(&MANAGE_LOGINS, routes!(accept_login_request)))
        .routes(requires(&MANAGE_LOGINS, routes!(reject_login_request)))
}

/// A login under way.
#[derive(Debug, Serialize, ToSchema)]
struct LoginSessionResponse {
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
}

/// One scope.
#[derive(Debug, Serialize, ToSchema)]
struct RequestedScope {
    /// Its name.
    requested_name: String,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// What it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// The person agrees.
#[derive(Debug, Deserialize, ToSchema)]
struct AcceptSession {
    /// Who has agreed: the `subject` or the `idp_subject` of the login.
    #[serde(default)]
    #[schema(required)]
    subject: String,
    /// How they were authenticated (RFC 8176).
    #[serde(default)]
    amr: Vec<String>,
    /// When they were authenticated; now when absent.
    auth_time: Option<Timestamp>,
    /// What is known about them beyond what the identity provider says.
    #[serde(default)]
    #[schema(value_type = Object)]
    authentication_context: Metadata,
    /// Identifier of the login, as in the path.
    id: Option<String>,
}

/// The person does not agree.
#[derive(Debug, Deserialize, ToSchema)]
struct RejectSession {
    /// Identifier of the login, as in the path.
    id: Option<String>,
    /// Why, in a word: for the log.
    error: Option<String>,
}

/// Where the person goes next.
#[derive(Debug, Serialize, ToSchema)]
struct LoginAccepted {
    /// Nowhere: the client that asked is elsewhere.
    redirect_to: String,
}

/// Where the person goes next.
#[derive(Debug, Serialize, ToSchema)]
struct LoginRejected {
    /// Nowhere: the client that asked is elsewhere.
    redirect_to: String,
}

/// Get login request
///
/// A login under way, for whoever asks the person.
#[utoipa::path(
    get, path = "/api/system/{tid}/logins/{login}", operation_id = "getLoginRequest", tag = "logins",
    responses((status = 200, description = "The login", body = LoginSessionResponse))
)]
async fn get_login_request(cx: ManagementCx, Id(id): Id) -> Result<Json<LoginSessionResponse>, ApiError> {
    let login = Login::find(&cx, &id).await?;
    Ok(Json(login.shown()))
}

/// Accept login request
///
/// The person was authenticated and agrees: the client gets what it asked for.
#[utoipa::path(
    post, path = "/api/system/{tid}/logins/{login}/accept", operation_id = "acceptLoginRequest", tag = "logins",
    request_body = AcceptSession,
    responses((status = 200, description = "The login is accepted", body = LoginAccepted))
)]
async fn accept_login_request(
    cx: ManagementCx,
    Id(id): Id,
    Body(body): Body<AcceptSession>,
) -> Result<Json<LoginAccepted>, ApiError> {
    let login = Login::find(&cx, &id).await?;
    login.same_id(body.id.as_deref())?;
    // Whoever else agrees has not been asked.
    let person = &login.person;
    if body.subject != person.subject && body.subject != person.username {
        return Err(ApiError::invalid("subject", "is not the person that the login is about"));
    }
    let now = cx.now.seconds();
    let auth_time = body.auth_time.map_or(now, Timestamp::secs);
    if auth_time > now {
        return Err(ApiError::invalid("auth_time", "is in the future"));
    }
    let mut person = person.clone();
    person.authentication_context.extend(body.authentication_context.0);
    if !body.amr.is_empty() {
        person.amr = body.amr;
    }
    let authentication = Authentication::without_session(person, auth_time);
    let answered = login.waiting.approve(&login.cx, authentication).await;
    done(&cx, &login, answered.map_err(|error| failed(&error))?)?;
    Ok(Json(LoginAccepted { redirect_to: String::new() }))
}

/// Reject login request
///
/// The person does not agree, or could not be authenticated: the client hears `access_denied`.
#[utoipa::path(
    post, path = "/api/system/{tid}/logins/{login}/reject", operation_id = "rejectLoginRequest", tag = "logins",
    request_body = RejectSession,
    responses((status = 200, description = "The login is rejected", body = LoginRejected))
)]
async fn reject_login_request(
    cx: ManagementCx,
    Id(id): Id,
    Body(body): Body<RejectSession>,
) -> Result<Json<LoginRejected>, ApiError> {
    let login = Login::find(&cx, &id).await?;
    login.same_id(body.id.as_deref())?;
    tracing::info!(request_id = %cx.request_id, login = id, reason = body.error, "login rejected");
    let answered = login.waiting.deny(&login.cx).await;
    done(&cx, &login, answered.map_err(|error| failed(&error))?)?;
    Ok(Json(LoginRejected { redirect_to: String::new() }))
}

/// A login, its person, and its workspace.
struct Login {
    cx: Cx,
    waiting: Waiting,
    person: Person,
}

impl Login {
    async fn find(management: &ManagementCx, id: &str) -> Result<Self, ApiError> {
        let unknown = || ApiError::not_found("login", id);
        let found = management.tenant().find_decoupled_request_by_handle(id).await?;
        let (workspace_id, found): (String, Found) = found.ok_or_else(unknown)?;
        let is_over = found.expires_at <= management.now.millis();
        if found.kind != KIND || is_over {
            return Err(unknown());
        }
        let workspace = management.workspace(&workspace_id).await?;
        let cx = Cx {
            app: management.app.clone(),
            workspace,
            now: management.now,
            request_id: management.request_id.clone(),
            base_url: management.base_url.clone(),
            peer: management.peer.clone(),
            dpop: dpop::Presented::default(),
        };
        let subject = found.subject.as_deref().ok_or_else(unknown)?;
        let person = idps::find_by_subject(&cx, subject).await?.ok_or_else(unknown)?;
        let waiting = Waiting::of(&cx, found).await.map_err(|error| failed(&error))?.ok_or_else(unknown)?;
        Ok(Self { cx, waiting, person })
    }

    /// The identifier in a body may be left out; another than the path's is a mistake.
    fn same_id(&self, id: Option<&str>) -> Result<(), ApiError> {
        match id.filter(|id| !id.is_empty() && *id != self.waiting.found.handle) {
            None => Ok(()),
            Some(_) => Err(ApiError::invalid("id", "is not the login in the path")),
        }
    }

    fn shown(self) -> LoginSessionResponse {
        let Self { cx, waiting: Waiting { found, client }, person } = self;
        let scope = |name: &str| {
            let known = cx.workspace.scopes.find(name).map(|entry| &entry.scope);
            RequestedScope {
                requested_name: name.to_owned(),
                display_name: known.and_then(|scope| scope.display_name.clone()),
                description: known.and_then(|scope| scope.description.clone()),
            }
        };
        LoginSessionResponse {
            tenant_id: cx.workspace.tenant_id.to_string(),
            server_id: cx.workspace.id.to_string(),
            client_id: client.id().to_owned(),
            client_name: client.name().to_owned(),
            subject: person.subject,
            idp_subject: person.username,
            idp_id: person.idp_id,
            requested_grant_type: GrantType::Ciba.as_str(),
            requested_scopes: found.doc.scope.iter().map(scope).collect(),
            requested_acr: found.doc.acr_values,
            binding_message: found.doc.binding_message,
            requested_at: Timestamp(found.created_at),
            expires_at: Timestamp(found.expires_at),
            login_approved: matches!(found.state, DecoupledState::Approved | DecoupledState::Spent),
            login_rejected: found.state == DecoupledState::Denied,
            id: found.handle,
        }
    }
}

fn done(cx: &ManagementCx, login: &Login, answered: bool) -> Result<(), ApiError> {
    if answered {
        return Ok(());
    }
    let id = &login.waiting.found.handle;
    let error = ApiError::new(Kind::Conflict, format!("The login {id} was answered before, or has ended."));
    Err(error.seen(format!("at {}", cx.now.seconds())))
}

fn failed(error: &OAuthError) -> ApiError {
    let kind = match error.code {
        ErrorCode::TemporarilyUnavailable => Kind::Unavailable,
        _ => Kind::Internal,
    };
    ApiError::new(kind, error.description.as_ref()).seen(&error.reason)
}
