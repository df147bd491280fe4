//! Sealed ops: a copy of an op that only the server can read, so that a locked phone, a service worker, another phone or a file can deliver
//! what a person did and none of them can look into it.
//!
//! A sealed op **is** an op: the same envelope (id, writer, number, account …) of the kind `sealed`, with the whole text of the op as ciphertext in its
//! body. So whatever stores, orders and sends ops needs to know nothing of it. The server opens it before anything else is done; a
//! server that cannot holds it as any kind that it does not know, byte for byte.
//!
//! X25519 between a key made for this op and the server's, HKDF-SHA256 over both public halves, AES-256-GCM with the envelope as associated
//! data. A key opens one op, so the nonce is nought. It proves nothing about the author: anybody can seal (see [`crate::carry`]).

use crate::op::Op;
use crate::vault::{CIPHER_OVERHEAD, decode, encode};
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};

/// The kind of a sealed op.
pub const SEALED: &str = "sealed";
/// The version of the kind that this build makes.
const VERSION: u16 = 1;
/// What the derived key is for.
const PURPOSE: &[u8] = b"so-lien-he op 1";

/// The public half of a key of the server. Phones seal to the newest that they heard of; the server keeps the private halves of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealKey {
    /// Its number, from 1.
    pub id: u32,
    /// 32 bytes, base64.
    pub public: String,
}

/// The private half of a key of the server, 32 bytes.
pub struct OpenKey(StaticSecret);

impl OpenKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(StaticSecret::from(bytes))
    }
    /// The public half, as key number `id`.
    #[must_use]
    pub fn public(&self, id: u32) -> SealKey {
        SealKey { id, public: encode(PublicKey::from(&self.0).as_bytes()) }
    }
}

/// Written by hand: a secret never reaches a log.
impl std::fmt::Debug for OpenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenKey")
    }
}

/// The key of one sealed op, 32 bytes: for the phone that made it, which keeps it closed under its own key.
#[derive(Clone, Copy)]
pub struct ContentKey(pub [u8; 32]);

/// A sealed op and its key.
pub struct Sealed {
    /// The text.
    pub raw: String,
    /// Opens it.
    pub key: ContentKey,
}

/// Why a sealed op was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// It is no sealed op.
    #[error("not sealed")]
    NotSealed,
    /// Sealed to a key that is not here.
    #[error("no such key")]
    NoKey,
    /// Bytes were changed, or the envelope is another op's.
    #[error("damaged")]
    Damaged,
}

/// The body of a sealed op.
#[derive(Serialize, Deserialize)]
struct Inside {
    /// Which key of the server.
    key: u32,
    /// The public half of the key that was made for this op.
    epk: String,
    /// The text of the op, closed.
    ct: String,
}

/// Seals an op, whose text is `raw`, to a key of the server. `random`: 32 bytes that are used for nothing else. None: that is no key.
#[must_use]
pub fn seal(op: &Op, raw: &str, to: &SealKey, random: [u8; 32]) -> Option<Sealed> {
    let server = public(&to.public)?;
    let own = StaticSecret::from(random);
    let epk = PublicKey::from(&own);
    let key = derive(&own, &server, &epk, &server)?;
    let mut outer = Op { k: SEALED.to_owned(), kv: VERSION, b: Value::Null, ..op.clone() };
    let ct = cipher(&key)
        .encrypt(&Nonce::default(), Payload { msg: raw.as_bytes(), aad: outer.encode().as_bytes() })
        .ok()?;
    let inside = Inside { key: to.id, epk: encode(epk.as_bytes()), ct: encode(&ct) };
    outer.b = serde_json::to_value(inside).ok()?;
    Some(Sealed { raw: outer.encode(), key })
}

/// Opens a sealed op with the server's key of the number that it names.
pub fn open<'a>(raw: &str, key: impl Fn(u32) -> Option<&'a OpenKey>) -> Result<String, NotOpened> {
    let (outer, inside) = parts(raw)?;
    let own = key(inside.key).ok_or(NotOpened::NoKey)?;
    let epk = public(&inside.epk).ok_or(NotOpened::Damaged)?;
    let content = derive(&own.0, &epk, &epk, &PublicKey::from(&own.0)).ok_or(NotOpened::Damaged)?;
    decipher(&outer, &inside, &content)
}

/// Opens a sealed op on the phone that made it.
pub fn open_own(raw: &str, key: &ContentKey) -> Result<String, NotOpened> {
    let (outer, inside) = parts(raw)?;
    decipher(&outer, &inside, key)
}

/// May these bytes be a sealed op? Quick, for those that are none.
#[must_use]
pub fn may_be_sealed(raw: &str) -> bool {
    raw.contains("\"k\":\"sealed\"")
}

fn parts(raw: &str) -> Result<(Op, Inside), NotOpened> {
    let mut outer = Op::parse(raw).map_err(|_| NotOpened::NotSealed)?;
    if outer.k != SEALED || outer.kv != VERSION {
        return Err(NotOpened::NotSealed);
    }
    let inside = serde_json::from_value(outer.b.take()).map_err(|_| NotOpened::Damaged)?;
    Ok((outer, inside))
}

fn decipher(outer: &Op, inside: &Inside, key: &ContentKey) -> Result<String, NotOpened> {
    let ct = decode(&inside.ct).filter(|ct| ct.len() > CIPHER_OVERHEAD).ok_or(NotOpened::Damaged)?;
    let text = cipher(key)
        .decrypt(&Nonce::default(), Payload { msg: &ct, aad: outer.encode().as_bytes() })
        .map_err(|_| NotOpened::Damaged)?;
    let text = String::from_utf8(text).map_err(|_| NotOpened::Damaged)?;
    // Whoever sealed it wrote both: an envelope that says something else than the op would make the answer speak of another op.
    let op = Op::parse(&text).map_err(|_| NotOpened::Damaged)?;
    let same = Op { k: outer.k.clone(), kv: outer.kv, b: Value::Null, ..op } == *outer;
    if same { Ok(text) } else { Err(NotOpened::Damaged) }
}

fn derive(own: &StaticSecret, other: &PublicKey, epk: &PublicKey, server: &PublicKey) -> Option<ContentKey> {
    let shared = own.diffie_hellman(other);
    // A public half that makes every shared secret the same is no key.
    if !shared.was_contributory() {
        return None;
    }
    let mut key = [0; 32];
    let info = [PURPOSE, epk.as_bytes(), server.as_bytes()].concat();
    Hkdf::<Sha256>::new(None, shared.as_bytes()).expand(&info, &mut key).ok()?;
    Some(ContentKey(key))
}

fn cipher(key: &ContentKey) -> Aes256Gcm {
    Aes256Gcm::new(&key.0.into())
}

fn public(text: &str) -> Option<PublicKey> {
    let bytes: [u8; 32] = decode(text)?.try_into().ok()?;
    Some(PublicKey::from(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AccountId, DeviceId, OpId, UnitId};
    use crate::op::ENVELOPE;
    use crate::time::Millis;
    use uuid::Uuid;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }
    fn op() -> Op {
        Op {
            v: ENVELOPE,
            id: OpId(id(10)),
            dev: DeviceId(id(1)),
            w: id(2),
            n: 7,
            act: AccountId(id(3)),
            u: UnitId(id(4)),
            k: "guest.add".into(),
            kv: 1,
            deps: vec![OpId(id(9))],
            b: serde_json::json!({ "name": "Nguyễn Thị Hoà", "note": "\u{2028}" }),
            t: Millis(5),
            m: 6,
            s: id(8),
            app: "0.1.0".into(),
        }
    }
    fn sealed() -> (OpenKey, String, Sealed) {
        let server = OpenKey::new([7; 32]);
        let raw = op().encode();
        let sealed = seal(&op(), &raw, &server.public(3), [9; 32]).unwrap();
        (server, raw, sealed)
    }

    #[test]
    fn what_was_sealed_opens_byte_for_byte() {
        let (server, raw, sealed) = sealed();
        assert!(may_be_sealed(&sealed.raw) && !may_be_sealed(&raw));
        assert_eq!(open(&sealed.raw, |n| (n == 3).then_some(&server)), Ok(raw.clone()));
        assert_eq!(open_own(&sealed.raw, &sealed.key), Ok(raw.clone()));
        let outer = Op::parse(&sealed.raw).unwrap();
        assert_eq!((outer.id, outer.w, outer.n, outer.deps.len()), (op().id, op().w, 7, 1));
        assert!(outer.body().unwrap().is_none(), "to whoever stores it, a kind that it does not know");
    }

    #[test]
    fn nothing_of_it_can_be_read_outside() {
        let (_, _, sealed) = sealed();
        for word in ["Nguy", "guest", "Hoà", "name"] {
            assert!(!sealed.raw.contains(word), "{word}");
        }
    }

    #[test]
    fn the_form_never_changes() {
        let (_, _, sealed) = sealed();
        insta::assert_snapshot!(sealed.raw);
    }

    #[test]
    fn another_key_and_changed_bytes_open_nothing() {
        let (server, raw, sealed) = sealed();
        assert_eq!(open(&sealed.raw, |_| None), Err(NotOpened::NoKey));
        let other = OpenKey::new([8; 32]);
        assert_eq!(open(&sealed.raw, |_| Some(&other)), Err(NotOpened::Damaged));
        assert_eq!(open(&raw, |_| Some(&server)), Err(NotOpened::NotSealed));
        // The envelope belongs to it: another number, another account, other deps.
        for (from, to) in [("\"n\":7", "\"n\":8"), ("\"t\":5", "\"t\":6"), ("000000000003", "000000000004")] {
            let changed = sealed.raw.replacen(from, to, 1);
            assert_ne!(changed, sealed.raw);
            assert_eq!(open(&changed, |_| Some(&server)), Err(NotOpened::Damaged), "{from}");
        }
    }

    #[test]
    fn an_envelope_that_lies_about_the_op_is_not_opened() {
        let server = OpenKey::new([7; 32]);
        let raw = op().encode();
        let lying = Op { id: OpId(id(11)), ..op() };
        let sealed = seal(&lying, &raw, &server.public(3), [9; 32]).unwrap();
        assert_eq!(open(&sealed.raw, |_| Some(&server)), Err(NotOpened::Damaged));
    }

    #[test]
    fn a_public_half_without_secret_is_no_key() {
        let nought = SealKey { id: 1, public: encode(&[0; 32]) };
        assert!(seal(&op(), &op().encode(), &nought, [9; 32]).is_none());
        let short = SealKey { id: 1, public: encode(&[1; 31]) };
        assert!(seal(&op(), &op().encode(), &short, [9; 32]).is_none());
    }

    #[test]
    fn anything_may_come_in() {
        let server = OpenKey::new([7; 32]);
        let (_, _, sealed) = sealed();
        for end in 0..sealed.raw.len() {
            assert!(open(&sealed.raw[..end], |_| Some(&server)).is_err());
        }
        let strange =
            Op { k: SEALED.into(), kv: 1, b: serde_json::json!({ "key": 3, "epk": "", "ct": "AAAA" }), ..op() };
        assert_eq!(open(&strange.encode(), |_| Some(&server)), Err(NotOpened::Damaged));
    }
}
