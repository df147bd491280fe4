//! Giving rows out (design.md §4): what changed in the caller's scope after the cursor, stream by stream, in number order.

use super::db::{Conn, query_as, query_scalar};
use super::scope::{Scope, version};
use super::{Store, StoreError};
use domain::id::UnitId;
pub use domain::ledger::Cursor;
use domain::ledger::{Stored, Unreadable};
use domain::wire::WireRow;
use uuid::Uuid;

/// A page.
#[derive(Debug)]
pub struct Pulled {
    /// Rows.
    pub rows: Vec<WireRow>,
    /// Where the phone stands after them.
    pub cursor: Cursor,
    /// There is more.
    pub more: bool,
    /// Forget everything cached before taking these.
    pub reset: bool,
}

type Found = (String, String, Uuid, Option<Uuid>, i64, bool, Option<i64>, String);

impl Store {
    /// The next page for a scope, at most `limit` rows.
    pub async fn pull(&self, scope: &Scope, cursor: Option<&str>, limit: usize) -> Result<Pulled, StoreError> {
        let start = Cursor::start(self.epoch(), version(scope));
        let given = cursor.filter(|c| !c.is_empty());
        let known = given.and_then(Cursor::decode).filter(|c| c.epoch == start.epoch && c.scope == start.scope);
        let reset = given.is_some() && known.is_none();
        let mut cursor = known.unwrap_or(start);
        let units = self.units();
        // One transaction, so that all questions see the same moment.
        let mut tx = self.reader().snapshot().await?;
        let mut rows = Vec::new();
        let mut more = false;
        for stream in scope.streams(&units) {
            let after = cursor.seqs.get(&stream).copied().unwrap_or(0);
            let head: Option<i64> =
                query_scalar("select seq from stream where stream = $1").bind(stream.0).fetch_optional(&mut tx).await?;
            let head = head.map_or(0, i64::cast_unsigned);
            if head <= after {
                continue;
            }
            if rows.len() >= limit {
                more = true;
                break;
            }
            let room = limit - rows.len();
            let mut found = in_stream(&mut tx, scope, stream, after, room + 1).await?;
            found.sort_by_key(|r| r.seq);
            found.dedup_by_key(|r| r.seq);
            let cut = found.len() > room;
            found.truncate(room);
            let reached = if cut { found.last().map_or(after, |r| r.seq) } else { head };
            cursor.seqs.insert(stream, reached);
            rows.extend(found);
            if cut {
                more = true;
                break;
            }
        }
        Ok(Pulled { rows, cursor, more, reset })
    }
}

/// What is shared in a stream.
pub(super) const SHARED: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and owner is null and seq > $2 order by seq limit $3";
/// What belongs to a unit's people.
pub(super) const PEOPLE: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and unit = $2 and owner is not null and seq > $3 order by seq limit $4";
/// What is about one member or account.
pub(super) const MINE: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and owner = $2 and seq > $3 order by seq limit $4";

/// A kind of question.
#[derive(Clone, Copy)]
enum Ask {
    Shared,
    People(UnitId),
    Mine(Uuid),
}

/// The first `limit` rows of each kind of question; together they hold the first `limit` rows of the stream.
async fn in_stream(
    conn: &mut Conn,
    scope: &Scope,
    stream: UnitId,
    after: u64,
    limit: usize,
) -> Result<Vec<WireRow>, StoreError> {
    let people = scope.register.union(&scope.names).map(|unit| Ask::People(*unit));
    let mine = [Some(scope.account.0), scope.member.map(|m| m.0)].into_iter().flatten().map(Ask::Mine);
    let mut found = Vec::new();
    for ask in std::iter::once(Ask::Shared).chain(people).chain(mine) {
        take(conn, ask, scope, stream, after, limit, &mut found).await?;
    }
    Ok(found)
}

/// Page by page, until there are `limit` rows that this scope sees.
async fn take(
    conn: &mut Conn,
    ask: Ask,
    scope: &Scope,
    stream: UnitId,
    after: u64,
    limit: usize,
    found: &mut Vec<WireRow>,
) -> Result<(), StoreError> {
    let page = i64::try_from(limit).unwrap_or(i64::MAX);
    let (mut reached, mut taken) = (after.cast_signed(), 0);
    while taken < limit {
        let question = match ask {
            Ask::Shared => query_as::<Found>(SHARED).bind(stream.0),
            Ask::People(unit) => query_as(PEOPLE).bind(stream.0).bind(unit.0),
            Ask::Mine(owner) => query_as(MINE).bind(stream.0).bind(owner),
        };
        let rows = question.bind(reached).bind(page).fetch_all(&mut *conn).await?;
        let complete = rows.len() < limit;
        for row in rows {
            reached = row.4;
            if let Some(row) = seen(scope, row, after)? {
                found.push(row);
                taken += 1;
            }
        }
        if complete {
            break;
        }
    }
    Ok(())
}

/// The row as this scope sees it; `None` = not at all.
fn seen(scope: &Scope, row: Found, after: u64) -> Result<Option<WireRow>, StoreError> {
    let (table, id, unit, owner, seq, gone, due, body) = row;
    let body = if gone { None } else { Some(body) };
    let row = Stored { table, id, unit: UnitId(unit), owner, seq: seq.cast_unsigned(), due, body };
    scope.see(row, after).map_err(|Unreadable(what)| StoreError::Unreadable(what))
}
