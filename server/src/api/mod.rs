//! REST under `/api/v1`: one file a noun. Handlers read and answer; what people change goes through `push`. Not so
//! what must not be an op: signing in, codes, units, accounts and roles (`setup`, `admin`).

pub mod account;
pub mod admin;
pub mod audit;
pub mod carry;
pub mod deputies;
pub mod devices;
pub mod enrolments;
mod given;
pub mod imports;
pub mod live;
pub mod members;
pub mod notice_reads;
pub mod own;
mod passkey_shapes;
pub mod passkeys;
pub mod phones;
pub mod pull;
pub mod push;
pub mod reports;
pub mod requests;
pub mod session;
pub mod setup;
pub mod shapes;
pub mod vault;

use crate::error::ApiError;
use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use domain::wire::MAX_PUSH_BYTES;
use tower_http::decompression::RequestDecompressionLayer;
use utoipa_axum::router::OpenApiRouter;

/// Where all of it stands.
pub const PREFIX: &str = "/api/v1";

fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(crate::openapi::head())
        .merge(session::router())
        .merge(account::router())
        .merge(passkeys::router())
        .merge(push::router())
        .merge(carry::router())
        .merge(pull::router())
        .merge(live::router())
        .merge(reports::router())
        .merge(members::router())
        .merge(imports::router())
        .merge(enrolments::router())
        .merge(devices::router())
        .merge(phones::router())
        .merge(vault::router())
        .merge(setup::router())
        .merge(admin::router())
        .merge(deputies::router())
        .merge(notice_reads::router())
        .merge(audit::router())
        .merge(own::router())
        .merge(requests::router())
}

/// The document of the whole API.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, mut document) = routes().split_for_parts();
    crate::openapi::finish(&mut document);
    document
}

/// The routes, to be nested under [`PREFIX`].
pub fn router() -> Router<AppState> {
    let (router, mut document) = routes().split_for_parts();
    crate::openapi::finish(&mut document);
    let text = crate::openapi::text(&document);
    router
        .route(
            "/openapi.json",
            axum::routing::get(async move || ([(axum::http::header::CONTENT_TYPE, "application/json")], text)),
        )
        .fallback(async || ApiError::not_found())
        .method_not_allowed_fallback(async || {
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Địa chỉ này không nhận kiểu yêu cầu đó.")
        })
        .layer(DefaultBodyLimit::max(MAX_PUSH_BYTES))
        // Outside the limit, which so counts what comes out. What is packed in another way is read as it is, and refused as no JSON.
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
}
