//! Deputies for one meeting: who was named, and ending it. No op, like every role: who may act is decided here and now. It does not know who may
//! name somebody: that is the API's question.

use super::admin::note_role;
use super::db::{Conn, query, query_as, query_scalar};
use super::log::word;
use super::records::{body_of, parse, record};
use super::trail::{Noted, note};
use super::{AdminFault, Sender, Store, StoreError, accounts};
use domain::account::{Grant, Role};
use domain::audit::Deed;
use domain::deputy::DeputyOf;
use domain::id::{AccountId, MeetingId, MemberId};
use domain::ledger::held::reconsider;
use domain::meeting::Meeting;
use domain::time::Millis;
use uuid::Uuid;

/// A deputy's grant with its meeting and the day on which it ends at the latest; none when the meeting is forgotten.
pub(super) async fn with_its_end(conn: &mut Conn, grant: Grant, meeting: &str) -> Result<Option<Grant>, StoreError> {
    let Some(body) = body_of(&mut *conn, "meeting", meeting).await? else { return Ok(None) };
    let meeting: Meeting = parse("meeting", &body)?;
    let last = meeting.deputies_until();
    Ok(Some(Grant { to: Some(grant.to.map_or(last, |to| to.min(last))), meeting: Some(meeting.id), ..grant }))
}

impl Store {
    /// Who stands in at a meeting today, by name.
    pub async fn deputies_of(&self, meeting: MeetingId) -> Result<Vec<DeputyOf>, StoreError> {
        type Row = (Uuid, String, Option<Uuid>, i64, Option<String>);
        let rows: Vec<Row> = query_as(
            "select a.id, a.name, a.member, d.given, b.name
             from deputy d join account a on a.id = d.account left join account b on b.id = d.given_by
             where d.meeting = $1 and a.disabled = false and (d.to_day is null or d.to_day >= $2)
             order by a.name, a.id",
        )
        .bind(meeting.to_string())
        .bind(self.now().day().to_string())
        .fetch_all(self.reader())
        .await?;
        let deputy = |(account, name, member, given, by): Row| DeputyOf {
            account: AccountId(account),
            name,
            member: member.map(MemberId),
            given: Millis(given),
            by: by.unwrap_or_default(),
        };
        Ok(rows.into_iter().map(deputy).collect())
    }

    /// Names a deputy, or again one whose time was ended. What was held for want of it is decided again.
    pub async fn name_deputy(
        &self,
        by: Sender,
        account: AccountId,
        meeting: MeetingId,
    ) -> Result<Result<(), AdminFault>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let id = meeting.to_string();
                let Some((unit, body)) = record(tx, "meeting", &id).await? else {
                    return Ok(Err(AdminFault::NotFound));
                };
                if !parse::<Meeting>("meeting", &body)?.has_deputies(tx.now.day()) {
                    return Ok(Err(AdminFault::MeetingOver));
                }
                if accounts::load(&mut tx.conn, account).await?.is_none() {
                    return Ok(Err(AdminFault::Off));
                }
                query(
                    "insert into deputy (account, meeting, unit, given, given_by) values ($1, $2, $3, $4, $5)
                     on conflict (account, meeting) do update
                     set to_day = null, given = excluded.given, given_by = excluded.given_by",
                )
                .bind(account.0)
                .bind(&id)
                .bind(unit.0)
                .bind(tx.now.0)
                .bind(by.account.0)
                .execute(&mut tx.conn)
                .await?;
                tx.actors.remove(&account);
                note_role(tx, by, account, &Grant::deputy(unit, meeting)).await?;
                reconsider(tx).await?;
                Ok(Ok(()))
            })
        })
        .await
    }

    /// Ends it: yesterday was the last day. What the person did before and is not sent yet is held, not refused.
    pub async fn end_deputy(
        &self,
        by: Sender,
        account: AccountId,
        meeting: MeetingId,
    ) -> Result<Result<(), AdminFault>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let id = meeting.to_string();
                let Some((unit, _)) = record(tx, "meeting", &id).await? else {
                    return Ok(Err(AdminFault::NotFound));
                };
                let known: i64 = query_scalar("select count(*) from deputy where account = $1 and meeting = $2")
                    .bind(account.0)
                    .bind(&id)
                    .fetch_one(&mut tx.conn)
                    .await?;
                if known == 0 {
                    return Ok(Err(AdminFault::NotFound));
                }
                let ended =
                    query("update deputy set to_day = $1 where account = $2 and meeting = $3 and to_day is null")
                        .bind(tx.now.plus(-Millis::DAY).day().to_string())
                        .bind(account.0)
                        .bind(&id)
                        .execute(&mut tx.conn)
                        .await?;
                tx.actors.remove(&account);
                if ended == 0 {
                    return Ok(Ok(()));
                }
                let (subject, role) = (Some(account), Some(word(Role::Deputy)?));
                note(tx, &Noted { subject, note: role, ..Noted::new(by, Deed::RoleEnded, unit) }).await?;
                Ok(Ok(()))
            })
        })
        .await
    }
}
