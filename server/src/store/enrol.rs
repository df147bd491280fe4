//! Giving a member a way in: the account, if there is none, and the code, in one transaction.

use super::accounts::{self, Account, Enrolment};
use super::{Store, StoreError};
use domain::id::{AccountId, MemberId};
use uuid::Uuid;

impl Store {
    /// Adds `fresh` unless its member has an account by now, and a code for whichever it is. `enrolment.account` is filled in here.
    pub async fn enrol_member(
        &self,
        member: MemberId,
        fresh: Account,
        enrolment: Enrolment,
    ) -> Result<AccountId, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let known: Option<Uuid> =
                    sqlx::query_scalar("select id from account where member = $1 and disabled = 0")
                        .bind(member.0)
                        .fetch_optional(&mut tx.conn)
                        .await?;
                let account = if let Some(id) = known {
                    AccountId(id)
                } else {
                    accounts::insert_account(tx, &fresh).await?;
                    fresh.id
                };
                accounts::insert_enrolment(tx, &Enrolment { account, ..enrolment }).await?;
                Ok(account)
            })
        })
        .await
    }
}
