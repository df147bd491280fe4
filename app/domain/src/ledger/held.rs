//! Held ops: shown to those who take attendance, decided again when what they wait for changes; their authors hear of it by a `fate` row.

use super::receive::{Judged, freed_by, judge, ruled_by};
use super::{Ledger, Part, Put, Ruled, Unreadable, Waiting, apply, carry, json};
use crate::bugs::{self, Bug};
use crate::decide::{Verdict, Why};
use crate::op::{Body, Op};
use crate::time::Millis;
use crate::wire::{HeldOp, OpResult, Ruling};
use std::collections::VecDeque;
use uuid::Uuid;

/// Decides those again who wait for a new build or for a right. Gives how many are decided differently now.
pub async fn reconsider<L: Ledger>(ledger: &mut L) -> Result<usize, L::Fault> {
    let waiting = ledger.waiting(None).await?;
    reconsider_all(ledger, waiting).await
}

/// Decides these again. Gives how many are decided differently now.
pub async fn reconsider_all<L: Ledger>(ledger: &mut L, all: Vec<Waiting>) -> Result<usize, L::Fault> {
    let mut freed = 0;
    for waiting in all {
        let mut keys = VecDeque::new();
        freed += usize::from(try_again(ledger, &waiting, &mut keys).await?);
        release(ledger, keys).await?;
    }
    Ok(freed)
}

/// Shows a held op to those who take attendance in its unit. `brought`: the name of whoever brought it for somebody else.
pub(super) async fn show<L: Ledger>(
    ledger: &mut L,
    op: &Op,
    body: Option<&Body>,
    why: Why,
    at: Millis,
    seq: Option<u64>,
    brought: Option<String>,
) -> Result<(), L::Fault> {
    if ledger.units().get(op.u).is_none() {
        return Ok(());
    }
    let by_name = ledger.account_name(op.act).await?;
    let held = HeldOp {
        id: op.id,
        unit: op.u,
        kind: op.k.clone(),
        by: op.act,
        by_name,
        why,
        meeting: body.and_then(Body::meeting),
        who: body.and_then(Body::who),
        at,
        brought,
    };
    let (id, body) = (op.id.to_string(), Some(json("held", &held)?));
    ledger.put(Put { table: "held", id: &id, unit: op.u, owner: Some(Uuid::nil()), seq, due: None, body }).await?;
    Ok(())
}

/// Decides those again who waited for what has changed, and those who waited for them, until nobody is left.
pub async fn release<L: Ledger>(ledger: &mut L, mut keys: VecDeque<String>) -> Result<(), L::Fault> {
    // Ends: an op is freed at most once, and only a freed one adds keys.
    while let Some(key) = keys.pop_front().filter(|_| !bugs::on(Bug::NoRelease)) {
        for waiting in ledger.waiting(Some(&key)).await? {
            try_again(ledger, &waiting, &mut keys).await?;
        }
    }
    Ok(())
}

/// [`again`] in a part of its own: one that cannot be written stays held and stops nobody else.
async fn try_again<L: Ledger>(
    ledger: &mut L,
    waiting: &Waiting,
    keys: &mut VecDeque<String>,
) -> Result<bool, L::Fault> {
    ledger.begin(Part::Again).await?;
    let mut freed = VecDeque::new();
    let changed = match again(ledger, waiting, &mut freed).await {
        Ok(changed) => {
            keys.append(&mut freed);
            changed
        }
        Err(fault) => {
            let op = Op::parse(&waiting.raw).ok();
            ledger.report("this held op cannot be written; it stays held", op.as_ref().map(|o| o.id), &fault);
            ledger.undo(Part::Again).await?;
            if let Some(op) = op {
                let ruled = Ruled { ruling: Ruling::Held, why: Some(Why::Other), wait: None, role: None };
                ledger.rule(op.id, &ruled).await?;
            }
            false
        }
    };
    ledger.end(Part::Again).await?;
    Ok(changed)
}

async fn again<L: Ledger>(ledger: &mut L, waiting: &Waiting, keys: &mut VecDeque<String>) -> Result<bool, L::Fault> {
    ledger.lock(waiting.stream).await?;
    let op = Op::parse(&waiting.raw).map_err(|_| Unreadable("op"))?;
    // It may have been decided while this list was worked off.
    let Some(before) = ledger.known(op.id).await?.filter(|k| k.result.r == Ruling::Held) else {
        return Ok(false);
    };
    if carry::is_sealed(&before.result) {
        return Ok(false);
    }
    let Judged { verdict, body, before: row } =
        judge(ledger, &op, waiting.at, before.result.why == Some(Why::Vouched)).await?;
    let ruled = ruled_by(&verdict);
    ledger.rule(op.id, &ruled).await?;
    let result = OpResult { id: op.id, r: ruled.ruling, seq: Some(waiting.seq), why: ruled.why, stored: None };
    if result == before.result {
        return Ok(false);
    }
    let known_unit = ledger.units().get(op.u).is_some();
    match verdict {
        Verdict::Hold(why, _) => show(ledger, &op, body.as_ref(), why, waiting.at, None, None).await?,
        Verdict::Refuse(_) | Verdict::Apply(_) if !known_unit => {}
        Verdict::Refuse(_) => hide(ledger, &op).await?,
        Verdict::Apply(effect) => {
            hide(ledger, &op).await?;
            keys.extend(freed_by(op.id, &effect));
            apply::apply(ledger, op.id, waiting.seq, false, effect, row).await?;
        }
    }
    if known_unit {
        let (id, body) = (op.id.to_string(), Some(json("fate", &result)?));
        let owner = Some(op.act.0);
        ledger.put(Put { table: "fate", id: &id, unit: op.u, owner, seq: None, due: None, body }).await?;
    }
    Ok(true)
}

async fn hide<L: Ledger>(ledger: &mut L, op: &Op) -> Result<(), L::Fault> {
    let id = op.id.to_string();
    let owner = Some(Uuid::nil());
    ledger.put(Put { table: "held", id: &id, unit: op.u, owner, seq: None, due: None, body: None }).await?;
    Ok(())
}
