//! How long what is issued lives: FAPI 1.0 Baseline.

use serde_json::json;
use symbolon_jose::Algorithm;
use symbolon_store::entity::GoDuration;
use symbolon_store::entity::client::TokenTtls;
use symbolon_store::entity::server::AccessTokenStrategy;
use symbolon_store::entity::server::WorkspaceProfile::{self, FapiRo};

use super::*;
use crate::harness::{DpopKey, decode};

/// §5.2.2 (21): under 10 minutes unless the tokens are sender-constrained, whatever workspace and client have set.
#[tokio::test]
async fn baseline_an_access_token_lives_less_than_ten_minutes_unless_it_is_bound() {
    let hours = GoDuration::from_secs(2 * 60 * 60);
    for profile in [FapiRo, WorkspaceProfile::Default] {
        for strategy in [AccessTokenStrategy::Jwt, AccessTokenStrategy::Opaque] {
            let bank = Bank::new(profile).await;
            bank.app
                .change_workspace(|server| {
                    server.access_token_ttl = hours;
                    server.access_token_strategy = strategy;
                })
                .await;
            for (is_bound, has_own) in [(true, false), (true, true), (false, false), (false, true)] {
                bank.app
                    .change_client("client", |client| {
                        client.tls_client_certificate_bound_access_tokens = is_bound;
                        client.use_custom_token_ttls = has_own;
                        client.token_ttls =
                            Some(TokenTtls { access_token_ttl: hours, ..TokenTtls::default() });
                    })
                    .await;
                let lives = if is_bound || profile != FapiRo { 7200 } else { 599 };
                let code = sign_in(&bank.app, &plain(&[], &[])).await.code();
                let first = bank.redeem(&code).await.ok();
                let refresh = first["refresh_token"].as_str().unwrap();
                let form =
                    [("client_id", "client"), ("grant_type", "refresh_token"), ("refresh_token", refresh)];
                let second = bank.post(TOKEN).form(&form).await.ok();
                let form = [("client_id", "client"), ("grant_type", "client_credentials")];
                for tokens in [first, second, bank.post(TOKEN).form(&form).await.ok()] {
                    assert_eq!(tokens["expires_in"], lives, "{profile:?} {strategy:?} {is_bound} {has_own}");
                    let token = tokens["access_token"].as_str().unwrap();
                    let form = [("client_id", "client"), ("token", token)];
                    let told = bank.post(INTROSPECT).form(&form).await.ok();
                    assert_eq!(told["exp"], NOW.seconds() + lives, "{told}");
                    assert_eq!(told["cnf"].is_object(), is_bound, "{told}");
                    if strategy == AccessTokenStrategy::Jwt {
                        assert_eq!(decode(token).1["exp"], told["exp"]);
                    }
                }
            }
        }
    }
}

/// A proof of possession binds as a certificate does.
#[tokio::test]
async fn baseline_a_token_that_a_key_binds_lives_as_long_as_is_set() {
    let bank = Bank::with_assertions(FapiRo).await;
    let key = DpopKey::new(Algorithm::ES256);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &bank.assertion("bound", &json!({}))),
    ];
    let tokens = bank.app.post(TOKEN).form(&form).proof(&key.proof("POST", TOKEN)).await.ok();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("DPoP"), &json!(3600)));
}
