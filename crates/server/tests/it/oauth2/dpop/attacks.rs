//! Proofs that prove nothing (RFC 9449 §4.3, §11).

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, JwtSigner, SigningKey, base64url};
use symbolon_server::oauth2::dpop::DPOP;

use super::{key, own_token, redeem, server};
use crate::harness::{DpopKey, NOW, Proof, SECRET, TOKEN, TestApp};

async fn reason(server: &TestApp, proof: &Proof<'_>) -> String {
    own_token(server, proof).await.reason()
}

async fn reason_of(server: &TestApp, proof: &str) -> String {
    let form = [("grant_type", "client_credentials")];
    server.post(TOKEN).basic("client", SECRET).form(&form).header(DPOP, proof).await.reason()
}

#[tokio::test]
async fn a_proof_is_good_once() {
    let server = server().await;
    let key = key();
    let proof = key.proof("POST", TOKEN);
    own_token(&server, &proof).await.ok();
    insta::assert_snapshot!(reason(&server, &proof).await, @"400 invalid_dpop_proof dpop_proof_used_twice");
    // The same jti in a proof that was signed anew.
    insta::assert_snapshot!(reason(&server, &proof.with("x", 1)).await, @"400 invalid_dpop_proof dpop_proof_used_twice");
}

#[tokio::test]
async fn of_many_requests_with_one_proof_one_gets_a_token() {
    let server = server().await;
    let key = key();
    let proof = key.proof("POST", TOKEN);
    let request = || own_token(&server, &proof);
    let answers = tokio::join!(request(), request(), request(), request());
    let statuses = [answers.0.status, answers.1.status, answers.2.status, answers.3.status];
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn another_key_may_use_the_same_jti() {
    let server = server().await;
    for key in [key(), key()] {
        own_token(&server, &key.proof("POST", TOKEN).with("jti", "1")).await.ok();
    }
}

#[tokio::test]
async fn a_replayed_proof_spends_no_code() {
    let server = server().await;
    super::add_code(&server, None).await;
    let key = key();
    let seen = key.proof("POST", TOKEN);
    own_token(&server, &seen).await.ok();
    assert_eq!(redeem(&server, Some(&seen)).await.reason(), "400 invalid_dpop_proof dpop_proof_used_twice");
    redeem(&server, Some(&key.proof("POST", TOKEN))).await.ok();
}

#[tokio::test]
async fn a_proof_of_a_stranger_writes_nothing() {
    let server = server().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", "guessed"),
        ("redirect_uri", "x"),
    ];
    server.post(TOKEN).form(&form).proof(&key().proof("POST", TOKEN)).await.refused();
    assert_eq!(server.rows_of("used_values").await, 0);
}

#[tokio::test]
async fn a_proof_for_another_request_is_refused() {
    let server = server().await;
    let key = key();
    insta::assert_snapshot!(own_token(&server, &key.proof("GET", TOKEN)).await.refused(), @r"
    400 invalid_dpop_proof: The htm of the DPoP proof is not the method of the request.
    reason: dpop_proof_other_method
    expected: POST
    got: GET
    client: client
    ");
    for htu in [
        "https://localhost:8443/default/default/userinfo",
        "https://localhost:8443/default/admin/oauth2/token",
        "https://evil.example/default/default/oauth2/token",
        "http://localhost:8443/default/default/oauth2/token",
        "https://localhost/default/default/oauth2/token",
        "/default/default/oauth2/token",
    ] {
        let proof = key.proof("POST", TOKEN).with("htu", htu);
        assert_eq!(reason(&server, &proof).await, "400 invalid_dpop_proof dpop_proof_other_address", "{htu}");
    }
    for htu in [
        "HTTPS://LOCALHOST:8443/default/default/oauth2/token",
        "https://localhost:8443/default/default/oauth2/token?a=b#c",
    ] {
        own_token(&server, &key.proof("POST", TOKEN).with("htu", htu)).await.ok();
    }
}

#[tokio::test]
async fn the_address_for_mutual_tls_is_an_address_too() {
    let settings = [("server.url", "https://id.example"), ("server.mtls_url", "https://mtls.id.example")];
    let server = TestApp::with_settings(&settings).await;
    server
        .add_client(
            json!({"client_id": "client", "client_secret": SECRET, "grant_types": ["client_credentials"]}),
        )
        .await;
    let key = key();
    for base in ["https://id.example", "https://id.example:443", "https://mtls.id.example"] {
        let proof = key.proof("POST", TOKEN).with("htu", format!("{base}{TOKEN}"));
        let form = [("grant_type", "client_credentials")];
        let mut request = server.post(TOKEN).basic("client", SECRET).form(&form).proof(&proof);
        request.headers_mut().insert(http::header::HOST, "id.example".parse().unwrap());
        request.await.ok();
    }
}

#[tokio::test]
async fn a_proof_is_of_now() {
    let server = server().await;
    let key = key();
    let at = |offset: i64| key.proof("POST", TOKEN).with("iat", NOW.seconds() + offset);
    for good in [-10, 0, 10] {
        own_token(&server, &at(good)).await.ok();
    }
    for bad in [-3600, -91, 31, 3600] {
        assert_eq!(reason(&server, &at(bad)).await, "400 invalid_dpop_proof dpop_proof_wrong_time", "{bad}");
    }
    let unusual = key.proof("POST", TOKEN).with("nbf", NOW.seconds()).with("exp", NOW.seconds() + 300);
    own_token(&server, &unusual).await.ok();
}

#[tokio::test]
async fn every_claim_is_required() {
    let server = server().await;
    let key = key();
    for name in ["jti", "htm", "htu", "iat"] {
        let answer = own_token(&server, &key.proof("POST", TOKEN).without(name)).await;
        let refusal = answer.refusal.unwrap();
        assert_eq!((answer.status, &*refusal.error), (400, "invalid_dpop_proof"), "{name}");
        let wrong = own_token(&server, &key.proof("POST", TOKEN).with(name, json!(["x"]))).await;
        assert_eq!((wrong.status, &*wrong.refusal.unwrap().error), (400, "invalid_dpop_proof"), "{name}");
    }
}

#[tokio::test]
async fn a_jwt_of_another_kind_is_no_proof() {
    let server = server().await;
    let key = key();
    for typ in ["", "JWT", "at+jwt", "dpop"] {
        let proof = Proof { typ, ..key.proof("POST", TOKEN) };
        assert_eq!(reason(&server, &proof).await, "400 invalid_dpop_proof dpop_proof_wrong_typ", "{typ}");
    }
    assert_eq!(reason_of(&server, "no.jwt").await, "400 invalid_dpop_proof dpop_proof_malformed");
    let form = [("grant_type", "client_credentials")];
    let two = server.post(TOKEN).basic("client", SECRET).form(&form);
    let two = two.proof(&key.proof("POST", TOKEN)).proof(&key.proof("POST", TOKEN)).await;
    assert_eq!(two.reason(), "400 invalid_dpop_proof dpop_header_repeated");
}

#[tokio::test]
async fn only_a_public_key_and_its_own_signature_count() {
    let server = server().await;
    let (key, other) = (key(), key());
    let with_jwk = |jwk: Option<Value>| {
        let mut proof = key.proof("POST", TOKEN);
        proof.header.remove("jwk");
        proof.header.extend(jwk.map(|jwk| ("jwk".to_owned(), jwk)));
        proof
    };
    assert_eq!(reason(&server, &with_jwk(None)).await, "400 invalid_dpop_proof dpop_proof_key_unusable");
    assert_eq!(
        reason(&server, &with_jwk(Some(json!("x")))).await,
        "400 invalid_dpop_proof dpop_proof_key_unusable"
    );
    let foreign = other.proof("POST", TOKEN).header["jwk"].clone();
    assert_eq!(
        reason(&server, &with_jwk(Some(foreign))).await,
        "400 invalid_dpop_proof dpop_proof_signature_wrong"
    );
    let mut private = key.proof("POST", TOKEN).header["jwk"].clone();
    private["d"] = json!("c2VjcmV0");
    assert_eq!(
        reason(&server, &with_jwk(Some(private))).await,
        "400 invalid_dpop_proof dpop_proof_key_private"
    );
    // An address where a key may be found is not followed.
    let mut by_address = with_jwk(None);
    by_address.header.insert("jku".to_owned(), json!("https://evil.example/jwks"));
    assert_eq!(reason(&server, &by_address).await, "400 invalid_dpop_proof dpop_proof_key_unusable");
}

#[tokio::test]
async fn neither_unsigned_nor_shared_secret_proofs_count() {
    let server = server().await;
    let key = key();
    let proof = key.proof("POST", TOKEN);
    let part = |value: &Value| base64url::encode(value.to_string());
    let header = json!({"alg": "none", "typ": "dpop+jwt", "jwk": proof.header["jwk"]});
    let unsigned = format!("{}.{}.", part(&header), part(&proof.claims));
    assert_eq!(reason_of(&server, &unsigned).await, "400 invalid_dpop_proof dpop_proof_malformed");
    let secret = SigningKey::from_secret(Algorithm::HS256, SECRET.as_bytes()).unwrap();
    for jwk in [json!({"kty": "oct", "k": base64url::encode(SECRET)}), proof.header["jwk"].clone()] {
        let members = serde_json::Map::from_iter([("jwk".to_owned(), jwk)]);
        let signer = JwtSigner::with_members(secret.clone(), "", "dpop+jwt", &members).unwrap();
        let shared = signer.sign_json(&proof.claims).unwrap();
        assert_eq!(reason_of(&server, &shared).await, "400 invalid_dpop_proof dpop_proof_malformed");
    }
    let rsa = DpopKey::new(Algorithm::RS256);
    assert_eq!(
        reason(&server, &rsa.proof("POST", TOKEN)).await,
        "400 invalid_dpop_proof dpop_proof_malformed"
    );
}
