//! The sheets of a unit: a new cell; name, closing, giving a role.

use super::{Desk, What};
use crate::api;
use crate::components::staff::form::{Fields, Look, day_of, field, select};
use crate::components::{Button, Icon, Kind, toast};
use crate::pages::call::Call;
use crate::pages::set_up::name_words;
use crate::text::vi::staff as s;
use domain::account::Role;
use domain::admin::{ChangeUnit, GiveRole, NewCell, RoleGiven, name};
use domain::id::{AccountId, UnitId};
use domain::unit::{Unit, UnitKind};
use leptos::prelude::*;

/// A name field's text, or what is wrong with it, put up in the form.
fn named(fields: &Fields, at: &'static str) -> Option<String> {
    match name(&fields.text(at)) {
        Ok(name) => {
            fields.accept(Vec::new());
            Some(name)
        }
        Err(fault) => {
            fields.accept(vec![(at, name_words(fault))]);
            None
        }
    }
}

/// *Thêm chi bộ*.
pub(super) fn new_cell(desk: Desk) -> AnyView {
    let Some(office) = desk.office.data.get_untracked() else { return ().into_any() };
    let wards: Vec<(String, String)> =
        super::wards(desk, &office).into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    let fields = Fields::new(&["cell-name", "cell-of"]);
    fields.set("cell-of", wards.first().map(|(id, _)| id.clone()).unwrap_or_default());
    let call = Call::idle();
    let form = fields.clone();
    let of = fields.of("cell-of");
    let choice = (wards.len() > 1).then(|| select(Look::new("cell-of", s::CELL_OF), of, wards));
    view! {
        <form
            class="stack"
            novalidate=true
            on:submit=move |ev| {
                ev.prevent_default();
                let Some(name) = named(&form, "cell-name") else { return };
                let Ok(parent) = form.text("cell-of").parse::<UnitId>() else { return };
                call.run(async move { api::post::<Unit>("admin/units", &NewCell { parent, name }).await }, move |_| {
                    desk.changed();
                    desk.close();
                    toast(s::SAVED_TOAST);
                });
            }
        >
            {choice}
            {field(&fields, Look::new("cell-name", s::CELL_NAME).required())}
            {call.problem()}
            <Button kind=Kind::Primary wide=true submit=true disabled=call.busy testid="cell-save">{s::CELL_ADD}</Button>
        </form>
    }
    .into_any()
}

/// One unit.
pub(super) fn one(desk: Desk, id: UnitId) -> AnyView {
    let known = desk.office.data.get_untracked();
    let Some(unit) = known.and_then(|o| o.units.iter().find(|u| u.id == id).cloned()) else {
        return ().into_any();
    };
    view! {
        {(!unit.closed).then(|| give(desk, &unit))}
        {rename(desk, &unit)}
        {(unit.kind == UnitKind::Cell).then(|| closing(desk, &unit))}
    }
    .into_any()
}

fn change(desk: Desk, call: Call, id: UnitId, ask: ChangeUnit) {
    let path = ["admin/units/", &id.to_string()].concat();
    call.run(async move { api::put::<Unit>(&path, &ask).await }, move |_| {
        desk.changed();
        desk.close();
        toast(s::SAVED_TOAST);
    });
}

fn rename(desk: Desk, unit: &Unit) -> AnyView {
    let fields = Fields::new(&["unit-name"]);
    fields.set("unit-name", unit.name.clone());
    let (id, call, form) = (unit.id, Call::idle(), fields.clone());
    view! {
        <form
            class="stack"
            novalidate=true
            on:submit=move |ev| {
                ev.prevent_default();
                if let Some(name) = named(&form, "unit-name") {
                    change(desk, call, id, ChangeUnit { name: Some(name), closed: None });
                }
            }
        >
            <h3>{s::UNIT_RENAME}</h3>
            {field(&fields, Look::new("unit-name", s::UNIT_NAME).required())}
            {call.problem()}
            <Button wide=true submit=true disabled=call.busy testid="unit-rename">{s::UNIT_RENAME}</Button>
        </form>
    }
    .into_any()
}

fn closing(desk: Desk, unit: &Unit) -> AnyView {
    let (id, closed, call) = (unit.id, unit.closed, Call::idle());
    let (kind, word) = if closed { (Kind::Secondary, s::UNIT_REOPEN) } else { (Kind::Danger, s::UNIT_CLOSE) };
    view! {
        <section class="stack">
            <h3>{word}</h3>
            <p class="muted">{s::UNIT_CLOSE_TEXT}</p>
            {call.problem()}
            <Button
                kind=kind
                wide=true
                disabled=call.busy
                testid="unit-close"
                on_press=Callback::new(move |()| change(desk, call, id, ChangeUnit { name: None, closed: Some(!closed) }))
            >
                {word}
            </Button>
        </section>
    }
    .into_any()
}

const GIVEN: [(&str, Role); 7] = [
    ("secretary", Role::Secretary),
    ("ward", Role::Ward),
    ("admin", Role::Admin),
    ("upper", Role::Upper),
    ("follower", Role::Follower),
    ("workplace", Role::Workplace),
    ("front", Role::Front),
];

/// What the form says; none when something is wrong, which is put up.
fn read(desk: Desk, fields: &Fields, unit: UnitId) -> Option<GiveRole> {
    let mut wrong = Vec::new();
    let account = fields.text("role-who").parse::<AccountId>().ok();
    let person = account.is_none().then(|| name(&fields.text("role-name")));
    if let Some(Err(fault)) = &person {
        wrong.push(("role-name", name_words(*fault)));
    }
    let day = |at: &str| fields.some(at).map(|text| day_of(&text));
    let (from, to) = (day("role-from"), day("role-to"));
    if from == Some(None) {
        wrong.push(("role-from", s::ERR_DAY));
    }
    let (from, last) = (from.flatten(), to.flatten());
    let today = desk.today();
    if to.is_some() && last.is_none_or(|to| to < from.unwrap_or(today).max(today)) {
        wrong.push(("role-to", s::ERR_DAYS));
    }
    let chosen = fields.text("role-which");
    let role = GIVEN.iter().find(|(key, _)| *key == chosen).map(|(_, role)| *role);
    if !fields.accept(wrong) {
        return None;
    }
    Some(GiveRole { account, name: person.and_then(Result::ok), role: role?, unit, from, to: last })
}

/// *Giao vai trò*: to somebody new, or to somebody who has an account.
fn give(desk: Desk, unit: &Unit) -> AnyView {
    let fields = Fields::new(&["role-who", "role-name", "role-which", "role-from", "role-to"]);
    let all = super::manages_all(desk, unit.id);
    let roles: Vec<(String, String)> = GIVEN
        .iter()
        .filter(|(_, role)| role.fits(unit.kind) && (all || role.is_of_a_cell()))
        .map(|(key, role)| ((*key).to_owned(), s::role(*role).to_owned()))
        .collect();
    fields.set("role-which", roles.first().map(|(key, _)| key.clone()).unwrap_or_default());
    let mut people = vec![(String::new(), s::ROLE_NEW_PERSON.to_owned())];
    if let Some(office) = desk.office.data.get_untracked() {
        let given = office.people.iter().filter(|p| p.within && !p.off);
        people.extend(given.map(|p| (p.account.to_string(), p.name.clone())));
    }
    let (who, which, id, call) = (fields.of("role-who"), fields.of("role-which"), unit.id, Call::idle());
    let (form, shown) = (fields.clone(), fields.clone());
    view! {
        <form
            class="stack"
            novalidate=true
            data-testid="role-form"
            on:submit=move |ev| {
                ev.prevent_default();
                let Some(ask) = read(desk, &form, id) else { return };
                let person = ask.name.clone().unwrap_or_default();
                call.run(async move { api::post::<RoleGiven>("admin/roles", &ask).await }, move |given| {
                    desk.changed();
                    if let Some(code) = given.code {
                        desk.show(What::Code(person, code));
                    } else {
                        desk.close();
                        toast(s::ROLE_GIVEN);
                    }
                });
            }
        >
            <h3>{s::ROLE_GIVE}</h3>
            {select(Look::new("role-which", s::ROLE_WHICH), which, roles)}
            {select(Look::new("role-who", s::ROLE_WHO), who, people)}
            {move || {
                who.with(String::is_empty).then(|| field(&shown, Look::new("role-name", s::ROLE_NAME).required()))
            }}
            <details>
                <summary>{s::ROLE_DAYS}</summary>
                <div class="grid-2">
                    {field(&fields, Look::new("role-from", s::ROLE_FROM).kind("date"))}
                    {field(&fields, Look::new("role-to", s::ROLE_TO).kind("date"))}
                </div>
            </details>
            {call.problem()}
            <Button kind=Kind::Primary wide=true submit=true icon=Icon::Key disabled=call.busy testid="role-give">{s::ROLE_SAVE}</Button>
        </form>
    }
    .into_any()
}
