//! `routes::HELP`: the questions that people ask most.

use super::text_page;
use crate::routes;
use crate::text::vi::public as words;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Help() -> AnyView {
    text_page(routes::HELP, words::HELP, words::HELP_LEAD, words::HELP_SECTIONS)
}
