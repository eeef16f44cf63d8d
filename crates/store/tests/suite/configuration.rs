//! Entities: adding, replacing, deleting, and what belongs to them.

use symbolon_store::entity::{
    Acr, AuthorizationDetail, Claim, ClaimKind, Client, Scope, Secret, Server, Service, Tenant,
};
use symbolon_store::{
    AccessToken, ListQuery, NewCode, NewDecoupledRequest, NewGrant, NewSession, Redemption, Store, StoreError,
};

use crate::backend::{NOW, client};
use crate::decoupled_requests;

fn scope(id: &str, name: &str, service: Option<&str>) -> Scope {
    let service_id = service.map(ToOwned::to_owned);
    Scope { id: id.into(), name: name.into(), service_id, ..Scope::default() }
}

pub(crate) async fn a_client_comes_back_as_it_was_stored(store: Store) {
    let w = store.workspace("t", "w");
    let entity = Client {
        client_secret: Some(Secret::new("s".repeat(32))),
        rotated_secrets: vec![Secret::new("r".repeat(32))],
        redirect_uris: vec!["https://example.com/callback".into()],
        ..client("c")
    };
    let stored = w.insert(entity, NOW).await.unwrap();
    assert_eq!((stored.version, stored.created_at, stored.updated_at), (1, NOW, NOW));
    let found = w.load::<Client>("c").await.unwrap();
    assert_eq!(found, stored);
    assert_eq!(found.client_secret.as_ref().map(Secret::reveal), Some("s".repeat(32).as_str()));
    assert_eq!(found.tenant_id, "t");
    assert_eq!(found.authorization_server_id, "w");
    assert_eq!(found.hashed_secret, found.client_secret.as_ref().map(Secret::sha256_hex));
}

pub(crate) async fn an_update_replaces_everything(store: Store) {
    let w = store.workspace("t", "w");
    let secret = Some(Secret::new("s".repeat(32)));
    w.insert(Client { client_secret: secret, trusted: true, ..client("c") }, NOW).await.unwrap();
    let updated = w.update(client("c"), None, NOW + 5).await.unwrap();
    assert_eq!((updated.version, updated.created_at, updated.updated_at), (2, NOW, NOW + 5));
    let found = w.load::<Client>("c").await.unwrap();
    assert_eq!(found, updated);
    assert_eq!((found.trusted, &found.client_secret, &found.hashed_secret), (false, &None, &None));
}

pub(crate) async fn an_update_of_an_older_version_is_refused(store: Store) {
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    w.update(client("c"), Some(1), NOW).await.unwrap();
    let refused = w.update(client("c"), Some(1), NOW).await;
    assert_eq!(refused, Err(StoreError::PreconditionFailed { found: 2 }));
    assert_eq!(w.delete::<Client>("c", Some(1)).await, Err(StoreError::PreconditionFailed { found: 2 }));
    assert_eq!(w.update(client("x"), Some(1), NOW).await, Err(StoreError::NotFound("client")));
    assert_eq!(w.delete::<Client>("x", None).await, Err(StoreError::NotFound("client")));
    assert_eq!(w.load::<Client>("x").await, Err(StoreError::NotFound("client")));
    w.delete::<Client>("c", Some(2)).await.unwrap();
    assert_eq!(w.find::<Client>("c").await.unwrap(), None);
}

pub(crate) async fn what_is_unique_is_refused_twice(store: Store) {
    let conflict =
        |table: &str, column: &str| StoreError::Conflict { table: table.into(), column: column.into() };
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    assert_eq!(w.insert(client("c"), NOW).await.unwrap_err(), conflict("clients", "id"));
    // Ids are unique in the tenant, not only in the workspace; other tenants have their own.
    let other = store.workspace("t", "v").insert(client("c"), NOW).await;
    assert_eq!(other.unwrap_err(), conflict("clients", "id"));
    store.workspace("u", "w").insert(client("c"), NOW).await.unwrap();
    w.insert(scope("1", "read", None), NOW).await.unwrap();
    let refused = w.insert(scope("2", "read", None), NOW).await;
    assert_eq!(refused.unwrap_err(), conflict("scopes", "name"));
    w.insert(scope("2", "write", None), NOW).await.unwrap();
    let refused = w.update(scope("2", "read", None), None, NOW).await;
    assert_eq!(refused.unwrap_err(), conflict("scopes", "name"));
    store.workspace("t", "v").insert(scope("3", "read", None), NOW).await.unwrap();
    // A type of details, and a class, once in a workspace; a claim once for each kind of token.
    let detail = |id: &str| AuthorizationDetail { id: id.into(), kind: "pay".into(), ..Default::default() };
    w.insert(detail("1"), NOW).await.unwrap();
    let refused = w.insert(detail("2"), NOW).await;
    assert_eq!(refused.unwrap_err(), conflict("authorization_details", "name"));
    let acr = |id: &str| Acr { id: id.into(), value: "2".into(), ..Acr::default() };
    w.insert(acr("1"), NOW).await.unwrap();
    assert_eq!(w.insert(acr("2"), NOW).await.unwrap_err(), conflict("acrs", "name"));
    let claim = |id: &str, kind| Claim { id: id.into(), name: "groups".into(), kind, ..Claim::default() };
    w.insert(claim("1", ClaimKind::IdToken), NOW).await.unwrap();
    w.insert(claim("2", ClaimKind::AccessToken), NOW).await.unwrap();
    let refused = w.insert(claim("3", ClaimKind::AccessToken), NOW).await;
    assert!(matches!(refused, Err(StoreError::Conflict { table, .. }) if table == "claims"));
    let refused = store.root().insert(Tenant { id: "t".into(), ..Tenant::default() }, NOW).await;
    assert_eq!(refused.unwrap_err(), conflict("tenants", "id"));
    let refused = store.tenant("t").insert(Server { id: "w".into(), ..Server::default() }, NOW).await;
    assert_eq!(refused.unwrap_err(), conflict("workspaces", "id"));
}

pub(crate) async fn nothing_belongs_to_what_is_not_there(store: Store) {
    let refused = store.workspace("t", "none").insert(client("c"), NOW).await;
    assert_eq!(refused.unwrap_err(), StoreError::MissingParent);
    let refused = store.workspace("none", "w").insert(client("c"), NOW).await;
    assert_eq!(refused.unwrap_err(), StoreError::MissingParent);
    let refused = store.tenant("none").insert(Server { id: "w".into(), ..Server::default() }, NOW).await;
    assert_eq!(refused.unwrap_err(), StoreError::MissingParent);
    let refused = store.workspace("t", "w").insert(scope("1", "read", Some("none")), NOW).await;
    assert_eq!(refused.unwrap_err(), StoreError::MissingParent);
    let refused = store.workspace("t", "w").grant_scopes("alice", "none", &["read"], NOW).await;
    assert_eq!(refused.unwrap_err(), StoreError::MissingParent);
    // A service of another workspace is none.
    let service = Service { id: "s".into(), ..Service::default() };
    store.workspace("t", "v").insert(service, NOW).await.unwrap();
    let refused = store.workspace("t", "w").insert(scope("1", "read", Some("s")), NOW).await;
    assert_eq!(refused.unwrap_err(), StoreError::MissingParent);
}

pub(crate) async fn a_service_takes_its_scopes_with_it(store: Store) {
    let w = store.workspace("t", "w");
    w.insert(Service { id: "s".into(), ..Service::default() }, NOW).await.unwrap();
    w.insert(scope("1", "read", Some("s")), NOW).await.unwrap();
    w.insert(scope("2", "own", None), NOW).await.unwrap();
    for (id, service_id) in [("1", Some("s".to_owned())), ("2", None)] {
        let detail = AuthorizationDetail {
            id: id.into(),
            kind: id.into(),
            service_id,
            ..AuthorizationDetail::default()
        };
        w.insert(detail, NOW).await.unwrap();
    }
    w.delete::<Service>("s", None).await.unwrap();
    let left = w.list::<AuthorizationDetail>(&ListQuery::all()).await.unwrap();
    assert_eq!(left.iter().map(|detail| detail.kind.as_str()).collect::<Vec<_>>(), ["2"]);
    let left = w.list::<Scope>(&ListQuery::all()).await.unwrap();
    assert_eq!(left.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["own"]);
}

/// A session, a grant with a code, tokens, consent, a used value: something in every table.
async fn live_in(store: &Store, tenant: &str, workspace: &str) {
    let w = store.workspace(tenant, workspace);
    let until = NOW + 60_000;
    let id = format!("c-{workspace}");
    w.insert(client(&id), NOW).await.unwrap();
    w.grant_scopes("alice", &id, &["read"], NOW).await.unwrap();
    w.allow_details("alice", &id, &["{}".to_owned()], until).await.unwrap();
    let session = NewSession {
        id: "session",
        subject: "alice",
        doc: &0,
        auth_time: NOW,
        idle_until: until,
        ends_at: until,
    };
    w.insert_session(&session).await.unwrap();
    let grant = NewGrant {
        id: "grant",
        client_id: &id,
        subject: Some("alice"),
        doc: &0,
        created_at: NOW,
        expires_at: until,
    };
    w.insert_code(&NewCode { code: "code", doc: &0, expires_at: until }, &grant).await.unwrap();
    // Handles and codes of requests are unique in a tenant.
    let name = format!("{tenant} {workspace}");
    let request = decoupled_requests::request(&name, until);
    w.insert_decoupled_request(&NewDecoupledRequest { client_id: &id, ..request }).await.unwrap();
    let token = AccessToken { grant_id: None, client_id: id, doc: 0, expires_at: until };
    w.insert_access_token("opaque", &token).await.unwrap();
    w.revoke_token("jti", until).await.unwrap();
    assert!(w.consume_once("jti", "value", until, NOW).await.unwrap());
}

async fn assert_empty(store: &Store, tenant: &str, workspace: &str) {
    let w = store.workspace(tenant, workspace);
    assert_eq!(w.find_session::<i32>("session", NOW).await.unwrap(), None);
    assert_eq!(w.redeem_code::<i32>("code", NOW).await.unwrap(), Redemption::NotFound);
    assert_eq!(w.find_grant::<i32>("grant").await.unwrap(), None);
    assert_eq!(w.find_access_token::<i32>("opaque", NOW).await.unwrap(), None);
    assert_eq!(w.list_scope_grants_of_user("alice").await.unwrap(), []);
    let name = format!("{tenant} {workspace}");
    assert!(w.find_decoupled_request::<u8, u8>(&name).await.unwrap().is_none());
    assert!(!w.is_token_revoked("jti").await.unwrap());
    assert!(w.consume_once("jti", "value", NOW + 1, NOW).await.unwrap());
}

pub(crate) async fn a_deleted_workspace_leaves_nothing_for_its_successor(store: Store) {
    live_in(&store, "t", "w").await;
    live_in(&store, "t", "v").await;
    store.tenant("t").delete::<Server>("w", None).await.unwrap();
    store.tenant("t").insert(Server { id: "w".into(), ..Server::default() }, NOW).await.unwrap();
    assert_eq!(store.tenant("t").find::<Client>("c-w").await.unwrap(), None);
    assert_empty(&store, "t", "w").await;
    assert!(store.workspace("t", "v").find_session::<i32>("session", NOW).await.unwrap().is_some());
}

pub(crate) async fn a_deleted_tenant_leaves_nothing_for_its_successor(store: Store) {
    live_in(&store, "t", "w").await;
    live_in(&store, "u", "w").await;
    store.root().delete("t", None).await.unwrap();
    assert_eq!(store.tenant("t").find::<Server>("w").await.unwrap(), None);
    store.root().insert(Tenant { id: "t".into(), ..Tenant::default() }, NOW).await.unwrap();
    store.tenant("t").insert(Server { id: "w".into(), ..Server::default() }, NOW).await.unwrap();
    assert_empty(&store, "t", "w").await;
    assert!(store.workspace("u", "w").find_session::<i32>("session", NOW).await.unwrap().is_some());
}

pub(crate) async fn a_deleted_client_takes_its_grants_and_tokens_with_it(store: Store) {
    live_in(&store, "t", "w").await;
    let w = store.workspace("t", "w");
    w.delete::<Client>("c-w", None).await.unwrap();
    w.insert(client("c-w"), NOW).await.unwrap();
    assert_eq!(w.redeem_code::<i32>("code", NOW).await.unwrap(), Redemption::NotFound);
    assert_eq!(w.find_grant::<i32>("grant").await.unwrap(), None);
    assert_eq!(w.find_access_token::<i32>("opaque", NOW).await.unwrap(), None);
    assert!(w.find_decoupled_request::<u8, u8>("t w").await.unwrap().is_none());
    assert_eq!(w.list_scope_grants_of_user("alice").await.unwrap(), []);
    assert!(w.find_session::<i32>("session", NOW).await.unwrap().is_some(), "users stay");
}
