//! Reading for reports: of a unit only what a report shows, all of one moment.

use super::db::{Conn, query_as, query_scalar};
use super::log::AT_ONCE;
use super::records::{parse, several};
use super::{Store, StoreError};
use domain::book::Book;
use domain::id::{MeetingId, UnitId};
use domain::member::Member;
use domain::request::{Request, WorkItem};
use domain::wire::Row;
use futures::TryStreamExt as _;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

impl Store {
    /// Units, members, meetings, guests, requests, what was agreed to and held ops at a unit and below it, and the presence at those meetings that `choose` picks.
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
                "select tbl, unit, body from record where stream = $1 and tbl in ('consent', 'guest', 'held', 'meeting', 'member', 'request') and gone = false",
            )
            .bind(stream.0)
            .fetch(&mut tx);
            while let Some((table, unit, body)) = rows.try_next().await? {
                if within.contains(&UnitId(unit)) {
                    book.put(match table.as_str() {
                        "consent" => Row::Consent(parse("consent", &body)?),
                        "request" => Row::Request(parse("request", &body)?),
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
    /// Requests at a unit and below it, with the names of members and cells.
    pub async fn worklist(&self, unit: UnitId) -> Result<Vec<WorkItem>, StoreError> {
        let units = self.units();
        let streams: HashSet<UnitId> =
            units.iter().filter(|u| units.is_within(u.id, unit)).map(|u| units.stream(u.id)).collect();
        let mut tx = self.reader().snapshot().await?;
        let mut requests: Vec<Request> = Vec::new();
        for stream in streams {
            // The beginning of the key: read by table, not by the whole stream.
            let rows: Vec<(Uuid, String)> =
                query_as("select unit, body from record where stream = $1 and tbl = 'request' and gone = false")
                    .bind(stream.0)
                    .fetch_all(&mut tx)
                    .await?;
            for (of, body) in rows.iter().filter(|(of, _)| units.is_within(UnitId(*of), unit)) {
                let request: Request = parse("request", body)?;
                debug_assert_eq!(request.unit.0, *of);
                requests.push(request);
            }
        }
        let ids: BTreeSet<String> = requests.iter().map(|r| r.member.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut people = HashMap::new();
        for ids in ids.chunks(AT_ONCE) {
            people.extend(several(&mut tx, "member", ids).await?);
        }
        let item = |request: Request| {
            let name = match people.get(&request.member.to_string()) {
                Some((_, body)) => parse::<Member>("member", body)?.name.to_string(),
                None => String::new(),
            };
            let cell = units.get(request.unit).map(|u| u.name.clone()).unwrap_or_default();
            Ok(WorkItem { request, name, cell })
        };
        requests.into_iter().map(item).collect()
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
