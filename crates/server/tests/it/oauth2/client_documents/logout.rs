//! The end of what such a client was given: by itself, and by its person.

use super::*;
use crate::harness::{LOGOUT, request_with};

const BYE: &str = "https://localhost/bye";
const REVOKE: &str = "/default/default/oauth2/revoke";
const USERINFO: &str = "/default/default/userinfo";

/// A browser in which `user` is logged in, and the tokens of the client.
async fn logged_in<'a>(remote: &Remote, app: &'a TestApp) -> (Browser<'a>, Value) {
    let browser = Browser::new(app);
    let code = browser.sign_in(&request(&remote.url, &[]), "user").await.code();
    (browser, redeem(app, &remote.url, &code).await.ok())
}

fn token<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

fn logout(parameters: &[(&str, &str)]) -> String {
    format!(
        "{LOGOUT}?{}",
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
    )
}

#[tokio::test]
async fn the_client_logs_its_person_out_and_gets_the_browser_back() {
    let (remote, app) = server().await;
    remote.publish(&document(&remote, json!({"post_logout_redirect_uris": [BYE]})).to_string());
    let (browser, tokens) = logged_in(&remote, &app).await;
    let hint = ("id_token_hint", token(&tokens, "id_token"));
    let answer = browser.get(&logout(&[hint, ("post_logout_redirect_uri", "https://localhost/other")])).await;
    assert_eq!(answer.record().reason, "post_logout_redirect_uri_not_registered");
    let back = ("post_logout_redirect_uri", BYE);
    let answer = browser.get(&logout(&[hint, ("client_id", &remote.url), back, ("state", "s")])).await;
    assert_eq!(answer.location(), format!("{BYE}?state=s"));
    assert_eq!(app.rows_of("sessions").await, 0);
    let about = app.get(USERINFO).bearer(token(&tokens, "access_token")).await;
    assert_eq!(about.reason(), "401 invalid_token grant_revoked", "it ended with the session");
    assert_eq!(app.rows_of("logout_notices").await, 0, "it has no address to be told at");
}

/// Whoever is logged in must not depend on a host that they have nothing to do with.
#[tokio::test]
async fn a_person_logs_out_though_the_document_is_no_more() {
    for gone in ["404 Not Found", "503 Service Unavailable"] {
        let (remote, app) = server().await;
        let (browser, tokens) = logged_in(&remote, &app).await;
        let hint = ("id_token_hint", token(&tokens, "id_token"));
        remote.answer(gone);
        // What it said before counts for a while; the session is used meanwhile.
        for _ in 0..2 {
            app.advance(2000);
            browser.get(&request_with("openid", &[("prompt", "none")])).await;
        }
        let answer = browser.get(&logout(&[hint, ("post_logout_redirect_uri", BYE)])).await;
        assert!(answer.record().reason.starts_with("client_document_"), "there is no way back: {gone}");
        let answer = browser.get(&logout(&[hint])).await;
        assert_eq!(answer.page().heading(), "You are signed out", "{gone}");
        assert_eq!(app.rows_of("sessions").await, 0, "{gone}");
    }
}

#[tokio::test]
async fn the_client_gives_its_tokens_back() {
    let (remote, app) = server().await;
    let (_, tokens) = logged_in(&remote, &app).await;
    let access_token = token(&tokens, "access_token");
    let form = [("client_id", &*remote.url), ("token", access_token)];
    assert_eq!(app.post(REVOKE).form(&[("client_id", "client"), form[1]]).await.status, 401);
    app.get(USERINFO).bearer(access_token).await.ok();
    assert_eq!(app.post(REVOKE).form(&form).await.status, 200);
    let about = app.get(USERINFO).bearer(access_token).await;
    assert_eq!(about.reason(), "401 invalid_token access_token_revoked");
}
