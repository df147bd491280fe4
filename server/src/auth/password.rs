//! Passwords as hashes: argon2id with what OWASP asks for (19 MiB, two passes), a few at a time, so that many who sign in at once cost time and
//! not memory. It knows no account. What a password must be stands in `domain::password`.

use crate::error::ApiError;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// How many are computed at once: 38 MiB at most.
const AT_ONCE: usize = 2;
/// How long somebody waits for a turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is verified for a name that is nobody's, so that the answer takes as long: no password has this hash.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29saWVuaGVzb2xpZW5oZQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Computes hashes, a few at a time.
#[derive(Debug)]
pub struct Passwords {
    gate: Semaphore,
    verified: AtomicU64,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { gate: Semaphore::new(AT_ONCE), verified: AtomicU64::new(0) }
    }
}

/// A password as it is compared: the same letters however the keyboard put them together.
#[must_use]
pub fn composed(password: &str) -> String {
    password.nfc().collect()
}

impl Passwords {
    /// How many verifications were computed since the start.
    pub fn verified(&self) -> u64 {
        self.verified.load(Ordering::Relaxed)
    }

    /// The hash of a password, as it is stored.
    pub async fn hash(&self, password: String) -> Result<String, ApiError> {
        self.compute(move || {
            let hash = hasher().ok()?.hash_password(password.as_bytes()).ok()?;
            Some(hash.to_string())
        })
        .await?
        .ok_or_else(ApiError::internal)
    }

    /// True when the password has this hash. None, for a name that is nobody's: as long, and never true.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, ApiError> {
        self.verified.fetch_add(1, Ordering::Relaxed);
        self.compute(move || {
            let nobody = hash.is_none();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let right = PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            right && !nobody
        })
        .await
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let turn = tokio::time::timeout(PATIENCE, self.gate.acquire()).await;
        let _turn = turn.map_err(|_| ApiError::unavailable())?.map_err(|_| ApiError::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::internal())
    }
}

fn hasher() -> Result<Argon2<'static>, argon2::Error> {
    let (memory, passes, lanes) = COST;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, passes, lanes, None)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let passwords = Passwords::default();
        let hash = passwords.hash("thuyền về bến cũ".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(passwords.hash("thuyền về bến cũ".to_owned()).await.unwrap(), hash, "each with its own salt");
        assert!(passwords.verify("thuyền về bến cũ".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("thuyền về bến mới".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("thuyền về bến cũ".to_owned(), Some("not a hash".to_owned())).await.unwrap());
        assert!(!passwords.verify("thuyền về bến cũ".to_owned(), None).await.unwrap());
        assert_eq!(passwords.verified(), 4);
    }

    #[test]
    fn nobodys_hash_costs_what_a_hash_costs() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), COST);
        assert_eq!(nobody.hash.unwrap().as_bytes().len(), Params::DEFAULT_OUTPUT_LEN);
    }

    #[test]
    fn letters_are_the_same_however_they_were_typed() {
        assert_eq!(composed("thuye\u{302}\u{300}n"), "thuyền");
    }
}
