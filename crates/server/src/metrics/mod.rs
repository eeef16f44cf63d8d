//! What the server counts, in the `OpenMetrics` text, on a listener of its own.

use std::{fmt, sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::{Family, MetricConstructor},
        gauge::Gauge,
        histogram::Histogram,
        info::Info,
    },
    registry::Registry,
};

pub use self::listener::serve;

mod listener;
mod process;

/// All counters. Cloning it is cheap and counts into the same place.
#[derive(Clone)]
pub struct Metrics(Arc<Families>);

/// The families of metrics, by what they count.
#[derive(Debug)]
pub struct Families {
    /// Requests answered, by endpoint, method and status.
    pub requests: Family<RequestLabels, Counter>,
    /// How long they took.
    pub durations: Family<EndpointLabel, Histogram, Buckets>,
    /// Requests under way.
    pub in_flight: Gauge,
    /// Connections open.
    pub connections: Gauge,
    /// TLS handshakes, by result.
    pub handshakes: Family<ResultLabel, Counter>,
    /// Refusals, by wire error and reason.
    pub refusals: Family<RefusalLabels, Counter>,
    /// Refusals that did not reach the files because too many came at once.
    pub refusals_dropped: Counter,
    /// Tokens issued, by grant.
    pub tokens: Family<GrantLabel, Counter>,
    /// Logins, by result.
    pub logins: Family<ResultLabel, Counter>,
    /// Answers given elsewhere that clients were told of, by result.
    pub ciba_notices: Family<ResultLabel, Counter>,
    /// Logouts that clients were told of, by result.
    pub logout_notices: Family<ResultLabel, Counter>,
    /// Expired rows deleted, by table.
    pub rows_swept: Family<TableLabel, Counter>,
    /// Rows there are, by table, counted every few minutes.
    pub rows: Family<TableLabel, Gauge>,
    /// When the store was last swept to the end, in unix seconds.
    pub last_sweep: Gauge,
    registry: Registry,
}

/// Which endpoint answered how. `endpoint` is the route's pattern, never a path a stranger chose.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// Route pattern.
    pub endpoint: Arc<str>,
    /// HTTP method; `OTHER` for invented ones.
    pub method: &'static str,
    /// HTTP status.
    pub status: u16,
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct EndpointLabel {
    /// Route pattern.
    pub endpoint: Arc<str>,
}

/// How something ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ResultLabel {
    /// One word.
    pub result: &'static str,
}

/// Why something was refused. Both words come from the code, not from the request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RefusalLabels {
    /// Error on the wire.
    pub error: Arc<str>,
    /// Reason code in the log.
    pub reason: Arc<str>,
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct GrantLabel {
    /// `grant_type` of the token request.
    pub grant_type: &'static str,
}

/// A table of the store.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct TableLabel {
    /// Its name.
    pub table: &'static str,
}

/// From 50 µs (a cached answer) to 10 s (an upstream that hangs).
#[derive(Clone, Copy, Debug)]
pub struct Buckets;

const BUCKETS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut families = Families {
            requests: Family::default(),
            durations: Family::new_with_constructor(Buckets),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            handshakes: Family::default(),
            refusals: Family::default(),
            refusals_dropped: Counter::default(),
            tokens: Family::default(),
            logins: Family::default(),
            ciba_notices: Family::default(),
            logout_notices: Family::default(),
            rows_swept: Family::default(),
            rows: Family::default(),
            last_sweep: Gauge::default(),
            registry: Registry::default(),
        };
        families.register();
        Self(Arc::new(families))
    }
}

impl Families {
    fn register(&mut self) {
        self.registry.register_collector(Box::new(process::Process));
        let registry = self.registry.sub_registry_with_prefix("symbolon");
        registry.register("http_requests", "Requests answered", self.requests.clone());
        registry.register("http_request_duration_seconds", "Time to the answer", self.durations.clone());
        registry.register("http_requests_in_flight", "Requests under way", self.in_flight.clone());
        registry.register("connections", "Connections open", self.connections.clone());
        registry.register("tls_handshakes", "TLS handshakes", self.handshakes.clone());
        registry.register("refusals", "Requests refused", self.refusals.clone());
        registry.register(
            "refusals_dropped",
            "Refusals not written to the journal because too many came at once",
            self.refusals_dropped.clone(),
        );
        registry.register("tokens_issued", "Access tokens issued", self.tokens.clone());
        registry.register("logins", "Logins tried", self.logins.clone());
        let told = "Answers to backchannel authentication requests that clients were told of";
        registry.register("ciba_notices", told, self.ciba_notices.clone());
        let told = "Logouts that clients were told of";
        registry.register("logout_notices", told, self.logout_notices.clone());
        registry.register("rows", "Rows there are", self.rows.clone());
        registry.register("rows_swept", "Expired rows deleted", self.rows_swept.clone());
        registry.register(
            "last_sweep_timestamp_seconds",
            "When nothing expired was left",
            self.last_sweep.clone(),
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The running version", build);
    }
}

impl Metrics {
    /// Counts one answered request.
    pub fn answered(
        &self,
        endpoint: &Arc<str>,
        method: &http::Method,
        status: http::StatusCode,
        took: Duration,
    ) {
        let labels = RequestLabels {
            endpoint: Arc::clone(endpoint),
            method: method_name(method),
            status: status.as_u16(),
        };
        self.0.requests.get_or_create(&labels).inc();
        self.0
            .durations
            .get_or_create(&EndpointLabel { endpoint: labels.endpoint })
            .observe(took.as_secs_f64());
    }

    /// Counts one try to log in, by how it ended.
    pub fn login(&self, result: &'static str) {
        self.0.logins.get_or_create(&ResultLabel { result }).inc();
    }

    /// Counts one try to tell a client of an answer that was given elsewhere, by how it ended.
    pub fn ciba_notice(&self, result: &'static str) {
        self.0.ciba_notices.get_or_create(&ResultLabel { result }).inc();
    }

    /// Counts one try to tell a client of a logout, by how it ended.
    pub fn logout_notice(&self, result: &'static str) {
        self.0.logout_notices.get_or_create(&ResultLabel { result }).inc();
    }

    /// All metrics in the `OpenMetrics` text format.
    ///
    /// # Errors
    /// When a metric cannot be written as text.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut page = String::with_capacity(16 * 1024);
        text::encode(&mut page, &self.0.registry)?;
        Ok(page)
    }
}

impl std::ops::Deref for Metrics {
    type Target = Families;

    fn deref(&self) -> &Families {
        &self.0
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// A stranger may invent methods; the label has few values.
fn method_name(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_endpoint_method_and_status() {
        let metrics = Metrics::default();
        let endpoint: Arc<str> = "/{tid}/{aid}/oauth2/token".into();
        for _ in 0..3 {
            metrics.answered(&endpoint, &http::Method::POST, http::StatusCode::OK, Duration::from_micros(80));
        }
        let page = metrics.render().unwrap();
        let line = "symbolon_http_requests_total{endpoint=\"/{tid}/{aid}/oauth2/token\",method=\"POST\",status=\"200\"} 3";
        assert!(page.contains(line), "{page}");
        assert!(page.contains("le=\"0.0001\",endpoint=\"/{tid}/{aid}/oauth2/token\"} 3"), "{page}");
        assert!(page.contains("symbolon_build_info{version=\""), "{page}");
        assert!(page.contains("\nprocess_resident_memory_bytes "), "{page}");
        assert!(page.ends_with("# EOF\n"));
    }

    #[test]
    fn invented_methods_make_no_new_series() {
        assert_eq!(method_name(&http::Method::from_bytes(b"BREW").unwrap()), "OTHER");
    }
}
