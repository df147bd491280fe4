//! What lies on a phone, closed: rows of the server and the keys of sealed ops, each text for itself, under one *data key* of the phone.
//!
//! The data key is random and never changes; it lies on the phone wrapped under a key that is derived from two things: the PIN of the person (argon2id), where there
//! is one, and a part that the server gave to this phone and takes back when the phone is signed out. A new PIN wraps the same data key anew.
//!
//! A short PIN alone is weak: whoever copies the whole browser profile *and* gets the server's part out of the browser's key store can try a
//! million PINs in a day or so. docs/security.md says it to users. No randomness here: it comes in.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What a closed text begins with. No JSON does.
const MARK: &str = "~1";
/// Bytes of a nonce.
const NONCE: usize = 12;
/// Bytes that a closed text has more than an open one.
pub(crate) const CIPHER_OVERHEAD: usize = 16;
/// What the wrapping key is for.
const PURPOSE: &[u8] = b"so-lien-he vault 1";
/// Binds the wrapped data key to its place.
const WRAPPED: &str = "data key";

/// Bytes as text.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Text as bytes; none when it is no such text.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// Was this text closed by a vault?
#[must_use]
pub fn is_closed(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The data key at work.
pub struct Vault(Aes256Gcm);

impl Vault {
    /// From the data key.
    #[must_use]
    pub fn new(data_key: [u8; 32]) -> Self {
        Self(Aes256Gcm::new(&data_key.into()))
    }
    /// Closes a text that belongs to a place (`name`: the key of the row, say; the text opens nowhere else). `nonce`: random, never used again.
    #[must_use]
    pub fn close(&self, name: &str, text: &str, nonce: [u8; NONCE]) -> String {
        [MARK, &encode(&self.wrap(name, text.as_bytes(), nonce))].concat()
    }
    /// Opens what was closed for that place. None: another key, another place, or damaged.
    #[must_use]
    pub fn open(&self, name: &str, closed: &str) -> Option<String> {
        let bytes = decode(closed.strip_prefix(MARK)?)?;
        String::from_utf8(self.unwrap(name, &bytes)?).ok()
    }
    fn wrap(&self, name: &str, bytes: &[u8], nonce: [u8; NONCE]) -> Vec<u8> {
        let closed = self.0.encrypt(&Nonce::from(nonce), Payload { msg: bytes, aad: name.as_bytes() });
        // Fails for texts of 64 GiB only.
        [nonce.as_slice(), &closed.unwrap_or_default()].concat()
    }
    fn unwrap(&self, name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
        let (nonce, closed) = bytes.split_first_chunk::<NONCE>()?;
        self.0.decrypt(&Nonce::from(*nonce), Payload { msg: closed, aad: name.as_bytes() }).ok()
    }
}

/// How the PIN is stretched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Memory in KiB.
    m: u32,
    /// Passes.
    t: u32,
    /// Lanes.
    p: u32,
}

impl Stretch {
    /// What a new PIN gets: 19 MiB and two passes (OWASP's first choice for argon2id), about half a second on a cheap phone.
    pub const USUAL: Self = Self { m: 19 * 1024, t: 2, p: 1 };
    /// The most memory that is believed when it stands in a file, in KiB.
    const MOST: u32 = 256 * 1024;

    fn run(self, pin: &str, salt: &[u8]) -> Option<[u8; 32]> {
        if self.m > Self::MOST || self.t > 16 {
            return None;
        }
        let params = Params::new(self.m, self.t, self.p, Some(32)).ok()?;
        let mut out = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(pin.as_bytes(), salt, &mut out)
            .ok()?;
        Some(out)
    }
}

/// The wrapped data key, as it lies on the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// 16 random bytes.
    salt: String,
    /// None: there is no PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<Stretch>,
    /// The data key.
    wrapped: String,
}

impl Lock {
    /// Wraps a data key. `part`: the server's part. `random`: 28 bytes for this alone.
    #[must_use]
    pub fn new(data_key: [u8; 32], pin: Option<(&str, Stretch)>, part: [u8; 32], random: [u8; 28]) -> Option<Self> {
        let (salt, nonce) = random.split_first_chunk::<16>()?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let stretch = pin.map(|(_, stretch)| stretch);
        let key = wrapping_key(pin.map(|(pin, _)| pin), stretch, salt, part)?;
        let wrapped = encode(&Vault::new(key).wrap(WRAPPED, &data_key, nonce));
        Some(Self { salt: encode(salt), pin: stretch, wrapped })
    }
    /// A PIN is asked for.
    #[must_use]
    pub const fn has_pin(&self) -> bool {
        self.pin.is_some()
    }
    /// The data key. None: the wrong PIN or the wrong part. Slow where there is a PIN, on purpose.
    #[must_use]
    pub fn open(&self, pin: Option<&str>, part: [u8; 32]) -> Option<[u8; 32]> {
        let key = wrapping_key(pin, self.pin, &decode(&self.salt)?, part)?;
        Vault::new(key).unwrap(WRAPPED, &decode(&self.wrapped)?)?.try_into().ok()
    }
}

fn wrapping_key(pin: Option<&str>, stretch: Option<Stretch>, salt: &[u8], part: [u8; 32]) -> Option<[u8; 32]> {
    let mut secret = part.to_vec();
    if let Some(stretch) = stretch {
        secret.extend(stretch.run(pin?, salt)?);
    }
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(salt), &secret).expand(PURPOSE, &mut key).ok()?;
    Some(key)
}

/// What the wrapping key of a passkey is for.
const BY_PASSKEY: &[u8] = b"so-lien-he vault passkey 1";

/// The data key, wrapped a second time beside a PIN's lock: under the secret that a passkey gives for a salt, and the server's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyLock {
    /// The site that the passkey is bound to.
    pub site: String,
    /// The authenticator's id of it, base64url.
    pub credential: String,
    /// 32 random bytes: what the passkey is asked with.
    salt: String,
    /// The data key.
    wrapped: String,
}

impl PasskeyLock {
    /// Wraps a data key. `secret`: what the passkey gave for `salt`. `salt` and `nonce` are random, for this alone.
    #[must_use]
    pub fn new(
        data_key: [u8; 32],
        (site, credential): (&str, &str),
        secret: [u8; 32],
        part: [u8; 32],
        (salt, nonce): ([u8; 32], [u8; NONCE]),
    ) -> Option<Self> {
        let wrapped = encode(&Vault::new(passkey_key(secret, &salt, part)?).wrap(WRAPPED, &data_key, nonce));
        Some(Self { site: site.to_owned(), credential: credential.to_owned(), salt: encode(&salt), wrapped })
    }
    /// What the passkey is asked with.
    #[must_use]
    pub fn salt(&self) -> Option<Vec<u8>> {
        decode(&self.salt)
    }
    /// The data key. None: another secret, or the wrong part.
    #[must_use]
    pub fn open(&self, secret: [u8; 32], part: [u8; 32]) -> Option<[u8; 32]> {
        let key = passkey_key(secret, &self.salt()?, part)?;
        Vault::new(key).unwrap(WRAPPED, &decode(&self.wrapped)?)?.try_into().ok()
    }
}

fn passkey_key(secret: [u8; 32], salt: &[u8], part: [u8; 32]) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(salt), &[part, secret].concat()).expand(BY_PASSKEY, &mut key).ok()?;
    Some(key)
}

/// What the server tells a phone that is signed in: its part of the wrapping key, and the key to which ops are sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultPart {
    /// 32 bytes.
    pub part: String,
    /// The newest key of the server.
    pub seal: crate::seal::SealKey,
}

/// Written by hand: a secret never reaches a log.
impl std::fmt::Debug for VaultPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VaultPart").field("seal", &self.seal.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Stretch = Stretch { m: 64, t: 1, p: 1 };

    #[test]
    fn a_text_opens_in_its_place_with_its_key_only() {
        let vault = Vault::new([1; 32]);
        let closed = vault.close("member/1", "{\"name\":\"Trần Văn Bảy\"}", [2; 12]);
        assert!(is_closed(&closed) && !closed.contains("Bảy"));
        assert_eq!(vault.open("member/1", &closed).as_deref(), Some("{\"name\":\"Trần Văn Bảy\"}"));
        assert_eq!(vault.open("member/2", &closed), None);
        assert_eq!(Vault::new([2; 32]).open("member/1", &closed), None);
        for end in 0..closed.len() {
            assert_eq!(vault.open("member/1", &closed[..end]), None);
        }
        assert_eq!(vault.open("member/1", "{}"), None);
    }

    #[test]
    fn the_data_key_needs_pin_and_part() {
        let lock = Lock::new([5; 32], Some(("271828", QUICK)), [6; 32], [7; 28]).unwrap();
        let lock: Lock = serde_json::from_str(&serde_json::to_string(&lock).unwrap()).unwrap();
        assert!(lock.has_pin());
        assert_eq!(lock.open(Some("271828"), [6; 32]), Some([5; 32]));
        assert_eq!(lock.open(Some("271829"), [6; 32]), None);
        assert_eq!(lock.open(Some("271828"), [0; 32]), None);
        assert_eq!(lock.open(None, [6; 32]), None);
    }

    #[test]
    fn without_a_pin_the_part_is_enough() {
        let lock = Lock::new([5; 32], None, [6; 32], [7; 28]).unwrap();
        assert!(!lock.has_pin());
        assert_eq!(lock.open(None, [6; 32]), Some([5; 32]));
        assert_eq!(lock.open(None, [1; 32]), None);
    }

    #[test]
    fn the_form_on_a_phone_never_changes() {
        let lock = Lock::new([5; 32], Some(("271828", QUICK)), [6; 32], [7; 28]).unwrap();
        insta::assert_snapshot!(serde_json::to_string(&lock).unwrap());
        insta::assert_snapshot!(Vault::new([1; 32]).close("a", "b", [2; 12]));
    }

    #[test]
    fn a_passkey_opens_beside_the_pin_with_its_secret_and_the_part_only() {
        let lock = PasskeyLock::new([5; 32], ("so.example.vn", "aWQ"), [8; 32], [6; 32], ([7; 32], [9; 12])).unwrap();
        let text = serde_json::to_string(&lock).unwrap();
        // The form on a phone never changes.
        insta::assert_snapshot!(text);
        let lock: PasskeyLock = serde_json::from_str(&text).unwrap();
        assert_eq!((lock.site.as_str(), lock.credential.as_str()), ("so.example.vn", "aWQ"));
        assert_eq!(lock.salt().as_deref(), Some([7; 32].as_slice()));
        assert_eq!(lock.open([8; 32], [6; 32]), Some([5; 32]));
        assert_eq!(lock.open([0; 32], [6; 32]), None);
        assert_eq!(lock.open([8; 32], [0; 32]), None);
        // Nor does what the PIN's lock is made of open it.
        let pin = Lock::new([5; 32], None, [6; 32], [7; 28]).unwrap();
        assert_ne!(pin.wrapped, lock.wrapped);
        let moved = PasskeyLock { salt: encode(&[1; 32]), ..lock };
        assert_eq!(moved.open([8; 32], [6; 32]), None);
    }

    #[test]
    fn a_file_does_not_make_the_phone_work_for_ever() {
        let lock =
            Lock { salt: encode(&[7; 16]), pin: Some(Stretch { m: u32::MAX, t: 1, p: 1 }), wrapped: String::new() };
        assert_eq!(lock.open(Some("1"), [6; 32]), None);
    }
}
