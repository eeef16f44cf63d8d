//! Clients that sign assertions: `private_key_jwt` and `client_secret_jwt` (RFC 7523 §2.2, OpenID Connect Core §9), and
//! whoever would like to be taken for one.

use serde_json::{Map, Value, json};
use symbolon_jose::{Algorithm, Jwk, JwtSigner, SigningKey, base64url};
use symbolon_store::entity::Secret;
use symbolon_store::entity::server::WorkspaceProfile;

use crate::harness::{Answer, NOW, Remote, SECRET, TOKEN, TestApp, TestCertificate};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ISSUER: &str = "https://localhost:8443/default/default";
const REFUSED: &str = "401 invalid_client";

/// A key pair with its name.
struct Pair {
    key: SigningKey,
    kid: &'static str,
}

impl Pair {
    fn new(algorithm: Algorithm, kid: &'static str) -> Self {
        Self { key: SigningKey::generate(algorithm).unwrap(), kid }
    }

    fn public(&self) -> Value {
        serde_json::to_value(Jwk { kid: Some(self.kid.to_owned()), ..self.key.public_jwk().unwrap() })
            .unwrap()
    }

    fn sign(&self, claims: &Value) -> String {
        JwtSigner::new(self.key.clone(), self.kid, "JWT").unwrap().sign_json(claims).unwrap()
    }

    fn sign_with_header(&self, kid: &str, header: &Value, claims: &Value) -> String {
        let header: Map<String, Value> = header.as_object().unwrap().clone();
        JwtSigner::with_members(self.key.clone(), kid, "JWT", &header).unwrap().sign_json(claims).unwrap()
    }
}

/// What a client says, some of it changed. `null` leaves a claim out.
fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "iss": "robot", "sub": "robot", "aud": ISSUER, "jti": "one", "iat": NOW.seconds(), "exp": NOW.seconds() + 60,
    });
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(&name)),
            value => claims[name] = value,
        }
    }
    claims
}

fn unsigned(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| base64url::encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), base64url::encode(signature))
}

fn mac(secret: &str, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| base64url::encode(value.to_string());
    let input = format!("{}.{}", part(header), part(claims));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    format!("{input}.{}", base64url::encode(aws_lc_rs::hmac::sign(&key, input.as_bytes())))
}

fn hs256(secret: &str, claims: &Value) -> String {
    mac(secret, &json!({"alg": "HS256", "typ": "JWT"}), claims)
}

async fn app(keys: &[&Pair]) -> TestApp {
    let app = TestApp::new().await;
    let keys: Vec<_> = keys.iter().map(|pair| pair.public()).collect();
    app.add_client(json!({
        "client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks": {"keys": keys}, "token_endpoint_auth_signing_alg": "",
    }))
    .await;
    app.add_client(json!({
        "client_id": "shared", "token_endpoint_auth_method": "client_secret_jwt", "client_secret": SECRET,
        "grant_types": ["client_credentials"],
    }))
    .await;
    app
}

async fn ask(app: &TestApp, assertion: &str) -> Answer {
    ask_with(app, assertion, &[]).await
}

async fn ask_with(app: &TestApp, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let own = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    app.post(TOKEN).form(&[&own, more].concat()).await
}

#[tokio::test]
async fn a_client_proves_itself_with_each_kind_of_key() {
    let pairs = [Algorithm::ES256, Algorithm::PS256, Algorithm::RS256, Algorithm::EdDSA]
        .map(|alg| Pair::new(alg, alg.as_str()));
    let app = app(&pairs.iter().collect::<Vec<_>>()).await;
    for (number, pair) in pairs.iter().enumerate() {
        let token = ask(&app, &pair.sign(&claims(json!({ "jti": number.to_string() })))).await.ok();
        assert_eq!(token["token_type"], "bearer");
    }
    // client_id is not needed, and does no harm.
    let assertion = pairs[0].sign(&claims(json!({"jti": "with id"})));
    ask_with(&app, &assertion, &[("client_id", "robot")]).await.ok();
}

#[tokio::test]
async fn the_audience_is_the_issuer_or_an_endpoint_of_the_workspace() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let endpoint = |path: &str| json!(format!("{ISSUER}{path}"));
    let good = [
        json!(ISSUER),
        endpoint("/oauth2/token"),
        endpoint("/par"),
        json!([ISSUER]),
        json!(["https://elsewhere.example", format!("{ISSUER}/oauth2/token")]),
    ];
    for (number, aud) in good.iter().enumerate() {
        let claims = claims(json!({"aud": aud, "jti": number.to_string()}));
        assert_eq!(ask(&app, &pair.sign(&claims)).await.status, 200, "{aud}");
    }
    let bad = [
        json!("https://localhost:8443/default/developer"),
        json!("https://localhost:8443/default/developer/oauth2/token"),
        json!("https://localhost:8443/other/default"),
        json!("https://evil.example/default/default"),
        json!(format!("{ISSUER}/")),
        json!("https://localhost:8443/default/default/../admin"),
        json!("https://localhost:8443"),
        json!([]),
        json!({"aud": ISSUER}),
        json!(7),
        json!(["https://elsewhere.example"]),
        Value::Null,
    ];
    for aud in bad {
        let answer = ask(&app, &pair.sign(&claims(json!({ "aud": aud })))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_audience"), "{aud}");
    }
}

#[tokio::test]
async fn a_fapi_2_workspace_wants_its_issuer_as_the_only_audience() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    app.change_workspace(|server| server.profile = WorkspaceProfile::Fapi20Security).await;
    for aud in [json!([ISSUER]), json!(format!("{ISSUER}/oauth2/token")), json!(format!("{ISSUER}/par"))] {
        let answer = ask(&app, &pair.sign(&claims(json!({ "aud": aud })))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_audience"), "{aud}");
    }
    // It issues nothing that is not bound.
    let assertion = pair.sign(&claims(json!({})));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &assertion),
    ];
    app.post(TOKEN).form(&form).certificate(&TestCertificate::self_signed("CN=robot")).await.ok();
}

#[tokio::test]
async fn an_assertion_is_used_once() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let assertion = pair.sign(&claims(json!({})));
    ask(&app, &assertion).await.ok();
    insta::assert_snapshot!(ask(&app, &assertion).await.refused(), @r#"
    401 invalid_client: The client assertion was used before: make a new one, with a jti of its own, each time.
    reason: client_assertion_replayed
    got: one
    client: robot
    "#);
    // Another assertion of the same jti is the same assertion; to the very end of its life and beyond.
    let longer = pair.sign(&claims(json!({"exp": NOW.seconds() + 120})));
    assert_eq!(ask(&app, &longer).await.reason(), format!("{REFUSED} client_assertion_replayed"));
    // At another endpoint it is spent too.
    let form = [("token", "x"), ("client_assertion_type", JWT_BEARER), ("client_assertion", &*longer)];
    let elsewhere = app.post("/default/default/oauth2/introspect").form(&form).await;
    assert_eq!(elsewhere.reason(), format!("{REFUSED} client_assertion_replayed"));
    app.advance(89);
    assert_eq!(ask(&app, &assertion).await.reason(), format!("{REFUSED} client_assertion_replayed"));
    app.advance(1);
    assert_eq!(ask(&app, &assertion).await.reason(), format!("{REFUSED} client_assertion_invalid"));
}

#[tokio::test]
async fn of_many_uses_at_once_one_counts() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let assertion = pair.sign(&claims(json!({})));
    let (a, b, c, d) = tokio::join!(
        ask(&app, &assertion),
        ask(&app, &assertion),
        ask(&app, &assertion),
        ask(&app, &assertion)
    );
    assert_eq!([a, b, c, d].iter().filter(|answer| answer.status == 200).count(), 1);
}

#[tokio::test]
async fn what_one_client_spends_another_still_has() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    ask(&app, &pair.sign(&claims(json!({})))).await.ok();
    let shared = claims(json!({"iss": "shared", "sub": "shared"}));
    ask(&app, &hs256(SECRET, &shared)).await.ok();
    assert_eq!(
        ask(&app, &hs256(SECRET, &shared)).await.reason(),
        format!("{REFUSED} client_assertion_replayed")
    );
}

#[tokio::test]
async fn every_claim_must_be_right() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let now = NOW.seconds();
    for (number, change) in [
        json!({"exp": null}),
        json!({"exp": now - 30}),
        json!({"exp": now - 300}),
        json!({"exp": "soon"}),
        json!({"nbf": now + 61}),
        json!({"iat": now + 61}),
        json!({"nbf": "now"}),
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"jti": 7}),
        json!({"jti": "j".repeat(513)}),
        json!({"iss": null}),
        json!({"sub": null}),
        json!({"iss": "shared"}),
        json!({"iss": ISSUER}),
        json!({"sub": ["robot"]}),
        json!({"iss": "Robot"}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut changed = json!({ "jti": number.to_string() });
        changed.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = ask(&app, &pair.sign(&claims(changed))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_invalid"), "{change}");
    }
    for exp in [json!(now + 3631), json!(now + 365 * 24 * 3600), json!(1e300)] {
        let answer = ask(&app, &pair.sign(&claims(json!({ "exp": exp })))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_lives_too_long"), "{exp}");
    }
    // A clock that is a little fast is no fault (FAPI 2.0 §5.3.2.1).
    for (number, ahead) in [json!({"iat": now + 10}), json!({"nbf": now + 10})].into_iter().enumerate() {
        let mut changed = json!({ "jti": format!("fast {number}") });
        changed.as_object_mut().unwrap().extend(ahead.as_object().unwrap().clone());
        ask(&app, &pair.sign(&claims(changed))).await.ok();
    }
}

#[tokio::test]
async fn an_expired_assertion_is_told_so() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let expired = pair.sign(&claims(json!({"exp": NOW.seconds() - 300})));
    insta::assert_snapshot!(ask(&app, &expired).await.refused(), @r#"
    401 invalid_client: The client assertion is not accepted: expired: exp 1799999700, now 1800000000.
    reason: client_assertion_invalid
    detail: expired: exp 1799999700, now 1800000000
    client: robot
    "#);
}

#[tokio::test]
async fn keys_that_are_not_the_clients_prove_nothing() {
    let (own, other) = (Pair::new(Algorithm::ES256, "a"), Pair::new(Algorithm::ES256, "a"));
    let app = app(&[&own]).await;
    let refused = |reason: &str| format!("{REFUSED} {reason}");
    insta::assert_snapshot!(ask(&app, &other.sign(&claims(json!({})))).await.refused(), @r#"
    401 invalid_client: Client authentication failed.
    reason: client_assertion_signature
    detail: signature is not valid
    got: robot
    client: robot
    "#);
    // A key that the token brings along, or says where to find (RFC 8725 §3.10).
    let evil = "https://evil.example/jwks";
    for header in [
        json!({"jwk": other.public()}),
        json!({"jku": evil}),
        json!({"x5u": evil}),
        json!({"x5c": ["MIIB"]}),
        json!({"jwk": other.public(), "jku": evil, "x5u": evil}),
    ] {
        for kid in ["a", "b", "../../dev/null", "' OR 1=1 --", "https://evil.example/jwks", "", "\u{0}"] {
            let answer = ask(&app, &other.sign_with_header(kid, &header, &claims(json!({})))).await;
            assert_eq!(answer.reason(), refused("client_assertion_signature"), "{kid} {header}");
        }
    }
    // The right key under another name is another key; without a name it is tried.
    let elsewhere = own.sign_with_header("b", &json!({}), &claims(json!({})));
    assert_eq!(ask(&app, &elsewhere).await.reason(), refused("client_assertion_signature"));
    ask(&app, &own.sign_with_header("", &json!({}), &claims(json!({})))).await.ok();
    // What this server has signed itself is no assertion.
    let token = ask(&app, &own.sign(&claims(json!({"jti": "two"})))).await.ok();
    let access_token = token["access_token"].as_str().unwrap().to_owned();
    assert_eq!(ask(&app, &access_token).await.reason(), refused("client_assertion_signature"));
}

#[tokio::test]
async fn the_algorithm_is_the_clients_not_the_tokens() {
    let (rsa, ec) = (Pair::new(Algorithm::RS256, "rsa"), Pair::new(Algorithm::ES256, "ec"));
    let app = app(&[&rsa, &ec]).await;
    let refused = |reason: &str| format!("{REFUSED} {reason}");
    // The public key as the secret of an HMAC, in each form it might be read.
    let public = rsa.public();
    for secret in [public.to_string(), public["n"].as_str().unwrap().to_owned(), String::new()] {
        let header = json!({"alg": "HS256", "kid": "rsa"});
        let answer = ask(&app, &mac(&secret, &header, &claims(json!({})))).await;
        assert_eq!(answer.reason(), refused("client_auth_method_mismatch"));
    }
    for alg in ["none", "None", "NONE", "nOnE", "", "HS257", "RS256 ", "ES256K"] {
        for signature in [&b""[..], b"x"] {
            let answer = ask(&app, &unsigned(&json!({"alg": alg}), &claims(json!({})), signature)).await;
            assert_eq!(answer.reason(), refused("client_assertion_malformed"), "{alg}");
        }
    }
    let as_signed = rsa.sign(&claims(json!({})));
    let (_, rest) = as_signed.split_once('.').unwrap();
    let stripped = format!("{}.{rest}", base64url::encode(r#"{"alg":"ES256","kid":"rsa"}"#));
    assert_eq!(ask(&app, &stripped).await.reason(), refused("client_assertion_signature"));
    let critical = rsa.sign(&claims(json!({})));
    let (_, rest) = critical.split_once('.').unwrap();
    let critical = format!("{}.{rest}", base64url::encode(r#"{"alg":"RS256","crit":["exp"],"exp":1}"#));
    assert_eq!(ask(&app, &critical).await.reason(), refused("client_assertion_malformed"));
    // The registered algorithm, and the workspace's.
    app.change_client("robot", |client| client.token_endpoint_auth_signing_alg = "ES256".into()).await;
    insta::assert_snapshot!(ask(&app, &rsa.sign(&claims(json!({})))).await.refused(), @r#"
    401 invalid_client: Client authentication failed.
    reason: client_assertion_algorithm
    detail: token_endpoint_auth_signing_alg of the client, or the workspace's list, has other algorithms
    expected: ES256
    got: RS256
    client: robot
    "#);
    app.change_client("robot", |client| client.token_endpoint_auth_signing_alg = String::new()).await;
    app.change_workspace(|server| server.token_endpoint_auth_signing_alg_values = vec!["PS256".into()]).await;
    for pair in [&rsa, &ec] {
        let answer = ask(&app, &pair.sign(&claims(json!({})))).await;
        assert_eq!(answer.reason(), refused("client_assertion_algorithm"));
    }
}

#[tokio::test]
async fn a_secret_that_is_never_sent_proves_the_client() {
    let app = app(&[]).await;
    let said = |jti: &str| claims(json!({"iss": "shared", "sub": "shared", "jti": jti}));
    ask(&app, &hs256(SECRET, &said("1"))).await.ok();
    for secret in ["", "wrong", "another secret of more than thirty-two characters"] {
        let answer = ask(&app, &hs256(secret, &said("2"))).await;
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
    ask(&app, &hs256(new, &said("3"))).await.ok();
    ask(&app, &hs256(SECRET, &said("4"))).await.ok();
    app.advance(10);
    let late = ask(&app, &hs256(SECRET, &said("5"))).await;
    assert_eq!(late.reason(), format!("{REFUSED} client_assertion_signature"));
    ask(&app, &hs256(new, &said("6"))).await.ok();
}

#[tokio::test]
async fn a_client_without_a_secret_has_no_empty_one() {
    let app = app(&[]).await;
    let said = claims(json!({"iss": "shared", "sub": "shared"}));
    for secret in [None, Some(Secret::new("")), Some(Secret::new("short"))] {
        app.change_client("shared", |client| client.client_secret = secret).await;
        for guess in ["", "short"] {
            let answer = ask(&app, &hs256(guess, &said)).await;
            assert_eq!(answer.reason(), format!("{REFUSED} client_has_no_secret"));
        }
    }
}

#[tokio::test]
async fn secrets_and_assertions_are_not_shown() {
    let app = app(&[]).await;
    let said = claims(json!({"iss": "shared", "sub": "shared"}));
    ask(&app, &hs256(SECRET, &said)).await.ok();
    let workspace = app.app.snapshots.workspace(&app.app.store, "default", "default").await.unwrap().unwrap();
    let client = app.app.snapshots.client(&app.app.store, &workspace, "shared").await.unwrap().unwrap();
    assert!(!format!("{client:?}").contains(SECRET));
}

#[tokio::test]
async fn two_ways_at_once_are_refused() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let assertion = pair.sign(&claims(json!({})));
    let with_secret = ask_with(&app, &assertion, &[("client_secret", SECRET)]).await;
    assert_eq!(with_secret.reason(), "400 invalid_request client_authenticated_twice");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &*assertion),
    ];
    let with_basic = app.post(TOKEN).form(&form).basic("shared", SECRET).await;
    assert_eq!(with_basic.reason(), "400 invalid_request client_authenticated_twice");
    // Neither has spent it.
    ask(&app, &assertion).await.ok();
}

#[tokio::test]
async fn an_assertion_speaks_for_its_own_client_alone() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let own = pair.sign(&claims(json!({})));
    let as_other = ask_with(&app, &own, &[("client_id", "shared")]).await;
    insta::assert_snapshot!(as_other.refused(), @r#"
    401 invalid_client: The client_id of the form is not that of the client assertion.
    reason: client_assertion_of_another_client
    expected: robot
    got: shared
    client: shared
    "#);
    // With its own key it cannot speak for another, whose keys are others.
    let other = Pair::new(Algorithm::ES256, "a");
    app.add_client(json!({
        "client_id": "victim", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks": {"keys": [other.public()]},
    }))
    .await;
    for change in
        [json!({"sub": "victim"}), json!({"sub": "victim", "iss": "victim"}), json!({"iss": "victim"})]
    {
        let answer = ask(&app, &pair.sign(&claims(change.clone()))).await;
        assert_eq!(answer.status, 401, "{change}");
        assert!(answer.reason().starts_with(&format!("{REFUSED} client_assertion_")), "{change}");
    }
    let unknown = claims(json!({"iss": "nobody", "sub": "nobody"}));
    assert_eq!(ask(&app, &pair.sign(&unknown)).await.reason(), format!("{REFUSED} client_unknown"));
}

#[tokio::test]
async fn the_parameters_belong_together() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let assertion = pair.sign(&claims(json!({})));
    let grant = ("grant_type", "client_credentials");
    for (form, reason) in [
        (vec![grant, ("client_assertion", &*assertion)], "client_assertion_incomplete"),
        (vec![grant, ("client_assertion_type", JWT_BEARER)], "client_assertion_incomplete"),
        (
            vec![
                grant,
                ("client_assertion", &*assertion),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
            ],
            "client_assertion_type_unknown",
        ),
        (
            vec![grant, ("client_assertion", "x.y.z"), ("client_assertion_type", JWT_BEARER)],
            "client_assertion_malformed",
        ),
    ] {
        assert_eq!(app.post(TOKEN).form(&form).await.reason(), format!("{REFUSED} {reason}"));
    }
    ask(&app, &assertion).await.ok();
}

#[tokio::test]
async fn a_workspace_says_which_ways_it_takes() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    app.change_workspace(|server| server.token_endpoint_auth_methods = vec!["client_secret_jwt".into()])
        .await;
    let answer = ask(&app, &pair.sign(&claims(json!({})))).await;
    assert_eq!(answer.reason(), format!("{REFUSED} client_auth_method_not_allowed"));
    let discovery = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery["token_endpoint_auth_methods_supported"], json!(["client_secret_jwt"]));
    assert_eq!(discovery["token_endpoint_auth_signing_alg_values_supported"], json!(["HS256"]));
    app.change_workspace(|server| server.token_endpoint_auth_methods = vec!["client_secret_post".into()])
        .await;
    let discovery = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery.get("token_endpoint_auth_signing_alg_values_supported"), None);
}

#[tokio::test]
async fn introspection_and_revocation_take_assertions_too() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let token = ask(&app, &pair.sign(&claims(json!({})))).await.ok();
    let token = token["access_token"].as_str().unwrap();
    let form = |assertion: &str| {
        [("token", token), ("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let send = async |path: &str, jti: &str| {
        let assertion = pair.sign(&claims(json!({"jti": jti, "aud": format!("{ISSUER}{path}")})));
        let form = form(&assertion);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        app.post(&format!("/default/default{path}")).form(&form).await.ok()
    };
    assert_eq!(send("/oauth2/introspect", "2").await["active"], true);
    let assertion = pair.sign(&claims(json!({"jti": "3", "aud": format!("{ISSUER}/oauth2/revoke")})));
    let form = form(&assertion);
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(app.post("/default/default/oauth2/revoke").form(&form).await.status, 200);
    assert_eq!(send("/oauth2/introspect", "4").await["active"], false);
}

#[tokio::test]
async fn a_client_changes_its_keys_behind_its_jwks_uri() {
    let (old, new) = (Pair::new(Algorithm::ES256, "old"), Pair::new(Algorithm::ES256, "new"));
    let set = |pair: &Pair| json!({"keys": [pair.public()]}).to_string();
    let remote = Remote::start(&set(&old)).await;
    let app = TestApp::with_settings(&remote.settings()).await;
    app.add_client(json!({
        "client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks_uri": remote.url,
    }))
    .await;
    let mut number = 0;
    let mut send = async |pair: &Pair| {
        number += 1;
        let now = app.app.clock.now().seconds();
        let claims = claims(json!({"jti": number.to_string(), "iat": now, "exp": now + 60}));
        ask(&app, &pair.sign(&claims)).await
    };
    send(&old).await.ok();
    send(&old).await.ok();
    assert_eq!(remote.asked(), 1, "what was read is remembered");
    // Anybody can send a name that is not there: it has the set read again once in ten seconds, not more.
    for _ in 0..5 {
        assert_eq!(send(&new).await.reason(), format!("{REFUSED} client_assertion_signature"));
    }
    assert_eq!(remote.asked(), 1);
    app.advance(10);
    remote.publish(&set(&new));
    send(&new).await.ok();
    assert_eq!(send(&old).await.reason(), format!("{REFUSED} client_assertion_signature"));
    assert_eq!(remote.asked(), 2);
    // While it cannot be read, what was read before counts for a while.
    remote.publish("not a key set");
    app.advance(3000);
    send(&new).await.ok();
    app.advance(3000);
    assert_eq!(send(&new).await.reason(), "503 temporarily_unavailable jwks_uri_unreadable");
}

#[tokio::test]
async fn a_set_is_asked_for_once_by_many_at_once() {
    let pair = Pair::new(Algorithm::ES256, "a");
    let remote = Remote::start(&json!({"keys": [pair.public()]}).to_string()).await;
    let app = TestApp::with_settings(&remote.settings()).await;
    app.add_client(json!({
        "client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks_uri": remote.url,
    }))
    .await;
    let send = async |jti: &str| ask(&app, &pair.sign(&claims(json!({ "jti": jti })))).await.ok();
    tokio::join!(send("1"), send("2"), send("3"), send("4"), send("5"));
    assert_eq!(remote.asked(), 1);
}

#[tokio::test]
async fn symmetric_keys_that_somebody_published_are_no_secret() {
    let app = app(&[]).await;
    let jwk = json!({"keys": [{"kty": "oct", "kid": "a", "k": base64url::encode(SECRET)}]});
    app.change_client("robot", |client| client.jwks = serde_json::from_value(jwk).unwrap()).await;
    let assertion = mac(SECRET, &json!({"alg": "HS256", "kid": "a"}), &claims(json!({})));
    assert_eq!(ask(&app, &assertion).await.reason(), format!("{REFUSED} client_auth_method_mismatch"));
}
