//! Forgetting: things that are over long enough ([`domain::keep`]) lose their rows and the bytes of their ops; old lines of the trail go. What
//! stays: the id, kind, times and decision of each op, so that one that is sent again is still known, and the hash of its bytes, so that
//! the chain can still be gone along. Held ops stay as they are: somebody still has to look at them.
//!
//! On SQLite the whole file is written anew afterwards and the write-ahead log moved into it, so that no crumb of it is left in either. PostgreSQL
//! frees the room with its next vacuum. Backups of before keep what they have until they go themselves.

use super::chain::body_hash;
use super::db::{query, query_as, query_scalar};
use super::records::{self, parse};
use super::tx::Tx;
use super::writer::Message;
use super::{Store, StoreError};
use domain::consent::Consent;
use domain::id::{OpId, UnitId};
use domain::keep;
use domain::ledger::Put;
use domain::meeting::Meeting;
use domain::member::Member;
use domain::notice::{Guest, Notice};
use domain::op::{Body, Op};
use domain::request::Request;
use domain::time::Millis;
use futures::TryStreamExt as _;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;

/// So many lines of the trail go in one transaction, so that a check-in never waits for many.
const AT_ONCE: i64 = 2000;

/// How long things are kept; 0 = for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Meetings that are over, notices that came out, requests that were answered, members who left with what they asked and agreed to: years.
    pub years: u16,
    /// Lines of the trail: days.
    pub trail_days: u16,
}

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Meetings, notices, requests, members, and what those had agreed to.
    pub things: usize,
    /// Ops whose bytes went.
    pub bodies: usize,
    /// Lines of the trail.
    pub trail: u64,
}

/// A thing that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Thing {
    Meeting(Uuid),
    Notice(Uuid),
    Member(Uuid),
    /// By the op that made it.
    Request(Uuid),
    /// By the account.
    Consent(Uuid),
}

/// A line whose bytes go.
#[derive(Clone)]
struct LineOf {
    stream: Uuid,
    seq: i64,
    id: Uuid,
    hash: Vec<u8>,
}

/// The thing that an op is about.
fn thing_of(op: &Op, body: &Body) -> Option<Thing> {
    match body {
        Body::RequestMade { .. } => Some(Thing::Request(op.id.0)),
        Body::RequestAnswered { request, .. } | Body::RequestWithdrawn { request } => Some(Thing::Request(request.0)),
        Body::ConsentGiven { .. } | Body::ConsentWithdrawn { .. } => Some(Thing::Consent(op.act.0)),
        Body::MemberPut { member } => Some(Thing::Member(member.id.0)),
        Body::MemberEnded { member, .. } => Some(Thing::Member(member.0)),
        other => match (other.meeting(), other.notice()) {
            (Some(meeting), _) => Some(Thing::Meeting(meeting.0)),
            (None, Some(notice)) => Some(Thing::Notice(notice.0)),
            (None, None) => None,
        },
    }
}

impl Store {
    /// Forgets what is over by now. Seldom and slow: with something to forget it reads the whole log once. Stopped in the middle, it goes on the
    /// next time: each thing goes with its ops in one transaction.
    pub async fn forget(&self, keep: Keep) -> Result<Forgotten, StoreError> {
        let mut gone = Forgotten::default();
        if let Some(last) = keep::last_day(self.now(), keep.years) {
            let things = self.over(last).await?;
            let mut lines = if things.is_empty() { HashMap::new() } else { self.lines_about(&things).await? };
            for (thing, unit) in things {
                let of_it = lines.remove(&thing).unwrap_or_default();
                gone.things += 1;
                gone.bodies += of_it.len();
                let of_it: Arc<[LineOf]> = of_it.into();
                self.write(move |tx| Box::pin(async move { forget_thing(tx, thing, unit, &of_it).await })).await?;
            }
        }
        if keep.trail_days > 0 {
            let until = self.now().plus(-Millis::DAY * i64::from(keep.trail_days));
            gone.trail = self.forget_trail(until).await?;
        }
        if gone != Forgotten::default() {
            // Out of the write-ahead log, too; a reader who looks at an older moment just now puts that off until the server ends.
            self.write_out().await?;
        }
        Ok(gone)
    }

    /// What goes, with its unit.
    async fn over(&self, last: chrono::NaiveDate) -> Result<Vec<(Thing, UnitId)>, StoreError> {
        type Row = (String, Uuid, String);
        const MEETINGS: &str = "select id, unit, body from record where tbl = 'meeting' and gone = false";
        const NOTICES: &str = "select id, unit, body from record where tbl = 'notice' and gone = false";
        const MEMBERS: &str = "select id, unit, body from record where tbl = 'member' and gone = false";
        const REQUESTS: &str = "select id, unit, body from record where tbl = 'request' and gone = false";
        const CONSENTS: &str = "select id, unit, body from record where tbl = 'consent' and gone = false";
        let mut over = Vec::new();
        let mut here = HashSet::new();
        let mut conn = self.reader().snapshot().await?;
        // Members first: what they asked and agreed to goes with them.
        for (sql, table) in [
            (MEMBERS, "member"),
            (MEETINGS, "meeting"),
            (NOTICES, "notice"),
            (REQUESTS, "request"),
            (CONSENTS, "consent"),
        ] {
            let mut rows = query_as::<Row>(sql).fetch(&mut conn);
            while let Some((_, unit, body)) = rows.try_next().await? {
                let thing = match table {
                    "meeting" => {
                        let meeting: Meeting = parse(table, &body)?;
                        keep::meeting_goes(&meeting, last).then_some(Thing::Meeting(meeting.id.0))
                    }
                    "notice" => {
                        let notice: Notice = parse(table, &body)?;
                        keep::notice_goes(&notice, last).then_some(Thing::Notice(notice.id.0))
                    }
                    "request" => {
                        let request: Request = parse(table, &body)?;
                        let goes = keep::request_goes(&request, last) || !here.contains(&request.member);
                        goes.then_some(Thing::Request(request.id.0))
                    }
                    "consent" => {
                        let consent: Consent = parse(table, &body)?;
                        let goes = consent.member.is_some_and(|member| !here.contains(&member));
                        goes.then_some(Thing::Consent(consent.account.0))
                    }
                    _ => {
                        let member: Member = parse(table, &body)?;
                        let goes = keep::member_goes(&member, last);
                        if !goes {
                            here.insert(member.id);
                        }
                        goes.then_some(Thing::Member(member.id.0))
                    }
                };
                over.extend(thing.map(|thing| (thing, UnitId(unit))));
            }
        }
        Ok(over)
    }

    /// The lines of the log about them, but those that are still held.
    async fn lines_about(&self, things: &[(Thing, UnitId)]) -> Result<HashMap<Thing, Vec<LineOf>>, StoreError> {
        let mut lines: HashMap<Thing, Vec<LineOf>> = things.iter().map(|(thing, _)| (*thing, Vec::new())).collect();
        let mut conn = self.reader().snapshot().await?;
        let mut rows = query_as::<(Uuid, i64, Uuid, String)>(
            "select stream, seq, id, raw from op where body_hash is null and verdict <> 'held' order by stream, seq",
        )
        .fetch(&mut conn);
        while let Some((stream, seq, id, raw)) = rows.try_next().await? {
            let op = Op::parse(&raw).ok();
            let thing = op.as_ref().and_then(|op| thing_of(op, op.body().ok().flatten().as_ref()?));
            if let Some(of_it) = thing.and_then(|thing| lines.get_mut(&thing)) {
                of_it.push(LineOf { stream, seq, id, hash: body_hash(&raw).to_vec() });
            }
        }
        Ok(lines)
    }

    /// Old lines of the trail, from the beginning on. The chain then begins after the last one that went.
    async fn forget_trail(&self, until: Millis) -> Result<u64, StoreError> {
        let streams: Vec<Uuid> = query_scalar("select stream from trail_head").fetch_all(self.reader()).await?;
        let mut gone = 0;
        for stream in streams {
            loop {
                let went = self.write(move |tx| Box::pin(async move { trim(tx, stream, until).await })).await?;
                gone += went;
                if went == 0 {
                    break;
                }
            }
        }
        Ok(gone)
    }

    async fn write_out(&self) -> Result<(), StoreError> {
        let (sender, receiver) = oneshot::channel();
        let asked = self.0.jobs.send(Message::Tidy(sender)).await;
        asked.map_err(|_| StoreError::NotWritten("the server is ending"))?;
        receiver.await.map_err(|_| StoreError::NotWritten("the writer stopped"))
    }
}

async fn forget_thing(tx: &mut Tx, thing: Thing, unit: UnitId, lines: &[LineOf]) -> Result<(), StoreError> {
    tx.lock_stream(tx.units.stream(unit)).await?;
    for line in lines {
        query("update op set raw = '', body_hash = $1 where stream = $2 and seq = $3")
            .bind(&line.hash)
            .bind(line.stream)
            .bind(line.seq)
            .execute(&mut tx.conn)
            .await?;
        query("delete from quarantine where id = $1").bind(line.id).execute(&mut tx.conn).await?;
        row_goes(tx, "fate", &OpId(line.id).to_string()).await?;
    }
    match thing {
        Thing::Meeting(meeting) => {
            let meeting = meeting.to_string();
            for id in ids_from(tx, "presence", &meeting).await? {
                row_goes(tx, "presence", &id).await?;
            }
            let guests: Vec<(String, String)> =
                query_as("select id, body from record where tbl = 'guest' and gone = false")
                    .fetch_all(&mut tx.conn)
                    .await?;
            for (id, body) in guests {
                if parse::<Guest>("guest", &body)?.meeting.to_string() == meeting {
                    row_goes(tx, "guest", &id).await?;
                }
            }
            query("delete from deputy where meeting = $1").bind(&meeting).execute(&mut tx.conn).await?;
            row_goes(tx, "meeting", &meeting).await
        }
        Thing::Request(request) => row_goes(tx, "request", &request.to_string()).await,
        Thing::Consent(account) => row_goes(tx, "consent", &account.to_string()).await,
        Thing::Notice(notice) => {
            let notice = notice.to_string();
            for id in ids_from(tx, "read", &notice).await? {
                row_goes(tx, "read", &id).await?;
            }
            row_goes(tx, "notice", &notice).await
        }
        Thing::Member(member) => {
            // The account keeps what it did, and no name, and nobody signs in to it any more; unless it has another role to this day.
            query(
                "update account set name = '', disabled = true
                 where member = $1 and id not in (select account from grant_ where role <> 'member')",
            )
            .bind(member)
            .execute(&mut tx.conn)
            .await?;
            query(
                "delete from passkey where account in (select id from account where member = $1 and disabled = true and name = '')",
            )
            .bind(member)
            .execute(&mut tx.conn)
            .await?;
            row_goes(tx, "member", &member.to_string()).await
        }
    }
}

/// The rows whose id begins with that of a thing.
async fn ids_from(tx: &mut Tx, table: &'static str, thing: &str) -> Result<Vec<String>, StoreError> {
    // ';' follows ':' in ASCII.
    Ok(query_scalar("select id from record where tbl = $1 and id >= $2 and id < $3 and gone = false")
        .bind(table)
        .bind(format!("{thing}:"))
        .bind(format!("{thing};"))
        .fetch_all(&mut tx.conn)
        .await?)
}

/// The living row becomes one that is gone, in every unit where it stands: phones hear of it, and nothing of it is left but its id.
async fn row_goes(tx: &mut Tx, table: &'static str, id: &str) -> Result<(), StoreError> {
    let rows: Vec<(Uuid, Option<Uuid>)> =
        query_as("select unit, owner from record where tbl = $1 and id = $2 and gone = false")
            .bind(table)
            .bind(id)
            .fetch_all(&mut tx.conn)
            .await?;
    for (unit, owner) in rows {
        let unit = UnitId(unit);
        records::put(tx, Put { table, id, unit, owner, seq: None, due: None, body: None }).await?;
    }
    Ok(())
}

/// Some of the oldest lines of a trail; how many.
async fn trim(tx: &mut Tx, stream: Uuid, until: Millis) -> Result<u64, StoreError> {
    let lines: Vec<(i64, i64, Vec<u8>)> =
        query_as("select seq, at, chain from trail where stream = $1 order by seq limit $2")
            .bind(stream)
            .bind(AT_ONCE)
            .fetch_all(&mut tx.conn)
            .await?;
    let Some((last, _, chain)) = lines.into_iter().take_while(|(_, at, _)| *at < until.0).last() else { return Ok(0) };
    query("update trail_head set floor = $1 where stream = $2").bind(&chain).bind(stream).execute(&mut tx.conn).await?;
    let went = query("delete from trail where stream = $1 and seq <= $2")
        .bind(stream)
        .bind(last)
        .execute(&mut tx.conn)
        .await?;
    Ok(went)
}
