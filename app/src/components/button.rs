//! Buttons. One main action per screen is `Primary`.

use super::Icon;
use leptos::prelude::*;

/// How much weight a button has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The main action of a screen.
    Primary,
    /// The main action, very large.
    Big,
    /// Other actions.
    #[default]
    Secondary,
    /// Actions beside others.
    Quiet,
    /// Takes something away.
    Danger,
}

impl Kind {
    /// Its classes.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Big => "btn btn-primary btn-big btn-wide",
            Self::Secondary => "btn btn-secondary",
            Self::Quiet => "btn btn-quiet",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// A button; with `href` a link that looks like one, with `submit` the one that sends a form.
#[component]
pub fn Button(
    /// Weight.
    #[prop(optional)]
    kind: Kind,
    /// Pressed.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// A link instead of a button.
    #[prop(optional, into)]
    href: Option<String>,
    /// Sends the form around it.
    #[prop(optional)]
    submit: bool,
    /// Cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Icon before the text.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// As wide as its place.
    #[prop(optional)]
    wide: bool,
    /// `data-testid`.
    #[prop(optional)]
    testid: &'static str,
    /// Text.
    children: Children,
) -> AnyView {
    let testid = (!testid.is_empty()).then_some(testid);
    let inside = (icon.map(Icon::view), children());
    match href {
        Some(href) => {
            view! { <a class=kind.class() class:btn-wide=wide href=href data-testid=testid>{inside}</a> }.into_any()
        }
        None => view! {
            <button
                type=if submit { "submit" } else { "button" }
                class=kind.class()
                class:btn-wide=wide
                disabled=move || disabled.get()
                data-testid=testid
                on:click=move |_| {
                    if let Some(press) = on_press {
                        press.run(());
                    }
                }
            >
                {inside}
            </button>
        }
        .into_any(),
    }
}
