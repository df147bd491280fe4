//! The first load, which reads the phone's storage and nothing else; words of other tabs; the cache of rows.

use super::{outbox, tap};
use crate::book::Book;
use crate::id::OpId;
use crate::op::Op;
use crate::sync::boot::{BootPlan, IdbCopy, merge};
use crate::sync::entry::{Entry, Record, Sending, Stage};
use crate::sync::memory::Mark;
use crate::sync::port::{Fault, Port};
use crate::sync::pull::stored_row;

/// What a start has to put right behind the first picture: see [`repair`].
#[derive(Debug, Default)]
pub struct Repair {
    idb: Vec<Record>,
    answered: Vec<OpId>,
}

/// Reads both copies of the outbox and shows their union.
pub async fn load_ops<P: Port>(p: &P) -> Repair {
    let memory = p.memory();
    let copies = match p.ops().await {
        Ok(copies) => {
            memory.loaded.set(true);
            copies
        }
        Err(fault) => {
            p.fault(Some(fault));
            Vec::new()
        }
    };
    let local = p.local_ops();
    memory.in_local.borrow_mut().extend(local.iter().filter_map(|c| c.key.parse::<OpId>().ok()));
    let BootPlan { entries, repair_local, repair_idb, drop_local, damaged } = merge(local, copies);
    p.damaged(damaged);
    outbox::put(p, entries);
    for copy in repair_local {
        if let Ok(id) = copy.key.parse::<OpId>()
            && p.local_put(id, &copy.raw).is_ok()
        {
            memory.in_local.borrow_mut().insert(id);
        }
    }
    Repair { idb: repair_idb, answered: drop_local }
}

/// Puts right what one side lacks.
pub async fn repair<P: Port>(p: &P, repair: Repair) {
    if !repair.idb.is_empty() {
        match p.add_ops(&repair.idb).await {
            Ok(()) => {
                let ids: Vec<OpId> = repair.idb.iter().map(|r| r.id).collect();
                outbox::show(p, &ids, &[Sending::Saving], Sending::Saved);
            }
            // Tried again with each round.
            Err(fault) => p.fault(Some(fault)),
        }
    }
    for id in repair.answered {
        p.local_remove(id);
        p.memory().in_local.borrow_mut().remove(&id);
    }
}

/// The disk did not answer at the start: once more, so that what lies there is sent without waiting for the next start.
pub(super) async fn load_again<P: Port>(p: &P) {
    if p.memory().loaded.get() {
        return;
    }
    if let Ok(copies) = p.ops().await {
        p.memory().loaded.set(true);
        take_new(p, copies);
    }
}

/// Entries for copies that this page does not know yet, or knows at another stage.
fn take_new<P: Port>(p: &P, copies: Vec<IdbCopy>) {
    let mut entries = Vec::new();
    for copy in copies {
        let Ok(op) = Op::parse(&copy.raw) else { continue };
        let record = Record { id: op.id, raw: copy.raw, stage: Stage::read(&copy.stage) };
        // The tab that sends it says so; a copy from the disk does not take that back.
        let mut known = None;
        p.outbox(&mut |o| known = o.iter().rev().find(|e| e.id == record.id).map(|e| e.stage));
        if known != Some(record.stage) {
            entries.push((Entry::from_record(&record, op), record.raw));
        }
    }
    if !entries.is_empty() {
        outbox::put(p, entries);
        tap::rebuild(p);
    }
}

/// Reads the cached rows from the phone.
pub async fn load_cache<P: Port>(p: &P) -> Result<(), Fault> {
    let memory = p.memory();
    let cache = p.cache().await?;
    let mut base = Book::default();
    for (key, raw) in &cache.rows {
        if let Some(row) = stored_row(key, raw) {
            base.put(row);
        }
    }
    let mark: Mark = cache.cursor.as_deref().and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
    memory.rows_epoch.set(mark.epoch);
    *memory.mark.borrow_mut() = (cache.cursor, mark);
    *memory.base.borrow_mut() = base;
    memory.behind.set(None);
    Ok(())
}

/// Forgets the server's rows, in memory and on the disk: another account, or signed out. Never an op.
pub async fn clear_cache<P: Port>(p: &P) {
    let memory = p.memory();
    memory.base.replace(Book::default());
    memory.mark.replace((None, Mark::default()));
    memory.rows_epoch.set(None);
    memory.behind.set(None);
    memory.checked.set(false);
    if let Err(fault) = p.clear_cache().await {
        p.fault(Some(fault));
        // What lies on the disk is somebody else's: it must not be built upon.
        memory.behind.set(Some(p.monotonic()));
    }
}

/// A word from another tab. It says only what to look at; what is true stands in IndexedDB. False: not a word about ops or rows.
pub async fn heard<P: Port>(p: &P, word: &str) -> bool {
    if let Some(id) = word.strip_prefix("op ").and_then(|id| id.parse::<OpId>().ok()) {
        if let Ok(Some(copy)) = p.op(id).await {
            take_new(p, vec![copy]);
        }
    } else if word == "rows" {
        // A page whose disk is behind has newer rows in memory.
        if p.memory().behind.get().is_none() && load_cache(p).await.is_ok() {
            tap::rebuild(p);
        }
    } else {
        return false;
    }
    true
}
