//! Who may call an operation: the workspace whose tokens count, and the scope they must carry.
//!
//! The table that routes an operation says it once, with [`requires`]; the check of the token and the `security` of
//! the OpenAPI document both come from there. An operation routed without it answers nobody.

use std::sync::Arc;

use axum::Extension;
use http::Method;
use http::request::Parts;
use utoipa::openapi::path::{Operation, PathItem, Paths};
use utoipa::openapi::security::SecurityRequirement;
use utoipa_axum::router::{UtoipaMethodRouter, UtoipaMethodRouterExt};

use crate::app::App;

/// The tenant whose workspace issues the tokens of a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// The tenant that the path names, whose resources the operation is about.
    TenantOfPath,
    /// The tenant `system`, which manages the tenants.
    SystemTenant,
}

/// A security scheme of the management APIs.
#[derive(Debug)]
pub struct Scheme {
    /// Its name in the OpenAPI documents.
    pub name: &'static str,
    /// The tenant whose tokens count.
    pub issuer: Issuer,
    /// The workspace of that tenant that issues them.
    pub workspace: &'static str,
    /// The scopes it knows, each with a line for the manual.
    pub scopes: &'static [(&'static str, &'static str)],
}

/// What an operation asks of a token.
#[derive(Debug)]
pub struct Authority {
    /// Who issues the token.
    pub scheme: &'static Scheme,
    /// The least scope that does.
    pub scope: &'static str,
    /// Scopes that include it.
    pub wider: &'static [&'static str],
}

/// Tokens of the tenant's workspace `admin`.
pub static ADMIN: Scheme = Scheme {
    name: "admin",
    issuer: Issuer::TenantOfPath,
    workspace: "admin",
    scopes: &[
        ("manage_tenant", "read and change everything in the tenant"),
        ("view_tenant", "read everything in the tenant"),
    ],
};

/// Tokens of the system tenant's workspace `admin`: people who manage tenants.
pub static ADMIN_SYSTEM: Scheme = Scheme {
    name: "adminSystem",
    issuer: Issuer::SystemTenant,
    workspace: "admin",
    scopes: &[("manage_tenants", "read, make, change and delete tenants")],
};

/// Tokens of the system tenant's workspace `system`: programs that manage tenants.
pub static SETUP: Scheme = Scheme {
    name: "setup",
    issuer: Issuer::SystemTenant,
    workspace: "system",
    scopes: &[("manage_tenants", "read, make, change and delete tenants")],
};

/// Tokens of people of a workspace; the documents speak of the workspace `default`.
pub static DEFAULT: Scheme = Scheme {
    name: "default",
    issuer: Issuer::TenantOfPath,
    workspace: "default",
    scopes: &[
        ("manage_sessions", "end the sessions of the person"),
        ("view_sessions", "see the sessions of the person"),
    ],
};

/// Tokens of the tenant's workspace `system`: programs that take part in logins.
pub static SYSTEM: Scheme = Scheme {
    name: "system",
    issuer: Issuer::TenantOfPath,
    workspace: "system",
    scopes: &[("manage_logins", "read, accept and reject logins under way")],
};

/// Reads a tenant.
pub static VIEW_TENANT: Authority =
    Authority { scheme: &ADMIN, scope: "view_tenant", wider: &["manage_tenant"] };
/// Changes a tenant.
pub static MANAGE_TENANT: Authority = Authority { scheme: &ADMIN, scope: "manage_tenant", wider: &[] };
/// Manages tenants, as a person.
pub static MANAGE_TENANTS_AS_ADMIN: Authority =
    Authority { scheme: &ADMIN_SYSTEM, scope: "manage_tenants", wider: &[] };
/// Manages tenants, as a program.
pub static MANAGE_TENANTS: Authority = Authority { scheme: &SETUP, scope: "manage_tenants", wider: &[] };

/// Takes part in logins.
pub static MANAGE_LOGINS: Authority = Authority { scheme: &SYSTEM, scope: "manage_logins", wider: &[] };

impl Authority {
    /// Whether a token with these scopes may call the operation.
    pub fn allows<'a>(&self, mut scopes: impl Iterator<Item = &'a str>) -> bool {
        scopes.any(|scope| scope == self.scope || self.wider.contains(&scope))
    }
}

impl Scheme {
    /// The name of the scheme under which the OpenAPI documents describe the login of a person. Names sort, and
    /// Swagger UI shows client credentials first.
    pub fn login_name(&self) -> String {
        format!("{}_login", self.name)
    }
}

/// Routes operations for callers with this authority, and documents that.
pub fn requires(authority: &'static Authority, routes: UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    let ids = OperationIds::read(&routes.1);
    let (schemas, mut paths, router) = routes.layer((Extension(authority), Extension(ids)));
    let Scheme { name, .. } = authority.scheme;
    let either = vec![
        SecurityRequirement::new(*name, [authority.scope]),
        SecurityRequirement::new(authority.scheme.login_name(), [authority.scope]),
    ];
    for operation in paths.paths.values_mut().flat_map(operations) {
        operation.security = Some(either.clone());
    }
    (schemas, paths, router)
}

/// What the operations of a route are called, by method.
#[derive(Clone, Debug)]
pub struct OperationIds(Arc<[(Method, Arc<str>)]>);

impl OperationIds {
    fn read(paths: &Paths) -> Self {
        let ids = paths.paths.values().flat_map(|item| {
            let PathItem { get, put, post, delete, patch, .. } = item;
            let methods = [Method::GET, Method::PUT, Method::POST, Method::DELETE, Method::PATCH];
            methods.into_iter().zip([get, put, post, delete, patch])
        });
        let id = |(method, operation): (Method, &Option<Operation>)| {
            Some((method, operation.as_ref()?.operation_id.as_deref()?.into()))
        };
        Self(ids.filter_map(id).collect())
    }

    /// The operation that a request calls; its method, for one without a name.
    pub fn of(parts: &Parts) -> Arc<str> {
        let ids = parts.extensions.get::<Self>();
        let found = ids.and_then(|ids| ids.0.iter().find(|(method, _)| *method == parts.method));
        found.map_or_else(|| parts.method.as_str().into(), |(_, id)| Arc::clone(id))
    }
}

/// The operations of a path.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().filter_map(Option::as_mut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_change_a_tenant_may_read_it_and_not_the_other_way_round() {
        assert!(VIEW_TENANT.allows(["openid", "manage_tenant"].into_iter()));
        assert!(VIEW_TENANT.allows(["view_tenant"].into_iter()));
        assert!(!MANAGE_TENANT.allows(["view_tenant"].into_iter()));
        assert!(!MANAGE_TENANT.allows([].into_iter()));
    }

    #[test]
    fn client_credentials_come_first_in_the_dialog() {
        for scheme in [&ADMIN, &ADMIN_SYSTEM, &SETUP, &SYSTEM] {
            assert!(*scheme.name < *scheme.login_name());
        }
    }
}
