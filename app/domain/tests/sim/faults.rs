//! Every kind of fault, when they strike, and how the world is healed of them.

use crate::phone::Device;
use crate::register::{BUILD, secretary};
use crate::server::Server;
use crate::world::World;
use domain::id::OpId;
use domain::ledger::Sender;
use domain::sync::bundle::{self, Bundle};
use domain::sync::phone::{boot, tap};
use domain::sync::port::Fault as StoreFault;
use domain::time::Millis;
use domain::wire::Ruling;
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
    Silent,
    OtherProto,
    Twins,
    Reused,
    SignedOut,
    Deaf,
    ManyTabs,
    Carried,
    Pruned,
}

impl Fault {
    pub const ALL: [Self; 28] = [
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
        Self::Silent,
        Self::OtherProto,
        Self::Twins,
        Self::Reused,
        Self::SignedOut,
        Self::Deaf,
        Self::ManyTabs,
        Self::Carried,
    ];
}

impl World {
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
                    *tab.session.borrow_mut() = Some(tab.world.session(&tab.device));
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
        if self.faults.contains(&Fault::Carried) && self.chance.one_in(300) {
            self.carry(&device);
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

    /// What waits on this phone goes out as a file, and somebody else brings it, once or more often. The phone itself knows nothing of that.
    fn carry(&self, device: &Device) {
        let file = device.tabs.borrow().first().and_then(|tab| bundle::pack(&**tab, &[], BUILD));
        let Some(Bundle { ops, .. }) = file.map(|file| bundle::unpack(file.as_bytes()).unwrap()) else { return };
        if ops.is_empty() {
            return;
        }
        self.hit(Fault::Carried);
        for _ in 0..=self.chance.below(2) {
            let from = {
                let devices = self.devices.borrow();
                let carrier = &devices[self.chance.index(devices.len())];
                Sender { account: carrier.account, device: carrier.id }
            };
            let after = {
                let server = self.server.borrow();
                let after = server.carry(from, &ops, self.time.now.get());
                self.check_log(&server.state, server.epoch, &after);
                after
            };
            self.server.borrow_mut().state = after;
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
