//! `/{tid}/{aid}/oidc/logout`: RP-Initiated Logout 1.0.

use http::header::LOCATION;
use http::{Method, Request};
use serde_json::json;
use symbolon_jose::{
    Algorithm, ContentEncryption, EncryptionKey, JweEncrypter, JwtSigner, KeyManagement, SigningKey,
};
use symbolon_server::seed::MadeKey;
use symbolon_store::KeyState;
use url::form_urlencoded::Serializer;

use crate::harness::{
    Browser, LOGOUT, NOW, Recipient, SECRET, TestApp, client, decode, request, request_with,
};

const BYE: &str = "https://example.com/bye";
const SESSION: &str = "__Host-session.default.default";

/// A browser in which `user` is logged in, and the tokens of `client`.
async fn logged_in(app: &TestApp) -> (Browser<'_>, String, String) {
    let browser = Browser::new(app);
    let code = browser.sign_in(&request("openid"), "user").await.code();
    let tokens = app.redeem(&code).await;
    let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
    (browser, token("id_token"), token("access_token"))
}

async fn is_logged_in(browser: &Browser<'_>) -> bool {
    browser.get(&request_with("openid", &[("prompt", "none")])).await.sends("code").is_some()
}

fn logout(parameters: &[(&str, &str)]) -> String {
    format!("{LOGOUT}?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
}

#[tokio::test]
async fn with_its_own_hint_a_session_ends_at_once() {
    let app = TestApp::with_people().await;
    let (browser, id_token, _) = logged_in(&app).await;
    let session = browser.cookie(SESSION).unwrap();
    let asked = logout(&[("id_token_hint", &id_token), ("post_logout_redirect_uri", BYE), ("state", "é &")]);
    let answer = browser.get(&asked).await;
    assert_eq!(answer.location(), format!("{BYE}?state=%C3%A9+%26"));
    assert_eq!(browser.cookie(SESSION), None);
    assert_eq!(app.rows_of("sessions").await, 0);
    browser.set_cookie(SESSION, Some(&session));
    assert!(!is_logged_in(&browser).await, "the cookie is worth nothing any more");
    let again = browser.get(&asked).await;
    assert_eq!(again.location(), format!("{BYE}?state=%C3%A9+%26"), "once more does no harm");
}

#[tokio::test]
async fn a_hint_may_have_expired() {
    let app = TestApp::with_people().await;
    let (browser, id_token, _) = logged_in(&app).await;
    for _ in 0..4 {
        app.advance(50 * 60);
        assert!(is_logged_in(&browser).await);
    }
    let answer = browser.get(&logout(&[("id_token_hint", &id_token)])).await;
    assert_eq!(answer.page().heading(), "You are signed out");
    assert!(!is_logged_in(&browser).await);
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked() {
    let app = TestApp::with_people().await;
    let (browser, ..) = logged_in(&app).await;
    let asked = logout(&[("client_id", "client"), ("post_logout_redirect_uri", BYE), ("state", "s")]);
    let page = browser.get(&asked).await;
    assert_eq!(page.page().heading(), "Sign out?");
    assert!(page.page().text().contains("Calendar asks to sign you out"));
    assert!(is_logged_in(&browser).await);

    let stayed = browser.press(&asked, &page, "stay").await;
    assert_eq!(stayed.page().heading(), "You are still signed in");
    assert!(is_logged_in(&browser).await);

    let done = browser.press(&asked, &page, "logout").await;
    assert_eq!(done.location(), format!("{BYE}?state=s"));
    assert!(!is_logged_in(&browser).await);
}

#[tokio::test]
async fn a_person_may_log_out_without_any_client() {
    let app = TestApp::with_people().await;
    let (browser, ..) = logged_in(&app).await;
    let page = browser.get(LOGOUT).await;
    let answer = browser.press(LOGOUT, &page, "stay").await;
    assert_eq!(answer.page().heading(), "You are still signed in");
    let answer = browser.press(LOGOUT, &page, "logout").await;
    assert_eq!(answer.page().heading(), "You are signed out");
    assert!(!is_logged_in(&browser).await);
    assert_eq!(browser.get(LOGOUT).await.page().heading(), "You are signed out");
}

/// RP-Initiated Logout 1.0 §2 wants POST to work. A form of another site comes without our cookies.
#[tokio::test]
async fn a_form_of_another_site_ends_the_session_it_cannot_see() {
    let app = TestApp::with_people().await;
    let (browser, id_token, _) = logged_in(&app).await;
    let parameters = [
        ("id_token_hint", id_token.as_str()),
        ("post_logout_redirect_uri", BYE),
        ("state", "s"),
        ("client_id", "client"),
    ];
    let answer = browser.post_from_another_site(LOGOUT, &parameters).await;
    let address = answer.location().to_owned();
    assert!(!address.contains(&id_token) && !address.contains("eyJ"), "no token in the history: {address}");
    // What the address says of the hint is good for the session of the hint alone.
    let other = Browser::new(&app);
    other.sign_in(&request("openid"), "other").await.code();
    assert_eq!(other.get(&address).await.page().heading(), "Sign out?");
    let (_, answer) = browser.follow(LOGOUT, answer).await;
    assert_eq!(answer.location(), format!("{BYE}?state=s"));
    assert!(!is_logged_in(&browser).await, "nobody is told of a logout that did not happen");
}

#[tokio::test]
async fn nobody_says_that_a_hint_was_seen_that_was_not() {
    let app = TestApp::with_people().await;
    let (browser, id_token, _) = logged_in(&app).await;
    for seen in ["true", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let claimed = [("client_id", "client"), ("id_token_hint_seen", seen)];
        assert_eq!(browser.get(&logout(&claimed)).await.page().heading(), "Sign out?", "{seen}");
        let answer = browser.post_from_another_site(LOGOUT, &claimed).await;
        let (_, page) = browser.follow(LOGOUT, answer).await;
        assert_eq!(page.page().heading(), "Sign out?", "{seen}");
    }
    let parameters = [("id_token_hint", id_token.as_str()), ("id_token_hint_seen", "x")];
    let answer = browser.post_from_another_site(LOGOUT, &parameters).await;
    let (_, answer) = browser.follow(LOGOUT, answer).await;
    assert_eq!(answer.page().heading(), "You are signed out");
}

#[tokio::test]
async fn a_form_without_a_hint_leads_to_the_question_and_back_to_the_client() {
    let app = TestApp::with_people().await;
    let (browser, ..) = logged_in(&app).await;
    let parameters = [("client_id", "client"), ("post_logout_redirect_uri", BYE)];
    let answer = browser.post_from_another_site(LOGOUT, &parameters).await;
    let (path, page) = browser.follow(LOGOUT, answer).await;
    assert_eq!(page.page().heading(), "Sign out?");
    assert_eq!(browser.press(&path, &page, "logout").await.location(), BYE);
    assert!(!is_logged_in(&browser).await);
}

/// Any site can send a browser here: without the right hint it logs nobody out.
#[tokio::test]
async fn another_token_than_that_of_this_session_only_asks() {
    let app = TestApp::with_people().await;
    let (browser, id_token, _) = logged_in(&app).await;

    let other = Browser::new(&app);
    other.sign_in(&request("openid"), "other").await.code();
    let page = other.get(&logout(&[("id_token_hint", &id_token)])).await;
    assert_eq!(page.page().heading(), "Sign out?", "the token of somebody else");
    assert!(is_logged_in(&other).await);

    browser.get(&logout(&[("id_token_hint", &id_token)])).await;
    assert!(!is_logged_in(&browser).await);
    browser.sign_in(&request("openid"), "user").await.code();
    let page = browser.get(&logout(&[("id_token_hint", &id_token)])).await;
    assert_eq!(page.page().heading(), "Sign out?", "the token of an earlier session");
    assert!(is_logged_in(&browser).await);
}

/// RP-Initiated Logout 1.0 §2, OpenID Connect Core §10.1: with the client's secret.
#[tokio::test]
async fn an_id_token_that_is_signed_with_the_secret_is_a_hint() {
    let app = TestApp::with_people().await;
    app.add_client(client("client-2")).await;
    app.change_client("client", |client| client.id_token_signed_response_alg = Some("HS256".into())).await;
    let (browser, id_token, _) = logged_in(&app).await;
    assert_eq!(decode(&id_token).0["alg"], "HS256");
    let forged = |secret: &str| {
        let key = SigningKey::from_secret(Algorithm::HS256, secret.as_bytes()).unwrap();
        JwtSigner::new(key, "", "JWT").unwrap().sign_json(&decode(&id_token).1).unwrap()
    };
    for (parameters, reason) in [
        (vec![("id_token_hint", forged(&"x".repeat(32)))], "id_token_hint_invalid"),
        // Of a client without an HMAC a secret signs nothing.
        (
            vec![("id_token_hint", id_token.clone()), ("client_id", "client-2".into())],
            "id_token_hint_invalid",
        ),
    ] {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.get(&logout(&parameters)).await.record().reason, reason);
    }
    assert!(is_logged_in(&browser).await);
    assert_eq!(forged(SECRET), id_token);
    let answer = browser.get(&logout(&[("id_token_hint", &id_token), ("client_id", "client")])).await;
    assert_eq!(answer.page().heading(), "You are signed out");
    assert!(!is_logged_in(&browser).await);
}

/// RP-Initiated Logout 1.0 §4: encrypted anew, to the workspace.
#[tokio::test]
async fn an_id_token_that_is_encrypted_to_the_workspace_is_a_hint() {
    let app = TestApp::with_people().await;
    let (browser, id_token, access_token) = logged_in(&app).await;
    let key = MadeKey::for_encryption(KeyManagement::EcdhEs).await.unwrap();
    app.store().insert_key(&key.as_new(), KeyState::Current, NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    let jwks = app.get("/default/default/.well-known/jwks.json").await.ok();
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["use"] == "enc").unwrap();
    let key = EncryptionKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    let to_us = JweEncrypter::new(key, KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap();
    let other = Recipient::new("ECDH-ES");
    let other = serde_json::from_value(serde_json::to_value(&other.jwks().keys[0]).unwrap()).unwrap();
    let other = EncryptionKey::from_jwk(&other).unwrap();
    let to_another = JweEncrypter::new(other, KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap();
    for token in [
        to_another.encrypt_jwt(&id_token).unwrap(),
        // Anybody can encrypt: what counts is who has signed.
        to_us.encrypt_jwt(&access_token).unwrap(),
        to_us.encrypt(br#"{"sub":"user"}"#, None).unwrap(),
        to_us.encrypt_jwt(&to_us.encrypt_jwt(&id_token).unwrap()).unwrap(),
    ] {
        let answer = browser.get(&logout(&[("id_token_hint", &token)])).await;
        assert_eq!(answer.record().reason, "id_token_hint_invalid");
    }
    assert!(is_logged_in(&browser).await);
    let token = to_us.encrypt_jwt(&id_token).unwrap();
    let answer = browser.get(&logout(&[("id_token_hint", &token), ("post_logout_redirect_uri", BYE)])).await;
    assert_eq!(answer.location(), BYE, "the client is known by it");
    assert!(!is_logged_in(&browser).await);
}

/// Everything that the workspace signs has `iss`, `aud` and `sub`: each kind counts where it belongs.
#[tokio::test]
async fn other_tokens_of_the_workspace_are_no_hints() {
    let app = TestApp::with_people().await;
    app.change_client("client", |client| client.userinfo_signed_response_alg = "ES256".into()).await;
    let (browser, id_token, access_token) = logged_in(&app).await;
    let userinfo = app.get("/default/default/userinfo").bearer(&access_token).await;
    assert_eq!(userinfo.status, 200);
    let workspace = app.app.snapshots.workspace(&app.app.store, "default", "default").await.unwrap().unwrap();
    let signer = &workspace.keys.signer;
    let claims = decode(&id_token).1;
    let as_logout_token = signer.with_typ("logout+jwt").unwrap().sign_json(&claims).unwrap();
    let mut with_events = claims.clone();
    with_events["events"] = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    let with_events = signer.sign_json(&with_events).unwrap();
    for token in [userinfo.text(), &as_logout_token, &with_events] {
        let answer = browser.get(&logout(&[("id_token_hint", token)])).await;
        assert_eq!(answer.record().reason, "id_token_hint_invalid", "{token}");
        let answer =
            browser.get(&request_with("openid", &[("prompt", "none"), ("id_token_hint", token)])).await;
        assert!(answer.refused_to_client().ends_with("[id_token_hint_invalid]"), "{token}");
    }
    assert!(is_logged_in(&browser).await);
    let again = signer.sign_json(&claims).unwrap();
    browser.get(&logout(&[("id_token_hint", &again)])).await;
    assert!(!is_logged_in(&browser).await, "it is the kind alone that is refused");
}

#[tokio::test]
async fn nothing_but_an_id_token_is_a_hint() {
    let app = TestApp::with_people().await;
    app.add_client(client("client-2")).await;
    let (browser, id_token, access_token) = logged_in(&app).await;
    let for_nobody = app.access_token_for_nobody(&browser).await;
    let cases = [
        (vec![("id_token_hint", access_token.as_str())], "id_token_hint_invalid"),
        (vec![("id_token_hint", for_nobody.as_str())], "id_token_hint_invalid"),
        (vec![("id_token_hint", "x.y.z")], "id_token_hint_invalid"),
        (
            vec![("id_token_hint", id_token.as_str()), ("client_id", "client-2")],
            "id_token_hint_of_another_client",
        ),
    ];
    for (parameters, reason) in cases {
        let answer = browser.get(&logout(&parameters)).await;
        let expected = format!("400 We cannot make sense of this request [{reason}]");
        assert_eq!(answer.refused_on_a_page(), expected);
    }
    assert!(is_logged_in(&browser).await);
}

#[tokio::test]
async fn the_browser_returns_to_registered_addresses_alone() {
    let app = TestApp::with_people().await;
    app.add_client(client("client-2")).await;
    app.change_client("client-2", |client| client.post_logout_redirect_uris = vec![]).await;
    let (browser, id_token, _) = logged_in(&app).await;
    for uri in [
        "https://evil.example/",
        "https://example.com/bye/",
        "https://example.com/bye?x",
        "https://example.com/bye#x",
        "https://example.com/callback",
        "https://example.com@evil.example/bye",
        "//example.com/bye",
        "/bye",
        "javascript:alert(1)",
    ] {
        for who in [("id_token_hint", id_token.as_str()), ("client_id", "client")] {
            let answer = browser.get(&logout(&[who, ("post_logout_redirect_uri", uri)])).await;
            assert_eq!(answer.header(LOCATION), "");
            assert_eq!(
                answer.refused_on_a_page(),
                "400 We cannot make sense of this request [post_logout_redirect_uri_not_registered]",
                "{uri}"
            );
        }
    }
    for (parameters, reason) in [
        (vec![("post_logout_redirect_uri", BYE)], "client_unnamed"),
        (
            vec![("post_logout_redirect_uri", BYE), ("client_id", "client-2")],
            "post_logout_redirect_uri_not_registered",
        ),
    ] {
        let answer = browser.get(&logout(&parameters)).await;
        let expected = format!("400 We cannot make sense of this request [{reason}]");
        assert_eq!(answer.refused_on_a_page(), expected, "{parameters:?}");
    }
    let answer = browser.get(&logout(&[("post_logout_redirect_uri", BYE), ("client_id", "nobody")])).await;
    assert_eq!(answer.refused_on_a_page(), "400 This app is not known here [client_unknown]");
    assert!(is_logged_in(&browser).await, "and nobody was logged out");
}

#[tokio::test]
async fn the_confirmation_is_bound_to_browser_and_session() {
    let app = TestApp::with_people().await;
    let (browser, ..) = logged_in(&app).await;
    let page = browser.get(LOGOUT).await;
    let attacker = Browser::new(&app);
    attacker.sign_in(&request("openid"), "other").await.code();
    let of_attacker = attacker.get(LOGOUT).await;
    let foreign = "400 This page is no longer valid [form_not_from_this_page]";
    assert_eq!(browser.press(LOGOUT, &of_attacker, "logout").await.refused_on_a_page(), foreign);
    let (_, login) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    assert_eq!(browser.press(LOGOUT, &login, "logout").await.refused_on_a_page(), foreign);
    let again = browser.get(LOGOUT).await;
    browser.press(LOGOUT, &again, "logout").await;
    browser.sign_in(&request("openid"), "user").await.code();
    assert_eq!(
        browser.press(LOGOUT, &page, "logout").await.refused_on_a_page(),
        foreign,
        "of an earlier session"
    );
    assert!(is_logged_in(&browser).await);
}

#[tokio::test]
async fn logging_out_here_leaves_other_workspaces_alone() {
    let app = TestApp::with_people().await;
    app.add_client_in("default", "developer", client("client-d")).await;
    app.add_people("developer", &["user"]).await;
    let (browser, id_token, _) = logged_in(&app).await;
    let elsewhere = request("openid").replace("/default/default/", "/default/developer/");
    let elsewhere = elsewhere.replace("=client&", "=client-d&");
    browser.sign_in(&elsewhere, "user").await.code();
    browser.get(&logout(&[("id_token_hint", &id_token)])).await;
    assert!(!is_logged_in(&browser).await);
    browser.get(&elsewhere).await.code();
    // The token of one workspace is no hint in another.
    let asked = logout(&[("id_token_hint", &id_token)]).replace("/default/default/", "/default/developer/");
    assert_eq!(browser.get(&asked).await.record().reason, "id_token_hint_invalid");
}

#[tokio::test]
async fn a_malformed_request_is_told_on_a_page() {
    let app = TestApp::with_people().await;
    let (browser, ..) = logged_in(&app).await;
    for (query, reason) in [("state=1&state=2", "form_repeated_parameter"), ("state=%zz", "form_bad_escape")]
    {
        let answer = browser.get(&format!("{LOGOUT}?{query}")).await;
        let expected = format!("400 We cannot make sense of this request [{reason}]");
        assert_eq!(answer.refused_on_a_page(), expected);
    }
    let json = Request::builder().method(Method::POST).uri(LOGOUT).header("content-type", "application/json");
    let answer = browser.send(json, "{}".into()).await;
    assert_eq!(answer.refused_on_a_page(), "400 We cannot make sense of this request [content_type_wrong]");
}
