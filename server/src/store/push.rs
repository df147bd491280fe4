//! Taking ops in: a push is a job of the writer that says its streams beforehand. What becomes of each op stands in `domain::ledger`.

use super::bulk::Bulk;
use super::tx::Lock;
use super::{Store, StoreError};
use domain::account::Actor;
use domain::decide::Why;
use domain::id::{AccountId, DeviceId, OpId, UnitId, uuid_v7};
use domain::ledger::{PhoneClock, Read, carry, receive_all, stream_of, take};
pub use domain::ledger::{Received, Sender};
use domain::op::{Body, ENVELOPE, Op};
use domain::time::Millis;
use domain::wire::{OpResult, Ruling};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// A push, as it came.
#[derive(Debug)]
pub struct Incoming {
    /// Whose request.
    pub from: Sender,
    /// What the phone's clocks showed at sending.
    pub clock: PhoneClock,
    /// The ops byte for byte.
    pub ops: Vec<String>,
}

/// What brings ops.
#[derive(Clone, Copy)]
enum By {
    Phone,
    Hand,
    SignedOut,
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

impl Store {
    /// Takes ops in. One result per op, in order.
    pub async fn push(&self, incoming: Incoming) -> Result<Received, StoreError> {
        self.take_in(incoming, By::Phone).await
    }

    /// Takes in what a person brings for somebody else. Who brought what stands in the table `quarantine`.
    pub async fn carry(&self, incoming: Incoming) -> Result<Received, StoreError> {
        self.take_in(incoming, By::Hand).await
    }

    /// Takes in what a phone sends that was signed out from elsewhere.
    pub async fn push_signed_out(&self, incoming: Incoming) -> Result<Received, StoreError> {
        self.take_in(incoming, By::SignedOut).await
    }

    async fn take_in(&self, incoming: Incoming, by: By) -> Result<Received, StoreError> {
        let Incoming { from, clock, ops } = incoming;
        // Read before the writer's turn.
        let ops: Arc<[Read]> = ops.into_iter().map(Read::new).collect();
        let units = self.units();
        let streams: BTreeSet<UnitId> =
            ops.iter().filter_map(|read| read.op.as_ref().ok()).map(|op| stream_of(&units, op.u)).collect();
        self.write_to(streams.into_iter().map(Lock::Stream).collect(), move |tx| {
            Box::pin(async move {
                let mut bulk = Bulk::of_push(tx, &ops).await?;
                match by {
                    By::Phone => receive_all(&mut bulk, from, clock, &ops).await,
                    By::Hand => carry::deliver(&mut bulk, from, clock, &ops).await,
                    By::SignedOut => carry::deliver_signed_out(&mut bulk, from, clock, &ops).await,
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
                    let at = tx.now;
                    let result = take(tx, &op, &op.encode(), at).await?;
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
