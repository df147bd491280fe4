//! The op log: what is known of an op, adding one, what waits for what, and digests of writers.

use super::StoreError;
use super::backup::hex;
use super::chain::{Entry, Link, Ruling, Words, body_hash};
use super::db::{Conn, query, query_as, query_scalar};
use super::tx::{Tx, Waits};
use domain::decide::Why;
use domain::id::{AccountId, DeviceId, OpId, UnitId};
use domain::ledger::{Known, Line, Ruled, Sender, Waiting};
use domain::sync::digest::Digest;
use domain::time::Millis;
use domain::wire::OpResult;
use futures::TryStreamExt as _;
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

/// Looks an op up by its id, the only key for de-duplication.
pub(super) async fn known(conn: &mut Conn, id: OpId) -> Result<Option<Known>, StoreError> {
    let row: Option<Line5> = query_as("select seq, raw, verdict, why, body_hash from op where id = $1")
        .bind(id.0)
        .fetch_optional(conn)
        .await?;
    row.map(|row| as_known(id, row)).transpose()
}

type Line5 = (i64, String, String, Option<String>, Option<Vec<u8>>);

/// What stands for bytes that were forgotten: no op begins so.
const FORGOTTEN: &str = "sha256:";

fn as_known(id: OpId, (seq, raw, verdict, why, hash): Line5) -> Result<Known, StoreError> {
    let why = why.as_deref().map(from_word::<Why>).transpose()?;
    let raw = hash.map_or(raw, |hash| [FORGOTTEN, &hex(&hash)].concat());
    let result = OpResult { id, r: from_word(&verdict)?, seq: Some(seq.cast_unsigned()), why, stored: None };
    Ok(Known { raw, result })
}

/// True when these are the bytes that the log knows, or knew.
pub(super) fn is_same(known: &Known, raw: &str) -> bool {
    known.raw == raw || known.raw.strip_prefix(FORGOTTEN).is_some_and(|hash| hash == hex(&body_hash(raw)))
}

/// How many things are looked up at once; fewer are asked for as if the last one were asked for again.
pub(super) const AT_ONCE: usize = 20;

/// The values of a question that has [`AT_ONCE`] places, of at most so many.
pub(super) fn padded<T: Copy>(values: &[T]) -> impl Iterator<Item = T> + '_ {
    let last = values.last().copied();
    values.iter().copied().chain(std::iter::repeat_with(move || last).flatten()).take(AT_ONCE)
}

/// [`known`] of up to [`AT_ONCE`] ops; what is not among the answers is not in the log.
pub(super) async fn known_of(conn: &mut Conn, ids: &[OpId]) -> Result<Vec<(OpId, Known)>, StoreError> {
    let mut asked = query_as::<(Uuid, i64, String, String, Option<String>, Option<Vec<u8>>)>(
        "select id, seq, raw, verdict, why, body_hash from op where id in
         ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
    );
    for id in padded(ids) {
        asked = asked.bind(id.0);
    }
    let rows = asked.fetch_all(conn).await?;
    rows.into_iter()
        .map(|(id, seq, raw, verdict, why, hash)| Ok((OpId(id), as_known(OpId(id), (seq, raw, verdict, why, hash))?)))
        .collect()
}

/// The ops that have up to [`AT_ONCE`] of these numbers of a writer.
pub(super) async fn numbered(conn: &mut Conn, writer: Uuid, numbers: &[u32]) -> Result<Vec<(u32, OpId)>, StoreError> {
    let mut asked = query_as::<(i64, Uuid)>(
        "select n, id from op where w = $21 and n in
         ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
    );
    for n in padded(numbers) {
        asked = asked.bind(i64::from(n));
    }
    let rows = asked.bind(writer).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(n, id)| (u32::try_from(n).unwrap_or(u32::MAX), OpId(id))).collect())
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

/// When more ops wait than this, they are not kept in mind.
const MANY_WAIT: i64 = 500;

/// Keeps in mind that somebody waits for this now.
pub(super) fn note_wait(tx: &mut Tx, ruled: &Ruled) {
    if let (Waits::Keys(keys), Some(wait)) = (&mut tx.waits, &ruled.wait) {
        keys.insert(wait.clone());
    }
}

/// True when the account has signed in on the device, ever.
pub(super) async fn has_signed_in(conn: &mut Conn, device: DeviceId, account: AccountId) -> Result<bool, StoreError> {
    let found: Option<i64> =
        query_scalar("select cast(1 as bigint) from device_account where device = $1 and account = $2")
            .bind(device.0)
            .bind(account.0)
            .fetch_optional(conn)
            .await?;
    Ok(found.is_some())
}

/// What the log has of an account's ops of one writer.
pub(super) async fn digest(conn: &mut Conn, writer: Uuid, account: AccountId) -> Result<Digest, StoreError> {
    // One by one: a writer may have very many.
    let mut rows = query_as::<(Uuid, i64)>("select id, n from op where w = $1 and act = $2 and n is not null")
        .bind(writer)
        .bind(account.0)
        .fetch(conn);
    let mut digest = Digest::default();
    while let Some((id, n)) = rows.try_next().await? {
        digest.add(OpId(id), u32::try_from(n).unwrap_or(u32::MAX));
    }
    Ok(digest)
}

/// Adds a line. True when another op of the same writer has the same number: the statement that writes looks for it, too, because one of
/// its own would be one more for each op.
pub(super) async fn add(tx: &mut Tx, line: &Line<'_>, ruled: &Ruled) -> Result<bool, StoreError> {
    let words = Words::of(ruled)?;
    let chain = link(tx, line, &words);
    note_wait(tx, ruled);
    write(tx, line, &words, ruled.wait.as_ref(), chain).await
}

/// The chain value of a new line. Lines are linked in the order of their numbers.
pub(super) fn link(tx: &mut Tx, line: &Line<'_>, words: &Words) -> Link {
    let received = tx.now.0;
    tx.link(line.stream, |before| Entry::of(line, words, received).after(before))
}

/// Writes a line that has its place in the chain; see [`add`].
pub(super) async fn write(
    tx: &mut Tx,
    line: &Line<'_>,
    words: &Words,
    wait: Option<&String>,
    chain: Link,
) -> Result<bool, StoreError> {
    let received = tx.now.0;
    let twin: bool = query_scalar(
        "insert into op (stream, seq, id, dev, act, unit, kind, raw, verdict, why, wait, role, at, received, w, n, chain)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         returning exists (select 1 from op where w = $15 and n = $16 and id <> $3)",
    )
    .bind(line.stream.0)
    .bind(line.seq.cast_signed())
    .bind(line.op.id.0)
    .bind(line.op.dev.0)
    .bind(line.op.act.0)
    .bind(line.op.u.0)
    .bind(&line.op.k)
    .bind(line.raw)
    .bind(&words.verdict)
    .bind(&words.why)
    .bind(wait.cloned())
    .bind(&words.role)
    .bind(line.at.0)
    .bind(received)
    .bind(line.op.w)
    .bind(i64::from(line.op.n))
    .bind(chain.to_vec())
    .fetch_one(&mut tx.conn)
    .await?;
    Ok(twin)
}

/// Decides a held line anew. Decided otherwise than before, it is a line of its own in the chain.
pub(super) async fn rule(tx: &mut Tx, id: OpId, ruled: &Ruled) -> Result<(), StoreError> {
    note_wait(tx, ruled);
    let now = Words::of(ruled)?;
    let before: Option<(Uuid, String, Option<String>, Option<String>)> =
        query_as("select stream, verdict, why, role from op where id = $1")
            .bind(id.0)
            .fetch_optional(&mut tx.conn)
            .await?;
    query("update op set verdict = $1, why = $2, wait = $3, role = $4 where id = $5")
        .bind(&now.verdict)
        .bind(&now.why)
        .bind(&ruled.wait)
        .bind(&now.role)
        .bind(id.0)
        .execute(&mut tx.conn)
        .await?;
    let Some((stream, verdict, why, role)) = before else { return Ok(()) };
    let was = Words { verdict, why, role };
    if was == now {
        return Ok(());
    }
    let stream = UnitId(stream);
    let seq = tx.draw(stream).await?.cast_signed();
    let ruling = Ruling { seq, op: id.0, was, now, at: tx.now.0 };
    let chain = tx.link(stream, |before| ruling.after(stream.0, before));
    query(
        "insert into ruling (stream, seq, op, was, was_why, verdict, why, role, at, chain)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(stream.0)
    .bind(ruling.seq)
    .bind(ruling.op)
    .bind(&ruling.was.verdict)
    .bind(&ruling.was.why)
    .bind(&ruling.now.verdict)
    .bind(&ruling.now.why)
    .bind(&ruling.now.role)
    .bind(ruling.at)
    .bind(chain.to_vec())
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}

type Held = (Uuid, i64, String, i64);

fn held((stream, seq, raw, at): Held) -> Waiting {
    Waiting { stream: UnitId(stream), seq: seq.cast_unsigned(), raw, at: Millis(at) }
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
    Ok(rows.into_iter().map(held).collect())
}

/// Ops that wait for a new build or for a right.
pub(super) async fn waiting_for_nothing(tx: &mut Tx) -> Result<Vec<Waiting>, StoreError> {
    let rows: Vec<Held> = query_as(
        "select stream, seq, raw, at from op where wait is null and verdict = 'held' order by received, stream, seq",
    )
    .fetch_all(&mut tx.conn)
    .await?;
    Ok(rows.into_iter().map(held).collect())
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
    Ok(rows.into_iter().map(held).collect())
}

/// Keeps bytes that are not (or no longer) an op of their id, once.
pub(super) async fn quarantine(
    tx: &mut Tx,
    id: OpId,
    from: Sender,
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
