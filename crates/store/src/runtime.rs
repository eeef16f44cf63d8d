//! What expires: sessions, codes, tokens and values used once.
//!
//! Codes, tokens and session ids come in as text, are stored as SHA-256 only, and cannot be read back.
//! Times are unix milliseconds. A document is whatever the caller serialises.

mod access_tokens;
mod authorization;
mod authorize_sessions;
mod code_exchange;
mod codes;
mod decoupled_requests;
mod detail_consents;
mod grants;
mod issued_tokens;
mod logout_notices;
mod pushed_requests;
mod refresh_tokens;
mod revoked_tokens;
mod session_end;
mod sessions;
mod sweep;
mod used_values;

pub use access_tokens::AccessToken;
pub use authorization::AuthorizationAnswer;
pub use authorize_sessions::{AuthorizeSession, AuthorizeSessionKey, NewAuthorizeSession};
pub use code_exchange::CodeWithGrant;
pub use codes::{NewCode, Redemption};
pub use decoupled_requests::{
    Decision, DecoupledRequest, DecoupledState, DeliveredRequest, DueNotification, NewDecoupledRequest,
    WaitingQuery,
};
pub use grants::{Grant, NewGrant};
pub use logout_notices::{LogoutNotice, NewLogoutNotice};
pub use pushed_requests::{NewPushedRequest, PushedRequest};
pub use refresh_tokens::{NewRefreshToken, RefreshToken, Rotation, RotationRequest};
pub use session_end::{SessionEnd, Whose};
pub use sessions::{NewSession, Session, SessionKey};
pub use sweep::SweepReport;

use aws_lc_rs::digest::{SHA256, digest};

use crate::db::{Statement, Value};

/// Tables whose rows carry tenant and workspace.
const TABLES: &[&str] = &[
    "sessions",
    "authorize_sessions",
    "pushed_requests",
    "grants",
    "codes",
    "refresh_tokens",
    "access_tokens",
    "revoked_tokens",
    "used_values",
    "registrations",
    "decoupled_requests",
    "logout_notices",
];

/// Tables whose rows also carry the client.
const TABLES_OF_CLIENTS: &[&str] = &[
    "grants",
    "codes",
    "refresh_tokens",
    "access_tokens",
    "pushed_requests",
    "registrations",
    "decoupled_requests",
    "logout_notices",
];

/// What a secret value is looked up by.
pub(crate) fn hash(text: &str) -> Value {
    Value::Bytes(digest(&SHA256, text.as_bytes()).as_ref().to_vec())
}

pub(crate) fn delete_of_tenant(tenant: &str) -> Vec<Statement> {
    let delete = |table| Statement::new(format!("DELETE FROM {table} WHERE tenant_id = $1"), [tenant.into()]);
    TABLES.iter().map(delete).collect()
}

pub(crate) fn delete_of_workspace(tenant: &str, workspace: &str) -> Vec<Statement> {
    let delete = |table| {
        let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND workspace_id = $2");
        Statement::new(sql, [tenant.into(), workspace.into()])
    };
    TABLES.iter().map(delete).collect()
}

pub(crate) fn delete_of_client(tenant: &str, workspace: &str, client: &str) -> Vec<Statement> {
    let delete = |table| {
        let sql =
            format!("DELETE FROM {table} WHERE tenant_id = $1 AND workspace_id = $2 AND client_id = $3");
        Statement::new(sql, [tenant.into(), workspace.into(), client.into()])
    };
    TABLES_OF_CLIENTS.iter().map(delete).collect()
}
