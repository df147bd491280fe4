//! The wasm entry points, nothing else: the browser calls [`start::start`] once the module is there.
//!
//! Knows nothing of pages, storage or sync. On the host the crate is empty.

#[cfg(target_arch = "wasm32")]
mod start {
    use std::panic::PanicHookInfo;

    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        /// Shows the failure bar; defined by `public/boot.js` before it loads this module.
        #[wasm_bindgen(js_namespace = window, js_name = slhFailed)]
        fn show_failure(message: &str);
    }

    /// Logs the panic with its stack and tells the person, since after a panic nothing on the screen answers any more.
    fn on_panic(info: &PanicHookInfo<'_>) {
        console_error_panic_hook::hook(info);
        show_failure(&info.to_string());
    }

    /// Mounts the app into the shell.
    #[wasm_bindgen(start)]
    pub fn start() {
        std::panic::set_hook(Box::new(on_panic));
        app::mount();
    }
}
