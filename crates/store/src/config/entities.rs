//! How each entity lies in its table: what is a column, what is sealed, what the store fills in.

mod client;
mod idp;
mod offer;
mod owner;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::error::{Result, StoreError};

/// An entity with a table of its own.
pub trait Entity: Layout + Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// What it is called in errors.
    const NAME: &'static str;

    /// Its id, unique in the tenant.
    fn id(&self) -> &str;

    /// Its name, for people and for sorting.
    fn name(&self) -> &str;

    /// Words that lists are filtered by, such as `service`, `oauth2` or `system`.
    fn tags(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An entity that belongs to a tenant.
pub trait TenantEntity: Entity {}

/// An entity that belongs to a workspace.
pub trait WorkspaceEntity: Entity {}

pub(crate) mod sealed {
    use super::{Result, Zeroizing};

    /// What only the store needs to know of an entity.
    pub trait Layout: Sized {
        const TABLE: &'static str;
        /// Column of its own, beside those that all entities have.
        const EXTRA: Option<&'static str> = None;

        fn extra(&self) -> Option<&str> {
            None
        }

        /// An error when it holds what must not be stored.
        fn check(&self) -> Result<()> {
            Ok(())
        }

        /// Writes down whom it belongs to.
        fn place(&mut self, _tenant: &str, _workspace: &str) {}

        /// Writes down when it was made and last changed (unix ms).
        fn stamp(&mut self, _created: i64, _updated: i64) {}

        /// Removes everything secret from the entity, and returns it as it is to be sealed.
        fn take_secrets(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
            Ok(None)
        }

        /// Puts back what `take_secrets` took.
        fn put_secrets(&mut self, _opened: &[u8]) -> Result<()> {
            Ok(())
        }
    }
}

use sealed::Layout;

/// The wire name of a choice.
fn word<T: Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn to_seal<T: Serialize>(secrets: &T) -> Result<Zeroizing<Vec<u8>>> {
    serde_json::to_vec(secrets).map(Zeroizing::new).map_err(|e| StoreError::Invalid(e.to_string()))
}

fn from_sealed<T: DeserializeOwned>(opened: &[u8]) -> Result<T> {
    serde_json::from_slice(opened).map_err(|e| StoreError::Corrupt(format!("sealed value: {e}")))
}
