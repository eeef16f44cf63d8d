//! The context of one management operation, for callers who may call it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use symbolon_store::{Entity, InTenant, Stored, TenantStore, WorkspaceStore};

use crate::api::bearer::{self, Actor};
use crate::api::error::{ApiError, Kind};
use crate::api::scheme::{Authority, OperationIds};
use crate::app::App;
use crate::base_url::BaseUrl;
use crate::clock::Timestamp;
use crate::middleware::RequestId;
use crate::oauth2::dpop;
use crate::snapshot::Workspace;
use crate::tls::Peer;

/// One request to a management operation by somebody who may call it.
#[derive(Debug)]
pub struct ManagementCx {
    /// The application.
    pub app: App,
    /// When the request arrived. Read once.
    pub now: Timestamp,
    /// The id under which an operator finds this request.
    pub request_id: RequestId,
    /// The id of the operation in the OpenAPI documents.
    pub operation: Arc<str>,
    /// Scheme and authority of this server, as the caller knows it.
    pub base_url: BaseUrl,
    /// The other end of the connection, and its certificate.
    pub peer: Peer,
    /// Who calls.
    pub actor: Actor,
    /// The tenant whose workspaces and clients the operation is about: the caller's own.
    pub tenant_id: String,
}

impl FromRequestParts<App> for ManagementCx {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        // An operation that was routed without saying who may call it answers nobody.
        let Some(authority) = parts.extensions.get::<&'static Authority>().copied() else {
            return Err(ApiError::new(Kind::Internal, "The server failed to answer the request.")
                .seen("the operation is routed without an authority"));
        };
        let base_url = BaseUrl::of(parts, app)
            .map_err(|error| ApiError::new(Kind::BadRequest, error.description.as_ref()).seen(&error))?;
        let now = app.clock.now();
        let peer = Peer::of(parts);
        let dpop = dpop::Presented::of(parts);
        let caller = bearer::Caller { app, now, peer: &peer, dpop: &dpop, base_url: &base_url };
        let path_tenant = path_tenant(parts.uri.path());
        let actor = bearer::authenticate(&caller, &parts.headers, authority, path_tenant).await?;
        let tenant_id = actor.tenant_id.clone();
        Ok(Self {
            app: app.clone(),
            now,
            request_id: RequestId::of(parts),
            operation: OperationIds::of(parts),
            base_url,
            peer,
            actor,
            tenant_id,
        })
    }
}

impl ManagementCx {
    /// The tenant's part of the store.
    pub fn tenant(&self) -> TenantStore<'_> {
        self.app.store.tenant(&self.tenant_id)
    }

    /// A workspace's part of the store.
    pub fn store<'a>(&'a self, workspace_id: &'a str) -> WorkspaceStore<'a> {
        self.app.store.workspace(&self.tenant_id, workspace_id)
    }

    /// A thing of this tenant.
    ///
    /// # Errors
    /// 404 when the tenant has none of that id.
    pub async fn load<E: Entity + InTenant>(&self, id: &str) -> Result<Stored<E>, ApiError> {
        self.tenant().find::<E>(id).await?.ok_or_else(|| ApiError::not_found(E::NAME, id))
    }

    /// A workspace of this tenant as it is configured now.
    ///
    /// # Errors
    /// 404 when the tenant has none of that id.
    pub async fn workspace(&self, id: &str) -> Result<Arc<Workspace>, ApiError> {
        let found = self.app.snapshots.workspace(&self.app.store, &self.tenant_id, id).await?;
        found.ok_or_else(|| ApiError::not_found("workspace", id))
    }

    /// The workspace that a member of the body names.
    ///
    /// # Errors
    /// 422 when it names none.
    pub async fn workspace_in_body(&self, member: &str, id: &str) -> Result<Arc<Workspace>, ApiError> {
        let found = self.app.snapshots.workspace(&self.app.store, &self.tenant_id, id).await?;
        found.ok_or_else(|| ApiError::invalid(member, "names no workspace of this tenant"))
    }

    /// The `tenant_id` in a body may be left out; another than the path's is a mistake.
    ///
    /// # Errors
    /// 422 when it is another.
    pub fn require_own_tenant(&self, tenant_id: &str) -> Result<(), ApiError> {
        match tenant_id.is_empty() || tenant_id == self.tenant_id {
            true => Ok(()),
            false => Err(ApiError::invalid("tenant_id", "is not the tenant in the path")),
        }
    }

    /// Tells of a change that is kept: `id` is what was made, changed or deleted in a workspace. This node's caches
    /// forget the workspace; other nodes hear of it from the store.
    pub fn changed(&self, workspace_id: &str, id: &str) {
        self.app.snapshots.invalidate(&self.tenant_id, workspace_id);
        self.log_change(&self.tenant_id, Some(workspace_id), id);
    }

    /// The same of a tenant, and of what all its workspaces share.
    pub fn changed_tenant(&self, tenant_id: &str) {
        self.app.snapshots.invalidate_tenant(tenant_id);
        self.log_change(tenant_id, None, tenant_id);
    }

    /// Who changed what, and under which id the request is found. Never what was written: secrets are in it.
    fn log_change(&self, tenant: &str, workspace: Option<&str>, id: &str) {
        let Actor { subject, client_id, .. } = &self.actor;
        let (request_id, operation) = (&self.request_id, &*self.operation);
        tracing::info!(%request_id, operation, tenant, workspace, id, actor = subject, client_id, "configuration changed");
    }

    /// A new identifier: 20 lower-case base32 characters, 100 random bits.
    pub fn new_id(&self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
        let bytes = self.app.rng.bytes::<20>();
        bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
    }

    /// Where clients with certificates find a workspace.
    pub fn mtls_issuer(&self, workspace: &Workspace) -> String {
        match &self.app.mtls_url {
            Some(url) => format!("{url}/{}/{}", workspace.tenant_id, workspace.id),
            None => workspace.issuer(&self.base_url),
        }
    }
}

/// The tenant in `/api/{family}/{tid}/…`.
fn path_tenant(path: &str) -> Option<&str> {
    path.strip_prefix("/api/")?.split('/').nth(1)
}

#[cfg(test)]
mod tests {
    use super::path_tenant;

    #[test]
    fn the_tenant_is_the_third_segment() {
        assert_eq!(path_tenant("/api/admin/default/clients"), Some("default"));
        assert_eq!(path_tenant("/api/admin"), None);
        assert_eq!(path_tenant("/admin/default"), None);
    }
}
