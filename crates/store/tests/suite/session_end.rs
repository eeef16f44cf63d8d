//! The end of sessions, and telling clients of it.

use serde_json::{Value, json};
use symbolon_store::entity::Client;
use symbolon_store::{
    NewGrant, NewLogoutNotice, NewSession, Session, SessionEnd, Store, Whose, WorkspaceStore,
};
use tokio::task::JoinSet;

use crate::backend::{NOW, client};

const LATER: i64 = NOW + 1000;

pub(crate) fn session<'a>(id: &'a str, subject: &'a str) -> NewSession<'a, &'static str> {
    NewSession { id, subject, doc: &"pwd", auth_time: NOW, idle_until: LATER, ends_at: LATER }
}

pub(crate) async fn grant(w: WorkspaceStore<'_>, id: &str, subject: &str, session_id: &str) {
    let doc = json!({"authentication": {"session_id": session_id}});
    let (created_at, expires_at) = (NOW, LATER);
    let new = NewGrant { id, client_id: "c", subject: Some(subject), doc: &doc, created_at, expires_at };
    w.insert_grant(&new).await.unwrap();
}

pub(crate) fn notice(id: &str) -> NewLogoutNotice<'_, &'static str> {
    NewLogoutNotice { id, client_id: "c", doc: &"told", due_at: NOW, expires_at: LATER }
}

pub(crate) async fn find(w: WorkspaceStore<'_>, id: &str) -> Option<Session<String>> {
    w.find_session::<String>(id, NOW).await.unwrap()
}

pub(crate) async fn is_revoked(w: WorkspaceStore<'_>, id: &str) -> bool {
    w.find_grant::<Value>(id).await.unwrap().unwrap().revoked_at.is_some()
}

/// The ids on a page of four.
async fn page(w: WorkspaceStore<'_>, whose: Whose<'_>, session_id: Option<&str>, after: &str) -> Vec<String> {
    let found = w.list_grants_after::<Value>(whose, session_id, after, 4).await.unwrap();
    found.into_iter().map(|grant| grant.id).collect()
}

async fn of_session(w: WorkspaceStore<'_>, subject: &str, session_id: &str) -> Vec<String> {
    page(w, Whose::User(subject), Some(session_id), "").await
}

pub(crate) async fn grants_are_read_in_pages_and_end_together(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_session(&session("1", "alice")).await.unwrap();
    let ids: Vec<String> = (100..350).map(|i| i.to_string()).collect();
    for id in ids.iter().rev() {
        grant(w, id, "alice", if id.ends_with('9') { "s2" } else { "s1" }).await;
    }
    let alice = Whose::User("alice");
    assert_eq!(page(w, alice, None, "").await, ["100", "101", "102", "103"]);
    assert_eq!(page(w, alice, Some("s1"), "107").await, ["108", "110", "111", "112"]);
    assert_eq!(page(w, alice, None, "347").await, ["348", "349"]);
    assert!(
        page(w, alice, None, "349").await.is_empty()
            && page(w, Whose::User("bob"), None, "").await.is_empty()
    );
    store.workspace("t", "v").revoke_grants(&ids, NOW).await.unwrap();
    let (now, later) = ids.split_at(2);
    w.revoke_grants(now, NOW).await.unwrap();
    w.revoke_grants(&[], NOW).await.unwrap();
    for (id, revoked) in [("100", true), ("101", true), ("102", false)] {
        assert_eq!(is_revoked(w, id).await, revoked, "{id}");
    }
    let key = find(w, "1").await.unwrap().key;
    let notices: [NewLogoutNotice<'_, &str>; 0] = [];
    let end = SessionEnd { session: &key, grants: &later[..247], notices: &notices, now: NOW + 1 };
    assert!(w.end_session(&end).await.unwrap());
    for id in &ids[..349 - 100] {
        assert!(is_revoked(w, id).await, "{id}");
    }
    assert!(!is_revoked(w, "349").await);
    let first = w.find_grant::<Value>("100").await.unwrap().unwrap();
    assert_eq!(first.revoked_at, Some(NOW), "it was revoked before");
}

pub(crate) async fn a_session_ends_once_with_what_depends_on_it(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_session(&session("1", "alice")).await.unwrap();
    w.insert_session(&session("2", "alice")).await.unwrap();
    grant(w, "g1", "alice", "s1").await;
    grant(w, "g2", "alice", "s1").await;
    grant(w, "of another session", "alice", "s12").await;
    grant(w, "of another user", "bob", "s1").await;
    assert_eq!(of_session(w, "alice", "s1").await, ["g1", "g2"]);
    assert!(w.revoke_grant("g2", NOW).await.unwrap());
    assert_eq!(of_session(w, "alice", "s1").await, ["g1", "g2"], "revoked or not");
    for no_session in ["", "%", "s_", "s1\"%", "S2"] {
        assert!(of_session(w, "alice", no_session).await.is_empty(), "{no_session}");
    }
    let elsewhere = store.workspace("t", "v");
    assert!(of_session(elsewhere, "alice", "s1").await.is_empty());

    let key = find(w, "1").await.unwrap().key;
    let (ids, notices) = (["g1".to_owned()], [notice("n1")]);
    let end = SessionEnd { session: &key, grants: &ids, notices: &notices, now: NOW };
    assert!(!elsewhere.end_session(&end).await.unwrap(), "it is no session of another workspace");
    let mut tasks = JoinSet::new();
    for task in 0..10 {
        let (store, key) = (store.clone(), key.clone());
        tasks.spawn(async move {
            let id = format!("n{task}");
            let (ids, notices) = (["g1".to_owned()], [notice(&id)]);
            let end = SessionEnd { session: &key, grants: &ids, notices: &notices, now: NOW };
            store.workspace("t", "w").end_session(&end).await.unwrap()
        });
    }
    let ended = tasks.join_all().await;
    assert_eq!(ended.into_iter().filter(|ended| *ended).count(), 1);
    assert!(find(w, "1").await.is_none() && find(w, "2").await.is_some());
    assert!(is_revoked(w, "g1").await && !is_revoked(w, "of another session").await);
    assert_eq!(store.take_due_logout_notices::<String>(NOW, LATER, 9).await.unwrap().len(), 1);
}

pub(crate) async fn a_session_is_replaced(store: Store) {
    let w = store.workspace("t", "w");
    w.insert_session(&session("1", "alice")).await.unwrap();
    let before = find(w, "1").await.unwrap().key;
    w.replace_session(&before, &session("2", "alice")).await.unwrap();
    assert!(find(w, "1").await.is_none());
    assert_eq!(find(w, "2").await.unwrap().subject, "alice");
    // It had ended meanwhile: the new one begins all the same.
    w.replace_session(&before, &session("3", "alice")).await.unwrap();
    assert!(find(w, "3").await.is_some());
}

pub(crate) async fn a_user_ends_with_all_sessions_and_grants(store: Store) {
    let w = store.workspace("t", "w");
    for (id, subject) in [("1", "alice"), ("2", "alice"), ("3", "bob")] {
        w.insert_session(&session(id, subject)).await.unwrap();
        grant(w, id, subject, "s").await;
    }
    assert!(w.revoke_grant("2", NOW).await.unwrap());
    assert_eq!(page(w, Whose::User("alice"), None, "").await, ["1", "2"], "revoked or not");
    w.end_user("alice", &[notice("n1"), notice("n2")], NOW).await.unwrap();
    assert!(find(w, "1").await.is_none() && find(w, "2").await.is_none() && find(w, "3").await.is_some());
    assert!(is_revoked(w, "1").await && !is_revoked(w, "3").await);
    assert_eq!(store.take_due_logout_notices::<String>(NOW, LATER, 9).await.unwrap().len(), 2);
}

pub(crate) async fn a_notice_is_taken_by_one_worker_at_a_time(store: Store) {
    let w = store.workspace("t", "w");
    assert!(!store.has_due_logout_notices(NOW).await.unwrap());
    w.end_user("alice", &[notice("n1")], NOW).await.unwrap();
    assert!(!store.has_due_logout_notices(NOW - 1).await.unwrap());
    assert!(store.has_due_logout_notices(NOW).await.unwrap());
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let store = store.clone();
        let take = async move { store.take_due_logout_notices::<String>(NOW, NOW + 500, 10).await.unwrap() };
        tasks.spawn(take);
    }
    let taken: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let [due] = taken.as_slice() else { panic!("{} were taken", taken.len()) };
    assert_eq!((&*due.tenant_id, &*due.workspace_id, &*due.id, due.attempts), ("t", "w", "n1", 0));
    assert_eq!((&*due.client_id, &*due.doc), ("c", "told"));

    // The worker died: another takes over when its lease has ended.
    let take = async |now| store.take_due_logout_notices::<String>(now, LATER, 10).await.unwrap();
    assert!(take(NOW + 499).await.is_empty());
    assert_eq!(take(NOW + 500).await.iter().map(|due| due.attempts).collect::<Vec<_>>(), [1]);
    w.reschedule_logout_notice("n1", NOW + 700).await.unwrap();
    assert!(take(NOW + 699).await.is_empty());
    assert_eq!(take(NOW + 700).await.len(), 1);
    w.reschedule_logout_notice("n1", NOW + 800).await.unwrap();
    assert!(!store.has_due_logout_notices(LATER).await.unwrap(), "it is too late");
    assert!(take(LATER).await.is_empty());
    w.delete_logout_notice("n1").await.unwrap();
    assert!(!store.has_due_logout_notices(NOW + 900).await.unwrap());
}

pub(crate) async fn notices_go_with_their_client(store: Store) {
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    w.end_user("alice", &[notice("n1")], NOW).await.unwrap();
    w.delete::<Client>("c", None).await.unwrap();
    assert!(!store.has_due_logout_notices(NOW).await.unwrap());
}
