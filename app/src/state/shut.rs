//! A phone that shows nothing: signed out from elsewhere, or locked because it was away for too long ([`domain::lease`]). Neither touches an
//! op. What is remembered of it lies in IndexedDB's `meta`.

use super::App;
use crate::platform::clock;
use domain::lease::{Contact, is_locked};
use domain::time::Millis;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The last word of the server.
const CONTACT: &str = "contact";
/// That this phone shows nothing, and why.
const SHUT: &str = "shut";
/// How often the last word of the server is written down, in ms.
const NOTED: i64 = 3_600_000;

/// Why a phone shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// Signed out from elsewhere, until somebody signs in here.
    Revoked,
    /// Away for too long, until the server is reached.
    Locked,
}

impl Shut {
    const fn word(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Locked => "locked",
        }
    }
}

/// At the start: what was so when this phone was last closed, or has come to be so since.
pub(super) async fn load(app: App) {
    let Some(days) = app.session.with_untracked(|s| s.as_ref().map(|s| s.lease_days)) else { return };
    let db = app.core().db.clone();
    let before = db.meta(SHUT).await.ok().flatten();
    let contact = db.meta(CONTACT).await.ok().flatten();
    let contact = contact.as_deref().and_then(Contact::read);
    let was = |shut: Shut| before.as_deref() == Some(shut.word());
    if was(Shut::Revoked) {
        app.shut.set(Some(Shut::Revoked));
    } else if is_locked(days, contact, was(Shut::Locked), clock::now()) {
        set(app, Some(Shut::Locked)).await;
    }
}

/// The server has answered a round of this page: what was locked opens, and the moment is noted now and then.
pub(crate) fn reached(app: App) {
    let core = app.core();
    let server = core.memory.server_now();
    if server == Millis(0) {
        return;
    }
    let opens = app.shut.get_untracked() == Some(Shut::Locked);
    if opens {
        spawn_local(set(app, None));
    }
    if !opens && core.noted.get() != Millis(0) && server.0.saturating_sub(core.noted.get().0) < NOTED {
        return;
    }
    core.noted.set(server);
    let contact = Contact { server, phone: clock::now() }.write();
    spawn_local(async move {
        // Not noted is the age of the last note: at worst the phone locks a little early.
        let _ = app.core().db.set_meta(CONTACT, Some(&contact)).await;
    });
}

/// The server has said that this phone was signed out from elsewhere.
pub(crate) fn revoked(app: App) {
    spawn_local(set(app, Some(Shut::Revoked)));
}

/// Somebody has signed in, or out.
pub(super) async fn open(app: App) {
    if app.shut.get_untracked().is_some() {
        set(app, None).await;
    }
}

async fn set(app: App, shut: Option<Shut>) {
    if app.shut.get_untracked() != shut {
        app.shut.set(shut);
    }
    // Not kept is said again by the server, or by the clock.
    let _ = app.core().db.set_meta(SHUT, shut.map(Shut::word)).await;
}
