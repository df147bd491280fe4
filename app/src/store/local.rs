//! localStorage, guarded: gloo throws where storage is blocked, so it is asked for only after a probe with the raw interface.

use domain::id::OpId;
use domain::sync::LocalCopy;
use domain::sync::port::Fault;
use gloo_storage::Storage as _;
use std::cell::Cell;
use wasm_bindgen::JsValue;

/// Who is signed in: in IndexedDB, and the same text here as a hint.
pub const SESSION: &str = "session";
const OP: &str = "op:";
const PROBE: &str = "probe";

thread_local! {
    static USABLE: Cell<Option<bool>> = const { Cell::new(None) };
}

/// The raw storage, when the browser gives us one. Asked once per page.
fn storage() -> Option<web_sys::Storage> {
    let usable = USABLE.get().unwrap_or_else(|| {
        let usable = web_sys::window().and_then(|w| w.local_storage().ok().flatten()).is_some_and(|s| {
            // Reading must work; a full storage is still one.
            s.get_item(PROBE).is_ok()
        });
        USABLE.set(Some(usable));
        usable
    });
    usable.then(gloo_storage::LocalStorage::raw)
}

fn write(key: &str, value: &str) -> Result<(), Fault> {
    let storage = storage().ok_or(Fault::Blocked)?;
    storage.set_item(key, value).map_err(|e| if is_quota(&e) { Fault::Full } else { Fault::Blocked })
}

fn is_quota(error: &JsValue) -> bool {
    use wasm_bindgen::JsCast;
    error
        .dyn_ref::<web_sys::DomException>()
        .is_some_and(|e| e.name() == "QuotaExceededError" || e.name() == "NS_ERROR_DOM_QUOTA_REACHED")
}

/// Writes the bytes of an op under its own key.
pub fn put_op(id: OpId, raw: &str) -> Result<(), Fault> {
    write(&format!("{OP}{id}"), raw)
}

/// Takes the key of an answered op away.
pub fn remove_op(id: OpId) {
    remove(&format!("{OP}{id}"));
}

/// Every op key.
pub fn ops() -> Vec<LocalCopy> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    let keys: Vec<String> = (0..count).filter_map(|i| storage.key(i).ok().flatten()).collect();
    keys.iter()
        .filter_map(|key| {
            let id = key.strip_prefix(OP)?;
            let raw = storage.get_item(key).ok().flatten()?;
            Some(LocalCopy { key: id.to_owned(), raw })
        })
        .collect()
}

/// Certain that nobody is signed in, as far as this storage knows.
pub fn nobody_signed_in() -> bool {
    storage().is_some() && hint(SESSION).is_none()
}

/// A hint: language, size of text, that somebody is signed in.
pub fn hint(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps a hint. A hint that cannot be kept is no fault.
pub fn set_hint(key: &str, value: &str) {
    let _ = write(key, value);
}

/// Forgets a key.
pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}
