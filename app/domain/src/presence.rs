//! Presence: a fold that does not depend on order, repetition or clocks (design.md §4).
//!
//! Each mark is a witness with the id of its op; a void names the exact ops that its author saw. Both are grow-only sets, so
//! merging is a union and two secretaries and the member's own tap are three witnesses and one row. There is no counter
//! anywhere to add to. The shown status is that of the witness with the highest role, then the highest server sequence.

use crate::account::Role;
use crate::id::{AccountId, GuestId, MeetingId, MemberId, OpId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Whose presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A member of the register.
    Member(MemberId),
    /// A guest of this meeting.
    Guest(GuestId),
}

impl Who {
    /// The member, if it is one.
    #[must_use]
    pub const fn member(self) -> Option<MemberId> {
        match self {
            Self::Member(m) => Some(m),
            Self::Guest(_) => None,
        }
    }
}
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(m) => write!(f, "{m}"),
            Self::Guest(g) => write!(f, "{g}"),
        }
    }
}

/// In which way somebody was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresentAs {
    /// *Có mặt*
    OnTime,
    /// *Đến muộn*
    Late,
    /// *Về sớm*
    LeftEarly,
}

/// When an excuse was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// *Báo trước*
    Before,
    /// *Báo sau*
    After,
}

/// What a witness says. *Absent because nobody marked anything* is no mark at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Was there.
    Present(PresentAs),
    /// *Vắng có lý do*
    Excused {
        /// At most 200 characters; may be empty.
        reason: String,
        /// Before or after.
        told: Told,
    },
    /// *Vắng*: marked so by somebody.
    Absent,
}

/// One op's word about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// What it says.
    pub mark: Mark,
    /// Who said so.
    pub by: AccountId,
    /// The role in which it was said.
    pub role: Role,
    /// The server's sequence; none while the op waits on this phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Estimated time, for showing only.
    pub t: Millis,
}

/// An undo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Void {
    /// The exact ops that the author saw and takes back.
    pub names: BTreeSet<OpId>,
    /// Who.
    pub by: AccountId,
    /// In which role. A plain member's void reaches only marks of the same account.
    pub role: Role,
    /// The server's sequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Estimated time, for showing only.
    pub t: Millis,
}

impl Void {
    /// May it take back what this witness said? A plain member's reaches only marks of the same account.
    fn reaches(&self, witness: &Witness) -> bool {
        self.role.weight() > 0 || self.by == witness.by
    }
}

/// All that is known of one person at one meeting. Unique per (meeting, who).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Meeting.
    pub meeting: MeetingId,
    /// Person.
    pub who: Who,
    /// Every mark ever made.
    #[serde(default)]
    pub marks: BTreeMap<OpId, Witness>,
    /// Every undo ever made.
    #[serde(default)]
    pub voids: BTreeMap<OpId, Void>,
}

/// What the row shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// There.
    Present(PresentAs),
    /// Excused.
    Excused {
        /// Reason.
        reason: String,
        /// Told before or after.
        told: Told,
    },
    /// Marked absent.
    Absent,
    /// Nobody marked anything.
    Unmarked,
}

impl Status {
    /// True for every way of being there.
    #[must_use]
    pub const fn is_present(&self) -> bool {
        matches!(self, Self::Present(_))
    }
}

/// The most marks of one person at one meeting, and the most undos. Two hundred taps on one name are no roll call any more: a broken or
/// hostile phone would make a row that every phone of the cell must carry. What comes after is refused, with its bytes kept.
pub const MOST: usize = 200;

impl Presence {
    /// May one more mark be added?
    #[must_use]
    pub fn takes_mark(&self) -> bool {
        self.marks.len() < MOST
    }
    /// May this undo be added? One that takes something back always may: there are no more of them than marks.
    #[must_use]
    pub fn takes_void(&self, void: &Void) -> bool {
        self.voids.len() < MOST || self.live().any(|(op, w)| void.names.contains(op) && void.reaches(w))
    }
    /// Nothing known yet.
    #[must_use]
    pub const fn empty(meeting: MeetingId, who: Who) -> Self {
        Self { meeting, who, marks: BTreeMap::new(), voids: BTreeMap::new() }
    }
    /// The row id on the wire.
    #[must_use]
    pub fn row_id(meeting: MeetingId, who: Who) -> String {
        format!("{meeting}:{who}")
    }
    /// Adds a mark; a known op only gains its sequence.
    pub fn add_mark(&mut self, op: OpId, witness: Witness) {
        match self.marks.entry(op) {
            Entry::Vacant(free) => {
                free.insert(witness);
            }
            Entry::Occupied(mut known) => known.get_mut().seq = known.get().seq.or(witness.seq),
        }
    }
    /// Adds a void; a known op only gains its sequence.
    pub fn add_void(&mut self, op: OpId, void: Void) {
        match self.voids.entry(op) {
            Entry::Vacant(free) => {
                free.insert(void);
            }
            Entry::Occupied(mut known) => known.get_mut().seq = known.get().seq.or(void.seq),
        }
    }
    /// Union with what another place knows.
    pub fn merge(&mut self, other: &Self) {
        for (op, w) in &other.marks {
            self.add_mark(*op, w.clone());
        }
        for (op, v) in &other.voids {
            self.add_void(*op, v.clone());
        }
    }
    /// Marks that no void takes back.
    pub fn live(&self) -> impl Iterator<Item = (&OpId, &Witness)> {
        self.marks.iter().filter(|(op, w)| !self.voids.values().any(|v| v.names.contains(op) && v.reaches(w)))
    }
    /// The ops that an undo made now would name.
    #[must_use]
    pub fn live_ops(&self) -> BTreeSet<OpId> {
        self.live().map(|(op, _)| *op).collect()
    }
    /// The witness that decides what is shown.
    #[must_use]
    pub fn deciding(&self) -> Option<(&OpId, &Witness)> {
        // Presence wins over everything else; then the highest role, then the highest sequence (one that still waits on this
        // phone counts as newest). The rest only makes the order total.
        self.live().max_by_key(|(op, w)| {
            (
                matches!(w.mark, Mark::Present(_)),
                w.role.weight(),
                w.seq.unwrap_or(u64::MAX),
                w.seq.map_or(w.t.0, |_| 0),
                **op,
            )
        })
    }
    /// The shown status.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.deciding().map(|(_, w)| &w.mark) {
            None => Status::Unmarked,
            Some(Mark::Present(how)) => Status::Present(*how),
            Some(Mark::Excused { reason, told }) => Status::Excused { reason: reason.clone(), told: *told },
            Some(Mark::Absent) => Status::Absent,
        }
    }
}
