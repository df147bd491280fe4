//! The invitation to put the app on the first screen of the phone, once, after something worked. iOS cannot offer it by itself:
//! there the steps stand as pictures.

use super::{Button, Card, Icon, Kind};
use crate::platform::events::Listener;
use crate::platform::{device, document};
use crate::text::vi as t;
use crate::text::vi::common as c;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The invitation. Shown while `when` holds and it was not answered yet, and only where installing is possible.
#[component]
pub fn InstallCard(
    /// It was answered.
    invited: RwSignal<bool>,
    /// The moment is right.
    #[prop(into)]
    when: Signal<bool>,
) -> AnyView {
    let possible = can_install();
    (move || {
        (when.get() && !invited.get() && possible.get()).then(|| {
            view! {
                <Card title=c::INSTALL_TITLE accent=true testid="install">
                    <p>{c::INSTALL_TEXT}</p>
                    {install_way(invited)}
                    <Button kind=Kind::Quiet on_press=Callback::new(move |()| invited.set(true))>{t::NOT_NOW}</Button>
                </Card>
            }
        })
    })
    .into_any()
}

/// Installing makes sense here: not installed, and the browser offers it or is one of Apple's. Reactive.
fn can_install() -> Signal<bool> {
    let offered = RwSignal::new(document::is_installable());
    // Kept for as long as the part stands.
    StoredValue::new_local(Listener::window("slh-installable", move || offered.set(document::is_installable())));
    Signal::derive(move || !device::is_installed() && (offered.get() || device::is_apple_touch()))
}

/// The button of the browser's offer, the pictures for iOS, or where to look in the menu.
#[must_use]
pub fn install_way(done: RwSignal<bool>) -> AnyView {
    if device::is_installed() {
        return view! { <p>{c::INSTALL_DONE}</p> }.into_any();
    }
    if device::is_apple_touch() {
        return view! {
            <ol class="steps">
                <li>{picture(Icon::Share)} <span>{c::INSTALL_IOS_1}</span></li>
                <li>{picture(Icon::Plus)} <span>{c::INSTALL_IOS_2}</span></li>
                <li>{picture(Icon::Check)} <span>{c::INSTALL_IOS_3}</span></li>
            </ol>
        }
        .into_any();
    }
    if document::is_installable() {
        return view! {
            <Button
                kind=Kind::Primary
                icon=Icon::Download
                testid="install-go"
                on_press=Callback::new(move |()| {
                    spawn_local(async move {
                        if document::install().await {
                            done.set(true);
                        }
                    });
                })
            >
                {c::INSTALL_GO}
            </Button>
        }
        .into_any();
    }
    view! { <p>{c::INSTALL_MENU}</p> }.into_any()
}

fn picture(icon: Icon) -> AnyView {
    view! { <span class="step-picture">{icon.view()}</span> }.into_any()
}
