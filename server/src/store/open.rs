//! Opening the database: version check, settings, migrations, the writer.

use super::{Clock, Inner, Store, StoreError, mark, refold, safe, tx::Tx, writer};
use anyhow::{Context as _, bail, ensure};
use domain::unit::{Unit, UnitTree};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};

/// Earlier versions can lose a committed transaction when a log in WAL mode is checkpointed by two connections at once.
const OLDEST: (u32, u32, u32) = (3, 51, 3);
/// Jobs that may wait before a request has to wait to hand one in.
const QUEUE: usize = 1024;
/// Changes that a slow live screen may lag behind before it is told to pull everything.
const LAG: usize = 1024;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

impl Store {
    /// Opens (or makes) the database file and starts the writer.
    pub async fn open(path: &Path, clock: Clock) -> anyhow::Result<Self> {
        mark::refuse_a_lost_database(path)?;
        let lock = mark::lock(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200)
            .disable_statement_logging();
        let mut conn = options.clone().connect().await.with_context(|| format!("cannot open {}", path.display()))?;
        check_version(&mut conn).await?;
        MIGRATIONS.run(&mut conn).await.context("cannot bring the database up to this version")?;
        let (epoch, beside) = mark::settle(&mut conn, path, lock).await?;
        let safe = safe::load(&mut conn).await?;
        let units = Arc::new(load_units(&mut conn).await?);
        let found = refold::differences(&mut conn).await?;
        if found > 0 {
            tracing::error!(alarm = "refold", rows = found, "presence rows differ from the op log");
        }

        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true).pragma("query_only", "on").optimize_on_close(false, None))
            .await
            .context("cannot open the database for reading")?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (changes, _) = broadcast::channel(LAG);
        let shared = Arc::new(RwLock::new(Arc::clone(&units)));
        let tx = Tx::new(conn, units, Arc::clone(&clock));
        tokio::spawn(writer::run(tx, queue, Arc::clone(&shared), changes.clone()));
        let (beside, safe) = (Some(Arc::new(beside)), RwLock::new(Arc::new(safe)));
        Ok(Self(Arc::new(Inner { read, jobs, units: shared, epoch, changes, clock, beside, safe })))
    }
}

pub(super) async fn check_version(conn: &mut SqliteConnection) -> anyhow::Result<()> {
    let text: String = sqlx::query_scalar("select sqlite_version()").fetch_one(conn).await?;
    let mut parts = text.split('.').map(|p| p.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version = (next(), next(), next());
    if version < OLDEST {
        bail!("SQLite {text} has a bug that can damage this kind of database; at least 3.51.3 is needed");
    }
    Ok(())
}

pub(super) async fn load_units(conn: &mut SqliteConnection) -> anyhow::Result<UnitTree> {
    let bodies: Vec<String> = sqlx::query_scalar("select body from unit").fetch_all(conn).await?;
    let units: Result<Vec<Unit>, _> = bodies.iter().map(|b| serde_json::from_str(b)).collect();
    Ok(units.context("a unit in the database cannot be read")?.into_iter().collect())
}

/// Moves the write-ahead log into the database file.
pub(super) async fn checkpoint(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut *conn).await?;
    conn.ping().await?;
    Ok(())
}

/// Refuses a `--database` that this release cannot serve.
pub fn sqlite_path(url: &str) -> anyhow::Result<std::path::PathBuf> {
    ensure!(
        !url.starts_with("postgres://") && !url.starts_with("postgresql://"),
        "PostgreSQL comes in a later release; this one keeps its data in SQLite (--database sqlite:FILE)"
    );
    let path = url.strip_prefix("sqlite:").map_or(url, |rest| rest.strip_prefix("//").unwrap_or(rest));
    ensure!(!path.is_empty() && !path.contains("://"), "--database must be sqlite:FILE");
    Ok(path.into())
}
