//! `/alive`: the process answers. `/health`: its database answers too. Neither writes anything.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::json;

use crate::app::App;

/// The routes.
pub fn routes() -> Router<App> {
    Router::new().route("/alive", get(alive)).route("/health", get(health))
}

async fn alive() -> Response {
    ([(CACHE_CONTROL, "no-store")], "alive\n").into_response()
}

/// What is wrong is for the log; a stranger learns only that something is.
async fn health(State(app): State<App>) -> Response {
    let (status, word) = match app.store.health().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    };
    (status, [(CACHE_CONTROL, "no-store")], Json(json!({ "status": word }))).into_response()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::clock::Clock;
    use crate::config::{Config, Sources};
    use crate::rng::Rng;

    async fn app() -> App {
        let settings = [("server.dangerous_disable_tls", "true"), ("sql.url", "sqlite::memory:")];
        let folder = tempfile::tempdir().unwrap();
        let data_dir = ("data_dir".to_owned(), folder.path().display().to_string());
        let flags = settings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        let sources = Sources { flags: flags.chain([data_dir]).collect(), ..Sources::default() };
        let config = Config::load(&sources).unwrap();
        crate::start::open(config, Clock::system(), Rng::system(), false).await.unwrap()
    }

    async fn get(app: &App, path: &str) -> (StatusCode, String) {
        let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let response = routes().with_state(app.clone()).oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn probes_answer_and_write_nothing() {
        let app = app().await;
        let rows = app.store.row_counts().await.unwrap();
        for _ in 0..3 {
            assert_eq!(get(&app, "/alive").await, (StatusCode::OK, "alive\n".to_owned()));
            assert_eq!(get(&app, "/health").await, (StatusCode::OK, "{\"status\":\"ok\"}".to_owned()));
        }
        assert_eq!(app.store.row_counts().await.unwrap(), rows);
    }
}
