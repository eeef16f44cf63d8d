//! Tells clients of the answer (CIBA §10.2, §10.3, §12).
//!
//! A ping names the request. A push brings the tokens, or why there are none. Tokens are issued once, and kept sealed
//! until the client has them: a worker that dies delays them, and makes no others.

use http::StatusCode;
use serde_json::{Map, Value, json};
use symbolon_protocol::ErrorCode;
use symbolon_store::{DecoupledState, DueNotification, Store, StoreError};
use tokio::sync::Notify;

use super::answering::{Found, Waiting};
use super::delivery::{Callback, endpoint};
use crate::app::App;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::fetch;
use crate::oauth2::grants::{self, PushedTokens};
use crate::oauth2::outbox::{self, Failure, Label, Lease, Message};
use crate::oauth2::{decoupled, issue};
use crate::snapshot::Client;

/// Tells who is to be told, for ever.
pub async fn run(app: App) {
    outbox::run::<DueNotification>(app).await;
}

/// Tells who is to be told now. Returns how many were, or were tried.
pub async fn run_once(app: &App) -> usize {
    outbox::run_once::<DueNotification>(app).await
}

impl Message for DueNotification {
    const PAUSES: &'static [i64] = &[2, 10, 30, 120];

    fn written(app: &App) -> &Notify {
        &app.memory.ciba_notices
    }

    fn count(app: &App, result: &'static str) {
        app.metrics.ciba_notice(result);
    }

    async fn are_due(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
        store.has_due_notifications(now.millis()).await
    }

    async fn take(store: &Store, lease: Lease, most: u32) -> Result<Vec<Self>, StoreError> {
        store.take_due_notifications(lease.now, lease.until, most).await
    }

    fn label(&self) -> Label<'_> {
        Label {
            kind: "answer",
            tenant: &self.tenant_id,
            workspace: &self.workspace_id,
            client_id: None,
            request: Some(&self.handle),
        }
    }

    fn attempts(&self) -> i64 {
        self.attempts
    }

    async fn tell(&self, app: &App) -> Result<StatusCode, Failure> {
        let sealed = self.sealed.as_ref();
        let callback: Option<Callback> = sealed.and_then(|sealed| serde_json::from_slice(sealed).ok());
        let callback = callback.ok_or_else(|| Failure::gone("nothing is known of how to tell the client"))?;
        let found = app.store.tenant(&self.tenant_id).find_decoupled_request_by_handle(&self.handle).await?;
        let (_, found): (String, Found) = found.ok_or_else(|| Failure::gone("the request is gone"))?;
        let cx = outbox::cx(app, &self.tenant_id, &self.workspace_id, &callback.base_url).await?;
        let waiting = Waiting::of(&cx, found).await?;
        let Waiting { found, client } =
            waiting.ok_or_else(|| Failure::gone("the client may not ask any more"))?;
        let uri = endpoint(&client).ok_or_else(|| Failure::gone("the client has no address any more"))?;
        let body = match found.doc.mode.pushes() {
            true => push(&cx, &client, &found, &callback).await?,
            false => json!({ "auth_req_id": callback.auth_req_id }).to_string(),
        };
        let message =
            fetch::Message { content_type: "application/json", body, bearer: Some(&callback.token) };
        outbox::post(app, uri, message).await
    }

    async fn settle(&self, store: &Store, again_at: Option<i64>) -> Result<(), StoreError> {
        let store = store.workspace(&self.tenant_id, &self.workspace_id);
        store.reschedule_notification(&self.handle, again_at).await
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
        DecoupledState::Pending | DecoupledState::Spent => Err(Failure::gone("there is nothing to tell")),
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
    let redeemed = decoupled::granted(cx, found.grant.clone(), &callback.auth_req_id).await?;
    let pushed =
        issue::Pushed { auth_req_id: &callback.auth_req_id, confirmation: callback.confirmation.clone() };
    let mut issued = issue::pushed(cx, client, redeemed, pushed)?;
    issue::seal(cx, client, &mut issued).await?;
    let unwritable = |error| Failure::Final(format!("the tokens cannot be written: {error}"));
    let mut message = Map::from_iter([("auth_req_id".to_owned(), Value::from(callback.auth_req_id.clone()))]);
    if let Value::Object(members) = serde_json::to_value(&issued.response).map_err(unwritable)? {
        message.extend(members);
    }
    let message = Value::Object(message).to_string();
    let kept = Callback { message: Some(message.clone()), ..callback.clone() }.to_bytes()?;
    let tokens = PushedTokens { auth_req_id: &callback.auth_req_id, handle: &found.handle, sealed: &kept };
    grants::commit_pushed(cx, client, tokens, &issued).await?;
    Ok(message)
}
