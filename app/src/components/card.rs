//! Cards, badges, banners and counters.

use super::Icon;
use leptos::prelude::*;

/// What a colour means. A word or an icon always stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// No meaning.
    #[default]
    Plain,
    /// Done, present.
    Good,
    /// Waiting, excused.
    Warn,
    /// Refused, absent, lost.
    Bad,
    /// Worth knowing.
    Info,
}

impl Tone {
    /// Its class.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "tone-plain",
            Self::Good => "tone-good",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Info => "tone-info",
        }
    }
}

/// A card with an optional heading. `flush`: its rows reach the edges.
#[component]
pub fn Card(
    /// Heading (h2).
    #[prop(optional, into)]
    title: String,
    /// Rows reach the edges.
    #[prop(optional)]
    flush: bool,
    /// With the gold edge: the thing that matters most on the page.
    #[prop(optional)]
    accent: bool,
    /// `data-testid`.
    #[prop(optional)]
    testid: &'static str,
    /// Content.
    children: Children,
) -> AnyView {
    let heading = (!title.is_empty()).then(|| view! { <h2>{title}</h2> });
    view! {
        <section class="card" class:flush=flush class:accent=accent data-testid=(!testid.is_empty()).then_some(testid)>
            {heading}
            {children()}
        </section>
    }
    .into_any()
}

/// A word with a colour and perhaps an icon.
#[component]
pub fn Badge(
    /// Meaning of the colour.
    #[prop(optional)]
    tone: Tone,
    /// Icon before the word.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// The word.
    #[prop(into)]
    text: Signal<String>,
) -> AnyView {
    view! { <span class=format!("badge {}", tone.class())>{icon.map(Icon::small)}<span>{move || text.get()}</span></span> }.into_any()
}

/// A sentence that asks for attention within a page.
#[component]
pub fn Banner(
    /// Meaning of the colour.
    #[prop(optional)]
    tone: Tone,
    /// Icon.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// Content.
    children: Children,
) -> AnyView {
    view! {
        <div class=format!("banner {}", tone.class())>
            {icon.unwrap_or(Icon::Info).view()}
            <div class="stack-tight grow">{children()}</div>
        </div>
    }
    .into_any()
}

/// A large number with a word. Put several into `<div class="counters">`.
#[component]
pub fn Counter(
    /// The word.
    label: &'static str,
    /// The number.
    #[prop(into)]
    value: Signal<u32>,
    /// Meaning of the colour.
    #[prop(optional)]
    tone: Tone,
    /// `data-testid` of the number.
    #[prop(optional)]
    testid: &'static str,
) -> AnyView {
    view! {
        <div class=format!("counter {}", tone.class())>
            <b data-testid=(!testid.is_empty()).then_some(testid)>{move || value.get()}</b>
            <span>{label}</span>
        </div>
    }
    .into_any()
}
