//! The state of one op in icon, word and colour. It says what is true and nothing more.

use super::{Icon, Tone};
use crate::state::Sending;
use crate::text::vi as t;
use leptos::prelude::*;

/// The icon of a state.
#[must_use]
pub const fn sending_icon(state: &Sending) -> Icon {
    match state {
        Sending::Saving => Icon::Turn,
        Sending::Saved => Icon::Phone,
        Sending::Sent => Icon::Send,
        Sending::InBook => Icon::CheckAll,
        Sending::NeedsLook(_) => Icon::Warn,
        Sending::NotSaved => Icon::Cross,
    }
}

/// The colour of a state.
#[must_use]
pub const fn sending_tone(state: &Sending) -> Tone {
    match state {
        Sending::Saving | Sending::Saved => Tone::Warn,
        Sending::Sent => Tone::Info,
        Sending::InBook => Tone::Good,
        Sending::NeedsLook(_) | Sending::NotSaved => Tone::Bad,
    }
}

/// The word of a state.
#[must_use]
pub const fn sending_word(state: &Sending) -> &'static str {
    match state {
        Sending::Saving => t::SENDING_SAVING,
        Sending::Saved => t::SENDING_SAVED,
        Sending::Sent => t::SENDING_SENT,
        Sending::InBook => t::SENDING_IN_BOOK,
        Sending::NeedsLook(_) => t::SENDING_LOOK,
        Sending::NotSaved => t::SENDING_NOT_SAVED,
    }
}

/// What a state means, and the way out where one is needed.
#[must_use]
pub const fn sending_text(state: &Sending) -> (&'static str, &'static str) {
    match state {
        Sending::Saving => (t::SENDING_SAVING_TEXT, ""),
        Sending::Saved => (t::SENDING_SAVED_TEXT, ""),
        Sending::Sent => (t::SENDING_SENT_TEXT, ""),
        Sending::InBook => (t::SENDING_IN_BOOK_TEXT, ""),
        Sending::NeedsLook(why) => t::why(*why),
        Sending::NotSaved => (t::SENDING_NOT_SAVED_TEXT, ""),
    }
}

/// A stable code of a state, `data-state` in the page.
const fn code(state: Sending) -> &'static str {
    match state {
        Sending::Saving => "saving",
        Sending::Saved => "saved",
        Sending::Sent => "sent",
        Sending::InBook => "in-book",
        Sending::NeedsLook(_) => "needs-look",
        Sending::NotSaved => "not-saved",
    }
}

/// Icon, word and colour of a state; nothing when there is none.
#[component]
pub fn OpState(
    /// The state.
    #[prop(into)]
    state: Signal<Option<Sending>>,
) -> AnyView {
    (move || {
        state.get().map(|s| {
            let class =
                format!("op {}{}", sending_tone(&s).class(), if matches!(s, Sending::Saving) { " busy" } else { "" });
            view! {
                <span class=class data-testid="op-state" data-state=code(s)>
                    {sending_icon(&s).small()}
                    <span>{sending_word(&s)}</span>
                </span>
            }
        })
    })
    .into_any()
}
