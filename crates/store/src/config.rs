//! Configuration: what the management API writes, and caches are filled with.
//!
//! Every write bumps the version of the configuration in the same batch, see [`changes`].

mod accounts;
pub(crate) mod changes;
mod documents;
mod entities;
mod keys;
mod list;
mod provision;
mod registrations;
mod reseal;
mod scope_grants;
mod table;

pub use accounts::{Account, NewAccount};
pub use changes::{Change, ConfigChanges, POLL_INTERVAL, Subscription};
pub use documents::{InTenant, Stored};
pub use entities::{Entity, TenantEntity, WorkspaceEntity};
pub use keys::{KeyState, KeyUse, NewKey, SigningKey};
pub use list::{ListQuery, Order, Sort};
pub use provision::Provision;
pub(crate) use registrations::SWEPT_AT_ONCE;
pub use registrations::{NewRegistration, Registered, Registration, TokenSuccession};
pub use scope_grants::ScopeGrant;
