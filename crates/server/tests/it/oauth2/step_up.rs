//! Step-up authentication (RFC 9470)

use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};
use symbolon_store::entity::Idp;
use symbolon_store::entity::server::AdvancedConfiguration;

use crate::harness::{Answer, Browser, CALLBACK, NOW, SECRET, TOKEN, TestApp, client, decode, request_with};

const USERINFO: &str = "/default/default/userinfo";

async fn wants(server: &TestApp, acr_values: &[&str], max_age: Option<i64>) {
    let acr_values = acr_values.iter().map(|value| (*value).to_owned()).collect();
    server
        .change_workspace(|workspace| {
            workspace.advanced = Some(AdvancedConfiguration {
                resource_acr_values: acr_values,
                resource_max_age: max_age,
                ..AdvancedConfiguration::default()
            });
        })
        .await;
}

async fn two_factors(server: &TestApp) {
    let mut idp = server.store().load::<Idp>("default-people").await.unwrap().value;
    idp.static_amr = vec!["pwd".to_owned(), "otp".to_owned()];
    server.store().update(idp, None, NOW.millis()).await.unwrap();
    server.app.snapshots.invalidate("default", "default");
}

async fn token(server: &TestApp, browser: &Browser<'_>, more: &[(&str, &str)]) -> String {
    let code = browser.sign_in(&request_with("openid", more), "user").await.code();
    server.redeem(&code).await["access_token"].as_str().unwrap().to_owned()
}

fn challenge(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.header(WWW_AUTHENTICATE))
}

#[tokio::test]
async fn who_is_authenticated_too_weakly_is_told_what_would_do_and_comes_back() {
    let server = TestApp::with_people().await;
    let browser = Browser::new(&server);
    let weak = token(&server, &browser, &[]).await;
    server.get(USERINFO).bearer(&weak).await.ok();
    wants(&server, &["2"], None).await;
    let answer = server.get(USERINFO).bearer(&weak).await;
    insta::assert_snapshot!(answer.refused(), @r#"
    401 insufficient_user_authentication: A different authentication level is required.
    challenge: Bearer realm="oauth2", error="insufficient_user_authentication", error_description="A different authentication level is required.", acr_values="2", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: access_token_acr_too_low
    expected: 2
    got: 1
    client: client
    "#);
    // The client sends the person again, with what the challenge says (RFC 9470 §4): once, and not for ever (§5).
    let again = browser.get(&request_with("openid", &[("acr_values", "2")])).await;
    assert_eq!(
        again.refused_to_client(),
        format!("{CALLBACK} unmet_authentication_requirements [acr_not_supported]")
    );
    two_factors(&server).await;
    let asked = request_with("openid", &[("acr_values", "2")]);
    let (_, page) = browser.open(&asked).await;
    assert_eq!(page.page().heading(), "Sign in", "who is logged in has not shown enough");
    let silent = browser.get(&request_with("openid", &[("acr_values", "2"), ("prompt", "none")])).await;
    assert_eq!(silent.refused_to_client(), format!("{CALLBACK} login_required [login_required]"));
    let strong = token(&server, &browser, &[("acr_values", "2")]).await;
    assert_eq!(decode(&strong).1["acr"], "2");
    server.get(USERINFO).bearer(&strong).await.ok();
    assert_eq!(server.get(USERINFO).bearer(&weak).await.status, 401, "the old token stays weak");
}

#[tokio::test]
async fn who_authenticated_too_long_ago_is_told_so() {
    let server = TestApp::with_people().await;
    let browser = Browser::new(&server);
    wants(&server, &[], Some(300)).await;
    let first = token(&server, &browser, &[]).await;
    server.advance(300);
    server.get(USERINFO).bearer(&first).await.ok();
    server.advance(1);
    let answer = server.get(USERINFO).bearer(&first).await;
    insta::assert_snapshot!(answer.refused(), @r#"
    401 insufficient_user_authentication: More recent authentication is required.
    challenge: Bearer realm="oauth2", error="insufficient_user_authentication", error_description="More recent authentication is required.", max_age="300", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: access_token_authentication_too_old
    expected: at most 300 s ago
    got: 301 s ago
    client: client
    "#);
    let fresh = token(&server, &browser, &[("max_age", "300")]).await;
    server.get(USERINFO).bearer(&fresh).await.ok();
}

#[tokio::test]
async fn tokens_and_introspection_say_how_and_when_the_person_authenticated() {
    let server = TestApp::with_people().await;
    let browser = Browser::new(&server);
    server.advance(7);
    let access = token(&server, &browser, &[]).await;
    let claims = decode(&access).1;
    let expected = (json!("1"), json!(NOW.seconds() + 7));
    assert_eq!((claims["acr"].clone(), claims["auth_time"].clone()), expected);
    let form = [("token", access.as_str())];
    let told =
        server.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form).await.ok();
    assert_eq!((told["acr"].clone(), told["auth_time"].clone()), expected);
}

#[tokio::test]
async fn the_management_apis_ask_for_it_of_people_and_not_of_programs() {
    let server = TestApp::new().await;
    server.add_people("admin", &["user"]).await;
    let mut console = client("console");
    console["scopes"] = json!(["view_tenant"]);
    console["grant_types"] = json!(["authorization_code", "client_credentials"]);
    server.add_client_in("default", "admin", console).await;
    let tenant = server.app.store.tenant("default");
    let mut admin = tenant.load::<symbolon_store::entity::Server>("admin").await.unwrap().value;
    admin.advanced = Some(AdvancedConfiguration {
        resource_acr_values: vec!["2".to_owned()],
        resource_max_age: Some(60),
        ..AdvancedConfiguration::default()
    });
    tenant.update(admin, None, NOW.millis()).await.unwrap();
    server.app.snapshots.invalidate("default", "admin");

    let asked = request_with("view_tenant", &[]).replace("/default/default/", "/default/admin/");
    let asked = asked.replace("client_id=client", "client_id=console");
    let code = Browser::new(&server).sign_in(&asked, "user").await.code();
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    let at = TOKEN.replace("/default/default/", "/default/admin/");
    let tokens = server.post(&at).basic("console", SECRET).form(&form).await.ok();
    let answer =
        server.get("/api/admin/default/servers").bearer(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(
        challenge(&answer),
        (
            401,
            "Bearer realm=\"admin\", resource_metadata=\"https://localhost:8443/.well-known/oauth-protected-resource/api/admin/default\", error=\"insufficient_user_authentication\", error_description=\"A different \
             authentication level is required.\", acr_values=\"2\", max_age=\"60\""
        )
    );
    assert!(answer.refusal.is_some());
    let form = [("grant_type", "client_credentials")];
    let tokens: Value = server.post(&at).basic("console", SECRET).form(&form).await.ok();
    server.get("/api/admin/default/servers").bearer(tokens["access_token"].as_str().unwrap()).await.ok();
}
