//! `/{tid}/{aid}/oidc/check_session` and `session_state`: Session Management 1.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use symbolon_jose::sha256;

use crate::harness::{Browser, LOGOUT, TestApp, decode, request, request_with};

const PAGE: &str = "/default/default/oidc/check_session";
const COOKIE: &str = "__Host-browser_state.default.default";

async fn with_session_management() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.advanced.get_or_insert_default().session_management = true).await;
    app
}

/// What the script makes of the browser's cookie (§3.2).
fn check(browser: &Browser<'_>, client: &str, origin: &str, session_state: &str) -> &'static str {
    let (_, salt) = session_state.split_once('.').unwrap();
    let Some(state) = browser.cookie(COOKIE) else { return "changed" };
    let digest = sha256(format!("{client} {origin} {state} {salt}").as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if session_state == format!("{hex}.{salt}") { "unchanged" } else { "changed" }
}

#[tokio::test]
async fn session_state_changes_with_the_login_and_is_for_one_client_and_origin() {
    let app = with_session_management().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&request("openid"), "user").await;
    let state = answer.sends("session_state").unwrap();
    assert_eq!(check(&browser, "client", "https://example.com", &state), "unchanged");
    assert_eq!(check(&browser, "other", "https://example.com", &state), "changed");
    assert_eq!(check(&browser, "client", "https://evil.example", &state), "changed");
    let again = browser.get(&request_with("openid", &[("prompt", "none")])).await;
    let again = again.sends("session_state").unwrap();
    assert_ne!(again, state, "each has its own salt");
    assert_eq!(check(&browser, "client", "https://example.com", &again), "unchanged");

    let page = browser.get(LOGOUT).await;
    browser.press(LOGOUT, &page, "logout").await;
    assert_eq!(browser.cookie(COOKIE).unwrap().len(), 43, "nobody can guess what it is now");
    assert_eq!(check(&browser, "client", "https://example.com", &state), "changed");
    let refused = browser.get(&request_with("openid", &[("prompt", "none")])).await;
    assert_eq!(refused.sends("error").as_deref(), Some("login_required"));
    let refused = refused.sends("session_state").unwrap();
    assert_eq!(
        check(&browser, "client", "https://example.com", &refused),
        "unchanged",
        "nobody is logged in"
    );
    browser.sign_in(&request("openid"), "user").await.code();
    assert_eq!(check(&browser, "client", "https://example.com", &refused), "changed");
    assert_eq!(check(&browser, "client", "https://example.com", &state), "changed", "it is another login");
}

#[tokio::test]
async fn every_response_mode_carries_it() {
    let app = with_session_management().await;
    app.change_client("client", |client| {
        client.grant_types.push("implicit".into());
        client.response_types = ["code", "id_token", "code id_token"].map(str::to_owned).to_vec();
    })
    .await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let fragment = request_with("openid", &[("nonce", "n")]).replace("=code&", "=code+id_token&");
    let answer = browser.get(&fragment).await.fragment();
    assert_eq!(check(&browser, "client", "https://example.com", &answer["session_state"]), "unchanged");
    let form = browser.get(&request_with("openid", &[("response_mode", "form_post")])).await;
    let value =
        form.text().split("name=\"session_state\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(check(&browser, "client", "https://example.com", value), "unchanged");
    let jwt = browser.get(&request_with("openid", &[("response_mode", "jwt")])).await;
    let (_, claims) = decode(jwt.sends("response").unwrap());
    let value = claims["session_state"].as_str().unwrap();
    assert_eq!(check(&browser, "client", "https://example.com", value), "unchanged");
}

#[tokio::test]
async fn it_is_for_openid_connect_in_workspaces_that_want_it() {
    let app = with_session_management().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&request("email"), "user").await;
    assert_eq!((answer.sends("session_state"), answer.sends("code").is_some()), (None, true), "OAuth alone");

    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    assert_eq!(browser.sign_in(&request("openid"), "user").await.sends("session_state"), None);
    assert_eq!(browser.cookie(COOKIE), None);
    assert_eq!(app.get(PAGE).await.status, 404);
    let metadata = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert!(metadata.get("check_session_iframe").is_none());
}

#[tokio::test]
async fn the_page_may_be_framed_and_runs_its_own_script_alone() {
    let app = with_session_management().await;
    let metadata = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["check_session_iframe"], format!("https://localhost:8443{PAGE}"));
    let page = app.get(PAGE).await;
    assert_eq!((page.status, page.header(CONTENT_TYPE)), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header(X_FRAME_OPTIONS), "");
    let script = page.text().split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    let hash = STANDARD.encode(sha256(script.as_bytes()));
    assert_eq!(
        page.header(CONTENT_SECURITY_POLICY),
        format!(
            "default-src 'none'; script-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors *"
        )
    );
    assert!(page.text().contains(&format!("<body data-cookie=\"{COOKIE}\">")));
    // Nothing else of this server may be framed.
    assert_eq!(app.get(LOGOUT).await.header(X_FRAME_OPTIONS), "DENY");
}

/// A script of another site that could read the cookie would learn nothing that opens anything.
#[tokio::test]
async fn what_the_script_reads_is_no_secret() {
    let app = with_session_management().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&request("openid"), "user").await;
    let id_token = app.id_token_of(&answer.code()).await;
    let state = browser.cookie(COOKIE).unwrap();
    let session = browser.cookie("__Host-session.default.default").unwrap();
    assert_ne!(state, session);
    assert!(!state.contains(id_token["sid"].as_str().unwrap()));
    let thief = Browser::new(&app);
    thief.set_cookie("__Host-session.default.default", Some(&state));
    let answer = thief.get(&request_with("openid", &[("prompt", "none")])).await;
    assert_eq!(answer.sends("error").as_deref(), Some("login_required"));
}

/// A site that frames the page has no `session_state` unless the person came to it by this server. It makes one itself,
/// of what it knows: it must get the same answer whether or not somebody is logged in.
#[tokio::test]
async fn a_site_cannot_find_out_whether_somebody_is_logged_in() {
    let app = with_session_management().await;
    let digest = sha256(b"client https://evil.example  salt");
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let own = format!("{hex}.salt");
    let ask = |browser: &Browser<'_>| check(browser, "client", "https://evil.example", &own);
    let browser = Browser::new(&app);
    assert_eq!(ask(&browser), "changed", "it has never been here");
    browser.sign_in(&request("openid"), "user").await.code();
    assert_eq!(ask(&browser), "changed");
    let page = browser.get(LOGOUT).await;
    browser.press(LOGOUT, &page, "logout").await;
    assert_eq!(ask(&browser), "changed");
    let stranger = Browser::new(&app);
    let refused = stranger.get(&request_with("openid", &[("prompt", "none")])).await;
    assert_eq!(ask(&stranger), "changed");
    let told = refused.sends("session_state").unwrap();
    assert_eq!(check(&stranger, "client", "https://example.com", &told), "unchanged");
    let value = stranger.cookie(COOKIE);
    stranger.get(&request_with("openid", &[("prompt", "none")])).await;
    assert_eq!(stranger.cookie(COOKIE), value, "it stays");
    // The script does as `check` here: it answers no other origin than that of the page around it, and has no answer
    // of its own for a browser without a value.
    let page = app.get(PAGE).await;
    for line in ["if (!own) {\n      return \"changed\";", "(!page || page === event.origin)"] {
        assert!(page.text().contains(line), "{line}");
    }
}
