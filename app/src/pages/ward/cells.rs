//! *Chi bộ*: the cells of the ward, found by name.

use super::load::faced;
use super::ward_report;
use crate::components::staff::form::search_box;
use crate::components::{EmptyFace, Frame, Icon};
use crate::state::use_app;
use crate::text::vi::staff as s;
use domain::report::CellLine;
use domain::text::fold_vi;
use leptos::prelude::*;

/// The page.
#[component]
pub fn CellsPage() -> AnyView {
    let report = ward_report(use_app());
    let text = RwSignal::new(String::new());
    let asked = Memo::new(move |_| text.with(|q| fold_vi(q)));
    let cells = report.part(|r| r.cells.clone());
    view! {
        <Frame title=s::CELLS.to_owned()>
            {faced(
                report,
                move || {
                    view! {
                        {search_box(text, s::SEARCH_CELL, "cell-search", || {})}
                        {move || {
                            let all = cells.get().unwrap_or_default();
                            if all.is_empty() {
                                return view! { <EmptyFace icon=Icon::Tree title=s::NO_CELLS text=s::NO_CELLS_TEXT /> }.into_any();
                            }
                            let rows: Vec<AnyView> = all
                                .iter()
                                .filter(|c| asked.with(|q| fold_vi(&c.unit.name).contains(q.as_str())))
                                .map(line)
                                .collect();
                            if rows.is_empty() {
                                return view! { <p class="muted" role="status">{s::NO_CELL_FOUND}</p> }.into_any();
                            }
                            view! { <ul class="card flush rows">{rows}</ul> }.into_any()
                        }}
                    }
                        .into_any()
                },
            )}
        </Frame>
    }
    .into_any()
}

fn line(c: &CellLine) -> AnyView {
    let mark = if c.open.is_some() {
        ("badge tone-info", Icon::Play, s::OPEN_NOW)
    } else if c.met_this_half {
        ("badge tone-good", Icon::Check, s::MET)
    } else {
        ("badge tone-warn", Icon::Warn, s::NOT_MET)
    };
    view! {
        <li>
            <a class="row" href=["/chi-bo/", &c.unit.id.to_string()].concat() data-testid="cell-row" data-unit=c.unit.id.to_string()>
                <span class="grow stack-tight">
                    <span class="name">{c.unit.name.clone()}</span>
                    <span class="sub num">{s::cell_people(c.members, c.exempt, c.phones)}</span>
                    <span><span class=mark.0>{mark.1.small()} <span>{mark.2}</span></span></span>
                </span>
                {Icon::Next.view()}
            </a>
        </li>
    }
    .into_any()
}
