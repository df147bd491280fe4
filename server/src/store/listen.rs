//! What changed, told to live screens: those of this process directly, those of other processes through PostgreSQL.
//!
//! A commit sends a notification (`NOTIFY`) in its own transaction, so it is delivered exactly when the commit is. It says only which
//! numbers of which streams are new; who listens looks the records up. A notification that is lost (the connection broke) is made up for
//! by telling every screen to pull.

use super::db::{Conn, Pool, query, query_as};
use super::tx::{Change, News, Tx, Units};
use super::{StoreError, open};
use domain::id::UnitId;
use domain::unit::UnitTree;
use serde::{Deserialize, Serialize};
use sqlx::Executor as _;
use sqlx::postgres::{PgListener, PgPool};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The channel.
const CHANNEL: &str = "so_lien_he";
/// Streams in one notification; PostgreSQL takes 8,000 bytes.
const STREAMS: usize = 80;
/// More new records than this are not looked up one by one.
const MANY: u64 = 1000;
/// How long it may be silent before somebody asks whether the connection still lives.
const SILENCE: Duration = Duration::from_secs(20);
/// How long that answer may take, and how long to wait before connecting anew.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tells the live screens of this process, and gives the units to its readers.
#[derive(Clone)]
pub(super) struct Voice {
    process: Uuid,
    changes: broadcast::Sender<News>,
    units: Arc<RwLock<Units>>,
}

impl Voice {
    pub fn new(changes: broadcast::Sender<News>) -> Self {
        // Older than any version.
        let none = Units { version: -1, tree: Arc::default() };
        Self { process: Uuid::new_v4(), changes, units: Arc::new(RwLock::new(none)) }
    }
    /// Tells this process from others.
    pub const fn process(&self) -> Uuid {
        self.process
    }
    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.changes.subscribe()
    }
    pub fn say(&self, news: News) {
        // No listener is no fault.
        let _ = self.changes.send(news);
    }
    /// The units as last committed.
    pub fn tree(&self) -> Arc<UnitTree> {
        Arc::clone(&self.units.read().unwrap_or_else(PoisonError::into_inner).tree)
    }
    /// Newer units.
    pub fn units(&self, new: Units) {
        if self.units.read().unwrap_or_else(PoisonError::into_inner).version >= new.version {
            return;
        }
        let mut units = self.units.write().unwrap_or_else(PoisonError::into_inner);
        if units.version < new.version {
            *units = new;
        }
    }
}

/// What other processes are told.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    /// Who tells.
    p: Uuid,
    /// Streams with the first and the last new number.
    s: Vec<(UnitId, u64, u64)>,
    /// Units changed.
    #[serde(default)]
    u: bool,
}

/// Tells other processes with the commit of this transaction. On SQLite there are none.
pub(super) async fn tell(tx: &mut Tx, process: Uuid) -> Result<(), StoreError> {
    if !tx.conn.is_postgres() || tx.changed.is_empty() {
        return Ok(());
    }
    let mut streams: BTreeMap<UnitId, (u64, u64)> = BTreeMap::new();
    let mut u = false;
    for change in &tx.changed {
        let (first, last) = streams.entry(change.stream).or_insert((change.seq, change.seq));
        (*first, *last) = ((*first).min(change.seq), (*last).max(change.seq));
        u |= change.table == "unit";
    }
    let all: Vec<_> = streams.into_iter().map(|(stream, (first, last))| (stream, first, last)).collect();
    for part in all.chunks(STREAMS) {
        let told = Told { p: process, s: part.to_vec(), u };
        let text = serde_json::to_string(&told).map_err(|_| StoreError::Unreadable("notification"))?;
        query("select pg_notify('so_lien_he', $1)").bind(text).execute(&mut tx.conn).await?;
    }
    Ok(())
}

/// Listens until it is dropped.
pub(super) struct Ear(JoinHandle<()>);

impl Drop for Ear {
    fn drop(&mut self) {
        self.close();
    }
}

impl Ear {
    /// Hears nothing any more.
    pub fn close(&self) {
        self.0.abort();
    }
    /// Begins to listen; what is told from now on is heard. `line` is a pool for the listener alone.
    pub async fn open(line: PgPool, pool: Pool, voice: Voice) -> Result<Self, sqlx::Error> {
        let listener = connect(&line).await?;
        Ok(Self(tokio::spawn(async move {
            let mut listener = Some(listener);
            loop {
                if let Some(listener) = listener.take() {
                    hear(listener, &pool, &voice).await;
                }
                tokio::time::sleep(PATIENCE).await;
                match connect(&line).await {
                    Ok(anew) => {
                        listener = Some(anew);
                        catch_up(&pool, &voice).await;
                    }
                    Err(error) => tracing::warn!(%error, "cannot hear of changes made by other processes"),
                }
            }
        })))
    }
}

async fn connect(line: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(line).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Listens until the connection fails and cannot be made again at once.
async fn hear(mut listener: PgListener, pool: &Pool, voice: &Voice) {
    loop {
        match tokio::time::timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(told))) => match serde_json::from_str::<Told>(told.payload()) {
                Ok(told) if told.p == voice.process => {}
                Ok(told) => pass_on(&told, pool, voice).await,
                // From a later version, perhaps.
                Err(_) => voice.say(News::Everything),
            },
            // It was lost and is there again.
            Ok(Ok(None)) => catch_up(pool, voice).await,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the line on which other processes tell of changes broke");
                return;
            }
            Err(_) => {
                let alive = tokio::time::timeout(PATIENCE, listener.execute("select 1")).await;
                if !matches!(alive, Ok(Ok(_))) {
                    tracing::warn!("the line on which other processes tell of changes is dead");
                    return;
                }
            }
        }
    }
}

/// After a time of deafness.
async fn catch_up(pool: &Pool, voice: &Voice) {
    renew_units(pool, voice).await;
    voice.say(News::Everything);
}

async fn renew_units(pool: &Pool, voice: &Voice) {
    let read = async { open::load_units(&mut pool.snapshot().await?).await };
    match read.await {
        Ok(units) => voice.units(units),
        Err(error) => tracing::warn!(%error, "the units could not be read again"),
    }
}

async fn pass_on(told: &Told, pool: &Pool, voice: &Voice) {
    if told.u {
        renew_units(pool, voice).await;
    }
    if voice.changes.receiver_count() == 0 {
        return;
    }
    let news = if told.s.iter().any(|(_, first, last)| last.saturating_sub(*first) >= MANY) {
        News::Everything
    } else {
        match look_up(told, pool).await {
            Ok(changes) => News::Changed(changes.into()),
            Err(error) => {
                tracing::warn!(%error, "what another process changed could not be looked up");
                News::Everything
            }
        }
    };
    voice.say(news);
}

async fn look_up(told: &Told, pool: &Pool) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    let mut conn: Conn = pool.acquire().await?;
    for (stream, first, last) in &told.s {
        let rows: Vec<(i64, String, Uuid, Option<Uuid>)> = query_as(
            "select seq, tbl, unit, owner from record where stream = $1 and seq >= $2 and seq <= $3 order by seq",
        )
        .bind(stream.0)
        .bind(first.cast_signed())
        .bind(last.cast_signed())
        .fetch_all(&mut conn)
        .await?;
        changes.extend(rows.into_iter().map(|(seq, table, unit, owner)| Change {
            stream: *stream,
            seq: seq.cast_unsigned(),
            table: Cow::Owned(table),
            unit: UnitId(unit),
            owner,
        }));
    }
    Ok(changes)
}
