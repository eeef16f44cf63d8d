//! Sends notices: a fresh logout token by POST for each try.

use http::StatusCode;
use symbolon_store::{LogoutNotice, Store, StoreError};
use tokio::sync::Notify;

use super::{Notice, token, uri};
use crate::app::App;
use crate::clock::Timestamp;
use crate::fetch;
use crate::oauth2::clients;
use crate::oauth2::outbox::{self, Failure, Label, Lease, Message};

/// Sends what is due, for ever.
pub async fn run(app: App) {
    outbox::run::<LogoutNotice<Notice>>(app).await;
}

/// Sends what is due now. Returns how many were sent, or tried.
pub async fn run_once(app: &App) -> usize {
    outbox::run_once::<LogoutNotice<Notice>>(app).await
}

impl Message for LogoutNotice<Notice> {
    const PAUSES: &'static [i64] = &[5, 30, 120, 600];

    fn written(app: &App) -> &Notify {
        &app.memory.logout_notices
    }

    fn count(app: &App, result: &'static str) {
        app.metrics.logout_notice(result);
    }

    async fn are_due(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
        store.has_due_logout_notices(now.millis()).await
    }

    async fn take(store: &Store, lease: Lease, most: u32) -> Result<Vec<Self>, StoreError> {
        store.take_due_logout_notices(lease.now, lease.until, most).await
    }

    fn label(&self) -> Label<'_> {
        Label {
            kind: "logout",
            tenant: &self.tenant_id,
            workspace: &self.workspace_id,
            client_id: Some(&self.client_id),
            request: None,
        }
    }

    fn attempts(&self) -> i64 {
        self.attempts
    }

    async fn tell(&self, app: &App) -> Result<StatusCode, Failure> {
        let cx = outbox::cx(app, &self.tenant_id, &self.workspace_id, &self.doc.base_url).await?;
        let client = clients::find_registered(app, &cx.workspace, &self.client_id).await?;
        let client = client.filter(|client| client.is_active());
        let client = client.ok_or_else(|| Failure::gone("the client is gone"))?;
        let uri =
            uri(&client).ok_or_else(|| Failure::gone("the client has no backchannel_logout_uri any more"))?;
        let token = token::make(&cx, &client, &self.doc).await?;
        let body =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
        let content_type = "application/x-www-form-urlencoded";
        outbox::post(app, uri, fetch::Message { content_type, body, bearer: None }).await
    }

    async fn settle(&self, store: &Store, again_at: Option<i64>) -> Result<(), StoreError> {
        let store = store.workspace(&self.tenant_id, &self.workspace_id);
        match again_at {
            Some(again_at) => store.reschedule_logout_notice(&self.id, again_at).await,
            None => store.delete_logout_notice(&self.id).await,
        }
    }
}
