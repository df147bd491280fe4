//! A phone with a PIN that may also be opened with a passkey: the secret that the passkey gives for a salt wraps the data key a second time, beside
//! the PIN's lock ([`domain::vault::PasskeyLock`]). It needs no network. The counting of wrong PINs knows nothing of it, and no op is touched.

use super::App;
use crate::platform::passkeys::{self, PasskeyFault};
use crate::platform::rng;
use domain::vault::{Lock, PasskeyLock};

impl App {
    /// The passkey that opens this phone, if one does.
    pub fn passkey_lock(self) -> Option<PasskeyLock> {
        let (kept, ..) = self.core().keys.parts()?;
        serde_json::from_str(&kept.passkey).ok()
    }
    /// Asks the passkey, and opens the phone with what it says.
    ///
    /// # Errors
    /// The person, or the browser, would not; the phone stays closed.
    pub async fn unlock_by_passkey(self) -> Result<(), PasskeyFault> {
        let core = self.core();
        let keys = &core.keys;
        let lock = self.passkey_lock().ok_or(PasskeyFault::Broken)?;
        let salt = lock.salt().ok_or(PasskeyFault::Broken)?;
        let (_, secret) = passkeys::secret(&lock.site, Some(&lock.credential), &salt).await?;
        // As the keys lie now: they may have been forgotten while the person was asked.
        let (kept, part, open) =
            keys.parts().filter(|_| self.passkey_lock() == Some(lock.clone())).ok_or(PasskeyFault::Broken)?;
        let data_key = lock.open(secret, part).ok_or(PasskeyFault::NoSecret)?;
        match open {
            // A page that is only covered has its keys.
            Some(key) if key != data_key => return Err(PasskeyFault::NoSecret),
            Some(_) => {}
            None => keys.open_with(kept, part, data_key),
        }
        self.opened();
        Ok(())
    }
    /// From now on a passkey of `site` opens this phone, too: one of `known`. Asks for the PIN, so that nobody who holds the open phone gives himself
    /// a way in.
    ///
    /// `Ok(false)`: that is not the PIN, or it could not be kept; nothing has changed.
    ///
    /// # Errors
    /// The person, or the browser, would not, or the passkey gives no secret.
    pub async fn open_with_passkey(self, site: &str, pin: &str, known: &[String]) -> Result<bool, PasskeyFault> {
        let core = self.core();
        let keys = &core.keys;
        let salt: [u8; 32] = rng::bytes();
        // One of them: where there is one, the browser asks no more than it must.
        let only = match known {
            [one] => Some(one.as_str()),
            _ => None,
        };
        let (credential, secret) = passkeys::secret(site, only, &salt).await?;
        if !known.contains(&credential) {
            return Err(PasskeyFault::OtherSite);
        }
        let Some((mut kept, part, Some(data_key))) = keys.parts() else { return Ok(false) };
        let lock = serde_json::from_str::<Lock>(&kept.lock).ok().filter(Lock::has_pin);
        if lock.and_then(|lock| lock.open(Some(pin), part)) != Some(data_key) {
            return Ok(false);
        }
        let lock = PasskeyLock::new(data_key, (site, &credential), secret, part, (salt, rng::bytes()));
        let Some(text) = lock.and_then(|lock| serde_json::to_string(&lock).ok()) else { return Ok(false) };
        kept.passkey = text;
        Ok(keys.keep(&core, kept).await)
    }
    /// No passkey opens this phone any more.
    pub async fn no_passkey_lock(self) {
        let core = self.core();
        let keys = &core.keys;
        let Some((mut kept, _, Some(_))) = keys.parts() else { return };
        if !kept.passkey.is_empty() {
            kept.passkey = String::new();
            keys.keep(&core, kept).await;
        }
    }
}
