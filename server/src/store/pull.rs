//! Giving rows out: one moment of the database as the [`Rows`] of `domain`. What a page is and who sees what stands in `domain::ledger`.

use super::db::{Conn, query_as};
use super::scope::{Scope, version};
use super::{Store, StoreError, log};
use domain::id::{AccountId, UnitId};
pub use domain::ledger::Cursor;
use domain::ledger::{Ask, Page, Rows, Stored, digests, page};
use domain::sync::digest::Digest;
use domain::wire::WriterDigest;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a pull gives.
#[derive(Debug)]
pub struct Pulled {
    /// Rows of the scope.
    pub page: Page,
    /// What the log has of the writers asked for, at the same moment; see [`digests`].
    pub writers: Option<Vec<WriterDigest>>,
}

impl Store {
    /// The next page for a scope, at most `limit` rows, and digests of these writers (ids with commas between them) of its account.
    pub async fn pull(
        &self,
        scope: &Scope,
        cursor: Option<&str>,
        limit: usize,
        writers: Option<&str>,
    ) -> Result<Pulled, StoreError> {
        let start = Cursor::start(self.epoch(), version(scope));
        let units = self.units();
        // One transaction, so that all questions see the same moment.
        let mut moment = Moment(self.reader().snapshot().await?);
        let page = page(&mut moment, scope, &units, start, cursor, limit).await?;
        let writers = digests(&mut moment, scope.account, writers, page.more).await?;
        Ok(Pulled { page, writers })
    }
}

/// Streams whose heads are asked for by name.
const FEW_STREAMS: usize = 4;
/// The heads of [`FEW_STREAMS`]: a cell's, its ward's and what is above.
const HEADS_OF_FEW: &str = "select stream, seq from stream where stream in ($1, $2, $3, $4)";
/// All heads: one row a ward, for those who see many wards.
const HEADS: &str = "select stream, seq from stream";
/// What is shared in a stream.
const SHARED: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and owner is null and seq > $2 order by seq limit $3";
/// What belongs to a unit's people.
const PEOPLE: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and unit = $2 and owner is not null and seq > $3 order by seq limit $4";
/// What is about one member or account.
const MINE: &str = "select tbl, id, unit, owner, seq, gone, due, body from record
     where stream = $1 and owner = $2 and seq > $3 order by seq limit $4";

type Found = (String, String, Uuid, Option<Uuid>, i64, bool, Option<i64>, String);

fn stored((table, id, unit, owner, seq, gone, due, body): Found) -> Stored {
    let body = (!gone).then_some(body);
    Stored { table, id, unit: UnitId(unit), owner, seq: seq.cast_unsigned(), due, body }
}

/// One moment of the database.
struct Moment(Conn);

impl Rows for Moment {
    type Fault = StoreError;

    async fn heads(&mut self, streams: &BTreeSet<UnitId>) -> Result<BTreeMap<UnitId, u64>, StoreError> {
        let few = streams.len() <= FEW_STREAMS;
        let mut question = query_as::<(Uuid, i64)>(if few { HEADS_OF_FEW } else { HEADS });
        if few {
            // Places that are not needed name a stream a second time, or nobody's.
            let padding = std::iter::repeat(streams.first().map_or(Uuid::nil(), |s| s.0));
            for stream in streams.iter().map(|s| s.0).chain(padding).take(FEW_STREAMS) {
                question = question.bind(stream);
            }
        }
        let heads = question.fetch_all(&mut self.0).await?;
        Ok(heads.into_iter().map(|(stream, seq)| (UnitId(stream), seq.cast_unsigned())).collect())
    }
    async fn after(&mut self, stream: UnitId, ask: Ask, after: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let question = match ask {
            Ask::Shared => query_as::<Found>(SHARED).bind(stream.0),
            Ask::Unit(unit) => query_as(PEOPLE).bind(stream.0).bind(unit.0),
            Ask::Owner(owner) => query_as(MINE).bind(stream.0).bind(owner),
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = question.bind(after.cast_signed()).bind(limit).fetch_all(&mut self.0).await?;
        Ok(rows.into_iter().map(stored).collect())
    }
    async fn digest(&mut self, writer: Uuid, account: AccountId) -> Result<Digest, StoreError> {
        log::digest(&mut self.0, writer, account).await
    }
}
