//! A person's access by way of their browser (RFC 6749 §4.1.3, RFC 7636, OIDC Core §3.1.3).

use serde_json::{Value, json};
use symbolon_jose::half_hash;
use symbolon_protocol::{CodeChallenge, CodeChallengeMethod};
use symbolon_store::entity::GoDuration;
use symbolon_store::entity::client::TokenTtls;
use symbolon_store::entity::server::AccessTokenStrategy;

use crate::harness::{Answer, Browser, SECRET, TOKEN, TestApp, TestCode, decode, request};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CALLBACK: &str = "https://example.com/callback";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    for (id, method) in
        [("client", "client_secret_basic"), ("other", "client_secret_basic"), ("public", "none")]
    {
        app.add_client(json!({
            "client_id": id, "client_secret": SECRET, "token_endpoint_auth_method": method,
            "grant_types": ["authorization_code", "refresh_token"], "redirect_uris": [CALLBACK],
            "scopes": ["openid", "email", "offline_access"],
        }))
        .await;
    }
    app
}

async fn redeem_as(app: &TestApp, client_id: &str, parameters: &[(&str, &str)]) -> Answer {
    let form = [&[("grant_type", "authorization_code"), ("code", "the-code")], parameters].concat();
    app.post(TOKEN).basic(client_id, SECRET).form(&form).await
}

async fn redeem(app: &TestApp) -> Answer {
    redeem_as(app, "client", &[("redirect_uri", CALLBACK)]).await
}

async fn is_active(app: &TestApp, token: &Value) -> bool {
    let form = [("token", token.as_str().unwrap())];
    let answer = app.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form).await;
    answer.ok()["active"] == true
}

fn challenge() -> Option<CodeChallenge> {
    CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", CodeChallengeMethod::S256).ok()
}

#[tokio::test]
async fn a_code_is_redeemed_for_what_the_walk_through_shows() {
    let app = app().await;
    app.add_code(TestCode { nonce: Some("n-0S6"), scope: "openid email", ..TestCode::default() }).await;
    let mut body = redeem(&app).await.ok();
    let access_token = body["access_token"].take();
    let (header, id_token) = decode(body["id_token"].take().as_str().unwrap());
    insta::assert_json_snapshot!(body, @r#"
    {
      "access_token": null,
      "expires_in": 3600,
      "id_token": null,
      "scope": "openid email",
      "token_type": "bearer"
    }
    "#);
    insta::assert_json_snapshot!(decode(access_token.as_str().unwrap()).1, @r#"
    {
      "aid": "default",
      "amr": [
        "pwd"
      ],
      "aud": [
        "client",
        "spiffe://localhost/default/default/default-openid"
      ],
      "auth_time": 1799999940,
      "exp": 1800003600,
      "gid": "grant-the-code",
      "iat": 1800000000,
      "idp": "sandbox",
      "iss": "https://localhost:8443/default/default",
      "jti": "e65a8503-2069-4dbf-840d-55ad0ae3d732",
      "nbf": 1800000000,
      "scp": [
        "openid",
        "email"
      ],
      "st": "public",
      "sub": "subject-of-user",
      "tid": "default"
    }
    "#);
    assert_eq!(header["alg"], "ES256");
    let algorithm = "ES256".parse().unwrap();
    assert_eq!(id_token["at_hash"], half_hash(algorithm, access_token.as_str().unwrap()));
    let mut id_token = id_token;
    id_token["at_hash"] = json!("…");
    insta::assert_json_snapshot!(id_token, @r#"
    {
      "amr": [
        "pwd"
      ],
      "at_hash": "…",
      "aud": [
        "client"
      ],
      "auth_time": 1799999940,
      "exp": 1800003600,
      "iat": 1800000000,
      "iss": "https://localhost:8443/default/default",
      "nonce": "n-0S6",
      "sid": "session",
      "sub": "subject-of-user"
    }
    "#);
}

#[tokio::test]
async fn without_openid_there_is_no_id_token_and_without_offline_access_no_refresh_token() {
    let app = app().await;
    app.add_code(TestCode { scope: "email offline_access", ..TestCode::default() }).await;
    let body = redeem(&app).await.ok();
    assert_eq!(body.get("id_token"), None);
    assert_eq!(body["refresh_token"].as_str().map(str::len), Some(43));
    app.add_code(TestCode { code: "another", scope: "openid", ..TestCode::default() }).await;
    let form = [("grant_type", "authorization_code"), ("code", "another"), ("redirect_uri", CALLBACK)];
    let body = app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    assert_eq!((body.get("refresh_token"), body["id_token"].is_string()), (None, true));
}

#[tokio::test]
async fn a_second_use_ends_everything_issued_from_the_code() {
    let app = app().await;
    app.add_code(TestCode { scope: "openid offline_access", ..TestCode::default() }).await;
    let body = redeem(&app).await.ok();
    assert!(is_active(&app, &body["access_token"]).await);
    insta::assert_snapshot!(redeem(&app).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: code_used_twice
    detail: the grant and all tokens issued from it were revoked
    client: client
    ");
    assert!(!is_active(&app, &body["access_token"]).await);
    let refresh =
        [("grant_type", "refresh_token"), ("refresh_token", body["refresh_token"].as_str().unwrap())];
    let answer = app.post(TOKEN).basic("client", SECRET).form(&refresh).await;
    insta::assert_snapshot!(answer.reason(), @"400 invalid_grant refresh_token_revoked");
}

#[tokio::test]
async fn a_second_use_ends_opaque_tokens_too() {
    let app = app().await;
    app.change_workspace(|server| server.access_token_strategy = AccessTokenStrategy::Opaque).await;
    app.add_code(TestCode::default()).await;
    let body = redeem(&app).await.ok();
    assert!(is_active(&app, &body["access_token"]).await);
    redeem(&app).await.refused();
    assert!(!is_active(&app, &body["access_token"]).await);
}

#[tokio::test]
async fn a_second_use_that_does_not_match_ends_nothing() {
    let app = app().await;
    app.add_code(TestCode::default()).await;
    let body = redeem(&app).await.ok();
    insta::assert_snapshot!(redeem_as(&app, "other", &[("redirect_uri", CALLBACK)]).await.reason(), @"400 invalid_grant code_of_another_client");
    insta::assert_snapshot!(redeem_as(&app, "client", &[]).await.reason(), @"400 invalid_grant redirect_uri_missing");
    assert!(is_active(&app, &body["access_token"]).await);
}

#[tokio::test]
async fn of_forty_requests_with_one_code_one_wins() {
    let app = app().await;
    app.add_code(TestCode::default()).await;
    let mut requests = tokio::task::JoinSet::new();
    let local = tokio::task::LocalSet::new();
    let app = std::rc::Rc::new(app);
    local
        .run_until(async {
            for _ in 0..40 {
                let app = std::rc::Rc::clone(&app);
                requests.spawn_local(async move { redeem(&app).await });
            }
            let answers = requests.join_all().await;
            let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
            assert_eq!((won.len(), lost.len()), (1, 39));
            for answer in lost {
                assert_eq!(answer.reason(), "400 invalid_grant code_used_twice");
            }
        })
        .await;
}

#[tokio::test]
async fn a_code_is_refused_when_it_comes_late() {
    let app = app().await;
    app.add_code(TestCode { lifetime: 60, ..TestCode::default() }).await;
    app.advance(59);
    app.add_code(TestCode { code: "other", lifetime: 60, ..TestCode::default() }).await;
    app.advance(1);
    insta::assert_snapshot!(redeem(&app).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: code_expired
    detail: the code came 0 s too late
    client: client
    ");
}

#[tokio::test]
async fn a_code_of_another_client_is_refused_and_stays_good() {
    let app = app().await;
    app.add_code(TestCode::default()).await;
    insta::assert_snapshot!(redeem_as(&app, "other", &[("redirect_uri", CALLBACK)]).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: code_of_another_client
    expected: client
    got: other
    client: other
    ");
    redeem(&app).await.ok();
}

#[tokio::test]
async fn a_code_that_is_none_is_refused() {
    let app = app().await;
    insta::assert_snapshot!(redeem(&app).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: code_unknown
    detail: no such code was issued here, or it was issued long ago
    client: client
    ");
    let missing = app.post(TOKEN).basic("client", SECRET).form(&[("grant_type", "authorization_code")]).await;
    insta::assert_snapshot!(missing.reason(), @"400 invalid_request missing_parameter");
}

#[tokio::test]
async fn the_redirect_uri_is_repeated_exactly() {
    let app = app().await;
    app.add_code(TestCode::default()).await;
    let with = |uri| redeem_as(&app, "client", std::slice::from_ref(uri));
    insta::assert_snapshot!(with(&("redirect_uri", "https://example.com/callback/")).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: redirect_uri_mismatch
    expected: https://example.com/callback
    got: https://example.com/callback/
    client: client
    ");
    insta::assert_snapshot!(redeem_as(&app, "client", &[]).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: redirect_uri_missing
    expected: https://example.com/callback
    got: none
    client: client
    ");
    redeem(&app).await.ok();
}

#[tokio::test]
async fn a_redirect_uri_that_was_not_sent_need_not_be_repeated() {
    let app = app().await;
    for code in ["the-code", "second", "third"] {
        app.add_code(TestCode { code, redirect_uri: None, ..TestCode::default() }).await;
    }
    redeem_as(&app, "client", &[]).await.ok();
    let with = |code, uri| {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri)];
        app.post(TOKEN).basic("client", SECRET).form(&form)
    };
    with("second", CALLBACK).await.ok();
    insta::assert_snapshot!(with("third", "https://evil.example/").await.reason(), @"400 invalid_grant redirect_uri_mismatch");
}

#[tokio::test]
async fn a_challenge_is_answered_by_its_verifier() {
    let app = app().await;
    let code = TestCode { client_id: "public", code_challenge: challenge(), ..TestCode::default() };
    app.add_code(code).await;
    let with = |verifier: Option<&'static str>| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", "the-code"),
            ("redirect_uri", CALLBACK),
            ("client_id", "public"),
            ("code_verifier", verifier.unwrap_or_default()),
        ];
        app.post(TOKEN).form(&form)
    };
    insta::assert_snapshot!(with(None).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: code_verifier_missing
    expected: the verifier of E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
    client: public
    ");
    insta::assert_snapshot!(with(Some("too-short")).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: code_verifier_wrong
    detail: the code_verifier is not 43 to 128 unreserved characters
    expected: the verifier of E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM (S256)
    client: public
    ");
    let wrong = "aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    insta::assert_snapshot!(with(Some(wrong)).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: code_verifier_wrong
    detail: the code_verifier does not belong to the code_challenge
    expected: the verifier of E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM (S256)
    client: public
    ");
    // The challenge itself is no verifier: that would be the method plain.
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    insta::assert_snapshot!(with(Some(challenge)).await.reason(), @"400 invalid_grant code_verifier_wrong");
    with(Some(VERIFIER)).await.ok();
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let app = app().await;
    app.add_code(TestCode::default()).await;
    let form = [("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    insta::assert_snapshot!(redeem_as(&app, "client", &form).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: code_verifier_unexpected
    detail: there is a code_verifier, but the authorization request had no code_challenge
    client: client
    ");
}

#[tokio::test]
async fn a_code_of_a_revoked_grant_is_refused() {
    let app = app().await;
    app.add_code(TestCode::default()).await;
    app.store().revoke_grant("grant-the-code", 1).await.unwrap();
    insta::assert_snapshot!(redeem(&app).await.reason(), @"400 invalid_grant code_grant_revoked");
}

#[tokio::test]
async fn a_pairwise_subject_hides_the_public_one() {
    let app = app().await;
    let pairwise = |client: &mut symbolon_store::entity::Client| {
        client.subject_type = symbolon_store::entity::client::SubjectType::Pairwise;
    };
    app.change_client("client", pairwise).await;
    app.add_code(TestCode::default()).await;
    let body = redeem(&app).await.ok();
    let (_, access) = decode(body["access_token"].as_str().unwrap());
    let (_, id) = decode(body["id_token"].as_str().unwrap());
    assert_eq!((&access["sub"], &access["st"]), (&id["sub"], &json!("pairwise")));
    assert_ne!(access["sub"], "subject-of-user");
    let about = app.get("/default/default/userinfo").bearer(body["access_token"].as_str().unwrap()).await;
    assert_eq!(about.ok()["sub"], id["sub"]);
}

#[tokio::test]
async fn a_client_may_ask_for_an_algorithm_that_the_workspace_has_a_key_for() {
    let app = app().await;
    for (asked, algorithm) in
        [("RS256", "RS256"), ("PS256", "PS256"), ("EdDSA", "ES256"), ("nonsense", "ES256")]
    {
        app.change_client("client", |client| client.id_token_signed_response_alg = Some(asked.into())).await;
        app.add_code(TestCode { code: asked, ..TestCode::default() }).await;
        let form = [("grant_type", "authorization_code"), ("code", asked), ("redirect_uri", CALLBACK)];
        let body = app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
        let (access, _) = decode(body["access_token"].as_str().unwrap());
        let (header, id_token) = decode(body["id_token"].as_str().unwrap());
        assert_eq!((&header["alg"], &access["alg"]), (&json!(algorithm), &json!("ES256")), "{asked}");
        let hash = half_hash(algorithm.parse().unwrap(), body["access_token"].as_str().unwrap());
        assert_eq!(id_token["at_hash"], hash);
    }
}

/// A client's own lifetime may be older than the rule: a code lives ten minutes at most (RFC 6749 §4.1.2).
#[tokio::test]
async fn a_code_lives_ten_minutes_at_most_whatever_the_client_has() {
    let app = TestApp::with_people().await;
    app.change_client("client", |client| {
        client.use_custom_token_ttls = true;
        let long = Some(GoDuration::from_hours(99));
        client.token_ttls = Some(TokenTtls { authorization_code_ttl: long, ..TokenTtls::default() });
    })
    .await;
    let browser = Browser::new(&app);
    let code = browser.sign_in(&request("openid"), "user").await.code();
    app.advance(599);
    app.redeem(&code).await;
    let code = browser.sign_in(&request("openid"), "user").await.code();
    app.advance(600);
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    let answer = app.post(TOKEN).basic("client", SECRET).form(&form).await;
    assert_eq!(answer.reason(), "400 invalid_grant code_expired");
}
