//! Clients that are told: ping (CIBA §10.2) and push (§10.3, §12).

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, half_hash};
use symbolon_server::oauth2::backchannel_authentication::notify;
use symbolon_store::entity::AuthorizationDetail;

use super::{GRANT, app, app_with, approve, ask, error, id_of, page_of, poll, press};
use crate::harness::{Browser, DpopKey, NOW, Remote, SECRET, TOKEN, TestApp, TestCertificate, decode};

const TOKEN_OF_CLIENT: &str = "8d67dc78-7faa-4d41-aabd-67707b374255";
pub(super) const TOLD: (&str, &str) = ("client_notification_token", TOKEN_OF_CLIENT);

/// A server whose client `bank` is told at `remote`.
async fn app_telling(remote: &Remote, mode: &str) -> TestApp {
    let app = app_with(&remote.settings()).await;
    app.change_workspace(|server| server.backchannel_token_delivery_modes_supported.push("push".to_owned()))
        .await;
    register(&app, mode, &remote.url).await;
    remote.answer("204 No Content");
    app
}

pub(super) async fn register(app: &TestApp, mode: &str, endpoint: &str) {
    app.change_client("bank", |client| {
        client.backchannel_token_delivery_mode = Some(mode.to_owned());
        client.backchannel_client_notification_endpoint = Some(endpoint.to_owned());
    })
    .await;
}

async fn deny(app: &TestApp) {
    let browser = Browser::new(app);
    let page = page_of(&browser, "user").await;
    press(&browser, &page, "deny").await.location();
}

/// The last message that the client got.
#[track_caller]
pub(super) fn message(remote: &Remote) -> Value {
    let heard = remote.heard().pop().expect("a message");
    assert!(heard.head.starts_with("post "), "{}", heard.head);
    assert!(heard.head.contains("content-type: application/json\r\n"), "{}", heard.head);
    assert!(heard.head.contains(&format!("authorization: bearer {TOKEN_OF_CLIENT}\r\n")), "{}", heard.head);
    serde_json::from_str(&heard.body).unwrap()
}

#[tokio::test]
async fn a_ping_names_the_request_and_the_client_fetches_its_tokens() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "ping").await;
    let answer = ask(&app, &[TOLD]).await;
    assert_eq!(answer.ok()["interval"], 5);
    let id = id_of(&answer);
    assert_eq!(notify::run_once(&app.app).await, 0, "nobody has answered");
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending", "it may poll as well");
    approve(&app).await;
    assert_eq!(notify::run_once(&app.app).await, 1);
    assert_eq!(message(&remote), json!({"auth_req_id": id}), "and nothing else");
    assert_eq!(poll(&app, &id).await.ok()["scope"], "openid email");
    assert_eq!(notify::run_once(&app.app).await, 0, "told once");
}

#[tokio::test]
async fn a_client_is_pinged_when_it_was_refused() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "ping").await;
    let id = id_of(&ask(&app, &[TOLD]).await);
    deny(&app).await;
    notify::run_once(&app.app).await;
    assert_eq!(message(&remote), json!({"auth_req_id": id}));
    assert_eq!(error(&poll(&app, &id).await), "access_denied");
}

#[tokio::test]
async fn a_push_brings_the_tokens_and_hashes_that_bind_them() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "push").await;
    let answer = ask(&app, &[TOLD, ("scope", "openid email offline_access")]).await;
    assert_eq!(answer.ok()["interval"], Value::Null, "who is pushed to does not poll");
    let id = id_of(&answer);
    approve(&app).await;
    assert_eq!(notify::run_once(&app.app).await, 1);
    let tokens = message(&remote);
    assert_eq!((&tokens["auth_req_id"], &tokens["token_type"]), (&json!(id), &json!("bearer")));
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let (_, claims) = decode(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["urn:openid:params:jwt:claim:auth_req_id"], id);
    assert_eq!(claims["at_hash"], half_hash(Algorithm::ES256, access));
    assert_eq!(claims["urn:openid:params:jwt:claim:rt_hash"], half_hash(Algorithm::ES256, refresh));
    assert_eq!(claims["iss"], "https://localhost:8443/default/default");
    let userinfo = app.get("/default/default/userinfo").bearer(access).await.ok();
    assert_eq!(userinfo["email"], "user@example.com");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let refreshed = app.post(TOKEN).basic("bank", SECRET).form(&form).await.ok();
    let (_, later) = decode(refreshed["id_token"].as_str().unwrap());
    assert!(later["urn:openid:params:jwt:claim:auth_req_id"].is_null(), "that is over");
    assert_eq!(poll(&app, &id).await.reason(), "400 unauthorized_client ciba_push_client_polls");
    assert_eq!(notify::run_once(&app.app).await, 0);
}

#[tokio::test]
async fn a_push_says_why_there_are_no_tokens() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "push").await;
    let denied = id_of(&ask(&app, &[TOLD]).await);
    deny(&app).await;
    notify::run_once(&app.app).await;
    let said = message(&remote);
    assert_eq!((&said["auth_req_id"], &said["error"]), (&json!(denied), &json!("access_denied")));

    let forgotten = id_of(&ask(&app, &[TOLD, ("requested_expiry", "60")]).await);
    app.advance(59);
    assert_eq!(notify::run_once(&app.app).await, 0);
    app.advance(1);
    notify::run_once(&app.app).await;
    let said = message(&remote);
    assert_eq!((&said["auth_req_id"], &said["error"]), (&json!(forgotten), &json!("expired_token")));
    assert!(said["access_token"].is_null());
}

/// RFC 9396 §7: what was granted beyond scopes is in pushed tokens too.
#[tokio::test]
async fn pushed_tokens_carry_authorization_details() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "push").await;
    let kind = AuthorizationDetail {
        id: "pay".to_owned(),
        kind: "payment".to_owned(),
        ..AuthorizationDetail::default()
    };
    app.store().insert(kind, NOW.millis()).await.unwrap();
    app.change_client("bank", |client| client.authorization_details_types = vec!["payment".to_owned()]).await;
    let details = json!([{"type": "payment", "amount": "1"}]);
    ask(&app, &[TOLD, ("authorization_details", details.to_string().as_str())]).await.ok();
    approve(&app).await;
    notify::run_once(&app.app).await;
    let said = message(&remote);
    assert_eq!(said["authorization_details"], details);
    assert_eq!(decode(said["access_token"].as_str().unwrap()).1["authorization_details"], details);
}

#[tokio::test]
async fn pushed_tokens_are_issued_once_however_often_they_are_sent() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "push").await;
    ask(&app, &[TOLD, ("scope", "openid offline_access")]).await.ok();
    approve(&app).await;
    remote.answer("503 Away");
    notify::run_once(&app.app).await;
    let first = message(&remote);
    assert_eq!(notify::run_once(&app.app).await, 0, "it is left alone for a while");
    app.advance(2);
    remote.answer("200 OK");
    assert_eq!(notify::run_once(&app.app).await, 1);
    assert_eq!(message(&remote), first, "the same tokens");
    assert_eq!(app.rows_of("refresh_tokens").await, 1);
    app.advance(3600);
    assert_eq!(notify::run_once(&app.app).await, 0);
}

#[tokio::test]
async fn who_does_not_answer_is_tried_a_few_times_and_then_given_up() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "ping").await;
    ask(&app, &[TOLD]).await.ok();
    approve(&app).await;
    remote.answer("500 Broken");
    assert_eq!(notify::run_once(&app.app).await, 1);
    for pause in [2, 10, 30, 120] {
        app.advance(pause - 1);
        assert_eq!(notify::run_once(&app.app).await, 0, "{pause}");
        app.advance(1);
        assert_eq!(notify::run_once(&app.app).await, 1, "{pause}");
    }
    app.advance(3600);
    assert_eq!(notify::run_once(&app.app).await, 0);
    assert_eq!(remote.asked(), 5);
}

#[tokio::test]
async fn who_refuses_or_redirects_is_not_told_again() {
    for status in
        ["401 Unauthorized", "403 Forbidden", "301 Moved\r\nlocation: https://localhost:1/x", "400 Bad"]
    {
        let remote = Remote::start("").await;
        let app = app_telling(&remote, "ping").await;
        let id = id_of(&ask(&app, &[TOLD]).await);
        approve(&app).await;
        remote.answer(status);
        assert_eq!(notify::run_once(&app.app).await, 1);
        app.advance(200);
        assert_eq!(notify::run_once(&app.app).await, 0, "{status}");
        assert_eq!(remote.asked(), 1, "{status}");
        poll(&app, &id).await.ok();
    }
}

#[tokio::test]
async fn nobody_is_told_in_a_private_network() {
    let remote = Remote::start("").await;
    let app = app().await;
    for endpoint in
        [&*remote.url, "https://127.0.0.1:1/", "https://169.254.169.254/latest", "http://localhost/"]
    {
        register(&app, "ping", endpoint).await;
        let id = id_of(&ask(&app, &[TOLD]).await);
        approve(&app).await;
        assert_eq!(notify::run_once(&app.app).await, 1, "{endpoint}");
        poll(&app, &id).await.ok();
        app.advance(400);
        notify::run_once(&app.app).await;
    }
    assert_eq!(remote.asked(), 0);
}

#[tokio::test]
async fn a_client_that_is_told_says_where_and_with_which_token() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "ping").await;
    assert_eq!(ask(&app, &[]).await.reason(), "400 invalid_request parameter_missing");
    for token in ["a b", "\u{e9}", "x\r\nhost: evil", &"a".repeat(1025)] {
        let answer = ask(&app, &[("client_notification_token", token)]).await;
        assert_eq!(answer.reason(), "400 invalid_request client_notification_token_malformed", "{token}");
    }
    ask(&app, &[("client_notification_token", &"a".repeat(1024))]).await.ok();
    app.change_client("bank", |client| client.backchannel_client_notification_endpoint = None).await;
    assert_eq!(
        ask(&app, &[TOLD]).await.reason(),
        "400 unauthorized_client ciba_notification_endpoint_missing"
    );
    app.change_workspace(|server| {
        server.backchannel_token_delivery_modes_supported.retain(|mode| mode == "poll");
    })
    .await;
    assert_eq!(ask(&app, &[TOLD]).await.reason(), "400 unauthorized_client ciba_delivery_mode_not_served");
}

#[tokio::test]
async fn pushed_tokens_are_bound_to_what_the_client_showed_when_it_asked() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "push").await;
    app.change_client("bank", |client| client.tls_client_certificate_bound_access_tokens = true).await;
    assert_eq!(ask(&app, &[TOLD]).await.reason(), "400 invalid_request certificate_missing_for_binding");
    let form = [("scope", "openid"), ("login_hint", "user"), TOLD];
    let (certificate, key) = (TestCertificate::self_signed("CN=bank"), DpopKey::new(Algorithm::ES256));
    let request = app.post(super::ENDPOINT).basic("bank", SECRET).form(&form).certificate(&certificate);
    request.proof(&key.proof("POST", super::ENDPOINT)).await.ok();
    approve(&app).await;
    notify::run_once(&app.app).await;
    let tokens = message(&remote);
    assert_eq!(tokens["token_type"], "DPoP");
    let (_, claims) = decode(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["cnf"], json!({"x5t#S256": certificate.thumbprint(), "jkt": key.jkt()}));
}

#[tokio::test]
async fn a_client_that_lost_the_grant_or_its_registration_is_told_nothing() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "push").await;
    ask(&app, &[TOLD]).await.ok();
    approve(&app).await;
    app.change_client("bank", |client| client.grant_types.retain(|word| word != GRANT)).await;
    assert_eq!(notify::run_once(&app.app).await, 1);
    assert_eq!((remote.asked(), app.rows_of("access_tokens").await), (0, 0));
    assert_eq!(notify::run_once(&app.app).await, 0);
}

#[tokio::test]
async fn discovery_tells_of_the_modes_that_the_workspace_allows() {
    let app = app().await;
    const DISCOVERY: &str = "/default/default/.well-known/openid-configuration";
    let modes = async || app.get(DISCOVERY).await.ok()["backchannel_token_delivery_modes_supported"].clone();
    assert_eq!(modes().await, json!(["poll", "ping"]));
    app.change_workspace(|server| server.backchannel_token_delivery_modes_supported = vec!["push".into()])
        .await;
    assert_eq!(modes().await, json!(["push"]));
    app.change_workspace(|server| server.profile = serde_json::from_str("\"fapi_advanced\"").unwrap()).await;
    assert_eq!(modes().await, json!([]), "FAPI-CIBA has no push");
}

/// CIBA §10.2, §10.3: each client hears of its own requests alone, with the token that it gave for each: a message without
/// it is somebody else's.
#[tokio::test]
async fn tokens_go_to_the_client_that_asked_and_to_nobody_else() {
    let remote = Remote::start("").await;
    let app = app_telling(&remote, "push").await;
    let shop = remote.url.replace("/jwks.json", "/shop");
    app.change_client("shop", |client| {
        client.backchannel_token_delivery_mode = Some("push".to_owned());
        client.backchannel_client_notification_endpoint = Some(shop);
    })
    .await;
    let browser = Browser::new(&app);
    for (client, token) in [("bank", TOKEN_OF_CLIENT), ("shop", "of-the-shop")] {
        let form = [("scope", "openid"), ("login_hint", "user"), ("client_notification_token", token)];
        app.post(super::ENDPOINT).basic(client, SECRET).form(&form).await.ok();
        let page = match client {
            "bank" => page_of(&browser, "user").await,
            _ => browser.get(super::PAGE).await,
        };
        press(&browser, &page, "accept").await.location();
    }
    assert_eq!(notify::run_once(&app.app).await, 2);
    let heard = remote.heard();
    assert_eq!(heard.len(), 2);
    for message in heard {
        let is_shop = message.head.starts_with("post /shop http");
        let (client, token) = if is_shop { ("shop", "of-the-shop") } else { ("bank", TOKEN_OF_CLIENT) };
        assert!(message.head.contains(&format!("authorization: bearer {token}\r\n")), "{}", message.head);
        let told: Value = serde_json::from_str(&message.body).unwrap();
        assert_eq!(decode(told["access_token"].as_str().unwrap()).1["aud"][0], client);
        assert_eq!(decode(told["id_token"].as_str().unwrap()).1["aud"], json!([client]));
    }
}
