//! Claims of a workspace: from the authentication context and the client into tokens, userinfo and introspection.

use serde_json::{Map, Value, json};
use symbolon_jose::{Algorithm, KeySet, verify};
use symbolon_store::entity::{Claim, ClaimDelivery, ClaimKind, ClaimSource, Scope};

use crate::harness::{
    Browser, CALLBACK, NOW, SECRET, TOKEN, TestApp, TestIssuer, decode, request, request_with,
};

const USERINFO: &str = "/default/default/userinfo";
const INTROSPECT: &str = "/default/default/oauth2/introspect";

/// A server at which `user` has some attributes, and whose client has some metadata and a scope `staff`.
async fn server() -> TestApp {
    let server = TestApp::with_people().await;
    server
        .change_person("user", |user| {
            user.authentication_context.0 = object(json!({
                "groups": ["admins", "staff"],
                "address": {"formatted": "1 Street", "country": "PL"},
                "sub": "root", "aid": "admin", "scp": ["manage_tenants"],
                "name": "Ursula User",
            }));
        })
        .await;
    let scope = Scope { id: "staff".to_owned(), name: "staff".to_owned(), ..Scope::default() };
    server.store().insert(scope, NOW.millis()).await.unwrap();
    server
        .change_client("client", |client| {
            client.scopes.push("staff".to_owned());
            client.grant_types.push("client_credentials".to_owned());
            client.metadata.0 = object(json!({"tier": {"name": "gold"}}));
        })
        .await;
    server
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!("an object") };
    members
}

async fn add(server: &TestApp, name: &str, kind: ClaimKind, change: impl FnOnce(&mut Claim)) {
    let mut claim = Claim {
        id: format!("{}-{name}", kind.as_str()),
        name: name.to_owned(),
        source_path: Some(name.to_owned()),
        kind,
        ..Claim::default()
    };
    change(&mut claim);
    server.store().insert(claim, NOW.millis()).await.unwrap();
    server.app.snapshots.invalidate("default", "default");
}

fn for_staff(claim: &mut Claim) {
    claim.scopes = vec!["staff".to_owned()];
}

/// What ID token, access token, userinfo and introspection tell after `user` has allowed these scopes.
async fn told(server: &TestApp, scope: &str) -> [Value; 4] {
    let code = Browser::new(server).sign_in(&request(scope), "user").await.code();
    let tokens = server.redeem(&code).await;
    let access = tokens["access_token"].as_str().unwrap();
    let about = server.get(USERINFO).bearer(access).await.ok();
    let introspected = server.post(INTROSPECT).basic("client", SECRET).form(&[("token", access)]).await.ok();
    [decode(tokens["id_token"].as_str().unwrap()).1, decode(access).1, about, introspected["ext"].clone()]
}

#[tokio::test]
async fn a_new_workspace_tells_what_the_scopes_of_openid_connect_bring() {
    let server = server().await;
    let [id_token, access, about, ext] = told(&server, "openid email").await;
    assert_eq!((id_token.get("email"), id_token.get("name")), (None, None), "userinfo tells it (§5.4)");
    assert_eq!((&about["email"], about.get("name")), (&json!("user@example.com"), None));
    assert_eq!((access.get("email"), &ext), (None, &Value::Null));
    server
        .change_workspace(|server| {
            server.advanced.get_or_insert_default().scope_claims_in_id_token = true;
        })
        .await;
    let [id_token, ..] = told(&server, "openid profile").await;
    assert_eq!(
        (&id_token["name"], &id_token["preferred_username"], id_token.get("email")),
        (&json!("Ursula User"), &json!("user"), None)
    );
}

#[tokio::test]
async fn a_claim_is_told_for_its_scopes_where_its_kind_is() {
    let server = server().await;
    add(&server, "groups", ClaimKind::IdToken, for_staff).await;
    add(&server, "groups", ClaimKind::AccessToken, for_staff).await;
    let groups = json!(["admins", "staff"]);
    let [id_token, access, about, ext] = told(&server, "openid staff").await;
    assert_eq!((&id_token["groups"], &access["groups"]), (&groups, &groups));
    assert_eq!((&about["groups"], &ext["groups"]), (&groups, &groups));
    let [id_token, access, about, ext] = told(&server, "openid").await;
    assert_eq!((id_token.get("groups"), access.get("groups")), (None, None));
    assert_eq!((about.get("groups"), ext), (None, Value::Null));
}

/// OIDC Core §5.6.2: what another issuer asserts goes to the client as that issuer has signed it.
#[tokio::test]
async fn claims_of_other_issuers_are_aggregated_and_distributed() {
    let server = server().await;
    let issuer = TestIssuer::new("https://credit.example.com");
    let jwt = issuer.sign(json!({"credit_score": 650, "credit_limit": 1000, "aud": "client"}));
    let place = json!({"endpoint": "https://bank.example.com/claims", "access_token": "ksj3n283dke"});
    server
        .change_person("user", |user| {
            user.authentication_context.0 = object(json!({
                "credit": jwt, "bank": place, "nickname": "Ursi",
                // Whatever an identity provider says: these names are ours.
                "_claim_names": {"sub": "src1"}, "_claim_sources": {"src1": {"JWT": "x"}},
            }));
        })
        .await;
    let discovery = async || server.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery().await["claim_types_supported"], json!(["normal"]));
    let from = |path: &'static str, delivery| {
        move |claim: &mut Claim| {
            for_staff(claim);
            claim.source_path = Some(path.to_owned());
            claim.delivery = delivery;
        }
    };
    for name in ["credit_score", "credit_limit", "no_claim_of_that_jwt"] {
        add(&server, name, ClaimKind::IdToken, from("credit", ClaimDelivery::Aggregated)).await;
    }
    add(&server, "payment_info", ClaimKind::IdToken, from("bank", ClaimDelivery::Distributed)).await;
    assert_eq!(discovery().await["claim_types_supported"], json!(["normal", "aggregated", "distributed"]));

    let [id_token, access, about, ext] = told(&server, "openid profile staff").await;
    for told in [&id_token, &about] {
        let names = told["_claim_names"].as_object().unwrap();
        assert_eq!(names.len(), 3, "{names:?}");
        let source = |name: &str| &told["_claim_sources"][names[name].as_str().unwrap()];
        assert_eq!(*source("credit_score"), json!({ "JWT": jwt }));
        assert_eq!(names["credit_score"], names["credit_limit"], "one JWT is one source");
        assert_eq!(*source("payment_info"), place);
        // §5.6.2: the claim itself is not beside it.
        assert_eq!((told.get("credit_score"), told.get("payment_info")), (None, None));
    }
    assert_eq!(about["nickname"], "Ursi");
    assert_eq!((access.get("_claim_names"), ext), (None, Value::Null));
    let source = about["_claim_names"]["credit_score"].as_str().unwrap();
    let claims = said_by(&issuer, about["_claim_sources"][source]["JWT"].as_str().unwrap());
    assert_eq!(claims["credit_score"], 650);

    // By their scopes, or one by one (§5.5), as any other.
    let [id_token, _, about, _] = told(&server, "openid").await;
    assert_eq!((id_token.get("_claim_names"), about.get("_claim_sources")), (None, None));
    let single = json!({"id_token": {"payment_info": null}}).to_string();
    let code =
        Browser::new(&server).sign_in(&request_with("openid", &[("claims", &single)]), "user").await.code();
    let id_token = server.id_token_of(&code).await;
    assert_eq!(id_token["_claim_names"], json!({"payment_info": "src1"}));
    assert_eq!(id_token["_claim_sources"], json!({"src1": place}));
}

/// What a JWT says, by its issuer's keys.
fn said_by(issuer: &TestIssuer, token: &str) -> Value {
    let keys = KeySet::from_jwk_set(&serde_json::from_value(issuer.jwks()).unwrap());
    Value::Object(verify(token, &keys, &Algorithm::ALL).unwrap().claims)
}

#[tokio::test]
async fn without_scopes_it_is_always_told_and_a_path_leads_into_its_source() {
    let server = server().await;
    add(&server, "country", ClaimKind::IdToken, |claim| {
        claim.source_path = Some("address.country".to_owned());
    })
    .await;
    add(&server, "land", ClaimKind::IdToken, |claim| {
        claim.source_path = None;
        claim.mapping = Some("address.country".to_owned());
    })
    .await;
    add(&server, "tier", ClaimKind::AccessToken, |claim| {
        claim.source_type = ClaimSource::Client;
        claim.source_path = Some("metadata.tier.name".to_owned());
    })
    .await;
    let [id_token, access, ..] = told(&server, "openid").await;
    assert_eq!(
        (&id_token["country"], &id_token["land"], &access["tier"]),
        (&json!("PL"), &json!("PL"), &json!("gold"))
    );
    // A client's own token tells of the client, and of no person.
    add(&server, "groups", ClaimKind::AccessToken, |_| {}).await;
    let form = [("grant_type", "client_credentials"), ("scope", "staff")];
    let tokens = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    let claims = decode(tokens["access_token"].as_str().unwrap()).1;
    assert_eq!((&claims["tier"], claims.get("groups")), (&json!("gold"), None));
}

#[tokio::test]
async fn an_opaque_claim_is_in_no_token() {
    let server = server().await;
    for kind in [ClaimKind::IdToken, ClaimKind::AccessToken] {
        add(&server, "groups", kind, |claim| claim.opaque = true).await;
    }
    let [id_token, access, about, ext] = told(&server, "openid").await;
    assert_eq!((id_token.get("groups"), access.get("groups")), (None, None));
    assert_eq!(
        (&about["groups"], &ext["groups"]),
        (&json!(["admins", "staff"]), &json!(["admins", "staff"]))
    );
}

#[tokio::test]
async fn what_the_workspace_does_not_tell_any_more_is_not_told() {
    let server = server().await;
    server.store().delete::<Claim>("default-email", None).await.unwrap();
    server.app.snapshots.invalidate("default", "default");
    let [id_token, _, about, _] = told(&server, "openid email").await;
    assert_eq!((id_token.get("email"), about.get("email")), (None, None));
    let metadata = server.get("/default/default/.well-known/openid-configuration").await.ok();
    let names = metadata["claims_supported"].as_array().unwrap();
    assert!(!names.contains(&json!("email")) && names.contains(&json!("email_verified")), "{names:?}");
}

#[tokio::test]
async fn discovery_names_what_is_told() {
    let server = server().await;
    add(&server, "groups", ClaimKind::IdToken, for_staff).await;
    add(&server, "tier", ClaimKind::AccessToken, |_| {}).await;
    let metadata = server.get("/default/default/.well-known/openid-configuration").await.ok();
    let names = metadata["claims_supported"].as_array().unwrap();
    assert!(names.contains(&json!("groups")) && !names.contains(&json!("tier")), "{names:?}");
}

#[tokio::test]
async fn a_claim_of_the_workspace_can_be_asked_for_alone_and_the_person_is_asked() {
    let server = server().await;
    add(&server, "groups", ClaimKind::IdToken, |claim| {
        for_staff(claim);
        claim.description = Some("The groups you belong to".to_owned());
    })
    .await;
    let browser = Browser::new(&server);
    browser.sign_in(&request("openid"), "user").await.code();
    let claims = json!({"userinfo": {"groups": null, "birthdate": null}}).to_string();
    let silent = request_with("openid", &[("claims", claims.as_str()), ("prompt", "none")]);
    let answer = browser.get(&silent).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} consent_required [consent_required]"));
    let (path, consent) = browser.open(&request_with("openid", &[("claims", claims.as_str())])).await;
    let page = consent.page().text();
    assert!(page.contains("The groups you belong to") && page.contains("your date of birth"), "{page}");
    let code = browser.press(&path, &consent, "accept").await.code();
    let tokens = server.redeem(&code).await;
    let about = server.get(USERINFO).bearer(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(about["groups"], json!(["admins", "staff"]));
    assert_eq!(decode(tokens["id_token"].as_str().unwrap()).1.get("groups"), None);
    browser.get(&silent).await.code();
}

/// However such rows came into the store: what this server vouches for is not what an identity provider says.
#[tokio::test]
async fn no_claim_can_pass_for_one_of_this_server() {
    let server = server().await;
    for name in
        ["sub", "aid", "scp", "iss", "aud", "exp", "cnf", "gid", "tid", "act", "acr", "authorization_details"]
    {
        for kind in [ClaimKind::IdToken, ClaimKind::AccessToken] {
            add(&server, name, kind, |claim| claim.source_path = Some("aid".to_owned())).await;
        }
    }
    let [id_token, access, about, ext] = told(&server, "openid").await;
    assert_eq!((id_token.get("aid"), id_token.get("scp"), id_token.get("cnf")), (None, None, None));
    assert_eq!(
        (&access["aid"], &access["tid"], access.get("act")),
        (&json!("default"), &json!("default"), None)
    );
    assert_eq!((about.as_object().unwrap().len(), ext), (1, Value::Null));
}

#[tokio::test]
async fn opaque_access_tokens_tell_the_same() {
    let server = server().await;
    add(&server, "groups", ClaimKind::AccessToken, for_staff).await;
    server
        .change_workspace(|workspace| {
            workspace.access_token_strategy = symbolon_store::entity::server::AccessTokenStrategy::Opaque;
        })
        .await;
    let code = Browser::new(&server).sign_in(&request("openid staff"), "user").await.code();
    let tokens = server.redeem(&code).await;
    let form = [("token", tokens["access_token"].as_str().unwrap())];
    let introspected = server.post(INTROSPECT).basic("client", SECRET).form(&form).await.ok();
    assert_eq!(introspected["ext"], json!({"groups": ["admins", "staff"]}));
}

/// A claim whose own name has a `#` (OIDC Core §5.1.2 wants names like URIs) is asked about as any other, though the
/// name reads like a claim in a language.
#[tokio::test]
async fn no_claim_is_had_without_consent_by_a_name_that_reads_like_a_language() {
    let server = server().await;
    let name = "https://example.com/claims#groups";
    add(&server, name, ClaimKind::IdToken, |claim| {
        claim.source_path = Some("groups".to_owned());
        for_staff(claim);
    })
    .await;
    let browser = Browser::new(&server);
    browser.sign_in(&request("openid"), "user").await.code();
    let claims = json!({"userinfo": {name: null}}).to_string();
    let asked =
        |more: &[(&str, &str)]| request_with("openid", &[&[("claims", claims.as_str())], more].concat());
    let answer = browser.get(&asked(&[("prompt", "none")])).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} consent_required [consent_required]"));
    let (path, page) = browser.open(&asked(&[])).await;
    let code = browser.press(&path, &page, "accept").await.code();
    let tokens = server.redeem(&code).await;
    let about = server.get(USERINFO).bearer(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(about[name], json!(["admins", "staff"]));
}
