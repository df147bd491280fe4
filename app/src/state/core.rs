//! What stands behind the signals: the book of the server's rows, the bytes of every op, the writer of this page, the connections.

use super::{App, Sending};
use crate::platform::tabs::Tabs;
use crate::platform::{clock, rng};
use crate::store::Db;
use domain::account::Actor;
use domain::book::Book;
use domain::id::OpId;
use domain::sync::{Entry, Record, Stage, replay};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};
use uuid::Uuid;

/// Whose rows are cached, and up to where. Stored as one text, so that it changes as one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The server's cursor, as it gave it.
    pub cursor: String,
    /// The server's epoch.
    pub epoch: Option<Uuid>,
}

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
    /// What the phone's storage holds has been read.
    pub loaded: Once,
    /// The server's rows.
    pub base: RefCell<Book>,
    /// IndexedDB.
    pub db: Db,
    /// The text of [`Mark`] as stored, and what it says.
    pub mark: RefCell<(Option<String>, Mark)>,
    /// The bytes of each op of the outbox.
    pub raws: RefCell<HashMap<OpId, String>>,
    /// Ops that are in localStorage for certain.
    pub in_local: RefCell<std::collections::HashSet<OpId>>,
    /// Other tabs.
    pub tabs: RefCell<Option<Tabs>>,
    /// The state of syncing.
    pub sync: crate::sync::Engine,
    /// Writer: this page load.
    pub writer: Uuid,
    /// The last counter of the writer.
    pub n: Cell<u32>,
    states: RefCell<HashMap<OpId, ArcRwSignal<Sending>>>,
}

impl Default for Core {
    fn default() -> Self {
        Self {
            loaded: Once::default(),
            base: RefCell::default(),
            db: Db::default(),
            mark: RefCell::default(),
            raws: RefCell::default(),
            in_local: RefCell::default(),
            tabs: RefCell::default(),
            sync: crate::sync::Engine::default(),
            writer: Uuid::from_bytes(rng::bytes()),
            n: Cell::new(0),
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
    fn tell(&self, op: OpId, state: Sending) {
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
    /// The record of an entry, as stored.
    pub fn record(&self, entry: &Entry) -> Option<Record> {
        let raw = self.raws.borrow().get(&entry.id)?.clone();
        Some(Record { id: entry.id, raw, stage: entry.stage })
    }
}

impl App {
    /// The actor signed in.
    pub(crate) fn actor(&self) -> Option<Actor> {
        self.session.with_untracked(|s| s.as_ref().map(|s| s.me.actor()))
    }
    /// Puts entries into the outbox; those already there are replaced.
    pub(crate) fn put_entries(&self, entries: Vec<(Entry, String)>) {
        let core = self.core();
        for (entry, raw) in &entries {
            core.raws.borrow_mut().entry(entry.id).or_insert_with(|| raw.clone());
            core.tell(entry.id, entry.state);
        }
        self.outbox.update(|outbox| {
            for (entry, _) in entries {
                match outbox.iter_mut().rev().find(|e| e.id == entry.id) {
                    Some(old) => *old = entry,
                    None => outbox.push(entry),
                }
            }
        });
    }
    /// Changes entries of the outbox and tells everybody who watches one. Those for which `change` answers false are left alone.
    pub(crate) fn change_entries(&self, ids: &[OpId], mut change: impl FnMut(&mut Entry) -> bool) -> Vec<Entry> {
        let core = self.core();
        let mut changed = Vec::new();
        self.outbox.maybe_update(|outbox| {
            // From the end: what changes is nearly always what came last.
            for id in ids {
                if let Some(entry) = outbox.iter_mut().rev().find(|e| e.id == *id)
                    && change(entry)
                {
                    changed.push(entry.clone());
                }
            }
            !changed.is_empty()
        });
        for entry in &changed {
            core.tell(entry.id, entry.state);
        }
        changed
    }
    /// Takes entries out of the memory.
    pub(crate) fn drop_entries(&self, ids: &[OpId]) {
        let core = self.core();
        self.outbox.update(|o| o.retain(|e| !ids.contains(&e.id)));
        for id in ids {
            core.raws.borrow_mut().remove(id);
            core.states.borrow_mut().remove(id);
        }
    }
    /// The state on the screen only (not the stage): `Sent` once answered, `Saved` after the commit.
    pub(crate) fn show_state(&self, ids: &[OpId], from: &[Sending], to: Sending) {
        self.change_entries(ids, |e| {
            let moves = e.stage == Stage::Waiting && e.state != to && from.contains(&e.state);
            if moves {
                e.state = to;
            }
            moves
        });
    }
    /// Builds the view anew from the server's rows and what waits here.
    pub(crate) fn rebuild(&self) {
        let core = self.core();
        let actor = self.actor();
        let view = self.outbox.with_untracked(|o| replay::replay(&core.base.borrow(), actor.as_ref(), o, clock::now()));
        self.view.set(view);
    }
}
