//! Backchannel authentication (CIBA).

use serde_json::{Value, json};
use symbolon_server::oauth2::backchannel_authentication::notify;

use super::walk::{ISSUER, PROFILES, Walk};
use crate::ciba;
use crate::harness::{Answer, NOW, SECRET, TOKEN, mac};

const TOLD: (&str, &str) = ("client_notification_token", "8d67dc78-7faa-4d41-aabd-67707b374255");

/// A request about `user`, signed with `alg` or not at all.
pub(super) fn parameters(walk: &Walk, client: &str, jti: &str, alg: Option<&str>) -> Vec<(String, String)> {
    let mut form = vec![
        ("scope", "openid"),
        ("login_hint", "user"),
        ("binding_message", "1234"),
        // It is not asked for (CIBA §7.1), and does no harm.
        ("user_code", "0000"),
        TOLD,
    ];
    form.extend(walk.resources());
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let Some(alg) = alg else { return form.into_iter().map(owned).collect() };
    let now = NOW.seconds();
    let mut claims =
        json!({"iss": client, "aud": ISSUER, "jti": jti, "iat": now, "nbf": now, "exp": now + 300});
    for (name, value) in form.iter().filter(|(name, _)| *name != "resource") {
        claims[*name] = json!(value);
    }
    if walk.profile.requires_resource() {
        let resources: Vec<_> = walk.resources().iter().map(|(_, value)| *value).collect();
        claims["resource"] = json!(resources);
    }
    let request = match alg.starts_with("HS") {
        true => mac(SECRET.as_bytes(), &claims),
        false => walk.signer(alg).sign_as("JWT", &claims),
    };
    vec![("request".to_owned(), request)]
}

/// The algorithm with which such a request is signed, if it has to be.
pub(super) fn needed(walk: &Walk) -> Option<&'static str> {
    walk.profile.requires_signed_backchannel_request().then_some("ES256")
}

async fn ask(walk: &Walk, jti: &str, alg: Option<&str>) -> Answer {
    let form = parameters(walk, "client", jti, alg);
    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    walk.post(ciba::ENDPOINT, &form).await
}

async fn redeem(walk: &Walk, auth_req_id: &str) -> Answer {
    let form = [("grant_type", ciba::GRANT), ("auth_req_id", auth_req_id)];
    walk.post(TOKEN, &[&form, &walk.resources()[..]].concat()).await
}

/// An access token for `client` by way of a request that `user` allows.
pub(super) async fn token(walk: &Walk) -> Value {
    let begun = ask(walk, "for a token", needed(walk)).await.ok();
    ciba::approve(&walk.app).await;
    redeem(walk, begun["auth_req_id"].as_str().unwrap()).await.ok()["access_token"].clone()
}

#[tokio::test]
async fn every_delivery_mode() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        assert_eq!(walk.document["backchannel_user_code_parameter_supported"], false);
        let modes = walk.values("backchannel_token_delivery_modes_supported");
        assert!(modes.len() >= 2, "{}: {modes:?}", walk.name);
        walk.remote.answer("204 No Content");
        for mode in &modes {
            let endpoint = walk.remote.url.clone();
            walk.app
                .change_client("client", |client| {
                    client.backchannel_token_delivery_mode = Some(mode.clone());
                    client.backchannel_client_notification_endpoint = Some(endpoint);
                })
                .await;
            let begun = ask(&walk, mode, needed(&walk)).await.ok();
            let id = begun["auth_req_id"].as_str().unwrap();
            ciba::approve(&walk.app).await;
            let heard = walk.remote.asked();
            notify::run_once(&walk.app.app).await;
            let told = walk.remote.heard()[heard..].to_vec();
            let said = told.first().map(|heard| serde_json::from_str::<Value>(&heard.body).unwrap());
            let what = format!("{} {mode}: {said:?}", walk.name);
            match mode.as_str() {
                "poll" => assert!(told.is_empty(), "{what}"),
                "ping" => assert_eq!(said.unwrap(), json!({"auth_req_id": id}), "{what}"),
                "push" => {
                    assert!(said.unwrap()["access_token"].is_string(), "{what}");
                    continue;
                }
                other => panic!("who walks the delivery mode {other}?"),
            }
            assert!(redeem(&walk, id).await.ok()["access_token"].is_string(), "{what}");
        }
        // What is not advertised is not served.
        if !modes.iter().any(|mode| mode == "push") {
            walk.app
                .change_client("client", |client| {
                    client.backchannel_token_delivery_mode = Some("push".to_owned());
                })
                .await;
            assert_eq!(ask(&walk, "not served", needed(&walk)).await.status, 400, "{}", walk.name);
        }
    }
}

#[tokio::test]
async fn every_algorithm_of_backchannel_requests() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let member = "backchannel_authentication_request_signing_alg_values_supported";
        let algorithms = walk.values(member);
        assert!(algorithms.len() >= 2, "{}: {algorithms:?}", walk.name);
        for alg in &algorithms {
            walk.app
                .change_client("client", |client| {
                    client.backchannel_authentication_request_signing_alg = Some(alg.clone());
                })
                .await;
            let begun = ask(&walk, alg, Some(alg)).await;
            assert_eq!(begun.status, 200, "{} {alg}: {} {:?}", walk.name, begun.text(), begun.refusal);
        }
    }
}
