//! The metrics listener: plain HTTP, for a scraper on the same machine or network, apart from everything public.

use std::{future::Future, io};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header::CONTENT_TYPE};
use tokio::net::TcpListener;

use super::Metrics;

/// Answers `/metrics` and `/alive` until `stop` is done.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    metrics: Metrics,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(metrics)).with_graceful_shutdown(stop).await
}

fn router(metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(page)).route("/alive", get(async || "alive\n")).with_state(metrics)
}

async fn page(State(metrics): State<Metrics>) -> Response {
    match metrics.render() {
        Ok(page) => ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], page)
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(path: &str) -> (StatusCode, String) {
        let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let response = router(Metrics::default()).oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn serves_metrics_and_nothing_else() {
        let (status, body) = get("/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("# TYPE symbolon_connections gauge"), "{body}");
        assert_eq!(get("/alive").await.0, StatusCode::OK);
        assert_eq!(get("/").await.0, StatusCode::NOT_FOUND);
    }
}
