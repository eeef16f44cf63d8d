//! Clients with a name and pages in several languages (RFC 7591 §2.2): each page shows those of its own language.

use crate::harness::{Answer, Browser, TestApp, client, request, request_with};

/// `client` is `Calendar` in no language, and has a name and addresses in some.
async fn app() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_client("client", |client| {
        client.logo_uri = Some("https://app.example/logo.png".to_owned());
        client.tos_uri = Some("https://app.example/terms".to_owned());
        client.policy_uri = Some("https://app.example/privacy".to_owned());
        let said = [
            ("client_name#de", "Kalender"),
            ("client_name#de-CH", "Agenda"),
            ("client_name#FR", "Calendrier"),
            ("logo_uri#de", "https://bilder.example/logo.png"),
            ("tos_uri#de", "https://app.example/bedingungen"),
            ("client_uri#de", "https://app.example/de"),
            // Written before there was a rule: a page must not carry it.
            ("policy_uri#de", "javascript:alert(1)"),
        ];
        client.localized = said.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    })
    .await;
    app
}

fn names(answer: &Answer) -> Vec<&'static str> {
    let text = answer.page().text();
    ["Calendar", "Kalender", "Agenda", "Calendrier"].into_iter().filter(|name| text.contains(name)).collect()
}

#[tokio::test]
async fn the_name_is_that_of_the_pages_language() {
    let app = app().await;
    for (ui_locales, accepted, name) in [
        ("", "", "Calendar"),
        ("", "en", "Calendar"),
        ("", "de", "Kalender"),
        ("", "de-AT, en;q=0.9", "Kalender"),
        ("", "de-CH", "Agenda"),
        ("", "en;q=0.5, de;q=0.4, de-CH;q=0.6", "Agenda"),
        ("", "pl, de;q=0.5", "Calendar"),
        // The page is in English: so is what it tells of the client.
        ("", "fr", "Calendar"),
        ("fr", "de", "Kalender"),
        ("de-DE-1996", "en", "Kalender"),
        ("en", "de-CH", "Calendar"),
        ("de_CH", "", "Calendar"),
    ] {
        let browser = Browser::speaking(&app, accepted);
        let (_, page) = browser.open(&request_with("openid", &[("ui_locales", ui_locales)])).await;
        assert_eq!(names(&page), [name], "{ui_locales} {accepted}");
    }
}

#[tokio::test]
async fn a_page_links_to_what_is_in_its_language_and_else_to_what_is_in_none() {
    let app = app().await;
    let consent = async |accepted| {
        let browser = Browser::speaking(&app, accepted);
        let (path, page) = browser.open(&request("openid")).await;
        browser.follow(&path, browser.log_in(&path, &page, "user", "user").await).await.1
    };
    let german = consent("de").await;
    assert_eq!(names(&german), ["Kalender"]);
    let html = german.text();
    for address in
        ["https://app.example/bedingungen", "https://app.example/de", "https://bilder.example/logo.png"]
    {
        assert!(html.contains(address), "{address} in {html}");
    }
    for address in ["https://app.example/terms", "https://app.example/logo.png", "javascript:"] {
        assert!(!html.contains(address), "{address} in {html}");
    }
    // The picture is loaded from where it is, and from nowhere else.
    let policy = german.header(http::header::CONTENT_SECURITY_POLICY);
    assert!(policy.contains("https://bilder.example") && !policy.contains("https://app.example"), "{policy}");
    let polish = consent("pl").await;
    assert_eq!(names(&polish), ["Calendar"]);
    for address in
        ["https://app.example/terms", "https://app.example/logo.png", "https://app.example/privacy"]
    {
        assert!(polish.text().contains(address), "{address}");
    }
}

/// What was registered as a name is text, in whatever language.
#[tokio::test]
async fn a_name_is_no_markup() {
    let app = app().await;
    app.change_client("client", |client| {
        client.localized.insert("client_name#de".to_owned(), "<script>alert(1)</script>".to_owned());
    })
    .await;
    let (_, page) = Browser::speaking(&app, "de").open(&request("openid")).await;
    assert!(!page.text().contains("<script>alert"), "{}", page.text());
    assert!(page.page().text().contains("<script>alert(1)</script>"), "{}", page.page().text());
}

#[tokio::test]
async fn a_form_that_sends_itself_and_a_page_that_is_over_name_the_client_so_too() {
    let app = app().await;
    app.change_client("client", |client| {
        client.initiate_login_uri = Some("https://app.example/start".to_owned());
        client.localized.remove("client_name#de-CH");
    })
    .await;
    let browser = Browser::speaking(&app, "de-CH");
    let (path, page) = browser.open(&request_with("openid", &[("response_mode", "form_post")])).await;
    let (_, consent) = browser.follow(&path, browser.log_in(&path, &page, "user", "user").await).await;
    let sent = browser.press(&path, &consent, "accept").await;
    assert!(sent.text().contains("Kalender"), "{}", sent.text());
    let over = browser.get(&path).await;
    assert_eq!(names(&over), ["Kalender"]);
}

#[tokio::test]
async fn whoever_makes_an_account_or_logs_out_reads_it_too() {
    let app = app().await;
    app.let_people_register(true).await;
    let browser = Browser::speaking(&app, "de");
    let (_, page) = browser.open(&request_with("openid", &[("prompt", "create")])).await;
    assert_eq!(names(&page), ["Kalender"]);
    browser.sign_in(&request("openid"), "user").await.code();
    let (_, page) = browser.open(&format!("{}?client_id=client", crate::harness::LOGOUT)).await;
    assert_eq!(names(&page), ["Kalender"]);
}

/// The person is told by name who asks for what without a browser of theirs, too.
#[tokio::test]
async fn devices_and_requests_that_wait_are_told_so_too() {
    const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
    let app = app().await;
    app.change_workspace(|server| {
        server.grant_types.extend([DEVICE.to_owned(), crate::ciba::GRANT.to_owned()]);
    })
    .await;
    app.change_client("client", |client| {
        client.grant_types.extend([DEVICE.to_owned(), crate::ciba::GRANT.to_owned()]);
    })
    .await;
    let secret = crate::harness::SECRET;
    let post = async |path: &str, form: &[(&str, &str)]| {
        app.post(path).basic("client", secret).form(form).await.ok()
    };
    let codes = post("/default/default/device/authorization", &[("scope", "openid")]).await;
    let device = format!("/default/default/device?user_code={}", codes["user_code"].as_str().unwrap());
    let browser = Browser::speaking(&app, "de");
    let (path, page) = browser.open(&device).await;
    assert_eq!(names(&page), ["Kalender"], "the login page");
    let (path, page) = browser.follow(&path, browser.log_in(&path, &page, "user", "user").await).await;
    assert_eq!(names(&page), ["Kalender"], "the question");
    assert_eq!(browser.press(&path, &page, "accept").await.status, 200);
    post(crate::ciba::ENDPOINT, &[("scope", "openid"), ("login_hint", "user")]).await;
    let (_, page) = browser.open("/default/default/backchannel").await;
    assert_eq!(names(&page), ["Kalender"]);
}

/// An administrator says it by one member, under the same rules.
#[tokio::test]
async fn an_administrators_client_has_languages_by_the_same_rules() {
    let console = crate::api::Console::new().await;
    let with = |localized: serde_json::Value| {
        let mut body = client("many");
        body["authorization_server_id"] = "default".into();
        body["localized"] = localized;
        body
    };
    for (member, localized) in [
        ("tos_uri#de", serde_json::json!({"tos_uri#de": "javascript:alert(1)"})),
        ("client_name#", serde_json::json!({"client_name#d": "Kalender"})),
        ("client_name#de", serde_json::json!({"client_name#DE": "Kalender", "client_name#de": "Agenda"})),
        ("localized", serde_json::json!({"redirect_uris#de": "https://evil.example/"})),
        ("localized", serde_json::json!({"client_name": "Kalender"})),
    ] {
        let answer = console.post("/clients", &with(localized.clone())).await;
        assert_eq!(answer.status, 422, "{localized} {}", answer.text());
        assert!(answer.text().contains(member), "{localized} {}", answer.text());
    }
    let localized = serde_json::json!({"client_name#de": "Kalender"});
    let created = console.post("/clients", &with(localized.clone())).await.created();
    assert_eq!(created["localized"], localized);
    let without = console.put("/clients/many", &client("many")).await.ok();
    assert_eq!(without.get("localized"), None);
}
