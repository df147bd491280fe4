//! Drafts: what somebody has begun and not confirmed. The bytes belong to whoever wrote them; here they only keep and expire.

use super::db::{query, query_as};
use super::{Store, StoreError};
use domain::id::{AccountId, UnitId};
use domain::time::Millis;
use uuid::Uuid;

/// How long a draft is kept after it was last saved, in ms.
pub(super) const LIFE: i64 = Millis::DAY;

impl Store {
    /// Keeps a draft, or replaces it when it is the account's own.
    pub async fn put_draft(&self, id: Uuid, account: AccountId, unit: UnitId, body: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let saved = tx.now.0;
                query(
                    "insert into draft (id, account, unit, saved, body) values ($1, $2, $3, $4, $5)
                     on conflict (id) do update set saved = excluded.saved, body = excluded.body
                     where draft.account = excluded.account",
                )
                .bind(id)
                .bind(account.0)
                .bind(unit.0)
                .bind(saved)
                .bind(body)
                .execute(&mut tx.conn)
                .await?;
                Ok(())
            })
        })
        .await
    }
    /// A draft of that account, if it is not too old.
    pub async fn draft(&self, id: Uuid, account: AccountId) -> Result<Option<(UnitId, Vec<u8>)>, StoreError> {
        let row: Option<(Uuid, Vec<u8>)> =
            query_as("select unit, body from draft where id = $1 and account = $2 and saved > $3")
                .bind(id)
                .bind(account.0)
                .bind(self.now().0 - LIFE)
                .fetch_optional(self.reader())
                .await?;
        Ok(row.map(|(unit, body)| (UnitId(unit), body)))
    }
    /// Forgets a draft of that account.
    pub async fn drop_draft(&self, id: Uuid, account: AccountId) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                query("delete from draft where id = $1 and account = $2")
                    .bind(id)
                    .bind(account.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(())
            })
        })
        .await
    }
}
