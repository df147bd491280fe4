//! The pages that everybody may read. The server renders them into the shell, so they work without the app's script; in the
//! browser the same components stand in the router. They know no state and no storage.

mod about;
mod help;
mod privacy;

pub use about::About;
pub use help::Help;
pub use privacy::Privacy;

use crate::routes;
use crate::text::vi as t;
use crate::text::vi::public::{self as words, Section};
use leptos::prelude::*;

/// The public page of a path.
#[must_use]
pub fn page(path: &str) -> Option<AnyView> {
    Some(match path.trim_end_matches('/') {
        routes::ABOUT => view! { <About /> }.into_any(),
        routes::PRIVACY => view! { <Privacy /> }.into_any(),
        routes::HELP => view! { <Help /> }.into_any(),
        _ => return None,
    })
}

/// The title of a public page's document.
#[must_use]
pub fn title(path: &str) -> Option<&'static str> {
    Some(match path.trim_end_matches('/') {
        routes::ABOUT => words::ABOUT,
        routes::PRIVACY => words::PRIVACY,
        routes::HELP => words::HELP,
        _ => return None,
    })
}

/// The mark of the product as a picture, beside its name.
pub(crate) fn mark() -> AnyView {
    view! {
        <span class="bar-mark">
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d="M12 6.500C10 5 7 4.500 3.500 4.700v13.600C7 18 10 18.600 12 20c2-1.400 5-2 8.500-1.700V4.700C17 4.500 14 5 12 6.500zM12 6.500V20"></path>
            </svg>
        </span>
    }
    .into_any()
}

fn text_page(path: &'static str, title: &'static str, lead: &'static str, sections: &'static [Section]) -> AnyView {
    let sections = sections
        .iter()
        .map(|&(heading, paragraphs)| {
            view! {
                <section class="card">
                    <h2>{heading}</h2>
                    {paragraphs.iter().map(|&p| view! { <p>{p}</p> }).collect_view()}
                </section>
            }
        })
        .collect_view();
    // Who sees what is told to those who are signed in; the others are asked to sign in first.
    let who = (path == routes::PRIVACY).then_some((routes::WHO_SEES, t::powers::WHO_SEES));
    let links = [(routes::ABOUT, words::ABOUT), (routes::PRIVACY, words::PRIVACY), (routes::HELP, words::HELP)]
        .into_iter()
        .filter(|(other, _)| *other != path)
        .chain(who)
        .map(|(href, word)| view! { <a class="btn btn-secondary" href=href>{word}</a> })
        .collect_view();
    view! {
        <div class="frame">
            <header class="bar">
                {mark()}
                <h1 tabindex="-1">{title}</h1>
                <a class="unsent" href="/">{words::OPEN_APP}</a>
            </header>
            <main class="page" id="main">
                <p class="lead">{lead}</p>
                {sections}
                <nav class="cluster" aria-label=words::MORE>{links}</nav>
                <p class="muted">{t::APP}</p>
            </main>
        </div>
    }
    .into_any()
}
