//! FAPI 2.0 Security Profile (Final).

use http::header::AUTHORIZATION;
use serde_json::json;
use symbolon_jose::{Algorithm, Jwk, JwtSigner, SigningKey};
use symbolon_server::oauth2::profile::interaction::INTERACTION_ID;
use symbolon_store::entity::GoDuration;
use symbolon_store::entity::client::TokenTtls;
use symbolon_store::entity::server::WorkspaceProfile::Fapi20Security;

use super::*;
use crate::harness::{DpopKey, SECRET, decode};

/// RFC 9449 §7.1: what is named would be taken.
#[tokio::test]
async fn challenges_name_the_algorithms_of_the_profile() {
    let bank = Bank::with_assertions(Fapi20Security).await;
    let expected = "DPoP algs=\"ES256 PS256 EdDSA\"";
    let naked = bank.app.get(USERINFO).await;
    let challenges: Vec<_> = naked.headers.get_all(http::header::WWW_AUTHENTICATE).iter().collect();
    assert!(
        challenges.iter().any(|challenge| challenge.to_str().unwrap().starts_with(expected)),
        "{naked:?}"
    );
    let wrong = bank.app.get(USERINFO).header(AUTHORIZATION, "DPoP x.y.z").await;
    assert!(wrong.header(http::header::WWW_AUTHENTICATE).starts_with(expected), "{wrong:?}");
    let metadata = bank.app.get("/.well-known/oauth-protected-resource/default/default/userinfo").await.ok();
    let discovery = bank.app.get("/default/default/.well-known/openid-configuration").await.ok();
    for document in [metadata, discovery] {
        assert_eq!(document["dpop_signing_alg_values_supported"], json!(["ES256", "PS256", "EdDSA"]));
    }
}

#[tokio::test]
async fn a_person_gives_a_client_access_as_fapi_2_has_it() {
    let bank = Bank::new(Fapi20Security).await;
    let pushed = bank.push(&borrowed(&asked(&[], &[]))).await;
    let expires_in = pushed.json()["expires_in"].as_i64().unwrap();
    assert!((1..600).contains(&expires_in), "FAPI 2.0 §5.3.2.2 (12)");
    let answer = sign_in(&bank.app, &bank.bring(&pushed)).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.sends("iss").as_deref(), Some(ISSUER));
    assert_eq!(answer.sends("state").as_deref(), Some("of the client"));
    let tokens = bank.redeem(&answer.code()).await.ok();
    let (header, claims) = decode(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["cnf"], json!({ "x5t#S256": bank.certificate.thumbprint() }));
    assert_eq!(header["alg"], "ES256");
}

#[tokio::test]
async fn plain_authorization_requests_are_refused() {
    let bank = Bank::new(Fapi20Security).await;
    let answer = Browser::new(&bank.app).get(&plain(&[], &[])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [pushed_request_required]"));
}

#[tokio::test]
async fn requests_are_pushed_by_clients_that_authenticate_themselves() {
    let bank = Bank::new(Fapi20Security).await;
    let form = asked(&[], &[("client_id", "client")]);
    let answer = bank.app.post(PAR).form(&borrowed(&form)).await;
    assert_eq!(answer.reason(), "401 invalid_client certificate_missing");
}

#[tokio::test]
async fn pkce_with_s256_is_asked_of_every_client() {
    let bank = Bank::new(Fapi20Security).await;
    let without = asked(&["code_challenge", "code_challenge_method"], &[]);
    assert_eq!(bank.push(&borrowed(&without)).await.reason(), "400 invalid_request code_challenge_required");
    let plain = asked(&[], &[("code_challenge", VERIFIER), ("code_challenge_method", "plain")]);
    assert_eq!(bank.push(&borrowed(&plain)).await.reason(), "400 invalid_request code_challenge_plain");
    let answer = sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await;
    let code = answer.code();
    let without: Vec<_> =
        redemption(&code).into_iter().filter(|(name, _)| *name != "code_verifier").collect();
    assert_eq!(bank.post(TOKEN).form(&without).await.reason(), "400 invalid_grant code_verifier_missing");
}

#[tokio::test]
async fn the_redirect_uri_is_in_every_request() {
    let bank = Bank::new(Fapi20Security).await;
    let answer = bank.push(&borrowed(&asked(&["redirect_uri"], &[]))).await;
    assert_eq!(answer.reason(), "400 invalid_request redirect_uri_missing");
}

#[tokio::test]
async fn a_redirect_uri_without_tls_counts_for_nothing_even_if_it_was_registered_before() {
    let bank = Bank::new(Fapi20Security).await;
    let http = "http://example.com/callback";
    bank.app.change_client("client", |client| client.redirect_uris.push(http.to_owned())).await;
    let answer = bank.push(&borrowed(&asked(&[], &[("redirect_uri", http)]))).await;
    assert_eq!(answer.reason(), "400 invalid_request redirect_uri_not_registered");
    // A native application listens on the loopback interface (FAPI 2.0 §5.3.2.2 (8)).
    let loopback = "http://127.0.0.1/callback";
    bank.app.change_client("client", |client| client.redirect_uris.push(loopback.to_owned())).await;
    assert_eq!(bank.push(&borrowed(&asked(&[], &[("redirect_uri", loopback)]))).await.status, 201);
}

#[tokio::test]
async fn nothing_but_a_code_comes_by_way_of_the_browser() {
    let bank = Bank::new(Fapi20Security).await;
    bank.app
        .change_client("client", |client| {
            client.grant_types.push("implicit".to_owned());
            client.response_types =
                ["code", "code id_token", "token", "id_token"].map(str::to_owned).to_vec();
        })
        .await;
    for response_type in ["code id_token", "token", "id_token"] {
        let answer = bank.push(&borrowed(&asked(&[], &[("response_type", response_type)]))).await;
        assert_eq!(
            answer.reason(),
            "400 unsupported_response_type response_type_not_supported",
            "{response_type}"
        );
    }
}

#[tokio::test]
async fn secrets_and_public_clients_are_not_believed() {
    let bank = Bank::new(Fapi20Security).await;
    assert_eq!(bank.believes_no_secrets().await, 4);
}

#[tokio::test]
async fn the_password_grant_is_refused() {
    let bank = Bank::new(Fapi20Security).await;
    bank.app.change_workspace(|server| server.grant_types.push("password".to_owned())).await;
    bank.app.change_client("client", |client| client.grant_types.push("password".to_owned())).await;
    let form =
        [("grant_type", "password"), ("username", "user"), ("password", "user"), ("client_id", "client")];
    assert_eq!(
        bank.post(TOKEN).form(&form).await.reason(),
        "400 unsupported_grant_type grant_type_not_allowed_by_workspace"
    );
}

#[tokio::test]
async fn tokens_are_bound_whatever_the_client_has_registered() {
    let bank = Bank::with_assertions(Fapi20Security).await;
    bank.app.change_client("client", |client| client.dpop_bound_access_tokens = false).await;
    let ask = |jti: &str| {
        let assertion = bank.assertion(jti, &json!({}));
        [
            ("grant_type", "client_credentials".to_owned()),
            ("client_assertion_type", JWT_BEARER.to_owned()),
            ("client_assertion", assertion),
        ]
    };
    let form = ask("one");
    let answer = bank.app.post(TOKEN).form(&borrowed(&form)).await;
    assert_eq!(answer.reason(), "400 invalid_request sender_constraint_missing");

    let key = DpopKey::new(Algorithm::ES256);
    let form = ask("two");
    let answer = bank.app.post(TOKEN).form(&borrowed(&form)).proof(&key.proof("POST", TOKEN)).await.ok();
    assert_eq!(decode(answer["access_token"].as_str().unwrap()).1["cnf"], json!({ "jkt": key.jkt() }));

    let form = ask("three");
    let answer = bank.post(TOKEN).form(&borrowed(&form)).await.ok();
    assert_eq!(
        decode(answer["access_token"].as_str().unwrap()).1["cnf"],
        json!({ "x5t#S256": bank.certificate.thumbprint() })
    );
}

#[tokio::test]
async fn a_client_with_dpop_gets_nothing_for_its_certificate() {
    let bank = Bank::new(Fapi20Security).await;
    bank.app
        .change_client("client", |client| {
            client.tls_client_certificate_bound_access_tokens = false;
            client.dpop_bound_access_tokens = true;
        })
        .await;
    let form = [("grant_type", "client_credentials"), ("client_id", "client")];
    assert_eq!(bank.post(TOKEN).form(&form).await.reason(), "400 invalid_dpop_proof dpop_proof_missing");
}

#[tokio::test]
async fn weak_algorithms_prove_nothing() {
    let bank = Bank::with_assertions(Fapi20Security).await;
    let rsa = SigningKey::generate(Algorithm::RS256).unwrap();
    let jwk = Jwk { kid: Some("rsa".to_owned()), ..rsa.public_jwk().unwrap() };
    bank.app
        .change_client("client", |client| {
            client.jwks = serde_json::from_value(json!({ "keys": [jwk] })).unwrap();
            client.token_endpoint_auth_signing_alg = String::new();
        })
        .await;
    let claims = json!({
        "iss": "client", "sub": "client", "aud": ISSUER, "exp": NOW.seconds() + 60, "jti": "rs256",
    });
    let signed = JwtSigner::new(rsa, "rsa", "JWT").unwrap().sign_json(&claims).unwrap();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &signed),
    ];
    assert_eq!(
        bank.app.post(TOKEN).form(&form).await.reason(),
        "401 invalid_client client_assertion_algorithm"
    );
    // ES384 is no algorithm of FAPI 2.0 (§5.4.1), whatever is fine elsewhere.
    let key = DpopKey::new(Algorithm::ES384);
    let bank = Bank::new(Fapi20Security).await;
    let form = [("grant_type", "client_credentials"), ("client_id", "client")];
    let answer = bank.post(TOKEN).form(&form).proof(&key.proof("POST", TOKEN)).await;
    assert_eq!(answer.reason(), "400 invalid_dpop_proof dpop_proof_malformed");
}

#[tokio::test]
async fn id_tokens_have_an_algorithm_of_the_profile_whatever_the_client_has_registered() {
    let bank = Bank::new(Fapi20Security).await;
    for registered in ["RS256", "HS256"] {
        bank.app
            .change_client("client", |client| {
                client.id_token_signed_response_alg = Some(registered.to_owned());
                client.client_secret = Some(symbolon_store::entity::Secret::new(SECRET.to_owned()));
            })
            .await;
        let answer = sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await;
        let tokens = bank.redeem(&answer.code()).await.ok();
        assert_eq!(decode(tokens["id_token"].as_str().unwrap()).0["alg"], "ES256", "{registered}");
    }
}

#[tokio::test]
async fn id_tokens_name_the_session_to_clients_that_take_part_in_logout_alone() {
    let bank = Bank::new(Fapi20Security).await;
    for takes_part in [true, false] {
        bank.app
            .change_client("client", |client| {
                client.post_logout_redirect_uris.truncate(usize::from(takes_part));
            })
            .await;
        let answer = sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await;
        let tokens = bank.redeem(&answer.code()).await.ok();
        let (_, claims) = decode(tokens["id_token"].as_str().unwrap());
        assert_eq!(claims.get("sid").is_some(), takes_part, "{claims}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_ten_seconds_and_not_by_a_minute() {
    let bank = Bank::with_assertions(Fapi20Security).await;
    for (name, ahead, status) in [("iat", 10, 200), ("nbf", 10, 200), ("iat", 61, 401), ("nbf", 61, 401)] {
        let assertion = bank.assertion(&format!("{name} {ahead}"), &json!({ name: NOW.seconds() + ahead }));
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &assertion),
        ];
        let key = DpopKey::new(Algorithm::ES256);
        let answer = bank.app.post(TOKEN).form(&form).proof(&key.proof("POST", TOKEN)).await;
        assert_eq!(answer.status, status, "{name} {ahead} s ahead: {}", answer.text());
    }
}

#[tokio::test]
async fn a_code_lives_a_minute_at_most() {
    let bank = Bank::new(Fapi20Security).await;
    bank.app
        .change_client("client", |client| {
            client.use_custom_token_ttls = true;
            let long = Some(GoDuration::from_secs(300));
            client.token_ttls = Some(TokenTtls { authorization_code_ttl: long, ..TokenTtls::default() });
        })
        .await;
    let answer = sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await;
    bank.app.advance(60);
    assert_eq!(bank.redeem(&answer.code()).await.reason(), "400 invalid_grant code_expired");
}

#[tokio::test]
async fn refresh_tokens_stay() {
    let bank = Bank::new(Fapi20Security).await;
    let answer = sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await;
    let tokens = bank.redeem(&answer.code()).await.ok();
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", "client")];
    for _ in 0..2 {
        let again = bank.post(TOKEN).form(&form).await.ok();
        assert_eq!(again["refresh_token"], tokens["refresh_token"], "FAPI 2.0 §5.3.2.1 (9)");
        bank.app.advance(60);
    }
    // It is no use to whoever took it.
    assert_eq!(bank.app.post(TOKEN).form(&form).await.reason(), "401 invalid_client certificate_missing");
}

#[tokio::test]
async fn resources_name_the_exchange() {
    let bank = Bank::new(Fapi20Security).await;
    let answer = sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await;
    let tokens = bank.redeem(&answer.code()).await.ok();
    let token = tokens["access_token"].as_str().unwrap();
    let id = "c770aef3-6784-41f7-8e0e-ff5f97bddb3a";
    let ask = || bank.app.get(USERINFO).bearer(token).certificate(&bank.certificate);
    assert_eq!(ask().header(INTERACTION_ID, id).await.header(INTERACTION_ID), id);
    let own = ask().await.header(INTERACTION_ID).to_owned();
    assert!(uuid::Uuid::try_parse(&own).is_ok(), "{own}");
    // What is no UUID is not written back.
    let odd = ask().header(INTERACTION_ID, "x<script>").await.header(INTERACTION_ID).to_owned();
    assert!(uuid::Uuid::try_parse(&odd).is_ok(), "{odd}");
    // RFC 9110 §11.1: the scheme in any case; never in a query (FAPI 2.0 §5.3.4).
    let inverted = bank.app.get(USERINFO).header(AUTHORIZATION, &format!("bEARER {token}"));
    inverted.certificate(&bank.certificate).await.ok();
    let in_query =
        bank.app.get(&format!("{USERINFO}?access_token={token}")).certificate(&bank.certificate).await;
    assert_eq!(in_query.reason(), "401 invalid_token access_token_missing");
}

/// FAPI 2.0 §5.3.2.2 (9).
#[tokio::test]
async fn a_code_is_good_once() {
    let bank = Bank::new(Fapi20Security).await;
    let code = sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await.code();
    let tokens = bank.redeem(&code).await.ok();
    bank.app.advance(1);
    assert_eq!(bank.redeem(&code).await.reason(), "400 invalid_grant code_used_twice");
    // And what it brought is worth nothing any more (RFC 6749 §4.1.2).
    let token = tokens["access_token"].as_str().unwrap();
    let answer = bank.app.get(USERINFO).bearer(token).certificate(&bank.certificate).await;
    assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("invalid_token")));
}

/// FAPI 2.0 §5.3.2.2 (14).
#[tokio::test]
async fn a_nonce_of_64_characters_comes_back() {
    let bank = Bank::new(Fapi20Security).await;
    let nonce = "n".repeat(64);
    let pushed = bank.push(&borrowed(&asked(&[], &[("nonce", &nonce)]))).await;
    let code = sign_in(&bank.app, &bank.bring(&pushed)).await.code();
    let tokens = bank.redeem(&code).await.ok();
    assert_eq!(decode(tokens["id_token"].as_str().unwrap()).1["nonce"], nonce);
}

/// FAPI 2.0 §5.3.4 (3), FAPI 1.0 Baseline §6.2.1 (4).
#[tokio::test]
async fn a_token_that_is_over_or_called_back_opens_no_resource() {
    for is_called_back in [true, false] {
        let bank = Bank::new(Fapi20Security).await;
        let code =
            sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await.code();
        let tokens = bank.redeem(&code).await.ok();
        let token = tokens["access_token"].as_str().unwrap();
        let ask = || bank.app.get(USERINFO).bearer(token).certificate(&bank.certificate);
        ask().await.ok();
        if is_called_back {
            let form = [("token", token), ("client_id", "client")];
            assert_eq!(bank.post("/default/default/oauth2/revoke").form(&form).await.status, 200);
        } else {
            bank.app.advance(tokens["expires_in"].as_i64().unwrap() + 1);
        }
        let answer = ask().await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("invalid_token")));
    }
}
