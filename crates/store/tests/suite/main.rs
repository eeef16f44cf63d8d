//! One suite for every backend: SQLite in a file, SQLite that is gone afterwards, PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod backend;
mod code_exchange;
mod configuration;
mod provision;
mod races;
mod runtime;

/// Runs each case on each backend.
macro_rules! on_every_backend {
    ($($module:ident :: { $($case:ident),* $(,)? })*) => {
        mod sqlite_file {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let folder = tempfile::tempdir().unwrap();
                    crate::$module::$case(crate::backend::sqlite_file(folder.path()).await).await;
                }
            )*)*
        }
        mod sqlite_ephemeral {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$module::$case(crate::backend::ephemeral().await).await;
                }
            )*)*
        }
        mod postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let Some(schema) = crate::backend::Schema::create().await else { return };
                    crate::$module::$case(schema.store().await).await;
                    schema.remove().await;
                }
            )*)*
        }
    };
}

on_every_backend! {
    code_exchange::{
        one_of_many_gets_tokens_for_a_code,
        a_code_of_a_revoked_grant_gets_nothing,
    }
    configuration::{
        a_client_comes_back_as_it_was_stored,
    }
    provision::{
        a_provision_is_stored_whole,
        a_provision_with_one_conflict_stores_nothing,
    }
    races::{
        one_of_many_redeems_a_code,
        one_of_many_rotates_a_refresh_token_and_the_rest_get_its_successor,
    }
    runtime::{
        a_session_ends,
    }
}
