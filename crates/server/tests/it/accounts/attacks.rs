//! What an attacker would try where anybody can make an account.

use http::header::RETRY_AFTER;
use symbolon_store::entity::idp::StaticUser;
use symbolon_store::entity::server::WorkspaceKind;
use symbolon_store::entity::{Idp, Secret};

use super::{ADA, PASSWORD, accounts, app, app_with, create, make, problems};
use crate::harness::{Browser, CALLBACK, NOW, TestApp, request, request_with};

const FOREIGN: &str = "400 This page is no longer valid [form_not_from_this_page]";

/// Login CSRF by registration: the victim's browser makes the attacker's account and goes on as it.
#[tokio::test]
async fn a_form_of_another_browser_request_or_site_makes_no_account() {
    let app = app().await;
    let attacker = Browser::new(&app);
    let (_, of_attacker) = attacker.open(&create("openid")).await;
    let victim = Browser::new(&app);
    let (path, page) = victim.open(&create("openid")).await;
    let (_, of_other_tab) = victim.open(&create("openid")).await;
    assert_eq!(victim.register(&path, &of_attacker, ADA).await.refused_on_a_page(), FOREIGN);
    assert_eq!(victim.register(&path, &of_other_tab, ADA).await.refused_on_a_page(), FOREIGN);
    let fields = [&[("csrf", ""), ("action", "register")], ADA].concat();
    assert_eq!(victim.post(&path, &fields).await.refused_on_a_page(), FOREIGN);
    let csrf = page.page().csrf();
    let fields = [&[("csrf", csrf.as_str()), ("action", "register")], ADA].concat();
    let from_elsewhere = victim.post_from_another_site(&path, &fields).await;
    assert_eq!(from_elsewhere.record().reason, "browser_unknown");
    assert_eq!((accounts(&app).await.len(), app.rows_of("sessions").await), (0, 0));
    victim.register(&path, &page, ADA).await.location();
}

/// Username squatting: whom the operator listed keeps the name, in every form of it.
#[tokio::test]
async fn the_name_of_a_listed_user_cannot_be_taken() {
    let app = app().await;
    let mut idp = app.store().load::<Idp>("default-people").await.unwrap().value;
    let credentials = idp.credentials.as_mut().unwrap();
    for name in ["\u{ff41}\u{ff44}\u{ff4d}\u{ff49}\u{ff4e}", "Carol"] {
        credentials.users.push(StaticUser { username: name.to_owned(), ..StaticUser::default() });
    }
    app.store().update(idp, None, NOW.millis()).await.unwrap();
    let hidden = Idp {
        id: "hidden".to_owned(),
        method: "static".to_owned(),
        disabled: true,
        credentials: Some(symbolon_store::entity::idp::StaticCredentials {
            users: vec![StaticUser { username: "boss".to_owned(), ..StaticUser::default() }],
        }),
        ..Idp::default()
    };
    app.store().insert(hidden, NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    for username in ["user", "USER", "uSer", "admin", "carol", "boss"] {
        let answer = browser.register(&path, &page, &[("username", username), ("password", PASSWORD)]).await;
        assert_eq!(problems(&answer), ["username"], "{username}");
        assert_eq!(answer.record().detail, "username: taken");
    }
    assert!(accounts(&app).await.is_empty());
}

#[tokio::test]
async fn a_name_that_somebody_has_is_not_given_twice() {
    let app = app().await;
    make(&Browser::new(&app), "openid", ADA).await.code();
    app.advance(61);
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    for username in ["ada", "ADA", "Ada"] {
        for password in [PASSWORD, "seven brittle lanterns hum"] {
            let answer =
                browser.register(&path, &page, &[("username", username), ("password", password)]).await;
            assert_eq!(problems(&answer), ["username"], "the right password does not help: this is no login");
        }
    }
    assert_eq!(accounts(&app).await.len(), 1);
    assert_eq!(app.rows_of("sessions").await, 1);
}

/// Within the minute in which a second click is forgiven, nobody guesses faster than on the login page.
#[tokio::test]
async fn the_registration_page_is_no_better_place_to_guess_passwords() {
    let app = app_with(&[("limits.accounts", "1000")]).await;
    make(&Browser::at(&app, [198, 51, 100, 9]), "openid", ADA).await.code();
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    for number in 0..12 {
        let password = format!("seven brittle lanterns {number}");
        let answer = browser.register(&path, &page, &[("username", "ada"), ("password", &password)]).await;
        assert_eq!(problems(&answer), ["username"]);
    }
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.log_in(&path, &page, "ada", PASSWORD).await;
    assert_eq!(answer.record().reason, "too_many_login_failures");
}

#[tokio::test]
async fn another_way_to_write_a_name_is_not_another_account_to_guess_at() {
    let app = app().await;
    make(&Browser::at(&app, [198, 51, 100, 9]), "openid", ADA).await.code();
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let mut reasons = Vec::new();
    for name in ["ada", "Ada", "aDa", "adA", "ADa", "AdA", "aDA", "ADA", "ada", "Ada", "aDa", "adA"] {
        reasons.push(browser.log_in(&path, &page, name, "wrong").await.record().reason.clone());
    }
    assert_eq!(reasons[..10], vec!["password_wrong"; 10]);
    assert_eq!(reasons[10..], ["too_many_login_failures"; 2]);
}

/// Mass registration: the address is counted before anything is hashed.
#[tokio::test]
async fn an_address_makes_so_many_accounts_in_an_hour() {
    let app = app_with(&[("limits.accounts", "3")]).await;
    let browser = Browser::new(&app);
    for name in ["one", "two", "three"] {
        let (path, page) = browser.open(&create("openid")).await;
        browser.register(&path, &page, &[("username", name), ("password", PASSWORD)]).await.location();
    }
    let (path, page) = browser.open(&create("openid")).await;
    let before = app.app.passwords.computed();
    for name in ["four", "one", "user"] {
        let answer = browser.register(&path, &page, &[("username", name), ("password", PASSWORD)]).await;
        assert_eq!((answer.status, answer.header(RETRY_AFTER)), (429, "3600"), "{name}: taken or not");
        assert_eq!(answer.record().reason, "too_many_accounts");
        assert_eq!(problems(&answer), [""; 0]);
        assert!(answer.page().alert().unwrap().contains("60 minutes"), "{:?}", answer.page().alert());
        assert!(answer.text().contains(&format!("value=\"{name}\"")), "what was typed is kept");
    }
    assert_eq!(app.app.passwords.computed(), before, "nothing is hashed");
    let neighbour = Browser::at(&app, [203, 0, 113, 8]);
    make(&neighbour, "openid", &[("username", "five"), ("password", PASSWORD)]).await.code();
    app.advance(3600);
    make(&browser, "openid", &[("username", "four"), ("password", PASSWORD)]).await.code();
    assert_eq!(accounts(&app).await.len(), 5);
}

#[tokio::test]
async fn no_limit_at_all_is_not_what_zero_means() {
    let app = app_with(&[("limits.accounts", "0")]).await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    assert_eq!(browser.register(&path, &page, ADA).await.status, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_want_one_name_at_once_one_gets_it() {
    let app: &TestApp = Box::leak(Box::new(app_with(&[("limits.accounts", "1000")]).await));
    let mut racers = tokio::task::JoinSet::new();
    for number in 0..12 {
        racers.spawn(async move {
            let browser = Browser::at(app, [198, 51, 100, number]);
            let (path, page) = browser.open(&create("openid")).await;
            let password = format!("seven brittle lanterns hum {number}");
            browser.register(&path, &page, &[("username", "ada"), ("password", &password)]).await
        });
    }
    let answers = racers.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    let lost = answers.iter().filter(|answer| answer.status != 303);
    lost.for_each(|answer| assert_eq!(problems(answer), ["username"]));
    assert_eq!((accounts(app).await.len(), app.rows_of("sessions").await), (1, 1));
}

#[tokio::test]
async fn a_form_that_comes_when_nobody_may_make_accounts_any_more_makes_none() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    app.let_people_register(false).await;
    let before = app.app.passwords.computed();
    let answer = browser.register(&path, &page, ADA).await;
    assert_eq!(
        (answer.page().heading(), answer.record().reason.as_str()),
        ("Sign in".into(), "registration_closed")
    );
    assert!(answer.page().alert().unwrap().starts_with("New accounts can no longer be created here."));
    assert!(answer.text().contains("value=\"ada\"") && !answer.text().contains(PASSWORD));
    assert_eq!((accounts(&app).await.len(), app.app.passwords.computed()), (0, before));
    assert_eq!(browser.get(&path).await.page().heading(), "Sign in", "the request goes on without");
    // Where nobody ever could.
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.register(&path, &page, ADA).await;
    assert_eq!(answer.record().reason, "registration_closed");
    assert!(accounts(&app).await.is_empty());
}

/// Whoever takes the name of an account that is gone is somebody else.
#[tokio::test]
async fn a_name_that_is_free_again_brings_nothing_of_who_had_it() {
    let app = app().await;
    let first = Browser::new(&app);
    let code = make(&first, "openid email", ADA).await.code();
    let before = app.id_token_of(&code).await["sub"].clone();
    let [account] = accounts(&app).await.try_into().unwrap();
    assert!(
        app.store().delete_account::<()>("default-people", &account.id, &[], NOW.millis()).await.unwrap()
    );
    let silent = request_with("openid", &[("prompt", "none")]);
    assert_eq!(first.get(&silent).await.sends("error").as_deref(), Some("login_required"));

    let second = Browser::new(&app);
    let (path, page) = second.open(&create("openid email")).await;
    let made = second.register(&path, &page, ADA).await;
    let (path, consent) = second.follow(&path, made).await;
    assert_eq!(consent.page().scopes().len(), 2, "nothing is allowed yet: {}", consent.page().text());
    let code = second.press(&path, &consent, "accept").await.code();
    assert_ne!(app.id_token_of(&code).await["sub"], before);
    assert_eq!(first.get(&silent).await.sends("error").as_deref(), Some("login_required"), "nor a session");
}

/// With `subject_format` `legacy` a listed user's subject is the name: no account gets it.
#[tokio::test]
async fn an_account_never_has_the_subject_of_a_listed_user() {
    let app = app().await;
    app.change_workspace(|server| {
        server.subject_format = Some(symbolon_store::entity::server::SubjectFormat::Legacy);
    })
    .await;
    let code =
        make(&Browser::new(&app), "openid", &[("username", "newcomer"), ("password", PASSWORD)]).await.code();
    let sub = app.id_token_of(&code).await["sub"].as_str().unwrap().to_owned();
    assert_eq!(sub.len(), 64, "{sub}");
    // Even where the operator lists somebody of that name afterwards: that is who logs in then.
    let mut idp = app.store().load::<Idp>("default-people").await.unwrap().value;
    let users = &mut idp.credentials.as_mut().unwrap().users;
    let password = users.iter().find(|user| user.username == "user").unwrap().password.clone();
    users.push(StaticUser { username: "newcomer".to_owned(), password, ..StaticUser::default() });
    app.store().update(idp, None, NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.log_in(&path, &page, "newcomer", PASSWORD).await;
    assert_eq!(answer.record().reason, "password_wrong");
    let answer = browser.log_in(&path, &page, "newcomer", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    let code = browser.press(&path, &consent, "accept").await.code();
    assert_eq!(app.id_token_of(&code).await["sub"], "newcomer");
}

/// In such a workspace whoever logs in is an administrator, whatever is set there.
#[tokio::test]
async fn nobody_makes_themselves_an_administrator() {
    for kind in [WorkspaceKind::Admin, WorkspaceKind::System] {
        let app = app().await;
        app.change_workspace(|server| server.kind = kind).await;
        let browser = Browser::new(&app);
        let answer = browser.get(&create("openid")).await;
        assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [prompt_not_supported]"));
        let (path, page) = browser.open(&request("openid")).await;
        assert!(!page.text().contains("show=register"));
        assert_eq!(browser.get(&format!("{path}&show=register")).await.page().heading(), "Sign in");
        browser.register(&path, &page, ADA).await;
        assert!(accounts(&app).await.is_empty());
    }
}

/// Another identity provider is no place to take somebody's name: whoever types a name to log in names none.
#[tokio::test]
async fn a_name_at_one_identity_provider_is_taken_at_every_other() {
    let app = app().await;
    make(&Browser::new(&app), "openid", ADA).await.code();
    let mut first = Idp {
        id: "first".to_owned(),
        name: "First".to_owned(),
        method: "static".to_owned(),
        ..Idp::default()
    };
    first.settings.0.insert("public_registration_allowed".to_owned(), true.into());
    app.store().insert(first, NOW.millis()).await.unwrap();
    app.let_people_register(false).await;
    app.advance(61);
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    let mallory = [("username", "Ada"), ("password", "seven brittle lanterns hum")];
    assert_eq!(problems(&browser.register(&path, &page, &mallory).await), ["username"]);
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    browser.log_in(&path, &page, "ada", PASSWORD).await.location();
}

/// A login that began with the old password ends after the new one is there: its session is none.
#[tokio::test]
async fn who_logged_in_with_the_old_password_is_out_whenever_the_session_began() {
    let app = app().await;
    let (ada, user) = (Browser::new(&app), Browser::new(&app));
    make(&ada, "openid", ADA).await.code();
    user.sign_in(&request("openid"), "user").await.code();
    let silent = request_with("openid", &[("prompt", "none")]);
    for browser in [&ada, &user] {
        browser.get(&silent).await.code();
    }
    // The passwords alone: the sessions are there, as those are that begin a moment later.
    let hash = app.app.passwords.hash("seven brittle lanterns hum", [7; 16]).await.unwrap();
    let account = accounts(&app).await.remove(0);
    let hash = Secret::new(hash);
    app.store().set_account_password("default-people", &account.id, &hash, NOW.millis()).await.unwrap();
    app.change_person("user", |user| user.password = Some(hash.clone())).await;
    assert_eq!(app.rows_of("sessions").await, 2);
    for browser in [&ada, &user] {
        assert_eq!(browser.get(&silent).await.sends("error").as_deref(), Some("login_required"));
    }
}
