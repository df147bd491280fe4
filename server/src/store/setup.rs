//! The first start of an installation: a code that makes the first administrator, once. It knows no names' rules: they were looked at.

use super::accounts::{self, Account, hash};
use super::db::{query, query_scalar};
use super::sessions::{self, SignedIn, Tokens};
use super::{Store, StoreError, backup, seed};
use domain::account::{Grant, Role};
use domain::id::{AccountId, UnitId};
use domain::unit::{Unit, UnitKind};
use uuid::Uuid;

/// What is set up.
#[derive(Clone)]
pub struct Installation {
    /// The ward's name.
    pub ward: String,
    /// The first administrator's name.
    pub admin: String,
    /// The names of the cells.
    pub cells: Vec<String>,
}

/// Why nothing was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupFault {
    /// Not the code of the last start.
    WrongCode,
    /// It was set up before.
    Done,
}

impl Store {
    /// Takes `code` as the one that sets up, in place of one before, if nobody can sign in yet. False: it is set up.
    pub async fn offer_setup(&self, code: &str) -> Result<bool, StoreError> {
        let stored = backup::hex(&hash(code));
        self.write(move |tx| {
            Box::pin(async move {
                let accounts: i64 = query_scalar("select count(*) from account").fetch_one(&mut tx.conn).await?;
                if accounts > 0 {
                    query("delete from meta where name = 'setup'").execute(&mut tx.conn).await?;
                    return Ok(false);
                }
                query("insert into meta (name, value) values ('setup', $1) on conflict (name) do update set value = excluded.value")
                    .bind(&stored)
                    .execute(&mut tx.conn)
                    .await?;
                Ok(true)
            })
        })
        .await
    }

    /// True while there is a code that sets up.
    pub async fn setup_is_open(&self) -> Result<bool, StoreError> {
        let open: i64 =
            query_scalar("select count(*) from meta where name = 'setup' and not exists (select 1 from account)")
                .fetch_one(self.reader())
                .await?;
        Ok(open > 0)
    }

    /// Makes the ward, its cells and the administrator, who is signed in at once. One wins, whoever asks at the same time.
    pub async fn set_up(
        &self,
        code: &str,
        what: Installation,
        device_name: String,
        tokens: Tokens,
    ) -> Result<Result<SignedIn, SetupFault>, StoreError> {
        let stored = backup::hex(&hash(code));
        let id = UnitId(Uuid::new_v4());
        let unit = |id, parent, kind, name| Unit { id, parent, kind, name, online_allowed: false, closed: false };
        let mut units = vec![unit(id, None, UnitKind::Ward, what.ward)];
        units.extend(what.cells.into_iter().map(|name| unit(UnitId(Uuid::new_v4()), Some(id), UnitKind::Cell, name)));
        let account = Account {
            id: AccountId(Uuid::new_v4()),
            name: what.admin,
            member: None,
            grants: vec![Grant::new(Role::Admin, id), Grant::new(Role::Ward, id)],
        };
        self.write(move |tx| {
            Box::pin(async move {
                // Whoever takes the row first holds it until the commit; others then find none.
                let taken = query("delete from meta where name = 'setup' and value = $1")
                    .bind(&stored)
                    .execute(&mut tx.conn)
                    .await?;
                let accounts: i64 = query_scalar("select count(*) from account").fetch_one(&mut tx.conn).await?;
                if accounts > 0 {
                    return Ok(Err(SetupFault::Done));
                }
                if taken == 0 {
                    return Ok(Err(SetupFault::WrongCode));
                }
                for unit in &units {
                    seed::put_unit(tx, unit).await?;
                }
                accounts::insert_account(tx, &account).await?;
                let (device, device_name) = sessions::enter(tx, account.id, device_name, &tokens, "by code").await?;
                Ok(Ok(SignedIn { account, device, device_name, login: false }))
            })
        })
        .await
    }
}
