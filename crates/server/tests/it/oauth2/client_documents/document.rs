//! What a document may say, and what of it counts.

use super::*;

#[tokio::test]
async fn a_document_speaks_for_its_own_url_and_shares_no_secret() {
    let (remote, app) = server().await;
    for (changes, reason) in [
        (json!({"client_id": null}), "client_document_of_another"),
        (json!({"client_id": format!("{}/", remote.url)}), "client_document_of_another"),
        (json!({"client_id": "https://bank.example/client.json"}), "client_document_of_another"),
        (json!({"client_secret": "s"}), "client_document_secret"),
        (json!({"client_secret_expires_at": 0}), "client_document_secret"),
        (json!({"token_endpoint_auth_method": "client_secret_basic"}), "client_document_auth_method"),
        (json!({"token_endpoint_auth_method": "client_secret_post"}), "client_document_auth_method"),
        (json!({"token_endpoint_auth_method": "client_secret_jwt"}), "client_document_auth_method"),
        (json!({"token_endpoint_auth_method": "unspecified"}), "client_document_auth_method"),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), "client_document_refused"),
        (json!({"redirect_uris": "https://localhost/callback"}), "client_document_malformed"),
        (json!({"redirect_uris": []}), "client_document_refused"),
        (
            json!({"redirect_uris": ["http://notes.example/callback", "javascript:alert(1)"]}),
            "client_document_refused",
        ),
        (json!({"grant_types": ["client_credentials"]}), "client_document_refused"),
        (json!({"grant_types": ["password"]}), "client_document_refused"),
        (json!({"client_name": "Bank\u{202e}"}), "client_document_refused"),
        (json!({"client_name#de": "Bank\u{202e}"}), "client_document_refused"),
        (json!({"client_name#de": "B".repeat(201)}), "client_document_refused"),
        (json!({"client_name#d": "Bank"}), "client_document_refused"),
        (json!({"client_name#de": ["Bank"]}), "client_document_malformed"),
        (json!({"tos_uri#de": "javascript:alert(1)"}), "client_document_refused"),
        (json!({"logo_uri#de": "data:image/svg+xml,x"}), "client_document_refused"),
        (json!({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}), "client_document_refused"),
        (json!({"id_token_signed_response_alg": "HS256"}), "client_document_refused"),
    ] {
        assert_eq!(refusal(&remote, &app, changes.clone()).await, reason, "{changes}");
    }
}

#[tokio::test]
async fn redirect_uris_are_exactly_those_of_the_document() {
    let (remote, app) = server().await;
    for (uri, fits) in [
        ("http://127.0.0.1:1/callback", true),
        ("https://localhost/callback", true),
        ("https://localhost/callback/", false),
        ("https://localhost:1/callback", false),
        ("http://127.0.0.1:1/other", false),
        ("http://localhost:1/callback", false),
        ("https://evil.example/callback", false),
    ] {
        let (_, answer) = Browser::new(&app).open(&request(&remote.url, &[("redirect_uri", uri)])).await;
        assert_eq!(answer.status == 200, fits, "{uri}");
    }
}

#[tokio::test]
async fn what_is_an_administrators_is_not_the_documents() {
    let (remote, app) = server().await;
    let scopes = "openid manage_tenant dcr_register introspect_tokens unknown";
    let said = json!({
        "trusted": true, "scope": scopes, "audience": ["spiffe://x"], "system": true, "grant_types":
        ["authorization_code", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"],
        "sector_identifier_uri": "https://bank.example/sector.json", "subject_type": "pairwise",
        "redirect_uris": ["http://127.0.0.1/callback"],
    });
    remote.publish(&document(&remote, said).to_string());
    let browser = Browser::new(&app);
    for scope in ["dcr_register", "introspect_tokens", "unknown", "email"] {
        let answer = browser.get(&request(&remote.url, &[("scope", scope)])).await;
        assert_eq!(answer.record().error, "invalid_scope", "{scope}");
    }
    let answer = browser.sign_in(&request(&remote.url, &[]), "user").await;
    redeem(&app, &remote.url, &answer.code()).await.ok();
    let form = [("grant_type", "client_credentials"), ("client_id", &*remote.url)];
    assert_eq!(
        app.post(TOKEN).form(&form).await.reason(),
        "400 unauthorized_client grant_type_not_registered"
    );
}

#[tokio::test]
async fn the_workspace_can_say_which_scopes_there_are_for_such_clients() {
    let (remote, app) = server().await;
    configure(&app, |settings| settings.scopes = vec!["openid".into(), "email".into()]).await;
    remote.publish(&document(&remote, json!({"scope": null})).to_string());
    let answer = Browser::new(&app).get(&request(&remote.url, &[("scope", "openid profile")])).await;
    assert_eq!(answer.record().error, "invalid_scope");
    let (_, page) = Browser::new(&app).open(&request(&remote.url, &[("scope", "openid email")])).await;
    assert_eq!(page.status, 200);
}
