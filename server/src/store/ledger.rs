//! The writer's transaction as the [`Ledger`] of `domain`: which question goes to which table, and what a part of a transaction is here. It
//! knows no rule: what is decided, written and released stands in `domain::ledger`.

use super::tx::Tx;
use super::{StoreError, log, records};
use domain::account::Actor;
use domain::id::{AccountId, DeviceId, MemberId, OpId, UnitId};
use domain::ledger::{Known, Ledger, Line, Part, Put, Ruled, Sender, Unreadable, Waiting};
use domain::time::Millis;
use domain::unit::UnitTree;
use std::sync::Arc;

impl From<Unreadable> for StoreError {
    fn from(Unreadable(what): Unreadable) -> Self {
        Self::Unreadable(what)
    }
}

impl Ledger for Tx {
    type Fault = StoreError;

    fn now(&self) -> Millis {
        self.now
    }
    fn units(&self) -> Arc<UnitTree> {
        Arc::clone(&self.units)
    }
    fn report(&self, what: &'static str, op: Option<OpId>, fault: &StoreError) {
        tracing::error!(error = %fault, op = op.map(tracing::field::display), "{what}");
    }

    fn is_same(&self, known: &Known, raw: &str) -> bool {
        log::is_same(known, raw)
    }
    async fn known(&mut self, id: OpId) -> Result<Option<Known>, StoreError> {
        log::known(&mut self.conn, id).await
    }
    async fn missing(&mut self, deps: &[OpId]) -> Result<Option<OpId>, StoreError> {
        log::missing(&mut self.conn, deps).await
    }
    async fn has_signed_in(&mut self, device: DeviceId, account: AccountId) -> Result<bool, StoreError> {
        log::has_signed_in(&mut self.conn, device, account).await
    }
    async fn actor(&mut self, account: AccountId) -> Result<Option<Arc<Actor>>, StoreError> {
        self.actor_of(account).await
    }
    async fn account_name(&mut self, account: AccountId) -> Result<String, StoreError> {
        self.name_of(account).await
    }

    async fn lock(&mut self, stream: UnitId) -> Result<bool, StoreError> {
        self.lock_stream(stream).await
    }
    async fn next_seq(&mut self, stream: UnitId) -> Result<u64, StoreError> {
        self.draw(stream).await
    }
    async fn add(&mut self, line: &Line<'_>, ruled: &Ruled) -> Result<bool, StoreError> {
        log::add(self, line, ruled).await
    }
    async fn rule(&mut self, id: OpId, ruled: &Ruled) -> Result<(), StoreError> {
        log::rule(self, id, ruled).await
    }
    async fn waiting(&mut self, key: Option<&str>) -> Result<Vec<Waiting>, StoreError> {
        match key {
            Some(key) => log::waiting(self, key).await,
            None => log::waiting_for_nothing(self).await,
        }
    }
    async fn quarantine(&mut self, id: OpId, from: Sender, why: &'static str, raw: &str) -> Result<(), StoreError> {
        log::quarantine(self, id, from, why, raw).await
    }

    async fn record(&mut self, table: &'static str, id: &str) -> Result<Option<(UnitId, String)>, StoreError> {
        records::record(self, table, id).await
    }
    async fn put(&mut self, row: Put<'_>) -> Result<u64, StoreError> {
        records::put(self, row).await
    }
    async fn move_grant(&mut self, member: MemberId, from: UnitId, to: UnitId) -> Result<(), StoreError> {
        records::move_grant(self, member, from, to).await
    }

    async fn begin(&mut self, part: Part) -> Result<(), StoreError> {
        // Numbers drawn before the part must outlive it.
        self.flush().await?;
        self.mark(part);
        match part {
            // The writer has begun it: each job is in a savepoint.
            Part::Push => Ok(()),
            Part::Op => self.run("savepoint op").await,
            Part::Again => self.run("savepoint again").await,
        }
    }
    async fn undo(&mut self, part: Part) -> Result<(), StoreError> {
        self.back_to_mark(part);
        self.run(match part {
            Part::Push => "rollback to job",
            Part::Op => "rollback to op",
            Part::Again => "rollback to again",
        })
        .await
    }
    async fn end(&mut self, part: Part) -> Result<(), StoreError> {
        self.flush().await?;
        match part {
            Part::Push => Ok(()),
            Part::Op => self.run("release op").await,
            Part::Again => self.run("release again").await,
        }
    }
}
