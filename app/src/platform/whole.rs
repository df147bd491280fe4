//! The module with all pages: `public/boot.js` fetches it, keeps it in the phone's cache and remembers to load it from now on.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// True when the phone has it and will start it at the next load; false without a network.
pub async fn fetch() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let Ok(function) = super::property(&window, "slhWhole").dyn_into::<js_sys::Function>() else { return false };
    let Ok(promise) = function.call0(&window).and_then(JsCast::dyn_into::<js_sys::Promise>) else {
        return false;
    };
    JsFuture::from(promise).await.is_ok_and(|answer| answer.as_bool() == Some(true))
}

/// Loads the first page, in place of the one that is shown.
pub fn begin_anew() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().replace("/");
    }
}
