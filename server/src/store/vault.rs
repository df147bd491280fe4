//! What the server keeps for phones that close what lies on them ([`domain::vault`]): its part of each phone's key, and its own keys to which
//! phones seal ops ([`domain::seal`]).
//!
//! The keys lie in the database, not beside it: a backup that is put back on another machine must be able to open what phones still send, and whoever reads
//! the database has read everything that sealed ops could say.

use super::db::{query, query_as, query_scalar};
use super::{Store, StoreError};
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

impl Store {
    /// This server's part of a phone's key, made when the phone asks first, and the key to which it seals.
    pub async fn vault_part(&self, device: DeviceId) -> Result<VaultPart, StoreError> {
        let seal = self.newest_key().await?;
        let known: Option<Vec<u8>> = query_scalar("select part from vault_part where device = $1")
            .bind(device.0)
            .fetch_optional(self.reader())
            .await?;
        if let Some(part) = known {
            return Ok(VaultPart { part: encode(&part), seal });
        }
        let fresh: [u8; 32] = rand::random();
        let part: Vec<u8> = self
            .write(move |tx| {
                Box::pin(async move {
                    // Two tabs may ask at once: the first part stands.
                    query("insert into vault_part (device, part, created) values ($1, $2, $3) on conflict (device) do nothing")
                        .bind(device.0)
                        .bind(fresh.to_vec())
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
        Ok(VaultPart { part: encode(&part), seal })
    }

    /// The newest key of the server, made anew when there is none or when it is old.
    async fn newest_key(&self) -> Result<SealKey, StoreError> {
        let newest: Option<(i64, i64)> =
            query_as("select id, created from seal_key order by id desc limit 1").fetch_optional(self.reader()).await?;
        let next = match newest {
            Some((_, created)) if self.now().0.saturating_sub(created) < KEY_LIFE => None,
            Some((id, _)) => Some(id + 1),
            None => Some(1),
        };
        if let Some(next) = next {
            let fresh: [u8; 32] = rand::random();
            self.write(move |tx| {
                Box::pin(async move {
                    // Another process may have been faster: its key stands.
                    query("insert into seal_key (id, secret, created) values ($1, $2, $3) on conflict (id) do nothing")
                        .bind(next)
                        .bind(fresh.to_vec())
                        .bind(tx.now.0)
                        .execute(&mut tx.conn)
                        .await?;
                    Ok(())
                })
            })
            .await?;
        }
        if next.is_some() || self.0.keys.all().is_empty() {
            self.read_keys().await?;
        }
        let keys = self.0.keys.all();
        let (id, key) = keys.last_key_value().ok_or(StoreError::Unreadable("seal key"))?;
        Ok(key.public(*id))
    }

    async fn read_keys(&self) -> Result<(), StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            query_as("select id, secret from seal_key order by id").fetch_all(self.reader()).await?;
        let mut keys = BTreeMap::new();
        for (id, secret) in rows {
            let id = u32::try_from(id).map_err(|_| StoreError::Unreadable("seal key"))?;
            let secret = secret.try_into().map_err(|_| StoreError::Unreadable("seal key"))?;
            keys.insert(id, OpenKey::new(secret));
        }
        self.0.keys.put(keys);
        Ok(())
    }

    /// The texts of ops as their authors made them: sealed ones are opened. One that cannot be opened stays as it is; the ledger holds it as a
    /// kind that it does not know, byte for byte.
    pub async fn unseal(&self, mut raws: Vec<String>) -> Result<Vec<String>, StoreError> {
        for raw in &mut raws {
            if !may_be_sealed(raw) {
                continue;
            }
            let mut opened = self.try_open(raw);
            if opened == Err(NotOpened::NoKey) {
                // A key that another process made, or that was not asked for since the start.
                self.read_keys().await?;
                opened = self.try_open(raw);
            }
            match opened {
                Ok(text) => *raw = text,
                Err(NotOpened::NotSealed) => {}
                Err(why) => {
                    tracing::warn!(alarm = "sealed", %why, "a sealed op could not be opened; it is held as it came");
                }
            }
        }
        Ok(raws)
    }

    fn try_open(&self, raw: &str) -> Result<String, NotOpened> {
        let keys = self.0.keys.all();
        open(raw, |id| keys.get(&id))
    }
}
