//! Everything that is not the API: files of the site, and the shell for every route of the app. The only module that uses the
//! crate `app`, and of it only the shell and the list of routes.

use crate::error::ApiError;
use crate::state::AppState;
/// The names that the shell needs; the rest of the server knows the app only through this file.
pub use app::shell::ShellAssets;
use app::{routes, shell};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// Answers a path: a file, the shell, or the shell with 404.
pub async fn answer(State(state): State<AppState>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Địa chỉ này không nhận kiểu yêu cầu đó.")
            .into_response();
    }
    let path = uri.path();
    if let Some(file) = state.site.answer(path, &headers) {
        return file;
    }
    // A script or picture that is not there must not become a page: a cache would keep it.
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/pkg/") || path.starts_with("/icons/") {
        return ApiError::not_found().into_response();
    }
    let status = if routes::is_known(path) { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let html = shell::document(&state.site.assets, path);
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-cache")], html).into_response()
}
