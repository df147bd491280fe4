//! What the server keeps for phones that close what lies on them ([`domain::vault`]): its part of each phone's key, and its own keys to which
//! phones seal ops ([`domain::seal`]).
//!
//! All of it lies closed under the keys beside the database ([`super::closed`]). Where those are lost nothing of the book is: an op that was sealed to a key that
//! cannot be opened any more is not taken, so that the page of its phone, which can read it, sends it as it is.

use super::db::{query, query_as, query_scalar};
use super::{Store, StoreError, closed};
use domain::id::DeviceId;
use domain::seal::{NotOpened, OpenKey, SealKey, may_be_sealed, open};
use domain::time::Millis;
use domain::vault::{VaultPart, encode};
use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

/// A key of the server is given out for so long, in ms; then phones hear of a new one. The old one is kept.
const KEY_LIFE: i64 = 365 * Millis::DAY;

/// The keys that this process has read.
#[derive(Default)]
pub(super) struct Keys(RwLock<Arc<BTreeMap<u32, OpenKey>>>);

impl Keys {
    fn all(&self) -> Arc<BTreeMap<u32, OpenKey>> {
        // A thread that panicked while it put a finished map here left a finished map.
        Arc::clone(&self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
    fn put(&self, keys: BTreeMap<u32, OpenKey>) {
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(keys);
    }
}

/// What came of opening sealed ops.
#[derive(Clone, Debug, Default)]
pub struct Unsealed {
    /// Readable, or as they came.
    pub ops: Vec<String>,
    /// Sealed to a key that is not here.
    pub no_key: Vec<String>,
}

impl Store {
    /// This server's part of a phone's key, made when the phone asks first, and the key to which it seals.
    pub async fn vault_part(&self, device: DeviceId) -> Result<VaultPart, StoreError> {
        let seal = self.newest_key().await?;
        let known: Option<Vec<u8>> = query_scalar("select part from vault_part where device = $1")
            .bind(device.0)
            .fetch_optional(self.reader())
            .await?;
        let place = closed::part(device);
        if let Some(part) = known.as_ref().and_then(|part| self.0.secrets.open(&place, part)) {
            return Ok(VaultPart { part: encode(&part), seal });
        }
        let gone = known;
        let fresh = self.0.secrets.close(&place, &rand::random::<[u8; 32]>());
        let part: Vec<u8> = self
            .write(move |tx| {
                Box::pin(async move {
                    // Two tabs may ask at once: the first part stands. One that nothing opens any more does not.
                    query("delete from vault_part where device = $1 and part = $2")
                        .bind(device.0)
                        .bind(gone)
                        .execute(&mut tx.conn)
                        .await?;
                    query("insert into vault_part (device, part, created) values ($1, $2, $3) on conflict (device) do nothing")
                        .bind(device.0)
                        .bind(fresh)
                        .bind(tx.now.0)
                        .execute(&mut tx.conn)
                        .await?;
                    Ok(query_scalar("select part from vault_part where device = $1")
                        .bind(device.0)
                        .fetch_one(&mut tx.conn)
                        .await?)
                })
            })
            .await?;
        let part = self.0.secrets.open(&place, &part).ok_or(StoreError::Unreadable("part of a phone's key"))?;
        Ok(VaultPart { part: encode(&part), seal })
    }

    /// The newest key of the server, made anew when there is none, when it is old, or when it cannot be opened any more.
    async fn newest_key(&self) -> Result<SealKey, StoreError> {
        let newest: Option<(i64, i64)> =
            query_as("select id, created from seal_key order by id desc limit 1").fetch_optional(self.reader()).await?;
        if newest.is_some() && !self.has_key(newest) {
            self.read_keys().await?;
        }
        let next = match newest {
            Some((_, created)) if self.has_key(newest) && self.now().0.saturating_sub(created) < KEY_LIFE => None,
            Some((id, _)) => Some(id + 1),
            None => Some(1),
        };
        if let Some(next) = next {
            let fresh = self.0.secrets.close(&closed::seal_key(next), &rand::random::<[u8; 32]>());
            self.write(move |tx| {
                Box::pin(async move {
                    // Another process may have been faster: its key stands.
                    query("insert into seal_key (id, secret, created) values ($1, $2, $3) on conflict (id) do nothing")
                        .bind(next)
                        .bind(fresh)
                        .bind(tx.now.0)
                        .execute(&mut tx.conn)
                        .await?;
                    Ok(())
                })
            })
            .await?;
            self.read_keys().await?;
        }
        let keys = self.0.keys.all();
        let (id, key) = keys.last_key_value().ok_or(StoreError::Unreadable("seal key"))?;
        Ok(key.public(*id))
    }

    fn has_key(&self, key: Option<(i64, i64)>) -> bool {
        let id = key.and_then(|(id, _)| u32::try_from(id).ok());
        id.is_some_and(|id| self.0.keys.all().contains_key(&id))
    }

    async fn read_keys(&self) -> Result<(), StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            query_as("select id, secret from seal_key order by id").fetch_all(self.reader()).await?;
        let mut keys = BTreeMap::new();
        for (id, secret) in rows {
            let secret = self.0.secrets.open(&closed::seal_key(id), &secret).and_then(|secret| secret.try_into().ok());
            let Some(secret) = secret else {
                tracing::warn!(
                    alarm = "keys",
                    id,
                    "a key to which phones sealed ops cannot be opened by the keys that are here"
                );
                continue;
            };
            keys.insert(u32::try_from(id).map_err(|_| StoreError::Unreadable("seal key"))?, OpenKey::new(secret));
        }
        self.0.keys.put(keys);
        Ok(())
    }

    /// The texts of ops as their authors made them: sealed ones are opened. A damaged one stays as it is; the ledger holds it as a kind that it does
    /// not know, byte for byte.
    pub async fn unseal(&self, raws: Vec<String>) -> Result<Unsealed, StoreError> {
        let mut unsealed = Unsealed::default();
        for raw in raws {
            if !may_be_sealed(&raw) {
                unsealed.ops.push(raw);
                continue;
            }
            let mut opened = self.try_open(&raw);
            if opened == Err(NotOpened::NoKey) {
                // A key that another process made, or that was not asked for since the start.
                self.read_keys().await?;
                opened = self.try_open(&raw);
            }
            match opened {
                Ok(text) => unsealed.ops.push(text),
                Err(NotOpened::NotSealed) => unsealed.ops.push(raw),
                Err(why) => {
                    tracing::warn!(alarm = "sealed", %why, "a sealed op could not be opened");
                    let to = if why == NotOpened::NoKey { &mut unsealed.no_key } else { &mut unsealed.ops };
                    to.push(raw);
                }
            }
        }
        Ok(unsealed)
    }

    fn try_open(&self, raw: &str) -> Result<String, NotOpened> {
        let keys = self.0.keys.all();
        open(raw, |id| keys.get(&id))
    }
}
