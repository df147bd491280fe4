//! Units, accounts and roles as an administrator changes them. No ops: codes are secrets, and who may sign in must not wait for a phone
//! that was away. It does not know who may do it: that is the API's question.

use super::accounts::{self, Account, Enrolment, day};
use super::db::{query, query_as, query_scalar};
use super::log::{from_word, word};
use super::records::parse;
use super::trail::{Noted, note};
use super::tx::Tx;
use super::{Sender, Store, StoreError, enrol, seed};
use chrono::NaiveDate;
use domain::account::{Grant, Role};
use domain::admin::same_name;
use domain::audit::Deed;
use domain::id::{AccountId, UnitId};
use domain::ledger::held::reconsider;
use domain::member::Member;
use domain::time::Millis;
use domain::unit::Unit;
use std::collections::BTreeSet;
use uuid::Uuid;

/// An account with its roles, as administrators see it.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Account and roles.
    pub account: Account,
    /// Switched off.
    pub off: bool,
    /// When one of its phones was last heard from.
    pub seen: Option<Millis>,
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminFault {
    /// No such unit, account or role.
    NotFound,
    /// A unit of that name stands there already.
    NameTaken,
    /// The unit is closed.
    Closed,
    /// So many members are still on its list.
    HasMembers(usize),
    /// Nobody would be left to manage the unit.
    LastAdmin,
    /// The account is switched off.
    Off,
    /// The meeting is closed, cancelled or long past.
    MeetingOver,
}

type Changed<T> = Result<Result<T, AdminFault>, StoreError>;

impl Store {
    /// Everybody with a role other than that of a member, by name; also those switched off.
    pub async fn holders(&self) -> Result<Vec<Holder>, StoreError> {
        type Row = (Uuid, String, Option<Uuid>, bool, String, Uuid, Option<String>, Option<String>, Option<i64>);
        let rows: Vec<Row> = query_as(
            "select a.id, a.name, a.member, a.disabled, g.role, g.unit, g.from_day, g.to_day,
               (select max(d.last_seen) from device_account d where d.account = a.id)
             from account a join grant_ g on g.account = a.id
             where a.id in (select o.account from grant_ o where o.role <> 'member')
             order by a.name, a.id, g.role, g.unit",
        )
        .fetch_all(self.reader())
        .await?;
        let mut all: Vec<Holder> = Vec::new();
        for (id, name, member, off, role, unit, from, to, seen) in rows {
            let (role, unit) = (from_word::<Role>(&role)?, UnitId(unit));
            let grant = Grant { role, unit, from: day(from)?, to: day(to)?, meeting: None };
            match all.last_mut().filter(|last| last.account.id == AccountId(id)) {
                Some(last) => last.account.grants.push(grant),
                None => all.push(Holder {
                    account: Account {
                        id: AccountId(id),
                        name,
                        member: member.map(domain::id::MemberId),
                        grants: vec![grant],
                    },
                    off,
                    seen: seen.map(Millis),
                }),
            }
        }
        Ok(all)
    }

    /// One of [`Store::holders`], also with the meetings at which it stands in for somebody now.
    pub async fn holder(&self, account: AccountId) -> Result<Option<Holder>, StoreError> {
        let mut found = self.holders().await?.into_iter().find(|h| h.account.id == account);
        if let Some(holder) = &mut found {
            let mut conn = self.reader().acquire().await?;
            let today = self.now().day();
            let all = accounts::grants_of(&mut conn, account).await?;
            holder.account.grants.extend(all.into_iter().filter(|g| g.meeting.is_some() && g.holds_on(today)));
        }
        Ok(found)
    }

    /// Adds a unit below another.
    pub async fn add_unit(&self, by: Sender, unit: Unit) -> Changed<()> {
        self.write(move |tx| {
            Box::pin(async move {
                hold_units(tx).await?;
                if unit.parent.is_none_or(|p| tx.units.get(p).is_none_or(|p| p.closed)) {
                    return Ok(Err(AdminFault::NotFound));
                }
                if name_taken(tx, &unit) {
                    return Ok(Err(AdminFault::NameTaken));
                }
                seed::put_unit(tx, &unit).await?;
                note(tx, &Noted::new(by, Deed::UnitAdded, unit.id)).await?;
                Ok(Ok(()))
            })
        })
        .await
    }

    /// Another name, closed or open again; what is none stays.
    pub async fn change_unit(
        &self,
        by: Sender,
        id: UnitId,
        name: Option<String>,
        closed: Option<bool>,
    ) -> Changed<Unit> {
        self.write(move |tx| {
            Box::pin(async move {
                hold_units(tx).await?;
                let Some(mut unit) = tx.units.get(id).cloned() else { return Ok(Err(AdminFault::NotFound)) };
                let before = unit.clone();
                unit.name = name.unwrap_or(unit.name);
                unit.closed = closed.unwrap_or(unit.closed);
                if unit == before {
                    return Ok(Ok(unit));
                }
                if name_taken(tx, &unit) {
                    return Ok(Err(AdminFault::NameTaken));
                }
                if unit.closed && !before.closed {
                    let left = on_list(tx, id).await?;
                    if left > 0 {
                        return Ok(Err(AdminFault::HasMembers(left)));
                    }
                }
                seed::put_unit(tx, &unit).await?;
                let what = match (before.closed, unit.closed) {
                    (false, true) => "closed",
                    (true, false) => "opened",
                    _ => "renamed",
                };
                note(tx, &Noted { note: Some(what.to_owned()), ..Noted::new(by, Deed::UnitChanged, id) }).await?;
                Ok(Ok(unit))
            })
        })
        .await
    }

    /// Gives a role to an account, or changes its days. What was held for want of it is decided again.
    pub async fn give_role(&self, by: Sender, account: AccountId, grant: Grant) -> Changed<()> {
        self.write(move |tx| {
            Box::pin(async move {
                hold_units(tx).await?;
                if let Some(fault) = closed(tx, grant.unit) {
                    return Ok(Err(fault));
                }
                if accounts::load(&mut tx.conn, account).await?.is_none() {
                    return Ok(Err(AdminFault::Off));
                }
                // The days of a role that there is may leave nobody, like its end.
                let lasting = grant.to.is_none() && grant.from.is_none_or(|f| f <= tx.now.day());
                let unit = grant.unit;
                if grant.role == Role::Admin
                    && !lasting
                    && !managed_without(tx, unit, |a, u| a == account && u == unit).await?
                {
                    return Ok(Err(AdminFault::LastAdmin));
                }
                accounts::insert_grant(tx, account, &grant).await?;
                note_role(tx, by, account, &grant).await?;
                reconsider(tx).await?;
                Ok(Ok(()))
            })
        })
        .await
    }

    /// Adds somebody with a role and the code that signs them in.
    pub async fn add_holder(&self, by: Sender, account: Account, code: Enrolment) -> Changed<()> {
        self.write(move |tx| {
            Box::pin(async move {
                hold_units(tx).await?;
                for grant in &account.grants {
                    if let Some(fault) = closed(tx, grant.unit) {
                        return Ok(Err(fault));
                    }
                }
                accounts::insert_account(tx, &account).await?;
                accounts::insert_enrolment(tx, &code).await?;
                for grant in &account.grants {
                    note_role(tx, by, account.id, grant).await?;
                }
                Ok(Ok(()))
            })
        })
        .await
    }

    /// A code for an account; those that were made before and not used let nobody in any more.
    pub async fn new_code(&self, by: Sender, code: Enrolment) -> Changed<()> {
        self.write(move |tx| {
            Box::pin(async move {
                let Some(account) = accounts::load(&mut tx.conn, code.account).await? else {
                    return Ok(Err(AdminFault::Off));
                };
                for unit in units_of(account.grants) {
                    note(
                        tx,
                        &Noted { subject: Some(account.id), number: Some(1), ..Noted::new(by, Deed::Codes, unit) },
                    )
                    .await?;
                }
                enrol::void(tx, code.account).await?;
                accounts::insert_enrolment(tx, &code).await?;
                Ok(Ok(()))
            })
        })
        .await
    }

    /// Ends a role: yesterday was its last day. What the person did before and is not sent yet is held, not refused.
    pub async fn end_role(&self, by: Sender, account: AccountId, role: Role, unit: UnitId) -> Changed<()> {
        self.write(move |tx| {
            Box::pin(async move {
                hold_units(tx).await?;
                if role == Role::Admin && !managed_without(tx, unit, |a, u| a == account && u == unit).await? {
                    return Ok(Err(AdminFault::LastAdmin));
                }
                let last = tx.now.plus(-Millis::DAY).day().to_string();
                let known = query(
                    "update grant_ set to_day = case when to_day < $1 then to_day else $2 end
                     where account = $3 and role = $4 and unit = $5",
                )
                .bind(&last)
                .bind(&last)
                .bind(account.0)
                .bind(word(role)?)
                .bind(unit.0)
                .execute(&mut tx.conn)
                .await?;
                tx.actors.remove(&account);
                if known == 0 {
                    return Ok(Err(AdminFault::NotFound));
                }
                let (subject, role) = (Some(account), Some(word(role)?));
                note(tx, &Noted { subject, note: role, ..Noted::new(by, Deed::RoleEnded, unit) }).await?;
                Ok(Ok(()))
            })
        })
        .await
    }

    /// Switches an account off, unless nobody would be left to manage its units, or on again.
    pub async fn switch_holder(&self, by: Sender, account: AccountId, off: bool) -> Changed<()> {
        self.write(move |tx| {
            Box::pin(async move {
                hold_units(tx).await?;
                let units: Vec<Uuid> = query_scalar("select unit from grant_ where account = $1 and role = 'admin'")
                    .bind(account.0)
                    .fetch_all(&mut tx.conn)
                    .await?;
                for unit in units {
                    if off && !managed_without(tx, UnitId(unit), |a, _| a == account).await? {
                        return Ok(Err(AdminFault::LastAdmin));
                    }
                }
                let known = query("update account set disabled = $1 where id = $2")
                    .bind(off)
                    .bind(account.0)
                    .execute(&mut tx.conn)
                    .await?;
                tx.actors.remove(&account);
                if known == 0 {
                    return Ok(Err(AdminFault::NotFound));
                }
                let what = if off { Deed::AccountOff } else { Deed::AccountOn };
                for unit in units_of(accounts::grants_of(&mut tx.conn, account).await?) {
                    note(tx, &Noted { subject: Some(account), ..Noted::new(by, what, unit) }).await?;
                }
                reconsider(tx).await?;
                Ok(Ok(()))
            })
        })
        .await
    }
}

/// The units of roles, each once: what is done to an account stands in the trail of each.
pub(super) fn units_of(grants: Vec<Grant>) -> BTreeSet<UnitId> {
    grants.into_iter().map(|grant| grant.unit).collect()
}

/// A role with its days, as it stands in the trail.
pub(super) async fn note_role(tx: &mut Tx, by: Sender, account: AccountId, grant: &Grant) -> Result<(), StoreError> {
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let what = format!("{} {}..{}", word(grant.role)?, day(grant.from), day(grant.to));
    let (subject, what) = (Some(account), Some(what));
    note(tx, &Noted { subject, note: what, ..Noted::new(by, Deed::RoleGiven, grant.unit) }).await
}

/// One after the other, also in several processes: what is decided about units and who manages them is decided on what there is.
async fn hold_units(tx: &mut Tx) -> Result<(), StoreError> {
    query("update meta set value = value where name = 'units'").execute(&mut tx.conn).await?;
    tx.refresh_units().await
}

fn closed(tx: &Tx, unit: UnitId) -> Option<AdminFault> {
    match tx.units.get(unit) {
        None => Some(AdminFault::NotFound),
        Some(unit) => unit.closed.then_some(AdminFault::Closed),
    }
}

fn name_taken(tx: &Tx, unit: &Unit) -> bool {
    let mut beside = tx.units.iter().filter(|u| u.id != unit.id && u.parent == unit.parent && !u.closed);
    !unit.closed && beside.any(|u| same_name(&u.name, &unit.name))
}

/// How many members are on the unit's list today.
async fn on_list(tx: &mut Tx, unit: UnitId) -> Result<usize, StoreError> {
    let stream = tx.units.stream(unit);
    tx.lock_stream(stream).await?;
    let bodies: Vec<String> =
        query_scalar("select body from record where stream = $1 and tbl = 'member' and unit = $2 and gone = false")
            .bind(stream.0)
            .bind(unit.0)
            .fetch_all(&mut tx.conn)
            .await?;
    let (today, mut count) = (tx.now.day(), 0);
    for body in &bodies {
        let member: Member = parse("member", body)?;
        // Also who comes on the list later.
        count += usize::from(member.ended.as_ref().is_none_or(|e| today < e.on));
    }
    Ok(count)
}

/// True when somebody still manages the unit for good, apart from the roles that are passed over.
async fn managed_without(
    tx: &mut Tx,
    unit: UnitId,
    passed_over: impl Fn(AccountId, UnitId) -> bool + Send,
) -> Result<bool, StoreError> {
    let rows: Vec<(Uuid, Uuid, Option<String>)> = query_as(
        "select g.account, g.unit, g.from_day from grant_ g join account a on a.id = g.account
         where g.role = 'admin' and g.to_day is null and a.disabled = false",
    )
    .fetch_all(&mut tx.conn)
    .await?;
    let today = tx.now.day();
    for (account, on, from) in rows {
        let (account, on) = (AccountId(account), UnitId(on));
        if !passed_over(account, on) && tx.units.is_within(unit, on) && day(from)?.is_none_or(|f| f <= today) {
            return Ok(true);
        }
    }
    Ok(false)
}
