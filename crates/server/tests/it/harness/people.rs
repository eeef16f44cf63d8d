//! People who can log in, and a client that asks them to.

use serde_json::{Value, json};
use symbolon_server::login::Passwords;
use symbolon_store::entity::idp::{StaticCredentials, StaticUser};
use symbolon_store::entity::{Idp, Scope, Secret};
use tokio::sync::OnceCell;
use url::form_urlencoded::Serializer;

use super::{Answer, Browser, NOW, SECRET, TOKEN, TestApp, decode};

/// The authorization endpoint.
pub(crate) const AUTHORIZE: &str = "/default/default/oauth2/authorize";
/// The logout endpoint.
pub(crate) const LOGOUT: &str = "/default/default/oidc/logout";
/// Where the client is answered.
pub(crate) const CALLBACK: &str = "https://example.com/callback";

/// The address of an authorization request with these parameters.
pub(crate) fn authorize(parameters: &[(&str, &str)]) -> String {
    format!("{AUTHORIZE}?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
}

impl TestApp {
    /// A server at which `user` and `other` can log in, each with their name as the password, and a client `client`
    /// with the scopes `openid`, `email`, `profile` and `offline_access`.
    pub(crate) async fn with_people() -> Self {
        Self::with_people_and_settings(&[]).await
    }

    /// The same with settings.
    pub(crate) async fn with_people_and_settings(settings: &[(&str, &str)]) -> Self {
        let app = Self::with_settings(settings).await;
        app.add_people("default", &["user", "other"]).await;
        app.add_client(client("client")).await;
        app
    }

    /// Changes one of the people of [`TestApp::with_people`].
    pub(crate) async fn change_person(&self, username: &str, change: impl FnOnce(&mut StaticUser)) {
        self.change_people(|idp| {
            let users = &mut idp.credentials.as_mut().unwrap().users;
            change(users.iter_mut().find(|user| user.username == username).unwrap());
        })
        .await;
    }

    /// Lets people make accounts at the identity provider of `with_people`, or lets them no more.
    pub(crate) async fn let_people_register(&self, allowed: bool) {
        let set = |idp: &mut Idp| {
            idp.settings.0.insert("public_registration_allowed".to_owned(), allowed.into());
        };
        self.change_people(set).await;
    }

    /// Removes one of the people of [`TestApp::with_people`] from the store: nothing that was issued is revoked.
    pub(crate) async fn forget_person(&self, username: &str) {
        self.change_people(|idp| {
            idp.credentials.as_mut().unwrap().users.retain(|user| user.username != username);
        })
        .await;
    }

    /// Changes the identity provider of [`TestApp::with_people`] in the store: nothing that was issued is revoked.
    pub(crate) async fn change_people(&self, change: impl FnOnce(&mut Idp)) {
        let mut idp = self.store().load::<Idp>("default-people").await.unwrap().value;
        change(&mut idp);
        self.store().update(idp, None, NOW.millis()).await.unwrap();
        self.app.snapshots.invalidate("default", "default");
    }

    /// Redeems a code of `client`. Returns the tokens.
    pub(crate) async fn redeem(&self, code: &str) -> Value {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.post(TOKEN).basic("client", SECRET).form(&form).await.ok()
    }

    /// What the ID token says that `client` gets for a code.
    pub(crate) async fn id_token_of(&self, code: &str) -> Value {
        let tokens = self.redeem(code).await;
        decode(tokens["id_token"].as_str().unwrap()).1
    }

    /// An access token of `user` whose scope belongs to no service: its audience is the client alone, as that of an ID
    /// token is.
    pub(crate) async fn access_token_for_nobody(&self, browser: &Browser<'_>) -> String {
        let scope = Scope { id: "plain".to_owned(), name: "plain".to_owned(), ..Scope::default() };
        self.store().insert(scope, NOW.millis()).await.unwrap();
        self.change_client("client", |client| client.scopes.push("plain".to_owned())).await;
        let code = browser.sign_in(&request("plain"), "user").await.code();
        let token = self.redeem(&code).await["access_token"].as_str().unwrap().to_owned();
        assert_eq!(decode(&token).1["aud"], json!(["client"]));
        token
    }

    /// How many rows a table has.
    pub(crate) async fn rows_of(&self, table: &str) -> i64 {
        let counts = self.app.store.row_counts().await.unwrap();
        counts.into_iter().find(|(name, _)| *name == table).map(|(_, count)| count).unwrap()
    }

    /// Adds people to a workspace of tenant `default`, each with their name as the password.
    pub(crate) async fn add_people(&self, workspace: &str, names: &[&str]) {
        let mut users = Vec::new();
        for name in names {
            users.push(StaticUser {
                username: (*name).to_owned(),
                password: Some(Secret::new(hash_of(name).await)),
                email: Some(format!("{name}@example.com")),
                ..StaticUser::default()
            });
        }
        let idp = Idp {
            id: format!("{workspace}-people"),
            name: "People".to_owned(),
            method: "static".to_owned(),
            credentials: Some(StaticCredentials { users }),
            ..Idp::default()
        };
        self.app.store.workspace("default", workspace).insert(idp, NOW.millis()).await.unwrap();
        self.app.snapshots.invalidate("default", workspace);
    }
}

/// A confidential client for the code flow.
pub(crate) fn client(id: &str) -> Value {
    json!({
        "client_id": id,
        "client_name": "Calendar",
        "client_secret": SECRET,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": ["https://example.com/bye"],
        "scopes": ["openid", "email", "profile", "offline_access"],
    })
}

/// The hash of a person's password, made once for all tests.
async fn hash_of(name: &str) -> String {
    static USER: OnceCell<String> = OnceCell::const_new();
    static OTHER: OnceCell<String> = OnceCell::const_new();
    let hash = async || Passwords::new([1; 16], 1).unwrap().hash(name, [2; 16]).await.unwrap();
    match name {
        "user" => USER.get_or_init(hash).await.clone(),
        "other" => OTHER.get_or_init(hash).await.clone(),
        _ => hash().await,
    }
}

/// An authorization request of `client` for these scopes.
pub(crate) fn request(scope: &str) -> String {
    request_with(scope, &[])
}

/// The same with more parameters.
pub(crate) fn request_with(scope: &str, more: &[(&str, &str)]) -> String {
    let parameters = [
        ("client_id", "client"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", scope),
        ("state", "of the client"),
    ];
    authorize(&[&parameters, more].concat())
}

impl Browser<'_> {
    /// Fills in the registration page that was shown at `path`.
    pub(crate) async fn register(&self, path: &str, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let csrf = page.page().csrf();
        self.post(path, &[&[("csrf", csrf.as_str()), ("action", "register")], fields].concat()).await
    }

    /// Goes through login and consent as far as they are asked for. Returns what sends the browser to the client.
    pub(crate) async fn sign_in(&self, request: &str, username: &str) -> Answer {
        let (mut path, mut answer) = self.open(request).await;
        for _ in 0..3 {
            if answer.status == 303 {
                return answer;
            }
            let next = match answer.page().scopes().is_empty() {
                true => self.log_in(&path, &answer, username, username).await,
                false => self.press(&path, &answer, "accept").await,
            };
            (path, answer) = self.follow(&path, next).await;
        }
        panic!("no end: {answer:?}");
    }
}
