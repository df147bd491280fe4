//! The way back: everything of a PostgreSQL database, as of one moment and while it is in use, into a new SQLite file. So a backup is the same
//! whatever the database: a file that can be looked at, served by itself, or moved into an empty PostgreSQL database again.
//!
//! As on the way there, each table is read back from the file and must have the count and the digest of the source.

use super::tables::{TABLES, Table};
use super::{Copied, Sum, read, same_version};
use crate::store::db::{postgres_options, query, sqlite_options};
use crate::store::open::{postgres_migrations, sqlite_migrations};
use anyhow::{Context as _, ensure};
use futures::TryStreamExt as _;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};
use std::path::Path;

/// Copies. `to` must not exist; on an error what is there of it is worth nothing.
pub async fn copy_out(from: &str, to: &Path) -> anyhow::Result<Vec<Copied>> {
    ensure!(!to.exists(), "{} is there already", to.display());
    // A long look is no hanging process.
    let patient = [("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")];
    let options = postgres_options(from)?.options(patient);
    let mut source = options.connect().await.context("cannot connect to PostgreSQL")?;
    let mut moment = source.begin_with("begin isolation level repeatable read read only").await?;
    same_version(&mut *moment, &postgres_migrations()).await?;
    let file = sqlite_options(to).journal_mode(SqliteJournalMode::Delete).connect().await;
    let mut target = file.with_context(|| format!("cannot make {}", to.display()))?;
    sqlite_migrations().run(&mut target).await.context("cannot make the tables")?;
    let mut tx = target.begin().await?;
    let mut copied = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        let there = copy(table, &mut moment, &mut tx).await.with_context(|| format!("table {}", table.name))?;
        let here = read_back(table, &mut tx).await?;
        ensure!(
            there == here,
            "the table {} differs after copying ({} rows there, {} here)",
            table.name,
            there.rows,
            here.rows
        );
        copied.push(here);
    }
    tx.commit().await?;
    target.close().await?;
    moment.rollback().await?;
    source.close().await?;
    Ok(copied)
}

async fn copy(table: &Table, from: &mut PgConnection, to: &mut SqliteConnection) -> anyhow::Result<Copied> {
    let mut sum = Sum::default();
    let mut rows = sqlx::query(table.select).fetch(from);
    while let Some(row) = rows.try_next().await? {
        let values = read(&row, table.kinds)?;
        sum.add(&values);
        query::insert_sqlite(table.insert, values, &mut *to).await?;
    }
    Ok(sum.of(table))
}

async fn read_back(table: &Table, conn: &mut SqliteConnection) -> anyhow::Result<Copied> {
    let mut sum = Sum::default();
    let mut rows = sqlx::query(table.select).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        sum.add(&read(&row, table.kinds)?);
    }
    Ok(sum.of(table))
}
