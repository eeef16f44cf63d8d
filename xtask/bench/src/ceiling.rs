//! The ceiling server: hyper and rustls as the server uses them, one ES256 signature a request, nothing else.

use std::{convert::Infallible, io::Write, net::Ipv4Addr, sync::Arc};

use aws_lc_rs::{
    rand::{self, SystemRandom},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{CryptoProvider, aws_lc_rs as provider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::clock;

/// Serves until it is killed. Prints the port first.
///
/// # Errors
/// When the port or the certificate cannot be had.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    accept(listener).await
}

async fn accept(listener: TcpListener) -> anyhow::Result<()> {
    let acceptor = TlsAcceptor::from(Arc::new(tls()?));
    let signer = Arc::new(Signer::new()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let (acceptor, signer) = (acceptor.clone(), Arc::clone(&signer));
        tokio::spawn(connection(stream, acceptor, signer));
    }
}

async fn connection(stream: TcpStream, acceptor: TlsAcceptor, signer: Arc<Signer>) {
    stream.set_nodelay(true).ok();
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let service = service_fn(move |request| {
        let signer = Arc::clone(&signer);
        async move { Ok::<_, Infallible>(answer(request, &signer).await) }
    });
    // A client that closes without notice is the usual end of a connection here.
    auto::Builder::new(TokioExecutor::new())
        .http1_only()
        .serve_connection(TokioIo::new(stream), service)
        .await
        .ok();
}

async fn answer(request: Request<Incoming>, signer: &Signer) -> Response<Full<Bytes>> {
    let body = match (request.method(), request.uri().path()) {
        (&Method::GET, "/get") => Bytes::from_static(GET),
        (&Method::POST, "/es256") => {
            let form = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
            match form.ok().and_then(|form| signer.token(form.len())) {
                Some(token) => Bytes::from(token),
                None => return status(StatusCode::INTERNAL_SERVER_ERROR),
            }
        }
        _ => return status(StatusCode::NOT_FOUND),
    };
    let mut response = Response::new(Full::new(body));
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response.headers_mut().insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

/// A key set of one P-256 key, the least that can be asked for.
const GET: &[u8] = br#"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"ceiling","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

/// Signs tokens of the size that real ones have.
struct Signer {
    key: EcdsaKeyPair,
    random: SystemRandom,
    header: String,
}

impl Signer {
    fn new() -> anyhow::Result<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"ceiling","typ":"JWT"}"#);
        Ok(Self { key, random: SystemRandom::new(), header })
    }

    /// The answer of a token endpoint. `form` is the length of what was read.
    fn token(&self, form: usize) -> Option<String> {
        let mut id = [0; 16];
        rand::fill(&mut id).ok()?;
        let (now, id) = (clock::now(), URL_SAFE_NO_PAD.encode(id));
        let claims = format!(
            r#"{{"iss":"https://localhost:8443/default/default","aud":["ceiling","spiffe://localhost/default/default/service"],"sub":"ceiling","scp":["email"],"aid":"default","tid":"default","st":"public","amr":[],"idp":"","exp":{},"iat":{now},"nbf":{now},"jti":"{id}","len":{form}}}"#,
            now + 3600
        );
        let mut token = String::with_capacity(640);
        token.push_str(r#"{"access_token":""#);
        let start = token.len();
        token.push_str(&self.header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.key.sign(&self.random, &token.as_bytes()[start..]).ok()?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token.push_str(r#"","expires_in":3600,"scope":"email","token_type":"bearer"}"#);
        Some(token)
    }
}

/// As the server's listener: TLS 1.2 and 1.3, HTTP/1.1 and 2, a client certificate asked for but not required,
/// possession of its key proven, its chain not judged.
fn tls() -> anyhow::Result<ServerConfig> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_certificate = authority.self_signed(&authority_key)?;
    let key = KeyPair::generate()?;
    let issuer = Issuer::new(authority, authority_key);
    let certificate = CertificateParams::new(vec!["localhost".into()])?.signed_by(&key, &issuer)?;

    let provider = Arc::new(provider::default_provider());
    let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(Arc::new(AnyCertificate(provider)))
        .with_single_cert(
            vec![certificate.der().clone(), authority_certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?,
        )?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = provider::Ticketer::new()?;
    Ok(config)
}

#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
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
    use std::time::Duration;

    use super::*;
    use crate::{
        load::{self, Connection, Load, Request, Target},
        rows::Ceiling,
    };

    #[tokio::test]
    async fn the_generator_drives_it_kept_and_fresh() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let target = Target::new(listener.local_addr().unwrap().port(), None).unwrap();
        tokio::spawn(accept(listener));

        let request = Request::post(&target.authority(), "/es256", &[], "grant_type=client_credentials");
        let mut connection = Connection::new(target.clone());
        let answer = connection.send(&request).await.unwrap().expect(200).unwrap();
        let answer: serde_json::Value = serde_json::from_slice(answer.body).unwrap();
        let parts: Vec<&str> = answer["access_token"].as_str().unwrap().split('.').collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(URL_SAFE_NO_PAD.decode(parts[2]).unwrap().len(), 64, "r and s of P-256");

        let window = Duration::from_millis(200);
        let load = Load { connections: 4, warm_up: window, window };
        for ceiling in [Ceiling::Es256Kept, Ceiling::Es256MtlsFresh, Ceiling::Get] {
            let measured = load::run(load, std::process::id(), |_| ceiling.client(&target)).await.unwrap();
            assert!(measured.latencies.len() > 4, "{} requests", measured.latencies.len());
        }
    }
}
