//! Tokens that are bound to a certificate, exchanged. Those bound to a key: [`crate::oauth2::dpop::exchange`].

use super::{ACCESS_TOKEN, EXCHANGE, access, app};
use crate::harness::{
    Answer, CALLBACK, SECRET, TOKEN, TestApp, TestAuthority, TestCertificate, TestCode, decode,
};

async fn exchange(app: &TestApp, client: &str, token: &str, shown: Option<&TestCertificate>) -> Answer {
    let form = [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ACCESS_TOKEN)];
    let request = app.post(TOKEN).basic(client, SECRET).form(&form);
    match shown {
        Some(shown) => request.certificate(shown).await,
        None => request.await,
    }
}

/// RFC 8705 §3.1: its own client is its sender. Who it is meant for has it from that sender: a binding is not lost, and
/// becomes its own.
#[tokio::test]
async fn a_bound_token_needs_its_certificate_and_gives_a_bound_one() {
    let app = app().await;
    app.change_client("client", |client| {
        client.tls_client_certificate_bound_access_tokens = true;
        client.grant_types.push(EXCHANGE.to_owned());
    })
    .await;
    let authority = TestAuthority::new("CN=CA");
    let (own, other) = (authority.client("CN=client"), authority.client("CN=other"));
    app.add_code(TestCode { scope: "email", ..TestCode::default() }).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    let tokens = app.post(TOKEN).basic("client", SECRET).form(&form).certificate(&own).await.ok();
    let bound_to = |answer: &Answer| decode(access(&answer.ok())).1["cnf"]["x5t#S256"].clone();

    for (shown, reason) in
        [(None, "certificate_missing_for_binding"), (Some(&other), "token_certificate_mismatch")]
    {
        let refused = exchange(&app, "client", access(&tokens), shown).await;
        assert_eq!(refused.reason(), format!("400 invalid_request {reason}"));
    }
    let again = exchange(&app, "client", access(&tokens), Some(&own)).await;
    assert_eq!(bound_to(&again), own.thumbprint());

    let unbound = exchange(&app, "backend", access(&tokens), None).await;
    assert_eq!(unbound.reason(), "400 invalid_request token_binding_lost");
    let next = exchange(&app, "backend", access(&tokens), Some(&other)).await;
    assert_eq!(bound_to(&next), other.thumbprint());
    // What it has got so is its own: it is its sender now.
    let token = access(&next.ok()).to_owned();
    let stolen = exchange(&app, "backend", &token, Some(&own)).await;
    assert_eq!(stolen.reason(), "400 invalid_request token_certificate_mismatch");
    // And it is nobody else's to bring.
    let stranger = exchange(&app, "stranger", access(&tokens), Some(&other)).await;
    assert_eq!(stranger.reason(), "400 invalid_request token_for_somebody_else");
}
