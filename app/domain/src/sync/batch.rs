//! Which waiting ops go into the next push: in the order in which they were made, dependencies first, within the limits of the wire.

use crate::id::OpId;
use crate::op::Op;
use crate::wire::{MAX_PUSH_BYTES, MAX_PUSH_OPS};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Room for what stands around the ops in a push, in bytes.
const ENVELOPE_BYTES: usize = 512;

/// How much may go into one push. Shrinks when the server does not take a whole request, so that one op cannot block the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Ops.
    pub ops: usize,
    /// Bytes of the whole body.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { ops: MAX_PUSH_OPS, bytes: MAX_PUSH_BYTES }
    }
}

impl Limits {
    /// Half as many ops, at least one.
    #[must_use]
    pub fn halved(self) -> Self {
        Self { ops: (self.ops / 2).max(1), ..self }
    }
}

/// An op that waits: envelope and bytes.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'a> {
    /// Envelope.
    pub op: &'a Op,
    /// Bytes, as made.
    pub raw: &'a str,
}

/// The order of making: per writer by its counter; writers by their clocks, which are only a hint. Dependencies come first.
#[must_use]
pub fn in_order<'a>(waiting: &[Waiting<'a>]) -> Vec<Waiting<'a>> {
    let mut writers: BTreeMap<Uuid, Vec<Waiting<'a>>> = BTreeMap::new();
    for w in waiting {
        writers.entry(w.op.w).or_default().push(*w);
    }
    let mut keyed = Vec::with_capacity(waiting.len());
    for (writer, mut ops) in writers {
        ops.sort_by_key(|w| (w.op.n, w.op.id));
        let mut highest = i64::MIN;
        for w in ops {
            // A clock that went back does not put an op before its elder of the same writer.
            highest = highest.max(w.op.t.0);
            keyed.push(((highest, writer, w.op.n, w.op.id), w));
        }
    }
    keyed.sort_by_key(|(key, _)| *key);
    let by_id: HashMap<OpId, Waiting<'a>> = keyed.iter().map(|(_, w)| (w.op.id, *w)).collect();
    let mut done = HashSet::new();
    let mut out = Vec::with_capacity(keyed.len());
    for (_, w) in keyed {
        put_with_deps(w, &by_id, &mut done, &mut out);
    }
    out
}

fn put_with_deps<'a>(
    first: Waiting<'a>,
    by_id: &HashMap<OpId, Waiting<'a>>,
    done: &mut HashSet<OpId>,
    out: &mut Vec<Waiting<'a>>,
) {
    // A stack of our own: a chain of dependencies may be as long as the outbox. `done` is set on entry, so a cycle ends.
    let mut stack = vec![(first, 0)];
    if !done.insert(first.op.id) {
        return;
    }
    while let Some((w, next)) = stack.pop() {
        let Some(dep) = w.op.deps.get(next) else {
            out.push(w);
            continue;
        };
        stack.push((w, next + 1));
        if let Some(before) = by_id.get(dep)
            && done.insert(*dep)
        {
            stack.push((*before, 0));
        }
    }
}

/// The next push: as many as fit, from the front. An op that alone is over the limit goes alone, so that the server can say so.
#[must_use]
pub fn batch<'a>(waiting: &[Waiting<'a>], limits: Limits) -> Vec<Waiting<'a>> {
    let mut ordered = in_order(waiting);
    ordered.truncate(front(&ordered, limits));
    ordered
}

/// How many of the front go into one request: as many as fit, at least one if there is one and an op may go at all.
#[must_use]
pub fn front(ordered: &[Waiting<'_>], limits: Limits) -> usize {
    let mut bytes = ENVELOPE_BYTES;
    let fits = |(n, w): &(usize, &Waiting<'_>)| {
        bytes += w.raw.len() + 1;
        *n == 0 || bytes <= limits.bytes
    };
    ordered.iter().take(limits.ops).enumerate().take_while(fits).count()
}
