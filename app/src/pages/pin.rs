//! *Mã PIN của máy*: set, change, remove.

use crate::components::{Banner, Button, Card, Confirm, Field, Frame, Icon, Kind, Tone, toast};
use crate::platform::clock::sleep;
use crate::state::use_app;
use crate::text::vi::common::pin as c;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The page.
#[component]
pub fn PinPage() -> AnyView {
    let app = use_app();
    let (old, new, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (old_wrong, new_wrong, again_wrong) =
        (RwSignal::new(None::<String>), RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    let ask = RwSignal::new(false);
    let has = app.has_pin();
    let navigate = use_navigate();
    let done = Callback::new(move |(kept, word): (bool, &'static str)| {
        busy.set(false);
        if kept {
            toast(word);
            navigate("/cai-dat", NavigateOptions { replace: true, ..NavigateOptions::default() });
        } else {
            old_wrong.set(Some(c::NOT_OLD.to_owned()));
        }
    });
    let keep = move |new: Option<String>, word: &'static str| {
        busy.set(true);
        spawn_local(async move {
            // The word on the button is painted first: what follows keeps this thread for a moment.
            sleep(30).await;
            let present = old.get_untracked();
            let kept = app.set_new_pin(Some(present.trim()), new.as_deref()).await;
            done.run((kept, word));
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let (pin, repeated) = (new.get_untracked().trim().to_owned(), again.get_untracked().trim().to_owned());
        let bad = domain::pin::check(&pin).err().map(|bad| c::bad(bad).to_owned());
        let differs = (bad.is_none() && pin != repeated).then(|| c::NOT_SAME.to_owned());
        old_wrong.set(None);
        let wrong = bad.is_some() || differs.is_some();
        new_wrong.set(bad);
        again_wrong.set(differs);
        if !wrong {
            keep(Some(pin), c::SAVED);
        }
    };
    let remove = Callback::new(move |()| keep(None, c::REMOVED));
    view! {
        <Frame title=c::TITLE back="/cai-dat">
            {if app.can_have_pin() {
                view! {
                    <form class="stack" novalidate on:submit=submit data-testid="pin-set">
                        <Card>
                            <p>{c::SET_TEXT}</p>
                            {move || {
                                has.get()
                                    .then(|| {
                                        view! {
                                            <Field label=c::OLD value=old kind="password" mode="numeric" max=12 error=old_wrong testid="pin-old" />
                                        }
                                    })
                            }}
                            <Field label=c::NEW value=new kind="password" mode="numeric" max=12 hint=c::NEW_HINT error=new_wrong testid="pin-new" />
                            <Field label=c::AGAIN value=again kind="password" mode="numeric" max=12 error=again_wrong testid="pin-again" />
                            <Button kind=Kind::Big submit=true icon=Icon::Lock disabled=busy testid="pin-save">
                                {move || if busy.get() { c::SAVING } else { c::SAVE }}
                            </Button>
                            <p class="muted">{c::KEEP}</p>
                        </Card>
                        {move || {
                            has.get()
                                .then(|| {
                                    view! {
                                        <Button kind=Kind::Danger testid="pin-remove" on_press=Callback::new(move |()| ask.set(true))>
                                            {c::REMOVE}
                                        </Button>
                                    }
                                })
                        }}
                    </form>
                }
                    .into_any()
            } else {
                view! { <Banner tone=Tone::Warn icon=Icon::Warn><p>{c::CANNOT}</p></Banner> }.into_any()
            }}
            <Confirm open=ask title=c::REMOVE_ASK text=c::REMOVE_TEXT yes=c::REMOVE danger=true on_yes=remove />
        </Frame>
    }
    .into_any()
}
