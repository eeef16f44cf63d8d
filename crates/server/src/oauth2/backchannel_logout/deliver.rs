//! Sends notices: so many at a time, each a few times, and writes down what became of each.

use std::time::Duration;

use http::StatusCode;
use symbolon_protocol::ErrorCode;
use symbolon_store::{LogoutNotice, StoreError};
use tokio::task::JoinSet;

use super::{Notice, token, uri};
use crate::app::App;
use crate::base_url::BaseUrl;
use crate::cx::Cx;
use crate::fetch::Message;

/// How many clients are told at once.
const AT_ONCE: usize = 16;
/// Pauses before the second and every further try, in seconds. After the last try a client is given up.
const AGAIN_SECONDS: [i64; 4] = [5, 30, 120, 600];
/// What a worker may take beyond the time of two fetches, in seconds, before another takes over.
const LEASE_SECONDS: i64 = 30;
/// How often a node looks for notices that another has written, or that are due again.
const LOOK: Duration = Duration::from_secs(1);

/// Sends what is due, for ever.
pub async fn run(app: App) {
    let mut sending = JoinSet::new();
    loop {
        let free = AT_ONCE.saturating_sub(sending.len());
        for notice in take(&app, free).await {
            let app = app.clone();
            sending.spawn(async move { deliver(&app, &notice).await });
        }
        tokio::select! {
            Some(ended) = sending.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a logout was not sent");
                }
            }
            () = app.memory.logout_notices.notified(), if sending.len() < AT_ONCE => {}
            () = tokio::time::sleep(LOOK), if sending.len() < AT_ONCE => {}
        }
    }
}

/// Sends what is due now. Returns how many were sent, or tried.
pub async fn run_once(app: &App) -> usize {
    let due = take(app, AT_ONCE).await;
    for notice in &due {
        deliver(app, notice).await;
    }
    due.len()
}

async fn take(app: &App, most: usize) -> Vec<LogoutNotice<Notice>> {
    let now = app.clock.now();
    let fetches = i64::try_from(app.config.client.timeout.as_secs()).unwrap_or(0).saturating_mul(2);
    let lease_until = now.plus_seconds(fetches.saturating_add(LEASE_SECONDS)).millis();
    let taken = async {
        if most == 0 || !app.store.has_due_logout_notices(now.millis()).await? {
            return Ok(Vec::new());
        }
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        app.store.take_due_logout_notices(now.millis(), lease_until, most).await
    };
    taken.await.unwrap_or_else(|error: StoreError| {
        tracing::warn!(%error, "logouts that are to be sent cannot be read");
        Vec::new()
    })
}

/// What became of a try.
enum Outcome {
    /// The client has logged the person out.
    Told(StatusCode),
    /// It will not, however often it is told.
    Refused(String),
    /// It may the next time.
    Failed(String),
}

async fn deliver(app: &App, notice: &LogoutNotice<Notice>) {
    let outcome = send(app, notice).await;
    let LogoutNotice { tenant_id: tenant, workspace_id: workspace, client_id, .. } = notice;
    let attempt = notice.attempts + 1;
    let again = usize::try_from(notice.attempts).ok().and_then(|tried| AGAIN_SECONDS.get(tried));
    let store = app.store.workspace(tenant, workspace);
    let (result, written) = match (outcome, again) {
        (Outcome::Told(status), _) => {
            let status = status.as_u16();
            tracing::info!(tenant, workspace, client_id, attempt, status, "logout sent");
            ("told", store.delete_logout_notice(&notice.id).await)
        }
        (Outcome::Failed(reason), Some(seconds)) => {
            tracing::warn!(
                tenant,
                workspace,
                client_id,
                attempt,
                again_in = seconds,
                reason,
                "logout not sent"
            );
            let at = app.clock.now().plus_seconds(*seconds).millis();
            ("failed", store.reschedule_logout_notice(&notice.id, at).await)
        }
        (Outcome::Refused(reason), _) | (Outcome::Failed(reason), None) => {
            tracing::warn!(tenant, workspace, client_id, attempt, reason, "logout given up");
            ("given_up", store.delete_logout_notice(&notice.id).await)
        }
    };
    app.metrics.logout_notice(result);
    if let Err(error) = written {
        // It is sent once more when its lease has ended: a client is told twice rather than never.
        tracing::warn!(tenant, workspace, client_id, %error, "what became of a logout is not written down");
    }
}

async fn send(app: &App, notice: &LogoutNotice<Notice>) -> Outcome {
    let away = |error: StoreError| Outcome::Failed(error.to_string());
    let found = app.snapshots.workspace(&app.store, &notice.tenant_id, &notice.workspace_id).await;
    let workspace = match found {
        Ok(Some(workspace)) => workspace,
        Ok(None) => return Outcome::Refused("the workspace is gone".to_owned()),
        Err(error) => return away(error),
    };
    let client = match app.snapshots.client(&app.store, &workspace, &notice.client_id).await {
        Ok(Some(client)) if client.is_active() => client,
        Ok(_) => return Outcome::Refused("the client is gone".to_owned()),
        Err(error) => return away(error),
    };
    let Some(uri) = uri(&client) else {
        return Outcome::Refused("the client has no backchannel_logout_uri any more".to_owned());
    };
    let cx = Cx::in_background(app, workspace, BaseUrl::new(&notice.doc.base_url));
    let token = match token::make(&cx, &client, &notice.doc).await {
        Ok(token) => token,
        Err(error) if error.code == ErrorCode::TemporarilyUnavailable => {
            return Outcome::Failed(error.reason.to_string());
        }
        Err(error) => return Outcome::Refused(error.reason.to_string()),
    };
    let body =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
    let message = Message { content_type: "application/x-www-form-urlencoded", body, bearer: None };
    match app.fetcher.post(uri, message).await {
        Ok(status) => judge(status),
        Err(error) if error.is_final() => Outcome::Refused(error.to_string()),
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// §2.8: 200 for success, where some frameworks say 204; 400 when the client does not accept the token, or could not
/// log the person out.
fn judge(status: StatusCode) -> Outcome {
    let is_busy = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    match status {
        status if status.is_success() => Outcome::Told(status),
        status if status.is_server_error() || is_busy => Outcome::Failed(format!("it answered {status}")),
        status => Outcome::Refused(format!("it answered {status}")),
    }
}
