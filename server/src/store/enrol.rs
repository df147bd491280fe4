//! Giving members a way in: the accounts, where there are none, and the codes, in one transaction. And taking the way away.
//!
//! An account has one code that lets in, besides those in its own drawer ([`super::own_codes`]): a new one ends those that were made before and not used. Who may give a code to whom is
//! [`domain::enrol`]; this says when it is asked.

use super::accounts::{self, Account, Enrolment};
use super::db::{query, query_as};
use super::tx::Tx;
use super::{Store, StoreError};
use domain::account::Actor;
use domain::enrol::{Access, Known, NoCode, may_get_code, may_let_in};
use domain::id::{AccountId, MemberId};
use domain::member::Member;
use domain::time::Millis;
use std::collections::HashMap;
use uuid::Uuid;

/// A code for a member. `code.account` is filled in where it is stored.
#[derive(Clone, Debug)]
pub struct Way {
    /// Whom it is for.
    pub member: Member,
    /// The account that is made if there is none.
    pub fresh: Account,
    /// The code.
    pub code: Enrolment,
}

/// What came of each member's code.
pub type Given = HashMap<MemberId, Result<AccountId, NoCode>>;

/// How a member stands with the app, and until when an unused code signs in.
pub type Standing = (Access, Option<Millis>);

/// The account of a member. Takes its row until the commit, so that two who make codes at once do so one after the other.
async fn take_account(tx: &mut Tx, member: MemberId) -> Result<Option<(AccountId, bool)>, StoreError> {
    let known: Option<(Uuid, bool)> =
        query_as("update account set disabled = disabled where member = $1 returning id, disabled")
            .bind(member.0)
            .fetch_optional(&mut tx.conn)
            .await?;
    Ok(known.map(|(id, off)| (AccountId(id), off)))
}

/// Ends the codes of an account that were not used; says how many.
pub(super) async fn void(tx: &mut Tx, account: AccountId) -> Result<u64, StoreError> {
    let now = tx.now.0;
    let ended = query(
        "update enrolment set expires = $1 where account = $2 and used is null and reusable = false and slip = false
         and (expires is null or expires > $3)",
    )
    .bind(now)
    .bind(account.0)
    .bind(now)
    .execute(&mut tx.conn)
    .await?;
    Ok(ended)
}

async fn give(tx: &mut Tx, giver: &Actor, way: &Way) -> Result<Result<AccountId, NoCode>, StoreError> {
    let known = take_account(tx, way.member.id).await?;
    let grants = match known {
        Some((account, _)) => accounts::grants_of(&mut tx.conn, account).await?,
        None => Vec::new(),
    };
    let as_known = known.map(|(_, off)| Known { off, grants: &grants });
    if let Err(why) = may_get_code(giver, &way.member, as_known, &tx.units, tx.now.day()) {
        return Ok(Err(why));
    }
    let account = if let Some((account, _)) = known {
        void(tx, account).await?;
        account
    } else {
        accounts::insert_account(tx, &way.fresh).await?;
        way.fresh.id
    };
    accounts::insert_enrolment(tx, &Enrolment { account, ..way.code.clone() }).await?;
    Ok(Ok(account))
}

impl Store {
    /// Gives each member a code: all of them in one transaction, each who may not have one with the reason.
    pub async fn enrol(&self, giver: Actor, mut ways: Vec<Way>) -> Result<Given, StoreError> {
        // In one order, so that two who do so at once do not wait for each other crosswise.
        ways.sort_by_key(|w| w.member.id);
        self.write(move |tx| {
            Box::pin(async move {
                let mut given = Given::with_capacity(ways.len());
                for way in &ways {
                    given.insert(way.member.id, give(tx, &giver, way).await?);
                }
                Ok(given)
            })
        })
        .await
    }

    /// Ends the unused codes of these members, but for accounts that may do more than the giver keeps. Says how many codes ended.
    pub async fn void_codes(&self, giver: Actor, mut members: Vec<MemberId>) -> Result<u64, StoreError> {
        members.sort_unstable();
        self.write(move |tx| {
            Box::pin(async move {
                let mut ended = 0;
                for member in &members {
                    let Some((account, _)) = take_account(tx, *member).await? else { continue };
                    let grants = accounts::grants_of(&mut tx.conn, account).await?;
                    if may_let_in(&giver, &grants, &tx.units, tx.now.day()) {
                        ended += void(tx, account).await?;
                    }
                }
                Ok(ended)
            })
        })
        .await
    }

    /// How these members stand with the app; those without an account are not in it.
    pub async fn access(&self, members: &[MemberId]) -> Result<HashMap<MemberId, Standing>, StoreError> {
        let now = self.now();
        let mut conn = self.reader().snapshot().await?;
        let mut all = HashMap::with_capacity(members.len());
        for member in members {
            let found: Option<(bool, i64, Option<i64>)> = query_as(
                "select a.disabled, (select count(*) from device_account d where d.account = a.id),
                   (select max(e.expires) from enrolment e where e.account = a.id and e.used is null and e.reusable = false and e.slip = false)
                 from account a where a.member = $1",
            )
            .bind(member.0)
            .fetch_optional(&mut conn)
            .await?;
            let Some((off, phones, until)) = found else { continue };
            let access = match (off, phones) {
                (true, _) => Access::Off,
                (false, 0) => Access::Never,
                (false, _) => Access::SignedIn,
            };
            all.insert(*member, (access, until.map(Millis).filter(|until| *until > now)));
        }
        Ok(all)
    }

    /// Switches an account off or on. Its sessions and codes stay and let nobody in while it is off; what it did stays in the log.
    pub async fn switch_account(&self, account: AccountId, off: bool) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                query("update account set disabled = $1 where id = $2")
                    .bind(off)
                    .bind(account.0)
                    .execute(&mut tx.conn)
                    .await?;
                tx.actors.remove(&account);
                Ok(())
            })
        })
        .await
    }
}
