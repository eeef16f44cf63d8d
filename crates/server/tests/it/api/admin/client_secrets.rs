//! `/api/admin/{tid}/clients/{cid}/rotateSecret`, `/revokeRotatedSecrets`

use serde_json::json;

use crate::api::Console;
use crate::harness::{NOW, SECRET, TOKEN};

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

/// An end of a secret is the end of it and of all before it; the next one begins anew.
#[tokio::test]
async fn an_expired_secret_does_not_come_back() {
    let console = console().await;
    let rotate = async || {
        let answer = console.request("POST", "/clients/c/rotateSecret").await;
        answer.ok()["secret"].as_str().unwrap().to_owned()
    };
    let expire = async |at: i64| {
        let mut client = console.get("/clients/c").await.ok();
        client["client_secret_expires_at"] = at.into();
        console.put("/clients/c", &client).await.ok();
    };
    let second = rotate().await;
    expire(NOW.plus_seconds(60).seconds()).await;
    assert!(works(&console, SECRET).await && works(&console, &second).await);
    console.app.advance(60);
    assert!(!works(&console, SECRET).await && !works(&console, &second).await);
    let third = rotate().await;
    assert!(works(&console, &third).await);
    assert!(!works(&console, SECRET).await && !works(&console, &second).await);
    let client = console.get("/clients/c").await.ok();
    assert_eq!((&client["client_secret_expires_at"], &client["rotated_secrets"]), (&json!(0), &json!([])));

    expire(NOW.plus_seconds(120).seconds()).await;
    let fourth = rotate().await;
    assert!(works(&console, &third).await && works(&console, &fourth).await);
    console.app.advance(60);
    assert!(!works(&console, &third).await && works(&console, &fourth).await);
}

#[tokio::test]
async fn earlier_secrets_are_changed_by_rotation_alone() {
    let console = console().await;
    console.request("POST", "/clients/c/rotateSecret").await.ok();
    let mut client = console.get("/clients/c").await.ok();
    console.put("/clients/c", &client).await.ok();
    client["rotated_secrets"] = json!(["another-secret-of-enough-characters"]);
    let answer = console.put("/clients/c", &client).await;
    let fault = json!({"rotated_secrets": "is changed by rotateSecret and revokeRotatedSecrets alone"});
    assert_eq!((answer.status, &answer.json()["details"]), (422, &fault));
    assert!(works(&console, SECRET).await);
}

/// RFC 9111 §5.2.2.5: no cache keeps what is for the caller alone, whichever endpoint says it.
#[tokio::test]
async fn nothing_of_the_management_apis_is_kept_by_a_cache() {
    let console = console().await;
    let answers = [
        console.request("POST", "/clients/c/rotateSecret").await,
        console.get("/clients/c").await,
        console.get("/clients/unknown").await,
        console.get("/servers/default/scopes").await,
        console.get("/clients").await,
        console.request("POST", "/clients/c/revokeRotatedSecrets").await,
        console.app.get("/api/system/tenants").await,
        console.app.get("/api/nothing/at/all").await,
        console.app.get("/default/default/sso/sessions").await,
        console.delete("/clients/c").await,
    ];
    for (index, answer) in answers.iter().enumerate() {
        assert_eq!(answer.header(http::header::CACHE_CONTROL), "no-store", "{index}: {}", answer.text());
    }
}
