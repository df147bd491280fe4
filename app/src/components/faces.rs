//! The four faces of every list: empty, loading, offline, error. Each has one sentence and, as children, one way on.

use super::Icon;
use crate::text::vi as t;
use leptos::prelude::*;

fn face(icon: Icon, title: String, text: String, way: Option<AnyView>, role: Option<&'static str>) -> AnyView {
    let text = (!text.is_empty()).then(|| view! { <p>{text}</p> });
    view! {
        <div class="face" role=role>
            {icon.large()}
            <p class="strong">{title}</p>
            {text}
            {way}
        </div>
    }
    .into_any()
}

/// There is nothing yet.
#[component]
pub fn EmptyFace(
    /// Picture.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// What is not there.
    #[prop(into)]
    title: String,
    /// What will bring it.
    #[prop(optional, into)]
    text: String,
    /// One way on.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    face(icon.unwrap_or(Icon::Notebook), title, text, children.map(|c| c()), None)
}

/// On its way.
#[component]
pub fn LoadingFace(
    /// What is being done.
    #[prop(optional, into)]
    text: String,
) -> AnyView {
    let text = if text.is_empty() { t::LOADING.to_owned() } else { text };
    view! {
        <div role="status" class="stack">
            <p class="muted">{text}</p>
            <div class="wait" aria-hidden="true">
                <i></i>
                <i></i>
                <i></i>
            </div>
        </div>
    }
    .into_any()
}

/// Needs the network, and there is none.
#[component]
pub fn OfflineFace(
    /// What cannot be shown.
    #[prop(optional, into)]
    title: String,
    /// One way on.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let title = if title.is_empty() { t::OFFLINE_TITLE.to_owned() } else { title };
    face(Icon::CloudOff, title, t::OFFLINE_TEXT.to_owned(), children.map(|c| c()), Some("status"))
}

/// Went wrong.
#[component]
pub fn ErrorFace(
    /// What went wrong.
    #[prop(optional, into)]
    title: String,
    /// In the words of the server, or what to do.
    #[prop(optional, into)]
    text: String,
    /// One way on.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let title = if title.is_empty() { t::ERROR_TITLE.to_owned() } else { title };
    face(Icon::Warn, title, text, children.map(|c| c()), Some("alert"))
}
