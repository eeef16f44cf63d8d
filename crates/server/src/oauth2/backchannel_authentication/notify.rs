//! Tells clients of the answer (CIBA §10.2, §10.3, §12): so many at a time, each a few times, and writes down what became
//! of it.
//!
//! A ping names the request. A push brings the tokens, or why there are none. Tokens are issued once, and kept sealed
//! until the client has them: a worker that dies delays them, and makes no others.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};
use symbolon_protocol::{ErrorCode, OAuthError};
use symbolon_store::{DecoupledState, DueNotification, StoreError};
use tokio::task::JoinSet;

use super::answering::{Found, Waiting};
use super::delivery::{Callback, endpoint};
use crate::app::App;
use crate::base_url::BaseUrl;
use crate::cx::Cx;
use crate::fetch::Message;
use crate::oauth2::error::store_failure;
use crate::oauth2::grants::{self, PushedTokens};
use crate::oauth2::{decoupled, issue};
use crate::snapshot::Client;

/// How many clients are told at once.
const AT_ONCE: usize = 16;
/// Pauses before the second and every further try, in seconds. After the last try a client is given up.
const AGAIN_SECONDS: [i64; 4] = [2, 10, 30, 120];
/// What a worker may take beyond the time of two fetches, in seconds, before another takes over.
const LEASE_SECONDS: i64 = 30;
/// How often a node looks for what another has written, or what is due again.
const LOOK: Duration = Duration::from_secs(1);

/// Tells who is to be told, for ever.
pub async fn run(app: App) {
    let mut sending = JoinSet::new();
    loop {
        let free = AT_ONCE.saturating_sub(sending.len());
        for due in take(&app, free).await {
            let app = app.clone();
            sending.spawn(async move { deliver(&app, &due).await });
        }
        tokio::select! {
            Some(ended) = sending.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a client was not told of an answer");
                }
            }
            () = app.memory.ciba_notices.notified(), if sending.len() < AT_ONCE => {}
            () = tokio::time::sleep(LOOK), if sending.len() < AT_ONCE => {}
        }
    }
}

/// Tells who is to be told now. Returns how many were, or were tried.
pub async fn run_once(app: &App) -> usize {
    let due = take(app, AT_ONCE).await;
    for due in &due {
        deliver(app, due).await;
    }
    due.len()
}

async fn take(app: &App, most: usize) -> Vec<DueNotification> {
    let now = app.clock.now();
    let fetches = i64::try_from(app.config.client.timeout.as_secs()).unwrap_or(0).saturating_mul(2);
    let lease_until = now.plus_seconds(fetches.saturating_add(LEASE_SECONDS)).millis();
    let taken = async {
        if most == 0 || !app.store.has_due_notifications(now.millis()).await? {
            return Ok(Vec::new());
        }
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        app.store.take_due_notifications(now.millis(), lease_until, most).await
    };
    taken.await.unwrap_or_else(|error: StoreError| {
        tracing::warn!(%error, "clients that are to be told cannot be read");
        Vec::new()
    })
}

/// Why a client was not told.
enum Failure {
    /// It would not be, however often it is tried.
    Final(String),
    /// It may be the next time.
    Passing(String),
}

async fn deliver(app: &App, due: &DueNotification) {
    let outcome = tell(app, due).await;
    let DueNotification { tenant_id: tenant, workspace_id: workspace, handle, .. } = due;
    let attempt = due.attempts + 1;
    let again = usize::try_from(due.attempts).ok().and_then(|tried| AGAIN_SECONDS.get(tried));
    let (result, again_at) = match (outcome, again) {
        (Ok(status), _) => {
            let status = status.as_u16();
            tracing::info!(tenant, workspace, request = handle, attempt, status, "client told of an answer");
            ("told", None)
        }
        (Err(Failure::Passing(reason)), Some(seconds)) => {
            tracing::warn!(
                tenant,
                workspace,
                request = handle,
                attempt,
                again_in = seconds,
                reason,
                "client not told of an answer"
            );
            ("failed", Some(app.clock.now().plus_seconds(*seconds).millis()))
        }
        (Err(Failure::Final(reason) | Failure::Passing(reason)), _) => {
            tracing::warn!(tenant, workspace, request = handle, attempt, reason, "client given up");
            ("given_up", None)
        }
    };
    app.metrics.ciba_notice(result);
    let store = app.store.workspace(tenant, workspace);
    if let Err(error) = store.reschedule_notification(handle, again_at).await {
        // It is told once more when its lease has ended: twice rather than never.
        tracing::warn!(tenant, workspace, request = handle, %error, "what became of it is not written down");
    }
}

async fn tell(app: &App, due: &DueNotification) -> Result<StatusCode, Failure> {
    let ended = |what: &str| Failure::Final(what.to_owned());
    let callback: Option<Callback> =
        due.sealed.as_ref().and_then(|sealed| serde_json::from_slice(sealed).ok());
    let callback = callback.ok_or_else(|| ended("nothing is known of how to tell the client"))?;
    let found = app.store.tenant(&due.tenant_id).find_decoupled_request_by_handle(&due.handle).await;
    let (_, found): (String, Found) =
        found.map_err(|error| away(&error))?.ok_or_else(|| ended("the request is gone"))?;
    let workspace = app.snapshots.workspace(&app.store, &due.tenant_id, &due.workspace_id).await;
    let workspace = workspace.map_err(|error| away(&error))?.ok_or_else(|| ended("the workspace is gone"))?;
    let cx = Cx::in_background(app, workspace, BaseUrl::new(&callback.base_url));
    let Some(Waiting { found, client }) = Waiting::of(&cx, found).await.map_err(|error| refused(&error))?
    else {
        return Err(ended("the client may not ask any more"));
    };
    let uri = endpoint(&client).ok_or_else(|| ended("the client has no address any more"))?;
    let body = match found.doc.mode.pushes() {
        true => push(&cx, &client, &found, &callback).await?,
        false => json!({ "auth_req_id": callback.auth_req_id }).to_string(),
    };
    let message = Message { content_type: "application/json", body, bearer: Some(&callback.token) };
    match app.fetcher.post(uri, message).await {
        Ok(status) => judge(status),
        Err(error) if error.is_final() => Err(Failure::Final(error.to_string())),
        Err(error) => Err(Failure::Passing(error.to_string())),
    }
}

/// CIBA §10.2: 204 is right and 200 is taken. No redirect is followed; what the client does not want it does not get
/// again.
fn judge(status: StatusCode) -> Result<StatusCode, Failure> {
    let is_busy = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    match status {
        status if status.is_success() => Ok(status),
        status if status.is_server_error() || is_busy => {
            Err(Failure::Passing(format!("it answered {status}")))
        }
        status => Err(Failure::Final(format!("it answered {status}"))),
    }
}

/// The message of a push: the tokens (CIBA §10.3.1), or the error (§12).
async fn push(cx: &Cx, client: &Client, found: &Found, callback: &Callback) -> Result<String, Failure> {
    if let Some(message) = &callback.message {
        return Ok(message.clone());
    }
    let is_over = found.expires_at <= cx.now.millis();
    match found.state {
        DecoupledState::Denied => Ok(error(callback, ErrorCode::AccessDenied)),
        DecoupledState::Pending | DecoupledState::Approved if is_over => {
            Ok(error(callback, ErrorCode::ExpiredToken))
        }
        DecoupledState::Approved => tokens(cx, client, found, callback).await,
        DecoupledState::Pending | DecoupledState::Spent => {
            Err(Failure::Final("there is nothing to tell".to_owned()))
        }
    }
}

fn error(callback: &Callback, code: ErrorCode) -> String {
    let said = json!({
        "auth_req_id": callback.auth_req_id, "error": code.as_str(), "error_description": code.sentence(),
    });
    said.to_string()
}

/// Issues the tokens and keeps the message with them, all or nothing.
async fn tokens(cx: &Cx, client: &Client, found: &Found, callback: &Callback) -> Result<String, Failure> {
    let redeemed =
        decoupled::granted(found.grant.clone(), &callback.auth_req_id).map_err(|error| refused(&error))?;
    let pushed =
        issue::Pushed { auth_req_id: &callback.auth_req_id, confirmation: callback.confirmation.clone() };
    let mut issued = issue::pushed(cx, client, redeemed, pushed).map_err(|error| refused(&error))?;
    issue::seal(cx, client, &mut issued).await.map_err(|error| refused(&error))?;
    let unwritable = |error| Failure::Final(format!("the tokens cannot be written: {error}"));
    let mut message = Map::from_iter([("auth_req_id".to_owned(), Value::from(callback.auth_req_id.clone()))]);
    if let Value::Object(members) = serde_json::to_value(&issued.response).map_err(unwritable)? {
        message.extend(members);
    }
    let message = Value::Object(message).to_string();
    let kept = Callback { message: Some(message.clone()), ..callback.clone() }
        .to_bytes()
        .map_err(|error| refused(&error))?;
    let tokens = PushedTokens { auth_req_id: &callback.auth_req_id, handle: &found.handle, sealed: &kept };
    grants::commit_pushed(cx, client, tokens, &issued).await.map_err(|error| refused(&error))?;
    Ok(message)
}

fn refused(error: &OAuthError) -> Failure {
    match error.code {
        ErrorCode::TemporarilyUnavailable => Failure::Passing(error.reason.to_string()),
        _ => Failure::Final(error.reason.to_string()),
    }
}

fn away(error: &StoreError) -> Failure {
    refused(&store_failure(error))
}
