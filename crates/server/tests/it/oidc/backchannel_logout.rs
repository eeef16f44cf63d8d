//! Clients that are told of a logout server to server: Back-Channel Logout 1.0.

use serde_json::{Value, json};
use symbolon_jose::UnverifiedJwt;
use symbolon_protocol::ScopeSet;
use symbolon_server::oauth2::backchannel_logout::deliver;
use symbolon_server::oauth2::records::GrantRecord;
use symbolon_store::entity::Client;
use symbolon_store::entity::client::SubjectType;
use symbolon_store::{NewGrant, Whose};
use url::form_urlencoded;

use crate::harness::{
    Browser, CALLBACK, LOGOUT, NOW, Recipient, Remote, SECRET, TOKEN, TestApp, client, decode, request,
    request_with,
};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A server whose client is told at `remote`.
async fn told_at(remote: &Remote) -> TestApp {
    let app = TestApp::with_people_and_settings(&remote.settings()).await;
    app.change_client("client", |client| client.backchannel_logout_uri = Some(remote.url.clone())).await;
    app
}

/// Signs `user` in, and logs out with the ID token as the hint. Returns it.
async fn logged_out(app: &TestApp, scope: &str) -> String {
    let browser = Browser::new(app);
    let code = browser.sign_in(&request(scope), "user").await.code();
    let id_token = app.redeem(&code).await["id_token"].as_str().unwrap().to_owned();
    log_out(&browser, &id_token).await;
    id_token
}

async fn log_out(browser: &Browser<'_>, id_token: &str) {
    let answer = browser.get(&format!("{LOGOUT}?id_token_hint={id_token}")).await;
    assert_eq!(answer.page().heading(), "You are signed out");
}

/// The logout tokens that were sent.
fn tokens(remote: &Remote) -> Vec<String> {
    let one = |body: &str| {
        let form: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let [(name, token)] = form.as_slice() else { panic!("{body}") };
        assert_eq!(name, "logout_token");
        token.clone()
    };
    remote.heard().iter().map(|heard| one(&heard.body)).collect()
}

fn claims(token: &str) -> Value {
    decode(token).1
}

#[tokio::test]
async fn a_logout_token_says_who_and_which_session() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    let id_token = logged_out(&app, "openid").await;
    assert!(remote.heard().is_empty(), "the person does not wait for it");
    assert_eq!(deliver::run_once(&app.app).await, 1);
    let heard = remote.heard();
    assert!(heard[0].head.starts_with("post /jwks.json http/1.1\r\n"), "{}", heard[0].head);
    assert!(heard[0].head.contains("content-type: application/x-www-form-urlencoded\r\n"));

    let token = tokens(&remote).remove(0);
    let workspace = app.app.snapshots.workspace(&app.app.store, "default", "default").await.unwrap().unwrap();
    let keys = &workspace.keys;
    UnverifiedJwt::parse(&token).unwrap().verify(&keys.verification, &keys.algorithms).unwrap();
    let (header, claims) = decode(&token);
    assert_eq!(header["typ"], "logout+jwt");
    let of_id_token = self::claims(&id_token);
    let jti = claims["jti"].as_str().unwrap();
    assert!(jti.len() >= 32, "{jti}");
    assert_eq!(
        claims,
        json!({
            "iss": "https://localhost:8443/default/default",
            "aud": "client",
            "iat": NOW.seconds(),
            "exp": NOW.seconds() + 120,
            "jti": jti,
            "events": {EVENT: {}},
            "sub": of_id_token["sub"],
            "sid": of_id_token["sid"],
        })
    );
    assert_eq!(app.rows_of("logout_notices").await, 0);
    assert_eq!(deliver::run_once(&app.app).await, 0, "it is told once");
}

#[tokio::test]
async fn a_token_is_signed_and_encrypted_as_id_tokens_are_and_names_the_clients_own_subject() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    let recipient = Recipient::new("RSA-OAEP-256");
    let jwks = recipient.jwks();
    app.change_client("client", |client| {
        client.id_token_signed_response_alg = Some("HS256".to_owned());
        client.id_token_encrypted_response_alg = Some("RSA-OAEP-256".to_owned());
        client.subject_type = SubjectType::Pairwise;
        client.jwks = Some(jwks);
    })
    .await;
    let browser = Browser::new(&app);
    let code = browser.sign_in(&request("openid"), "user").await.code();
    let (_, id_token) = recipient.open(app.redeem(&code).await["id_token"].as_str().unwrap());
    // RP-Initiated Logout 1.0 §2: the client decrypts it, and sends what was in it.
    log_out(&browser, &id_token).await;
    assert_eq!(deliver::run_once(&app.app).await, 1);
    let (_, token) = recipient.open(&tokens(&remote)[0]);
    let (header, claims) = decode(&token);
    assert_eq!(header, json!({"alg": "HS256", "typ": "logout+jwt"}));
    assert_eq!(claims["sub"], self::claims(&id_token)["sub"]);
    assert_eq!(claims["sid"], self::claims(&id_token)["sid"]);
    let again = browser.get(&format!("{LOGOUT}?id_token_hint={token}")).await;
    assert_eq!(again.record().reason, "id_token_hint_invalid", "and is no hint itself");
}

#[tokio::test]
async fn every_client_of_the_session_is_told_and_no_other() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    for id in ["second", "of-another", "deaf", "inactive", "implicit"] {
        app.add_client(client(id)).await;
        app.change_client(id, |client: &mut Client| {
            client.backchannel_logout_uri = (id != "deaf").then(|| remote.url.clone());
            client.grant_types.push("implicit".to_owned());
            client.response_types.push("id_token".to_owned());
        })
        .await;
    }
    let of = |id: &str, more: &[(&str, &str)]| {
        request_with("openid offline_access", more).replace("client_id=client&", &format!("client_id={id}&"))
    };
    let browser = Browser::new(&app);
    let code = browser.sign_in(&request("openid"), "user").await.code();
    let id_token = app.redeem(&code).await["id_token"].as_str().unwrap().to_owned();
    for id in ["second", "second", "deaf", "inactive"] {
        browser.sign_in(&of(id, &[]), "user").await.code();
    }
    let implicit = of("implicit", &[("nonce", "n")]).replace("response_type=code", "response_type=id_token");
    assert!(browser.sign_in(&implicit, "user").await.fragment().contains_key("id_token"));
    let other = Browser::new(&app);
    other.sign_in(&of("of-another", &[]), "user").await.code();
    app.change_client("inactive", |client| {
        client.client_status = symbolon_store::entity::client::ClientStatus::Inactive;
    })
    .await;
    log_out(&browser, &id_token).await;
    assert_eq!(deliver::run_once(&app.app).await, 3);
    let mut told: Vec<_> =
        tokens(&remote).iter().map(|token| claims(token)["aud"].as_str().unwrap().to_owned()).collect();
    told.sort_unstable();
    assert_eq!(told, ["client", "implicit", "second"]);
}

/// §2.7: refresh tokens with `offline_access` are meant to outlive the session.
#[tokio::test]
async fn with_a_session_end_the_grants_that_are_not_for_offline_access() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let online = app.redeem(&browser.sign_in(&request("openid"), "user").await.code()).await;
    let offline = request("openid offline_access");
    let offline = app.redeem(&browser.sign_in(&offline, "user").await.code()).await;
    let unredeemed = browser.sign_in(&request("openid"), "user").await.code();
    let elsewhere = Browser::new(&app);
    let elsewhere = app.redeem(&elsewhere.sign_in(&request("openid"), "user").await.code()).await;
    let userinfo = async |tokens: &Value| {
        app.get("/default/default/userinfo").bearer(tokens["access_token"].as_str().unwrap()).await.status
    };
    assert_eq!(userinfo(&online).await, 200);
    log_out(&browser, online["id_token"].as_str().unwrap()).await;
    assert_eq!(userinfo(&online).await, 401);
    assert_eq!(userinfo(&offline).await, 200);
    assert_eq!(userinfo(&elsewhere).await, 200, "of another session");
    let refresh_token = offline["refresh_token"].as_str().unwrap();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    app.post(TOKEN).basic("client", SECRET).form(&refresh).await.ok();
    let late = [("grant_type", "authorization_code"), ("code", &unredeemed), ("redirect_uri", CALLBACK)];
    let late = app.post(TOKEN).basic("client", SECRET).form(&late).await;
    assert_eq!(late.json()["error"], "invalid_grant");
}

/// Whoever is logged in can make a grant with every request that asks them nothing.
#[tokio::test]
async fn thousands_of_grants_end_with_their_session_and_the_client_is_told_once() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    let browser = Browser::new(&app);
    let tokens = app.redeem(&browser.sign_in(&request("openid"), "user").await.code()).await;
    let id = claims(tokens["access_token"].as_str().unwrap())["gid"].as_str().unwrap().to_owned();
    let first = app.store().find_grant::<GrantRecord>(&id).await.unwrap().unwrap();
    let subject = first.subject.as_deref();
    let mut offline = first.doc.clone();
    offline.scope = ScopeSet::parse("openid offline_access").unwrap();
    let mut other = first.doc.clone();
    other.authentication.session_id = "other".to_owned();
    let many = (0..5_600).map(|i| (format!("{i}"), &first.doc));
    for (id, doc) in many.chain([("offline".to_owned(), &offline), ("of-another".to_owned(), &other)]) {
        let (created_at, expires_at) = (first.created_at, first.expires_at);
        let new = NewGrant { id: &id, client_id: "client", subject, doc, created_at, expires_at };
        app.store().insert_grant(&new).await.unwrap();
    }
    log_out(&browser, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(deliver::run_once(&app.app).await, 1);
    let (mut alive, mut last) = (Vec::new(), String::new());
    loop {
        let whose = Whose::User(subject.unwrap());
        let page = app.store().list_grants_after::<GrantRecord>(whose, None, &last, 500).await.unwrap();
        let Some(end) = page.last() else { break };
        last.clone_from(&end.id);
        alive.extend(page.into_iter().filter(|grant| grant.revoked_at.is_none()).map(|grant| grant.id));
    }
    assert_eq!(alive, ["of-another", "offline"]);
}

#[tokio::test]
async fn a_client_that_fails_is_told_again_a_few_times() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    remote.answer("503 Away");
    logged_out(&app, "openid").await;
    let mut tries = 0;
    for pause in [0, 5, 30, 120, 600, 600, 600] {
        app.advance(pause - 1);
        assert_eq!(deliver::run_once(&app.app).await, 0, "not before its time");
        app.advance(1);
        tries += deliver::run_once(&app.app).await;
    }
    assert_eq!((tries, remote.asked()), (5, 5), "bounded");
    assert_eq!(app.rows_of("logout_notices").await, 0, "nothing is left");
    let mut ids: Vec<_> = tokens(&remote).iter().map(|token| claims(token)["jti"].to_string()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 5, "each is a token of its own");
    assert_eq!(claims(&tokens(&remote)[4])["iat"], NOW.seconds() + 755, "and of its time");
}

#[tokio::test]
async fn a_client_that_answers_is_told_once_whatever_it_says() {
    for status in ["200 OK", "204 No Content", "400 Bad Request", "404 Not Found", "302 Found"] {
        let remote = Remote::start("").await;
        let app = told_at(&remote).await;
        remote.answer(status);
        logged_out(&app, "openid").await;
        deliver::run_once(&app.app).await;
        assert_eq!((remote.asked(), app.rows_of("logout_notices").await), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn a_client_that_recovers_is_told_the_next_time() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    remote.answer("500 Oops");
    logged_out(&app, "openid").await;
    deliver::run_once(&app.app).await;
    remote.answer("200 OK");
    app.advance(5);
    assert_eq!(deliver::run_once(&app.app).await, 1);
    app.advance(3600);
    assert_eq!(deliver::run_once(&app.app).await, 0);
    assert_eq!(remote.asked(), 2);
}

/// SSRF: whoever registers an address of this server's own network reaches nobody with it.
#[tokio::test]
async fn nobody_in_the_servers_own_network_is_told() {
    let remote = Remote::start("").await;
    let [root_ca, _] = remote.settings();
    let app = TestApp::with_people_and_settings(&[root_ca]).await;
    for uri in
        [remote.url.as_str(), "https://127.0.0.1:1/", "https://169.254.169.254/x", "http://example.com/"]
    {
        app.change_client("client", |client| client.backchannel_logout_uri = Some(uri.to_owned())).await;
        logged_out(&app, "openid").await;
        assert_eq!(deliver::run_once(&app.app).await, 1);
    }
    assert_eq!(remote.asked(), 0);
}

#[tokio::test]
async fn a_client_that_is_gone_or_deaf_by_now_is_not_told() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    logged_out(&app, "openid").await;
    app.change_client("client", |client| client.backchannel_logout_uri = None).await;
    assert_eq!(deliver::run_once(&app.app).await, 1);
    assert_eq!((remote.asked(), app.rows_of("logout_notices").await), (0, 0));
}

/// A step-up at one client logs nobody out at the others, and the session is known to all by one name.
#[tokio::test]
async fn a_session_keeps_its_name_when_the_same_person_logs_in_again() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    let browser = Browser::new(&app);
    let first = app.redeem(&browser.sign_in(&request("openid"), "user").await.code()).await;
    let cookie = browser.cookie("__Host-session.default.default");
    let (path, page) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    let code = browser.log_in(&path, &page, "user", "user").await.code();
    assert_ne!(browser.cookie("__Host-session.default.default"), cookie);
    let second = app.id_token_of(&code).await;
    assert_eq!(second["sid"], claims(first["id_token"].as_str().unwrap())["sid"]);
    assert_eq!(app.rows_of("sessions").await, 1);
    assert_eq!(deliver::run_once(&app.app).await, 0);
    log_out(&browser, first["id_token"].as_str().unwrap()).await;
    assert_eq!(deliver::run_once(&app.app).await, 1);
}

#[tokio::test]
async fn a_session_ends_when_somebody_else_logs_in_at_its_browser() {
    let remote = Remote::start("").await;
    let app = told_at(&remote).await;
    let browser = Browser::new(&app);
    let first = app.redeem(&browser.sign_in(&request("openid"), "user").await.code()).await;
    let (path, page) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    let answer = browser.log_in(&path, &page, "other", "other").await;
    browser.follow(&path, answer).await;
    assert_eq!(app.rows_of("sessions").await, 1);
    assert_eq!(deliver::run_once(&app.app).await, 1);
    let first = claims(first["id_token"].as_str().unwrap());
    let told = claims(&tokens(&remote)[0]);
    assert_eq!((&told["sub"], &told["sid"]), (&first["sub"], &first["sid"]));
}

#[tokio::test]
async fn discovery_and_registration_tell_of_it() {
    let app = TestApp::with_people().await;
    let metadata = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
}
