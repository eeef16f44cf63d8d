//! `POST /api/system/{tid}/logins/{login}/accept`

use axum::Json;
use serde::{Deserialize, Serialize};
use symbolon_protocol::{ErrorCode, OAuthError};
use symbolon_store::entity::{Metadata, Timestamp};
use utoipa::ToSchema;

use super::{Login, done, failed};
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::Id;
use crate::api::json::Body;
use crate::oauth2::acr;
use crate::oauth2::records::Authentication;

/// The person agrees.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct AcceptSession {
    /// Who has agreed: the `subject` or the `idp_subject` of the login.
    #[serde(default)]
    #[schema(required)]
    subject: String,
    /// How they were authenticated (RFC 8176). Without it tokens do not say it.
    #[serde(default)]
    amr: Vec<String>,
    /// The class of their authentication, one that the workspace knows. Without it tokens say what `amr` reaches.
    acr: Option<String>,
    /// When they were authenticated; now when absent.
    auth_time: Option<Timestamp>,
    /// What is known about them beyond what the identity provider says.
    #[serde(default)]
    #[schema(value_type = Object)]
    authentication_context: Metadata,
    /// Identifier of the login, as in the path.
    id: Option<String>,
}

/// Where the person goes next.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoginAccepted {
    /// Nowhere: the client that asked is elsewhere.
    redirect_to: String,
}

/// Accept login request
///
/// The person was authenticated and agrees: the client gets what it asked for.
#[utoipa::path(
    post, path = "/api/system/{tid}/logins/{login}/accept", operation_id = "acceptLoginRequest", tag = "logins",
    request_body = AcceptSession,
    responses((status = 200, description = "The login is accepted", body = LoginAccepted))
)]
pub(super) async fn accept_login_request(
    cx: ManagementCx,
    Id(id): Id,
    Body(body): Body<AcceptSession>,
) -> Result<Json<LoginAccepted>, ApiError> {
    let login = Login::find(&cx, &id).await?;
    login.same_id(body.id.as_deref())?;
    let authentication = login.authentication(body, cx.now.seconds())?;
    let answered = login.waiting.approve(&login.cx, authentication).await;
    done(&cx, &login, answered.map_err(|error| login.not_approved(&error))?)?;
    Ok(Json(LoginAccepted { redirect_to: String::new() }))
}

impl Login {
    /// What the program says about the person, and nothing that nobody has said: their password was not asked for.
    fn authentication(&self, body: AcceptSession, now: i64) -> Result<Authentication, ApiError> {
        let AcceptSession { subject, amr, acr, auth_time, authentication_context, .. } = body;
        let mut person = self.person.clone();
        if subject.is_empty() {
            return Err(ApiError::invalid("subject", "is missing"));
        }
        // Whoever else agrees has not been asked.
        if subject != person.subject && subject != person.username {
            return Err(ApiError::invalid("subject", "is not the person that the login is about"));
        }
        let auth_time = auth_time.map_or(now, Timestamp::secs);
        if auth_time > now {
            return Err(ApiError::invalid("auth_time", "is in the future"));
        }
        let acr = acr.filter(|class| !class.is_empty());
        let known = acr::known(&self.cx.workspace);
        if acr.as_deref().is_some_and(|class| !known.contains(&class)) {
            return Err(ApiError::invalid("acr", format!("must be one of {}", known.join(", "))));
        }
        person.authentication_context.extend(authentication_context.0);
        person.amr = amr;
        Ok(Authentication { acr, ..Authentication::without_session(person, auth_time) })
    }

    fn not_approved(&self, error: &OAuthError) -> ApiError {
        if error.code != ErrorCode::UnmetAuthenticationRequirements {
            return failed(error);
        }
        let wanted = self.waiting.found.doc.acr_values.join(", ");
        let message = format!("neither it nor what amr reaches is what the request must have: {wanted}");
        ApiError::invalid("acr", message).seen(&error.reason)
    }
}
