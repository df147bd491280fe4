//! The page as a whole: title, focus, attributes of the root, the address, printing, and the app's life as `boot.js` tells it.

use wasm_bindgen::prelude::*;

fn document() -> Option<web_sys::Document> {
    web_sys::window().and_then(|w| w.document())
}

/// Sets the title of the page.
pub fn set_title(title: &str) {
    if let Some(d) = document() {
        d.set_title(title);
    }
}

/// Sets or removes an attribute of `<html>`.
pub fn set_root(name: &str, value: Option<&str>) {
    if let Some(root) = document().and_then(|d| d.document_element()) {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Moves the focus to the first element that the selector finds, making it focusable when it is not. False when there is none.
pub fn focus(selector: &str) -> bool {
    let Some(element) = document().and_then(|d| d.query_selector(selector).ok().flatten()) else { return false };
    // What takes the focus by itself keeps its place in the order.
    let by_itself = element.matches("input, button, a, select, textarea").unwrap_or(false);
    if !by_itself && !element.has_attribute("tabindex") {
        let _ = element.set_attribute("tabindex", "-1");
    }
    element.dyn_ref::<web_sys::HtmlElement>().is_some_and(|e| e.focus().is_ok())
}

/// Removes the first element that the selector finds.
pub fn remove(selector: &str) {
    if let Some(element) = document().and_then(|d| d.query_selector(selector).ok().flatten()) {
        element.remove();
    }
}

/// What the server wrote into `#app`: stands until the app has something to show.
pub(crate) struct Skeleton(js_sys::Array);

impl Skeleton {
    /// Takes it away.
    pub fn remove(&self) {
        for node in self.0.iter().filter_map(|n| n.dyn_into::<web_sys::Node>().ok()) {
            if let Some(parent) = node.parent_node() {
                let _ = parent.remove_child(&node);
            }
        }
    }
}

/// The element that the app is mounted into (`#app`, else the body), and what stands in it.
pub(crate) fn mount_point() -> Option<(web_sys::HtmlElement, Skeleton)> {
    let document = document()?;
    let Some(app) = document.get_element_by_id("app") else {
        return Some((document.body()?, Skeleton(js_sys::Array::new())));
    };
    let skeleton = Skeleton(js_sys::Array::from(&app.child_nodes()));
    Some((app.dyn_into().ok()?, skeleton))
}

/// The part of the address after `#`, without it; empty when there is none.
pub fn fragment() -> String {
    let hash = web_sys::window().and_then(|w| w.location().hash().ok()).unwrap_or_default();
    hash.strip_prefix('#').map(str::to_owned).unwrap_or_default()
}

/// Takes the fragment out of the address and the history, so that a one-time code does not stay there.
pub fn clear_fragment() {
    if let Some(window) = web_sys::window()
        && let Ok(path) = window.location().pathname()
        && let Ok(history) = window.history()
    {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}

/// `https://…` without a path, for links that a person hands on.
pub fn origin() -> String {
    web_sys::window().and_then(|w| w.location().origin().ok()).unwrap_or_default()
}

/// One step back in the history.
pub fn back() {
    if let Some(history) = web_sys::window().and_then(|w| w.history().ok()) {
        let _ = history.back();
    }
}

/// Scrolls to the top.
pub fn scroll_to_top() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Scrolls an element into the middle of the view.
pub fn scroll_into_view(selector: &str) {
    if let Some(element) = document().and_then(|d| d.query_selector(selector).ok().flatten()) {
        element.scroll_into_view_with_bool(false);
    }
}

/// Opens the browser's print dialogue.
pub fn print() {
    if let Some(window) = web_sys::window() {
        let _ = window.print();
    }
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Opens or closes the `<dialog>` with this id, as a modal.
pub fn show_dialog(id: &str, open: bool) {
    if let Some(dialog) =
        document().and_then(|d| d.get_element_by_id(id)).and_then(|e| e.dyn_into::<web_sys::HtmlDialogElement>().ok())
    {
        if open && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open {
            dialog.close();
        }
    }
}

fn flag(name: &str) -> bool {
    web_sys::window().is_some_and(|w| super::property(&w, name).is_truthy())
}
fn call(name: &str) -> Option<JsValue> {
    let window = web_sys::window()?;
    super::property(&window, name).dyn_ref::<js_sys::Function>()?.call0(&window).ok()
}

/// `boot.js` holds an offer of the browser to install the app. It tells changes by the window event `slh-installable`.
pub fn is_installable() -> bool {
    flag("slhInstallable")
}
/// Shows the browser's offer; true when the person accepted.
pub async fn install() -> bool {
    let Some(promise) = call("slhInstall").and_then(|p| p.dyn_into::<js_sys::Promise>().ok()) else { return false };
    wasm_bindgen_futures::JsFuture::from(promise).await.is_ok_and(|v| v.as_string().as_deref() == Some("accepted"))
}
/// A new version waits. Told by the window event `slh-update`.
pub fn is_update_ready() -> bool {
    flag("slhUpdateReady")
}
/// Takes the new version; the page loads anew.
pub fn update() {
    let _ = call("slhUpdate");
}

/// Shows the failure bar of `public/boot.js`: the app cannot go on, and what was saved is still there.
pub fn failed(message: &str) {
    use wasm_bindgen::JsCast;
    let Some(window) = web_sys::window() else { return };
    if let Ok(show) = super::property(&window, "slhFailed").dyn_into::<js_sys::Function>() {
        // The bar is the last resort; nothing is left to do when it cannot be shown.
        let _ = show.call1(&window, &message.into());
    }
}
