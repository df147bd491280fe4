//! The register that every world begins with, and the names of those in it.

use crate::server::{EPOCH_MS, Server, State, Tx};
use domain::account::{Actor, Grant, Role};
use domain::id::{AccountId, DeviceId, MemberId, OpId, UnitId};
use domain::member::{Member, PersonName};
use domain::op::{Body, ENVELOPE, Op};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind, UnitTree};
use domain::wire::Ruling;
use std::sync::Arc;
use uuid::Uuid;

pub const WARD: UnitId = UnitId(Uuid::from_u128(0x11));
pub const CELLS: [UnitId; 2] = [UnitId(Uuid::from_u128(0x12)), UnitId(Uuid::from_u128(0x13))];
pub const BUILD: &str = "sim";

pub fn member_id(cell: usize, n: usize) -> MemberId {
    MemberId(Uuid::from_u128(0x5000 + (cell as u128) * 0x100 + n as u128))
}
pub fn secretary(n: usize) -> AccountId {
    AccountId(Uuid::from_u128(0x200 + n as u128))
}
pub fn member_account(cell: usize, n: usize) -> AccountId {
    AccountId(Uuid::from_u128(0x300 + (cell as u128) * 0x20 + n as u128))
}
pub const WARD_ACCOUNT: AccountId = AccountId(Uuid::from_u128(0x100));

/// The register: one ward, two cells, members, two secretaries for the first cell and one for the second.
pub fn register(members: usize) -> State {
    let mut state = State::default();
    let unit =
        |id, parent, kind| Unit { id, parent, kind, name: "Đơn vị".into(), online_allowed: false, closed: false };
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
    for (cell, unit) in CELLS.into_iter().enumerate() {
        for n in 0..members {
            actor(member_account(cell, n), Some(member_id(cell, n)), Role::Member, unit);
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
    for (cell, unit) in CELLS.into_iter().enumerate() {
        for m in 0..members {
            let name = PersonName::parse("Nguyễn Văn Thử").unwrap();
            put(
                &mut tx,
                secretary(cell * 2),
                unit,
                &Body::MemberPut { member: Member::new(member_id(cell, m), unit, name) },
            );
        }
    }
    tx.state
}

pub fn made_op(id: OpId, w: Uuid, n: u32, act: AccountId, u: UnitId, body: &Body) -> Op {
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
