//! `prompt`, `max_age` and `id_token_hint` (OIDC Core §3.1.2.1): what a client may demand of the login.

use serde_json::json;

use crate::harness::{Answer, Browser, CALLBACK, SECRET, TOKEN, TestApp, client, request, request_with};

async fn logged_in(app: &TestApp) -> (Browser<'_>, String) {
    let browser = Browser::new(app);
    let answer = browser.sign_in(&request("openid"), "user").await;
    let id_token = app.redeem(&answer.code()).await["id_token"].as_str().unwrap().to_owned();
    (browser, id_token)
}

async fn silently(browser: &Browser<'_>, more: &[(&str, &str)]) -> Answer {
    browser.get(&request_with("openid", &[&[("prompt", "none")], more].concat())).await
}

#[tokio::test]
async fn prompt_none_shows_no_page() {
    let app = TestApp::with_people().await;
    let (browser, _) = logged_in(&app).await;
    silently(&browser, &[]).await.code();
    let asked = request_with("openid email", &[("prompt", "none")]);
    let answer = browser.get(&asked).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} consent_required [consent_required]"));
    let answer = silently(&Browser::new(&app), &[]).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} login_required [login_required]"));
    assert_eq!(answer.sends("state").as_deref(), Some("of the client"));
}

#[tokio::test]
async fn prompt_login_asks_for_the_password_again() {
    let app = TestApp::with_people().await;
    let (browser, _) = logged_in(&app).await;
    let asked = request_with("openid", &[("prompt", "login")]);
    let (path, page) = browser.open(&asked).await;
    assert_eq!(
        page.page().note().unwrap(),
        "Calendar asks you to sign in again, to make sure that it is you."
    );
    assert_eq!(browser.get(&path).await.page().heading(), "Sign in", "a reload does not get round it");
    app.advance(100);
    let code = browser.log_in(&path, &page, "user", "user").await.code();
    assert_eq!(app.id_token_of(&code).await["auth_time"], crate::harness::NOW.seconds() + 100);
}

/// A login in another tab is not the login that this request asked for.
#[tokio::test]
async fn prompt_login_is_not_met_by_a_login_elsewhere() {
    let app = TestApp::with_people().await;
    let (browser, _) = logged_in(&app).await;
    let (one, _) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    let (two, page) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    browser.log_in(&two, &page, "user", "user").await.code();
    assert_eq!(browser.get(&one).await.page().heading(), "Sign in");
}

/// The login of one request is forgotten when somebody else logs in meanwhile.
#[tokio::test]
async fn prompt_login_is_met_by_the_session_that_it_began_alone() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (one, page) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    let answer = browser.log_in(&one, &page, "user", "user").await;
    assert_eq!(answer.location(), one, "consent is still to come");
    let (two, page) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    browser.log_in(&two, &page, "other", "other").await;
    assert_eq!(browser.get(&one).await.page().heading(), "Sign in");
}

#[tokio::test]
async fn prompt_select_account_lets_another_person_in() {
    let app = TestApp::with_people().await;
    let (browser, id_token) = logged_in(&app).await;
    let (path, page) = browser.open(&request_with("openid", &[("prompt", "select_account")])).await;
    assert_eq!(page.page().note().unwrap(), "Choose the account that you want to use with Calendar.");
    let answer = browser.log_in(&path, &page, "other", "other").await;
    let (path, page) = browser.follow(&path, answer).await;
    assert!(page.page().text().contains("You are signed in as other"));
    let code = browser.press(&path, &page, "accept").await.code();
    let (_, first) = crate::harness::decode(id_token);
    assert_ne!(app.id_token_of(&code).await["sub"], first["sub"]);
}

#[tokio::test]
async fn prompt_select_account_lets_one_go_on_as_the_same_person() {
    let app = TestApp::with_people().await;
    let (browser, id_token) = logged_in(&app).await;
    let (path, page) = browser.open(&request_with("openid email", &[("prompt", "select_account")])).await;
    assert!(page.page().text().contains("Continue as user"), "{}", page.page().text());
    let account = page.text().split_once("name=\"account\" value=\"").unwrap().1.split('"').next().unwrap();
    let csrf = page.page().csrf();
    let fields = |csrf, account| [("csrf", csrf), ("action", "continue"), ("account", account)];

    let forged = browser.post(&path, &fields("forged", account)).await;
    assert_eq!(forged.record().reason, "form_not_from_this_page");
    let other = browser.post(&path, &fields(&csrf, "another account")).await;
    assert_eq!(other.record().reason, "form_not_from_this_page");
    let stranger = Browser::new(&app).post(&path, &fields(&csrf, account)).await;
    assert_eq!(stranger.record().reason, "browser_unknown");

    let answer = browser.post(&path, &fields(&csrf, account)).await;
    assert_eq!(answer.location(), path, "consent is still to come");
    let consent = browser.get(&path).await;
    let code = browser.press(&path, &consent, "accept").await.code();
    let (_, first) = crate::harness::decode(id_token);
    let second = app.id_token_of(&code).await;
    assert_eq!((&second["sub"], &second["auth_time"]), (&first["sub"], &first["auth_time"]));
}

#[tokio::test]
async fn an_account_that_was_left_meanwhile_cannot_be_gone_on_with() {
    let app = TestApp::with_people().await;
    let (browser, _) = logged_in(&app).await;
    let (path, page) = browser.open(&request_with("openid", &[("prompt", "select_account")])).await;
    let account = page.text().split_once("name=\"account\" value=\"").unwrap().1.split('"').next().unwrap();
    let (elsewhere, login) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    browser.log_in(&elsewhere, &login, "other", "other").await;
    let fields = [("csrf", &*page.page().csrf()), ("action", "continue"), ("account", account)];
    let answer = browser.post(&path, &fields).await;
    assert_eq!(answer.record().reason, "form_not_from_this_page");
}

#[tokio::test]
async fn what_pages_look_like_is_asked_for_in_vain_and_does_no_harm() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    for more in
        [[("display", "popup")], [("display", "wap")], [("ui_locales", "xx")], [("unheard_of", "value")]]
    {
        let (path, page) = browser.open(&request_with("openid", &more)).await;
        assert!(path.contains("/interaction/"), "{more:?}");
        assert_eq!(page.page().heading(), "Sign in", "{more:?}");
    }
}

#[tokio::test]
async fn prompt_consent_asks_again() {
    let app = TestApp::with_people().await;
    let (browser, _) = logged_in(&app).await;
    let (path, page) = browser.open(&request_with("openid", &[("prompt", "consent")])).await;
    assert_eq!(page.page().scopes(), ["Know who you are Allowed before"]);
    browser.press(&path, &page, "accept").await.code();
}

#[tokio::test]
async fn max_age_counts_from_the_login() {
    let app = TestApp::with_people().await;
    let (browser, _) = logged_in(&app).await;
    app.advance(60);
    silently(&browser, &[("max_age", "60")]).await.code();
    app.advance(1);
    let answer = silently(&browser, &[("max_age", "60")]).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} login_required [login_required]"));
    let (path, page) = browser.open(&request_with("openid", &[("max_age", "60")])).await;
    assert_eq!(
        page.page().note().unwrap(),
        "You signed in a while ago. Calendar needs you to sign in again."
    );
    let code = browser.log_in(&path, &page, "user", "user").await.code();
    assert_eq!(app.id_token_of(&code).await["auth_time"], crate::harness::NOW.seconds() + 61);
}

#[tokio::test]
async fn max_age_zero_means_now() {
    let app = TestApp::with_people().await;
    let (browser, _) = logged_in(&app).await;
    let answer = silently(&browser, &[("max_age", "0")]).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} login_required [login_required]"));
    let (path, page) = browser.open(&request_with("openid", &[("max_age", "0")])).await;
    browser.log_in(&path, &page, "user", "user").await.code();
}

/// Whoever leaves the consent page open has not just logged in.
#[tokio::test]
async fn a_login_in_this_request_grows_old_too() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request_with("openid", &[("max_age", "60")])).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    app.advance(290);
    assert_eq!(browser.get(&path).await.page().scopes().len(), 1, "there is time to read the page");
    app.advance(20);
    let answer = browser.press(&path, &consent, "accept").await;
    assert_eq!(answer.page().heading(), "Sign in");
}

#[tokio::test]
async fn a_hint_names_whom_the_client_expects() {
    let app = TestApp::with_people().await;
    let (browser, id_token) = logged_in(&app).await;
    let hint = [("id_token_hint", id_token.as_str())];
    silently(&browser, &hint).await.code();
    // It is a hint, not a credential: it may have expired (OIDC Core §3.1.2.1).
    app.advance(2 * 3600 - 10);
    let elsewhere = Browser::new(&app);
    elsewhere.sign_in(&request("openid"), "other").await.code();
    let answer = silently(&elsewhere, &hint).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} login_required [login_required]"));

    let (path, page) = elsewhere.open(&request_with("openid", &hint)).await;
    assert_eq!(
        page.page().note().unwrap(),
        "Calendar expects another account than the one you are signed in with."
    );
    let answer = elsewhere.log_in(&path, &page, "other", "other").await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} login_required [another_subject_logged_in]"));
    let description = answer.sends("error_description").unwrap();
    assert_eq!(description, "Another user has logged in than the one that the request asks for.");
}

#[tokio::test]
async fn a_hint_of_a_pairwise_client_is_understood() {
    let app = TestApp::with_people().await;
    let mut pairwise = client("client-p");
    pairwise["subject_type"] = json!("pairwise");
    app.add_client(pairwise).await;
    let of = |more: &[(&str, &str)]| request_with("openid", more).replace("=client&", "=client-p&");
    let browser = Browser::new(&app);
    let code = browser.sign_in(&of(&[]), "user").await.code();
    let answer = app.post(TOKEN).basic("client-p", SECRET).form(&code_grant(&code)).await;
    let id_token = answer.ok()["id_token"].as_str().unwrap().to_owned();
    browser.get(&of(&[("prompt", "none"), ("id_token_hint", &id_token)])).await.code();
}

fn code_grant(code: &str) -> [(&str, &str); 3] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)]
}

#[tokio::test]
async fn nothing_but_an_id_token_of_this_client_is_a_hint() {
    let app = TestApp::with_people().await;
    app.add_client(client("client-2")).await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&request("openid"), "user").await;
    let tokens = app.redeem(&answer.code()).await;
    let (id_token, access_token) =
        (tokens["id_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap());

    let invalid = format!("{CALLBACK} invalid_request [id_token_hint_invalid]");
    let answer = silently(&browser, &[("id_token_hint", access_token)]).await;
    assert_eq!(answer.refused_to_client(), invalid, "an access token is read by others than the client");
    let for_nobody = app.access_token_for_nobody(&browser).await;
    let answer = silently(&browser, &[("id_token_hint", &for_nobody)]).await;
    assert_eq!(answer.refused_to_client(), invalid);
    let (head, signature) = id_token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{head}.{flipped}{}", &signature[1..]);
    let answer = silently(&browser, &[("id_token_hint", &forged)]).await;
    assert_eq!(answer.refused_to_client(), invalid);

    let of_another = request_with("openid", &[("prompt", "none"), ("id_token_hint", id_token)]);
    let answer = browser.get(&of_another.replace("=client&", "=client-2&")).await;
    assert_eq!(
        answer.refused_to_client(),
        format!("{CALLBACK} invalid_request [id_token_hint_of_another_client]")
    );
}
