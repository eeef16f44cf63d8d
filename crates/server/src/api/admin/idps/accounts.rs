//! `/api/admin/{tid}/servers/{wid}/idps/{iid}/accounts…`: accounts that people made themselves. An addition of ours.

use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use symbolon_store::Account;
use symbolon_store::entity::{Idp, Secret, Timestamp};
use utoipa::ToSchema;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::extract::{Id, IdpId, WorkspaceId};
use crate::api::json::Body;
use crate::api::paging::{Listing, Page};
use crate::login::accounts::password::{self, MIN_CHARACTERS, Weakness};
use crate::login::end::{self, Place};
use crate::login::password::PasswordError;
use crate::snapshot::Workspace;

/// An account as an operator sees it: never with its password.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountView {
    /// Identifier: the subject of the account's tokens. Never used again.
    id: String,
    /// Name to log in with.
    username: String,
    /// What the person is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Email address, which nobody has verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// Accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountsResponse {
    /// The accounts.
    accounts: Vec<AccountView>,
}

/// Another password.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct AccountPassword {
    /// Identifier of the account: may be left out.
    #[serde(default)]
    id: Option<String>,
    /// The password: as good as people's own must be.
    #[serde(default)]
    #[schema(required)]
    password: Option<Secret>,
}

/// Lists of accounts.
pub(super) struct Accounts;

impl Listing for Accounts {
    const THING: &'static str = "account";
}

/// List accounts
///
/// Accounts that people made themselves at an identity provider. `search_phrase` is looked for in usernames.
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/idps/{iid}/accounts", operation_id = "listAccounts", tag = "idps",
    params(Page<Accounts>), responses((status = 200, description = "Accounts", body = AccountsResponse))
)]
pub(super) async fn list_accounts(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    IdpId(idp_id): IdpId,
    page: Page<Accounts>,
) -> Result<Json<AccountsResponse>, ApiError> {
    check_idp(&cx, &workspace_id, &idp_id).await?;
    let found = cx.store(&workspace_id).list_accounts(&idp_id, &page.query).await?;
    Ok(Json(AccountsResponse { accounts: found.into_iter().map(AccountView::new).collect() }))
}

/// Delete account
///
/// Its sessions end, and all that was issued for it; clients are told. Whoever takes the username afterwards is
/// somebody else.
#[utoipa::path(
    delete, path = "/api/admin/{tid}/servers/{wid}/idps/{iid}/accounts/{account_id}", operation_id = "deleteAccount",
    tag = "idps", responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_account(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    IdpId(idp_id): IdpId,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let workspace = check_idp(&cx, &workspace_id, &idp_id).await?;
    if !end::delete_account(&place(&cx, &workspace), &idp_id, &id).await? {
        return Err(ApiError::not_found("account", &id));
    }
    cx.changed(&workspace_id, &id);
    Ok(StatusCode::NO_CONTENT)
}

/// Set account password
///
/// For somebody who has forgotten theirs. The account's sessions end; clients are told.
#[utoipa::path(
    put, path = "/api/admin/{tid}/servers/{wid}/idps/{iid}/accounts/{account_id}/password",
    operation_id = "setAccountPassword", tag = "idps", request_body = AccountPassword,
    responses((status = 204, description = "The password counts from now on"))
)]
pub(super) async fn set_account_password(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    IdpId(idp_id): IdpId,
    Id(id): Id,
    Body(body): Body<AccountPassword>,
) -> Result<StatusCode, ApiError> {
    let workspace = check_idp(&cx, &workspace_id, &idp_id).await?;
    let store = cx.store(&workspace_id);
    let account = store.find_account(&id).await?.filter(|account| account.idp_id == idp_id);
    let account = account.ok_or_else(|| ApiError::not_found("account", &id))?;
    if body.id.is_some_and(|given| !given.is_empty() && given != id) {
        return Err(ApiError::invalid("id", "is not the account in the path"));
    }
    let password = body.password.ok_or_else(|| ApiError::invalid("password", "must be given"))?;
    let hash = hash(&cx, password.reveal(), vec![account.username, workspace.name().to_owned()]).await?;
    if !store.set_account_password(&idp_id, &id, &Secret::new(hash), cx.now.millis()).await? {
        return Err(ApiError::not_found("account", &id));
    }
    cx.changed(&workspace_id, &id);
    end::end_sessions(&place(&cx, &workspace), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The workspace, if it has this identity provider.
async fn check_idp(
    cx: &ManagementCx,
    workspace_id: &str,
    idp_id: &str,
) -> Result<std::sync::Arc<Workspace>, ApiError> {
    let workspace = cx.workspace(workspace_id).await?;
    let found = cx.store(workspace_id).find::<Idp>(idp_id).await?;
    found.map(|_| workspace).ok_or_else(|| ApiError::not_found("identity provider", idp_id))
}

/// Where what ends with an account ends.
pub(super) fn place<'a>(cx: &'a ManagementCx, workspace: &'a Workspace) -> Place<'a> {
    Place { app: &cx.app, workspace, base_url: &cx.base_url, now: cx.now }
}

async fn hash(cx: &ManagementCx, password: &str, personal: Vec<String>) -> Result<String, ApiError> {
    let password = password::normal(password);
    password::check_length(&password).map_err(weak)?;
    let is_good = move |password: &str| password::check_strength(password, &personal);
    let hashed = cx.app.passwords.hash_if(&password, cx.app.rng.bytes(), is_good).await;
    let hashed = hashed.map_err(|error| match error {
        PasswordError::Busy => {
            ApiError::new(Kind::TooManyRequests, "Too many passwords are being hashed. Try again.")
        }
        PasswordError::Hash(_) => {
            ApiError::new(Kind::Internal, "The server failed to answer the request.").seen(error)
        }
    })?;
    hashed.map_err(weak)
}

fn weak(weakness: Weakness) -> ApiError {
    let message = match weakness {
        Weakness::Short => format!("must have at least {MIN_CHARACTERS} characters"),
        Weakness::Long => "is too long".to_owned(),
        Weakness::Personal => "has the username or the name of the workspace in it".to_owned(),
        Weakness::Common => "is one that many people use".to_owned(),
        Weakness::Pattern => "is a row of keys, a repetition, a sequence or a date".to_owned(),
        Weakness::Easy => "is easy to guess".to_owned(),
    };
    ApiError::invalid("password", message)
}

impl AccountView {
    fn new(account: Account) -> Self {
        let attribute = |name: &str| account.attributes.get(name)?.as_str().map(str::to_owned);
        Self {
            name: attribute("name"),
            email: attribute("email"),
            id: account.id,
            username: account.username,
            created_at: Timestamp(account.created_at),
            updated_at: Timestamp(account.updated_at),
        }
    }
}
