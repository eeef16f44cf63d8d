//! Many at once.

use symbolon_store::{NewCode, NewGrant, NewRefreshToken, Redemption, Rotation, RotationRequest, Store};
use tokio::task::JoinSet;

use crate::backend::NOW;

fn grant(id: &str) -> NewGrant<'_, u8> {
    NewGrant {
        id,
        client_id: "c",
        subject: Some("alice"),
        doc: &0,
        created_at: NOW,
        expires_at: NOW + 60_000,
    }
}

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
