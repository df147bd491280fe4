//! Everything of the browser that is neither storage nor the reactive system. `web-sys` lives here and in `store`; the rest of the app
//! sees plain Rust. Knows nothing of ops, meetings or people.

pub mod clock;
pub mod device;
pub mod document;
pub mod events;
pub mod files;
pub mod http;
pub mod keys;
pub mod live;
pub mod passkeys;
pub mod rng;
pub mod tabs;
pub mod text;
pub mod upload;

use wasm_bindgen::JsValue;

/// A property of a JavaScript object; undefined when there is none.
pub(crate) fn property(of: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
