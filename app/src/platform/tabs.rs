//! Other tabs of the same browser: short words to them, and a lock so that one of them works. Nothing may depend on either for being
//! right; old browsers have neither.

use super::events::Listener;
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{BroadcastChannel, MessageEvent};

/// A channel between the tabs.
pub struct Tabs {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl Tabs {
    /// Joins the channel; none where the browser has no such thing.
    pub fn join(name: &str, mut heard: impl FnMut(String) + 'static) -> Option<Self> {
        let window = web_sys::window()?;
        if super::property(&window, "BroadcastChannel").is_undefined() {
            return None;
        }
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Listener::on(&channel, "message", move |event| {
            if let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|m| m.data().as_string()) {
                heard(text);
            }
        });
        Some(Self { channel, _listener: listener })
    }
    /// Tells the other tabs.
    pub fn tell(&self, text: &str) {
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}

/// Runs `work` while holding the named lock. `None`: another tab holds it, and nothing was run.
pub async fn alone<T: 'static>(name: &str, work: impl Future<Output = T> + 'static) -> Option<T> {
    // `web-sys` keeps Web Locks behind a build flag, so this goes by name.
    let locks = web_sys::window().map(|w| super::property(&w.navigator(), "locks")).unwrap_or_default();
    let Ok(request) = super::property(&locks, "request").dyn_into::<js_sys::Function>() else {
        return Some(work.await);
    };
    let done: Rc<RefCell<Option<T>>> = Rc::default();
    let mut work = Some(work);
    let callback = {
        let done = done.clone();
        Closure::<dyn FnMut(JsValue) -> js_sys::Promise>::new(move |lock: JsValue| {
            match (lock.is_null(), work.take()) {
                (false, Some(work)) => {
                    let done = done.clone();
                    future_to_promise(async move {
                        let result = work.await;
                        *done.borrow_mut() = Some(result);
                        Ok(JsValue::UNDEFINED)
                    })
                }
                _ => js_sys::Promise::resolve(&JsValue::UNDEFINED),
            }
        })
    };
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
    if let Ok(promise) = request.call3(&locks, &name.into(), &options, callback.as_ref())
        && let Ok(promise) = promise.dyn_into::<js_sys::Promise>()
    {
        let _ = JsFuture::from(promise).await;
    }
    done.take()
}
