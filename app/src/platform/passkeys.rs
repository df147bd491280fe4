//! Passkeys of this browser (WebAuthn): making one, answering with one, and the secret that one gives for a salt (the PRF extension). Options and
//! answers are JSON texts, as the server speaks; where the browser has no such functions for them, they are put together here by hand.
//!
//! `web-sys` keeps most of this behind a build flag, so everything goes by name. Knows no endpoint and no vault.

use super::{property, rng};
pub use domain::passkey::PasskeyFault;
use domain::passkey::fits;
use domain::vault::{decode, encode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// How long the browser may ask the person when nobody says otherwise, in ms.
const PATIENCE: u32 = 120_000;

fn class() -> Option<JsValue> {
    let class = property(&js_sys::global(), "PublicKeyCredential");
    class.is_function().then_some(class)
}

/// Does this browser have passkeys here? Not on an insecure origin.
pub fn are_there() -> bool {
    class().is_some()
}

/// May this page use passkeys that are bound to `site`?
pub fn fit(site: &str) -> bool {
    let host = web_sys::window().and_then(|window| window.location().hostname().ok()).unwrap_or_default();
    fits(site, &host)
}

/// Makes a passkey: `PublicKeyCredentialCreationOptionsJSON` → `RegistrationResponseJSON`.
///
/// # Errors
/// The person, or the browser, would not.
pub async fn create(options: &str) -> Result<String, PasskeyFault> {
    let options = read(options, "parseCreationOptionsFromJSON")?;
    written(&ask("create", &options).await?)
}

/// Answers with a passkey: `PublicKeyCredentialRequestOptionsJSON` → `AuthenticationResponseJSON`.
///
/// # Errors
/// The person, or the browser, would not.
pub async fn get(options: &str) -> Result<String, PasskeyFault> {
    let options = read(options, "parseRequestOptionsFromJSON")?;
    written(&ask("get", &options).await?)
}

/// The secret that a passkey of `site` gives for a salt, and which passkey it was. Needs no network. `credential`: this one; none: whichever the
/// person takes.
///
/// # Errors
/// The person, or the browser, would not, or this passkey gives none.
pub async fn secret(site: &str, credential: Option<&str>, salt: &[u8]) -> Result<(String, [u8; 32]), PasskeyFault> {
    let challenge: [u8; 32] = rng::bytes();
    let values = object(&[("first", &array(salt))])?;
    let extensions = object(&[("prf", &object(&[("eval", &values)])?)])?;
    let allowed = js_sys::Array::new();
    if let Some(id) = credential.and_then(from_url) {
        allowed.push(&object(&[("type", &"public-key".into()), ("id", &array(&id))])?);
    }
    let options = object(&[
        ("challenge", &array(&challenge)),
        ("rpId", &site.into()),
        ("allowCredentials", &allowed),
        ("userVerification", &"required".into()),
        ("timeout", &PATIENCE.into()),
        ("extensions", &extensions),
    ])?;
    let answer = ask("get", &options).await?;
    let id = property(&answer, "id").as_string().ok_or(PasskeyFault::Broken)?;
    let results = call(&answer, "getClientExtensionResults", &[])?;
    let first = property(&property(&property(&results, "prf"), "results"), "first");
    let secret = bytes(&first).and_then(|bytes| bytes.try_into().ok()).ok_or(PasskeyFault::NoSecret)?;
    Ok((id, secret))
}

/// Asks the browser, and the browser the person.
async fn ask(what: &str, options: &JsValue) -> Result<JsValue, PasskeyFault> {
    let navigator: JsValue = web_sys::window().ok_or(PasskeyFault::Broken)?.navigator().into();
    let credentials = property(&navigator, "credentials");
    let promise = call(&credentials, what, &[&object(&[("publicKey", options)])?])?;
    let answer = JsFuture::from(js_sys::Promise::resolve(&promise)).await.map_err(|error| fault(&error))?;
    if answer.is_object() { Ok(answer) } else { Err(PasskeyFault::NotAnswered) }
}

fn fault(error: &JsValue) -> PasskeyFault {
    match property(error, "name").as_string().as_deref() {
        Some("NotAllowedError" | "AbortError" | "TimeoutError") => PasskeyFault::NotAnswered,
        Some("InvalidStateError") => PasskeyFault::Known,
        Some("NotSupportedError" | "ConstraintError") => PasskeyFault::NoAuthenticator,
        Some("SecurityError") => PasskeyFault::OtherSite,
        _ => PasskeyFault::Broken,
    }
}

fn call(of: &JsValue, name: &str, with: &[&JsValue]) -> Result<JsValue, PasskeyFault> {
    let function: js_sys::Function = property(of, name).dyn_into().map_err(|_| PasskeyFault::Broken)?;
    let with: js_sys::Array = with.iter().copied().collect();
    function.apply(of, &with).map_err(|error| fault(&error))
}

fn set(of: &JsValue, name: &str, value: &JsValue) -> Result<(), PasskeyFault> {
    js_sys::Reflect::set(of, &name.into(), value).map(drop).map_err(|_| PasskeyFault::Broken)
}

fn object(fields: &[(&str, &JsValue)]) -> Result<JsValue, PasskeyFault> {
    let object = js_sys::Object::new().into();
    for (name, value) in fields {
        set(&object, name, value)?;
    }
    Ok(object)
}

fn array(bytes: &[u8]) -> JsValue {
    js_sys::Uint8Array::from(bytes).into()
}

/// The bytes of a buffer or of a view of one.
fn bytes(of: &JsValue) -> Option<Vec<u8>> {
    let buffer = property(of, "buffer");
    let of = if buffer.is_undefined() { of } else { &buffer };
    of.is_instance_of::<js_sys::ArrayBuffer>().then(|| js_sys::Uint8Array::new(of).to_vec())
}

fn from_url(text: &str) -> Option<Vec<u8>> {
    decode(&text.replace('-', "+").replace('_', "/"))
}

fn to_url(bytes: &[u8]) -> String {
    encode(bytes).replace('+', "-").replace('/', "_")
}

/// Options as the browser wants them.
fn read(text: &str, by: &str) -> Result<JsValue, PasskeyFault> {
    let json = js_sys::JSON::parse(text).map_err(|_| PasskeyFault::Broken)?;
    let class = class().ok_or(PasskeyFault::NoAuthenticator)?;
    if property(&class, by).is_function() {
        return call(&class, by, &[&json]);
    }
    open(&json, "challenge")?;
    open(&property(&json, "user"), "id")?;
    for list in ["excludeCredentials", "allowCredentials"] {
        if let Ok(list) = property(&json, list).dyn_into::<js_sys::Array>() {
            for one in list.iter() {
                open(&one, "id")?;
            }
        }
    }
    Ok(json)
}

/// A text of an object becomes the bytes that it stands for.
fn open(of: &JsValue, name: &str) -> Result<(), PasskeyFault> {
    let Some(text) = of.is_object().then(|| property(of, name).as_string()).flatten() else { return Ok(()) };
    set(of, name, &array(&from_url(&text).ok_or(PasskeyFault::Broken)?))
}

/// An answer as text.
fn written(answer: &JsValue) -> Result<String, PasskeyFault> {
    let json = if property(answer, "toJSON").is_function() {
        call(answer, "toJSON", &[])?
    } else {
        let said = property(answer, "response");
        let response = object(&[])?;
        for name in ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] {
            if let Some(bytes) = bytes(&property(&said, name)) {
                set(&response, name, &to_url(&bytes).into())?;
            }
        }
        let id = property(answer, "id");
        object(&[
            ("id", &id),
            ("rawId", &id),
            ("type", &property(answer, "type")),
            ("clientExtensionResults", &object(&[])?),
            ("response", &response),
        ])?
    };
    let text = js_sys::JSON::stringify(&json).map_err(|_| PasskeyFault::Broken)?;
    Ok(text.into())
}
