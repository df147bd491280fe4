//! First load, other tabs, sign-in and sign-out. The first load reads the phone's storage and nothing else: no network.

use super::{App, lock, shut, vault};
use crate::api::{self, ApiError};
use crate::platform::{device, tabs::Tabs};
use crate::store::local::{self, SESSION};
use domain::sync::phone::boot;
use domain::wire::{Session, SignIn};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A sign-out that the server has not heard of yet.
const SIGNED_OUT: &str = "signed-out";
/// The names of account and phone, closed; the session itself lies here without them.
const WHO: &str = "who";

impl App {
    /// Takes a session that the server gave. Another account starts with an empty cache; ops of the old one stay on the phone.
    pub(crate) async fn adopt(self, session: Session) {
        self.set_link(|l| l.sign_in_again = false);
        shut::open(self).await;
        if self.session.with_untracked(|s| s.as_ref() == Some(&session)) {
            return;
        }
        let other = self.session.with_untracked(|s| s.as_ref().is_none_or(|s| s.me.id != session.me.id));
        if other {
            boot::clear_cache(&self.port()).await;
        }
        keep_session(self, Some(&session)).await;
        self.set_session(Some(session));
        self.core().tell_tabs(SESSION);
        self.rebuild();
    }
}

/// Loads what the phone has, then begins to sync. Once per page.
pub(super) fn start(app: App) {
    if app.core().started.replace(true) {
        return;
    }
    *app.core().tabs.borrow_mut() = Tabs::join("slh", move |text| spawn_local(heard(app, text)));
    spawn_local(async move {
        load(app).await;
        app.core().loaded.finish();
        // Not told twice: a page that stands already keeps what was typed into it.
        if !app.ready.get_untracked() {
            app.ready.set(true);
        }
        crate::sync::start(app);
        if app.session.with_untracked(Option::is_some) {
            device::keep_storage().await;
        }
    });
}

async fn load(app: App) {
    let port = app.port();
    vault::load(app).await;
    lock::watch(app);
    if vault::is_locked(app) {
        load_session(app).await;
        lock::wait(app).await;
    }
    let repair = boot::load_ops(&port).await;
    load_session(app).await;
    ask_without_storage(app).await;
    shut::load(app).await;
    if let Err(fault) = boot::load_cache(&port).await {
        app.set_fault(Some(fault.into()));
    }
    app.rebuild();
    // What one side lacks is put right behind the first picture.
    spawn_local(async move { boot::repair(&app.port(), repair).await });
}

async fn load_session(app: App) {
    let stored = app.core().db.meta(SESSION).await.ok().flatten().or_else(|| local::hint(SESSION));
    let mut session: Option<Session> = stored.and_then(|t| serde_json::from_str(&t).ok());
    if let Some(session) = session.as_mut().filter(|s| s.me.name.is_empty()) {
        let core = app.core();
        let who = core.db.meta(WHO).await.ok().flatten().and_then(|text| core.keys.read(WHO, text));
        if let Some((name, device)) = who.and_then(|text| serde_json::from_str(&text).ok()) {
            (session.me.name, session.device_name) = (name, device);
        }
    }
    app.set_session(session);
}

/// Where the browser gives no storage, only the cookie knows who is signed in: without this, a reload would cost a new code.
async fn ask_without_storage(app: App) {
    let forgot = app.session.with_untracked(Option::is_none) && app.fault.with_untracked(Option::is_some);
    if forgot
        && local::hint(SIGNED_OUT).is_none()
        && let Ok(session) = api::get::<Session>("session").await
    {
        app.set_session(Some(session));
    }
}

pub(super) async fn keep_session(app: App, session: Option<&Session>) {
    let core = app.core();
    let who = session.and_then(|s| serde_json::to_string(&(&s.me.name, &s.device_name)).ok());
    let mut bare = session.cloned();
    if let Some(bare) = bare.as_mut().filter(|_| core.keys.are_open()) {
        bare.me.name.clear();
        bare.device_name.clear();
        // Not kept is asked again.
        let _ = core.db.set_meta(WHO, who.map(|text| core.keys.close(WHO, &text)).as_deref()).await;
    } else {
        let _ = core.db.set_meta(WHO, None).await;
    }
    let text = bare.and_then(|s| serde_json::to_string(&s).ok());
    match &text {
        Some(text) => local::set_hint(SESSION, text),
        None => local::remove(SESSION),
    }
    if let Err(fault) = app.core().db.set_meta(SESSION, text.as_deref()).await {
        app.set_fault(Some(fault.into()));
    }
}

/// A word from another tab. It says only what to look at; what is true stands in IndexedDB.
async fn heard(app: App, text: String) {
    let port = app.port();
    if text == vault::WORD {
        if !vault::heard(app).await {
            // The keys of this page are those of the phone no more: begin anew.
            crate::platform::document::reload();
        }
    } else if !boot::heard(&port, &text).await && text == SESSION {
        load_session(app).await;
        if boot::load_cache(&port).await.is_ok() {
            app.rebuild();
        }
        crate::sync::now(app);
    }
}

pub(super) async fn sign_in(app: App, code: String, device_name: String) -> Result<Session, ApiError> {
    let code = code.trim().to_owned();
    let device_name = device_name.trim().chars().take(60).collect();
    let session: Session = api::post("session", &SignIn { code, device_name }).await?;
    enter(app, session.clone()).await;
    Ok(session)
}

/// Takes up a session that the server gave just now.
pub(super) async fn enter(app: App, session: Session) {
    // The engine may have come late. What is read from the storage must not come over what the server says now.
    start(app);
    app.core().loaded.wait().await;
    local::remove(SIGNED_OUT);
    // Before names and rows come. Without network right now the next round does it.
    let _ = vault::prepare(app).await;
    app.adopt(session).await;
    crate::sync::now(app);
    spawn_local(async {
        device::keep_storage().await;
    });
}

pub(super) async fn sign_out(app: App) {
    // Kept until the server has heard of it, so that a reload without network does not sign in again.
    local::set_hint(SIGNED_OUT, "1");
    crate::sync::stop(app);
    keep_session(app, None).await;
    boot::clear_cache(&app.port()).await;
    if app.has_pin().get_untracked() {
        // Whoever signs in next does not know it.
        vault::forget(app).await;
    }
    shut::open(app).await;
    app.set_session(None);
    app.set_link(|l| l.sign_in_again = false);
    app.rebuild();
    app.core().tell_tabs(SESSION);
    tell_sign_out().await;
}

/// Tells the server of a sign-out that it has not heard of yet.
pub(crate) async fn tell_sign_out() {
    if local::hint(SIGNED_OUT).is_none() {
        return;
    }
    let told = api::delete("session").await;
    if told.is_ok() || told.is_err_and(|e| e.is_signed_out()) {
        local::remove(SIGNED_OUT);
    }
}
