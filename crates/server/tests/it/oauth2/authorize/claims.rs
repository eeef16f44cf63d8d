//! The `claims` parameter (OIDC Core §5.5).

use serde_json::{Value, json};

use crate::harness::{Browser, CALLBACK, SECRET, TOKEN, TestApp, decode, request_with};

const USERINFO: &str = "/default/default/userinfo";

fn asked(scope: &str, claims: &Value, more: &[(&str, &str)]) -> String {
    let claims = claims.to_string();
    request_with(scope, &[&[("claims", claims.as_str())], more].concat())
}

#[tokio::test]
async fn single_claims_are_told_where_they_were_asked_for() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let claims = json!({
        "userinfo": {"email": {"essential": true}, "name": null, "unheard_of": null},
        "id_token": {"preferred_username": null, "auth_time": {"essential": true}},
    });
    let code = browser.sign_in(&asked("openid offline_access", &claims, &[]), "user").await.code();
    let tokens = app.redeem(&code).await;
    let (_, id_token) = decode(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id_token["preferred_username"], id_token.get("email")), (&json!("user"), None));
    assert!(id_token["auth_time"].is_i64());
    let bearer = tokens["access_token"].as_str().unwrap();
    let about = app.get(USERINFO).bearer(bearer).await.ok();
    assert_eq!((&about["email"], about.get("preferred_username")), (&json!("user@example.com"), None));

    let form =
        [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let refreshed = app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    let about = app.get(USERINFO).bearer(refreshed["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(about["email"], "user@example.com", "the grant remembers");
    let (_, id_token) = decode(refreshed["id_token"].as_str().unwrap());
    assert_eq!(id_token["preferred_username"], "user");
}

#[tokio::test]
async fn nothing_is_told_that_the_person_was_not_asked_about() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request_with("openid", &[]), "user").await.code();
    let claims = json!({"userinfo": {"email": null}});
    let silent = asked("openid", &claims, &[("prompt", "none")]);
    let answer = browser.get(&silent).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} consent_required [consent_required]"));

    let (path, consent) = browser.open(&asked("openid", &claims, &[])).await;
    assert_eq!(consent.page().scopes(), ["Know who you are Allowed before", "See your email address New"]);
    assert!(consent.page().text().contains(" your email address "), "{}", consent.page().text());
    browser.press(&path, &consent, "accept").await.code();
    browser.get(&silent).await.code();

    let more =
        asked("openid", &json!({"id_token": {"email": null, "email_verified": null}}), &[("prompt", "none")]);
    let answer = browser.get(&more).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} consent_required [consent_required]"));
    // What a scope brings is asked about with the scope.
    let (_, consent) = browser.open(&asked("openid email", &claims, &[])).await;
    assert_eq!(consent.page().scopes(), ["Know who you are Allowed before", "See your email address New"]);
}

#[tokio::test]
async fn a_subject_asked_for_must_be_the_one_who_is_logged_in() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let code = browser.sign_in(&request_with("openid", &[]), "user").await.code();
    let sub = app.id_token_of(&code).await["sub"].as_str().unwrap().to_owned();
    for place in ["id_token", "userinfo"] {
        let right = json!({place: {"sub": {"value": sub}}});
        browser.get(&asked("openid", &right, &[("prompt", "none")])).await.code();
        let wrong = json!({place: {"sub": {"value": "somebody else"}}});
        let answer = browser.get(&asked("openid", &wrong, &[("prompt", "none")])).await;
        assert_eq!(answer.refused_to_client(), format!("{CALLBACK} login_required [login_required]"));
    }
    let two = json!({"id_token": {"sub": {"value": sub}}, "userinfo": {"sub": {"value": "somebody else"}}});
    let answer = browser.get(&asked("openid", &two, &[])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [claims_sub_conflict]"));
}

#[tokio::test]
async fn what_is_malformed_is_refused() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    for text in ["name", "[]", r#"{"userinfo":{"name":true}}"#, r#"{"id_token":1}"#] {
        let answer = browser.get(&request_with("openid", &[("claims", text)])).await;
        assert_eq!(
            answer.refused_to_client(),
            format!("{CALLBACK} invalid_request [claims_malformed]"),
            "{text}"
        );
    }
}

/// A claim that this server vouches for cannot be had from what an identity provider says.
#[tokio::test]
async fn no_claim_of_ours_can_be_asked_for_from_the_identity_provider() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let claims = json!({"userinfo": {"aid": null, "scp": null}, "id_token": {"tid": null, "groups": null}});
    let code = browser.sign_in(&asked("openid", &claims, &[]), "user").await.code();
    let tokens = app.redeem(&code).await;
    let (_, id_token) = decode(tokens["id_token"].as_str().unwrap());
    assert_eq!((id_token.get("tid"), id_token.get("groups")), (None, None));
    let about = app.get(USERINFO).bearer(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(about.as_object().unwrap().len(), 1);
}

/// OIDC Core §5.2: `claims_locales` chooses; a single claim may be asked for in one language.
#[tokio::test]
async fn claims_are_told_in_the_languages_asked_for() {
    let app = TestApp::with_people().await;
    app.change_person("user", |user| {
        for (name, value) in [
            ("name", "Robin"),
            ("name#de", "Rotkehlchen"),
            ("name#ja-Kana-JP", "ロビン"),
            ("email_verified#de", "no such thing"),
            ("groups#de", "not a claim of this workspace"),
        ] {
            user.authentication_context.0.insert(name.to_owned(), value.into());
        }
    })
    .await;
    let told = async |claims: &Value, more: &[(&str, &str)]| {
        let browser = Browser::new(&app);
        let more = [more, &[("prompt", "consent")]].concat();
        let code = browser.sign_in(&asked("openid profile", claims, &more), "user").await.code();
        let tokens = app.redeem(&code).await;
        app.get(USERINFO).bearer(tokens["access_token"].as_str().unwrap()).await.ok()
    };
    for (locales, name) in [
        ("de-CH en", "Rotkehlchen"),
        ("fr ja-kana-jp de", "ロビン"),
        ("fr", "Robin"),
        ("*", "Robin"),
        ("<script>", "Robin"),
    ] {
        let about = told(&json!({}), &[("claims_locales", locales)]).await;
        assert_eq!(about["name"], name, "{locales}");
        assert!(about.get("name#de").is_none());
    }
    let one_by_one = json!({"userinfo": {
        "name#ja-Kana-JP": null, "name#fr": null, "email_verified#de": null, "groups#de": null, "sub#de": null,
    }});
    let about = told(&one_by_one, &[]).await;
    assert_eq!((&about["name"], &about["name#ja-Kana-JP"]), (&json!("Robin"), &json!("ロビン")));
    let languages = about.as_object().unwrap().keys().filter(|name| name.contains('#')).count();
    assert_eq!(languages, 1, "{about}");
    let metadata = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["claims_locales_supported"], json!(["de", "ja-Kana-JP"]));
}

/// A claim in another language is still that claim: the person is asked about it.
#[tokio::test]
async fn a_claim_in_a_language_needs_the_consent_to_the_claim() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request_with("openid", &[]), "user").await.code();
    let claims = json!({"userinfo": {"email#de": null}});
    let answer = browser.get(&asked("openid", &claims, &[("prompt", "none")])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} consent_required [consent_required]"));
    let (_, consent) = browser.open(&asked("openid", &claims, &[])).await;
    assert_eq!(consent.page().scopes(), ["Know who you are Allowed before", "See your email address New"]);
}
