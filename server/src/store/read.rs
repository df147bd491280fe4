//! Reading for reports and lists: the book of a unit in memory, and single things.

use super::db::{query_as, query_scalar};
use super::records::{self, parse};
use super::{Store, StoreError};
use domain::book::Book;
use domain::id::{MeetingId, MemberId, NoticeId, UnitId};
use domain::meeting::Meeting;
use domain::member::Member;
use domain::notice::Notice;
use domain::wire::{ReadMark, Row};
use futures::TryStreamExt as _;
use std::collections::HashSet;
use uuid::Uuid;

impl Store {
    /// Everything at a unit and below it; all units; nothing of single accounts (fates).
    pub async fn read_book(&self, unit: UnitId) -> Result<Book, StoreError> {
        let units = self.units();
        let within: HashSet<UnitId> = units.iter().filter(|u| units.is_within(u.id, unit)).map(|u| u.id).collect();
        let streams: HashSet<UnitId> = within.iter().map(|u| units.stream(*u)).collect();
        let mut book = Book { units: (*units).clone(), ..Book::default() };
        for stream in streams {
            let mut rows = query_as::<(String, Uuid, String)>(
                "select tbl, unit, body from record where stream = $1 and gone = false and tbl not in ('unit', 'fate')",
            )
            .bind(stream.0)
            .fetch(self.reader());
            while let Some((table, unit, body)) = rows.try_next().await? {
                if within.contains(&UnitId(unit)) {
                    book.put(typed(&table, &body)?);
                }
            }
        }
        Ok(book)
    }
    /// A meeting.
    pub async fn meeting(&self, id: MeetingId) -> Result<Option<Meeting>, StoreError> {
        records::get(self.reader(), "meeting", &id.to_string()).await
    }
    /// A member.
    pub async fn member(&self, id: MemberId) -> Result<Option<Member>, StoreError> {
        records::get(self.reader(), "member", &id.to_string()).await
    }
    /// A notice, also a scheduled or withdrawn one.
    pub async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StoreError> {
        records::get(self.reader(), "notice", &id.to_string()).await
    }
    /// Who has read a notice.
    pub async fn read_marks(&self, notice: NoticeId) -> Result<Vec<ReadMark>, StoreError> {
        let from = format!("{notice}:");
        // ';' follows ':' in ASCII: everything that begins with the notice's id.
        let to = format!("{notice};");
        let bodies: Vec<String> =
            query_scalar("select body from record where tbl = 'read' and id >= $1 and id < $2 and gone = false")
                .bind(from)
                .bind(to)
                .fetch_all(self.reader())
                .await?;
        bodies.iter().map(|b| parse("read", b)).collect()
    }
    /// True when there is no unit yet.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let units: i64 = query_scalar("select count(*) from unit").fetch_one(self.reader()).await?;
        Ok(units == 0)
    }
}

fn typed(table: &str, body: &str) -> Result<Row, StoreError> {
    Ok(match table {
        "member" => Row::Member(parse("member", body)?),
        "meeting" => Row::Meeting(parse("meeting", body)?),
        "presence" => Row::Presence(parse("presence", body)?),
        "guest" => Row::Guest(parse("guest", body)?),
        "notice" => Row::Notice(parse("notice", body)?),
        "read" => Row::Read(parse("read", body)?),
        "held" => Row::Held(parse("held", body)?),
        _ => return Err(StoreError::Unreadable("table")),
    })
}
