//! What an applied op writes: the records that phones pull. Exactly one record changes, but for a member who moves to another cell.

use super::{Ledger, Put, Unreadable, carry, json, parse, read};
use crate::bugs::{self, Bug};
use crate::consent::Consent;
use crate::decide::Effect;
use crate::id::{MeetingId, MemberId, OpId, UnitId};
use crate::meeting::Meeting;
use crate::member::Member;
use crate::presence::{Presence, Who};
use crate::wire::ReadMark;
use uuid::Uuid;

/// The presence row that an effect changes, as it is now, with its unit.
pub type Before = Option<(UnitId, Presence)>;

/// Reads the presence row that an effect will change; none for other effects.
pub async fn before<L: Ledger>(ledger: &mut L, effect: &Effect) -> Result<Before, L::Fault> {
    match effect {
        Effect::Mark(meeting, who, _) | Effect::Void(meeting, who, _) => {
            presence(ledger, *meeting, *who).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// Is there room for it in that row?
#[must_use]
pub fn has_room(before: &Before, effect: &Effect) -> bool {
    before.as_ref().is_none_or(|(_, presence)| match effect {
        Effect::Mark(..) => presence.takes_mark(),
        Effect::Void(_, _, void) => presence.takes_void(void),
        _ => true,
    })
}

/// Writes what an applied op made. `log_seq` is the op's number in the log; `fresh` = that number is not used by a record yet; `before`: what
/// [`before`] read.
pub async fn apply<L: Ledger>(
    ledger: &mut L,
    op: OpId,
    log_seq: u64,
    fresh: bool,
    effect: Effect,
    before: Before,
) -> Result<(), L::Fault> {
    let seq = fresh.then_some(log_seq);
    let nobody = Some(Uuid::nil());
    match effect {
        Effect::Meeting(meeting) => {
            let (id, body) = (meeting.id.to_string(), Some(json("meeting", &meeting)?));
            let unit = meeting.unit;
            ledger.put(Put { table: "meeting", id: &id, unit, owner: None, seq, due: None, body }).await?;
        }
        Effect::Guest(guest) => {
            let unit = unit_of_meeting(ledger, guest.meeting).await?;
            let (id, body) = (guest.id.to_string(), Some(json("guest", &guest)?));
            ledger.put(Put { table: "guest", id: &id, unit, owner: nobody, seq, due: None, body }).await?;
        }
        Effect::Notice(notice) => {
            let publish = notice.text.publish_at;
            let due = (notice.withdrawn.is_none() && publish > ledger.now()).then_some(publish.0);
            let (id, body) = (notice.id.to_string(), Some(json("notice", &notice)?));
            ledger.put(Put { table: "notice", id: &id, unit: notice.unit, owner: None, seq, due, body }).await?;
        }
        Effect::Read(notice, member, at) => {
            let id = format!("{notice}:{member}");
            let unit = cell_of(ledger, member).await?;
            let stream = ledger.units().stream(unit);
            ledger.lock(stream).await?;
            // The first reading stands.
            if ledger.record("read", &id).await?.is_none() {
                let (owner, body) = (Some(member.0), Some(json("read", &ReadMark { notice, member, at })?));
                ledger.put(Put { table: "read", id: &id, unit, owner, seq, due: None, body }).await?;
            }
        }
        Effect::Request(mut request) => {
            request.number(op, log_seq);
            let (id, unit) = (request.id.to_string(), request.unit);
            let (owner, body) = (Some(request.member.0), Some(json("request", &request)?));
            ledger.put(Put { table: "request", id: &id, unit, owner, seq, due: None, body }).await?;
        }
        Effect::Consent(consent) => put_consent(ledger, consent, seq).await?,
        Effect::Member(member) => put_member(ledger, &member, seq).await?,
        Effect::Accepted(who, ops) => carry::accept(ledger, who, &ops).await?,
        Effect::Mark(_, _, mut witness) => {
            witness.seq = Some(log_seq);
            let (unit, mut presence) = before.ok_or(Unreadable("presence"))?;
            if bugs::on(Bug::DedupePerOperator) && presence.marks.values().any(|w| w.by == witness.by) {
                return Ok(());
            }
            presence.add_mark(op, witness);
            put_presence(ledger, unit, &presence, seq).await?;
        }
        Effect::Void(_, _, mut void) => {
            void.seq = Some(log_seq);
            let (unit, mut presence) = before.ok_or(Unreadable("presence"))?;
            if bugs::on(Bug::VoidAll) {
                void.names = presence.marks.keys().copied().collect();
            }
            presence.add_void(op, void);
            put_presence(ledger, unit, &presence, seq).await?;
        }
    }
    Ok(())
}

async fn unit_of_meeting<L: Ledger>(ledger: &mut L, meeting: MeetingId) -> Result<UnitId, L::Fault> {
    let found: Option<Meeting> = read(ledger, "meeting", &meeting.to_string()).await?;
    Ok(found.map(|m| m.unit).ok_or(Unreadable("meeting"))?)
}

async fn cell_of<L: Ledger>(ledger: &mut L, member: MemberId) -> Result<UnitId, L::Fault> {
    let found: Option<Member> = read(ledger, "member", &member.to_string()).await?;
    Ok(found.map(|m| m.cell).ok_or(Unreadable("member"))?)
}

async fn presence<L: Ledger>(ledger: &mut L, meeting: MeetingId, who: Who) -> Result<(UnitId, Presence), L::Fault> {
    let found = read_presence(ledger, meeting, who).await?;
    // What lies in another stream than the op may have changed before the lock.
    let stream = ledger.units().stream(found.0);
    if ledger.lock(stream).await? { read_presence(ledger, meeting, who).await } else { Ok(found) }
}

async fn read_presence<L: Ledger>(
    ledger: &mut L,
    meeting: MeetingId,
    who: Who,
) -> Result<(UnitId, Presence), L::Fault> {
    match ledger.record("presence", &Presence::row_id(meeting, who)).await? {
        Some((unit, body)) => Ok((unit, parse("presence", &body)?)),
        None => Ok((unit_of_meeting(ledger, meeting).await?, Presence::empty(meeting, who))),
    }
}

async fn put_presence<L: Ledger>(
    ledger: &mut L,
    unit: UnitId,
    presence: &Presence,
    seq: Option<u64>,
) -> Result<(), L::Fault> {
    let id = Presence::row_id(presence.meeting, presence.who);
    let owner = Some(presence.who.member().map_or(Uuid::nil(), |m| m.0));
    let body = Some(json("presence", presence)?);
    ledger.put(Put { table: "presence", id: &id, unit, owner, seq, due: None, body }).await?;
    Ok(())
}

/// What somebody agreed to stands in one book; said elsewhere later, it moves there.
async fn put_consent<L: Ledger>(ledger: &mut L, mut consent: Consent, seq: Option<u64>) -> Result<(), L::Fault> {
    let (id, unit, owner) = (consent.account.to_string(), consent.unit, Some(consent.account.0));
    let elsewhere = ledger.record("consent", &id).await?.map(|(old, _)| old).filter(|old| *old != unit);
    let Some(old) = elsewhere else {
        let body = Some(json("consent", &consent)?);
        ledger.put(Put { table: "consent", id: &id, unit, owner, seq, due: None, body }).await?;
        return Ok(());
    };
    let stream = ledger.units().stream(old);
    if ledger.lock(stream).await?
        && let Some(now) = read::<L, Consent>(ledger, "consent", &id).await?
    {
        // It lies in another stream and may have changed before the lock.
        consent.merge(&now);
    }
    let body = Some(json("consent", &consent)?);
    ledger.put(Put { table: "consent", id: &id, unit: old, owner, seq: None, due: None, body: None }).await?;
    ledger.put(Put { table: "consent", id: &id, unit, owner, seq: None, due: None, body }).await?;
    Ok(())
}

/// A member who comes from another cell leaves a *gone* there, and takes the own account's grant along.
async fn put_member<L: Ledger>(ledger: &mut L, member: &Member, seq: Option<u64>) -> Result<(), L::Fault> {
    let id = member.id.to_string();
    let mut before: Option<Member> = read(ledger, "member", &id).await?;
    if let Some(old) = &before {
        let stream = ledger.units().stream(old.cell);
        if ledger.lock(stream).await? {
            // It lies in another stream and may have changed before the lock.
            before = read(ledger, "member", &id).await?;
        }
    }
    let owner = Some(member.id.0);
    let body = Some(json("member", member)?);
    let put_new = Put { table: "member", id: &id, unit: member.cell, owner, seq, due: None, body };
    match before.map(|b| b.cell).filter(|old| *old != member.cell) {
        None => {
            ledger.put(put_new).await?;
        }
        Some(old) => {
            // Gone first, in number order, for phones that see both cells.
            ledger.put(Put { table: "member", id: &id, unit: old, owner, seq: None, due: None, body: None }).await?;
            ledger.put(Put { seq: None, ..put_new }).await?;
            ledger.move_grant(member.id, old, member.cell).await?;
        }
    }
    Ok(())
}
