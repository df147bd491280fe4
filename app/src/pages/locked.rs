//! The page of a phone that waits for its PIN. It says how what waits here stands, and nothing else of what lies here.

use crate::components::{Button, Card, Confirm, Field, Icon, Kind, ToastZone, toast};
use crate::platform::clock::sleep;
use crate::platform::{document, passkeys};
use crate::state::{Locked, Sealed, Unlock, use_app};
use crate::text::vi as t;
use crate::text::vi::common::passkeys as k;
use crate::text::vi::common::pin as c;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Between two tries to send what waits, in ms.
const AGAIN: i32 = 15_000;

/// The page.
#[component]
pub fn LockedPage() -> AnyView {
    let app = use_app();
    document::set_title(&[c::LOCKED, " · ", t::APP].concat());
    let pin = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let ask = RwSignal::new(false);
    let sealed = RwSignal::new(Sealed::default());
    // What waits goes out while the phone is locked, for as long as this page stands.
    spawn_local(async move {
        loop {
            let seen = app.deliver_sealed().await;
            if sealed.try_set(seen).is_some() || seen.waiting == seen.delivered {
                return;
            }
            sleep(AGAIN).await;
            if app.locked().get_untracked() != Some(Locked::Start) {
                return;
            }
        }
    });
    spawn_local(async move {
        let wait = app.pin_wait().await;
        if wait > 0 {
            error.try_set(Some(c::wait(wait)));
        }
    });
    Effect::new(move |_| {
        document::focus("form.pin input");
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = pin.get_untracked().trim().to_owned();
        if typed.is_empty() {
            error.set(Some(c::EMPTY.to_owned()));
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            // The word on the button is painted first: what follows keeps this thread for a moment.
            sleep(30).await;
            let done = app.unlock(&typed).await;
            let text = match done {
                Unlock::Open => return,
                Unlock::Over => {
                    toast(c::OVER);
                    return;
                }
                Unlock::Wrong(left) => c::wrong(left),
                Unlock::Wait(ms) => c::wait(ms),
            };
            busy.try_set(false);
            pin.try_set(String::new());
            error.try_set(Some(text));
            document::focus("form.pin input");
        });
    };
    let by_passkey = passkeys::are_there() && app.passkey_lock().is_some();
    let unlock = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            if let Err(fault) = app.unlock_by_passkey().await {
                busy.try_set(false);
                error.try_set(Some(k::fault(fault).to_owned()));
            }
        });
    });
    let forgot = Callback::new(move |()| spawn_local(app.forgot_pin()));
    view! {
        <div class="frame">
            <header class="bar">
                <span class="bar-mark">{Icon::Lock.view()}</span>
                <h1 tabindex="-1">{t::APP}</h1>
            </header>
            <main class="page" id="main">
                <form class="stack pin" novalidate on:submit=submit data-testid="pin-form">
                    <Card accent=true title=c::LOCKED>
                        <p>{c::LOCKED_TEXT}</p>
                        <Field label=c::PIN value=pin kind="password" mode="numeric" max=12 error=error testid="pin" />
                        <Button kind=Kind::Big submit=true icon=Icon::Key disabled=busy testid="pin-open">
                            {move || if busy.get() { c::OPENING } else { c::OPEN }}
                        </Button>
                    </Card>
                </form>
                {by_passkey.then(|| view! {
                    <Button icon=Icon::Key disabled=busy testid="passkey-unlock" on_press=unlock>{k::UNLOCK}</Button>
                })}
                <div role="status">
                    {move || {
                        let Sealed { waiting, delivered } = sealed.get();
                        (waiting > 0).then(|| view! { <Card testid="pin-waiting"><p>{c::waiting(waiting, delivered)}</p></Card> })
                    }}
                </div>
                <Button kind=Kind::Quiet testid="pin-forgot" on_press=Callback::new(move |()| ask.set(true))>{c::FORGOT}</Button>
                <Confirm open=ask title=c::FORGOT_ASK text=c::FORGOT_TEXT yes=c::FORGOT_YES danger=true on_yes=forgot />
            </main>
            <ToastZone />
        </div>
    }
    .into_any()
}
