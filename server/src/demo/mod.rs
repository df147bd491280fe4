//! The demo: invented people and meetings, shaped like the figures that the press reported (domain.md §11). Everything is the outcome of
//! ops of invented people, made with a fixed seed, with days relative to the `now` that is handed in.
//!
//! It must not know HTTP or SQL; [`seed`] is the one place that hands the data to the store.

mod crowd;
mod meetings;
mod notices;
mod people;
mod rng;
mod seed;
mod words;

#[cfg(test)]
mod tests;

pub use seed::seed;

use domain::account::{Actor, Grant, Role};
use domain::book::Book;
use domain::decide::Verdict;
use domain::id::{AccountId, DeviceId, MemberId, OpId, UnitId, uuid_v7};
use domain::op::{Body, ENVELOPE, Op};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use rng::Rng;
use std::collections::HashMap;
use uuid::Uuid;

/// The cell of 306 members, of `demo-secretary` and of `demo-member`: index into [`CELLS`].
pub const BIG: usize = 2;
/// 77 members, 13 absent at the last meeting, with and without reason.
pub const ABSENT_13: usize = 4;
/// 114 members, 35 excused at the last meeting.
pub const EXCUSED_35: usize = 6;
/// Its meeting is open now.
pub const OPEN_NOW: usize = 7;
/// Has not met this half-year.
pub const NOT_MET: usize = 10;
/// Name and number of members on the list, of each cell.
pub const CELLS: [(&str, usize); 12] = [
    ("Chi bộ Khu phố 1", 96),
    ("Chi bộ Khu phố 2", 58),
    ("Chi bộ Khu phố 3", 306),
    ("Chi bộ Khu phố 4", 160),
    ("Chi bộ Khu phố 5", 77),
    ("Chi bộ Khu phố 6", 39),
    ("Chi bộ Khu phố 7", 114),
    ("Chi bộ Khu phố 8", 64),
    ("Chi bộ Khu phố 9", 88),
    ("Chi bộ Khu phố 10", 28),
    ("Chi bộ Khu phố 11", 47),
    ("Chi bộ Khu phố 12", 18),
];

/// Somebody who can sign in.
pub struct DemoAccount {
    /// Account.
    pub id: AccountId,
    /// Name as shown.
    pub name: String,
    /// The member, when it is a member's.
    pub member: Option<MemberId>,
    /// Roles on units.
    pub grants: Vec<Grant>,
    /// The fixed enrolment code, reusable in a demo.
    pub code: Option<&'static str>,
}

/// A phone that somebody signed in with.
pub struct DemoDevice {
    /// Device.
    pub id: DeviceId,
    /// Its account.
    pub account: AccountId,
    /// As its owner calls it.
    pub name: String,
    /// When it first signed in.
    pub since: Millis,
    /// When it last reached the server.
    pub last_seen: Millis,
    /// Ops that it had not sent when it last said so.
    pub unsent: Option<u32>,
}

/// What somebody did, and when.
pub struct DemoOp {
    /// The op.
    pub op: Op,
    /// The same, typed.
    pub body: Body,
    /// When.
    pub at: Millis,
}

/// All of it.
pub struct Demo {
    /// Province, ward, cells, a workplace; parents first.
    pub units: Vec<Unit>,
    /// Accounts.
    pub accounts: Vec<DemoAccount>,
    /// Devices.
    pub devices: Vec<DemoDevice>,
    /// Ops in the order in which they are to be numbered.
    pub ops: Vec<DemoOp>,
}

impl Demo {
    /// The ward.
    #[must_use]
    pub fn ward(&self) -> UnitId {
        self.units[1].id
    }
    /// A cell by its place in [`CELLS`].
    #[must_use]
    pub fn cell(&self, index: usize) -> UnitId {
        self.units[2 + index].id
    }
    /// The book after all ops, and how many of them did not count (none, or the demo is wrong).
    #[must_use]
    pub fn book(&self, now: Millis) -> (Book, usize) {
        let mut book = Book { units: self.units.iter().cloned().collect(), ..Book::default() };
        let actors: HashMap<AccountId, Actor> = self
            .accounts
            .iter()
            .map(|a| (a.id, Actor { account: a.id, member: a.member, grants: a.grants.clone() }))
            .collect();
        let mut lost = 0;
        for o in &self.ops {
            let verdict = actors.get(&o.op.act).map(|actor| book.run(actor, &o.op, &o.body, o.at, now));
            lost += usize::from(!matches!(verdict, Some(Verdict::Apply(_))));
        }
        (book, lost)
    }
}

/// Makes the demo as of a moment.
#[must_use]
pub fn demo(now: Millis) -> Demo {
    let mut b = Builder::new(now);
    let people = people::make(&mut b);
    let today = meetings::make(&mut b, &people);
    notices::make(&mut b, &people, today);
    b.finish()
}

/// Writes ops in the name of accounts.
struct Builder {
    rng: Rng,
    now: Millis,
    units: Vec<Unit>,
    accounts: Vec<DemoAccount>,
    devices: Vec<DemoDevice>,
    ops: Vec<DemoOp>,
    pens: HashMap<AccountId, Pen>,
}

/// What an account writes with: its device, one page load, a counter.
struct Pen {
    device: DeviceId,
    writer: Uuid,
    session: Uuid,
    n: u32,
}

impl Builder {
    fn new(now: Millis) -> Self {
        let mut rng = Rng::new(0x50_4c48_2026);
        let province = UnitId(rng.uuid());
        let ward = UnitId(rng.uuid());
        let unit = |id, parent, kind, name: &str| Unit {
            id,
            parent,
            kind,
            name: name.to_owned(),
            online_allowed: false,
            closed: false,
        };
        let mut units = vec![
            unit(province, None, UnitKind::Province, "Tỉnh ủy Hòa Giang"),
            unit(ward, Some(province), UnitKind::Ward, "Đảng ủy phường An Hòa"),
        ];
        for (name, _) in CELLS {
            units.push(unit(UnitId(rng.uuid()), Some(ward), UnitKind::Cell, name));
        }
        units.push(unit(UnitId(rng.uuid()), Some(province), UnitKind::Workplace, "Đảng bộ Sở Công Thương"));
        Self { rng, now, units, accounts: vec![], devices: vec![], ops: vec![], pens: HashMap::new() }
    }
    fn ward(&self) -> UnitId {
        self.units[1].id
    }
    fn cell(&self, index: usize) -> UnitId {
        self.units[2 + index].id
    }
    /// An account with one role.
    fn account(
        &mut self,
        name: &str,
        member: Option<MemberId>,
        role: Role,
        unit: UnitId,
        code: Option<&'static str>,
    ) -> AccountId {
        let id = AccountId(self.rng.uuid());
        self.accounts.push(DemoAccount {
            id,
            name: name.to_owned(),
            member,
            grants: vec![Grant::new(role, unit)],
            code,
        });
        id
    }
    /// A device of an account, seen so many hours ago for the last time.
    fn device(&mut self, account: AccountId, name: &str, hours_ago: i64, unsent: Option<u32>) {
        let id = DeviceId(self.rng.uuid());
        let last_seen = self.now.plus(-hours_ago * 3_600_000);
        let since = last_seen.min(self.now.plus(-470 * Millis::DAY)).plus(-self.rng.between(0, Millis::DAY));
        self.devices.push(DemoDevice { id, account, name: name.to_owned(), since, last_seen, unsent });
        let pen = Pen { device: id, writer: self.rng.uuid(), session: self.rng.uuid(), n: 0 };
        self.pens.entry(account).or_insert(pen);
    }
    fn has_device(&self, account: AccountId) -> bool {
        self.pens.contains_key(&account)
    }
    /// Writes an op. The account must have a device.
    fn write(&mut self, account: AccountId, unit: UnitId, at: Millis, deps: Vec<OpId>, body: Body) -> OpId {
        let id = OpId(uuid_v7(at, self.rng.ten()));
        let nobody = Pen { device: DeviceId(Uuid::nil()), writer: Uuid::nil(), session: Uuid::nil(), n: 0 };
        let pen = self.pens.entry(account).or_insert(nobody);
        pen.n += 1;
        let (k, kv) = body.kind();
        let op = Op {
            v: ENVELOPE,
            id,
            dev: pen.device,
            w: pen.writer,
            n: pen.n,
            act: account,
            u: unit,
            k: k.to_owned(),
            kv,
            deps,
            b: body.to_value(),
            t: at,
            m: i64::from(pen.n) * 1000,
            s: pen.session,
            app: "demo".to_owned(),
        };
        self.ops.push(DemoOp { op, body, at });
        id
    }
    fn finish(mut self) -> Demo {
        // Stable: what was written first stays first within a moment.
        self.ops.sort_by_key(|o| o.at);
        Demo { units: self.units, accounts: self.accounts, devices: self.devices, ops: self.ops }
    }
}
