//! One connection: handshake, then HTTP until either side has had enough.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rustls::{HandshakeKind, ServerConnection};
use symbolon_pki::Certificate;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::activity::Activity;
use super::forwarded::Taken;
use super::{CertificateSource, Front, Peer, PeerCertificate, TlsSession};
use crate::metrics::ResultLabel;

/// What a connection that was told to close may still take to do so.
const FAREWELL: Duration = Duration::from_secs(10);
/// What a connection without a request may still wait for one when the server stops.
const LAST_CALL: Duration = Duration::from_secs(1);

/// How connections are ended from outside.
#[derive(Clone)]
pub(super) struct Ends {
    /// Finish what is under way.
    pub(super) stop: CancellationToken,
    /// End now.
    pub(super) cut: CancellationToken,
}

/// Why a connection was told to close.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    Idle,
    Stopped,
}

/// What all requests of a connection share.
#[derive(Clone)]
struct Link {
    front: Front,
    peer: Peer,
    session: Option<TlsSession>,
    activity: Arc<Activity>,
}

pub(super) async fn run(front: &Front, stream: TcpStream, remote: SocketAddr, ends: Ends) {
    // Answers are small: waiting to fill a packet only delays them. An error here is the connection's end anyway.
    let _nodelay = stream.set_nodelay(true);
    let mut link = Link {
        front: front.clone(),
        peer: Peer { remote, certificate: None, resumed: false },
        session: None,
        activity: Activity::new(),
    };
    let shared = &front.0;
    let Some(tls) = &shared.tls else {
        return http(TokioIo::new(stream), &shared.either, link, &ends).await;
    };
    let handshake = tokio::time::timeout(shared.timeouts.handshake, tls.accept(stream));
    let stream = match ends.stop.run_until_cancelled(handshake).await {
        None => return,
        Some(Err(_elapsed)) => return count(front, "timeout"),
        Some(Ok(Err(error))) => return failed(front, remote, &error),
        Some(Ok(Ok(stream))) => stream,
    };
    let connection = stream.get_ref().1;
    link.session = TlsSession::of(connection);
    link.peer.resumed = connection.handshake_kind() == Some(HandshakeKind::Resumed);
    link.peer.certificate = certificate(connection).map(Arc::new);
    link.activity = Activity::new();
    count(front, if link.peer.resumed { "resumed" } else { "full" });
    let builder = if is_http2(&stream) { &shared.http2 } else { &shared.http1 };
    http(TokioIo::new(stream), builder, link, &ends).await;
}

fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

/// The chain of the handshake, or of the session that this one resumes.
fn certificate(connection: &ServerConnection) -> Option<PeerCertificate> {
    let chain = connection.peer_certificates()?;
    // It was read in the handshake; if it could not be read now, there would be none.
    let leaf = Certificate::from_der(chain.first()?.as_ref()).ok()?;
    let chain = chain.iter().map(|certificate| certificate.clone().into_owned()).collect();
    Some(PeerCertificate { leaf, chain, source: CertificateSource::Handshake })
}

fn count(front: &Front, result: &'static str) {
    front.0.metrics.handshakes.get_or_create(&ResultLabel { result }).inc();
}

/// A failed handshake is a stranger's matter; one that failed over a certificate is worth a line.
fn failed(front: &Front, remote: SocketAddr, error: &io::Error) {
    count(front, "failed");
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(cause)) => {
            tracing::info!(%remote, ?cause, "TLS handshake refused: the client certificate or the proof of its key");
        }
        _ => tracing::debug!(%remote, %error, "TLS handshake failed"),
    }
}

async fn http<I>(io: I, builder: &Builder<TokioExecutor>, link: Link, ends: &Ends)
where
    I: Read + Write + Unpin + Send + 'static,
{
    let (activity, timeouts) = (Arc::clone(&link.activity), link.front.0.timeouts);
    let service = service_fn(move |request| answer(link.clone(), request));
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut deadline = activity.deadline(&timeouts);
    let mut closing = None;
    loop {
        tokio::select! {
            // Ended by either side; an error is the client's going away, or not speaking HTTP.
            _ended = connection.as_mut() => return,
            () = ends.stop.cancelled(), if closing != Some(Closing::Stopped) => {
                connection.as_mut().graceful_shutdown();
                closing = Some(Closing::Stopped);
                deadline = Instant::now() + LAST_CALL;
            }
            () = tokio::time::sleep_until(deadline) => {
                deadline = Instant::now() + LAST_CALL;
                match closing {
                    // What it was told is enough for a connection in use; the drain timeout sees to the rest.
                    Some(Closing::Stopped) if activity.is_untouched() => return,
                    Some(Closing::Idle) if !activity.is_busy() => return,
                    Some(_) => {}
                    None if activity.deadline(&timeouts) > Instant::now() => {
                        deadline = activity.deadline(&timeouts);
                    }
                    None => {
                        connection.as_mut().graceful_shutdown();
                        closing = Some(Closing::Idle);
                        deadline = Instant::now() + if activity.is_untouched() { LAST_CALL } else { FAREWELL };
                    }
                }
            }
        }
    }
}

async fn answer(link: Link, request: Request<Incoming>) -> Result<Response, Infallible> {
    let _under_way = link.activity.enter();
    let shared = &link.front.0;
    let mut request = request.map(Body::new);
    let socket = link.peer.remote;
    let Taken { peer, via, fault } = shared.forwarded.take(request.headers_mut(), link.peer);
    let extensions = request.extensions_mut();
    extensions.insert(ConnectInfo(socket));
    extensions.insert(peer);
    if let Some(via) = via {
        extensions.insert(via);
    }
    if let Some(session) = link.session {
        extensions.insert(session);
    }
    if let Some(fault) = fault {
        extensions.insert(fault);
    }
    shared.router.clone().oneshot(request).await
}
