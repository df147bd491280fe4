//! *Ai được xem gì*: what each role may see and do, made from the one table of the rules (`domain::account`). One's own roles stand first.

use crate::components::{Badge, Card, Frame, Icon, Tone};
use crate::state::{App, use_app};
use crate::text::vi::powers as w;
use crate::text::vi::staff as s;
use domain::account::{Grant, Power, Role};
use domain::time::date_vi;
use leptos::prelude::*;

/// The page.
#[component]
pub fn WhoSees() -> AnyView {
    let app = use_app();
    let roles = move || {
        let grants = app.session().with(|s| s.as_ref().map(|s| s.me.roles.clone()).unwrap_or_default());
        let today = app.now().day();
        let mut all: Vec<(Role, Vec<&Grant>)> = Role::ALL
            .into_iter()
            .map(|role| (role, grants.iter().filter(|g| g.role == role && g.holds_on(today)).collect()))
            .collect();
        // Own ones first, those that can do nothing yet last.
        all.sort_by_key(|(role, own)| (own.is_empty(), role.powers().is_empty()));
        all.iter().map(|(role, own)| card(app, *role, own)).collect::<Vec<_>>()
    };
    view! {
        <Frame title=w::WHO_SEES back="/cai-dat">
            <p class="lead">{w::WHO_SEES_LEAD}</p>
            {roles}
        </Frame>
    }
    .into_any()
}

fn card(app: App, role: Role, own: &[&Grant]) -> AnyView {
    let mine = !own.is_empty();
    let units: Vec<AnyView> = own
        .iter()
        .map(|g| {
            let name = app.view().with(|b| b.units.get(g.unit).map(|u| u.name.clone()));
            let meeting =
                g.meeting.and_then(|id| app.view().with(|b| b.meetings.get(&id).map(|m| m.plan.title.clone())));
            let until = g.to.map(|to| ["đến hết ", &date_vi(to)].concat());
            let words: Vec<String> = [name, meeting, until].into_iter().flatten().collect();
            view! { <p class="strong">{words.join(", ")}</p> }.into_any()
        })
        .collect();
    let home = role.powers_at_home();
    view! {
        <Card title=s::role(role) accent=mine testid=if mine { "own-role" } else { "other-role" }>
            {mine.then(|| view! { <p><Badge tone=Tone::Good icon=Icon::Person text=w::WHO_SEES_MINE /></p> })}
            {units}
            {if role.powers().is_empty() && home.is_empty() {
                view! { <p>{w::WHO_SEES_NOTHING}</p> }.into_any()
            } else {
                sentences(role.powers())
            }}
            {role.is_for_one_meeting().then(|| view! { <p>{w::WHO_SEES_ONE_MEETING}</p> })}
            {(!home.is_empty()).then(|| view! { <p>{w::WHO_SEES_AT_HOME}</p> {sentences(home)} })}
            {(!role.powers().is_empty() && w::shows_no_names(role)).then(|| view! { <p class="muted">{w::WHO_SEES_NAMES}</p> })}
        </Card>
    }
    .into_any()
}

fn sentences(powers: &[Power]) -> AnyView {
    let lines: Vec<AnyView> = powers.iter().map(|p| view! { <li>{w::power(*p)}</li> }.into_any()).collect();
    view! { <ul class="bullets">{lines}</ul> }.into_any()
}
