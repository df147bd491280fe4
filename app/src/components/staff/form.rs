//! Forms of the secretary and the ward: fields by name, checked in place, kept as a draft.
//!
//! Fields are functions that give [`AnyView`], not generic components: a form of fifteen fields then costs the phone the code of one.
//! Knows nothing of what a form is for, nor of storage: drafts go in and out as text.

use chrono::NaiveDate;
use domain::time::PartialDate;
use leptos::prelude::*;
use std::sync::Arc;

/// What is wrong: names of fields with a sentence each, the first that a person should go to in front.
pub type Wrong = Vec<(&'static str, &'static str)>;

/// The values of a form and what is wrong with them, both by the name of the field.
#[derive(Clone)]
pub struct Fields {
    values: Arc<Vec<(&'static str, RwSignal<String>)>>,
    errors: RwSignal<Wrong>,
}

impl Fields {
    /// A form with these fields, all empty.
    pub fn new(names: &[&'static str]) -> Self {
        let values = names.iter().map(|n| (*n, RwSignal::new(String::new()))).collect();
        Self { values: Arc::new(values), errors: RwSignal::new(Vec::new()) }
    }
    /// The value of a field; an empty one of its own for a name that the form does not have.
    pub fn of(&self, name: &str) -> RwSignal<String> {
        self.values.iter().find(|(n, _)| *n == name).map_or_else(|| RwSignal::new(String::new()), |(_, v)| *v)
    }
    /// The trimmed value, read without subscribing.
    pub fn text(&self, name: &str) -> String {
        self.of(name).with_untracked(|v| v.trim().to_owned())
    }
    /// The trimmed value, if there is one.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|t| !t.is_empty())
    }
    /// Fills a field.
    pub fn set(&self, name: &str, value: impl Into<String>) {
        self.of(name).set(value.into());
    }
    /// What is wrong with a field.
    pub fn error(&self, name: &'static str) -> Signal<Option<&'static str>> {
        let errors = self.errors;
        Signal::derive(move || errors.with(|all| all.iter().find(|(n, _)| *n == name).map(|(_, e)| *e)))
    }
    /// Puts up what is wrong and moves to the first such field. True when nothing is.
    pub fn accept(&self, errors: Wrong) -> bool {
        let first = errors.first().map(|(n, _)| *n);
        self.errors.set(errors);
        if let Some(name) = first {
            crate::platform::document::focus(&["#", name].concat());
        }
        first.is_none()
    }
    /// All values, in the order of the fields; subscribes to each.
    pub fn all(&self) -> Vec<String> {
        self.values.iter().map(|(_, v)| v.get()).collect()
    }
    /// Takes values in the order of the fields; spare ones are given back.
    pub fn fill(&self, values: Vec<String>) -> Vec<String> {
        let mut values = values.into_iter();
        for (_, signal) in self.values.iter() {
            if let Some(v) = values.next() {
                signal.set(v);
            }
        }
        values.collect()
    }
}

/// How one field looks.
#[derive(Clone, Copy)]
pub struct Look {
    /// Name of the field and id of its input.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// `type` of the input; `area` for several lines.
    pub kind: &'static str,
    /// A line below the label, may be empty.
    pub hint: &'static str,
    /// The most characters.
    pub max: u32,
    /// Must be filled in.
    pub required: bool,
    /// Id of a `datalist`, may be empty.
    pub list: &'static str,
    /// Tells several fields of one name apart; none = 0.
    pub nth: usize,
}

impl Look {
    /// A text field of at most 200 characters.
    pub const fn new(name: &'static str, label: &'static str) -> Self {
        Self { name, label, kind: "text", hint: "", max: 200, required: false, list: "", nth: 0 }
    }
    /// Another type.
    #[must_use]
    pub const fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }
    /// A hint.
    #[must_use]
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }
    /// Another length.
    #[must_use]
    pub const fn max(mut self, max: u32) -> Self {
        self.max = max;
        self
    }
    /// Must be filled in.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    /// The n-th field of this name (from 0) in a list.
    #[must_use]
    pub const fn id_of(mut self, n: usize) -> Self {
        self.nth = n + 1;
        self
    }
    fn id(self) -> String {
        if self.nth == 0 { self.name.to_owned() } else { [self.name, "-", self.nth.to_string().as_str()].concat() }
    }
    /// Proposals.
    #[must_use]
    pub const fn list(mut self, list: &'static str) -> Self {
        self.list = list;
        self
    }
}

/// A labelled field of the form.
pub fn field(fields: &Fields, look: Look) -> AnyView {
    labelled(look, fields.of(look.name), fields.error(look.name))
}

/// A labelled field around any signal.
pub fn labelled(look: Look, value: RwSignal<String>, error: Signal<Option<&'static str>>) -> AnyView {
    let id = look.id();
    let (hint_id, error_id) = ([id.as_str(), "-hint"].concat(), [id.as_str(), "-error"].concat());
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || match (look.hint.is_empty(), error.get().is_some()) {
            (true, false) => None,
            (false, false) => Some(hint_id.clone()),
            (true, true) => Some(error_id.clone()),
            (false, true) => Some([hint_id.as_str(), error_id.as_str()].join(" ")),
        }
    };
    let invalid = move || error.get().is_some().then_some("true");
    let max = look.max.to_string();
    let control = if look.kind == "area" {
        view! {
            <textarea
                id=id.clone()
                name=look.name
                data-testid=look.name
                class="input"
                maxlength=max
                rows="6"
                required=look.required
                aria-invalid=invalid
                aria-describedby=described
                prop:value=value
                on:input=move |ev| value.set(event_target_value(&ev))
            ></textarea>
        }
        .into_any()
    } else {
        let maxlength = matches!(look.kind, "text" | "tel").then_some(max);
        let numeric = (look.kind == "number").then_some("numeric");
        view! {
            <input
                id=id.clone()
                name=look.name
                data-testid=look.name
                class="input"
                type=look.kind
                autocomplete="off"
                inputmode=numeric
                maxlength=maxlength
                list=(!look.list.is_empty()).then_some(look.list)
                required=look.required
                aria-invalid=invalid
                aria-describedby=described
                prop:value=value
                on:input=move |ev| value.set(event_target_value(&ev))
            />
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label for=id>{look.label}</label>
            {(!look.hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{look.hint}</p> })}
            {control}
            {move || error.get().map(|e| view! { <p class="error" id=error_id.clone()>{e}</p> })}
        </div>
    }
    .into_any()
}

/// A choice of few: large buttons side by side, really radio buttons.
pub fn radios(
    name: &'static str,
    legend: &'static str,
    value: RwSignal<String>,
    options: &[(&'static str, &'static str)],
) -> AnyView {
    let buttons: Vec<AnyView> = options
        .iter()
        .map(|&(key, label)| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name=name
                        value=key
                        prop:checked=move || value.with(|v| v == key)
                        on:change=move |_| value.set(key.to_owned())
                    />
                    <span>{label}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="field">
            <legend>{legend}</legend>
            <div class="choices">{buttons}</div>
        </fieldset>
    }
    .into_any()
}

/// A choice of many.
pub fn select(look: Look, value: RwSignal<String>, options: Vec<(String, String)>) -> AnyView {
    let items: Vec<AnyView> = options
        .into_iter()
        .map(|(key, label)| {
            let own = key.clone();
            view! { <option value=key prop:selected=move || value.with(|v| *v == own)>{label}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="field">
            <label for=look.name>{look.label}</label>
            {(!look.hint.is_empty()).then(|| view! { <p class="hint">{look.hint}</p> })}
            <select id=look.name name=look.name data-testid=look.name class="input" on:change=move |ev| value.set(event_target_value(&ev))>
                {items}
            </select>
        </div>
    }
    .into_any()
}

/// A search field with a button that empties it. `done` gets the Enter key.
pub fn search_box(
    value: RwSignal<String>,
    label: &'static str,
    test_id: &'static str,
    done: impl Fn() + 'static,
) -> AnyView {
    view! {
        <div class="search" role="search">
            <input
                type="search"
                class="input"
                aria-label=label
                placeholder=label
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="search"
                data-testid=test_id
                prop:value=value
                on:input=move |ev| value.set(event_target_value(&ev))
                on:keydown=move |ev| match ev.key().as_str() {
                    "Enter" => {
                        ev.prevent_default();
                        done();
                    }
                    "Escape" => value.set(String::new()),
                    _ => {}
                }
            />
        </div>
    }
    .into_any()
}

/// A chip that is on or off.
pub fn chip(label: Signal<String>, on: Signal<bool>, tap: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="chip" aria-pressed=move || if on.get() { "true" } else { "false" } on:click=move |_| tap()>
            {label}
        </button>
    }
    .into_any()
}

/// A day from a date field (`yyyy-mm-dd`).
pub fn day_of(text: &str) -> Option<NaiveDate> {
    let mut parts = text.trim().splitn(3, '-');
    let (y, m, d) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    NaiveDate::from_ymd_opt(y, m, d).filter(|_| (1900..=2200).contains(&y))
}

/// Hour and minute from a time field (`hh:mm`).
pub fn time_of(text: &str) -> Option<(u32, u32)> {
    let (h, m) = text.trim().split_once(':')?;
    let (h, m) = (h.parse().ok()?, m.get(..2)?.parse().ok()?);
    (h < 24 && m < 60).then_some((h, m))
}

/// `yyyy-mm-dd` for a date field: chrono's own way of writing a date.
pub fn iso(day: NaiveDate) -> String {
    day.to_string()
}

/// A date as people write it: `1960`, `05/1960`, `19/05/1960`. `Ok(None)` when empty.
#[expect(clippy::result_unit_err, reason = "the form says what is wrong; there is one way to be wrong")]
pub fn partial_of(text: &str) -> Result<Option<PartialDate>, ()> {
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|p| !p.is_empty()).collect();
    if parts.iter().any(|p| p.len() > 4) {
        return Err(());
    }
    let n = |p: &str| p.parse::<u32>().map_err(|_| ());
    let year = |p: &str| p.parse::<i32>().map_err(|_| ());
    let made = match parts.as_slice() {
        [] => return Ok(None),
        [y] => PartialDate::new(year(y)?, None, None),
        [m, y] => PartialDate::new(year(y)?, Some(n(m)?), None),
        [d, m, y] => PartialDate::new(year(y)?, Some(n(m)?), Some(n(d)?)),
        _ => None,
    };
    made.map(Some).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        for (text, shown) in
            [("1960", "1960"), ("5/1960", "05/1960"), ("19-5-1960", "19/05/1960"), (" 01.02.1970 ", "01/02/1970")]
        {
            assert_eq!(partial_of(text).unwrap().unwrap().vi(), shown);
        }
        assert_eq!(partial_of("  "), Ok(None));
        for bad in ["60", "31/02/1960", "13/1960", "x", "1/2/3/4", "19051960"] {
            assert_eq!(partial_of(bad), Err(()), "{bad}");
        }
        assert_eq!(day_of("2026-02-29"), None);
        assert_eq!(day_of("2026-11-22").map(iso).as_deref(), Some("2026-11-22"));
        assert_eq!(time_of("19:30"), Some((19, 30)));
        assert_eq!(time_of("24:00"), None);
    }
}
