//! What each row of the roll call shows, as a signal of its own. After a change of the book all rows are compared in one pass: five
//! hundred memos on one signal cost more than the tap itself.

use crate::state::App;
use domain::book::Book;
use domain::id::{MeetingId, OpId};
use domain::presence::{Presence, Status, Who};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What a row shows.
#[derive(Clone, PartialEq)]
pub struct Shown {
    /// Status.
    pub status: Status,
    /// The newest mark or undo, whose way into the book the row tells.
    pub last: Option<OpId>,
    /// The server has numbered it.
    pub numbered: bool,
}

impl Shown {
    /// Reads one person's presence.
    pub fn of(book: &Book, meeting: MeetingId, who: Who) -> Self {
        let presence = book.presence_of(meeting, who);
        let last = presence.and_then(newest);
        Self {
            status: presence.map_or(Status::Unmarked, Presence::status),
            last: last.map(|(op, _)| op),
            numbered: last.is_some_and(|(_, seq)| seq.is_some()),
        }
    }
}

/// The op that changed the row last: one that still waits here before all others, then the highest sequence.
fn newest(p: &Presence) -> Option<(OpId, Option<u64>)> {
    let marks = p.marks.iter().map(|(op, w)| (*op, w.seq));
    let voids = p.voids.iter().map(|(op, v)| (*op, v.seq));
    marks.chain(voids).max_by_key(|(op, seq)| (seq.unwrap_or(u64::MAX), *op))
}

/// The signals of all rows. Ends with the page.
#[derive(Clone, Copy)]
pub struct Marks {
    app: App,
    meeting: MeetingId,
    rows: StoredValue<BTreeMap<Who, ArcRwSignal<Shown>>>,
}

impl Marks {
    /// Of one meeting.
    pub fn of(app: App, meeting: MeetingId) -> Self {
        let marks = Self { app, meeting, rows: StoredValue::new(BTreeMap::new()) };
        Effect::new(move |_| app.view().with(|book| marks.compare(book)));
        marks
    }
    /// What the row of this person shows. The handle ends with the row, the signal with the page: a row may come again.
    pub fn signal(self, who: Who) -> RwSignal<Shown> {
        let known = self.rows.with_value(|rows| rows.get(&who).cloned());
        let signal = known.unwrap_or_else(|| {
            let shown = self.app.view().with_untracked(|book| Shown::of(book, self.meeting, who));
            let signal = ArcRwSignal::new(shown);
            self.rows.update_value(|rows| drop(rows.insert(who, signal.clone())));
            signal
        });
        signal.into()
    }
    fn compare(self, book: &Book) {
        self.rows.with_value(|rows| {
            for (who, signal) in rows {
                let shown = Shown::of(book, self.meeting, *who);
                if signal.with_untracked(|before| *before != shown) {
                    signal.set(shown);
                }
            }
        });
    }
}
