//! The one page that the server renders: head, brand, a skeleton or a public page, and the script that starts the app. It holds no
//! personal data, no inline script and no inline style, so that the content security policy needs no exception and one cached
//! copy serves every path.

use crate::public;
use crate::routes;
use crate::text::vi as t;
use crate::text::vi::public as words;
use leptos::prelude::*;

/// The hashed names of a build, absolute from the site's root (`assets.json`).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct ShellAssets {
    /// Build.
    pub build: String,
    /// The module's script.
    pub script: String,
    /// The module.
    pub wasm: String,
    /// The style sheet.
    pub style: String,
    /// The script that starts everything.
    pub boot: String,
}

/// The whole document of a path, without its doctype. `path` only chooses between the skeleton and a public page; it is not written
/// anywhere. Equal assets and paths give equal bytes.
#[must_use]
pub fn shell(assets: ShellAssets, path: &str) -> impl IntoView + use<> {
    let title = public::title(path).map_or_else(|| t::APP.to_owned(), |title| format!("{title} · {}", t::APP));
    let inside = public::page(path).unwrap_or_else(skeleton);
    view! {
        <html lang="vi">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content" />
                <title>{title}</title>
                <meta name="description" content=words::DESCRIPTION />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#8f1d22" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#38110f" />
                <meta name="format-detection" content="telephone=no" />
                <meta name="mobile-web-app-capable" content="yes" />
                <meta name="apple-mobile-web-app-title" content=t::APP />
                <meta name="robots" content="noindex" />
                <meta name="slh-build" content=assets.build />
                <link rel="stylesheet" href=assets.style />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="icon" href="/icons/icon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/icons/apple-touch-icon.png" />
                <link rel="modulepreload" href=assets.script />
                <link rel="preload" href=assets.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <script type="module" src=assets.boot></script>
            </head>
            <body>
                <div id="app">{inside}</div>
            </body>
        </html>
    }
}

/// What stands there until the app has come.
fn skeleton() -> AnyView {
    let links = [(routes::ABOUT, words::ABOUT), (routes::PRIVACY, words::PRIVACY), (routes::HELP, words::HELP)];
    view! {
        <div class="frame">
            <header class="bar">
                {public::mark()}
                <h1>{t::APP}</h1>
            </header>
            <main class="page" id="main">
                <p class="muted" role="status">{words::WAIT}</p>
                <div class="wait" aria-hidden="true">
                    <i></i>
                    <i></i>
                    <i></i>
                </div>
                <noscript>
                    <p class="banner tone-warn">{words::NO_SCRIPT}</p>
                    <p class="cluster">
                        {links.map(|(href, word)| view! { <a class="btn btn-secondary" href=href>{word}</a> }).into_iter().collect_view()}
                    </p>
                </noscript>
            </main>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> ShellAssets {
        ShellAssets {
            build: "b1".into(),
            script: "/pkg/app-1.js".into(),
            wasm: "/pkg/app-2_bg.wasm".into(),
            style: "/pkg/main-3.css".into(),
            boot: "/pkg/boot-4.js".into(),
        }
    }

    fn document(assets: &ShellAssets, path: &str) -> String {
        let owner = Owner::new();
        owner.with(|| shell(assets.clone(), path).to_html())
    }

    #[test]
    fn every_path_has_a_whole_document_without_inline_code() {
        for path in ["/", "/thong-bao/x", routes::ABOUT, routes::PRIVACY, "/tro-giup/"] {
            let html = document(&assets(), path);
            assert!(html.starts_with("<html lang=\"vi\">"), "{html}");
            for name in
                ["/pkg/boot-4.js", "/pkg/main-3.css", "/pkg/app-2_bg.wasm", "/manifest.webmanifest", "id=\"app\""]
            {
                assert!(html.contains(name), "{path} lacks {name}");
            }
            assert_eq!(html.matches("<h1").count(), 1, "{path}");
            assert_eq!(html.matches("<script").count(), 1, "{path}");
            assert!(!html.contains(" style=") && !html.contains("onclick"), "{path}");
            assert!(html.ends_with("</html>"), "{path}: {}", &html[html.len().saturating_sub(80)..]);
        }
    }

    #[test]
    fn public_pages_can_be_read_without_the_app() {
        assert!(document(&assets(), routes::PRIVACY).contains(words::PRIVACY_LEAD));
        assert!(document(&assets(), "/").contains(words::WAIT));
        assert!(!document(&assets(), "/x<script>y").contains("x<script>"));
    }
}
