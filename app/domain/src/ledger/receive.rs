//! Taking ops in (design.md §4): one result per op, in order. The rules are [`decide`]; here is what it needs to know, and what follows
//! from its verdict. Nothing of it may be told to anybody before the transaction is durable.

use super::{Ledger, Line, Part, Ruled, apply, carry, closing, held, read};
use crate::account::{Actor, Role};
use crate::bugs::{self, Bug};
use crate::carry::is_set_aside;
use crate::decide::{Effect, Facts, Verdict, WaitsFor, Why, decide};
use crate::id::{AccountId, DeviceId, OpId, UnitId};
use crate::op::{BadOp, Body, ENVELOPE, Op};
use crate::presence::Who;
use crate::time::Millis;
use crate::unit::UnitTree;
use crate::wire::{OpResult, Ruling};
use serde::Deserialize;
use uuid::Uuid;

/// Whose request brings the ops.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    /// The account signed in.
    pub account: AccountId,
    /// The device signed in.
    pub device: DeviceId,
}

/// An op with its bytes.
#[derive(Debug)]
pub struct Read {
    /// Bytes, as they came.
    pub raw: String,
    /// The envelope, if they are one.
    pub op: Result<Op, BadOp>,
}

impl Read {
    /// Reads an envelope and keeps the bytes.
    #[must_use]
    pub fn new(raw: String) -> Self {
        Self { op: Op::parse(&raw), raw }
    }
}

/// What the phone's clocks showed when it sent.
#[derive(Clone, Copy, Debug)]
pub struct PhoneClock {
    /// Wall clock.
    pub now_t: Millis,
    /// Monotonic clock.
    pub now_m: i64,
    /// Boot session.
    pub session: Uuid,
}

impl PhoneClock {
    /// When an op was made by the server's clock, estimated from its age, so that a constant error cancels. For showing only.
    #[must_use]
    pub fn estimate(self, op: &Op, now: Millis) -> Millis {
        let age =
            if op.s == self.session { self.now_m.saturating_sub(op.m) } else { self.now_t.0.saturating_sub(op.t.0) };
        Millis(now.0.saturating_sub(age.max(0)).max(0))
    }
}

/// What became of a push.
#[derive(Debug, Default)]
pub struct Received {
    /// One result per op, in order.
    pub results: Vec<OpResult>,
    /// Writers of which another op has the same number: two phones count under one writer.
    pub twins: Vec<Uuid>,
}

/// Takes ops in. When one of them cannot be written, all of this push is undone and each is tried again alone, so that one delays no
/// other.
pub async fn receive_all<L: Ledger>(
    ledger: &mut L,
    from: Sender,
    clock: PhoneClock,
    ops: &[Read],
) -> Result<Received, L::Fault> {
    take_in(ledger, Way { from, clock, by: By::Phone }, ops).await
}

/// How ops come in.
#[derive(Clone, Copy)]
pub(super) struct Way {
    /// Who brings them.
    pub from: Sender,
    /// The clock of the phone that sends.
    pub clock: PhoneClock,
    /// What brings them.
    pub by: By,
}

/// What brings ops.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// A phone that is signed in, its own.
    Phone,
    /// A person in a file: what is not the sender's own is not refused for that ([`carry`]).
    Hand,
    /// A phone that was signed out from elsewhere: what would be decided is put aside ([`carry`]).
    SignedOut,
}

/// See [`receive_all`].
pub(super) async fn take_in<L: Ledger>(ledger: &mut L, way: Way, ops: &[Read]) -> Result<Received, L::Fault> {
    ledger.begin(Part::Push).await?;
    let taken = match together(ledger, way, ops).await {
        // Here a store that writes in groups finds out that something cannot be written.
        Ok(received) => ledger.end(Part::Push).await.map(|()| received),
        Err(fault) => Err(fault),
    };
    match taken {
        Ok(received) => Ok(received),
        Err(fault) => {
            ledger.report("an op could not be written; each is tried alone", None, &fault);
            ledger.undo(Part::Push).await?;
            let mut received = Received::default();
            for read in ops {
                let taken = alone(ledger, way, read).await?;
                received.note(read, taken);
            }
            Ok(received)
        }
    }
}

async fn together<L: Ledger>(ledger: &mut L, way: Way, ops: &[Read]) -> Result<Received, L::Fault> {
    let mut received = Received::default();
    for read in ops {
        let taken = one(ledger, way, read).await?;
        received.note(read, taken);
    }
    Ok(received)
}

/// What became of one op.
#[derive(Debug)]
pub(super) struct Taken {
    result: OpResult,
    /// It is new, and another op of its writer has the same number. Not said for what was known before: it was said with the first
    /// answer, and a phone that missed that finds out with its next op.
    twin: bool,
}

impl Taken {
    /// Nothing new came into the log.
    const fn known(result: OpResult) -> Self {
        Self { result, twin: false }
    }
    /// A new line of the log.
    pub(super) const fn line(op: OpId, ruling: Ruling, why: Option<Why>, Added { seq, twin }: Added) -> Self {
        Self { result: OpResult { id: op, r: ruling, seq: Some(seq), why, stored: None }, twin }
    }
}

impl Received {
    fn note(&mut self, read: &Read, Taken { result, twin }: Taken) {
        if let Ok(op) = &read.op
            && twin
            && !self.twins.contains(&op.w)
        {
            self.twins.push(op.w);
        }
        self.results.push(result);
    }
}

async fn one<L: Ledger>(ledger: &mut L, way: Way, read: &Read) -> Result<Taken, L::Fault> {
    match &read.op {
        Ok(op) => {
            let at = way.clock.estimate(op, ledger.now());
            receive(ledger, way, op, &read.raw, at).await
        }
        Err(_) => bad(ledger, way.from, &read.raw).await,
    }
}

async fn alone<L: Ledger>(ledger: &mut L, way: Way, read: &Read) -> Result<Taken, L::Fault> {
    ledger.begin(Part::Op).await?;
    let taken = match one(ledger, way, read).await {
        Ok(taken) => taken,
        Err(fault) => {
            let id = read.op.as_ref().ok().map(|op| op.id);
            ledger.report("this op cannot be written; it is kept aside", id, &fault);
            ledger.undo(Part::Op).await?;
            match &read.op {
                Ok(op) => keep_aside(ledger, op, &read.raw, way.clock.estimate(op, ledger.now())).await?,
                Err(_) => bad_result(None),
            }
        }
    };
    ledger.end(Part::Op).await?;
    Ok(taken)
}

/// No envelope. The bytes are kept when they have an id that a person could look for.
async fn bad<L: Ledger>(ledger: &mut L, from: Sender, raw: &str) -> Result<Taken, L::Fault> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: OpId,
    }
    let id = serde_json::from_str::<OnlyId>(raw).ok().map(|o| o.id);
    if let Some(id) = id {
        ledger.quarantine(id, from, "bad", raw).await?;
    }
    Ok(bad_result(id))
}

fn bad_result(id: Option<OpId>) -> Taken {
    let id = id.unwrap_or(OpId(Uuid::nil()));
    Taken::known(OpResult { id, r: Ruling::Bad, seq: None, why: Some(Why::BadBody), stored: None })
}

async fn keep_aside<L: Ledger>(ledger: &mut L, op: &Op, raw: &str, at: Millis) -> Result<Taken, L::Fault> {
    let ruled = Ruled { ruling: Ruling::Held, why: Some(Why::Other), wait: None, role: None };
    let added = add_line(ledger, op, raw, at, &ruled).await?;
    Ok(Taken::line(op.id, Ruling::Held, ruled.why, added))
}

/// Known already? From somebody who may send it? Then it is decided.
async fn receive<L: Ledger>(ledger: &mut L, way: Way, op: &Op, raw: &str, at: Millis) -> Result<Taken, L::Fault> {
    let from = way.from;
    // Before anything is read that the decision rests on.
    ledger.lock(stream_of(&ledger.units(), op.u)).await?;
    if bugs::on(Bug::RejectOnClock) && (op.t.0 - ledger.now().0).abs() > Millis::DAY {
        return refuse(ledger, op, raw, at, Why::Other).await;
    }
    if let Some(known) = ledger.known(op.id).await?.filter(|_| !bugs::on(Bug::NoDedupe)) {
        if ledger.is_same(&known, raw) {
            let result = if is_set_aside(&known.result) && carry::may_free(ledger, way, op).await? {
                carry::set_free(ledger, op.id, known.result).await?
            } else {
                known.result
            };
            return Ok(Taken::known(OpResult { r: Ruling::Dup, stored: Some(result.r), ..result }));
        }
        ledger.quarantine(op.id, from, "clash", raw).await?;
        let (why, stored) = (Some(Why::SameIdOtherBytes), Some(known.result.r));
        return Ok(Taken::known(OpResult { id: op.id, r: Ruling::Clash, seq: None, why, stored }));
    }
    if !carry::is_right(ledger, from, op).await? {
        if way.by == By::Hand {
            return carry::brought(ledger, from, op, raw, at).await;
        }
        return refuse(ledger, op, raw, at, Why::OtherAccount).await;
    }
    if way.by == By::SignedOut {
        return carry::put_aside(ledger, op, raw, at, (Why::Revoked, None)).await;
    }
    decided(ledger, op, raw, at).await
}

async fn refuse<L: Ledger>(ledger: &mut L, op: &Op, raw: &str, at: Millis, why: Why) -> Result<Taken, L::Fault> {
    let ruled = Ruled { ruling: Ruling::Refused, why: Some(why), wait: None, role: None };
    let added = add_line(ledger, op, raw, at, &ruled).await?;
    Ok(Taken::line(op.id, Ruling::Refused, ruled.why, added))
}

/// The stream of an op of that unit; those of units that nobody knows share one.
#[must_use]
pub fn stream_of(units: &UnitTree, unit: UnitId) -> UnitId {
    if units.get(unit).is_some() { units.stream(unit) } else { UnitId(Uuid::nil()) }
}

/// A line that came into the log.
#[derive(Clone, Copy)]
pub(super) struct Added {
    pub seq: u64,
    /// Another op of its writer has the same number.
    twin: bool,
}

pub(super) async fn add_line<L: Ledger>(
    ledger: &mut L,
    op: &Op,
    raw: &str,
    at: Millis,
    ruled: &Ruled,
) -> Result<Added, L::Fault> {
    let stream = stream_of(&ledger.units(), op.u);
    let seq = ledger.next_seq(stream).await?;
    let twin = ledger.add(&Line { stream, seq, op, raw, at }, ruled).await?;
    Ok(Added { seq, twin })
}

/// Decides a new op, writes it and what follows, and looks at those who waited for it. For ops that the server itself makes; what phones
/// send comes through [`receive_all`].
pub async fn take<L: Ledger>(ledger: &mut L, op: &Op, raw: &str, at: Millis) -> Result<OpResult, L::Fault> {
    Ok(decided(ledger, op, raw, at).await?.result)
}

pub(super) async fn decided<L: Ledger>(ledger: &mut L, op: &Op, raw: &str, at: Millis) -> Result<Taken, L::Fault> {
    ledger.lock(stream_of(&ledger.units(), op.u)).await?;
    let Judged { verdict, body, before } = judge(ledger, op, at, false).await?;
    let ruled = ruled_by(&verdict);
    let added @ Added { seq, twin } = add_line(ledger, op, raw, at, &ruled).await?;
    if twin && bugs::on(Bug::NumberAsKey) {
        let stored = Some(Ruling::Applied);
        return Ok(Taken::known(OpResult { id: op.id, r: Ruling::Dup, seq: None, why: None, stored }));
    }
    match verdict {
        Verdict::Apply(effect) => {
            let keys = freed_by(op.id, &effect);
            apply::apply(ledger, op.id, seq, true, effect, before).await?;
            held::release(ledger, keys.into()).await?;
        }
        Verdict::Hold(why, _) => {
            held::show(ledger, op, body.as_ref(), why, at, Some(seq), None).await?;
            closing::arrived(ledger, op.id, body.as_ref()).await?;
        }
        Verdict::Refuse(_) => closing::arrived(ledger, op.id, body.as_ref()).await?,
    }
    Ok(Taken::line(op.id, ruled.ruling, ruled.why, added))
}

pub(super) fn ruled_by(verdict: &Verdict) -> Ruled {
    match verdict {
        Verdict::Apply(effect) => Ruled { ruling: Ruling::Applied, why: None, wait: None, role: role_of(effect) },
        Verdict::Hold(why, waits) => {
            Ruled { ruling: Ruling::Held, why: Some(*why), wait: wait_key(*waits), role: None }
        }
        Verdict::Refuse(why) => Ruled { ruling: Ruling::Refused, why: Some(*why), wait: None, role: None },
    }
}

/// What was decided, and what was read for it.
pub(super) struct Judged {
    pub verdict: Verdict,
    /// The typed inside, when it is one.
    pub body: Option<Body>,
    /// The row that the effect changes.
    pub before: apply::Before,
}

/// [`decide`] with what the store knows. `vouched`: [`Facts::vouched`].
pub(super) async fn judge<L: Ledger>(ledger: &mut L, op: &Op, at: Millis, vouched: bool) -> Result<Judged, L::Fault> {
    let judged = |verdict, body| Ok(Judged { verdict, body, before: None });
    let body = match op.body() {
        Ok(Some(body)) if op.v == ENVELOPE => body,
        Ok(_) => return judged(Verdict::Hold(Why::UnknownKind, WaitsFor::Nothing), None),
        Err(_) => return judged(Verdict::Refuse(Why::BadBody), None),
    };
    let Some(actor) = ledger.actor(op.act).await? else {
        return judged(Verdict::Refuse(Why::OtherAccount), Some(body));
    };
    let facts = Facts { vouched, ..facts(ledger, &actor, op, &body).await? };
    let (units, now) = (ledger.units(), ledger.now());
    let verdict = decide(&actor, &units, &facts, op, &body, at, now);
    let Verdict::Apply(effect) = &verdict else { return judged(verdict, Some(body)) };
    let before = apply::before(ledger, effect).await?;
    if !apply::has_room(&before, effect) {
        return judged(Verdict::Refuse(Why::TooMany), Some(body));
    }
    Ok(Judged { verdict, body: Some(body), before })
}

async fn facts<L: Ledger>(ledger: &mut L, actor: &Actor, op: &Op, body: &Body) -> Result<Facts, L::Fault> {
    let mut facts = Facts { missing_dep: ledger.missing(&op.deps).await?, ..Facts::default() };
    if let Some(id) = body.meeting() {
        facts.meeting = read(ledger, "meeting", &id.to_string()).await?;
    }
    match body.who() {
        Some(Who::Member(id)) => facts.member = read(ledger, "member", &id.to_string()).await?,
        Some(Who::Guest(id)) => facts.guest = read(ledger, "guest", &id.to_string()).await?,
        None => {}
    }
    if let Body::MeetingClosedSeen { seen, .. } = body {
        for id in seen.named() {
            if ledger.known(id).await?.is_none() {
                facts.not_here.insert(id);
            }
        }
    }
    if let Some(id) = body.request() {
        facts.request = read(ledger, "request", &id.to_string()).await?;
    }
    if body.is_consent() {
        facts.consent = read(ledger, "consent", &actor.account.to_string()).await?;
    }
    if let Some(id) = body.notice() {
        facts.notice = read(ledger, "notice", &id.to_string()).await?;
        if let (Body::NoticeRead { .. }, Some(member)) = (body, actor.member) {
            facts.own = read(ledger, "member", &member.to_string()).await?;
        }
    }
    Ok(facts)
}

/// The key under which a held op waits. None: only a new build or a person helps.
fn wait_key(waits: WaitsFor) -> Option<String> {
    match waits {
        WaitsFor::Op(op) => Some(format!("op:{op}")),
        WaitsFor::Meeting(meeting) => Some(format!("meeting:{meeting}")),
        WaitsFor::Who(who) => Some(format!("who:{who}")),
        WaitsFor::Notice(notice) => Some(format!("notice:{notice}")),
        WaitsFor::Nothing => None,
    }
}

/// The keys of those whom an applied op may set free.
#[must_use]
pub fn freed_by(op: OpId, effect: &Effect) -> Vec<String> {
    let mut keys = vec![format!("op:{op}")];
    match effect {
        Effect::Meeting(m) => keys.push(format!("meeting:{}", m.id)),
        Effect::Guest(g) => keys.push(format!("who:{}", Who::Guest(g.id))),
        Effect::Notice(n) => keys.push(format!("notice:{}", n.id)),
        Effect::Member(m) => keys.push(format!("who:{}", m.id)),
        Effect::Accepted(_, ops) => keys.extend(ops.iter().map(|id| carry::key(*id))),
        Effect::Mark(..) | Effect::Void(..) | Effect::Read(..) | Effect::Request(_) | Effect::Consent(_) => {}
    }
    keys
}

/// The role in which an effect counts, where it matters.
const fn role_of(effect: &Effect) -> Option<Role> {
    match effect {
        Effect::Mark(_, _, witness) => Some(witness.role),
        Effect::Void(_, _, void) => Some(void.role),
        _ => None,
    }
}
