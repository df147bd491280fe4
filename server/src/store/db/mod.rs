//! One way to speak to SQLite and to PostgreSQL: the same static `$1` SQL goes to either connection, and rows come back as tuples.
//!
//! It knows the two drivers and what an error means for a transaction; it knows no table. Where the dialects differ, the
//! caller asks [`Conn::is_postgres`].
//!
//! How the SQL stays the same for both: booleans are written `true`/`false`, numbers are `bigint`, text is compared byte by byte (on
//! PostgreSQL the columns have `collate "C"`), ids are 16 bytes (`blob` there, `uuid` here), conflicts are `on conflict … do`.

mod address;
pub(super) mod query;

pub use address::Address;
pub(super) use address::{postgres_options, sqlite_options};
pub(super) use query::{Value, query, query_as, query_scalar};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{
    ConnectOptions as _, Connection as _, Database, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
};
use std::borrow::Cow;

/// What an error says about the transaction in which it happened. Only PostgreSQL has these: SQLite has one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    /// A unique key exists: perhaps another process was faster, and a second look finds its row.
    Clash,
    /// A deadlock or a serialization failure: nothing wrong but the moment.
    Again,
    /// The connection is gone, or the database ends.
    Lost,
}

impl Trouble {
    fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some("23505") => Some(Self::Clash),
                Some("40001" | "40P01" | "55P03") => Some(Self::Again),
                // Class 57P: shut down or crashed; 25P03: idle too long in a transaction; class 08: connection.
                Some(code) if code.starts_with("57P") || code.starts_with("08") || code == "25P03" => Some(Self::Lost),
                _ => None,
            },
            sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_) => {
                Some(Self::Lost)
            }
            _ => None,
        }
    }
}

/// Connections that only read.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    /// One of them, for several questions.
    pub async fn acquire(&self) -> Result<Conn, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Conn::Sqlite(Link::Pooled(pool.acquire().await?)),
            Self::Postgres(pool) => Conn::Postgres(Link::Pooled(pool.acquire().await?), None),
        })
    }
    /// One of them in a transaction, so that all questions see the same moment. Ends when it is dropped.
    pub async fn snapshot(&self) -> Result<Conn, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Conn::Sqlite(Link::Within(pool.begin().await?)),
            Self::Postgres(pool) => {
                let moment = pool.begin_with("begin isolation level repeatable read read only").await?;
                Conn::Postgres(Link::Within(moment), None)
            }
        })
    }
    /// Closes all.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Where a connection comes from.
pub(super) enum Link<DB: Database> {
    Own(Box<DB::Connection>),
    Pooled(PoolConnection<DB>),
    Within(Transaction<'static, DB>),
}

impl<DB: Database> Link<DB> {
    fn conn(&mut self) -> &mut DB::Connection {
        match self {
            Self::Own(conn) => conn,
            Self::Pooled(conn) => conn,
            Self::Within(tx) => tx,
        }
    }
}

/// A connection. PostgreSQL's remembers the worst that its errors said, also when the caller made light of them.
pub(super) enum Conn {
    Sqlite(Link<Sqlite>),
    Postgres(Link<Postgres>, Option<Trouble>),
}

impl Conn {
    /// A SQLite connection of one's own.
    pub fn own_sqlite(conn: SqliteConnection) -> Self {
        Self::Sqlite(Link::Own(Box::new(conn)))
    }
    /// A PostgreSQL connection of one's own.
    pub async fn own_postgres(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        Ok(Self::Postgres(Link::Own(Box::new(options.connect().await?)), None))
    }
    /// Which dialect.
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(..))
    }
    /// What its errors said since this was last asked.
    pub const fn take_trouble(&mut self) -> Option<Trouble> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(_, trouble) => trouble.take(),
        }
    }
    /// Runs one statement without parameters, such as `begin`.
    pub async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            // Prepared once and kept.
            Self::Sqlite(_) => query(sql).execute(self).await.map(drop),
            // One message there and back.
            Self::Postgres(link, trouble) => {
                let done = sqlx::raw_sql(sql).execute(link.conn()).await;
                done.map(drop).inspect_err(|error| *trouble = (*trouble).max(Trouble::of(error)))
            }
        }
    }
    /// Runs migrations.
    pub async fn migrate(&mut self, migrator: &sqlx::migrate::Migrator) -> Result<(), sqlx::migrate::MigrateError> {
        match self {
            Self::Sqlite(link) => migrator.run(link.conn()).await,
            Self::Postgres(link, _) => migrator.run(link.conn()).await,
        }
    }
    /// Closes in order.
    pub async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(Link::Own(conn)) => conn.close().await,
            Self::Postgres(Link::Own(conn), _) => conn.close().await,
            // Given back when it is dropped.
            _ => Ok(()),
        }
    }
}

/// Whom a query is put to.
pub(super) enum Target<'c> {
    SqlitePool(&'c SqlitePool),
    Sqlite(&'c mut SqliteConnection),
    PostgresPool(&'c PgPool),
    Postgres(&'c mut PgConnection, &'c mut Option<Trouble>),
}

/// What a query can be put to: `&Pool`, `&mut Conn`.
pub(super) trait Db<'c>: Send {
    fn target(self) -> Target<'c>;
}

impl<'c> Db<'c> for &'c Pool {
    fn target(self) -> Target<'c> {
        match self {
            Pool::Sqlite(pool) => Target::SqlitePool(pool),
            Pool::Postgres(pool) => Target::PostgresPool(pool),
        }
    }
}

#[cfg(test)]
thread_local! {
    /// How many statements this thread has put to connections: for the test that a push asks no more than it has to.
    pub(super) static ASKED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

impl<'c> Db<'c> for &'c mut Conn {
    fn target(self) -> Target<'c> {
        #[cfg(test)]
        ASKED.set(ASKED.get() + 1);
        match self {
            Conn::Sqlite(link) => Target::Sqlite(link.conn()),
            Conn::Postgres(link, trouble) => Target::Postgres(link.conn(), trouble),
        }
    }
}

/// A migration from its file.
pub(super) fn migration(version: i64, name: &'static str, sql: &'static str) -> sqlx::migrate::Migration {
    use sqlx::SqlSafeStr as _;
    let simple = sqlx::migrate::MigrationType::Simple;
    sqlx::migrate::Migration::new(version, Cow::Borrowed(name), simple, sql.into_sql_str(), false)
}
