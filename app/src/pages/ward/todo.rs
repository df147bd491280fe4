//! *Việc cần làm*: what a ward should look after today, computed from the same report as the overview.

use super::load::faced;
use super::overview::phone;
use super::ward_report;
use crate::components::{EmptyFace, Frame, Icon};
use crate::state::use_app;
use crate::text::vi::common::requests as c;
use crate::text::vi::staff as s;
use crate::text::vi::staff::requests::REQ_TODO_TEXT;
use domain::report::{CellLine, WardReport};
use domain::time::Millis;
use leptos::prelude::*;

/// An open roll call of that age was probably forgotten: 12 hours.
const FORGOTTEN: i64 = Millis::DAY / 2;

/// The page.
#[component]
pub fn TodoPage() -> AnyView {
    let app = use_app();
    let report = ward_report(app);
    let all = report.part(WardReport::clone);
    view! {
        <Frame title=s::TODO.to_owned()>
            {faced(report, move || (move || all.get().map(|r| tasks(&r))).into_any())}
        </Frame>
    }
    .into_any()
}

fn section(title: String, text: &'static str, items: Vec<AnyView>) -> Option<AnyView> {
    if items.is_empty() {
        return None;
    }
    Some(
        view! {
            <section class="card flush" data-testid="todo">
                <h2>{title}</h2>
                <p class="muted pad">{text}</p>
                <ul class="rows">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn item(href: String, name: &str, sub: String) -> AnyView {
    view! {
        <li>
            <a class="row" href=href>
                <span class="grow stack-tight">
                    <span class="name">{name.to_owned()}</span>
                    <span class="sub num">{sub}</span>
                </span>
                {Icon::Next.view()}
            </a>
        </li>
    }
    .into_any()
}

fn tasks(r: &WardReport) -> AnyView {
    let cell = |c: &CellLine| ["/chi-bo/", &c.unit.id.to_string()].concat();
    let not_met: Vec<AnyView> = r
        .cells
        .iter()
        .filter(|c| !c.met_this_half && c.open.is_none())
        .map(|c| {
            let planned = c.next.as_ref().map_or_else(|| s::NOTHING_PLANNED.to_owned(), |m| s::planned_for(m.starts));
            item(cell(c), &c.unit.name, planned)
        })
        .collect();
    let forgotten: Vec<AnyView> = r
        .cells
        .iter()
        .filter_map(|c| c.open.as_ref().map(|m| (c, m)))
        .filter(|(_, m)| r.made_at.0.saturating_sub(m.starts.0) > FORGOTTEN)
        .map(|(c, m)| item(["/bao-cao/buoi-hop/", &m.id.to_string()].concat(), &c.unit.name, s::open_since(m.starts)))
        .collect();
    let unmarked: Vec<AnyView> = r
        .cells
        .iter()
        .filter_map(|c| c.last.as_ref().filter(|m| m.tally.unmarked > 0).map(|m| (c, m)))
        .map(|(c, m)| {
            item(
                ["/bao-cao/buoi-hop/", &m.id.to_string()].concat(),
                &c.unit.name,
                s::still_unmarked(m.tally.unmarked, m.starts),
            )
        })
        .collect();
    let phones: Vec<AnyView> = r
        .silent_phones
        .iter()
        .map(|p| phone(p, p.cell.and_then(|id| r.cells.iter().find(|l| l.unit.id == id)).map(|l| l.unit.name.as_str())))
        .collect();
    let requests: Vec<AnyView> =
        (r.requests.open > 0).then(|| item("/yeu-cau".to_owned(), c::WORK, c::hint(&r.requests))).into_iter().collect();
    let sections: Vec<AnyView> = [
        section(c::WORK.to_owned(), REQ_TODO_TEXT, requests),
        section(s::with_count(s::TODO_NOT_MET, not_met.len()), s::TODO_NOT_MET_TEXT, not_met),
        section(s::with_count(s::TODO_FORGOTTEN, forgotten.len()), s::TODO_FORGOTTEN_TEXT, forgotten),
        section(s::with_count(s::TODO_UNMARKED, unmarked.len()), s::TODO_UNMARKED_TEXT, unmarked),
        section(s::with_count(s::SILENT_PHONES, phones.len()), s::TODO_PHONES_TEXT, phones),
    ]
    .into_iter()
    .flatten()
    .collect();
    if sections.is_empty() {
        return view! { <EmptyFace icon=Icon::Check title=s::TODO_NOTHING text=s::TODO_NOTHING_TEXT /> }.into_any();
    }
    sections.into_any()
}
