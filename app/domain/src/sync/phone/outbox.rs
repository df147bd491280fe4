//! The outbox in memory: entries, their bytes, and what the screen says about each.

use crate::id::OpId;
use crate::sync::entry::{Entry, Record, Sending};
use crate::sync::port::Port;

/// Puts entries into the outbox; those already there are replaced. The bytes of an op are those that came first.
pub fn put<P: Port>(p: &P, entries: Vec<(Entry, String)>) {
    let mut entries: Vec<Entry> = entries
        .into_iter()
        .map(|(entry, raw)| {
            p.memory().raws.borrow_mut().entry(entry.id).or_insert(raw);
            p.tell(entry.id, Some(entry.state));
            entry
        })
        .collect();
    p.change_outbox(&mut |outbox| {
        for entry in entries.drain(..) {
            match outbox.iter_mut().rev().find(|e| e.id == entry.id) {
                Some(old) => *old = entry,
                None => outbox.push(entry),
            }
        }
        true
    });
}

/// Changes entries and tells everybody who watches one. Those for which `change` answers false are left alone.
pub fn change<P: Port>(p: &P, ids: &[OpId], change: &mut dyn FnMut(&mut Entry) -> bool) -> Vec<Entry> {
    let mut changed = Vec::new();
    if ids.is_empty() {
        return changed;
    }
    p.change_outbox(&mut |outbox| {
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
        p.tell(entry.id, Some(entry.state));
    }
    changed
}

/// Takes entries out of the memory.
pub fn drop_entries<P: Port>(p: &P, ids: &[OpId]) {
    p.change_outbox(&mut |outbox| {
        outbox.retain(|e| !ids.contains(&e.id));
        true
    });
    for id in ids {
        p.memory().raws.borrow_mut().remove(id);
        p.tell(*id, None);
    }
}

/// The state on the screen only (not the stage): `Sent` once answered, `Saved` after the commit.
pub fn show<P: Port>(p: &P, ids: &[OpId], from: &[Sending], to: Sending) {
    change(p, ids, &mut |e| {
        let moves = e.is_waiting() && e.state != to && from.contains(&e.state);
        if moves {
            e.state = to;
        }
        moves
    });
}

/// The ids of the entries that `wanted` picks.
pub fn ids<P: Port>(p: &P, wanted: &mut dyn FnMut(&Entry) -> bool) -> Vec<OpId> {
    let mut found = Vec::new();
    p.outbox(&mut |outbox| found.extend(outbox.iter().filter(|e| wanted(e)).map(|e| e.id)));
    found
}

/// The records of these entries, as they are to be stored.
pub fn records<P: Port>(p: &P, ids: &[OpId]) -> Vec<Record> {
    let mut found = Vec::with_capacity(ids.len());
    p.outbox(&mut |outbox| {
        for id in ids {
            found.extend(outbox.iter().rev().find(|e| e.id == *id).and_then(|e| p.memory().record(e)));
        }
    });
    found
}
