//! *Đơn vị và vai trò*: the units that an administrator manages and who holds roles there. Everything here is a call of the server,
//! because who may sign in is decided there and then.

mod person;
mod unit;

use super::ward::load::{Load, faced, load};
use crate::components::staff::code::code_face;
use crate::components::staff::unit::{may, units_with};
use crate::components::{Badge, Frame, Icon, Sheet, Tone};
use crate::state::{App, use_app};
use crate::text::vi::staff as s;
use chrono::NaiveDate;
use domain::account::{Power, Role};
use domain::admin::{Holder, Office};
use domain::desk::EnrolCode;
use domain::id::{AccountId, UnitId};
use domain::text::natural_key;
use domain::unit::{Unit, UnitKind};
use leptos::prelude::*;
use std::sync::Arc;

/// What the sheet shows.
#[derive(Clone, PartialEq)]
enum What {
    /// A new cell.
    NewCell,
    /// A unit: its name, who holds what there, giving a role.
    Unit(UnitId),
    /// Somebody: roles, codes, switching off.
    Person(AccountId),
    /// A code for somebody, by name. It is shown once.
    Code(String, EnrolCode),
}

/// What the sheets need.
#[derive(Clone, Copy)]
struct Desk {
    app: App,
    office: Load<Office>,
    what: RwSignal<What>,
    open: RwSignal<bool>,
}

impl Desk {
    fn show(self, what: What) {
        self.what.set(what);
        self.open.set(true);
    }
    fn close(self) {
        self.open.set(false);
    }
    /// Something was changed: asks the server again.
    fn changed(self) {
        self.office.reload();
    }
    fn today(self) -> NaiveDate {
        self.app.now().day()
    }
    /// What is known; none before the first answer.
    fn known(self) -> Option<Arc<Office>> {
        self.office.data.get()
    }
}

/// The page.
#[component]
pub fn OfficePage() -> AnyView {
    let app = use_app();
    let office = load::<Office>(app, Signal::stored(Some("admin/units".to_owned())));
    let desk = Desk { app, office, what: RwSignal::new(What::NewCell), open: RwSignal::new(false) };
    let title = Signal::derive(move || title(desk));
    view! {
        <Frame title=s::OFFICE back="/cai-dat">
            {faced(office, move || view! { {units(desk)} {people(desk)} }.into_any())}
            <Sheet open=desk.open title=title testid="office-sheet">
                {move || match desk.what.get() {
                    What::NewCell => unit::new_cell(desk),
                    What::Unit(id) => unit::one(desk, id),
                    What::Person(account) => person::one(desk, account),
                    What::Code(_, code) => view! { <p>{s::CODE_HAND}</p> {code_face(code)} }.into_any(),
                }}
            </Sheet>
        </Frame>
    }
    .into_any()
}

fn title(desk: Desk) -> String {
    let known = desk.known();
    match desk.what.get() {
        What::NewCell => s::CELL_ADD.to_owned(),
        What::Unit(id) => known.map(|o| unit_name(&o, id)).unwrap_or_default(),
        What::Person(id) => {
            known.and_then(|o| o.people.iter().find(|p| p.account == id).map(|p| p.name.clone())).unwrap_or_default()
        }
        What::Code(name, _) => name,
    }
}

fn unit_name(office: &Office, id: UnitId) -> String {
    office.units.iter().find(|u| u.id == id).map_or_else(|| s::UNKNOWN_UNIT.to_owned(), |u| u.name.clone())
}

/// Those above first, each followed by what is below it, by name; closed ones last.
fn in_order(office: &Office) -> Vec<&Unit> {
    let known = |id: UnitId| office.units.iter().any(|u| u.id == id);
    let mut order = Vec::new();
    let mut next: Vec<&Unit> = office.units.iter().filter(|u| u.parent.is_none_or(|p| !known(p))).collect();
    let sort =
        |units: &mut Vec<&Unit>| units.sort_by_cached_key(|u| (!u.closed, std::cmp::Reverse(natural_key(&u.name))));
    sort(&mut next);
    while let Some(unit) = next.pop() {
        order.push(unit);
        let mut below: Vec<&Unit> = office.units.iter().filter(|u| u.parent == Some(unit.id)).collect();
        sort(&mut below);
        next.extend(below);
    }
    order
}

/// The wards to which somebody may add cells: those that an administrator manages, and a ward itself.
fn wards(desk: Desk, office: &Office) -> Vec<(UnitId, String)> {
    let managed = in_order(office).into_iter().filter(|u| u.kind == UnitKind::Ward && !u.closed).cloned();
    let own = units_with(desk.app, Power::ManageCells, &[UnitKind::Ward]);
    let mut all: Vec<(UnitId, String)> = Vec::new();
    for unit in managed.chain(own) {
        if all.iter().all(|(id, _)| *id != unit.id) {
            all.push((unit.id, unit.name));
        }
    }
    all
}

/// Whether the person signed in manages every role there, or only those of cells.
fn manages_all(desk: Desk, unit: UnitId) -> bool {
    desk.app.view().with_untracked(|b| may(desk.app, b, Power::ManageUnits, unit))
}

fn units(desk: Desk) -> AnyView {
    let rows = move || {
        let office = desk.known()?;
        let today = desk.today();
        Some(in_order(&office).into_iter().map(|u| unit_row(desk, &office, u, today)).collect::<Vec<_>>())
    };
    let can_add = move || desk.known().is_some_and(|o| !wards(desk, &o).is_empty());
    view! {
        <section class="card flush" data-testid="office">
            <h2>{s::OFFICE_UNITS}</h2>
            <ul class="rows">{rows}</ul>
            {move || {
                can_add()
                    .then(|| {
                        view! {
                            <div class="pad">
                                <button type="button" class="btn btn-secondary" data-testid="cell-add" on:click=move |_| desk.show(What::NewCell)>
                                    {Icon::Plus.view()}
                                    {s::CELL_ADD}
                                </button>
                            </div>
                        }
                    })
            }}
        </section>
    }
    .into_any()
}

fn unit_row(desk: Desk, office: &Office, unit: &Unit, today: NaiveDate) -> AnyView {
    let holders: Vec<String> = office
        .people
        .iter()
        .filter(|p| !p.off)
        .flat_map(|p| p.roles.iter().map(move |g| (p, g)))
        .filter(|(_, g)| g.unit == unit.id && g.holds_on(today) && g.role != Role::Member)
        .map(|(p, g)| [s::role(g.role), ": ", p.name.as_str()].concat())
        .collect();
    let lacks = unit.kind == UnitKind::Cell && !unit.closed && holders.is_empty();
    let id = unit.id;
    view! {
        <li>
            <button
                type="button"
                class="row"
                data-testid="unit-row"
                data-unit=id.to_string()
                on:click=move |_| desk.show(What::Unit(id))
            >
                <span class="grow stack-tight">
                    <span class="name">{unit.name.clone()}</span>
                    {(unit.kind != UnitKind::Cell).then(|| view! { <span class="sub">{s::unit_kind(unit.kind)}</span> })}
                    {holders.into_iter().map(|h| view! { <span class="sub">{h}</span> }).collect::<Vec<_>>()}
                    {lacks.then(|| view! { <span><Badge tone=Tone::Warn icon=Icon::Warn text=s::NO_SECRETARY /></span> })}
                    {unit.closed.then(|| view! { <span><Badge tone=Tone::Plain icon=Icon::Cross text=s::UNIT_CLOSED /></span> })}
                </span>
                {Icon::Next.view()}
            </button>
        </li>
    }
    .into_any()
}

fn people(desk: Desk) -> AnyView {
    let rows = move || {
        let office = desk.known()?;
        if office.people.is_empty() {
            return Some(view! { <p class="muted pad">{s::OFFICE_NOBODY}</p> }.into_any());
        }
        let rows: Vec<AnyView> = office.people.iter().map(|p| person_row(desk, &office, p)).collect();
        Some(view! { <ul class="rows">{rows}</ul> }.into_any())
    };
    view! {
        <section class="card flush">
            <h2>{s::OFFICE_PEOPLE}</h2>
            <p class="muted pad">{s::OFFICE_PEOPLE_TEXT}</p>
            {rows}
        </section>
    }
    .into_any()
}

fn person_row(desk: Desk, office: &Office, person: &Holder) -> AnyView {
    let (id, today) = (person.account, desk.today());
    let roles: Vec<String> = person
        .roles
        .iter()
        .filter(|g| g.role != Role::Member && g.to.is_none_or(|to| today <= to))
        .map(|g| [s::role(g.role), " · ", unit_name(office, g.unit).as_str()].concat())
        .collect();
    view! {
        <li>
            <button
                type="button"
                class="row"
                data-testid="person-row"
                data-account=id.to_string()
                on:click=move |_| desk.show(What::Person(id))
            >
                <span class="grow stack-tight">
                    <span class="name">{person.name.clone()}</span>
                    {roles.into_iter().map(|r| view! { <span class="sub">{r}</span> }).collect::<Vec<_>>()}
                    {person.off.then(|| view! { <span><Badge tone=Tone::Bad icon=Icon::Cross text=s::IS_OFF /></span> })}
                    {(person.seen.is_none() && !person.off)
                        .then(|| view! { <span><Badge tone=Tone::Warn icon=Icon::Key text=s::NEVER_SIGNED_IN /></span> })}
                </span>
                {Icon::Next.view()}
            </button>
        </li>
    }
    .into_any()
}
