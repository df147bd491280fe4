//! When phones were last heard from, and what they said of themselves. Kept in memory for a moment and written together: when a hall
//! comes back online, each of its phones says it with its first request, and each would be a turn of the writer that nobody waits for.

use super::db::query;
use super::tx::Lock;
use super::{Store, StoreError, accounts};
use domain::id::{AccountId, DeviceId};
use domain::time::Millis;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most phones that one transaction writes, so that a check-in never waits for many.
const AT_ONCE: usize = 100;

/// What one phone said, the latest of each.
#[derive(Clone, Debug)]
struct Said {
    at: Millis,
    unsent: Option<u32>,
    app: Option<String>,
}

/// What is still to be written.
#[derive(Debug, Default)]
pub(super) struct Heard(Mutex<BTreeMap<(DeviceId, AccountId), Said>>);

impl Heard {
    fn note(&self, phone: (DeviceId, AccountId), said: Said) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.remove(&phone);
        let unsent = said.unsent.or(before.as_ref().and_then(|b| b.unsent));
        let app = said.app.or(before.and_then(|b| b.app));
        all.insert(phone, Said { at: said.at, unsent, app });
    }
    /// Some of it, in the order in which every process writes phones.
    fn take(&self) -> Vec<((DeviceId, AccountId), Said)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| all.pop_first()).take(AT_ONCE).collect()
    }
}

impl Store {
    /// Notes that a phone was heard from now, how much waits on it and which build it runs, where it said so. [`Store::write_heard`] writes it
    /// within a second; what a crash takes with it is said again with the next request.
    pub fn heard_from(&self, device: DeviceId, account: AccountId, unsent: Option<u32>, app: Option<String>) {
        self.0.heard.note((device, account), Said { at: self.now(), unsent, app });
    }

    /// Writes what was heard.
    pub async fn write_heard(&self) -> Result<(), StoreError> {
        loop {
            let some: Arc<[_]> = self.0.heard.take().into();
            if some.is_empty() {
                return Ok(());
            }
            let locks = some.iter().map(|((device, _), _)| Lock::Device(device.0)).collect();
            self.write_to(locks, move |tx| {
                Box::pin(async move {
                    for ((device, account), Said { at, unsent, app }) in some.iter() {
                        query("update device set last_seen = $1, unsent = coalesce($2, unsent), app = coalesce($3, app) where id = $4")
                            .bind(at.0)
                            .bind(*unsent)
                            .bind(app)
                            .bind(device.0)
                            .execute(&mut tx.conn)
                            .await?;
                        accounts::signed_in_on(tx, *device, *account, Some(*at)).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        }
    }
}
