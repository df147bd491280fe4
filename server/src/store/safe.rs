//! How far a verified backup outside the data folder covers each stream (`safe_seq` of the protocol): phones may forget what it covers. It
//! only grows within an epoch, and it is read again now and then, because `server backup` is another program.

use super::db::{Conn, query, query_scalar};
use super::mark::Heads;
use super::{Store, StoreError};
use domain::id::UnitId;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use uuid::Uuid;

/// What stands in `meta`.
#[derive(serde::Serialize, serde::Deserialize)]
struct Safe {
    /// Sequences of another epoch mean nothing.
    epoch: Uuid,
    heads: Heads,
}

/// What is known to be safe; nothing when it cannot be read or is of another epoch.
pub(super) async fn load(conn: &mut Conn) -> Result<Heads, sqlx::Error> {
    let read = "select value from meta where name = $1";
    let epoch: Option<String> = query_scalar(read).bind("epoch").fetch_optional(&mut *conn).await?;
    let text: Option<String> = query_scalar(read).bind("safe").fetch_optional(&mut *conn).await?;
    let safe = text.and_then(|t| serde_json::from_str::<Safe>(&t).ok());
    let holds = |safe: &Safe| epoch.as_deref().and_then(|e| Uuid::parse_str(e).ok()) == Some(safe.epoch);
    Ok(safe.filter(holds).map(|s| s.heads).unwrap_or_default())
}

/// Notes in a database, whoever serves it, that a verified backup covers `heads` of `epoch`. False: it has another epoch by now.
pub(super) async fn note(conn: &mut Conn, epoch: Uuid, heads: &Heads) -> Result<bool, StoreError> {
    let now: Option<String> =
        query_scalar("select value from meta where name = 'epoch'").fetch_optional(&mut *conn).await?;
    if now.as_deref().and_then(|e| Uuid::parse_str(e).ok()) != Some(epoch) {
        return Ok(false);
    }
    let mut all = load(conn).await?;
    for (stream, head) in heads {
        let known = all.entry(*stream).or_default();
        *known = (*known).max(*head);
    }
    let text = serde_json::to_string(&Safe { epoch, heads: all }).map_err(|_| StoreError::Unreadable("safe"))?;
    query("insert into meta (name, value) values ('safe', $1) on conflict (name) do update set value = excluded.value")
        .bind(text)
        .execute(conn)
        .await?;
    Ok(true)
}

impl Store {
    /// What phones with rows in these units are told.
    pub fn safe_seqs(&self, units: impl IntoIterator<Item = UnitId>) -> BTreeMap<UnitId, u64> {
        let safe = Arc::clone(&self.0.safe.read().unwrap_or_else(PoisonError::into_inner));
        let tree = self.units();
        let streams = units.into_iter().map(|unit| tree.stream(unit));
        streams.filter_map(|stream| safe.get(&stream).map(|seq| (stream, *seq))).collect()
    }
    /// Notes that a verified backup outside the data folder covers `heads`.
    pub async fn note_safe(&self, epoch: Uuid, heads: Heads) -> Result<bool, StoreError> {
        let noted = self.write(move |tx| Box::pin(async move { note(&mut tx.conn, epoch, &heads).await })).await?;
        self.refresh_safe().await?;
        Ok(noted)
    }
    /// Reads what other programs have noted.
    pub async fn refresh_safe(&self) -> Result<(), StoreError> {
        let safe = {
            let mut conn = self.reader().acquire().await?;
            load(&mut conn).await?
        };
        let mut held = self.0.safe.write().unwrap_or_else(PoisonError::into_inner);
        if **held != safe {
            *held = Arc::new(safe);
        }
        Ok(())
    }
}
