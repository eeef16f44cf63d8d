//! `symbolon healthcheck`

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::{Client, Url, redirect};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::certificates::{Pair, read_certificate};
use crate::cli::Healthcheck;

/// Asks the server's health endpoint.
pub(crate) fn run(arguments: &Healthcheck, folder: &Path) -> anyhow::Result<ExitCode> {
    let url = Url::parse(&arguments.url).with_context(|| {
        format!("{:?} is no address; write it like https://localhost:8443/health", arguments.url)
    })?;
    let client = client(&url, folder, Duration::from_secs(arguments.timeout))?;
    let asking = async {
        let response = client.get(url.clone()).send().await?;
        let status = response.status();
        Ok::<_, reqwest::Error>((status, response.text().await?))
    };
    match super::small_runtime()?.block_on(asking) {
        Ok((status, body)) if status.is_success() => {
            println!("{}", body.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Ok((status, body)) => anyhow::bail!("{url} answered {status}: {}", body.trim_end()),
        Err(error) => anyhow::bail!("{url} does not answer: {}", innermost(&error)),
    }
}

fn client(url: &Url, folder: &Path, timeout: Duration) -> anyhow::Result<Client> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let tls = if is_loopback(url) {
        let any = Arc::new(AnyCertificate(provider));
        builder.dangerous().with_custom_certificate_verifier(any).with_no_client_auth()
    } else {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let own = Pair::ca(folder).certificate;
        if own.exists() {
            roots.add(read_certificate(&own)?.der().clone())?;
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
        builder.with_webpki_verifier(verifier).with_no_client_auth()
    };
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(timeout)
        .build()?;
    Ok(client)
}

/// Whether the question stays on this machine, so that nobody can stand between.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// Takes any certificate whose key the server has: on loopback its name and issuer say nothing.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_needs_no_trusted_certificate() {
        for url in ["https://localhost:8443/health", "https://127.0.0.1/", "https://[::1]:8443/health"] {
            assert!(is_loopback(&url.parse().unwrap()), "{url}");
        }
        for url in ["https://localhost.example.com/", "https://192.0.2.1/", "https://127.0.0.1.example.com/"]
        {
            assert!(!is_loopback(&url.parse().unwrap()), "{url}");
        }
    }
}
