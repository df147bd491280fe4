//! Form fields: label, input, hint and error in one, tied together for screen readers.

use super::Icon;
use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// A new id for an element of this page.
fn fresh(stem: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{stem}{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn wrap(id: String, label: String, hint: String, error: Signal<Option<String>>, input: AnyView) -> AnyView {
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-h")>{hint}</p> });
    let error_id = format!("{id}-e");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {hint}
            {input}
            <div id=error_id aria-live="polite">
                {move || error.get().map(|e| view! { <p class="error">{Icon::Warn.small()}<span>{e}</span></p> })}
            </div>
        </div>
    }
    .into_any()
}

/// One line of text.
#[component]
pub fn Field(
    /// Label.
    #[prop(into)]
    label: String,
    /// Value.
    value: RwSignal<String>,
    /// Type of the input: `text`, `tel`, `date`, `time`, `number`, `search`.
    #[prop(optional)]
    kind: &'static str,
    /// Below the label.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// `inputmode`.
    #[prop(optional)]
    mode: &'static str,
    /// `autocomplete`.
    #[prop(optional)]
    autocomplete: &'static str,
    /// The most characters.
    #[prop(optional)]
    max: u32,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// `data-testid`.
    #[prop(optional)]
    testid: &'static str,
) -> AnyView {
    let id = fresh("f");
    let described = format!("{id}-h {id}-e");
    let input = view! {
        <input
            class="input"
            id=id.clone()
            type=if kind.is_empty() { "text" } else { kind }
            prop:value=move || value.get()
            on:input=move |e| value.set(event_target_value(&e))
            inputmode=(!mode.is_empty()).then_some(mode)
            autocomplete=if autocomplete.is_empty() { "off" } else { autocomplete }
            maxlength=(max > 0).then(|| max.to_string())
            aria-required=required.then_some("true")
            aria-describedby=described
            aria-invalid=move || error.with(Option::is_some).then_some("true")
            data-testid=(!testid.is_empty()).then_some(testid)
        />
    }
    .into_any();
    wrap(id, label, hint, error, input)
}

/// Several lines of text.
#[component]
pub fn Area(
    /// Label.
    #[prop(into)]
    label: String,
    /// Value.
    value: RwSignal<String>,
    /// Below the label.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Rows shown.
    #[prop(optional)]
    rows: u32,
    /// The most characters.
    #[prop(optional)]
    max: u32,
    /// `data-testid`.
    #[prop(optional)]
    testid: &'static str,
) -> AnyView {
    let id = fresh("a");
    let described = format!("{id}-h {id}-e");
    let input = view! {
        <textarea
            class="input"
            id=id.clone()
            rows=if rows == 0 { 5 } else { rows }
            prop:value=move || value.get()
            on:input=move |e| value.set(event_target_value(&e))
            maxlength=(max > 0).then(|| max.to_string())
            aria-describedby=described
            aria-invalid=move || error.with(Option::is_some).then_some("true")
            data-testid=(!testid.is_empty()).then_some(testid)
        ></textarea>
    }
    .into_any();
    wrap(id, label, hint, error, input)
}

/// One of a few: radio buttons that look like buttons. Options are (value, word).
#[component]
pub fn Choice(
    /// Legend.
    #[prop(into)]
    label: String,
    /// Value.
    value: RwSignal<String>,
    /// (value, word).
    options: Vec<(String, String)>,
    /// `data-testid` of the group.
    #[prop(optional)]
    testid: &'static str,
) -> AnyView {
    let name = fresh("c");
    let items = options
        .into_iter()
        .map(|(key, word)| {
            let (mine, set) = (key.clone(), key.clone());
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name=name.clone()
                        value=key
                        prop:checked=move || value.with(|v| *v == mine)
                        on:change=move |_| value.set(set.clone())
                    />
                    <span>{word}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" data-testid=(!testid.is_empty()).then_some(testid)>
            <legend>{label}</legend>
            <div class="choices">{items}</div>
        </fieldset>
    }
    .into_any()
}

/// On or off.
#[component]
pub fn Check(
    /// Label.
    #[prop(into)]
    label: String,
    /// Value.
    value: RwSignal<bool>,
    /// `data-testid`.
    #[prop(optional)]
    testid: &'static str,
) -> AnyView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || value.get()
                on:change=move |e| value.set(event_target_checked(&e))
                data-testid=(!testid.is_empty()).then_some(testid)
            />
            <span>{label}</span>
        </label>
    }
    .into_any()
}
