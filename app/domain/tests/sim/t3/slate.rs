//! A phone that can be copied at any moment: the core (`domain::sync::phone`) over memory, driven by events. Between rounds everything
//! that it is can be cloned. In a round it is a future, which cannot; but the same events always lead to the same place, so there it is
//! what it was when the round began, and the events since.

use crate::exec::at_once;
use crate::register::{BUILD, CELLS, member_id, secretary};
use crate::server::EPOCH_MS;
use domain::account::{Grant, Role};
use domain::book::Book;
use domain::id::{AccountId, DeviceId, MeetingId, OpId};
use domain::op::{Body, How};
use domain::presence::{PresentAs, Who};
use domain::sync::memory::Memory;
use domain::sync::phone::{self, Failure, boot, tap};
use domain::sync::port::{Cache, Clock, Fault, Net, Offline, Port, Reply, Rng, Screen, Store};
use domain::sync::{Damaged, Entry, IdbCopy, LocalCopy, PullPlan, Record, Sending, Stage, pull};
use domain::time::Millis;
use domain::wire::{Me, Session};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use uuid::Uuid;

/// A round of the sync loop that has begun.
type Round<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + 'a>>;

pub const MEETING: MeetingId = MeetingId(Uuid::from_u128(0x6001));

type Rows = Arc<BTreeMap<String, Arc<str>>>;

/// Both storages, and what a crash may fall back to: localStorage as it was at the start, rows as of the last strict commit.
#[derive(Clone, Default, PartialEq)]
pub struct Disk {
    pub local: BTreeMap<OpId, Arc<str>>,
    pub ops: BTreeMap<OpId, (Arc<str>, Stage)>,
    pub rows: Rows,
    pub mark: Option<String>,
    old_local: BTreeMap<OpId, Arc<str>>,
    old_rows: (Rows, Option<String>),
}

impl Disk {
    /// What the next start finds. `lost`: everything that may be lost is.
    pub fn after_crash(&self, lost: bool) -> Self {
        let mut next = self.clone();
        if lost {
            next.local.clone_from(&self.old_local);
            (next.rows, next.mark) = self.old_rows.clone();
        }
        next.old_local.clone_from(&next.local);
        next.old_rows = (Arc::clone(&next.rows), next.mark.clone());
        next
    }
    pub fn holds(&self, op: OpId, raw: &str) -> bool {
        self.ops.get(&op).is_some_and(|(r, _)| **r == *raw) || self.local.get(&op).is_some_and(|r| **r == *raw)
    }
}

/// What happens to a phone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The person does the next thing of the script.
    Tap(usize),
    /// A round begins.
    Round,
    /// The answer to what was asked.
    Answer(Arc<str>),
    /// There is none.
    Lost,
}

/// What a phone asks the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    Push(Arc<str>),
    Pull(Arc<str>),
}

/// A phone between two rounds.
struct Idle {
    memory: Memory,
    entries: Vec<Entry>,
    view: Book,
    disk: Disk,
    bits: u64,
}

/// A phone: as it was between two rounds, and what happened since.
#[derive(Clone)]
pub struct Life {
    pub who: usize,
    starts: u64,
    // Never locked by two at once for long: it is only copied.
    idle: Arc<Mutex<Idle>>,
    begun: u64,
    events: Vec<Event>,
}

/// Where it stands after those events.
pub struct Now {
    pub disk: Disk,
    /// It waits for the answer to this.
    pub request: Option<Request>,
    /// In a round.
    pub busy: bool,
    /// The ops that the screen called saved in the last event.
    pub told: BTreeSet<OpId>,
    pub entries: Vec<Entry>,
    /// Those made in the last event.
    pub made: BTreeMap<OpId, Arc<str>>,
    /// Who is present on the screen.
    pub present: BTreeSet<Who>,
    /// Writes to the storage in the last event.
    pub steps: u64,
    /// What went wrong, by the phone's own look.
    pub wrong: Option<String>,
    /// All of this, and what the core remembers, in one number.
    pub digest: u64,
}

pub fn device(who: usize) -> DeviceId {
    DeviceId(Uuid::from_u128(0x700 + who as u128))
}
pub fn account(who: usize) -> AccountId {
    secretary(who)
}

struct Slate<'a> {
    life: &'a Life,
    memory: Memory,
    entries: RefCell<Vec<Entry>>,
    view: RefCell<Book>,
    disk: RefCell<Disk>,
    steps: Cell<u64>,
    /// Writes that the browser lives to see in this event.
    left: Cell<u64>,
    dead: Cell<bool>,
    bits: Cell<u64>,
    told: RefCell<BTreeSet<OpId>>,
    request: RefCell<Option<Request>>,
    reply: RefCell<Option<Result<Reply, Offline>>>,
    wrong: RefCell<Option<String>>,
}

impl Life {
    /// A phone that starts, with what its disk holds.
    pub fn start(who: usize, starts: u64, disk: Disk) -> (Self, Now) {
        let boot = Uuid::from_u128((who as u128 + 1) << 64 | u128::from(starts));
        let idle = Idle { memory: Memory::new(boot), entries: Vec::new(), view: Book::default(), disk, bits: 0 };
        let life = Self { who, starts, idle: Arc::new(Mutex::new(idle)), begun: 0, events: Vec::new() };
        let slate = Slate::of(&life);
        at_once(slate.start());
        slate.end(None, BTreeMap::new())
    }
    /// It dies and starts again.
    pub fn again(&self, disk: Disk) -> (Self, Now) {
        Self::start(self.who, self.starts + 1, disk)
    }
    /// What an event makes of it. `left`: the writes that the browser lives to see in it; none = all.
    pub fn event(&self, event: Event, left: Option<u64>) -> (Self, Now) {
        let slate = Slate::of(self);
        let mut events = self.events.clone();
        events.push(event);
        let mut round: Option<Round<'_>> = None;
        let mut begun = self.begun;
        let mut made = BTreeMap::new();
        for (n, event) in events.iter().enumerate() {
            slate.steps.set(0);
            if n + 1 == events.len() {
                slate.left.set(left.unwrap_or(u64::MAX));
                slate.told.borrow_mut().clear();
                made.clear();
            }
            match event {
                Event::Tap(n) => made.extend(slate.tap(*n)),
                Event::Round => {
                    begun = slate.digest();
                    round = Some(Box::pin(phone::round(&slate, true)));
                }
                Event::Answer(body) => {
                    *slate.reply.borrow_mut() = Some(Ok(Reply { status: 200, is_json: true, body: body.to_string() }));
                }
                Event::Lost => *slate.reply.borrow_mut() = Some(Err(Offline)),
            }
            if !matches!(event, Event::Tap(_))
                && let Some(work) = &mut round
                && work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
            {
                round = None;
            }
        }
        let busy = round.is_some().then(|| (begun, Arc::clone(&self.idle), events));
        drop(round);
        slate.end(busy, made)
    }
}

impl<'a> Slate<'a> {
    fn of(life: &'a Life) -> Self {
        let idle = life.idle.lock().unwrap();
        Slate {
            life,
            memory: idle.memory.clone(),
            entries: RefCell::new(idle.entries.clone()),
            view: RefCell::new(idle.view.clone()),
            disk: RefCell::new(idle.disk.clone()),
            steps: Cell::default(),
            left: Cell::new(u64::MAX),
            dead: Cell::default(),
            bits: Cell::new(idle.bits),
            told: RefCell::default(),
            request: RefCell::default(),
            reply: RefCell::default(),
            wrong: RefCell::default(),
        }
    }
    /// Where it stands. `busy`: in a round, which began with this digest from there and heard these events.
    fn end(self, busy: Option<(u64, Arc<Mutex<Idle>>, Vec<Event>)>, made: BTreeMap<OpId, Arc<str>>) -> (Life, Now) {
        let mut digest = DefaultHasher::new();
        self.digest().hash(&mut digest);
        if let Some((begun, _, events)) = &busy {
            // Where a round stands follows from what it met at its beginning and what it heard since.
            (begun, events).hash(&mut digest);
        }
        let rows = self.view.borrow().presence.get(&MEETING).cloned();
        let rows = rows.iter().flat_map(|rows| rows.values());
        let entries = self.entries.take();
        let now = Now {
            request: self.request.take(),
            busy: busy.is_some(),
            told: self.told.take(),
            made,
            present: rows.filter(|p| p.status().is_present()).map(|p| p.who).collect(),
            steps: self.steps.get(),
            wrong: self.wrong.take(),
            digest: digest.finish(),
            disk: self.disk.borrow().clone(),
            entries: entries.clone(),
        };
        let (who, starts) = (self.life.who, self.life.starts);
        let life = if let Some((begun, idle, events)) = busy {
            Life { who, starts, idle, begun, events }
        } else {
            let (disk, bits) = (self.disk.into_inner(), self.bits.get());
            let idle = Idle { memory: self.memory, entries, view: self.view.into_inner(), disk, bits };
            Life { who, starts, idle: Arc::new(Mutex::new(idle)), begun: 0, events: Vec::new() }
        };
        (life, now)
    }
}

impl Slate<'_> {
    async fn start(&self) {
        let repair = boot::load_ops(self).await;
        boot::load_cache(self).await.unwrap();
        tap::rebuild(self);
        boot::repair(self, repair).await;
    }
    /// The script: both mark the same person, take back what they see, and go on.
    fn tap(&self, n: usize) -> Option<(OpId, Arc<str>)> {
        let person = Who::Member(member_id(0, usize::from(self.life.who == 1 && n == 2)));
        let body = if n == 1 {
            let ops = self.view.borrow().presence_of(MEETING, person)?.live_ops();
            Body::Voided { meeting: MEETING, who: person, ops }
        } else {
            let present = if n == 2 { PresentAs::Late } else { PresentAs::OnTime };
            Body::Present { meeting: MEETING, who: person, present, how: How::Roll, code: None }
        };
        let id = tap::perform(self, CELLS[0], body, Vec::new(), BUILD).ok()?;
        at_once(tap::store(self, &[id]));
        let raw = self.entries.borrow().iter().find(|e| e.id == id)?.op.encode();
        Some((id, raw.into()))
    }
    /// A write: false once the browser is dead.
    fn write(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        if self.left.get() == 0 {
            self.dead.set(true);
        }
        self.left.set(self.left.get().saturating_sub(1));
        !self.dead.get()
    }
    /// Everything but the rows in memory, which are those of the disk, and the screen, which follows from rows and entries.
    fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let disk = self.disk.borrow();
        (&disk.mark, &disk.rows, self.life.starts, self.bits.get()).hash(&mut hasher);
        (&disk.old_rows.1, disk.local.keys().collect::<Vec<_>>(), disk.old_local.keys().collect::<Vec<_>>())
            .hash(&mut hasher);
        for (id, (_, stage)) in &disk.ops {
            (id.0, format!("{stage:?}")).hash(&mut hasher);
        }
        for e in self.entries.borrow().iter() {
            (e.id.0, format!("{:?}{:?}", e.stage, e.state)).hash(&mut hasher);
        }
        let base = self.memory.base.take();
        format!("{:?}", self.memory).hash(&mut hasher);
        self.memory.base.replace(base);
        hasher.finish()
    }
}

impl Store for Slate<'_> {
    fn local_put(&self, id: OpId, raw: &str) -> Result<(), Fault> {
        if self.write() {
            self.disk.borrow_mut().local.insert(id, raw.into());
        }
        Ok(())
    }
    fn local_remove(&self, id: OpId) {
        if !self.write() {
            return;
        }
        let mut disk = self.disk.borrow_mut();
        let answered = disk.ops.get(&id).is_some_and(|(_, stage)| *stage != Stage::Waiting);
        if disk.local.remove(&id).is_some() && !answered {
            *self.wrong.borrow_mut() = Some(format!("the spare copy of {id} goes before its result is in IndexedDB"));
        }
    }
    fn local_ops(&self) -> Vec<LocalCopy> {
        let disk = self.disk.borrow();
        disk.local.iter().map(|(id, raw)| LocalCopy { key: id.to_string(), raw: raw.to_string() }).collect()
    }
    async fn put_ops(&self, records: &[Record]) -> Result<(), Fault> {
        if self.write() {
            let mut disk = self.disk.borrow_mut();
            disk.ops.extend(records.iter().map(|r| (r.id, (r.raw.as_str().into(), r.stage))));
            // A strict commit takes everything before it along.
            disk.old_rows = (Arc::clone(&disk.rows), disk.mark.clone());
        }
        Ok(())
    }
    async fn add_ops(&self, records: &[Record]) -> Result<(), Fault> {
        if self.write() {
            let mut disk = self.disk.borrow_mut();
            for r in records {
                disk.ops.entry(r.id).or_insert_with(|| (r.raw.as_str().into(), r.stage));
            }
            disk.old_rows = (Arc::clone(&disk.rows), disk.mark.clone());
        }
        Ok(())
    }
    async fn remove_ops(&self, ids: &[OpId]) -> Result<(), Fault> {
        if self.write() {
            self.disk.borrow_mut().ops.retain(|id, _| !ids.contains(id));
        }
        Ok(())
    }
    async fn ops(&self) -> Result<Vec<IdbCopy>, Fault> {
        let disk = self.disk.borrow();
        let copy = |(id, (raw, stage)): (&OpId, &(Arc<str>, Stage))| IdbCopy {
            key: id.to_string(),
            raw: raw.to_string(),
            stage: stage.write(),
        };
        Ok(disk.ops.iter().map(copy).collect())
    }
    async fn op(&self, _: OpId) -> Result<Option<IdbCopy>, Fault> {
        Ok(None)
    }
    async fn cache(&self) -> Result<Cache, Fault> {
        let disk = self.disk.borrow();
        let rows = disk.rows.iter().map(|(k, v)| (k.clone(), v.to_string())).collect();
        Ok(Cache { rows, cursor: disk.mark.clone() })
    }
    async fn apply(&self, plan: &PullPlan, seen: Option<&str>, mark: &str) -> Result<(), Fault> {
        if self.write() {
            let disk = &mut *self.disk.borrow_mut();
            if disk.mark.as_deref() != seen {
                return Err(Fault::MovedOn);
            }
            let rows = Arc::make_mut(&mut disk.rows);
            if plan.reset {
                rows.clear();
            }
            for (table, id) in &plan.gone {
                rows.remove(&pull::row_key(table, id));
            }
            rows.extend(plan.put.iter().map(|r| (r.key.clone(), r.raw.as_str().into())));
            disk.mark = Some(mark.to_owned());
        }
        Ok(())
    }
    async fn clear_cache(&self) -> Result<(), Fault> {
        if self.write() {
            let mut disk = self.disk.borrow_mut();
            disk.rows = Rows::default();
            disk.mark = None;
        }
        Ok(())
    }
}

impl Slate<'_> {
    /// Asks, and waits for the next event.
    async fn ask(&self, request: Request) -> Result<Reply, Offline> {
        *self.request.borrow_mut() = Some(request);
        let reply = poll_fn(|_| self.reply.borrow_mut().take().map_or(Poll::Pending, Poll::Ready)).await;
        *self.request.borrow_mut() = None;
        reply
    }
}

impl Net for Slate<'_> {
    async fn push(&self, body: &str) -> Result<Reply, Offline> {
        self.ask(Request::Push(body.into())).await
    }
    async fn pull(&self, query: &str) -> Result<Reply, Offline> {
        self.ask(Request::Pull(query.into())).await
    }
}

impl Clock for Slate<'_> {
    fn now(&self) -> Millis {
        Millis(EPOCH_MS)
    }
    fn monotonic(&self) -> i64 {
        0
    }
}

impl Rng for Slate<'_> {
    fn bytes(&self) -> [u8; 16] {
        self.bits.set(self.bits.get() + 1);
        // An id takes the first ten.
        let life = (self.life.who as u128) << 120 | u128::from(self.life.starts) << 112;
        (life | u128::from(self.bits.get()) << 80).to_be_bytes()
    }
}

impl Screen for Slate<'_> {
    fn session(&self) -> Option<Session> {
        let roles = vec![Grant::new(Role::Secretary, CELLS[0])];
        let me = Me { id: account(self.life.who), name: "Thử".into(), member: None, roles };
        Some(Session {
            me,
            dev: device(self.life.who),
            device_name: String::new(),
            epoch: super::EPOCH,
            lease_days: 90,
            answer_days: domain::request::usual(),
            set_up_sign_in: false,
        })
    }
    fn outbox(&self, look: &mut dyn FnMut(&[Entry])) {
        look(&self.entries.borrow());
    }
    fn change_outbox(&self, change: &mut dyn FnMut(&mut Vec<Entry>) -> bool) {
        change(&mut self.entries.borrow_mut());
    }
    fn tell(&self, op: OpId, state: Option<Sending>) {
        if state == Some(Sending::Saved) && !self.dead.get() {
            self.told.borrow_mut().insert(op);
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
            *self.wrong.borrow_mut() = Some("stored bytes are damaged although nothing damages them".to_owned());
        }
    }
    fn fault(&self, _: Option<Fault>) {}
    fn is_faulty(&self) -> bool {
        false
    }
    fn heard(&self) {}
    fn cloned(&self) {
        *self.wrong.borrow_mut() = Some("taken for a cloned phone".to_owned());
    }
    fn tell_tabs(&self, _: &str) {}
}

impl Port for Slate<'_> {
    fn memory(&self) -> &Memory {
        &self.memory
    }
}
