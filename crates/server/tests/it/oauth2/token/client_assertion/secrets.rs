//! `client_secret_jwt`: a secret that is never sent.

use super::*;

#[tokio::test]
async fn a_secret_that_is_never_sent_proves_the_client() {
    let app = app(&[]).await;
    let said = |jti: &str| claims(json!({"iss": "shared", "sub": "shared", "jti": jti}));
    ask(&app, &mac(SECRET.as_bytes(), &said("1"))).await.ok();
    for secret in ["", "wrong", "another secret of more than thirty-two characters"] {
        let answer = ask(&app, &mac(secret.as_bytes(), &said("2"))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_signature"));
    }
    // The secret itself, in another way than registered.
    let form = [("grant_type", "client_credentials"), ("client_id", "shared"), ("client_secret", SECRET)];
    assert_eq!(app.post(TOKEN).form(&form).await.reason(), format!("{REFUSED} client_auth_method_mismatch"));
    // Earlier secrets count until they expire.
    let new = "a new secret of more than thirty-two characters";
    app.change_client("shared", |client| {
        client.rotated_secrets = client.client_secret.replace(Secret::new(new)).into_iter().collect();
        client.rotated_secrets_expire_at = vec![NOW.seconds() + 10];
    })
    .await;
    ask(&app, &mac(new.as_bytes(), &said("3"))).await.ok();
    ask(&app, &mac(SECRET.as_bytes(), &said("4"))).await.ok();
    app.advance(10);
    let late = ask(&app, &mac(SECRET.as_bytes(), &said("5"))).await;
    assert_eq!(late.reason(), format!("{REFUSED} client_assertion_signature"));
    ask(&app, &mac(new.as_bytes(), &said("6"))).await.ok();
}

#[tokio::test]
async fn a_client_without_a_secret_has_no_empty_one() {
    let app = app(&[]).await;
    let said = claims(json!({"iss": "shared", "sub": "shared"}));
    for secret in [None, Some(Secret::new("")), Some(Secret::new("short"))] {
        app.change_client("shared", |client| client.client_secret = secret).await;
        for guess in ["", "short"] {
            let answer = ask(&app, &mac(guess.as_bytes(), &said)).await;
            assert_eq!(answer.reason(), format!("{REFUSED} client_has_no_secret"));
        }
    }
}

#[tokio::test]
async fn secrets_and_assertions_are_not_shown() {
    let app = app(&[]).await;
    let said = claims(json!({"iss": "shared", "sub": "shared"}));
    ask(&app, &mac(SECRET.as_bytes(), &said)).await.ok();
    let workspace = app.app.snapshots.workspace(&app.app.store, "default", "default").await.unwrap().unwrap();
    let client = app.app.snapshots.client(&app.app.store, &workspace, "shared").await.unwrap().unwrap();
    assert!(!format!("{client:?}").contains(SECRET));
}
