//! Looking at the chain: every line of every stream, and the heads as they stood at some numbers. Reads only.

use super::super::StoreError;
use super::super::backup::hex;
use super::super::db::{Conn, query_as, query_scalar};
use super::super::mark::Heads;
use super::super::trail::TrailLine;
use super::{Link, Ruling, Stored, Words, entry, start, words};
use domain::id::UnitId;
use futures::TryStreamExt as _;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What a look at the chain found.
#[derive(Debug, Default)]
pub(in crate::store) struct Checked {
    /// Lines that fit, decisions included.
    pub lines: u64,
    /// Per stream the first thing that does not fit.
    pub differs: Vec<String>,
}

/// Looks at every line of every stream.
pub(in crate::store) async fn check(conn: &mut Conn) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    let streams: Vec<(Uuid, Option<Vec<u8>>)> =
        query_as("select stream, head from stream order by stream").fetch_all(&mut *conn).await?;
    for (stream, head) in streams {
        if let Some(fault) = check_stream(conn, stream, head.as_deref(), &mut checked.lines).await? {
            checked.differs.push(format!("log of {stream}: {fault}"));
        }
    }
    Ok(checked)
}

/// Looks at every line of every trail ([`super::super::trail`]): who was given what, and what administrators changed.
pub(in crate::store) async fn check_trails(conn: &mut Conn) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    let trails: Vec<(Uuid, Vec<u8>, Option<Vec<u8>>)> =
        query_as("select stream, head, floor from trail_head order by stream").fetch_all(&mut *conn).await?;
    for (stream, head, floor) in trails {
        // Lines that were kept long enough are gone: the chain begins after them.
        let floor = floor.and_then(|floor| Link::try_from(floor).ok());
        let before = floor.unwrap_or_else(|| super::start_of_trail(stream));
        let mut walk = Walk { stream, before, fits: &mut checked.lines };
        let fault = check_trail(conn, &mut walk, &head).await?;
        checked.differs.extend(fault.map(|fault| format!("trail of {stream}: {fault}")));
    }
    let lost: i64 = query_scalar("select count(*) from trail where stream not in (select stream from trail_head)")
        .fetch_one(conn)
        .await?;
    if lost > 0 {
        checked.differs.push(format!("trail: {lost} lines have no head"));
    }
    Ok(checked)
}

type StoredTrail =
    (i64, i64, Uuid, Uuid, String, Uuid, Option<Uuid>, Option<Uuid>, Option<i64>, Option<String>, Vec<u8>);

async fn check_trail(conn: &mut Conn, walk: &mut Walk<'_>, head: &[u8]) -> Result<Option<String>, StoreError> {
    let mut lines = query_as::<StoredTrail>(
        "select seq, at, account, device, what, unit, member, subject, number, note, chain from trail
         where stream = $1 order by seq",
    )
    .bind(walk.stream)
    .fetch(conn);
    while let Some((seq, at, account, device, what, unit, member, subject, number, note, chain)) =
        lines.try_next().await?
    {
        let (stream, note) = (walk.stream, note.as_deref());
        let line = TrailLine { stream, seq, at, account, device, what: &what, unit, member, subject, number, note };
        let value = line.after(&walk.before);
        if let Some(fault) = walk.step(value, Some(&chain), "line", seq) {
            return Ok(Some(fault));
        }
    }
    Ok((head != walk.before.as_slice()).then(|| ENDS_ELSEWHERE.to_owned()))
}

const ENDS_ELSEWHERE: &str =
    "it does not end where its head says: the last lines were removed, or the head was changed";

/// Goes along a chain.
struct Walk<'a> {
    stream: Uuid,
    before: Link,
    fits: &'a mut u64,
}

impl Walk<'_> {
    fn step(&mut self, value: Link, stored: Option<&[u8]>, what: &str, seq: i64) -> Option<String> {
        if stored == Some(value.as_slice()) {
            self.before = value;
            *self.fits += 1;
            return None;
        }
        Some(match stored {
            None => format!("{what} {seq} has no place in the chain"),
            Some(_) => {
                format!(
                    "{what} {seq} does not fit the chain: it was changed, or lines before it were removed, added or swapped"
                )
            }
        })
    }
    fn ruling(&mut self, (ruling, stored): &(Ruling, Vec<u8>)) -> Option<String> {
        let value = ruling.after(self.stream, &self.before);
        self.step(value, Some(stored), "the decision", ruling.seq)
    }
}

async fn check_stream(
    conn: &mut Conn,
    stream: Uuid,
    head: Option<&[u8]>,
    fits: &mut u64,
) -> Result<Option<String>, StoreError> {
    let rulings = rulings(conn, stream).await?;
    // How an op stood when it came, and how it was decided last.
    let mut ruled: HashMap<Uuid, (&Words, &Words)> = HashMap::new();
    for (ruling, _) in &rulings {
        ruled.entry(ruling.op).or_insert((&ruling.was, &ruling.now)).1 = &ruling.now;
    }
    let mut decisions = rulings.iter().peekable();
    let mut walk = Walk { stream, before: start(stream), fits };
    let mut any = false;
    let mut lines = query_as::<Stored>(
        "select seq, id, dev, act, unit, kind, raw, body_hash, verdict, why, role, at, received, chain from op
         where stream = $1 order by seq",
    )
    .bind(stream)
    .fetch(&mut *conn);
    while let Some(line) = lines.try_next().await? {
        any = true;
        let seq = line.0;
        while let Some(decision) = decisions.next_if(|(ruling, _)| ruling.seq < seq) {
            if let Some(fault) = walk.ruling(decision) {
                return Ok(Some(fault));
            }
        }
        let stands = words(&line);
        let born = match ruled.get(&line.1) {
            Some((_, last)) if **last != stands => {
                return Ok(Some(format!("line {seq} does not stand as it was last decided")));
            }
            Some((born, _)) => (*born).clone(),
            None => stands,
        };
        let value = entry(stream, &line, &born).after(&walk.before);
        if let Some(fault) = walk.step(value, line.13.as_deref(), "line", seq) {
            return Ok(Some(fault));
        }
    }
    for decision in decisions {
        if let Some(fault) = walk.ruling(decision) {
            return Ok(Some(fault));
        }
    }
    Ok(match head {
        None if !any => None,
        Some(head) if head == walk.before.as_slice() => None,
        _ => Some(ENDS_ELSEWHERE.to_owned()),
    })
}

type StoredRuling = (i64, Uuid, String, Option<String>, String, Option<String>, Option<String>, i64, Vec<u8>);

async fn rulings(conn: &mut Conn, stream: Uuid) -> Result<Vec<(Ruling, Vec<u8>)>, StoreError> {
    let stored: Vec<StoredRuling> = query_as(
        "select seq, op, was, was_why, verdict, why, role, at, chain from ruling where stream = $1 order by seq",
    )
    .bind(stream)
    .fetch_all(conn)
    .await?;
    let ruling = |(seq, op, was, was_why, verdict, why, role, at, chain): StoredRuling| {
        let was = Words { verdict: was, why: was_why, role: None };
        (Ruling { seq, op, was, now: Words { verdict, why, role }, at }, chain)
    };
    Ok(stored.into_iter().map(ruling).collect())
}

/// The chain value of the last line at or before each of these numbers, as hex: nothing for a database without a chain, and for a stream
/// without a line.
pub(in crate::store) async fn at_heads(conn: &mut Conn, heads: &Heads) -> Result<BTreeMap<UnitId, String>, StoreError> {
    let mut found = BTreeMap::new();
    if !super::is_there(conn).await? {
        return Ok(found);
    }
    for (stream, head) in heads {
        let value: Option<Option<Vec<u8>>> = query_scalar(
            "select chain from (
               select seq, chain from op where stream = $1 and seq = (select max(seq) from op where stream = $1 and seq <= $2)
               union all
               select seq, chain from ruling where stream = $1 and seq = (select max(seq) from ruling where stream = $1 and seq <= $2)
             ) as last order by seq desc limit 1",
        )
        .bind(stream.0)
        .bind(head.cast_signed())
        .fetch_optional(&mut *conn)
        .await?;
        if let Some(value) = value.flatten() {
            found.insert(*stream, hex(&value));
        }
    }
    Ok(found)
}
