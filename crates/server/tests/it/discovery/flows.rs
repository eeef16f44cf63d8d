//! Response types and modes, grants, and what a request may ask of a login.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use symbolon_protocol::{GrantType, ResponseMode, ResponseType};
use symbolon_store::entity::Idp;

use super::walk::{self, INTROSPECT, PROFILES, TOOLS, USERINFO, Walk, known_about_user};
use super::{GRANTS, decoupled, values};
use crate::harness::{Browser, NOW, TOKEN, TestIssuer, decode};

#[tokio::test]
async fn every_response_type_in_every_mode() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        assert!(walk.says("authorization_response_iss_parameter_supported"));
        let (types, modes) =
            (walk.values("response_types_supported"), walk.values("response_modes_supported"));
        let mut used = BTreeSet::new();
        for response_type in &types {
            let known: ResponseType = response_type.parse().unwrap();
            for mode in ResponseMode::ALL {
                let word = mode.as_str();
                let what = format!("{} {response_type} {word}", walk.name);
                let answer = match walk.try_asked(response_type, &[("response_mode", word)]).await {
                    Ok(address) => browser.get(&address).await,
                    Err(refused) => refused,
                };
                if let Some(refusal) = &answer.refusal {
                    let expected = match () {
                        () if !modes.iter().any(|own| own == word) && known != ResponseType::CODE => {
                            "response_mode_would_leak"
                        }
                        () if !mode.may_carry(known, false) => "response_mode_would_leak",
                        () => "code_without_jarm",
                    };
                    assert_eq!(refusal.reason, expected, "{what}");
                    continue;
                }
                used.extend([response_type.as_str(), word]);
                let sent = walk::sent(&answer);
                let what = format!("{what}: {sent:?}");
                assert_eq!(sent["state"], "of the client", "{what}");
                assert_eq!(sent["iss"], walk.document["issuer"].as_str().unwrap(), "{what}");
                let has = |name: &str| sent.contains_key(name);
                assert_eq!(has("code"), known.has_code(), "{what}");
                assert_eq!(has("access_token"), known.has_token(), "{what}");
                assert_eq!(has("id_token"), known.has_id_token(), "{what}");
                if let Some(code) = sent.get("code") {
                    walk.redeem(code).await;
                }
            }
        }
        // What is advertised is what works, and nothing else does.
        let advertised: BTreeSet<_> = types.iter().chain(&modes).map(String::as_str).collect();
        assert_eq!(used, advertised, "{}", walk.name);
    }
}

#[tokio::test]
async fn every_grant_gives_a_token() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let issuer = TestIssuer::new("https://jwt-idp.example.com");
        walk.app.trust_issuer(&issuer, json!({"jwt_bearer": true})).await;
        let browser = walk.signed_in().await;
        let names = walk.values("grant_types_supported");
        for grant in GRANTS {
            let known: GrantType = grant.parse().unwrap();
            let is_advertised = names.iter().any(|own| own == grant);
            assert_eq!(is_advertised, walk.profile.allows_grant(known), "{} {grant}", walk.name);
        }
        for grant_type in &names {
            let token = grant(&walk, &browser, &issuer, grant_type).await;
            let known = walk.post(INTROSPECT, &[("token", &token)]).await;
            assert_eq!(Walk::introspected(&known)["active"], true, "{} {grant_type}", walk.name);
        }
    }
}

/// An access token by this grant.
async fn grant(walk: &Walk, browser: &Browser<'_>, issuer: &TestIssuer, name: &str) -> String {
    let token =
        |answer: &Value| answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    let ask = async |more: &[(&str, &str)]| {
        let form = [&[("grant_type", name)], more].concat();
        let answer = walk.post(TOKEN, &form).await;
        assert_eq!(answer.status, 200, "{} {name} {} {:?}", walk.name, answer.text(), answer.refusal);
        answer.json()
    };
    let with_resources = async |more: &[(&str, &str)]| ask(&[more, &walk.resources()].concat()).await;
    match name.rsplit(':').next().unwrap() {
        "authorization_code" => token(&walk.tokens(browser, &[]).await),
        "implicit" => {
            // Where no token comes so, an ID token does.
            let types = walk.values("response_types_supported");
            let with_token = types.iter().find(|word| word.contains("token") && !word.contains("id_token"));
            let response_type = with_token.map_or("code id_token", String::as_str);
            let sent = walk::sent(&browser.get(&walk.asked(response_type, &[]).await).await);
            match with_token {
                Some(_) => sent["access_token"].clone(),
                None => token(&walk.redeem(&sent["code"]).await),
            }
        }
        "client_credentials" => token(&with_resources(&[("scope", "email")]).await),
        "refresh_token" => {
            let first = walk.tokens(browser, &[("scope", "openid offline_access")]).await;
            token(&ask(&[("refresh_token", first["refresh_token"].as_str().unwrap())]).await)
        }
        "password" => {
            let person = [("username", "user"), ("password", "user"), ("scope", "openid")];
            token(&with_resources(&person).await)
        }
        "jwt-bearer" => token(&with_resources(&[("assertion", &issuer.sign(json!({})))]).await),
        "token-exchange" => {
            let subject = token(&walk.tokens(browser, &[("scope", "openid tools:read")]).await);
            let kind = "urn:ietf:params:oauth:token-type:access_token";
            let form =
                [("subject_token", subject.as_str()), ("subject_token_type", kind), ("resource", TOOLS)];
            token(&ask(&form).await)
        }
        "device_code" => {
            let form = [&[("scope", "openid")], &walk.resources()[..]].concat();
            let codes = walk.post("/default/default/device/authorization", &form).await.ok();
            let address =
                format!("/default/default/device?user_code={}", codes["user_code"].as_str().unwrap());
            let (path, page) = browser.open(&address).await;
            browser.press(&path, &page, "accept").await;
            token(&with_resources(&[("device_code", codes["device_code"].as_str().unwrap())]).await)
        }
        "ciba" => decoupled::token(walk).await.as_str().unwrap().to_owned(),
        other => panic!("who walks the grant {other}?"),
    }
}

#[tokio::test]
async fn every_scope_can_be_asked_for() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        for scope in walk.values("scopes_supported") {
            let tokens = walk.tokens(&browser, &[("scope", &scope), ("prompt", "none")]).await;
            assert_eq!(tokens["scope"], *scope, "{}", walk.name);
        }
    }
}

/// RFC 9396 §10.
#[tokio::test]
async fn every_type_of_authorization_details() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let types = walk.values("authorization_details_types_supported");
        assert_eq!(types.len(), 2, "{}", walk.name);
        for kind in types {
            let details = json!([{ "type": kind, "actions": ["read"] }]);
            let asked = walk.asked("code", &[("authorization_details", &details.to_string())]).await;
            let answer = Browser::new(&walk.app).sign_in(&asked, "user").await;
            let tokens = walk.redeem(&walk::code(&answer)).await;
            assert_eq!(tokens["authorization_details"], details, "{}", walk.name);
        }
    }
}

/// RFC 9728 §4: what the metadata names leads back here, and is a resource that tokens are for.
#[tokio::test]
async fn every_protected_resource() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        let resources = walk.values("protected_resources");
        assert!(resources.iter().any(|resource| resource == TOOLS), "{}: {resources:?}", walk.name);
        let published =
            walk.app.get("/default/default/.well-known/oauth-protected-resource/tools").await.ok();
        assert_eq!(published["resource"], TOOLS);
        assert_eq!(published["authorization_servers"], json!([walk.document["issuer"]]));
        for resource in resources {
            let more = [("scope", "openid tools:read"), ("resource", resource.as_str())];
            let tokens = walk.tokens(&browser, &more).await;
            let audiences = decode(tokens["access_token"].as_str().unwrap()).1["aud"].clone();
            let audiences: Vec<_> = audiences.as_array().unwrap().iter().map(Value::to_string).collect();
            assert!(audiences.contains(&json!(resource).to_string()), "{}: {audiences:?}", walk.name);
        }
    }
}

#[tokio::test]
async fn every_challenge_method() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        let methods = walk.values("code_challenge_methods_supported");
        assert_eq!(methods, ["S256"], "what else there is must be walked");
        for method in &methods {
            walk.tokens(&browser, &[("code_challenge_method", method)]).await;
        }
        let refused = match walk.try_asked("code", &[("code_challenge_method", "plain")]).await {
            Ok(address) => browser.get(&address).await,
            Err(refused) => refused,
        };
        assert_eq!(refused.record().reason, "code_challenge_plain", "{}", walk.name);
    }
}

#[tokio::test]
async fn every_prompt() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        let prompts = walk.values("prompt_values_supported");
        assert_eq!(prompts.len(), 5, "{}: {prompts:?}", walk.name);
        for prompt in &prompts {
            let (path, answer) = browser.open(&walk.asked("code", &[("prompt", prompt)]).await).await;
            match prompt.as_str() {
                "none" => drop(walk::code(&answer)),
                "consent" => {
                    assert!(!answer.page().scopes().is_empty(), "{path}");
                    walk::code(&browser.press(&path, &answer, "accept").await);
                }
                "create" => {
                    let newcomer = Browser::new(&walk.app);
                    let (path, page) = newcomer.open(&walk.asked("code", &[("prompt", prompt)]).await).await;
                    let fields = [("username", "newcomer"), ("password", "mauve otter kneels twice")];
                    let made = newcomer.register(&path, &page, &fields).await;
                    let (path, consent) = newcomer.follow(&path, made).await;
                    walk::code(&newcomer.press(&path, &consent, "accept").await);
                }
                "login" | "select_account" => {
                    let heading = answer.page().heading();
                    assert!(answer.text().contains("name=\"password\""), "{prompt}: {heading}");
                    let done = browser.log_in(&path, &answer, "user", "user").await;
                    let (path, done) = browser.follow(&path, done).await;
                    let done =
                        if done.status == 303 { done } else { browser.press(&path, &done, "accept").await };
                    walk::code(&done);
                }
                other => panic!("who walks the prompt {other}?"),
            }
        }
    }
}

#[tokio::test]
async fn every_display_and_language() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let open = async |name: &'static str, value: &str| {
            let address = walk.asked("code", &[(name, value)]).await;
            Browser::new(&walk.app).open(&address).await.1
        };
        for display in walk.values("display_values_supported") {
            assert!(open("display", &display).await.text().contains("name=\"password\""), "{display}");
        }
        for language in walk.values("ui_locales_supported") {
            let page = open("ui_locales", &language).await;
            let page = page.text();
            assert!(page.contains(&format!("<html lang=\"{language}\"")), "{language}: {page}");
        }
    }
}

#[tokio::test]
async fn every_authentication_context_is_reached() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let mut idp = walk.app.store().load::<Idp>("default-people").await.unwrap().value;
        idp.static_amr = vec!["pwd".to_owned(), "otp".to_owned()];
        walk.app.store().update(idp, None, NOW.millis()).await.unwrap();
        walk.app.app.snapshots.invalidate("default", "default");
        let browser = walk.signed_in().await;
        let classes = values(&walk::document(&walk.app).await, "acr_values_supported");
        assert_eq!(classes.len(), 2);
        for class in &classes {
            let claims = json!({"id_token": {"acr": {"essential": true, "value": class}}}).to_string();
            for more in [("claims", claims.as_str()), ("acr_values", class.as_str())] {
                let tokens = walk.tokens(&browser, &[more]).await;
                assert_eq!(decode(tokens["id_token"].as_str().unwrap()).1["acr"], *class, "{}", walk.name);
            }
        }
    }
}

#[tokio::test]
async fn every_subject_type() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let types = walk.values("subject_types_supported");
        assert_eq!(types.len(), 2);
        let mut subjects = BTreeSet::new();
        for subject_type in &types {
            walk.app
                .change_client("client", |client| {
                    client.subject_type = serde_json::from_value(json!(subject_type)).unwrap();
                })
                .await;
            let browser = walk.signed_in().await;
            let tokens = walk.tokens(&browser, &[]).await;
            subjects.insert(decode(tokens["id_token"].as_str().unwrap()).1["sub"].to_string());
        }
        assert_eq!(subjects.len(), 2, "{}: a pairwise subject is the client's alone", walk.name);
    }
}

/// `claims_supported`: those of the protocol in an ID token, those about the person in userinfo and, asked for one by
/// one, in the ID token. `claim_types_supported`: as values, or by way of who says them (OIDC Core §5.6).
#[tokio::test]
async fn every_claim_is_given() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        assert_eq!(walk.values("claim_types_supported"), ["normal", "aggregated", "distributed"]);
        assert!(walk.says("claims_parameter_supported"));
        let browser = walk.signed_in().await;
        let about = async |tokens: &Value| {
            let bearer = tokens["access_token"].as_str().unwrap();
            walk.app.get(USERINFO).bearer(bearer).certificate(&walk.certificate).await.ok()
        };
        let all =
            [("scope", "openid profile email address phone"), ("prompt", "consent"), ("max_age", "1000")];
        let answer = browser.sign_in(&walk.asked("code", &all).await, "user").await;
        let userinfo = about(&walk.redeem(&walk::code(&answer)).await).await;
        // The protocol's own, in the flow of the profile that has most of them.
        let types = walk.values("response_types_supported");
        let response_type = types.iter().max_by_key(|word| word.len()).unwrap();
        let sent = walk::sent(&browser.get(&walk.asked(response_type, &[("max_age", "1000")]).await).await);
        let mut protocol = sent.get("id_token").map(|token| decode(token).1).unwrap_or_default();
        let at_token_endpoint = walk.redeem(&sent["code"]).await;
        let later = decode(at_token_endpoint["id_token"].as_str().unwrap()).1;
        for (name, value) in later.as_object().unwrap() {
            protocol[name] = value.clone();
        }
        let known = known_about_user();
        for claim in walk.values("claims_supported") {
            let source =
                &userinfo["_claim_sources"][userinfo["_claim_names"][&claim].as_str().unwrap_or_default()];
            match claim.as_str() {
                "credit_score" => assert_eq!(decode(source["JWT"].as_str().unwrap()).1[&claim], 650),
                "payment_info" => assert_eq!(source["endpoint"], "https://bank.example.com/claims"),
                _ => match known.get(&claim) {
                    Some(expected) => assert_eq!(userinfo[&claim], *expected, "{} {claim}", walk.name),
                    None => assert!(protocol.get(&claim).is_some(), "{}: no {claim}: {protocol}", walk.name),
                },
            }
        }
        let claims =
            json!({"id_token": {"email": {"essential": true}}, "userinfo": {"email_verified": null}});
        // What no scope of the request covers is asked about.
        let asked = walk.asked("code", &[("claims", &claims.to_string())]).await;
        let tokens = walk.redeem(&walk::code(&browser.sign_in(&asked, "user").await)).await;
        assert_eq!(decode(tokens["id_token"].as_str().unwrap()).1["email"], "user@example.com");
        let about = about(&tokens).await;
        assert!(about.get("email_verified").is_some() && about.get("email").is_none(), "{about}");
    }
}

/// OIDC Core §5.2.
#[tokio::test]
async fn every_language_of_claims() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        assert_eq!(walk.values("claims_locales_supported"), ["de"], "what else there is must be walked");
        for (locales, name) in [("de", "Ursula Nutzer"), ("fr", "Ursula User")] {
            let more = [("scope", "openid profile"), ("claims_locales", locales)];
            let tokens = walk.tokens(&browser, &more).await;
            let bearer = tokens["access_token"].as_str().unwrap();
            let about = walk.app.get(USERINFO).bearer(bearer).certificate(&walk.certificate).await.ok();
            assert_eq!(about["name"], name, "{}", walk.name);
        }
    }
}
