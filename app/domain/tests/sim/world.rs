//! The world: phones, people, the network and the server, faults by seed, and what must hold.

use crate::exec::{Chance, Loop};
use crate::phone::{Device, Disk, Tab};
use crate::server::{EPOCH_MS, Server, State, Tx};
use domain::account::{Actor, Grant, Role};
use domain::id::{AccountId, DeviceId, GuestId, MeetingId, MemberId, NoticeId, OpId, UnitId};
use domain::ledger::Sender;
use domain::meeting::{Form, MeetingKind, MeetingPlan, MeetingStatus};
use domain::member::{Member, PersonName};
use domain::notice::NoticeText;
use domain::op::{Body, ENVELOPE, How, Op};
use domain::presence::{PresentAs, Told, Who};
use domain::sync::phone::{self, boot, tap};
use domain::sync::port::{Fault as StoreFault, Offline, Reply, Screen as _};
use domain::sync::{Backoff, Entry, Stage};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind, UnitTree};
use domain::wire::{Me, Ruling, Session};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use uuid::Uuid;

/// Every kind of fault that a seed may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Drop,
    HalfOpen,
    Duplicate,
    Reorder,
    Truncated,
    Portal,
    Busy,
    Crash,
    TabClosed,
    Quota,
    IdbDown,
    Evicted,
    Clock,
    Roles,
    Restore,
    ServerCrash,
    Unwritable,
    Poison,
    NewerPhone,
    NewerServer,
    OtherProto,
    Twins,
    Reused,
    SignedOut,
    Deaf,
    ManyTabs,
    Pruned,
}

impl Fault {
    pub const ALL: [Self; 26] = [
        Self::Drop,
        Self::HalfOpen,
        Self::Duplicate,
        Self::Reorder,
        Self::Truncated,
        Self::Portal,
        Self::Busy,
        Self::Crash,
        Self::TabClosed,
        Self::Quota,
        Self::IdbDown,
        Self::Evicted,
        Self::Clock,
        Self::Roles,
        Self::Restore,
        Self::ServerCrash,
        Self::Unwritable,
        Self::Poison,
        Self::NewerPhone,
        Self::NewerServer,
        Self::OtherProto,
        Self::Twins,
        Self::Reused,
        Self::SignedOut,
        Self::Deaf,
        Self::ManyTabs,
    ];
}

/// Bugs of the shells around the core, seeded into this world for the tests of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    AckBeforeCommit,
    SynchronousNormal,
    CursorBeforeRows,
    ArrayUnderALock,
    BareSequence,
}

/// An op as the person made it.
pub struct Made {
    pub raw: String,
    pub op: Op,
    pub device: usize,
    /// The screen said that it is saved.
    pub saved: bool,
    /// Some storage of the phone took it at some time.
    pub stored: bool,
    /// An answer with a decision reached the phone.
    pub acked: bool,
}

pub struct World {
    pub seed: u64,
    pub chance: Chance,
    pub time: Rc<Loop>,
    pub server: RefCell<Server>,
    pub devices: RefCell<Vec<Rc<Device>>>,
    pub faults: BTreeSet<Fault>,
    pub hits: RefCell<BTreeSet<Fault>>,
    pub made: RefCell<BTreeMap<OpId, Made>>,
    pub finals: RefCell<BTreeMap<OpId, (Uuid, Ruling)>>,
    pub healing: Cell<bool>,
    /// How often somebody's roles changed, in steps that the book's own numbers never make.
    pub turns: Cell<u64>,
    pub violation: RefCell<Option<String>>,
    pub bug: Option<Bug>,
    tabs: Cell<u64>,
    steps: Cell<u64>,
    /// The phone dies at these numbered steps of its storage or of the server.
    pub crash_at: Vec<u64>,
    dying: Cell<Option<DeviceId>>,
    me: RefCell<std::rc::Weak<World>>,
}

pub const WARD: UnitId = UnitId(Uuid::from_u128(0x11));
pub const CELLS: [UnitId; 2] = [UnitId(Uuid::from_u128(0x12)), UnitId(Uuid::from_u128(0x13))];
const BUILD: &str = "sim";

fn member_id(cell: usize, n: usize) -> MemberId {
    MemberId(Uuid::from_u128(0x5000 + (cell as u128) * 0x100 + n as u128))
}
fn secretary(n: usize) -> AccountId {
    AccountId(Uuid::from_u128(0x200 + n as u128))
}
fn member_account(cell: usize, n: usize) -> AccountId {
    AccountId(Uuid::from_u128(0x300 + (cell as u128) * 0x20 + n as u128))
}
const WARD_ACCOUNT: AccountId = AccountId(Uuid::from_u128(0x100));

/// The register: one ward, two cells, members, two secretaries for the first cell and one for the second.
fn register(members: usize) -> State {
    let mut state = State::default();
    let unit = |id, parent, kind| Unit { id, parent, kind, name: "Đơn vị".into(), online_allowed: false };
    state.units = Arc::new(UnitTree::from_iter([
        unit(WARD, None, UnitKind::Ward),
        unit(CELLS[0], Some(WARD), UnitKind::Cell),
        unit(CELLS[1], Some(WARD), UnitKind::Cell),
    ]));
    let mut actor = |account, member, role, unit| {
        let actor = Actor { account, member, grants: vec![Grant::new(role, unit)] };
        state.actors.insert(account, Arc::new(actor));
    };
    actor(WARD_ACCOUNT, None, Role::Ward, WARD);
    actor(secretary(0), None, Role::Secretary, CELLS[0]);
    actor(secretary(1), None, Role::Secretary, CELLS[0]);
    actor(secretary(2), None, Role::Secretary, CELLS[1]);
    for cell in 0..2 {
        for n in 0..members {
            actor(member_account(cell, n), Some(member_id(cell, n)), Role::Member, CELLS[cell]);
        }
    }
    let mut tx = Tx::new(state, Server::now(0));
    let mut n = 0;
    let mut put = |tx: &mut Tx, account, unit, body: &Body| {
        n += 1;
        let op = made_op(OpId(Uuid::from_u128(0x9_0000 + u128::from(n))), Uuid::from_u128(9), n, account, unit, body);
        let raw = op.encode();
        let result = crate::exec::at_once(domain::ledger::take(tx, &op, &raw, Server::now(0))).unwrap();
        assert_eq!(result.r, Ruling::Applied);
    };
    for unit in tx.state.units.iter().cloned().collect::<Vec<_>>() {
        let (id, body) = (unit.id.to_string(), Some(serde_json::to_string(&unit).unwrap()));
        let row =
            domain::ledger::Put { table: "unit", id: &id, unit: unit.id, owner: None, seq: None, due: None, body };
        crate::exec::at_once(domain::ledger::Ledger::put(&mut tx, row)).unwrap();
    }
    for cell in 0..2 {
        for m in 0..members {
            let name = PersonName::parse("Nguyễn Văn Thử").unwrap();
            put(
                &mut tx,
                secretary(cell * 2),
                CELLS[cell],
                &Body::MemberPut { member: Member::new(member_id(cell, m), CELLS[cell], name) },
            );
        }
    }
    tx.state
}

fn made_op(id: OpId, w: Uuid, n: u32, act: AccountId, u: UnitId, body: &Body) -> Op {
    let (k, kv) = body.kind();
    Op {
        v: ENVELOPE,
        id,
        dev: DeviceId(Uuid::nil()),
        w,
        n,
        act,
        u,
        k: k.to_owned(),
        kv,
        deps: vec![],
        b: body.to_value(),
        t: Millis(EPOCH_MS),
        m: 0,
        s: w,
        app: BUILD.to_owned(),
    }
}

impl World {
    pub fn new(seed: u64, only: Option<&[Fault]>, bug: Option<Bug>, crash_at: Vec<u64>) -> Rc<Self> {
        let chance = Chance::new(seed);
        let crowd = chance.below(1000);
        // Most worlds are small, so that many of them can be tried; a few are a whole hall.
        let phones = if only.is_some() {
            3
        } else if crowd < 950 {
            2 + chance.index(4)
        } else if crowd < 997 {
            6 + chance.index(8)
        } else {
            30 + chance.index(21)
        };
        let members = (phones.saturating_sub(3)).max(3);
        let faults: BTreeSet<Fault> = match only {
            Some(only) => only.iter().copied().collect(),
            None => Fault::ALL.into_iter().filter(|_| chance.one_in(330)).collect(),
        };
        let state = register(members);
        let server = Server {
            backup: state.clone(),
            safe: BTreeMap::new(),
            disk: None,
            state,
            epoch: Uuid::from_bytes(chance.bytes()),
            sick: None,
            poison: None,
            page_limit: if chance.one_in(300) { 3 } else { 500 },
        };
        let world = Rc::new(Self {
            seed,
            time: Rc::default(),
            server: RefCell::new(server),
            devices: RefCell::default(),
            faults,
            hits: RefCell::default(),
            made: RefCell::default(),
            finals: RefCell::default(),
            healing: Cell::default(),
            turns: Cell::default(),
            violation: RefCell::default(),
            bug,
            tabs: Cell::default(),
            steps: Cell::default(),
            crash_at,
            dying: Cell::default(),
            me: RefCell::default(),
            chance,
        });
        *world.me.borrow_mut() = Rc::downgrade(&world);
        for n in 0..phones {
            let account = match n {
                0 => secretary(0),
                1 => secretary(1),
                2 if phones > 3 => secretary(2),
                3 if phones > 5 => WARD_ACCOUNT,
                n => member_account(n % 2, n % members),
            };
            world.add_device(n, account);
        }
        if world.faults.contains(&Fault::Clock) {
            for device in world.devices.borrow().iter() {
                if world.chance.one_in(600) {
                    const YEAR: i64 = 365 * 86_400_000;
                    device.clock.set(world.chance.between(-10 * YEAR, 10 * YEAR));
                    world.hit(Fault::Clock);
                }
            }
        }
        world
    }
    fn rc(&self) -> Rc<Self> {
        self.me.borrow().upgrade().unwrap()
    }
    fn add_device(&self, n: usize, account: AccountId) {
        let id = DeviceId(Uuid::from_u128(0x700 + n as u128));
        self.server.borrow_mut().state.devices.insert((id, account));
        let device = Rc::new(Device {
            id,
            account,
            disk: RefCell::new(Disk::default()),
            tabs: RefCell::default(),
            clock: Cell::new(0),
            locked: Cell::new(false),
            has_locks: self.chance.one_in(700),
            local_full: Cell::new(false),
            idb: Cell::new(None),
            offline: Cell::new(false),
            evicted: Cell::new(false),
        });
        self.devices.borrow_mut().push(Rc::clone(&device));
        let tabs = if self.faults.contains(&Fault::ManyTabs) { 1 + self.chance.index(4) } else { 1 };
        for _ in 0..tabs {
            self.open_tab(&device);
        }
        if tabs > 1 {
            self.hit(Fault::ManyTabs);
        }
    }
    /// A page is loaded: boot, then rounds, then a person who taps.
    pub fn open_tab(&self, device: &Rc<Device>) {
        let world = self.rc();
        // Two phones of which one is a copy: the same random bits at the start of a page.
        let twin = self.faults.contains(&Fault::Twins) && self.chance.one_in(600) && !self.healing.get();
        if twin {
            self.hit(Fault::Twins);
        }
        let boot = if twin { Uuid::from_u128(0x77) } else { Uuid::from_bytes(self.chance.bytes()) };
        let tab = Tab::new(&world, device, boot);
        device.tabs.borrow_mut().push(Rc::clone(&tab));
        self.time.spawn(tab.n, true, run_tab(world, tab));
    }
    pub fn next_tab(&self) -> u64 {
        self.tabs.set(self.tabs.get() + 1);
        self.tabs.get()
    }
    pub fn hit(&self, fault: Fault) {
        self.hits.borrow_mut().insert(fault);
    }
    pub fn fail(&self, what: String) {
        self.violation.borrow_mut().get_or_insert(what);
    }
    fn may(&self, fault: Fault, per_mille: u64) -> bool {
        let may = !self.healing.get() && self.faults.contains(&fault) && self.chance.one_in(per_mille);
        if may {
            self.hit(fault);
        }
        may
    }
    pub fn session(&self, device: &Device) -> Option<Session> {
        let server = self.server.borrow();
        let actor = &server.state.actors[&device.account];
        Some(Session {
            me: Me { id: actor.account, name: "Thử".into(), member: actor.member, roles: actor.grants.clone() },
            dev: device.id,
            device_name: String::new(),
            epoch: server.epoch,
        })
    }
    /// Steps are numbered, so that a crash can be asked for at each of them.
    pub fn number_step(&self, device: &Device) {
        self.steps.set(self.steps.get() + 1);
        if self.crash_at.contains(&self.steps.get()) {
            self.dying.set(Some(device.id));
        }
    }
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }
    pub fn saw_saved(&self, device: &Device, op: OpId) {
        if let Some(made) = self.made.borrow_mut().get_mut(&op) {
            made.saved = true;
            let held = device.holds(op, &made.raw) || self.server.borrow().state.log.contains_key(&op);
            if !held {
                self.fail(format!("I1: the screen says that {op} is saved, and nobody has it"));
            }
        }
    }
    pub fn was_stored(&self, op: OpId) {
        if let Some(made) = self.made.borrow_mut().get_mut(&op) {
            made.stored = true;
        }
    }
    pub fn tell(&self, from: &Tab, word: &str) {
        for other in from.device.tabs.borrow().iter().filter(|t| t.n != from.n) {
            if self.may(Fault::Deaf, 500) {
                continue;
            }
            let (tab, word) = (Rc::clone(other), word.to_owned());
            self.time.spawn(tab.n, false, async move {
                boot::heard(&*tab, &word).await;
                tab.seen.set(0);
                tab.world.time.kick(tab.n, 500);
            });
        }
    }

    /// A request on its way to the server and back.
    pub async fn ask(&self, tab: &Tab, push: Option<&str>, query: &str) -> Result<Reply, Offline> {
        self.number_step(&tab.device);
        let far = if self.may(Fault::Reorder, 300) { 3_000 } else { 60 };
        self.time.wait(self.chance.between(5, far)).await;
        if tab.device.offline.get() || self.may(Fault::Drop, 200) {
            self.time.wait(self.chance.between(10, 15_000)).await;
            return Err(Offline);
        }
        if self.may(Fault::Portal, 200) {
            return Ok(Reply { status: 200, is_json: false, body: "<html><body>Wi-Fi</body></html>".into() });
        }
        if self.may(Fault::Busy, 200) {
            let status = [503, 429, 500, 502][self.chance.index(4)];
            return Ok(Reply { status, is_json: self.chance.one_in(500), body: "{}".into() });
        }
        let sender = Sender { account: tab.device.account, device: tab.device.id };
        let reply = match push {
            Some(body) => {
                if self.may(Fault::Duplicate, 250) {
                    let (world, body) = (self.rc(), body.to_owned());
                    let later = self.chance.between(1, 20_000);
                    self.time.spawn(0, false, async move {
                        world.time.wait(later).await;
                        let _ = world.receive(sender, &body).await;
                    });
                }
                self.receive(sender, body).await
            }
            None => Some(self.give(sender.account, query)),
        };
        self.time.wait(self.chance.between(5, far)).await;
        if self.may(Fault::HalfOpen, 200) {
            self.time.wait(self.chance.between(10, 15_000)).await;
            return Err(Offline);
        }
        let Some((status, mut body)) = reply else { return Err(Offline) };
        if status == 200 && self.may(Fault::Truncated, 200) {
            let mut cut = self.chance.index(body.len());
            while !body.is_char_boundary(cut) {
                cut -= 1;
            }
            body.truncate(cut);
        }
        if self.may(Fault::NewerServer, 300) && status == 200 {
            // Fields, tables and rulings that this build does not know.
            body = body.replacen('{', r#"{"moon":{"phase":3},"#, 1);
            body = body
                .replacen(r#""rows":["#, r#""rows":[{"table":"opinion","id":"x","seq":1,"row":{"a":1}},"#, 1)
                .replace("},]", "}]");
            if push.is_some() {
                body = body.replacen(r#""r":"applied""#, r#""r":"parked""#, 1);
            }
        }
        if push.is_some() && status == 200 {
            self.note_acks(tab, &body);
        }
        if std::env::var("SLH_TRACE").is_ok() {
            let short = body.chars().take(700).collect::<String>();
            eprintln!(
                "{} tab {} asked {query}{} -> {status} {short}",
                self.time.now.get(),
                tab.n,
                push.unwrap_or_default()
            );
        }
        Ok(Reply { status, is_json: true, body })
    }

    /// An answer that reaches the phone is a promise.
    fn note_acks(&self, tab: &Tab, body: &str) {
        let Ok(answer) = domain::sync::push_answer(200, true, body) else { return };
        let mut made = self.made.borrow_mut();
        for result in &answer.results {
            let ruling = result.stored.unwrap_or(result.r);
            if matches!(ruling, Ruling::Applied | Ruling::Held | Ruling::Refused)
                && result.r != Ruling::Clash
                && let Some(m) = made.get_mut(&result.id)
            {
                m.acked = true;
            }
        }
        drop(made);
        let _ = tab;
        self.check_acked();
    }

    /// The server's part: receive, commit, answer; it may die before or after the commit.
    async fn receive(&self, from: Sender, body: &str) -> Option<(u16, String)> {
        let at = self.time.now.get();
        if self.may(Fault::OtherProto, 100) {
            return Some((400, r#"{"code":"bad_proto","message":"…"}"#.into()));
        }
        if self.may(Fault::Unwritable, 300) {
            let sick = self.made.borrow().keys().copied().filter(|id| body.contains(&id.to_string())).last();
            self.server.borrow_mut().sick = sick;
        }
        if self.may(Fault::Poison, 300) {
            let poison = self.made.borrow().keys().copied().find(|id| body.contains(&id.to_string()));
            let mut server = self.server.borrow_mut();
            server.poison = server.poison.or(poison);
        }
        let outcome = self.server.borrow().push(from, body, at);
        let (state, answer) = match outcome {
            Ok(done) => done,
            Err(refused) => return Some(refused),
        };
        let crash = self.may(Fault::ServerCrash, 200);
        let text = serde_json::to_string(&answer).unwrap();
        if crash && self.chance.one_in(500) && self.bug != Some(Bug::AckBeforeCommit) {
            // Before the commit: nothing of it was.
            return None;
        }
        self.check_same(body, &state);
        match self.bug {
            Some(Bug::AckBeforeCommit) if crash => return Some((200, text)),
            Some(Bug::SynchronousNormal) => {
                let mut server = self.server.borrow_mut();
                if server.disk.is_none() {
                    server.disk = Some(server.state.clone());
                }
                server.state = state;
                if crash && let Some(disk) = server.disk.take() {
                    server.state = disk;
                }
                return Some((200, text));
            }
            Some(Bug::BareSequence) => {
                // The numbers are taken now, the rows come later.
                self.server.borrow_mut().state.counters.clone_from(&state.counters);
                self.time.wait(self.chance.between(100, 4_000)).await;
                let mut server = self.server.borrow_mut();
                for (id, line) in state.log {
                    server.state.log.entry(id).or_insert(line);
                }
                for (key, rec) in state.records {
                    let old = server.state.records.get(&key).map_or(0, |r| r.seq);
                    if rec.seq > old {
                        server.state.records.insert(key, rec);
                    }
                }
                return Some((200, text));
            }
            _ => self.server.borrow_mut().state = state,
        }
        if crash {
            return None;
        }
        Some((200, text))
    }
    fn give(&self, account: AccountId, query: &str) -> (u16, String) {
        let answer = self.server.borrow().pull(account, query, self.time.now.get());
        self.check_scope(account, &answer);
        (200, serde_json::to_string(&answer).unwrap())
    }

    /// What happens to the world between the steps.
    pub fn weather(&self) {
        if let Some(id) = self.dying.take()
            && let Some(device) = self.devices.borrow().iter().find(|d| d.id == id).cloned()
        {
            device.crash(self);
            self.check_saved();
            self.open_tab(&device);
        }
        if self.healing.get() || self.chance.below(60) != 0 {
            return;
        }
        let device = {
            let devices = self.devices.borrow();
            Rc::clone(&devices[self.chance.index(devices.len())])
        };
        if self.may(Fault::Crash, 150) {
            device.crash(self);
            self.check_saved();
            self.open_tab(&device);
        }
        if self.may(Fault::TabClosed, 150) {
            let tab = device.tabs.borrow_mut().pop();
            if let Some(tab) = tab {
                self.time.kill(tab.n);
                if device.tabs.borrow().is_empty() {
                    device.locked.set(false);
                }
            }
            self.open_tab(&device);
        }
        if self.may(Fault::Quota, 150) {
            device.local_full.set(!device.local_full.get());
            if self.chance.one_in(500) {
                device.idb.set(device.idb.get().xor(Some(StoreFault::Full)));
            }
        }
        if self.may(Fault::IdbDown, 150) {
            let fault = [StoreFault::Lost, StoreFault::Blocked][self.chance.index(2)];
            device.idb.set(if device.idb.get().is_some() { None } else { Some(fault) });
        }
        if self.may(Fault::Evicted, 80) {
            for tab in device.tabs.take() {
                self.time.kill(tab.n);
            }
            device.locked.set(false);
            let local = self.chance.one_in(500);
            let server = self.server.borrow();
            device.evict(local, |id| server.state.log.contains_key(id) && server.backup.log.contains_key(id));
            drop(server);
            self.check_saved();
            self.open_tab(&device);
        }
        if self.may(Fault::SignedOut, 60) {
            for tab in device.tabs.borrow().iter().cloned() {
                // Another tab's sign-out, then the same person again.
                self.time.spawn(tab.n, false, async move {
                    tab.memory.stopped.set(true);
                    *tab.session.borrow_mut() = None;
                    boot::clear_cache(&*tab).await;
                    tap::rebuild(&*tab);
                    tab.world.time.wait(2_000).await;
                    *tab.session.borrow_mut() = tab.world.session(&tab.device);
                    tab.memory.stopped.set(false);
                    tap::rebuild(&*tab);
                });
            }
        }
        if self.may(Fault::Roles, 120) {
            self.change_roles();
        }
        if self.chance.one_in(100) {
            self.back_up();
        }
        if self.may(Fault::Restore, 60) {
            self.restore();
        }
        if self.may(Fault::Reused, 200) {
            self.reuse_id(&device);
        }
        if self.chance.one_in(30) {
            device.offline.set(!device.offline.get());
        }
    }
    fn change_roles(&self) {
        let mut server = self.server.borrow_mut();
        let account = secretary(self.chance.index(3));
        let mut actor = (*server.state.actors[&account]).clone();
        let yesterday = Server::now(self.time.now.get()).plus(-Millis::DAY).day();
        actor.grants[0].to = if actor.grants[0].to.is_some() { None } else { Some(yesterday) };
        server.state.actors.insert(account, Arc::new(actor));
        server.reconsider(self.time.now.get());
        self.turn();
    }
    fn turn(&self) {
        self.turns.set(self.turns.get() + (1 << 40));
    }
    fn back_up(&self) {
        let mut server = self.server.borrow_mut();
        server.backup = server.state.clone();
        server.safe = server.state.counters.clone();
    }
    /// The server begins again from the last verified backup, in a new epoch.
    fn restore(&self) {
        let mut server = self.server.borrow_mut();
        let (devices, actors) = (server.state.devices.clone(), server.state.actors.clone());
        server.state = server.backup.clone();
        server.state.devices = devices;
        server.state.actors = actors;
        server.epoch = Uuid::from_bytes(self.chance.bytes());
        drop(server);
        self.finals.borrow_mut().clear();
    }
    /// Another device sends other bytes under a known id.
    fn reuse_id(&self, device: &Device) {
        let Some((_, raw)) = self.made.borrow().iter().next_back().map(|(id, m)| (*id, m.raw.clone())) else { return };
        let mut op = crate::phone::parsed(&raw);
        op.app = "copy".into();
        op.dev = device.id;
        let body = format!(
            r#"{{"proto":1,"dev":"{}","now_t":0,"now_m":0,"s":"{}","ops":[{},{{"id":"{}","n":"x"}}]}}"#,
            device.id,
            Uuid::nil(),
            op.encode(),
            OpId(Uuid::from_u128(0xbad))
        );
        // Only once the first one is there, or it would be the first itself; and not while the server turns away whatever holds this id.
        let (is_there, poison) = {
            let server = self.server.borrow();
            (server.state.log.contains_key(&op.id), server.poison)
        };
        if is_there && poison != Some(op.id) {
            let at = self.time.now.get();
            let from = Sender { account: device.account, device: device.id };
            let done = self.server.borrow().push(from, &body, at);
            let (state, answer) = done.unwrap();
            assert_eq!(answer.results.iter().map(|r| r.r).collect::<Vec<_>>(), [Ruling::Clash, Ruling::Bad]);
            self.server.borrow_mut().state = state;
        }
    }

    /// Faults end, everybody is online, every phone is opened again; then nothing may be left to do.
    pub fn heal(&self) {
        self.healing.set(true);
        {
            let mut server = self.server.borrow_mut();
            server.poison = None;
            server.sick = None;
            let at = self.time.now.get();
            for account in (0..3).map(secretary) {
                let mut actor = (*server.state.actors[&account]).clone();
                actor.grants[0].to = None;
                server.state.actors.insert(account, Arc::new(actor));
            }
            server.reconsider(at);
            self.turn();
        }
        for device in self.devices.borrow().iter() {
            device.offline.set(false);
            device.local_full.set(false);
            device.idb.set(None);
        }
    }
    /// Opens every second phone anew.
    pub fn reopen(&self) {
        let devices: Vec<_> = self.devices.borrow().clone();
        for device in devices {
            if self.chance.one_in(500) {
                for tab in device.tabs.take() {
                    self.time.kill(tab.n);
                }
                device.locked.set(false);
                self.open_tab(&device);
            }
        }
    }
}

/// Gives the lock back, also when the tab dies.
struct Turn(Rc<Device>);
impl Drop for Turn {
    fn drop(&mut self) {
        self.0.locked.set(false);
    }
}

async fn run_tab(world: Rc<World>, tab: Rc<Tab>) {
    let repair = boot::load_ops(&*tab).await;
    if let Err(fault) = boot::load_cache(&*tab).await {
        tab.fault(Some(fault));
    }
    tap::rebuild(&*tab);
    boot::repair(&*tab, repair).await;
    let taps = if world.healing.get() { 0 } else { 3 + world.chance.index(8) };
    world.time.spawn(tab.n, false, person(Rc::clone(&world), Rc::clone(&tab), taps));
    let mut backoff = Backoff::default();
    let mut turns = 0;
    loop {
        let device = &tab.device;
        if device.has_locks && device.locked.get() && turns < 3 {
            turns += 1;
            world.time.rest(1_500).await;
            continue;
        }
        turns = 0;
        let turn = device.has_locks.then(|| {
            device.locked.set(true);
            Turn(Rc::clone(device))
        });
        tab.memory.again.set(false);
        tab.memory.want_pull.set(true);
        let before = waiting(&tab);
        let poison = world.server.borrow().poison;
        let version = world.version();
        tab.busy.set(true);
        let result = phone::round(&*tab, true).await;
        tab.busy.set(false);
        drop(turn);
        if result.is_ok() {
            tab.seen.set(version);
            world.check_progress(&tab, &before, poison);
        }
        let wait = match result {
            Ok(()) if tab.memory.again.get() => 0,
            Ok(()) => {
                backoff.reset();
                let usual = world.chance.between(2_000, 20_000);
                usual
            }
            Err(_) => i64::from(backoff.fail(0.5, true)),
        };
        if tab.memory.was_reset.replace(false) && !tab.memory.stopped.get() {
            *tab.session.borrow_mut() = world.session(device);
            tap::rebuild(&*tab);
        }
        world.time.rest(wait).await;
    }
}

fn waiting(tab: &Tab) -> Vec<Entry> {
    tab.entries.borrow().iter().filter(|e| e.stage == Stage::Waiting).cloned().collect()
}

/// A person with this tab before the eyes.
async fn person(world: Rc<World>, tab: Rc<Tab>, taps: usize) {
    for _ in 0..taps {
        world.time.wait(world.chance.between(50, 6_000)).await;
        let Some((unit, body)) = choose(&world, &tab) else { continue };
        let made = tap::perform(&*tab, unit, body, Vec::new(), BUILD);
        let Ok(id) = made else { continue };
        let entry = tab.entries.borrow().iter().rev().find(|e| e.id == id).cloned().unwrap();
        let device = world.devices.borrow().iter().position(|d| d.id == tab.device.id).unwrap();
        let made =
            Made { raw: entry.op.encode(), op: entry.op.clone(), device, saved: false, stored: false, acked: false };
        world.made.borrow_mut().insert(id, made);
        if world.may(Fault::NewerPhone, 200) {
            let mut op = entry.op.clone();
            // A kind that this server does not know, made by a newer build.
            op.id = OpId(Uuid::from_bytes(world.chance.bytes()));
            op.k = "attendance.wave".into();
            let raw = op.encode();
            let record = domain::sync::Record { id: op.id, raw: raw.clone(), stage: Stage::Waiting };
            let newer = Entry::from_record(&record, op.clone());
            phone::outbox::put(&*tab, vec![(newer, raw.clone())]);
            world
                .made
                .borrow_mut()
                .insert(op.id, Made { raw, op: op.clone(), device, saved: false, stored: false, acked: false });
            tap::store(&*tab, &[op.id]).await;
        }
        tap::store(&*tab, &[id]).await;
        world.time.kick(tab.n, 120);
        if world.chance.one_in(100) {
            let look = tab.entries.borrow().iter().find(|e| matches!(e.stage, Stage::NeedsLook { .. })).map(|e| e.id);
            if let Some(op) = look {
                let changed = if world.chance.one_in(500) { tap::forget(&*tab, op) } else { tap::resend(&*tab, op) };
                tap::store_stages(&*tab, &changed).await;
            }
        }
    }
}

/// What a person does next, by what the screen shows.
fn choose(world: &World, tab: &Tab) -> Option<(UnitId, Body)> {
    let session = tab.session.borrow().clone()?;
    let view = tab.view.borrow();
    let chance = &world.chance;
    let unit = session.me.roles.first()?.unit;
    let mut meetings: Vec<_> = view.meetings.values().filter(|m| m.unit == unit).collect();
    meetings.sort_by_key(|m| m.id);
    let open: Vec<_> = meetings.iter().filter(|m| m.status == MeetingStatus::Open).collect();
    if let Some(me) = session.me.member {
        if let Some(notice) = view.notices.keys().min()
            && chance.one_in(300)
        {
            return Some((unit, Body::NoticeRead { notice: *notice }));
        }
        let meeting = meetings.get(chance.index(meetings.len()))?;
        let who = Who::Member(me);
        return Some((
            unit,
            Body::Present { meeting: meeting.id, who, present: PresentAs::OnTime, how: How::Own, code: None },
        ));
    }
    let id = || Uuid::from_bytes(chance.bytes());
    if meetings.is_empty() || chance.one_in(80) {
        let plan = MeetingPlan {
            kind: MeetingKind::HalfYear,
            title: "Họp".into(),
            form: Form::InPerson,
            place: String::new(),
            starts: Millis(EPOCH_MS),
            minutes: 60,
            agenda: String::new(),
            papers: vec![],
            code: None,
        };
        return Some((unit, Body::MeetingPlanned { meeting: MeetingId(id()), plan }));
    }
    if open.is_empty() || chance.one_in(60) {
        let meeting = meetings[chance.index(meetings.len())];
        let body = match meeting.status {
            MeetingStatus::Open if chance.one_in(500) => Body::MeetingClosed { meeting: meeting.id },
            _ => Body::MeetingOpened { meeting: meeting.id },
        };
        return Some((unit, body));
    }
    let meeting = open[chance.index(open.len())].id;
    let mut members: Vec<_> = view.members.keys().copied().collect();
    members.sort_unstable();
    if members.is_empty() {
        return None;
    }
    let member = members[chance.index(members.len())];
    let mut guests: Vec<GuestId> = view.guests.values().filter(|g| g.meeting == meeting).map(|g| g.id).collect();
    guests.sort_unstable();
    let who = match guests.first() {
        Some(guest) if chance.one_in(150) => Who::Guest(*guest),
        _ => Who::Member(member),
    };
    let body = match chance.below(20) {
        0 => Body::Excused { meeting, member, reason: "Ốm".into(), told: Told::Before },
        1 => Body::MarkedAbsent { meeting, member },
        2 => Body::GuestAdded {
            guest: GuestId(id()),
            meeting,
            name: PersonName::parse("Khách Thử").unwrap(),
            note: String::new(),
        },
        3 => {
            let text = NoticeText {
                title: "Mời".into(),
                body: "Kính mời".into(),
                papers: vec![],
                meeting: None,
                publish_at: Millis(0),
            };
            Body::NoticeWritten { notice: NoticeId(id()), text }
        }
        4..=7 => {
            let ops = view.presence_of(meeting, who)?.live_ops();
            Body::Voided { meeting, who, ops }
        }
        _ => {
            let present = [PresentAs::OnTime, PresentAs::Late, PresentAs::LeftEarly][chance.index(3)];
            Body::Present { meeting, who, present, how: How::Roll, code: None }
        }
    };
    Some((unit, body))
}
