//! Many at once.

use serde_json::json;
use symbolon_store::entity::Client;
use symbolon_store::{
    AuthorizeSessionKey, KeyState, KeyUse, NewAuthorizeSession, NewCode, NewKey, NewRefreshToken, Redemption,
    Rotation, RotationRequest, Store, StoreError,
};
use tokio::task::JoinSet;

use crate::backend::{NOW, client};
use crate::runtime::grant;

pub(crate) async fn one_of_many_redeems_a_code(store: Store) {
    let code = NewCode { code: "secret code", doc: &"doc", expires_at: NOW + 60_000 };
    store.workspace("t", "w").insert_code(&code, &grant("g")).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..40 {
        let store = store.clone();
        tasks.spawn(async move {
            store.workspace("t", "w").redeem_code::<String>("secret code", NOW).await.unwrap()
        });
    }
    let (won, lost): (Vec<_>, Vec<_>) =
        tasks.join_all().await.into_iter().partition(|r| matches!(r, Redemption::Redeemed { .. }));
    assert_eq!(
        won,
        [Redemption::Redeemed { grant_id: "g".into(), client_id: "c".into(), doc: "doc".into() }]
    );
    assert!(lost.iter().all(|r| *r == Redemption::AlreadyUsed { grant_id: "g".into() }), "{lost:?}");
}

pub(crate) async fn one_of_many_rotates_a_refresh_token_and_the_rest_get_its_successor(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_grant(&grant("g")).await.unwrap();
    let first =
        NewRefreshToken { token: "old", grant_id: "g", client_id: "c", doc: &1, expires_at: NOW + 60_000 };
    assert!(w.insert_refresh_token(&first).await.unwrap());
    let mut tasks = JoinSet::new();
    for i in 0..20 {
        let store = store.clone();
        tasks.spawn(async move {
            let new = format!("new {i}");
            let request = RotationRequest {
                old: "old",
                new: &new,
                doc: &i,
                expires_at: NOW + 90_000,
                grace: 10_000,
                now: NOW + 1,
            };
            (new.clone(), store.workspace("t", "w").rotate_refresh_token(&request).await.unwrap())
        });
    }
    let results = tasks.join_all().await;
    let winners: Vec<_> = results.iter().filter(|(_, r)| *r == Rotation::Rotated).collect();
    let [(winner, _)] = winners.as_slice() else { panic!("{results:?}") };
    for (_, result) in results.iter().filter(|(new, _)| new != winner) {
        let Rotation::Grace { successor } = result else { panic!("{result:?}") };
        assert_eq!(successor.reveal(), winner);
    }
    let live = w.find_refresh_token::<i32>(winner, NOW + 2).await.unwrap().unwrap();
    assert_eq!((live.generation, live.grant_id.as_str()), (1, "g"));
    assert_eq!(w.find_refresh_token::<i32>("old", NOW + 2).await.unwrap(), None);
}

pub(crate) async fn of_many_updates_of_one_version_one_is_kept(store: Store) {
    store.workspace("t", "w").insert(client("c"), NOW).await.unwrap();
    let mut tasks = JoinSet::new();
    for i in 0..20 {
        let store = store.clone();
        tasks.spawn(async move {
            let entity = Client { description: Some(format!("by {i}")), ..client("c") };
            store.workspace("t", "w").update(entity, Some(1), NOW).await
        });
    }
    let (kept, refused): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(kept.len(), 1, "{refused:?}");
    assert!(refused.iter().all(|r| *r == Err(StoreError::PreconditionFailed { found: 2 })), "{refused:?}");
    let found = store.workspace("t", "w").load::<Client>("c").await.unwrap();
    assert_eq!(Ok(&found), kept[0].as_ref());
}

pub(crate) async fn of_many_uses_of_a_value_one_is_the_first(store: Store) {
    let mut tasks = JoinSet::new();
    for _ in 0..40 {
        let store = store.clone();
        tasks.spawn(async move {
            store.workspace("t", "w").consume_once("dpop", "value", NOW + 1000, NOW).await.unwrap()
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|first| *first).count(), 1);
}

pub(crate) async fn one_of_many_takes_an_authorize_session(store: Store) {
    let new = NewAuthorizeSession { id: "id", browser: "b", doc: &1, expires_at: NOW + 1000 };
    store.workspace("t", "w").insert_authorize_session(&new).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        tasks.spawn(async move {
            let key = AuthorizeSessionKey { id: "id", browser: "b" };
            store.workspace("t", "w").take_authorize_session::<i32>(key, NOW).await.unwrap()
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().flatten().count(), 1);
}

pub(crate) async fn one_of_many_rotations_of_a_key_follows_another(store: Store) {
    let public_jwk = json!({});
    let new = |kid| NewKey {
        kid,
        key_use: KeyUse::Sig,
        alg: "ES256",
        public_jwk: &public_jwk,
        private_pkcs8: b"private",
    };
    store.workspace("t", "w").insert_key(&new("first"), KeyState::Current, NOW).await.unwrap();
    store.workspace("t", "w").insert_key(&new("second"), KeyState::Next, NOW).await.unwrap();
    let mut tasks = JoinSet::new();
    for i in 0..10 {
        let store = store.clone();
        tasks.spawn(async move {
            let (kid, public_jwk) = (format!("new {i}"), json!({}));
            let key = NewKey {
                kid: &kid,
                key_use: KeyUse::Sig,
                alg: "ES256",
                public_jwk: &public_jwk,
                private_pkcs8: b"private",
            };
            store.workspace("t", "w").rotate_keys(&key, NOW).await
        });
    }
    let rotated = tasks.join_all().await.into_iter().filter(Result::is_ok).count();
    let keys = store.workspace("t", "w").list_keys().await.unwrap();
    let of = |state| keys.iter().filter(|key| key.state == state).count();
    assert!(rotated >= 1);
    assert_eq!((of(KeyState::Current), of(KeyState::Next), of(KeyState::Rotated)), (1, 1, rotated));
}

pub(crate) async fn writers_of_different_rows_all_succeed(store: Store) {
    let before = store.config_version().await.unwrap();
    let mut tasks = JoinSet::new();
    for i in 0..60 {
        let store = store.clone();
        tasks.spawn(async move {
            store.workspace("t", "w").insert(client(&format!("c{}", i / 2)), NOW).await.map(drop)
        });
    }
    // Each id came twice: one of each pair is refused, and takes nobody else's write with it.
    let (kept, refused): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((kept.len(), refused.len()), (30, 30), "{refused:?}");
    assert!(refused.iter().all(|r| matches!(r, Err(StoreError::Conflict { .. }))), "{refused:?}");
    assert_eq!(store.config_version().await.unwrap(), before + 30);
}
