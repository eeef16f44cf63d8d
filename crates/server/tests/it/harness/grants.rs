//! Grants and codes as the authorization endpoint leaves them.

use serde_json::{Value, json};
use symbolon_protocol::{AuthorizationDetails, ClaimsRequest, CodeChallenge, ScopeSet};
use symbolon_server::oauth2::records::{Authentication, CodeRecord, GrantRecord};
use symbolon_store::entity::idp::{StaticCredentials, StaticUser};
use symbolon_store::entity::{Idp, Secret};
use symbolon_store::{NewCode, NewGrant};

use super::{NOW, TestApp};

/// The identity provider that knows the user of the codes.
const SANDBOX: &str = "sandbox";

/// An authorization code of user `user` for `client`, about to be stored. The code's text is its `code`.
pub(crate) struct TestCode {
    pub(crate) code: &'static str,
    pub(crate) client_id: &'static str,
    pub(crate) scope: &'static str,
    /// `redirect_uri` of the authorization request; `None`: it named none.
    pub(crate) redirect_uri: Option<&'static str>,
    pub(crate) code_challenge: Option<CodeChallenge>,
    pub(crate) nonce: Option<&'static str>,
    pub(crate) dpop_jkt: Option<String>,
    pub(crate) resources: Vec<&'static str>,
    /// What the identity provider says about the user.
    pub(crate) context: Value,
    /// In seconds.
    pub(crate) lifetime: i64,
}

impl Default for TestCode {
    fn default() -> Self {
        Self {
            code: "the-code",
            client_id: "client",
            scope: "openid",
            redirect_uri: Some("https://example.com/callback"),
            code_challenge: None,
            nonce: None,
            dpop_jkt: None,
            resources: Vec::new(),
            context: json!({"name": "Ursula User", "email": "user@example.com", "email_verified": true}),
            lifetime: 600,
        }
    }
}

impl TestApp {
    /// Stores a code with its grant, whose id is `grant-{code}`.
    pub(crate) async fn add_code(&self, code: TestCode) {
        self.add_sandbox().await;
        let Value::Object(authentication_context) = code.context else { panic!("a context is an object") };
        let grant = GrantRecord {
            scope: ScopeSet::parse(code.scope).unwrap(),
            authentication: Authentication {
                subject: "subject-of-user".into(),
                username: "user".into(),
                idp_id: SANDBOX.into(),
                has_own_account: false,
                amr: vec!["pwd".into()],
                acr: None,
                auth_time: NOW.seconds() - 60,
                authentication_context,
                session_id: "session".into(),
            },
            acr: None,
            claims: ClaimsRequest::default(),
            resources: code.resources.into_iter().map(Into::into).collect(),
            authorization_details: AuthorizationDetails::default(),
        };
        let record = CodeRecord {
            redirect_uri: code.redirect_uri.map(Into::into),
            code_challenge: code.code_challenge,
            nonce: code.nonce.map(Into::into),
            dpop_jkt: code.dpop_jkt,
        };
        let now = self.app.clock.now();
        let expires_at = now.plus_seconds(code.lifetime).millis();
        let new_code = NewCode { code: code.code, doc: &record, expires_at };
        let new_grant = NewGrant {
            id: &format!("grant-{}", code.code),
            client_id: code.client_id,
            subject: Some("subject-of-user"),
            doc: &grant,
            created_at: now.millis(),
            expires_at: now.plus_seconds(24 * 60 * 60).millis(),
        };
        self.store().insert_code(&new_code, &new_grant).await.unwrap();
    }

    /// Adds the identity provider that knows the user of the codes, if it is not there. Nobody logs in at it.
    async fn add_sandbox(&self) {
        if self.store().find::<Idp>(SANDBOX).await.unwrap().is_some() {
            return;
        }
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";
        let user = StaticUser {
            username: "user".to_owned(),
            password: Some(Secret::new(hash)),
            ..StaticUser::default()
        };
        let idp = Idp {
            id: SANDBOX.to_owned(),
            name: "Sandbox".to_owned(),
            method: "static".to_owned(),
            credentials: Some(StaticCredentials { users: vec![user] }),
            ..Idp::default()
        };
        self.store().insert(idp, NOW.millis()).await.unwrap();
        self.app.snapshots.invalidate("default", "default");
    }
}
