//! `initiate_login_uri` (OIDC Core §4): who comes too late, or has logged out, is led to where the client begins a
//! login.

use crate::harness::{Answer, Browser, LOGOUT, TestApp, request};

const START: &str = "https://app.example/start?from=us";
/// The same with our issuer, as HTML has it.
const LINK: &str =
    "href=\"https://app.example/start?from=us&amp;iss=https%3A%2F%2Flocalhost%3A8443%2Fdefault%2Fdefault\"";

async fn server() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_client("client", |client| {
        client.client_name = "The App".to_owned();
        client.initiate_login_uri = Some(START.to_owned());
    })
    .await;
    app
}

fn leads_back(answer: &Answer) -> bool {
    answer.text().contains(LINK)
}

#[tokio::test]
async fn a_page_that_is_over_leads_to_where_the_client_begins() {
    let app = server().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let (_, consent) = browser.follow(&path, browser.log_in(&path, &page, "user", "user").await).await;
    browser.press(&path, &consent, "accept").await.code();
    for answer in [browser.get(&path).await, browser.press(&path, &consent, "accept").await] {
        assert_eq!(answer.refused_on_a_page(), "400 This page is no longer valid [interaction_gone]");
        assert_eq!(answer.record().client_id.as_deref(), Some("client"));
        assert!(leads_back(&answer) && answer.page().text().contains("Start again at The App"));
    }
}

#[tokio::test]
async fn a_form_of_another_page_leads_there_too_and_what_the_client_did_wrong_does_not() {
    let app = server().await;
    let browser = Browser::new(&app);
    let (path, _) = browser.open(&request("openid")).await;
    let (_, other) = browser.open(&request("openid")).await;
    assert!(leads_back(&browser.log_in(&path, &other, "user", "user").await));
    let wrong = browser.get(&request("openid").replace("example.com", "other.example")).await;
    assert!(wrong.refused_on_a_page().contains("[redirect_uri") && !leads_back(&wrong));
}

/// The address of an interaction may be anybody's: it leads to what this workspace's clients have registered, or nowhere.
#[tokio::test]
async fn nothing_leads_where_no_client_has_registered() {
    let app = server().await;
    let browser = Browser::new(&app);
    browser.open(&request("openid")).await;
    for client_id in ["unknown", "https://evil.example/client", "", "a%20b", "%00", "client&client_id=client"]
    {
        let answer = browser.get(&format!("/default/default/interaction/x?client_id={client_id}")).await;
        assert_eq!(answer.status, 400);
        assert!(!answer.text().contains("<a class=\"button\""), "{client_id}");
    }
    app.change_client("client", |client| client.initiate_login_uri = Some("javascript:alert(1)".to_owned()))
        .await;
    let answer = browser.get("/default/default/interaction/x?client_id=client").await;
    assert!(!answer.text().contains("<a class=\"button\""));
}

#[tokio::test]
async fn who_has_logged_out_can_log_in_again() {
    let app = server().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let logout = format!("{LOGOUT}?client_id=client");
    let asked = browser.get(&logout).await;
    assert!(!leads_back(&asked));
    let stayed = browser.press(&logout, &asked, "stay").await;
    assert!(!leads_back(&stayed), "who stays needs no login");
    let asked = browser.get(&logout).await;
    let ended = browser.press(&logout, &asked, "logout").await;
    assert!(leads_back(&ended) && ended.page().text().contains("Sign in to The App again"));
}
