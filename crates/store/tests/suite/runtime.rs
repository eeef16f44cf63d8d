//! What expires.

use std::time::Duration;

use symbolon_store::{
    AccessToken, AuthorizeSessionKey, NewAuthorizeSession, NewCode, NewGrant, NewPushedRequest,
    NewRefreshToken, NewSession, PushedRequest, Redemption, Rotation, RotationRequest, Store, StoreError,
};
use tokio::task::JoinSet;

use crate::backend::{NOW, client};

pub(crate) fn grant(id: &str) -> NewGrant<'_, u8> {
    NewGrant { id, client_id: "c", subject: Some("alice"), doc: &0, created_at: NOW, expires_at: NOW + 1000 }
}

fn session<'a>(id: &'a str, subject: &'a str) -> NewSession<'a, &'static str> {
    let (idle_until, ends_at) = (NOW + 1000, NOW + 5000);
    NewSession { id, subject, doc: &"pwd", auth_time: NOW, idle_until, ends_at }
}

pub(crate) async fn a_session_ends(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_session(&session("cookie", "alice")).await.unwrap();
    assert!(w.find_session::<String>("cookie", NOW + 999).await.unwrap().is_some());
    assert!(w.find_session::<String>("cookie", NOW + 1000).await.unwrap().is_none());
    assert!(w.touch_session("cookie", NOW + 9000, NOW + 999).await.unwrap());
    let touched = w.find_session::<String>("cookie", NOW + 4999).await.unwrap().unwrap();
    assert_eq!((touched.last_used_at, touched.idle_until), (NOW + 999, NOW + 5000));
    assert!(w.find_session::<String>("cookie", NOW + 5000).await.unwrap().is_none());
    assert!(!w.touch_session("cookie", NOW + 9000, NOW + 5000).await.unwrap());
}

pub(crate) async fn sessions_are_listed_changed_and_ended(store: Store) {
    let w = store.workspace("t", "w");
    for (id, subject) in [("1", "alice"), ("2", "alice"), ("3", "bob")] {
        w.insert_session(&session(id, subject)).await.unwrap();
    }
    assert!(w.touch_session("2", NOW + 2000, NOW + 1).await.unwrap());
    assert!(w.update_session("1", &"pwd otp", NOW + 2, NOW + 2).await.unwrap());
    let list = w.list_sessions::<String>("alice", NOW + 3).await.unwrap();
    let seen: Vec<_> = list.iter().map(|s| (s.doc.as_str(), s.auth_time, s.last_used_at)).collect();
    assert_eq!(seen, [("pwd otp", NOW + 2, NOW + 2), ("pwd", NOW, NOW + 1)]);
    assert!(w.delete_session("1").await.unwrap());
    assert!(!w.delete_session("1").await.unwrap());
    assert_eq!(w.delete_sessions_of_user("alice").await.unwrap(), 1);
    assert!(w.find_session::<String>("3", NOW).await.unwrap().is_some());
    let taken = w.insert_session(&session("3", "mallory")).await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })), "{taken:?}");
}

pub(crate) async fn an_authorize_session_belongs_to_one_browser(store: Store) {
    let w = store.workspace("t", "w");
    let new = NewAuthorizeSession { id: "id", browser: "cookie", doc: &"login", expires_at: NOW + 1000 };
    w.insert_authorize_session(&new).await.unwrap();
    let key = AuthorizeSessionKey { id: "id", browser: "cookie" };
    for (id, browser, now) in [("id", "other", NOW), ("other", "cookie", NOW), ("id", "cookie", NOW + 1000)] {
        assert_eq!(w.find_authorize_session::<String>(id, browser, now).await.unwrap(), None);
        let key = AuthorizeSessionKey { id, browser };
        assert_eq!(w.take_authorize_session::<String>(key, now).await.unwrap(), None);
    }
    let found = w.find_authorize_session::<String>("id", "cookie", NOW).await.unwrap().unwrap();
    assert_eq!((found.doc.as_str(), found.version, found.expires_at), ("login", 1, NOW + 1000));
    assert_eq!(w.update_authorize_session("id", &"consent", 1, NOW).await.unwrap(), 2);
    let late = w.update_authorize_session("id", &"login", 1, NOW).await;
    assert_eq!(late, Err(StoreError::PreconditionFailed { found: 2 }));
    let taken = w.take_authorize_session::<String>(key, NOW).await.unwrap().unwrap();
    assert_eq!(taken.doc, "consent");
    assert_eq!(w.take_authorize_session::<String>(key, NOW).await.unwrap(), None);
    let gone = w.update_authorize_session("id", &"login", 2, NOW).await;
    assert_eq!(gone, Err(StoreError::NotFound("authorize session")));
}

pub(crate) async fn a_code_is_issued_once_for_a_request(store: Store) {
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    let new = NewAuthorizeSession { id: "id", browser: "cookie", doc: &"", expires_at: NOW + 1000 };
    w.insert_authorize_session(&new).await.unwrap();
    let key = Some(AuthorizeSessionKey { id: "id", browser: "cookie" });
    let code = NewCode { code: "code", doc: &7, expires_at: NOW + 1000 };
    w.issue_code(key, &code, &grant("g"), &["openid", "read"]).await.unwrap();
    let second = NewCode { code: "second", doc: &7, expires_at: NOW + 1000 };
    let refused = w.issue_code(key, &second, &grant("h"), &["write"]).await;
    assert_eq!(refused, Err(StoreError::NotFound("authorize session")));
    assert_eq!(w.find_grant::<u8>("h").await.unwrap(), None);
    assert_eq!(w.redeem_code::<i32>("second", NOW).await.unwrap(), Redemption::NotFound);
    let scopes = w.list_scope_grants("alice", "c").await.unwrap();
    assert_eq!(scopes.iter().map(|s| s.scope.as_str()).collect::<Vec<_>>(), ["openid", "read"]);
}

pub(crate) async fn a_code_is_good_for_one_redemption(store: Store) {
    let w = store.workspace("t", "w");
    let new = |code| NewCode { code, doc: &7, expires_at: NOW + 500 };
    for id in ["one", "late", "revoked"] {
        w.insert_code(&new(id), &grant(id)).await.unwrap();
    }
    assert_eq!(w.find_code::<i32>("one", NOW).await.unwrap(), Some(("c".into(), 7)));
    assert_eq!(w.find_code::<i32>("one", NOW + 500).await.unwrap(), None);
    let redeemed = Redemption::Redeemed { grant_id: "one".into(), client_id: "c".into(), doc: 7 };
    assert_eq!(w.redeem_code("one", NOW + 499).await.unwrap(), redeemed);
    let used = Redemption::AlreadyUsed { grant_id: "one".into() };
    assert_eq!(w.redeem_code::<i32>("one", NOW + 499).await.unwrap(), used);
    assert_eq!(w.redeem_code::<i32>("one", NOW + 5000).await.unwrap(), used, "known after its time, too");
    assert_eq!(w.find_code::<i32>("one", NOW).await.unwrap(), None);
    assert_eq!(w.redeem_code::<i32>("late", NOW + 500).await.unwrap(), Redemption::Expired);
    assert!(w.revoke_grant("revoked", NOW).await.unwrap());
    assert_eq!(w.redeem_code::<i32>("revoked", NOW).await.unwrap(), Redemption::Revoked);
    assert_eq!(w.redeem_code::<i32>("none", NOW).await.unwrap(), Redemption::NotFound);
}

async fn issue_refresh_token(store: &Store, token: &str, grant_id: &str) -> bool {
    let new = NewRefreshToken { token, grant_id, client_id: "c", doc: &"first", expires_at: NOW + 10_000 };
    store.workspace("t", "w").insert_refresh_token(&new).await.unwrap()
}

async fn rotate(store: &Store, old: &str, new: &str, now: i64) -> Rotation {
    let request = RotationRequest { old, new, doc: &"next", expires_at: NOW + 20_000, grace: 1000, now };
    store.workspace("t", "w").rotate_refresh_token(&request).await.unwrap()
}

pub(crate) async fn a_refresh_token_is_rotated_with_a_grace(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_grant(&grant("g")).await.unwrap();
    assert!(issue_refresh_token(&store, "a", "g").await);
    assert_eq!(w.find_grant::<u8>("g").await.unwrap().unwrap().expires_at, NOW + 10_000, "lives as long");
    assert_eq!(rotate(&store, "a", "b", NOW).await, Rotation::Rotated);
    assert_eq!(w.find_grant::<u8>("g").await.unwrap().unwrap().expires_at, NOW + 20_000);
    let b = w.find_refresh_token::<String>("b", NOW).await.unwrap().unwrap();
    assert_eq!((b.doc.as_str(), b.generation, b.client_id.as_str()), ("next", 1, "c"));
    assert_eq!(w.find_refresh_token::<String>("a", NOW).await.unwrap(), None);
    assert_eq!(w.find_any_refresh_token::<String>("a").await.unwrap().unwrap().doc, "first");
    // The answer was lost: the same one again, until the grace is over.
    let Rotation::Grace { successor } = rotate(&store, "a", "c", NOW + 1000).await else { panic!() };
    assert_eq!(successor.reveal(), "b");
    assert_eq!(w.find_refresh_token::<String>("c", NOW).await.unwrap(), None);
    let reused = Rotation::Reused { grant_id: "g".into() };
    assert_eq!(rotate(&store, "a", "c", NOW + 1001).await, reused);
    // A successor in use has arrived: nobody else may have it.
    assert_eq!(rotate(&store, "b", "d", NOW + 1001).await, Rotation::Rotated);
    assert_eq!(rotate(&store, "a", "c", NOW + 2).await, reused);
    assert_eq!(rotate(&store, "none", "e", NOW).await, Rotation::NotFound);
    assert_eq!(rotate(&store, "d", "e", NOW + 20_000).await, Rotation::Expired);
}

pub(crate) async fn a_revoked_grant_ends_everything_issued_from_it(store: Store) {
    let w = store.workspace("t", "w");
    for id in ["g", "other"] {
        w.insert_grant(&grant(id)).await.unwrap();
        let token =
            AccessToken { grant_id: Some(id.into()), client_id: "c".into(), doc: 1, expires_at: NOW + 1000 };
        w.insert_access_token(&format!("access {id}"), &token).await.unwrap();
    }
    assert!(issue_refresh_token(&store, "a", "g").await);
    assert_eq!(rotate(&store, "a", "b", NOW).await, Rotation::Rotated);
    assert!(w.revoke_grant("g", NOW + 5).await.unwrap());
    assert!(!w.revoke_grant("g", NOW + 6).await.unwrap(), "once");
    assert!(!w.revoke_grant("none", NOW).await.unwrap());
    assert_eq!(w.find_grant::<u8>("g").await.unwrap().unwrap().revoked_at, Some(NOW + 5));
    for token in ["a", "b"] {
        assert_eq!(w.find_refresh_token::<String>(token, NOW).await.unwrap(), None);
        assert_eq!(rotate(&store, token, "c", NOW + 7).await, Rotation::Revoked);
    }
    assert_eq!(w.find_access_token::<i32>("access g", NOW).await.unwrap(), None);
    assert!(w.find_access_token::<i32>("access other", NOW).await.unwrap().is_some());
    // What was on its way when the grant was revoked is refused.
    assert!(!issue_refresh_token(&store, "d", "g").await);
    assert!(!issue_refresh_token(&store, "d", "none").await);
    assert_eq!(w.find_any_refresh_token::<String>("d").await.unwrap(), None);
}

pub(crate) async fn grants_are_listed_and_revoked_by_user_and_client(store: Store) {
    let w = store.workspace("t", "w");
    for (id, client_id, subject, age) in
        [("1", "c", "alice", 0), ("2", "d", "alice", 1), ("3", "d", "bob", 2), ("4", "d", "carol", 3)]
    {
        let new = NewGrant { client_id, subject: Some(subject), created_at: NOW + age, ..grant(id) };
        w.insert_grant(&new).await.unwrap();
    }
    let machine = AccessToken { grant_id: None, client_id: "d".into(), doc: 1, expires_at: NOW + 1000 };
    w.insert_access_token("machine", &machine).await.unwrap();
    let ids = async |subject: &str, now| {
        let list = w.list_grants::<u8>(subject, now).await.unwrap();
        list.into_iter().map(|grant| grant.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("alice", NOW).await, ["2", "1"]);
    assert!(ids("alice", NOW + 1000).await.is_empty());
    assert_eq!(w.revoke_grants_of_user("alice", NOW).await.unwrap(), 2);
    assert!(ids("alice", NOW).await.is_empty());
    assert_eq!(w.revoke_grants_of_client("d", NOW).await.unwrap(), 2, "one was revoked before");
    assert!(ids("bob", NOW).await.is_empty());
    assert_eq!(w.find_access_token::<i32>("machine", NOW).await.unwrap(), None);
}

pub(crate) async fn an_opaque_token_ends(store: Store) {
    let w = store.workspace("t", "w");
    let token = AccessToken { grant_id: None, client_id: "c".into(), doc: 1, expires_at: NOW + 1000 };
    w.insert_access_token("a", &token).await.unwrap();
    assert_eq!(w.find_access_token("a", NOW + 999).await.unwrap(), Some(token));
    assert_eq!(w.find_access_token::<i32>("a", NOW + 1000).await.unwrap(), None);
    assert!(w.delete_access_token("a").await.unwrap());
    assert!(!w.delete_access_token("a").await.unwrap());
    assert_eq!(w.find_access_token::<i32>("a", NOW).await.unwrap(), None);
}

pub(crate) async fn a_revoked_token_stays_revoked(store: Store) {
    let w = store.workspace("t", "w");
    assert!(!w.is_token_revoked("jti").await.unwrap());
    w.revoke_token("jti", NOW + 1000).await.unwrap();
    w.revoke_token("jti", NOW + 1000).await.unwrap();
    assert!(w.is_token_revoked("jti").await.unwrap());
}

pub(crate) async fn a_value_is_used_once_until_it_expires(store: Store) {
    let w = store.workspace("t", "w");
    assert!(w.consume_once("dpop", "v", NOW + 1000, NOW).await.unwrap());
    assert!(!w.consume_once("dpop", "v", NOW + 2000, NOW + 999).await.unwrap());
    assert!(w.consume_once("assertion", "v", NOW + 1000, NOW).await.unwrap(), "another kind");
    assert!(
        w.consume_once("dpop", "v", NOW + 3000, NOW + 1000).await.unwrap(),
        "forgotten, though not swept"
    );
    assert!(!w.consume_once("dpop", "v", NOW + 3000, NOW + 2999).await.unwrap());
}

pub(crate) async fn a_pushed_request_is_answered_once(store: Store) {
    let w = store.workspace("t", "w");
    for id in ["p", "q"] {
        let new = NewPushedRequest { id, client_id: "c", doc: &"asked", expires_at: NOW + 1000 };
        w.insert_pushed_request(&new).await.unwrap();
    }
    let found = PushedRequest { client_id: "c".to_owned(), doc: "asked".to_owned() };
    for _ in 0..2 {
        assert_eq!(w.find_pushed_request::<String>("p", NOW + 999).await.unwrap().as_ref(), Some(&found));
    }
    assert_eq!(w.find_pushed_request::<String>("none", NOW).await.unwrap(), None);
    assert!(w.spend_pushed_request("p", NOW).await.unwrap());
    assert!(!w.spend_pushed_request("p", NOW).await.unwrap(), "once");
    assert_eq!(w.find_pushed_request::<String>("p", NOW).await.unwrap(), None);
    // Begun in time, answered later.
    assert_eq!(w.find_pushed_request::<String>("q", NOW + 1000).await.unwrap(), None);
    assert!(w.spend_pushed_request("q", NOW + 5000).await.unwrap());
    assert!(!w.spend_pushed_request("none", NOW).await.unwrap());
}

pub(crate) async fn consent_is_remembered_listed_and_revoked(store: Store) {
    let w = store.workspace("t", "w");
    for id in ["c", "d"] {
        w.insert(client(id), NOW).await.unwrap();
        w.grant_scopes("alice", id, &["read", "openid"], NOW).await.unwrap();
    }
    w.grant_scopes("alice", "c", &["read"], NOW + 5).await.unwrap();
    w.grant_scopes("bob", "c", &[], NOW).await.unwrap();
    let list = w.list_scope_grants("alice", "c").await.unwrap();
    let seen: Vec<_> = list.iter().map(|g| (g.scope.as_str(), g.granted_at)).collect();
    assert_eq!(seen, [("openid", NOW), ("read", NOW + 5)]);
    assert_eq!(w.list_scope_grants_of_user("alice").await.unwrap().len(), 4);
    assert_eq!(w.revoke_scope_grants("alice", "c", Some("read")).await.unwrap(), 1);
    assert_eq!(w.revoke_scope_grants("alice", "c", None).await.unwrap(), 1);
    assert_eq!(w.revoke_scope_grants_of_client("d").await.unwrap(), 2);
    assert_eq!(w.list_scope_grants_of_user("alice").await.unwrap(), []);
}

pub(crate) async fn a_caller_that_goes_away_leaves_nothing_half_done(store: Store) {
    let mut tasks = JoinSet::new();
    for i in 0..60_u64 {
        let store = store.clone();
        tasks.spawn(async move {
            let id = format!("g{i}");
            let code = NewCode { code: &id, doc: &7, expires_at: NOW + 500 };
            let (w, grant) = (store.workspace("t", "w"), grant(&id));
            let insertion = w.insert_code(&code, &grant);
            let _ = tokio::time::timeout(Duration::from_micros(i * 40), insertion).await;
        });
    }
    tasks.join_all().await;
    // Whatever was begun is done by then, for the queue is in order and the pool is shared.
    let w = store.workspace("t", "w");
    w.insert_code(&NewCode { code: "last", doc: &7, expires_at: NOW + 500 }, &grant("last")).await.unwrap();
    for i in 0..60 {
        let id = format!("g{i}");
        // One that is still under way may be kept between the two questions.
        let is_whole = async || {
            let code = w.find_code::<i32>(&id, NOW).await.unwrap();
            code.is_some() == w.find_grant::<u8>(&id).await.unwrap().is_some()
        };
        assert!(is_whole().await || is_whole().await, "{i}");
    }
}

pub(crate) async fn allowed_details_are_remembered_until_their_end_or_taken_back(store: Store) {
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    w.insert(client("other"), NOW).await.unwrap();
    let (one, two) = (r#"{"type":"a"}"#.to_owned(), r#"{"type":"b"}"#.to_owned());
    let asked = [two.clone(), one.clone(), one.clone()];
    assert_eq!(w.are_details_allowed("alice", "c", &asked, NOW).await.unwrap(), [false; 3]);
    assert_eq!(w.are_details_allowed("alice", "c", &[], NOW).await.unwrap(), [] as [bool; 0]);
    w.allow_details("alice", "c", std::slice::from_ref(&one), NOW + 1000).await.unwrap();
    let allowed = async |subject: &str, client: &str, now| {
        w.are_details_allowed(subject, client, &asked, now).await.unwrap()
    };
    assert_eq!(allowed("alice", "c", NOW + 999).await, [false, true, true]);
    assert_eq!(allowed("alice", "c", NOW + 1000).await, [false; 3], "it has ended");
    assert_eq!(allowed("bob", "c", NOW).await, [false; 3]);
    assert_eq!(allowed("alice", "other", NOW).await, [false; 3]);
    w.allow_details("alice", "c", &[one.clone(), two], NOW + 2000).await.unwrap();
    assert_eq!(allowed("alice", "c", NOW + 1999).await, [true; 3], "prolonged by another consent");
    // Another scope taken back says nothing of details; all taken back, or the client's, does.
    w.revoke_scope_grants("alice", "c", Some("read")).await.unwrap();
    assert_eq!(allowed("alice", "c", NOW).await, [true; 3]);
    w.revoke_scope_grants("alice", "c", None).await.unwrap();
    assert_eq!(allowed("alice", "c", NOW).await, [false; 3]);
    w.allow_details("alice", "c", std::slice::from_ref(&one), NOW + 2000).await.unwrap();
    w.revoke_scope_grants_of_client("c").await.unwrap();
    assert_eq!(allowed("alice", "c", NOW).await, [false; 3]);
    let refused = w.allow_details("alice", "none", &[one], NOW + 2000).await;
    assert_eq!(refused.unwrap_err(), StoreError::MissingParent);
}
