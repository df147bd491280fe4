//! How often somebody may ask. Counted by session, not by address: a hall's Wi-Fi is one address. It runs after the session is
//! known, so that nobody can fill a table with invented cookies. Wrong codes are counted apart; a right code always signs in, so
//! that guessing can never lock a hall out.

use domain::id::{AccountId, DeviceId};
use domain::time::Millis;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// A bucket of tokens per key.
#[derive(Debug)]
struct Buckets<K> {
    /// Tokens that a full bucket holds.
    burst: f64,
    /// Tokens that come back in a second.
    per_second: f64,
    levels: Mutex<HashMap<K, (f64, Millis)>>,
}

impl<K: Eq + Hash> Buckets<K> {
    fn new(burst: u32, per_second: u32) -> Self {
        Self { burst: f64::from(burst), per_second: f64::from(per_second), levels: Mutex::new(HashMap::new()) }
    }
    /// Takes a token; false = empty.
    fn take(&self, key: K, now: Millis) -> bool {
        self.take_all(key, 1, now)
    }
    /// Takes so many tokens; false = there are not so many, and none is taken.
    fn take_all(&self, key: K, tokens: u32, now: Millis) -> bool {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let refilled = |level: f64, at: Millis| {
            let ms = i32::try_from(now.0.saturating_sub(at.0).max(0)).unwrap_or(i32::MAX);
            (level + f64::from(ms) / 1000.0 * self.per_second).min(self.burst)
        };
        if levels.len() > 10_000 {
            levels.retain(|_, (level, at)| refilled(*level, *at) < self.burst);
        }
        let (level, at) = levels.entry(key).or_insert((self.burst, now));
        *level = refilled(*level, *at);
        *at = now;
        let tokens = f64::from(tokens);
        if *level < tokens {
            return false;
        }
        *level -= tokens;
        true
    }
}

/// When a device was last noted as heard from, and with how much unsent.
type Heard = HashMap<(DeviceId, AccountId), (Millis, Option<u32>)>;

/// All limits of the server.
#[derive(Debug)]
pub struct Limits {
    sessions: Buckets<(DeviceId, AccountId)>,
    wrong_codes: Buckets<()>,
    codes: Buckets<AccountId>,
    strangers: Buckets<()>,
    questions: Buckets<Option<DeviceId>>,
    heard: Mutex<Heard>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sessions: Buckets::new(300, 30),
            wrong_codes: Buckets::new(60, 2),
            // Four full sheets at once; then a full one in under two minutes: a ward of 6,000 in a quarter of an hour.
            codes: Buckets::new(2000, 5),
            strangers: Buckets::new(60, 2),
            // A row of a hundred bytes for some minutes, and no hash.
            questions: Buckets::new(300, 30),
            heard: Mutex::new(HashMap::new()),
        }
    }
}

impl Limits {
    /// May this session ask again now?
    pub fn session_may(&self, device: DeviceId, account: AccountId, now: Millis) -> bool {
        self.sessions.take((device, account), now)
    }
    /// May a wrong code be told so, or is it too much?
    pub fn wrong_code_may(&self, now: Millis) -> bool {
        self.wrong_codes.take((), now)
    }
    /// May somebody try a name and password on a phone that the account does not know? Each costs the server a hash, so all of them together are
    /// limited; phones that are known have no part in this, so that nobody keeps their owners out.
    pub fn stranger_may(&self, now: Millis) -> bool {
        self.strangers.take((), now)
    }
    /// May somebody begin a sign-in by passkey? Phones that are known are counted each by itself, all others together.
    pub fn question_may(&self, known: Option<DeviceId>, now: Millis) -> bool {
        self.questions.take(known, now)
    }
    /// May this account make so many codes now? Counted by account: another session makes no more of them.
    pub fn codes_may(&self, account: AccountId, codes: usize, now: Millis) -> bool {
        self.codes.take_all(account, u32::try_from(codes).unwrap_or(u32::MAX), now)
    }
    /// True when it is worth a write that the device was heard from: a minute ago, or it says another number.
    pub fn worth_noting(&self, device: DeviceId, account: AccountId, unsent: Option<u32>, now: Millis) -> bool {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.len() > 100_000 {
            heard.clear();
        }
        match heard.get_mut(&(device, account)) {
            Some((at, said)) if now.0.saturating_sub(at.0) < 60_000 && (unsent.is_none() || unsent == *said) => false,
            _ => {
                heard.insert((device, account), (now, unsent));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new(3, 1);
        let at = |ms: i64| Millis(1_000_000 + ms);
        assert!((0..3).all(|_| buckets.take("a", at(0))));
        assert!(!buckets.take("a", at(500)));
        assert!(buckets.take("b", at(500)), "another key is another bucket");
        assert!(buckets.take("a", at(1100)));
        assert!(!buckets.take("a", at(1200)));
        assert!(!buckets.take("a", at(-5_000)), "a clock set back gives nothing");
    }

    #[test]
    fn many_tokens_are_taken_at_once_or_not_at_all() {
        let buckets = Buckets::new(10, 1);
        let at = |ms: i64| Millis(1_000_000 + ms);
        assert!(buckets.take_all("a", 7, at(0)));
        assert!(!buckets.take_all("a", 4, at(0)));
        assert!(buckets.take_all("a", 3, at(0)), "what was refused took nothing");
        assert!(!buckets.take("a", at(500)) && buckets.take_all("a", 0, at(500)));
        assert!(buckets.take_all("a", 10, at(11_000)));
    }

    #[test]
    fn a_device_is_noted_once_a_minute_or_when_it_says_something_new() {
        let limits = Limits::default();
        let (device, account) = (DeviceId(uuid::Uuid::nil()), AccountId(uuid::Uuid::nil()));
        let note = |unsent, ms| limits.worth_noting(device, account, unsent, Millis(ms));
        assert!(note(Some(1), 0));
        assert!(!note(Some(1), 10));
        assert!(!note(None, 20));
        assert!(note(Some(2), 30));
        assert!(note(Some(2), 60_030));
    }
}
