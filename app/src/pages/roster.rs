//! *Danh sách*: the register of a cell, with search, groups and filters; the way to each member, to the import and to paper.

use crate::components::staff::form::{chip, search_box};
use crate::components::staff::people::{self, Part, People, Person};
use crate::components::staff::unit::{may, units_with};
use crate::components::{Button, Card, EmptyFace, Frame, Icon, LoadingFace};
use crate::platform;
use crate::state::{App, use_app};
use crate::text::vi::common::pin;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::book::Book;
use domain::id::UnitId;
use domain::member::Member;
use domain::text::Query;
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use leptos::prelude::*;
use std::sync::Arc;

/// The page.
#[component]
pub fn RosterPage() -> AnyView {
    let app = use_app();
    let cells = Memo::new(move |_| units_with(app, Power::ReadRegister, &[UnitKind::Cell]));
    let chosen = RwSignal::new(None::<UnitId>);
    let cell = Memo::new(move |_| {
        cells.with(|all| all.iter().find(|u| Some(u.id) == chosen.get()).or_else(|| all.first()).cloned())
    });
    view! {
        <Frame title=s::ROSTER_TITLE.to_owned()>
            {move || {
                if !app.ready().get() {
                    return view! { <LoadingFace /> }.into_any();
                }
                match cell.get() {
                    Some(cell) => {
                        view! {
                            {pick(cells, cell.id, chosen)}
                            {register(app, &cell)}
                            {no_pin(app)}
                        }
                            .into_any()
                    }
                    None => view! { <EmptyFace icon=Icon::People title=s::NO_REGISTER text=s::NO_REGISTER_TEXT /> }.into_any(),
                }
            }}
        </Frame>
    }
    .into_any()
}

/// Whoever holds names on a phone without a PIN is told, below the names.
fn no_pin(app: App) -> AnyView {
    let has = app.has_pin();
    (move || {
        (app.can_have_pin() && !has.get()).then(|| {
            view! {
                <Card testid="no-pin">
                    <p>{pin::SET_STAFF}</p>
                    <Button icon=Icon::Lock href="/ma-pin" testid="roster-pin">{pin::SET_GO}</Button>
                </Card>
            }
        })
    })
    .into_any()
}

/// Somebody who keeps several cells chooses one.
fn pick(cells: Memo<Vec<Unit>>, now: UnitId, chosen: RwSignal<Option<UnitId>>) -> AnyView {
    let all = cells.get_untracked();
    if all.len() < 2 {
        return ().into_any();
    }
    let options: Vec<AnyView> = all
        .into_iter()
        .map(|u| view! { <option value=u.id.to_string() selected=u.id == now>{u.name}</option> }.into_any())
        .collect();
    view! {
        <div class="field no-print">
            <label for="roster-cell">{s::CELL}</label>
            <select id="roster-cell" class="input" on:change=move |ev| chosen.set(event_target_value(&ev).parse().ok())>
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn listed(book: &Book, cell: UnitId, now: Millis) -> Vec<(&Member, Part)> {
    let today = now.day();
    book.members
        .values()
        .filter(|m| m.cell == cell)
        .map(|m| {
            let part = if !m.on_list(today) {
                Part::Gone
            } else if m.exempt_on(today).is_some() {
                Part::Exempt
            } else {
                Part::Main
            };
            (m, part)
        })
        .collect()
}

/// The register of one cell.
fn register(app: App, cell: &Unit) -> AnyView {
    let id = cell.id;
    let now = app.now();
    let source = Memo::new(move |_| app.view().with(|b| people::Source::of(b, None)));
    let people = Memo::new(move |before: Option<&People>| {
        // Read, not only tracked: a memo that nobody has read yet watches nothing.
        source.with(|_| ());
        app.view().with_untracked(|b| People::of(listed(b, id, now), before))
    });
    let text = RwSignal::new(String::new());
    let group = RwSignal::new(None::<String>);
    let part = RwSignal::new(None::<Part>);
    let found = RwSignal::new(0_usize);
    Effect::new(move |_| {
        let query = text.with(|q| Query::new(q));
        let (group, part) = (group.get(), part.get());
        // Those who left are shown only when asked for.
        let passes = |p: &Person| part.map_or(p.part != Part::Gone, |part| p.part == part);
        found.set(people.with(|p| p.show(&query, group.as_deref(), &passes)));
    });
    let count = move |of: Part| Memo::new(move |_| people.with(|p| p.count(of)));
    let (main, exempt, gone) = (count(Part::Main), count(Part::Exempt), count(Part::Gone));
    let part_chip = move |label: fn(usize) -> String, of: Part, n: Memo<usize>| {
        move || {
            (n.get() > 0).then(|| {
                let on = Signal::derive(move || part.get() == Some(of));
                chip(Signal::derive(move || label(n.get())), on, move || {
                    part.set(if on.get_untracked() { None } else { Some(of) });
                })
            })
        }
    };
    let groups = move || {
        let all = people.with(|p| Arc::clone(&p.groups));
        if all.len() < 2 {
            return Vec::new();
        }
        all.iter()
            .map(|g| {
                let (own, set) = (g.clone(), g.clone());
                let on = Signal::derive(move || group.with(|x| x.as_ref() == Some(&own)));
                chip(Signal::stored(g.clone()), on, move || {
                    group.set(if on.get_untracked() { None } else { Some(set.clone()) });
                })
            })
            .collect()
    };
    let empty = Memo::new(move |_| people.with(|p| p.rows.is_empty()));
    let import = ["/nhap-danh-sach/", &id.to_string()].concat();
    let may_enrol = app.view().with_untracked(|b| may(app, b, Power::KeepRegister, id));
    let add = ["/dang-vien-moi/", &id.to_string()].concat();
    view! {
        <div class="cluster no-print">
            <a class="btn btn-primary grow" href=add data-testid="member-add">
                {Icon::Plus.view()}
                {s::MEMBER_ADD}
            </a>
            <a
                class="btn btn-secondary grow"
                href=["/nhap-danh-sach/", &id.to_string()].concat()
                data-testid="roster-import"
            >
                {Icon::Upload.view()}
                {s::IMPORT}
            </a>
            {may_enrol.then(|| view! {
                <a class="btn btn-secondary grow" href=["/in-phieu/", &id.to_string()].concat() data-testid="roster-sheets">
                    {Icon::Key.view()}
                    {s::SHEETS_LINK}
                </a>
            })}
            <button type="button" class="btn btn-secondary" on:click=move |_| platform::document::print()>
                {Icon::Print.view()}
                {s::PRINT}
            </button>
        </div>
        <h2 class="print-only">{[s::ROSTER_PRINTED, " · ", &cell.name].concat()}</h2>
        <p class="strong num" data-testid="roster-count">
            {move || s::roster_count(main.get() + exempt.get(), exempt.get())}
        </p>
        <div class="roll-head no-print">
            {search_box(text, s::SEARCH_PERSON, "roster-search", || {})}
        </div>
        <div class="chips no-print" role="group" aria-label=s::FILTERS>
            {part_chip(s::only_exempt, Part::Exempt, exempt)}
            {part_chip(s::only_gone, Part::Gone, gone)}
            {groups}
        </div>
        {move || {
            if empty.get() {
                let import = import.clone();
                view! {
                    <EmptyFace icon=Icon::People title=s::ROSTER_EMPTY text=s::ROSTER_EMPTY_TEXT>
                        <a class="btn btn-primary" href=import>{Icon::Upload.view()} {s::IMPORT}</a>
                    </EmptyFace>
                }
                    .into_any()
            } else {
                view! {
                    <ul class="roll-list card flush" aria-label=s::ROSTER_TITLE data-testid="roster-list">
                        <For each=move || people.get().rows.to_vec() key=|p| (p.print, p.namesake) children=move |p| line(&p) />
                    </ul>
                    <p class="muted" role="status" hidden=move || found.get() != 0>{s::NOBODY_FOUND}</p>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

fn line(p: &Arc<Person>) -> AnyView {
    let (before, given) = p.split();
    let shown = p.shown.clone();
    let mark = match p.part {
        Part::Main => None,
        Part::Exempt => Some(("badge tone-info", s::EXEMPT_SHORT)),
        Part::Gone => Some(("badge", s::GONE_SHORT)),
    };
    view! {
        <li class="roll-row" data-testid="roster-row" data-member=p.id.to_string() hidden=move || !shown.get()>
            <a class="roll-main" href=["/dang-vien/", &p.id.to_string()].concat()>
                <span class="roll-words">
                    <span class="roll-name">{before.to_owned()}<b>{given.to_owned()}</b></span>
                    <span class="roll-detail" class:namesake=p.namesake>{p.detail.clone()}</span>
                </span>
                {mark.map(|(class, word)| view! { <span class=class>{word}</span> })}
                {Icon::Next.view()}
            </a>
        </li>
    }
    .into_any()
}
