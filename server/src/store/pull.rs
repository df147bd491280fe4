//! Giving rows out (`domain::ledger::page`): one reading transaction as its [`Rows`]. Knows no rule.

use super::db::{Conn, query_as, query_scalar};
use super::{Store, StoreError, log, scope};
use domain::id::{AccountId, UnitId};
use domain::ledger::{Ask, Cursor, Page, Rows, Scope, Stored, page};
use domain::wire::WriterDigest;
use uuid::Uuid;

type Found = (String, String, Uuid, Option<Uuid>, i64, bool, Option<i64>, String);

impl Store {
    /// The next page for a scope, at most `limit` rows.
    pub async fn pull(&self, scope: &Scope, cursor: Option<&str>, limit: usize) -> Result<Page, StoreError> {
        let start = Cursor::start(self.epoch(), scope::version(scope));
        let units = self.units();
        // One transaction, so that all questions see the same moment.
        let mut conn = self.reader().snapshot().await?;
        page(&mut Moment(&mut conn), scope, &units, start, cursor, limit).await
    }
}

impl Store {
    /// What the log has of an account's ops of these writers.
    pub async fn digests(&self, account: AccountId, writers: &[Uuid]) -> Result<Vec<WriterDigest>, StoreError> {
        let mut found = Vec::with_capacity(writers.len());
        if writers.is_empty() {
            return Ok(found);
        }
        let mut conn = self.reader().snapshot().await?;
        for writer in writers {
            found.push(WriterDigest::new(*writer, log::digest(&mut conn, *writer, account).await?));
        }
        Ok(found)
    }
}

/// What is shared in a stream.
pub(super) const SHARED: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and owner is null and seq > $2 order by seq limit $3";
/// What belongs to a unit's people.
pub(super) const PEOPLE: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and unit = $2 and owner is not null and seq > $3 order by seq limit $4";
/// What is about one member or account.
pub(super) const MINE: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and owner = $2 and seq > $3 order by seq limit $4";

/// One moment of the store.
struct Moment<'c>(&'c mut Conn);

impl Rows for Moment<'_> {
    type Fault = StoreError;

    async fn head(&mut self, stream: UnitId) -> Result<u64, StoreError> {
        let head: Option<i64> = query_scalar("select seq from stream where stream = $1")
            .bind(stream.0)
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(head.map_or(0, i64::cast_unsigned))
    }
    async fn after(&mut self, stream: UnitId, ask: Ask, after: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let question = match ask {
            Ask::Shared => query_as::<Found>(SHARED).bind(stream.0),
            Ask::Unit(unit) => query_as(PEOPLE).bind(stream.0).bind(unit.0),
            Ask::Owner(owner) => query_as(MINE).bind(stream.0).bind(owner),
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = question.bind(after.cast_signed()).bind(limit).fetch_all(&mut *self.0).await?;
        Ok(rows
            .into_iter()
            .map(|(table, id, unit, owner, seq, gone, due, body)| Stored {
                table,
                id,
                unit: UnitId(unit),
                owner,
                seq: seq.cast_unsigned(),
                due,
                body: (!gone).then_some(body),
            })
            .collect())
    }
}
