//! What a connection is doing: so that those which do nothing can be closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::Timeouts;

/// Requests under way on one connection, and when it last did something.
#[derive(Debug)]
pub(super) struct Activity {
    began: Instant,
    in_flight: AtomicUsize,
    requests: AtomicU64,
    /// Milliseconds since `began`.
    last: AtomicU64,
}

/// A request under way; dropped when it is answered.
pub(super) struct Request(Arc<Activity>);

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        let zero = AtomicU64::new(0);
        Arc::new(Self {
            began: Instant::now(),
            in_flight: AtomicUsize::new(0),
            requests: AtomicU64::new(0),
            last: zero,
        })
    }

    pub(super) fn enter(self: &Arc<Self>) -> Request {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.touch();
        Request(Arc::clone(self))
    }

    pub(super) fn is_busy(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) > 0
    }

    /// Whether no request has come yet.
    pub(super) fn is_untouched(&self) -> bool {
        self.requests.load(Ordering::Relaxed) == 0
    }

    /// When the connection is to be closed if nothing happens on it until then. In the past: close it now.
    pub(super) fn deadline(&self, timeouts: &Timeouts) -> Instant {
        if self.is_busy() {
            return Instant::now() + timeouts.idle;
        }
        if self.is_untouched() {
            return self.began + timeouts.first_request;
        }
        self.began + Duration::from_millis(self.last.load(Ordering::Relaxed)) + timeouts.idle
    }

    fn touch(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.touch();
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
