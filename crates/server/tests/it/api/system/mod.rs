//! `/api/system/{tid}/logins…`: a program of the operator's has asked the person.

mod acr;
mod list;
mod shown;

use serde_json::{Value, json};

use super::console::token;
use crate::ciba::{ENDPOINT, GRANT};
use crate::harness::{Answer, NOW, SECRET, TOKEN, TestApp, decode};

/// A server at which `bank` asks `user`, the program's token, the login and what the client polls with.
struct Asked {
    app: TestApp,
    token: String,
    id: String,
    auth_req_id: String,
}

impl Asked {
    async fn new() -> Self {
        let app = TestApp::with_people().await;
        app.change_workspace(|server| server.grant_types.push(GRANT.to_owned())).await;
        app.add_client(json!({
            "client_id": "bank", "client_name": "Northwind Bank", "client_secret": SECRET, "grant_types": [GRANT],
            "scopes": ["openid", "email"],
        }))
        .await;
        let token = token(&app, "default", "system", "manage_logins").await;
        let mut asked = Self { app, token, id: String::new(), auth_req_id: String::new() };
        asked.again("bank", &[]).await;
        asked
    }

    /// Asks once more, with more parameters; a later one of a name counts. This is the login from now on.
    async fn again(&mut self, client: &str, more: &[(&str, &str)]) {
        let mut form = vec![("scope", "openid email"), ("login_hint", "user"), ("binding_message", "W4SCT")];
        form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        form.extend(more);
        let answer = self.app.post(ENDPOINT).basic(client, SECRET).form(&form).await.ok();
        self.auth_req_id = answer["auth_req_id"].as_str().unwrap().to_owned();
        let found = self.app.store().find_decoupled_request::<Value, Value>(&self.auth_req_id).await;
        self.id = found.unwrap().unwrap().handle;
    }

    /// The logins that are listed, by id.
    async fn listed(&self, query: &str) -> Vec<String> {
        let path = format!("/api/system/default/logins{query}");
        let answer = self.app.get(&path).bearer(&self.token).await.ok();
        let logins = answer["logins"].as_array().unwrap();
        logins.iter().map(|login| login["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The claims of the ID token and of the access token.
    async fn tokens(&self) -> (Value, Value) {
        let tokens = self.poll().await.ok();
        let claims = |name: &str| decode(tokens[name].as_str().unwrap()).1;
        (claims("id_token"), claims("access_token"))
    }

    async fn get(&self) -> Answer {
        self.app.get(&format!("/api/system/default/logins/{}", self.id)).bearer(&self.token).await
    }

    async fn post(&self, verb: &str, body: Value) -> Answer {
        let path = format!("/api/system/default/logins/{}/{verb}", self.id);
        self.app.post(&path).bearer(&self.token).json(&body).await
    }

    async fn poll(&self) -> Answer {
        let form = [("grant_type", GRANT), ("auth_req_id", &*self.auth_req_id)];
        self.app.post(TOKEN).basic("bank", SECRET).form(&form).await
    }
}

#[tokio::test]
async fn a_login_is_read_and_accepted() {
    let asked = Asked::new().await;
    let login = asked.get().await.ok();
    assert_eq!(
        (&login["id"], &login["client_id"], &login["server_id"], &login["tenant_id"]),
        (&json!(asked.id), &json!("bank"), &json!("default"), &json!("default"))
    );
    assert_eq!((&login["idp_subject"], &login["binding_message"]), (&json!("user"), &json!("W4SCT")));
    let names: Vec<_> =
        login["requested_scopes"].as_array().unwrap().iter().map(|scope| &scope["requested_name"]).collect();
    assert_eq!(names, ["openid", "email"]);
    assert!(!login.to_string().contains(&asked.auth_req_id), "that is the client's");

    let body = json!({
        "subject": login["subject"], "amr": ["hwk", "fpt"], "auth_time": "2027-01-15T07:59:00Z",
        "authentication_context": {"name": "Ursula"},
    });
    assert_eq!(asked.post("accept", body.clone()).await.ok()["redirect_to"], "");
    let tokens = asked.poll().await.ok();
    let (_, claims) = decode(tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (&claims["amr"], &claims["acr"], &claims["auth_time"]),
        (&json!(["hwk", "fpt"]), &json!("2"), &json!(NOW.seconds() - 60))
    );
    assert_eq!(asked.get().await.ok()["login_approved"], true);
    assert_eq!(asked.post("accept", body).await.status, 409);
    assert_eq!(asked.post("reject", json!({})).await.status, 409);
}

#[tokio::test]
async fn a_login_is_rejected() {
    let asked = Asked::new().await;
    asked.post("reject", json!({"error": "access_denied"})).await.ok();
    assert_eq!(asked.poll().await.reason(), "400 access_denied decoupled_request_denied");
    assert_eq!(asked.get().await.ok()["login_rejected"], true);
    assert_eq!(asked.post("accept", json!({"subject": "user"})).await.status, 409);
}

#[tokio::test]
async fn nobody_agrees_for_somebody_else() {
    let asked = Asked::new().await;
    for (body, fault) in [
        (json!({}), "is missing"),
        (json!({"subject": ""}), "is missing"),
        (json!({"subject": "other"}), "is not the person that the login is about"),
    ] {
        let answer = asked.post("accept", body.clone()).await;
        assert_eq!((answer.status, &answer.json()["details"]["subject"]), (422, &json!(fault)), "{body}");
    }
    for body in [
        json!({}),
        json!({"subject": "other"}),
        json!({"subject": ""}),
        json!({"subject": "user", "id": "another"}),
        json!({"subject": "user", "auth_time": "2027-01-15T09:00:00Z"}),
    ] {
        assert_eq!(asked.post("accept", body.clone()).await.status, 422, "{body}");
    }
    assert_eq!(asked.poll().await.json()["error"], "authorization_pending");
    // The name of the client's request is not that of the login.
    let path = format!("/api/system/default/logins/{}/accept", asked.auth_req_id);
    let answer = asked.app.post(&path).bearer(&asked.token).json(&json!({"subject": "user"})).await;
    assert_eq!(answer.status, 404);
    asked.app.advance(300);
    assert_eq!(asked.get().await.status, 404, "it has ended");
    assert_eq!(asked.post("accept", json!({"subject": "user"})).await.status, 404);
}

#[tokio::test]
async fn another_tenant_finds_nothing() {
    let asked = Asked::new().await;
    asked.app.add_tenant("acme").await;
    let stranger = token(&asked.app, "acme", "system", "manage_logins").await;
    for tenant in ["acme", "default"] {
        let path = format!("/api/system/{tenant}/logins/{}/accept", asked.id);
        let answer = asked.app.post(&path).bearer(&stranger).json(&json!({"subject": "user"})).await;
        assert_eq!(answer.status, 404, "{tenant}");
    }
    assert_eq!(asked.poll().await.json()["error"], "authorization_pending");
}
