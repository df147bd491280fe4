//! The built site: files with hashed names for ever, the others asked for each time, packed copies by `Accept-Encoding`.
//! All of it lies in memory (a few MB), read once at start from a folder or from this program itself.

use crate::pages::ShellAssets;
use anyhow::Context as _;
use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../target/site"]
struct Embedded;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK: &str = "no-cache";
/// Encodings and the endings of their copies, the best first.
const PACKED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
const LIST: &str = "/assets.json";

/// The site.
#[derive(Default)]
pub struct Site {
    files: HashMap<String, Bytes>,
    /// Hashed names for the shell.
    pub assets: ShellAssets,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

impl Site {
    /// From a folder; else from this program; else from `target/site`, if it is there.
    pub fn load(folder: Option<&Path>) -> anyhow::Result<Self> {
        let files = match folder {
            Some(folder) => read_folder(folder)?,
            None => embedded_or_built()?,
        };
        let assets = if let Some(list) = files.get(LIST) {
            serde_json::from_slice(list).context("assets.json of the site cannot be read")?
        } else {
            tracing::warn!("there is no built site: pages come without the app. Build it with `cargo xtask build`");
            ShellAssets::default()
        };
        Ok(Self { files, assets })
    }

    /// The answer for a file of the site; `None` when there is none.
    #[must_use]
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        if path == LIST || PACKED.iter().any(|(_, ending)| path.ends_with(ending)) {
            return None;
        }
        let plain = self.files.get(path)?;
        let accepted = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let packed = PACKED.into_iter().find_map(|(name, ending)| {
            accepts(accepted, name).then(|| self.files.get(&format!("{path}{ending}")))?.map(|bytes| (name, bytes))
        });
        let cache = if path.starts_with("/pkg/") { FOR_EVER } else { ASK };
        let mut response = Response::new(Body::from(packed.map_or(plain, |(_, bytes)| bytes).clone()));
        let mut set = |name: HeaderName, value: &'static str| {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        };
        set(CONTENT_TYPE, kind(path));
        set(CACHE_CONTROL, cache);
        set(VARY, "accept-encoding");
        if let Some((name, _)) = packed {
            set(CONTENT_ENCODING, name);
        }
        Some(response)
    }
}

/// `name` stands in the list and is not forbidden by `q=0`.
fn accepts(list: &str, name: &str) -> bool {
    list.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next().is_some_and(|n| n.eq_ignore_ascii_case(name))
            && !parts.any(|p| p.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0)))
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webmanifest") => "application/manifest+json",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(feature = "embed")]
fn embedded_or_built() -> anyhow::Result<HashMap<String, Bytes>> {
    Ok(Embedded::iter()
        .filter_map(|name| Embedded::get(&name).map(|file| (format!("/{name}"), Bytes::from(file.data.into_owned()))))
        .collect())
}

#[cfg(not(feature = "embed"))]
fn embedded_or_built() -> anyhow::Result<HashMap<String, Bytes>> {
    let built = Path::new("target/site");
    if built.join("assets.json").is_file() { read_folder(built) } else { Ok(HashMap::new()) }
}

fn read_folder(folder: &Path) -> anyhow::Result<HashMap<String, Bytes>> {
    let mut files = HashMap::new();
    let mut folders: Vec<(PathBuf, String)> = vec![(folder.to_owned(), String::new())];
    while let Some((place, prefix)) = folders.pop() {
        for entry in
            std::fs::read_dir(&place).with_context(|| format!("cannot read the site in {}", place.display()))?
        {
            let entry = entry?;
            let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), name));
            } else {
                files.insert(name, Bytes::from(std::fs::read(entry.path())?));
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let file = |name: &str, text: &'static str| (name.to_owned(), Bytes::from_static(text.as_bytes()));
        let files =
            [file("/pkg/a-1.js", "plain"), file("/pkg/a-1.js.br", "packed"), file("/sw.js", "w"), file(LIST, "{}")];
        Site { files: files.into(), assets: ShellAssets::default() }
    }

    fn asked(path: &str, accepted: &'static str) -> Option<(String, Option<String>)> {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
        let response = site().answer(path, &headers)?;
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Some((header(CACHE_CONTROL).unwrap_or_default(), header(CONTENT_ENCODING)))
    }

    #[test]
    fn packed_copies_go_to_those_who_take_them() {
        assert_eq!(asked("/pkg/a-1.js", "gzip, deflate, br"), Some((FOR_EVER.into(), Some("br".into()))));
        assert_eq!(asked("/pkg/a-1.js", "gzip, br;q=0"), Some((FOR_EVER.into(), None)));
        assert_eq!(asked("/sw.js", "br"), Some((ASK.into(), None)));
        assert_eq!(asked("/pkg/a-1.js.br", "br"), None, "only by its own name");
        assert_eq!(asked(LIST, "br"), None, "for the shell only");
        assert_eq!(asked("/pkg/../sw.js", "br"), None);
    }
}
