//! Typed calls under `/api/v1`. Reports that a person opened stay in the phone's cache, so that they open without a network.
//! No mutation by a person goes this way: that is what ops are for.

use crate::platform::files::ChosenFile;
use crate::platform::http::{self, Answer, Content};
use crate::platform::upload;
use crate::state::App;
use domain::time::Millis;
use domain::wire::ErrorBody;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;

/// Where the API lives.
pub const BASE: &str = "/api/v1/";

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// No network, or none that reaches the server.
    #[error("no answer")]
    Offline,
    /// The server said no, and why.
    #[error("status {0}")]
    Status(u16, ErrorBody),
    /// Something answered, but not our server (a captive portal) or not in our words.
    #[error("not an answer of the server")]
    BadAnswer,
}

impl ApiError {
    /// Nobody is signed in (any more).
    #[must_use]
    pub const fn is_signed_out(&self) -> bool {
        matches!(self, Self::Status(401, _))
    }
    /// The stable code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Status(_, body) => Some(&body.code),
            _ => None,
        }
    }
}

/// The path of a call: `units/1/members` → `/api/v1/units/1/members`. Also right for links to files (`….xlsx`).
#[must_use]
pub fn path(of: &str) -> String {
    format!("{BASE}{}", of.trim_start_matches('/'))
}

async fn answer(method: &str, of: &str, content: Content<'_>, limit: i32) -> Result<Vec<u8>, ApiError> {
    taken(http::send(method, &path(of), content, &[], limit).await.map_err(|_| ApiError::Offline)?)
}

fn taken(answer: Answer) -> Result<Vec<u8>, ApiError> {
    match answer.status {
        204 => Ok(b"null".to_vec()),
        200..=299 if answer.is_json => Ok(answer.bytes),
        200..=299 => Err(ApiError::BadAnswer),
        status => match read(&answer.bytes) {
            Ok(body) if answer.is_json => Err(ApiError::Status(status, body)),
            _ => Err(ApiError::BadAnswer),
        },
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // As text, like everything else: one deserializer makes the phone's module smaller (docs/size.md).
    let text = std::str::from_utf8(bytes).map_err(|_| ApiError::BadAnswer)?;
    serde_json::from_str(text).map_err(|_| ApiError::BadAnswer)
}
fn write(body: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|_| ApiError::BadAnswer)
}

/// `GET`.
pub async fn get<T: DeserializeOwned>(of: &str) -> Result<T, ApiError> {
    read(&answer("GET", of, Content::Empty, http::TIME_LIMIT).await?)
}
/// `POST` with a JSON body.
pub async fn post<T: DeserializeOwned>(of: &str, body: &impl Serialize) -> Result<T, ApiError> {
    read(&answer("POST", of, Content::Json(&write(body)?), http::TIME_LIMIT).await?)
}
/// `PUT` with a JSON body.
pub async fn put<T: DeserializeOwned>(of: &str, body: &impl Serialize) -> Result<T, ApiError> {
    read(&answer("PUT", of, Content::Json(&write(body)?), http::TIME_LIMIT).await?)
}
/// `DELETE`.
pub async fn delete(of: &str) -> Result<(), ApiError> {
    answer("DELETE", of, Content::Empty, http::TIME_LIMIT).await.map(drop)
}
/// `POST` of the bytes of a file. The call may take minutes; `gone` hears how much of the file has gone, 0 to 100, and says whether to
/// go on.
pub async fn upload<T: DeserializeOwned>(
    of: &str,
    file: &ChosenFile,
    gone: impl Fn(u8) -> bool + 'static,
) -> Result<T, ApiError> {
    read(&taken(upload::send(&path(of), file, gone).await.map_err(|_| ApiError::Offline)?)?)
}

/// A result, and when the phone got it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cached<T> {
    /// The result.
    pub value: T,
    /// When it came, by the phone's clock.
    pub at: Millis,
}

/// `GET`, with the last result at hand: first what the phone has kept (none if nothing), then what the server says now, which is
/// kept for the next time. The two futures may be awaited one after the other or side by side.
pub fn get_cached<T: DeserializeOwned + 'static>(
    app: App,
    of: &str,
) -> (impl Future<Output = Option<Cached<T>>> + use<T>, impl Future<Output = Result<T, ApiError>> + use<T>) {
    let key = format!("report:{of}");
    let path = of.to_owned();
    let kept = {
        let key = key.clone();
        async move {
            let (at, text) = app.kept(&key).await?;
            Some(Cached { value: serde_json::from_str(&text).ok()?, at })
        }
    };
    let fresh = async move {
        let bytes = answer("GET", &path, Content::Empty, http::TIME_LIMIT).await?;
        let value = read(&bytes)?;
        if let Ok(text) = String::from_utf8(bytes) {
            app.keep(&key, text).await;
        }
        Ok(value)
    };
    (kept, fresh)
}
/// The server's own sentence for a refusal, in Vietnamese; none when it was no refusal.
#[must_use]
pub fn sentence(error: &ApiError) -> Option<&str> {
    match error {
        ApiError::Status(_, body) => Some(&body.message),
        _ => None,
    }
}
