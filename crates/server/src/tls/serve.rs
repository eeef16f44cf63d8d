//! The accept loop, and the end of it.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Front;
use super::connection::{self, Ends};

/// Pause after the system refused to accept: it is out of files or memory, and will not be better at once.
const PAUSE: Duration = Duration::from_millis(100);

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections cut off when the time to drain was over.
    pub cut_off: usize,
}

/// Accepts connections on all listeners until `stop`; then takes no more, lets requests under way finish within
/// the drain timeout, and cuts off what is left.
pub async fn serve(listeners: Vec<TcpListener>, front: Front, stop: CancellationToken) -> Drained {
    // Each listener holds one while it waits for a client.
    let permits = Arc::new(Semaphore::new(front.0.max_connections.max(listeners.len())));
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    let ends = Ends { stop: stop.clone(), cut: cut.clone() };
    let accepting: Vec<_> = listeners
        .into_iter()
        .map(|listener| {
            let accept =
                accept(listener, front.clone(), Arc::clone(&permits), connections.clone(), ends.clone());
            tokio::spawn(accept)
        })
        .collect();
    stop.cancelled().await;
    for task in accepting {
        // It ends with `stop`; a panic in it was logged by the runtime's hook.
        let _ended = task.await;
    }
    connections.close();
    let mut cut_off = 0;
    if tokio::time::timeout(front.0.timeouts.drain, connections.wait()).await.is_err() {
        cut_off = connections.len();
        cut.cancel();
        connections.wait().await;
    }
    Drained { cut_off }
}

async fn accept(
    listener: TcpListener,
    front: Front,
    permits: Arc<Semaphore>,
    connections: TaskTracker,
    ends: Ends,
) {
    loop {
        // With no permit left, connections wait in the system's queue.
        let Some(Ok(permit)) = or_stop(&ends.stop, Arc::clone(&permits).acquire_owned()).await else {
            return;
        };
        let Some(accepted) = or_stop(&ends.stop, listener.accept()).await else { return };
        match accepted {
            Ok((stream, remote)) => {
                let (front, ends) = (front.clone(), ends.clone());
                connections.spawn(async move {
                    let _permit = permit;
                    front.0.metrics.connections.inc();
                    let cut = ends.cut.clone();
                    let _cut_off =
                        cut.run_until_cancelled(connection::run(&front, stream, remote, ends)).await;
                    front.0.metrics.connections.dec();
                });
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn or_stop<F: Future>(stop: &CancellationToken, work: F) -> Option<F::Output> {
    stop.run_until_cancelled(work).await
}

/// The client was gone before it was accepted.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
