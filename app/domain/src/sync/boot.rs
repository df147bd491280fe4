//! After a start: the outbox is the union of the two copies (one key per op in localStorage, records in IndexedDB). The side that
//! misses an op is repaired; bytes that cannot be read go before a person's eyes, never away.

use super::entry::{Entry, Record, Sending, Stage};
use crate::id::OpId;
use crate::op::Op;
use std::collections::BTreeMap;

/// A copy in localStorage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCopy {
    /// The part of the key after the prefix: the id as text.
    pub key: String,
    /// Bytes.
    pub raw: String,
}

/// A copy in IndexedDB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdbCopy {
    /// The id as text.
    pub key: String,
    /// Bytes.
    pub raw: String,
    /// The stage as text.
    pub stage: String,
}

/// Bytes under an op's key that are not that op.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The key under which they stand.
    pub key: String,
    /// The bytes.
    pub raw: String,
}

/// What a start does.
#[derive(Clone, Debug, Default)]
pub struct BootPlan {
    /// The outbox with the bytes of each op, in the order of making.
    pub entries: Vec<(Entry, String)>,
    /// To be written to localStorage (waiting ops that are only in IndexedDB).
    pub repair_local: Vec<LocalCopy>,
    /// To be written to IndexedDB.
    pub repair_idb: Vec<Record>,
    /// Keys in localStorage whose op has been answered.
    pub drop_local: Vec<OpId>,
    /// What could not be read.
    pub damaged: Vec<Damaged>,
}

/// The op in these bytes, if they are one and the one that the key names.
fn read(key: &str, raw: &str) -> Option<Op> {
    Op::parse(raw).ok().filter(|op| key.parse() == Ok(op.id))
}

/// Merges the two copies.
#[must_use]
pub fn merge(local: Vec<LocalCopy>, idb: Vec<IdbCopy>) -> BootPlan {
    let mut pairs: BTreeMap<String, (Option<String>, Option<IdbCopy>)> = BTreeMap::new();
    for copy in local {
        pairs.entry(copy.key).or_default().0 = Some(copy.raw);
    }
    for copy in idb {
        let key = copy.key.clone();
        pairs.entry(key).or_default().1 = Some(copy);
    }
    let mut plan = BootPlan::default();
    for (key, (local, idb)) in pairs {
        plan.one(key, local, idb);
    }
    plan.sort();
    plan
}

impl BootPlan {
    fn one(&mut self, key: String, local: Option<String>, idb: Option<IdbCopy>) {
        let in_idb = idb.as_ref().and_then(|c| read(&key, &c.raw));
        let in_local = local.as_ref().and_then(|raw| read(&key, raw));
        match (in_idb, in_local) {
            // IndexedDB is the durable one: where both are ops, its bytes are the op.
            (Some(op), other) => {
                let Some(copy) = idb else { return };
                let stage = Stage::read(&copy.stage);
                let record = Record { id: op.id, raw: copy.raw, stage };
                let same = local.as_deref() == Some(record.raw.as_str());
                if stage == Stage::Waiting {
                    if !same {
                        self.repair_local.push(LocalCopy { key: key.clone(), raw: record.raw.clone() });
                    }
                } else if local.is_some() {
                    self.drop_local.push(op.id);
                }
                // Other bytes that are the same op by id are evidence of a fault; a torn copy is merely replaced.
                if let (Some(_), Some(raw), false) = (other, local, same) {
                    self.damaged.push(Damaged { key, raw });
                }
                self.entries.push((Entry::from_record(&record, op), record.raw));
            }
            (None, Some(op)) => {
                let Some(raw) = local else { return };
                let stage = idb.as_ref().map_or(Stage::Waiting, |c| Stage::read(&c.stage));
                let record = Record { id: op.id, raw, stage };
                let mut entry = Entry::from_record(&record, op);
                if entry.is_waiting() {
                    // localStorage may lose it again: saved is what it is once IndexedDB has it.
                    entry.state = Sending::Saving;
                }
                self.entries.push((entry, record.raw.clone()));
                self.repair_idb.push(record);
            }
            (None, None) => {
                let raw = idb.map(|c| c.raw).filter(|raw| !raw.is_empty()).or(local).unwrap_or_default();
                self.damaged.push(Damaged { key, raw });
            }
        }
    }
    fn sort(&mut self) {
        let ordered: BTreeMap<OpId, usize> = {
            let waiting: Vec<_> =
                self.entries.iter().map(|(e, raw)| super::batch::Waiting { op: &e.op, raw }).collect();
            super::batch::in_order(&waiting).iter().enumerate().map(|(i, w)| (w.op.id, i)).collect()
        };
        self.entries.sort_by_key(|(e, _)| ordered.get(&e.id).copied());
    }
}
