//! When to push and pull: at the start, on `online`, when the app comes to the front, after each op, when the server says that
//! something changed, and on a timer that slows down after failures. What a round does is `domain::sync::phone`.
//!
//! A request that fails is the only proof of being offline. Nothing here waits for the network before something is shown.

pub mod carry;

use crate::api;
use crate::platform::clock::{self, Timer};
use crate::platform::events::{Listener, is_visible};
use crate::platform::live::Line;
use crate::platform::{device, rng, tabs};
use crate::state::{App, Shut, Skew, shut, vault};
use domain::meeting::MeetingStatus;
use domain::sync::phone::{self, Failure};
use domain::sync::{Backoff, NoAnswer};
use domain::wire::{REVOKED, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};

/// Between two looks while all is well and the server tells changes by itself, in ms.
const QUIET: i32 = 60_000;
/// Between two looks while a meeting is open and the server does not tell, in ms: in front, behind.
const MEETING: (i32, i32) = (5_000, 10_000);
/// Between two looks of an app that nobody sees, in ms.
const HIDDEN: i32 = 300_000;
/// Changes that come together are looked at together, in ms: while the server answers, and while it does not.
const TOGETHER: (i32, i32) = (120, 1_500);
/// How long a line that the browser gave up is left alone, in ms.
const LINE_AGAIN: i64 = 10_000;
/// How often another tab may have the turn before this one goes anyway.
const TURNS: u8 = 3;

/// The state of syncing of this tab.
#[derive(Default)]
pub struct Engine {
    running: Cell<bool>,
    backoff: Cell<Backoff>,
    timer: RefCell<Option<Timer>>,
    gather: RefCell<Option<Timer>>,
    line: RefCell<Option<Line>>,
    line_tried: Cell<i64>,
    session_asked: Cell<bool>,
    turns: Cell<u8>,
}

/// Begins to sync, and listens for reasons to.
pub fn start(app: App) {
    if let Some(l) = Listener::window("online", move || now(app)) {
        l.forever();
    }
    let seen = move || {
        tend_line(app);
        if is_visible() {
            now(app);
        } else {
            send_later(app);
        }
    };
    for name in ["visibilitychange", "resume"] {
        if let Some(l) = Listener::document(name, seen) {
            l.forever();
        }
    }
    if let Some(l) = Listener::window("pageshow", move || now(app)) {
        l.forever();
    }
    spawn_local(crate::state::tell_sign_out());
    now(app);
}

/// Pushes and pulls now.
pub fn now(app: App) {
    let core = app.core();
    core.memory.stopped.set(false);
    core.memory.want_pull.set(true);
    go(app);
}

/// Pushes in a moment: called after each op, so that taps in a row go together.
pub fn soon(app: App) {
    let core = app.core();
    if core.sync.gather.borrow().is_some() {
        return;
    }
    // In a hall without network a request per tap would only make the taps slower.
    let wait = if core.sync.backoff.get().failures() > 0 { TOGETHER.1 } else { TOGETHER.0 };
    let timer = Timer::after(wait, move || {
        let core = app.core();
        let done = core.sync.gather.borrow_mut().take();
        go(app);
        // Dropped last: it is the timer that runs this.
        drop(done);
    });
    *core.sync.gather.borrow_mut() = Some(timer);
}

/// Something changed at the server.
fn changed(app: App) {
    app.core().memory.want_pull.set(true);
    soon(app);
}

/// Ends at sign-out: no timer, no line. What is under way ends by itself.
pub fn stop(app: App) {
    let core = app.core();
    core.memory.stopped.set(true);
    core.sync.session_asked.set(false);
    core.sync.line.borrow_mut().take();
    core.sync.timer.borrow_mut().take();
    app.set_link(|l| l.live = false);
}

fn go(app: App) {
    let core = app.core();
    if core.sync.running.replace(true) {
        core.memory.again.set(true);
        return;
    }
    core.sync.timer.borrow_mut().take();
    spawn_local(async move {
        let core = app.core();
        let wait = loop {
            core.memory.again.set(false);
            let turn = if core.sync.turns.get() >= TURNS {
                Some(round(app).await)
            } else {
                tabs::alone("slh-sync", round(app)).await
            };
            let wait = match turn {
                None => {
                    // Another tab is at it.
                    core.sync.turns.set(core.sync.turns.get() + 1);
                    1_500
                }
                Some(result) => {
                    core.sync.turns.set(0);
                    after(app, result)
                }
            };
            if !core.memory.again.get() || core.sync.backoff.get().failures() > 0 {
                break wait;
            }
        };
        core.sync.running.set(false);
        if !core.memory.stopped.get() {
            *core.sync.timer.borrow_mut() = Some(Timer::after(wait, move || now(app)));
        }
    });
}

/// Notes how a round went; the wait until the next.
fn after(app: App, result: Result<(), Failure>) -> i32 {
    let core = app.core();
    let mut backoff = core.sync.backoff.get();
    let wait = match result {
        Ok(()) => {
            backoff.reset();
            if !core.memory.stopped.get() {
                shut::reached(app);
            }
            app.set_link(|l| {
                l.failing_since = None;
                l.busy = false;
            });
            pause(app)
        }
        Err(failure) => {
            let signed_out = failure == Failure::NoAnswer(NoAnswer::SignedOut);
            let revoked = failure == Failure::NoAnswer(NoAnswer::Revoked);
            if revoked && app.shut().get_untracked() != Some(Shut::Revoked) {
                shut::revoked(app);
                spawn_local(vault::forget(app));
            }
            let skew = match failure {
                Failure::NoAnswer(NoAnswer::OtherProto { newer: true }) => Some(Skew::AppOld),
                Failure::NoAnswer(NoAnswer::OtherProto { newer: false }) => Some(Skew::ServerOld),
                _ => None,
            };
            app.set_link(|l| {
                l.busy = false;
                l.sign_in_again |= signed_out;
                l.skew = skew.or(l.skew);
                if revoked {
                    l.failing_since = None;
                } else if !signed_out && skew.is_none() {
                    l.failing_since = l.failing_since.or(Some(clock::now()));
                }
            });
            send_later(app);
            backoff.fail(rng::unit(), meeting_open(app))
        }
    };
    core.sync.backoff.set(backoff);
    tend_line(app);
    wait
}

/// What waits here goes out even if nobody opens the app again.
fn send_later(app: App) {
    if app.counts().with_untracked(|counts| counts.waiting > 0) {
        device::send_later();
    }
}

fn pause(app: App) -> i32 {
    let core = app.core();
    let visible = is_visible();
    let told = core.sync.line.borrow().as_ref().is_some_and(Line::is_up);
    match (meeting_open(app) && !told, visible) {
        (true, true) => MEETING.0,
        (true, false) => MEETING.1,
        (false, true) => QUIET,
        (false, false) => HIDDEN,
    }
}

fn meeting_open(app: App) -> bool {
    app.view().with_untracked(|b| b.meetings.values().any(|m| m.status == MeetingStatus::Open))
}

async fn round(app: App) -> Result<(), Failure> {
    let core = app.core();
    let port = app.port();
    if app.session().with_untracked(Option::is_some) && !core.memory.stopped.get() {
        app.set_link(|l| l.busy = true);
    }
    let told = core.sync.line.borrow().as_ref().is_some_and(Line::is_up);
    if app.session().with_untracked(Option::is_some) && !core.memory.stopped.get() && vault::prepare(app).await.is_err()
    {
        // Rows come when there are keys for them; what waits goes out.
        core.memory.want_pull.set(false);
        phone::round(&port, false).await?;
        core.memory.want_pull.set(true);
        return Err(Failure::NoNetwork);
    }
    phone::round(&port, !told).await?;
    if app.session().with_untracked(Option::is_none) || core.memory.stopped.get() {
        return Ok(());
    }
    // A cursor that begins anew may mean other roles.
    let roles = core.memory.was_reset.replace(false);
    if roles || !core.sync.session_asked.replace(true) {
        core.sync.session_asked.set(true);
        ask_session(app).await;
    }
    Ok(())
}

/// Roles may have changed since the last sign-in.
async fn ask_session(app: App) {
    let core = app.core();
    match api::get::<Session>("session").await {
        Ok(session) if !core.memory.stopped.get() => app.adopt(session).await,
        Ok(_) => {}
        // Said by the next pull, too, which knows what to do.
        Err(e) if e.code() == Some(REVOKED) => now(app),
        Err(e) if e.is_signed_out() => app.set_link(|l| l.sign_in_again = true),
        Err(_) => core.sync.session_asked.set(false),
    }
}

/// Keeps the line on which the server tells changes: open while somebody is signed in and the app is in front.
fn tend_line(app: App) {
    let core = app.core();
    let wanted = is_visible()
        && !core.memory.stopped.get()
        && app.session().with_untracked(Option::is_some)
        && app.shut().get_untracked() != Some(Shut::Revoked)
        && !app.link().with_untracked(|l| l.sign_in_again || l.failing_since.is_some());
    let mut line = core.sync.line.borrow_mut();
    if !wanted || line.as_ref().is_some_and(Line::is_dead) {
        if line.take().is_some() {
            app.set_link(|l| l.live = false);
        }
        if !wanted {
            return;
        }
    }
    if line.is_some() || clock::monotonic() - core.sync.line_tried.get() < LINE_AGAIN && core.sync.line_tried.get() > 0
    {
        return;
    }
    core.sync.line_tried.set(clock::monotonic());
    *line = Line::open(
        &api::path("live"),
        move || changed(app),
        move |up| {
            app.set_link(|l| l.live = up);
            // What changed while nobody was told; and, when it went down, the timer of polling.
            changed(app);
        },
    );
}
