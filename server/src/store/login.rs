//! Sign-in by name and password: what is stored of it, setting it up, rescue codes. Passwords come as hashes, codes as they were made; who may do
//! it, and whether a password is right, is asked elsewhere.

use super::accounts::hash;
use super::db::{query, query_as, query_scalar};
use super::devices::REMEMBERED;
use super::sessions::note_own;
use super::tx::{News, Tx};
use super::{Sender, Store, StoreError, closed};
use crate::auth::totp;
use crate::secrets::Keyring;
use domain::audit::Deed;
use domain::id::{AccountId, DeviceId};
use domain::time::Millis;
use uuid::Uuid;

/// How an account signs in by name and password. Written by hand in `Debug`: there are secrets in it.
#[derive(Clone)]
pub struct Login {
    /// Whose.
    pub account: AccountId,
    /// Sign-in name.
    pub name: String,
    /// argon2id, as a PHC string.
    pub password: String,
    /// The secret of the second factor.
    pub totp: Option<Vec<u8>>,
    /// One that is not confirmed yet.
    pub pending: Option<Vec<u8>>,
    /// The last time step of which a code was taken.
    pub step: i64,
    /// All of it was confirmed: it lets in.
    pub active: bool,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("account", &self.account).field("active", &self.active).finish_non_exhaustive()
    }
}

/// Somebody else has this sign-in name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameTaken;

/// What an account has left in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Rescue codes that were not used.
    pub rescue: u32,
    /// Codes of the printed slip that were not used and still let in.
    pub slip: u32,
    /// Until when these let in.
    pub slip_until: Option<Millis>,
}

type Row = (Uuid, String, String, Option<Vec<u8>>, Option<Vec<u8>>, i64, Option<i64>);

pub(super) fn read(row: Row, keys: &Keyring) -> Login {
    let (account, name, password, totp, pending, step, since) = row;
    let place = closed::totp(AccountId(account));
    // Where the keys are lost no code is right any more; rescue codes are.
    let secret =
        |shut: Vec<u8>| keys.open(&place, &shut).unwrap_or_else(|| rand::random::<[u8; totp::SECRET]>().to_vec());
    let (totp, pending) = (totp.map(secret), pending.map(secret));
    let active = since.is_some() && totp.is_some();
    Login { account: AccountId(account), name, password, totp, pending, step, active }
}

fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or_default()
}

impl Store {
    /// How an account signs in by name and password, if it does or is about to.
    pub async fn login_of(&self, account: AccountId) -> Result<Option<Login>, StoreError> {
        let row: Option<Row> =
            query_as("select account, name, password, totp, pending, step, since from login where account = $1")
                .bind(account.0)
                .fetch_optional(self.reader())
                .await?;
        Ok(row.map(|row| read(row, &self.0.secrets)))
    }

    /// What an account has left in hand.
    pub async fn left(&self, account: AccountId) -> Result<Left, StoreError> {
        let (rescue, slip, until): (i64, i64, Option<i64>) = query_as(
            "select (select count(*) from rescue where account = $1 and used is null), count(*), max(expires)
             from enrolment where account = $2 and slip = true and used is null and expires > $3",
        )
        .bind(account.0)
        .bind(account.0)
        .bind(self.now().0)
        .fetch_one(self.reader())
        .await?;
        Ok(Left { rescue: count(rescue), slip: count(slip), slip_until: until.map(Millis) })
    }

    /// Sets name and password. Where they let in already, the account is signed out on its other phones, which may still deliver.
    pub async fn set_password(
        &self,
        account: AccountId,
        device: DeviceId,
        name: String,
        password: String,
    ) -> Result<Result<(), NameTaken>, StoreError> {
        let gone = self
            .write(move |tx| {
                Box::pin(async move {
                    let others: i64 = query_scalar("select count(*) from login where name = $1 and account <> $2")
                        .bind(&name)
                        .bind(account.0)
                        .fetch_one(&mut tx.conn)
                        .await?;
                    if others > 0 {
                        return Ok(Err(NameTaken));
                    }
                    let active: i64 =
                        query_scalar("select count(*) from login where account = $1 and since is not null")
                            .bind(account.0)
                            .fetch_one(&mut tx.conn)
                            .await?;
                    query(
                        "insert into login (account, name, password) values ($1, $2, $3)
                         on conflict (account) do update set name = excluded.name, password = excluded.password",
                    )
                    .bind(account.0)
                    .bind(&name)
                    .bind(&password)
                    .execute(&mut tx.conn)
                    .await?;
                    note_own(tx, Sender { account, device }, Deed::Password, None).await?;
                    Ok(Ok(if active > 0 { sign_out_others(tx, account, device).await? } else { Vec::new() }))
                })
            })
            .await?;
        match gone {
            Err(taken) => Ok(Err(taken)),
            Ok(devices) => {
                for device in devices {
                    self.0.voice.say(News::SignedOut(device));
                }
                Ok(Ok(()))
            }
        }
    }

    /// Keeps the secret of a second factor until it is confirmed. False: there is no password yet.
    pub async fn begin_second_factor(&self, account: AccountId, secret: &[u8]) -> Result<bool, StoreError> {
        let secret = self.0.secrets.close(&closed::totp(account), secret);
        self.write(move |tx| {
            Box::pin(async move {
                let known = query("update login set pending = $1 where account = $2")
                    .bind(secret)
                    .bind(account.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(known > 0)
            })
        })
        .await
    }

    /// The second factor was confirmed by a code of `step`: from now on it counts, with these rescue codes. The session in which that was done
    /// begins anew, as one that was entered by password. False: another secret was begun meanwhile.
    pub async fn confirm_second_factor(
        &self,
        account: AccountId,
        device: DeviceId,
        (secret, step): (Vec<u8>, i64),
        codes: Vec<String>,
    ) -> Result<bool, StoreError> {
        let store = self.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let now = tx.now.0;
                let pending: Option<Vec<u8>> =
                    query_scalar("select pending from login where account = $1 and pending is not null")
                        .bind(account.0)
                        .fetch_optional(&mut tx.conn)
                        .await?;
                let Some(pending) = pending else { return Ok(false) };
                if store.0.secrets.open(&closed::totp(account), &pending).as_ref() != Some(&secret) {
                    return Ok(false);
                }
                let known = query(
                    "update login set totp = pending, pending = null, step = $1, since = coalesce(since, $2)
                     where account = $3 and pending = $4",
                )
                .bind(step)
                .bind(now)
                .bind(account.0)
                .bind(pending)
                .execute(&mut tx.conn)
                .await?;
                if known == 0 {
                    return Ok(false);
                }
                put_rescue(tx, account, &codes).await?;
                note_own(tx, Sender { account, device }, Deed::Factor, None).await?;
                query("update session set created = $1, by_password = true where account = $2 and device = $3 and revoked is null")
                    .bind(now)
                    .bind(account.0)
                    .bind(device.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(true)
            })
        })
        .await
    }

    /// New rescue codes; those before are void.
    pub async fn new_rescue_codes(&self, by: Sender, codes: Vec<String>) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                put_rescue(tx, by.account, &codes).await?;
                note_own(tx, by, Deed::Rescue, None).await
            })
        })
        .await
    }
}

async fn put_rescue(tx: &mut Tx, account: AccountId, codes: &[String]) -> Result<(), StoreError> {
    query("delete from rescue where account = $1").bind(account.0).execute(&mut tx.conn).await?;
    for code in codes {
        let created = tx.now.0;
        query("insert into rescue (hash, account, created) values ($1, $2, $3)")
            .bind(rescue_hash(account, code))
            .bind(account.0)
            .bind(created)
            .execute(&mut tx.conn)
            .await?;
    }
    Ok(())
}

/// With the account in it: two people may be given the same code.
pub(super) fn rescue_hash(account: AccountId, code: &str) -> Vec<u8> {
    hash(&[&account.to_string(), "/", code].concat())
}

/// Ends the sessions of an account on other phones, as somebody does who signs a lost one out: they may still deliver. Which phones these are.
async fn sign_out_others(tx: &mut Tx, account: AccountId, here: DeviceId) -> Result<Vec<DeviceId>, StoreError> {
    let now = tx.now;
    let devices: Vec<Uuid> = query_scalar(
        "select distinct device from session where account = $1 and device <> $2 and revoked is null and expires > $3",
    )
    .bind(account.0)
    .bind(here.0)
    .bind(now.0)
    .fetch_all(&mut tx.conn)
    .await?;
    for device in &devices {
        query(
            "update session set revoked = $1, revoked_by = $2, expires = $3
             where device = $4 and account = $5 and revoked is null and expires > $6",
        )
        .bind(now.0)
        .bind(account.0)
        .bind(now.plus(REMEMBERED).0)
        .bind(*device)
        .bind(account.0)
        .bind(now.0)
        .execute(&mut tx.conn)
        .await?;
        query("delete from vault_part where device = $1").bind(*device).execute(&mut tx.conn).await?;
    }
    Ok(devices.into_iter().map(DeviceId).collect())
}
