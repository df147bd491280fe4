//! Files: what a person chose, and what a person is given to keep.

use wasm_bindgen::prelude::*;

/// A file that a person chose.
#[derive(Clone)]
pub struct ChosenFile(pub(crate) web_sys::File);

impl ChosenFile {
    /// Its name.
    pub fn name(&self) -> String {
        self.0.name()
    }
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a size is a whole number below 2^53"
        )]
        {
            self.0.size().max(0.0) as u64
        }
    }
}

/// The first file of the `<input type="file">` with this id.
pub fn chosen(input_id: &str) -> Option<ChosenFile> {
    let input: web_sys::HtmlInputElement =
        web_sys::window()?.document()?.get_element_by_id(input_id)?.dyn_into().ok()?;
    input.files()?.get(0).map(ChosenFile)
}

/// Gives the person a file to keep. False when the browser does not let us.
pub fn download(name: &str, kind: &str, bytes: &[u8]) -> bool {
    fn give(name: &str, kind: &str, bytes: &[u8]) -> Option<()> {
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
        let bag = web_sys::BlobPropertyBag::new();
        bag.set_type(kind);
        let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &bag).ok()?;
        let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
        let document = web_sys::window()?.document()?;
        let link: web_sys::HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
        link.set_href(&url);
        link.set_download(name);
        document.body()?.append_child(&link).ok()?;
        link.click();
        link.remove();
        web_sys::Url::revoke_object_url(&url).ok()
    }
    give(name, kind, bytes).is_some()
}
