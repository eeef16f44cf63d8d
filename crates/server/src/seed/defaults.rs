//! The services and scopes that every workspace begins with, by the kind of workspace.

use symbolon_store::entity::server::WorkspaceKind;
use symbolon_store::entity::service::ServiceKind;
use symbolon_store::entity::{Claim, Scope, Service};

use super::SYSTEM_TENANT;
use crate::oauth2::claims::SCOPE_CLAIMS;

struct DefaultService {
    /// End of its id, after the workspace's.
    id: &'static str,
    name: &'static str,
    kind: ServiceKind,
    /// Name, what people read on the consent page, and what it means.
    scopes: &'static [(&'static str, &'static str, &'static str)],
}

/// The services of a new workspace, each with its scopes.
pub(super) fn services(
    tenant_id: &str,
    workspace_id: &str,
    kind: WorkspaceKind,
) -> impl Iterator<Item = (Service, Vec<Scope>)> {
    let own: &'static [&DefaultService] = match (kind, tenant_id == SYSTEM_TENANT) {
        (WorkspaceKind::Admin, false) => &[&OPENID, &OAUTH2, &ADMIN_API],
        (WorkspaceKind::Admin, true) => &[&OPENID, &OAUTH2, &ADMIN_API, &TENANTS_API],
        (WorkspaceKind::System, false) => &[&OPENID, &OAUTH2, &SYSTEM_API],
        (WorkspaceKind::System, true) => &[&OPENID, &OAUTH2, &SYSTEM_API, &TENANTS_API],
        _ => &[&OPENID, &OAUTH2],
    };
    own.iter().map(move |service| service.of(workspace_id))
}

/// The claims of a new workspace: those that OpenID Connect's scopes bring, each from the attribute of its name.
pub(super) fn claims(workspace_id: &str) -> impl Iterator<Item = Claim> {
    let of = |(scope, names): &'static (&str, &[&str])| names.iter().map(move |name| (*scope, *name));
    SCOPE_CLAIMS.iter().flat_map(of).map(move |(scope, name)| Claim {
        // Ids are unique in the tenant. No name here has a hyphen, so no two workspaces share one.
        id: format!("{workspace_id}-{name}"),
        name: name.to_owned(),
        scopes: vec![scope.to_owned()],
        source_path: Some(name.to_owned()),
        ..Claim::default()
    })
}

/// The names of the scopes of the system API, for the client that may use all of it.
pub(super) fn system_scopes(tenant_id: &str) -> Vec<String> {
    let tenants: &[_] = if tenant_id == SYSTEM_TENANT { TENANTS_API.scopes } else { &[] };
    SYSTEM_API.scopes.iter().chain(tenants).map(|(name, ..)| (*name).to_owned()).collect()
}

/// The names of the scopes of the admin API.
pub(super) fn admin_scopes(tenant_id: &str) -> Vec<String> {
    let tenants: &[_] = if tenant_id == SYSTEM_TENANT { TENANTS_API.scopes } else { &[] };
    ADMIN_API.scopes.iter().chain(tenants).map(|(name, ..)| (*name).to_owned()).collect()
}

/// Whether an OpenID Connect scope still has the words it was made with. The consent page has such words in the
/// language of the person, and keeps those that somebody has chosen.
pub fn has_first_words(scope: &Scope) -> bool {
    let words = (scope.display_name.as_deref(), scope.description.as_deref());
    OPENID.scopes.iter().any(|(name, display_name, description)| {
        scope.name == *name && words == (Some(*display_name), Some(*description))
    })
}

impl DefaultService {
    fn of(&self, workspace_id: &str) -> (Service, Vec<Scope>) {
        // Ids are unique in the tenant. No name here has a hyphen, so no two workspaces share one.
        let service = Service {
            id: format!("{workspace_id}-{}", self.id),
            name: self.name.to_owned(),
            kind: self.kind,
            system: true,
            ..Service::default()
        };
        let scope = |(name, display_name, description): &(&str, &str, &str)| Scope {
            id: format!("{workspace_id}-{name}"),
            name: (*name).to_owned(),
            display_name: Some((*display_name).to_owned()),
            description: Some((*description).to_owned()),
            service_id: Some(service.id.clone()),
            ..Scope::default()
        };
        let scopes = self.scopes.iter().map(scope).collect();
        (service, scopes)
    }
}

/// OpenID Connect Core §5.4 and §11.
const OPENID: DefaultService = DefaultService {
    id: "openid",
    name: "OpenID Connect",
    kind: ServiceKind::Oidc,
    scopes: &[
        ("openid", "Know who you are", "Sign in with this account"),
        (
            "profile",
            "See your profile",
            "Name, picture, birth date, gender, language, time zone and web pages",
        ),
        ("email", "See your email address", "Email address, and whether it was verified"),
        ("address", "See your postal address", "Postal address"),
        ("phone", "See your phone number", "Phone number, and whether it was verified"),
        ("offline_access", "Stay signed in", "Access while you are not there, until you take it back"),
    ],
};

/// RFC 7662 and RFC 7009, for callers that are not the client of the token; and what people do with their sessions.
const OAUTH2: DefaultService = DefaultService {
    id: "oauth2",
    name: "OAuth 2.0",
    kind: ServiceKind::Oauth2,
    scopes: &[
        ("dcr_register", "Register a client", "Register one client, where registration needs approval"),
        ("introspect_tokens", "Look into tokens", "Introspect tokens of any client of this workspace"),
        ("revoke_tokens", "Revoke tokens", "Revoke tokens of any client of this workspace"),
        ("view_sessions", "See your sessions", "Where you are signed in, and since when"),
        ("manage_sessions", "End your sessions", "Sign you out, here and elsewhere"),
    ],
};

const ADMIN_API: DefaultService = DefaultService {
    id: "admin_api",
    name: "Admin API",
    kind: ServiceKind::System,
    scopes: &[
        ("manage_tenant", "Change the tenant", "Read and change everything in the tenant"),
        ("view_tenant", "See the tenant", "Read everything in the tenant"),
    ],
};

const TENANTS_API: DefaultService = DefaultService {
    id: "tenants_api",
    name: "Tenants API",
    kind: ServiceKind::System,
    scopes: &[("manage_tenants", "Change all tenants", "Read, make, change and delete tenants")],
};

/// The scopes that ACP's system API names.
const SYSTEM_API: DefaultService = DefaultService {
    id: "system_api",
    name: "System API",
    kind: ServiceKind::System,
    scopes: &[
        ("manage_clients", "Change clients", "Read, make, change and delete clients"),
        (
            "manage_configuration",
            "Change the configuration",
            "Import and export the configuration of the tenant",
        ),
        ("manage_consents", "Change consents", "Read, give and take back consents"),
        ("manage_logins", "Handle logins", "Read, accept and reject logins under way"),
        ("manage_post_authn", "Handle steps after login", "Read, complete and abort steps after a login"),
        ("manage_scope_grants", "Handle scope grants", "Read, accept and reject grants of scopes under way"),
        ("push_gateway_requests", "Report requests", "Report requests that a gateway saw"),
        ("read_configuration", "See the configuration", "Export the configuration of the tenant"),
        ("read_gateway_configuration", "See gateways", "Read the configuration of gateways"),
        ("view_audit_events", "See audit events", "Read audit events"),
        ("view_clients", "See clients", "Read clients"),
        ("view_consents", "See consents", "Read consents"),
        ("write_gateway_configuration", "Change gateways", "Report what a gateway is configured with"),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::ScopeLine;

    #[test]
    fn first_words_are_told_from_chosen_ones_and_are_in_the_catalogue() {
        let (_, scopes) = OPENID.of("default");
        for scope in scopes {
            assert!(has_first_words(&scope), "{}", scope.name);
            assert!(ScopeLine::is_well_known(&scope.name), "{}", scope.name);
            assert!(!has_first_words(&Scope { description: Some("Ours".to_owned()), ..scope.clone() }));
            assert!(!has_first_words(&Scope { display_name: None, ..scope }));
        }
        let (_, scopes) = ADMIN_API.of("admin");
        assert!(!scopes.iter().any(has_first_words), "no catalogue has their words");
    }
}
