//! A file on its way up, with how much of it has gone: `fetch` cannot tell, `XMLHttpRequest` can. Knows no endpoint.

use super::files::ChosenFile;
use super::http::{Answer, NoAnswer};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

/// How long an upload may take, in ms: a workbook over a slow network.
const TIME_LIMIT: u32 = 180_000;

/// Sends the bytes of a file to our own origin and waits for the whole answer.
///
/// `gone`: called now and then with how much has gone, 0 to 100; answers whether to go on.
pub async fn send(path: &str, file: &ChosenFile, gone: impl Fn(u8) -> bool + 'static) -> Result<Answer, NoAnswer> {
    attempt(path, file, gone).await.map_err(|_| NoAnswer)
}

async fn attempt(path: &str, file: &ChosenFile, gone: impl Fn(u8) -> bool + 'static) -> Result<Answer, JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open("POST", path)?;
    request.set_timeout(TIME_LIMIT);
    request.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
    request.set_request_header("accept", "application/json")?;
    request.set_request_header("content-type", "application/octet-stream")?;
    let told = {
        let request = request.clone();
        Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            if !gone(percent(event.loaded(), event.total())) {
                // Ends as any failure does.
                let _ = request.abort();
            }
        })
    };
    request.upload()?.set_onprogress(Some(told.as_ref().unchecked_ref()));
    let ended = js_sys::Promise::new(&mut |resolve, reject| {
        request.set_onload(Some(&resolve));
        request.set_onerror(Some(&reject));
        request.set_onabort(Some(&reject));
        request.set_ontimeout(Some(&reject));
    });
    request.send_with_opt_blob(Some(&file.0))?;
    JsFuture::from(ended).await?;
    // A captive portal answers with a redirect to its own page: that is no answer.
    if !request.response_url().ends_with(path) {
        return Err(JsValue::NULL);
    }
    let kind = request.get_response_header("content-type")?.unwrap_or_default();
    Ok(Answer {
        status: request.status()?,
        is_json: kind.trim_start().starts_with("application/json"),
        bytes: js_sys::Uint8Array::new(&request.response()?).to_vec(),
    })
}

/// How much of a file has gone. The end is said by the answer, so a whole file without one is 100.
fn percent(loaded: f64, total: f64) -> u8 {
    if total <= 0.0 {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    let percent = (loaded / total * 100.0).clamp(0.0, 100.0) as u8;
    percent
}
