//! Rules whose breach is told to the client, with `state` and `iss` (RFC 6749 §4.1.2.1, RFC 9207).

use serde_json::json;
use url::Url;

use crate::harness::{Browser, CALLBACK, TestApp, authorize, client};

/// A right request with some parameters changed, added, or taken away (empty).
fn changed(changes: &[(&str, &str)]) -> String {
    let right = [
        ("client_id", "client"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "of the client"),
    ];
    let kept = right.iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    authorize(&kept.chain(changes).copied().collect::<Vec<_>>())
}

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn a_broken_rule_is_told_to_the_client() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let long = "n".repeat(5000);
    for (changes, expected) in [
        (&[("response_type", "")][..], "invalid_request [response_type_missing]"),
        (&[("response_type", "CODE")], "unsupported_response_type [response_type_unknown]"),
        (&[("response_mode", "web_message")], "invalid_request [response_mode_not_supported]"),
        (&[("response_mode", "x\" onload=\"")], "invalid_request [response_mode_not_supported]"),
        (&[("request", "e30.e30.")], "invalid_request_object [request_object_malformed]"),
        (&[("request_uri", "https://evil.example")], "invalid_request_uri [request_uri_not_registered]"),
        (&[("registration", "{}")], "registration_not_supported [registration_not_supported]"),
        (&[("scope", "openid \"")], "invalid_scope [scope_malformed]"),
        (&[("scope", "openid é")], "invalid_scope [scope_malformed]"),
        (&[("scope", "openid nonsense")], "invalid_scope [scope_unknown]"),
        (&[("scope", "openid phone")], "invalid_scope [scope_not_registered]"),
        (&[("scope", "OpenID")], "invalid_scope [scope_unknown]"),
        (&[("nonce", &long)], "invalid_request [nonce_too_long]"),
        (&[("code_challenge", CHALLENGE)], "invalid_request [code_challenge_plain]"),
        (
            &[("code_challenge", CHALLENGE), ("code_challenge_method", "plain")],
            "invalid_request [code_challenge_plain]",
        ),
        (
            &[("code_challenge", CHALLENGE), ("code_challenge_method", "s256")],
            "invalid_request [code_challenge_method_unknown]",
        ),
        (
            &[("code_challenge", "short"), ("code_challenge_method", "S256")],
            "invalid_request [code_challenge_malformed]",
        ),
        (
            &[("code_challenge", &format!("{CHALLENGE}=")), ("code_challenge_method", "S256")],
            "invalid_request [code_challenge_malformed]",
        ),
        (&[("code_challenge_method", "S256")], "invalid_request [code_challenge_missing]"),
        (&[("prompt", "LOGIN")], "invalid_request [prompt_malformed]"),
        (&[("prompt", "create")], "invalid_request [prompt_not_supported]"),
        (&[("prompt", "none login")], "invalid_request [prompt_malformed]"),
        (&[("max_age", "-1")], "invalid_request [max_age_malformed]"),
        (&[("max_age", "1.5")], "invalid_request [max_age_malformed]"),
        (&[("max_age", "99999999999999999999")], "invalid_request [max_age_malformed]"),
        (&[("id_token_hint", "nonsense")], "invalid_request [id_token_hint_invalid]"),
        (
            &[("id_token_hint", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")],
            "invalid_request [id_token_hint_invalid]",
        ),
    ] {
        let answer = browser.get(&changed(changes)).await;
        assert_eq!(answer.refused_to_client(), format!("{CALLBACK} {expected}"), "{changes:?}");
        assert_eq!(answer.sends("state").as_deref(), Some("of the client"), "{changes:?}");
        assert_eq!(answer.record().client_id.as_deref(), Some("client"));
        // RFC 6749 §4.1.2.1: %x20-21 / %x23-5B / %x5D-7E
        let description = answer.sends("error_description").unwrap();
        let fine = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
        assert!(!description.is_empty() && description.chars().all(fine), "{description}");
    }
}

#[tokio::test]
async fn state_comes_back_as_it_went() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let long = "s".repeat(4096);
    for state in ["é&=+%\r\n\tSet-Cookie: x=1", "a+b c", "%2e%2e", "<script>", "\u{202e}", "#", &long] {
        let answer = browser.get(&changed(&[("state", state), ("prompt", "none")])).await;
        assert_eq!(answer.sends("state").as_deref(), Some(state));
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    let answer = browser.get(&changed(&[("state", ""), ("prompt", "none")])).await;
    assert_eq!(answer.sends("state"), None);
}

/// What is kept while a person logs in is small: a stranger writes it.
#[tokio::test]
async fn what_is_too_long_to_be_kept_is_refused() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let state = "s".repeat(4097);
    let answer = browser.get(&changed(&[("state", &state)])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_request [state_too_long]"));
    assert_eq!(answer.sends("state"), None, "it is not sent about either");

    let hint = "h".repeat(2000);
    let (path, answer) = browser.open(&changed(&[("login_hint", &hint), ("ui_locales", &hint)])).await;
    assert!(path.contains("/interaction/"));
    assert!(!answer.text().contains(&hint), "a hint that nobody could have meant is no hint");
}

#[tokio::test]
async fn an_answer_in_the_fragment_stays_in_the_browser() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let asked = changed(&[("response_mode", "fragment"), ("prompt", "none")]);
    let answer = browser.get(&asked).await;
    let url = Url::parse(answer.location()).unwrap();
    assert_eq!(url.query(), None);
    let fragment = url.fragment().unwrap();
    assert!(fragment.starts_with("error=login_required&"), "{fragment}");
    assert!(
        fragment.ends_with("&state=of+the+client&iss=https%3A%2F%2Flocalhost%3A8443%2Fdefault%2Fdefault")
    );
}

#[tokio::test]
async fn parameters_of_the_registered_address_stay_where_they_are() {
    let app = TestApp::with_people().await;
    let mut with_query = client("query");
    with_query["redirect_uris"] = json!(["https://example.com/cb?code=mine&x=%20"]);
    app.add_client(with_query).await;
    let asked = authorize(&[("client_id", "query"), ("response_type", "code"), ("prompt", "none")]);
    let answer = Browser::new(&app).get(&asked).await;
    assert!(answer.location().starts_with("https://example.com/cb?code=mine&x=%20&error=login_required&"));
}

#[tokio::test]
async fn pkce_is_asked_of_whom_the_workspace_says() {
    let app = TestApp::with_people().await;
    let mut public = client("public");
    public["token_endpoint_auth_method"] = json!("none");
    app.add_client(public).await;
    let browser = Browser::new(&app);
    let silent = |client_id| changed(&[("client_id", client_id), ("prompt", "none")]);
    let with_pkce = |client_id| {
        changed(&[
            ("client_id", client_id),
            ("prompt", "none"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ])
    };
    let required = format!("{CALLBACK} invalid_request [code_challenge_required]");
    let passed = format!("{CALLBACK} login_required [login_required]");

    // RFC 9700 §2.1.1: public clients must, unless the workspace lets them off.
    assert_eq!(browser.get(&silent("public")).await.refused_to_client(), required);
    assert_eq!(browser.get(&silent("client")).await.refused_to_client(), passed);
    app.change_workspace(|server| server.enforce_pkce_for_public_clients = false).await;
    assert_eq!(browser.get(&silent("public")).await.refused_to_client(), passed);
    app.change_workspace(|server| server.enforce_pkce = true).await;
    assert_eq!(browser.get(&silent("client")).await.refused_to_client(), required);
    for client_id in ["client", "public"] {
        assert_eq!(browser.get(&with_pkce(client_id)).await.refused_to_client(), passed);
    }
}

#[tokio::test]
async fn pkce_is_not_asked_where_no_code_is_issued() {
    let app = TestApp::with_people().await;
    let mut both = client("both");
    both["grant_types"] = json!(["authorization_code", "implicit"]);
    both["response_types"] = json!(["id_token", "code id_token"]);
    app.add_client(both).await;
    app.change_workspace(|server| {
        server.enforce_pkce = true;
        server.grant_types.push("implicit".to_owned());
    })
    .await;
    let browser = Browser::new(&app);
    let asked = |response_type| {
        let changes =
            [("client_id", "both"), ("prompt", "none"), ("nonce", "n"), ("response_type", response_type)];
        changed(&changes)
    };
    for (response_type, error) in [("id_token", "login_required"), ("code id_token", "invalid_request")] {
        let answer = browser.get(&asked(response_type)).await;
        let told = format!("{CALLBACK}#error={error}");
        assert!(answer.location().starts_with(&told), "{response_type}: {}", answer.location());
    }
}

#[tokio::test]
async fn a_client_gets_no_response_type_it_has_not_registered() {
    let app = TestApp::with_people().await;
    let mut hybrid = client("hybrid");
    hybrid["response_types"] = json!(["token", "id_token"]);
    app.add_client(hybrid).await;
    let answer = Browser::new(&app).get(&changed(&[("client_id", "hybrid")])).await;
    assert_eq!(
        answer.refused_to_client(),
        format!("{CALLBACK} unauthorized_client [response_type_not_registered]")
    );
}
