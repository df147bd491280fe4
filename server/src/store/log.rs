//! The op log: what is known of an op, adding one, and what waits for what.

use super::StoreError;
use super::db::{Conn, query, query_as, query_scalar};
use super::tx::{Tx, Waits};
use domain::account::Role;
use domain::decide::{Effect, WaitsFor, Why};
use domain::id::{OpId, UnitId};
use domain::op::Op;
use domain::presence::Who;
use domain::time::Millis;
use domain::wire::{OpResult, Ruling};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A small enum as the word that serde writes for it.
pub(super) fn word<T: Serialize>(value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Unreadable("word")),
    }
}

/// The enum of a word.
pub(super) fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| StoreError::Unreadable("word"))
}

/// An op as the log knows it.
pub(super) struct Known {
    pub raw: String,
    pub result: OpResult,
}

/// Looks an op up by its id, the only key for de-duplication.
pub(super) async fn known(conn: &mut Conn, id: OpId) -> Result<Option<Known>, StoreError> {
    let row: Option<(i64, String, String, Option<String>)> =
        query_as("select seq, raw, verdict, why from op where id = $1").bind(id.0).fetch_optional(conn).await?;
    let Some((seq, raw, verdict, why)) = row else { return Ok(None) };
    let why = why.as_deref().map(from_word::<Why>).transpose()?;
    let result = OpResult { id, r: from_word(&verdict)?, seq: Some(seq.cast_unsigned()), why, stored: None };
    Ok(Some(Known { raw, result }))
}

/// The first of these ops that is not applied.
pub(super) async fn missing(conn: &mut Conn, deps: &[OpId]) -> Result<Option<OpId>, StoreError> {
    for dep in deps {
        let applied: Option<i64> =
            query_scalar("select cast(1 as bigint) from op where id = $1 and verdict = 'applied'")
                .bind(dep.0)
                .fetch_optional(&mut *conn)
                .await?;
        if applied.is_none() {
            return Ok(Some(*dep));
        }
    }
    Ok(None)
}

/// How an op was decided.
pub(super) struct Ruled {
    pub ruling: Ruling,
    pub why: Option<Why>,
    pub wait: Option<String>,
    pub role: Option<Role>,
}

/// A new line of the log.
pub(super) struct Line<'a> {
    pub stream: UnitId,
    pub seq: u64,
    pub op: &'a Op,
    pub raw: &'a str,
    pub at: Millis,
}

/// When more ops wait than this, they are not kept in mind.
const MANY_WAIT: i64 = 500;

/// Keeps in mind that somebody waits for this now.
fn note_wait(tx: &mut Tx, ruled: &Ruled) {
    if let (Waits::Keys(keys), Some(wait)) = (&mut tx.waits, &ruled.wait) {
        keys.insert(wait.clone());
    }
}

/// Adds a line.
pub(super) async fn add(tx: &mut Tx, line: &Line<'_>, ruled: &Ruled) -> Result<(), StoreError> {
    let received = tx.now.0;
    note_wait(tx, ruled);
    query(
        "insert into op (stream, seq, id, dev, act, unit, kind, raw, verdict, why, wait, role, at, received)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(line.stream.0)
    .bind(line.seq.cast_signed())
    .bind(line.op.id.0)
    .bind(line.op.dev.0)
    .bind(line.op.act.0)
    .bind(line.op.u.0)
    .bind(&line.op.k)
    .bind(line.raw)
    .bind(word(ruled.ruling)?)
    .bind(ruled.why.map(word).transpose()?)
    .bind(&ruled.wait)
    .bind(ruled.role.map(word).transpose()?)
    .bind(line.at.0)
    .bind(received)
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}

/// Decides a held line anew.
pub(super) async fn rule(tx: &mut Tx, id: OpId, ruled: &Ruled) -> Result<(), StoreError> {
    note_wait(tx, ruled);
    query("update op set verdict = $1, why = $2, wait = $3, role = $4 where id = $5")
        .bind(word(ruled.ruling)?)
        .bind(ruled.why.map(word).transpose()?)
        .bind(&ruled.wait)
        .bind(ruled.role.map(word).transpose()?)
        .bind(id.0)
        .execute(&mut tx.conn)
        .await?;
    Ok(())
}

/// A held line.
pub(super) struct Waiting {
    pub stream: UnitId,
    pub seq: u64,
    pub raw: String,
    pub at: Millis,
}

type Held = (Uuid, i64, String, i64);

impl From<Held> for Waiting {
    fn from((stream, seq, raw, at): Held) -> Self {
        Self { stream: UnitId(stream), seq: seq.cast_unsigned(), raw, at: Millis(at) }
    }
}

/// Ops that wait for this, in the order in which they came.
pub(super) async fn waiting(tx: &mut Tx, key: &str) -> Result<Vec<Waiting>, StoreError> {
    if matches!(tx.waits, Waits::Unknown) {
        let keys: Vec<String> = query_scalar("select wait from op where wait is not null limit $1")
            .bind(MANY_WAIT + 1)
            .fetch_all(&mut tx.conn)
            .await?;
        let few = i64::try_from(keys.len()).is_ok_and(|n| n <= MANY_WAIT);
        tx.waits = if few { Waits::Keys(keys.into_iter().collect()) } else { Waits::Many };
    }
    if let Waits::Keys(keys) = &tx.waits
        && !keys.contains(key)
    {
        return Ok(Vec::new());
    }
    let rows: Vec<Held> = query_as(
        "select stream, seq, raw, at from op where wait = $1 and verdict = 'held' order by received, stream, seq",
    )
    .bind(key)
    .fetch_all(&mut tx.conn)
    .await?;
    Ok(rows.into_iter().map(Waiting::from).collect())
}

/// Ops that wait for a new build or for a right.
pub(super) async fn waiting_for_nothing(tx: &mut Tx) -> Result<Vec<Waiting>, StoreError> {
    let rows: Vec<Held> = query_as(
        "select stream, seq, raw, at from op where wait is null and verdict = 'held' order by received, stream, seq",
    )
    .fetch_all(&mut tx.conn)
    .await?;
    Ok(rows.into_iter().map(Waiting::from).collect())
}

/// Ops that were held since a moment and wait for something, in the order in which they came.
pub(super) async fn held_since(tx: &mut Tx, since: Millis) -> Result<Vec<Waiting>, StoreError> {
    let rows: Vec<Held> = query_as(
        "select stream, seq, raw, at from op
         where verdict = 'held' and received >= $1 and wait is not null order by received, stream, seq",
    )
    .bind(since.0)
    .fetch_all(&mut tx.conn)
    .await?;
    Ok(rows.into_iter().map(Waiting::from).collect())
}

/// The key under which a held op waits. None: only a new build or a person helps.
pub(super) fn wait_key(waits: WaitsFor) -> Option<String> {
    match waits {
        WaitsFor::Op(op) => Some(format!("op:{op}")),
        WaitsFor::Meeting(meeting) => Some(format!("meeting:{meeting}")),
        WaitsFor::Who(who) => Some(format!("who:{who}")),
        WaitsFor::Notice(notice) => Some(format!("notice:{notice}")),
        WaitsFor::Nothing => None,
    }
}

/// The keys of those whom an applied op may set free.
pub(super) fn freed_by(op: OpId, effect: &Effect) -> Vec<String> {
    let mut keys = vec![format!("op:{op}")];
    match effect {
        Effect::Meeting(m) => keys.push(format!("meeting:{}", m.id)),
        Effect::Guest(g) => keys.push(format!("who:{}", Who::Guest(g.id))),
        Effect::Notice(n) => keys.push(format!("notice:{}", n.id)),
        Effect::Member(m) => keys.push(format!("who:{}", m.id)),
        Effect::Mark(..) | Effect::Void(..) | Effect::Read(..) => {}
    }
    keys
}

/// The role in which an effect counts, where it matters.
pub(super) const fn role_of(effect: &Effect) -> Option<Role> {
    match effect {
        Effect::Mark(_, _, witness) => Some(witness.role),
        Effect::Void(_, _, void) => Some(void.role),
        _ => None,
    }
}

/// Keeps bytes that are not (or no longer) an op of their id, once.
pub(super) async fn quarantine(
    tx: &mut Tx,
    id: OpId,
    from: &super::push::Sender,
    why: &'static str,
    raw: &str,
) -> Result<(), StoreError> {
    use sha2::Digest as _;
    let received = tx.now.0;
    query(
        "insert into quarantine (id, hash, account, device, why, raw, received) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id, hash) do nothing",
    )
    .bind(id.0)
    .bind(sha2::Sha256::digest(raw).to_vec())
    .bind(from.account.0)
    .bind(from.device.0)
    .bind(why)
    .bind(raw)
    .bind(received)
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}
