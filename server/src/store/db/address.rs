//! Where the book lies: a SQLite file or a PostgreSQL database, and how each is opened.

use anyhow::{Context as _, ensure};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

/// Where the book lies. `Debug` is written by hand: an address of PostgreSQL may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// `postgres://user:password@host/database`
    Postgres(String),
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres"),
        }
    }
}

impl std::fmt::Display for Address {
    /// For people: without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(_) => f.write_str("the PostgreSQL database"),
        }
    }
}

impl Address {
    /// Reads `sqlite:FILE`, `postgres://…` or `postgresql://…`.
    pub fn parse(url: &str) -> anyhow::Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            PgConnectOptions::from_str(url).context("--database is no address of PostgreSQL")?;
            return Ok(Self::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite:").map_or(url, |rest| rest.strip_prefix("//").unwrap_or(rest));
        ensure!(
            !path.is_empty() && !path.contains("://"),
            "--database must be sqlite:FILE or postgres://USER@HOST/DATABASE"
        );
        Ok(Self::Sqlite(path.into()))
    }
}

/// Durable (every commit is synced), with foreign keys.
pub(in crate::store) fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(200)
        // A whole page of a pull comes over from SQLite's thread at once; each time that it must wait for room costs more than the rows.
        .row_buffer_size(1024)
        // 16 MB a connection (negative: KiB); SQLite's own 2 MB hold not even the indexes of one ward.
        .pragma("cache_size", "-16000")
        .disable_statement_logging()
}

/// Durable (a commit is answered when it is on the disk), whatever the server's own settings; a process that hangs in a transaction
/// loses it, so that it does not keep a stream locked for the others.
pub(in crate::store) fn postgres_options(url: &str) -> anyhow::Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).context("--database is no address of PostgreSQL")?;
    Ok(options
        .application_name("so-lien-he")
        .statement_cache_capacity(200)
        .options([
            ("synchronous_commit", "on"),
            ("default_transaction_isolation", "read committed"),
            ("idle_in_transaction_session_timeout", "15s"),
            ("statement_timeout", "120s"),
            ("tcp_keepalives_idle", "30"),
            ("client_min_messages", "warning"),
        ])
        .disable_statement_logging())
}
