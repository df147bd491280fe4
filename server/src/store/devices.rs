//! The phones of an account, and ending its sessions on one of them from elsewhere. Such a session stays in the table, so that its phone hears
//! what happened and may still deliver. It does not know who may do it: that is the API's question.

use super::admin::units_of;
use super::db::{query, query_as, query_scalar};
use super::own_codes::{Maker, void_made_on};
use super::passkey::remove_made_on;
use super::trail::{Noted, note};
use super::tx::News;
use super::{Sender, Store, StoreError, accounts};
use domain::audit::Deed;
use domain::device::{PhoneOf, in_order};
use domain::id::{AccountId, DeviceId};
use domain::time::Millis;
use uuid::Uuid;

/// How long a phone that was signed out from elsewhere is still known, in ms: as long as browsers keep its cookie.
pub(super) const REMEMBERED: i64 = 400 * Millis::DAY;

/// There is no such phone of that account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchPhone;

impl Store {
    /// The phones of an account. `asking`: the phone that asks, when it is one of them.
    pub async fn phones_of(&self, account: AccountId, asking: DeviceId) -> Result<Vec<PhoneOf>, StoreError> {
        type Row = (Uuid, String, i64, Option<i64>, Option<i64>, Option<String>, i64, Option<i64>);
        let rows: Vec<Row> = query_as(
            "select d.id, d.name, d.created, da.last_seen, d.unsent, d.app,
               (select count(*) from session s
                where s.device = d.id and s.account = da.account and s.revoked is null and s.expires > $1),
               (select max(s.revoked) from session s where s.device = d.id and s.account = da.account)
             from device_account da join device d on d.id = da.device where da.account = $2",
        )
        .bind(self.now().0)
        .bind(account.0)
        .fetch_all(self.reader())
        .await?;
        let mut all: Vec<PhoneOf> = rows
            .into_iter()
            .map(|(id, name, first, last, unsent, app, sessions, signed_out)| PhoneOf {
                id: DeviceId(id),
                name,
                first: Millis(first),
                last: last.map(Millis),
                unsent: unsent.and_then(|n| u32::try_from(n).ok()),
                app,
                this: DeviceId(id) == asking,
                signed_in: sessions > 0,
                signed_out: signed_out.map(Millis),
            })
            .collect();
        in_order(&mut all);
        Ok(all)
    }

    /// Signs an account out on a phone, in the name of `by`; codes and passkeys that it made there for itself end. Signed out already: nothing changes.
    pub async fn sign_out_phone(
        &self,
        account: AccountId,
        device: DeviceId,
        by: Sender,
    ) -> Result<Result<(), NoSuchPhone>, StoreError> {
        let known = self
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now;
                    let known: i64 =
                        query_scalar("select count(*) from device_account where device = $1 and account = $2")
                            .bind(device.0)
                            .bind(account.0)
                            .fetch_one(&mut tx.conn)
                            .await?;
                    let ended = query(
                        "update session set revoked = $1, revoked_by = $2, expires = $3
                         where device = $4 and account = $5 and revoked is null and expires > $6",
                    )
                    .bind(now.0)
                    .bind(by.account.0)
                    .bind(now.plus(REMEMBERED).0)
                    .bind(device.0)
                    .bind(account.0)
                    .bind(now.0)
                    .execute(&mut tx.conn)
                    .await?;
                    // What lies there closed stays closed, also for whoever has the phone and the PIN.
                    query("delete from vault_part where device = $1").bind(device.0).execute(&mut tx.conn).await?;
                    void_made_on(tx, Maker { account, device }).await?;
                    remove_made_on(tx, Maker { account, device }).await?;
                    // One's own phones are nobody else's business.
                    if ended > 0 && account != by.account {
                        for unit in units_of(accounts::grants_of(&mut tx.conn, account).await?) {
                            note(tx, &Noted { subject: Some(account), ..Noted::new(by, Deed::PhoneOut, unit) }).await?;
                        }
                    }
                    Ok(known > 0)
                })
            })
            .await?;
        if !known {
            return Ok(Err(NoSuchPhone));
        }
        // A screen that stands open hears of it at once; one of another process when its line is opened anew.
        self.0.voice.say(News::SignedOut(device));
        Ok(Ok(()))
    }
}
