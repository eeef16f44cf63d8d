//! OAuth 2.1, and the profile for clients of the Model Context Protocol, which is built on it.

use serde_json::json;
use symbolon_store::entity::server::AdvancedConfiguration;
use symbolon_store::entity::server::WorkspaceProfile::{Mcp, Oauth21};

use super::*;
use crate::harness::{SECRET, request};

async fn app() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| {
        server.profile = Oauth21;
        server.grant_types.push("password".to_owned());
        // What a profile asks for is no matter of other switches.
        server.enforce_pkce = false;
        server.enforce_pkce_for_public_clients = false;
        server.advanced = Some(AdvancedConfiguration {
            disable_refresh_token_cycling: true,
            ..AdvancedConfiguration::default()
        });
    })
    .await;
    app
}

#[tokio::test]
async fn pkce_is_asked_of_every_client() {
    let app = app().await;
    let answer = Browser::new(&app).get(&request("openid")).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [code_challenge_required]"));
    let answer = sign_in(&app, &plain(&[], &[])).await;
    app.post(TOKEN).basic("client", SECRET).form(&redemption(&answer.code())[1..]).await.ok();
}

#[tokio::test]
async fn there_is_no_implicit_grant() {
    let app = app().await;
    app.change_client("client", |client| {
        client.grant_types.push("implicit".to_owned());
        client.response_types =
            ["token", "id_token", "code token", "code id_token"].map(str::to_owned).to_vec();
    })
    .await;
    for response_type in ["token", "id_token", "code token", "code id_token"] {
        let answer = Browser::new(&app).get(&plain(&[], &[("response_type", response_type)])).await;
        assert_eq!(answer.fragment()["error"], "unsupported_response_type", "{response_type}");
    }
}

#[tokio::test]
async fn there_is_no_password_grant() {
    let app = app().await;
    app.change_client("client", |client| client.grant_types.push("password".to_owned())).await;
    let form = [("grant_type", "password"), ("username", "user"), ("password", "user")];
    let answer = app.post(TOKEN).basic("client", SECRET).form(&form).await;
    assert_eq!(answer.reason(), "400 unsupported_grant_type grant_type_not_allowed_by_workspace");
}

#[tokio::test]
async fn refresh_tokens_of_public_clients_rotate() {
    let app = app().await;
    app.change_client("client", |client| client.token_endpoint_auth_method = "none".to_owned()).await;
    let answer = sign_in(&app, &plain(&[], &[])).await;
    let tokens = app.post(TOKEN).form(&redemption(&answer.code())).await.ok();
    let old = tokens["refresh_token"].as_str().unwrap();
    let refresh = |token: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "client")];
        app.post(TOKEN).form(&form)
    };
    let next = refresh(old).await.ok();
    assert_ne!(next["refresh_token"], json!(old));
    app.advance(60);
    assert_eq!(refresh(old).await.reason(), "400 invalid_grant refresh_token_reused");
    // And with it everything that came from the grant (OAuth 2.1 §4.3.1).
    let next = next["refresh_token"].as_str().unwrap();
    assert_eq!(refresh(next).await.reason(), "400 invalid_grant refresh_token_revoked");
}

#[tokio::test]
async fn tokens_do_not_travel_in_a_query() {
    let app = app().await;
    let answer = sign_in(&app, &plain(&[], &[])).await;
    let tokens = app.post(TOKEN).basic("client", SECRET).form(&redemption(&answer.code())[1..]).await.ok();
    let token = tokens["access_token"].as_str().unwrap();
    let answer = app.get(&format!("{USERINFO}?access_token={token}")).await;
    assert_eq!(answer.reason(), "401 invalid_token access_token_missing");
    app.get(USERINFO).bearer(token).await.ok();
}

#[tokio::test]
async fn the_profile_for_agents_keeps_the_same_rules() {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.profile = Mcp).await;
    let answer = Browser::new(&app).get(&request("openid")).await;
    assert!(answer.refused_to_client().starts_with(CALLBACK));
    // And no token is good everywhere.
    let answer = Browser::new(&app).get(&plain(&[], &[])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_target [resource_missing]"));
    let metadata = app.get("/default/default/.well-known/oauth-authorization-server").await.ok();
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
}
