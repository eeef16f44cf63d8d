//! One suite for every backend: SQLite in a file, SQLite that is gone afterwards, PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod backend;
mod changes;
mod code_exchange;
mod configuration;
mod decoupled_requests;
mod entities;
mod isolation;
mod keys;
mod lists;
mod master_key;
mod postgres_only;
mod provision;
mod races;
mod registrations;
mod runtime;
mod session_end;
mod sqlite_only;
mod sweep;

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
    accounts::{
        a_name_is_taken_in_the_whole_workspace,
        a_password_is_changed_and_an_account_deleted,
        accounts_are_listed_in_pages,
        accounts_go_with_what_they_belong_to,
        accounts_leave_nothing_behind,
        an_account_comes_back_as_it_was_made,
        an_identity_provider_leaves_nothing_of_its_accounts,
        caches_are_told_of_the_first_account,
        one_of_many_gets_a_name,
        what_must_not_be_kept_is_refused,
    }
    changes::{
        a_refused_write_is_not_told,
        a_subscriber_hears_of_a_change_at_once,
        every_write_of_configuration_is_told,
        who_is_too_far_behind_is_told_everything,
    }
    code_exchange::{a_grant_begins_with_its_tokens_or_not_at_all,
        one_of_many_gets_tokens_for_a_code,
        a_code_of_a_revoked_grant_gets_nothing,
    }
    configuration::{
        a_client_comes_back_as_it_was_stored,
        a_deleted_client_takes_its_grants_and_tokens_with_it,
        a_deleted_tenant_leaves_nothing_for_its_successor,
        a_deleted_workspace_leaves_nothing_for_its_successor,
        a_service_takes_its_scopes_with_it,
        an_update_of_an_older_version_is_refused,
        an_update_replaces_everything,
        nothing_belongs_to_what_is_not_there,
        what_is_unique_is_refused_twice,
    }
    decoupled_requests::{
        a_request_is_answered_once,
        a_request_ends,
        a_request_is_found_by_what_belongs_to_it,
        a_user_code_is_taken_once,
        requests_that_wait_are_listed_in_pages,
        a_request_of_a_revoked_grant_gets_nothing,
        one_of_many_gets_tokens_for_a_request,
        a_notification_is_taken_by_one_worker_at_a_time,
        what_is_delivered_is_kept_until_it_is_and_issued_once,
    }
    entities::{
        defaults_are_those_of_the_model,
        every_field_is_stored_and_returned,
        ids_and_names_have_limits,
        private_keys_of_clients_are_not_kept,
        private_keys_of_tenants_are_not_kept,
        readable_passwords_are_refused,
    }
    isolation::{
        a_workspace_sees_nothing_of_another,
    }
    keys::{
        a_failed_rotation_changes_nothing,
        a_rotation_moves_every_key_on,
        only_rotated_keys_are_revoked_and_only_revoked_ones_deleted,
        there_is_one_current_key_for_an_algorithm,
    }
    lists::{
        a_page_after_a_deleted_entity_goes_on_or_fails,
        a_search_meets_id_or_name_in_any_case_and_literally,
        a_tenant_lists_across_its_workspaces,
        filters_choose_by_tag,
        lists_are_sorted_either_way,
        pages_meet_without_gap_or_overlap,
    }
    provision::{
        a_provision_is_stored_whole,
        a_provision_with_one_conflict_stores_nothing,
    }
    races::{
        of_many_updates_of_one_version_one_is_kept,
        of_many_uses_of_a_value_one_is_the_first,
        one_of_many_redeems_a_code,
        one_of_many_rotates_a_refresh_token_and_the_rest_get_its_successor,
        one_of_many_rotations_of_a_key_follows_another,
        one_of_many_takes_an_authorize_session,
        writers_of_different_rows_all_succeed,
    }
    registrations::{
        a_client_registers_and_its_registration_goes_with_it,
        a_registration_token_is_succeeded_once,
        an_initial_access_token_registers_one_client,
        an_unused_client_goes_and_a_used_one_stays,
    }
    runtime::{
        a_caller_that_goes_away_leaves_nothing_half_done,
        a_code_is_good_for_one_redemption,
        a_code_is_issued_once_for_a_request,
        a_refresh_token_is_rotated_with_a_grace,
        a_revoked_grant_ends_everything_issued_from_it,
        a_revoked_token_stays_revoked,
        a_session_ends,
        a_pushed_request_is_answered_once,
        a_value_is_used_once_until_it_expires,
        an_authorize_session_belongs_to_one_browser,
        allowed_details_are_remembered_until_their_end_or_taken_back,
        an_opaque_token_ends,
        consent_is_remembered_listed_and_revoked,
        grants_are_listed_and_revoked_by_user_and_client,
        sessions_are_listed_changed_and_ended,
    }
    session_end::{
        a_notice_is_taken_by_one_worker_at_a_time,
        a_session_ends_once_with_what_depends_on_it,
        a_session_is_replaced,
        a_user_ends_with_all_sessions_and_grants,
        grants_are_read_in_pages_and_end_together,
        notices_go_with_their_client,
    }
    sweep::{
        a_sweep_goes_in_small_batches,
        a_sweep_takes_what_has_expired,
    }
}
