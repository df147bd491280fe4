//! One request, one answer or one failure. A time limit covers the whole of it, also the body. Knows no endpoint.

use super::clock::Timer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Blob, ReadableWritablePair, Request, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect, Response,
};

/// How long a request may take, in ms.
pub const TIME_LIMIT: i32 = 15_000;

/// What is sent.
pub enum Content<'a> {
    /// Nothing.
    Empty,
    /// JSON text.
    Json(&'a str),
    /// JSON text that may be long, packed on the way where this browser can: a network at the edge of a village counts every kilobyte.
    LongJson(&'a str),
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

/// Shorter texts go as they are, bytes.
const WORTH_PACKING: usize = 1_000;

/// Sends a request to our own origin, with these headers besides the usual ones, and waits for the whole answer.
pub async fn send(
    method: &str,
    path: &str,
    content: Content<'_>,
    headers: &[(&str, &str)],
    limit: i32,
) -> Result<Answer, NoAnswer> {
    let (text, packed) = match content {
        Content::Empty => (None, None),
        Content::Json(text) => (Some(text), None),
        Content::LongJson(text) if text.len() < WORTH_PACKING => (Some(text), None),
        Content::LongJson(text) => (Some(text), packed(text).await.ok()),
    };
    if let Some(packed) = packed {
        let headers = [headers, &[("content-encoding", "gzip")]].concat();
        let answer = attempt(method, path, Some(&packed), &headers, limit).await.map_err(|_| NoAnswer)?;
        // A server of before does not understand it and says so.
        if !matches!(answer.status, 400 | 415) {
            return Ok(answer);
        }
    }
    let text = text.map(JsValue::from_str);
    attempt(method, path, text.as_ref(), headers, limit).await.map_err(|_| NoAnswer)
}

/// The text as gzip. An error where the browser has no such thing.
async fn packed(text: &str) -> Result<JsValue, JsValue> {
    let blob = Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into()))?;
    // `web-sys` keeps this class behind a build flag, so it goes by name.
    let class: js_sys::Function = js_sys::Reflect::get(&js_sys::global(), &"CompressionStream".into())?.dyn_into()?;
    let pipe = js_sys::Reflect::construct(&class, &js_sys::Array::of1(&"gzip".into()))?;
    let stream = blob.stream().pipe_through(pipe.unchecked_ref::<ReadableWritablePair>());
    JsFuture::from(Response::new_with_opt_readable_stream(Some(&stream))?.array_buffer()?).await
}

async fn attempt(
    method: &str,
    path: &str,
    json: Option<&JsValue>,
    headers: &[(&str, &str)],
    limit: i32,
) -> Result<Answer, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let abort = AbortController::new()?;
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    // A captive portal answers with a redirect to its own page: that is no answer.
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(&abort.signal()));
    if let Some(json) = json {
        init.set_body(json);
    }
    let request = Request::new_with_str_and_init(path, &init)?;
    request.headers().set("accept", "application/json")?;
    if json.is_some() {
        request.headers().set("content-type", "application/json")?;
    }
    for (name, value) in headers {
        request.headers().set(name, value)?;
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
