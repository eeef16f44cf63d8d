//! A code for tokens.

use symbolon_store::{AccessToken, NewCode, NewGrant, NewRefreshToken, Store};
use tokio::task::JoinSet;

use crate::backend::NOW;

const LATER: i64 = NOW + 60_000;

async fn store_code(store: &Store) {
    let grant = NewGrant {
        id: "g",
        client_id: "c",
        subject: Some("alice"),
        doc: &"grant",
        created_at: NOW,
        expires_at: LATER,
    };
    let code = NewCode { code: "code", doc: &"doc", expires_at: LATER };
    store.workspace("t", "w").insert_code(&code, &grant).await.unwrap();
}

async fn spend(store: &Store, i: usize) -> bool {
    let (refresh, access) = (format!("refresh {i}"), format!("access {i}"));
    let refresh = NewRefreshToken {
        token: &refresh,
        grant_id: "g",
        client_id: "c",
        doc: &"r",
        expires_at: LATER + 1000,
    };
    let record =
        AccessToken { grant_id: Some("g".into()), client_id: "c".into(), doc: "a", expires_at: LATER };
    let w = store.workspace("t", "w");
    w.spend_code("code", NOW, Some(&refresh), Some((&access, &record))).await.unwrap()
}

pub(crate) async fn one_of_many_gets_tokens_for_a_code(store: Store) {
    store_code(&store).await;
    let mut tasks = JoinSet::new();
    for i in 0..40 {
        let store = store.clone();
        tasks.spawn(async move { (i, spend(&store, i).await) });
    }
    let won: Vec<_> = tasks.join_all().await.into_iter().filter(|(_, won)| *won).map(|(i, _)| i).collect();
    let [winner] = won.as_slice() else { panic!("{won:?}") };
    let w = store.workspace("t", "w");
    for i in 0..40 {
        let refresh = w.find_refresh_token::<String>(&format!("refresh {i}"), NOW).await.unwrap();
        let access = w.find_access_token::<String>(&format!("access {i}"), NOW).await.unwrap();
        assert_eq!((refresh.is_some(), access.is_some()), (i == *winner, i == *winner), "{i}");
    }
    let found = w.find_code_with_grant::<String, String>("code").await.unwrap().unwrap();
    let grant = found.grant.unwrap();
    assert_eq!((found.consumed_at, found.doc.as_str(), grant.doc.as_str()), (Some(NOW), "doc", "grant"));
    assert_eq!(grant.expires_at, LATER + 1000, "the refresh token prolongs the grant");
}

pub(crate) async fn a_code_of_a_revoked_grant_gets_nothing(store: Store) {
    store_code(&store).await;
    let w = store.workspace("t", "w");
    assert!(w.revoke_grant("g", NOW).await.unwrap());
    assert!(!spend(&store, 0).await);
    assert_eq!(w.find_access_token::<String>("access 0", NOW).await.unwrap(), None);
    let found = w.find_code_with_grant::<String, String>("code").await.unwrap().unwrap();
    assert_eq!(found.consumed_at, None);
    assert_eq!(found.grant.unwrap().revoked_at, Some(NOW));
    assert_eq!(
        store.workspace("t", "other").find_code_with_grant::<String, String>("code").await.unwrap(),
        None
    );
}

pub(crate) async fn a_grant_begins_with_its_tokens_or_not_at_all(store: Store) {
    let w = store.workspace("t", "w");
    let grant = NewGrant {
        id: "g",
        client_id: "c",
        subject: Some("alice"),
        doc: &"grant",
        created_at: NOW,
        expires_at: LATER,
    };
    let refresh =
        NewRefreshToken { token: "r", grant_id: "g", client_id: "c", doc: &"r", expires_at: LATER + 1000 };
    let record =
        AccessToken { grant_id: Some("g".into()), client_id: "c".into(), doc: "a", expires_at: LATER };
    w.begin_grant(&grant, Some(&refresh), Some(("a", &record))).await.unwrap();
    let found = w.find_grant::<String>("g").await.unwrap().unwrap();
    assert_eq!((found.doc.as_str(), found.expires_at), ("grant", LATER + 1000));
    assert!(w.find_refresh_token::<String>("r", NOW).await.unwrap().is_some());
    assert!(w.find_access_token::<String>("a", NOW).await.unwrap().is_some());
    // The same refresh token again: neither the second grant nor its access token is there.
    let second = NewGrant { id: "h", ..grant };
    let refresh = NewRefreshToken { grant_id: "h", ..refresh };
    assert!(w.begin_grant(&second, Some(&refresh), Some(("b", &record))).await.is_err());
    assert_eq!(w.find_grant::<String>("h").await.unwrap(), None);
    assert_eq!(w.find_access_token::<String>("b", NOW).await.unwrap(), None);
}
