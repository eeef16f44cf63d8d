//! From the client to an account and back.

use serde_json::json;

use super::{ADA, PASSWORD, accounts, app, create, link, make, problems};
use crate::harness::{Browser, CALLBACK, NOW, SECRET, TestApp, authorize, request, request_with};

const SESSION: &str = "__Host-session.default.default";

#[tokio::test]
async fn an_account_is_made_and_the_client_gets_its_code() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid email profile")).await;
    assert_eq!(page.page().heading(), "Create an account");
    for field in [
        "name=\"username\" type=\"text\" value=\"\" autocomplete=\"username\"",
        "name=\"password\" type=\"password\" autocomplete=\"new-password\"",
        "name=\"name\" type=\"text\" value=\"\" autocomplete=\"name\"",
        "name=\"email\" type=\"email\" value=\"\" autocomplete=\"email\"",
    ] {
        assert!(page.text().contains(field), "{field}: {}", page.text());
    }
    app.advance(10);
    let fields = [
        ("username", " Ada.L "),
        ("password", PASSWORD),
        ("name", "Ada Lovelace"),
        ("email", "ada@example.com"),
    ];
    let made = browser.register(&path, &page, &fields).await;
    assert_eq!(made.location(), path, "a reload of what comes next makes no second account");
    let (path, consent) = browser.follow(&path, made).await;
    assert!(consent.page().text().contains("You are signed in as Ada.L"), "{}", consent.page().text());
    let code = browser.press(&path, &consent, "accept").await.code();

    let [account] = accounts(&app).await.try_into().unwrap();
    let tokens = app.redeem(&code).await;
    let id_token = crate::harness::decode(tokens["id_token"].as_str().unwrap()).1;
    assert_eq!(id_token["sub"], account.id, "the account is the subject, whatever it is called");
    assert_eq!((&id_token["amr"], &id_token["auth_time"]), (&json!(["pwd"]), &json!(NOW.seconds() + 10)));
    let about =
        app.get("/default/default/userinfo").bearer(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(about["sub"], account.id);
    assert_eq!((&about["name"], &about["email"]), (&json!("Ada Lovelace"), &json!("ada@example.com")));
    assert_eq!(about["email_verified"], false, "nobody has verified what was typed");
    assert_eq!(account.username, "Ada.L");
    assert!(account.password_hash.reveal().starts_with("$argon2id$"));
}

#[tokio::test]
async fn name_and_email_may_be_left_out() {
    let app = app().await;
    let code = make(&Browser::new(&app), "openid email profile", ADA).await.code();
    let tokens = app.redeem(&code).await;
    let about =
        app.get("/default/default/userinfo").bearer(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!((about.get("name"), about.get("email"), about.get("email_verified")), (None, None, None));
}

/// §4.1: the registration page, though somebody is logged in.
#[tokio::test]
async fn a_live_session_does_not_do_and_ends_with_the_new_one() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let before = browser.cookie(SESSION).unwrap();
    let (path, page) = browser.open(&create("openid")).await;
    assert_eq!(page.page().heading(), "Create an account");
    assert_eq!(
        browser.get(&path).await.page().heading(),
        "Create an account",
        "a reload does not get round it"
    );
    browser.register(&path, &page, ADA).await;
    let after = browser.cookie(SESSION).unwrap();
    assert_ne!(before, after);
    assert_eq!(app.rows_of("sessions").await, 1, "the one of before has ended");
    let thief = Browser::new(&app);
    thief.set_cookie(SESSION, Some(&before));
    let silent = thief.get(&request_with("openid", &[("prompt", "none")])).await;
    assert_eq!(silent.sends("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn who_has_just_made_an_account_is_not_asked_again() {
    let app = app().await;
    for (name, prompt) in [
        ("one", "create"),
        ("two", "create login"),
        ("three", "create select_account"),
        ("four", "create consent"),
    ] {
        let browser = Browser::new(&app);
        let (path, page) =
            browser.open(&request_with("openid", &[("prompt", prompt), ("max_age", "0")])).await;
        let made = browser.register(&path, &page, &[("username", name), ("password", PASSWORD)]).await;
        let (path, consent) = browser.follow(&path, made).await;
        assert!(!consent.page().scopes().is_empty(), "{prompt}: {}", consent.page().heading());
        browser.press(&path, &consent, "accept").await.code();
        browser.get(&request_with("openid", &[("prompt", "none")])).await.code();
    }
    assert_eq!(accounts(&app).await.len(), 4);
}

#[tokio::test]
async fn who_has_an_account_after_all_logs_in_or_goes_on_with_it() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    let login = link(&path, &page, "I have an account");
    let page = browser.get(&login).await;
    assert_eq!((page.page().heading(), page.page().note()), ("Sign in".to_owned(), None));
    let wrong = browser.log_in(&login, &page, "user", "wrong").await;
    assert_eq!(
        (wrong.page().heading(), wrong.record().reason.as_str()),
        ("Sign in".to_owned(), "password_wrong")
    );
    let next = browser.log_in(&login, &page, "user", "user").await;
    assert_eq!(next.location(), path);
    let (path, consent) = browser.follow(&path, next).await;
    browser.press(&path, &consent, "accept").await.code();

    // With the session of before.
    let (path, _) = browser.open(&create("openid")).await;
    let page = browser.get(&link(&path, &browser.get(&path).await, "I have an account")).await;
    assert_eq!(page.page().note().unwrap(), "Choose the account that you want to use with Calendar.");
    let account = page.text().split_once("name=\"account\" value=\"").unwrap().1.split('"').next().unwrap();
    let fields =
        [("csrf", page.page().csrf()), ("action", "continue".into()), ("account", account.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.post(&path, &fields).await.code();

    // But not where the client asks for a login as well.
    let (path, _) = browser.open(&request_with("openid", &[("prompt", "create login")])).await;
    let page = browser.get(&link(&path, &browser.get(&path).await, "I have an account")).await;
    assert!(!page.text().contains("name=\"account\""));
    assert!(accounts(&app).await.is_empty());
}

#[tokio::test]
async fn the_login_page_leads_to_it_where_people_may_make_accounts() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    assert_eq!(page.page().heading(), "Sign in");
    let register = link(&path, &page, "Create an account");
    let page = browser.get(&register).await;
    assert_eq!(page.page().heading(), "Create an account");
    let weak = browser.register(&register, &page, &[("username", "ada"), ("password", "password")]).await;
    assert_eq!(problems(&weak), ["password"]);
    assert_eq!(browser.register(&register, &weak, ADA).await.location(), path);
    let consent = browser.get(&path).await;
    browser.press(&path, &consent, "accept").await.code();
}

/// Whoever registers is nobody that the client knows.
#[tokio::test]
async fn a_client_that_expects_somebody_gets_nobody_new() {
    let app = app().await;
    let browser = Browser::new(&app);
    let code = browser.sign_in(&request("openid"), "user").await.code();
    let id_token = app.redeem(&code).await["id_token"].as_str().unwrap().to_owned();
    for prompt in ["create", "login"] {
        let hinted = request_with("openid", &[("prompt", prompt), ("id_token_hint", &id_token)]);
        let (path, page) = browser.open(&hinted).await;
        assert_eq!(page.page().heading(), "Sign in", "{prompt}");
        assert!(!page.text().contains("show=register"), "{prompt}");
        assert_eq!(browser.get(&format!("{path}&show=register")).await.page().heading(), "Sign in");
    }
}

#[tokio::test]
async fn a_hint_is_filled_in() {
    let app = app().await;
    let value = async |hint: &str| {
        let asked = request_with("openid", &[("prompt", "create"), ("login_hint", hint)]);
        let (_, page) = Browser::new(&app).open(&asked).await;
        let text = page.text().to_owned();
        ["username", "email"].map(|name| {
            let field = text.split_once(&format!("name=\"{name}\"")).unwrap().1;
            field.split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned()
        })
    };
    assert_eq!(value("ada").await, ["ada", ""]);
    assert_eq!(value("ada@example.com").await, ["", "ada@example.com"]);
    assert_eq!(value("\"><b>").await, ["&quot;&gt;&lt;b&gt;", ""]);
}

#[tokio::test]
async fn where_nobody_may_make_accounts_the_prompt_is_refused() {
    let app = TestApp::with_people().await;
    for allowed in [None, Some(false)] {
        if let Some(allowed) = allowed {
            app.let_people_register(allowed).await;
        }
        let browser = Browser::new(&app);
        let answer = browser.get(&create("openid")).await;
        assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [prompt_not_supported]"));
        let (path, page) = browser.open(&request("openid")).await;
        assert!(!page.text().contains("show=register"));
        assert_eq!(browser.get(&format!("{path}&show=register")).await.page().heading(), "Sign in");
    }
    app.let_people_register(true).await;
    let answer = Browser::new(&app).get(&request_with("openid", &[("prompt", "create none")])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [prompt_malformed]"));
}

#[tokio::test]
async fn a_pushed_request_creates_as_any_other() {
    let app = app().await;
    let form =
        [("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid"), ("prompt", "create")];
    let pushed = app.post("/default/default/par").basic("client", SECRET).form(&form).await;
    let request_uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let browser = Browser::new(&app);
    let (path, page) =
        browser.open(&authorize(&[("client_id", "client"), ("request_uri", &request_uri)])).await;
    let made = browser.register(&path, &page, ADA).await;
    let (path, consent) = browser.follow(&path, made).await;
    browser.press(&path, &consent, "accept").await.code();
    app.let_people_register(false).await;
    let refused = app.post("/default/default/par").basic("client", SECRET).form(&form).await;
    assert_eq!((refused.status, refused.record().reason.as_str()), (400, "prompt_not_supported"));
}

/// A double click, or the back button: one account, and nobody is told that their own name is taken.
#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_account() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    let (first, second) =
        tokio::join!(browser.register(&path, &page, ADA), browser.register(&path, &page, ADA));
    assert_eq!((first.location(), second.location()), (path.as_str(), path.as_str()));
    let consent = browser.get(&path).await;
    assert!(!consent.page().scopes().is_empty());
    let again = browser.register(&path, &page, ADA).await;
    let (path, consent) = browser.follow(&path, again).await;
    browser.press(&path, &consent, "accept").await.code();
    assert_eq!(accounts(&app).await.len(), 1);
    let over = browser.register(&path, &page, ADA).await;
    assert_eq!(over.refused_on_a_page(), "400 This page is no longer valid [interaction_gone]");
}

#[tokio::test]
async fn cancel_goes_back_to_the_client() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    let answer = browser.press(&path, &page, "cancel").await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} access_denied [login_cancelled]"));
}

#[tokio::test]
async fn the_page_is_in_the_language_that_was_asked_for() {
    let app = app().await;
    for (language, heading) in [("de", "Konto erstellen"), ("pl", "Załóż konto"), ("ar", "إنشاء حساب")]
    {
        let asked = request_with("openid", &[("prompt", "create"), ("ui_locales", language)]);
        let (_, page) = Browser::new(&app).open(&asked).await;
        assert_eq!(page.page().heading(), heading);
    }
}
