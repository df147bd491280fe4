//! Files: what a person chose, and what a person is given to keep.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

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

/// The bytes of a chosen file; none when the browser could not read it.
pub async fn read(file: &ChosenFile) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(file.0.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// How a file was given to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// To another app, by the phone's share sheet.
    Shared,
    /// To the folder of downloads.
    Downloaded,
    /// The person closed the share sheet.
    Cancelled,
    /// The browser did neither.
    Failed,
}

/// True when this phone can hand a file of that kind to other apps.
pub fn can_share(name: &str, kind: &str) -> bool {
    shareable(name, kind, "").is_some()
}

/// Gives the person a text as a file: by the share sheet where that is wanted and the phone has one, else as a download.
pub async fn give(name: &str, kind: &str, text: &str, share: bool) -> Given {
    if share
        && let Some((navigator, data)) = shareable(name, kind, text)
        && let Ok(promise) = call(&navigator, "share", &data)
    {
        match JsFuture::from(js_sys::Promise::resolve(&promise)).await {
            Ok(_) => return Given::Shared,
            Err(error) if super::property(&error, "name").as_string().as_deref() == Some("AbortError") => {
                return Given::Cancelled;
            }
            // Not allowed just now: the download is left.
            Err(_) => {}
        }
    }
    if download(name, kind, text.as_bytes()) { Given::Downloaded } else { Given::Failed }
}

/// The navigator and what `share` takes, where it takes files.
fn shareable(name: &str, kind: &str, text: &str) -> Option<(JsValue, JsValue)> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let make: js_sys::Function = super::property(&js_sys::global(), "File").dyn_into().ok()?;
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"type".into(), &kind.into()).ok()?;
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let file = js_sys::Reflect::construct(&make, &js_sys::Array::of3(&parts, &name.into(), &options)).ok()?;
    let data = js_sys::Object::new();
    js_sys::Reflect::set(&data, &"files".into(), &js_sys::Array::of1(&file)).ok()?;
    let data = JsValue::from(data);
    call(&navigator, "canShare", &data).ok()?.is_truthy().then_some((navigator, data))
}

fn call(of: &JsValue, name: &str, with: &JsValue) -> Result<JsValue, JsValue> {
    super::property(of, name).dyn_into::<js_sys::Function>()?.call1(of, with)
}
