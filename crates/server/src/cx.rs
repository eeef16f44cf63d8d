//! One request to a workspace: everything an endpoint, a grant or a rule may look at besides the client and the form.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;

use symbolon_protocol::OAuthError;
use symbolon_store::WorkspaceStore;

use crate::app::App;
use crate::base_url::BaseUrl;
use crate::clock::Timestamp;
use crate::middleware::RequestId;
use crate::oauth2::dpop;
use crate::oauth2::error::ErrorResponse;
use crate::snapshot::Workspace;
use crate::tls::Peer;

/// The context of one request below `/{tid}/{aid}`.
#[derive(Clone, Debug)]
pub struct Cx {
    /// The application.
    pub app: App,
    /// The workspace (authorization server) the path names, as it is configured now.
    pub workspace: Arc<Workspace>,
    /// When the request arrived. Read once: everything in a request happens at one moment.
    pub now: Timestamp,
    /// The id under which an operator finds this request.
    pub request_id: RequestId,
    /// Scheme and authority of this server, as the client knows it.
    pub base_url: BaseUrl,
    /// The other end of the connection, and its certificate.
    pub peer: Peer,
    /// The `DPoP` header, not yet believed: see [`Cx::proof`].
    pub dpop: dpop::Presented,
}

impl Cx {
    /// The context of work that no request waits for, in a workspace that was reached at `base_url`.
    pub fn in_background(app: &App, workspace: Arc<Workspace>, base_url: BaseUrl) -> Self {
        Self {
            app: app.clone(),
            workspace,
            now: app.clock.now(),
            request_id: RequestId::new(&app.rng),
            base_url,
            peer: Peer::nobody(),
            dpop: dpop::Presented::default(),
        }
    }

    /// The issuer identifier of this workspace (RFC 8414 §2): `https://host/{tid}/{aid}`, or the workspace's
    /// `custom_issuer_url`.
    pub fn issuer(&self) -> String {
        self.workspace.issuer(&self.base_url)
    }

    /// The URL of an endpoint of this workspace; `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{}/{}{path}", self.base_url, self.workspace.tenant_id, self.workspace.id)
    }

    /// The URLs of an endpoint: under the usual address and, where there is one, under that for certificates.
    pub fn urls(&self, path: &str) -> impl Iterator<Item = String> {
        let bases = [Some(&self.base_url), self.app.mtls_url.as_ref()].into_iter().flatten();
        bases.map(move |base| format!("{base}/{}/{}{path}", self.workspace.tenant_id, self.workspace.id))
    }

    /// The key that the sender of this request has proven to hold beside a certificate (RFC 9449): checked once,
    /// however often it is asked for.
    ///
    /// # Errors
    /// As [`dpop::Presented::proof`].
    pub fn proof(&self) -> Result<Option<&dpop::Proof>, OAuthError> {
        self.dpop.proof(&dpop::Judge::of(self))
    }

    /// The store, scoped to this workspace.
    pub fn store(&self) -> WorkspaceStore<'_> {
        self.app.store.workspace(&self.workspace.tenant_id, &self.workspace.id)
    }
}

impl FromRequestParts<App> for Cx {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let refuse = |error: ErrorResponse| axum::response::IntoResponse::into_response(error);
        let base_url = BaseUrl::of(parts, app).map_err(|error| refuse(error.into()))?;
        let (tenant_id, workspace_id) =
            path_ids(parts.uri.path()).ok_or_else(|| refuse(ErrorResponse::no_such_workspace("", "")))?;
        let workspace = app
            .snapshots
            .workspace(&app.store, tenant_id, workspace_id)
            .await
            .map_err(|error| refuse(error.into()))?
            .ok_or_else(|| refuse(ErrorResponse::no_such_workspace(tenant_id, workspace_id)))?;
        Ok(Self {
            app: app.clone(),
            workspace,
            now: app.clock.now(),
            request_id: RequestId::of(parts),
            base_url,
            peer: Peer::of(parts),
            dpop: dpop::Presented::of(parts),
        })
    }
}

/// What clients put before the path of an issuer or a resource (RFC 8414 §3.1, RFC 9728 §3.1).
const WELL_KNOWN: &[&str] = &[
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-protected-resource",
];

/// The first two segments of a path: tenant and workspace, after what is put before them.
fn path_ids(path: &str) -> Option<(&str, &str)> {
    let path = WELL_KNOWN.iter().find_map(|prefix| path.strip_prefix(prefix)).unwrap_or(path);
    let mut segments = path.strip_prefix('/')?.split('/');
    match (segments.next()?, segments.next()?) {
        ("", _) | (_, "") => None,
        ids => Some(ids),
    }
}

#[cfg(test)]
mod tests {
    use super::path_ids;

    #[test]
    fn tenant_and_workspace_come_from_the_path() {
        assert_eq!(path_ids("/default/admin/oauth2/token"), Some(("default", "admin")));
        assert_eq!(path_ids("/.well-known/openid-configuration/t/w"), Some(("t", "w")));
        assert_eq!(path_ids("/.well-known/oauth-protected-resource/t/w/userinfo"), Some(("t", "w")));
        assert_eq!(path_ids("/default"), None);
        assert_eq!(path_ids("//admin"), None);
    }
}
