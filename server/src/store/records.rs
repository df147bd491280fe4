//! The table `record`: reading one thing, and writing what an op made.

use super::StoreError;
use super::db::{Db, query, query_as, query_scalar};
use super::tx::{Change, Tx};
use domain::decide::Effect;
use domain::id::{MemberId, OpId, UnitId};
use domain::meeting::Meeting;
use domain::member::Member;
use domain::notice::Notice;
use domain::presence::{Presence, Who};
use domain::wire::ReadMark;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// One row to write.
pub(super) struct Put<'a> {
    pub table: &'static str,
    pub id: &'a str,
    pub unit: UnitId,
    /// See the table's comment in the migration.
    pub owner: Option<Uuid>,
    /// None: a new number is drawn.
    pub seq: Option<u64>,
    pub due: Option<i64>,
    /// None: gone.
    pub body: Option<String>,
}

/// The body of the living record (table, id), wherever it stands.
pub(super) async fn body_of(db: impl Db<'_>, table: &'static str, id: &str) -> Result<Option<String>, StoreError> {
    Ok(query_scalar("select body from record where tbl = $1 and id = $2 and gone = false order by seq desc limit 1")
        .bind(table)
        .bind(id)
        .fetch_optional(db)
        .await?)
}

/// The living record (table, id) as its domain type.
pub(super) async fn get<T: DeserializeOwned>(
    db: impl Db<'_>,
    table: &'static str,
    id: &str,
) -> Result<Option<T>, StoreError> {
    body_of(db, table, id).await?.map(|b| parse(table, &b)).transpose()
}

pub(super) fn parse<T: DeserializeOwned>(table: &'static str, body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|_| StoreError::Unreadable(table))
}

pub(super) fn json<T: Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(table))
}

/// Writes one row and remembers it for live screens.
pub(super) async fn put(tx: &mut Tx, row: Put<'_>) -> Result<u64, StoreError> {
    let stream = tx.units.stream(row.unit);
    let seq = match row.seq {
        Some(seq) => seq,
        None => tx.next_seq(stream).await?,
    };
    query(
        "insert into record (stream, tbl, id, unit, owner, seq, gone, due, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (stream, tbl, id, unit) do update
         set owner = excluded.owner, seq = excluded.seq, gone = excluded.gone, due = excluded.due, body = excluded.body",
    )
    .bind(stream.0)
    .bind(row.table)
    .bind(row.id)
    .bind(row.unit.0)
    .bind(row.owner)
    .bind(seq.cast_signed())
    .bind(row.body.is_none())
    .bind(row.due)
    .bind(row.body.unwrap_or_default())
    .execute(&mut tx.conn)
    .await?;
    tx.changed.push(Change { stream, seq, table: row.table.into(), unit: row.unit, owner: row.owner });
    Ok(seq)
}

/// Writes what an applied op made. `log_seq` is the op's number in the log; `fresh` = that number is not used by a record yet.
pub(super) async fn apply(tx: &mut Tx, op: OpId, log_seq: u64, fresh: bool, effect: Effect) -> Result<(), StoreError> {
    let seq = fresh.then_some(log_seq);
    match effect {
        Effect::Meeting(meeting) => {
            let body = json("meeting", &meeting)?;
            let id = meeting.id.to_string();
            put(
                tx,
                Put { table: "meeting", id: &id, unit: meeting.unit, owner: None, seq, due: None, body: Some(body) },
            )
            .await?;
        }
        Effect::Guest(guest) => {
            let unit = unit_of_meeting(tx, guest.meeting).await?;
            let body = json("guest", &guest)?;
            let id = guest.id.to_string();
            put(tx, Put { table: "guest", id: &id, unit, owner: Some(Uuid::nil()), seq, due: None, body: Some(body) })
                .await?;
        }
        Effect::Notice(notice) => {
            let due =
                (notice.withdrawn.is_none() && notice.text.publish_at > tx.now).then_some(notice.text.publish_at.0);
            let body = json("notice", &notice)?;
            let id = notice.id.to_string();
            put(tx, Put { table: "notice", id: &id, unit: notice.unit, owner: None, seq, due, body: Some(body) })
                .await?;
        }
        Effect::Read(notice, member, at) => {
            let id = format!("{notice}:{member}");
            let unit = cell_of(tx, member).await?;
            tx.lock(tx.units.stream(unit)).await?;
            // The first reading stands.
            if body_of(&mut tx.conn, "read", &id).await?.is_none() {
                let body = json("read", &ReadMark { notice, member, at })?;
                put(tx, Put { table: "read", id: &id, unit, owner: Some(member.0), seq, due: None, body: Some(body) })
                    .await?;
            }
        }
        Effect::Member(member) => put_member(tx, &member, seq).await?,
        Effect::Mark(meeting, who, mut witness) => {
            witness.seq = Some(log_seq);
            let (unit, mut presence) = presence(tx, meeting, who).await?;
            presence.add_mark(op, witness);
            put_presence(tx, unit, &presence, seq).await?;
        }
        Effect::Void(meeting, who, mut void) => {
            void.seq = Some(log_seq);
            let (unit, mut presence) = presence(tx, meeting, who).await?;
            presence.add_void(op, void);
            put_presence(tx, unit, &presence, seq).await?;
        }
    }
    Ok(())
}

async fn unit_of_meeting(tx: &mut Tx, meeting: domain::id::MeetingId) -> Result<UnitId, StoreError> {
    let found: Option<Meeting> = get(&mut tx.conn, "meeting", &meeting.to_string()).await?;
    found.map(|m| m.unit).ok_or(StoreError::Unreadable("meeting"))
}

async fn cell_of(tx: &mut Tx, member: MemberId) -> Result<UnitId, StoreError> {
    let found: Option<Member> = get(&mut tx.conn, "member", &member.to_string()).await?;
    found.map(|m| m.cell).ok_or(StoreError::Unreadable("member"))
}

async fn presence(tx: &mut Tx, meeting: domain::id::MeetingId, who: Who) -> Result<(UnitId, Presence), StoreError> {
    let found = read_presence(tx, meeting, who).await?;
    // What lies in another stream than the op may have changed before the lock.
    if tx.lock(tx.units.stream(found.0)).await? { read_presence(tx, meeting, who).await } else { Ok(found) }
}

async fn read_presence(
    tx: &mut Tx,
    meeting: domain::id::MeetingId,
    who: Who,
) -> Result<(UnitId, Presence), StoreError> {
    let id = Presence::row_id(meeting, who);
    let row: Option<(Uuid, String)> =
        query_as("select unit, body from record where tbl = 'presence' and id = $1 and gone = false")
            .bind(id)
            .fetch_optional(&mut tx.conn)
            .await?;
    match row {
        Some((unit, body)) => Ok((UnitId(unit), parse("presence", &body)?)),
        None => Ok((unit_of_meeting(tx, meeting).await?, Presence::empty(meeting, who))),
    }
}

async fn put_presence(tx: &mut Tx, unit: UnitId, presence: &Presence, seq: Option<u64>) -> Result<(), StoreError> {
    let id = Presence::row_id(presence.meeting, presence.who);
    let owner = presence.who.member().map_or(Uuid::nil(), |m| m.0);
    let body = Some(json("presence", presence)?);
    put(tx, Put { table: "presence", id: &id, unit, owner: Some(owner), seq, due: None, body }).await?;
    Ok(())
}

/// A member who comes from another cell leaves a *gone* there, and takes the own account's grant along.
async fn put_member(tx: &mut Tx, member: &Member, seq: Option<u64>) -> Result<(), StoreError> {
    let id = member.id.to_string();
    let mut before: Option<Member> = get(&mut tx.conn, "member", &id).await?;
    if let Some(old) = &before
        && tx.lock(tx.units.stream(old.cell)).await?
    {
        // It lies in another stream and may have changed before the lock.
        before = get(&mut tx.conn, "member", &id).await?;
    }
    let owner = Some(member.id.0);
    let body = Some(json("member", member)?);
    let put_new = Put { table: "member", id: &id, unit: member.cell, owner, seq, due: None, body };
    match before.map(|b| b.cell).filter(|old| *old != member.cell) {
        None => {
            put(tx, put_new).await?;
        }
        Some(old) => {
            // Gone first, in number order, for phones that see both cells.
            put(tx, Put { table: "member", id: &id, unit: old, owner, seq: None, due: None, body: None }).await?;
            put(tx, Put { seq: None, ..put_new }).await?;
            move_grant(tx, member.id, old, member.cell).await?;
            tx.actors.clear();
        }
    }
    Ok(())
}

/// The member's own account may take part in the new cell, and no longer in the old one.
async fn move_grant(tx: &mut Tx, member: MemberId, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    query(
        "insert into grant_ (account, role, unit, from_day, to_day)
         select account, role, $1, from_day, to_day from grant_
         where role = 'member' and unit = $2 and account in (select id from account where member = $3)
         on conflict (account, role, unit) do nothing",
    )
    .bind(to.0)
    .bind(from.0)
    .bind(member.0)
    .execute(&mut tx.conn)
    .await?;
    query(
        "delete from grant_ where role = 'member' and unit = $1 and account in (select id from account where member = $2)",
    )
    .bind(from.0)
    .bind(member.0)
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}

/// Bumps notices whose moment has come, so that members' phones get them. Returns how many.
pub(super) async fn publish_due(tx: &mut Tx) -> Result<usize, StoreError> {
    let streams: Vec<Uuid> = query_scalar(
        "select distinct stream from record where due is not null and due <= $1 and tbl = 'notice' order by stream",
    )
    .bind(tx.now.0)
    .fetch_all(&mut tx.conn)
    .await?;
    let mut published = 0;
    for stream in streams {
        tx.lock(UnitId(stream)).await?;
        // After the lock: another process may have published or changed them.
        let rows: Vec<(Uuid, String, String)> = query_as(
            "select unit, id, body from record
             where stream = $1 and due is not null and due <= $2 and tbl = 'notice' order by id",
        )
        .bind(stream)
        .bind(tx.now.0)
        .fetch_all(&mut tx.conn)
        .await?;
        for (unit, id, body) in &rows {
            let _: Notice = parse("notice", body)?;
            let (unit, body) = (UnitId(*unit), Some(body.clone()));
            put(tx, Put { table: "notice", id, unit, owner: None, seq: None, due: None, body }).await?;
        }
        published += rows.len();
    }
    Ok(published)
}
