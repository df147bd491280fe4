//! The server of Sổ Liên Hệ: axum in front, the store behind, `domain` decides.
//!
//! | module | what |
//! |---|---|
//! | [`config`], [`serve`], [`router`], [`state`] | command line, life, routes, what handlers get |
//! | [`api`], [`error`], [`openapi`] | REST under `/api/v1` |
//! | [`auth`] | who asks, how often, from which page |
//! | [`secrets`], [`tls`] | keys that lie beside the database; certificates |
//! | [`ceremony`] | whether the answer of a passkey is right |
//! | [`store`] | everything durable; the only module with SQL |
//! | [`backup`] | copies, putting them back, comparing tables with the log |
//! | [`pages`], [`pwa`] | the shell for every route and the files of the site |
//! | [`roster`], [`export`], [`demo`] | roster files in, tables out, invented data |

pub mod api;
pub mod auth;
pub mod backup;
#[cfg(feature = "passkeys")]
pub mod ceremony;
#[cfg(not(feature = "passkeys"))]
#[path = "no_ceremony.rs"]
pub mod ceremony;
pub mod config;
pub mod demo;
pub mod error;
pub mod export;
pub mod openapi;
pub mod pages;
pub mod pwa;
pub mod roster;
pub mod router;
pub mod secrets;
pub mod serve;
pub mod state;
pub mod store;
pub mod tls;
