//! One token for another (RFC 8693).

mod audiences;
mod binding;
mod issuers;

use serde_json::{Value, json};
use symbolon_store::entity::lenient;
use symbolon_store::entity::server::AccessTokenStrategy;

use crate::harness::{Answer, CALLBACK, SECRET, TOKEN, TestApp, TestCode, decode};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const SERVICE: &str = "spiffe://localhost/default/default/mail";

/// A server with the clients `client` (a person logs in to it), `backend` (gets its tokens, and exchanges them) and
/// `stranger` (exchanges too).
async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.change_workspace(|server| server.grant_types.push(EXCHANGE.to_owned())).await;
    app.add_scopes("mail", &["mail.read", "mail.send"]).await;
    app.add_client(json!({
        "client_id": "client", "client_secret": SECRET, "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [CALLBACK], "audience": ["client_id", "backend"],
        "scopes": ["openid", "email", "offline_access", "mail.read", "mail.send"],
    }))
    .await;
    for id in ["backend", "stranger"] {
        app.add_client(json!({
            "client_id": id, "client_secret": SECRET, "grant_types": [EXCHANGE, "client_credentials", "refresh_token"],
            "scopes": ["openid", "email", "profile", "offline_access", "mail.read", "mail.send"],
        }))
        .await;
    }
    app
}

/// The tokens of a person who has logged in to `client`.
async fn tokens(app: &TestApp) -> Value {
    app.add_code(TestCode { scope: "openid email mail.read offline_access", ..TestCode::default() }).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    app.post(TOKEN).basic("client", SECRET).form(&form).await.ok()
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

async fn exchange(app: &TestApp, client: &str, token: &str, more: &[(&str, &str)]) -> Answer {
    let form =
        [&[("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ACCESS_TOKEN)], more];
    app.post(TOKEN).basic(client, SECRET).form(&form.concat()).await
}

/// The actor's own token.
async fn actor_token(app: &TestApp, client: &str) -> String {
    let form = [("grant_type", "client_credentials"), ("scope", "mail.read")];
    access(&app.post(TOKEN).basic(client, SECRET).form(&form).await.ok()).to_owned()
}

async fn is_active(app: &TestApp, client: &str, token: &str) -> bool {
    let form = [("token", token)];
    let answer = app.post("/default/default/oauth2/introspect").basic(client, SECRET).form(&form).await;
    answer.ok()["active"].as_bool().unwrap()
}

/// RFC 8693 §2.2.1, and its example in §2.3.
#[tokio::test]
async fn a_backend_exchanges_a_token_that_is_meant_for_it() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let body = exchange(&app, "backend", access(&tokens), &[]).await.ok();
    assert_eq!(
        (&body["issued_token_type"], &body["token_type"], &body["scope"]),
        (&json!(ACCESS_TOKEN), &json!("bearer"), &json!("openid email mail.read"))
    );
    assert_eq!((body.get("refresh_token"), body.get("id_token")), (None, None));
    let ((_, old), (_, new)) = (decode(access(&tokens)), decode(access(&body)));
    assert_eq!((&new["sub"], &new["gid"], &new["amr"]), (&old["sub"], &old["gid"], &old["amr"]));
    assert_eq!((&new["client_id"], new.get("act")), (&json!("backend"), None));
    assert_eq!(new["aud"][0], "backend");
    assert!(is_active(&app, "backend", access(&body)).await);
    let about = app.get("/default/default/userinfo").bearer(access(&body)).await.ok();
    assert_eq!((&about["sub"], &about["email"]), (&old["sub"], &json!("user@example.com")));
}

#[tokio::test]
async fn with_an_actor_the_client_acts_for_the_person() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let actor = actor_token(&app, "backend").await;
    let by = [("actor_token", actor.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    app.change_client("backend", |client| {
        client.token_exchange = lenient::from_value(json!({"actor_claims": ["aid", "sub", "act"]})).unwrap();
        client.audience = vec!["client_id".to_owned(), "stranger".to_owned()];
    })
    .await;
    let body = exchange(&app, "backend", access(&tokens), &by).await.ok();
    let (_, new) = decode(access(&body));
    assert_eq!(new["act"], json!({"sub": "backend", "aid": "default"}));
    assert_eq!(new["sub"], decode(access(&tokens)).1["sub"]);
    let form = [("token", access(&body))];
    let known =
        app.post("/default/default/oauth2/introspect").basic("backend", SECRET).form(&form).await.ok();
    assert_eq!(known["act"], new["act"]);
    // The next in the chain (RFC 8693 §4.1: the outermost is the current actor).
    let actor = actor_token(&app, "stranger").await;
    let by = [("actor_token", actor.as_str()), ("actor_token_type", JWT)];
    let next = exchange(&app, "stranger", access(&body), &by).await.ok();
    assert_eq!(
        decode(access(&next)).1["act"],
        json!({"sub": "stranger", "act": {"sub": "backend", "aid": "default"}})
    );
    // Without an actor of its own the chain stays as it was: nobody is dropped from it.
    let silent = exchange(&app, "stranger", access(&body), &[]).await.ok();
    assert_eq!(decode(access(&silent)).1["act"], json!({"sub": "backend", "aid": "default"}));
}

#[tokio::test]
async fn a_client_may_be_held_to_delegation() {
    let app = app().await;
    let tokens = tokens(&app).await;
    app.change_client("backend", |client| {
        client.token_exchange = lenient::from_value(json!({"actor_token_required": true})).unwrap();
    })
    .await;
    insta::assert_snapshot!(exchange(&app, "backend", access(&tokens), &[]).await.reason(), @"400 invalid_request actor_token_required");
    let actor = actor_token(&app, "backend").await;
    let by = [("actor_token", actor.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    exchange(&app, "backend", access(&tokens), &by).await.ok();
}

/// The token of one client, brought by another it is not meant for: found in a log, or sent to the wrong place.
#[tokio::test]
async fn a_token_for_somebody_else_is_refused() {
    let app = app().await;
    let tokens = tokens(&app).await;
    insta::assert_snapshot!(exchange(&app, "stranger", access(&tokens), &[]).await.refused(), @r"
    400 invalid_request: The token was not issued to this client, and is not meant for it.
    reason: token_for_somebody_else
    expected: stranger
    got: client, backend, spiffe://localhost/default/default/default-openid, spiffe://localhost/default/default/mail
    client: stranger
    ");
    // The same goes for the actor: nobody acts in the name of another (act spoofing).
    let actor = actor_token(&app, "stranger").await;
    let by = [("actor_token", actor.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    insta::assert_snapshot!(exchange(&app, "backend", access(&tokens), &by).await.reason(), @"400 invalid_request token_for_somebody_else");
    // Who is the service may exchange what is meant for the service.
    app.change_client("stranger", |client| {
        client.token_exchange = lenient::from_value(json!({"subject_audiences": [SERVICE]})).unwrap();
    })
    .await;
    exchange(&app, "stranger", access(&tokens), &[]).await.ok();
}

#[tokio::test]
async fn no_time_is_won() {
    let app = app().await;
    let tokens = tokens(&app).await;
    app.advance(3000);
    let body = exchange(&app, "backend", access(&tokens), &[]).await.ok();
    assert_eq!(body["expires_in"], 600);
    assert_eq!(decode(access(&body)).1["exp"], decode(access(&tokens)).1["exp"]);
    app.advance(600);
    insta::assert_snapshot!(exchange(&app, "backend", access(&tokens), &[]).await.reason(), @"400 invalid_request access_token_expired");
}

#[tokio::test]
async fn the_exchanged_token_ends_with_the_grant_it_came_from() {
    for strategy in [AccessTokenStrategy::Jwt, AccessTokenStrategy::Opaque] {
        let app = app().await;
        app.change_workspace(|server| server.access_token_strategy = strategy).await;
        let tokens = tokens(&app).await;
        let body = exchange(&app, "backend", access(&tokens), &[]).await.ok();
        let again = exchange(&app, "backend", access(&body), &[]).await.ok();
        assert!(is_active(&app, "backend", access(&again)).await);
        let form = [("token", tokens["refresh_token"].as_str().unwrap())];
        assert_eq!(
            app.post("/default/default/oauth2/revoke").basic("client", SECRET).form(&form).await.status,
            200
        );
        for token in [&body, &again] {
            assert!(!is_active(&app, "backend", access(token)).await);
        }
        let late = exchange(&app, "backend", access(&tokens), &[]).await;
        assert_eq!(late.status, 400);
        assert_eq!(late.json()["error"], "invalid_request");
    }
}

/// RFC 7009 §2.1: what is revoked is of no use any more, by whatever way.
#[tokio::test]
async fn the_exchanged_token_ends_with_the_token_it_came_from() {
    for strategy in [AccessTokenStrategy::Jwt, AccessTokenStrategy::Opaque] {
        let app = app().await;
        app.change_workspace(|server| server.access_token_strategy = strategy).await;
        app.change_client("stranger", |client| client.audience.push("backend".to_owned())).await;
        let programs = actor_token(&app, "stranger").await;
        let persons = tokens(&app).await;
        for (client, token) in [("stranger", programs.as_str()), ("client", access(&persons))] {
            let child = exchange(&app, "backend", token, &[]).await.ok();
            let grandchild = exchange(&app, "backend", access(&child), &[]).await.ok();
            assert!(is_active(&app, "backend", access(&grandchild)).await);
            let form = [("token", token)];
            let revoked = app.post("/default/default/oauth2/revoke").basic(client, SECRET).form(&form).await;
            assert_eq!(revoked.status, 200);
            for token in [&child, &grandchild] {
                assert!(!is_active(&app, "backend", access(token)).await, "{client}");
            }
        }
    }
}

#[tokio::test]
async fn a_chain_of_exchanges_has_an_end() {
    let app = app().await;
    let mut token = access(&tokens(&app).await).to_owned();
    for _ in 0..8 {
        token = access(&exchange(&app, "backend", &token, &[]).await.ok()).to_owned();
    }
    let longer = exchange(&app, "backend", &token, &[]).await;
    assert_eq!(longer.reason(), "400 invalid_request exchange_chain_too_long");
}

#[tokio::test]
async fn other_texts_are_no_subject_tokens() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let id_token = tokens["id_token"].as_str().unwrap();
    insta::assert_snapshot!(exchange(&app, "backend", id_token, &[]).await.reason(), @"400 invalid_request token_issuer_not_trusted");
    insta::assert_snapshot!(exchange(&app, "backend", tokens["refresh_token"].as_str().unwrap(), &[]).await.reason(), @"400 invalid_request access_token_unknown");
    insta::assert_snapshot!(exchange(&app, "backend", "a.b.c", &[]).await.reason(), @"400 invalid_request token_malformed");
    let mut forged = access(&tokens).to_owned();
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    insta::assert_snapshot!(exchange(&app, "backend", &forged, &[]).await.reason(), @"400 invalid_request access_token_not_ours");
    for (form, reason) in [
        (&[("subject_token", access(&tokens))] as &[(&str, &str)], "missing_parameter"),
        (&[("subject_token_type", ACCESS_TOKEN)], "missing_parameter"),
        (&[("subject_token", access(&tokens)), ("subject_token_type", ID_TOKEN)], "token_type_not_exchanged"),
        (
            &[
                ("subject_token", access(&tokens)),
                ("subject_token_type", ACCESS_TOKEN),
                ("requested_token_type", ID_TOKEN),
            ],
            "requested_token_type_unknown",
        ),
        (
            &[
                ("subject_token", access(&tokens)),
                ("subject_token_type", ACCESS_TOKEN),
                ("actor_token", access(&tokens)),
            ],
            "actor_token_type_missing",
        ),
        (
            &[
                ("subject_token", access(&tokens)),
                ("subject_token_type", ACCESS_TOKEN),
                ("actor_token_type", ACCESS_TOKEN),
            ],
            "actor_token_missing",
        ),
    ] {
        let form = [&[("grant_type", EXCHANGE)], form].concat();
        let answer = app.post(TOKEN).basic("backend", SECRET).form(&form).await;
        assert_eq!(answer.reason(), format!("400 invalid_request {reason}"));
    }
}

/// RFC 8693 §4.4.
#[tokio::test]
async fn may_act_says_who_may_act() {
    let app = app().await;
    app.change_client("client", |client| {
        client.audience = vec!["backend".to_owned(), "stranger".to_owned()];
        client.token_exchange = lenient::from_value(json!({"may_act": {"sub": "backend"}})).unwrap();
    })
    .await;
    let tokens = tokens(&app).await;
    assert_eq!(decode(access(&tokens)).1["may_act"], json!({"sub": "backend"}));
    insta::assert_snapshot!(exchange(&app, "stranger", access(&tokens), &[]).await.reason(), @"400 invalid_request actor_not_allowed");
    let stranger = actor_token(&app, "stranger").await;
    let by = [("actor_token", stranger.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    insta::assert_snapshot!(exchange(&app, "stranger", access(&tokens), &by).await.reason(), @"400 invalid_request actor_not_allowed");
    let backend = actor_token(&app, "backend").await;
    let by = [("actor_token", backend.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    let body = exchange(&app, "backend", access(&tokens), &by).await.ok();
    let (_, new) = decode(access(&body));
    // It goes on saying so: nobody further along may act who might not here.
    assert_eq!((&new["act"], &new["may_act"]), (&json!({"sub": "backend"}), &json!({"sub": "backend"})));
}

#[tokio::test]
async fn workspace_and_client_must_both_list_the_grant() {
    let app = app().await;
    let tokens = tokens(&app).await;
    insta::assert_snapshot!(exchange(&app, "client", access(&tokens), &[]).await.reason(), @"400 unauthorized_client grant_type_not_registered");
    app.change_workspace(|server| server.grant_types.retain(|word| word != EXCHANGE)).await;
    insta::assert_snapshot!(exchange(&app, "backend", access(&tokens), &[]).await.reason(), @"400 unsupported_grant_type grant_type_not_allowed_by_workspace");
}

/// An initial access token registers one client: exchanged, it would register many.
#[tokio::test]
async fn a_scope_that_is_good_once_is_not_given_in_exchange() {
    let app = app().await;
    app.change_client("backend", |client| client.scopes.push("dcr_register".to_owned())).await;
    let form = [("grant_type", "client_credentials"), ("scope", "dcr_register mail.read")];
    let token = app.post(TOKEN).basic("backend", SECRET).form(&form).await.ok();
    let answer = exchange(&app, "backend", access(&token), &[("scope", "dcr_register")]).await;
    assert_eq!(answer.reason(), "400 invalid_scope scope_good_once");
    let body = exchange(&app, "backend", access(&token), &[]).await.ok();
    assert_eq!(body["scope"], "mail.read");
}

#[tokio::test]
async fn an_actor_token_and_its_type_belong_together() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let actor = actor_token(&app, "backend").await;
    for (more, missing) in [
        (("actor_token", actor.as_str()), "actor_token_type"),
        (("actor_token_type", ACCESS_TOKEN), "actor_token"),
    ] {
        let answer = exchange(&app, "backend", access(&tokens), &[more]).await;
        assert_eq!(answer.reason(), format!("400 invalid_request {missing}_missing"));
        let text = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert!(text.starts_with(&format!("The parameter {missing} is missing")), "{text}");
    }
}
