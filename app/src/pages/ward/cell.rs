//! One cell as the ward sees it: how it stands, its meetings, its members (online), the way to matrix and import.

use super::load::{faced, load};
use super::ward_report;
use crate::components::staff::bars::bar;
use crate::components::staff::form::search_box;
use crate::components::staff::people::detail;
use crate::components::staff::unit::may;
use crate::components::{EmptyFace, Frame, Icon};
use crate::pages::kit::path_id;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::id::UnitId;
use domain::meeting::MeetingStatus;
use domain::member::Member;
use domain::report::CellLine;
use domain::text::{Query, SearchKey, sort_key};
use leptos::prelude::*;

/// The page.
#[component]
pub fn CellPage() -> AnyView {
    let app = use_app();
    let id = path_id::<UnitId>();
    let report = ward_report(app);
    let line =
        report.part(move |r| id.get_untracked().and_then(|id| r.cells.iter().find(|c| c.unit.id == id).cloned()));
    let title = Signal::derive(move || {
        let known = id.get().and_then(|id| app.view().with(|b| b.units.get(id).map(|u| u.name.clone())));
        known.or_else(|| line.get().flatten().map(|c| c.unit.name)).unwrap_or_else(|| s::CELL.to_owned())
    });
    view! {
        <Frame title=title back="/chi-bo".to_owned() wide=true>
            {move || match id.get() {
                None => view! { <EmptyFace icon=Icon::Tree title=s::UNKNOWN_CELL /> }.into_any(),
                Some(id) => {
                    view! {
                        {faced(report, move || (move || line.get().flatten().map(|c| facts(&c))).into_any())}
                        {ways(app, id)}
                        {meetings(app, id)}
                        {members(app, id)}
                    }
                        .into_any()
                }
            }}
        </Frame>
    }
    .into_any()
}

fn facts(c: &CellLine) -> AnyView {
    let last = c.last.as_ref().map(|m| {
        view! {
            <div class="stack-tight">
                <p class="strong">{s::LAST_MEETING}</p>
                <p class="num">{m.starts.date_vi()} " · " {s::tally_line(&m.tally)}</p>
                {bar(&m.tally)}
            </div>
        }
    });
    let met = if c.met_this_half {
        ("badge tone-good", Icon::Check, s::MET)
    } else {
        ("badge tone-warn", Icon::Warn, s::NOT_MET)
    };
    let silent = (c.silent > 0).then(
        || view! { <span class="badge tone-warn">{Icon::Phone.small()} <span>{s::silent_of(c.silent)}</span></span> },
    );
    view! {
        <section class="card">
            <p class="num strong">{s::cell_people(c.members, c.exempt, c.phones)}</p>
            <p class="cluster"><span class=met.0>{met.1.small()} <span>{met.2}</span></span> {silent}</p>
            {last}
        </section>
    }
    .into_any()
}

/// Matrix, import, slips, a new meeting.
fn ways(app: App, id: UnitId) -> AnyView {
    let (keeps, plan) =
        app.view().with_untracked(|b| (may(app, b, Power::KeepRegister, id), may(app, b, Power::HoldMeetings, id)));
    let way = |href: String, icon: Icon, label: &'static str, testid: &'static str| {
        view! { <a class="btn btn-secondary" href=href data-testid=testid>{icon.view()} {label}</a> }.into_any()
    };
    let id = id.to_string();
    view! {
        <div class="cluster no-print">
            {way(["/chi-bo/", &id, "/ma-tran"].concat(), Icon::Chart, s::MATRIX, "to-matrix")}
            {keeps.then(|| way(["/nhap-danh-sach/", &id].concat(), Icon::Upload, s::IMPORT, "to-import"))}
            {keeps.then(|| way(["/in-phieu/", &id].concat(), Icon::Key, s::SHEETS_LINK, "to-sheets"))}
            {plan.then(|| way(["/buoi-hop-moi?chi-bo=", &id].concat(), Icon::Calendar, s::PLAN_MEETING, "to-plan"))}
        </div>
    }
    .into_any()
}

/// From the phone's own rows, so also without a network; the lists behind them are reports.
fn meetings(app: App, cell: UnitId) -> AnyView {
    let all = Memo::new(move |_| {
        app.view().with(|b| {
            let mut all: Vec<_> = b.meetings.values().filter(|m| m.unit == cell).cloned().collect();
            all.sort_by_key(|m| (std::cmp::Reverse(m.plan.starts), m.id));
            all
        })
    });
    let rows = move || {
        let all = all.get();
        if all.is_empty() {
            return view! { <p class="muted pad">{s::NO_MEETINGS_YET}</p> }.into_any();
        }
        let rows: Vec<AnyView> = all
            .iter()
            .map(|m| {
                let held = matches!(m.status, MeetingStatus::Open | MeetingStatus::Closed);
                let base = if held { "/bao-cao/buoi-hop/" } else { "/buoi-hop/" };
                let tone = match m.status {
                    MeetingStatus::Open => "badge tone-info",
                    MeetingStatus::Closed => "badge tone-good",
                    _ => "badge",
                };
                view! {
                    <li>
                        <a class="row" href=[base, &m.id.to_string()].concat()>
                            <span class="grow stack-tight">
                                <span class="name">{m.plan.title.clone()}</span>
                                <span class="sub num">{m.plan.starts.moment_vi()}</span>
                            </span>
                            <span class=tone>{t::meeting_status(m.status)}</span>
                        </a>
                    </li>
                }
                .into_any()
            })
            .collect();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! { <section class="card flush"><h2>{s::MEETINGS}</h2>{rows}</section> }.into_any()
}

/// The members, asked for only when somebody wants to see them: names stay where they are needed.
fn members(app: App, cell: UnitId) -> AnyView {
    let wanted = RwSignal::new(false);
    let path = Signal::derive(move || wanted.get().then(|| ["units/", &cell.to_string(), "/members"].concat()));
    let list = load::<Vec<Member>>(app, path);
    let text = RwSignal::new(String::new());
    let people = Memo::new(move |_| {
        list.data.with(|all| {
            let mut all: Vec<Member> = all.as_deref().cloned().unwrap_or_default();
            all.sort_by_cached_key(|m| sort_key(m.name.as_str()));
            all
        })
    });
    let rows = move || {
        let query = text.with(|q| Query::new(q));
        let today = app.now().day();
        let rows: Vec<AnyView> = people.with(|all| {
            all.iter()
                .filter(|m| query.is_empty() || SearchKey::new(m.name.as_str(), m.phone.as_deref()).matches(&query))
                .map(|m| {
                    let mark = if m.on_list(today) {
                        m.exempt_on(today).map(|_| s::EXEMPT_SHORT)
                    } else {
                        Some(s::GONE_SHORT)
                    };
                    view! {
                        <li class="row">
                            <div class="grow">
                                <p class="name">{m.name.to_string()}</p>
                                <p class="sub">{detail(m, true)}</p>
                            </div>
                            {mark.map(|w| view! { <span class="badge">{w}</span> })}
                        </li>
                    }
                    .into_any()
                })
                .collect()
        });
        if rows.is_empty() {
            return view! { <p class="muted pad" role="status">{s::NOBODY_FOUND}</p> }.into_any();
        }
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let body = move || {
        if wanted.get() {
            faced(list, move || {
                view! {
                    <div class="pad">{search_box(text, s::SEARCH_PERSON, "member-search", || {})}</div>
                    {rows}
                }
                .into_any()
            })
        } else {
            view! {
                <div class="pad stack">
                    <p class="muted">{s::MEMBERS_ONLINE}</p>
                    <button type="button" class="btn btn-secondary" data-testid="show-members" on:click=move |_| wanted.set(true)>
                        {Icon::People.view()}
                        {s::SHOW_MEMBERS}
                    </button>
                </div>
            }
            .into_any()
        }
    };
    view! { <section class="card flush"><h2>{s::MEMBERS}</h2>{body}</section> }.into_any()
}
