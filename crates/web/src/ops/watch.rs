//! The address of the monitor: `/metrics`, `/health`, `/ready`. It is another than the pages', so that a firewall can
//! keep it inside.

use std::sync::Arc;

use axum::extract::State as Extract;
use axum::response::{IntoResponse as _, Response};
use axum::{Router, routing::get};
use http::{StatusCode, header};
use tokio::net::TcpListener;

use super::{Front, ready};

/// `OpenMetrics`, as Prometheus asks for it.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers the monitor for as long as it is polled.
pub async fn watch(listener: TcpListener, front: Arc<Front>) -> std::io::Result<()> {
    axum::serve(listener, router(front)).await
}

pub(super) fn router(front: Arc<Front>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health", get(|| async { ready::health() }))
        .route("/ready", get(is_ready))
        .with_state(front)
}

async fn is_ready(Extract(front): Extract<Arc<Front>>) -> Response {
    front.ready()
}

async fn metrics(Extract(front): Extract<Arc<Front>>) -> Response {
    match db::heavy(|| front.metrics().text()) {
        Ok(text) => ([(header::CONTENT_TYPE, TEXT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
