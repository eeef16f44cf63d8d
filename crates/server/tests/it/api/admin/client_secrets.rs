//! `/api/admin/{tid}/clients/{cid}/rotateSecret`, `/revokeRotatedSecrets`

use serde_json::json;

use crate::api::Console;
use crate::harness::{SECRET, TOKEN};

/// With a client `c`, whose secret is `SECRET`.
async fn console() -> Console {
    let console = Console::new().await;
    console
        .create_client(
            json!({"client_id": "c", "client_secret": SECRET, "grant_types": ["client_credentials"]}),
        )
        .await;
    console
}

async fn works(console: &Console, secret: &str) -> bool {
    let form = [("grant_type", "client_credentials")];
    console.app.post(TOKEN).basic("c", secret).form(&form).await.status == 200
}

#[tokio::test]
async fn two_rotations_later_a_secret_is_refused() {
    let console = console().await;
    let rotate = async |query: &str| {
        let answer = console.request("POST", &format!("/clients/c/rotateSecret{query}")).await;
        answer.ok()["secret"].as_str().unwrap().to_owned()
    };
    let second = rotate("").await;
    let third = rotate("").await;
    assert!(works(&console, SECRET).await && works(&console, &second).await && works(&console, &third).await);
    let fourth = rotate("").await;
    assert!(
        !works(&console, SECRET).await
            && works(&console, &second).await
            && works(&console, &third).await
            && works(&console, &fourth).await
    );
    assert_eq!(console.get("/clients/c").await.ok()["rotated_secrets"], json!([third, second]));

    assert_eq!(console.request("POST", "/clients/c/revokeRotatedSecrets").await.status, 204);
    assert!(
        !works(&console, &second).await && !works(&console, &third).await && works(&console, &fourth).await
    );
    assert_eq!(console.get("/clients/c").await.ok()["rotated_secrets"], json!([]));
}

#[tokio::test]
async fn rotated_secrets_end_when_they_are_told_to() {
    let console = console().await;
    let fault = console.request("POST", "/clients/c/rotateSecret?auto_revoke_after=soon").await.fault();
    assert!(fault.starts_with("400 bad_request"), "{fault}");
    let answer = console.request("POST", "/clients/c/rotateSecret?auto_revoke_after=1h0m0s").await;
    let new = answer.ok()["secret"].as_str().unwrap().to_owned();
    console.app.advance(3599);
    assert!(works(&console, SECRET).await && works(&console, &new).await);
    console.app.advance(1);
    assert!(!works(&console, SECRET).await && works(&console, &new).await);
}
