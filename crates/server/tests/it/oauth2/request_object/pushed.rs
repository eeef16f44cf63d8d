//! Request objects that are pushed (RFC 9126 §3).

use serde_json::json;

use super::{ISSUER, app, claims, page};
use crate::harness::{Answer, Browser, CALLBACK, NOW, SECRET, TestApp, authorize};

const PAR: &str = "/default/default/par";

async fn push(app: &TestApp, object: &str, more: &[(&str, &str)]) -> Answer {
    app.post(PAR).basic("client", SECRET).form(&[&[("request", object)], more].concat()).await
}

#[tokio::test]
async fn what_the_object_asks_for_is_pushed() {
    let (app, signer) = app().await;
    for typ in ["oauth-authz-req+jwt", "JWT"] {
        let object = signer.sign_as(typ, &claims(json!({})));
        let answer = push(&app, &object, &[("client_id", "client")]).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let request_uri = answer.json()["request_uri"].as_str().unwrap().to_owned();
        let asked = authorize(&[("client_id", "client"), ("request_uri", &request_uri), ("state", "outer")]);
        let answer = Browser::new(&app).sign_in(&asked, "user").await;
        assert_eq!(answer.sends("state").as_deref(), Some("inner"));
        assert_eq!(app.id_token_of(&answer.code()).await["nonce"], "inner");
    }
}

#[tokio::test]
async fn beside_the_object_there_is_only_who_pushes_it() {
    let (app, signer) = app().await;
    let object = signer.sign(&claims(json!({})));
    for beside in [("scope", "openid"), ("redirect_uri", CALLBACK), ("state", "s"), ("prompt", "none")] {
        let answer = push(&app, &object, &[beside]).await;
        assert_eq!(answer.reason(), "400 invalid_request parameter_beside_request_object", "{beside:?}");
    }
    let answer = push(&app, &object, &[("request_uri", "https://client.example.org/r")]).await;
    assert_eq!(answer.reason(), "400 invalid_request request_uri_pushed");
    assert_eq!(app.rows_of("pushed_requests").await, 0);
}

#[tokio::test]
async fn a_bad_object_is_refused_where_it_is_pushed() {
    let (app, signer) = app().await;
    for (change, reason) in [
        (json!({"client_id": "other"}), "request_object_of_another_client"),
        (json!({"client_id": null}), "request_object_without_client_id"),
        (json!({"aud": "https://other.example"}), "request_object_audience"),
        (json!({"exp": NOW.seconds() - 3600}), "request_object_expired"),
        (json!({"request_uri": "https://client.example.org/r"}), "request_object_nested"),
    ] {
        let answer = push(&app, &signer.sign(&claims(change.clone())), &[]).await;
        assert_eq!(answer.reason(), format!("400 invalid_request_object {reason}"), "{change}");
    }
    let answer = push(&app, "x", &[]).await;
    assert_eq!(answer.reason(), "400 invalid_request_object request_object_malformed");
    let elsewhere = signer.sign(&claims(json!({"redirect_uri": "https://evil.example/"})));
    assert_eq!(push(&app, &elsewhere, &[]).await.reason(), "400 invalid_request redirect_uri_not_registered");
    assert_eq!(app.rows_of("pushed_requests").await, 0);
    let endpoint = signer.sign(&claims(json!({"aud": format!("{ISSUER}/par")})));
    assert_eq!(push(&app, &endpoint, &[]).await.status, 201);
}

#[tokio::test]
async fn a_request_that_was_pushed_is_its_client_s_alone() {
    let (app, signer) = app().await;
    app.add_client(crate::harness::client("other")).await;
    let object = signer.sign(&claims(json!({})));
    let answer = push(&app, &object, &[]).await.json();
    let request_uri = answer["request_uri"].as_str().unwrap();
    let stolen = authorize(&[("client_id", "other"), ("request_uri", request_uri)]);
    let refused = Browser::new(&app).get(&stolen).await;
    assert_eq!(page(&refused), "invalid_request_uri [request_uri_of_another_client]");
    // Nor can another client push it.
    let stolen = app.post(PAR).basic("other", SECRET).form(&[("request", object.as_str())]).await;
    assert_eq!(stolen.reason(), "400 invalid_request_object request_object_signature");
}
