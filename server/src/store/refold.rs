//! The proof that the tables say what the log says: presence is folded again from the op log and compared with the rows, one stream after
//! the other, so that memory is that of the largest ward and not of all.

use super::db::{Conn, query_as, query_scalar};
use super::log::from_word;
use super::records::parse;
use super::{Store, StoreError};
use domain::account::Role;
use domain::id::{AccountId, MeetingId, OpId};
use domain::op::{Body, Op};
use domain::presence::{Mark, Presence, Void, Who, Witness};
use domain::time::Millis;
use futures::TryStreamExt as _;
use std::collections::HashMap;
use uuid::Uuid;

impl Store {
    /// How many presence rows differ from the log, log and rows of a stream as of one moment. Anything but zero is an alarm.
    pub async fn refold(&self) -> Result<usize, StoreError> {
        let streams = streams(&mut self.reader().acquire().await?).await?;
        let mut different = 0;
        for stream in streams {
            // A moment of its own each: a long one would keep the database from tidying up behind it.
            different += different_rows_of(&mut self.reader().snapshot().await?, stream).await?.len();
        }
        Ok(different)
    }
}

async fn streams(conn: &mut Conn) -> Result<Vec<Uuid>, sqlx::Error> {
    query_scalar(
        "select stream from stream union select stream from op union select stream from record order by stream",
    )
    .fetch_all(conn)
    .await
}

/// The ids of presence rows that differ from the log, or stand only there.
pub(super) async fn different_rows(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let mut different = Vec::new();
    for stream in streams(conn).await? {
        different.extend(different_rows_of(conn, stream).await?);
    }
    Ok(different)
}

async fn different_rows_of(conn: &mut Conn, stream: Uuid) -> Result<Vec<String>, StoreError> {
    let mut folded: HashMap<(MeetingId, Who), Presence> = HashMap::new();
    {
        let mut rows = query_as::<(i64, String, Option<String>, i64)>(
            "select seq, raw, role, at from op where stream = $1 and verdict = 'applied' and kind like 'attendance.%' and body_hash is null",
        )
        .bind(stream)
        .fetch(&mut *conn);
        while let Some((seq, raw, role, at)) = rows.try_next().await? {
            let op = Op::parse(&raw).map_err(|_| StoreError::Unreadable("op"))?;
            let Ok(Some(body)) = op.body() else { return Err(StoreError::Unreadable("op")) };
            let role = role.as_deref().map(from_word::<Role>).transpose()?.ok_or(StoreError::Unreadable("role"))?;
            fold(&mut folded, op.id, op.act, body, role, seq.cast_unsigned(), Millis(at));
        }
    }
    let bodies: Vec<String> =
        query_scalar("select body from record where stream = $1 and tbl = 'presence' and gone = false")
            .bind(stream)
            .fetch_all(conn)
            .await?;
    let mut different = Vec::new();
    for body in bodies {
        let row: Presence = parse("presence", &body)?;
        if folded.remove(&(row.meeting, row.who)).as_ref() != Some(&row) {
            different.push(Presence::row_id(row.meeting, row.who));
        }
    }
    different.extend(folded.into_keys().map(|(meeting, who)| Presence::row_id(meeting, who)));
    Ok(different)
}

fn fold(
    folded: &mut HashMap<(MeetingId, Who), Presence>,
    op: OpId,
    by: AccountId,
    body: Body,
    role: Role,
    seq: u64,
    t: Millis,
) {
    let (Some(meeting), Some(who)) = (body.meeting(), body.who()) else { return };
    let row = folded.entry((meeting, who)).or_insert_with(|| Presence::empty(meeting, who));
    let mark = match body {
        Body::Present { present, .. } => Mark::Present(present),
        Body::Excused { reason, told, .. } => Mark::Excused { reason: reason.trim().to_owned(), told },
        Body::MarkedAbsent { .. } => Mark::Absent,
        Body::Voided { ops, .. } => {
            row.add_void(op, Void { names: ops, by, role, seq: Some(seq), t });
            return;
        }
        _ => return,
    };
    row.add_mark(op, Witness { mark, by, role, seq: Some(seq), t });
}
