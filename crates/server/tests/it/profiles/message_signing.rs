//! FAPI 2.0 Message Signing (Final): signed responses. Signed requests: `oauth2::authorize::request_object`.

use serde_json::json;
use symbolon_store::entity::server::WorkspaceProfile as P;

use super::*;
use crate::harness::decode;

#[tokio::test]
async fn requests_are_pushed_as_signed_objects_and_answered_by_signed_jwts() {
    let bank = Bank::new(P::Fapi20MessageSigning).await;
    let form = asked(&[], &[("response_mode", "jwt")]);
    let answer = bank.push(&borrowed(&form)).await;
    assert_eq!(answer.reason(), "400 invalid_request signed_request_required");
    let plainly_answered = asked(&[], &[]);
    let answer = bank.push(&[("request", &bank.object(&plainly_answered))]).await;
    assert_eq!(answer.reason(), "400 invalid_request code_without_jarm");
    let pushed = bank.push(&[("request", &bank.object(&form))]).await;
    let answer = sign_in(&bank.app, &bank.bring(&pushed)).await;
    let (_, claims) = decode(answer.sends("response").unwrap());
    assert_eq!((claims["iss"].as_str(), claims["state"].as_str()), (Some(ISSUER), Some("of the client")));
    bank.redeem(claims["code"].as_str().unwrap()).await.ok();
    // By way of the browser a signed object is not enough.
    let told = Browser::new(&bank.app).get(&bank.signed(&form)).await;
    let (_, claims) = decode(told.sends("response").unwrap());
    assert_eq!(claims["error"], "invalid_request");
}

#[tokio::test]
async fn introspection_answers_by_signed_jwt_alone() {
    let bank = Bank::new(P::Fapi20MessageSigning).await;
    let form = [("grant_type", "client_credentials"), ("client_id", "client")];
    let tokens = bank.post(TOKEN).form(&form).await.ok();
    let form = [("token", tokens["access_token"].as_str().unwrap()), ("client_id", "client")];
    let answer = bank.post(INTROSPECT).form(&form).await;
    assert_eq!(answer.header(http::header::CONTENT_TYPE), "application/token-introspection+jwt");
    let (header, claims) = decode(answer.text());
    assert_eq!(header["typ"], "token-introspection+jwt");
    assert_eq!(claims["token_introspection"]["active"], true);
    assert_eq!(claims["aud"], "client");
    // Of a token that is none too.
    let answer = bank.post(INTROSPECT).form(&[("token", "none"), ("client_id", "client")]).await;
    assert_eq!(decode(answer.text()).1["token_introspection"], json!({"active": false}));
}

#[tokio::test]
async fn the_family_of_fapi_2_differs_in_what_is_signed() {
    for (name, signs_requests, signs_answers) in [
        (P::Fapi20Security, false, false),
        (P::ConnectId, true, false),
        (P::Fapi20MessageSigning, true, true),
    ] {
        let bank = Bank::new(name).await;
        let answer = Browser::new(&bank.app).get(&plain(&[], &[("response_mode", "jwt")])).await;
        assert_eq!(answer.record().reason, "pushed_request_required", "{name:?}");
        let signed = asked(&[], &[("response_mode", "jwt")]);
        let answer = bank.push(&borrowed(&signed)).await;
        match signs_requests {
            true => assert_eq!(answer.reason(), "400 invalid_request signed_request_required", "{name:?}"),
            false => assert_eq!(answer.status, 201, "{name:?}"),
        }
        let answer = bank.push(&[("request", &bank.object(&asked(&[], &[])))]).await;
        match signs_answers {
            true => assert_eq!(answer.reason(), "400 invalid_request code_without_jarm", "{name:?}"),
            false => {
                let code = sign_in(&bank.app, &bank.bring(&answer)).await.code();
                bank.redeem(&code).await.ok();
            }
        }
        assert_eq!(bank.push(&[("request", &bank.object(&signed))]).await.status, 201, "{name:?}");
        let form = [("token", "none"), ("client_id", "client")];
        let answer = bank.post(INTROSPECT).header(http::header::ACCEPT, "application/json").form(&form).await;
        let kind = if signs_answers { "application/token-introspection+jwt" } else { "application/json" };
        assert_eq!(answer.header(http::header::CONTENT_TYPE), kind, "{name:?}");
        let document = discovery(&bank.app).await;
        assert_eq!(document["require_signed_request_object"], signs_requests, "{name:?}");
        // Ed25519 is an algorithm of all of them (FAPI 2.0 §5.4.1).
        let words = document["request_object_signing_alg_values_supported"].to_string();
        assert!(words.contains("EdDSA") && !words.contains("RS256"), "{name:?} {words}");
    }
}
