//! One request, one answer or one failure. A time limit covers the whole of it, also the body. Knows no endpoint.

use super::clock::Timer;
use super::files::ChosenFile;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

/// How long a request may take, in ms.
pub const TIME_LIMIT: i32 = 15_000;
/// How long an upload may take, in ms: a workbook over a slow network.
pub const UPLOAD_LIMIT: i32 = 180_000;

/// What is sent.
pub enum Content<'a> {
    /// Nothing.
    Empty,
    /// JSON text.
    Json(&'a str),
    /// The bytes of a file.
    File(&'a ChosenFile),
}

/// An answer, whatever its status.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The content type says JSON.
    pub is_json: bool,
    /// Body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as text; none when it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// There was no whole answer: no network, cut off, or too slow. The browser does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer")]
pub struct NoAnswer;

/// Sends a request to our own origin and waits for the whole answer.
pub async fn send(method: &str, path: &str, content: Content<'_>, limit: i32) -> Result<Answer, NoAnswer> {
    attempt(method, path, content, limit).await.map_err(|_| NoAnswer)
}

async fn attempt(method: &str, path: &str, content: Content<'_>, limit: i32) -> Result<Answer, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let abort = AbortController::new()?;
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    // A captive portal answers with a redirect to its own page: that is no answer.
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(&abort.signal()));
    match &content {
        Content::Empty => {}
        Content::Json(text) => init.set_body(&JsValue::from_str(text)),
        Content::File(file) => init.set_body(&file.0),
    }
    let request = Request::new_with_str_and_init(path, &init)?;
    request.headers().set("accept", "application/json")?;
    match content {
        Content::Empty => {}
        Content::Json(_) => request.headers().set("content-type", "application/json")?,
        Content::File(_) => request.headers().set("content-type", "application/octet-stream")?,
    }
    let timer = Timer::after(limit, move || abort.abort());
    let response: Response = JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()?;
    let kind = response.headers().get("content-type")?.unwrap_or_default();
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    drop(timer);
    Ok(Answer {
        status: response.status(),
        is_json: kind.trim_start().starts_with("application/json"),
        bytes: js_sys::Uint8Array::new(&buffer).to_vec(),
    })
}
