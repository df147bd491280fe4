//! The writing connection inside a transaction: counters, and what it changed so far.

use super::{Clock, StoreError};
use domain::account::Actor;
use domain::id::{AccountId, UnitId};
use domain::time::Millis;
use domain::unit::UnitTree;
use sqlx::SqliteConnection;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// One changed record, told to live screens after the commit.
#[derive(Clone, Debug)]
pub struct Change {
    /// Stream.
    pub stream: UnitId,
    /// Sequence.
    pub seq: u64,
    /// Table.
    pub table: &'static str,
    /// Unit.
    pub unit: UnitId,
    /// None = shared; else the member or account that it is about.
    pub owner: Option<Uuid>,
}

/// The writer's transaction. Every statement is static SQL.
pub(super) struct Tx {
    pub conn: SqliteConnection,
    pub units: Arc<UnitTree>,
    pub changed: Vec<Change>,
    /// The time of this transaction.
    pub now: Millis,
    clock: Clock,
    /// Counters in use: the last number, and whether it is written.
    counters: HashMap<UnitId, (u64, bool)>,
    /// Actors read in this transaction.
    pub actors: HashMap<AccountId, Option<Arc<Actor>>>,
}

impl Tx {
    pub fn new(conn: SqliteConnection, units: Arc<UnitTree>, clock: Clock) -> Self {
        let now = clock();
        Self { conn, units, changed: Vec::new(), now, clock, counters: HashMap::new(), actors: HashMap::new() }
    }
    /// Begins, as the only writer.
    pub async fn begin(&mut self) -> Result<(), StoreError> {
        self.forget();
        self.now = (self.clock)();
        self.run("begin immediate").await
    }
    /// Runs one statement without parameters.
    pub async fn run(&mut self, sql: &'static str) -> Result<(), StoreError> {
        sqlx::query(sql).execute(&mut self.conn).await?;
        Ok(())
    }
    /// Forgets what was read: it was undone, or another transaction begins.
    pub fn forget(&mut self) {
        self.counters.clear();
        self.actors.clear();
    }
    /// The next number of a stream. Written by [`Tx::flush`].
    pub async fn next_seq(&mut self, stream: UnitId) -> Result<u64, StoreError> {
        if let Some((last, dirty)) = self.counters.get_mut(&stream) {
            *last += 1;
            *dirty = true;
            return Ok(*last);
        }
        let last: Option<i64> = sqlx::query_scalar("select seq from stream where stream = $1")
            .bind(stream.0)
            .fetch_optional(&mut self.conn)
            .await?;
        let next = last.map_or(0, i64::cast_unsigned) + 1;
        self.counters.insert(stream, (next, true));
        Ok(next)
    }
    /// Writes the counters; before every commit and every savepoint that may be undone.
    pub async fn flush(&mut self) -> Result<(), StoreError> {
        for (stream, (last, dirty)) in &mut self.counters {
            if std::mem::take(dirty) {
                sqlx::query("insert into stream (stream, seq) values ($1, $2) on conflict (stream) do update set seq = excluded.seq")
                    .bind(stream.0)
                    .bind(last.cast_signed())
                    .execute(&mut self.conn)
                    .await?;
            }
        }
        Ok(())
    }
}
