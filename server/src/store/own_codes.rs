//! Codes that somebody makes for himself: for a new phone, now, and for the drawer, for the day when the phone is lost. They lie among the
//! enrolment codes and sign in like them; what differs is who ends them.

use super::accounts::hash;
use super::db::query;
use super::sessions::note_own;
use super::tx::Tx;
use super::{Sender, Store, StoreError, enrol};
use domain::audit::Deed;
use domain::id::{AccountId, DeviceId};
use domain::time::Millis;

/// Who makes codes for himself, and on which phone: when that one is signed out as lost, they end with it.
#[derive(Clone, Copy, Debug)]
pub struct Maker {
    /// The account.
    pub account: AccountId,
    /// The phone.
    pub device: DeviceId,
}

impl Maker {
    const fn sender(self) -> Sender {
        Sender { account: self.account, device: self.device }
    }
}

async fn put(tx: &mut Tx, maker: Maker, code: &str, expires: Millis, slip: bool) -> Result<(), StoreError> {
    let created = tx.now.0;
    query(
        "insert into enrolment (hash, account, made_by, created, expires, slip, made_on) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(hash(code))
    .bind(maker.account.0)
    .bind(maker.account.0)
    .bind(created)
    .bind(expires.0)
    .bind(slip)
    .bind(maker.device.0)
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}

async fn void_slips(tx: &mut Tx, account: AccountId) -> Result<u64, StoreError> {
    let now = tx.now.0;
    let ended =
        query("update enrolment set expires = $1 where account = $2 and slip = true and used is null and expires > $3")
            .bind(now)
            .bind(account.0)
            .bind(now)
            .execute(&mut tx.conn)
            .await?;
    Ok(ended)
}

/// A phone was signed out from elsewhere: what was made on it for its own account lets nobody in any more.
pub(super) async fn void_made_on(tx: &mut Tx, maker: Maker) -> Result<(), StoreError> {
    let now = tx.now.0;
    query(
        "update enrolment set expires = $1 where account = $2 and made_on = $3 and used is null and (expires is null or expires > $4)",
    )
    .bind(now)
    .bind(maker.account.0)
    .bind(maker.device.0)
    .bind(now)
    .execute(&mut tx.conn)
    .await?;
    Ok(())
}

impl Store {
    /// A code for one's own new phone; an earlier unused code of the account ends, as with any new code.
    pub async fn new_phone_code(&self, maker: Maker, code: String, expires: Millis) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                enrol::void(tx, maker.account).await?;
                put(tx, maker, &code, expires, false).await?;
                note_own(tx, maker.sender(), Deed::NewPhone, None).await
            })
        })
        .await
    }

    /// Codes for one's own drawer; those before end.
    pub async fn new_slip(&self, maker: Maker, codes: Vec<String>, expires: Millis) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                void_slips(tx, maker.account).await?;
                for code in &codes {
                    put(tx, maker, code, expires, true).await?;
                }
                note_own(tx, maker.sender(), Deed::Slip, None).await
            })
        })
        .await
    }

    /// Ends the codes of one's own drawer; says how many.
    pub async fn void_slip(&self, account: AccountId) -> Result<u64, StoreError> {
        self.write(move |tx| Box::pin(async move { void_slips(tx, account).await })).await
    }
}
