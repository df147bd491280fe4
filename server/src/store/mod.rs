//! The store: everything durable, and the only module that speaks SQL (design.md §6).
//!
//! **Shape.** The truth is the op log (`op`). What the ops made lies in one table, `record`: (stream, table, id, unit) → JSON of the
//! domain type, with a sequence, an owner and a *gone* mark. One table instead of nine, because a pull asks all of them the
//! same three questions (what is shared in this stream, what belongs to this cell, what is mine — after this sequence), because
//! *exactly one row changes* per op, and because the rows go to phones as they lie here. What needs typed columns has its own
//! table: accounts, grants, devices, sessions, enrolment codes, counters.
//!
//! **Two databases.** A SQLite file, or PostgreSQL for many units and several server processes; [`db`] puts the same SQL to either.
//! **Writing.** One task of the process owns the one writing connection; jobs queue up, and all that wait are committed together
//! ([`writer`]). On PostgreSQL the counter row of a stream keeps processes apart ([`tx`]).
//! **Reading.** A pool of connections that cannot write.
//! **Live.** What was committed is told to the live screens of this and of every other process ([`listen`]).
//! It knows the rules of `domain` and nothing of HTTP.

mod accounts;
mod admin;
mod attempts;
mod audit;
mod backup;
mod bulk;
mod chain;
mod closed;
mod copy;
mod db;
mod deputies;
mod devices;
mod drafts;
mod enrol;
mod forget;
mod heard;
mod held;
mod imports;
mod ledger;
mod listen;
mod log;
mod login;
mod mark;
mod open;
mod own;
mod own_codes;
mod own_meetings;
mod passkey;
mod phones;
mod pull;
mod push;
mod read;
mod records;
mod refold;
mod reports;
mod safe;
mod scope;
mod seed;
mod sessions;
mod setup;
#[cfg(test)]
mod tests;
mod trail;
mod turn;
mod tx;
mod vault;
mod verify;
mod writer;

pub use accounts::{Account, Device, Enrolment};
pub use admin::{AdminFault, Holder};
pub use attempts::{Second, Try, Wait};
pub use audit::{AuditAsk, AuditCursor};
pub use backup::{
    Facts as DatabaseFacts, StreamLog, copy, examine, fold_log, hex, make_own, note_safe_in, same_log, take_lock,
};
pub use copy::{Copied, migrate_to_postgres};
pub use db::Address;
pub use devices::NoSuchPhone;
pub use enrol::{Given, Standing, Way};
pub use forget::{Forgotten, Keep};
pub use imports::Import;
pub use login::{Left, Login, NameTaken};
pub use mark::{Heads, Restored, sync_folder_of, write_whole};
pub use own_codes::Maker;
pub use passkey::{PasskeyRefused, StoredPasskey};
pub use pull::{Cursor, Pulled};
pub use push::{Incoming, Received, Sender, made_here};
pub use scope::Scope;
pub use seed::{Seed, SeedOp};
pub use sessions::{CodeFault, SessionRow, Shown, SignedIn, Tokens};
pub use setup::{Installation, SetupFault};
pub use trail::Noted;
pub use tx::{Change, News};
pub use vault::Unsealed;
pub use verify::{Verified, chain_differs, verify};

use db::{Pool, query_scalar};
use domain::decide::Why;
use domain::time::Millis;
use domain::unit::UnitTree;
use futures::future::BoxFuture;
use listen::{Ear, Voice};
use std::sync::{Arc, RwLock};
use tokio::sync::{broadcast, mpsc, oneshot};
use tx::{Lock, Tx};
use uuid::Uuid;
use writer::Message;

/// Where the time comes from; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// The clock of this machine.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| Millis(chrono::Utc::now().timestamp_millis()))
}

/// What can go wrong with the store. None of these says that anything was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no, or is not there.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The commit that this was part of failed, or the server is ending.
    #[error("not written: {0}")]
    NotWritten(&'static str),
    /// An op made by the server may not count; nothing of the whole was written.
    #[error("op {index} of the change may not count: {why:?}")]
    Rejected {
        /// Which of the ops.
        index: usize,
        /// Why.
        why: Why,
    },
    /// Something in the database cannot be read as what it should be.
    #[error("unreadable {0}")]
    Unreadable(&'static str),
}

/// A handle to the store; cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    read: Pool,
    jobs: mpsc::Sender<Message>,
    voice: Voice,
    ear: Option<Ear>,
    epoch: Uuid,
    clock: Clock,
    /// The mark and the lock of a database that is a file; none for a server of databases.
    beside: Option<Arc<mark::Beside>>,
    /// How far a verified backup covers each stream.
    safe: RwLock<Arc<Heads>>,
    heard: heard::Heard,
    /// To which phones seal ops.
    keys: vault::Keys,
    /// Under which secrets in the database are closed.
    secrets: crate::secrets::Keyring,
    today: trail::Today,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("epoch", &self.0.epoch).finish_non_exhaustive()
    }
}

impl Store {
    /// The server's clock.
    #[must_use]
    pub fn now(&self) -> Millis {
        (self.0.clock)()
    }
    /// The epoch: changes when the database was restored from a backup.
    #[must_use]
    pub fn epoch(&self) -> Uuid {
        self.0.epoch
    }
    /// All units. On PostgreSQL a change by another process comes a moment later; what is written is decided with the newest.
    #[must_use]
    pub fn units(&self) -> Arc<UnitTree> {
        self.0.voice.tree()
    }
    /// What changes from now on, by this process or another, after it is durable.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<News> {
        self.0.voice.subscribe()
    }
    /// True when other processes may write to the same database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0.read, Pool::Postgres(_))
    }
    /// True when the database answers.
    pub async fn alive(&self) -> bool {
        query_scalar::<i64>("select count(*) from meta").fetch_one(self.reader()).await.is_ok()
    }

    fn reader(&self) -> &Pool {
        &self.0.read
    }

    /// Runs `work` in the writer's transaction; answers after the commit. An error undoes this work and nothing else. On PostgreSQL
    /// the work may be run more than once, each time from the beginning, until one of them is committed.
    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Clone + Send + 'static,
    {
        self.write_to(Vec::new(), work).await
    }

    /// As [`Store::write`], for work that knows what it will write to: processes then do not wait for each other in a circle.
    async fn write_to<T, F>(&self, locks: Vec<Lock>, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Clone + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job = writer::job(locks, work, sender);
        self.0.jobs.send(Message::Job(job)).await.map_err(|_| StoreError::NotWritten("the server is ending"))?;
        receiver.await.unwrap_or(Err(StoreError::NotWritten("the writer stopped")))
    }

    /// Finishes what is queued and closes; SQLite's log goes into the database file. Later writes fail.
    pub async fn close(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.0.jobs.send(Message::Close(sender)).await.is_ok() {
            // An error means that the writer is gone already.
            let _ = receiver.await;
        }
        if let Some(ear) = &self.0.ear {
            ear.close();
        }
        // An error was told; the next start gives a new epoch at worst.
        let _ = self.keep_mark().await;
        self.0.read.close().await;
        if let Some(beside) = &self.0.beside {
            beside.release();
        }
    }
}
