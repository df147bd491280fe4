//! Giving rows out (design.md §4): what changed in the caller's scope after the cursor, stream by stream, in number order; and what the log
//! has of the caller's writers, so that a phone finds what is missing here.

use super::{Cursor, Scope, Unreadable};
use crate::id::{AccountId, UnitId};
use crate::sync::digest::{Digest, MOST_WRITERS};
use crate::unit::UnitTree;
use crate::wire::{WireRow, WriterDigest};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use uuid::Uuid;

/// A record as the store has it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Table.
    pub table: String,
    /// Key.
    pub id: String,
    /// Unit.
    pub unit: UnitId,
    /// None = shared with the unit.
    pub owner: Option<Uuid>,
    /// Number in its stream.
    pub seq: u64,
    /// Becomes public then, ms.
    pub due: Option<i64>,
    /// None: gone.
    pub body: Option<String>,
}

/// One kind of question about a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// What is shared (no owner).
    Shared,
    /// What belongs to this unit's people.
    Unit(UnitId),
    /// What is about this member or account.
    Owner(Uuid),
}

/// What [`page`] reads: one moment of the store.
pub trait Rows: Send {
    /// Why the store did not do it.
    type Fault: From<Unreadable> + Send;
    /// The last number given in each of these streams; a stream that is not among the answers has none. It may answer of others, too.
    fn heads(
        &mut self,
        streams: &BTreeSet<UnitId>,
    ) -> impl Future<Output = Result<BTreeMap<UnitId, u64>, Self::Fault>> + Send;
    /// The first `limit` records of the stream with a number above `after`, in number order; fewer only when there are no more.
    fn after(
        &mut self,
        stream: UnitId,
        ask: Ask,
        after: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Stored>, Self::Fault>> + Send;
    /// All ops in the log that this account made as this writer, however they were decided.
    fn digest(&mut self, writer: Uuid, account: AccountId) -> impl Future<Output = Result<Digest, Self::Fault>> + Send;
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// Rows.
    pub rows: Vec<WireRow>,
    /// Where the phone stands after them.
    pub cursor: Cursor,
    /// There is more.
    pub more: bool,
    /// Forget everything cached before taking these.
    pub reset: bool,
}

/// The next page for a scope, at most `limit` rows. `start` is the cursor of a phone that begins today; a `given` one of another epoch or
/// another scope, or one that is ahead of the store (which then went back in time), begins anew.
pub async fn page<R: Rows>(
    store: &mut R,
    scope: &Scope,
    units: &UnitTree,
    start: Cursor,
    given: Option<&str>,
    limit: usize,
) -> Result<Page, R::Fault> {
    let given = given.filter(|c| !c.is_empty());
    let mut known = given.and_then(Cursor::decode).filter(|c| c.epoch == start.epoch && c.scope == start.scope);
    let streams = scope.streams(units);
    let heads = store.heads(&streams).await?;
    let head = |stream: &UnitId| heads.get(stream).copied().unwrap_or(0);
    let is_ahead = |c: &Cursor| streams.iter().any(|s| c.seqs.get(s).is_some_and(|at| *at > head(s)));
    if known.as_ref().is_some_and(is_ahead) {
        known = None;
    }
    let reset = given.is_some() && known.is_none();
    let mut page = Page { rows: Vec::new(), cursor: known.unwrap_or(start), more: false, reset };
    for stream in &streams {
        let (stream, head) = (*stream, head(stream));
        let after = page.cursor.seqs.get(&stream).copied().unwrap_or(0);
        if head <= after {
            continue;
        }
        if page.rows.len() >= limit {
            page.more = true;
            break;
        }
        let room = limit - page.rows.len();
        let mut found = in_stream(store, scope, stream, after, room + 1).await?;
        found.sort_by_key(|r| r.seq);
        found.dedup_by_key(|r| r.seq);
        let cut = found.len() > room;
        found.truncate(room);
        // What lies between the last row seen and the head is not of this scope.
        let reached = if cut { found.last().map_or(after, |r| r.seq) } else { head };
        page.cursor.seqs.insert(stream, reached);
        page.rows.extend(found);
        if cut {
            page.more = true;
            break;
        }
    }
    Ok(page)
}

/// The first `limit` rows of each kind of question; together they hold the first `limit` rows of the stream.
async fn in_stream<R: Rows>(
    store: &mut R,
    scope: &Scope,
    stream: UnitId,
    after: u64,
    limit: usize,
) -> Result<Vec<WireRow>, R::Fault> {
    let mut asks = vec![Ask::Shared];
    asks.extend(scope.people().into_iter().map(Ask::Unit));
    asks.push(Ask::Owner(scope.account.0));
    asks.extend(scope.member.map(|m| Ask::Owner(m.0)));
    let mut found = Vec::new();
    for ask in asks {
        let (mut reached, mut taken, mut complete) = (after, 0, false);
        while taken < limit && !complete {
            let rows = store.after(stream, ask, reached, limit).await?;
            complete = rows.len() < limit;
            for row in rows {
                reached = row.seq;
                if let Some(row) = scope.see(row, after)? {
                    found.push(row);
                    taken += 1;
                }
            }
        }
    }
    Ok(found)
}

/// What the log has of the writers of `writers=…` in a pull: ids with commas between them, at most [`MOST_WRITERS`]; what is no id is left
/// out. Of another account's ops nothing is said. `None`: nobody asked, or there is `more` to come: a phone compares when it has everything.
pub async fn digests<R: Rows>(
    store: &mut R,
    account: AccountId,
    asked: Option<&str>,
    more: bool,
) -> Result<Option<Vec<WriterDigest>>, R::Fault> {
    let Some(asked) = asked.filter(|_| !more) else { return Ok(None) };
    let mut found = Vec::new();
    for writer in asked.split(',').filter_map(|w| Uuid::try_parse(w).ok()).take(MOST_WRITERS) {
        found.push(WriterDigest::new(writer, store.digest(writer, account).await?));
    }
    Ok(Some(found))
}
