//! How documents are read: from whom, how often, and for how long they count.

use super::*;

#[tokio::test]
async fn only_hosts_that_the_workspace_allows_are_asked() {
    let (remote, app) = server().await;
    configure(&app, |settings| settings.allowed_hosts = vec!["client.example".into()]).await;
    let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
    assert_eq!(answer.record().reason, "client_document_host_not_allowed");
    assert_eq!(remote.asked(), 0);
    configure(&app, |settings| settings.allowed_hosts = vec!["localhost".into()]).await;
    assert_eq!(Browser::new(&app).open(&request(&remote.url, &[])).await.1.status, 200);
}

#[tokio::test]
async fn private_addresses_are_not_asked() {
    let remote = host().await;
    let [root_ca, _] = remote.settings();
    let app = TestApp::with_people_and_settings(&[root_ca]).await;
    configure(&app, |_| {}).await;
    let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
    assert_eq!(answer.record().reason, "client_document_unreadable");
    assert!(!answer.text().contains("private"), "what was found is for the operator alone");
    let answer = Browser::new(&app).get(&request("https://127.0.0.1/client", &[])).await;
    assert_eq!(answer.record().reason, "client_id_url_malformed");
    assert_eq!(remote.asked(), 0);
}

#[tokio::test]
async fn what_answers_must_be_a_small_json_document() {
    let (remote, app) = server().await;
    for (head, reason) in [
        ("404 Not Found\r\ncontent-type: application/json", "client_document_status"),
        (
            "302 Found\r\nlocation: https://localhost/\r\ncontent-type: application/json",
            "client_document_status",
        ),
        ("201 Created\r\ncontent-type: application/json", "client_document_status"),
        ("503 Service Unavailable", "client_document_unreadable"),
        ("200 OK\r\ncontent-type: text/html", "client_document_type"),
        ("200 OK", "client_document_type"),
    ] {
        remote.answer(head);
        let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
        assert_eq!(answer.record().reason, reason, "{head}");
    }
    remote.answer("200 OK\r\ncontent-type: application/cimd+json; charset=utf-8");
    for (body, reason) in [
        ("[]".to_owned(), "client_document_not_json"),
        ("<html>".to_owned(), "client_document_not_json"),
        (
            document(&remote, json!({"description": "x".repeat(17_000)})).to_string(),
            "client_document_too_large",
        ),
    ] {
        remote.publish(&body);
        let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
        assert_eq!(answer.record().reason, reason);
    }
    remote.publish(&document(&remote, json!({})).to_string());
    assert_eq!(Browser::new(&app).open(&request(&remote.url, &[])).await.1.status, 200);
}

#[tokio::test]
async fn a_document_is_kept_as_long_as_its_host_says_within_bounds() {
    let (remote, app) = server().await;
    let ask = async || drop(Browser::new(&app).open(&request(&remote.url, &[])).await);
    let head = |cache: &str| format!("200 OK\r\ncontent-type: application/json\r\ncache-control: {cache}");
    remote.answer(&head("public, max-age=1000"));
    ask().await;
    app.advance(999);
    ask().await;
    assert_eq!(remote.asked(), 1);
    // No request is so important that its client is read for each.
    remote.answer(&head("no-store"));
    app.advance(1);
    ask().await;
    app.advance(59);
    ask().await;
    assert_eq!(remote.asked(), 2);
    remote.answer(&head("max-age=99999999"));
    app.advance(1);
    ask().await;
    app.advance(86_400 - 1);
    ask().await;
    assert_eq!(remote.asked(), 3);
    app.advance(1);
    ask().await;
    assert_eq!(remote.asked(), 4);
}

#[tokio::test]
async fn a_client_whose_document_changes_is_another_client() {
    let (remote, app) = server().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&request(&remote.url, &[("scope", "openid offline_access")]), "user").await;
    let tokens = redeem(&app, &remote.url, &answer.code()).await.ok();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", &remote.url), ("refresh_token", refresh)];
    // While the host is away, what it said counts for a while.
    remote.answer("503 Service Unavailable");
    app.advance(400);
    let tokens = app.post(TOKEN).form(&form).await.ok();
    let form = [form[0], form[1], ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    // When it says that there is no such client, there is none.
    remote.answer("404 Not Found");
    app.advance(1);
    assert_eq!(app.post(TOKEN).form(&form).await.reason(), "401 invalid_client client_document_status");
    let access_token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let about = app.get("/default/default/userinfo").header(http::header::AUTHORIZATION, &access_token).await;
    assert_eq!(about.reason(), "401 invalid_token access_token_client_gone");
}

#[tokio::test]
async fn an_address_makes_the_server_ask_so_often_and_no_oftener() {
    let remote = host().await;
    let [root_ca, private] = remote.settings();
    let app = TestApp::with_people_and_settings(&[root_ca, private, ("limits.registrations", "3")]).await;
    configure(&app, |_| {}).await;
    for n in 0..3 {
        let answer = Browser::new(&app).get(&request(&format!("{}?{n}", remote.url), &[])).await;
        assert_eq!(answer.record().reason, "client_document_not_json");
    }
    let answer = Browser::new(&app).get(&request(&format!("{}?4", remote.url), &[])).await;
    assert_eq!(answer.record().reason, "too_many_registrations");
    let form = [("grant_type", "authorization_code"), ("client_id", &*remote.url), ("code", "x")];
    let answer = Browser::new(&app).post(TOKEN, &form).await;
    assert_eq!(answer.reason(), "503 temporarily_unavailable too_many_registrations");
    assert_eq!(remote.asked(), 3);
}

/// The document's host may be somebody else's: who has a token must not be able to have it asked for ever.
#[tokio::test]
async fn a_token_makes_the_server_ask_so_often_and_no_oftener() {
    let (remote, app) = server().await;
    let answer = Browser::new(&app).sign_in(&request(&remote.url, &[]), "user").await;
    let tokens = redeem(&app, &remote.url, &answer.code()).await.ok();
    let token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    app.advance(400);
    for (said, most) in [("503 Service Unavailable", 6), ("404 Not Found", 6)] {
        remote.answer(said);
        let before = remote.asked();
        for _ in 0..40 {
            app.get("/default/default/userinfo").header(http::header::AUTHORIZATION, &token).await;
        }
        assert!(remote.asked() - before <= most, "{said}: {}", remote.asked() - before);
        app.advance(60);
    }
    remote.answer("200 OK\r\ncontent-type: application/json");
    let about = app.get("/default/default/userinfo").header(http::header::AUTHORIZATION, &token).await;
    assert_eq!(about.status, 200, "{:?}", about.refusal);
}

#[tokio::test]
async fn a_name_that_is_read_as_another_is_refused() {
    let (remote, app) = server().await;
    for name in
        ["Bank\u{202e}knaB", "Ba\u{200b}nk", "Bank\u{3164}", "Bank\u{ad}", "Ban\u{e006b}", "Bank\nTrusted"]
    {
        let reason = refusal(&remote, &app, json!({ "client_name": name })).await;
        assert_eq!(reason, "client_document_refused", "{name:?}");
    }
}
