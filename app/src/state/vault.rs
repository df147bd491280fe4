//! What lies on this phone lies there closed: rows and names under the phone's data key, ops sealed to the server ([`domain::vault`],
//! [`domain::seal`]). Here is when keys are made, opened, given a PIN and forgotten. No cipher stands here, and no op is ever forgotten.
//!
//! A phone whose browser has no key store, or whose storage does not keep things, works as it did before there were vaults.

use super::{App, Core};
use crate::api::{self, ApiError};
use crate::platform::{clock, keys, rng};
use crate::store::{Kept, StoredOp};
use domain::id::OpId;
use domain::op::Op;
use domain::pin::Tries;
use domain::seal::{ContentKey, SEALED, SealKey, may_be_sealed, open_own, seal};
use domain::sync::phone::{boot, outbox};
use domain::sync::{IdbCopy, LocalCopy};
use domain::time::Millis;
use domain::vault::{Lock, Stretch, Vault, VaultPart, decode, encode, is_closed};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// The meta key of wrong PINs.
const TRIES: &str = "pin-tries";
/// The word to other tabs: look whether the vault is still yours.
pub(super) const WORD: &str = "vault";
/// How often the server is asked for its newest key, in ms.
const ASK_AGAIN: i64 = 30 * Millis::DAY;
/// Between the two parts of an op's copy in localStorage.
const BETWEEN: char = '\n';

/// The keys of this page.
#[derive(Default)]
pub struct Keys {
    open: RefCell<Option<Open>>,
    /// Waits for a PIN.
    waiting: RefCell<Option<(Kept, [u8; 32])>>,
    /// This browser cannot: nothing is closed.
    refused: Cell<bool>,
    /// Sealed copies by op: sealed once, the same text in both storages.
    copies: RefCell<HashMap<OpId, (String, String)>>,
}

/// An opened vault.
struct Open {
    kept: Kept,
    part: [u8; 32],
    data_key: [u8; 32],
    vault: Vault,
    seal: Option<SealKey>,
}

impl Open {
    fn new(kept: Kept, part: [u8; 32], data_key: [u8; 32]) -> Self {
        let seal = serde_json::from_str(&kept.seal).ok();
        Self { part, data_key, vault: Vault::new(data_key), seal, kept }
    }
}

impl Keys {
    /// Texts are closed.
    pub fn are_open(&self) -> bool {
        self.open.borrow().is_some()
    }
    /// A text as it may lie here.
    pub fn close(&self, name: &str, text: &str) -> String {
        self.open.borrow().as_ref().map_or_else(|| text.to_owned(), |o| o.vault.close(name, text, rng::bytes()))
    }
    /// A text that lay here. None: it cannot be opened.
    pub fn read(&self, name: &str, text: String) -> Option<String> {
        if is_closed(&text) { self.open.borrow().as_ref()?.vault.open(name, &text) } else { Some(text) }
    }
    /// An op as it may lie here and be carried by others: sealed, and its key for this phone.
    pub fn pack(&self, id: OpId, raw: &str) -> (String, String) {
        if let Some(copy) = self.copies.borrow().get(&id) {
            return copy.clone();
        }
        let Some(copy) = self.sealed(id, raw) else { return (raw.to_owned(), String::new()) };
        self.copies.borrow_mut().insert(id, copy.clone());
        copy
    }
    fn sealed(&self, id: OpId, raw: &str) -> Option<(String, String)> {
        let open = self.open.borrow();
        let open = open.as_ref()?;
        let op = Op::parse(raw).ok().filter(|op| op.k != SEALED)?;
        let sealed = seal(&op, raw, open.seal.as_ref()?, rng::bytes())?;
        let own = open.vault.close(&own_name(id), &encode(&sealed.key.0), rng::bytes());
        Some((sealed.raw, own))
    }
    /// The op that lay here; as it lay when it cannot be opened: then the server can.
    pub fn unpack(&self, key: &str, raw: String, own: String) -> String {
        if own.is_empty() || !may_be_sealed(&raw) {
            return raw;
        }
        let Ok(id) = key.parse::<OpId>() else { return raw };
        let text = self.open.borrow().as_ref().and_then(|open| {
            let key: [u8; 32] = decode(&open.vault.open(&own_name(id), &own)?)?.try_into().ok()?;
            open_own(&raw, &ContentKey(key)).ok()
        });
        match text {
            Some(text) => {
                self.copies.borrow_mut().insert(id, (raw, own));
                text
            }
            None => raw,
        }
    }
    /// An op's copy for localStorage.
    pub fn pack_local(&self, id: OpId, raw: &str) -> String {
        let (mut text, own) = self.pack(id, raw);
        if !own.is_empty() {
            text.push(BETWEEN);
            text.push_str(&own);
        }
        text
    }
    /// From localStorage.
    pub fn unpack_local(&self, copy: LocalCopy) -> LocalCopy {
        let (raw, own) = match copy.raw.split_once(BETWEEN) {
            Some((raw, own)) if is_closed(own) => (raw.to_owned(), own.to_owned()),
            _ => (copy.raw, String::new()),
        };
        LocalCopy { raw: self.unpack(&copy.key, raw, own), key: copy.key }
    }
    /// From IndexedDB.
    pub fn unpack_stored(&self, op: StoredOp) -> IdbCopy {
        IdbCopy { raw: self.unpack(&op.key, op.raw, op.own), key: op.key, stage: op.stage }
    }
    /// How the keys lie here, with the server's part and, where they are open, the data key.
    pub(super) fn parts(&self) -> Option<(Kept, [u8; 32], Option<[u8; 32]>)> {
        let open = self.open.borrow().as_ref().map(|o| (o.kept.clone(), o.part, Some(o.data_key)));
        open.or_else(|| self.waiting.borrow().as_ref().map(|(kept, part)| (kept.clone(), *part, None)))
    }
    /// The data key was found in another way than by the PIN.
    pub(super) fn open_with(&self, kept: Kept, part: [u8; 32], data_key: [u8; 32]) {
        self.put(Some(Open::new(kept, part, data_key)));
    }
    /// Keeps how the open keys lie here from now on; false when it could not be kept.
    pub(super) async fn keep(&self, core: &Core, kept: Kept) -> bool {
        if !core.db.set_vault(Some(&kept), false).await.unwrap_or(false) {
            return false;
        }
        if let Some(open) = self.open.borrow_mut().as_mut() {
            open.kept = kept;
        }
        true
    }
    fn put(&self, open: Option<Open>) {
        if open.is_some() {
            // Sealed anew: their keys were closed under another one. Without a vault they stay as they are, for the file and the server.
            self.copies.borrow_mut().clear();
        }
        self.waiting.take();
        *self.open.borrow_mut() = open;
    }
}

fn own_name(id: OpId) -> String {
    ["op/", &id.to_string()].concat()
}

/// Looks how the keys lie here, and opens them where no PIN is asked for.
pub(super) async fn load(app: App) {
    let core = app.core();
    let Ok(Some(kept)) = core.db.vault().await else { return };
    let part = match decode(&kept.part) {
        Some(closed) => keys::open(&kept.key, &closed).await.and_then(|part| part.try_into().ok()),
        None => None,
    };
    let (Some(part), Ok(lock)) = (part, serde_json::from_str::<Lock>(&kept.lock)) else {
        // The browser's key is gone. Rows come again, sealed ops go to the server as they are.
        let _ = core.db.set_vault(None, false).await;
        return;
    };
    if lock.has_pin() {
        core.keys.put(None);
        *core.keys.waiting.borrow_mut() = Some((kept, part));
        app.set_pin(true);
    } else if let Some(data_key) = lock.open(None, part) {
        core.keys.put(Some(Open::new(kept, part, data_key)));
        app.set_pin(false);
    }
}

/// A PIN is awaited.
pub(super) fn is_locked(app: App) -> bool {
    app.core().keys.waiting.borrow().is_some()
}

/// Makes the keys of this phone when it has none, and asks for a newer key of the server now and then. Needs the server, once.
///
/// # Errors
/// No network: rows should not come before there are keys.
pub(crate) async fn prepare(app: App) -> Result<(), ApiError> {
    let core = app.core();
    let old = core.keys.open.borrow().as_ref().map(|o| o.kept.asked.clone());
    let asked = old.as_ref().and_then(|text| text.parse::<i64>().ok());
    let due = asked.is_none_or(|asked| (clock::now().0 - asked).abs() > ASK_AGAIN);
    let able = keys::are_there() && app.fault.with_untracked(Option::is_none);
    if !due || core.keys.refused.get() || !able || is_locked(app) {
        return Ok(());
    }
    let told: VaultPart = match api::get("vault").await {
        Ok(told) => told,
        Err(ApiError::Offline) if old.is_none() => return Err(ApiError::Offline),
        Err(ApiError::Status(404, _)) => {
            // A server of before.
            core.keys.refused.set(true);
            return Ok(());
        }
        // Said by the next pull, too, which knows what to do; an older key of the server does as well.
        Err(_) => return Ok(()),
    };
    if old.is_some() {
        renew(app, &told).await;
    } else {
        make(app, &told).await;
    }
    Ok(())
}

async fn renew(app: App, told: &VaultPart) {
    let core = app.core();
    let kept = {
        let mut open = core.keys.open.borrow_mut();
        let Some(open) = open.as_mut() else { return };
        open.kept.seal = serde_json::to_string(&told.seal).unwrap_or_default();
        open.kept.asked = clock::now().0.to_string();
        open.seal = Some(told.seal.clone());
        open.kept.clone()
    };
    // Not kept is asked again.
    let _ = core.db.set_vault(Some(&kept), false).await;
}

async fn make(app: App, told: &VaultPart) {
    let core = app.core();
    let Some(open) = fresh(told).await else {
        core.keys.refused.set(true);
        return;
    };
    match core.db.set_vault(Some(&open.kept), true).await {
        Ok(true) => {}
        // Another tab was faster: its keys are those of the phone.
        Ok(false) => return load(app).await,
        Err(_) => {
            core.keys.refused.set(true);
            return;
        }
    }
    core.keys.put(Some(open));
    core.tell_tabs(WORD);
    let session = app.session.get_untracked();
    if session.is_some() {
        super::start::keep_session(app, session.as_ref()).await;
    }
    // What was written before there were keys is written anew.
    let port = app.port();
    boot::clear_cache(&port).await;
    let ids = outbox::ids(&port, &mut |_| true);
    for record in outbox::records(&port, &ids) {
        if core.memory.has_spare(record.id) {
            // The old copy stays where this one has no room.
            let _ = crate::store::local::put_op(record.id, &core.keys.pack_local(record.id, &record.raw));
        }
    }
    if !ids.is_empty() {
        domain::sync::phone::tap::store(&port, &ids).await;
    }
}

async fn fresh(told: &VaultPart) -> Option<Open> {
    let part: [u8; 32] = decode(&told.part)?.try_into().ok()?;
    let data_key: [u8; 32] = rng::bytes();
    let key = keys::fresh().await?;
    let kept = Kept {
        id: rng::uuid().to_string(),
        part: encode(&keys::close(&key, &part).await?),
        lock: serde_json::to_string(&Lock::new(data_key, None, part, rng::bytes())?).ok()?,
        seal: serde_json::to_string(&told.seal).ok()?,
        asked: clock::now().0.to_string(),
        passkey: String::new(),
        key,
    };
    Some(Open::new(kept, part, data_key))
}

/// What a PIN did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlock {
    /// Open.
    Open,
    /// Wrong; so many tries are left before the cache goes.
    Wrong(u32),
    /// Not tried: wait so many ms.
    Wait(i64),
    /// Too often wrong: the rows are gone, somebody must sign in anew.
    Over,
}

/// How long until a PIN may be tried, in ms.
pub(super) async fn wait(app: App) -> i64 {
    tries(app).await.wait(clock::now())
}

async fn tries(app: App) -> Tries {
    app.core().db.meta(TRIES).await.ok().flatten().map_or_else(Tries::default, |text| Tries::read(&text))
}

/// Tries a PIN. Each try is written down before it is made, and taken back when it was right.
pub(super) async fn unlock(app: App, pin: &str) -> Unlock {
    let core = app.core();
    let before = tries(app).await;
    let wait = before.wait(clock::now());
    if wait > 0 {
        return Unlock::Wait(wait);
    }
    let now = before.and_one(clock::now());
    let _ = core.db.set_meta(TRIES, Some(&now.write())).await;
    let waiting = core.keys.waiting.borrow().clone();
    // A page that is only covered has its keys: the PIN is checked against them.
    let covered = core.keys.open.borrow().as_ref().map(|o| (o.kept.clone(), o.part));
    let Some((kept, part)) = waiting.or(covered) else { return Unlock::Open };
    let data_key = serde_json::from_str::<Lock>(&kept.lock).ok().and_then(|lock| lock.open(Some(pin), part));
    match data_key {
        Some(data_key) => {
            let _ = core.db.set_meta(TRIES, None).await;
            if core.keys.waiting.borrow().is_some() {
                core.keys.put(Some(Open::new(kept, part, data_key)));
            }
            Unlock::Open
        }
        None if now.is_over() => Unlock::Over,
        None => Unlock::Wrong(domain::pin::MOST_WRONG - now.wrong),
    }
}

/// Gives the phone a PIN, another one, or none. `old`: the present one, where there is one. False: that is not the present one, or it could not
/// be kept; then nothing has changed.
pub(super) async fn set_pin(app: App, old: Option<&str>, new: Option<&str>) -> bool {
    let core = app.core();
    let Some((mut kept, part, data_key)) =
        core.keys.open.borrow().as_ref().map(|o| (o.kept.clone(), o.part, o.data_key))
    else {
        return false;
    };
    let Ok(lock) = serde_json::from_str::<Lock>(&kept.lock) else { return false };
    if lock.has_pin() && lock.open(old, part) != Some(data_key) {
        return false;
    }
    let pin = new.map(|pin| (pin, Stretch::USUAL));
    let Some(lock) = Lock::new(data_key, pin, part, rng::bytes()) else { return false };
    let Ok(text) = serde_json::to_string(&lock) else { return false };
    kept.lock = text;
    if new.is_none() {
        // Beside a PIN only: without one the phone opens by itself.
        kept.passkey = String::new();
    }
    if !core.keys.keep(&core, kept).await {
        return false;
    }
    app.set_pin(new.is_some());
    true
}

/// There are keys on this phone, so that it can have a PIN.
pub(super) fn can_have_pin(app: App) -> bool {
    app.core().keys.are_open()
}

/// Forgets the keys. What was closed under them cannot be read any more; sealed ops stay and go to the server.
pub(crate) async fn forget(app: App) {
    let core = app.core();
    core.keys.put(None);
    let _ = core.db.set_vault(None, false).await;
    let _ = core.db.set_meta(TRIES, None).await;
    app.set_pin(false);
    core.tell_tabs(WORD);
}

/// Another tab says that the keys have changed: are they still those of this page?
pub(super) async fn heard(app: App) -> bool {
    let core = app.core();
    let mine = core.keys.open.borrow().as_ref().map(|o| o.kept.id.clone());
    let kept = core.db.vault().await.ok().flatten();
    match (mine, kept) {
        (Some(mine), Some(kept)) if mine == kept.id => {
            app.set_pin(serde_json::from_str::<Lock>(&kept.lock).is_ok_and(|l| l.has_pin()));
            if let Some(open) = core.keys.open.borrow_mut().as_mut() {
                open.kept = kept;
            }
            true
        }
        (None, Some(_)) => {
            load(app).await;
            !is_locked(app)
        }
        (None, None) => true,
        _ => false,
    }
}
