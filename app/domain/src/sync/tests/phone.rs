//! A phone over memory, one tab, whose server is a script: each pull is answered by the next line of it, which may change the phone
//! first, as another tab or a person would meanwhile.

use super::view::world;
use super::*;
use crate::account::Actor;
use crate::book::Book;
use crate::sync::memory::{Mark, Memory};
use crate::sync::phone::{Failure, pull};
use crate::sync::port::{Cache, Clock, Fault, Net, Offline, Port, Reply, Rng, Screen, Store};
use crate::sync::pull::row_key;
use crate::wire::{Me, Row, Session};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

type Line = Box<dyn FnOnce(&Phone) -> Result<Reply, Offline>>;

/// See the module.
pub(super) struct Phone {
    pub memory: Memory,
    pub entries: RefCell<Vec<Entry>>,
    pub shown: RefCell<Book>,
    pub rows: RefCell<BTreeMap<String, String>>,
    pub mark: RefCell<Option<String>>,
    pub ops: RefCell<BTreeMap<OpId, Record>>,
    /// IndexedDB does not take rows.
    pub sick: Cell<Option<Fault>>,
    pub clock: Cell<i64>,
    /// What the server was asked.
    pub asked: RefCell<Vec<String>>,
    script: RefCell<VecDeque<Line>>,
    actor: Actor,
}

/// Runs a future that never waits.
pub(super) fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory never waits"),
    }
}

/// An answer to a pull.
pub(super) fn page(cursor: &str, more: bool, rows: &[String]) -> String {
    let rows = rows.join(",");
    format!(r#"{{"proto":1,"epoch":"{EPOCH}","now":9,"cursor":"{cursor}","more":{more},"rows":[{rows}]}}"#)
}
/// A row in it.
pub(super) fn row(table: &str, id: impl std::fmt::Display, seq: u32, row: &impl serde::Serialize) -> String {
    let row = serde_json::to_string(row).unwrap();
    format!(r#"{{"table":"{table}","id":"{id}","seq":{seq},"row":{row}}}"#)
}
pub(super) fn gone(table: &str, id: impl std::fmt::Display, seq: u32) -> String {
    row(table, id, seq, &serde_json::Value::Null)
}
/// The text of a mark, as stored.
pub(super) fn mark(cursor: &str) -> String {
    serde_json::to_string(&Mark { cursor: cursor.to_owned(), epoch: Some(EPOCH) }).unwrap()
}

impl Phone {
    /// The secretary's phone of [`world`]: the rows are here, in memory and on the disk, up to cursor `c1`.
    pub fn new() -> Self {
        let (base, actor) = world();
        let phone = Self {
            memory: Memory::new(id(1)),
            entries: RefCell::default(),
            shown: RefCell::default(),
            rows: RefCell::default(),
            mark: RefCell::new(Some(mark("c1"))),
            ops: RefCell::default(),
            sick: Cell::default(),
            clock: Cell::default(),
            asked: RefCell::default(),
            script: RefCell::default(),
            actor,
        };
        let mut rows = BTreeMap::new();
        let mut keep = |table: &str, id: String, row: String| drop(rows.insert(row_key(table, &id), row));
        for unit in base.units.iter() {
            keep("unit", unit.id.to_string(), serde_json::to_string(unit).unwrap());
        }
        for member in base.members.values() {
            keep("member", member.id.to_string(), serde_json::to_string(member).unwrap());
        }
        for meeting in base.meetings.values() {
            keep("meeting", meeting.id.to_string(), serde_json::to_string(meeting).unwrap());
        }
        *phone.rows.borrow_mut() = rows;
        at_once(super::super::phone::boot::load_cache(&phone)).unwrap();
        assert_eq!(phone.memory.base.borrow().members.len(), 3);
        phone
    }
    /// The next pull is answered by this.
    pub fn answers(&self, line: impl FnOnce(&Self) -> Result<Reply, Offline> + 'static) {
        self.script.borrow_mut().push_back(Box::new(line));
    }
    /// The next pull is answered by this text.
    pub fn says(&self, body: String) {
        self.answers(move |_| Ok(Reply { status: 200, is_json: true, body }));
    }
    /// An op of this phone that the server has, and whose row has not come yet.
    pub fn in_book(&self, op: Op) -> OpId {
        let (id, raw) = (op.id, op.encode());
        super::super::phone::outbox::put(self, vec![(entry(op, in_book()), raw)]);
        id
    }
    pub fn stage(&self, op: OpId) -> Stage {
        self.entries.borrow().iter().find(|e| e.id == op).unwrap().stage
    }
    pub fn pull(&self) -> Result<(), Failure> {
        at_once(pull::pull_all(self))
    }
    /// The cursors that were asked for.
    pub fn cursors(&self) -> Vec<String> {
        let cursor = |q: &String| q.split(['=', '&']).nth(1).unwrap_or_default().to_owned();
        self.asked.borrow().iter().map(cursor).collect()
    }
    /// The members on the disk.
    pub fn members_on_disk(&self) -> usize {
        self.rows.borrow().keys().filter(|k| k.starts_with("member/")).count()
    }
}

impl Store for Phone {
    fn local_put(&self, _: OpId, _: &str) -> Result<(), Fault> {
        Ok(())
    }
    fn local_remove(&self, _: OpId) {}
    fn local_ops(&self) -> Vec<LocalCopy> {
        Vec::new()
    }
    async fn put_ops(&self, records: &[Record]) -> Result<(), Fault> {
        self.ops.borrow_mut().extend(records.iter().map(|r| (r.id, r.clone())));
        Ok(())
    }
    async fn add_ops(&self, records: &[Record]) -> Result<(), Fault> {
        for r in records {
            self.ops.borrow_mut().entry(r.id).or_insert_with(|| r.clone());
        }
        Ok(())
    }
    async fn remove_ops(&self, ids: &[OpId]) -> Result<(), Fault> {
        self.ops.borrow_mut().retain(|id, _| !ids.contains(id));
        Ok(())
    }
    async fn ops(&self) -> Result<Vec<IdbCopy>, Fault> {
        Ok(Vec::new())
    }
    async fn op(&self, _: OpId) -> Result<Option<IdbCopy>, Fault> {
        Ok(None)
    }
    async fn cache(&self) -> Result<Cache, Fault> {
        let rows = self.rows.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        Ok(Cache { rows, cursor: self.mark.borrow().clone() })
    }
    async fn apply(&self, plan: &PullPlan, seen: Option<&str>, mark: &str) -> Result<(), Fault> {
        if let Some(fault) = self.sick.get() {
            return Err(fault);
        }
        if self.mark.borrow().as_deref() != seen {
            return Err(Fault::MovedOn);
        }
        let mut rows = self.rows.borrow_mut();
        if plan.reset {
            rows.clear();
        }
        for (table, id) in &plan.gone {
            rows.remove(&row_key(table, id));
        }
        rows.extend(plan.put.iter().map(|r| (r.key.clone(), r.raw.clone())));
        self.mark.replace(Some(mark.to_owned()));
        Ok(())
    }
    async fn clear_cache(&self) -> Result<(), Fault> {
        self.rows.borrow_mut().clear();
        self.mark.replace(None);
        Ok(())
    }
}

impl Net for Phone {
    async fn push(&self, _: &str) -> Result<Reply, Offline> {
        Err(Offline)
    }
    async fn pull(&self, query: &str) -> Result<Reply, Offline> {
        self.asked.borrow_mut().push(query.to_owned());
        let line = self.script.borrow_mut().pop_front().expect("asked more often than the script knows");
        line(self)
    }
}

impl Clock for Phone {
    fn now(&self) -> Millis {
        Millis(self.clock.get())
    }
    fn monotonic(&self) -> i64 {
        self.clock.get()
    }
}

impl Rng for Phone {
    fn bytes(&self) -> [u8; 16] {
        [7; 16]
    }
}

impl Screen for Phone {
    fn session(&self) -> Option<Session> {
        let me = Me { id: self.actor.account, name: "Thử".into(), member: None, roles: self.actor.grants.clone() };
        Some(Session {
            me,
            dev: DeviceId(id(1)),
            device_name: String::new(),
            epoch: EPOCH,
            lease_days: 90,
            answer_days: crate::request::usual(),
            set_up_sign_in: false,
        })
    }
    fn outbox(&self, look: &mut dyn FnMut(&[Entry])) {
        look(&self.entries.borrow());
    }
    fn change_outbox(&self, change: &mut dyn FnMut(&mut Vec<Entry>) -> bool) {
        change(&mut self.entries.borrow_mut());
    }
    fn tell(&self, _: OpId, _: Option<Sending>) {}
    fn view(&self, look: &mut dyn FnMut(&Book)) {
        look(&self.shown.borrow());
    }
    fn change_view(&self, change: &mut dyn FnMut(&mut Book)) {
        change(&mut self.shown.borrow_mut());
    }
    fn damaged(&self, _: Vec<Damaged>) {}
    fn fault(&self, _: Option<Fault>) {}
    fn is_faulty(&self) -> bool {
        self.sick.get().is_some()
    }
    fn heard(&self) {}
    fn cloned(&self) {}
    fn tell_tabs(&self, _: &str) {}
}

impl Port for Phone {
    fn memory(&self) -> &Memory {
        &self.memory
    }
}

/// A member's row, as another tab or a page brings it.
pub(super) fn member_row(n: u128) -> (String, String) {
    let mut member = world().0.members[&MemberId(id(1))].clone();
    member.id = MemberId(id(n));
    let text = serde_json::to_string(&member).unwrap();
    assert!(matches!(pull_row(&text), Some(Row::Member(_))));
    (row_key("member", &member.id.to_string()), text)
}

fn pull_row(text: &str) -> Option<Row> {
    super::super::pull::stored_row("member/x", text)
}
