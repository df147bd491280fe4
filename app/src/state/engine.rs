//! The engine: everything that reads or writes what is stored and what is sent. It comes as a part of the module of its own
//! ([`crate::parts`]), so that the first screen of somebody who signs in stands before it is there.
//!
//! Whoever is signed in waits for it (it lies in the service worker's cache); pages that change something come after it.
#![expect(clippy::unnecessary_wraps, reason = "the split point fails when its part does not come")]

use super::{App, start};
use crate::api::ApiError;
use domain::wire::Session;
use std::pin::Pin;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// What the first screen asks of the engine.
pub(super) struct Engine {
    /// Loads what the phone has, then begins to sync.
    pub start: fn(App),
    /// See [`App::sign_in`].
    pub sign_in: fn(App, String, String) -> SigningIn,
    /// See [`App::enter`].
    pub enter: fn(App, Session) -> Entering,
}

/// A sign-in under way.
type SigningIn = Pin<Box<dyn Future<Output = Result<Session, ApiError>>>>;
/// A session that is being taken up.
type Entering = Pin<Box<dyn Future<Output = ()>>>;

fn sign_in(app: App, code: String, device_name: String) -> SigningIn {
    Box::pin(start::sign_in(app, code, device_name))
}

fn enter(app: App, session: Session) -> Entering {
    Box::pin(start::enter(app, session))
}

#[wasm_split(engine, fallible)]
pub(super) fn engine() -> Result<Engine, SplitLoaderError> {
    Ok(Engine { start: start::start, sign_in, enter })
}
