//! The browser's key store (WebCrypto): a key that scripts may use and cannot read. There is none on an insecure origin.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

/// Bytes of the nonce in front of what is closed.
const NONCE: usize = 12;

/// Where the browser has one.
fn subtle() -> Option<SubtleCrypto> {
    let crypto = web_sys::window()?.crypto().ok()?;
    let subtle = super::property(&crypto, "subtle");
    (!subtle.is_undefined()).then(|| subtle.unchecked_into())
}

/// Does this browser have a key store here?
pub fn are_there() -> bool {
    subtle().is_some()
}

fn object(fields: &[(&str, &JsValue)]) -> Option<js_sys::Object> {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        js_sys::Reflect::set(&object, &(*name).into(), value).ok()?;
    }
    Some(object)
}

/// A new key. None: no key store.
pub async fn fresh() -> Option<CryptoKey> {
    let how = object(&[("name", &"AES-GCM".into()), ("length", &256.into())])?;
    let uses = ["encrypt", "decrypt"].into_iter().map(JsValue::from_str).collect::<js_sys::Array>();
    let key = subtle()?.generate_key_with_object(&how, false, &uses).ok()?;
    JsFuture::from(key).await.ok()?.dyn_into().ok()
}

fn how(nonce: &[u8]) -> Option<js_sys::Object> {
    object(&[("name", &"AES-GCM".into()), ("iv", &js_sys::Uint8Array::from(nonce))])
}

async fn bytes(answer: Result<js_sys::Promise, JsValue>) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(answer.ok()?).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// Closes bytes under the key.
pub async fn close(key: &CryptoKey, text: &[u8]) -> Option<Vec<u8>> {
    let nonce: [u8; NONCE] = super::rng::bytes();
    let text = js_sys::Uint8Array::from(text);
    let closed = bytes(subtle()?.encrypt_with_object_and_buffer_source(&how(&nonce)?, key, &text)).await?;
    Some([nonce.as_slice(), &closed].concat())
}

/// Opens what was closed under the key.
pub async fn open(key: &CryptoKey, closed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, closed) = closed.split_at_checked(NONCE)?;
    let closed = js_sys::Uint8Array::from(closed);
    bytes(subtle()?.decrypt_with_object_and_buffer_source(&how(nonce)?, key, &closed)).await
}
