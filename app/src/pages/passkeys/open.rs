//! Opening this phone with a passkey, beside its PIN: on and off. Without a PIN there is nothing to open.

use super::{Page, Problem};
use crate::components::{Button, Card, Field, Icon, Kind, toast};
use crate::platform::document;
use crate::text::vi::common::passkeys as c;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The card.
pub(super) fn card(page: Page, site: String, known: Vec<String>) -> AnyView {
    let (site, known) = (StoredValue::new(site), StoredValue::new(known));
    let has_pin = page.app.has_pin();
    (move || {
        has_pin.get().then(|| {
            let inside = if page.opens.with(Option::is_some) {
                on(page)
            } else if known.with_value(Vec::is_empty) {
                view! { <p class="muted">{c::OPEN_FIRST}</p> }.into_any()
            } else {
                off(page, site.get_value(), known.get_value())
            };
            view! { <Card title=c::OPEN_TITLE testid="passkey-open"><p>{c::OPEN_LEAD}</p> {inside}</Card> }
        })
    })
    .into_any()
}

fn on(page: Page) -> AnyView {
    let stop = Callback::new(move |()| {
        let app = page.app;
        let off = async move {
            app.no_passkey_lock().await;
            Ok::<(), Problem>(())
        };
        page.doing.run(c::CALL_OFFLINE, off, move |()| {
            toast(c::OPEN_STOPPED);
            page.opens.set(None);
        });
    });
    view! {
        <p class="strong" data-testid="passkey-open-on">{c::OPEN_ON}</p>
        <Button disabled=page.doing.busy testid="passkey-open-stop" on_press=stop>{c::OPEN_STOP}</Button>
    }
    .into_any()
}

fn off(page: Page, site: String, known: Vec<String>) -> AnyView {
    let (pin, wrong) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let busy = page.doing.busy;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = pin.get_untracked().trim().to_owned();
        wrong.set(typed.is_empty().then(|| c::OPEN_PIN_EMPTY.to_owned()));
        if typed.is_empty() {
            document::focus("[data-testid=passkey-pin]");
            return;
        }
        let (app, site, known) = (page.app, site.clone(), known.clone());
        let on = async move { Ok::<bool, Problem>(app.open_with_passkey(&site, &typed, &known).await?) };
        page.doing.run(c::CALL_OFFLINE, on, move |kept| {
            if kept {
                toast(c::OPEN_DONE);
                page.opens.set(page.app.passkey_lock().map(|lock| lock.credential));
            } else {
                wrong.set(Some(c::OPEN_PIN_WRONG.to_owned()));
                document::focus("[data-testid=passkey-pin]");
            }
        });
    };
    view! {
        <form class="stack" novalidate=true on:submit=submit>
            <Field label=c::OPEN_PIN value=pin kind="password" mode="numeric" max=12 error=wrong testid="passkey-pin" />
            <Button kind=Kind::Secondary submit=true icon=Icon::Lock disabled=busy testid="passkey-open-go">{c::OPEN_GO}</Button>
        </form>
    }
    .into_any()
}
