//! How a client is answered while it polls.

use serde_json::json;

use super::{GRANT, app, approve, ask, begin, error, id_of, page_of, poll, press};
use crate::harness::{Browser, DpopKey, SECRET, TOKEN, TestCertificate, decode};
use symbolon_jose::Algorithm;

#[tokio::test]
async fn who_polls_too_often_is_slowed_down() {
    let app = app().await;
    let id = begin(&app).await;
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
    app.advance(5);
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
    app.advance(4);
    assert_eq!(error(&poll(&app, &id).await), "slow_down");
    app.advance(9);
    assert_eq!(error(&poll(&app, &id).await), "slow_down", "ten seconds from now on");
    app.advance(15);
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
}

#[tokio::test]
async fn a_request_expires_when_the_client_said() {
    let app = app().await;
    let answer = ask(&app, &[("requested_expiry", "10")]).await;
    assert_eq!(answer.ok()["expires_in"], 10);
    let id = id_of(&answer);
    let browser = Browser::new(&app);
    let page = page_of(&browser, "user").await;
    app.advance(10);
    assert_eq!(poll(&app, &id).await.reason(), "400 expired_token decoupled_request_expired");
    let late = press(&browser, &page, "accept").await;
    assert_eq!(late.record().reason, "interaction_finished");
    assert_eq!(error(&poll(&app, &id).await), "expired_token");
}

#[tokio::test]
async fn tokens_are_fetched_while_the_request_lives() {
    let app = app().await;
    let id = begin(&app).await;
    approve(&app).await;
    app.advance(300);
    assert_eq!(error(&poll(&app, &id).await), "expired_token");
}

#[tokio::test]
async fn of_many_polls_at_once_one_gets_tokens() {
    let app = app().await;
    let id = begin(&app).await;
    approve(&app).await;
    let one = || poll(&app, &id);
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    let answers = [a, b, c, d];
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let mut others = answers.iter().filter(|answer| answer.status != 200);
    assert!(others.all(|answer| error(answer) == "invalid_grant"));
}

#[tokio::test]
async fn tokens_are_bound_to_the_certificate_and_nothing_is_lost_without_one() {
    let app = app().await;
    app.change_client("bank", |client| client.tls_client_certificate_bound_access_tokens = true).await;
    let id = begin(&app).await;
    approve(&app).await;
    assert_eq!(poll(&app, &id).await.reason(), "400 invalid_request certificate_missing_for_binding");
    let certificate = TestCertificate::self_signed("CN=bank");
    let form = [("grant_type", GRANT), ("auth_req_id", &*id)];
    let tokens = app.post(TOKEN).basic("bank", SECRET).form(&form).certificate(&certificate).await.ok();
    let (_, claims) = decode(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["cnf"], json!({"x5t#S256": certificate.thumbprint()}));
}

#[tokio::test]
async fn tokens_are_bound_to_the_key_of_a_proof() {
    let app = app().await;
    let id = begin(&app).await;
    approve(&app).await;
    let key = DpopKey::new(Algorithm::ES256);
    let form = [("grant_type", GRANT), ("auth_req_id", &*id)];
    let request = app.post(TOKEN).basic("bank", SECRET).form(&form).proof(&key.proof("POST", TOKEN));
    let tokens = request.await.ok();
    assert_eq!(tokens["token_type"], "DPoP");
    let (_, claims) = decode(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["cnf"], json!({"jkt": key.jkt()}));
}

#[tokio::test]
async fn a_revoked_grant_gives_no_tokens() {
    let app = app().await;
    let id = begin(&app).await;
    approve(&app).await;
    let found = app.store().find_decoupled_request::<serde_json::Value, serde_json::Value>(&id).await;
    let grant = found.unwrap().unwrap().grant.unwrap().id;
    assert!(app.store().revoke_grant(&grant, app.app.clock.now().millis()).await.unwrap());
    assert_eq!(poll(&app, &id).await.reason(), "400 invalid_grant decoupled_request_grant_revoked");
}

#[tokio::test]
async fn who_polls_without_what_tokens_are_bound_to_is_told_at_once() {
    let app = app().await;
    app.change_client("bank", |bank| bank.tls_client_certificate_bound_access_tokens = true).await;
    let id = begin(&app).await;
    let refused = poll(&app, &id).await;
    assert_eq!(refused.reason(), "400 invalid_request certificate_missing_for_binding");
}
