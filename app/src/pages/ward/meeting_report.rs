//! The list of one meeting: everybody with status, counts that add up, guests, and what waits for a person.

use super::load::{Load, exports, faced, load};
use crate::components::staff::bars::bar;
use crate::components::staff::form::chip;
use crate::components::staff::unit::meeting_words;
use crate::components::{Frame, Icon};
use crate::pages::kit::path_id;
use crate::pages::roll_call::row::status_view;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common as c;
use crate::text::vi::staff as s;
use domain::account::Role;
use domain::id::MeetingId;
use domain::meeting::Standing;
use domain::presence::{PresentAs, Status};
use domain::report::{ListRow, MeetingList};
use domain::tally::Tally;
use leptos::prelude::*;

/// The page.
#[component]
pub fn MeetingReportPage() -> AnyView {
    let app = use_app();
    let id = path_id::<MeetingId>();
    let path = Signal::derive(move || id.get().map(|id| ["reports/meeting/", &id.to_string()].concat()));
    let list = load::<MeetingList>(app, path);
    let title = Signal::derive(move || {
        list.data.with(|d| d.as_ref().map_or_else(|| s::MEETING_LIST.to_owned(), |d| d.meeting.plan.title.clone()))
    });
    let back = move || back_of(app, id.get_untracked());
    view! {
        <Frame title=title back=back() wide=true>
            {faced(
                list,
                move || {
                    view! {
                        {head(list)}
                        {awaited(list)}
                        {held(list)}
                        {rows(list)}
                        {guests(list)}
                        {path.get_untracked().map(|p| exports(&p))}
                    }
                        .into_any()
                },
            )}
        </Frame>
    }
    .into_any()
}

/// A ward came from the cell, a secretary from the meeting.
fn back_of(app: App, id: Option<MeetingId>) -> String {
    let ward = app.session().with_untracked(|x| x.as_ref().is_some_and(|x| x.me.has(Role::Ward)));
    let unit = id.and_then(|id| app.view().with_untracked(|b| b.meetings.get(&id).map(|m| m.unit)));
    match (ward, unit, id) {
        (true, Some(unit), _) => ["/chi-bo/", &unit.to_string()].concat(),
        (false, _, Some(id)) => ["/buoi-hop/", &id.to_string()].concat(),
        _ => "/".to_owned(),
    }
}

fn counter(label: &'static str, n: u32, tone: &'static str) -> AnyView {
    view! { <div class=["counter ", tone].concat()><b>{n}</b><span>{label}</span></div> }.into_any()
}

fn beside(t: &Tally) -> String {
    s::beside(t.late, t.left_early, t.exempt, t.extra, t.guests)
}

fn head(list: Load<MeetingList>) -> AnyView {
    let head = list.part(|l| {
        (l.unit.name.clone(), meeting_words(&l.meeting), l.meeting.plan.place.clone(), l.meeting.status, l.tally)
    });
    (move || {
        head.get().map(|(unit, when, place, status, tally)| {
            view! {
                <section class="card">
                    <div class="split">
                        <div class="stack-tight">
                            <p class="strong">{unit}</p>
                            <p class="num">{when}</p>
                            <p class="muted">{place}</p>
                        </div>
                        <span class="badge tone-info">{t::meeting_status(status)}</span>
                    </div>
                    <p class="num strong">{s::percent(tally.permille())} " · " {s::present_of(tally.present, tally.expected)}</p>
                    {bar(&tally)}
                    <div class="counters" data-testid="report-counts">
                        {counter(s::EXPECTED, tally.expected, "tone-plain")}
                        {counter(s::PRESENT, tally.present, "tone-good")}
                        {counter(s::EXCUSED, tally.excused, "tone-warn")}
                        {counter(s::ABSENT, tally.absent, "tone-bad")}
                        {counter(s::UNMARKED, tally.unmarked, "tone-plain")}
                    </div>
                    <p class="muted num">{beside(&tally)}</p>
                </section>
            }
        })
    })
    .into_any()
}

/// What the closed meeting still waits for.
fn awaited(list: Load<MeetingList>) -> AnyView {
    let lines = list.part(|l| {
        let named = l.meeting.closing.iter().flat_map(|c| &c.unsent).map(|u| c::awaited(u.ops.len(), &u.name));
        named.chain((l.short > 0).then(|| c::short(l.short))).collect::<Vec<_>>()
    });
    (move || {
        let lines = lines.get().filter(|lines| !lines.is_empty())?;
        let lines = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        Some(view! { <div data-testid="awaited" class="banner tone-warn">{Icon::Clock.view()} <div class="stack-tight grow">{lines}</div></div> })
    })
    .into_any()
}

/// What the server holds: witnesses that arrived too late or need a person.
fn held(list: Load<MeetingList>) -> AnyView {
    let held = list.part(|l| {
        let name = |who: Option<domain::presence::Who>| {
            let id = who.and_then(domain::presence::Who::member)?;
            l.rows.iter().find(|r| r.member == id).map(|r| r.name.clone())
        };
        l.held
            .iter()
            .map(|h| (h.by_name.clone(), s::held_kind(&h.kind), name(h.who), t::why(h.why).0, h.at.moment_vi()))
            .collect::<Vec<_>>()
    });
    (move || {
        let all = held.get().filter(|all| !all.is_empty())?;
        let rows: Vec<AnyView> = all
            .into_iter()
            .map(|(by, what, whom, why, at)| {
                let what = whom.map_or_else(|| what.to_owned(), |w| [what, ": ", &w].concat());
                view! {
                    <li class="row">
                        <div class="grow">
                            <p class="name">{what}</p>
                            <p class="sub">{why}</p>
                            <p class="sub num">{by} " · " {at}</p>
                        </div>
                    </li>
                }
                .into_any()
            })
            .collect();
        Some(view! {
            <section class="card flush" data-testid="held">
                <h2>{s::HELD}</h2>
                <p class="muted pad">{s::HELD_TEXT}</p>
                <ul class="rows">{rows}</ul>
            </section>
        })
    })
    .into_any()
}

#[derive(Clone, Copy, PartialEq)]
enum Only {
    Present,
    Excused,
    Absent,
    Unmarked,
    Exempt,
}

fn fits(only: Only, r: &ListRow) -> bool {
    let exempt = r.standing != Standing::Expected;
    match only {
        Only::Exempt => exempt,
        Only::Present => r.status.is_present(),
        Only::Excused => !exempt && matches!(r.status, Status::Excused { .. }),
        Only::Absent => !exempt && r.status == Status::Absent,
        Only::Unmarked => !exempt && r.status == Status::Unmarked,
    }
}

fn rows(list: Load<MeetingList>) -> AnyView {
    let all = list.part(|l| l.rows.clone());
    let only = RwSignal::new(None::<Only>);
    let filter = move |label: &'static str, own: Only| {
        let on = Signal::derive(move || only.get() == Some(own));
        let n = move || all.with(|a| a.as_ref().map_or(0, |a| a.iter().filter(|r| fits(own, r)).count()));
        chip(Signal::derive(move || s::with_count(label, n())), on, move || {
            only.set(if on.get_untracked() { None } else { Some(own) });
        })
    };
    let body = move || {
        let chosen = only.get();
        all.with(|all| {
            let rows = all.iter().flatten().filter(|r| chosen.is_none_or(|o| fits(o, r)));
            rows.enumerate().map(|(i, r)| line(i + 1, r)).collect::<Vec<_>>()
        })
    };
    view! {
        <section class="card">
            <h2>{s::MEETING_LIST}</h2>
            <div class="chips no-print" role="group" aria-label=s::FILTERS>
                {filter(s::PRESENT, Only::Present)}
                {filter(s::EXCUSED, Only::Excused)}
                {filter(s::ABSENT, Only::Absent)}
                {filter(s::UNMARKED, Only::Unmarked)}
                {filter(s::EXEMPT_SHORT, Only::Exempt)}
            </div>
            <div class="table-wrap" role="region" tabindex="0" aria-label=s::MEETING_LIST>
                <table class="list-table">
                    <thead>
                        <tr>
                            <th scope="col">{s::ORDINAL}</th>
                            <th scope="col">{s::NAME}</th>
                            <th scope="col">{s::STATUS}</th>
                        </tr>
                    </thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn line(n: usize, r: &ListRow) -> AnyView {
    let about: Vec<String> = [r.born.map(|b| b.year().to_string()), r.group.clone()].into_iter().flatten().collect();
    let exempt = match r.standing {
        Standing::Exempt(kind) => Some(t::exemption(kind).to_owned()),
        Standing::NotListed => Some(s::NOT_LISTED.to_owned()),
        Standing::Expected => None,
    };
    let note = match &r.status {
        Status::Excused { reason, told } => {
            Some([reason.as_str(), if reason.is_empty() { "" } else { " · " }, t::told(*told)].concat())
        }
        Status::Present(PresentAs::OnTime) | Status::Unmarked | Status::Absent => None,
        Status::Present(_) => r.marked_at.map(domain::time::Millis::clock_vi),
    };
    let notes: Vec<String> = [exempt, note].into_iter().flatten().collect();
    let shown = if r.status == Status::Unmarked {
        let word = if r.standing == Standing::Expected { s::UNMARKED } else { s::EXEMPT_SHORT };
        view! { <span class="badge">{word}</span> }.into_any()
    } else {
        status_view(&r.status)
    };
    view! {
        <tr data-testid="list-row" data-member=r.member.to_string() data-status=s::status_code(&r.status)>
            <td class="n">{n}</td>
            <th scope="row"><span class="m-name">{r.name.clone()}</span> <span class="sub">{about.join(" · ")}</span></th>
            <td>{shown} <span class="sub note">{notes.join(" · ")}</span></td>
        </tr>
    }
    .into_any()
}

fn guests(list: Load<MeetingList>) -> AnyView {
    let all = list
        .part(|l| l.guests.iter().map(|g| (g.name.clone(), g.note.clone(), g.status.is_present())).collect::<Vec<_>>());
    (move || {
        let all = all.get().filter(|all| !all.is_empty())?;
        let rows: Vec<AnyView> = all
            .into_iter()
            .map(|(name, note, there)| {
                let word = if there { s::PRESENT } else { s::NOT_THERE };
                view! {
                    <li class="row">
                        {Icon::Person.view()}
                        <div class="grow"><p class="name">{name}</p><p class="sub">{note}</p></div>
                        <span class="badge">{word}</span>
                    </li>
                }
                .into_any()
            })
            .collect();
        Some(view! { <section class="card flush"><h2>{s::GUESTS}</h2><ul class="rows">{rows}</ul></section> })
    })
    .into_any()
}
