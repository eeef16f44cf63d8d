//! Requests that a client makes on one device and a person answers on another: device authorization (RFC 8628) and
//! backchannel authentication (CIBA).
//!
//! A request is pending, then approved or denied by one atomic statement, then spent by another. The device code or
//! `auth_req_id` and the user code are looked up by their SHA-256 and cannot be read back.

mod decide;
mod find;
mod notify;
mod spend;

use serde::Serialize;

use super::grants::Grant;
use super::hash;
use crate::db::Statement;
use crate::error::Result;
use crate::seal::Binding;
use crate::store::{WorkspaceStore, write_doc};

pub use decide::Decision;
pub use find::WaitingQuery;
pub use notify::DueNotification;
pub use spend::DeliveredRequest;

/// A request to be remembered.
#[derive(Debug)]
pub struct NewDecoupledRequest<'a, D> {
    /// What the client polls with: a device code or an `auth_req_id`. Only its hash is stored.
    pub id: &'a str,
    /// Names the request to those who answer it; unique in the tenant, no secret.
    pub handle: &'a str,
    /// Which of the two it is: the caller's word.
    pub kind: &'a str,
    /// The client that asks.
    pub client_id: &'a str,
    /// The person that is asked, where the client said who.
    pub subject: Option<&'a str>,
    /// What the person types to find it, normalised. Only its hash is stored; unique among those remembered.
    pub user_code: Option<&'a str>,
    /// What is asked for.
    pub doc: &'a D,
    /// What is needed to tell the client. Stored sealed.
    pub sealed: Option<&'a [u8]>,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// When the client is told if nobody answers before, unix ms.
    pub notify_at: Option<i64>,
    /// When it ends, unix ms.
    pub expires_at: i64,
}

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecoupledState {
    /// Nobody has answered.
    Pending,
    /// The person said yes: the client may have its tokens.
    Approved,
    /// The person said no.
    Denied,
    /// The client has its tokens.
    Spent,
}

/// A remembered request, in whatever state it is.
#[derive(Clone, Debug, PartialEq)]
pub struct DecoupledRequest<D, G> {
    /// Names it to those who answer it.
    pub handle: String,
    /// Which of the two it is.
    pub kind: String,
    /// The client that asks.
    pub client_id: String,
    /// The person that is asked, where the client said who.
    pub subject: Option<String>,
    /// How far it got.
    pub state: DecoupledState,
    /// What is asked for.
    pub doc: D,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// When it ends, unix ms.
    pub expires_at: i64,
    /// What the person allowed, revoked or not.
    pub grant: Option<Grant<G>>,
}

impl DecoupledState {
    const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Denied, Self::Spent];

    const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Spent => "spent",
        }
    }
}

impl WorkspaceStore<'_> {
    /// Adds a request.
    ///
    /// # Errors
    /// `Conflict` when the user code is taken: try another.
    pub async fn insert_decoupled_request<D: Serialize>(
        &self,
        request: &NewDecoupledRequest<'_, D>,
    ) -> Result<()> {
        let binding = sealed_binding(self.tenant, request.handle);
        let sealed = request.sealed.map(|plain| self.store.keys.seal(&binding, plain)).transpose()?;
        let insert = Statement::new(
            "INSERT INTO decoupled_requests (tenant_id, workspace_id, id_hash, handle, kind, client_id, subject, \
             user_code_hash, state, doc, sealed, created_at, notify_at, notify_attempts, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $11, $12, 0, $13)",
            [
                self.tenant.into(),
                self.workspace.into(),
                hash(request.id),
                request.handle.into(),
                request.kind.into(),
                request.client_id.into(),
                request.subject.into(),
                request.user_code.map_or(crate::db::Value::Null, hash),
                write_doc("decoupled request", request.doc)?.into(),
                sealed.into(),
                request.created_at.into(),
                request.notify_at.into(),
                request.expires_at.into(),
            ],
        );
        self.store.db.write_one(insert).await.map(drop)
    }
}

fn sealed_binding<'a>(tenant: &'a str, handle: &'a str) -> Binding<'a> {
    Binding { table: "decoupled_requests", tenant, id: handle.as_bytes() }
}
