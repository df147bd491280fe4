//! A session's token is changed now and then, so that one that was copied is of use for days and not for a year. The answer that carries the new
//! one may be lost: the old one is good until the browser has shown the new one, and a short time longer for requests that were under way.

use super::accounts::hash;
use super::db::{query, query_as};
use super::sessions::LIFE;
use super::{Store, StoreError};
use uuid::Uuid;

/// How long a token is still taken after its browser has shown the next one, in ms.
const GRACE: i64 = 10 * 60_000;
/// After so long no answer with a token is on its way any more, in ms.
const LOST: i64 = 3_600_000;

impl Store {
    /// Gives the session of a token another one besides. False: it has ended, or has been given another already that was shown.
    pub async fn turn(&self, old: &str, new: &str, prefixed: bool) -> Result<bool, StoreError> {
        let (old, new) = (hash(old), hash(new));
        self.write(move |tx| {
            Box::pin(async move {
                let now = tx.now;
                let row: Option<(Uuid, Uuid, i64, bool)> = query_as(
                    "select account, device, created, by_password from session
                     where hash = $1 and revoked is null and replaced is null and expires > $2",
                )
                .bind(&old)
                .bind(now.0)
                .fetch_optional(&mut tx.conn)
                .await?;
                let Some((account, device, created, by_password)) = row else { return Ok(false) };
                // Tokens whose answers were lost.
                query("delete from session where replaces = $1 and turned < $2")
                    .bind(&old)
                    .bind(now.0 - LOST)
                    .execute(&mut tx.conn)
                    .await?;
                query(
                    "insert into session (hash, account, device, created, expires, prefixed, turned, replaces, by_password)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(new)
                .bind(account)
                .bind(device)
                .bind(created)
                .bind(now.plus(LIFE).0)
                .bind(prefixed)
                .bind(now.0)
                .bind(&old)
                .bind(by_password)
                .execute(&mut tx.conn)
                .await?;
                Ok(true)
            })
        })
        .await
    }

    /// The browser has shown a token that it was given in the place of another: that one ends soon.
    pub(super) async fn has_turned(&self, token: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let now = tx.now;
                query(
                    "update session set replaced = $1, expires = $2
                     where replaced is null and revoked is null and hash = (select n.replaces from session n where n.hash = $3)",
                )
                .bind(now.0)
                .bind(now.plus(GRACE).0)
                .bind(&token)
                .execute(&mut tx.conn)
                .await?;
                query("update session set replaces = null where hash = $1").bind(&token).execute(&mut tx.conn).await?;
                Ok(())
            })
        })
        .await
    }
}
