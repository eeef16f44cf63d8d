//! `response_mode`: the form that posts itself, and answers as a JWT (JARM).

use std::collections::BTreeMap;

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use serde_json::{Value, json};
use symbolon_jose::{Algorithm, KeySet, verify};
use symbolon_store::entity::server::AdvancedConfiguration;

use crate::harness::{
    Answer, Browser, CALLBACK, NOW, Recipient, SECRET, TOKEN, TestApp, decode, request, request_with,
};

/// The fields of the form on the page, which goes to the client.
#[track_caller]
fn form(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = answer.text();
    assert!(text.contains(&format!("<form method=\"post\" action=\"{CALLBACK}\">")), "{text}");
    let fields = text.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |field: &str| {
        let (name, rest) = field.split_once("\" value=\"").unwrap();
        (name.to_owned(), rest.split_once('"').unwrap().0.to_owned())
    };
    fields.map(field).collect()
}

/// A browser in which `user` has logged in and consented.
async fn signed_in(app: &TestApp) -> Browser<'_> {
    let browser = Browser::new(app);
    browser.sign_in(&request("openid"), "user").await.code();
    browser
}

async fn asked(browser: &Browser<'_>, mode: &str) -> Answer {
    browser.get(&request_with("openid", &[("response_mode", mode)])).await
}

/// The claims of a JWT that the workspace has signed.
async fn verified(app: &TestApp, token: &str) -> Value {
    let jwks = app.get("/default/default/.well-known/jwks.json").await.ok();
    let keys = KeySet::from_jwk_set(&serde_json::from_value(jwks).unwrap());
    Value::Object(verify(token, &keys, &Algorithm::ALL).unwrap().claims)
}

#[tokio::test]
async fn a_form_carries_the_answer_to_the_client() {
    let app = TestApp::with_people().await;
    let browser = signed_in(&app).await;
    let answer = asked(&browser, "form_post").await;
    let fields = form(&answer);
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["code", "iss", "state"]);
    assert_eq!(fields["state"], "of the client");
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
    assert_eq!(answer.header(REFERRER_POLICY), "no-referrer");
    let policy = answer.header(CONTENT_SECURITY_POLICY);
    assert!(policy.contains("form-action 'self' https:"), "{policy}");
    assert!(policy.contains("script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    app.redeem(&fields["code"]).await;
}

#[tokio::test]
async fn a_form_follows_the_login_and_the_consent_too() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, login) = browser.open(&request_with("openid", &[("response_mode", "form_post")])).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    let denied = browser.press(&path, &consent, "deny").await;
    assert_eq!(form(&denied)["error"], "access_denied");
    assert_eq!(denied.record().reason, "consent_denied");
}

#[tokio::test]
async fn what_a_client_sends_is_no_markup_in_the_form() {
    let app = TestApp::with_people().await;
    let browser = signed_in(&app).await;
    let state = "\"><script>alert(1)</script>";
    let url = request_with("openid", &[("response_mode", "form_post"), ("nonce", "n")]).replace(
        "of+the+client",
        &url::form_urlencoded::byte_serialize(state.as_bytes()).collect::<String>(),
    );
    let answer = browser.get(&url).await;
    assert!(!answer.text().contains("<script>alert"));
    assert!(answer.text().contains("&quot;&gt;&lt;script&gt;"), "{}", answer.text());
}

#[tokio::test]
async fn errors_travel_in_the_form_too() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let answer =
        browser.get(&request_with("openid", &[("response_mode", "form_post"), ("prompt", "none")])).await;
    assert_eq!(form(&answer)["error"], "login_required");
    let asked = request_with("openid", &[("response_mode", "form_post")]);
    for (response_type, error) in [("", "invalid_request"), ("nonsense", "unsupported_response_type")] {
        let changed = asked.replace("response_type=code", &format!("response_type={response_type}"));
        let answer = browser.get(&changed).await;
        assert_eq!(form(&answer)["error"], error, "though its default way is not known");
    }
}

#[tokio::test]
async fn the_answer_is_one_signed_jwt() {
    let app = TestApp::with_people().await;
    let browser = signed_in(&app).await;
    for mode in ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"] {
        let answer = asked(&browser, mode).await;
        let parameters: BTreeMap<String, String> = match mode {
            "form_post.jwt" => form(&answer),
            "fragment.jwt" => answer.fragment(),
            _ => [("response".to_owned(), answer.sends("response").unwrap())].into(),
        };
        assert_eq!(parameters.keys().collect::<Vec<_>>(), ["response"], "{mode}");
        let token = &parameters["response"];
        assert_eq!(decode(token).0["alg"], "ES256");
        let claims = verified(&app, token).await;
        assert_eq!(claims["iss"], "https://localhost:8443/default/default");
        assert_eq!(claims["aud"], "client");
        assert_eq!(claims["exp"], NOW.seconds() + 600);
        assert_eq!(claims["state"], "of the client");
        app.redeem(claims["code"].as_str().unwrap()).await;
    }
}

#[tokio::test]
async fn errors_are_signed_too() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let answer = browser.get(&request_with("openid", &[("response_mode", "jwt"), ("prompt", "none")])).await;
    let claims = verified(&app, &answer.sends("response").unwrap()).await;
    assert_eq!(claims["error"], "login_required");
    assert_eq!(answer.sends("error"), None);
    assert_eq!(answer.record().error, "login_required");
}

#[tokio::test]
async fn a_client_may_have_its_answers_encrypted() {
    let app = TestApp::with_people().await;
    for (alg, enc) in
        [("RSA-OAEP", None), ("RSA-OAEP-256", Some("A256GCM")), ("ECDH-ES+A128KW", Some("A128GCM"))]
    {
        let recipient = Recipient::new(alg);
        app.change_client("client", |client| {
            client.jwks = Some(recipient.jwks());
            client.authorization_encrypted_response_alg = Some(alg.to_owned());
            client.authorization_encrypted_response_enc = enc.map(str::to_owned);
        })
        .await;
        let browser = Browser::new(&app);
        let answer = browser
            .sign_in(&request_with("openid", &[("response_mode", "jwt"), ("prompt", "login")]), "user")
            .await;
        let (header, signed) = recipient.open(&answer.sends("response").unwrap());
        assert_eq!(header["alg"], alg);
        assert_eq!(header["enc"], enc.unwrap_or("A128CBC-HS256"));
        assert_eq!(header["cty"], "JWT");
        assert_eq!(header["kid"], "the-client-s");
        assert!(verified(&app, &signed).await["code"].is_string());
    }
}

#[tokio::test]
async fn what_cannot_be_encrypted_is_not_sent() {
    let app = TestApp::with_people().await;
    let browser = signed_in(&app).await;
    app.change_client("client", |client| {
        client.authorization_encrypted_response_alg = Some("RSA-OAEP".to_owned());
    })
    .await;
    let answer = asked(&browser, "jwt").await;
    assert_eq!(answer.refused_on_a_page(), "500 Something went wrong on our side [encryption_key_missing]");
}

#[tokio::test]
async fn a_client_chooses_the_algorithm_of_its_answers() {
    let app = TestApp::with_people().await;
    let browser = signed_in(&app).await;
    app.change_client("client", |client| {
        client.authorization_signed_response_alg = Some("EdDSA".to_owned());
    })
    .await;
    let answer = asked(&browser, "jwt").await;
    assert_eq!(answer.record().reason, "signing_algorithm_without_key");
}

#[tokio::test]
async fn no_token_travels_in_a_query() {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.grant_types.push("implicit".to_owned())).await;
    app.change_client("client", |client| {
        client.grant_types.push("implicit".to_owned());
        client.response_types.push("code id_token".to_owned());
    })
    .await;
    let browser = signed_in(&app).await;
    let ask = |mode: &'static str| {
        request_with("openid", &[("nonce", "n"), ("response_mode", mode)])
            .replace("response_type=code", "response_type=code+id_token")
    };
    for mode in ["query", "query.jwt"] {
        let answer = browser.get(&ask(mode)).await;
        assert_eq!(answer.fragment()["error"], "invalid_request", "{mode}");
        assert_eq!(answer.record().reason, "response_mode_would_leak");
    }
    let answer = browser.get(&ask("jwt")).await;
    let claims = verified(&app, &answer.fragment()["response"]).await;
    assert!(claims["id_token"].is_string() && claims["code"].is_string());
    let fields = form(&browser.get(&ask("form_post")).await);
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["code", "id_token", "iss", "state"]);
    // JARM §2.3.1: unless the response is encrypted.
    let recipient = Recipient::new("RSA-OAEP-256");
    app.change_client("client", |client| {
        client.jwks = Some(recipient.jwks());
        client.authorization_encrypted_response_alg = Some("RSA-OAEP-256".to_owned());
    })
    .await;
    let answer = browser.get(&ask("query.jwt")).await;
    let (_, signed) = recipient.open(&answer.sends("response").unwrap());
    assert!(verified(&app, &signed).await["id_token"].is_string());
    assert_eq!(browser.get(&ask("query")).await.record().reason, "response_mode_would_leak");
}

#[tokio::test]
async fn a_workspace_says_which_modes_it_takes() {
    let app = TestApp::with_people().await;
    let browser = signed_in(&app).await;
    let with = |change: fn(&mut AdvancedConfiguration)| {
        app.change_workspace(move |server| {
            let mut advanced = AdvancedConfiguration::default();
            change(&mut advanced);
            server.advanced = Some(advanced);
        })
    };
    let supported = async || {
        let document = app.get("/default/default/.well-known/openid-configuration").await.ok();
        document["response_modes_supported"].clone()
    };

    with(|advanced| advanced.block_response_modes = true).await;
    let answer = asked(&browser, "form_post").await;
    assert_eq!(answer.record().reason, "response_mode_blocked");
    assert_eq!(answer.sends("error").as_deref(), Some("invalid_request"));
    assert_eq!(supported().await, json!(["query", "fragment"]));
    browser.get(&request("openid")).await.code();

    with(|advanced| advanced.disallowed_response_modes = vec!["fragment".to_owned(), "jwt".to_owned()]).await;
    assert_eq!(asked(&browser, "jwt").await.record().reason, "response_mode_not_supported");
    assert_eq!(
        supported().await,
        json!(["query", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt"])
    );

    with(|advanced| advanced.disallow_code_response_type_without_jarm = true).await;
    let answer = browser.get(&request("openid")).await;
    assert_eq!(answer.record().reason, "code_without_jarm");
    assert!(asked(&browser, "jwt").await.sends("response").is_some());
}

#[tokio::test]
async fn a_form_is_not_posted_to_an_app() {
    let app = TestApp::with_people().await;
    app.add_client(json!({
        "redirect_uris": ["com.example.app:/callback"],
        "client_id": "app", "client_secret": SECRET, "grant_types": ["authorization_code"],
        "response_types": ["code"], "scopes": ["openid"], "application_type": "native",
    }))
    .await;
    let url = request_with("openid", &[("response_mode", "form_post")])
        .replace("client_id=client", "client_id=app")
        .replace(
            &url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect::<String>(),
            "com.example.app%3A%2Fcallback",
        );
    let answer = Browser::new(&app).get(&url).await;
    assert_eq!(answer.record().reason, "form_post_to_app");
}

#[tokio::test]
async fn a_jwt_answer_is_no_token() {
    // Cross-JWT confusion (RFC 8725 §2.8): what authorizes nothing here is no access token either.
    let app = TestApp::with_people().await;
    let browser = signed_in(&app).await;
    let token = asked(&browser, "jwt").await.sends("response").unwrap();
    let answer = app
        .get("/default/default/userinfo")
        .header(http::header::AUTHORIZATION, &format!("Bearer {token}"))
        .await;
    assert_eq!(answer.status, 401);
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    assert_eq!(app.post(TOKEN).basic("client", SECRET).form(&form).await.status, 400);
}
