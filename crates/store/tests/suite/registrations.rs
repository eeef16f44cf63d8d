//! Clients that register themselves.

use symbolon_store::entity::Client;
use symbolon_store::{NewRegistration, Registered, Store, TokenSuccession};

use crate::backend::NOW;

fn client(id: &str) -> Client {
    Client { client_id: id.into(), client_name: id.into(), dynamically_registered: true, ..Client::default() }
}

async fn register(store: &Store, id: &str, registration: NewRegistration<'_>) -> Registered {
    store.workspace("t", "w").register_client(client(id), &registration, NOW).await.unwrap()
}

pub(crate) async fn a_client_registers_and_its_registration_goes_with_it(store: Store) {
    let w = store.workspace("t", "w");
    let new = NewRegistration { token: Some("token"), token_expires_at: Some(NOW + 5), ..Default::default() };
    let Registered::Client(registered) = register(&store, "new", new).await else { panic!("refused") };
    assert_eq!(*registered, w.find::<Client>("new").await.unwrap().unwrap());
    let registration = w.find_registration("new").await.unwrap().unwrap();
    assert_eq!(registration.token_hash.as_ref().map(Vec::len), Some(32), "only the hash is there");
    assert_eq!(registration.token_expires_at, Some(NOW + 5));
    assert_eq!(store.workspace("t", "other").find_registration("new").await.unwrap(), None);
    w.delete::<Client>("new", None).await.unwrap();
    assert_eq!(w.find_registration("new").await.unwrap(), None);
}

pub(crate) async fn an_initial_access_token_registers_one_client(store: Store) {
    let mut racers = tokio::task::JoinSet::new();
    for i in 0..20 {
        let store = store.clone();
        racers.spawn(async move {
            let new = NewRegistration { spends: Some(("jti", NOW + 1000)), ..Default::default() };
            matches!(register(&store, &format!("racer-{i}"), new).await, Registered::Client(_))
        });
    }
    let won = racers.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
    let w = store.workspace("t", "w");
    assert!(w.is_token_revoked("jti").await.unwrap());
    let mut there = 0;
    for i in 0..20 {
        let id = format!("racer-{i}");
        let found = w.find::<Client>(&id).await.unwrap().is_some();
        assert_eq!(found, w.find_registration(&id).await.unwrap().is_some());
        there += usize::from(found);
    }
    assert_eq!(there, 1);
}

pub(crate) async fn a_registration_token_is_succeeded_once(store: Store) {
    let w = store.workspace("t", "w");
    register(&store, "new", NewRegistration { token: Some("first"), ..Default::default() }).await;
    let succession =
        TokenSuccession { old: "first", new: "second", expires_at: Some(NOW + 9), former_until: NOW + 5 };
    assert!(w.succeed_registration_token("new", &succession).await.unwrap());
    assert!(!w.succeed_registration_token("new", &succession).await.unwrap());
    let registration = w.find_registration("new").await.unwrap().unwrap();
    assert_ne!(registration.token_hash, registration.former_hash);
    assert_eq!((registration.token_expires_at, registration.former_until), (Some(NOW + 9), Some(NOW + 5)));
}

pub(crate) async fn an_unused_client_goes_and_a_used_one_stays(store: Store) {
    let w = store.workspace("t", "w");
    let new = NewRegistration { expires_at: Some(NOW + 1000), ..Default::default() };
    for id in ["unused", "used"] {
        register(&store, id, new).await;
    }
    register(&store, "approved", NewRegistration::default()).await;
    w.keep_registered_client("used").await.unwrap();
    store.sweep(NOW + 999, 100).await.unwrap();
    assert!(w.find::<Client>("unused").await.unwrap().is_some());
    let report = store.sweep(NOW + 1000, 100).await.unwrap();
    assert!(report.deleted.contains(&("clients", 1)), "{report:?}");
    assert_eq!(w.find::<Client>("unused").await.unwrap(), None);
    assert_eq!(w.find_registration("unused").await.unwrap(), None);
    for id in ["used", "approved"] {
        assert!(w.find::<Client>(id).await.unwrap().is_some(), "{id}");
    }
}
