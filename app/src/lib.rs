//! What the phone shows and does. In the browser (`csr`) the whole app; on the server (`ssr`) only the shell, the public pages and
//! the list of routes. Features are looked at here, at the crate's root, and nowhere else but in `platform`.
//!
//! | module | what |
//! |---|---|
//! | [`routes`], [`shell`], [`text`], [`public`] | what the server renders too |
//! | `state` | what the screens read, and the one way to change something: `App::perform` |
//! | `sync` | when to push and pull; the rules of it are in `domain::sync` |
//! | `store` | the two storages of the phone |
//! | `platform` | everything else that is the browser's |
//! | `api` | typed calls |
//! | `components`, `pages`, `parts`, `router` | the screens, and in which part of the module they come |
// leptos' view types nest deeper than the default limit.
#![recursion_limit = "256"]

#[path = "pages/public/mod.rs"]
pub mod public;
pub mod routes;
pub mod shell;
pub mod text;

#[cfg(feature = "csr")]
pub mod api;
#[cfg(feature = "csr")]
pub mod components;
#[cfg(feature = "csr")]
pub mod pages;
#[cfg(feature = "csr")]
mod parts;
#[cfg(feature = "csr")]
pub mod platform;
#[cfg(feature = "csr")]
pub mod router;
#[cfg(feature = "csr")]
pub mod state;
#[cfg(feature = "csr")]
mod store;
#[cfg(feature = "csr")]
mod sync;

#[cfg(feature = "csr")]
pub use router::mount;
