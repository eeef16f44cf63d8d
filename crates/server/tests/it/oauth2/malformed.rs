//! Forms that no endpoint takes, at every endpoint that takes a form.

use crate::harness::TestApp;

const FORM: &str = "application/x-www-form-urlencoded";
const RESOURCE_METADATA: &str =
    "https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo";
const ENDPOINTS: [&str; 5] = ["par", "oauth2/token", "oauth2/introspect", "oauth2/revoke", "userinfo"];

#[tokio::test]
async fn every_endpoint_refuses_them_alike() {
    let app = TestApp::with_settings(&[("limits.body_size", "1KiB")]).await;
    let large = "x".repeat(1025);
    for endpoint in ENDPOINTS {
        let path = format!("/default/default/{endpoint}");
        for (content_type, body, expected) in [
            ("application/json", "{}", "400 invalid_request content_type_wrong"),
            ("text/plain", "token=x", "400 invalid_request content_type_wrong"),
            (FORM, "token=a&token=b", "400 invalid_request form_repeated_parameter"),
            (FORM, "token=%ff", "400 invalid_request form_not_utf8"),
            (FORM, "token=%f", "400 invalid_request form_bad_escape"),
            (FORM, "token=%00", "400 invalid_request form_nul"),
            (FORM, large.as_str(), "413 invalid_request body_too_large"),
        ] {
            let answer = app.post(&path).body(content_type, body.to_owned()).await;
            assert_eq!(answer.reason(), expected, "{endpoint} {content_type} {:.20}", body);
        }
    }
}

#[tokio::test]
async fn nobody_is_told_anything_without_saying_who_they_are() {
    let app = TestApp::new().await;
    for endpoint in ENDPOINTS {
        let path = format!("/default/default/{endpoint}");
        let answer = app.post(&path).form(&[("client_id", "nobody"), ("token", "x")]).await;
        assert_eq!(answer.status, 401, "{endpoint}");
        let challenge = answer.header(http::header::WWW_AUTHENTICATE);
        let expected = match endpoint {
            "userinfo" => format!("Bearer realm=\"oauth2\", resource_metadata=\"{RESOURCE_METADATA}\""),
            _ => String::new(),
        };
        assert_eq!(challenge, expected, "{endpoint}");
        answer.refused();
    }
}
