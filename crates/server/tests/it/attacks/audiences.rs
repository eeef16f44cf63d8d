//! What one workspace has issued, brought to another one: of the same tenant, and of another tenant, where a client of
//! the same name and secret is.

use serde_json::json;

use crate::harness::{Browser, CALLBACK, SECRET, TOKEN, TestApp, client, request};

/// Other workspaces, each with a client. A tenant has no two clients of one id.
const ELSEWHERE: [(&str, &str, &str); 2] =
    [("default", "developer", "neighbour"), ("rival", "default", "client")];

async fn app() -> TestApp {
    let app = TestApp::with_people().await;
    app.add_tenant("rival").await;
    for (tenant, workspace, id) in ELSEWHERE {
        app.add_client_in(tenant, workspace, client(id)).await;
    }
    app
}

#[tokio::test]
async fn codes_and_refresh_tokens_are_unknown_in_other_workspaces_and_tenants() {
    let app = app().await;
    let code = Browser::new(&app).sign_in(&request("openid offline_access"), "user").await.code();
    for (tenant, workspace, id) in ELSEWHERE {
        let endpoint = format!("/{tenant}/{workspace}/oauth2/token");
        let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
        let answer = app.post(&endpoint).basic(id, SECRET).form(&form).await;
        assert_eq!(answer.reason(), "400 invalid_grant code_unknown", "{endpoint}");
    }
    // A stranger's try spends nothing.
    let tokens = app.redeem(&code).await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    for (tenant, workspace, id) in ELSEWHERE {
        let endpoint = format!("/{tenant}/{workspace}/oauth2/token");
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        let answer = app.post(&endpoint).basic(id, SECRET).form(&form).await;
        assert_eq!(answer.reason(), "400 invalid_grant refresh_token_unknown", "{endpoint}");
    }
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
}

#[tokio::test]
async fn access_tokens_are_worth_nothing_in_other_workspaces_and_tenants() {
    let app = app().await;
    let code = Browser::new(&app).sign_in(&request("openid offline_access"), "user").await.code();
    let tokens = app.redeem(&code).await;
    for name in ["access_token", "refresh_token"] {
        let token = tokens[name].as_str().unwrap();
        for (tenant, workspace, id) in ELSEWHERE {
            let place = format!("{tenant}/{workspace}");
            let introspect = app.post(&format!("/{place}/oauth2/introspect")).basic(id, SECRET);
            assert_eq!(
                introspect.form(&[("token", token)]).await.ok(),
                json!({"active": false}),
                "{name} {place}"
            );
            assert_eq!(
                app.get(&format!("/{place}/userinfo")).bearer(token).await.status,
                401,
                "{name} {place}"
            );
            // Who revokes it there ends nothing here.
            let revoke = app.post(&format!("/{place}/oauth2/revoke")).basic(id, SECRET);
            assert_eq!(revoke.form(&[("token", token)]).await.status, 200);
        }
        let here = app.post("/default/default/oauth2/introspect").basic("client", SECRET);
        assert_eq!(here.form(&[("token", token)]).await.ok()["active"], true, "{name}");
    }
}
