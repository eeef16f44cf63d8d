//! No function reaches another tenant's, or another workspace's, rows.

use serde_json::json;
use symbolon_store::entity::{Acr, AuthorizationDetail, Claim, Client, Idp, Scope, Secret, Server, Service};
use symbolon_store::{
    AccessToken, AuthorizeSessionKey, KeyState, KeyUse, ListQuery, NewAccount, NewAuthorizeSession, NewCode,
    NewKey, NewLogoutNotice, NewPushedRequest, NewRefreshToken, NewSession, Redemption, Rotation,
    RotationRequest, Store, StoreError, Whose, WorkspaceStore,
};

use crate::backend::{NOW, client};
use crate::runtime::grant;

const UNTIL: i64 = NOW + 1000;

/// One of everything, in workspace `w` of tenant `t`.
async fn fill(w: WorkspaceStore<'_>) {
    w.insert(client("c"), NOW).await.unwrap();
    w.insert(Service { id: "s".into(), ..Service::default() }, NOW).await.unwrap();
    w.insert(Scope { id: "sc".into(), name: "read".into(), ..Scope::default() }, NOW).await.unwrap();
    w.insert(Idp { id: "i".into(), ..Idp::default() }, NOW).await.unwrap();
    w.insert(AuthorizationDetail { id: "d".into(), ..AuthorizationDetail::default() }, NOW).await.unwrap();
    let (password_hash, attributes) = (Secret::new("$argon2"), serde_json::Map::new());
    let account = NewAccount {
        id: "ac",
        idp_id: "i",
        username: "alice",
        password_hash: &password_hash,
        attributes: &attributes,
        is_news: false,
    };
    w.insert_account(&account, NOW).await.unwrap();
    w.insert(Claim { id: "cl".into(), ..Claim::default() }, NOW).await.unwrap();
    w.insert(Acr { id: "a".into(), ..Acr::default() }, NOW).await.unwrap();
    w.allow_details("alice", "c", &["{}".to_owned()], UNTIL).await.unwrap();
    let public_jwk = json!({});
    let key =
        NewKey { kid: "k", key_use: KeyUse::Sig, alg: "ES256", public_jwk: &public_jwk, private_pkcs8: b"p" };
    w.insert_key(&key, KeyState::Current, NOW).await.unwrap();
    let next = NewKey { kid: "n", ..key };
    w.insert_key(&next, KeyState::Next, NOW).await.unwrap();
    w.grant_scopes("alice", "c", &["read"], NOW).await.unwrap();
    let session =
        NewSession { id: "id", subject: "alice", doc: &0, auth_time: NOW, idle_until: UNTIL, ends_at: UNTIL };
    w.insert_session(&session).await.unwrap();
    let request = NewAuthorizeSession { id: "id", browser: "b", doc: &0, expires_at: UNTIL };
    w.insert_authorize_session(&request).await.unwrap();
    let pushed = NewPushedRequest { id: "p", client_id: "c", doc: &0, expires_at: UNTIL };
    w.insert_pushed_request(&pushed).await.unwrap();
    w.insert_code(&NewCode { code: "code", doc: &0, expires_at: UNTIL }, &grant("g")).await.unwrap();
    let token = NewRefreshToken { token: "r", grant_id: "g", client_id: "c", doc: &0, expires_at: UNTIL };
    assert!(w.insert_refresh_token(&token).await.unwrap());
    let token = AccessToken { grant_id: Some("g".into()), client_id: "c".into(), doc: 0, expires_at: UNTIL };
    w.insert_access_token("a", &token).await.unwrap();
    w.revoke_token("jti", UNTIL).await.unwrap();
    assert!(w.consume_once("kind", "v", UNTIL, NOW).await.unwrap());
    let notice = NewLogoutNotice { id: "n", client_id: "c", doc: &0, due_at: NOW, expires_at: UNTIL };
    w.end_user("nobody", &[notice], NOW).await.unwrap();
}

/// Nothing of it is seen or changed from here.
async fn see_nothing(w: WorkspaceStore<'_>) {
    assert_eq!(w.find::<Client>("c").await.unwrap(), None);
    assert_eq!(w.find::<Service>("s").await.unwrap(), None);
    assert_eq!(w.find::<Scope>("sc").await.unwrap(), None);
    assert_eq!(w.find::<Idp>("i").await.unwrap(), None);
    assert_eq!(w.find::<AuthorizationDetail>("d").await.unwrap(), None);
    assert_eq!(w.find::<Claim>("cl").await.unwrap(), None);
    assert_eq!(w.find::<Acr>("a").await.unwrap(), None);
    assert_eq!(w.are_details_allowed("alice", "c", &["{}".to_owned()], NOW).await.unwrap(), [false]);
    assert!(!w.has_accounts().await.unwrap() && !w.has_account("i", "ac").await.unwrap());
    assert_eq!(w.find_account("ac").await.unwrap(), None);
    assert_eq!(w.find_account_by_name("alice").await.unwrap(), None);
    assert_eq!(w.list_accounts("i", &ListQuery::all()).await.unwrap(), []);
    assert!(!w.delete_account::<()>("i", "ac", &[], NOW).await.unwrap());
    assert!(!w.set_account_password("i", "ac", &Secret::new("$argon2"), NOW).await.unwrap());
    assert_eq!(w.list::<Client>(&ListQuery::all()).await.unwrap(), []);
    assert_eq!(w.update(client("c"), None, NOW).await, Err(StoreError::NotFound("client")));
    assert_eq!(w.delete::<Client>("c", None).await, Err(StoreError::NotFound("client")));
    assert!(w.list_keys().await.unwrap().is_empty());
    assert!(w.find_key("k").await.unwrap().is_none());
    let public_jwk = json!({});
    let key =
        NewKey { kid: "x", key_use: KeyUse::Sig, alg: "ES256", public_jwk: &public_jwk, private_pkcs8: b"p" };
    assert!(w.rotate_keys(&key, NOW).await.is_err());
    assert!(w.revoke_key("k", NOW).await.is_err());
    assert_eq!(w.list_scope_grants("alice", "c").await.unwrap(), []);
    assert_eq!(w.list_scope_grants_of_user("alice").await.unwrap(), []);
    assert_eq!(w.revoke_scope_grants("alice", "c", None).await.unwrap(), 0);
    assert_eq!(w.revoke_scope_grants_of_client("c").await.unwrap(), 0);
    see_nothing_live(w).await;
}

async fn see_nothing_live(w: WorkspaceStore<'_>) {
    assert_eq!(w.find_session::<i32>("id", NOW).await.unwrap(), None);
    assert_eq!(w.list_sessions::<i32>("alice", NOW).await.unwrap(), []);
    assert!(!w.touch_session("id", UNTIL, NOW).await.unwrap());
    assert!(!w.update_session("id", &1, NOW, NOW).await.unwrap());
    assert!(!w.delete_session("id").await.unwrap());
    assert_eq!(w.delete_sessions_of_user("alice").await.unwrap(), 0);
    w.end_user::<i32>("alice", &[], NOW).await.unwrap();
    w.revoke_grants(&["g".to_owned()], NOW).await.unwrap();
    let gone = w.delete_idp::<()>("i", None, &[], NOW).await;
    assert_eq!(gone, Err(StoreError::NotFound("identity provider")));
    for whose in [Whose::User("alice"), Whose::AccountsAt("i")] {
        assert_eq!(w.list_grants_after::<i32>(whose, None, "", 9).await.unwrap(), []);
    }
    w.delete_logout_notice("n").await.unwrap();
    w.reschedule_logout_notice("n", UNTIL).await.unwrap();
    assert_eq!(w.find_authorize_session::<i32>("id", "b", NOW).await.unwrap(), None);
    assert!(w.update_authorize_session("id", &1, 1, NOW).await.is_err());
    let key = AuthorizeSessionKey { id: "id", browser: "b" };
    assert_eq!(w.take_authorize_session::<i32>(key, NOW).await.unwrap(), None);
    assert_eq!(w.find_pushed_request::<i32>("p", NOW).await.unwrap(), None);
    assert!(!w.spend_pushed_request("p", NOW).await.unwrap());
    let code = NewCode { code: "stolen", doc: &0, expires_at: UNTIL };
    assert!(w.issue_code(Some(key), &code, &grant("stolen"), &[]).await.is_err());
    assert_eq!(w.find_code::<i32>("code", NOW).await.unwrap(), None);
    assert_eq!(w.redeem_code::<i32>("code", NOW).await.unwrap(), Redemption::NotFound);
    assert_eq!(w.find_grant::<i32>("g").await.unwrap(), None);
    assert_eq!(w.list_grants::<i32>("alice", NOW).await.unwrap(), []);
    assert!(!w.revoke_grant("g", NOW).await.unwrap());
    assert_eq!(w.revoke_grants_of_client("c", NOW).await.unwrap(), 0);
    assert_eq!(w.revoke_grants_of_user("alice", NOW).await.unwrap(), 0);
    let token = NewRefreshToken { token: "x", grant_id: "g", client_id: "c", doc: &0, expires_at: UNTIL };
    assert!(!w.insert_refresh_token(&token).await.unwrap());
    assert_eq!(w.find_refresh_token::<i32>("r", NOW).await.unwrap(), None);
    assert_eq!(w.find_any_refresh_token::<i32>("r").await.unwrap(), None);
    let request = RotationRequest { old: "r", new: "x", doc: &0, expires_at: UNTIL, grace: 1000, now: NOW };
    assert_eq!(w.rotate_refresh_token(&request).await.unwrap(), Rotation::NotFound);
    assert_eq!(w.find_access_token::<i32>("a", NOW).await.unwrap(), None);
    assert!(!w.delete_access_token("a").await.unwrap());
    assert!(!w.is_token_revoked("jti").await.unwrap());
    assert!(w.consume_once("kind", "v", UNTIL, NOW).await.unwrap());
}

pub(crate) async fn a_workspace_sees_nothing_of_another(store: Store) {
    let w = store.workspace("t", "w");
    fill(w).await;
    see_nothing(store.workspace("t", "v")).await;
    see_nothing(store.workspace("u", "w")).await;
    let u = store.tenant("u");
    assert_eq!(u.find::<Client>("c").await.unwrap(), None);
    assert_eq!(u.find::<Server>("v").await.unwrap(), None);
    assert_eq!(u.list::<Client>(&ListQuery::all()).await.unwrap(), []);
    assert_eq!(u.list::<Server>(&ListQuery::all()).await.unwrap().len(), 1);
    let v = Server { id: "v".into(), ..Server::default() };
    assert_eq!(u.update(v, None, NOW).await, Err(StoreError::NotFound("workspace")));
    assert_eq!(u.delete::<Server>("v", None).await, Err(StoreError::NotFound("workspace")));
    // And it is all still there.
    assert_eq!(w.load::<Client>("c").await.unwrap().version, 1);
    assert_eq!(w.list_keys().await.unwrap().len(), 2);
    assert_eq!(w.find_account("ac").await.unwrap().unwrap().username, "alice");
    assert!(w.find_session::<i32>("id", NOW).await.unwrap().is_some());
    assert!(w.find_authorize_session::<i32>("id", "b", NOW).await.unwrap().is_some());
    assert!(w.find_pushed_request::<i32>("p", NOW).await.unwrap().is_some());
    assert_eq!(w.find_grant::<i32>("g").await.unwrap().unwrap().revoked_at, None);
    assert!(w.find_refresh_token::<i32>("r", NOW).await.unwrap().is_some());
    assert!(w.find_access_token::<i32>("a", NOW).await.unwrap().is_some());
    assert!(matches!(w.redeem_code::<i32>("code", NOW).await.unwrap(), Redemption::Redeemed { .. }));
    assert_eq!(w.list_scope_grants("alice", "c").await.unwrap().len(), 1);
    assert!(store.has_due_logout_notices(NOW).await.unwrap());
    assert_eq!(w.are_details_allowed("alice", "c", &["{}".to_owned()], NOW).await.unwrap(), [true]);
}
