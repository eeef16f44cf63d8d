//! Logout, and how clients learn of it.

use serde_json::Value;
use symbolon_jose::sha256;
use symbolon_server::oauth2::backchannel_logout::deliver;

use super::walk::{self, PROFILES, Walk};
use crate::harness::{LOGOUT, decode};

#[tokio::test]
async fn clients_are_told_of_a_logout_in_both_ways() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        for member in [
            "backchannel_logout_supported",
            "backchannel_logout_session_supported",
            "frontchannel_logout_supported",
            "frontchannel_logout_session_supported",
        ] {
            assert!(walk.says(member), "{}: {member}", walk.name);
        }
        let told = walk.remote.url.clone();
        walk.app
            .change_client("client", |client| {
                client.backchannel_logout_uri = Some(told);
                client.frontchannel_logout_uri = Some("https://example.com/out".to_owned());
            })
            .await;
        let browser = walk.signed_in().await;
        let tokens = walk.tokens(&browser, &[]).await;
        let id_token = tokens["id_token"].as_str().unwrap();
        let session = decode(id_token).1["sid"].clone();
        let heard = walk.remote.asked();
        let page = browser.get(&format!("{LOGOUT}?id_token_hint={id_token}")).await;
        let frame = page.text().split("<iframe src=\"https://example.com/out").nth(1);
        let frame =
            frame.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{}", page.text()));
        assert!(frame.ends_with(&format!("sid={}", session.as_str().unwrap())), "{}: {frame}", walk.name);
        deliver::run_once(&walk.app.app).await;
        let told = &walk.remote.heard()[heard..];
        assert_eq!(told.len(), 1, "{}", walk.name);
        let logout_token = told[0].body.strip_prefix("logout_token=").unwrap();
        let claims = decode(logout_token).1;
        assert_eq!((&claims["sid"], &claims["aud"]), (&session, &Value::from("client")), "{}", walk.name);
    }
}

/// OpenID Connect Session Management 1.0 §3.2.
#[tokio::test]
async fn a_page_learns_of_a_logout() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let frame = walk.document["check_session_iframe"].as_str().unwrap();
        let page = walk.app.get(frame.strip_prefix("https://localhost:8443").unwrap()).await;
        let cookie =
            page.text().split("data-cookie=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let browser = walk.signed_in().await;
        let answer = browser.get(&walk.asked("code", &[]).await).await;
        let session_state = walk::sent(&answer)["session_state"].clone();
        let (_, salt) = session_state.split_once('.').unwrap();
        let check = || {
            let own = browser.cookie(&cookie).unwrap_or_else(|| panic!("no {cookie}"));
            let digest = sha256(format!("client https://example.com {own} {salt}").as_bytes());
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            session_state == format!("{hex}.{salt}")
        };
        assert!(check(), "{}", walk.name);
        let page = browser.get(LOGOUT).await;
        browser.press(LOGOUT, &page, "logout").await;
        assert!(!check(), "{}", walk.name);
    }
}
