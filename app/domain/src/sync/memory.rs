//! What one page keeps in memory beside the outbox on the screen: the server's rows, the bytes of each op, where it stands with the
//! server, and the state of the present round.

use super::batch::Limits;
use super::entry::{Entry, Record};
use crate::book::Book;
use crate::id::OpId;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Whose rows are cached, and up to where. Stored as one text, so that it changes as one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The server's cursor, as it gave it.
    pub cursor: String,
    /// The server's epoch.
    pub epoch: Option<Uuid>,
}

/// See the module. It can be cloned, so that a test goes on from one moment in more than one way.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The server's rows.
    pub base: RefCell<Book>,
    /// The text of [`Mark`] as stored, and what is true now.
    pub mark: RefCell<(Option<String>, Mark)>,
    /// The epoch that the rows are of: behind `mark` between the first word of a new epoch and the pull that begins anew.
    pub(super) rows_epoch: Cell<Option<Uuid>>,
    /// The server's clock, as last heard.
    pub(super) server_now: Cell<Millis>,
    /// The disk could not follow: since when, monotonic ms. What is pulled meanwhile lives in memory only.
    pub(super) behind: Cell<Option<i64>>,
    /// The ops on the disk were read.
    pub(super) loaded: Cell<bool>,
    /// The bytes of each op of the outbox.
    pub(super) raws: RefCell<BTreeMap<OpId, String>>,
    /// Ops that are in localStorage for certain.
    pub(super) in_local: RefCell<BTreeSet<OpId>>,
    /// This page load.
    pub boot: Uuid,
    /// Writer: this page load, unless another phone turned out to use it too.
    pub(super) writer: Cell<Uuid>,
    /// The last counter of the writer.
    pub(super) n: Cell<u32>,
    /// Signed out: what is under way ends without leaving anything.
    pub stopped: Cell<bool>,
    /// A pull is wanted.
    pub want_pull: Cell<bool>,
    /// A pull began anew: roles may have changed.
    pub was_reset: Cell<bool>,
    /// Another round is wanted right after this one.
    pub again: Cell<bool>,
    /// Whose digest the next pull asks for; none = it is time to choose.
    pub(super) checked: Cell<bool>,
    /// Writers that were offered again after their digest differed, so that it is done once a page.
    pub(super) offered: RefCell<BTreeSet<Uuid>>,
    pub(super) limits: Cell<Limits>,
    /// Ops that the server did not take or did not speak of in this round.
    pub(super) passed: RefCell<BTreeSet<OpId>>,
}

impl Memory {
    /// Of a page that begins. `boot`: random.
    #[must_use]
    pub fn new(boot: Uuid) -> Self {
        Self {
            base: RefCell::default(),
            mark: RefCell::default(),
            rows_epoch: Cell::new(None),
            server_now: Cell::new(Millis(0)),
            behind: Cell::new(None),
            loaded: Cell::new(false),
            raws: RefCell::default(),
            in_local: RefCell::default(),
            boot,
            writer: Cell::new(boot),
            n: Cell::new(0),
            stopped: Cell::new(false),
            want_pull: Cell::new(false),
            was_reset: Cell::new(false),
            again: Cell::new(false),
            checked: Cell::new(false),
            offered: RefCell::default(),
            limits: Cell::default(),
            passed: RefCell::default(),
        }
    }
    /// The record of an entry, as stored.
    #[must_use]
    pub fn record(&self, entry: &Entry) -> Option<Record> {
        let raw = self.raws.borrow().get(&entry.id)?.clone();
        Some(Record { id: entry.id, raw, stage: entry.stage })
    }
    /// The server's clock, as last heard by this page; 0 = not yet.
    #[must_use]
    pub const fn server_now(&self) -> Millis {
        self.server_now.get()
    }
    /// Does localStorage have a copy of it?
    #[must_use]
    pub fn has_spare(&self, op: OpId) -> bool {
        self.in_local.borrow().contains(&op)
    }
    /// The server's epoch, as last heard.
    #[must_use]
    pub fn epoch(&self) -> Option<Uuid> {
        self.mark.borrow().1.epoch
    }
}
