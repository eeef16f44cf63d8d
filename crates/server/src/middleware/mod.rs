//! What surrounds every request: its id, limits, the refusal record, metrics and default headers.
//!
//! One layer, not six: each request passes it, so it is a single function that does each thing once.

use std::{sync::Arc, time::Duration};

use axum::{Router, middleware::from_fn_with_state};

use self::headers::SecurityHeaders;
pub use self::request_id::RequestId;
use crate::{
    clock::Clock,
    config::{Config, Network},
    metrics::Metrics,
    refusals::Refusals,
    rng::Rng,
};

mod headers;
mod observe;
mod panic;
mod place;
mod request_id;

/// What the layer needs. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Watch(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    metrics: Metrics,
    refusals: Refusals,
    clock: Clock,
    rng: Rng,
    trusted_proxies: Vec<Network>,
    body_size: usize,
    management_body_size: usize,
    request_timeout: Duration,
    http_logs: bool,
    security_headers: SecurityHeaders,
}

impl Watch {
    /// A watch with the limits of `config`.
    #[must_use]
    pub fn new(config: &Config, metrics: Metrics, refusals: Refusals, clock: Clock, rng: Rng) -> Self {
        Self(Arc::new(Parts {
            metrics,
            refusals,
            clock,
            rng,
            trusted_proxies: config.server.trusted_proxies.clone(),
            body_size: config.limits.body_size,
            management_body_size: config.limits.management_body_size,
            request_timeout: config.limits.request_timeout,
            http_logs: config.server.http_logs,
            security_headers: SecurityHeaders::new(config.server.url.as_ref()),
        }))
    }

    /// Puts the layer around all routes of `router`, its fallback included.
    pub fn around<S: Clone + Send + Sync + 'static>(self, router: Router<S>) -> Router<S> {
        router.layer(from_fn_with_state(self, observe::observe))
    }
}

#[cfg(test)]
mod tests;
