//! The clocks of the browser, and timers that stop when they are dropped.

use domain::time::Millis;
use wasm_bindgen::prelude::*;

/// The wall clock. May be wrong, may jump.
pub fn now() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit into 53 bits")]
    Millis(js_sys::Date::now() as i64)
}

/// Milliseconds since the page started, never going back.
pub fn monotonic() -> i64 {
    let ms = web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now());
    #[expect(clippy::cast_possible_truncation, reason = "the age of a page fits into 53 bits")]
    {
        ms as i64
    }
}

/// A timer; dropping it stops it.
pub struct Timer {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// Calls `then` once, after `ms`.
    pub fn after(ms: i32, then: impl FnOnce() + 'static) -> Self {
        let mut then = Some(then);
        let callback = Closure::<dyn FnMut()>::new(move || {
            if let Some(then) = then.take() {
                then();
            }
        });
        let id = web_sys::window()
            .and_then(|w| {
                w.set_timeout_with_callback_and_timeout_and_arguments_0(callback.as_ref().unchecked_ref(), ms.max(0))
                    .ok()
            })
            .unwrap_or_default();
        Self { id, _callback: callback }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_timeout_with_handle(self.id);
        }
    }
}

/// Waits.
pub async fn sleep(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms.max(0));
        }
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}
