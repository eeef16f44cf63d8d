//! Objects that somebody else has made, or that are not for here and now. All are refused with
//! `invalid_request_object`, and nobody is sent anywhere but to the client's own address.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, base64url};

use super::{ISSUER, app, by_value, claims, openid, page};
use crate::harness::{
    Browser, CALLBACK, NOW, SECRET, Signer, TOKEN, TestApp, authorize, client, mac, unsigned,
};

async fn refused(app: &TestApp, object: &str) -> String {
    let answer = Browser::new(app).get(&openid(object, &[("state", "outer")])).await;
    let refused = answer.refused_to_client();
    assert_eq!(app.rows_of("authorize_sessions").await, 0);
    refused.strip_prefix(&format!("{CALLBACK} invalid_request_object ")).unwrap_or(&refused).to_owned()
}

#[tokio::test]
async fn objects_that_nobody_of_the_client_has_signed() {
    let (app, signer) = app().await;
    let own = claims(json!({}));
    let stranger = Signer::new(Algorithm::ES256, "a");
    let unknown = Signer::new(Algorithm::ES256, "z");
    let with_key = stranger.sign_with_header("z", &json!({"jwk": stranger.public()}), &own);
    let with_address = json!({"jku": "https://evil.example/jwks.json", "x5u": "https://evil.example/x5u"});
    let with_address = stranger.sign_with_header("z", &with_address, &own);
    let good = signer.sign(&own);
    let (input, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = input.split_once('.').unwrap();
    let changed = base64url::encode(claims(json!({"scope": "openid email"})).to_string());
    let none = |alg: &str| unsigned(&json!({ "alg": alg }), &own, b"");
    // The public key as a secret: what confuses those who choose the algorithm by the token (RFC 8725 §2.1).
    let public = serde_json::to_vec(&signer.public()).unwrap();
    for (object, reason) in [
        (stranger.sign(&own), "[request_object_signature]"),
        (unknown.sign(&own), "[request_object_signature]"),
        (with_key, "[request_object_signature]"),
        (with_address, "[request_object_signature]"),
        (format!("{header}.{changed}.{signature}"), "[request_object_signature]"),
        (format!("{input}."), "[request_object_signature]"),
        (mac(&public, &own), "[request_object_algorithm]"),
        (none("none"), "[request_object_unsigned]"),
        (none("None"), "[request_object_malformed]"),
        (none("NONE"), "[request_object_malformed]"),
        (unsigned(&json!({"alg": "none"}), &own, b"signature"), "[request_object_unsigned]"),
        (unsigned(&json!({}), &own, b""), "[request_object_malformed]"),
        (format!("{good}.x"), "[request_object_malformed]"),
        ("x".to_owned(), "[request_object_malformed]"),
        ("..".to_owned(), "[request_object_malformed]"),
        (good.replace('.', ". "), "[request_object_malformed]"),
        ("e30.e30.e30".to_owned(), "[request_object_malformed]"),
    ] {
        assert_eq!(refused(&app, &object).await, reason, "{object}");
    }
    assert_eq!(app.rows_of("authorize_sessions").await, 0);
    Browser::new(&app).sign_in(&openid(&good, &[]), "user").await.code();
}

#[tokio::test]
async fn objects_that_are_not_for_here_and_now() {
    let (app, signer) = app().await;
    let now = NOW.seconds();
    for (change, reason) in [
        (json!({"aud": "https://www.other1.example.com/"}), "[request_object_audience]"),
        (json!({"aud": ["https://other.example", "invalid"]}), "[request_object_audience]"),
        (json!({"aud": "https://localhost:8443/default/developer"}), "[request_object_audience]"),
        (json!({"aud": format!("{ISSUER}/")}), "[request_object_audience]"),
        (json!({"aud": []}), "[request_object_audience]"),
        (json!({"aud": 1}), "[request_object_claims]"),
        (json!({"iss": "other"}), "[request_object_issuer]"),
        (json!({"iss": 1}), "[request_object_claims]"),
        (json!({"exp": now - 30}), "[request_object_expired]"),
        (json!({"exp": now - 3600}), "[request_object_expired]"),
        (json!({"exp": "soon"}), "[request_object_claims]"),
        (json!({"nbf": now + 31}), "[request_object_claims]"),
        (json!({"iat": now + 31}), "[request_object_claims]"),
        (json!({"nbf": []}), "[request_object_claims]"),
        (json!({"sub": "client"}), "[request_object_is_assertion]"),
        (json!({"client_id": "other"}), "[request_object_of_another_client]"),
        (json!({"client_id": null}), "[request_object_without_client_id]"),
        (json!({"request": "x"}), "[request_object_nested]"),
        (json!({"request_uri": "https://client.example.org/r"}), "[request_object_nested]"),
        (json!({"state": "a\u{0}b"}), "[request_object_parameters]"),
        (json!({"redirect_uri": null}), "[request_object_incomplete]"),
    ] {
        assert_eq!(refused(&app, &signer.sign(&claims(change.clone()))).await, reason, "{change}");
    }
    // Clocks may differ a little.
    let browser = Browser::new(&app);
    for change in [
        json!({"nbf": now + 10, "iat": now + 10}),
        json!({"exp": now - 10}),
        json!({"aud": [ISSUER, "https://other1.example.com", "invalid"]}),
        json!({"aud": format!("{ISSUER}/oauth2/authorize")}),
        json!({"aud": null, "iss": null, "exp": null, "nbf": null, "iat": null, "jti": null}),
    ] {
        browser.sign_in(&by_value(&signer.sign(&claims(change))), "user").await.code();
    }
}

#[tokio::test]
async fn an_object_of_one_client_is_none_of_another() {
    let (app, signer) = app().await;
    let other = Signer::new(Algorithm::ES256, "a");
    let mut second = client("second");
    second["jwks"] = serde_json::to_value(Signer::jwks(&[&other])).unwrap();
    app.add_client(second).await;
    let browser = Browser::new(&app);
    let second_asks =
        |object: &str| authorize(&[("client_id", "second"), ("request", object), ("redirect_uri", CALLBACK)]);
    // The first client's object in the name of the second, and the other way round.
    let object = signer.sign(&claims(json!({})));
    let signature = format!("{CALLBACK} invalid_request_object [request_object_signature]");
    assert_eq!(browser.get(&second_asks(&object)).await.refused_to_client(), signature);
    let swapped = other.sign(&claims(json!({})));
    let of_another = format!("{CALLBACK} invalid_request_object [request_object_issuer]");
    assert_eq!(browser.get(&second_asks(&swapped)).await.refused_to_client(), of_another);
    let swapped = other.sign(&claims(json!({"iss": "second"})));
    let of_another = format!("{CALLBACK} invalid_request_object [request_object_of_another_client]");
    assert_eq!(browser.get(&second_asks(&swapped)).await.refused_to_client(), of_another);
    // Without a client beside it nobody knows whose keys to take.
    assert_eq!(
        page(&browser.get(&authorize(&[("request", &object)])).await),
        "invalid_request [client_id_missing]"
    );
}

#[tokio::test]
async fn an_error_goes_to_an_address_of_the_client_or_to_nobody() {
    let (app, signer) = app().await;
    let browser = Browser::new(&app);
    let bad = signer.sign(&claims(json!({"scope": "openid email"}))) + "x";
    // Nothing is known of where the client wants to hear of it.
    assert_eq!(
        page(&browser.get(&by_value(&bad)).await),
        "invalid_request_object [request_object_malformed]"
    );
    let evil =
        authorize(&[("client_id", "client"), ("request", &bad), ("redirect_uri", "https://evil.example/")]);
    assert_eq!(page(&browser.get(&evil).await), "invalid_request_object [request_object_malformed]");
    // The object says it, and the client has signed that.
    let late = signer.sign(&claims(json!({"exp": NOW.seconds() - 3600})));
    let told = browser.get(&by_value(&late)).await;
    assert_eq!(
        told.refused_to_client(),
        format!("{CALLBACK} invalid_request_object [request_object_expired]")
    );
    assert_eq!(told.sends("state").as_deref(), Some("inner"));
    assert_eq!(told.sends("iss").as_deref(), Some(ISSUER));
    let late = claims(json!({"exp": NOW.seconds() - 3600, "response_mode": "jwt"}));
    let told = browser.get(&by_value(&signer.sign(&late))).await;
    let response = crate::harness::decode(told.sends("response").unwrap()).1;
    assert_eq!(response["error"], "invalid_request_object");
    assert_eq!(response["state"], "inner");
    // But not any address.
    let elsewhere = claims(json!({"exp": NOW.seconds() - 3600, "redirect_uri": "https://evil.example/"}));
    let refused = browser.get(&by_value(&signer.sign(&elsewhere))).await;
    assert_eq!(page(&refused), "invalid_request_object [request_object_expired]");
    let elsewhere = signer.sign(&claims(json!({"redirect_uri": "https://evil.example/"})));
    let refused = browser.get(&openid(&elsewhere, &[])).await;
    assert_eq!(page(&refused), "invalid_request [redirect_uri_not_registered]");
}

#[tokio::test]
async fn both_parameters_at_once_are_refused() {
    let (app, signer) = app().await;
    let object = signer.sign(&claims(json!({})));
    let both = openid(&object, &[("request_uri", "https://client.example.org/r")]);
    let refused = Browser::new(&app).get(&both).await;
    assert_eq!(refused.refused_to_client(), format!("{CALLBACK} invalid_request [request_and_request_uri]"));
}

#[tokio::test]
async fn an_assertion_is_no_object_and_an_object_no_assertion() {
    let (app, signer) = app().await;
    app.change_client("client", |client| {
        client.token_endpoint_auth_method = "private_key_jwt".to_owned();
        client.token_endpoint_auth_signing_alg = String::new();
        client.grant_types.push("client_credentials".to_owned());
    })
    .await;
    let ask = async |assertion: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        app.post(TOKEN).form(&form).await
    };
    let object = signer.sign(&claims(json!({})));
    assert_eq!(ask(&object).await.status, 401);
    let assertion: Value = claims(json!({
        "sub": "client", "client_id": null, "response_type": null, "redirect_uri": null, "scope": null, "state": null, "nonce": null,
    }));
    let assertion = signer.sign_as("JWT", &assertion);
    assert_eq!(refused(&app, &assertion).await, "[request_object_is_assertion]");
    ask(&assertion).await.ok();
}

/// The names of pushed requests and the addresses of objects are two kinds of `request_uri`: nothing passes for both.
#[tokio::test]
async fn a_pushed_request_is_reached_by_its_very_name_alone() {
    let (app, signer) = app().await;
    let form = [("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid")];
    let pushed = app.post("/default/default/par").basic("client", SECRET).form(&form).await.json();
    let name = pushed["request_uri"].as_str().unwrap();
    let browser = Browser::new(&app);
    for other in [
        name.to_uppercase(),
        name.replace("urn:", "URN:"),
        format!("https://{name}"),
        format!("{name}#x"),
        format!("{name}?x"),
        format!("{name}/"),
        format!(" {name}"),
        name[..name.len() - 1].to_owned(),
        "urn:ietf:params:oauth:request_uri:".to_owned(),
        format!("urn:ietf:params:oauth:request_uri:{name}"),
    ] {
        let answer = browser.get(&authorize(&[("client_id", "client"), ("request_uri", &other)])).await;
        assert_eq!((answer.status, &*answer.record().error), (400, "invalid_request_uri"), "{other}");
    }
    let nested = signer.sign(&claims(json!({ "request_uri": name })));
    assert_eq!(refused(&app, &nested).await, "[request_object_nested]");
    let both = authorize(&[("client_id", "client"), ("request_uri", name), ("request", &nested)]);
    assert_eq!(browser.get(&both).await.record().reason, "request_and_request_uri");
    assert_eq!(app.rows_of("authorize_sessions").await, 0);
    browser.sign_in(&authorize(&[("client_id", "client"), ("request_uri", name)]), "user").await.code();
}
