//! A workspace (authorization server) as requests need it: its settings, and what was made from them once.

use std::sync::{Arc, OnceLock};

use http::Uri;
use symbolon_pki::TrustAnchors;
use symbolon_store::entity::{Acr, AuthorizationDetail, Claim, Idp, Scope, Server, Service};
use symbolon_store::{ListQuery, Store, StoreError};

use super::claims::Claims;
use super::detail_types::DetailTypes;
use super::keys::WorkspaceKeys;
use super::scopes::Scopes;
use crate::base_url::BaseUrl;
use crate::oauth2::profile::{Profile, settings};

/// A workspace. Immutable: a change makes a new one.
#[derive(Debug)]
pub struct Workspace {
    /// The tenant it belongs to.
    pub tenant_id: Box<str>,
    /// Its id, unique in the tenant.
    pub id: Box<str>,
    /// Its settings, as its profile has them be. Secrets are not in it.
    pub server: Server,
    /// Its scopes, with their services.
    pub scopes: Scopes,
    /// Its types of authorization details, with their services.
    pub detail_types: DetailTypes,
    /// The claims that its tokens tell.
    pub claims: Claims,
    /// Its classes of authentication that are not disabled.
    pub acrs: Vec<Acr>,
    /// Its services: what tokens can be for.
    pub services: Vec<Service>,
    /// Its identity providers, in the order in which people see them.
    pub idps: Vec<Idp>,
    /// Whether anybody has made an account at one of them.
    pub has_accounts: bool,
    /// Its keys.
    pub keys: WorkspaceKeys,
    /// Whose client certificates it trusts: `root_cas`, else the system's roots. An error text when what is
    /// configured cannot be read; nobody is trusted then.
    pub trust: Result<Arc<TrustAnchors>, String>,
    /// Numbers this load: a client in memory belongs to one.
    pub(super) generation: u64,
}

impl Workspace {
    pub(super) async fn load(
        store: &Store,
        tenant_id: &str,
        workspace_id: &str,
        system: &OnceLock<Arc<TrustAnchors>>,
        generation: u64,
    ) -> Result<Option<Self>, StoreError> {
        let tenant = store.tenant(tenant_id);
        let Some(stored) = tenant.find::<Server>(workspace_id).await? else { return Ok(None) };
        let mut server = stored.value;
        // Secrets stay in the store: nothing in memory needs them.
        server.secret = None;
        server.rotated_secrets.clear();
        settings::apply(&mut server);
        let workspace = store.workspace(tenant_id, workspace_id);
        let all = ListQuery::all();
        let services = values(workspace.list::<Service>(&all).await?);
        let scopes = values(workspace.list::<Scope>(&all).await?);
        let detail_types = values(workspace.list::<AuthorizationDetail>(&all).await?);
        let claims = Claims::new(values(workspace.list::<Claim>(&all).await?));
        let mut acrs = values(workspace.list::<Acr>(&all).await?);
        acrs.retain(|acr| !acr.disabled);
        let mut idps = values(workspace.list::<Idp>(&all).await?);
        idps.sort_by_key(|idp| idp.display_order.unwrap_or(i64::MAX));
        let has_accounts = workspace.has_accounts().await?;
        let keys =
            WorkspaceKeys::new(workspace.list_keys().await?, server.key_type, Profile::of_settings(&server))?;
        Ok(Some(Self {
            tenant_id: tenant_id.into(),
            id: workspace_id.into(),
            scopes: Scopes::new(with_services(scopes, &services, |scope| scope.service_id.as_deref())),
            claims,
            acrs,
            detail_types: DetailTypes::new(with_services(detail_types, &services, |kind| {
                kind.service_id.as_deref()
            })),
            services,
            trust: trust(&server, system),
            server,
            idps,
            has_accounts,
            keys,
            generation,
        }))
    }

    /// The issuer identifier (RFC 8414 §2) under a base URL: the workspace's `custom_issuer_url`, else
    /// `{base}/{tid}/{aid}`.
    pub fn issuer(&self, base_url: &BaseUrl) -> String {
        Self::issuer_of(&self.server, &self.tenant_id, base_url)
    }

    /// The issuer identifier of a workspace that need not be in memory.
    pub fn issuer_of(server: &Server, tenant_id: &str, base_url: &BaseUrl) -> String {
        match &server.custom_issuer_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("{base_url}/{tenant_id}/{}", server.id),
        }
    }

    /// The audience of a service: its `custom_audience`, else `spiffe://{host}/{tid}/{aid}/{service id}`.
    pub fn audience(&self, base_url: &BaseUrl, service: &Service) -> String {
        match &service.custom_audience {
            Some(audience) => audience.clone(),
            None => {
                let authority = base_url.authority();
                let host = authority.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
                let host = host.as_deref().unwrap_or(authority);
                format!("spiffe://{host}/{}/{}/{}", self.tenant_id, self.id, service.id)
            }
        }
    }

    /// Whether a token that names this audience is for the service. A name of ours says which service of which
    /// workspace it is; the host in it is whatever name of this server the token was asked for at.
    pub fn is_audience(&self, base_url: &BaseUrl, service: &Service, name: &str) -> bool {
        let path = |name: &str| Some(name.strip_prefix("spiffe://")?.split_once('/')?.1.to_owned());
        let own = self.audience(base_url, service);
        own == name
            || (service.custom_audience.is_none() && path(&own).is_some_and(|own| path(name) == Some(own)))
    }

    /// Numbers this load of the workspace: what was computed from one load does not count for another.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The workspace's name for people; its id when it has none.
    pub fn name(&self) -> &str {
        if self.server.name.is_empty() { &self.id } else { &self.server.name }
    }
}

fn values<E>(stored: Vec<symbolon_store::Stored<E>>) -> Vec<E> {
    stored.into_iter().map(|stored| stored.value).collect()
}

fn with_services<E>(
    entities: Vec<E>,
    services: &[Service],
    service_id: fn(&E) -> Option<&str>,
) -> Vec<(E, Option<Service>)> {
    let service_of = |entity: &E| {
        let id = service_id(entity)?;
        services.iter().find(|service| service.id == id).cloned()
    };
    entities
        .into_iter()
        .map(|entity| (service_of(&entity), entity))
        .map(|(service, entity)| (entity, service))
        .collect()
}

/// `root_cas` replaces the system's roots (ACP: not additive). Those are read once.
fn trust(server: &Server, system: &OnceLock<Arc<TrustAnchors>>) -> Result<Arc<TrustAnchors>, String> {
    match server.root_cas.as_deref().filter(|pem| !pem.trim().is_empty()) {
        Some(pem) => {
            let anchors = TrustAnchors::from_pem(pem, server.crls.as_deref());
            anchors.map(Arc::new).map_err(|error| error.to_string())
        }
        None => {
            let load = || Arc::new(TrustAnchors::system(&rustls_native_certs::load_native_certs().certs));
            Ok(Arc::clone(system.get_or_init(load)))
        }
    }
}
