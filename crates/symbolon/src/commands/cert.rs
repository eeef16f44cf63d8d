//! `symbolon cert ca|server|client`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use symbolon_pki::make::{Authority, KeyType, Purpose};
use symbolon_pki::{Certificate, DistinguishedName, SubjectAltNames};
use symbolon_server::start::create_private_folder;

use crate::certificates::{Pair, Request, local_hosts};
use crate::cli::{Cert, CertClient, CertServer, Issuer, KeyKind, Made};

/// Makes the certificate and says what was made.
pub(crate) fn run(kind: &Cert, data_dir: &Path) -> anyhow::Result<()> {
    match kind {
        Cert::Ca(ca) => {
            let folder = folder(&ca.made, data_dir)?;
            let pair = Pair::ca(&folder);
            let names = SubjectAltNames::default();
            let request = request(Purpose::Authority, subject(&ca.subject)?, names, ca.days, &ca.made);
            let certificate = pair.make(&request, None, ca.made.force)?;
            describe(&certificate, &pair);
            println!("Trust it in a workspace: put ca.pem into the workspace's root_cas.");
        }
        Cert::Server(server) => make_server(server, data_dir)?,
        Cert::Client(client) => make_client(client, data_dir)?,
    }
    Ok(())
}

fn make_server(server: &CertServer, data_dir: &Path) -> anyhow::Result<()> {
    let folder = folder(&server.made, data_dir)?;
    let hosts = if server.hosts.is_empty() { local_hosts() } else { server.hosts.clone() };
    let names = SubjectAltNames::for_hosts(hosts.iter().map(String::as_str));
    let issuer = issuer(&server.issuer, &folder, data_dir)?;
    let common_name = subject_of_host(&hosts[0])?;
    let request = request(Purpose::Server, common_name, names, server.days, &server.made);
    let pair = Pair::server(&folder);
    let certificate = pair.make(&request, issuer.as_ref(), server.made.force)?;
    describe(&certificate, &pair);
    println!(
        "Serve with it: --server.certificate.cert_path {} --server.certificate.key_path {}",
        pair.certificate.display(),
        pair.key.display()
    );
    Ok(())
}

fn make_client(client: &CertClient, data_dir: &Path) -> anyhow::Result<()> {
    let folder = folder(&client.made, data_dir)?;
    let names = SubjectAltNames {
        dns: client.dns.clone(),
        uri: client.uri.clone(),
        email: client.email.clone(),
        ip: client.ip.clone(),
    };
    let issuer = issuer(&client.issuer, &folder, data_dir)?;
    let request = request(Purpose::Client, subject(&client.subject)?, names, client.days, &client.made);
    let pair = Pair::client(&folder);
    let certificate = pair.make(&request, issuer.as_ref(), client.made.force)?;
    describe(&certificate, &pair);
    println!("Register it: token_endpoint_auth_method tls_client_auth with exactly one of");
    println!("  tls_client_auth_subject_dn  {}", certificate.subject());
    let names = certificate.subject_alt_names();
    for (member, values) in [("dns", &names.dns), ("uri", &names.uri), ("email", &names.email)] {
        values.iter().for_each(|value| println!("  tls_client_auth_san_{member:<8}  {value}"));
    }
    names.ip.iter().for_each(|value| println!("  tls_client_auth_san_ip        {value}"));
    if issuer.is_none() {
        println!(
            "It is self-signed: register it in the client's jwks with self_signed_tls_client_auth instead,"
        );
        println!("or put cert.pem into the workspace's root_cas.");
    }
    Ok(())
}

fn describe(certificate: &Certificate, pair: &Pair) {
    println!("{}", pair.certificate.display());
    println!("{}", pair.key.display());
    println!();
    println!("  subject     {}", certificate.subject());
    println!("  issuer      {}", certificate.issuer());
    println!("  x5t#S256    {}", certificate.x5t_s256());
    println!();
}

fn folder(made: &Made, data_dir: &Path) -> anyhow::Result<PathBuf> {
    let folder = made.out.clone().unwrap_or_else(|| data_dir.to_owned());
    create_private_folder(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(folder)
}

/// The CA that was named, else the one in the folder of the files or in the data folder.
fn issuer(arguments: &Issuer, folder: &Path, data_dir: &Path) -> anyhow::Result<Option<Authority>> {
    let named = arguments.ca.clone().zip(arguments.ca_key.clone());
    let pair = match named {
        _ if arguments.self_signed => None,
        Some((certificate, key)) => Some(Pair { certificate, key }),
        None => [folder, data_dir].map(Pair::ca).into_iter().find(Pair::exists),
    };
    pair.map(|pair| pair.authority()).transpose()
}

fn subject(text: &str) -> anyhow::Result<DistinguishedName> {
    text.parse().with_context(|| format!("{text:?} is no subject; write it like CN=example.com,O=Example"))
}

/// A text without `=` is read as a common name.
fn subject_of_host(host: &str) -> anyhow::Result<DistinguishedName> {
    DistinguishedName::parse_registered(host).with_context(|| format!("{host:?} is no host name"))
}

fn request(
    purpose: Purpose,
    subject: DistinguishedName,
    names: SubjectAltNames,
    days: u32,
    made: &Made,
) -> Request {
    let key = match made.key {
        KeyKind::P256 => KeyType::P256,
        KeyKind::P384 => KeyType::P384,
        KeyKind::Rsa2048 => KeyType::Rsa2048,
        KeyKind::Rsa3072 => KeyType::Rsa3072,
        KeyKind::Ed25519 => KeyType::Ed25519,
    };
    Request { purpose, subject, names, days, key }
}
