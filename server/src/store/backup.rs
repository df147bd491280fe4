//! Copies of a database file: making one while the database is in use, looking at one, and comparing two. Every function opens connections of its
//! own, so that it works the same in the server and in a program beside it. It knows nothing of folders, names and schedules.

use super::copy::copy_out;
use super::db::{Address, Conn, postgres_options, query, query_as, query_scalar};
use super::mark::{self, Heads};
use super::{StoreError, chain, open, refold, safe};
use anyhow::{Context as _, ensure};
use domain::id::UnitId;
use futures::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// The op log of one stream, up to a sequence.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StreamLog {
    /// The stream's counter: every number up to it is given.
    pub head: u64,
    /// Lines of the log.
    pub ops: u64,
    /// SHA-256 over sequence, id and bytes of each line, as hex.
    pub digest: String,
    /// The chain value of the last line, as hex; none in manifests of before there was a chain, and for a stream without a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
}

/// What a database file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its epoch.
    pub epoch: Uuid,
    /// Its op log.
    pub streams: BTreeMap<UnitId, StreamLog>,
    /// Presence rows that are not what the log says: a fault of the database that was copied, not of the copy.
    pub differs: usize,
}

impl Facts {
    /// How far each stream is.
    #[must_use]
    pub fn heads(&self) -> Heads {
        self.streams.iter().map(|(stream, log)| (*stream, log.head)).collect()
    }
    /// Lines of the whole log.
    #[must_use]
    pub fn ops(&self) -> u64 {
        self.streams.values().map(|s| s.ops).sum()
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(30))
        .disable_statement_logging()
}

/// A database in use, for looking only.
pub(super) async fn look(path: &Path) -> anyhow::Result<Conn> {
    ensure!(path.is_file(), "there is no database {}", path.display());
    let conn = options(path).pragma("query_only", "on").connect().await;
    conn.map(Conn::own_sqlite).with_context(|| format!("cannot open {}", path.display()))
}

/// A file that nobody writes: no lock, no log, nothing is made beside it.
async fn look_at_copy(path: &Path) -> anyhow::Result<Conn> {
    let conn = options(path).read_only(true).immutable(true).connect().await;
    conn.map(Conn::own_sqlite).with_context(|| format!("cannot open the copy {}", path.display()))
}

/// Copies the database as it is at one moment, while it is in use, and compares the copy with it: no damage, and every line of the log byte for
/// byte. `to` must not exist; it is not durable yet.
pub async fn copy(from: &Address, to: &Path) -> anyhow::Result<Facts> {
    let from = match from {
        Address::Sqlite(file) => file,
        Address::Postgres(url) => {
            // It compares by itself, table by table and as of one moment; a thread of its own for what may take minutes.
            let (url, target) = (url.clone(), to.to_owned());
            let here = tokio::runtime::Handle::current();
            tokio::task::spawn_blocking(move || here.block_on(copy_out(&url, &target))).await??;
            return examine(to).await;
        }
    };
    let source = options(from).connect().await;
    let mut source =
        source.map(Conn::own_sqlite).with_context(|| format!("cannot open the database {}", from.display()))?;
    open::check_sqlite(&mut source).await?;
    let name = to.to_str().context("the name of a backup must be plain text")?;
    query("vacuum into $1").bind(name).execute(&mut source).await.context("the copy could not be written")?;
    let facts = examine(to).await?;
    // Lines of the log never change, so the database that goes on living still holds those of the copy.
    let living = log_up_to(&mut source, &facts.heads()).await?;
    same_log(&living, &facts.streams)?;
    source.close().await?;
    Ok(facts)
}

/// Looks at a file that nobody writes: whole, sound, and whether its presence rows are what its log says.
pub async fn examine(path: &Path) -> anyhow::Result<Facts> {
    let mut conn = look_at_copy(path).await?;
    sound(&mut conn).await.with_context(|| format!("{} is damaged", path.display()))?;
    let differs = refold::different_rows(&mut conn).await?.len();
    let heads = mark::heads(&mut conn).await?;
    let epoch: String = query_scalar("select value from meta where name = 'epoch'")
        .fetch_one(&mut conn)
        .await
        .context("it has no epoch: it is no database of this program")?;
    let facts = Facts { epoch: Uuid::parse_str(&epoch)?, streams: log_up_to(&mut conn, &heads).await?, differs };
    conn.close().await?;
    Ok(facts)
}

/// What SQLite itself can say about damage.
pub(super) async fn sound(conn: &mut Conn) -> anyhow::Result<()> {
    let found: Vec<String> = query_scalar("pragma integrity_check(5)").fetch_all(&mut *conn).await?;
    ensure!(found == ["ok"], "integrity check: {}", found.join("; "));
    let orphans: Vec<(String,)> =
        query_as("select \"table\" from pragma_foreign_key_check limit 5").fetch_all(conn).await?;
    ensure!(orphans.is_empty(), "rows without what they belong to in: {orphans:?}");
    Ok(())
}

/// The log of each stream up to its head.
pub(super) async fn log_up_to(conn: &mut Conn, heads: &Heads) -> Result<BTreeMap<UnitId, StreamLog>, StoreError> {
    let mut chains = chain::at_heads(conn, heads).await?;
    let mut logs = BTreeMap::new();
    for (stream, head) in heads {
        let mut lines =
            query_as::<(i64, Uuid, String)>("select seq, id, raw from op where stream = $1 and seq <= $2 order by seq")
                .bind(stream.0)
                .bind(head.cast_signed())
                .fetch(&mut *conn);
        let (mut hash, mut ops) = (Sha256::new(), 0);
        while let Some((seq, id, raw)) = lines.try_next().await? {
            hash.update(seq.to_be_bytes());
            hash.update(id.as_bytes());
            hash.update((raw.len() as u64).to_be_bytes());
            hash.update(raw.as_bytes());
            ops += 1;
        }
        let chain = chains.remove(stream);
        logs.insert(*stream, StreamLog { head: *head, ops, digest: hex(&hash.finalize()), chain });
    }
    Ok(logs)
}

/// Bytes as hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
        text
    })
}

/// Fails and says where two logs differ.
pub fn same_log(living: &BTreeMap<UnitId, StreamLog>, copy: &BTreeMap<UnitId, StreamLog>) -> anyhow::Result<()> {
    for (stream, there) in copy {
        let here = living.get(stream);
        ensure!(
            here == Some(there),
            "stream {stream}: the copy holds {} ops ({}), the database {} ({})",
            there.ops,
            there.digest,
            here.map_or(0, |h| h.ops),
            here.map_or("none", |h| h.digest.as_str())
        );
    }
    Ok(())
}

/// Notes in a database that may be in use that a verified backup covers this. False: it has another epoch by now.
pub async fn note_safe_in(database: &Address, epoch: Uuid, heads: &Heads) -> anyhow::Result<bool> {
    let mut conn = match database {
        Address::Sqlite(file) => {
            let conn = options(file).synchronous(SqliteSynchronous::Full).connect().await?;
            let mut conn = Conn::own_sqlite(conn);
            conn.run("begin immediate").await?;
            conn
        }
        Address::Postgres(url) => {
            let mut conn = Conn::own_postgres(&postgres_options(url)?).await?;
            conn.run("begin").await?;
            conn
        }
    };
    let noted = safe::note(&mut conn, epoch, heads).await?;
    conn.run("commit").await?;
    conn.close().await?;
    Ok(noted)
}

/// Makes a copy that nobody serves the database that will be served from `at`: with a new epoch and the mark that belongs to it. The
/// copy is in one file afterwards. Gives epoch and heads.
pub async fn make_own(copy: &Path, at: &Path) -> anyhow::Result<(Uuid, Heads)> {
    let mut conn = options(copy)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .map(Conn::own_sqlite)
        .with_context(|| format!("cannot open {}", copy.display()))?;
    let made = mark::begin_anew(&mut conn, at).await?;
    conn.close().await?;
    Ok(made)
}

/// Moves the write-ahead log of a database that nobody serves into its file.
pub async fn fold_log(database: &Path) -> anyhow::Result<()> {
    let mut conn = Conn::own_sqlite(options(database).synchronous(SqliteSynchronous::Full).connect().await?);
    open::checkpoint(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

/// Holds the lock of a database as long as it lives; fails when a server holds it.
pub fn take_lock(database: &Path) -> anyhow::Result<std::fs::File> {
    mark::lock(database)
}
