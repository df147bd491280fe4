//! What the screens read, and the one way in which a person changes something: [`App::perform`]. Screens know nothing of storage,
//! pushes and pulls.
//!
//! | part | what |
//! |---|---|
//! | this file | the interface |
//! | [`kinds`] | small types of it |
//! | [`prefs`] | text size, sound, vibration |
//! | `core` | what stands behind the signals |
//! | `engine` | the split point: what follows comes in a part of the module of its own |
//! | `perform` | taps, given to the event loop |
//! | `port` | the browser as the sync core sees it |
//! | `lock` | a phone with a PIN: waits for it, covers itself, sends what waits meanwhile |
//! | `by_passkey` | opening it with a passkey |
//! | `vault` | what lies here lies closed: keys, PIN
//! | `start` | first load, other tabs, sign-in and sign-out |
//! | `shut` | a phone that shows nothing: signed out from elsewhere, or away for too long |

mod by_passkey;
mod core;
mod engine;
mod kinds;
mod lock;
mod perform;
mod port;
pub mod prefs;
pub(crate) mod shut;
mod start;
pub(crate) mod vault;

pub(crate) use self::core::Core;
pub use self::kinds::{Counts, Link, Skew, StorageFault};
pub use self::lock::{Locked, Sealed};
pub use self::prefs::{Prefs, TextSize};
pub use self::shut::Shut;
pub(crate) use self::start::tell_sign_out;
pub use self::vault::Unlock;
pub use domain::sync::{Damaged, Entry, Sending};

use crate::api::ApiError;
use crate::platform::document::failed;
use crate::platform::{clock, rng};
use crate::store::local;
use domain::book::Book;
use domain::decide::Why;
use domain::id::{MeetingId, OpId, UnitId};
use domain::op::Body;
use domain::time::Millis;
use domain::wire::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use uuid::Uuid;

/// The hint that this phone was found to be a copy of another, or another of it, until a person has read it.
const CLONED: &str = "cloned";

/// The app's state: a small handle that can be copied into every closure.
#[derive(Clone, Copy)]
pub struct App {
    session: RwSignal<Option<Session>>,
    view: RwSignal<Book>,
    ready: RwSignal<bool>,
    outbox: RwSignal<Vec<Entry>>,
    damaged: RwSignal<Vec<Damaged>>,
    link: RwSignal<Link>,
    fault: RwSignal<Option<StorageFault>>,
    shut: RwSignal<Option<Shut>>,
    pin: RwSignal<bool>,
    locked: RwSignal<Option<Locked>>,
    counts: Memo<Counts>,
    prefs: Prefs,
    core: StoredValue<Rc<Core>, LocalStorage>,
}

/// The app's state, from the context that [`crate::router::mount`] gives.
#[must_use]
pub fn use_app() -> App {
    expect_context()
}

impl App {
    /// An app that knows nothing yet. Call [`App::start`] next.
    pub(crate) fn new() -> Self {
        let outbox = RwSignal::new(Vec::new());
        let damaged = RwSignal::new(Vec::new());
        Self {
            session: RwSignal::new(None),
            view: RwSignal::new(Book::default()),
            ready: RwSignal::new(false),
            outbox,
            damaged,
            link: RwSignal::new(Link { cloned: local::hint(CLONED).is_some(), ..Link::default() }),
            fault: RwSignal::new(None),
            shut: RwSignal::new(None),
            pin: RwSignal::new(false),
            locked: RwSignal::new(None),
            counts: Memo::new(move |_| outbox.with(|o| damaged.with(|d: &Vec<Damaged>| Counts::of(o, d.len())))),
            prefs: Prefs::load(),
            core: StoredValue::new_local(Rc::new(Core::default())),
        }
    }

    /// Loads what the phone has, then begins to sync. Where nobody has signed in, the first screen does not wait for that.
    pub(crate) fn start(self) {
        self.prefs.keep();
        if local::nobody_signed_in() {
            self.ready.set(true);
        }
        spawn_local(async move {
            match engine::engine().await {
                Ok(engine) => (engine.start)(self),
                // Whoever signs in asks for it again; others have nothing to look at.
                Err(_) if self.ready.get_untracked() => {}
                Err(error) => failed(&error.to_string()),
            }
        });
    }

    /// Who is signed in. Stays while offline, and also when the server asks to sign in again ([`Link::sign_in_again`]).
    pub fn session(&self) -> Signal<Option<Session>> {
        self.session.into()
    }
    /// What the screens show: the server's rows, and on top of them what waits here. Read with `.with(|book| …)` inside a `Memo`.
    pub fn view(&self) -> RwSignal<Book> {
        self.view
    }
    /// The first load from the phone's storage is done. Never waits for the network.
    pub fn ready(&self) -> Signal<bool> {
        self.ready.into()
    }
    /// Every op that this phone keeps, newest last: also those long in the book, and those of another account of this phone. See
    /// [`Entry::is_put_away`].
    pub fn outbox(&self) -> Signal<Vec<Entry>> {
        self.outbox.into()
    }
    /// Stored ops that cannot be read. Shown under *Cần xem lại*, never dropped.
    pub fn damaged(&self) -> Signal<Vec<Damaged>> {
        self.damaged.into()
    }
    /// Does what a person asked for. Call it in the tap handler: it decides, writes to localStorage and shows the effect before it
    /// returns; the durable commit, *Đã lưu trên máy này* and the push follow by themselves ([`App::sending`]).
    ///
    /// `deps`: ops that must be applied first; those that still wait on this phone and make the meeting, person or notice of `body` are
    /// added by themselves.
    ///
    /// # Errors
    /// Why it may not count by what this phone knows. Then nothing was written.
    pub fn perform(&self, unit: UnitId, body: Body, deps: Vec<OpId>) -> Result<OpId, Why> {
        perform::perform(*self, unit, body, deps)
    }
    /// What the screen says about an op of this phone; none for an op of somebody else. Reactive.
    pub fn sending(&self, op: OpId) -> Option<Sending> {
        self.core().sending(op)
    }
    /// How many ops were made, are in the book, wait, and need a look.
    pub fn counts(&self) -> Memo<Counts> {
        self.counts
    }
    /// How the connection to the server stands.
    pub fn link(&self) -> Signal<Link> {
        self.link.into()
    }
    /// The phone's clock.
    pub fn now(&self) -> Millis {
        clock::now()
    }
    /// A fresh id.
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        rng::uuid().into()
    }
    /// Pushes and pulls now, as on a pull-to-refresh.
    pub fn sync_now(&self) {
        crate::sync::now(*self);
    }
    /// Signs in with a one-time code. `device_name`: how the person calls this phone.
    ///
    /// # Errors
    /// As the server says (`bad_code`, `code_used`, `code_expired`), or no network.
    pub async fn sign_in(self, code: String, device_name: String) -> Result<Session, ApiError> {
        let engine = engine::engine().await.map_err(|_| ApiError::Offline)?;
        (engine.sign_in)(self, code, device_name).await
    }
    /// Takes up a session that the server gave in another way than by [`App::sign_in`].
    ///
    /// # Errors
    /// A part of the app did not come: no network.
    pub async fn enter(self, session: Session) -> Result<(), ApiError> {
        let engine = engine::engine().await.map_err(|_| ApiError::Offline)?;
        (engine.enter)(self, session).await;
        Ok(())
    }
    /// True when this browser and this server have passkeys for this page. The engine asks: the first screen is light.
    pub async fn passkeys_offered(self) -> bool {
        match engine::engine().await {
            Ok(engine) => (engine.passkeys_offered)().await,
            Err(_) => false,
        }
    }
    /// Signs out and forgets what was cached of other people's data. Ops that wait stay on the phone and are sent when the same
    /// account signs in again: warn when [`App::counts`] says that some wait.
    pub async fn sign_out(self) {
        start::sign_out(self).await;
    }
    /// What is wrong with the phone's storage, if something is.
    pub fn storage_fault(&self) -> Signal<Option<StorageFault>> {
        self.fault.into()
    }
    /// This phone shows nothing but why; none as a rule.
    pub fn shut(&self) -> Signal<Option<Shut>> {
        self.shut.into()
    }
    /// This phone has a PIN.
    pub fn has_pin(&self) -> Signal<bool> {
        self.pin.into()
    }
    /// A PIN is awaited; none as a rule.
    pub fn locked(&self) -> Signal<Option<Locked>> {
        self.locked.into()
    }
    /// Puts an op away that needs a look or could not be saved: a person has seen it. Its bytes stay for a restore.
    pub fn forget(&self, op: OpId) {
        perform::forget(*self, op);
    }
    /// Sends an op that needs a look again, or saves one again that could not be saved.
    pub fn resend(&self, op: OpId) {
        perform::resend(*self, op);
    }
    /// Everything on this phone that the server has not answered, as a file. Comes from memory. None: nothing waits.
    pub fn unsent_file(&self) -> Option<String> {
        let damaged = self.damaged.get_untracked();
        domain::sync::bundle::pack(&self.port(), &damaged, perform::BUILD)
    }
    /// The body that closes a meeting, with what this phone has seen of it.
    pub fn closing(&self, meeting: MeetingId) -> Body {
        let (dev, name) = self
            .session
            .with_untracked(|s| s.as_ref().map_or_else(Default::default, |s| (Some(s.dev), s.device_name.clone())));
        let Some(dev) = dev else { return Body::MeetingClosed { meeting } };
        let seen = self
            .view
            .with_untracked(|view| self.outbox.with_untracked(|o| domain::closing::seen(view, o, meeting, dev, &name)));
        Body::MeetingClosedSeen { meeting, seen }
    }
    /// This phone shares its count with another; a person should know.
    pub(crate) fn cloned(self) {
        local::set_hint(CLONED, "1");
        self.set_link(|l| l.cloned = true);
    }
    /// A person has read that.
    pub fn cloned_read(&self) {
        local::remove(CLONED);
        self.set_link(|l| l.cloned = false);
    }
    /// What the person likes.
    pub fn prefs(&self) -> Prefs {
        self.prefs
    }

    pub(crate) fn core(&self) -> Rc<Core> {
        self.core.get_value()
    }
    pub(crate) fn set_session(&self, session: Option<Session>) {
        self.session.set(session);
    }
    pub(crate) fn set_pin(&self, has: bool) {
        if self.pin.get_untracked() != has {
            self.pin.set(has);
        }
    }
    pub(crate) fn set_link(&self, change: impl FnOnce(&mut Link)) {
        let mut link = self.link.get_untracked();
        change(&mut link);
        if link != self.link.get_untracked() {
            self.link.set(link);
        }
    }
    pub(crate) fn set_fault(&self, fault: Option<StorageFault>) {
        if self.fault.get_untracked() != fault {
            self.fault.set(fault);
        }
    }
    /// A text kept with its time, e.g. a report.
    pub(crate) async fn kept(&self, key: &str) -> Option<(Millis, String)> {
        let core = self.core();
        let text = core.keys.read(key, core.db.meta(key).await.ok()??)?;
        let (at, text) = text.split_once('\n')?;
        Some((Millis(at.parse().ok()?), text.to_owned()))
    }
    /// Keeps a text with its time. A cache that cannot be kept is no fault.
    pub(crate) async fn keep(&self, key: &str, text: String) {
        let core = self.core();
        let text = core.keys.close(key, &format!("{}\n{text}", clock::now().0));
        let _ = core.db.set_meta(key, Some(&text)).await;
    }
}
