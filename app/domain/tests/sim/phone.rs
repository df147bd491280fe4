//! A phone with its tabs: the port of the phone's core over simulated storage. localStorage is shared by the tabs and reaches the disk
//! only at commits (5 s after the first change, at most 60 an hour and 10 MiB an hour); ops in IndexedDB are strict, its rows are not.

use crate::exec::Chance;
use crate::faults::Fault as F;
use crate::world::{Bug, World};
use domain::book::Book;
use domain::id::{AccountId, DeviceId, OpId};
use domain::op::Op;
use domain::sync::memory::Memory;
use domain::sync::port::{Cache, Clock, Fault, Net, Offline, Port, Reply, Rng, Screen, Store};
use domain::sync::{Damaged, Entry, IdbCopy, LocalCopy, PullPlan, Record, Sending, Stage, pull};
use domain::time::Millis;
use domain::wire::Session;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use uuid::Uuid;

type Rows = Rc<BTreeMap<String, Rc<str>>>;

/// What a page cannot see of its browser.
#[derive(Default)]
pub struct Disk {
    pub local: BTreeMap<OpId, Rc<str>>,
    local_flushed: BTreeMap<OpId, Rc<str>>,
    local_due: Option<i64>,
    local_bytes: usize,
    commits: Vec<(i64, usize)>,
    pub ops: BTreeMap<OpId, (Rc<str>, Stage)>,
    /// Ops of which an answer has been written. Another tab may offer one of them again, so that its record says *waiting*: the bytes stay.
    answered: BTreeSet<OpId>,
    pub rows: Rows,
    pub mark: Option<String>,
    flushed: (Rows, Option<String>),
}

impl Disk {
    /// The browser writes localStorage when its time has come.
    fn settle(&mut self, now: i64) {
        if self.local_due.is_some_and(|due| due <= now) {
            self.local_flushed.clone_from(&self.local);
            self.commits.push((now, std::mem::take(&mut self.local_bytes)));
            self.local_due = None;
        }
    }
    fn touch(&mut self, now: i64, bytes: usize) {
        self.local_bytes += bytes;
        if self.local_due.is_none() {
            const HOUR: i64 = 3_600_000;
            self.commits.retain(|(at, _)| *at > now - HOUR);
            let full = self.commits.len() >= 60 || self.commits.iter().map(|c| c.1).sum::<usize>() >= 10 << 20;
            let wait = if full { self.commits[0].0 + HOUR - now } else { 5_000 };
            self.local_due = Some(now + wait.max(0));
        }
    }
    /// The browser dies.
    fn crash(&mut self, now: i64, rows_lost: bool) {
        self.settle(now);
        self.local.clone_from(&self.local_flushed);
        self.local_due = None;
        if rows_lost {
            (self.rows, self.mark) = self.flushed.clone();
        }
    }
}

pub struct Device {
    pub id: DeviceId,
    pub account: AccountId,
    pub disk: RefCell<Disk>,
    pub tabs: RefCell<Vec<Rc<Tab>>>,
    pub clock: Cell<i64>,
    /// Web Locks: some tab works. None of it where the browser has no such thing.
    pub locked: Cell<bool>,
    pub has_locks: bool,
    pub local_full: Cell<bool>,
    pub idb: Cell<Option<Fault>>,
    pub offline: Cell<bool>,
    /// Answered ops may be gone.
    pub evicted: Cell<bool>,
}

pub struct Tab {
    pub n: u64,
    pub world: Rc<World>,
    pub device: Rc<Device>,
    pub memory: Memory,
    pub entries: RefCell<Vec<Entry>>,
    pub view: RefCell<Book>,
    fault: Cell<Option<Fault>>,
    pub session: RefCell<Option<Session>>,
    pub cloned: Cell<bool>,
    pub born: i64,
    /// What the server counted when this tab last saw all of it.
    pub seen: Cell<u64>,
    /// In the middle of a round.
    pub busy: Cell<bool>,
    /// With the seeded bug of one array for all ops: what this tab read of it.
    array: RefCell<BTreeMap<OpId, (Rc<str>, Stage)>>,
}

impl Tab {
    pub fn new(world: &Rc<World>, device: &Rc<Device>, boot: Uuid) -> Rc<Self> {
        let n = world.next_tab();
        Rc::new(Self {
            n,
            world: Rc::clone(world),
            device: Rc::clone(device),
            memory: Memory::new(boot),
            entries: RefCell::default(),
            view: RefCell::default(),
            fault: Cell::default(),
            session: RefCell::new(Some(world.session(device))),
            cloned: Cell::default(),
            born: world.time.now.get(),
            seen: Cell::default(),
            busy: Cell::default(),
            array: RefCell::new(device.disk.borrow().ops.clone()),
        })
    }
    fn now(&self) -> i64 {
        self.world.time.now.get()
    }
    /// A step of the storage: the browser may die at it.
    async fn step(&self) {
        self.world.number_step(&self.device);
        let wait = self.world.chance.between(0, 9);
        self.world.time.wait(wait).await;
    }
    fn idb_fault(&self) -> Result<(), Fault> {
        match self.device.idb.get() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
    fn chance(&self) -> &Chance {
        &self.world.chance
    }
}

impl Device {
    pub fn crash(&self, world: &World) {
        for tab in self.tabs.take() {
            world.time.kill(tab.n);
        }
        self.locked.set(false);
        let lost = world.chance.one_in(500);
        self.disk.borrow_mut().crash(world.time.now.get(), lost);
    }
    /// One of the two storages is cleared by the system, between two page loads and with the other one on the disk.
    pub fn evict(&self, local: bool, is_safe: impl Fn(&OpId) -> bool) {
        self.evicted.set(true);
        let mut disk = self.disk.borrow_mut();
        if local {
            let disk = &mut *disk;
            disk.local.retain(|id, _| !disk.ops.contains_key(id));
            disk.local_flushed.clone_from(&disk.local);
        } else {
            let live: std::collections::BTreeSet<OpId> = disk.local.keys().copied().collect();
            let keep: std::collections::BTreeSet<OpId> =
                disk.local_flushed.keys().copied().filter(|id| live.contains(id)).collect();
            // Only what the other side holds may go: two storages lost at once is what nothing can help against.
            disk.ops.retain(|id, _| !keep.contains(id) && !is_safe(id));
            disk.rows = Rc::default();
            disk.mark = None;
            disk.flushed = (Rc::default(), None);
        }
    }
    /// The bytes of an op, wherever they lie for certain.
    pub fn holds(&self, op: OpId, raw: &str) -> bool {
        let disk = self.disk.borrow();
        disk.ops.get(&op).is_some_and(|(r, _)| **r == *raw) || disk.local.get(&op).is_some_and(|r| **r == *raw)
    }
}

impl Store for Tab {
    fn local_put(&self, id: OpId, raw: &str) -> Result<(), Fault> {
        if self.device.local_full.get() {
            self.world.hit(F::Quota);
            return Err(Fault::Full);
        }
        let mut disk = self.device.disk.borrow_mut();
        let now = self.now();
        disk.settle(now);
        disk.local.insert(id, raw.into());
        disk.touch(now, raw.len() * 2);
        Ok(())
    }
    fn local_remove(&self, id: OpId) {
        let mut disk = self.device.disk.borrow_mut();
        if let Some(raw) = disk.local.get(&id).cloned() {
            let answered = disk.ops.contains_key(&id) && disk.answered.contains(&id);
            if !answered && !self.world.server.borrow().state.log.contains_key(&id) {
                self.world.fail(format!("I5: the spare copy of {id} goes before anybody else has it: {}", raw.len()));
            }
            if !answered {
                self.world.fail(format!("I5: the spare copy of {id} goes before its result is in IndexedDB"));
            }
        }
        let now = self.now();
        disk.settle(now);
        if disk.local.remove(&id).is_some() {
            disk.touch(now, 80);
        }
    }
    fn local_ops(&self) -> Vec<LocalCopy> {
        self.device
            .disk
            .borrow()
            .local
            .iter()
            .map(|(id, raw)| LocalCopy { key: id.to_string(), raw: raw.to_string() })
            .collect()
    }
    async fn put_ops(&self, records: &[Record]) -> Result<(), Fault> {
        self.step().await;
        self.idb_fault()?;
        {
            let mut disk = self.device.disk.borrow_mut();
            if self.world.bug == Some(Bug::ArrayUnderALock) {
                let mut array = self.array.borrow_mut();
                for r in records {
                    array.insert(r.id, (r.raw.as_str().into(), r.stage));
                }
                disk.ops.clone_from(&array);
            } else {
                for r in records {
                    disk.ops.insert(r.id, (r.raw.as_str().into(), r.stage));
                }
            }
            disk.answered.extend(records.iter().filter(|r| r.stage != Stage::Waiting).map(|r| r.id));
            for r in records {
                self.world.was_stored(r.id);
            }
            // A strict commit takes everything before it along.
            disk.flushed = (Rc::clone(&disk.rows), disk.mark.clone());
        }
        self.step().await;
        Ok(())
    }
    async fn add_ops(&self, records: &[Record]) -> Result<(), Fault> {
        self.step().await;
        self.idb_fault()?;
        {
            let mut disk = self.device.disk.borrow_mut();
            for r in records {
                if disk.ops.get(&r.id).is_none_or(|(raw, _)| Op::parse(raw).is_err()) {
                    disk.ops.insert(r.id, (r.raw.as_str().into(), r.stage));
                }
                self.world.was_stored(r.id);
            }
            disk.flushed = (Rc::clone(&disk.rows), disk.mark.clone());
        }
        self.step().await;
        Ok(())
    }
    async fn remove_ops(&self, ids: &[OpId]) -> Result<(), Fault> {
        self.step().await;
        self.idb_fault()?;
        let server = self.world.server.borrow();
        for id in ids {
            if let Some((raw, _)) = self.device.disk.borrow_mut().ops.remove(id) {
                let safe =
                    |log: &BTreeMap<OpId, crate::server::Logged>| log.get(id).is_some_and(|l| l.raw == (*raw).into());
                if !safe(&server.state.log) || !safe(&server.backup.log) {
                    self.world.fail(format!("I5: {id} is forgotten before a backup has it"));
                }
                self.world.hit(F::Pruned);
            }
        }
        Ok(())
    }
    async fn ops(&self) -> Result<Vec<IdbCopy>, Fault> {
        self.step().await;
        self.idb_fault()?;
        let disk = self.device.disk.borrow();
        Ok(disk
            .ops
            .iter()
            .map(|(id, (raw, stage))| IdbCopy { key: id.to_string(), raw: raw.to_string(), stage: stage.write() })
            .collect())
    }
    async fn op(&self, id: OpId) -> Result<Option<IdbCopy>, Fault> {
        self.step().await;
        self.idb_fault()?;
        let disk = self.device.disk.borrow();
        let found = disk.ops.get(&id);
        Ok(found.map(|(raw, stage)| IdbCopy { key: id.to_string(), raw: raw.to_string(), stage: stage.write() }))
    }
    async fn cache(&self) -> Result<Cache, Fault> {
        self.step().await;
        if std::env::var("SLH_TRACE").is_ok() {
            eprintln!("{} tab {} cache idb {:?}", self.now(), self.n, self.device.idb.get());
        }
        self.idb_fault()?;
        let disk = self.device.disk.borrow();
        let rows = disk.rows.iter().map(|(k, v)| (k.clone(), v.to_string())).collect();
        Ok(Cache { rows, cursor: disk.mark.clone() })
    }
    async fn apply(&self, plan: &PullPlan, seen: Option<&str>, mark: &str) -> Result<(), Fault> {
        self.step().await;
        if std::env::var("SLH_TRACE").is_ok() {
            eprintln!(
                "{} tab {} apply {:?} rows {} seen {seen:?} disk {:?} idb {:?}",
                self.now(),
                self.n,
                mark,
                plan.put.len(),
                self.device.disk.borrow().mark,
                self.device.idb.get()
            );
        }
        self.idb_fault()?;
        {
            let mut disk = self.device.disk.borrow_mut();
            if disk.mark.as_deref() != seen {
                return Err(Fault::MovedOn);
            }
            let disk = &mut *disk;
            if self.world.bug == Some(Bug::CursorBeforeRows) {
                disk.mark = Some(mark.to_owned());
                disk.flushed.1.clone_from(&disk.mark);
            }
            let rows = Rc::make_mut(&mut disk.rows);
            if plan.reset {
                rows.clear();
            }
            for (table, id) in &plan.gone {
                rows.remove(&pull::row_key(table, id));
            }
            for row in &plan.put {
                rows.insert(row.key.clone(), row.raw.as_str().into());
            }
            disk.mark = Some(mark.to_owned());
        }
        self.step().await;
        Ok(())
    }
    async fn clear_cache(&self) -> Result<(), Fault> {
        self.step().await;
        self.idb_fault()?;
        let mut disk = self.device.disk.borrow_mut();
        disk.rows = Rc::default();
        disk.mark = None;
        Ok(())
    }
}

impl Net for Tab {
    async fn push(&self, body: &str) -> Result<Reply, Offline> {
        self.world.ask(self, Some(body), "").await
    }
    async fn pull(&self, query: &str) -> Result<Reply, Offline> {
        self.world.ask(self, None, query).await
    }
}

impl Clock for Tab {
    fn now(&self) -> Millis {
        Millis(crate::server::EPOCH_MS + self.now() + self.device.clock.get())
    }
    fn monotonic(&self) -> i64 {
        self.now() - self.born
    }
}

impl Rng for Tab {
    fn bytes(&self) -> [u8; 16] {
        self.chance().bytes()
    }
}

impl Screen for Tab {
    fn session(&self) -> Option<Session> {
        self.session.borrow().clone()
    }
    fn outbox(&self, look: &mut dyn FnMut(&[Entry])) {
        look(&self.entries.borrow());
    }
    fn change_outbox(&self, change: &mut dyn FnMut(&mut Vec<Entry>) -> bool) {
        change(&mut self.entries.borrow_mut());
    }
    fn tell(&self, op: OpId, state: Option<Sending>) {
        if state == Some(Sending::Saved) {
            self.world.saw_saved(&self.device, op);
        }
    }
    fn view(&self, look: &mut dyn FnMut(&Book)) {
        look(&self.view.borrow());
    }
    fn change_view(&self, change: &mut dyn FnMut(&mut Book)) {
        change(&mut self.view.borrow_mut());
    }
    fn damaged(&self, damaged: Vec<Damaged>) {
        if !damaged.is_empty() {
            self.world.fail("stored bytes are damaged although nothing damages them".to_owned());
        }
    }
    fn fault(&self, fault: Option<Fault>) {
        self.fault.set(fault);
    }
    fn is_faulty(&self) -> bool {
        self.fault.get().is_some()
    }
    fn heard(&self) {}
    fn cloned(&self) {
        self.cloned.set(true);
    }
    fn tell_tabs(&self, word: &str) {
        self.world.tell(self, word);
    }
}

impl Port for Tab {
    fn memory(&self) -> &Memory {
        &self.memory
    }
}

/// An op of a stored text, for the oracle.
pub fn parsed(raw: &str) -> Op {
    Op::parse(raw).unwrap()
}
