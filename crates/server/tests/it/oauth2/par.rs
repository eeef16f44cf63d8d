//! `POST /{tid}/{aid}/par` and what becomes of a pushed request (RFC 9126).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::CACHE_CONTROL;
use serde_json::json;
use symbolon_store::entity::server::AdvancedConfiguration;
use symbolon_store::entity::{AuthorizationDetail, GoDuration};

use crate::harness::{Answer, Browser, CALLBACK, NOW, SECRET, TOKEN, TestApp, authorize, client, request};

const PAR: &str = "/default/default/par";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
const ASKED: [(&str, &str); 4] =
    [("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid"), ("state", "pushed")];

async fn push(app: &TestApp, more: &[(&str, &str)]) -> Answer {
    let kept = ASKED.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    let form: Vec<_> = kept.chain(more).copied().filter(|(_, value)| !value.is_empty()).collect();
    app.post(PAR).basic("client", SECRET).form(&form).await
}

async fn pushed(app: &TestApp) -> String {
    let answer = push(app, &[]).await;
    assert_eq!(answer.status, 201, "{} {:?}", answer.text(), answer.refusal);
    answer.json()["request_uri"].as_str().unwrap().to_owned()
}

fn bring(request_uri: &str) -> String {
    authorize(&[("client_id", "client"), ("request_uri", request_uri)])
}

/// How the browser is refused, whatever the words of the page.
fn reason(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.record().reason)
}

#[tokio::test]
async fn a_pushed_request_leads_to_a_code() {
    let app = TestApp::with_people().await;
    let answer = push(&app, &[("nonce", "of the client")]).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
    let body = answer.json();
    assert_eq!(body["expires_in"], 60);
    let request_uri = body["request_uri"].as_str().unwrap();
    assert_eq!(request_uri.strip_prefix(PREFIX).unwrap().len(), 43, "256 random bits");
    let answer = Browser::new(&app).sign_in(&bring(request_uri), "user").await;
    assert!(answer.location().starts_with(CALLBACK));
    assert_eq!(answer.sends("state").as_deref(), Some("pushed"));
    assert_eq!(app.id_token_of(&answer.code()).await["nonce"], "of the client");
}

#[tokio::test]
async fn a_request_is_answered_once_and_begun_as_often_as_needed() {
    let app = TestApp::with_people().await;
    let request_uri = pushed(&app).await;
    let (first, second) = (Browser::new(&app), Browser::new(&app));
    // A reload, another tab, another browser.
    for _ in 0..3 {
        let (path, answer) = first.open(&bring(&request_uri)).await;
        assert!(path.contains("/interaction/") && answer.status == 200);
    }
    let (waiting, page) = second.open(&bring(&request_uri)).await;
    first.sign_in(&bring(&request_uri), "user").await.code();
    assert_eq!(reason(&first.get(&bring(&request_uri)).await), "400 request_uri_gone");
    // Who began it elsewhere and comes later gets nothing.
    let late = second.log_in(&waiting, &page, "user", "user").await;
    let (path, page) = second.follow(&waiting, late).await;
    let late = if page.status == 200 { second.press(&path, &page, "accept").await } else { page };
    assert!(!late.headers.contains_key(http::header::LOCATION) || late.sends("code").is_none(), "{late:?}");
    assert_eq!(late.record().reason, "interaction_finished");
}

#[tokio::test]
async fn many_clicks_on_accept_give_one_code() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&bring(&pushed(&app).await)).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let (path, page) = browser.follow(&path, answer).await;
    let press = || browser.press(&path, &page, "accept");
    let (a, b, c, d) = tokio::join!(press(), press(), press(), press());
    let codes = [a, b, c, d].iter().filter(|answer| answer.status == 303).count();
    assert_eq!(codes, 1);
}

#[tokio::test]
async fn a_denied_request_cannot_be_begun_again() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let request_uri = pushed(&app).await;
    let (path, page) = browser.open(&bring(&request_uri)).await;
    let answer = browser.press(&path, &page, "cancel").await;
    assert_eq!(answer.sends("error").as_deref(), Some("access_denied"));
    assert_eq!(reason(&browser.get(&bring(&request_uri)).await), "400 request_uri_gone");
}

#[tokio::test]
async fn a_request_expires_but_not_while_a_person_answers() {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.pushed_authorization_request_ttl = Some(GoDuration::from_secs(10)))
        .await;
    assert_eq!(push(&app, &[]).await.json()["expires_in"], 10);
    let (early, late) = (pushed(&app).await, pushed(&app).await);
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&bring(&early)).await;
    app.advance(10);
    assert_eq!(reason(&browser.get(&bring(&late)).await), "400 request_uri_gone");
    app.advance(60);
    app.app.store.sweep(app.app.clock.now().millis(), 100).await.unwrap();
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let (path, page) = browser.follow(&path, answer).await;
    browser.press(&path, &page, "accept").await.code();
}

#[tokio::test]
async fn what_was_pushed_counts_and_nothing_beside_it() {
    let app = TestApp::with_people().await;
    let request_uri = pushed(&app).await;
    let asked = authorize(&[
        ("client_id", "client"),
        ("request_uri", &request_uri),
        ("state", "of the attacker"),
        ("scope", "openid email"),
        ("nonce", "of the attacker"),
        ("redirect_uri", "https://evil.example/"),
        ("prompt", "none"),
        ("response_mode", "fragment"),
    ]);
    let answer = Browser::new(&app).sign_in(&asked, "user").await;
    assert!(answer.location().starts_with(&format!("{CALLBACK}?")), "{answer:?}");
    assert_eq!(answer.sends("state").as_deref(), Some("pushed"));
    let tokens = app.redeem(&answer.code()).await;
    assert_eq!(tokens["scope"], "openid");
}

#[tokio::test]
async fn a_request_uri_belongs_to_its_client_and_workspace() {
    let app = TestApp::with_people().await;
    app.add_client(client("other")).await;
    app.add_client_in("default", "developer", client("elsewhere")).await;
    let request_uri = pushed(&app).await;
    let browser = Browser::new(&app);
    let stolen = authorize(&[("client_id", "other"), ("request_uri", &request_uri)]);
    assert_eq!(reason(&browser.get(&stolen).await), "400 request_uri_of_another_client");
    let elsewhere = bring(&request_uri).replace("/default/default/", "/default/developer/");
    let elsewhere = elsewhere.replace("client_id=client", "client_id=elsewhere");
    assert_eq!(reason(&browser.get(&elsewhere).await), "400 request_uri_gone");
    let without_client = authorize(&[("request_uri", &request_uri)]);
    assert_eq!(reason(&browser.get(&without_client).await), "400 client_id_missing");
    for guess in ["", "x", "'; DROP TABLE pushed_requests; --", "../../"] {
        let answer = browser.get(&bring(&format!("{PREFIX}{guess}"))).await;
        assert_eq!(reason(&answer), "400 request_uri_gone", "{guess}");
    }
    // Where the request names an address of the client, the client is told.
    let told = authorize(&[
        ("client_id", "client"),
        ("request_uri", &format!("{PREFIX}x")),
        ("redirect_uri", CALLBACK),
        ("state", "s"),
    ]);
    let told = browser.get(&told).await;
    assert_eq!(told.refused_to_client(), format!("{CALLBACK} invalid_request_uri [request_uri_gone]"));
    let evil = authorize(&[
        ("client_id", "client"),
        ("request_uri", &format!("{PREFIX}x")),
        ("redirect_uri", "https://evil.example/"),
    ]);
    assert_eq!(reason(&browser.get(&evil).await), "400 request_uri_gone");
    // Nobody has spent it.
    browser.sign_in(&bring(&request_uri), "user").await.code();
}

#[tokio::test]
async fn every_rule_is_checked_when_the_request_is_pushed() {
    let app = TestApp::with_people().await;
    let long = "n".repeat(5000);
    for (change, expected) in [
        (("redirect_uri", "https://evil.example/"), "400 invalid_request redirect_uri_not_registered"),
        (("response_type", ""), "400 invalid_request response_type_missing"),
        (("response_type", "nonsense"), "400 unsupported_response_type response_type_unknown"),
        (("scope", "openid nonsense"), "400 invalid_scope scope_unknown"),
        (("scope", "openid phone"), "400 invalid_scope scope_not_registered"),
        (("code_challenge_method", "S256"), "400 invalid_request code_challenge_missing"),
        (("nonce", long.as_str()), "400 invalid_request nonce_too_long"),
        (("prompt", "none login"), "400 invalid_request prompt_malformed"),
        (("request_uri", "urn:ietf:params:oauth:request_uri:x"), "400 invalid_request request_uri_pushed"),
        (("request_uri", "https://example.com/r"), "400 invalid_request request_uri_pushed"),
        (("client_id", "other"), "400 invalid_request client_id_contradiction"),
    ] {
        assert_eq!(push(&app, &[change]).await.reason(), expected, "{change:?}");
    }
    assert_eq!(app.rows_of("pushed_requests").await, 0);
}

#[tokio::test]
async fn who_pushes_must_be_the_client() {
    let app = TestApp::with_people().await;
    let form = [&ASKED[..], &[("client_id", "client")]].concat();
    let alone = app.post(PAR).form(&form).await;
    assert_eq!(alone.reason(), "401 invalid_client client_auth_method_mismatch");
    let wrong = app.post(PAR).basic("client", "wrong").form(&form).await;
    assert_eq!(wrong.reason(), "401 invalid_client client_secret_wrong");
    assert_eq!(app.rows_of("pushed_requests").await, 0);
    app.post(PAR).basic("client", SECRET).form(&form).await;
    assert_eq!(app.rows_of("pushed_requests").await, 1);
    // A public client has nothing to prove it with.
    let mut public = client("public");
    public["token_endpoint_auth_method"] = json!("none");
    app.add_client(public).await;
    let proof = [
        ("client_id", "public"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(app.post(PAR).form(&[&ASKED[..], &proof].concat()).await.status, 201);
    // A machine asks nobody to log in.
    let mut machine = client("machine");
    machine["grant_types"] = json!(["client_credentials"]);
    app.add_client(machine).await;
    let refused = app.post(PAR).basic("machine", SECRET).form(&ASKED).await;
    assert_eq!(refused.record().reason, "grant_not_registered");
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(app.request(method, PAR).await.status, 405, "{method}");
    }
}

#[tokio::test]
async fn secrets_that_came_with_the_request_are_not_kept() {
    let app = TestApp::with_people().await;
    let mut posts = client("posts");
    posts["token_endpoint_auth_method"] = json!("client_secret_post");
    app.add_client(posts).await;
    let form = [&ASKED[..], &[("client_id", "posts"), ("client_secret", SECRET)]].concat();
    let answer = app.post(PAR).form(&form).await.json();
    let id = answer["request_uri"].as_str().unwrap().strip_prefix(PREFIX).unwrap().to_owned();
    let name = symbolon_jose::sha256_b64url(id.as_bytes());
    let now = app.app.clock.now().millis();
    let kept = app.store().find_pushed_request::<String>(&name, now).await.unwrap().unwrap();
    assert!(kept.doc.contains("state=pushed") && !kept.doc.contains(SECRET), "{}", kept.doc);
    assert_eq!(app.store().find_pushed_request::<String>(&id, now).await.unwrap(), None);
}

/// CVE-2024-4540: what a client pushed stood in a cookie of the browser, for everybody who has it to read.
#[tokio::test]
async fn what_was_pushed_is_not_to_be_read_in_the_browser() {
    let app = TestApp::with_people().await;
    let kind = AuthorizationDetail {
        id: "payment".to_owned(),
        kind: "payment".to_owned(),
        ..AuthorizationDetail::default()
    };
    app.store().insert(kind, NOW.millis()).await.unwrap();
    app.change_client("client", |client| client.authorization_details_types.push("payment".to_owned())).await;
    let claims =
        json!({"id_token": {"acr": {"values": ["secret-acr-one"]}}, "userinfo": {"phone_number": null}});
    let details = json!([{"type": "payment", "creditor": "secret-creditor"}]);
    let more = [
        ("state", "secret-state"),
        ("nonce", "secret-nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", "secret-hint"),
        ("claims", &claims.to_string()),
        ("authorization_details", &details.to_string()),
        ("acr_values", "secret-acr-two"),
        ("ui_locales", "en"),
        ("max_age", "86399"),
    ];
    let pushed = push(&app, &more).await;
    assert_eq!(pushed.status, 201, "{} {:?}", pushed.text(), pushed.refusal);
    let browser = Browser::new(&app);
    let secrets =
        ["secret-state", "secret-nonce", CHALLENGE, "secret-acr", "86399", "phone_number", "creditor"];
    let look = |step: &str, address: &str, answer: &Answer, shown: &[&str]| {
        let cookies = browser.cookie_header();
        let mut places = vec![("address", address.to_owned()), ("cookies", cookies.clone())];
        // What is encoded can be read too.
        for part in
            [address, &cookies].iter().flat_map(|text| text.split(['=', ';', ' ', '.', '/', '?', '&']))
        {
            let decoded = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
            places.push(("decoded", String::from_utf8_lossy(&decoded).into_owned()));
        }
        places.extend(answer.headers.iter().map(|(_, value)| ("header", value.to_str().unwrap().to_owned())));
        for (place, text) in &places {
            for secret in secrets.iter().copied().chain(["secret-hint"]) {
                assert!(!text.contains(secret), "{step}: {secret} in {place}: {text}");
            }
        }
        for secret in secrets.iter().filter(|secret| !shown.contains(secret)) {
            assert!(!answer.text().contains(secret), "{step}: {secret} on the page");
        }
    };
    let (path, login) = browser.open(&bring(pushed.json()["request_uri"].as_str().unwrap())).await;
    look("login", &path, &login, &[]);
    assert!(login.text().contains("secret-hint"), "the field is filled in");
    let done = browser.log_in(&path, &login, "user", "user").await;
    let (path, consent) = browser.follow(&path, done).await;
    // A person has to see what they agree to, and nothing more.
    look("consent", &path, &consent, &["creditor"]);
    assert!(consent.text().contains("secret-creditor"));
    let answer = browser.press(&path, &consent, "accept").await;
    assert_eq!(answer.sends("state").as_deref(), Some("secret-state"));
    let cookies = browser.cookie_header();
    assert!(!cookies.contains("secret"), "{cookies}");
}

#[tokio::test]
async fn workspace_and_client_may_demand_it() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let required = format!("{CALLBACK} invalid_request [pushed_request_required]");
    app.change_client("client", |client| client.require_pushed_authorization_requests = true).await;
    assert_eq!(browser.get(&request("openid")).await.refused_to_client(), required);
    browser.sign_in(&bring(&pushed(&app).await), "user").await.code();
    app.change_client("client", |client| client.require_pushed_authorization_requests = false).await;
    app.change_workspace(|server| server.require_pushed_authorization_requests = true).await;
    assert_eq!(browser.get(&request("openid")).await.refused_to_client(), required);
    let discovery = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery["require_pushed_authorization_requests"], true);
    // A request by value or reference is enough for this switch.
    app.change_workspace(|server| {
        server.require_pushed_authorization_requests = false;
        server.advanced = Some(AdvancedConfiguration {
            require_request_or_request_uri_parameter: true,
            ..AdvancedConfiguration::default()
        });
    })
    .await;
    assert_eq!(
        browser.get(&request("openid")).await.refused_to_client(),
        format!("{CALLBACK} invalid_request [request_object_required]")
    );
    let (path, _) = browser.open(&bring(&pushed(&app).await)).await;
    assert!(path.starts_with(CALLBACK) || path.contains("/oauth2/authorize"), "{path}");
}

#[tokio::test]
async fn a_workspace_may_do_without() {
    let app = TestApp::with_people().await;
    let disable_par = AdvancedConfiguration { disable_par: true, ..AdvancedConfiguration::default() };
    app.change_workspace(|server| server.advanced = Some(disable_par)).await;
    assert_eq!(push(&app, &[]).await.reason(), "404 invalid_request par_disabled");
    let discovery = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery.get("pushed_authorization_request_endpoint"), None);
    assert_eq!(discovery["mtls_endpoint_aliases"].get("pushed_authorization_request_endpoint"), None);
}

#[tokio::test]
async fn a_code_of_a_pushed_request_is_a_code_like_any_other() {
    let app = TestApp::with_people().await;
    let code = Browser::new(&app).sign_in(&bring(&pushed(&app).await), "user").await.code();
    let form = [("grant_type", "authorization_code"), ("code", &*code)];
    let without = app.post(TOKEN).basic("client", SECRET).form(&form).await;
    assert_eq!(without.record().error, "invalid_grant", "the redirect URI must be repeated");
    app.redeem(&code).await;
}

/// What everybody can push who knows the name of a client must not fill the store.
#[tokio::test]
async fn an_address_pushes_so_much_for_public_clients_and_no_more() {
    let app = TestApp::with_people_and_settings(&[("limits.authorize_per_minute", "2")]).await;
    let public = json!({
        "client_id": "public", "token_endpoint_auth_method": "none", "redirect_uris": [CALLBACK], "scopes": ["openid"],
        "grant_types": ["authorization_code"], "response_types": ["code"],
    });
    app.add_client(public).await;
    let challenge =
        [("client_id", "public"), ("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let form: Vec<_> = ASKED.into_iter().chain(challenge).collect();
    for _ in 0..2 {
        let answer = app.post(PAR).form(&form).await;
        assert_eq!(answer.status, 201, "{:?}", answer.refusal);
    }
    let answer = app.post(PAR).form(&form).await;
    assert_eq!(answer.reason(), "429 temporarily_unavailable too_many_authorizations");
    assert_eq!(app.rows_of("pushed_requests").await, 2);
    pushed(&app).await;
}

#[tokio::test]
async fn where_id_tokens_are_encrypted_a_client_without_a_key_pushes_in_vain() {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.enforce_id_token_encryption = true).await;
    assert_eq!(push(&app, &[]).await.reason(), "400 unauthorized_client id_token_encryption_missing");
}
