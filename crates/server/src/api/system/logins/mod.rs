//! Logins that a program of the operator's answers: `/api/system/{tid}/logins…`. A login here is a backchannel
//! authentication request (CIBA §8) that waits for its person; the program has asked the person, and says what came of
//! it.
//!
//! Who calls is trusted with the authentication, as an identity provider is; it cannot say that somebody else agreed.
//!
//! Logins at the authorization endpoint are not among them. Such a login belongs to the browser that began it, and is
//! answered there: the store knows it by hashes of what that browser holds, and it has no name that could be listed.

mod accept;
mod get;
mod list;
mod reject;
mod view;

use symbolon_protocol::{ErrorCode, OAuthError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::scheme::{MANAGE_LOGINS, requires};
use crate::app::App;
use crate::cx::Cx;
use crate::login::{Person, idps};
use crate::oauth2::backchannel_authentication::KIND;
use crate::oauth2::backchannel_authentication::answering::{Found, Waiting};
use crate::oauth2::dpop;

/// The operations on logins.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&MANAGE_LOGINS, routes!(list::list_login_requests)))
        .routes(requires(&MANAGE_LOGINS, routes!(get::get_login_request)))
        .routes(requires(&MANAGE_LOGINS, routes!(accept::accept_login_request)))
        .routes(requires(&MANAGE_LOGINS, routes!(reject::reject_login_request)))
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
        Self::of(management, &workspace_id, found).await?.ok_or_else(unknown)
    }

    /// `None` when the workspace, the client's right to ask, or the person is gone.
    async fn of(
        management: &ManagementCx,
        workspace_id: &str,
        found: Found,
    ) -> Result<Option<Self>, ApiError> {
        let ManagementCx { app, now, request_id, base_url, peer, tenant_id, .. } = management;
        let workspace = app.snapshots.workspace(&app.store, tenant_id, workspace_id).await?;
        let (Some(workspace), Some(subject)) = (workspace, found.subject.clone()) else { return Ok(None) };
        let cx = Cx {
            app: app.clone(),
            workspace,
            now: *now,
            request_id: request_id.clone(),
            base_url: base_url.clone(),
            peer: peer.clone(),
            dpop: dpop::Presented::default(),
        };
        let waiting = Waiting::of(&cx, found).await.map_err(|error| failed(&error))?;
        let Some(waiting) = waiting else { return Ok(None) };
        let person = idps::find_by_subject(&cx, &subject).await?;
        Ok(person.map(|person| Self { cx, waiting, person }))
    }

    /// The identifier in a body may be left out; another than the path's is a mistake.
    fn same_id(&self, id: Option<&str>) -> Result<(), ApiError> {
        match id.filter(|id| !id.is_empty() && *id != self.waiting.found.handle) {
            None => Ok(()),
            Some(_) => Err(ApiError::invalid("id", "is not the login in the path")),
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
