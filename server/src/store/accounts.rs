//! Accounts, their grants, enrolment codes and devices. It does not know who may make them: that is the API's question.

use super::db::{Conn, query, query_as, query_scalar};
use super::log::{from_word, word};
use super::tx::Tx;
use super::{Store, StoreError, deputies};
use domain::account::{Actor, Grant, Role};
use domain::id::{AccountId, DeviceId, MemberId, UnitId};
use domain::time::Millis;
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// Name as shown.
    pub name: String,
    /// The member of the register, if the account is a member's.
    pub member: Option<MemberId>,
    /// Every grant, also past ones.
    pub grants: Vec<Grant>,
}

impl Account {
    /// As an actor for `decide`.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { account: self.id, member: self.member, grants: self.grants.clone() }
    }
}

/// A code that signs in. Written by hand in `Debug`: the code is a secret.
#[derive(Clone)]
pub struct Enrolment {
    /// The code in clear; only its hash is stored.
    pub code: String,
    /// Whom it signs in.
    pub account: AccountId,
    /// Until when; none = for ever.
    pub expires: Option<Millis>,
    /// As often as one likes (demo codes only).
    pub reusable: bool,
    /// Who gave it.
    pub made_by: Option<AccountId>,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolment").field("account", &self.account).finish_non_exhaustive()
    }
}

/// A phone, with one of the accounts that signed in on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Id.
    pub id: DeviceId,
    /// How its owner calls it.
    pub name: String,
    /// Whose.
    pub account: AccountId,
    /// The account's name. Not read by `seed`.
    pub account_name: String,
    /// The account's member. Not read by `seed`.
    pub member: Option<MemberId>,
    /// The cell of a grant of the account. Not read by `seed`.
    pub cell: Option<UnitId>,
    /// When it last asked for anything with this account.
    pub last_seen: Option<Millis>,
    /// How many ops waited on it then, as it said.
    pub unsent: Option<u32>,
}

/// The stored form of a code or a token.
pub(super) fn hash(secret: &str) -> Vec<u8> {
    sha2::Sha256::digest(secret.trim()).to_vec()
}

/// Reads an account with its grants.
pub(super) async fn load(conn: &mut Conn, id: AccountId) -> Result<Option<Account>, StoreError> {
    let row: Option<(String, Option<Uuid>)> =
        query_as("select name, member from account where id = $1 and disabled = false")
            .bind(id.0)
            .fetch_optional(&mut *conn)
            .await?;
    let Some((name, member)) = row else { return Ok(None) };
    let grants = grants_of(conn, id).await?;
    Ok(Some(Account { id, name, member: member.map(MemberId), grants }))
}

/// The grants of an account, whether it is switched off or not.
pub(super) async fn grants_of(conn: &mut Conn, id: AccountId) -> Result<Vec<Grant>, StoreError> {
    type Row = (String, Uuid, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = query_as(
        "select role, unit, from_day, to_day, cast(null as text) as meeting from grant_ where account = $1
         union all
         select 'deputy', unit, cast(null as text), to_day, meeting from deputy where account = $2
         order by role, unit",
    )
    .bind(id.0)
    .bind(id.0)
    .fetch_all(&mut *conn)
    .await?;
    let mut grants = Vec::with_capacity(rows.len());
    for (role, unit, from, to, meeting) in rows {
        let grant = Grant {
            role: from_word::<Role>(&role)?,
            unit: UnitId(unit),
            from: day(from)?,
            to: day(to)?,
            meeting: None,
        };
        match meeting {
            None => grants.push(grant),
            Some(meeting) => grants.extend(deputies::with_its_end(conn, grant, &meeting).await?),
        }
    }
    // What somebody is for good stands before what he is for an evening.
    grants.sort_by_key(|g| g.meeting.is_some());
    Ok(grants)
}

pub(super) fn day(text: Option<String>) -> Result<Option<chrono::NaiveDate>, StoreError> {
    text.map(|t| t.parse().map_err(|_| StoreError::Unreadable("day"))).transpose()
}

impl Tx {
    /// The actor of an account, once per transaction.
    pub(super) async fn actor_of(&mut self, id: AccountId) -> Result<Option<Arc<Actor>>, StoreError> {
        if let Some(known) = self.actors.get(&id) {
            return Ok(known.clone());
        }
        let actor = load(&mut self.conn, id).await?.map(|a| Arc::new(a.actor()));
        self.actors.insert(id, actor.clone());
        Ok(actor)
    }
    /// The name of an account, empty when there is none.
    pub(super) async fn name_of(&mut self, id: AccountId) -> Result<String, StoreError> {
        let name: Option<String> =
            query_scalar("select name from account where id = $1").bind(id.0).fetch_optional(&mut self.conn).await?;
        Ok(name.unwrap_or_default())
    }
}

pub(super) async fn insert_account(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    query("insert into account (id, name, member) values ($1, $2, $3)")
        .bind(account.id.0)
        .bind(&account.name)
        .bind(account.member.map(|m| m.0))
        .execute(&mut tx.conn)
        .await?;
    for grant in &account.grants {
        insert_grant(tx, account.id, grant).await?;
    }
    Ok(())
}

pub(super) async fn insert_grant(tx: &mut Tx, account: AccountId, grant: &Grant) -> Result<(), StoreError> {
    query(
        "insert into grant_ (account, role, unit, from_day, to_day) values ($1, $2, $3, $4, $5)
         on conflict (account, role, unit) do update set from_day = excluded.from_day, to_day = excluded.to_day",
    )
    .bind(account.0)
    .bind(word(grant.role)?)
    .bind(grant.unit.0)
    .bind(grant.from.map(|d| d.to_string()))
    .bind(grant.to.map(|d| d.to_string()))
    .execute(&mut tx.conn)
    .await?;
    tx.actors.remove(&account);
    Ok(())
}

pub(super) async fn insert_enrolment(tx: &mut Tx, enrolment: &Enrolment) -> Result<(), StoreError> {
    let created = tx.now.0;
    query(
        "insert into enrolment (hash, account, made_by, created, expires, reusable) values ($1, $2, $3, $4, $5, $6)
         on conflict (hash) do nothing",
    )
    .bind(hash(&enrolment.code))
    .bind(enrolment.account.0)
    .bind(enrolment.made_by.map(|a| a.0))
    .bind(created)
    .bind(enrolment.expires.map(|t| t.0))
    .bind(enrolment.reusable)
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}

pub(super) async fn insert_device(tx: &mut Tx, device: &Device, token: Option<&str>) -> Result<(), StoreError> {
    let created = tx.now.0;
    query("insert into device (id, name, token, created, last_seen, unsent) values ($1, $2, $3, $4, $5, $6)")
        .bind(device.id.0)
        .bind(&device.name)
        .bind(token.map(hash))
        .bind(created)
        .bind(device.last_seen.map(|t| t.0))
        .bind(device.unsent)
        .execute(&mut tx.conn)
        .await?;
    signed_in_on(tx, device.id, device.account, device.last_seen).await
}

/// Notes that an account signed in on a device.
pub(super) async fn signed_in_on(
    tx: &mut Tx,
    device: DeviceId,
    account: AccountId,
    seen: Option<Millis>,
) -> Result<(), StoreError> {
    query(
        "insert into device_account (device, account, last_seen) values ($1, $2, $3)
         on conflict (device, account) do update set last_seen = excluded.last_seen",
    )
    .bind(device.0)
    .bind(account.0)
    .bind(seen.map(|t| t.0))
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}

impl Store {
    /// An account that is not disabled.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let mut conn = self.reader().acquire().await?;
        load(&mut conn, id).await
    }
    /// The account of a member.
    pub async fn account_of_member(&self, member: MemberId) -> Result<Option<AccountId>, StoreError> {
        let id: Option<Uuid> = query_scalar("select id from account where member = $1 and disabled = false")
            .bind(member.0)
            .fetch_optional(self.reader())
            .await?;
        Ok(id.map(AccountId))
    }
    /// Adds an account with its grants.
    pub async fn add_account(&self, account: Account) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(async move { insert_account(tx, &account).await })).await
    }
    /// Gives a role, or changes its days. What was held for want of it is decided again.
    pub async fn add_grant(&self, account: AccountId, grant: Grant) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                insert_grant(tx, account, &grant).await?;
                domain::ledger::held::reconsider(tx).await?;
                Ok(())
            })
        })
        .await
    }
    /// Adds a code that signs in.
    pub async fn add_enrolment(&self, enrolment: Enrolment) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(async move { insert_enrolment(tx, &enrolment).await })).await
    }
    /// Devices of accounts with a grant on a unit or below it; one line per device and account.
    pub async fn devices(&self, unit: UnitId) -> Result<Vec<Device>, StoreError> {
        type Row = (Uuid, String, Uuid, String, Option<Uuid>, Option<i64>, Option<i64>);
        let units = self.units();
        let mut within: Vec<UnitId> = units.iter().filter(|u| units.is_within(u.id, unit)).map(|u| u.id).collect();
        within.sort_unstable();
        let mut conn = self.reader().snapshot().await?;
        let mut rows = Vec::new();
        // Unit by unit, from an index: what other wards have costs nothing here.
        for granted in within {
            let here: Vec<Row> = query_as(
                "select d.id, d.name, a.id, a.name, a.member, da.last_seen, d.unsent
                 from grant_ g
                 join account a on a.id = g.account
                 join device_account da on da.account = a.id
                 join device d on d.id = da.device
                 where g.unit = $1 and a.disabled = false",
            )
            .bind(granted.0)
            .fetch_all(&mut conn)
            .await?;
            rows.extend(here.into_iter().map(|row| (granted, row)));
        }
        let mut found: BTreeMap<(DeviceId, AccountId), Device> = BTreeMap::new();
        for (granted, (id, name, account, account_name, member, seen, unsent)) in rows {
            let is_cell = units.get(granted).is_some_and(|u| u.kind == domain::unit::UnitKind::Cell);
            let device = found.entry((DeviceId(id), AccountId(account))).or_insert_with(|| Device {
                id: DeviceId(id),
                name,
                account: AccountId(account),
                account_name,
                member: member.map(MemberId),
                cell: None,
                last_seen: seen.map(Millis),
                unsent: unsent.and_then(|n| u32::try_from(n).ok()),
            });
            device.cell = device.cell.or(is_cell.then_some(granted));
        }
        Ok(found.into_values().collect())
    }
}
