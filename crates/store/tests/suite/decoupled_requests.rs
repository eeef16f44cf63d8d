//! Requests that are answered elsewhere.

use symbolon_store::{
    AccessToken, Decision, DecoupledRequest, DecoupledState, DeliveredRequest, DueNotification,
    NewDecoupledRequest, NewRefreshToken, Store, StoreError, WaitingQuery,
};
use tokio::task::JoinSet;

use crate::backend::{NOW, client};
use crate::runtime::grant;

const LATER: i64 = NOW + 60_000;

type Found = DecoupledRequest<u8, u8>;

/// A request whose handle and user code are its id with a letter before it.
pub(crate) fn request(id: &str, expires_at: i64) -> NewDecoupledRequest<'_, u8> {
    NewDecoupledRequest {
        id,
        handle: id,
        kind: "device",
        client_id: "c",
        subject: Some("alice"),
        user_code: Some(id),
        doc: &0,
        sealed: None,
        created_at: NOW,
        notify_at: None,
        expires_at,
    }
}

fn decision(handle: &str) -> Decision<'_> {
    Decision { handle, now: NOW, notifies: false }
}

async fn state(store: &Store, id: &str) -> DecoupledState {
    let found: Found = store.workspace("t", "w").find_decoupled_request(id).await.unwrap().unwrap();
    found.state
}

pub(crate) async fn a_request_is_answered_once(store: Store) {
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    for id in ["yes", "no"] {
        w.insert_decoupled_request(&request(id, LATER)).await.unwrap();
    }
    assert!(w.approve_decoupled_request(decision("yes"), &grant("g"), &["email"]).await.unwrap());
    assert!(!w.deny_decoupled_request(decision("yes")).await.unwrap());
    assert!(!w.approve_decoupled_request(decision("yes"), &grant("g2"), &["phone"]).await.unwrap());
    let found: Found = w.find_decoupled_request("yes").await.unwrap().unwrap();
    assert_eq!((found.state, found.grant.unwrap().id.as_str()), (DecoupledState::Approved, "g"));
    let consents = w.list_scope_grants("alice", "c").await.unwrap();
    assert_eq!(consents.iter().map(|consent| consent.scope.as_str()).collect::<Vec<_>>(), ["email"]);
    assert!(w.find_grant::<u8>("g2").await.unwrap().is_none(), "the second answer leaves nothing");

    assert!(w.deny_decoupled_request(decision("no")).await.unwrap());
    assert!(!w.approve_decoupled_request(decision("no"), &grant("g3"), &[]).await.unwrap());
    assert_eq!(state(&store, "no").await, DecoupledState::Denied);
}

pub(crate) async fn a_request_ends(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_decoupled_request(&request("1", NOW + 1000)).await.unwrap();
    let late = Decision { now: NOW + 1000, ..decision("1") };
    assert!(!w.approve_decoupled_request(late, &grant("g"), &[]).await.unwrap());
    assert!(!w.deny_decoupled_request(late).await.unwrap());
    let by_code = async |now| w.find_decoupled_request_by_user_code::<u8, u8>("1", now).await.unwrap();
    assert!(by_code(NOW + 999).await.is_some());
    assert!(by_code(NOW + 1000).await.is_none());
    assert!(w.list_decoupled_requests::<u8, u8>("alice", NOW + 1000).await.unwrap().is_empty());
    // Approved in time, but fetched too late.
    assert!(w.approve_decoupled_request(decision("1"), &grant("g"), &[]).await.unwrap());
    let spent = w.spend_decoupled_request::<u8, u8>("1", NOW + 1000, None, None).await.unwrap();
    assert!(!spent);
}

pub(crate) async fn a_request_is_found_by_what_belongs_to_it(store: Store) {
    let w = store.workspace("t", "w");
    for id in ["1", "2"] {
        w.insert_decoupled_request(&request(id, LATER)).await.unwrap();
    }
    let bob = NewDecoupledRequest { subject: Some("bob"), ..request("3", LATER) };
    w.insert_decoupled_request(&bob).await.unwrap();
    let waiting = w.list_decoupled_requests::<u8, u8>("alice", NOW).await.unwrap();
    assert_eq!(waiting.iter().map(|found| found.handle.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    let count = async |client, subject, now| w.count_decoupled_requests(client, subject, now).await.unwrap();
    assert_eq!(count("c", "alice", NOW).await, 2);
    assert_eq!((count("c", "bob", NOW).await, count("other", "alice", NOW).await), (1, 0));
    assert_eq!(count("c", "alice", LATER).await, 0, "they have ended");
    assert!(w.deny_decoupled_request(decision("1")).await.unwrap());
    assert_eq!(w.list_decoupled_requests::<u8, u8>("alice", NOW).await.unwrap().len(), 1);
    assert_eq!(count("c", "alice", NOW).await, 1);
    assert!(w.find_decoupled_request_by_user_code::<u8, u8>("1", NOW).await.unwrap().is_none());

    let tenant = store.tenant("t");
    let (workspace, found) = tenant.find_decoupled_request_by_handle::<u8, u8>("3").await.unwrap().unwrap();
    assert_eq!((workspace.as_str(), found.subject.as_deref()), ("w", Some("bob")));
    let elsewhere = store.tenant("other").find_decoupled_request_by_handle::<u8, u8>("3").await.unwrap();
    assert!(elsewhere.is_none());

    let other = store.workspace("t", "other");
    assert!(other.find_decoupled_request::<u8, u8>("3").await.unwrap().is_none());
    assert!(other.find_decoupled_request_by_user_code::<u8, u8>("3", NOW).await.unwrap().is_none());
    assert!(!other.deny_decoupled_request(decision("3")).await.unwrap());
    assert!(!other.approve_decoupled_request(decision("3"), &grant("g"), &[]).await.unwrap());
}

pub(crate) async fn a_user_code_is_taken_once(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_decoupled_request(&request("1", LATER)).await.unwrap();
    let same = NewDecoupledRequest { user_code: Some("1"), ..request("2", LATER) };
    let taken = w.insert_decoupled_request(&same).await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })), "{taken:?}");
    store.workspace("t", "other").insert_decoupled_request(&same).await.unwrap();
    for id in ["3", "4"] {
        let none = NewDecoupledRequest { user_code: None, ..request(id, LATER) };
        w.insert_decoupled_request(&none).await.unwrap();
    }
}

async fn spend(store: &Store, i: usize) -> bool {
    let (refresh, access) = (format!("refresh {i}"), format!("access {i}"));
    let refresh =
        NewRefreshToken { token: &refresh, grant_id: "g", client_id: "c", doc: &0u8, expires_at: LATER };
    let record =
        AccessToken { grant_id: Some("g".into()), client_id: "c".into(), doc: 0u8, expires_at: LATER };
    let w = store.workspace("t", "w");
    w.spend_decoupled_request("1", NOW, Some(&refresh), Some((&access, &record))).await.unwrap()
}

pub(crate) async fn one_of_many_gets_tokens_for_a_request(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_decoupled_request(&request("1", LATER)).await.unwrap();
    assert!(!spend(&store, 0).await, "nobody has answered");
    assert!(w.approve_decoupled_request(decision("1"), &grant("g"), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    for i in 0..20 {
        let store = store.clone();
        tasks.spawn(async move { (i, spend(&store, i).await) });
    }
    let won: Vec<_> = tasks.join_all().await.into_iter().filter(|(_, won)| *won).map(|(i, _)| i).collect();
    let [winner] = won.as_slice() else { panic!("{won:?}") };
    for i in 0..20 {
        let refresh = w.find_refresh_token::<u8>(&format!("refresh {i}"), NOW).await.unwrap();
        let access = w.find_access_token::<u8>(&format!("access {i}"), NOW).await.unwrap();
        assert_eq!((refresh.is_some(), access.is_some()), (i == *winner, i == *winner), "{i}");
    }
    assert_eq!(state(&store, "1").await, DecoupledState::Spent);
}

pub(crate) async fn a_request_of_a_revoked_grant_gets_nothing(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_decoupled_request(&request("1", LATER)).await.unwrap();
    assert!(w.approve_decoupled_request(decision("1"), &grant("g"), &[]).await.unwrap());
    assert!(w.revoke_grant("g", NOW).await.unwrap());
    assert!(!spend(&store, 0).await);
}

pub(crate) async fn a_notification_is_taken_by_one_worker_at_a_time(store: Store) {
    let w = store.workspace("t", "w");
    let new = NewDecoupledRequest { sealed: Some(b"token"), ..request("1", LATER) };
    w.insert_decoupled_request(&new).await.unwrap();
    assert!(!store.has_due_notifications(NOW).await.unwrap());
    let told = Decision { notifies: true, ..decision("1") };
    assert!(w.approve_decoupled_request(told, &grant("g"), &[]).await.unwrap());
    assert!(store.has_due_notifications(NOW).await.unwrap());

    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let store = store.clone();
        tasks.spawn(async move { store.take_due_notifications(NOW, NOW + 500, 10).await.unwrap() });
    }
    let taken: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let [due] = taken.as_slice() else { panic!("{} were taken", taken.len()) };
    assert_eq!((&*due.tenant_id, &*due.workspace_id, &*due.handle, due.attempts), ("t", "w", "1", 0));
    assert_eq!(due.sealed.as_ref().map(|sealed| sealed.as_slice()), Some(b"token".as_slice()));

    // The worker died: another takes over when its lease has ended.
    assert!(store.take_due_notifications(NOW + 499, NOW + 900, 10).await.unwrap().is_empty());
    let again = store.take_due_notifications(NOW + 500, NOW + 900, 10).await.unwrap();
    assert_eq!(again.iter().map(|due| due.attempts).collect::<Vec<_>>(), [1]);
    w.reschedule_notification("1", Some(NOW + 2000)).await.unwrap();
    assert!(!store.has_due_notifications(NOW + 1999).await.unwrap());
    assert!(store.has_due_notifications(NOW + 2000).await.unwrap());
    w.reschedule_notification("1", None).await.unwrap();
    assert!(!store.has_due_notifications(NOW + 60_000).await.unwrap());
}

pub(crate) async fn what_is_delivered_is_kept_until_it_is_and_issued_once(store: Store) {
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    let new = NewDecoupledRequest { sealed: Some(b"token"), ..request("1", LATER) };
    w.insert_decoupled_request(&new).await.unwrap();
    let told = Decision { notifies: true, ..decision("1") };
    let tokens = DeliveredRequest { id: "1", handle: "1", now: NOW, sealed: b"tokens" };
    let spend = async || w.spend_delivered_request::<u8, u8>(tokens, None, None).await.unwrap();
    assert!(!spend().await, "nobody has answered");
    assert!(w.approve_decoupled_request(told, &grant("g"), &[]).await.unwrap());
    assert_eq!(store.take_due_notifications(NOW, NOW + 500, 10).await.unwrap().len(), 1);
    assert!(spend().await);
    assert!(!spend().await, "spent");
    assert!(!w.spend_decoupled_request::<u8, u8>("1", NOW, None, None).await.unwrap(), "nor polled for");

    let due = store.take_due_notifications(NOW + 500, NOW + 900, 10).await.unwrap();
    let sealed = |due: &[DueNotification]| due[0].sealed.as_ref().map(|sealed| sealed.to_vec());
    assert_eq!(sealed(&due), Some(b"tokens".to_vec()), "who takes over sends the same");
    w.reschedule_notification("1", Some(NOW + 900)).await.unwrap();
    let due = store.take_due_notifications(NOW + 900, NOW + 950, 10).await.unwrap();
    assert_eq!(sealed(&due), Some(b"tokens".to_vec()));
    w.reschedule_notification("1", None).await.unwrap();
    assert!(!store.has_due_notifications(NOW + 60_000).await.unwrap());
}

pub(crate) async fn requests_that_wait_are_listed_in_pages(store: Store) {
    let (tenant, w) = (store.tenant("t"), store.workspace("t", "w"));
    w.insert(client("c"), NOW).await.unwrap();
    let made = |id, created_at| NewDecoupledRequest { kind: "ciba", created_at, ..request(id, LATER) };
    // Of the same time in the order of their handles.
    for (id, at) in [("3", NOW), ("1", NOW + 1), ("2", NOW + 1), ("4", NOW + 2)] {
        w.insert_decoupled_request(&made(id, at)).await.unwrap();
    }
    let bob = NewDecoupledRequest { subject: Some("bob"), ..made("5", NOW + 3) };
    store.workspace("t", "other").insert_decoupled_request(&bob).await.unwrap();
    w.insert_decoupled_request(&request("device", LATER)).await.unwrap();
    store.workspace("foreign", "w").insert_decoupled_request(&made("6", NOW)).await.unwrap();
    let all = WaitingQuery { kind: "ciba", workspace: None, subject: None, after: None, limit: 10, now: NOW };
    let list = async |query: WaitingQuery<'_>| {
        let found = tenant.list_waiting_requests::<u8, u8>(&query).await.unwrap();
        let names = found.iter().map(|(workspace, found)| format!("{workspace}{}", found.handle));
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(list(all).await, "w3 w1 w2 w4 other5");
    assert_eq!(list(WaitingQuery { limit: 2, ..all }).await, "w3 w1");
    assert_eq!(list(WaitingQuery { limit: 2, after: Some("1"), ..all }).await, "w2 w4");
    assert_eq!(list(WaitingQuery { after: Some("6"), ..all }).await, "", "that is another tenant's");
    assert_eq!(list(WaitingQuery { workspace: Some("other"), ..all }).await, "other5");
    let both = WaitingQuery { workspace: Some("w"), subject: Some("alice"), after: Some("3"), ..all };
    assert_eq!(list(both).await, "w1 w2 w4");
    assert!(w.deny_decoupled_request(decision("2")).await.unwrap());
    assert!(w.approve_decoupled_request(decision("4"), &grant("g"), &[]).await.unwrap());
    assert_eq!(list(WaitingQuery { after: Some("2"), ..all }).await, "other5", "they are answered");
    assert_eq!(list(WaitingQuery { now: LATER, ..all }).await, "", "they have ended");
}
