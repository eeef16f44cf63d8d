//! A server with tenant `default` and its workspaces.

use std::path::Path;
use std::time::Duration;

use axum::Router;
use serde_json::Value;
use symbolon_server::app::{App, Environment};
use symbolon_server::clock::{Clock, Timestamp};
use symbolon_server::config::{Config, Sources};
use symbolon_server::metrics::Metrics;
use symbolon_server::refusals::Refusals;
use symbolon_server::rng::Rng;
use symbolon_server::seed::NewTenant;
use symbolon_server::seed::first_start::FirstCredentials;
use symbolon_server::{router, seed};
use symbolon_store::entity::{Client, Scope, Server, Service, Tenant, lenient};
use symbolon_store::seal::MasterKeys;
use symbolon_store::{Location, SqliteOptions, Store, WorkspaceStore};

use super::Request;

/// When tests happen: 2027-01-15T08:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A whole server. It has tenant `default` with the workspaces `admin`, `system`, `default` and `developer`; what
/// does not name tenant and workspace means `default/default`.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) router: Router,
}

impl TestApp {
    /// A server as configured by default. It answers under the name it is called by.
    pub(crate) async fn new() -> Self {
        Self::with_settings(&[]).await
    }

    /// A server with these settings, such as `("limits.body_size", "1KiB")`.
    pub(crate) async fn with_settings(settings: &[(&str, &str)]) -> Self {
        Self::build(settings, SqliteOptions::ephemeral()).await
    }

    /// A server whose database another program can open, in `folder`.
    pub(crate) async fn in_folder(folder: &Path) -> Self {
        let options = SqliteOptions {
            lock_timeout: Duration::from_millis(50),
            ..SqliteOptions::file(folder.join("symbolon.db"))
        };
        Store::migrate(&Location::Sqlite(options.clone()), false, NOW.millis()).await.unwrap();
        Self::build(&[], options).await
    }

    async fn build(settings: &[(&str, &str)], options: SqliteOptions) -> Self {
        // A certificate is configured so that the server knows it is reached over TLS; nobody reads it here.
        let tls = [("server.certificate.cert_path", "none.pem"), ("server.certificate.key_path", "none.pem")];
        let flags = tls.iter().chain(settings).map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        let config = Config::load(&Sources { flags: flags.collect(), ..Sources::default() }).unwrap();
        let keys = MasterKeys::new(&[7; 32], &[]).unwrap();
        let store = Store::open(&Location::Sqlite(options), keys, NOW.millis()).await.unwrap();
        let app = App::build(Environment {
            config,
            store,
            master_key: vec![7; 32].into(),
            clock: Clock::fixed(NOW),
            rng: Rng::seeded(7),
            metrics: Metrics::default(),
            refusals: Refusals::in_memory(),
        })
        .unwrap();
        let router = router::router(&app);
        let test = Self { app, router };
        test.add_tenant("default").await;
        test
    }

    /// Adds a tenant with its four workspaces.
    pub(crate) async fn add_tenant(&self, id: &str) {
        let tenant = Tenant { id: id.to_owned(), name: id.to_owned(), ..Tenant::default() };
        let credentials = FirstCredentials::new(&Rng::system());
        let new = NewTenant {
            tenant,
            default_workspaces: true,
            credentials: &credentials,
            // Nobody logs in with it.
            password_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
        };
        seed::create_tenant(&self.app.store, &self.app.rng, new, NOW).await.unwrap();
    }

    /// Adds a client from its management API form.
    pub(crate) async fn add_client(&self, client: Value) {
        self.add_client_in("default", "default", client).await;
    }

    /// Adds a client to another workspace.
    pub(crate) async fn add_client_in(&self, tenant: &str, workspace: &str, client: Value) {
        let client: Client = lenient::from_value(client).unwrap();
        self.app.store.workspace(tenant, workspace).insert(client, NOW.millis()).await.unwrap();
        self.app.snapshots.invalidate(tenant, workspace);
    }

    /// Adds scopes that belong to a service.
    pub(crate) async fn add_scopes(&self, service: &str, scopes: &[&str]) {
        let service = Service { id: service.to_owned(), name: service.to_owned(), ..Service::default() };
        self.store().insert(service.clone(), NOW.millis()).await.unwrap();
        for name in scopes {
            let scope = Scope {
                id: (*name).to_owned(),
                name: (*name).to_owned(),
                service_id: Some(service.id.clone()),
                ..Scope::default()
            };
            self.store().insert(scope, NOW.millis()).await.unwrap();
        }
        self.app.snapshots.invalidate("default", "default");
    }

    /// Changes the settings of the workspace.
    pub(crate) async fn change_workspace(&self, change: impl FnOnce(&mut Server)) {
        let tenant = self.app.store.tenant("default");
        let mut server = tenant.find::<Server>("default").await.unwrap().unwrap().value;
        change(&mut server);
        tenant.update(server, None, NOW.millis()).await.unwrap();
        self.app.snapshots.invalidate("default", "default");
    }

    /// Changes a client.
    pub(crate) async fn change_client(&self, id: &str, change: impl FnOnce(&mut Client)) {
        let mut client = self.store().find::<Client>(id).await.unwrap().unwrap().value;
        change(&mut client);
        self.store().update(client, None, NOW.millis()).await.unwrap();
        self.app.snapshots.invalidate("default", "default");
    }

    /// The store of the workspace.
    pub(crate) fn store(&self) -> WorkspaceStore<'_> {
        self.app.store.workspace("default", "default")
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, seconds: i64) {
        self.app.clock.advance(seconds);
    }

    /// A GET request, sent when it is awaited.
    pub(crate) fn get(&self, path: &str) -> Request<'_> {
        Request::new(self, http::Method::GET, path)
    }

    /// An OPTIONS request, sent when it is awaited.
    pub(crate) fn options(&self, path: &str) -> Request<'_> {
        Request::new(self, http::Method::OPTIONS, path)
    }

    /// A POST request, sent when it is awaited.
    pub(crate) fn post(&self, path: &str) -> Request<'_> {
        Request::new(self, http::Method::POST, path)
    }

    /// A request of any method, sent when it is awaited.
    pub(crate) fn request(&self, method: &str, path: &str) -> Request<'_> {
        Request::new(self, method.parse().unwrap(), path)
    }
}
