//! One row of the roll call: a large button with the name (tap = present, tap again = undo), the state of its last op, and ⋯.
//!
//! Every row has its own signal ([`super::marks`]), so that a tap repaints one row of five hundred.

use super::Roll;
use super::act::Wish;
use crate::components::staff::people::Person;
use crate::components::{Icon, OpState};
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::presence::{Status, Who};
use leptos::prelude::*;
use std::sync::Arc;

/// Icon, word and tone of a status.
pub fn status_view(status: &Status) -> AnyView {
    let (icon, tone) = match status {
        Status::Present(domain::presence::PresentAs::OnTime) => (Icon::Check, "tone-good"),
        Status::Present(_) => (Icon::Clock, "tone-good"),
        Status::Excused { .. } => (Icon::Paper, "tone-warn"),
        Status::Absent => (Icon::Cross, "tone-bad"),
        Status::Unmarked => return view! { <span class="roll-empty" aria-hidden="true"></span> }.into_any(),
    };
    view! { <span class=["badge ", tone].concat()>{icon.small()}<span>{t::status(status)}</span></span> }.into_any()
}

/// The row of a member.
pub fn row(roll: Roll, person: &Arc<Person>) -> AnyView {
    let who = Who::Member(person.id);
    let (before, given) = person.split();
    let hidden = person.shown.clone();
    let name = view! {
        <span class="roll-name">{before.to_owned()}<b>{given.to_owned()}</b></span>
        <span class="roll-detail" class:namesake=person.namesake>{person.detail.clone()}</span>
    }
    .into_any();
    frame(roll, who, person.id.to_string(), &person.name, name, Some(hidden))
}

/// The row of a guest.
pub fn guest_row(roll: Roll, guest: domain::id::GuestId, name: &str, note: &str) -> AnyView {
    let words = view! {
        <span class="roll-name"><b>{name.to_owned()}</b></span>
        <span class="roll-detail">{if note.is_empty() { s::GUEST.to_owned() } else { [s::GUEST, " · ", note].concat() }}</span>
    }
    .into_any();
    frame(roll, Who::Guest(guest), guest.to_string(), name, words, None)
}

fn frame(roll: Roll, who: Who, id: String, name: &str, words: AnyView, shown: Option<ArcRwSignal<bool>>) -> AnyView {
    let state = roll.marks.signal(who);
    let sending = Signal::derive(move || state.with(|s| s.last.and_then(|op| roll.sending(op, s.numbered))));
    let more = [s::MORE_ABOUT, name].concat();
    view! {
        <li
            class="roll-row"
            data-testid="roll-row"
            data-member=id
            data-status=move || state.with(|s| s::status_code(&s.status))
            hidden=move || shown.as_ref().is_some_and(|s| !s.get())
        >
            <button
                type="button"
                class="roll-main"
                aria-pressed=move || if state.with(|s| s.status.is_present()) { "true" } else { "false" }
                on:click=move |_| roll.wish(who, &Wish::Toggle)
            >
                <span class="roll-words">{words}</span>
                <span class="roll-state">{move || state.with(|s| status_view(&s.status))} <OpState state=sending /></span>
            </button>
            <button
                type="button"
                class="roll-more"
                data-testid="row-menu"
                aria-label=more
                aria-haspopup="dialog"
                on:click=move |_| roll.open_row(who)
            >
                {Icon::More.view()}
            </button>
        </li>
    }
    .into_any()
}
