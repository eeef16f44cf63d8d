//! `GET /api/system/{tid}/logins`: what waits for an answer, for who may give it and nobody else.

use serde_json::{Value, json};

use super::Asked;
use crate::api::console::token;
use crate::ciba::GRANT;
use crate::harness::{SECRET, TOKEN};

#[tokio::test]
async fn what_waits_is_listed_until_it_is_answered() {
    let mut asked = Asked::new().await;
    let first = asked.id.clone();
    asked.app.advance(1);
    asked.again("bank", &[]).await;
    assert_eq!(asked.listed("").await, [first.as_str(), asked.id.as_str()], "the oldest first");
    let answer = asked.app.get("/api/system/default/logins").bearer(&asked.token).await.ok();
    assert_eq!(answer["logins"][1], asked.get().await.ok(), "as it is shown by itself");
    assert!(!answer.to_string().contains(&asked.auth_req_id), "that is the client's");

    asked.post("accept", json!({"subject": "user"})).await.ok();
    assert_eq!(asked.listed("").await, [first.as_str()]);
    asked.poll().await.ok();
    assert_eq!(asked.listed("").await, [first.as_str()]);
    asked.id = first;
    asked.post("reject", json!({})).await.ok();
    assert!(asked.listed("").await.is_empty());
    asked.again("bank", &[("requested_expiry", "60")]).await;
    assert_eq!(asked.listed("").await.len(), 1);
    asked.app.advance(60);
    assert!(asked.listed("").await.is_empty(), "it has ended");
}

#[tokio::test]
async fn the_list_is_of_one_workspace_and_one_person() {
    let mut asked = Asked::new().await;
    let of_user = asked.id.clone();
    let subject = asked.get().await.ok()["subject"].as_str().unwrap().to_owned();
    asked.again("bank", &[("login_hint", "other")]).await;
    let of_other = asked.id.clone();
    assert_eq!(asked.listed(&format!("?subject={subject}")).await, [of_user.as_str()]);
    let mut both = asked.listed("?authorization_server_id=default&subject=").await;
    both.sort();
    let mut expected = [of_user, of_other];
    expected.sort();
    assert_eq!(both, expected);
    assert!(asked.listed("?authorization_server_id=developer").await.is_empty());
    assert!(asked.listed("?subject=nobody").await.is_empty());
    let nowhere = "/api/system/default/logins?authorization_server_id=nowhere";
    assert_eq!(asked.app.get(nowhere).bearer(&asked.token).await.status, 404);
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let mut asked = Asked::new().await;
    let mut ids = vec![asked.id.clone()];
    for _ in 0..4 {
        asked.app.advance(1);
        asked.again("bank", &[]).await;
        ids.push(asked.id.clone());
    }
    assert_eq!(asked.listed("?limit=2").await, ids[..2]);
    assert_eq!(asked.listed(&format!("?limit=2&after_login_id={}", ids[1])).await, ids[2..4]);
    // The page goes on after what was answered meanwhile.
    asked.id.clone_from(&ids[3]);
    asked.post("reject", json!({})).await.ok();
    assert_eq!(asked.listed(&format!("?limit=2&after_login_id={}", ids[3])).await, ids[4..]);
    assert!(asked.listed(&format!("?after_login_id={}", ids[4])).await.is_empty());
    for limit in ["0", "101", "-1", "x"] {
        let path = format!("/api/system/default/logins?limit={limit}");
        assert_eq!(asked.app.get(&path).bearer(&asked.token).await.status, 400, "{limit}");
    }
}

/// What nobody can answer is not listed, and does not make a page end early.
#[tokio::test]
async fn what_a_client_asked_that_may_not_any_more_is_left_out() {
    let mut asked = Asked::new().await;
    asked
        .app
        .add_client(json!({
            "client_id": "shop", "client_secret": SECRET, "grant_types": [GRANT], "scopes": ["openid", "email"],
        }))
        .await;
    let first = asked.id.clone();
    for _ in 0..3 {
        asked.app.advance(1);
        asked.again("shop", &[]).await;
    }
    asked.app.advance(1);
    asked.again("bank", &[]).await;
    assert_eq!(asked.listed("").await.len(), 5);
    asked.app.change_client("shop", |client| client.grant_types.clear()).await;
    let expected = [first.as_str(), asked.id.as_str()];
    assert_eq!(asked.listed("").await, expected);
    assert_eq!(asked.listed("?limit=2").await, expected);
    assert_eq!(asked.listed(&format!("?limit=1&after_login_id={first}")).await, [asked.id.as_str()]);
}

#[tokio::test]
async fn another_tenant_lists_nothing_and_looks_nowhere_else() {
    let asked = Asked::new().await;
    asked.app.add_tenant("acme").await;
    let stranger = token(&asked.app, "acme", "system", "manage_logins").await;
    let own = asked.app.get("/api/system/acme/logins").bearer(&stranger).await.ok();
    assert_eq!(own, json!({"logins": []}));
    let cursor = format!("/api/system/acme/logins?after_login_id={}", asked.id);
    assert_eq!(asked.app.get(&cursor).bearer(&stranger).await.ok(), json!({"logins": []}));
    let foreign = asked.app.get("/api/system/default/logins").bearer(&stranger).await;
    assert!(foreign.status >= 400, "{}", foreign.text());
    assert!(!foreign.text().contains(&asked.id));
    assert_eq!(asked.listed("").await, [asked.id.as_str()]);
}

/// Neither the client that asked, nor another, nor a token of another workspace or with another scope.
#[tokio::test]
async fn only_who_may_answer_sees_who_is_asked() {
    let asked = Asked::new().await;
    let mut tokens = vec![
        (token(&asked.app, "default", "admin", "manage_tenant").await, "of the workspace admin"),
        (token(&asked.app, "default", "system", "view_clients").await, "with another scope"),
    ];
    // A workspace's own scope of that name gives nothing.
    asked.app.add_scopes("own", &["manage_logins"]).await;
    asked
        .app
        .add_client(json!({
            "client_id": "shop", "client_secret": SECRET, "grant_types": [GRANT, "client_credentials"],
            "scopes": ["openid", "email", "manage_logins"],
        }))
        .await;
    let form = [("grant_type", "client_credentials"), ("scope", "manage_logins")];
    let own: Value = asked.app.post(TOKEN).basic("shop", SECRET).form(&form).await.ok();
    tokens.push((own["access_token"].as_str().unwrap().to_owned(), "of a client of the workspace"));
    asked.post("accept", json!({"subject": "user"})).await.ok();
    let of_person: Value = asked.poll().await.ok();
    tokens.push((of_person["access_token"].as_str().unwrap().to_owned(), "of the person"));
    for (token, whose) in tokens {
        let answer = asked.app.get("/api/system/default/logins").bearer(&token).await;
        assert!(matches!(answer.status, 401 | 403), "{whose}: {}", answer.text());
    }
    assert_eq!(asked.app.get("/api/system/default/logins").await.status, 401);
    let secret = asked.app.get("/api/system/default/logins").basic("bank", SECRET).await;
    assert_eq!(secret.status, 401, "a client's secret is no token");
}
