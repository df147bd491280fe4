//! The writing connection inside a transaction: counters, locks, and what it changed so far.
//!
//! On SQLite the transaction is the only writer. On PostgreSQL other processes write at the same time; what keeps their decisions
//! apart is the **counter row of the stream**: it is locked before anything of that stream is read for a decision, and held until
//! the commit. So numbers come in commit order, and whoever decides about a stream sees all that was decided before.

use super::chain::{self, Link};
use super::db::{Conn, query, query_as};
use super::{Clock, StoreError, open};
use domain::account::Actor;
use domain::id::{AccountId, DeviceId, UnitId};
use domain::ledger::Part;
use domain::time::Millis;
use domain::unit::UnitTree;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
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
    pub table: Cow<'static, str>,
    /// Unit.
    pub unit: UnitId,
    /// None = shared; else the member or account that it is about.
    pub owner: Option<Uuid>,
}

/// What live screens hear.
#[derive(Clone, Debug)]
pub enum News {
    /// These records changed, and it is durable.
    Changed(Arc<[Change]>),
    /// Anything may have changed: the connection over which other processes tell of their changes was lost for a while.
    Everything,
    /// Somebody was signed out from elsewhere on this device.
    SignedOut(DeviceId),
}

/// What a job will write to. Known before, so that all jobs of a commit, and all processes, lock in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lock {
    Stream(UnitId),
    Device(Uuid),
}

/// The units with their version, which every change of a unit counts up.
#[derive(Clone, Debug, Default)]
pub(super) struct Units {
    pub version: i64,
    pub tree: Arc<UnitTree>,
}

/// What held ops wait for, as far as this transaction has asked.
#[derive(Debug, Default)]
pub(super) enum Waits {
    /// Not asked yet.
    #[default]
    Unknown,
    /// These keys and no others.
    Keys(HashSet<String>),
    /// Too many to keep in mind: each is asked for.
    Many,
}

/// The counter row of a stream.
#[derive(Debug)]
struct Counter {
    /// The last number.
    last: u64,
    /// The chain value of the last line of the log ([`chain`]).
    head: Link,
    /// Still to be written.
    dirty: bool,
}

/// The writer's transaction. Every statement is static SQL.
pub(super) struct Tx {
    pub conn: Conn,
    pub units: Arc<UnitTree>,
    pub units_version: i64,
    pub changed: Vec<Change>,
    /// The time of this transaction.
    pub now: Millis,
    clock: Clock,
    /// Counters in use, their rows locked.
    counters: HashMap<UnitId, Counter>,
    /// Actors read in this transaction.
    pub actors: HashMap<AccountId, Option<Arc<Actor>>>,
    /// Meetings read in this transaction, of locked streams only: unit and body.
    pub meetings: HashMap<String, (UnitId, String)>,
    /// How much had changed when the latest part of each kind began. A part never stands in one of its own kind.
    marks: [usize; 3],
    /// So that not every applied op asks who waits for it: seldom anybody does.
    pub waits: Waits,
}

impl Tx {
    pub fn new(conn: Conn, units: Units, clock: Clock) -> Self {
        let now = clock();
        Self {
            conn,
            units: units.tree,
            units_version: units.version,
            changed: Vec::new(),
            now,
            clock,
            counters: HashMap::new(),
            actors: HashMap::new(),
            meetings: HashMap::new(),
            marks: [0; 3],
            waits: Waits::Unknown,
        }
    }
    /// Begins; locks in order what the jobs will write to, as far as they know.
    pub async fn begin(&mut self, locks: &BTreeSet<Lock>) -> Result<(), StoreError> {
        self.forget();
        self.changed.clear();
        self.now = (self.clock)();
        if !self.conn.is_postgres() {
            // As the only writer.
            return self.run("begin immediate").await;
        }
        self.run("begin isolation level read committed").await?;
        let version = open::units_version(&mut self.conn).await?;
        if version != self.units_version {
            self.units = open::load_units(&mut self.conn).await?.tree;
            self.units_version = version;
        }
        for lock in locks {
            match lock {
                Lock::Stream(stream) => {
                    self.lock_stream(*stream).await?;
                }
                Lock::Device(device) => {
                    query("select 1 from device where id = $1 for update")
                        .bind(*device)
                        .execute(&mut self.conn)
                        .await?;
                }
            }
        }
        Ok(())
    }
    /// Reads the units again if another process has changed them since this transaction began; for those who hold their version's row.
    pub async fn refresh_units(&mut self) -> Result<(), StoreError> {
        if self.conn.is_postgres() && open::units_version(&mut self.conn).await? != self.units_version {
            let units = open::load_units(&mut self.conn).await?;
            (self.units, self.units_version) = (units.tree, units.version);
        }
        Ok(())
    }
    /// Runs one statement without parameters.
    pub async fn run(&mut self, sql: &'static str) -> Result<(), StoreError> {
        Ok(self.conn.run(sql).await?)
    }
    /// A part begins here.
    pub fn mark(&mut self, part: Part) {
        self.marks[part as usize] = self.changed.len();
    }
    /// Forgets what the part changed, and everything read: the part is being undone.
    pub fn back_to_mark(&mut self, part: Part) {
        self.changed.truncate(self.marks[part as usize]);
        self.forget();
    }
    /// Forgets what was read: it was undone, or another transaction begins.
    pub fn forget(&mut self) {
        self.counters.clear();
        self.actors.clear();
        self.meetings.clear();
        self.waits = Waits::Unknown;
    }
    /// Makes this the only transaction that decides about the stream, until it ends. True when others may have written to
    /// it just before: what was read of the stream earlier must be read again.
    pub async fn lock_stream(&mut self, stream: UnitId) -> Result<bool, StoreError> {
        if self.has_locked(stream) {
            return Ok(false);
        }
        // Others may have added to it until now.
        self.waits = Waits::Unknown;
        let last = if self.conn.is_postgres() { self.lock_row(stream).await? } else { self.counter(stream).await? };
        let (last, head) = last.unwrap_or((0, None));
        let head = match head {
            Some(head) => Link::try_from(head).map_err(|_| StoreError::Unreadable("head of a stream"))?,
            None => chain::start(stream.0),
        };
        self.counters.insert(stream, Counter { last: last.cast_unsigned(), head, dirty: false });
        Ok(self.conn.is_postgres())
    }
    /// True when this transaction has locked the stream.
    pub fn has_locked(&self, stream: UnitId) -> bool {
        self.counters.contains_key(&stream)
    }
    async fn counter(&mut self, stream: UnitId) -> Result<Option<(i64, Option<Vec<u8>>)>, StoreError> {
        Ok(query_as("select seq, head from stream where stream = $1")
            .bind(stream.0)
            .fetch_optional(&mut self.conn)
            .await?)
    }
    async fn lock_row(&mut self, stream: UnitId) -> Result<Option<(i64, Option<Vec<u8>>)>, StoreError> {
        const LOCK: &str = "select seq, head from stream where stream = $1 for update";
        let found = query_as(LOCK).bind(stream.0).fetch_optional(&mut self.conn).await?;
        if found.is_some() {
            return Ok(found);
        }
        // A new stream needs a row to lock; another process may make it at this moment.
        query("insert into stream (stream, seq) values ($1, 0) on conflict (stream) do nothing")
            .bind(stream.0)
            .execute(&mut self.conn)
            .await?;
        Ok(query_as(LOCK).bind(stream.0).fetch_optional(&mut self.conn).await?)
    }
    /// The next number of a stream. Written by [`Tx::flush`].
    pub async fn draw(&mut self, stream: UnitId) -> Result<u64, StoreError> {
        self.lock_stream(stream).await?;
        let counter = self.in_use(stream);
        counter.last += 1;
        counter.dirty = true;
        Ok(counter.last)
    }
    /// The next line of a locked stream's log: its chain value, made from the one before. Written by [`Tx::flush`], too.
    pub fn link(&mut self, stream: UnitId, next: impl FnOnce(&Link) -> Link) -> Link {
        let counter = self.in_use(stream);
        counter.head = next(&counter.head);
        counter.dirty = true;
        counter.head
    }
    /// The counter of a stream that is locked; a number was drawn before a line is made.
    fn in_use(&mut self, stream: UnitId) -> &mut Counter {
        let unused = || Counter { last: 0, head: chain::start(stream.0), dirty: false };
        self.counters.entry(stream).or_insert_with(unused)
    }
    /// Writes the counters; before every commit and every savepoint that may be undone.
    pub async fn flush(&mut self) -> Result<(), StoreError> {
        for (stream, counter) in &mut self.counters {
            if std::mem::take(&mut counter.dirty) {
                query(
                    "insert into stream (stream, seq, head) values ($1, $2, $3)
                     on conflict (stream) do update set seq = excluded.seq, head = excluded.head",
                )
                .bind(stream.0)
                .bind(counter.last.cast_signed())
                .bind(counter.head.to_vec())
                .execute(&mut self.conn)
                .await?;
            }
        }
        Ok(())
    }
}
