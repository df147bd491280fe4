//! Everything that is not the API: files of the site, and the shell for every route of the app, rendered by `leptos_axum`. The only
//! module that uses the crate `app`, and of it only the shell and the list of routes.

use crate::error::ApiError;
use crate::state::AppState;
/// The names that the shell needs; the rest of the server knows the app only through this file.
pub use app::shell::ShellAssets;
use app::{routes, shell};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use futures::stream;
use leptos::IntoView;
use std::pin::Pin;
use std::sync::Once;

/// A page in pieces.
type Pieces = Pin<Box<dyn Stream<Item = String> + Send>>;

/// Answers a path: a file, the shell, or the shell with 404.
pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Địa chỉ này không nhận kiểu yêu cầu đó.")
            .into_response();
    }
    let path = request.uri().path();
    if let Some(file) = state.site.answer(path, request.headers()) {
        return file;
    }
    // A script or picture that is not there must not become a page: a cache would keep it.
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/pkg/") || path.starts_with("/icons/") {
        return ApiError::not_found().into_response();
    }
    let status = if routes::is_known(path) { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let mut page = page(state.site.assets.clone(), path.to_owned()).await;
    *page.status_mut() = status;
    page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    page.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    page
}

/// The shell of a path. Nothing of the request reaches the page but its path, so that one copy serves everybody.
async fn page(assets: ShellAssets, path: String) -> Response {
    // Leptos asks for somebody to run its tasks; an error means that it has been told.
    static EXECUTOR: Once = Once::new();
    EXECUTOR.call_once(|| drop(any_spawner::Executor::init_tokio()));
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = Uri::from_static("/");
    leptos_axum::handle_response_inner(|| (), move || shell::shell(assets, &path), request, document_only).await
}

/// The one place where leptos' hydration scripts are left out. A renderer of leptos_axum is given the page and, beside it, a stream of inline
/// `<script>` pieces that hand server data to a hydrating page. This app mounts and does not hydrate, and the content security policy
/// allows no inline script: the stream is never asked for a piece. Everything is rendered at once, so that equal pages are equal bytes.
fn document_only<V: IntoView + 'static>(
    page: V,
    _scripts: Box<dyn FnOnce() -> Pieces + Send>,
    _out_of_order: bool,
) -> Pin<Box<dyn Future<Output = Pieces> + Send>> {
    let html = format!("<!DOCTYPE html>{}", page.to_html());
    Box::pin(std::future::ready(Box::pin(stream::iter([html])) as Pieces))
}
