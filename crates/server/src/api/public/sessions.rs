//! `/{tid}/{aid}/sso/sessions…`: where a person is logged in.

use axum::Json;
use axum::extract::Path;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use symbolon_store::Session;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::person;
use crate::api::error::ApiError;
use crate::app::App;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::login::end::{self, Ending, Place};
use crate::login::session::Kept;

const VIEW: &str = "view_sessions";
const MANAGE: &str = "manage_sessions";

/// The operations on sessions.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_user_sessions)).routes(routes!(delete_session))
}

/// A login of a person in one browser.
#[derive(Debug, Serialize, ToSchema)]
struct UserSession {
    /// When it was last used.
    #[schema(format = DateTime)]
    active_time: String,
    /// When the person last logged in.
    #[schema(format = DateTime)]
    auth_time: String,
    /// Its name: `sid` of the ID tokens issued in it.
    id: String,
    /// Where from the person logged in.
    ip_address: String,
    /// When it began.
    #[schema(format = DateTime)]
    issue_time: String,
    /// Its kind: `sso`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// With what the person logged in, as it said itself.
    user_agent: String,
}

/// The sessions of a person.
#[derive(Debug, Serialize, ToSchema)]
struct ListUserSessions {
    /// The one used last is first.
    sessions: Vec<UserSession>,
}

/// List user sessions
///
/// Those of the person whose access token it is, in all browsers. Needs the scope `view_sessions`.
#[utoipa::path(
    get, path = "/{tid}/{aid}/sso/sessions", operation_id = "listUserSessions", tag = "sessions",
    security(("default" = ["view_sessions"]), ("default_login" = ["view_sessions"])),
    responses((status = 200, description = "The sessions", body = ListUserSessions))
)]
async fn list_user_sessions(cx: Cx, headers: HeaderMap) -> Result<Json<ListUserSessions>, ApiError> {
    let person = person::authenticate(&cx, &headers, VIEW).await?;
    let found = cx.store().list_sessions::<Kept>(&person.subject, cx.now.millis()).await?;
    Ok(Json(ListUserSessions { sessions: found.into_iter().filter_map(UserSession::of).collect() }))
}

/// Delete user session
///
/// Ends it with what was issued in it, but for access with `offline_access`; clients are told. Needs the scope
/// `manage_sessions`.
#[utoipa::path(
    delete, path = "/{tid}/{aid}/sso/sessions/{sessionID}", operation_id = "deleteSession", tag = "sessions",
    security(("default" = ["manage_sessions"]), ("default_login" = ["manage_sessions"])),
    params(("sessionID" = String, Path, description = "The session, by its id in the list")),
    responses((status = 204, description = "It is over"))
)]
async fn delete_session(
    cx: Cx,
    path: Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let Path((_, _, id)) = path;
    let person = person::authenticate(&cx, &headers, MANAGE).await?;
    let found = cx.store().list_sessions::<Kept>(&person.subject, cx.now.millis()).await?;
    let found = found.into_iter().find(|session| session.doc.sid.as_deref() == Some(&id));
    let session = found.ok_or_else(|| ApiError::not_found("session", &id))?;
    end::end_session(&Place::of(&cx), Ending { key: &session.key, subject: &person.subject, sid: &id })
        .await?;
    tracing::info!(request_id = %cx.request_id, tenant = &*cx.workspace.tenant_id, workspace = &*cx.workspace.id, sid = id, "session ended by its person");
    Ok(StatusCode::NO_CONTENT)
}

impl UserSession {
    /// `None` for a session that has no name of its own: one that began before names were kept.
    fn of(session: Session<Kept>) -> Option<Self> {
        let Session { doc, auth_time, last_used_at, .. } = session;
        let issued_at = doc.issued_at.map_or(auth_time, |seconds| Timestamp::from_seconds(seconds).millis());
        let text = |millis: i64| Timestamp::from_millis(millis).to_string();
        Some(Self {
            active_time: text(last_used_at),
            auth_time: text(auth_time),
            id: doc.sid?,
            ip_address: doc.ip_address.unwrap_or_default(),
            issue_time: text(issued_at),
            kind: "sso",
            user_agent: doc.user_agent.unwrap_or_default(),
        })
    }
}
