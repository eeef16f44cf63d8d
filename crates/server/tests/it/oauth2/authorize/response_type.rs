//! What each response type brings, and who may have it (OAuth 2.0 Multiple Response Types, OIDC Core §3.2 and §3.3).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, half_hash};
use symbolon_store::entity::server::AccessTokenStrategy;

use crate::harness::{Answer, Browser, CALLBACK, SECRET, TOKEN, TestApp, authorize, client, decode};

const FRONT_CHANNEL: [&str; 6] =
    ["token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];
const USERINFO: &str = "/default/default/userinfo";

/// A server at which `client` may use every response type.
async fn app() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_client("client", |client| {
        client.grant_types.push("implicit".to_owned());
        client.response_types = FRONT_CHANNEL.map(str::to_owned).to_vec();
        client.response_types.extend(["code".to_owned(), "none".to_owned()]);
    })
    .await;
    app
}

fn asked(response_type: &str, more: &[(&str, &str)]) -> String {
    let right = [
        ("client_id", "client"),
        ("response_type", response_type),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
        ("state", "of the client"),
        ("nonce", "n-0S6_WzA2Mj"),
    ];
    let kept = right.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    authorize(&kept.chain(more).copied().collect::<Vec<_>>())
}

/// How the answer refuses, in the fragment.
#[track_caller]
fn refused(answer: &Answer) -> String {
    let parameters = answer.fragment();
    let names: Vec<_> = parameters.keys().map(String::as_str).collect();
    assert_eq!(names, ["error", "error_description", "iss", "state"]);
    format!("{} [{}]", parameters["error"], answer.record().reason)
}

#[tokio::test]
async fn each_response_type_brings_what_it_names() {
    let app = app().await;
    let browser = Browser::new(&app);
    for response_type in FRONT_CHANNEL {
        let answer = browser.sign_in(&asked(response_type, &[]), "user").await.fragment();
        let has = |word| response_type.split(' ').any(|own| own == word);
        let mut expected = vec!["iss", "state"];
        expected.extend(has("code").then_some("code"));
        expected.extend(has("id_token").then_some("id_token"));
        if has("token") {
            expected.extend(["access_token", "token_type", "expires_in", "scope"]);
        }
        expected.sort_unstable();
        assert_eq!(answer.keys().collect::<Vec<_>>(), expected, "{response_type}");
        assert_eq!(answer["state"], "of the client");
        if has("id_token") {
            check_id_token(&answer);
        }
        if has("token") {
            assert_eq!((&*answer["token_type"], &*answer["expires_in"]), ("bearer", "3600"));
            assert_eq!(answer["scope"], "openid email");
            let about = app.get(USERINFO).bearer(&answer["access_token"]).await.ok();
            assert_eq!(about["email"], "user@example.com");
        }
        if has("code") {
            let tokens = app.redeem(&answer["code"]).await;
            let (_, id_token) = decode(tokens["id_token"].as_str().unwrap());
            assert_eq!(id_token["nonce"], "n-0S6_WzA2Mj");
            assert_eq!(id_token.get("c_hash"), None, "the code is spent");
        }
    }
}

fn check_id_token(answer: &BTreeMap<String, String>) {
    let (_, claims) = decode(&answer["id_token"]);
    let hash = |name: &str| answer.get(name).map(|value| json!(half_hash(Algorithm::ES256, value)));
    assert_eq!(claims.get("at_hash").cloned(), hash("access_token"));
    assert_eq!(claims.get("c_hash").cloned(), hash("code"));
    assert_eq!(claims.get("s_hash").cloned(), hash("state"));
    assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
    assert_eq!(claims["aud"], json!(["client"]));
    // OIDC Core §5.4: who gets an access token asks userinfo.
    let has_userinfo = answer.contains_key("access_token") || answer.contains_key("code");
    assert_eq!(claims["email"], if has_userinfo { json!(null) } else { json!("user@example.com") });
}

#[tokio::test]
async fn none_brings_nothing_and_leaves_no_grant() {
    let app = app().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&asked("none", &[]), "user").await;
    let parameters: Vec<_> = answer.location().split_once('?').unwrap().1.split('&').collect();
    assert_eq!(parameters.len(), 2, "{parameters:?}");
    assert_eq!(answer.sends("state").as_deref(), Some("of the client"));
    assert_eq!(app.rows_of("grants").await, 0);
    // The person was asked, and it is remembered.
    let again = browser.get(&asked("code", &[("prompt", "none")])).await;
    again.code();
}

#[tokio::test]
async fn no_refresh_token_comes_by_way_of_the_browser_and_none_is_spoken_of() {
    let app = app().await;
    let browser = Browser::new(&app);
    let request = asked("id_token token", &[("scope", "openid offline_access")]);
    let answer = browser.sign_in(&request, "user").await.fragment();
    assert_eq!(answer["scope"], "openid");
    assert_eq!(decode(&answer["access_token"]).1["scp"], json!(["openid"]));
    assert_eq!(app.rows_of("refresh_tokens").await, 0);

    let request = asked("code token", &[("scope", "openid offline_access")]);
    let answer = browser.sign_in(&request, "user").await.fragment();
    let tokens = app.redeem(&answer["code"]).await;
    assert!(tokens["refresh_token"].is_string(), "the code is worth one");
}

#[tokio::test]
async fn tokens_never_go_into_a_query() {
    let app = app().await;
    let browser = Browser::new(&app);
    for response_type in FRONT_CHANNEL {
        let answer = browser.get(&asked(response_type, &[("response_mode", "query")])).await;
        assert_eq!(refused(&answer), "invalid_request [response_mode_would_leak]", "{response_type}");
    }
}

#[tokio::test]
async fn a_broken_rule_is_told_in_the_fragment() {
    let app = app().await;
    let browser = Browser::new(&app);
    for (response_type, changes, expected) in [
        ("id_token", &[("nonce", "")][..], "invalid_request [nonce_missing]"),
        ("id_token token", &[("nonce", "")], "invalid_request [nonce_missing]"),
        ("code id_token", &[("nonce", "")], "invalid_request [nonce_missing]"),
        ("code id_token token", &[("nonce", "")], "invalid_request [nonce_missing]"),
        ("id_token", &[("scope", "email")], "invalid_request [scope_openid_missing]"),
        ("code id_token", &[("scope", "email")], "invalid_request [scope_openid_missing]"),
        ("token", &[("scope", "nonsense")], "invalid_scope [scope_unknown]"),
        ("id_token", &[("prompt", "none")], "login_required [login_required]"),
    ] {
        let answer = browser.get(&asked(response_type, changes)).await;
        assert_eq!(refused(&answer), expected, "{response_type} {changes:?}");
    }
    for response_type in ["token", "code token"] {
        let (path, _) = browser.open(&asked(response_type, &[("nonce", "")])).await;
        assert!(path.contains("/interaction/"), "{response_type} carries no ID token");
    }
}

/// The client of the walk-through lists `token` and `id_token`, but not the grant `implicit`.
#[tokio::test]
async fn response_types_without_their_grant_bring_nothing() {
    let app = TestApp::with_people().await;
    let mut walk_through = client("walk-through");
    walk_through["grant_types"] = json!(["authorization_code"]);
    walk_through["response_types"] = json!(["token", "id_token", "code", "code id_token"]);
    app.add_client(walk_through).await;
    let browser = Browser::new(&app);
    let of_client = [("client_id", "walk-through")];
    for response_type in ["token", "id_token", "code id_token"] {
        let answer = browser.get(&asked(response_type, &of_client)).await;
        assert_eq!(refused(&answer), "unauthorized_client [response_type_without_grant]", "{response_type}");
    }
    let code = browser.sign_in(&asked("code", &of_client), "user").await.code();
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    app.post(TOKEN).basic("walk-through", SECRET).form(&form).await.ok();
}

#[tokio::test]
async fn a_client_with_the_implicit_grant_alone_gets_no_code() {
    let app = app().await;
    app.change_client("client", |client| client.grant_types = vec!["implicit".to_owned()]).await;
    let browser = Browser::new(&app);
    let answer = browser.get(&asked("code", &[])).await;
    assert_eq!(
        answer.refused_to_client(),
        format!("{CALLBACK} unauthorized_client [response_type_without_grant]")
    );
    let answer = browser.get(&asked("code id_token", &[])).await;
    assert_eq!(refused(&answer), "unauthorized_client [response_type_without_grant]");
    assert!(browser.sign_in(&asked("id_token", &[]), "user").await.fragment().contains_key("id_token"));
}

#[tokio::test]
async fn the_workspace_says_which_response_types_there_are() {
    let app = app().await;
    let browser = Browser::new(&app);
    let listed = async || {
        let answer = app.get("/default/default/.well-known/openid-configuration").await.ok();
        let list = |name: &str| {
            answer[name]
                .as_array()
                .unwrap()
                .iter()
                .map(|word| word.as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        (list("response_types_supported"), list("grant_types_supported"))
    };
    let (response_types, grant_types) = listed().await;
    assert_eq!(response_types.len(), 8);
    assert!(grant_types.contains(&"implicit".to_owned()));

    app.change_workspace(|server| {
        server.response_types = vec!["code".to_owned(), "token id_token".to_owned()];
    })
    .await;
    assert_eq!(listed().await.0, ["code", "id_token token"]);
    let answer = browser.get(&asked("id_token", &[])).await;
    assert_eq!(refused(&answer), "unsupported_response_type [response_type_not_supported]");

    app.change_workspace(|server| {
        server.response_types.clear();
        server.grant_types.retain(|word| word != "implicit");
    })
    .await;
    let (response_types, grant_types) = listed().await;
    assert_eq!(response_types, ["code", "none"]);
    assert!(!grant_types.contains(&"implicit".to_owned()));
    let answer = browser.get(&asked("code id_token", &[])).await;
    assert_eq!(refused(&answer), "unsupported_response_type [response_type_not_supported]");
}

/// What was allowed when the page was shown may be forbidden when the button is pressed.
#[tokio::test]
async fn a_grant_taken_away_while_the_page_is_shown_brings_nothing() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, login) = browser.open(&asked("id_token token", &[])).await;
    app.change_client("client", |client| client.grant_types.retain(|word| word != "implicit")).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    assert_eq!(answer.refused_on_a_page(), "400 This page is no longer valid [interaction_gone]");
}

#[tokio::test]
async fn a_client_whose_tokens_are_bound_gets_none_by_way_of_the_browser() {
    let app = app().await;
    let browser = Browser::new(&app);
    for dpop in [false, true] {
        app.change_client("client", |client| {
            client.tls_client_certificate_bound_access_tokens = !dpop;
            client.dpop_bound_access_tokens = dpop;
        })
        .await;
        let answer = browser.get(&asked("code token", &[])).await;
        assert_eq!(refused(&answer), "unauthorized_client [response_type_with_bound_tokens]");
    }
    let answer = browser.sign_in(&asked("code id_token", &[]), "user").await.fragment();
    assert!(answer.contains_key("code"));
}

#[tokio::test]
async fn an_opaque_token_of_the_front_channel_is_known() {
    let app = app().await;
    app.change_workspace(|server| server.access_token_strategy = AccessTokenStrategy::Opaque).await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&asked("token", &[]), "user").await.fragment();
    let token = &answer["access_token"];
    assert!(!token.contains('.'));
    let introspected = introspect(&app, token).await;
    assert_eq!((&introspected["active"], &introspected["scope"]), (&json!(true), &json!("openid email")));
}

/// RFC 6749 §4.1.2: a code used twice ends everything issued for the same request.
#[tokio::test]
async fn a_code_used_twice_ends_the_token_that_came_beside_it() {
    let app = app().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&asked("code token", &[]), "user").await.fragment();
    assert_eq!(introspect(&app, &answer["access_token"]).await["active"], true);
    app.redeem(&answer["code"]).await;
    let form = [("grant_type", "authorization_code"), ("code", &*answer["code"]), ("redirect_uri", CALLBACK)];
    let again = app.post(TOKEN).basic("client", SECRET).form(&form).await;
    assert_eq!(again.reason(), "400 invalid_grant code_used_twice");
    assert_eq!(introspect(&app, &answer["access_token"]).await, json!({"active": false}));
}

async fn introspect(app: &TestApp, token: &str) -> Value {
    app.post("/default/default/oauth2/introspect")
        .basic("client", SECRET)
        .form(&[("token", token)])
        .await
        .ok()
}
