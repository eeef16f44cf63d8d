//! What people type.

use super::{ADA, PASSWORD, accounts, app, create, problems};
use crate::harness::Browser;

#[tokio::test]
async fn what_is_wrong_is_said_beside_each_field_and_the_rest_is_kept() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    let before = app.app.passwords.computed();
    let fields =
        [("username", "ada lovelace"), ("password", "short"), ("name", "Ada\u{202e}"), ("email", "nowhere")];
    let answer = browser.register(&path, &page, &fields).await;
    assert_eq!(answer.status, 200);
    assert_eq!(problems(&answer), ["username", "password", "name", "email"]);
    assert_eq!(
        answer.page().alert().unwrap(),
        "No account has been created yet. Check what is marked below and enter the password again."
    );
    let text = answer.text();
    assert!(text.contains("value=\"ada lovelace\"") && text.contains("value=\"nowhere\""));
    assert!(!text.contains("short\""), "the password is not sent back");
    assert_eq!(text.matches("aria-invalid=\"true\"").count(), 4);
    assert_eq!(text.matches(" autofocus").count(), 1);
    let record = answer.record();
    assert_eq!((record.error.as_str(), record.reason.as_str()), ("access_denied", "account_refused"));
    assert_eq!(record.client_id.as_deref(), Some("client"));
    assert_eq!(record.detail, "username: form, name: form, email: form, password: short");
    assert_eq!(app.app.passwords.computed(), before, "nothing is hashed for it");
    assert!(accounts(&app).await.is_empty());
}

#[tokio::test]
async fn names_that_deceive_or_mean_something_elsewhere_are_refused() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    for username in [
        "",
        "ab",
        "a:b",
        "ada@example.com",
        "+48123456789",
        "123456",
        "ad\u{430}",
        "a\u{202e}da",
        "a\u{200b}da",
        "ada lovelace",
        "ada\t",
        "ada.",
        &"a".repeat(65),
        &"a".repeat(5000),
    ] {
        let username = if username == "ada\t" { "ad\ta" } else { username };
        let answer = browser.register(&path, &page, &[("username", username), ("password", PASSWORD)]).await;
        assert_eq!(problems(&answer), ["username"], "{username:?}");
    }
    for (field, value) in [
        ("name", "x".repeat(101)),
        ("name", "Ada\u{200b}".to_owned()),
        ("email", format!("{}@example.com", "x".repeat(250))),
        ("email", "ada@example.com\u{202e}".to_owned()),
        ("email", "a@b".to_owned()),
    ] {
        let answer = browser.register(&path, &page, &[ADA, &[(field, &value)]].concat()).await;
        assert_eq!(problems(&answer), [field], "{value:?}");
    }
    assert!(accounts(&app).await.is_empty());
    assert_eq!(
        app.app.memory.accounts.begin([203, 0, 113, 7].into(), 1, app.app.clock.now()),
        Ok(()),
        "nothing counted"
    );
}

#[tokio::test]
async fn passwords_that_are_guessed_soon_are_refused_in_plain_words() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&create("openid")).await;
    for (password, word, says) in [
        ("1234567", "short", "too short"),
        ("zażółćg", "short", "too short"),
        ("password1", "common", "Many people use"),
        ("abcdefgh1234", "pattern", "sequences"),
        ("AdaLovelace", "personal", "about you"),
        ("ada-engine", "personal", "about you"),
        (&"x".repeat(1025), "long", "too long"),
    ] {
        let fields = [
            ("username", "ada.l"),
            ("password", password),
            ("name", "Ada Lovelace"),
            ("email", "ada@engine.example"),
        ];
        let answer = browser.register(&path, &page, &fields).await;
        assert_eq!(problems(&answer), ["password"], "{password}");
        assert!(answer.page().text().contains(says), "{password}: {}", answer.page().text());
        let record = answer.record();
        assert_eq!(record.detail, format!("password: {word}"));
        let shown = format!("{record:?} {}", answer.text());
        assert!(!shown.contains(password), "nothing of the password is written down: {password}");
    }
    assert!(accounts(&app).await.is_empty());
}

/// NIST SP 800-63B-4 §3.1.1.2: any characters, all of them counted, however they were typed.
#[tokio::test]
async fn a_long_password_counts_whole_and_in_every_form_of_its_characters() {
    let app = app().await;
    let browser = Browser::new(&app);
    let long = format!("{}kraków i śnieg", "mauve otter kneels twice ".repeat(30));
    let (path, page) = browser.open(&create("openid")).await;
    browser.register(&path, &page, &[("username", "ada"), ("password", &long)]).await.location();
    let typed_elsewhere = long.replace('ó', "o\u{301}").replace('ś', "s\u{301}");
    for (password, reason) in [
        (&long[..long.len() - 1], Some("password_wrong")),
        (typed_elsewhere.as_str(), None),
        (long.as_str(), None),
    ] {
        let browser = Browser::new(&app);
        let (path, page) = browser.open(&crate::harness::request("openid")).await;
        let answer = browser.log_in(&path, &page, "ada", password).await;
        assert_eq!(
            answer.refusal.as_ref().map(|refusal| refusal.reason.as_str()),
            reason,
            "{}",
            password.len()
        );
    }
}
