//! The engine: everything that reads or writes what is stored and what is sent. It comes as a part of the module of its own
//! ([`crate::parts`]), so that the first screen of somebody who signs in stands before it is there.
//!
//! Whoever is signed in waits for it (it lies in the service worker's cache); pages that change something come after it.
#![expect(clippy::unnecessary_wraps, reason = "the split point fails when its part does not come")]

use super::{App, start};
use crate::api::{self, ApiError};
use crate::platform::passkeys;
use domain::passkey::Ways;
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
    /// See [`App::passkeys_offered`].
    pub passkeys_offered: fn() -> Asking,
}

/// A sign-in under way.
type SigningIn = Pin<Box<dyn Future<Output = Result<Session, ApiError>>>>;
/// A session that is being taken up.
type Entering = Pin<Box<dyn Future<Output = ()>>>;
/// A question to the server.
type Asking = Pin<Box<dyn Future<Output = bool>>>;

fn sign_in(app: App, code: String, device_name: String) -> SigningIn {
    Box::pin(start::sign_in(app, code, device_name))
}

fn enter(app: App, session: Session) -> Entering {
    Box::pin(start::enter(app, session))
}

fn passkeys_offered() -> Asking {
    Box::pin(async {
        if !passkeys::are_there() {
            return false;
        }
        let ways = api::get::<Ways>("session/ways").await;
        ways.is_ok_and(|ways| ways.passkey.is_some_and(|site| passkeys::fit(&site)))
    })
}

#[wasm_split(engine, fallible)]
pub(super) fn engine() -> Result<Engine, SplitLoaderError> {
    Ok(Engine { start: start::start, sign_in, enter, passkeys_offered })
}
