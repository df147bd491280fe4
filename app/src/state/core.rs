//! What stands behind the signals: the memory of the sync core, the connections, and the signal of each op.

use super::vault::Keys;
use super::{App, Sending};
use crate::platform::rng;
use crate::platform::tabs::Tabs;
use crate::store::Db;
use domain::id::OpId;
use domain::sync::memory::Memory;
use domain::time::Millis;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};
use uuid::Uuid;

/// Something that happens once per page, and whoever waits for it.
#[derive(Default)]
pub struct Once {
    done: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Once {
    /// It has happened.
    pub fn finish(&self) {
        self.done.set(true);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }
    /// Ends when it has happened.
    pub async fn wait(&self) {
        poll_fn(|context| {
            if self.done.get() {
                return Poll::Ready(());
            }
            self.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// See the module.
pub struct Core {
    /// The phone's storage is read or being read.
    pub started: Cell<bool>,
    /// The PIN was right, where there is one.
    pub unlocked: Once,
    /// What the phone's storage holds has been read.
    pub loaded: Once,
    /// What the sync core remembers.
    pub memory: Memory,
    /// What closes what lies on this phone.
    pub keys: Keys,
    /// IndexedDB.
    pub db: Db,
    /// Other tabs.
    pub tabs: RefCell<Option<Tabs>>,
    /// The server's clock when its last word was written down; 0 = not by this page.
    pub noted: Cell<Millis>,
    /// How many ops waited when the server was last told so by this page.
    pub told: Cell<Option<usize>>,
    /// When to sync.
    pub sync: crate::sync::Engine,
    states: RefCell<HashMap<OpId, ArcRwSignal<Sending>>>,
}

impl Default for Core {
    fn default() -> Self {
        Self {
            started: Cell::new(false),
            unlocked: Once::default(),
            loaded: Once::default(),
            memory: Memory::new(Uuid::from_bytes(rng::bytes())),
            keys: Keys::default(),
            db: Db::default(),
            tabs: RefCell::default(),
            noted: Cell::new(Millis(0)),
            told: Cell::new(None),
            sync: crate::sync::Engine::default(),
            states: RefCell::default(),
        }
    }
}

impl Core {
    /// Reactive; see [`App::sending`]. An op is in the outbox before any view can name it, so "none" needs no watching: a list of
    /// hundreds of other people's ops does not wake at each tap.
    pub fn sending(&self, op: OpId) -> Option<Sending> {
        let state = self.states.borrow().get(&op).cloned();
        state.map(|s| s.get())
    }
    /// What the screen says about an op from now on; none: it is kept no more.
    pub fn tell(&self, op: OpId, state: Option<Sending>) {
        let Some(state) = state else {
            self.states.borrow_mut().remove(&op);
            return;
        };
        let known = self.states.borrow().get(&op).cloned();
        match known {
            Some(signal) if signal.get_untracked() == state => {}
            Some(signal) => signal.set(state),
            None => drop(self.states.borrow_mut().insert(op, ArcRwSignal::new(state))),
        }
    }
    /// Tells other tabs.
    pub fn tell_tabs(&self, text: &str) {
        if let Some(tabs) = self.tabs.borrow().as_ref() {
            tabs.tell(text);
        }
    }
}

impl App {
    /// Builds the view anew from the server's rows and what waits here.
    pub(crate) fn rebuild(self) {
        domain::sync::phone::tap::rebuild(&self.port());
    }
}
