//! Taking ops in (design.md §4): one result per op, in order, after a durable commit. The rules are `domain::decide`; here is
//! only what it needs to know, and what follows from its verdict.

use super::db::query_scalar;
use super::held;
use super::log::{self, Line, Ruled};
use super::records;
use super::tx::{Lock, Tx};
use super::{Store, StoreError};
use domain::account::Actor;
use domain::decide::{Facts, Verdict, WaitsFor, Why, decide};
use domain::id::{AccountId, DeviceId, OpId, UnitId, uuid_v7};
use domain::member::Member;
use domain::op::{BadOp, Body, ENVELOPE, Op};
use domain::presence::Who;
use domain::time::Millis;
use domain::unit::UnitTree;
use domain::wire::{OpResult, Ruling};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// Whose request brings the ops.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    /// The account signed in.
    pub account: AccountId,
    /// The device signed in.
    pub device: DeviceId,
}

/// A push, as it came.
#[derive(Debug)]
pub struct Incoming {
    /// Whose request.
    pub from: Sender,
    /// The phone's wall clock at sending.
    pub now_t: Millis,
    /// Its monotonic clock.
    pub now_m: i64,
    /// Its boot session.
    pub session: Uuid,
    /// The ops byte for byte.
    pub ops: Vec<String>,
}

/// An op of this server, in the name of the person who confirmed the change.
#[must_use]
pub fn made_here(account: AccountId, unit: UnitId, body: &Body, at: Millis, writer: Uuid, n: u32) -> Op {
    let (kind, version) = body.kind();
    Op {
        v: ENVELOPE,
        id: OpId(uuid_v7(at, rand::random())),
        dev: DeviceId(Uuid::nil()),
        w: writer,
        n,
        act: account,
        u: unit,
        k: kind.to_owned(),
        kv: version,
        deps: Vec::new(),
        b: body.to_value(),
        t: at,
        m: 0,
        s: writer,
        app: "server".to_owned(),
    }
}

/// An op with its bytes, read before the writer's turn.
struct Read {
    raw: String,
    op: Result<Op, BadOp>,
}

impl Store {
    /// Takes ops in. One result per op, in order.
    pub async fn push(&self, incoming: Incoming) -> Result<Vec<OpResult>, StoreError> {
        let Incoming { from, now_t, now_m, session, ops } = incoming;
        let ops: Arc<[Read]> = ops.into_iter().map(|raw| Read { op: Op::parse(&raw), raw }).collect();
        let units = self.units();
        let streams: BTreeSet<UnitId> =
            ops.iter().filter_map(|read| read.op.as_ref().ok()).map(|op| stream_of(&units, op.u)).collect();
        self.write_to(streams.into_iter().map(Lock::Stream).collect(), move |tx| {
            Box::pin(async move {
                let clock = PhoneClock { now_t, now_m, session };
                match take_all(tx, from, clock, &ops, false).await {
                    Ok(results) => Ok(results),
                    // One of them cannot be written: again from the start, each in a savepoint of its own.
                    Err(error) => {
                        tracing::error!(%error, ops = ops.len(), "an op could not be written; each is tried alone");
                        tx.changed.clear();
                        tx.forget();
                        tx.run("rollback to job").await?;
                        take_all(tx, from, clock, &ops, true).await
                    }
                }
            })
        })
        .await
    }

    /// Changes made by the server in the name of the person who confirmed them: all or nothing, through the same `decide` and log.
    pub async fn submit_ops(&self, actor: &Actor, bodies: Vec<(UnitId, Body)>) -> Result<Vec<OpResult>, StoreError> {
        let actor = actor.account;
        let units = self.units();
        let streams: BTreeSet<UnitId> = bodies.iter().map(|(unit, _)| stream_of(&units, *unit)).collect();
        self.write_to(streams.into_iter().map(Lock::Stream).collect(), move |tx| {
            Box::pin(async move {
                let writer = Uuid::new_v4();
                let mut results = Vec::with_capacity(bodies.len());
                for (n, (unit, body)) in (1u32..).zip(&bodies) {
                    let op = made_here(actor, *unit, body, tx.now, writer, n);
                    let result = take(tx, &op, &op.encode(), tx.now).await?;
                    if result.r != Ruling::Applied {
                        return Err(StoreError::Rejected {
                            index: results.len(),
                            why: result.why.unwrap_or(Why::Other),
                        });
                    }
                    results.push(result);
                }
                Ok(results)
            })
        })
        .await
    }
}

/// What the phone's clocks showed when it sent.
#[derive(Clone, Copy)]
struct PhoneClock {
    now_t: Millis,
    now_m: i64,
    session: Uuid,
}

impl PhoneClock {
    /// When an op was made by the server's clock, estimated from its age, so that a constant error cancels. For showing only.
    fn estimate(self, op: &Op, now: Millis) -> Millis {
        let age =
            if op.s == self.session { self.now_m.saturating_sub(op.m) } else { self.now_t.0.saturating_sub(op.t.0) };
        Millis(now.0.saturating_sub(age.max(0)).max(0))
    }
}

async fn take_all(
    tx: &mut Tx,
    from: Sender,
    clock: PhoneClock,
    ops: &[Read],
    alone: bool,
) -> Result<Vec<OpResult>, StoreError> {
    let mut results = Vec::with_capacity(ops.len());
    for read in ops {
        let Ok(op) = &read.op else {
            results.push(bad(tx, from, &read.raw).await?);
            continue;
        };
        let at = clock.estimate(op, tx.now);
        if !alone {
            results.push(receive(tx, from, op, &read.raw, at).await?);
            continue;
        }
        tx.flush().await?;
        let changed = tx.changed.len();
        tx.run("savepoint op").await?;
        let result = match receive(tx, from, op, &read.raw, at).await {
            Ok(result) => {
                tx.flush().await?;
                result
            }
            Err(error) => {
                tracing::error!(%error, op = %op.id, "this op cannot be written; it is kept aside");
                tx.changed.truncate(changed);
                tx.forget();
                tx.run("rollback to op").await?;
                keep_aside(tx, op, &read.raw, at).await?
            }
        };
        tx.run("release op").await?;
        results.push(result);
    }
    Ok(results)
}

/// No envelope. The bytes are kept when they have an id that a person could look for.
async fn bad(tx: &mut Tx, from: Sender, raw: &str) -> Result<OpResult, StoreError> {
    #[derive(serde::Deserialize)]
    struct OnlyId {
        id: OpId,
    }
    let id = serde_json::from_str::<OnlyId>(raw).ok().map(|o| o.id);
    if let Some(id) = id {
        log::quarantine(tx, id, &from, "bad", raw).await?;
    }
    Ok(OpResult {
        id: id.unwrap_or(OpId(Uuid::nil())),
        r: Ruling::Bad,
        seq: None,
        why: Some(Why::BadBody),
        stored: None,
    })
}

async fn keep_aside(tx: &mut Tx, op: &Op, raw: &str, at: Millis) -> Result<OpResult, StoreError> {
    let ruled = Ruled { ruling: Ruling::Held, why: Some(Why::Other), wait: None, role: None };
    let seq = add_line(tx, op, raw, at, &ruled).await?;
    Ok(OpResult { id: op.id, r: Ruling::Held, seq: Some(seq), why: Some(Why::Other), stored: None })
}

/// Known already? From somebody who may send it? Then it is decided.
async fn receive(tx: &mut Tx, from: Sender, op: &Op, raw: &str, at: Millis) -> Result<OpResult, StoreError> {
    // Before anything is read that the decision rests on.
    tx.lock(stream_of(&tx.units, op.u)).await?;
    if let Some(known) = log::known(&mut tx.conn, op.id).await? {
        if known.raw == raw {
            return Ok(OpResult { r: Ruling::Dup, stored: Some(known.result.r), ..known.result });
        }
        log::quarantine(tx, op.id, &from, "clash", raw).await?;
        let why = Some(Why::SameIdOtherBytes);
        return Ok(OpResult { id: op.id, r: Ruling::Clash, seq: None, why, stored: Some(known.result.r) });
    }
    if !sent_by_right(tx, from, op).await? {
        return refuse(tx, op, raw, at, Why::OtherAccount).await;
    }
    take(tx, op, raw, at).await
}

/// A phone sends ops of the account signed in, and what still waits of an account that signed in on this very device before.
async fn sent_by_right(tx: &mut Tx, from: Sender, op: &Op) -> Result<bool, StoreError> {
    if op.act == from.account {
        return Ok(true);
    }
    if op.dev != from.device {
        return Ok(false);
    }
    let found: Option<i64> =
        query_scalar("select cast(1 as bigint) from device_account where device = $1 and account = $2")
            .bind(op.dev.0)
            .bind(op.act.0)
            .fetch_optional(&mut tx.conn)
            .await?;
    Ok(found.is_some())
}

async fn refuse(tx: &mut Tx, op: &Op, raw: &str, at: Millis, why: Why) -> Result<OpResult, StoreError> {
    let ruled = Ruled { ruling: Ruling::Refused, why: Some(why), wait: None, role: None };
    let seq = add_line(tx, op, raw, at, &ruled).await?;
    Ok(OpResult { id: op.id, r: Ruling::Refused, seq: Some(seq), why: Some(why), stored: None })
}

/// The stream of an op of that unit; those of units that nobody knows share one.
pub(super) fn stream_of(units: &UnitTree, unit: UnitId) -> UnitId {
    if units.get(unit).is_some() { units.stream(unit) } else { UnitId(Uuid::nil()) }
}

async fn add_line(tx: &mut Tx, op: &Op, raw: &str, at: Millis, ruled: &Ruled) -> Result<u64, StoreError> {
    let stream = stream_of(&tx.units, op.u);
    let seq = tx.next_seq(stream).await?;
    log::add(tx, &Line { stream, seq, op, raw, at }, ruled).await?;
    Ok(seq)
}

/// Decides a new op, writes it and what follows, and looks at those who waited for it.
pub(super) async fn take(tx: &mut Tx, op: &Op, raw: &str, at: Millis) -> Result<OpResult, StoreError> {
    tx.lock(stream_of(&tx.units, op.u)).await?;
    let (verdict, body) = judge(tx, op, at).await?;
    let ruled = ruled_by(&verdict);
    let seq = add_line(tx, op, raw, at, &ruled).await?;
    match verdict {
        Verdict::Apply(effect) => {
            let keys = log::freed_by(op.id, &effect);
            records::apply(tx, op.id, seq, true, effect).await?;
            held::release(tx, keys.into()).await?;
        }
        Verdict::Hold(why, _) => held::show(tx, op, body.as_ref(), why, at, Some(seq)).await?,
        Verdict::Refuse(_) => {}
    }
    Ok(OpResult { id: op.id, r: ruled.ruling, seq: Some(seq), why: ruled.why, stored: None })
}

pub(super) fn ruled_by(verdict: &Verdict) -> Ruled {
    match verdict {
        Verdict::Apply(effect) => Ruled { ruling: Ruling::Applied, why: None, wait: None, role: log::role_of(effect) },
        Verdict::Hold(why, waits) => {
            Ruled { ruling: Ruling::Held, why: Some(*why), wait: log::wait_key(*waits), role: None }
        }
        Verdict::Refuse(why) => Ruled { ruling: Ruling::Refused, why: Some(*why), wait: None, role: None },
    }
}

/// `decide` with what the database knows.
pub(super) async fn judge(tx: &mut Tx, op: &Op, at: Millis) -> Result<(Verdict, Option<Body>), StoreError> {
    let body = match op.body() {
        Ok(Some(body)) if op.v == ENVELOPE => body,
        Ok(_) => return Ok((Verdict::Hold(Why::UnknownKind, WaitsFor::Nothing), None)),
        Err(_) => return Ok((Verdict::Refuse(Why::BadBody), None)),
    };
    let Some(actor) = tx.actor(op.act).await? else {
        return Ok((Verdict::Refuse(Why::OtherAccount), Some(body)));
    };
    let facts = facts(tx, &actor, op, &body).await?;
    let now = tx.now;
    Ok((decide(&actor, &tx.units, &facts, op, &body, at, now), Some(body)))
}

async fn facts(tx: &mut Tx, actor: &Actor, op: &Op, body: &Body) -> Result<Facts, StoreError> {
    let missing_dep = log::missing(&mut tx.conn, &op.deps).await?;
    let mut facts = Facts { missing_dep, ..Facts::default() };
    if let Some(id) = body.meeting() {
        facts.meeting = records::get(&mut tx.conn, "meeting", &id.to_string()).await?;
    }
    match body.who() {
        Some(Who::Member(id)) => facts.member = records::get::<Member>(&mut tx.conn, "member", &id.to_string()).await?,
        Some(Who::Guest(id)) => facts.guest = records::get(&mut tx.conn, "guest", &id.to_string()).await?,
        None => {}
    }
    if let Some(id) = body.notice() {
        facts.notice = records::get(&mut tx.conn, "notice", &id.to_string()).await?;
        if let (Body::NoticeRead { .. }, Some(member)) = (body, actor.member) {
            facts.own = records::get(&mut tx.conn, "member", &member.to_string()).await?;
        }
    }
    Ok(facts)
}
