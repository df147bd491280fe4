//! All routes, and what every answer has: a request id, a time limit, security headers, and JSON instead of a panic.

use crate::api;
use crate::error::ApiError;
use crate::pages;
use crate::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use std::any::Any;
use std::time::{Duration, Instant};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tracing::Instrument as _;

/// A page of 400 KB becomes 52 KB instead of the 49 of the usual quality, in less than half of the time; files of the site are packed beforehand.
const QUICKLY: CompressionLevel = CompressionLevel::Precise(1);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nothing from elsewhere, nothing inline, in no frame.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Answers of the API are no pages: nothing at all may be loaded from them.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Behind TLS: a year without plain http. Not for other hosts of the same domain, which are not this server's to speak for.
const ONLY_HTTPS: &str = "max-age=31536000";

/// The whole server.
pub fn router(state: AppState) -> Router {
    let csrf = CsrfLayer::new().with_rejection_response(|_: ProtectionError| -> Response<Body> {
        ApiError::new(StatusCode::FORBIDDEN, "cross_site", "Yêu cầu đến từ một trang khác nên không được nhận.")
            .into_response()
    });
    Router::new()
        .route("/healthz", axum::routing::get(health))
        .nest(api::PREFIX, api::router())
        .fallback(pages::answer)
        .layer(csrf)
        .layer(CompressionLayer::new().quality(QUICKLY))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(state.config.https(), every_answer))
        .with_state(state)
}

/// 200 when the database answers.
async fn health(State(state): State<AppState>) -> Response<Body> {
    if state.store.alive().await {
        (StatusCode::OK, "ok\n").into_response()
    } else {
        ApiError::unavailable().into_response()
    }
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!(alarm = "panic", "a handler panicked");
    ApiError::internal().into_response()
}

async fn every_answer(State(tls): State<bool>, request: Request, next: Next) -> Response<Body> {
    let id = format!("{:016x}", rand::random::<u64>());
    let route = request.extensions().get::<MatchedPath>().map_or("page", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let policy = if request.uri().path().starts_with(api::PREFIX) { API_POLICY } else { POLICY };
    let began = Instant::now();
    let span = tracing::info_span!("request", id);
    let mut response = async {
        let answer = tokio::time::timeout(PATIENCE, next.run(request)).await;
        let response = answer.unwrap_or_else(|_| ApiError::unavailable().into_response());
        let ms = began.elapsed().as_millis();
        tracing::debug!(%method, route, status = response.status().as_u16(), ms, "answered");
        response
    }
    .instrument(span)
    .await;
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_HTTPS));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
