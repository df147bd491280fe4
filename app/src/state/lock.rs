//! A phone with a PIN: it waits for it at its start, and covers itself when nobody has looked at it for a while. What waits goes to the
//! server all the same, sealed; nothing of it can be read here meanwhile.

use super::vault::{self, Unlock};
use super::{App, start};
use crate::platform::clock;
use crate::platform::events::{Listener, is_visible};
use crate::store::local;
use crate::sync::carry;
use domain::id::AccountId;
use domain::op::Op;
use domain::sync::{Sending, Stage};
use leptos::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A page that nobody has seen for so long covers itself, in ms.
const UNSEEN: i64 = 5 * 60_000;

/// Why a PIN is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// The app has just been opened: nothing is read yet.
    Start,
    /// The page stands behind, with whatever was typed into it.
    Covered,
}

/// What waits on a locked phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Ops without an answer when the app was opened.
    pub waiting: usize,
    /// Of them, those that the server has now.
    pub delivered: usize,
}

impl App {
    /// Tries a PIN.
    pub async fn unlock(self, pin: &str) -> Unlock {
        let done = vault::unlock(self, pin).await;
        match done {
            Unlock::Open => self.opened(),
            Unlock::Over => self.forgot_pin().await,
            Unlock::Wrong(_) | Unlock::Wait(_) => {}
        }
        done
    }
    /// How long until a PIN may be tried, in ms.
    pub async fn pin_wait(self) -> i64 {
        vault::wait(self).await
    }
    /// Covers the page, where there is a PIN.
    pub fn lock_now(self) {
        if self.pin.get_untracked() && self.locked.get_untracked().is_none() {
            self.locked.set(Some(Locked::Covered));
        }
    }
    /// Gives this phone a PIN, another one, or none; see [`vault::set_pin`].
    pub async fn set_new_pin(self, old: Option<&str>, new: Option<&str>) -> bool {
        vault::set_pin(self, old, new).await
    }
    /// There are keys on this phone, so that it can have a PIN.
    pub fn can_have_pin(self) -> bool {
        vault::can_have_pin(self)
    }
    /// The PIN is forgotten, or was wrong too often: rows and keys go and somebody must sign in anew. Every op stays, sealed.
    pub async fn forgot_pin(self) {
        let _ = deliver(self).await;
        vault::forget(self).await;
        start::sign_out(self).await;
        self.opened();
    }
    /// Sends what waits on the locked phone, and says how it stands.
    pub async fn deliver_sealed(self) -> Sealed {
        deliver(self).await
    }

    pub(super) fn opened(self) {
        self.locked.set(None);
        self.core().unlocked.finish();
    }
}

/// At the start: waits until the PIN was right, or forgotten.
pub(super) async fn wait(app: App) {
    app.locked.set(Some(Locked::Start));
    app.ready.set(true);
    app.core().unlocked.wait().await;
}

/// Covers the page when it comes to the front after a long time.
pub(super) fn watch(app: App) {
    let left = Rc::new(Cell::new(None::<i64>));
    let seen = move || {
        if !is_visible() {
            left.set(Some(clock::monotonic()));
        } else if left.take().is_some_and(|left| clock::monotonic() - left >= UNSEEN) {
            app.lock_now();
        }
    };
    if let Some(l) = Listener::document("visibilitychange", seen) {
        l.forever();
    }
}

/// What waits here of the account that is signed in, as it lies: both storages, each op once.
async fn waiting(app: App, me: AccountId) -> Vec<(Op, String)> {
    let mut raws: BTreeMap<String, String> = local::ops()
        .into_iter()
        .map(|copy| (copy.key, copy.raw.lines().next().unwrap_or_default().to_owned()))
        .collect();
    for op in app.core().db.ops().await.unwrap_or_default() {
        if Stage::read(&op.stage) == Stage::Waiting {
            raws.insert(op.key, op.raw);
        } else {
            raws.remove(&op.key);
        }
    }
    raws.into_values().filter_map(|raw| Some((Op::parse(&raw).ok()?, raw))).filter(|(op, _)| op.act == me).collect()
}

/// What the server says is looked at when the phone is open again: it is asked once more then, and knows them.
async fn deliver(app: App) -> Sealed {
    let Some(me) = app.session.with_untracked(|s| s.as_ref().map(|s| s.me.id)) else { return Sealed::default() };
    if app.locked.get_untracked() != Some(Locked::Start) {
        // The page behind sends by itself.
        let waiting =
            app.outbox.with_untracked(|o| o.iter().filter(|e| e.is_waiting() && e.state != Sending::NotSaved).count());
        return Sealed { waiting, delivered: 0 };
    }
    let ops = waiting(app, me).await;
    let delivered = match carry::send(app, "push", &ops, |_| ()).await {
        Ok(done) => done.total(),
        Err(_) => 0,
    };
    Sealed { waiting: ops.len(), delivered }
}
