//! `POST /api/admin/{tid}/scopes`

use symbolon_store::StoreError;
use symbolon_store::entity::{Scope, Service};

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::Versioned;
use crate::api::json::Body;

/// Create scope
///
/// A scope of a service, or of the workspace itself when `service_id` is left out.
#[utoipa::path(
    post, path = "/api/admin/{tid}/scopes", operation_id = "createScope", tag = "scopes", request_body = Scope,
    responses((status = 201, description = "The scope", body = Scope, headers(("etag" = String))))
)]
pub(super) async fn create_scope(
    cx: ManagementCx,
    Body(mut scope): Body<Scope>,
) -> Result<Versioned<Scope>, ApiError> {
    cx.require_own_tenant(&scope.tenant_id)?;
    let workspace_id =
        workspace_of(&cx, "scope", &scope.authorization_server_id, scope.service_id.as_deref()).await?;
    cx.workspace_in_body("authorization_server_id", &workspace_id).await?;
    let mut faults = Faults::default();
    faults.check(
        is_scope_name(&scope.name),
        "name",
        "must be visible ASCII without quotes and backslashes (RFC 6749 §3.3)",
    );
    faults.check(is_id(&scope.id), "id", "must be at most 64 letters, digits, hyphens, dots or underscores");
    faults.into_result()?;
    if scope.id.is_empty() {
        scope.id = cx.new_id();
    }

    let name = scope.name.clone();
    let stored =
        cx.store(&workspace_id).insert(scope, cx.now.millis()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ApiError::exists("scope", &name),
            other => other.into(),
        })?;
    cx.changed(&workspace_id, &stored.value.id);
    Ok(Versioned::created(stored.version, stored.value))
}

/// The workspace of what is made for a service or for a workspace itself (`what`): named, or that of the service.
///
/// # Errors
/// `authorization_server_id` or `service_id` is invalid.
pub(in crate::api) async fn workspace_of(
    cx: &ManagementCx,
    what: &str,
    named: &str,
    service_id: Option<&str>,
) -> Result<String, ApiError> {
    let Some(service_id) = service_id else {
        return match named.is_empty() {
            true => {
                let message = format!("must name the workspace of the {what}");
                Err(ApiError::invalid("authorization_server_id", message))
            }
            false => Ok(named.to_owned()),
        };
    };
    let service = cx.tenant().find::<Service>(service_id).await?;
    let owner = service.map(|service| service.value.authorization_server_id);
    match owner.filter(|owner| named.is_empty() || owner == named) {
        Some(owner) => Ok(owner),
        None => Err(ApiError::invalid("service_id", "names no service of the workspace")),
    }
}

/// RFC 6749 §3.3: `scope-token`.
fn is_scope_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

/// An identifier that a caller may choose; empty means: make one.
pub(in crate::api) fn is_id(id: &str) -> bool {
    id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_name_is_a_scope_token() {
        for good in ["openid", "users.*", "urn:x:y", "a+b", "read:all"] {
            assert!(is_scope_name(good), "{good}");
        }
        for bad in ["", "two words", "quo\"te", "back\\slash", "caf\u{e9}"] {
            assert!(!is_scope_name(bad), "{bad}");
        }
    }
}
