//! A workspace of a profile with everything switched on, and a client that asks as the metadata says it must.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use symbolon_jose::{Algorithm, KeyManagement};
use symbolon_server::oauth2::profile::Profile;
use symbolon_server::seed::MadeKey;
use symbolon_store::KeyState;
use symbolon_store::entity::server::WorkspaceProfile;
use symbolon_store::entity::{AuthorizationDetail, Claim, ClaimDelivery, ClaimKind, Service};
use tokio::sync::OnceCell;

use super::{GRANTS, values};
use crate::harness::{
    Answer, Browser, CALLBACK, NOW, Remote, Request, Signer, TOKEN, TestApp, TestAuthority, TestCertificate,
    TestIssuer, authorize, decode,
};

pub(super) const PAR: &str = "/default/default/par";
pub(super) const INTROSPECT: &str = "/default/default/oauth2/introspect";
pub(super) const USERINFO: &str = "/default/default/userinfo";
pub(super) const ISSUER: &str = "https://localhost:8443/default/default";
/// The address of a service of the workspace.
pub(super) const TOOLS: &str = "https://tools.example/mcp";
// RFC 7636, Appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// One name of each profile that there is.
pub(super) const PROFILES: [WorkspaceProfile; 8] = [
    WorkspaceProfile::Default,
    WorkspaceProfile::Oauth21,
    WorkspaceProfile::Mcp,
    WorkspaceProfile::FapiRo,
    WorkspaceProfile::FapiAdvanced,
    WorkspaceProfile::Fapi20Security,
    WorkspaceProfile::ConnectId,
    WorkspaceProfile::Fapi20MessageSigning,
];

/// What a request says.
pub(super) type Parameters = Vec<(String, String)>;

/// A workspace of a profile, and its client `client`, which shows its certificate and has keys for every algorithm.
pub(super) struct Walk {
    pub(super) app: TestApp,
    pub(super) profile: Profile,
    /// The name of the profile.
    pub(super) name: &'static str,
    /// The metadata.
    pub(super) document: Value,
    pub(super) certificate: TestCertificate,
    pub(super) signers: Vec<Signer>,
    /// Somebody's server that the workspace may ask.
    pub(super) remote: Remote,
}

impl Walk {
    pub(super) async fn new(name: WorkspaceProfile) -> Self {
        let remote = Remote::start("").await;
        let urls =
            [("server.url", "https://localhost:8443"), ("server.mtls_url", "https://mtls.localhost:8443")];
        let app = TestApp::with_people_and_settings(&[&urls[..], &remote.settings()].concat()).await;
        let authority = TestAuthority::new("CN=Test CA");
        app.let_people_register(true).await;
        switch_on(&app, name, &authority).await;
        add_people_data(&app).await;
        let document = document(&app).await;
        let walk = Self {
            profile: Profile::named(name),
            name: name.as_str(),
            certificate: authority.client("CN=client"),
            signers: signers(),
            document,
            app,
            remote,
        };
        walk.app.change_client("client", |client| walk.register(client)).await;
        walk
    }

    fn register(&self, client: &mut symbolon_store::entity::Client) {
        client.grant_types = GRANTS.iter().map(|word| (*word).to_owned()).collect();
        client.response_types = self.values("response_types_supported");
        client.scopes = self.values("scopes_supported");
        client.authorization_details_types = self.values("authorization_details_types_supported");
        client.token_endpoint_auth_method = "tls_client_auth".to_owned();
        client.tls_client_auth_subject_dn = Some("CN=client".to_owned());
        client.tls_client_certificate_bound_access_tokens = self.is_bound();
        client.jwks = serde_json::from_value(self.jwks()).unwrap();
    }

    /// The client's keys.
    pub(super) fn jwks(&self) -> Value {
        let mut keys: Vec<_> = [0, 1, 3].iter().map(|index| self.signers[*index].public()).collect();
        // It signs with two algorithms.
        keys[2].as_object_mut().unwrap().remove("alg");
        json!({ "keys": keys })
    }

    /// The client's key for this algorithm.
    pub(super) fn signer(&self, alg: &str) -> &Signer {
        let algorithm: Algorithm = alg.parse().unwrap();
        let signer = self.signers.iter().find(|signer| signer.serves(algorithm));
        signer.unwrap_or_else(|| panic!("who signs with {alg}?"))
    }

    /// Whether the profile has every access token bound.
    pub(super) fn is_bound(&self) -> bool {
        self.profile.sender_constraint().is_some()
    }

    /// The values of a member that is a list; none where it is absent.
    pub(super) fn values(&self, member: &str) -> Vec<String> {
        values(&self.document, member)
    }

    /// Whether a member says so.
    pub(super) fn says(&self, member: &str) -> bool {
        self.document[member] == true
    }

    /// A request by the client.
    pub(super) fn post(&self, path: &str, form: &[(&str, &str)]) -> Request<'_> {
        let own = [("client_id", "client")];
        self.app.post(path).certificate(&self.certificate).form(&[&own, form].concat())
    }

    /// Where tokens are for, if it has to be said.
    pub(super) fn resources(&self) -> Vec<(&'static str, &'static str)> {
        let userinfo = ("resource", "https://localhost:8443/default/default/userinfo");
        if self.profile.requires_resource() { vec![userinfo, ("resource", TOOLS)] } else { Vec::new() }
    }

    /// The parameters of a request that is good in every profile; `more` counts.
    pub(super) fn parameters(&self, response_type: &str, more: &[(&str, &str)]) -> Parameters {
        let mut usual = vec![
            ("response_type", response_type),
            ("redirect_uri", CALLBACK),
            ("scope", "openid"),
            ("state", "of the client"),
            ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let modes = self.values("response_modes_supported");
        // Who cannot be answered in the query is answered by a signed JWT there.
        if response_type == "code" && !modes.iter().any(|mode| mode == "query") {
            usual.push(("response_mode", "jwt"));
        }
        usual.extend(self.resources());
        usual.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        usual.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The address of such a request: pushed and signed as the metadata has it.
    pub(super) async fn asked(&self, response_type: &str, more: &[(&str, &str)]) -> String {
        let asked = self.try_asked(response_type, more).await;
        asked.unwrap_or_else(|answer| panic!("{}: {} {:?}", self.name, answer.text(), answer.refusal))
    }

    /// The same, or how it was refused when it was pushed.
    pub(super) async fn try_asked(
        &self,
        response_type: &str,
        more: &[(&str, &str)],
    ) -> Result<String, Answer> {
        let form = self.parameters(response_type, more);
        if !self.says("require_signed_request_object") {
            return self.sent(&form).await;
        }
        let object = self.signer("ES256").sign(&claims(&form));
        self.sent(&beside(object, &form)).await
    }

    /// The address of a request that is said so; it is pushed where it must be.
    pub(super) async fn sent(&self, form: &Parameters) -> Result<String, Answer> {
        let own = ("client_id", "client");
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if !self.says("require_pushed_authorization_requests") {
            return Ok(authorize(&[&[own], &form[..]].concat()));
        }
        // Nothing is beside an object that is pushed (RFC 9126 §3).
        let object = form.iter().find(|(name, _)| *name == "request");
        let pushed = self.post(PAR, object.map_or(&form, std::slice::from_ref)).await;
        match pushed.status {
            201 => Ok(authorize(&[own, ("request_uri", pushed.json()["request_uri"].as_str().unwrap())])),
            _ => Err(pushed),
        }
    }

    /// A browser in which `user` has logged in and allowed `client` everything.
    pub(super) async fn signed_in(&self) -> Browser<'_> {
        let browser = Browser::new(&self.app);
        let scopes = self.values("scopes_supported").join(" ");
        let answer = browser.sign_in(&self.asked("code", &[("scope", &scopes)]).await, "user").await;
        code(&answer);
        browser
    }

    /// A code that a browser of [`Walk::signed_in`] brings.
    pub(super) async fn code(&self, browser: &Browser<'_>, more: &[(&str, &str)]) -> String {
        code(&browser.get(&self.asked("code", more).await).await)
    }

    /// The tokens for a code.
    pub(super) async fn redeem(&self, code: &str) -> Value {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post(TOKEN, &form).await.ok()
    }

    /// The tokens of somebody who is asked for these things.
    pub(super) async fn tokens(&self, browser: &Browser<'_>, more: &[(&str, &str)]) -> Value {
        self.redeem(&self.code(browser, more).await).await
    }

    /// What introspection says of a token, signed or not.
    pub(super) fn introspected(answer: &Answer) -> Value {
        assert_eq!(answer.status, 200, "{} {:?}", answer.text(), answer.refusal);
        match answer.header(http::header::CONTENT_TYPE) {
            "application/token-introspection+jwt" => decode(answer.text()).1["token_introspection"].clone(),
            _ => answer.json(),
        }
    }
}

/// The metadata of the workspace.
pub(super) async fn document(app: &TestApp) -> Value {
    app.get("/default/default/.well-known/openid-configuration").await.ok()
}

/// The claims of a request object that says this.
pub(super) fn claims(form: &Parameters) -> Value {
    let now = NOW.seconds();
    let mut claims =
        json!({"iss": "client", "client_id": "client", "aud": ISSUER, "nbf": now, "exp": now + 300});
    for name in form.iter().map(|(name, _)| name).collect::<BTreeSet<_>>() {
        let all: Vec<_> = form.iter().filter(|(own, _)| own == name).map(|(_, value)| value).collect();
        claims[name] = if all.len() > 1 { json!(all) } else { json!(all[0]) };
        // Parameters that are JSON are JSON in an object (RFC 9101 §4).
        if ["claims", "authorization_details"].contains(&name.as_str()) {
            claims[name] = serde_json::from_str(all[0]).unwrap();
        }
    }
    claims
}

/// A request by this object, with what OpenID Connect has beside it (Core §6.1).
pub(super) fn beside(object: String, form: &Parameters) -> Parameters {
    let kept =
        form.iter().filter(|(name, _)| ["response_type", "scope", "redirect_uri"].contains(&name.as_str()));
    kept.cloned().chain([("request".to_owned(), object)]).collect()
}

/// The parameters of an answer, however it travels.
pub(crate) fn sent(answer: &Answer) -> BTreeMap<String, String> {
    let parameters: BTreeMap<String, String> = if answer.status == 200 {
        let fields = answer.text().split("<input type=\"hidden\" name=\"").skip(1);
        let pairs = fields.map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split_once('"').unwrap().0.to_owned())
        });
        pairs.collect()
    } else {
        let url = url::Url::parse(answer.location()).unwrap_or_else(|_| panic!("to no client: {answer:?}"));
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

/// The code of an answer.
#[track_caller]
pub(super) fn code(answer: &Answer) -> String {
    let mut sent = sent(answer);
    sent.remove("code").unwrap_or_else(|| panic!("no code: {sent:?} {answer:?}"))
}

/// Switches on what there is.
async fn switch_on(app: &TestApp, name: WorkspaceProfile, authority: &TestAuthority) {
    static KEYS: OnceCell<Vec<MadeKey>> = OnceCell::const_new();
    let made = async || {
        let mut keys = vec![MadeKey::new(Algorithm::EdDSA).await.unwrap()];
        for algorithm in [KeyManagement::RsaOaep256, KeyManagement::EcdhEs] {
            keys.push(MadeKey::for_encryption(algorithm).await.unwrap());
        }
        keys
    };
    for key in KEYS.get_or_init(made).await {
        app.store().insert_key(&key.as_new(), KeyState::Current, NOW.millis()).await.unwrap();
    }
    app.add_scopes("tools", &["tools:read"]).await;
    let mut tools = app.store().load::<Service>("tools").await.unwrap().value;
    tools.custom_audience = Some(TOOLS.to_owned());
    app.store().update(tools, None, NOW.millis()).await.unwrap();
    for kind in ["account_information", "payment_initiation"] {
        let kind = kind.to_owned();
        let kind = AuthorizationDetail { id: kind.clone(), kind, ..AuthorizationDetail::default() };
        app.store().insert(kind, NOW.millis()).await.unwrap();
    }
    app.change_workspace(|server| {
        server.profile = name;
        server.root_cas = Some(authority.pem());
        server.grant_types = GRANTS.iter().map(|word| (*word).to_owned()).collect();
        server.dynamic_client_registration.get_or_insert_default().enabled = true;
        server.client_id_metadata_documents.get_or_insert_default().enabled = true;
        server.backchannel_token_delivery_modes_supported =
            ["poll", "ping", "push"].map(str::to_owned).to_vec();
        let advanced = server.advanced.get_or_insert_default();
        advanced.allow_unsigned_request_objects = true;
        advanced.session_management = true;
    })
    .await;
}

/// What is known about `user`, by the workspace and by others.
pub(super) fn known_about_user() -> Map<String, Value> {
    let known = json!({
        "name": "Ursula User", "family_name": "User", "given_name": "Ursula", "middle_name": "M", "nickname": "Ursi",
        "preferred_username": "ursula", "profile": "https://u.example/", "picture": "https://u.example/u.png",
        "website": "https://u.example/", "gender": "female", "birthdate": "2000-01-01", "zoneinfo": "Europe/Warsaw",
        "locale": "pl-PL", "updated_at": 1_700_000_000, "address": {"country": "PL"}, "phone_number": "+48 1",
        "phone_number_verified": true, "email": "user@example.com", "email_verified": true,
    });
    known.as_object().unwrap().clone()
}

async fn add_people_data(app: &TestApp) {
    let credit =
        TestIssuer::new("https://credit.example.com").sign(json!({"credit_score": 650, "aud": "client"}));
    app.change_person("user", |user| {
        user.email_verified = true;
        let context = &mut user.authentication_context.0;
        *context = known_about_user();
        context.insert("name#de".to_owned(), "Ursula Nutzer".into());
        context.insert("credit".to_owned(), credit.into());
        context.insert("bank".to_owned(), json!({"endpoint": "https://bank.example.com/claims"}));
    })
    .await;
    for (name, path, delivery) in [
        ("credit_score", "credit", ClaimDelivery::Aggregated),
        ("payment_info", "bank", ClaimDelivery::Distributed),
    ] {
        let claim = Claim {
            id: name.to_owned(),
            name: name.to_owned(),
            source_path: Some(path.to_owned()),
            kind: ClaimKind::IdToken,
            scopes: vec!["profile".to_owned()],
            delivery,
            ..Claim::default()
        };
        app.store().insert(claim, NOW.millis()).await.unwrap();
    }
    app.app.snapshots.invalidate("default", "default");
}

/// Keys of each family, the RSA key twice. Making one takes long.
fn signers() -> Vec<Signer> {
    static RSA: OnceLock<Signer> = OnceLock::new();
    let rsa = RSA.get_or_init(|| Signer::new(Algorithm::RS256, "rsa"));
    let [es, ed] =
        [(Algorithm::ES256, "es"), (Algorithm::EdDSA, "ed")].map(|(alg, kid)| Signer::new(alg, kid));
    vec![es, ed, rsa.with_algorithm(Algorithm::PS256), rsa.with_algorithm(Algorithm::RS256)]
}
