//! What the protocol endpoints remember in memory between requests. All of it can be computed again, and all of it is
//! bounded.

use super::access_token::VerifiedTokens;
use super::client_auth::Verdicts;
use super::client_documents::ClientDocuments;
use super::client_keys::RemoteKeys;
use super::decoupled::Polls;
use super::discovery::Documents;
use super::register::limits::RegistrationLimits;
use super::register::unused::Kept;
use super::request_object::reference::Objects;

use tokio::sync::Notify;

/// The memory of one node.
#[derive(Debug, Default)]
pub struct Memory {
    /// Certificate chains that were found good.
    pub verdicts: Verdicts,
    /// Keys that clients publish at their `jwks_uri`.
    pub remote_keys: RemoteKeys,
    /// Clients that describe themselves.
    pub client_documents: ClientDocuments,
    /// Access tokens whose signature was found right.
    pub tokens: VerifiedTokens,
    /// Clients that poll while a person answers elsewhere.
    pub polls: Polls,
    /// Discovery documents as they are sent.
    pub documents: Documents,
    /// Request objects whose address names their content.
    pub request_objects: Objects,
    /// Registrations of clients, by address.
    pub registrations: RegistrationLimits,
    /// Accounts that people ask for, by address.
    pub accounts: RegistrationLimits,
    /// Clients that registered themselves and are used.
    pub kept: Kept,
    /// Wakes the worker that tells clients of answers that were given elsewhere.
    pub ciba_notices: Notify,
    /// Wakes the worker that tells clients of logouts.
    pub logout_notices: Notify,
}
