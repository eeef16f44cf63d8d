//! `POST /{tid}/{aid}/backchannel/demo?auth_req_id=…&action=allow|deny`: answers for the person, so that a demo or a
//! conformance suite runs with nobody there. It is routed only where `demo` is set, and knows only the demo tenant.

use axum::response::Response;
use http::Uri;
use serde::Serialize;
use symbolon_protocol::{Form, OAuthError};

use super::KIND;
use super::answering::{Found, Waiting};
use crate::cx::Cx;
use crate::login::idps;
use crate::oauth2::answer::no_store_json;
use crate::oauth2::error::{ErrorResponse, store_failure};
use crate::oauth2::records::Authentication;
use crate::seed::demo::TENANT;

#[derive(Serialize)]
struct Answered {
    answered: &'static str,
}

/// Answers the request, as the person it is about would.
pub async fn answer(cx: Cx, uri: Uri) -> Result<Response, ErrorResponse> {
    let form = Form::from_query(uri.query().unwrap_or_default()).map_err(OAuthError::from)?;
    let waiting = find(&cx, form.require("auth_req_id")?).await?;
    let (done, answered) = match form.require("action")? {
        "allow" => (waiting.approve(&cx, authentication(&cx, &waiting).await?).await?, "allow"),
        "deny" => (waiting.deny(&cx).await?, "deny"),
        action => {
            return Err(OAuthError::invalid_request("action_unknown")
                .description("The action is neither allow nor deny.")
                .got_hidden(action)
                .into());
        }
    };
    if done { Ok(no_store_json(&Answered { answered })) } else { Err(nothing_waits().into()) }
}

async fn find(cx: &Cx, auth_req_id: &str) -> Result<Waiting, OAuthError> {
    if *cx.workspace.tenant_id != *TENANT {
        return Err(nothing_waits());
    }
    let found = cx.store().find_decoupled_request(auth_req_id).await;
    let found: Option<Found> = found.map_err(|error| store_failure(&error))?;
    let found = found.filter(|found| found.kind == KIND).ok_or_else(nothing_waits)?;
    Waiting::of(cx, found).await?.ok_or_else(nothing_waits)
}

/// The person, as if they had just logged in.
async fn authentication(cx: &Cx, waiting: &Waiting) -> Result<Authentication, OAuthError> {
    let subject = waiting.found.subject.as_deref().ok_or_else(nothing_waits)?;
    let person = idps::find_by_subject(cx, subject).await.map_err(|error| store_failure(&error))?;
    let person = person.ok_or_else(nothing_waits)?;
    Ok(Authentication::without_session(person, cx.now.seconds()))
}

fn nothing_waits() -> OAuthError {
    OAuthError::invalid_request("ciba_nothing_waits")
        .description("No request with this auth_req_id waits for an answer.")
}
