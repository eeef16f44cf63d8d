//! Connections that do nothing, too much, or too many.

use std::time::Instant;

use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::own_client::{Client, connect};
use super::*;

const SHORT: Duration = Duration::from_millis(300);
/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads until the server closes; fails when it does not within [`PATIENCE`].
async fn until_closed<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) -> Vec<u8> {
    let mut read = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut read)).await;
    assert!(ended.is_ok(), "still open");
    read
}

fn impatient() -> Options {
    let timeouts = Timeouts { handshake: SHORT, first_request: SHORT, idle: SHORT, drain: SHORT };
    Options { timeouts, ..Options::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handshake_that_does_not_come_is_given_up() {
    let server = TestServer::start(impatient()).await;
    let began = Instant::now();
    let mut silent = TcpStream::connect((LOCAL, server.port)).await.unwrap();
    let mut halting = TcpStream::connect((LOCAL, server.port)).await.unwrap();
    halting.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]).await.unwrap();
    assert!(until_closed(&mut silent).await.is_empty());
    until_closed(&mut halting).await;
    assert!(began.elapsed() >= SHORT);
    // The connection is gone before it is counted.
    while server.handshakes("timeout") < 2 {
        assert!(began.elapsed() < PATIENCE, "not counted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_without_a_request_is_closed() {
    let timeouts = Timeouts { idle: Duration::from_secs(60), ..impatient().timeouts };
    let server = TestServer::start(Options { timeouts, ..Options::default() }).await;
    const NEITHER: &[&[u8]] = &[];
    for alpn in [NEITHER, H2] {
        let client = Client { alpn, ..Client::new(&TLS13) };
        let mut stream = connect(&server, &client.config(&server)).await.unwrap();
        until_closed(&mut stream).await;
    }
    // HTTP/2 that is alive, and asks nothing.
    let client = Client { alpn: H2, ..Client::new(&TLS13) };
    let mut stream = connect(&server, &client.config(&server)).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let read = until_closed(&mut stream).await;
    let frames = frames(&read);
    assert!(frames.iter().any(|(kind, _)| *kind == GOAWAY), "told to go: {frames:?}");
    let settings = &frames.iter().find(|(kind, _)| *kind == SETTINGS).unwrap().1;
    let streams = settings.chunks(6).find(|setting| setting[..2] == [0, 3]).unwrap();
    assert_eq!(streams[2..], 128u32.to_be_bytes(), "MAX_CONCURRENT_STREAMS");
}

const H2: &[&[u8]] = &[b"h2"];
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

/// Type and payload of each HTTP/2 frame (RFC 9113 §4.1).
fn frames(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = bytes {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        let (payload, after) = rest.split_at(length.min(rest.len()));
        frames.push((*kind, payload.to_vec()));
        bytes = after;
    }
    frames
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_in_drops_are_not_waited_for() {
    let server = TestServer::start(impatient()).await;
    let mut stream = connect(&server, &Client::new(&TLS12).config(&server)).await.unwrap();
    let (mut read, mut write) = tokio::io::split(&mut stream);
    let drip = async {
        for byte in b"GET /who HTTP/1.1\r\nhost: localhost\r\nx: ".iter().chain(std::iter::repeat(&b'x')) {
            if write.write_all(&[*byte]).await.is_err() || write.flush().await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = drip => {}
        _answer = until_closed(&mut read) => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    // Long enough for a slow machine to ask twice.
    let timeouts = Timeouts { idle: Duration::from_secs(2), ..impatient().timeouts };
    let server = TestServer::start(Options { timeouts, ..Options::default() }).await;
    for option in ["--http1.1", "--http2"] {
        let took_long = server.curl("/slow?ms=3000", option).await;
        assert_eq!(took_long.as_deref(), Ok("done"), "longer than the idle timeout");
    }
    let mut stream = connect(&server, &Client::new(&TLS13).config(&server)).await.unwrap();
    for _ in 0..2 {
        stream.write_all(b"GET /slow?ms=1 HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut answer = [0; 4096];
        assert!(stream.read(&mut answer).await.unwrap() > 0, "kept open between requests");
    }
    assert!(until_closed(&mut stream).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_does_not_read_the_answer_is_cut_off() {
    let server = TestServer::start(impatient()).await;
    let mut stream = connect(&server, &Client::new(&TLS13).config(&server)).await.unwrap();
    stream.write_all(b"GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    // Idle, then the farewell of ten seconds.
    for _ in 0..600 {
        if server.metrics.connections.get() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("still open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_over_the_limit_wait_for_one_to_end() {
    let server = TestServer::start(Options { max_connections: 2, ..Options::default() }).await;
    let config = Client::new(&TLS13).config(&server);
    let one = connect(&server, &config).await.unwrap();
    let _two = connect(&server, &config).await.unwrap();
    let third = server.who("");
    tokio::pin!(third);
    assert!(tokio::time::timeout(SHORT, &mut third).await.is_err(), "waits");
    drop(one);
    assert!(third.await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn oversized_headers_are_refused() {
    let server = TestServer::start(Options::default()).await;
    std::fs::write(server.path().join("headers"), format!("x-large: {}", "x".repeat(600 * 1024))).unwrap();
    for option in ["--http1.1", "--http2"] {
        let status =
            server.curl("/who", &format!("{option} -o /dev/null -w '%{{http_code}}' -H @headers")).await;
        assert!(matches!(status.as_deref(), Ok("431") | Err(_)), "{option}: {status:?}");
    }
    std::fs::write(server.path().join("headers"), format!("x-chain: {}", "x".repeat(40 * 1024))).unwrap();
    for option in ["--http1.1", "--http2"] {
        assert!(
            server.who(&format!("{option} -H @headers")).await.is_ok(),
            "{option}: room for a forwarded chain"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_text_on_the_tls_port_harms_nobody() {
    let server = TestServer::start(Options::default()).await;
    let plain = server.run(format!("curl -sS --max-time 5 http://127.0.0.1:{}/who", server.port)).await;
    assert!(plain.is_err());
    assert!(server.who("").await.is_ok());
}
