//! A sheet from the bottom: a modal dialog of the browser's own, so that focus stays in it and Esc closes it.

use super::{Button, Icon, Kind};
use crate::text::vi as t;
use leptos::html::Dialog;
use leptos::prelude::*;

/// A modal sheet, shown while `open` is true. Its content is made anew each time.
#[component]
pub fn Sheet(
    /// Shown.
    open: RwSignal<bool>,
    /// Heading.
    #[prop(into)]
    title: Signal<String>,
    /// `data-testid`.
    #[prop(optional)]
    testid: &'static str,
    /// Content.
    children: ChildrenFn,
) -> AnyView {
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        let shown = open.get();
        if let Some(element) = dialog.get() {
            if shown && !element.open() {
                // Fails only when the element is not in the page yet or any more: then there is nobody to show it to.
                let _ = element.show_modal();
            } else if !shown && element.open() {
                element.close();
            }
        }
    });
    view! {
        <dialog
            class="sheet"
            node_ref=dialog
            aria-label=move || title.get()
            data-testid=(!testid.is_empty()).then_some(testid)
            on:close=move |_| open.set(false)
            on:click=move |e| {
                // A tap on the backdrop arrives at the dialog itself.
                if dialog.get_untracked().is_some_and(|d| e.target().is_some_and(|target| *target == *****d)) {
                    open.set(false);
                }
            }
        >
            <div class="sheet-head">
                <h2>{move || title.get()}</h2>
                <button type="button" class="icon-btn" aria-label=t::CLOSE on:click=move |_| open.set(false)>
                    {Icon::Cross.view()}
                </button>
            </div>
            <div class="sheet-body">{move || open.get().then(|| children())}</div>
        </dialog>
    }
    .into_any()
}

/// Asks before something that is not easily taken back.
#[component]
pub fn Confirm(
    /// Shown.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// What will happen.
    #[prop(into)]
    text: Signal<String>,
    /// The word of the button that does it.
    #[prop(into)]
    yes: String,
    /// It takes something away.
    #[prop(optional)]
    danger: bool,
    /// Yes.
    #[prop(into)]
    on_yes: Callback<()>,
) -> AnyView {
    let yes = StoredValue::new(yes);
    let kind = if danger { Kind::Danger } else { Kind::Primary };
    view! {
        <Sheet open=open title=title testid="confirm">
            <p>{move || text.get()}</p>
            <Button
                kind=kind
                wide=true
                testid="confirm-yes"
                on_press=Callback::new(move |()| {
                    open.set(false);
                    on_yes.run(());
                })
            >
                {yes.get_value()}
            </Button>
            <Button wide=true on_press=Callback::new(move |()| open.set(false))>{t::NOT_NOW}</Button>
        </Sheet>
    }
    .into_any()
}
