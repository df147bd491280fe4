//! `routes::ABOUT`: what this is.

use super::text_page;
use crate::routes;
use crate::text::vi::public as words;
use leptos::prelude::*;

/// The page.
#[component]
pub fn About() -> AnyView {
    text_page(routes::ABOUT, words::ABOUT, words::ABOUT_LEAD, words::ABOUT_SECTIONS)
}
