//! What the phone that closes a meeting has seen of it, so that the book can tell what it still waits for: *Còn chờ 2 lượt từ máy …*.
//!
//! Two parts. What this phone knows not to be sent yet goes by id, per phone: exact, and it drops away as each comes. Of everything that
//! it counted there are number and sum ([`crate::sync::digest`]): a book that has less lacks something, whoever has it.

use crate::book::Book;
use crate::id::{DeviceId, MeetingId, OpId};
use crate::sync::digest::Digest;
use crate::sync::entry::Entry;
use serde::{Deserialize, Serialize};

/// The most ops that a closing names one by one.
const MOST_NAMED: usize = 1_000;
/// The most phones that it names.
const MOST_PHONES: usize = 16;

/// See the module. In an op: what the closing phone saw. In a meeting: what of it is still to come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Marks and undos that were counted.
    pub count: u32,
    /// The sum over their ids, as 16 hexadecimal digits.
    pub sum: String,
    /// Known not to be sent, by phone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsent: Vec<UnsentOf>,
}

/// Ops of one phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentOf {
    /// The phone.
    pub dev: DeviceId,
    /// As its owner calls it; empty when the closing phone does not know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The ops.
    pub ops: Vec<OpId>,
}

impl Closing {
    /// Sizes of texts and lists.
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        self.sum.len() == 16
            && self.unsent.len() <= MOST_PHONES
            && self.unsent.iter().all(|u| u.name.chars().count() <= 60)
            && self.unsent.iter().map(|u| u.ops.len()).sum::<usize>() <= MOST_NAMED
    }
    /// The ops that are named.
    pub fn named(&self) -> impl Iterator<Item = OpId> + '_ {
        self.unsent.iter().flat_map(|u| u.ops.iter().copied())
    }
    /// True when it waits for that op.
    #[must_use]
    pub fn awaits(&self, op: OpId) -> bool {
        self.named().any(|id| id == op)
    }
    /// Waits only for those that `missing` picks.
    #[must_use]
    pub fn waiting_for(mut self, missing: impl Fn(OpId) -> bool) -> Self {
        for phone in &mut self.unsent {
            phone.ops.retain(|id| missing(*id));
        }
        self.unsent.retain(|phone| !phone.ops.is_empty());
        self
    }
    /// That op came.
    pub fn came(&mut self, op: OpId) {
        *self = std::mem::take(self).waiting_for(|id| id != op);
    }
    /// How many marks and undos a book lacks at least that has these, besides those that are named. It may lack more when others came
    /// that the closing phone had not seen.
    #[must_use]
    pub fn short(&self, have: Digest) -> u32 {
        let named = u32::try_from(self.named().count()).unwrap_or(u32::MAX);
        let less = self.count.saturating_sub(have.count);
        let other = self.count == have.count && u64::from_str_radix(&self.sum, 16) != Ok(have.sum);
        less.saturating_sub(named).max(u32::from(other && named == 0))
    }
}

/// What this phone has seen of a meeting: `view` is what it shows, `outbox` what it keeps, `dev` and `name` this phone.
#[must_use]
pub fn seen(view: &Book, outbox: &[Entry], meeting: MeetingId, dev: DeviceId, name: &str) -> Closing {
    let counted = digest(view, meeting, false);
    let mut unsent: Vec<UnsentOf> = Vec::new();
    let attends = |e: &&Entry| e.is_waiting() && e.op.k.starts_with("attendance.");
    let of_meeting = |e: &&Entry| e.body.as_ref().and_then(crate::op::Body::meeting) == Some(meeting);
    for entry in outbox.iter().filter(attends).filter(of_meeting).take(MOST_NAMED) {
        match unsent.iter().position(|u| u.dev == entry.op.dev) {
            Some(at) => unsent[at].ops.push(entry.id),
            None if unsent.len() < MOST_PHONES => {
                let name = if entry.op.dev == dev { name.chars().take(60).collect() } else { String::new() };
                unsent.push(UnsentOf { dev: entry.op.dev, name, ops: vec![entry.id] });
            }
            None => {}
        }
    }
    Closing { count: counted.count, sum: format!("{:016x}", counted.sum), unsent }
}

/// Marks and undos of a meeting in a book; with those that the server holds, if asked.
#[must_use]
pub fn digest(book: &Book, meeting: MeetingId, with_held: bool) -> Digest {
    let mut digest = Digest::default();
    for presence in book.presence.get(&meeting).into_iter().flat_map(|rows| rows.values()) {
        presence.marks.keys().chain(presence.voids.keys()).for_each(|id| digest.add(*id, 0));
    }
    let held = |h: &&crate::wire::HeldOp| h.meeting == Some(meeting) && h.kind.starts_with("attendance.");
    if with_held {
        book.held.values().filter(held).for_each(|h| digest.add(h.id, 0));
    }
    digest
}

/// What a book lacks of a closed meeting besides what the closing names. 0 where it lacks nothing, or nobody said what there should be.
#[must_use]
pub fn short(book: &Book, meeting: MeetingId) -> u32 {
    let closing = book.meetings.get(&meeting).and_then(|m| m.closing.as_ref());
    closing.map_or(0, |closing| closing.short(digest(book, meeting, true)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn of(ids: &[u128]) -> Digest {
        Digest::of(ids.iter().map(|n| (OpId(Uuid::from_u128(*n)), 0)))
    }
    fn closing(ids: &[u128], unsent: &[u128]) -> Closing {
        let ops = unsent.iter().map(|n| OpId(Uuid::from_u128(*n))).collect();
        let unsent = vec![UnsentOf { dev: DeviceId(Uuid::nil()), name: String::new(), ops }];
        Closing { count: of(ids).count, sum: format!("{:016x}", of(ids).sum), unsent }.waiting_for(|_| true)
    }

    #[test]
    fn a_book_that_has_less_lacks_something() {
        for (seen, unsent, have, short) in [
            (&[1, 2, 3][..], &[][..], &[1, 2, 3][..], 0),
            (&[1, 2, 3], &[], &[3, 2, 1], 0),
            (&[1, 2, 3], &[], &[1], 2),
            (&[], &[], &[], 0),
            // Those that are named are said by name.
            (&[1, 2, 3], &[2, 3], &[1], 0),
            (&[1, 2, 3, 4], &[2], &[1], 2),
            // As many, but others: one at least is missing.
            (&[1, 2, 3], &[], &[1, 2, 4], 1),
            // More came than the closing phone had seen: nothing can be said.
            (&[1, 2, 3], &[], &[1, 2, 4, 5], 0),
        ] {
            assert_eq!(closing(seen, unsent).short(of(have)), short, "{seen:?} {unsent:?} {have:?}");
        }
    }

    #[test]
    fn a_sum_that_is_none_counts_as_different() {
        let odd = Closing { count: 1, sum: "xx".into(), unsent: vec![] };
        assert_eq!(odd.short(of(&[1])), 1);
        assert!(!odd.within_bounds());
    }
}
