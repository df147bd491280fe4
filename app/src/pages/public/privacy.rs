//! `routes::PRIVACY`: what happens with personal data.

use super::text_page;
use crate::routes;
use crate::text::vi::public as words;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Privacy() -> AnyView {
    text_page(routes::PRIVACY, words::PRIVACY, words::PRIVACY_LEAD, words::PRIVACY_SECTIONS)
}
