//! Passkeys and the questions to them. A question is kept in the database, so that any process can take the answer, and is taken once. Whether an
//! answer is right is computed elsewhere ([`crate::ceremony`]); what is true at this moment is asked here, in the statement that lets in.

use super::accounts::{self, hash};
use super::attempts::Try;
use super::db::{query, query_as, query_scalar};
use super::own_codes::Maker;
use super::sessions::{SignedIn, Tokens, enter, note_own};
use super::tx::Tx;
use super::{Sender, Store, StoreError};
use crate::auth::passkey::{After, Made};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::audit::Deed;
use domain::id::{AccountId, DeviceId};
use domain::passkey::{CHALLENGE_LIFE, MOST_PASSKEYS, Passkey};
use domain::time::Millis;
use uuid::Uuid;

/// A passkey as an answer is checked by it. Written by hand in `Debug`: it says whose it is.
#[derive(Clone)]
pub struct StoredPasskey {
    /// Of the list.
    pub id: Uuid,
    /// Whose.
    pub account: AccountId,
    /// Public key and what never changes.
    pub public: Vec<u8>,
    /// Counter and what changes.
    pub state: Vec<u8>,
}

impl std::fmt::Debug for StoredPasskey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredPasskey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a passkey is not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyRefused {
    /// Somebody has it already.
    Known,
    /// There are [`MOST_PASSKEYS`].
    Many,
}

impl Store {
    /// Keeps a question until its answer comes. `account`: who is adding a passkey; none for a sign-in.
    pub async fn ask_passkey(
        &self,
        challenge: Vec<u8>,
        account: Option<AccountId>,
        kept: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let expires = tx.now.plus(CHALLENGE_LIFE);
                query("insert into challenge (id, account, kept, expires) values ($1, $2, $3, $4)")
                    .bind(challenge)
                    .bind(account.map(|a| a.0))
                    .bind(kept)
                    .bind(expires.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Takes the question that an answer is to: once, in time, and by whom it was put to. None: there is none.
    pub async fn take_question(
        &self,
        challenge: Vec<u8>,
        account: Option<AccountId>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        // Whoever invents answers costs a look and no write.
        let open: i64 = query_scalar("select count(*) from challenge where id = $1 and expires > $2")
            .bind(&challenge)
            .bind(self.now().0)
            .fetch_one(self.reader())
            .await?;
        if open == 0 {
            return Ok(None);
        }
        self.write(move |tx| {
            Box::pin(async move {
                let now = tx.now.0;
                let taken = if let Some(account) = account {
                    query_scalar("delete from challenge where id = $1 and expires > $2 and account = $3 returning kept")
                        .bind(challenge)
                        .bind(now)
                        .bind(account.0)
                } else {
                    query_scalar(
                        "delete from challenge where id = $1 and expires > $2 and account is null returning kept",
                    )
                    .bind(challenge)
                    .bind(now)
                };
                Ok(taken.fetch_optional(&mut tx.conn).await?)
            })
        })
        .await
    }

    /// The passkeys of an account, the oldest first. `asking`: the phone that asks.
    pub async fn passkeys_of(&self, account: AccountId, asking: DeviceId) -> Result<Vec<Passkey>, StoreError> {
        type Row = (Uuid, Vec<u8>, String, i64, Option<i64>, bool, Option<i64>, Uuid);
        let rows: Vec<Row> = query_as(
            "select id, credential, name, created, used, synced, copied, made_on from passkey where account = $1
             order by created, id",
        )
        .bind(account.0)
        .fetch_all(self.reader())
        .await?;
        let told = |(id, credential, name, created, used, synced, copied, made_on): Row| Passkey {
            id,
            credential: URL_SAFE_NO_PAD.encode(credential),
            name,
            created: Millis(created),
            used: used.map(Millis),
            synced,
            here: DeviceId(made_on) == asking,
            copied: copied.map(Millis),
        };
        Ok(rows.into_iter().map(told).collect())
    }

    /// The authenticators' own ids of an account's passkeys.
    pub async fn credentials_of(&self, account: AccountId) -> Result<Vec<Vec<u8>>, StoreError> {
        let all = query_scalar("select credential from passkey where account = $1 order by created, id");
        Ok(all.bind(account.0).fetch_all(self.reader()).await?)
    }

    /// Adds a passkey to the account of `by`; says which it is in the list.
    pub async fn add_passkey(
        &self,
        by: Sender,
        made: Made,
        name: String,
    ) -> Result<Result<Uuid, PasskeyRefused>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let now = tx.now.0;
                // Held until the commit: two at once count one after the other.
                query("update account set name = name where id = $1").bind(by.account.0).execute(&mut tx.conn).await?;
                let has: i64 = query_scalar("select count(*) from passkey where account = $1")
                    .bind(by.account.0)
                    .fetch_one(&mut tx.conn)
                    .await?;
                if usize::try_from(has).unwrap_or(usize::MAX) >= MOST_PASSKEYS {
                    return Ok(Err(PasskeyRefused::Many));
                }
                let id = Uuid::new_v4();
                let added = query(
                    "insert into passkey (id, account, credential, name, public, state, synced, created, made_on)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (credential) do nothing",
                )
                .bind(id)
                .bind(by.account.0)
                .bind(&made.credential)
                .bind(&name)
                .bind(&made.public)
                .bind(&made.state)
                .bind(made.synced)
                .bind(now)
                .bind(by.device.0)
                .execute(&mut tx.conn)
                .await?;
                if added == 0 {
                    return Ok(Err(PasskeyRefused::Known));
                }
                note_own(tx, by, Deed::PasskeyAdded, None).await?;
                Ok(Ok(id))
            })
        })
        .await
    }

    /// Names a passkey of one's own. False: there is no such one.
    pub async fn name_passkey(&self, account: AccountId, id: Uuid, name: String) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let named = query("update passkey set name = $1 where id = $2 and account = $3")
                    .bind(&name)
                    .bind(id)
                    .bind(account.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(named > 0)
            })
        })
        .await
    }

    /// Removes a passkey of one's own. False: there is no such one.
    pub async fn remove_passkey(&self, by: Sender, id: Uuid) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let removed = query("delete from passkey where id = $1 and account = $2")
                    .bind(id)
                    .bind(by.account.0)
                    .execute(&mut tx.conn)
                    .await?;
                if removed > 0 {
                    note_own(tx, by, Deed::PasskeyRemoved, None).await?;
                }
                Ok(removed > 0)
            })
        })
        .await
    }

    /// The passkey with the authenticator's id.
    pub async fn passkey(&self, credential: &[u8]) -> Result<Option<StoredPasskey>, StoreError> {
        let row: Option<(Uuid, Uuid, Vec<u8>, Vec<u8>)> =
            query_as("select id, account, public, state from passkey where credential = $1")
                .bind(credential.to_vec())
                .fetch_optional(self.reader())
                .await?;
        Ok(row.map(|(id, account, public, state)| StoredPasskey { id, account: AccountId(account), public, state }))
    }

    /// The phone of a browser's mark, if the account of that passkey has signed in on it before.
    pub async fn phone_known_to(&self, credential: &[u8], mark: &str) -> Result<Option<DeviceId>, StoreError> {
        let found: Option<Uuid> = query_scalar(
            "select d.id from passkey p join device_account da on da.account = p.account join device d on d.id = da.device
             where p.credential = $1 and d.token = $2",
        )
        .bind(credential.to_vec())
        .bind(hash(mark))
        .fetch_optional(self.reader())
        .await?;
        Ok(found.map(DeviceId))
    }

    /// The phone of a browser's mark, whoever has signed in on it.
    pub async fn phone_of_mark(&self, mark: &str) -> Result<Option<DeviceId>, StoreError> {
        let found: Option<Uuid> = query_scalar("select id from device where token = $1")
            .bind(hash(mark))
            .fetch_optional(self.reader())
            .await?;
        Ok(found.map(DeviceId))
    }

    /// Keeps that a passkey counted less than before: its owner is told in the list.
    pub async fn passkey_was_copied(&self, id: Uuid) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let now = tx.now.0;
                query("update passkey set copied = $1 where id = $2").bind(now).bind(id).execute(&mut tx.conn).await?;
                Ok(())
            })
        })
        .await
    }

    /// Signs in who answered rightly with a passkey, if it still is as it was when the answer was looked at. None: it was removed meanwhile, let
    /// somebody in at the same moment, or its account is switched off.
    pub async fn sign_in_by_passkey(
        &self,
        right: Try,
        passkey: StoredPasskey,
        after: After,
        device_name: String,
        tokens: Tokens,
    ) -> Result<Option<SignedIn>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let now = tx.now.0;
                let Some(account) = accounts::load(&mut tx.conn, passkey.account).await? else { return Ok(None) };
                let counts =
                    query("update passkey set state = $1, synced = $2, used = $3 where id = $4 and state = $5")
                        .bind(&after.state)
                        .bind(after.synced)
                        .bind(now)
                        .bind(passkey.id)
                        .bind(&passkey.state)
                        .execute(&mut tx.conn)
                        .await?;
                if counts == 0 {
                    return Ok(None);
                }
                right.forget(tx).await?;
                let (device, device_name) = enter(tx, account.id, device_name, &tokens, "by passkey").await?;
                // As good as password and second factor, and no way to set a new password without the one before.
                query("update session set by_password = true where hash = $1")
                    .bind(hash(&tokens.session))
                    .execute(&mut tx.conn)
                    .await?;
                let login: i64 = query_scalar("select count(*) from login where account = $1 and since is not null")
                    .bind(account.id.0)
                    .fetch_one(&mut tx.conn)
                    .await?;
                Ok(Some(SignedIn { account, device, device_name, login: login > 0 }))
            })
        })
        .await
    }
}

/// A phone was signed out from elsewhere: passkeys that were added on it let nobody in any more. Whoever had it may have added his own.
pub(super) async fn remove_made_on(tx: &mut Tx, maker: Maker) -> Result<(), StoreError> {
    query("delete from passkey where account = $1 and made_on = $2")
        .bind(maker.account.0)
        .bind(maker.device.0)
        .execute(&mut tx.conn)
        .await?;
    Ok(())
}
