//! The files and the data of the demo.

use std::path::Path;

use symbolon_pki::make::{KeyType, Purpose};
use symbolon_pki::{Certificate, DistinguishedName, SubjectAltNames};
use symbolon_server::app::App;
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;
use symbolon_server::seed::demo::{self, ADMIN, Hashes, SYSTEM_ADMIN, USER};
use symbolon_server::start;

use crate::certificates::{Pair, Request, local_hosts, read_certificate};

/// A certificate with less left is made anew.
const RENEW_WITHIN_SECONDS: i64 = 7 * 86_400;

/// The demo CA in a folder, made when it is not there.
pub(crate) fn ensure_ca(folder: &Path) -> anyhow::Result<Certificate> {
    start::create_private_folder(folder)
        .map_err(|error| start::StartError::DataFolder { path: folder.to_owned(), error })?;
    let pair = Pair::ca(folder);
    if pair.exists() {
        return read_certificate(&pair.certificate);
    }
    let names = SubjectAltNames::default();
    pair.make(&request(Purpose::Authority, "CN=Symbolon Demo CA", names, 3650)?, None, true)
}

/// The client pair of the walk-through, `key.pem` and `cert.pem`.
pub(crate) fn ensure_client(folder: &Path) -> anyhow::Result<()> {
    let (pair, ca) = (Pair::client(folder), Pair::ca(folder));
    if pair.exists() && is_current(&read_certificate(&pair.certificate)?, &ca, &SubjectAltNames::default())? {
        return Ok(());
    }
    let request = request(Purpose::Client, "CN=example.com", SubjectAltNames::default(), 825)?;
    pair.make(&request, Some(&ca.authority()?), true).map(drop)
}

/// The TLS certificate of the server, for every name that this machine is known by.
pub(crate) fn ensure_server(folder: &Path, config: &Config) -> anyhow::Result<()> {
    let urls = [&config.server.url, &config.server.mtls_url];
    let configured = urls.into_iter().flatten().filter_map(|url| url.host_str());
    let mut hosts = local_hosts();
    hosts.extend(configured.map(|host| host.trim_matches(['[', ']']).to_owned()));
    let names = SubjectAltNames::for_hosts(hosts.iter().map(String::as_str));
    let (pair, ca) = (Pair::server(folder), Pair::ca(folder));
    if pair.exists() && is_current(&read_certificate(&pair.certificate)?, &ca, &names)? {
        return Ok(());
    }
    pair.make(&request(Purpose::Server, "CN=localhost", names, 397)?, Some(&ca.authority()?), true).map(drop)
}

/// Makes the demo data, unless it is there. A demo CA that was made anew becomes trusted beside the old one.
pub(crate) async fn seed(app: &App, ca: &Certificate) -> anyhow::Result<()> {
    let failed = |error| start::store_error(&app.config, error);
    let pem = ca.to_pem();
    if app.store.root().find(demo::TENANT).await.map_err(failed)?.is_some() {
        demo::trust(&app.store, &pem, app.clock.now()).await.map_err(failed)?;
        return Ok(());
    }
    let hash = |(_, password): (&'static str, &'static str)| app.passwords.hash(password, app.rng.bytes());
    let (user, admin, system_admin) = tokio::try_join!(hash(USER), hash(ADMIN), hash(SYSTEM_ADMIN))?;
    let hashes = Hashes { user, admin, system_admin };
    demo::create(&app.store, &app.rng, &hashes, &pem, app.clock.now()).await.map_err(failed)?;
    Ok(())
}

fn request(purpose: Purpose, subject: &str, names: SubjectAltNames, days: u32) -> anyhow::Result<Request> {
    let subject: DistinguishedName = subject.parse()?;
    Ok(Request { purpose, subject, names, days, key: KeyType::P256 })
}

/// Whether a certificate is from this CA, has all these names, and is still good for a while.
fn is_current(certificate: &Certificate, ca: &Pair, names: &SubjectAltNames) -> anyhow::Result<bool> {
    let has = certificate.subject_alt_names();
    let has_all =
        names.dns.iter().all(|name| has.dns.contains(name)) && names.ip.iter().all(|ip| has.ip.contains(ip));
    let from_ca = certificate.issuer_der() == read_certificate(&ca.certificate)?.subject_der();
    let good_until = certificate.not_after() - RENEW_WITHIN_SECONDS;
    Ok(has_all && from_ca && Clock::system().now().seconds() < good_until)
}
