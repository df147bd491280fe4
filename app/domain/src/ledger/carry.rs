//! Carried ops at the server (the rule: [`crate::carry`]): taken in, put aside, set free. What is put aside lies in the log as *held* under
//! a key of its own; who brought it stands in the quarantine.

use super::{Ledger, Line, PhoneClock, Put, Read, Ruled, Sender, closing, held, json, stream_of, take};
use crate::carry::{is_set_aside, may_vouch};
use crate::decide::Why;
use crate::id::{AccountId, OpId};
use crate::op::{Body, ENVELOPE, Op};
use crate::time::Millis;
use crate::wire::{HeldOp, OpResult, Ruling};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The key under which a carried op waits for somebody.
#[must_use]
pub fn key(id: OpId) -> String {
    format!("carried:{id}")
}

/// Takes in what a person brings in a file. One result per op, in order. An op that cannot be written fails all of it; sent again, each
/// op finds what is there already.
pub async fn deliver<L: Ledger>(
    ledger: &mut L,
    from: Sender,
    clock: PhoneClock,
    ops: &[Read],
) -> Result<Vec<OpResult>, L::Fault> {
    let mut results = Vec::with_capacity(ops.len());
    for read in ops {
        let result = match &read.op {
            Ok(op) => {
                let at = clock.estimate(op, ledger.now());
                one(ledger, from, op, &read.raw, at).await?
            }
            Err(_) => {
                OpResult { id: OpId(Uuid::nil()), r: Ruling::Bad, seq: None, why: Some(Why::BadBody), stored: None }
            }
        };
        results.push(result);
    }
    Ok(results)
}

async fn one<L: Ledger>(ledger: &mut L, from: Sender, op: &Op, raw: &str, at: Millis) -> Result<OpResult, L::Fault> {
    ledger.lock(stream_of(&ledger.units(), op.u)).await?;
    let own = is_right(ledger, from, op).await?;
    if let Some(known) = ledger.known(op.id).await? {
        if known.raw != raw {
            ledger.quarantine(op.id, from, "clash", raw).await?;
            let why = Some(Why::SameIdOtherBytes);
            return Ok(OpResult { id: op.id, r: Ruling::Clash, seq: None, why, stored: Some(known.result.r) });
        }
        let result = if is_set_aside(&known.result) && (own || vouched(ledger, from.account, op).await?) {
            set_free(ledger, op.id, known.result).await?
        } else {
            known.result
        };
        return Ok(OpResult { r: Ruling::Dup, stored: Some(result.r), ..result });
    }
    if own {
        return take(ledger, op, raw, at).await;
    }
    // Who brought it, and what exactly.
    ledger.quarantine(op.id, from, "carried", raw).await?;
    if vouched(ledger, from.account, op).await? {
        return take(ledger, op, raw, at).await;
    }
    put_aside(ledger, from, op, raw, at).await
}

/// Comes from whoever made it: the account signed in, or one that signed in on this very device before.
pub(super) async fn is_right<L: Ledger>(ledger: &mut L, from: Sender, op: &Op) -> Result<bool, L::Fault> {
    Ok(op.act == from.account || op.dev == from.device && ledger.has_signed_in(op.dev, op.act).await?)
}

/// The person may do that thing himself, and the author is known to have used the phone that the op names.
async fn vouched<L: Ledger>(ledger: &mut L, who: AccountId, op: &Op) -> Result<bool, L::Fault> {
    Ok(ledger.has_signed_in(op.dev, op.act).await? && accepts(ledger, who, op).await?)
}

async fn accepts<L: Ledger>(ledger: &mut L, who: AccountId, op: &Op) -> Result<bool, L::Fault> {
    let Some(actor) = ledger.actor(who).await? else { return Ok(false) };
    let (units, now) = (ledger.units(), ledger.now());
    Ok(may_vouch(&actor, op.u, body_of(op).as_ref(), &units, now))
}

fn body_of(op: &Op) -> Option<Body> {
    op.body().ok().flatten().filter(|_| op.v == ENVELOPE)
}

async fn put_aside<L: Ledger>(
    ledger: &mut L,
    from: Sender,
    op: &Op,
    raw: &str,
    at: Millis,
) -> Result<OpResult, L::Fault> {
    let (stream, why) = (stream_of(&ledger.units(), op.u), Some(Why::Carried));
    let seq = ledger.next_seq(stream).await?;
    let ruled = Ruled { ruling: Ruling::Held, why, wait: Some(key(op.id)), role: None };
    ledger.add(&Line { stream, seq, op, raw, at }, &ruled).await?;
    if ledger.units().get(op.u).is_some() {
        let (by_name, brought) = (ledger.account_name(op.act).await?, ledger.account_name(from.account).await?);
        let body = body_of(op);
        let held = HeldOp {
            id: op.id,
            unit: op.u,
            kind: op.k.clone(),
            by: op.act,
            by_name,
            why: Why::Carried,
            meeting: body.as_ref().and_then(Body::meeting),
            who: body.as_ref().and_then(Body::who),
            at,
            brought: Some(brought),
        };
        let (id, unit) = (op.id.to_string(), op.u);
        let (owner, body_text) = (Some(Uuid::nil()), Some(json("held", &held)?));
        ledger.put(Put { table: "held", id: &id, unit, owner, seq: Some(seq), due: None, body: body_text }).await?;
        closing::arrived(ledger, op.id, body.as_ref()).await?;
    }
    Ok(OpResult { id: op.id, r: Ruling::Held, seq: Some(seq), why, stored: None })
}

/// Decides an op that was put aside, as if its author had just brought it. What was decided.
pub(super) async fn set_free<L: Ledger>(ledger: &mut L, id: OpId, before: OpResult) -> Result<OpResult, L::Fault> {
    unseal(ledger, id).await?;
    held::release(ledger, [key(id)].into()).await?;
    Ok(ledger.known(id).await?.map_or(before, |known| known.result))
}

/// From now on it waits as any held op does; whoever releases its [`key`] next has it decided.
async fn unseal<L: Ledger>(ledger: &mut L, id: OpId) -> Result<(), L::Fault> {
    let ruled = Ruled { ruling: Ruling::Held, why: Some(Why::Other), wait: Some(key(id)), role: None };
    ledger.rule(id, &ruled).await
}

/// A person accepts carried ops. Those that this person may not vouch for stay put aside; the rest is decided when their keys are
/// released, which follows every applied op.
pub(super) async fn accept<L: Ledger>(ledger: &mut L, who: AccountId, ids: &BTreeSet<OpId>) -> Result<(), L::Fault> {
    for id in ids {
        let Some(known) = ledger.known(*id).await?.filter(|k| is_set_aside(&k.result)) else { continue };
        let Ok(op) = Op::parse(&known.raw) else { continue };
        ledger.lock(stream_of(&ledger.units(), op.u)).await?;
        if accepts(ledger, who, &op).await? {
            unseal(ledger, *id).await?;
        }
    }
    Ok(())
}

/// True for a held line that only a person or its author may set free: whatever else changes, it stays.
pub(super) fn is_sealed(before: &OpResult) -> bool {
    before.why == Some(Why::Carried)
}
