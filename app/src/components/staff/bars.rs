//! Rates as pictures: one bar a meeting, in SVG, with the numbers in words beside it. Colour is never alone: the order of the parts is
//! always present, excused, absent, unmarked, and each is named.

use crate::text::vi::staff as s;
use domain::tally::Tally;
use leptos::prelude::*;

/// The bar of a tally. For screen readers it is one picture with a sentence.
pub fn bar(tally: &Tally) -> AnyView {
    let whole = tally.expected.max(1);
    let mut at = 0;
    let parts: Vec<AnyView> = [
        (tally.present, "p-present"),
        (tally.excused, "p-excused"),
        (tally.absent, "p-absent"),
        (tally.unmarked, "p-unmarked"),
    ]
    .into_iter()
    .map(|(n, class)| {
        let x = at;
        at += n;
        let (x, width) = ((x * 1000 / whole).to_string(), (at * 1000 / whole - x * 1000 / whole).to_string());
        view! { <rect class=class x=x y="0" width=width height="10"></rect> }.into_any()
    })
    .collect();
    view! {
        <svg class="bar-svg" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=s::tally_line(tally)>
            <rect class="p-ground" x="0" y="0" width="1000" height="10"></rect>
            {parts}
        </svg>
    }
    .into_any()
}

/// What the colours of the bars mean.
pub fn legend() -> AnyView {
    let items: Vec<AnyView> =
        [("p-present", s::PRESENT), ("p-excused", s::EXCUSED), ("p-absent", s::ABSENT), ("p-unmarked", s::UNMARKED)]
            .into_iter()
            .map(|(class, word)| {
                view! {
                    <li class="cluster">
                        <svg class="key-svg" viewBox="0 0 10 10" aria-hidden="true"><rect class=class width="10" height="10"></rect></svg>
                        <span>{word}</span>
                    </li>
                }
                .into_any()
            })
            .collect();
    view! { <ul class="cluster legend" aria-label=s::LEGEND>{items}</ul> }.into_any()
}
