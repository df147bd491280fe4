//! Moving an installation: everything of a SQLite file into an empty PostgreSQL database, in one transaction, and only if afterwards
//! both hold the same.
//!
//! "The same" is proved, not assumed: every table is read back in the order of its key, and the count and the SHA-256 of all values
//! must be those of the source. Numbers, epoch and cursors stay, so phones do not notice.

mod tables;
#[cfg(test)]
mod tests;

use super::db::{self, Value};
use super::mark;
use super::open::{postgres_migrations, sqlite_migrations};
use anyhow::{Context as _, bail, ensure};
use futures::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::migrate::{Migrate as _, Migrator};
use sqlx::sqlite::SqliteLockingMode;
use sqlx::{
    ColumnIndex, ConnectOptions as _, Connection as _, Database, Decode, PgConnection, Row, SqliteConnection, Type,
};
use std::path::Path;
use std::time::Duration;
use tables::{Kind, TABLES, Table};
use uuid::Uuid;

/// What was copied of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The table.
    pub table: &'static str,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of all its values in the order of the key.
    pub digest: [u8; 32],
}

/// Copies a SQLite installation that nobody uses into an empty PostgreSQL database. On any doubt nothing is written.
pub async fn migrate_to_postgres(from: &Path, to: &str) -> anyhow::Result<Vec<Copied>> {
    ensure!(from.is_file(), "there is no file {}", from.display());
    let _lock = mark::lock(from).context("stop its server first")?;
    let mut source = open_source(from).await?;
    let options = db::postgres_options(to)?.options([("statement_timeout", "0")]);
    let mut target = options.connect().await.context("cannot connect to PostgreSQL")?;
    must_be_empty(&mut target).await?;
    postgres_migrations().run(&mut target).await.context("cannot make the tables")?;
    let mut tx = target.begin().await?;
    // Nobody else begins to write here in the meantime.
    sqlx::query("lock table meta in access exclusive mode").execute(&mut *tx).await?;
    let mut copied = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        let rows: i64 = sqlx::query_scalar(table.count).fetch_one(&mut *tx).await?;
        ensure!(rows == 0, "the table {} of the target is not empty: nothing was copied", table.name);
        let there = copy(table, &mut source, &mut tx).await.with_context(|| format!("table {}", table.name))?;
        let here = read_back(table, &mut tx).await?;
        ensure!(
            there == here,
            "the table {} differs after copying ({} rows there, {} here): nothing was copied",
            table.name,
            there.rows,
            here.rows
        );
        copied.push(here);
    }
    tx.commit().await.context("the copy could not be committed: nothing was copied")?;
    source.close().await?;
    Ok(copied)
}

/// Opens the file so that nobody else can have it open: a server that still runs would take in ops that are not copied.
async fn open_source(path: &Path) -> anyhow::Result<SqliteConnection> {
    let options = db::sqlite_options(path).create_if_missing(false).busy_timeout(Duration::from_secs(1));
    let mut conn = options
        .locking_mode(SqliteLockingMode::Exclusive)
        .connect()
        .await
        .with_context(|| format!("cannot open {}: does its server still run? Stop it first", path.display()))?;
    sqlx::raw_sql("begin exclusive; rollback")
        .execute(&mut conn)
        .await
        .context("somebody uses the database: stop its server first")?;
    let known = TABLES.map(|t| t.name);
    let tables: Vec<String> = sqlx::query_scalar("select name from sqlite_schema where type = 'table' order by name")
        .fetch_all(&mut conn)
        .await
        .with_context(|| format!("{} is no database of this program", path.display()))?;
    for table in &tables {
        let ours = known.contains(&table.as_str()) || table == "_sqlx_migrations" || table.starts_with("sqlite_");
        ensure!(ours, "{} has a table {table} that this version does not know", path.display());
    }
    ensure!(tables.len() > known.len(), "{} is no database of this program", path.display());
    same_version(&mut conn, &sqlite_migrations()).await?;
    Ok(conn)
}

async fn same_version(conn: &mut SqliteConnection, known: &Migrator) -> anyhow::Result<()> {
    let applied = conn.list_applied_migrations("_sqlx_migrations").await?;
    let expected: Vec<(i64, &[u8])> = known.iter().map(|m| (m.version, &*m.checksum)).collect();
    let found: Vec<(i64, &[u8])> = applied.iter().map(|m| (m.version, &*m.checksum)).collect();
    if found != expected {
        bail!(
            "the file was written by another version: start this version's server with it once, stop it, and try again"
        );
    }
    Ok(())
}

/// No table at all, or ours without a row.
async fn must_be_empty(conn: &mut PgConnection) -> anyhow::Result<()> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select cast(tablename as text) from pg_catalog.pg_tables where schemaname = current_schema() order by tablename",
    )
    .fetch_all(&mut *conn)
    .await?;
    for name in tables.iter().filter(|t| *t != "_sqlx_migrations") {
        let Some(table) = TABLES.iter().find(|t| t.name == name) else {
            bail!("the target is not empty: it has a table {name}. Make a new database for this");
        };
        let rows: i64 = sqlx::query_scalar(table.count).fetch_one(&mut *conn).await?;
        ensure!(rows == 0, "the target is not empty: its table {name} has {rows} rows. Make a new database for this");
    }
    Ok(())
}

async fn copy(table: &Table, from: &mut SqliteConnection, to: &mut PgConnection) -> anyhow::Result<Copied> {
    let mut sum = Sum::default();
    let mut rows = sqlx::query(table.select).fetch(from);
    while let Some(row) = rows.try_next().await? {
        let values = read(&row, table.kinds)?;
        sum.add(&values);
        db::query::insert(table.insert, values, &mut *to).await?;
    }
    Ok(sum.of(table))
}

async fn read_back(table: &Table, conn: &mut PgConnection) -> anyhow::Result<Copied> {
    let mut sum = Sum::default();
    let mut rows = sqlx::query(table.select).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        sum.add(&read(&row, table.kinds)?);
    }
    Ok(sum.of(table))
}

fn read<R: Row>(row: &R, kinds: &[Kind]) -> Result<Vec<Value>, sqlx::Error>
where
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Uuid: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    let value = |(n, kind): (usize, &Kind)| {
        Ok(match kind {
            Kind::Int => Value::Int(row.try_get(n)?),
            Kind::Bool => Value::Bool(row.try_get(n)?),
            Kind::Text => Value::Text(row.try_get(n)?),
            Kind::Id => Value::Id(row.try_get(n)?),
            Kind::Bytes => Value::Bytes(row.try_get(n)?),
        })
    };
    kinds.iter().enumerate().map(value).collect()
}

/// Counts and digests rows.
#[derive(Default)]
struct Sum {
    rows: u64,
    hash: Sha256,
}

impl Sum {
    fn add(&mut self, values: &[Value]) {
        self.rows += 1;
        for value in values {
            match value {
                Value::Int(v) => self.part(1, v.map(i64::to_be_bytes)),
                Value::Bool(v) => self.part(2, Some([u8::from(*v)])),
                Value::Text(v) => self.part(3, v.as_ref()),
                Value::Id(v) => self.part(4, v.as_ref()),
                Value::Bytes(v) => self.part(5, v.as_ref()),
            }
        }
    }
    /// Kind, length and bytes, so that no two lists of values have the same text.
    fn part(&mut self, kind: u8, bytes: Option<impl AsRef<[u8]>>) {
        self.hash.update([kind, u8::from(bytes.is_some())]);
        if let Some(bytes) = bytes {
            let bytes = bytes.as_ref();
            self.hash.update((bytes.len() as u64).to_be_bytes());
            self.hash.update(bytes);
        }
    }
    fn of(self, table: &Table) -> Copied {
        Copied { table: table.name, rows: self.rows, digest: self.hash.finalize().into() }
    }
}
