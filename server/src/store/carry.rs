//! Taking in what a person brings for somebody else (`domain::ledger::carry`). Who brought what stands in the table `quarantine`.

use super::tx::Lock;
use super::{Incoming, Store, StoreError};
use domain::id::UnitId;
use domain::ledger::{Read, carry, stream_of};
use domain::wire::OpResult;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Store {
    /// Takes carried ops in. One result per op, in order. All or nothing becomes durable.
    pub async fn carry(&self, incoming: Incoming) -> Result<Vec<OpResult>, StoreError> {
        let Incoming { from, clock, ops } = incoming;
        let ops: Arc<[Read]> = ops.into_iter().map(Read::new).collect();
        let units = self.units();
        let streams: BTreeSet<UnitId> =
            ops.iter().filter_map(|read| read.op.as_ref().ok()).map(|op| stream_of(&units, op.u)).collect();
        self.write_to(streams.into_iter().map(Lock::Stream).collect(), move |tx| {
            Box::pin(async move { carry::deliver(tx, from, clock, &ops).await })
        })
        .await
    }
}
