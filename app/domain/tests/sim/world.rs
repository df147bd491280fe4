//! The world: phones, people, the network and the server, made from a seed.

use crate::exec::{Chance, Loop};
use crate::faults::Fault;
use crate::phone::{Device, Disk, Tab};
use crate::register::{WARD_ACCOUNT, member_account, register, secretary};
use crate::script::run_tab;
use crate::server::Server;
use domain::id::{AccountId, DeviceId, OpId};
use domain::op::Op;
use domain::sync::phone::boot;
use domain::wire::{Me, Ruling, Session};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use uuid::Uuid;

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
    pub dying: Cell<Option<DeviceId>>,
    me: RefCell<std::rc::Weak<World>>,
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
    pub fn rc(&self) -> Rc<Self> {
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
    pub fn may(&self, fault: Fault, per_mille: u64) -> bool {
        let may = !self.healing.get() && self.faults.contains(&fault) && self.chance.one_in(per_mille);
        if may {
            self.hit(fault);
        }
        may
    }
    pub fn session(&self, device: &Device) -> Session {
        let server = self.server.borrow();
        let actor = &server.state.actors[&device.account];
        Session {
            me: Me { id: actor.account, name: "Thử".into(), member: actor.member, roles: actor.grants.clone() },
            dev: device.id,
            device_name: String::new(),
            epoch: server.epoch,
            lease_days: 90,
            answer_days: domain::request::usual(),
            set_up_sign_in: false,
        }
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
    /// Everything that this run came to, in one number: the log, what the phones show, the time, and where chance stands.
    pub fn digest(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        for (id, line) in &self.server.borrow().state.log {
            (id.0, line.seq, line.place, format!("{:?}", line.ruled.ruling), &line.raw).hash(&mut hasher);
        }
        for device in self.devices.borrow().iter() {
            for tab in device.tabs.borrow().iter() {
                tab.entries.borrow().iter().for_each(|e| (e.id.0, e.stage.write()).hash(&mut hasher));
            }
        }
        (self.time.now.get(), self.steps.get(), self.chance.next()).hash(&mut hasher);
        hasher.finish()
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
}
