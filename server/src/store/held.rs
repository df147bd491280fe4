//! Held ops: shown to those who take attendance, decided again when what they wait for changes; their authors hear of it.

use super::log::{self, Ruled, Waiting};
use super::push::{judge, ruled_by};
use super::records::{self, Put};
use super::tx::Tx;
use super::{Store, StoreError};
use domain::decide::{Verdict, Why};
use domain::op::{Body, Op};
use domain::time::Millis;
use domain::wire::{HeldOp, OpResult, Ruling};
use std::collections::VecDeque;
use uuid::Uuid;

/// How far back the second look goes, in ms: longer than any transaction lasts.
const SECOND_LOOK: i64 = 10 * 60 * 1000;

impl Store {
    /// Decides anew what was held because this build did not know it, or because a right was missing. Run at start. Gives how
    /// many are decided now.
    pub async fn reconsider(&self) -> Result<usize, StoreError> {
        self.write(|tx| Box::pin(async move { reconsider(tx).await })).await
    }

    /// Decides anew what was held in the last minutes. On PostgreSQL an op can be held for something in another stream that another
    /// process is just writing: neither sees the other, and nobody would look again. Gives how many are decided now.
    pub async fn second_look(&self) -> Result<usize, StoreError> {
        let since = Millis(self.now().0 - SECOND_LOOK);
        self.write(move |tx| {
            Box::pin(async move {
                let waiting = log::held_since(tx, since).await?;
                try_all(tx, waiting).await
            })
        })
        .await
    }
}

/// Decides those again who wait for a new build or for a right. Gives how many changed.
pub(super) async fn reconsider(tx: &mut Tx) -> Result<usize, StoreError> {
    let waiting = log::waiting_for_nothing(tx).await?;
    try_all(tx, waiting).await
}

async fn try_all(tx: &mut Tx, all: Vec<Waiting>) -> Result<usize, StoreError> {
    let mut freed = 0;
    for waiting in all {
        let before = tx.changed.len();
        let mut keys = VecDeque::new();
        try_again(tx, &waiting, &mut keys).await?;
        release(tx, keys).await?;
        freed += usize::from(tx.changed.len() > before);
    }
    Ok(freed)
}

/// Shows a held op to those who take attendance in its unit.
pub(super) async fn show(
    tx: &mut Tx,
    op: &Op,
    body: Option<&Body>,
    why: Why,
    at: Millis,
    seq: Option<u64>,
) -> Result<(), StoreError> {
    if tx.units.get(op.u).is_none() {
        return Ok(());
    }
    let by_name = tx.account_name(op.act).await?;
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
    };
    let (id, body) = (op.id.to_string(), Some(records::json("held", &held)?));
    records::put(tx, Put { table: "held", id: &id, unit: op.u, owner: Some(Uuid::nil()), seq, due: None, body })
        .await?;
    Ok(())
}

/// Decides those again who waited for what has changed, and those who waited for them, until nobody is left.
pub(super) async fn release(tx: &mut Tx, mut keys: VecDeque<String>) -> Result<(), StoreError> {
    // Ends: an op is freed at most once, and only a freed one adds keys.
    while let Some(key) = keys.pop_front() {
        for waiting in log::waiting(tx, &key).await? {
            try_again(tx, &waiting, &mut keys).await?;
        }
    }
    Ok(())
}

/// [`again`] in a savepoint: one that cannot be written stays held and stops nobody else.
async fn try_again(tx: &mut Tx, waiting: &Waiting, keys: &mut VecDeque<String>) -> Result<(), StoreError> {
    tx.flush().await?;
    let changed = tx.changed.len();
    tx.run("savepoint again").await?;
    let mut freed = VecDeque::new();
    match again(tx, waiting, &mut freed).await {
        Ok(()) => {
            tx.flush().await?;
            keys.append(&mut freed);
        }
        Err(error) => {
            tracing::error!(%error, seq = waiting.seq, "this held op cannot be written; it stays held");
            tx.changed.truncate(changed);
            tx.forget();
            tx.run("rollback to again").await?;
            if let Ok(op) = Op::parse(&waiting.raw) {
                let ruled = Ruled { ruling: Ruling::Held, why: Some(Why::Other), wait: None, role: None };
                log::rule(tx, op.id, &ruled).await?;
            }
        }
    }
    tx.run("release again").await
}

async fn again(tx: &mut Tx, waiting: &Waiting, keys: &mut VecDeque<String>) -> Result<(), StoreError> {
    tx.lock(waiting.stream).await?;
    let op = Op::parse(&waiting.raw).map_err(|_| StoreError::Unreadable("op"))?;
    // It may have been decided while this list was worked off.
    let Some(before) = log::known(&mut tx.conn, op.id).await?.filter(|k| k.result.r == Ruling::Held) else {
        return Ok(());
    };
    let (verdict, body) = judge(tx, &op, waiting.at).await?;
    let ruled = ruled_by(&verdict);
    log::rule(tx, op.id, &ruled).await?;
    let result = OpResult { id: op.id, r: ruled.ruling, seq: Some(waiting.seq), why: ruled.why, stored: None };
    if result == before.result {
        return Ok(());
    }
    let known_unit = tx.units.get(op.u).is_some();
    match verdict {
        Verdict::Hold(why, _) => show(tx, &op, body.as_ref(), why, waiting.at, None).await?,
        Verdict::Refuse(_) | Verdict::Apply(_) if !known_unit => {}
        Verdict::Refuse(_) => hide(tx, &op).await?,
        Verdict::Apply(effect) => {
            hide(tx, &op).await?;
            keys.extend(log::freed_by(op.id, &effect));
            records::apply(tx, op.id, waiting.seq, false, effect).await?;
        }
    }
    if known_unit {
        let (id, body) = (op.id.to_string(), Some(records::json("fate", &result)?));
        let owner = Some(op.act.0);
        records::put(tx, Put { table: "fate", id: &id, unit: op.u, owner, seq: None, due: None, body }).await?;
    }
    Ok(())
}

async fn hide(tx: &mut Tx, op: &Op) -> Result<(), StoreError> {
    let id = op.id.to_string();
    records::put(
        tx,
        Put { table: "held", id: &id, unit: op.u, owner: Some(Uuid::nil()), seq: None, due: None, body: None },
    )
    .await?;
    Ok(())
}
