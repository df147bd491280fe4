//! Confirming an import: the ops of a whole file and the note that it is done, in one transaction, and only while the register is
//! still the one that the person saw.

use super::push::{made_here, take};
use super::reports::register_version;
use super::{Store, StoreError};
use domain::decide::Why;
use domain::id::{AccountId, UnitId};
use domain::op::Body;
use domain::wire::Ruling;
use uuid::Uuid;

/// What is to be written.
#[derive(Debug)]
pub struct Import {
    /// Who confirmed.
    pub account: AccountId,
    /// The cell.
    pub cell: UnitId,
    /// The register's number when the preview was compared.
    pub version: u64,
    /// What changes.
    pub bodies: Vec<Body>,
    /// The draft.
    pub draft: Uuid,
    /// What the draft becomes.
    pub done: Vec<u8>,
}

impl Store {
    /// Writes all of it (true), or nothing because the register has changed since (false).
    pub async fn import(&self, import: Import) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let stream = tx.units.stream(import.cell);
                if register_version(&mut tx.conn, stream, import.cell).await? != import.version {
                    return Ok(false);
                }
                let writer = Uuid::new_v4();
                for (index, (n, body)) in (1u32..).zip(&import.bodies).enumerate() {
                    let op = made_here(import.account, import.cell, body, tx.now, writer, n);
                    let result = take(tx, &op, &op.encode(), tx.now).await?;
                    if result.r != Ruling::Applied {
                        return Err(StoreError::Rejected { index, why: result.why.unwrap_or(Why::Other) });
                    }
                }
                sqlx::query("update draft set saved = $1, body = $2 where id = $3 and account = $4")
                    .bind(tx.now.0)
                    .bind(&import.done)
                    .bind(import.draft)
                    .bind(import.account.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(true)
            })
        })
        .await
    }
}
