//! A sentence about what was just done, spoken by screen readers too, with *Hoàn tác* where it can be undone. It outlives a
//! change of page; one at a time.

use crate::text::vi as t;
use leptos::prelude::*;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

/// How long a sentence stays.
const STAY: Duration = Duration::from_secs(7);

#[derive(Clone)]
struct Said {
    text: String,
    undo: Option<Arc<dyn Fn() + Send + Sync>>,
    number: u32,
}

thread_local! {
    static SAID: ArcRwSignal<Option<Said>> = ArcRwSignal::new(None);
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

fn said() -> ArcRwSignal<Option<Said>> {
    SAID.with(Clone::clone)
}

fn say(text: String, undo: Option<Arc<dyn Fn() + Send + Sync>>) {
    let number = NUMBER.get().wrapping_add(1);
    NUMBER.set(number);
    said().set(Some(Said { text, undo, number }));
    set_timeout(
        move || {
            let said = said();
            if said.with_untracked(|s| s.as_ref().is_some_and(|s| s.number == number)) {
                said.set(None);
            }
        },
        STAY,
    );
}

/// Says something.
pub fn toast(text: impl Into<String>) {
    say(text.into(), None);
}

/// Says something that can be taken back.
pub fn toast_undo(text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
    say(text.into(), Some(Arc::new(undo)));
}

/// Where toasts appear: the live region of a page. [`super::Frame`] holds one.
#[component]
pub fn ToastZone() -> AnyView {
    let said = said();
    let spoken = said.clone();
    view! {
        <p class="visually-hidden" aria-live="polite" data-testid="live">{move || spoken.get().map(|s| s.text)}</p>
        <div class="toast-zone">
            {move || {
                said.get()
                    .map(|s| {
                        let undo = s
                            .undo
                            .map(|undo| {
                                view! {
                                    <button
                                        type="button"
                                        class="btn btn-quiet"
                                        data-testid="toast-undo"
                                        on:click=move |_| {
                                            self::said().set(None);
                                            undo();
                                        }
                                    >
                                        {t::UNDO}
                                    </button>
                                }
                            });
                        view! {
                            <div class="toast" data-testid="toast">
                                <p aria-hidden="true">{s.text}</p>
                                {undo}
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
