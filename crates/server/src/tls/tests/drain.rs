//! The end: requests under way finish, nothing new begins.

use rustls::version::TLS13;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::own_client::{Client, connect};
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_under_way_finish_and_idle_connections_close() {
    let server = TestServer::start(Options::default()).await;
    let config = Client::new(&TLS13).config(&server);
    let mut fresh = connect(&server, &config).await.unwrap();
    let mut used = connect(&server, &config).await.unwrap();
    used.write_all(b"GET /slow?ms=1 HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    assert!(used.read(&mut [0; 4096]).await.unwrap() > 0);
    let stop = server.stop.clone();
    let (one, two, ()) = tokio::join!(
        server.curl("/slow?ms=1500", "--http1.1"),
        server.curl("/slow?ms=1500", "--http2"),
        async {
            server.slow_requests(3).await;
            stop.cancel();
        }
    );
    assert_eq!((one.as_deref(), two.as_deref()), (Ok("done"), Ok("done")));
    let mut rest = Vec::new();
    let _ended = used.read_to_end(&mut rest).await;
    let _ended = fresh.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
    assert!(server.who("").await.unwrap_err().contains("connect"), "nobody listens any more");
    assert_eq!(server.stopped().await, Drained { cut_off: 0 });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_outlasts_the_drain_timeout_is_cut_off() {
    let timeouts = Timeouts { drain: Duration::from_millis(300), ..Timeouts::default() };
    let server = TestServer::start(Options { timeouts, ..Options::default() }).await;
    let (answer, ()) = tokio::join!(server.curl("/slow?ms=15000", ""), async {
        server.slow_requests(1).await;
        server.stop.cancel();
    });
    assert!(answer.is_err());
    assert_eq!(server.stopped().await, Drained { cut_off: 1 });
}
