//! What is there after a start, and after the next one.

use symbolon_jose::{Algorithm, SigningKey};
use symbolon_store::entity::server::KeyType;
use symbolon_store::entity::{Client, Idp, Scope, Service};
use symbolon_store::seal::MasterKeys;
use symbolon_store::{ListQuery, Location, SqliteOptions};

use super::first_start::FirstCredentials;
use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

async fn store() -> Store {
    let location = Location::Sqlite(SqliteOptions::ephemeral());
    Store::open(&location, MasterKeys::new(&[7; 32], &[]).unwrap(), NOW.millis()).await.unwrap()
}

async fn demo(store: &Store) -> bool {
    let hash = || HASH.to_owned();
    let hashes = demo::Hashes { user: hash(), admin: hash(), system_admin: hash() };
    demo::create(store, &Rng::system(), &hashes, "PEM of the demo CA", NOW).await.unwrap()
}

async fn scopes(store: &Store, tenant: &str, workspace: &str) -> Vec<String> {
    let scopes = store.workspace(tenant, workspace).list::<Scope>(&ListQuery::all()).await.unwrap();
    let mut names: Vec<_> = scopes.into_iter().map(|scope| scope.value.name).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn the_demo_has_what_the_walk_through_needs() {
    let store = store().await;
    assert!(demo(&store).await);
    for (tenant, workspaces) in [
        ("default", ["admin", "default", "developer", "system"].as_slice()),
        ("system", &["admin", "system"]),
    ] {
        let found = store.tenant(tenant).list::<Server>(&ListQuery::all()).await.unwrap();
        assert_eq!(found.iter().map(|w| w.id.as_str()).collect::<Vec<_>>(), workspaces, "{tenant}");
        let swagger = store.workspace(tenant, "admin").load::<Client>("admin-swagger").await.unwrap();
        assert_eq!(swagger.client_secret.as_ref().unwrap().reveal(), demo::CLIENT_SECRET);
        assert_eq!(swagger.grant_types, ["client_credentials", "authorization_code"]);
        let system = store.workspace(tenant, "system").load::<Client>("system").await.unwrap();
        assert!(system.scopes.iter().any(|scope| scope == "manage_configuration"));
    }
    let default = store.tenant("default").load::<Server>("default").await.unwrap();
    assert_eq!(default.root_cas.as_deref(), Some("PEM of the demo CA"));
    let admin = store.tenant("default").load::<Server>("admin").await.unwrap();
    assert_eq!(admin.root_cas, None, "the demo CA is trusted nowhere else");
}

#[tokio::test]
async fn every_client_is_registered_for_scopes_that_exist() {
    let store = store().await;
    demo(&store).await;
    for (tenant, workspace, client) in [
        ("default", "admin", "admin-swagger"),
        ("default", "system", "system"),
        ("system", "admin", "admin-swagger"),
        ("system", "system", "system"),
    ] {
        let known = scopes(&store, tenant, workspace).await;
        let client = store.workspace(tenant, workspace).load::<Client>(client).await.unwrap();
        assert!(!client.scopes.is_empty());
        assert!(
            client.scopes.iter().all(|scope| known.contains(scope)),
            "{tenant}/{workspace}: {:?}",
            client.scopes
        );
    }
    assert!(!scopes(&store, "default", "admin").await.contains(&"manage_tenants".to_owned()));
    assert!(scopes(&store, "system", "system").await.contains(&"manage_tenants".to_owned()));
}

#[tokio::test]
async fn the_demo_user_has_a_value_for_every_standard_claim() {
    let store = store().await;
    demo(&store).await;
    let idps = store.workspace("default", "default").list::<Idp>(&ListQuery::all()).await.unwrap();
    let [idp] = idps.as_slice() else { panic!("one identity provider") };
    assert_eq!((idp.method.as_str(), idp.name.as_str()), ("static", "Sandbox"));
    let user = &idp.credentials.as_ref().unwrap().users[0];
    assert_eq!(user.username, "user");
    assert!(user.email.is_some() && user.phone_number.is_some());
    // OpenID Connect Core §5.1, but for `sub` and what has a field of its own.
    let claims = "name given_name family_name middle_name nickname preferred_username profile picture website \
                  gender birthdate zoneinfo locale address updated_at";
    for claim in claims.split_whitespace() {
        assert!(user.authentication_context.0.contains_key(claim), "{claim}");
    }
    // §5.1.1
    let address = &user.authentication_context.0["address"];
    for member in ["formatted", "street_address", "locality", "region", "postal_code", "country"] {
        assert!(address[member].is_string(), "{member}");
    }
}

#[tokio::test]
async fn a_second_start_changes_nothing() {
    let store = store().await;
    assert!(demo(&store).await);
    store.workspace("default", "admin").delete::<Client>("admin-swagger", None).await.unwrap();
    let version = store.config_version().await.unwrap();
    assert!(!demo(&store).await);
    assert_eq!(store.config_version().await.unwrap(), version);
    assert!(!first_start::is_needed(&store).await.unwrap());
}

#[tokio::test]
async fn a_demo_ca_made_anew_is_trusted_beside_the_old_one_once() {
    let store = store().await;
    demo(&store).await;
    for _ in 0..2 {
        demo::trust(&store, "PEM of a new CA", NOW).await.unwrap();
        demo::trust(&store, "PEM of the demo CA", NOW).await.unwrap();
    }
    let default = store.tenant("default").load::<Server>("default").await.unwrap();
    assert_eq!(default.root_cas.as_deref(), Some("PEM of the demo CA\nPEM of a new CA"));
    assert_eq!(default.version, 2);
}

#[tokio::test]
async fn a_demo_beside_a_served_tenant_leaves_it_alone() {
    let store = store().await;
    let credentials = FirstCredentials::new(&Rng::system());
    assert!(first_start::create(&store, &Rng::system(), &credentials, HASH, NOW).await.unwrap());
    assert!(demo(&store).await);
    let client = store.workspace("system", "admin").load::<Client>("admin-swagger").await.unwrap();
    assert_eq!(client.client_secret.as_ref().unwrap(), &credentials.client_secret);
    assert_eq!(store.workspace("system", "system").find::<Client>("system").await.unwrap(), None);
}

#[tokio::test]
async fn the_first_start_makes_one_administrator_with_random_credentials() {
    let store = store().await;
    assert!(first_start::is_needed(&store).await.unwrap());
    let credentials = FirstCredentials::new(&Rng::system());
    assert!(first_start::create(&store, &Rng::system(), &credentials, HASH, NOW).await.unwrap());
    assert!(!first_start::is_needed(&store).await.unwrap());
    assert!(!first_start::create(&store, &Rng::system(), &credentials, HASH, NOW).await.unwrap());
    assert_ne!(credentials.password, FirstCredentials::new(&Rng::system()).password);
    assert!(credentials.password.reveal().len() >= 40);
    assert!(!format!("{credentials:?}").contains(credentials.password.reveal()));
    // Nothing public is in it.
    let clients = store.tenant("system").list::<Client>(&ListQuery::all()).await.unwrap();
    assert!(
        clients.iter().all(|client| client.client_secret.as_ref().unwrap().reveal() != demo::CLIENT_SECRET)
    );
}

#[tokio::test]
async fn a_new_tenant_has_its_workspaces_scopes_and_keys() {
    let store = store().await;
    let credentials = FirstCredentials::new(&Rng::system());
    let new = |default_workspaces| NewTenant {
        tenant: Tenant { id: "acme".to_owned(), ..Tenant::default() },
        default_workspaces,
        credentials: &credentials,
        password_hash: HASH,
    };
    create_tenant(&store, &Rng::system(), new(false), NOW).await.unwrap();
    let workspaces = store.tenant("acme").list::<Server>(&ListQuery::all()).await.unwrap();
    assert_eq!(workspaces.len(), 2);
    assert_eq!(scopes(&store, "acme", "admin").await.len(), 13);
    let services = store.workspace("acme", "admin").list::<Service>(&ListQuery::all()).await.unwrap();
    assert!(services.iter().all(|service| service.system));
    let client = store.workspace("acme", "admin").load::<Client>("admin-swagger").await.unwrap();
    assert_eq!(client.client_secret.as_ref().unwrap(), &credentials.client_secret);
    let again = create_tenant(&store, &Rng::system(), new(true), NOW).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    assert_eq!(
        store.tenant("acme").list::<Server>(&ListQuery::all()).await.unwrap().len(),
        2,
        "all or nothing"
    );
}

#[tokio::test]
async fn a_new_workspace_signs_with_the_kind_of_key_it_asked_for() {
    let store = store().await;
    demo(&store).await;
    for (key_type, algorithm) in [
        (KeyType::Ecdsa, Algorithm::ES256),
        (KeyType::Rsa, Algorithm::RS256),
        (KeyType::Eddsa, Algorithm::EdDSA),
    ] {
        let id = algorithm.as_str().to_lowercase();
        let workspace = Server { id: id.clone(), key_type, ..Server::default() };
        create_workspace(&store, &Rng::system(), "default", workspace, NOW).await.unwrap();
        let keys = store.workspace("default", &id).list_keys().await.unwrap();
        let (own, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.alg == algorithm.as_str());
        let states: Vec<_> = own.iter().map(|key| key.state).collect();
        assert_eq!(states, [KeyState::Current, KeyState::Next]);
        assert_ne!(own[0].kid, own[1].kid);
        // OpenID Connect Discovery §3 wants RS256 of all.
        let others: Vec<_> = others.iter().map(|key| (&*key.alg, key.state)).collect();
        let expected = [("RS256", KeyState::Current)];
        assert_eq!(others, expected[usize::from(algorithm.is_rsa())..]);
        for key in own {
            let parsed = SigningKey::from_pkcs8(algorithm, &key.private_pkcs8).unwrap();
            assert_eq!(parsed.public_jwk().unwrap().thumbprint().unwrap(), key.kid);
        }
    }
    let orphan = Server { id: "w".to_owned(), ..Server::default() };
    let refused = create_workspace(&store, &Rng::system(), "nowhere", orphan, NOW).await;
    assert!(matches!(refused, Err(StoreError::MissingParent)), "{refused:?}");
}
