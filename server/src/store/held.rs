//! Held ops are decided again (`domain::ledger::held`): at the start, when rights change, and a while after they came. Knows when, not how.

use super::{Store, StoreError, log};
use domain::ledger::held::{reconsider, reconsider_all};
use domain::time::Millis;

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
                reconsider_all(tx, waiting).await
            })
        })
        .await
    }
}
