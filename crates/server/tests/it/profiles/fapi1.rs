//! FAPI 1.0 Part 1 (Baseline) and Part 2 (Advanced), both Final. Signed requests:
//! `oauth2::authorize::request_object`.

use serde_json::json;
use symbolon_jose::Algorithm;
use symbolon_server::oauth2::profile::interaction::INTERACTION_ID;
use symbolon_store::entity::server::WorkspaceProfile::{self, FapiAdvanced, FapiRo};

use super::*;
use crate::harness::{SECRET, Signer, decode};

#[tokio::test]
async fn baseline_a_person_gives_a_client_access() {
    let bank = Bank::new(FapiRo).await;
    let answer = sign_in(&bank.app, &plain(&[], &[])).await;
    let tokens = bank.redeem(&answer.code()).await.ok();
    assert_eq!(tokens["scope"], "openid offline_access");
    let token = tokens["access_token"].as_str().unwrap();
    let answer = bank.app.get(USERINFO).bearer(token).certificate(&bank.certificate).await;
    assert!(answer.headers.contains_key(INTERACTION_ID), "FAPI 1.0 Baseline §6.2.1 (11)");
}

#[tokio::test]
async fn baseline_pkce_is_asked_of_every_client() {
    let bank = Bank::new(FapiRo).await;
    let answer = Browser::new(&bank.app).get(&plain(&["code_challenge", "code_challenge_method"], &[])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [code_challenge_required]"));
}

#[tokio::test]
async fn baseline_the_redirect_uri_is_in_every_request() {
    let bank = Bank::new(FapiRo).await;
    let answer = Browser::new(&bank.app).get(&plain(&["redirect_uri"], &[])).await;
    assert!(answer.refused_on_a_page().ends_with("[redirect_uri_missing]"));
}

#[tokio::test]
async fn baseline_a_nonce_or_a_state_ties_the_answer_to_the_client() {
    let bank = Bank::new(FapiRo).await;
    let browser = Browser::new(&bank.app);
    let answer = browser.get(&plain(&["nonce"], &[])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [nonce_missing]"));
    let answer = browser.get(&plain(&["state", "nonce"], &[("scope", "profile")])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [state_missing]"));
    assert_eq!(browser.open(&plain(&["state"], &[])).await.1.status, 200, "the nonce suffices");
    assert_eq!(browser.open(&plain(&["nonce"], &[("scope", "profile")])).await.1.status, 200);
}

#[tokio::test]
async fn baseline_clients_do_not_send_their_secrets() {
    let bank = Bank::new(FapiRo).await;
    let form = [("grant_type", "client_credentials")];
    let named = [form[0], ("client_id", "client"), ("client_secret", SECRET)];
    for method in ["client_secret_basic", "client_secret_post"] {
        bank.app
            .change_client("client", |client| {
                client.token_endpoint_auth_method = method.to_owned();
                client.client_secret = Some(symbolon_store::entity::Secret::new(SECRET.to_owned()));
            })
            .await;
        let request = bank.app.post(TOKEN);
        let answer = match method {
            "client_secret_basic" => request.basic("client", SECRET).form(&form).await,
            _ => request.form(&named).await,
        };
        assert_eq!(answer.reason(), "401 invalid_client client_auth_method_not_allowed", "{method}");
    }
}

/// §5.2.2 (16): 128 bits that nobody knows are 22 characters.
#[tokio::test]
async fn baseline_nothing_that_is_issued_can_be_guessed() {
    let bank = Bank::new(FapiRo).await;
    bank.app
        .change_workspace(|server| {
            server.access_token_strategy = symbolon_store::entity::server::AccessTokenStrategy::Opaque;
        })
        .await;
    let mut issued = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let code = sign_in(&bank.app, &plain(&[], &[])).await.code();
        let tokens = bank.redeem(&code).await.ok();
        let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
        issued.extend([code, token("access_token"), token("refresh_token")]);
    }
    assert_eq!(issued.len(), 9);
    assert!(issued.iter().all(|text| text.len() >= 22), "{issued:?}");
}

#[tokio::test]
async fn baseline_no_token_comes_by_way_of_the_browser() {
    let bank = Bank::new(FapiRo).await;
    bank.app
        .change_client("client", |client| {
            client.grant_types.push("implicit".to_owned());
            client.response_types = ["code", "token", "code token"].map(str::to_owned).to_vec();
        })
        .await;
    for response_type in ["token", "code token"] {
        let answer = Browser::new(&bank.app).get(&plain(&[], &[("response_type", response_type)])).await;
        assert_eq!(answer.fragment()["error"], "unsupported_response_type", "{response_type}");
    }
}

#[tokio::test]
async fn advanced_what_is_not_signed_is_refused() {
    let bank = Bank::new(FapiAdvanced).await;
    let answer = Browser::new(&bank.app).get(&plain(&[], &[("response_mode", "jwt")])).await;
    let (_, claims) = decode(answer.sends("response").unwrap());
    assert_eq!(
        (claims["error"].as_str(), claims["state"].as_str()),
        (Some("invalid_request"), Some("of the client"))
    );
}

#[tokio::test]
async fn advanced_a_signed_request_brings_a_code_and_a_detached_signature() {
    let bank = Bank::new(FapiAdvanced).await;
    bank.app
        .change_client("client", |client| {
            client.grant_types.push("implicit".to_owned());
            client.response_types.push("code id_token".to_owned());
        })
        .await;
    let form = asked(&["code_challenge", "code_challenge_method"], &[("response_type", "code id_token")]);
    // What is beside the object does not count.
    let address = format!("{}&state=forged&nonce=forged", bank.signed(&form));
    let answer = sign_in(&bank.app, &address).await.fragment();
    assert_eq!(answer["state"], "of the client");
    let (header, claims) = decode(&answer["id_token"]);
    assert_eq!(header["alg"], "ES256");
    assert_eq!(claims["nonce"], "of the client");
    let half = |value: &str| symbolon_jose::half_hash(Algorithm::ES256, value);
    assert_eq!(claims["c_hash"], half(&answer["code"]));
    assert_eq!(claims["s_hash"], half("of the client"));
    let form: Vec<_> =
        redemption(&answer["code"]).into_iter().filter(|(name, _)| *name != "code_verifier").collect();
    let tokens = bank.post(TOKEN).form(&form).await.ok();
    let (_, claims) = decode(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["cnf"], json!({ "x5t#S256": bank.certificate.thumbprint() }));
    let again = decode(tokens["id_token"].as_str().unwrap()).1;
    assert_eq!(again["sub"], decode(&answer["id_token"]).1["sub"]);
}

#[tokio::test]
async fn advanced_a_signed_request_brings_a_signed_answer() {
    let bank = Bank::new(FapiAdvanced).await;
    let form = asked(&["code_challenge", "code_challenge_method"], &[("response_mode", "jwt")]);
    let answer = sign_in(&bank.app, &bank.signed(&form)).await;
    let (header, claims) = decode(answer.sends("response").unwrap());
    assert_eq!(header["alg"], "ES256");
    assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some(ISSUER), Some("client")));
    assert_eq!(claims["state"], "of the client");
    let code = claims["code"].as_str().unwrap();
    let form: Vec<_> = redemption(code).into_iter().filter(|(name, _)| *name != "code_verifier").collect();
    bank.post(TOKEN).form(&form).await.ok();
}

#[tokio::test]
async fn advanced_a_pushed_request_has_pkce() {
    let bank = Bank::new(FapiAdvanced).await;
    let without = asked(&["code_challenge", "code_challenge_method"], &[("response_mode", "jwt")]);
    let answer = bank.push(&[("request", &bank.object(&without))]).await;
    assert_eq!(answer.reason(), "400 invalid_request code_challenge_required");
    let with = asked(&[], &[("response_mode", "jwt")]);
    let pushed = bank.push(&[("request", &bank.object(&with))]).await;
    let answer = sign_in(&bank.app, &bank.bring(&pushed)).await;
    let (_, claims) = decode(answer.sends("response").unwrap());
    bank.redeem(claims["code"].as_str().unwrap()).await.ok();
    // What is pushed and not signed is no request here.
    let answer = bank.push(&borrowed(&with)).await;
    assert_eq!(answer.reason(), "400 invalid_request signed_request_required");
}

#[tokio::test]
async fn advanced_a_code_alone_travels_in_a_signed_answer() {
    let bank = Bank::new(FapiAdvanced).await;
    let form = asked(&[], &[]);
    let answer = Browser::new(&bank.app).get(&bank.signed(&form)).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [code_without_jarm]"));
}

#[tokio::test]
async fn advanced_tokens_are_bound_to_the_certificate_whatever_the_client_has_registered() {
    let bank = Bank::with_assertions(FapiAdvanced).await;
    bank.app.change_client("client", |client| client.dpop_bound_access_tokens = false).await;
    let form = |jti: &str| {
        [
            ("grant_type", "client_credentials".to_owned()),
            ("client_assertion_type", JWT_BEARER.to_owned()),
            ("client_assertion", bank.assertion(jti, &json!({}))),
        ]
    };
    let without = form("one");
    let answer = bank.app.post(TOKEN).form(&borrowed(&without)).await;
    assert_eq!(answer.reason(), "400 invalid_request certificate_missing_for_binding");
    let with = form("two");
    let tokens = bank.post(TOKEN).form(&borrowed(&with)).await.ok();
    assert_eq!(
        decode(tokens["access_token"].as_str().unwrap()).1["cnf"],
        json!({ "x5t#S256": bank.certificate.thumbprint() })
    );
}

#[tokio::test]
async fn advanced_secrets_and_public_clients_are_not_believed() {
    let bank = Bank::new(FapiAdvanced).await;
    assert_eq!(bank.believes_no_secrets().await, 4);
}

#[tokio::test]
async fn advanced_assertions_may_name_an_endpoint() {
    let bank = Bank::with_assertions(FapiAdvanced).await;
    bank.app.change_client("client", |client| client.dpop_bound_access_tokens = false).await;
    for aud in [ISSUER.to_owned(), format!("{ISSUER}/oauth2/token"), format!("{ISSUER}/par")] {
        let assertion = bank.assertion(&aud, &json!({ "aud": aud }));
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &assertion),
        ];
        bank.post(TOKEN).form(&form).await.ok();
    }
}

/// FAPI 1.0 Advanced §8.6: whatever a client has registered, RS256 and what is weaker or other prove nothing, and nothing
/// is signed so.
#[tokio::test]
async fn advanced_other_algorithms_prove_nothing() {
    let bank = Bank::with_assertions(FapiAdvanced).await;
    let (rsa, ed) = (Signer::new(Algorithm::RS256, "rsa"), Signer::new(Algorithm::EdDSA, "ed"));
    let ps = rsa.with_algorithm(Algorithm::PS256);
    let mut keys = [rsa.public(), ed.public()];
    keys[0].as_object_mut().unwrap().remove("alg");
    let jwks = json!({ "keys": keys });
    bank.app
        .change_client("client", |client| {
            client.dpop_bound_access_tokens = false;
            client.jwks = serde_json::from_value(jwks).unwrap();
        })
        .await;
    for (signer, alg, holds) in [(&rsa, "RS256", false), (&ed, "EdDSA", false), (&ps, "PS256", true)] {
        for registered in ["", alg] {
            bank.app
                .change_client("client", |client| {
                    client.token_endpoint_auth_signing_alg = registered.to_owned();
                    client.request_object_signing_alg =
                        if registered.is_empty() { "any" } else { registered }.to_owned();
                    client.id_token_signed_response_alg =
                        Some(registered.to_owned()).filter(|alg| !alg.is_empty());
                })
                .await;
            let assertion = signer.sign_as(
                "JWT",
                &json!({
                    "iss": "client", "sub": "client", "aud": ISSUER, "jti": format!("{alg} {registered}"),
                    "iat": NOW.seconds(), "exp": NOW.seconds() + 300,
                }),
            );
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", &assertion),
            ];
            let answer = bank.post(TOKEN).form(&form).await;
            match holds {
                true => drop(answer.ok()),
                false => assert_eq!(
                    answer.reason(),
                    "401 invalid_client client_assertion_algorithm",
                    "{alg} {registered}"
                ),
            }
            let mut claims = json!({
                "iss": "client", "client_id": "client", "aud": ISSUER, "nbf": NOW.seconds(), "exp": NOW.seconds() + 300,
            });
            for (name, value) in
                asked(&["code_challenge", "code_challenge_method"], &[("response_mode", "jwt")])
            {
                claims[name] = json!(value);
            }
            let address = authorize(&[
                ("client_id", "client"),
                ("request", &signer.sign(&claims)),
                ("response_type", "code"),
                ("response_mode", "jwt"),
                ("scope", "openid"),
                ("redirect_uri", CALLBACK),
            ]);
            let browser = Browser::new(&bank.app);
            if holds {
                let answer = browser.sign_in(&address, "user").await;
                assert!(decode(answer.sends("response").unwrap()).1["code"].is_string());
                continue;
            }
            let answer = browser.get(&address).await;
            assert_eq!(answer.record().reason, "request_object_algorithm", "{alg} {registered}");
        }
    }
}

/// The words of the ecosystems are their own; the rules are these, each kept by each of them.
#[tokio::test]
async fn the_open_banking_ecosystems_are_fapi_advanced() {
    use WorkspaceProfile as P;
    for name in [
        FapiAdvanced,
        P::FapiRw,
        P::OpenbankingUkFapiAdvanced,
        P::OpenbankingUk,
        P::OpenbankingBr,
        P::OpenbankingBrUnico,
        P::OpenbankingKsa,
        P::CdrAustralia,
        P::CdrAustraliaFapiRw,
        P::Fdx,
    ] {
        let bank = Bank::with_assertions(name).await;
        bank.app.change_client("client", |client| client.dpop_bound_access_tokens = false).await;
        // §5.2.2 (1): what is not signed is refused.
        let answer = Browser::new(&bank.app).get(&plain(&[], &[("response_mode", "jwt")])).await;
        assert_eq!(answer.record().reason, "request_object_required", "{name:?}");
        // §5.2.2 (18): what is pushed has PKCE.
        let without = asked(&["code_challenge", "code_challenge_method"], &[("response_mode", "jwt")]);
        let push = async |jti: &str, form: &[(&str, String)]| {
            let assertion = bank.assertion(&format!("{jti} {name:?}"), &json!({}));
            let form = [
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", &assertion),
                ("request", &bank.object(form)),
            ];
            bank.post(PAR).form(&form).await
        };
        let answer = push("without", &without).await;
        assert_eq!(answer.reason(), "400 invalid_request code_challenge_required", "{name:?}");
        // §5.2.2 (2): a code alone travels in a signed answer.
        let answer = push("plain", &asked(&[], &[])).await;
        assert_eq!(answer.reason(), "400 invalid_request code_without_jarm", "{name:?}");
        assert_eq!(push("good", &asked(&[], &[("response_mode", "jwt")])).await.status, 201, "{name:?}");
        // §5.2.2 (5): no token without the certificate, and none that is not bound to it.
        let ask = |jti: &str| {
            [
                ("grant_type", "client_credentials".to_owned()),
                ("client_assertion_type", JWT_BEARER.to_owned()),
                ("client_assertion", bank.assertion(jti, &json!({}))),
            ]
        };
        let unbound = bank.app.post(TOKEN).form(&borrowed(&ask("unbound"))).await;
        assert_eq!(unbound.reason(), "400 invalid_request certificate_missing_for_binding", "{name:?}");
        let tokens = bank.post(TOKEN).form(&borrowed(&ask("bound"))).await.ok();
        let claims = decode(tokens["access_token"].as_str().unwrap()).1;
        assert_eq!(claims["cnf"], json!({ "x5t#S256": bank.certificate.thumbprint() }), "{name:?}");
        // FAPI-CIBA §5.2.2: no push.
        let modes = &discovery(&bank.app).await["backchannel_token_delivery_modes_supported"];
        assert!(modes.as_array().is_none_or(|modes| !modes.contains(&json!("push"))), "{name:?} {modes}");
        // §5.2.2 (14): nobody by a secret.
        assert_eq!(bank.believes_no_secrets().await, 4, "{name:?}");
    }
}
