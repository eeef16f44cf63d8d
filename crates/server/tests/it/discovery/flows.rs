//! Response types and modes, grants, and what a request may ask of a login.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use symbolon_protocol::{ResponseMode, ResponseType};

use super::{GRANTS, add, asked, discovery, everything, signed_in, values};
use crate::harness::{
    Answer, Browser, CALLBACK, SECRET, TOKEN, TestApp, TestCode, TestIssuer, authorize, decode,
};

/// The parameters of an answer, however it travels.
fn parameters(mode: &str, answer: &Answer) -> BTreeMap<String, String> {
    let parameters: BTreeMap<String, String> = if mode.starts_with("form_post") {
        assert_eq!(answer.status, 200, "{answer:?}");
        let fields = answer.text().split("<input type=\"hidden\" name=\"").skip(1);
        let pairs = fields.map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split_once('"').unwrap().0.to_owned())
        });
        pairs.collect()
    } else {
        let url = url::Url::parse(answer.location()).unwrap();
        let text = url.fragment().or_else(|| url.query()).unwrap_or_default();
        url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    };
    let Some(response) = parameters.get("response") else { return parameters };
    assert_eq!(parameters.len(), 1, "a signed answer is alone");
    let claims = decode(response).1;
    let claims = claims.as_object().unwrap().iter();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    claims.map(|(name, value)| (name.clone(), text(value))).collect()
}

#[tokio::test]
async fn every_response_type_in_every_mode() {
    let app = everything().await;
    let document = discovery(&app).await;
    let browser = signed_in(&app).await;
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    let (types, modes) =
        (values(&document, "response_types_supported"), values(&document, "response_modes_supported"));
    assert_eq!((types.len(), modes.len()), (8, 7));
    for response_type in &types {
        let known: ResponseType = response_type.parse().unwrap();
        for mode in &modes {
            let answer = browser.get(&asked(response_type, &[("response_mode", mode)])).await;
            if !mode.parse::<ResponseMode>().unwrap().may_carry(known, false) {
                assert_eq!(answer.record().reason, "response_mode_would_leak", "{response_type} {mode}");
                continue;
            }
            let sent = parameters(mode, &answer);
            let what = format!("{response_type} {mode}: {sent:?}");
            assert_eq!(sent["state"], "of the client", "{what}");
            assert_eq!(sent["iss"], document["issuer"].as_str().unwrap(), "{what}");
            let has = |name: &str| sent.contains_key(name);
            assert_eq!(has("code"), known.has_code(), "{what}");
            assert_eq!(has("access_token"), known.has_token(), "{what}");
            assert_eq!(has("id_token"), known.has_id_token(), "{what}");
            if let Some(code) = sent.get("code") {
                app.redeem(code).await;
            }
        }
    }
}

#[tokio::test]
async fn every_grant_gives_a_token() {
    let app = everything().await;
    let issuer = TestIssuer::new("https://jwt-idp.example.com");
    app.trust_issuer(&issuer, json!({"jwt_bearer": true})).await;
    let browser = signed_in(&app).await;
    let names = values(&discovery(&app).await, "grant_types_supported");
    let all: Vec<_> =
        GRANTS.iter().filter(|(_, elsewhere)| elsewhere.is_none()).map(|(name, _)| *name).collect();
    for name in &all {
        assert!(names.iter().any(|own| own == name), "{name} is not advertised");
    }
    for name in &names {
        if GRANTS.iter().any(|(own, elsewhere)| own == name && elsewhere.is_some()) {
            continue;
        }
        let token = grant(&app, &browser, &issuer, name).await;
        let form = [("token", token.as_str())];
        let known = app.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form).await;
        assert_eq!(known.ok()["active"], true, "{name}");
    }
}

/// An access token by this grant.
async fn grant(app: &TestApp, browser: &Browser<'_>, issuer: &TestIssuer, name: &str) -> String {
    let token =
        |answer: &Value| answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    let ask = async |more: &[(&str, &str)]| {
        let form = [&[("grant_type", name)], more].concat();
        app.post(TOKEN).basic("client", SECRET).form(&form).await.ok()
    };
    match name.rsplit(':').next().unwrap() {
        "authorization_code" => {
            let code = browser.get(&asked("code", &[])).await.code();
            token(&ask(&[("code", &code), ("redirect_uri", CALLBACK)]).await)
        }
        "implicit" => browser.get(&asked("token", &[])).await.fragment()["access_token"].clone(),
        "client_credentials" => token(&ask(&[("scope", "email")]).await),
        "refresh_token" => {
            let code = browser.get(&asked("code", &[("scope", "openid offline_access")])).await.code();
            let first = app.redeem(&code).await;
            token(&ask(&[("refresh_token", first["refresh_token"].as_str().unwrap())]).await)
        }
        "password" => token(&ask(&[("username", "user"), ("password", "user"), ("scope", "openid")]).await),
        "jwt-bearer" => token(&ask(&[("assertion", &issuer.sign(json!({})))]).await),
        "token-exchange" => {
            let code = browser.get(&asked("code", &[])).await.code();
            let subject = token(&app.redeem(&code).await);
            let kind = "urn:ietf:params:oauth:token-type:access_token";
            token(&ask(&[("subject_token", &subject), ("subject_token_type", kind)]).await)
        }
        "device_code" => {
            let form = [("scope", "openid")];
            let codes = app
                .post("/default/default/device/authorization")
                .basic("client", SECRET)
                .form(&form)
                .await
                .ok();
            let address =
                format!("/default/default/device?user_code={}", codes["user_code"].as_str().unwrap());
            let (path, page) = browser.open(&address).await;
            browser.press(&path, &page, "accept").await;
            token(&ask(&[("device_code", codes["device_code"].as_str().unwrap())]).await)
        }
        other => panic!("who walks the grant {other}?"),
    }
}

#[tokio::test]
async fn every_scope_can_be_asked_for() {
    let app = everything().await;
    let browser = signed_in(&app).await;
    for scope in values(&discovery(&app).await, "scopes_supported") {
        let code = browser.get(&asked("code", &[("scope", &scope), ("prompt", "none")])).await.code();
        assert_eq!(app.redeem(&code).await["scope"], *scope);
    }
}

#[tokio::test]
async fn every_challenge_method() {
    let app = everything().await;
    let browser = signed_in(&app).await;
    // RFC 7636, Appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let methods = values(&discovery(&app).await, "code_challenge_methods_supported");
    assert_eq!(methods, ["S256"], "what else there is must be walked");
    for method in &methods {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let more = [("code_challenge", challenge), ("code_challenge_method", method.as_str())];
        let code = browser.get(&asked("code", &more)).await.code();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ];
        app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    }
}

#[tokio::test]
async fn every_prompt() {
    let app = everything().await;
    let browser = signed_in(&app).await;
    let prompts = values(&discovery(&app).await, "prompt_values_supported");
    assert_eq!(prompts.len(), 5, "{prompts:?}");
    for prompt in &prompts {
        let (path, answer) = browser.open(&asked("code", &[("prompt", prompt)])).await;
        match prompt.as_str() {
            "none" => drop(answer.code()),
            "consent" => {
                assert!(!answer.page().scopes().is_empty(), "{path}");
                browser.press(&path, &answer, "accept").await.code();
            }
            "create" => {
                let newcomer = Browser::new(&app);
                let (path, page) = newcomer.open(&asked("code", &[("prompt", prompt)])).await;
                let fields = [("username", "newcomer"), ("password", "mauve otter kneels twice")];
                let made = newcomer.register(&path, &page, &fields).await;
                let (path, consent) = newcomer.follow(&path, made).await;
                newcomer.press(&path, &consent, "accept").await.code();
            }
            "login" | "select_account" => {
                let heading = answer.page().heading();
                assert!(answer.text().contains("name=\"password\""), "{prompt}: {heading}");
                let done = browser.log_in(&path, &answer, "user", "user").await;
                let (path, done) = browser.follow(&path, done).await;
                let done =
                    if done.status == 303 { done } else { browser.press(&path, &done, "accept").await };
                done.code();
            }
            other => panic!("who walks the prompt {other}?"),
        }
    }
}

#[tokio::test]
async fn every_display_and_language() {
    let app = everything().await;
    let document = discovery(&app).await;
    for display in values(&document, "display_values_supported") {
        let (_, page) = Browser::new(&app).open(&asked("code", &[("display", &display)])).await;
        assert!(page.text().contains("name=\"password\""), "{display}");
    }
    for language in values(&document, "ui_locales_supported") {
        let (_, page) = Browser::new(&app).open(&asked("code", &[("ui_locales", &language)])).await;
        assert!(page.text().contains(&format!("<html lang=\"{language}\"")), "{language}: {}", page.text());
    }
}

#[tokio::test]
async fn every_authentication_context_is_reached() {
    let app = everything().await;
    let strong = |idp: &mut symbolon_store::entity::Idp| {
        idp.static_amr = vec!["pwd".to_owned(), "otp".to_owned()];
    };
    let mut idp =
        app.store().find::<symbolon_store::entity::Idp>("default-people").await.unwrap().unwrap().value;
    strong(&mut idp);
    app.store().update(idp, None, crate::harness::NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    let browser = signed_in(&app).await;
    let classes = values(&discovery(&app).await, "acr_values_supported");
    assert_eq!(classes.len(), 2);
    for class in &classes {
        let claims = json!({"id_token": {"acr": {"essential": true, "value": class}}}).to_string();
        for more in [("claims", claims.as_str()), ("acr_values", class.as_str())] {
            let code = browser.get(&asked("code", &[more])).await.code();
            assert_eq!(app.id_token_of(&code).await["acr"], *class);
        }
    }
}

#[tokio::test]
async fn every_subject_type() {
    let app = everything().await;
    let mut subjects = Vec::new();
    let types = values(&discovery(&app).await, "subject_types_supported");
    assert_eq!(types.len(), 2);
    for subject_type in &types {
        let id = format!("of-{subject_type}");
        add(&app, &id, json!({ "subject_type": subject_type })).await;
        let request = authorize(&[
            ("client_id", &id),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid"),
        ]);
        let code = Browser::new(&app).sign_in(&request, "user").await.code();
        let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
        let tokens = app.post(TOKEN).basic(&id, SECRET).form(&form).await.ok();
        subjects.push(decode(tokens["id_token"].as_str().unwrap()).1["sub"].clone());
    }
    assert_ne!(subjects[0], subjects[1], "a pairwise subject is the client's alone");
}

/// `claims_supported`: those of the protocol in an ID token, those about the person in userinfo and, asked for one by
/// one, in the ID token.
#[tokio::test]
async fn every_claim_is_given() {
    let app = everything().await;
    let document = discovery(&app).await;
    assert_eq!(document["claim_types_supported"], json!(["normal"]));
    assert_eq!(document["claims_parameter_supported"], true);
    let context = json!({
        "name": "Ursula User", "family_name": "User", "given_name": "Ursula", "middle_name": "M", "nickname": "Ursi",
        "preferred_username": "ursula", "profile": "https://u.example/", "picture": "https://u.example/u.png",
        "website": "https://u.example/", "gender": "female", "birthdate": "2000-01-01", "zoneinfo": "Europe/Warsaw",
        "locale": "pl-PL", "updated_at": 1_700_000_000, "email": "u@example.com", "email_verified": true,
        "address": {"country": "PL"}, "phone_number": "+48 1", "phone_number_verified": true,
    });
    app.add_code(TestCode {
        scope: "openid profile email address phone",
        context: context.clone(),
        ..TestCode::default()
    })
    .await;
    let tokens = app.redeem("the-code").await;
    let bearer = tokens["access_token"].as_str().unwrap();
    let userinfo = app.get("/default/default/userinfo").bearer(bearer).await.ok();
    // The protocol's own, in the flow that has all of them.
    let browser = signed_in(&app).await;
    let hybrid = browser.get(&asked("code id_token token", &[("max_age", "1000")])).await.fragment();
    let protocol = decode(&hybrid["id_token"]).1;
    for claim in values(&document, "claims_supported") {
        match context.get(&claim) {
            Some(expected) => assert_eq!(userinfo[&claim], *expected, "{claim}"),
            None => assert!(protocol.get(&claim).is_some(), "{claim} is in no ID token: {protocol}"),
        }
    }
    let claims = json!({"id_token": {"email": {"essential": true}}, "userinfo": {"email_verified": null}});
    // What no scope of the request covers is asked about.
    let (path, page) = browser.open(&asked("code", &[("claims", &claims.to_string())])).await;
    let code = browser.press(&path, &page, "accept").await.code();
    let tokens = app.redeem(&code).await;
    assert_eq!(decode(tokens["id_token"].as_str().unwrap()).1["email"], "user@example.com");
    let bearer = tokens["access_token"].as_str().unwrap();
    let about = app.get("/default/default/userinfo").bearer(bearer).await.ok();
    assert!(about.get("email_verified").is_some() && about.get("email").is_none(), "{about}");
}
