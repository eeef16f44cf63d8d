//! Cross-JWT confusion (RFC 8725 §2.7, §3.11, §3.12): every signed thing of this server and of a client, brought
//! wherever something else is expected.

use serde_json::json;
use symbolon_jose::{Algorithm, Jwk, JwtSigner, SigningKey};

use crate::harness::{Browser, DpopKey, NOW, SECRET, TOKEN, TestApp, authorize, request, request_with};

const ISSUER: &str = "https://localhost:8443/default/default";
const INTROSPECT: &str = "/default/default/oauth2/introspect";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const BEARER_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A server, and one of each kind of JWT that are no access tokens, by its name.
async fn collection() -> (TestApp, String, Vec<(&'static str, String)>) {
    let app = TestApp::with_people().await;
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let jwk = Jwk { kid: Some("own".to_owned()), ..key.public_jwk().unwrap() };
    app.change_workspace(|server| {
        server.grant_types.extend([EXCHANGE, BEARER_GRANT].map(str::to_owned));
    })
    .await;
    app.change_client("client", |client| {
        client.jwks = serde_json::from_value(json!({ "keys": [jwk] })).unwrap();
        client.userinfo_signed_response_alg = "ES256".to_owned();
        client.grant_types.extend([EXCHANGE, BEARER_GRANT].map(str::to_owned));
    })
    .await;
    let browser = Browser::new(&app);
    let code = browser.sign_in(&request("openid"), "user").await.code();
    let tokens = app.redeem(&code).await;
    let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let access_token = token("access_token");
    let jarm = browser.sign_in(&request_with("openid", &[("response_mode", "jwt")]), "user").await;
    let userinfo = app.get("/default/default/userinfo").bearer(&access_token).await;
    let introspection = app
        .post(INTROSPECT)
        .basic("client", SECRET)
        .header(http::header::ACCEPT, "application/token-introspection+jwt")
        .form(&[("token", &access_token)])
        .await;
    let sign = |typ: &str, claims: &serde_json::Value| {
        JwtSigner::new(key.clone(), "own", typ).unwrap().sign_json(claims).unwrap()
    };
    let about_itself = json!({
        "iss": "client", "sub": "client", "aud": ISSUER, "jti": "a", "iat": NOW.seconds(), "exp": NOW.seconds() + 60,
        // What an access token of this workspace says, in the client's own words.
        "aid": "default", "tid": "default", "scp": ["openid"], "st": "public", "amr": [], "idp": "",
        "nbf": NOW.seconds(),
    });
    let jwts = vec![
        ("ID token", token("id_token")),
        ("authorization response", jarm.sends("response").unwrap()),
        ("userinfo", userinfo.text().to_owned()),
        ("introspection", introspection.text().to_owned()),
        ("client assertion", sign("JWT", &about_itself)),
        ("client assertion in disguise", sign("at+jwt", &about_itself)),
        ("DPoP proof", DpopKey::new(Algorithm::ES256).proof("POST", TOKEN).sign()),
    ];
    for (name, jwt) in &jwts {
        assert_eq!(jwt.split('.').count(), 3, "{name}: {jwt}");
    }
    (app, access_token, jwts)
}

#[tokio::test]
async fn nothing_but_an_access_token_is_an_access_token() {
    let (app, access_token, jwts) = collection().await;
    for (name, jwt) in &jwts {
        let answer = app.get("/default/default/userinfo").bearer(jwt).await;
        assert_eq!(answer.status, 401, "{name} at userinfo");
        let answer = app.get("/api/admin/default/servers").bearer(jwt).await;
        assert_eq!(answer.status, 401, "{name} at the management API");
        let answer = app.post(INTROSPECT).basic("client", SECRET).form(&[("token", jwt)]).await;
        assert_eq!(answer.ok(), json!({"active": false}), "{name} at introspection");
        let form = [
            ("grant_type", EXCHANGE),
            ("subject_token", jwt),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        let answer = app.post(TOKEN).basic("client", SECRET).form(&form).await;
        assert_eq!(answer.status, 400, "{name} at token exchange: {}", answer.text());
    }
    // The same places know what it is.
    let answer = app.post(INTROSPECT).basic("client", SECRET).form(&[("token", &access_token)]).await;
    assert_eq!(answer.ok()["active"], true);
}

#[tokio::test]
async fn nothing_of_the_servers_authenticates_a_client() {
    let (app, access_token, jwts) = collection().await;
    app.change_client("client", |client| {
        client.token_endpoint_auth_method = "private_key_jwt".to_owned();
        client.token_endpoint_auth_signing_alg = String::new();
    })
    .await;
    let own = ["client assertion", "client assertion in disguise"];
    let servers = jwts.iter().filter(|(name, _)| !own.contains(name));
    for (name, jwt) in servers.chain([&("access token", access_token)]) {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "none"),
            ("client_id", "client"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", jwt),
        ];
        let answer = app.post(TOKEN).form(&form).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("invalid_client")), "{name}");
    }
}

#[tokio::test]
async fn nothing_of_the_servers_is_a_grant() {
    let (app, access_token, jwts) = collection().await;
    for (name, jwt) in jwts.iter().chain([&("access token", access_token)]) {
        let form = [("grant_type", BEARER_GRANT), ("assertion", jwt)];
        let answer = app.post(TOKEN).basic("client", SECRET).form(&form).await;
        // The client's own assertion speaks of people of its own: it is no person of this workspace.
        if name.starts_with("client assertion") && answer.status == 200 {
            let token = answer.json()["access_token"].as_str().unwrap().to_owned();
            assert_eq!(app.get("/default/default/userinfo").bearer(&token).await.status, 403, "{name}");
            continue;
        }
        assert_eq!(answer.status, 400, "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn nothing_but_an_id_token_hints_at_a_person() {
    let (app, access_token, jwts) = collection().await;
    let others = jwts.iter().filter(|(name, _)| *name != "ID token");
    for (name, jwt) in others.chain([&("access token", access_token)]) {
        let address = authorize(&[
            ("client_id", "client"),
            ("response_type", "code"),
            ("redirect_uri", crate::harness::CALLBACK),
            ("scope", "openid"),
            ("prompt", "none"),
            ("id_token_hint", jwt),
        ]);
        let answer = Browser::new(&app).get(&address).await;
        assert_eq!(answer.sends("error").as_deref(), Some("invalid_request"), "{name}");
    }
}
