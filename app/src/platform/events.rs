//! Events of window and document for as long as somebody listens.

use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

/// A listener; dropping it takes it away.
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    pub(crate) fn on(target: &EventTarget, name: &'static str, then: impl FnMut(web_sys::Event) + 'static) -> Self {
        let callback = Closure::<dyn FnMut(web_sys::Event)>::new(then);
        let _ = target.add_event_listener_with_callback(name, callback.as_ref().unchecked_ref());
        Self { target: target.clone(), name, callback }
    }
    /// An event of the window, e.g. `online` or `slh-update`.
    pub fn window(name: &'static str, mut then: impl FnMut() + 'static) -> Option<Self> {
        web_sys::window().map(|w| Self::on(&w, name, move |_| then()))
    }
    /// An event of the document, e.g. `visibilitychange`.
    pub fn document(name: &'static str, mut then: impl FnMut() + 'static) -> Option<Self> {
        web_sys::window().and_then(|w| w.document()).map(|d| Self::on(&d, name, move |_| then()))
    }
    /// Listens for as long as the page lives.
    pub fn forever(self) {
        std::mem::forget(self);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, self.callback.as_ref().unchecked_ref());
    }
}

/// The page is in front.
pub fn is_visible() -> bool {
    web_sys::window()
        .and_then(|w| w.document())
        .is_some_and(|d| d.visibility_state() == web_sys::VisibilityState::Visible)
}
