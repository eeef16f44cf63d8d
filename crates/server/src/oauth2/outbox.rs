//! Telling clients, server to server, what they wait for: so many at a time, each a few times, and what became of every
//! try is written down.
//!
//! A [`Message`] is a row, written together with what it tells of. Every node has a worker for each kind. Who takes a
//! row has it under a lease: a worker that dies delays a message, and loses none. A client may be told twice, rather
//! than never.

use std::time::Duration;

use http::StatusCode;
use symbolon_protocol::{ErrorCode, OAuthError};
use symbolon_store::{Store, StoreError};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::error::store_failure;
use crate::app::App;
use crate::base_url::BaseUrl;
use crate::cx::Cx;
use crate::{clock, fetch};

/// How many clients are told of one kind of thing at once.
const AT_ONCE: usize = 16;
/// What a worker may take beyond the time of two fetches, in seconds, before another takes over.
const LEASE_SECONDS: i64 = 30;
/// How often a node looks for what another has written, or what is due again.
const LOOK: Duration = Duration::from_secs(1);

/// A kind of message: where its rows are, and how a client is told.
pub trait Message: Sized + Send + Sync + 'static {
    /// Pauses before the second and every further try, in seconds. After the last try a client is given up.
    const PAUSES: &'static [i64];

    /// Wakes the worker of this node when a row is written.
    fn written(app: &App) -> &Notify;

    /// Counts a try by how it ended.
    fn count(app: &App, result: &'static str);

    /// Whether any row is due: a look, before anything is written.
    fn are_due(store: &Store, now: clock::Timestamp)
    -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Takes at most `most` rows that are due.
    fn take(
        store: &Store,
        lease: Lease,
        most: u32,
    ) -> impl Future<Output = Result<Vec<Self>, StoreError>> + Send;

    /// What the log calls it.
    fn label(&self) -> Label<'_>;

    /// How often it was tried before.
    fn attempts(&self) -> i64;

    /// Tells the client: what it answered, if that was well.
    fn tell(&self, app: &App) -> impl Future<Output = Result<StatusCode, Failure>> + Send;

    /// Writes down that the client is told again at `again_at` (unix ms); never, without.
    fn settle(
        &self,
        store: &Store,
        again_at: Option<i64>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The time for which a worker has what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// From now, unix ms.
    pub now: i64,
    /// Until then no other worker gets it, unix ms.
    pub until: i64,
}

/// What the log calls a message.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// The kind.
    pub kind: &'static str,
    /// The tenant of the workspace.
    pub tenant: &'a str,
    /// The workspace of the client.
    pub workspace: &'a str,
    /// The client, where the row names it.
    pub client_id: Option<&'a str>,
    /// The request that it answers, if it does.
    pub request: Option<&'a str>,
}

/// Why a client was not told.
#[derive(Debug)]
pub enum Failure {
    /// It would not be, however often it is tried.
    Final(String),
    /// It may be the next time.
    Passing(String),
}

impl Failure {
    /// What is told of is no more.
    pub fn gone(what: &str) -> Self {
        Self::Final(what.to_owned())
    }
}

impl From<OAuthError> for Failure {
    fn from(error: OAuthError) -> Self {
        match error.code {
            ErrorCode::TemporarilyUnavailable => Self::Passing(error.reason.to_string()),
            _ => Self::Final(error.reason.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        store_failure(&error).into()
    }
}

/// Tells clients of one kind of thing, for ever.
pub async fn run<M: Message>(app: App) {
    let mut telling = JoinSet::new();
    loop {
        let free = AT_ONCE.saturating_sub(telling.len());
        for message in take::<M>(&app, free).await {
            let app = app.clone();
            telling.spawn(async move { deliver(&app, &message).await });
        }
        let is_free = telling.len() < AT_ONCE;
        tokio::select! {
            Some(ended) = telling.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a client was not told");
                }
            }
            () = M::written(&app).notified(), if is_free => {}
            () = tokio::time::sleep(LOOK), if is_free => {}
        }
    }
}

/// Tells the clients that are to be told now. Returns how many were, or were tried.
pub async fn run_once<M: Message>(app: &App) -> usize {
    let due = take::<M>(app, AT_ONCE).await;
    for message in &due {
        deliver(app, message).await;
    }
    due.len()
}

/// Who acts in a workspace for a message that was written when the server was reached as `base_url`: clients know
/// their issuer by it.
///
/// # Errors
/// [`Failure::Final`] when there is no such workspace any more.
pub async fn cx(app: &App, tenant: &str, workspace: &str, base_url: &str) -> Result<Cx, Failure> {
    let found = app.snapshots.workspace(&app.store, tenant, workspace).await?;
    let workspace = found.ok_or_else(|| Failure::gone("the workspace is gone"))?;
    Ok(Cx::in_background(app, workspace, BaseUrl::new(base_url)))
}

/// Sends a message. Any success is one (Back-Channel Logout §2.8 says 200, where some frameworks say 204; CIBA §10.2
/// the other way round). No redirect is followed; what the client does not want it does not get again.
///
/// # Errors
/// [`Failure::Passing`] when the client is not reached, or is busy or broken; else [`Failure::Final`].
pub async fn post(app: &App, uri: &str, message: fetch::Message<'_>) -> Result<StatusCode, Failure> {
    let status = app.fetcher.post(uri, message).await.map_err(|error| match error.is_final() {
        true => Failure::Final(error.to_string()),
        false => Failure::Passing(error.to_string()),
    })?;
    let is_busy = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    match status {
        status if status.is_success() => Ok(status),
        status if status.is_server_error() || is_busy => {
            Err(Failure::Passing(format!("it answered {status}")))
        }
        status => Err(Failure::Final(format!("it answered {status}"))),
    }
}

async fn take<M: Message>(app: &App, most: usize) -> Vec<M> {
    let now = app.clock.now();
    let fetches = i64::try_from(app.config.client.timeout.as_secs()).unwrap_or(0).saturating_mul(2);
    let until = now.plus_seconds(fetches.saturating_add(LEASE_SECONDS)).millis();
    let taken = async {
        if most == 0 || !M::are_due(&app.store, now).await? {
            return Ok(Vec::new());
        }
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        M::take(&app.store, Lease { now: now.millis(), until }, most).await
    };
    taken.await.unwrap_or_else(|error: StoreError| {
        tracing::warn!(%error, "clients that are to be told cannot be read");
        Vec::new()
    })
}

async fn deliver<M: Message>(app: &App, message: &M) {
    let outcome = message.tell(app).await;
    let Label { kind, tenant, workspace, client_id, request } = message.label();
    let attempt = message.attempts() + 1;
    let again = usize::try_from(message.attempts()).ok().and_then(|tried| M::PAUSES.get(tried));
    let (result, again_at) = match (outcome, again) {
        (Ok(status), _) => {
            let status = status.as_u16();
            tracing::info!(kind, tenant, workspace, client_id, request, attempt, status, "client told");
            ("told", None)
        }
        (Err(Failure::Passing(reason)), Some(seconds)) => {
            tracing::warn!(
                kind,
                tenant,
                workspace,
                client_id,
                request,
                attempt,
                again_in = seconds,
                reason,
                "client not told"
            );
            ("failed", Some(app.clock.now().plus_seconds(*seconds).millis()))
        }
        (Err(Failure::Final(reason) | Failure::Passing(reason)), _) => {
            tracing::warn!(kind, tenant, workspace, client_id, request, attempt, reason, "client given up");
            ("given_up", None)
        }
    };
    M::count(app, result);
    if let Err(error) = message.settle(&app.store, again_at).await {
        // It is told once more when its lease has ended.
        tracing::warn!(kind, tenant, workspace, client_id, request, %error, "what became of it is not written down");
    }
}
