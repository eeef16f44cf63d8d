//! A web attacker that takes part as an authorization server (A1a of the FAPI 2.0 attacker model): what honest clients
//! bring to it, or begin at it, is worth nothing here.

use serde_json::json;
use symbolon_store::entity::server::WorkspaceProfile as P;

use super::*;
use crate::discovery::walk;
use crate::harness::{DpopKey, Signer, TestIssuer, request, request_with};

/// The attacker's server.
const EVIL: &str = "https://evil.example/as";

/// A bank, and the code of an honest client whose token request went to the attacker.
async fn with_code() -> (Bank, String) {
    let bank = Bank::new(P::Fapi20Security).await;
    let code = sign_in(&bank.app, &bank.bring(&bank.push(&borrowed(&asked(&[], &[]))).await)).await.code();
    (bank, code)
}

/// Mix-up (RFC 9700 §4.4): the attacker has code, verifier and the client's assertion, and a certificate of its own.
#[tokio::test]
async fn what_a_client_brought_to_another_server_redeems_no_code() {
    let (bank, code) = with_code().await;
    bank.app
        .change_client("client", |client| client.token_endpoint_auth_method = "private_key_jwt".to_owned())
        .await;
    let form = |assertion: &str| {
        let owned = |(name, value): (&'static str, &str)| (name, value.to_owned());
        let mut form: Vec<_> = redemption(&code).into_iter().skip(1).map(owned).collect();
        form.extend([("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)].map(owned));
        form
    };
    let of_attacker = TestCertificate::self_signed("CN=evil");
    let replayed = async |assertion: &str| {
        let form = form(assertion);
        bank.app.post(TOKEN).certificate(&of_attacker).form(&borrowed(&form)).await.reason()
    };
    // What the client made for the attacker; the attacker may have said that its endpoints are ours.
    for aud in [
        json!(EVIL),
        json!([EVIL, ISSUER]),
        json!([ISSUER]),
        json!(format!("{EVIL}/token")),
        json!(format!("{ISSUER}/oauth2/token")),
        json!(format!("{ISSUER}/")),
    ] {
        let assertion = bank.assertion(&aud.to_string(), &json!({ "aud": aud }));
        assert_eq!(replayed(&assertion).await, "401 invalid_client client_assertion_audience", "{aud}");
    }
    // The code is still the client's, and what has redeemed it does so once.
    let assertion = bank.assertion("honest", &json!({}));
    bank.post(TOKEN).form(&borrowed(&form(&assertion))).await.ok();
    assert_eq!(replayed(&assertion).await, "401 invalid_client client_assertion_replayed");
}

/// The attacker is registered here too: it redeems, as itself, the code and the verifier that it was sent.
#[tokio::test]
async fn a_code_is_worth_nothing_to_a_server_that_is_a_client_here() {
    let (bank, code) = with_code().await;
    let key = evil_client(&bank).await;
    let assertion = of_evil(&key, "redeems");
    let form = [
        &redemption(&code)[1..],
        &[("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())],
    ]
    .concat();
    let of_attacker = TestCertificate::self_signed("CN=evil");
    let answer = bank.app.post(TOKEN).certificate(&of_attacker).form(&form).await;
    assert_eq!(answer.reason(), "400 invalid_grant code_of_another_client");
    bank.redeem(&code).await.ok();
}

/// The attacker's pushed request, in the name of the honest client.
#[tokio::test]
async fn a_request_uri_of_another_server_begins_nothing_for_an_honest_client() {
    let bank = Bank::new(P::Fapi20Security).await;
    let key = evil_client(&bank).await;
    let form = asked(
        &[],
        &[("client_assertion_type", JWT_BEARER), ("client_assertion", of_evil(&key, "pushes").as_str())],
    )
    .iter()
    .map(|(name, value)| ((*name).to_owned(), value.clone()))
    .collect::<Vec<_>>();
    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let pushed = bank.app.post(PAR).form(&form).await;
    assert_eq!(pushed.status, 201, "{} {:?}", pushed.text(), pushed.refusal);
    let answer = Browser::new(&bank.app).get(&bank.bring(&pushed)).await;
    assert_eq!(answer.record().reason, "request_uri_of_another_client");
    // One that the attacker has made up itself is none either.
    for request_uri in ["urn:ietf:params:oauth:request_uri:evil", "https://evil.example/as/request.jwt"] {
        let address = authorize(&[("client_id", "client"), ("request_uri", request_uri)]);
        let answer = Browser::new(&bank.app).get(&address).await;
        assert!(answer.status == 400 || answer.sends("code").is_none(), "{answer:?}");
    }
}

/// The attacker passes the browser of its client on to us, with a challenge of its own (RFC 9700 §4.4.1: it would inject
/// the code later).
#[tokio::test]
async fn a_request_that_another_server_made_up_is_refused_and_the_answer_names_us() {
    for profile in [P::Fapi20Security, P::ConnectId, P::Fapi20MessageSigning] {
        let bank = Bank::new(profile).await;
        let answer = Browser::new(&bank.app).get(&plain(&[], &[("response_mode", "jwt")])).await;
        assert_eq!(answer.record().reason, "pushed_request_required", "{profile:?}");
        assert_eq!(walk::sent(&answer)["iss"], ISSUER, "the client began at another one, and sees it");
    }
}

/// A request object that a client has signed for the attacker.
#[tokio::test]
async fn a_request_object_for_another_server_is_none_here() {
    for profile in [P::FapiAdvanced, P::ConnectId, P::Fapi20MessageSigning] {
        let bank = Bank::new(profile).await;
        for aud in
            [json!(EVIL), json!([EVIL]), json!([EVIL, format!("{EVIL}/par")]), json!(format!("{ISSUER}/"))]
        {
            let mut claims = json!({
                "iss": "client", "client_id": "client", "aud": aud,
                "nbf": NOW.seconds(), "exp": NOW.seconds() + 300,
            });
            for (name, value) in asked(&[], &[("response_mode", "jwt")]) {
                claims[name] = json!(value);
            }
            let object = bank.sign("oauth-authz-req+jwt", &claims);
            let answer = bank.push(&[("request", &object)]).await;
            let expected = "400 invalid_request_object request_object_audience";
            assert_eq!(answer.reason(), expected, "{profile:?} {aud}");
            if profile == P::FapiAdvanced {
                let address = authorize(&[
                    ("client_id", "client"),
                    ("request", &object),
                    ("response_type", "code"),
                    ("scope", "openid"),
                    ("redirect_uri", CALLBACK),
                ]);
                let answer = Browser::new(&bank.app).get(&address).await;
                assert_eq!(answer.record().reason, "request_object_audience", "{aud}");
            }
        }
    }
}

/// What the attacker signs, as if it were ours: ID tokens as hints, access tokens, assertions about people; and what
/// clients sign for it: proofs.
#[tokio::test]
async fn what_another_server_signs_or_is_shown_counts_for_nothing() {
    let app = TestApp::with_people().await;
    let (exchange, bearer) =
        ("urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    app.change_workspace(|server| server.grant_types.extend([exchange, bearer].map(str::to_owned))).await;
    app.change_client("client", |client| client.grant_types.extend([exchange, bearer].map(str::to_owned)))
        .await;
    let code = Browser::new(&app).sign_in(&request("openid"), "user").await.code();
    let tokens = app.redeem(&code).await;
    let (_, own) = crate::harness::decode(tokens["access_token"].as_str().unwrap());
    let evil = TestIssuer::new(EVIL);
    // In its own name, and in ours with its key.
    for iss in [EVIL, ISSUER] {
        let mut claims = own.clone();
        claims["iss"] = json!(iss);
        for typ in ["JWT", "at+jwt"] {
            let jwt = evil.sign_as(typ, claims.clone());
            let what = format!("{iss} {typ}");
            assert_eq!(app.get(USERINFO).bearer(&jwt).await.status, 401, "{what}");
            let answer = app.post(INTROSPECT).basic("client", SECRET).form(&[("token", &jwt)]).await;
            assert_eq!(answer.ok(), json!({"active": false}), "{what}");
            let hint = request_with("openid", &[("prompt", "none"), ("id_token_hint", &jwt)]);
            let answer = Browser::new(&app).get(&hint).await;
            assert_eq!(answer.sends("error").as_deref(), Some("invalid_request"), "{what}");
            for form in [
                vec![
                    ("grant_type", exchange),
                    ("subject_token", &jwt),
                    ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
                ],
                vec![("grant_type", bearer), ("assertion", &jwt)],
            ] {
                let answer = app.post(TOKEN).basic("client", SECRET).form(&form).await;
                assert_eq!(answer.status, 400, "{what}: {}", answer.text());
            }
        }
    }
    // RFC 9449 §11.1: a proof for the attacker's endpoint.
    let key = DpopKey::new(Algorithm::ES256);
    let proof = key.proof("POST", TOKEN).with("htu", format!("{EVIL}/token"));
    let form = [("grant_type", "refresh_token"), ("refresh_token", "none")];
    let answer = app.post(TOKEN).basic("client", SECRET).form(&form).proof(&proof).await;
    assert_eq!(answer.json()["error"], "invalid_dpop_proof");
}

/// An issuer that the workspace trusts brings an assertion that another one made for somebody else.
#[tokio::test]
async fn an_assertion_for_another_server_is_no_grant_here() {
    let bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.grant_types.push(bearer.to_owned())).await;
    app.change_client("client", |client| client.grant_types.push(bearer.to_owned())).await;
    let issuer = TestIssuer::new("https://idp.example.com");
    app.trust_issuer(&issuer, json!({"jwt_bearer": true})).await;
    for aud in [json!(EVIL), json!([EVIL]), json!("https://localhost:8443/default/developer")] {
        let assertion = issuer.sign(json!({ "aud": aud, "jti": aud.to_string() }));
        let form = [("grant_type", bearer), ("assertion", assertion.as_str())];
        let answer = app.post(TOKEN).basic("client", SECRET).form(&form).await;
        assert_eq!(answer.json()["error"], "invalid_grant", "{aud} {}", answer.text());
    }
}

/// RFC 9207 §2.4: a client compares `iss` with the issuer that it began at. It is ours, once, however the answer travels.
#[tokio::test]
async fn every_answer_says_who_gives_it_however_it_travels() {
    let app = TestApp::with_people().await;
    let types = ["code", "none", "id_token", "token", "code id_token", "code token", "code id_token token"];
    app.change_workspace(|server| server.grant_types.push("implicit".to_owned())).await;
    app.change_client("client", |client| {
        client.grant_types.push("implicit".to_owned());
        client.response_types = types.map(str::to_owned).to_vec();
    })
    .await;
    let known = Browser::new(&app);
    known.sign_in(&request("openid"), "user").await.code();
    let mut walked = 0;
    for response_type in types {
        for mode in
            ["", "query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"]
        {
            let mut form = vec![
                ("client_id", "client"),
                ("response_type", response_type),
                ("redirect_uri", CALLBACK),
                ("scope", "openid"),
                ("nonce", "n"),
                ("prompt", "none"),
            ];
            form.extend(Some(("response_mode", mode)).filter(|_| !mode.is_empty()));
            for (browser, is_known) in [(&known, true), (&Browser::new(&app), false)] {
                let answer = browser.get(&authorize(&form)).await;
                let sent = walk::sent(&answer);
                let what = format!("{response_type} {mode} {sent:?}");
                assert_eq!(sent["iss"], ISSUER, "{what}");
                if !is_known {
                    assert!(
                        ["login_required", "invalid_request"].contains(&sent["error"].as_str()),
                        "{what}"
                    );
                }
                // A second one would be for whoever reads the last, or the first.
                let text = if answer.status == 200 { answer.text() } else { answer.location() };
                let said = ["?iss=", "&iss=", "#iss=", "name=\"iss\""].map(|word| text.matches(word).count());
                let is_signed = text.contains("response=") || text.contains("name=\"response\"");
                assert_eq!(said.iter().sum::<usize>(), usize::from(!is_signed), "{what}");
                walked += 1;
            }
        }
    }
    assert_eq!(walked, 7 * 8 * 2);
}

/// The attacker's own client, with a key.
async fn evil_client(bank: &Bank) -> Signer {
    let key = Signer::new(Algorithm::ES256, "evil");
    let mut client = crate::harness::client("evil");
    client["token_endpoint_auth_method"] = json!("private_key_jwt");
    client["token_endpoint_auth_signing_alg"] = json!("ES256");
    client["jwks"] = json!({"keys": [key.public()]});
    client["tls_client_certificate_bound_access_tokens"] = json!(true);
    bank.app.add_client(client).await;
    key
}

fn of_evil(key: &Signer, jti: &str) -> String {
    let now = NOW.seconds();
    let claims =
        json!({"iss": "evil", "sub": "evil", "aud": ISSUER, "jti": jti, "iat": now, "exp": now + 60});
    key.sign_as("JWT", &claims)
}
