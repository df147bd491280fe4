//! The one record of IndexedDB that is no text: how this phone's data key lies here, with the browser's key that closes the server's part of
//! it. What the texts mean is `domain::vault`.

use super::idb::{Db, IdbFault};
use wasm_bindgen::prelude::*;
use web_sys::CryptoKey;

/// Its place in `meta`.
const VAULT: &str = "vault";

/// See the module.
#[derive(Clone)]
pub struct Kept {
    /// Random: which vault this is. Tabs compare it.
    pub id: String,
    /// Closes `part`; no script can read it.
    pub key: CryptoKey,
    /// The server's part, closed.
    pub part: String,
    /// The wrapped data key.
    pub lock: String,
    /// The data key, wrapped for a passkey; empty when none opens this phone.
    pub passkey: String,
    /// The server's key to which ops are sealed.
    pub seal: String,
    /// When that was last asked for: ms by the phone's clock, as text.
    pub asked: String,
}

impl Kept {
    fn read(value: &JsValue) -> Option<Self> {
        let of = |name: &str| js_sys::Reflect::get(value, &name.into()).ok();
        let text = |name: &str| of(name)?.as_string();
        Some(Self {
            id: text("id")?,
            key: of("key")?.dyn_into().ok()?,
            part: text("part")?,
            lock: text("lock")?,
            seal: text("seal")?,
            asked: text("asked")?,
            passkey: text("passkey").unwrap_or_default(),
        })
    }
    fn write(&self) -> Result<JsValue, JsValue> {
        let object = js_sys::Object::new();
        let texts = [
            ("id", &self.id),
            ("part", &self.part),
            ("lock", &self.lock),
            ("seal", &self.seal),
            ("asked", &self.asked),
            ("passkey", &self.passkey),
        ];
        for (name, text) in texts {
            js_sys::Reflect::set(&object, &name.into(), &text.as_str().into())?;
        }
        js_sys::Reflect::set(&object, &"key".into(), &self.key)?;
        Ok(object.into())
    }
}

impl Db {
    /// How the data key lies here.
    pub async fn vault(&self) -> Result<Option<Kept>, IdbFault> {
        Ok(Kept::read(&self.meta_value(VAULT).await?))
    }
    /// Keeps it, or forgets it. With `first`: only where there is none yet; false when another tab was faster.
    pub async fn set_vault(&self, kept: Option<&Kept>, first: bool) -> Result<bool, IdbFault> {
        let value = kept.map(Kept::write).transpose().map_err(|_| IdbFault::Lost)?;
        self.set_meta_value(VAULT, value.as_ref(), first).await
    }
}
