//! Accounts that people made themselves.

use serde_json::{Map, Value, json};
use symbolon_store::entity::{Idp, Secret, Server, Tenant};
use symbolon_store::{Account, ListQuery, NewAccount, Order, Sort, Store, StoreError, Whose, WorkspaceStore};
use tokio::task::JoinSet;

use crate::backend::{NOW, client};
use crate::session_end::{find, grant, is_revoked, notice, session};

fn attributes() -> Map<String, Value> {
    json!({"email": "ada@example.com", "name": "Ada"}).as_object().unwrap().clone()
}

async fn provider(w: WorkspaceStore<'_>, id: &str) {
    w.insert(Idp { id: id.into(), ..Idp::default() }, NOW).await.unwrap();
}

async fn make(w: WorkspaceStore<'_>, idp_id: &str, id: &str, username: &str) -> Result<Account, StoreError> {
    let (password_hash, attributes) = (Secret::new("$argon2id$of a password"), attributes());
    let (password_hash, attributes) = (&password_hash, &attributes);
    let new = NewAccount { id, idp_id, username, password_hash, attributes, is_news: false };
    w.insert_account(&new, NOW).await
}

pub(crate) async fn an_account_comes_back_as_it_was_made(store: Store) {
    let w = store.workspace("t", "w");
    provider(w, "people").await;
    assert!(!w.has_accounts().await.unwrap());
    let made = make(w, "people", "1", "Ada.L").await.unwrap();
    let found = w.find_account_by_name("aDA.l").await.unwrap().unwrap();
    assert_eq!((found.id.as_str(), found.idp_id.as_str(), found.username.as_str()), ("1", "people", "Ada.L"));
    assert_eq!(found.password_hash.reveal(), "$argon2id$of a password");
    assert_eq!((found.attributes.clone(), found.created_at, found.updated_at), (attributes(), NOW, NOW));
    assert!(!format!("{found:?}").contains("argon2"), "{found:?}");
    assert_eq!(w.find_account("1").await.unwrap().as_ref(), Some(&found));
    assert_eq!(made, found);
    assert!(w.has_accounts().await.unwrap());
    assert!(w.has_account("people", "1").await.unwrap() && !w.has_account("other", "1").await.unwrap());
    assert_eq!(w.find_account_by_name("ada").await.unwrap(), None);
    assert_eq!(w.find_account("2").await.unwrap(), None);
}

pub(crate) async fn one_of_many_gets_a_name(store: Store) {
    let w = store.workspace("t", "w");
    provider(w, "people").await;
    let mut racers = JoinSet::new();
    for i in 0..40 {
        let store = store.clone();
        let name = if i % 2 == 0 { "ada" } else { "ADA" };
        racers.spawn(async move { make(store.workspace("t", "w"), "people", &format!("id{i}"), name).await });
    }
    let (won, lost): (Vec<_>, Vec<_>) = racers.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1, "{lost:?}");
    assert!(lost.iter().all(|lost| matches!(lost, Err(StoreError::Conflict { .. }))), "{lost:?}");
    assert_eq!(w.list_accounts("people", &ListQuery::all()).await.unwrap().len(), 1);
}

pub(crate) async fn a_name_is_taken_in_the_whole_workspace(store: Store) {
    let w = store.workspace("t", "w");
    provider(w, "people").await;
    provider(w, "others").await;
    make(w, "people", "1", "ada").await.unwrap();
    assert!(matches!(make(w, "others", "2", "Ada").await, Err(StoreError::Conflict { .. })));
    assert!(matches!(make(w, "people", "3", "ADA").await, Err(StoreError::Conflict { .. })));
    assert_eq!(make(w, "nowhere", "4", "eve").await, Err(StoreError::MissingParent));
    let elsewhere = make(store.workspace("t", "v"), "people", "5", "ada").await;
    assert_eq!(elsewhere, Err(StoreError::MissingParent), "an identity provider of another workspace");
}

pub(crate) async fn what_must_not_be_kept_is_refused(store: Store) {
    let w = store.workspace("t", "w");
    provider(w, "people").await;
    let (attributes, readable, hash) =
        (attributes(), Secret::new("readable"), Secret::new("$argon2id$of a password"));
    let long = json!({"name": "x".repeat(5000)}).as_object().unwrap().clone();
    let name = "x".repeat(256);
    let good = NewAccount {
        id: "1",
        idp_id: "people",
        username: "ada",
        password_hash: &hash,
        attributes: &attributes,
        is_news: false,
    };
    for bad in [
        NewAccount { password_hash: &readable, ..good },
        NewAccount { attributes: &long, ..good },
        NewAccount { username: &name, ..good },
        NewAccount { username: "", ..good },
        NewAccount { id: "", ..good },
    ] {
        let refused = w.insert_account(&bad, NOW).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{bad:?} {refused:?}");
    }
    assert!(!w.has_accounts().await.unwrap());
}

pub(crate) async fn accounts_are_listed_in_pages(store: Store) {
    let w = store.workspace("t", "w");
    provider(w, "people").await;
    provider(w, "others").await;
    for (id, name) in [("3", "ada"), ("1", "Carl"), ("2", "bob"), ("4", "Dora_d")] {
        make(w, "people", id, name).await.unwrap();
    }
    make(w, "others", "5", "eve").await.unwrap();
    let names = async |query: ListQuery| -> Vec<String> {
        let found = w.list_accounts("people", &query).await.unwrap();
        found.into_iter().map(|account| account.username).collect()
    };
    let by_name = ListQuery { sort: Sort::Name, limit: 2, ..ListQuery::default() };
    assert_eq!(names(by_name.clone()).await, ["ada", "bob"]);
    assert_eq!(names(ListQuery { after_id: Some("2".into()), ..by_name.clone() }).await, ["Carl", "Dora_d"]);
    assert_eq!(names(ListQuery { before_id: Some("4".into()), ..by_name.clone() }).await, ["bob", "Carl"]);
    let last = ListQuery { order: Order::Descending, ..by_name.clone() };
    assert_eq!(names(last).await, ["Dora_d", "Carl"]);
    let meets = ListQuery { search_phrase: Some("A_".into()), ..by_name.clone() };
    assert_eq!(names(meets).await, ["Dora_d"]);
    let gone = w.list_accounts("people", &ListQuery { after_id: Some("9".into()), ..by_name }).await;
    assert_eq!(gone, Err(StoreError::NotFound("account")));
}

pub(crate) async fn a_password_is_changed_and_an_account_deleted(store: Store) {
    let w = store.workspace("t", "w");
    provider(w, "people").await;
    w.insert(client("c"), NOW).await.unwrap();
    make(w, "people", "1", "ada").await.unwrap();
    make(w, "people", "2", "bob").await.unwrap();
    w.grant_scopes("1", "c", &["read"], NOW).await.unwrap();
    w.grant_scopes("2", "c", &["read"], NOW).await.unwrap();
    let new = Secret::new("$argon2id$of another");
    assert!(w.set_account_password("people", "1", &new, NOW + 5).await.unwrap());
    let found = w.find_account("1").await.unwrap().unwrap();
    assert_eq!((found.password_hash, found.attributes), (new.clone(), attributes()));
    assert_eq!((found.created_at, found.updated_at), (NOW, NOW + 5));
    assert!(!w.set_account_password("people", "9", &new, NOW).await.unwrap());
    assert!(!w.set_account_password("others", "1", &new, NOW).await.unwrap());
    let readable = w.set_account_password("people", "1", &Secret::new("readable"), NOW).await;
    assert!(matches!(readable, Err(StoreError::Invalid(_))), "{readable:?}");

    assert!(!w.delete_account::<()>("others", "1", &[], NOW).await.unwrap());
    assert!(w.delete_account::<()>("people", "1", &[], NOW).await.unwrap());
    assert!(!w.delete_account::<()>("people", "1", &[], NOW).await.unwrap());
    assert_eq!(w.find_account("1").await.unwrap(), None);
    assert_eq!(w.list_scope_grants_of_user("1").await.unwrap(), [], "consents go with the account");
    assert_eq!(w.list_scope_grants_of_user("2").await.unwrap().len(), 1);
    make(w, "people", "3", "ada").await.unwrap();
    assert_eq!(w.find_account_by_name("ada").await.unwrap().unwrap().id, "3");
}

pub(crate) async fn accounts_go_with_what_they_belong_to(store: Store) {
    let (w, v, u) = (store.workspace("t", "w"), store.workspace("t", "v"), store.workspace("u", "w"));
    for (place, idp, id) in [(w, "a", "1"), (w, "b", "2"), (v, "c", "3"), (u, "a", "4")] {
        provider(place, idp).await;
        make(place, idp, id, &format!("ada{id}")).await.unwrap();
    }
    w.delete::<Idp>("a", None).await.unwrap();
    provider(w, "a").await;
    assert_eq!(w.list_accounts("a", &ListQuery::all()).await.unwrap(), []);
    assert!(w.has_account("b", "2").await.unwrap());
    store.tenant("t").delete::<Server>("w", None).await.unwrap();
    store.tenant("t").insert(Server { id: "w".into(), ..Server::default() }, NOW).await.unwrap();
    assert!(!w.has_accounts().await.unwrap());
    assert!(v.has_account("c", "3").await.unwrap());
    store.root().delete("t", None).await.unwrap();
    store.root().insert(Tenant { id: "t".into(), ..Tenant::default() }, NOW).await.unwrap();
    store.tenant("t").insert(Server { id: "v".into(), ..Server::default() }, NOW).await.unwrap();
    assert!(!v.has_accounts().await.unwrap());
    assert!(u.has_account("a", "4").await.unwrap(), "another tenant's are still there");
}

pub(crate) async fn caches_are_told_of_the_first_account(store: Store) {
    let w = store.workspace("t", "w");
    provider(w, "people").await;
    let version = store.config_version().await.unwrap();
    make(w, "people", "1", "ada").await.unwrap();
    assert_eq!(store.config_version().await.unwrap(), version);
    let (password_hash, attributes) = (Secret::new("$argon2id$of a password"), attributes());
    let first = NewAccount {
        id: "2",
        idp_id: "people",
        username: "bob",
        password_hash: &password_hash,
        attributes: &attributes,
        is_news: true,
    };
    w.insert_account(&first, NOW).await.unwrap();
    assert_eq!(store.config_version().await.unwrap(), version + 1);
    let again = w.insert_account(&NewAccount { id: "3", ..first }, NOW).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert_eq!(store.config_version().await.unwrap(), version + 1);
}

/// A session, a grant and consents of an account, each named by its id.
async fn use_account(w: WorkspaceStore<'_>, id: &str) {
    w.insert_session(&session(id, id)).await.unwrap();
    grant(w, id, id, "s").await;
    w.grant_scopes(id, "c", &["read"], NOW).await.unwrap();
    w.allow_details(id, "c", &["{}".to_owned()], NOW + 10).await.unwrap();
}

/// Whether all of it is there; it is there as a whole or not at all.
async fn is_in_use(w: WorkspaceStore<'_>, id: &str) -> bool {
    let found = [
        find(w, id).await.is_some(),
        !is_revoked(w, id).await,
        !w.list_scope_grants_of_user(id).await.unwrap().is_empty(),
        w.are_details_allowed(id, "c", &["{}".to_owned()], NOW).await.unwrap()[0],
    ];
    assert!(found.iter().all(|is_there| *is_there == found[0]), "{id}: {found:?}");
    found[0]
}

async fn told(store: &Store) -> usize {
    store.take_due_logout_notices::<String>(NOW, NOW + 1, 9).await.unwrap().len()
}

pub(crate) async fn accounts_leave_nothing_behind(store: Store) {
    let w = store.workspace("t", "w");
    provider(w, "people").await;
    w.insert(client("c"), NOW).await.unwrap();
    for (id, name) in [("1", "ada"), ("2", "bob")] {
        make(w, "people", id, name).await.unwrap();
        use_account(w, id).await;
    }
    assert!(!w.delete_account("others", "1", &[notice("n0")], NOW).await.unwrap());
    assert!(!store.workspace("t", "v").delete_account("people", "1", &[notice("n0")], NOW).await.unwrap());
    assert_eq!((is_in_use(w, "1").await, told(&store).await), (true, 0), "nothing was written");
    assert!(w.delete_account("people", "1", &[notice("n1"), notice("n2")], NOW).await.unwrap());
    assert!(!is_in_use(w, "1").await && is_in_use(w, "2").await);
    assert_eq!(told(&store).await, 2);
}

pub(crate) async fn an_identity_provider_leaves_nothing_of_its_accounts(store: Store) {
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    for (idp, id, name) in [("people", "1", "ada"), ("people", "2", "bob"), ("others", "3", "eve")] {
        if w.find::<Idp>(idp).await.unwrap().is_none() {
            provider(w, idp).await;
        }
        make(w, idp, id, name).await.unwrap();
        use_account(w, id).await;
    }
    use_account(w, "listed").await;
    let grants = w.list_grants_after::<Value>(Whose::AccountsAt("people"), None, "", 9).await.unwrap();
    assert_eq!(grants.iter().map(|grant| &*grant.id).collect::<Vec<_>>(), ["1", "2"]);
    let stale = w.delete_idp("people", Some(9), &[notice("n0")], NOW).await;
    assert_eq!(stale, Err(StoreError::PreconditionFailed { found: 1 }));
    let elsewhere = store.workspace("t", "v").delete_idp("people", None, &[notice("n0")], NOW).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound("identity provider")));
    assert!(is_in_use(w, "1").await && w.has_account("people", "1").await.unwrap());
    assert_eq!(told(&store).await, 0, "nothing was written");

    let version = store.config_version().await.unwrap();
    w.delete_idp("people", Some(1), &[notice("n1")], NOW).await.unwrap();
    assert_eq!(store.config_version().await.unwrap(), version + 1);
    assert!(!w.has_account("people", "1").await.unwrap() && w.find::<Idp>("people").await.unwrap().is_none());
    for (id, is_there) in [("1", false), ("2", false), ("3", true), ("listed", true)] {
        assert_eq!(is_in_use(w, id).await, is_there, "{id}");
    }
    assert_eq!(told(&store).await, 1);
}
