//! Opening the database: version check, migrations, the readers, the writer and, on PostgreSQL, the ear for other processes.

use super::db::{self, Address, Conn, Pool, query, query_scalar};
use super::heard::Heard;
use super::listen::{Ear, Voice};
use super::mark::{self, Beside};
use super::trail::Today;
use super::tx::Units;
use super::vault::Keys;
use super::writer::Writer;
use super::{Clock, Inner, Store, StoreError, chain, closed, safe};
use crate::secrets::Keyring;
use anyhow::{Context as _, bail};
use domain::unit::Unit;
use sqlx::ConnectOptions as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqlitePoolOptions;
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;

/// Earlier versions can lose a committed transaction when a log in WAL mode is checkpointed by two connections at once.
const OLDEST: (u32, u32, u32) = (3, 51, 3);
/// The oldest PostgreSQL that this is tested with.
const OLDEST_POSTGRES: i32 = 150_000;
/// Jobs that may wait before a request has to wait to hand one in.
const QUEUE: usize = 1024;
/// Changes that a slow live screen may lag behind before it is told to pull everything.
const LAG: usize = 1024;
/// Connections for reading: a SQLite file has few cores to win, PostgreSQL may be far away.
const SQLITE_READERS: u32 = 4;
const POSTGRES_READERS: u32 = 12;

/// The files of `migrations/<database>`, by number. A database remembers the digest of each: a released file is never changed.
macro_rules! migrations {
    ($database:literal, $(($number:literal, $name:literal, $file:literal)),* $(,)?) => {
        Migrator::with_migrations(vec![$(
            db::migration($number, $name, include_str!(concat!("../../migrations/", $database, "/", $file))),
        )*])
    };
}

/// The migrations for SQLite.
pub(super) fn sqlite_migrations() -> Migrator {
    migrations!(
        "sqlite",
        (1, "book", "0001_book.sql"),
        (2, "held", "0002_held.sql"),
        (3, "writer", "0003_writer.sql"),
        (4, "devices", "0004_devices.sql"),
        (5, "codes", "0005_codes.sql"),
        (6, "signin", "0006_signin.sql"),
        (7, "audit", "0007_audit.sql"),
        (8, "vault", "0008_vault.sql"),
        (10, "passkey", "0010_passkey.sql"),
        (12, "deputies", "0012_deputies.sql"),
    )
}

/// The migrations for PostgreSQL: the same numbers, the same meaning.
pub(super) fn postgres_migrations() -> Migrator {
    migrations!(
        "postgres",
        (1, "book", "0001_book.sql"),
        (2, "held", "0002_held.sql"),
        (3, "writer", "0003_writer.sql"),
        (4, "devices", "0004_devices.sql"),
        (5, "codes", "0005_codes.sql"),
        (6, "signin", "0006_signin.sql"),
        (7, "audit", "0007_audit.sql"),
        (8, "vault", "0008_vault.sql"),
        (10, "passkey", "0010_passkey.sql"),
        (12, "deputies", "0012_deputies.sql"),
    )
}

impl Store {
    /// Opens (or makes) a SQLite file and starts the writer.
    pub async fn open(path: &Path, keys: Keyring, clock: Clock) -> anyhow::Result<Self> {
        mark::refuse_a_lost_database(path)?;
        let lock = mark::lock(path)?;
        let options = db::sqlite_options(path);
        let conn = options.clone().connect().await.with_context(|| format!("cannot open {}", path.display()))?;
        let mut conn = Conn::own_sqlite(conn);
        check_sqlite(&mut conn).await?;
        conn.migrate(&sqlite_migrations()).await.context("cannot bring the database up to this version")?;
        chain_older_lines(&mut conn).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .connect_with(options.read_only(true).pragma("query_only", "on").optimize_on_close(false, None))
            .await
            .context("cannot open the database for reading")?;
        let (epoch, beside) = mark::settle(&mut conn, path, lock).await?;
        Self::begin(conn, Pool::Sqlite(read), None, (epoch, Some(beside)), keys, clock).await
    }

    /// Opens wherever the book lies.
    pub async fn connect(address: &Address, keys: Keyring, clock: Clock) -> anyhow::Result<Self> {
        let url = match address {
            Address::Sqlite(path) => return Self::open(path, keys, clock).await,
            Address::Postgres(url) => url,
        };
        let options = db::postgres_options(url)?;
        if options.get_socket().is_none() && !["localhost", "127.0.0.1", "::1"].contains(&options.get_host()) {
            tracing::warn!("the connection to PostgreSQL is not encrypted: use a private network or a tunnel");
        }
        let mut conn = Conn::own_postgres(&options).await.context("cannot connect to PostgreSQL")?;
        check_postgres(&mut conn).await?;
        conn.migrate(&postgres_migrations()).await.context("cannot bring the database up to this version")?;
        chain_older_lines(&mut conn).await?;
        let pool = PgPoolOptions::new().acquire_timeout(Duration::from_secs(5)).max_connections(POSTGRES_READERS);
        let read = pool
            .connect_with(options.clone().options([("default_transaction_read_only", "on")]))
            .await
            .context("cannot open the database for reading")?;
        let epoch = epoch(&mut conn).await?;
        Self::begin(conn, Pool::Postgres(read), Some(options), (epoch, None), keys, clock).await
    }

    async fn begin(
        mut conn: Conn,
        read: Pool,
        options: Option<PgConnectOptions>,
        (epoch, beside): (Uuid, Option<Beside>),
        secrets: Keyring,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        closed::settle(&mut conn, &secrets).await?;
        let (changes, _) = broadcast::channel(LAG);
        let voice = Voice::new(changes);
        // Before the units are read, so that no change of theirs is missed.
        let ear = match &options {
            None => None,
            Some(options) => {
                let line = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
                let line = line.connect_with(options.clone()).await.context("cannot listen to PostgreSQL")?;
                Some(Ear::open(line, read.clone(), voice.clone()).await.context("cannot listen to PostgreSQL")?)
            }
        };
        let units = load_units(&mut read.snapshot().await?).await.context("the units cannot be read")?;
        voice.units(units.clone());
        let safe = RwLock::new(Arc::new(safe::load(&mut read.snapshot().await?).await?));
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = Writer::new(conn, options, units, Arc::clone(&clock), voice.clone());
        tokio::spawn(writer.run(queue));
        let (beside, heard, keys, today) = (beside.map(Arc::new), Heard::default(), Keys::default(), Today::default());
        Ok(Self(Arc::new(Inner { read, jobs, voice, ear, epoch, clock, beside, safe, heard, keys, secrets, today })))
    }
}

/// The first start of a release that chains the log.
async fn chain_older_lines(conn: &mut Conn) -> anyhow::Result<()> {
    let filled = chain::fill(conn).await.context("the lines of the log could not be chained")?;
    if filled > 0 {
        tracing::info!(
            lines = filled,
            "the log of before is a chain now: changes from here on can be found by `server verify`"
        );
    }
    Ok(())
}

pub(super) async fn check_sqlite(conn: &mut Conn) -> anyhow::Result<()> {
    let text: String = query_scalar("select sqlite_version()").fetch_one(conn).await?;
    let mut parts = text.split('.').map(|p| p.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version = (next(), next(), next());
    if version < OLDEST {
        bail!("SQLite {text} has a bug that can damage this kind of database; at least 3.51.3 is needed");
    }
    Ok(())
}

async fn check_postgres(conn: &mut Conn) -> anyhow::Result<()> {
    let setting = "select current_setting($1)";
    let version: String = query_scalar(setting).bind("server_version_num").fetch_one(&mut *conn).await?;
    if version.parse::<i32>().unwrap_or(0) < OLDEST_POSTGRES {
        bail!("PostgreSQL {version} is too old; at least version 15 is needed");
    }
    let encoding: String = query_scalar(setting).bind("server_encoding").fetch_one(&mut *conn).await?;
    if encoding != "UTF8" {
        bail!("the PostgreSQL database has the encoding {encoding}; it must be made with encoding UTF8");
    }
    let fsync: String = query_scalar(setting).bind("fsync").fetch_one(conn).await?;
    if fsync != "on" {
        tracing::warn!("PostgreSQL runs with fsync off: after a power failure what was acknowledged may be gone");
    }
    Ok(())
}

async fn epoch(conn: &mut Conn) -> anyhow::Result<Uuid> {
    query("insert into meta (name, value) values ('epoch', $1) on conflict (name) do nothing")
        .bind(Uuid::new_v4().to_string())
        .execute(&mut *conn)
        .await?;
    let text: String = query_scalar("select value from meta where name = 'epoch'").fetch_one(conn).await?;
    Uuid::parse_str(&text).context("the epoch in the database is no UUID")
}

/// The version of the units; every change counts it up.
pub(super) async fn units_version(conn: &mut Conn) -> Result<i64, StoreError> {
    let text: Option<String> = query_scalar("select value from meta where name = 'units'").fetch_optional(conn).await?;
    text.map_or(Ok(0), |text| text.parse().map_err(|_| StoreError::Unreadable("version of the units")))
}

/// All units. The version is read first: units that are newer than it are read once more than needed, never once too little.
pub(super) async fn load_units(conn: &mut Conn) -> Result<Units, StoreError> {
    let version = units_version(conn).await?;
    let bodies: Vec<String> = query_scalar("select body from unit").fetch_all(conn).await?;
    let units: Result<Vec<Unit>, _> = bodies.iter().map(|b| serde_json::from_str(b)).collect();
    let tree = Arc::new(units.map_err(|_| StoreError::Unreadable("unit"))?.into_iter().collect());
    Ok(Units { version, tree })
}

/// Moves SQLite's write-ahead log into the database file.
pub(super) async fn checkpoint(conn: &mut Conn) -> Result<(), StoreError> {
    if !conn.is_postgres() {
        conn.run("pragma wal_checkpoint(truncate)").await?;
    }
    Ok(())
}
