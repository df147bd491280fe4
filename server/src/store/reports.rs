//! Reading for reports: of a unit only what a report shows, all of one moment.

use super::db::{Conn, query_as, query_scalar};
use super::records::parse;
use super::{Store, StoreError};
use domain::book::Book;
use domain::id::{MeetingId, UnitId};
use domain::member::Member;
use domain::wire::Row;
use futures::TryStreamExt as _;
use std::collections::HashSet;
use uuid::Uuid;

impl Store {
    /// Units, members, meetings, guests and held ops at a unit and below it, and the presence at those meetings that `choose` picks.
    pub async fn report_book(
        &self,
        unit: UnitId,
        choose: impl FnOnce(&Book) -> Vec<MeetingId> + Send,
    ) -> Result<Book, StoreError> {
        let units = self.units();
        let within: HashSet<UnitId> = units.iter().filter(|u| units.is_within(u.id, unit)).map(|u| u.id).collect();
        let streams: HashSet<UnitId> = within.iter().map(|u| units.stream(*u)).collect();
        let mut book = Book { units: (*units).clone(), ..Book::default() };
        let mut tx = self.reader().snapshot().await?;
        for stream in streams {
            let mut rows = query_as::<(String, Uuid, String)>(
                "select tbl, unit, body from record where stream = $1 and tbl in ('guest', 'held', 'meeting', 'member') and gone = false",
            )
            .bind(stream.0)
            .fetch(&mut tx);
            while let Some((table, unit, body)) = rows.try_next().await? {
                if within.contains(&UnitId(unit)) {
                    book.put(match table.as_str() {
                        "guest" => Row::Guest(parse("guest", &body)?),
                        "held" => Row::Held(parse("held", &body)?),
                        "meeting" => Row::Meeting(parse("meeting", &body)?),
                        _ => Row::Member(parse("member", &body)?),
                    });
                }
            }
        }
        for meeting in choose(&book) {
            // ';' follows ':' in ASCII: everything that begins with the meeting's id.
            let mut rows = query_scalar::<String>(
                "select body from record where tbl = 'presence' and id >= $1 and id < $2 and gone = false",
            )
            .bind(format!("{meeting}:"))
            .bind(format!("{meeting};"))
            .fetch(&mut tx);
            while let Some(body) = rows.try_next().await? {
                book.put(Row::Presence(parse("presence", &body)?));
            }
        }
        Ok(book)
    }
    /// The members of a cell, also those who have left its list, and the number of the last change of its register.
    pub async fn register(&self, cell: UnitId) -> Result<(Vec<Member>, u64), StoreError> {
        let stream = self.units().stream(cell);
        let mut tx = self.reader().snapshot().await?;
        let version = register_version(&mut tx, stream, cell).await?;
        let bodies: Vec<String> = query_scalar(
            "select body from record where stream = $1 and tbl = 'member' and unit = $2 and gone = false order by id",
        )
        .bind(stream.0)
        .bind(cell.0)
        .fetch_all(&mut tx)
        .await?;
        let members = bodies.iter().map(|b| parse("member", b)).collect::<Result<_, _>>()?;
        Ok((members, version))
    }
}

/// The number of the last change of a cell's register, members who went elsewhere included.
pub(super) async fn register_version(conn: &mut Conn, stream: UnitId, cell: UnitId) -> Result<u64, StoreError> {
    let seq: Option<i64> =
        query_scalar("select max(seq) from record where stream = $1 and tbl = 'member' and unit = $2")
            .bind(stream.0)
            .bind(cell.0)
            .fetch_one(conn)
            .await?;
    Ok(seq.map_or(0, i64::cast_unsigned))
}
