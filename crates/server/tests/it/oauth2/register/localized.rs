//! Names and pages in several languages (RFC 7591 §2.2, OpenID Connect Registration §2.1).

use serde_json::{Value, json};
use symbolon_store::entity::Client;

use super::{REGISTER, open, register, registered, text, with};
use crate::harness::{Browser, TestApp, authorize};

/// What a client says in several languages; that of one may be an address of another host.
fn said() -> Value {
    json!({
        "client_name": "Calendar",
        "client_name#de": "Kalender",
        "client_name#ja-Kana-JP": "カレンダー",
        "client_uri#de": "https://kalender.example/",
        "logo_uri#ar": "https://client.example.org/ar.png",
        "policy_uri#de": "https://client.example.org/datenschutz",
        "tos_uri": "https://client.example.org/terms",
        "tos_uri#fr-CA": "https://client.example.org/conditions",
    })
}

/// What is told of a client that has a language, or could.
fn told(client: &Value) -> Value {
    let members = ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri", "localized"];
    let all = client.as_object().unwrap().iter();
    let told = all.filter(|(name, _)| members.contains(&name.split('#').next().unwrap()));
    Value::Object(told.map(|(name, value)| (name.clone(), value.clone())).collect())
}

async fn put(app: &TestApp, client: &Value, body: &Value) -> crate::harness::Answer {
    let path = format!("{REGISTER}/{}", text(client, "client_id"));
    let token = text(client, "registration_access_token");
    app.request("PUT", &path).bearer(token).body("application/json", body.to_string()).await
}

#[tokio::test]
async fn what_is_said_in_several_languages_comes_back() {
    let app = open().await;
    let client = registered(&app, said()).await;
    assert_eq!(told(&client), said());
    let path = format!("{REGISTER}/{}", text(&client, "client_id"));
    let read = app.get(&path).bearer(text(&client, "registration_access_token")).await.ok();
    assert_eq!(told(&read), said());
    let stored = app.store().find::<Client>(text(&client, "client_id")).await.unwrap().unwrap().value;
    assert_eq!(stored.localized.len(), 6);
    assert_eq!(stored.localized["client_name#ja-Kana-JP"], "カレンダー");
}

/// RFC 7592 §2.2: what is not in the body is gone.
#[tokio::test]
async fn a_language_that_is_left_out_is_gone() {
    let app = open().await;
    let client = registered(&app, said()).await;
    let change = json!({
        "client_id": client["client_id"], "client_name": "Calendar", "client_name#de": "Terminkalender",
        "client_name#ja-Kana-JP": null, "tos_uri#fr-CA": "",
    });
    let changed = put(&app, &client, &with(change)).await.ok();
    assert_eq!(told(&changed), json!({"client_name": "Calendar", "client_name#de": "Terminkalender"}));
    let none = with(json!({"client_id": client["client_id"], "client_name": "Calendar"}));
    let changed = put(&app, &changed, &none).await.ok();
    assert_eq!(told(&changed), json!({"client_name": "Calendar"}));
    let refused = with(json!({"client_id": client["client_id"], "tos_uri#de": "javascript:alert(1)"}));
    let refused = put(&app, &changed, &refused).await;
    assert_eq!(refused.reason(), "400 invalid_client_metadata client_metadata_refused");
}

/// Whoever could not say it without a language cannot say it in one.
#[tokio::test]
async fn a_language_is_no_way_around_the_rules() {
    let app = open().await;
    let long_name = "B".repeat(201);
    let long_uri = format!("https://client.example.org/{}", "a".repeat(2048));
    let many = |count: usize| {
        let names = (0..count).map(|index| (format!("client_name#de-x-{index}"), json!("Bank")));
        Value::Object(names.collect())
    };
    for (member, more) in [
        ("tos_uri#de", json!({"tos_uri#de": "javascript:alert(1)"})),
        ("tos_uri#de", json!({"tos_uri#de": " javascript:alert(1)"})),
        ("policy_uri#de", json!({"policy_uri#de": "data:text/html,x"})),
        ("logo_uri#de", json!({"logo_uri": "https://a.example/", "logo_uri#de": "data:image/svg+xml,x"})),
        ("logo_uri#fr-CA", json!({"logo_uri#fr-CA": "javascript:alert(1)"})),
        ("client_uri#de", json!({"client_uri#de": "/home"})),
        ("client_uri#de", json!({"client_uri#de": long_uri})),
        ("client_name#de", json!({"client_name": "Bank", "client_name#de": "Bank \u{202e}elpmaxe"})),
        ("client_name#de", json!({"client_name#de": "Bank\u{200b}"})),
        ("client_name#de", json!({"client_name#de": long_name})),
        ("client_name#de", json!({"client_name#de": "A", "client_name#DE": "B"})),
        ("client_name# is followed", json!({"client_name#": "Bank"})),
        ("client_name# is followed", json!({"client_name#de_DE": "Bank"})),
        ("client_name# is followed", json!({"client_name#de#pl": "Bank"})),
        ("client_name# is followed", json!({"client_name#<script>": "Bank"})),
        ("tos_uri# is followed", json!({"tos_uri#i-klingon": "https://a.example/"})),
        ("one too many", many(101)),
    ] {
        let answer = register(&app, with(more.clone())).await;
        assert_eq!(answer.reason(), "400 invalid_client_metadata client_metadata_refused", "{more}");
        let description = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert!(description.contains(member), "{more}: {description}");
    }
    for wrong in [json!(["Bank"]), json!({"de": "Bank"}), json!(1)] {
        let answer = register(&app, with(json!({"client_name#de": wrong}))).await;
        assert_eq!(answer.reason(), "400 invalid_client_metadata client_metadata_malformed", "{wrong}");
        assert!(answer.text().contains("client_name#de: the value is of the wrong type."));
    }
    assert_eq!(app.rows_of("registrations").await, 0);
    assert_eq!(register(&app, with(many(100))).await.status, 201);
}

/// Only what people read has languages; the rest is metadata that nobody knows (RFC 7591 §2).
#[tokio::test]
async fn what_is_not_for_people_has_no_language() {
    let app = open().await;
    let more = json!({
        "redirect_uris#de": ["https://evil.example/"], "scope#de": "manage_tenant", "jwks_uri#de": "x",
        "localized": {"client_name#de": "Bank", "tos_uri#de": "javascript:alert(1)"},
    });
    let client = registered(&app, more).await;
    assert!(client.as_object().unwrap().keys().all(|name| !name.contains('#')), "{client}");
    let stored = app.store().find::<Client>(text(&client, "client_id")).await.unwrap().unwrap().value;
    assert_eq!(stored.localized.len(), 0);
}

#[tokio::test]
async fn a_person_reads_the_name_in_their_language() {
    let app = open().await;
    app.add_people("default", &["user"]).await;
    let client = registered(&app, said()).await;
    let request = authorize(&[
        ("client_id", text(&client, "client_id")),
        ("response_type", "code"),
        ("redirect_uri", "https://client.example.org/callback"),
        ("scope", "openid"),
        ("ui_locales", "de-AT"),
    ]);
    let (_, page) = Browser::new(&app).open(&request).await;
    assert!(page.page().text().contains("Kalender"), "{}", page.page().text());
}
