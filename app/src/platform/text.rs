//! What the browser knows about text.

/// In NFC: a letter with its tone mark is one character, however the keyboard made it.
pub fn composed(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}
