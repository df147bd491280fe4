//! The phone itself: vibration, sound, memory that is kept, clipboard, what kind of phone it is.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, OscillatorType};

fn navigator() -> Option<web_sys::Navigator> {
    web_sys::window().map(|w| w.navigator())
}

/// A short vibration, where the phone can.
pub fn vibrate(ms: u32) {
    if let Some(n) = navigator()
        && !super::property(&n, "vibrate").is_undefined()
    {
        n.vibrate_with_duration(ms);
    }
}

/// A short beep; `good` is high, otherwise low. Browsers allow it only after a tap.
pub fn beep(good: bool) {
    fn play(context: &AudioContext, good: bool) -> Result<(), JsValue> {
        let oscillator = context.create_oscillator()?;
        let gain = context.create_gain()?;
        oscillator.set_type(OscillatorType::Sine);
        oscillator.frequency().set_value(if good { 1046.5 } else { 220.0 });
        gain.gain().set_value(0.12);
        oscillator.connect_with_audio_node(&gain)?.connect_with_audio_node(&context.destination())?;
        oscillator.start()?;
        oscillator.stop_with_when(context.current_time() + if good { 0.09 } else { 0.25 })
    }
    thread_local! {
        static CONTEXT: Option<AudioContext> = AudioContext::new().ok();
    }
    CONTEXT.with(|c| {
        if let Some(c) = c {
            let _ = c.resume();
            // No sound is no failure.
            let _ = play(c, good);
        }
    });
}

/// Asks the browser not to clear this site's storage by itself. True when granted.
pub async fn keep_storage() -> bool {
    let Some(n) = navigator() else { return false };
    if super::property(&n, "storage").is_undefined() {
        return false;
    }
    let Ok(promise) = n.storage().persist() else { return false };
    JsFuture::from(promise).await.is_ok_and(|v| v.as_bool() == Some(true))
}

/// Asks that what waits is sent also after the app was closed, where the browser can (`public/boot.js`, Background Sync).
pub fn send_later() {
    let Some(window) = web_sys::window() else { return };
    if let Ok(later) = super::property(&window, "slhLater").dyn_into::<js_sys::Function>() {
        // Without it the app sends when it is open.
        let _ = later.call0(&window);
    }
}

/// Copies text; false when the browser does not allow it.
pub async fn copy_text(text: &str) -> bool {
    let Some(n) = navigator() else { return false };
    let clipboard = super::property(&n, "clipboard");
    let Ok(write) = super::property(&clipboard, "writeText").dyn_into::<js_sys::Function>() else { return false };
    let Ok(promise) = write.call1(&clipboard, &JsValue::from_str(text)) else { return false };
    match promise.dyn_into::<js_sys::Promise>() {
        Ok(p) => JsFuture::from(p).await.is_ok(),
        Err(_) => false,
    }
}

/// A name for this phone to begin with, from what the browser says of it.
pub fn name() -> String {
    let agent = navigator().and_then(|n| n.user_agent().ok()).unwrap_or_default();
    for (mark, name) in [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Điện thoại Android"),
        ("Mac OS", "Máy Mac"),
        ("Windows", "Máy tính Windows"),
        ("Linux", "Máy tính Linux"),
    ] {
        if agent.contains(mark) {
            return name.to_owned();
        }
    }
    "Máy của tôi".to_owned()
}

/// iPhone or iPad: there the browser cannot offer installation by itself.
pub fn is_apple_touch() -> bool {
    let agent = navigator().and_then(|n| n.user_agent().ok()).unwrap_or_default();
    agent.contains("iPhone") || agent.contains("iPad")
}

/// Runs as an installed app.
pub fn is_installed() -> bool {
    web_sys::window()
        .and_then(|w| w.match_media("(display-mode: standalone)").ok().flatten())
        .is_some_and(|m| m.matches())
}
