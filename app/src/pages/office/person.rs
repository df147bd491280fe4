//! The sheet of somebody with roles: ending one, a new code, switching the account off and on.

use super::{Desk, What, unit_name};
use crate::api;
use crate::components::{Badge, Button, Icon, Kind, Tone, toast};
use crate::pages::call::Call;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::{Grant, Role};
use domain::admin::{EndRole, Holder, Office, SwitchAccount};
use domain::desk::EnrolCode;
use domain::id::AccountId;
use leptos::prelude::*;

/// One person.
pub(super) fn one(desk: Desk, account: AccountId) -> AnyView {
    let Some(office) = desk.office.data.get_untracked() else { return ().into_any() };
    let Some(person) = office.people.iter().find(|p| p.account == account) else { return ().into_any() };
    let call = Call::idle();
    // Which role is about to be ended.
    let asked = RwSignal::new(None::<usize>);
    let roles: Vec<AnyView> = person
        .roles
        .iter()
        .enumerate()
        .filter(|(_, g)| g.role != Role::Member)
        .map(|(n, g)| role_line(desk, &office, person, (n, g), asked, call))
        .collect();
    let seen = person.seen.map_or_else(|| s::NEVER_SIGNED_IN.to_owned(), s::account_seen);
    view! {
        <p class="muted num">{seen}</p>
        {person.off.then(|| view! { <p><Badge tone=Tone::Bad icon=Icon::Cross text=s::IS_OFF /></p> })}
        <section class="stack">
            <h3>{s::ROLES_OF}</h3>
            <ul class="rows">{roles}</ul>
        </section>
        {call.problem()}
        {if person.within {
            access(desk, person, call)
        } else {
            view! { <p class="muted">{s::NOT_WITHIN}</p> }.into_any()
        }}
    }
    .into_any()
}

fn role_line(
    desk: Desk,
    office: &Office,
    person: &Holder,
    (n, grant): (usize, &Grant),
    asked: RwSignal<Option<usize>>,
    call: Call,
) -> AnyView {
    let today = desk.today();
    let lasts = grant.to.is_none_or(|to| today <= to)
        && office.units.iter().any(|u| u.id == grant.unit)
        && (grant.role.is_of_a_cell() || super::manages_all(desk, grant.unit));
    let ask = EndRole { account: person.account, role: grant.role, unit: grant.unit };
    let end = move || {
        call.run(async move { api::post::<()>("admin/roles/end", &ask).await }, move |()| {
            desk.changed();
            desk.close();
            toast(s::ROLE_ENDED);
        });
    };
    let buttons = move || {
        lasts.then(|| {
            if asked.get() == Some(n) {
                view! {
                    <div class="cluster">
                        <Button kind=Kind::Danger disabled=call.busy testid="role-end-yes" on_press=Callback::new(move |()| end())>
                            {s::ROLE_END_YES}
                        </Button>
                        <Button on_press=Callback::new(move |()| asked.set(None))>{t::NOT_NOW}</Button>
                    </div>
                }
                .into_any()
            } else {
                view! {
                    <Button testid="role-end" on_press=Callback::new(move |()| asked.set(Some(n)))>{s::ROLE_END}</Button>
                }
                .into_any()
            }
        })
    };
    view! {
        <li class="row">
            <span class="grow stack-tight">
                <span class="name">{s::role(grant.role)}</span>
                <span class="sub">{unit_name(office, grant.unit)}</span>
                {s::role_days(grant, today).map(|days| view! { <span class="sub num">{days}</span> })}
                {buttons}
            </span>
        </li>
    }
    .into_any()
}

/// A new code, and the switch.
fn access(desk: Desk, person: &Holder, call: Call) -> AnyView {
    let (id, off, name) = (person.account, person.off, person.name.clone());
    let path = ["admin/accounts/", &id.to_string()].concat();
    let code_path = [path.as_str(), "/code"].concat();
    let code = (!off).then(|| {
        let make = Callback::new(move |()| {
            let (path, name) = (code_path.clone(), name.clone());
            call.run(async move { api::post::<EnrolCode>(&path, &()).await }, move |code| {
                desk.changed();
                desk.show(What::Code(name, code));
            });
        });
        view! {
            <section class="stack">
                <h3>{s::CODE_FOR}</h3>
                <p class="muted">{s::CODE_MAKE_TEXT}</p>
                <Button wide=true icon=Icon::Key disabled=call.busy testid="code-new" on_press=make>{s::CODE_MAKE}</Button>
            </section>
        }
    });
    let switch = Callback::new(move |()| {
        let path = path.clone();
        call.run(async move { api::put::<()>(&path, &SwitchAccount { off: !off }).await }, move |()| {
            desk.changed();
            desk.close();
            toast(s::SAVED_TOAST);
        });
    });
    let (kind, word) = if off { (Kind::Secondary, s::ACCOUNT_ON) } else { (Kind::Danger, s::ACCOUNT_OFF) };
    view! {
        {code}
        <section class="stack">
            <h3>{word}</h3>
            <p class="muted">{s::ACCOUNT_OFF_TEXT}</p>
            <Button kind=kind wide=true disabled=call.busy testid="account-switch" on_press=switch>{word}</Button>
        </section>
    }
    .into_any()
}
