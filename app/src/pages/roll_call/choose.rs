//! Which meeting? The open one if there is exactly one; else a choice; else the planned one with *Mở buổi họp*.

use super::open_meeting;
use crate::components::staff::unit::{may, may_at, meeting_words};
use crate::components::{Confirm, EmptyFace, Icon, toast};
use crate::state::App;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::book::Book;
use domain::id::MeetingId;
use domain::meeting::{Meeting, MeetingStatus};
use leptos::prelude::*;

fn mine(app: App, book: &Book, status: MeetingStatus) -> Vec<&Meeting> {
    let mut all: Vec<&Meeting> =
        book.meetings.values().filter(|m| m.status == status && may_at(app, book, Power::TakeAttendance, m)).collect();
    all.sort_by_key(|m| (m.plan.starts, m.id));
    all
}

/// The one open meeting of those whose roll this person calls.
pub fn only_open(app: App, book: &Book) -> Option<MeetingId> {
    match mine(app, book, MeetingStatus::Open).as_slice() {
        [only] => Some(only.id),
        _ => None,
    }
}

fn link(m: &Meeting, label: &'static str, primary: bool) -> AnyView {
    let href = ["/buoi-hop/", &m.id.to_string(), "/diem-danh"].concat();
    let class = if primary { "btn btn-primary btn-wide" } else { "btn btn-secondary btn-wide" };
    view! {
        <li class="card">
            <div class="stack-tight">
                <h2>{m.plan.title.clone()}</h2>
                <p class="muted num">{meeting_words(m)}</p>
            </div>
            <a class=class href=href>{label}</a>
        </li>
    }
    .into_any()
}

/// Several open meetings, or none.
pub fn chooser(app: App) -> AnyView {
    let lists = Memo::new(move |_| {
        app.view().with(|b| {
            let ids = |status| mine(app, b, status).iter().map(|m| m.id).collect::<Vec<_>>();
            (ids(MeetingStatus::Open), ids(MeetingStatus::Planned), ids(MeetingStatus::Closed))
        })
    });
    (move || {
        let (open, planned, closed) = lists.get();
        app.view().with_untracked(|b| {
            let of = |ids: &[MeetingId]| ids.iter().filter_map(|id| b.meetings.get(id)).collect::<Vec<_>>();
            let now = app.now();
            // The planned meeting nearest to now is the one that people are sitting in.
            let nearest = of(&planned).into_iter().min_by_key(|m| m.plan.starts.0.abs_diff(now.0)).map(|m| m.id);
            let opened: Vec<AnyView> = of(&open).into_iter().map(|m| link(m, s::CONTINUE_ROLL, true)).collect();
            let others: Vec<AnyView> = of(&planned)
                .into_iter()
                .filter(|m| Some(m.id) != nearest)
                .map(|m| link(m, s::SEE_MEETING, false))
                .collect();
            let past: Vec<AnyView> =
                of(&closed).into_iter().rev().take(5).map(|m| link(m, s::SEE_MEETING, false)).collect();
            let nothing = opened.is_empty() && planned.is_empty();
            let section = |title: &'static str, items: Vec<AnyView>| {
                (!items.is_empty()).then(|| {
                    view! { <section class="stack"><h2>{title}</h2><ul class="stack">{items}</ul></section> }.into_any()
                })
            };
            view! {
                {section(s::OPEN_MEETINGS, opened)}
                {nearest.map(|id| not_open(app, id, MeetingStatus::Planned))}
                {nothing.then(|| view! {
                    <EmptyFace icon=Icon::Calendar title=s::NO_MEETING text=s::NO_MEETING_TEXT>
                        <a class="btn btn-primary" href="/buoi-hop-moi" data-testid="new-meeting">{s::PLAN_MEETING}</a>
                    </EmptyFace>
                })}
                {section(s::OTHER_PLANNED, others)}
                {section(s::PAST_MEETINGS, past)}
            }
            .into_any()
        })
    })
    .into_any()
}

/// A meeting whose roll call does not run: open it, or open it again.
pub fn not_open(app: App, id: MeetingId, status: MeetingStatus) -> AnyView {
    let ask = RwSignal::new(false);
    let go = move || {
        if let Err(why) = open_meeting(app, id) {
            toast(s::why(why));
        }
    };
    let about = app.view().with_untracked(|b| {
        b.meetings.get(&id).map(|m| {
            let holds = may(app, b, Power::HoldMeetings, m.unit);
            (m.plan.title.clone(), meeting_words(m), m.plan.place.clone(), b.tally(m), holds)
        })
    });
    let Some((title, when, place, tally, holds)) = about else { return unknown() };
    let meeting_href = ["/buoi-hop/", &id.to_string()].concat();
    let report_href = ["/bao-cao/buoi-hop/", &id.to_string()].concat();
    let (icon, words) = match status {
        MeetingStatus::Planned => (Icon::Calendar, s::NOT_YET_OPEN),
        MeetingStatus::Closed => (Icon::Lock, s::IS_CLOSED),
        _ => (Icon::Cross, s::IS_CANCELLED),
    };
    let counts = (status == MeetingStatus::Closed).then(|| view! { <p class="strong num">{s::tally_line(&tally)}</p> });
    view! {
        <section class="card accent">
            <span class="badge">{icon.small()} <span>{words}</span></span>
            <div class="stack-tight">
                <h2>{title}</h2>
                <p class="num">{when}</p>
                <p class="muted">{place}</p>
            </div>
            {counts}
            {match status {
                MeetingStatus::Planned if !holds => view! { <p>{s::DEPUTY_NOT_OPEN}</p> }.into_any(),
                MeetingStatus::Closed if !holds => view! { <p>{s::DEPUTY_CLOSED}</p> }.into_any(),
                MeetingStatus::Planned => view! {
                    <p class="muted">{s::expected_people(tally.expected)}</p>
                    <button type="button" class="btn btn-primary btn-big btn-wide" data-testid="open-meeting" on:click=move |_| go()>
                        {Icon::Play.view()}
                        {s::OPEN_MEETING}
                    </button>
                }
                .into_any(),
                MeetingStatus::Closed => view! {
                    <a class="btn btn-primary btn-wide" href=report_href>{Icon::Chart.view()} {s::MEETING_LIST}</a>
                    <button type="button" class="btn btn-secondary btn-wide" data-testid="reopen-meeting" on:click=move |_| ask.set(true)>
                        {Icon::Undo.view()}
                        {s::REOPEN_MEETING}
                    </button>
                }
                .into_any(),
                _ => ().into_any(),
            }}
            <a class="btn btn-quiet" href=meeting_href>{s::SEE_MEETING}</a>
            <Confirm
                open=ask
                title=Signal::stored(s::REOPEN_TITLE.to_owned())
                text=Signal::stored(s::REOPEN_TEXT.to_owned())
                yes=s::REOPEN_MEETING
                on_yes=Callback::new(move |()| go())
            />
        </section>
    }
    .into_any()
}

/// A meeting whose roll somebody else calls.
pub fn not_yours() -> AnyView {
    view! {
        <div data-testid="not-yours">
            <EmptyFace icon=Icon::Lock title=s::ROLL_NOT_YOURS text=s::ROLL_NOT_YOURS_TEXT>
                <a class="btn btn-secondary" href="/">{t::GO_HOME}</a>
            </EmptyFace>
        </div>
    }
    .into_any()
}

/// A meeting that this phone does not have.
pub fn unknown() -> AnyView {
    view! {
        <EmptyFace icon=Icon::Calendar title=s::UNKNOWN_MEETING text=s::UNKNOWN_MEETING_TEXT>
            <a class="btn btn-secondary" href="/diem-danh">{s::ROLL_TITLE}</a>
        </EmptyFace>
    }
    .into_any()
}
