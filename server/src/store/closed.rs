//! Secrets in the database, closed under keys that lie beside it ([`crate::secrets`]): those of second factors, the server's parts of phones' keys, and the
//! private halves of the keys to which phones seal ops.

use super::StoreError;
use super::db::{Conn, query, query_as, query_scalar};
use crate::secrets::Keyring;
use anyhow::bail;
use domain::id::{AccountId, DeviceId};
use uuid::Uuid;

/// An account, the secret of its second factor, and one that is not confirmed yet.
type Secrets = (Uuid, Option<Vec<u8>>, Option<Vec<u8>>);

/// Where the secret of an account's second factor belongs.
pub(super) fn totp(account: AccountId) -> String {
    format!("totp {account}")
}

/// Where the server's part of a phone's key belongs.
pub(super) fn part(device: DeviceId) -> String {
    format!("part {device}")
}

/// Where the private half of a key belongs to which phones seal ops.
pub(super) fn seal_key(id: i64) -> String {
    format!("seal {id}")
}

/// At every start: these are the keys by which this database is closed, and what lies open in it since before there were any is closed.
pub(super) async fn settle(conn: &mut Conn, keys: &Keyring) -> anyhow::Result<()> {
    let Some(first) = keys.names().next() else { bail!("there are no keys") };
    let found: Option<String> =
        query_scalar("select value from meta where name = 'keys'").fetch_optional(&mut *conn).await?;
    match &found {
        Some(known) if keys.names().any(|name| name == known.as_str()) => return Ok(()),
        Some(_) if !keys.replaces() => bail!(
            "secrets in this database are closed under other keys than these. Put the file back that belongs to it (server backup keeps it beside the \
             copies, as so-lien-he.keys). If it is lost, start once with --keys-are-lost: second factors have to be set up anew then"
        ),
        Some(_) => tracing::warn!(
            alarm = "keys",
            "the keys of before are lost: second factors let nobody in until they are set up anew"
        ),
        None => {}
    }
    // First the secrets: a stop in between leaves some closed ones that these keys open, and no name of theirs.
    close_open(conn, keys).await?;
    query("delete from meta where name = 'keys' and value = $1").bind(found).execute(&mut *conn).await?;
    // Of two processes that start at once on a new database the first one's name stands; the other one has to have that key, too.
    query("insert into meta (name, value) values ('keys', $1) on conflict (name) do nothing")
        .bind(first)
        .execute(&mut *conn)
        .await?;
    let known: String = query_scalar("select value from meta where name = 'keys'").fetch_one(conn).await?;
    if !keys.names().any(|name| name == known) {
        bail!("another server process on this database has other keys: give all of them the same");
    }
    Ok(())
}

/// Closes what lies open. A secret of a second factor has 20 bytes, the others 32; what is closed is longer.
async fn close_open(conn: &mut Conn, keys: &Keyring) -> Result<(), StoreError> {
    let open: Vec<Secrets> =
        query_as("select account, totp, pending from login where length(totp) = 20 or length(pending) = 20")
            .fetch_all(&mut *conn)
            .await?;
    for (account, secret, pending) in open {
        let place = totp(AccountId(account));
        let close = |secret: Option<Vec<u8>>| {
            secret.map(|secret| if secret.len() == 20 { keys.close(&place, &secret) } else { secret })
        };
        query("update login set totp = $1, pending = $2 where account = $3")
            .bind(close(secret))
            .bind(close(pending))
            .bind(account)
            .execute(&mut *conn)
            .await?;
    }
    let halves: Vec<(i64, Vec<u8>)> =
        query_as("select id, secret from seal_key where length(secret) = 32").fetch_all(&mut *conn).await?;
    for (id, secret) in halves {
        query("update seal_key set secret = $1 where id = $2")
            .bind(keys.close(&seal_key(id), &secret))
            .bind(id)
            .execute(&mut *conn)
            .await?;
    }
    let parts: Vec<(Uuid, Vec<u8>)> =
        query_as("select device, part from vault_part where length(part) = 32").fetch_all(&mut *conn).await?;
    for (device, secret) in parts {
        query("update vault_part set part = $1 where device = $2")
            .bind(keys.close(&part(DeviceId(device)), &secret))
            .bind(device)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
