//! Carried ops at the server (the rule: [`crate::carry`]): taken in, put aside, set free. What is put aside lies in the log as *held* under
//! a key of its own; who brought it stands in the quarantine. So does what comes from a phone that was signed out from elsewhere.

use super::receive::{By, Taken, Way, add_line, decided, take_in};
use super::{Ledger, PhoneClock, Read, Received, Ruled, Sender, closing, held, stream_of};
use crate::carry::{has_lapsed, is_set_aside, may_vouch, waits_for_a_person};
use crate::decide::Why;
use crate::id::{AccountId, OpId};
use crate::op::{Body, ENVELOPE, Op};
use crate::time::Millis;
use crate::wire::{OpResult, Ruling};
use std::collections::BTreeSet;

/// The key under which a carried op waits for somebody.
#[must_use]
pub fn key(id: OpId) -> String {
    format!("carried:{id}")
}

/// Takes in what a person brings in a file. One result per op, in order; as a push ([`super::receive_all`]), but for what follows here.
pub async fn deliver<L: Ledger>(
    ledger: &mut L,
    from: Sender,
    clock: PhoneClock,
    ops: &[Read],
) -> Result<Received, L::Fault> {
    take_in(ledger, Way { from, clock, by: By::Hand }, ops).await
}

/// Takes in what a phone sends that was signed out from elsewhere: durable and held, never decided by itself. One result per op, in order.
pub async fn deliver_signed_out<L: Ledger>(
    ledger: &mut L,
    from: Sender,
    clock: PhoneClock,
    ops: &[Read],
) -> Result<Received, L::Fault> {
    take_in(ledger, Way { from, clock, by: By::SignedOut }, ops).await
}

/// May whoever brings an op that was put aside have it decided? Its author always, somebody who vouches when he brings the file; never a
/// phone that was signed out.
pub(super) async fn may_free<L: Ledger>(ledger: &mut L, way: Way, op: &Op) -> Result<bool, L::Fault> {
    Ok(match way.by {
        By::Phone => is_right(ledger, way.from, op).await?,
        By::Hand => is_right(ledger, way.from, op).await? || vouched(ledger, way.from.account, op).await?,
        By::SignedOut => false,
    })
}

/// A new op of somebody else: decided when its bringer may vouch for it, put aside when not.
pub(super) async fn brought<L: Ledger>(
    ledger: &mut L,
    from: Sender,
    op: &Op,
    raw: &str,
    at: Millis,
) -> Result<Taken, L::Fault> {
    // Who brought it, and what exactly.
    ledger.quarantine(op.id, from, "carried", raw).await?;
    if vouched(ledger, from.account, op).await? {
        return decided(ledger, op, raw, at).await;
    }
    let name = ledger.account_name(from.account).await?;
    put_aside(ledger, op, raw, at, (Why::Carried, Some(name))).await
}

/// A new op that waits for a person, and why; with the name of whoever brought it for somebody else.
pub(super) async fn put_aside<L: Ledger>(
    ledger: &mut L,
    op: &Op,
    raw: &str,
    at: Millis,
    (why, brought): (Why, Option<String>),
) -> Result<Taken, L::Fault> {
    let body = body_of(op);
    let ruled = Ruled { ruling: Ruling::Held, why: Some(why), wait: Some(key(op.id)), role: None };
    let added = add_line(ledger, op, raw, at, &ruled).await?;
    held::show(ledger, op, body.as_ref(), why, at, Some(added.seq), brought).await?;
    closing::arrived(ledger, op.id, body.as_ref()).await?;
    Ok(Taken::line(op.id, Ruling::Held, Some(why), added))
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

/// Decides an op that was put aside, as if its author had just brought it. What was decided.
pub(super) async fn set_free<L: Ledger>(ledger: &mut L, id: OpId, before: OpResult) -> Result<OpResult, L::Fault> {
    unseal(ledger, id, Why::Other).await?;
    held::release(ledger, [key(id)].into()).await?;
    Ok(ledger.known(id).await?.map_or(before, |known| known.result))
}

/// From now on it waits as any held op does; whoever releases its [`key`] next has it decided.
async fn unseal<L: Ledger>(ledger: &mut L, id: OpId, why: Why) -> Result<(), L::Fault> {
    let ruled = Ruled { ruling: Ruling::Held, why: Some(why), wait: Some(key(id)), role: None };
    ledger.rule(id, &ruled).await
}

/// A person accepts carried ops, or ops whose author's right has ended. Those that this person may not vouch for stay put aside; the rest is decided when their keys are
/// released, which follows every applied op.
pub(super) async fn accept<L: Ledger>(ledger: &mut L, who: AccountId, ids: &BTreeSet<OpId>) -> Result<(), L::Fault> {
    for id in ids {
        let Some(known) = ledger.known(*id).await? else { continue };
        let lapsed = has_lapsed(&known.result);
        if !lapsed && !is_set_aside(&known.result) {
            continue;
        }
        let Ok(op) = Op::parse(&known.raw) else { continue };
        ledger.lock(stream_of(&ledger.units(), op.u)).await?;
        if accepts(ledger, who, &op).await? {
            unseal(ledger, *id, if lapsed { Why::Vouched } else { Why::Other }).await?;
        }
    }
    Ok(())
}

/// True for a held line that only a person or its author may set free: whatever else changes, it stays.
pub(super) fn is_sealed(before: &OpResult) -> bool {
    before.why.is_some_and(waits_for_a_person)
}
