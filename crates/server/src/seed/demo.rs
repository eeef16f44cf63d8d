//! The demo tenant: what the walk-through of the manual needs. Its credentials are public; it is made only where
//! `demo` is set.

use serde_json::{Value, json};
use symbolon_store::entity::idp::{StaticCredentials, StaticUser};
use symbolon_store::entity::{Client, Idp, Metadata, Secret, Server, Tenant};
use symbolon_store::{Provision, Store, StoreError};

use super::{SYSTEM_TENANT, add_workspace, default_workspaces_of, defaults};
use crate::clock::Timestamp;
use crate::rng::Rng;

/// The tenant of the walk-through.
pub const TENANT: &str = "default";
/// Name and password of the person in workspace `default`.
pub const USER: (&str, &str) = ("user", "user");
/// Name and password of the administrator of tenant `default`.
pub const ADMIN: (&str, &str) = ("admin", "admin");
/// Name and password of the administrator of tenant `system`.
pub const SYSTEM_ADMIN: (&str, &str) = ("admin", "peyYXiGEd3RMjCJyKzn6JmUpoey7ti5m");
/// The client of Swagger UI, in workspace `admin` of both tenants.
pub const SWAGGER_CLIENT: &str = "admin-swagger";
/// The client for programs, in workspace `system` of both tenants.
pub const SYSTEM_CLIENT: &str = "system";
/// The secret of both clients.
pub const CLIENT_SECRET: &str = "n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq";
/// The client of the walk-through, as it is pasted into Swagger UI.
pub const WALK_THROUGH_CLIENT: &str = r#"{
  "authorization_server_id": "default",
  "client_id": "client-mtls",
  "client_name": "My app",
  "grant_types": ["authorization_code"],
  "redirect_uris": ["https://example.com/callback"],
  "token_endpoint_auth_method": "tls_client_auth",
  "tls_client_auth_subject_dn": "example.com",
  "tls_client_certificate_bound_access_tokens": true,
  "response_types": ["token", "id_token", "code"],
  "scopes": ["email", "openid"]
}"#;
/// Where the browser goes in the walk-through.
pub const WALK_THROUGH_AUTHORIZE: &str = "/default/default/oauth2/authorize?client_id=client-mtls&scope=openid\
     &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&response_type=code";

/// The demo passwords as argon2 hashes (PHC strings).
#[derive(Clone, Debug)]
pub struct Hashes {
    /// Of [`USER`].
    pub user: String,
    /// Of [`ADMIN`].
    pub admin: String,
    /// Of [`SYSTEM_ADMIN`].
    pub system_admin: String,
}

/// Makes the demo data, unless there is a tenant `default`: then nothing is touched. All or nothing.
///
/// Client certificates issued by `root_cas` (PEM) are trusted in workspace `default`. True when it was made.
///
/// # Errors
/// What the store says; `Internal` when no key could be made.
pub async fn create(
    store: &Store,
    rng: &Rng,
    hashes: &Hashes,
    root_cas: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if store.root().find(TENANT).await?.is_some() {
        return Ok(false);
    }
    let mut provision = store.provision(now.millis());
    provision.tenant(tenant(TENANT, "Demo"))?;
    for mut workspace in default_workspaces_of(true) {
        if workspace.id == "default" {
            workspace.root_cas = Some(root_cas.to_owned());
        }
        add_demo_workspace(&mut provision, rng, TENANT, workspace).await?;
    }
    for workspace in ["default", "developer"] {
        provision.entity(TENANT, workspace, idp(workspace, "Sandbox", person(&hashes.user, now)))?;
    }
    provision.entity(TENANT, "admin", idp("admin", "Administrators", administrator(&hashes.admin)))?;

    if store.root().find(SYSTEM_TENANT).await?.is_none() {
        provision.tenant(tenant(SYSTEM_TENANT, "System"))?;
        for workspace in default_workspaces_of(false) {
            add_demo_workspace(&mut provision, rng, SYSTEM_TENANT, workspace).await?;
        }
        let administrator = administrator(&hashes.system_admin);
        provision.entity(SYSTEM_TENANT, "admin", idp("admin", "Administrators", administrator))?;
    }
    match provision.commit().await {
        Ok(()) => Ok(true),
        // Another process was faster.
        Err(StoreError::Conflict { table, .. }) if table == "tenants" => Ok(false),
        Err(error) => Err(error),
    }
}

/// Lets workspace `default` trust client certificates issued by `root_ca` (PEM) beside those it trusts already.
///
/// # Errors
/// What the store says.
pub async fn trust(store: &Store, root_ca: &str, now: Timestamp) -> Result<(), StoreError> {
    let tenant = store.tenant(TENANT);
    let Some(stored) = tenant.find::<Server>("default").await? else { return Ok(()) };
    let mut workspace = stored.value;
    // Without any, the system's roots are trusted: somebody chose that.
    let Some(roots) = workspace.root_cas.as_mut().filter(|roots| !roots.contains(root_ca.trim())) else {
        return Ok(());
    };
    if !roots.ends_with('\n') {
        roots.push('\n');
    }
    roots.push_str(root_ca);
    tenant.update(workspace, Some(stored.version), now.millis()).await.map(drop)
}

/// A workspace with the demo client that belongs there.
async fn add_demo_workspace(
    provision: &mut Provision<'_>,
    rng: &Rng,
    tenant_id: &str,
    workspace: Server,
) -> Result<(), StoreError> {
    let id = workspace.id.clone();
    add_workspace(provision, rng, tenant_id, workspace).await?;
    match id.as_str() {
        "admin" => provision.entity(tenant_id, &id, swagger_client(tenant_id, CLIENT_SECRET)),
        "system" => provision.entity(tenant_id, &id, system_client(tenant_id)),
        _ => Ok(()),
    }
}

fn tenant(id: &str, name: &str) -> Tenant {
    Tenant { id: id.to_owned(), name: name.to_owned(), ..Tenant::default() }
}

/// The client of Swagger UI: by itself, and for a person who logs in.
pub(super) fn swagger_client(tenant_id: &str, secret: &str) -> Client {
    Client {
        client_id: SWAGGER_CLIENT.to_owned(),
        client_name: "Swagger UI".to_owned(),
        client_secret: Some(Secret::new(secret)),
        grant_types: owned(["client_credentials", "authorization_code"]),
        response_types: owned(["code"]),
        // A path: under whatever name this server is reached, and on no other server.
        redirect_uris: vec![format!("/api/swagger/{tenant_id}/oauth2-redirect.html")],
        system: true,
        scopes: defaults::admin_scopes(tenant_id),
        ..Client::default()
    }
}

fn system_client(tenant_id: &str) -> Client {
    Client {
        client_id: SYSTEM_CLIENT.to_owned(),
        client_name: "System".to_owned(),
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        grant_types: owned(["client_credentials"]),
        system: true,
        scopes: defaults::system_scopes(tenant_id),
        ..Client::default()
    }
}

/// A static identity provider with one user.
pub(super) fn idp(workspace_id: &str, name: &str, user: StaticUser) -> Idp {
    Idp {
        id: format!("{workspace_id}-static"),
        name: name.to_owned(),
        method: "static".to_owned(),
        credentials: Some(StaticCredentials { users: vec![user] }),
        ..Idp::default()
    }
}

/// The person of the walk-through, with a value for every standard claim (OpenID Connect Core §5.1).
fn person(password_hash: &str, now: Timestamp) -> StaticUser {
    let claims = json!({
        "name": "Robin Ada Sandbox",
        "given_name": "Robin",
        "middle_name": "Ada",
        "family_name": "Sandbox",
        // In another script, for who prefers it (§5.2).
        "name#ja-Kana-JP": "ロビン・エイダ・サンドボックス",
        "given_name#ja-Kana-JP": "ロビン",
        "family_name#ja-Kana-JP": "サンドボックス",
        "nickname": "Rob",
        "preferred_username": USER.0,
        "profile": "https://example.com/people/robin",
        "picture": "https://example.com/people/robin.png",
        "website": "https://robin.example.com",
        "gender": "unspecified",
        "birthdate": "1990-02-28",
        "zoneinfo": "Europe/Warsaw",
        "locale": "en-GB",
        "updated_at": now.seconds(),
        "address": {
            "formatted": "1 Example Street\nExampletown\nMasovia 00-001\nPoland",
            "street_address": "1 Example Street",
            "locality": "Exampletown",
            "region": "Masovia",
            "postal_code": "00-001",
            "country": "Poland",
        },
    });
    StaticUser {
        username: USER.0.to_owned(),
        password: Some(Secret::new(password_hash)),
        email: Some("user@example.com".to_owned()),
        email_verified: true,
        // RFC 3966 with a number that no one will ever have.
        phone_number: Some("+1-555-0100".to_owned()),
        phone_number_verified: true,
        authentication_context: members(claims),
        ..StaticUser::default()
    }
}

pub(super) fn administrator(password_hash: &str) -> StaticUser {
    StaticUser {
        username: ADMIN.0.to_owned(),
        password: Some(Secret::new(password_hash)),
        authentication_context: members(json!({ "name": "Administrator", "preferred_username": ADMIN.0 })),
        ..StaticUser::default()
    }
}

fn members(object: Value) -> Metadata {
    match object {
        Value::Object(members) => Metadata(members),
        _ => Metadata::default(),
    }
}

fn owned<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}
