//! What has expired goes, and nothing else.

use symbolon_store::entity::Client;
use symbolon_store::{
    AccessToken, NewAuthorizeSession, NewCode, NewLogoutNotice, NewPushedRequest, NewRefreshToken,
    NewSession, Redemption, Store,
};

use crate::backend::{NOW, client};
use crate::decoupled_requests;
use crate::runtime::grant;

/// One row in each table, all good until `NOW + 1000`.
async fn fill(store: &Store, id: &str) {
    let w = store.workspace("t", "w");
    let until = NOW + 1000;
    let session =
        NewSession { id, subject: "alice", doc: &0, auth_time: NOW, idle_until: until, ends_at: until };
    w.insert_session(&session).await.unwrap();
    let request = NewAuthorizeSession { id, browser: "b", doc: &0, expires_at: until };
    w.insert_authorize_session(&request).await.unwrap();
    let pushed = NewPushedRequest { id, client_id: "c", doc: &0, expires_at: until };
    w.insert_pushed_request(&pushed).await.unwrap();
    w.insert_code(&NewCode { code: id, doc: &0, expires_at: until }, &grant(id)).await.unwrap();
    let token = NewRefreshToken { token: id, grant_id: id, client_id: "c", doc: &0, expires_at: until };
    assert!(w.insert_refresh_token(&token).await.unwrap());
    let token = AccessToken { grant_id: None, client_id: "c".into(), doc: 0, expires_at: until };
    w.insert_access_token(id, &token).await.unwrap();
    w.revoke_token(id, until).await.unwrap();
    assert!(w.consume_once("kind", id, until, NOW).await.unwrap());
    if w.find::<Client>("c").await.unwrap().is_none() {
        w.insert(client("c"), NOW).await.unwrap();
    }
    w.allow_details("alice", "c", &[id.to_owned()], until).await.unwrap();
    w.insert_decoupled_request(&decoupled_requests::request(id, until)).await.unwrap();
    let notice = NewLogoutNotice { id, client_id: "c", doc: &0, due_at: NOW, expires_at: until };
    w.end_user("nobody", &[notice], NOW).await.unwrap();
}

async fn counts(store: &Store) -> Vec<(&'static str, i64)> {
    let live = |table| {
        !["tenants", "workspaces", "clients", "registrations", "accounts", "scope_grants"].contains(&table)
    };
    store.row_counts().await.unwrap().into_iter().filter(|(table, _)| live(table)).collect()
}

pub(crate) async fn a_sweep_takes_what_has_expired(store: Store) {
    fill(&store, "1").await;
    assert_eq!(counts(&store).await.len(), 12);
    let early = store.sweep(NOW + 999, 100).await.unwrap();
    assert!(!early.more && early.deleted.iter().all(|(_, rows)| *rows == 0), "{early:?}");
    assert!(counts(&store).await.iter().all(|(_, rows)| *rows == 1));
    let swept = store.sweep(NOW + 1000, 100).await.unwrap();
    for (table, rows) in swept.deleted {
        let kept = ["codes", "decoupled_requests", "grants", "clients", "pushed_requests"].contains(&table);
        assert_eq!(rows, u64::from(!kept), "{table}");
    }
    // A used code is known as such for some minutes.
    let known = store.workspace("t", "w").redeem_code::<i32>("1", NOW + 1000).await.unwrap();
    assert_eq!(known, Redemption::Expired);
    store.sweep(NOW + 1000 + 10 * 60 * 1000, 100).await.unwrap();
    // A grant as long as an access token issued last, a pushed request as long as somebody may be answering it.
    let kept = |table| ["grants", "pushed_requests"].contains(&table);
    assert!(counts(&store).await.iter().all(|(table, rows)| *rows == i64::from(kept(*table))));
    store.sweep(NOW + 1000 + 24 * 60 * 60 * 1000, 100).await.unwrap();
    assert!(counts(&store).await.iter().all(|(_, rows)| *rows == 0));
}

pub(crate) async fn a_sweep_goes_in_small_batches(store: Store) {
    for i in 0..5 {
        fill(&store, &i.to_string()).await;
    }
    let later = NOW + 2 * 24 * 3_600_000;
    let mut sweeps = 0;
    loop {
        let report = store.sweep(later, 2).await.unwrap();
        assert!(report.deleted.iter().all(|(_, rows)| *rows <= 2), "{report:?}");
        sweeps += 1;
        if !report.more {
            break;
        }
    }
    assert_eq!(sweeps, 3);
    assert!(counts(&store).await.iter().all(|(_, rows)| *rows == 0));
}
