//! The table `record`: reading and writing one row.

use super::StoreError;
use super::db::{Conn, Db, query, query_as, query_scalar};
use super::log::padded;
use super::tx::{Change, Tx};
use domain::id::{MemberId, UnitId};
use domain::ledger::Put;
use domain::notice::Notice;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use uuid::Uuid;

/// The body of the living record (table, id), wherever it stands.
pub(super) async fn body_of(db: impl Db<'_>, table: &'static str, id: &str) -> Result<Option<String>, StoreError> {
    Ok(query_scalar("select body from record where tbl = $1 and id = $2 and gone = false order by seq desc limit 1")
        .bind(table)
        .bind(id)
        .fetch_optional(db)
        .await?)
}

/// Unit and body of the living record (table, id), wherever it stands, inside the writer's transaction. A meeting, which hundreds of ops
/// of a transaction name, is kept in mind while its stream is locked: nobody else changes it then.
pub(super) async fn record(tx: &mut Tx, table: &'static str, id: &str) -> Result<Option<(UnitId, String)>, StoreError> {
    let is_meeting = table == "meeting";
    if is_meeting && let Some(found) = tx.meetings.get(id) {
        return Ok(Some(found.clone()));
    }
    let row: Option<(Uuid, String)> =
        query_as("select unit, body from record where tbl = $1 and id = $2 and gone = false order by seq desc limit 1")
            .bind(table)
            .bind(id)
            .fetch_optional(&mut tx.conn)
            .await?;
    let found = row.map(|(unit, body)| (UnitId(unit), body));
    if is_meeting
        && let Some((unit, body)) = &found
        && tx.has_locked(tx.units.stream(*unit))
    {
        tx.meetings.insert(id.to_owned(), (*unit, body.clone()));
    }
    Ok(found)
}

/// Unit and body of up to [`super::log::AT_ONCE`] living records of a table; what is not among the answers is not there.
pub(super) async fn several(
    conn: &mut Conn,
    table: &'static str,
    ids: &[&str],
) -> Result<HashMap<String, (UnitId, String)>, StoreError> {
    let mut asked = query_as::<(String, Uuid, String)>(
        "select id, unit, body from record where tbl = $21 and gone = false and id in
         ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) order by seq",
    );
    for id in padded(ids) {
        asked = asked.bind(id);
    }
    let rows = asked.bind(table).fetch_all(conn).await?;
    // One that stands in two units: the later one counts.
    Ok(rows.into_iter().map(|(id, unit, body)| (id, (UnitId(unit), body))).collect())
}

/// The living record (table, id) as its domain type.
pub(super) async fn get<T: DeserializeOwned>(
    db: impl Db<'_>,
    table: &'static str,
    id: &str,
) -> Result<Option<T>, StoreError> {
    body_of(db, table, id).await?.map(|b| parse(table, &b)).transpose()
}

pub(super) fn parse<T: DeserializeOwned>(table: &'static str, body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|_| StoreError::Unreadable(table))
}

pub(super) fn json<T: Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(table))
}

/// Writes one row and remembers it for live screens.
pub(super) async fn put(tx: &mut Tx, row: Put<'_>) -> Result<u64, StoreError> {
    let stream = tx.units.stream(row.unit);
    if row.table == "meeting" {
        tx.meetings.remove(row.id);
    }
    let seq = match row.seq {
        Some(seq) => seq,
        None => tx.draw(stream).await?,
    };
    query(
        "insert into record (stream, tbl, id, unit, owner, seq, gone, due, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (stream, tbl, id, unit) do update
         set owner = excluded.owner, seq = excluded.seq, gone = excluded.gone, due = excluded.due, body = excluded.body",
    )
    .bind(stream.0)
    .bind(row.table)
    .bind(row.id)
    .bind(row.unit.0)
    .bind(row.owner)
    .bind(seq.cast_signed())
    .bind(row.body.is_none())
    .bind(row.due)
    .bind(row.body.unwrap_or_default())
    .execute(&mut tx.conn)
    .await?;
    tx.changed.push(Change { stream, seq, table: row.table.into(), unit: row.unit, owner: row.owner });
    Ok(seq)
}

/// The member's own account may take part in the new cell, and no longer in the old one.
pub(super) async fn move_grant(tx: &mut Tx, member: MemberId, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    query(
        "insert into grant_ (account, role, unit, from_day, to_day)
         select account, role, $1, from_day, to_day from grant_
         where role = 'member' and unit = $2 and account in (select id from account where member = $3)
         on conflict (account, role, unit) do nothing",
    )
    .bind(to.0)
    .bind(from.0)
    .bind(member.0)
    .execute(&mut tx.conn)
    .await?;
    query(
        "delete from grant_ where role = 'member' and unit = $1 and account in (select id from account where member = $2)",
    )
    .bind(from.0)
    .bind(member.0)
    .execute(&mut tx.conn)
    .await?;
    tx.actors.clear();
    Ok(())
}

/// Bumps notices whose moment has come, so that members' phones get them. Returns how many.
pub(super) async fn publish_due(tx: &mut Tx) -> Result<usize, StoreError> {
    let streams: Vec<Uuid> = query_scalar(
        "select distinct stream from record where due is not null and due <= $1 and tbl = 'notice' order by stream",
    )
    .bind(tx.now.0)
    .fetch_all(&mut tx.conn)
    .await?;
    let mut published = 0;
    for stream in streams {
        tx.lock_stream(UnitId(stream)).await?;
        // After the lock: another process may have published or changed them.
        let rows: Vec<(Uuid, String, String)> = query_as(
            "select unit, id, body from record
             where stream = $1 and due is not null and due <= $2 and tbl = 'notice' order by id",
        )
        .bind(stream)
        .bind(tx.now.0)
        .fetch_all(&mut tx.conn)
        .await?;
        for (unit, id, body) in &rows {
            let _: Notice = parse("notice", body)?;
            let (unit, body) = (UnitId(*unit), Some(body.clone()));
            put(tx, Put { table: "notice", id, unit, owner: None, seq: None, due: None, body }).await?;
        }
        published += rows.len();
    }
    Ok(published)
}
