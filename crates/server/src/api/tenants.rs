//! What the tenant's own API and the one of all tenants do alike.

use symbolon_store::Stored;
use symbolon_store::entity::Tenant;
use url::Url;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::IfMatch;
use crate::app::App;

/// First segments of paths that are not tenants.
const RESERVED: &[&str] =
    &["api", "alive", "health", "metrics", "static", "assets", "favicon.ico", "robots.txt"];

/// The tenant of that id.
///
/// # Errors
/// 404 when there is none.
pub async fn load(app: &App, id: &str) -> Result<Stored<Tenant>, ApiError> {
    app.store.root().find(id).await?.ok_or_else(|| ApiError::not_found("tenant", id))
}

/// Replaces a tenant.
///
/// # Errors
/// 404, 412, 422.
pub async fn update(
    cx: &ManagementCx,
    id: &str,
    mut tenant: Tenant,
    if_match: &IfMatch,
) -> Result<Stored<Tenant>, ApiError> {
    let before = load(&cx.app, id).await?;
    if_match.check(before.version)?;
    let mut faults = Faults::default();
    faults.check(tenant.id.is_empty() || tenant.id == id, "id", "cannot change");
    check(&tenant, &mut faults);
    faults.into_result()?;
    tenant.id.clone_from(&before.id);
    let update = cx.app.store.root().update(tenant, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| if_match.lost_race(error))?;
    cx.changed_tenant(id);
    Ok(stored)
}

/// Notes everything in `tenant` that cannot be accepted, but for its id.
pub fn check(tenant: &Tenant, faults: &mut Faults) {
    faults.check(tenant.name.len() <= 200, "name", "must be at most 200 bytes long");
    let is_url = |url: &String| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    faults.check(tenant.url.as_ref().is_none_or(is_url), "url", "must be an absolute http or https URL");
}

/// Whether a tenant or workspace can be called so: it is a segment of every URL.
pub fn is_path_id(id: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    !id.is_empty() && id.len() <= 64 && id.bytes().all(word) && !id.starts_with('-')
}

/// Whether a tenant can be called so.
pub fn is_tenant_id(id: &str) -> bool {
    is_path_id(id) && !RESERVED.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_plain_segment_and_no_path_of_the_server() {
        for good in ["default", "acme-2", "a_b", "bugkgm23g9kregtu051g"] {
            assert!(is_tenant_id(good), "{good}");
        }
        for bad in ["", "api", "alive", "Acme", "a/b", "a b", "a.b", "..", "-a", "\u{e9}", &"a".repeat(65)] {
            assert!(!is_tenant_id(bad), "{bad}");
        }
    }
}
