//! Tables, properties and stories of the phone's sync, one theme a file. Here: what they have in common.

mod answers;
mod outbox;
mod phone;
mod properties;
mod pulls;
mod view;

use super::*;
use crate::decide::Why;
use crate::id::{AccountId, DeviceId, MeetingId, MemberId, OpId, UnitId};
use crate::op::{Body, ENVELOPE, How, Op};
use crate::presence::{PresentAs, Who};
use crate::time::Millis;
use crate::wire::{OpResult, Ruling};
use uuid::Uuid;

/// The server's epoch in these tests.
const EPOCH: Uuid = Uuid::from_u128(0xe);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}
fn op_of(n: u32, writer: u128, t: i64, body: &Body, deps: Vec<OpId>) -> Op {
    let (kind, version) = body.kind();
    Op {
        v: ENVELOPE,
        id: OpId(id(writer * 1_000_000 + u128::from(n))),
        dev: DeviceId(id(1)),
        w: id(writer),
        n,
        act: AccountId(id(2)),
        u: UnitId(id(3)),
        k: kind.to_owned(),
        kv: version,
        deps,
        b: body.to_value(),
        t: Millis(t),
        m: 0,
        s: id(writer),
        app: "test".to_owned(),
    }
}
fn present(member: u128) -> Body {
    Body::Present {
        meeting: MeetingId(id(10)),
        who: Who::Member(MemberId(id(member))),
        present: PresentAs::OnTime,
        how: How::Roll,
        code: None,
    }
}
fn op(n: u32, writer: u128, t: i64) -> Op {
    op_of(n, writer, t, &present(u128::from(n)), vec![])
}
fn local(op: &Op) -> LocalCopy {
    LocalCopy { key: op.id.to_string(), raw: op.encode() }
}
fn idb(op: &Op, stage: Stage) -> IdbCopy {
    IdbCopy { key: op.id.to_string(), raw: op.encode(), stage: stage.write() }
}
fn outcome(r: Ruling) -> Outcome {
    Outcome { r, seq: Some(7), why: None, at: Millis(5), epoch: Some(EPOCH) }
}
fn in_book() -> Stage {
    Stage::InBook { outcome: outcome(Ruling::Applied), pulled: false }
}
fn entry(op: Op, stage: Stage) -> Entry {
    let raw = op.encode();
    Entry::from_record(&Record { id: op.id, raw, stage }, op)
}
fn word(r: Ruling, stored: Option<Ruling>, why: Option<Why>) -> OpResult {
    OpResult { id: OpId(id(1)), r, seq: Some(9), why, stored }
}
