//! Trying to get in by name and password, or by a passkey: how often, and getting in. A try is counted before it is looked at, so that many at once are no way
//! around the wait; who gets in is forgotten as a guesser. Names that are nobody's are counted alike, so that a wait tells nothing.
//!
//! A phone on which the account has signed in before has a count of its own: a stranger who guesses never locks its owner out.

use super::accounts::{self, hash};
use super::db::{query, query_as, query_scalar};
use super::login::{Login, read, rescue_hash};
use super::sessions::{SignedIn, Tokens, enter};
use super::tx::Tx;
use super::{Store, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::DeviceId;
use domain::signin::{FORGOTTEN, wait_after};
use domain::time::Millis;
use uuid::Uuid;

/// A try that is being made. Written by hand in `Debug`: there are secrets in it.
#[derive(Clone)]
pub struct Try {
    who: Vec<u8>,
    device: Uuid,
    /// How the account of that name signs in, if there is one, it is not switched off, and all of it is set up.
    pub login: Option<Login>,
}

impl std::fmt::Debug for Try {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Try").field("login", &self.login).finish_non_exhaustive()
    }
}

/// No try before that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Millis);

/// What was right beside the password.
#[derive(Clone)]
pub enum Second {
    /// A code of this time step.
    Step(i64),
    /// Perhaps a rescue code: it counts if there is such a one, unused.
    Rescue(String),
}

impl Try {
    /// In the transaction of what it let in to.
    pub(super) async fn forget(&self, tx: &mut Tx) -> Result<(), StoreError> {
        query("delete from attempt where who = $1 and device = $2")
            .bind(&self.who)
            .bind(self.device)
            .execute(&mut tx.conn)
            .await?;
        Ok(())
    }
}

/// Counts a try before it is looked at, or says from when on there may be one.
async fn count(tx: &mut Tx, who: &[u8], device: Uuid) -> Result<Result<(), Wait>, StoreError> {
    let now = tx.now;
    // The row is held until the commit: two at once count one after the other.
    let wrong: Option<i64> = query_scalar(
        "insert into attempt (who, device, wrong, next_at, last_at) values ($1, $2, 1, 0, $3)
         on conflict (who, device) do update set
           wrong = case when attempt.last_at < $4 then 1 else attempt.wrong + 1 end, last_at = excluded.last_at
         where attempt.next_at <= $5 returning wrong",
    )
    .bind(who.to_vec())
    .bind(device)
    .bind(now.0)
    .bind(now.0 - FORGOTTEN)
    .bind(now.0)
    .fetch_optional(&mut tx.conn)
    .await?;
    let Some(wrong) = wrong else {
        let next: Option<i64> = query_scalar("select next_at from attempt where who = $1 and device = $2")
            .bind(who.to_vec())
            .bind(device)
            .fetch_optional(&mut tx.conn)
            .await?;
        return Ok(Err(Wait(Millis(next.unwrap_or(now.0)))));
    };
    let next = now.plus(wait_after(u32::try_from(wrong).unwrap_or(u32::MAX)));
    query("update attempt set next_at = $1 where who = $2 and device = $3")
        .bind(next.0)
        .bind(who.to_vec())
        .bind(device)
        .execute(&mut tx.conn)
        .await?;
    Ok(Ok(()))
}

impl Store {
    /// The phone of a browser's mark, if the account of that sign-in name has signed in on it before.
    pub async fn known_phone(&self, name: &str, mark: &str) -> Result<Option<DeviceId>, StoreError> {
        let found: Option<Uuid> = query_scalar(
            "select d.id from login l join device_account da on da.account = l.account join device d on d.id = da.device
             where l.name = $1 and d.token = $2",
        )
        .bind(name)
        .bind(hash(mark))
        .fetch_optional(self.reader())
        .await?;
        Ok(found.map(DeviceId))
    }

    /// Begins a try at a sign-in name, on a phone that the account knows or on any other. It counts as wrong until [`Store::try_was_right`].
    pub async fn begin_try(&self, name: &str, known: Option<DeviceId>) -> Result<Result<Try, Wait>, StoreError> {
        let (name, who) = (name.to_owned(), hash(&["sign-in/", name].concat()));
        let device = known.map_or(Uuid::nil(), |d| d.0);
        let store = self.clone();
        self.write(move |tx| {
            Box::pin(async move {
                if let Err(wait) = count(tx, &who, device).await? {
                    return Ok(Err(wait));
                }
                let row = query_as(
                    "select l.account, l.name, l.password, l.totp, l.pending, l.step, l.since
                     from login l join account a on a.id = l.account where l.name = $1 and a.disabled = false",
                )
                .bind(&name)
                .fetch_optional(&mut tx.conn)
                .await?;
                Ok(Ok(Try { who, device, login: row.map(|row| read(row, &store.0.secrets)).filter(|l| l.active) }))
            })
        })
        .await
    }

    /// Begins a try with a passkey, known by its authenticator's id, whether there is such a one or not; counted as one at a name.
    pub async fn begin_passkey_try(
        &self,
        credential: &[u8],
        known: Option<DeviceId>,
    ) -> Result<Result<Try, Wait>, StoreError> {
        let who = hash(&["passkey/", &URL_SAFE_NO_PAD.encode(credential)].concat());
        let device = known.map_or(Uuid::nil(), |d| d.0);
        self.write(move |tx| {
            Box::pin(async move { Ok(count(tx, &who, device).await?.map(|()| Try { who, device, login: None })) })
        })
        .await
    }

    /// Forgets a try, and the wrong ones before it on the same phone: it was the person.
    pub async fn try_was_right(&self, right: Try) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(async move { right.forget(tx).await })).await
    }

    /// Signs in who gave the right password, if what was given beside it counts at this moment: a time step later than every one before, or an
    /// unused rescue code. None: it does not, or the password has been changed meanwhile.
    pub async fn sign_in_by_password(
        &self,
        right: Try,
        second: Second,
        device_name: String,
        tokens: Tokens,
    ) -> Result<Option<SignedIn>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let Some(login) = right.login.clone() else { return Ok(None) };
                let (account, now) = (login.account, tx.now.0);
                let by = if matches!(second, Second::Step(_)) { "by password" } else { "by rescue code" };
                let counts = match second {
                    Second::Step(step) => {
                        query("update login set step = $1 where account = $2 and step < $3 and password = $4")
                            .bind(step)
                            .bind(account.0)
                            .bind(step)
                            .bind(&login.password)
                            .execute(&mut tx.conn)
                            .await?
                    }
                    Second::Rescue(code) => {
                        query(
                            "update rescue set used = $1 where hash = $2 and account = $3 and used is null
                             and exists (select 1 from login l where l.account = rescue.account and l.password = $4)",
                        )
                        .bind(now)
                        .bind(rescue_hash(account, &code))
                        .bind(account.0)
                        .bind(&login.password)
                        .execute(&mut tx.conn)
                        .await?
                    }
                };
                if counts == 0 {
                    return Ok(None);
                }
                let Some(account) = accounts::load(&mut tx.conn, account).await? else { return Ok(None) };
                right.forget(tx).await?;
                let (device, device_name) = enter(tx, account.id, device_name, &tokens, by).await?;
                query("update session set by_password = true where hash = $1")
                    .bind(hash(&tokens.session))
                    .execute(&mut tx.conn)
                    .await?;
                Ok(Some(SignedIn { account, device, device_name, login: true }))
            })
        })
        .await
    }
}
