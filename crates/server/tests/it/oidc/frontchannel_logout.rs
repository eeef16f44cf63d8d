//! Clients that log out in frames: Front-Channel Logout 1.0.

use http::header::CONTENT_SECURITY_POLICY;
use serde_json::{Value, json};
use symbolon_store::entity::client::SubjectType;

use crate::api::Console;
use crate::harness::{Browser, LOGOUT, SECRET, TestApp, client, decode, request};

const FRAME: &str = "https://example.com/frontchannel_logout?a=1";
const BYE: &str = "https://example.com/bye";

async fn with_frame() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_client("client", |client| client.frontchannel_logout_uri = Some(FRAME.to_owned())).await;
    app
}

async fn signed_in(app: &TestApp) -> (Browser<'_>, String) {
    let browser = Browser::new(app);
    let code = browser.sign_in(&request("openid"), "user").await.code();
    let id_token = app.redeem(&code).await["id_token"].as_str().unwrap().to_owned();
    (browser, id_token)
}

fn logout(id_token: &str, more: &str) -> String {
    format!("{LOGOUT}?id_token_hint={id_token}{more}")
}

fn frames(text: &str) -> Vec<&str> {
    text.split("<iframe src=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn the_page_shows_each_clients_logout_page_and_goes_on() {
    let app = with_frame().await;
    app.add_client(client("second")).await;
    app.change_client("second", |client| {
        client.frontchannel_logout_uri = Some("https://example.com:8443/out".to_owned());
    })
    .await;
    app.add_client(client("not-there")).await;
    app.change_client("not-there", |client| {
        client.frontchannel_logout_uri = Some("https://not.example/".into());
    })
    .await;
    let (browser, id_token) = signed_in(&app).await;
    browser.sign_in(&request("openid").replace("=client&", "=second&"), "user").await.code();
    let asked = logout(&id_token, &format!("&post_logout_redirect_uri={BYE}&state=a%26b"));
    let answer = browser.get(&asked).await;
    assert_eq!(answer.page().heading(), "You are signed out");
    let sid = decode(&id_token).1["sid"].as_str().unwrap().to_owned();
    let iss = "iss=https%3A%2F%2Flocalhost%3A8443%2Fdefault%2Fdefault";
    let mut shown = frames(answer.text());
    shown.sort_unstable();
    assert_eq!(
        shown,
        [
            format!("https://example.com/frontchannel_logout?a=1&amp;{iss}&amp;sid={sid}"),
            format!("https://example.com:8443/out?{iss}&amp;sid={sid}"),
        ]
    );
    let policy = answer.header(CONTENT_SECURITY_POLICY);
    assert!(policy.contains("; frame-src https://example.com https://example.com:8443;"), "{policy}");
    assert!(answer.text().contains("id=\"next\" href=\"https://example.com/bye?state=a%26b\""));
    assert!(answer.text().contains("content=\"5;url=https://example.com/bye?state=a%26b\""));
    assert_eq!(browser.cookie("__Host-session.default.default"), None);
    assert_eq!(app.rows_of("sessions").await, 0);
    assert_eq!(
        browser.get(&asked).await.location(),
        format!("{BYE}?state=a%26b"),
        "there is nobody left to tell"
    );
}

#[tokio::test]
async fn without_an_address_to_go_to_the_page_stays() {
    let app = with_frame().await;
    let (browser, _) = signed_in(&app).await;
    let page = browser.get(LOGOUT).await;
    assert!(frames(page.text()).is_empty(), "nobody is told of a logout that is not confirmed");
    let answer = browser.press(LOGOUT, &page, "logout").await;
    assert_eq!((answer.page().heading().as_str(), frames(answer.text()).len()), ("You are signed out", 1));
    assert!(!answer.text().contains("id=\"next\"") && !answer.text().contains("http-equiv"));
}

#[tokio::test]
async fn who_only_had_a_login_of_another_session_gets_no_frame() {
    let app = with_frame().await;
    app.add_client(client("second")).await;
    let (browser, _) = signed_in(&app).await;
    let second = request("openid").replace("=client&", "=second&");
    let elsewhere = Browser::new(&app);
    let code = elsewhere.sign_in(&second, "user").await.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://example.com/callback"),
    ];
    let tokens = app.post("/default/default/oauth2/token").basic("second", SECRET).form(&form).await.ok();
    let answer = elsewhere.get(&logout(tokens["id_token"].as_str().unwrap(), "")).await;
    assert!(frames(answer.text()).is_empty());
    assert!(browser.cookie("__Host-session.default.default").is_some());
}

/// §2: a client frames pages of its own, nobody else's.
#[tokio::test]
async fn the_management_api_takes_addresses_of_the_clients_own_origin() {
    let console = Console::new().await;
    let with = |uri: &str| {
        json!({"client_id": "front", "authorization_server_id": "default", "redirect_uris": ["https://app.example/cb"],
            "frontchannel_logout_uri": uri, "frontchannel_logout_session_required": true,
            "backchannel_logout_uri": "https://back.example/logout"})
    };
    for uri in ["https://evil.example/x", "javascript:alert(1)", "https://app.example/x#y"] {
        let refused = console.post("/clients", &with(uri)).await;
        assert_eq!(refused.status, 422, "{uri}");
        assert!(refused.json()["details"]["frontchannel_logout_uri"].is_string(), "{}", refused.text());
    }
    let mut back = with("https://app.example/x");
    for uri in ["http://back.example/logout", "https://back.example/logout#x", "ftp://x/", "x"] {
        back["backchannel_logout_uri"] = uri.into();
        let refused = console.post("/clients", &back).await;
        assert!(refused.json()["details"]["backchannel_logout_uri"].is_string(), "{uri} {}", refused.text());
    }
    let made: Value = console.post("/clients", &with("https://app.example/x?y=z")).await.created();
    assert_eq!(made["frontchannel_logout_uri"], "https://app.example/x?y=z");
    assert_eq!(made["frontchannel_logout_session_required"], true);
    let metadata = console.app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["frontchannel_logout_supported"], true);
    assert_eq!(metadata["frontchannel_logout_session_supported"], true);
}

/// What is framed is somebody else's page: it must not lead this one away, nor add to it by its address.
#[tokio::test]
async fn a_frame_cannot_lead_the_page_away_or_add_to_it() {
    let app = with_frame().await;
    let odd = "https://example.com/x?\"><script>alert(1)</script>;script-src *";
    app.change_client("client", |client| client.frontchannel_logout_uri = Some(odd.to_owned())).await;
    let (browser, id_token) = signed_in(&app).await;
    let answer = browser.get(&logout(&id_token, "")).await;
    assert_eq!(frames(answer.text()).len(), 1);
    assert!(!answer.text().contains("<script>alert"), "{}", answer.text());
    let frame = answer.text().split("<iframe").nth(1).unwrap().split('>').next().unwrap();
    assert!(frame.contains("sandbox=\"allow-scripts allow-same-origin allow-forms\""), "{frame}");
    let policy = answer.header(CONTENT_SECURITY_POLICY);
    assert!(policy.contains("; frame-src https://example.com;") && !policy.contains('*'), "{policy}");
    assert_eq!(answer.header(http::header::X_FRAME_OPTIONS), "DENY");
    assert_eq!(answer.header(http::header::REFERRER_POLICY), "no-referrer");
}

/// OpenID Connect Core §8: what two clients of different sectors are told has nothing in common.
#[tokio::test]
async fn pairwise_clients_know_one_session_by_different_names() {
    let app = with_frame().await;
    app.add_client(client("second")).await;
    for (id, host) in [("client", "one.example"), ("second", "two.example")] {
        app.change_client(id, |client| {
            client.subject_type = SubjectType::Pairwise;
            client.sector_identifier_uri = Some(format!("https://{host}/sector"));
            client.frontchannel_logout_uri = Some("https://example.com/out".to_owned());
        })
        .await;
    }
    let (browser, first) = signed_in(&app).await;
    let code = browser.sign_in(&request("openid").replace("=client&", "=second&"), "user").await.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://example.com/callback"),
    ];
    let tokens = app.post("/default/default/oauth2/token").basic("second", SECRET).form(&form).await.ok();
    let [first_sid, second_sid] = [first.as_str(), tokens["id_token"].as_str().unwrap()]
        .map(|token| decode(token).1["sid"].as_str().unwrap().to_owned());
    assert_ne!(first_sid, second_sid);
    // Each is logged out by its own name, which its own hint is known by.
    let answer = browser.get(&logout(&first, "")).await;
    let mut told: Vec<_> =
        frames(answer.text()).iter().map(|uri| uri.rsplit_once("sid=").unwrap().1).collect();
    let mut sids = [first_sid.as_str(), second_sid.as_str()];
    told.sort_unstable();
    sids.sort_unstable();
    assert_eq!(told, sids);
    assert_eq!(app.rows_of("sessions").await, 0);
}
