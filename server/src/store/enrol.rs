//! Giving a member a way in: the account, if there is none, and the code, in one transaction. And taking the way away.

use super::accounts::{self, Account, Enrolment};
use super::db::{query, query_as};
use super::{Store, StoreError};
use domain::id::{AccountId, MemberId};
use uuid::Uuid;

/// The member's account is switched off; a code would let nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account is switched off")]
pub struct AccountOff;

impl Store {
    /// Adds `fresh` unless its member has an account by now, and a code for whichever it is. `enrolment.account` is filled in here.
    pub async fn enrol_member(
        &self,
        member: MemberId,
        fresh: Account,
        enrolment: Enrolment,
    ) -> Result<Result<AccountId, AccountOff>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let known: Option<(Uuid, bool)> = query_as("select id, disabled from account where member = $1")
                    .bind(member.0)
                    .fetch_optional(&mut tx.conn)
                    .await?;
                let account = match known {
                    Some((_, true)) => return Ok(Err(AccountOff)),
                    Some((id, false)) => AccountId(id),
                    None => {
                        accounts::insert_account(tx, &fresh).await?;
                        fresh.id
                    }
                };
                accounts::insert_enrolment(tx, &Enrolment { account, ..enrolment }).await?;
                Ok(Ok(account))
            })
        })
        .await
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
