//! Confirming an import: the ops of a whole file and the note that it is done, in one transaction, and only while the register is
//! still the one that the person saw.
//!
//! The one writer has other work, too: people check in while somebody imports 5,000 rows. So ops are made and encoded before the writer's
//! turn, and the transaction reads the register once and writes in groups ([`Bulk`]). What counts is decided by `domain::ledger`, as of a push.

use super::bulk::Bulk;
use super::db::query;
use super::push::made_here;
use super::reports::register_version;
use super::tx::{Lock, Tx};
use super::{Store, StoreError};
use domain::decide::Why;
use domain::id::{AccountId, UnitId};
use domain::ledger;
use domain::member::Member;
use domain::op::{Body, Op};
use domain::wire::Ruling;
use std::sync::Arc;
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
    /// The records that change: those of the register at `version` under their ids, new ones under fresh ids.
    pub members: Vec<Member>,
    /// The draft.
    pub draft: Uuid,
    /// What the draft becomes.
    pub done: Vec<u8>,
}

/// An op of the import with its bytes, made before the writer's turn.
struct Made {
    op: Op,
    raw: String,
}

impl Store {
    /// Writes all of it (true), or nothing because the register has changed since (false).
    pub async fn import(&self, import: Import) -> Result<bool, StoreError> {
        let Import { account, cell, version, members, draft, done } = import;
        let (now, writer) = (self.now(), Uuid::new_v4());
        let made: Arc<[Made]> = (1u32..)
            .zip(members)
            .map(|(n, member)| {
                let body = Body::MemberPut { member };
                let op = made_here(account, cell, &body, now, writer, n);
                Made { raw: op.encode(), op }
            })
            .collect();
        let stream = self.units().stream(cell);
        self.write_to(vec![Lock::Stream(stream)], move |tx| {
            Box::pin(async move {
                let stream = tx.units.stream(cell);
                tx.lock_stream(stream).await?;
                if register_version(&mut tx.conn, stream, cell).await? != version {
                    return Ok(false);
                }
                take_all(tx, cell, &made).await?;
                query("update draft set saved = $1, body = $2 where id = $3 and account = $4")
                    .bind(tx.now.0)
                    .bind(&done)
                    .bind(draft)
                    .bind(account.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(true)
            })
        })
        .await
    }
}

/// Decides and writes each; all must count.
async fn take_all(tx: &mut Tx, cell: UnitId, made: &[Made]) -> Result<(), StoreError> {
    let mut bulk = Bulk::of_cell(tx, cell, made.iter().map(|made| &made.op)).await?;
    for (index, Made { op, raw }) in made.iter().enumerate() {
        let result = ledger::take(&mut bulk, op, raw, op.t).await?;
        if result.r != Ruling::Applied {
            return Err(StoreError::Rejected { index, why: result.why.unwrap_or(Why::Other) });
        }
    }
    bulk.flush().await
}
