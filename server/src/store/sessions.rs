//! Sessions: a table of token hashes. One-time codes become a session, and names with passwords ([`super::attempts`]); a session slides for 90
//! days. How long it may live in all is its caller's question. Those ended from elsewhere stay ([`super::devices`]); now and then a session
//! gets another token ([`super::turn`]).

use super::accounts::{self, Account, Device, hash};
use super::db::{query, query_as, query_scalar};
use super::trail::{Noted, note};
use super::tx::Tx;
use super::{Sender, Store, StoreError};
use domain::audit::Deed;
use domain::id::{AccountId, DeviceId, UnitId};
use domain::signin::FORGOTTEN;
use domain::time::Millis;
use uuid::Uuid;

/// How long a session lives after it was last prolonged, in ms.
pub(super) const LIFE: i64 = 90 * Millis::DAY;
/// How often a session is prolonged at most, in ms.
const PROLONG: i64 = Millis::DAY;

/// Why a code does not sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// No such code.
    Unknown,
    /// Used before.
    Used,
    /// Too late.
    Expired,
}

/// The cookies of a sign-in. Written by hand in `Debug`: they are secrets.
#[derive(Clone)]
pub struct Tokens {
    /// The new session's.
    pub session: String,
    /// That of this browser, old or new.
    pub device: String,
    /// The cookies carry the prefix of https.
    pub prefixed: bool,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

/// What signing in gives.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub account: Account,
    /// On which device.
    pub device: DeviceId,
    /// Its name.
    pub device_name: String,
    /// The account signs in by name and password.
    pub login: bool,
}

/// A living session.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, in any combination")]
pub struct SessionRow {
    /// Who.
    pub account: Account,
    /// On which device.
    pub device: DeviceId,
    /// Its name.
    pub device_name: String,
    /// It was ended from elsewhere: its phone may still deliver, and read nothing.
    pub revoked: bool,
    /// When it began.
    pub created: Millis,
    /// When its token was given.
    pub given: Millis,
    /// Its browser has another token since.
    pub replaced: bool,
    /// Name, password and second factor were given for it.
    pub by_password: bool,
    /// The account signs in by name and password.
    pub login: bool,
}

/// The cookie of a request that says which session it is of. Written by hand in `Debug`: it is a secret.
#[derive(Clone)]
pub struct Shown {
    /// Its value.
    pub token: String,
    /// It came under the name that browsers take from this very host over https only.
    pub prefixed: bool,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown").field("prefixed", &self.prefixed).finish_non_exhaustive()
    }
}

/// A session as it is read.
type Found = (Uuid, Uuid, String, i64, bool, bool, i64, Option<i64>, bool, bool, bool, bool);

/// Notes the browser, gives it a session, and leaves a line in the trail of the unit where the account has a role. `by`: what let it in.
pub(super) async fn enter(
    tx: &mut Tx,
    account: AccountId,
    device_name: String,
    tokens: &Tokens,
    by: &str,
) -> Result<(DeviceId, String), StoreError> {
    let now = tx.now;
    let known: Option<(Uuid, String)> = query_as("select id, name from device where token = $1")
        .bind(hash(&tokens.device))
        .fetch_optional(&mut tx.conn)
        .await?;
    let (device, device_name) = if let Some((id, old_name)) = known {
        let name = if device_name.is_empty() { old_name } else { device_name };
        query("update device set name = $1, last_seen = $2 where id = $3")
            .bind(&name)
            .bind(now.0)
            .bind(id)
            .execute(&mut tx.conn)
            .await?;
        accounts::signed_in_on(tx, DeviceId(id), account, Some(now)).await?;
        (DeviceId(id), name)
    } else {
        let device = Device {
            id: DeviceId(Uuid::new_v4()),
            name: device_name,
            account,
            account_name: String::new(),
            member: None,
            cell: None,
            last_seen: Some(now),
            unsent: None,
        };
        accounts::insert_device(tx, &device, Some(&tokens.device)).await?;
        (device.id, device.name)
    };
    query("insert into session (hash, account, device, created, expires, prefixed) values ($1, $2, $3, $4, $5, $6)")
        .bind(hash(&tokens.session))
        .bind(account.0)
        .bind(device.0)
        .bind(now.0)
        .bind(now.plus(LIFE).0)
        .bind(tokens.prefixed)
        .execute(&mut tx.conn)
        .await?;
    note_own(tx, Sender { account, device }, Deed::SignedIn, Some(by)).await?;
    Ok((device, device_name))
}

/// A line about how an account gets in, by itself. An account without a role has no unit in whose trail it could stand.
pub(super) async fn note_own(tx: &mut Tx, by: Sender, what: Deed, how: Option<&str>) -> Result<(), StoreError> {
    let unit: Option<Uuid> = query_scalar("select unit from grant_ where account = $1 order by role, unit limit 1")
        .bind(by.account.0)
        .fetch_optional(&mut tx.conn)
        .await?;
    let Some(unit) = unit else { return Ok(()) };
    note(tx, &Noted { note: how.map(str::to_owned), ..Noted::new(by, what, UnitId(unit)) }).await
}

impl Store {
    /// Signs in with a code.
    pub async fn sign_in(
        &self,
        code: String,
        device_name: String,
        tokens: Tokens,
    ) -> Result<Result<SignedIn, CodeFault>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                type Row = (Uuid, Option<i64>, Option<i64>, bool);
                let found: Option<Row> =
                    query_as("select account, expires, used, reusable from enrolment where hash = $1")
                        .bind(hash(&code))
                        .fetch_optional(&mut tx.conn)
                        .await?;
                let now = tx.now;
                let account = match found {
                    None => return Ok(Err(CodeFault::Unknown)),
                    Some((_, _, Some(_), false)) => return Ok(Err(CodeFault::Used)),
                    Some((_, Some(expires), _, _)) if expires <= now.0 => return Ok(Err(CodeFault::Expired)),
                    Some((account, ..)) => AccountId(account),
                };
                let Some(account) = accounts::load(&mut tx.conn, account).await? else {
                    return Ok(Err(CodeFault::Unknown));
                };
                // Asked once more in the update itself: another process may be taking the same code at this moment.
                let taken =
                    query("update enrolment set used = $1 where hash = $2 and (used is null or reusable = true)")
                        .bind(now.0)
                        .bind(hash(&code))
                        .execute(&mut tx.conn)
                        .await?;
                if taken == 0 {
                    return Ok(Err(CodeFault::Used));
                }
                let (device, device_name) = enter(tx, account.id, device_name, &tokens, "by code").await?;
                let login: i64 = query_scalar("select count(*) from login where account = $1 and since is not null")
                    .bind(account.id.0)
                    .fetch_one(&mut tx.conn)
                    .await?;
                Ok(Ok(SignedIn { account, device, device_name, login: login > 0 }))
            })
        })
        .await
    }

    /// The session of a cookie; prolongs it now and then. One that was given under the prefixed name is taken under no other, so that
    /// nobody can put his own session into somebody's browser from a neighbouring host.
    pub async fn session(&self, shown: &Shown) -> Result<Option<SessionRow>, StoreError> {
        let now = self.now();
        let token = hash(&shown.token);
        let mut conn = self.reader().acquire().await?;
        let row: Option<Found> = query_as(
            "select s.account, s.device, d.name, s.expires, s.revoked is not null, s.prefixed, s.created, s.turned, s.replaces is not null,
               s.replaced is not null, s.by_password, exists (select 1 from login l where l.account = s.account and l.since is not null)
             from session s join device d on d.id = s.device where s.hash = $1 and s.expires > $2",
        )
        .bind(&token)
        .bind(now.0)
        .fetch_optional(&mut conn)
        .await?;
        let Some((
            account,
            device,
            device_name,
            expires,
            revoked,
            prefixed,
            created,
            turned,
            fresh,
            replaced,
            by_password,
            login,
        )) = row
        else {
            return Ok(None);
        };
        if prefixed && !shown.prefixed {
            return Ok(None);
        }
        let Some(account) = accounts::load(&mut conn, AccountId(account)).await? else { return Ok(None) };
        drop(conn);
        if shown.prefixed && !prefixed {
            self.now_prefixed(token.clone()).await?;
        }
        if fresh {
            self.has_turned(token.clone()).await?;
        }
        if !revoked && !replaced && expires < now.plus(LIFE - PROLONG).0 {
            self.write(move |tx| {
                Box::pin(async move {
                    query("update session set expires = $1 where hash = $2 and revoked is null and replaced is null")
                        .bind(tx.now.plus(LIFE).0)
                        .bind(token)
                        .execute(&mut tx.conn)
                        .await?;
                    Ok(())
                })
            })
            .await?;
        }
        Ok(Some(SessionRow {
            account,
            device: DeviceId(device),
            device_name,
            revoked,
            created: Millis(created),
            given: Millis(turned.unwrap_or(created)),
            replaced,
            by_password,
            login,
        }))
    }

    /// The browser of this session has it under the prefixed name: from now on it is taken under no other.
    async fn now_prefixed(&self, token: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                query("update session set prefixed = true where hash = $1").bind(token).execute(&mut tx.conn).await?;
                Ok(())
            })
        })
        .await
    }

    /// Ends a session, whatever tokens it has had. What waits on the phone is not touched.
    pub async fn sign_out(&self, account: AccountId, device: DeviceId) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                query("delete from session where account = $1 and device = $2 and revoked is null")
                    .bind(account.0)
                    .bind(device.0)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// What is done every now and then: scheduled notices come out, old sessions, drafts, wrong tries and
    /// questions to passkeys go. Returns how many notices came out.
    pub async fn housekeeping(&self) -> Result<usize, StoreError> {
        let now = self.now().0;
        let due: i64 = query_scalar(
            "select (select count(*) from record where due is not null and due <= $1)
                  + (select count(*) from session where expires <= $1)
                  + (select count(*) from draft where saved <= $2)
                  + (select count(*) from attempt where last_at <= $3)
                  + (select count(*) from challenge where expires <= $1)",
        )
        .bind(now)
        .bind(now - super::drafts::LIFE)
        .bind(now - FORGOTTEN)
        .fetch_one(self.reader())
        .await?;
        if due == 0 {
            return Ok(0);
        }
        self.write(|tx| {
            Box::pin(async move {
                let now = tx.now.0;
                query("delete from session where expires <= $1").bind(now).execute(&mut tx.conn).await?;
                query("delete from draft where saved <= $1")
                    .bind(now - super::drafts::LIFE)
                    .execute(&mut tx.conn)
                    .await?;
                query("delete from attempt where last_at <= $1").bind(now - FORGOTTEN).execute(&mut tx.conn).await?;
                query("delete from challenge where expires <= $1").bind(now).execute(&mut tx.conn).await?;
                super::records::publish_due(tx).await
            })
        })
        .await
    }
}
