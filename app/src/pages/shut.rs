//! The one page of a phone that shows nothing: what happened, who can help, what was done here and where it is.

use super::unsent::carry;
use crate::components::{Banner, Button, Card, Counter, Icon, Kind, ToastZone, Tone};
use crate::platform::document;
use crate::state::{App, Shut, use_app};
use crate::text::vi as t;
use crate::text::vi::common::phones as c;
use domain::decide::Why;
use domain::sync::Stage;
use leptos::html::H1;
use leptos::prelude::*;

/// The page.
#[component]
pub fn ShutPage() -> AnyView {
    let app = use_app();
    (move || match app.shut().get() {
        Some(Shut::Revoked) => revoked(app),
        Some(Shut::Locked) => locked(app),
        None => ().into_any(),
    })
    .into_any()
}

/// A page without the app's places: from here there is nowhere to go. Its heading gets the focus.
fn plain(title: &'static str, inside: AnyView) -> AnyView {
    document::set_title(&[title, " · ", t::APP].concat());
    let heading = NodeRef::<H1>::new();
    Effect::new(move |_| {
        if let Some(h1) = heading.get() {
            // A heading that has gone again needs no focus.
            let _ = h1.focus();
        }
    });
    view! {
        <div class="frame">
            <header class="bar">
                <span class="bar-mark">{Icon::Lock.view()}</span>
                <h1 tabindex="-1" node_ref=heading>{title}</h1>
            </header>
            <main class="page" id="main">{inside}</main>
            <ToastZone />
        </div>
    }
    .into_any()
}

/// How many ops of this phone wait for a person at the server, and how many are still here.
fn figures(app: App, delivered: bool) -> AnyView {
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let sent = Signal::derive(move || {
        app.outbox().with(|o| {
            let held = |stage: &Stage| stage.outcome().is_some_and(|outcome| outcome.why == Some(Why::Revoked));
            small(o.iter().filter(|e| held(&e.stage)).count())
        })
    });
    let waiting = Signal::derive(move || small(app.counts().with(|n| n.waiting)));
    view! {
        <div class="counters pairs">
            {delivered.then(|| view! { <Counter label=c::DELIVERED value=sent tone=Tone::Good testid="shut-delivered" /> })}
            <Counter label=c::WAITING value=waiting tone=Tone::Warn testid="shut-waiting" />
        </div>
    }
    .into_any()
}

fn revoked(app: App) -> AnyView {
    plain(
        c::REVOKED,
        view! {
            <Card accent=true testid="revoked">
                <p>{c::REVOKED_TEXT}</p>
                <p class="strong">{c::REVOKED_KEPT}</p>
            </Card>
            {figures(app, true)}
            <Card>
                <p>{c::REVOKED_HELP}</p>
                <Button kind=Kind::Big icon=Icon::Key href="/vao" testid="shut-sign-in">{c::SIGN_IN}</Button>
            </Card>
            {carry::out(app)}
        }
        .into_any(),
    )
}

fn locked(app: App) -> AnyView {
    let days = app.session().with_untracked(|s| s.as_ref().map_or(domain::lease::usual(), |s| s.lease_days));
    let link = app.link();
    let busy = Memo::new(move |_| link.with(|l| l.busy));
    let no_link = Memo::new(move |_| link.with(|l| l.failing_since.is_some()));
    let sign_in = Memo::new(move |_| link.with(|l| l.sign_in_again));
    plain(
        c::LOCKED,
        view! {
            <Card accent=true testid="locked">
                <p>{c::locked_text(days)}</p>
                <p class="strong">{c::LOCKED_OPENS}</p>
                <p class="muted">{c::LOCKED_CLOCK}</p>
            </Card>
            {figures(app, false)}
            <div role="status">
                {move || {
                    if sign_in.get() {
                        view! { <Banner tone=Tone::Warn icon=Icon::Key><p>{c::LOCKED_OLD}</p></Banner> }.into_any()
                    } else if no_link.get() {
                        view! { <Banner tone=Tone::Warn icon=Icon::CloudOff><p>{c::NO_LINK}</p></Banner> }.into_any()
                    } else {
                        ().into_any()
                    }
                }}
            </div>
            {move || {
                if sign_in.get() {
                    view! { <Button kind=Kind::Big icon=Icon::Key href="/vao" testid="shut-sign-in">{c::SIGN_IN}</Button> }.into_any()
                } else {
                    view! {
                        <Button
                            kind=Kind::Big
                            icon=Icon::Turn
                            disabled=busy
                            testid="shut-try"
                            on_press=Callback::new(move |()| app.sync_now())
                        >
                            {move || if busy.get() { c::TRYING } else { c::TRY }}
                        </Button>
                    }
                        .into_any()
                }
            }}
        }
        .into_any(),
    )
}
