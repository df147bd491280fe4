//! *Điểm danh*: the secretary's roll call, made for a hall without network and three hundred people in five minutes.
//!
//! [`act`] says what a tap means as ops, [`people`] makes the list once, [`marks`] knows what changed, [`row`] paints one row, [`sheets`] holds what opens from the
//! bottom. This module chooses the meeting, filters and counts. Knows nothing of storage or network: all goes through the state.

mod act;
mod choose;
mod marks;
pub(crate) mod row;
mod sheets;

use crate::components::staff::form::{chip, search_box};
use crate::components::staff::people::{self, Part, People, Person};
use crate::components::staff::unit::{may, may_at};
use crate::components::{EmptyFace, Frame, Icon, LoadingFace, toast};
use crate::pages::kit::path_id;
use crate::state::{App, Sending, use_app};
use crate::text::vi::staff as s;
use act::Wish;
use domain::account::Power;
use domain::book::Book;
use domain::decide::Why;
use domain::id::{AccountId, MeetingId, OpId};
use domain::meeting::MeetingStatus;
use domain::meeting::Standing;
use domain::member::Member;
use domain::op::Body;
use domain::presence::Status;
use domain::presence::Who;
use domain::tally::Tally;
use domain::text::Query;
use leptos::prelude::*;
use marks::Marks;
use std::sync::Arc;

/// What the sheet at the bottom shows.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum RollSheet {
    /// One person.
    Row(Who),
    /// A new guest.
    Guest,
    /// The code of the meeting.
    Code,
    /// The end.
    Close,
}

/// One roll call: what rows and sheets share.
#[derive(Clone, Copy)]
pub(crate) struct Roll {
    /// State.
    pub app: App,
    /// Which meeting.
    pub meeting: MeetingId,
    /// Who is signed in.
    pub me: Option<AccountId>,
    /// Holds the meeting: shows its code and ends it. A deputy only calls the roll.
    pub holds: bool,
    /// Counts.
    pub tally: Memo<Tally>,
    /// What each row shows.
    pub marks: Marks,
    /// What the sheet shows.
    pub sheet: RwSignal<RollSheet>,
    /// The sheet is open.
    pub open: RwSignal<bool>,
}

impl Roll {
    /// Does something; says why not when it may not.
    pub fn perform(self, body: Body, deps: Vec<OpId>) -> Option<OpId> {
        let unit = self.app.view().with_untracked(|b| b.meetings.get(&self.meeting).map(|m| m.unit))?;
        match self.app.perform(unit, body, deps) {
            Ok(op) => Some(op),
            Err(why) => {
                toast(s::why(why));
                None
            }
        }
    }
    /// Makes a wish about one person true.
    pub fn wish(self, who: Who, wish: &Wish) {
        let bodies =
            self.app.view().with_untracked(|b| act::bodies(self.meeting, who, b.presence_of(self.meeting, who), wish));
        for body in bodies {
            if self.perform(body, Vec::new()).is_none() {
                return;
            }
        }
    }
    /// Opens the sheet of one person.
    pub fn open_row(self, who: Who) {
        self.show(RollSheet::Row(who));
    }
    fn show(self, sheet: RollSheet) {
        self.sheet.set(sheet);
        self.open.set(true);
    }
    /// How far an op has come; one that the server has numbered is in the book.
    pub fn sending(self, op: OpId, numbered: bool) -> Option<Sending> {
        if numbered { Some(Sending::InBook) } else { self.app.sending(op) }
    }
}

/// The page, both as a place (*which meeting?*) and for one meeting.
#[component]
pub fn RollCallPage() -> AnyView {
    let app = use_app();
    let named = path_id::<MeetingId>();
    let chosen = Memo::new(move |_| match named.get() {
        Some(id) => Some(id),
        None => app.view().with(|b| choose::only_open(app, b)),
    });
    let status = Memo::new(move |_| {
        chosen.get().and_then(|id| app.view().with(|b| b.meetings.get(&id).map(|m| (id, m.status))))
    });
    // A deputy's time ends while this page stands open; and a path is no right.
    let calls = Memo::new(move |_| {
        chosen.get().is_none_or(|id| {
            let known = |b: &Book| b.meetings.get(&id).is_none_or(|m| may_at(app, b, Power::TakeAttendance, m));
            app.view().with(known)
        })
    });
    let ready = app.ready();
    view! {
        <Frame title=s::ROLL_TITLE.to_owned() calm=true>
            {move || {
                if !ready.get() {
                    return view! { <LoadingFace /> }.into_any();
                }
                match (chosen.get(), status.get()) {
                    (Some(_), Some(_)) if !calls.get() => choose::not_yours(),
                    (Some(_), Some((id, MeetingStatus::Open))) => roll_call(app, id),
                    (Some(_), Some((id, status))) => choose::not_open(app, id, status),
                    (Some(_), None) => choose::unknown(),
                    (None, _) => choose::chooser(app),
                }
            }}
        </Frame>
    }
    .into_any()
}

/// Everybody on the list on the day of the meeting.
fn listed(book: &Book, id: MeetingId) -> Vec<(&Member, Part)> {
    let Some(meeting) = book.meetings.get(&id) else { return Vec::new() };
    book.members_for(meeting)
        .filter_map(|m| match meeting.standing(m) {
            Standing::NotListed => None,
            Standing::Exempt(_) => Some((m, Part::Exempt)),
            Standing::Expected => Some((m, Part::Main)),
        })
        .collect()
}

/// Filters of the list.
#[derive(Clone, Copy)]
struct Filter {
    text: RwSignal<String>,
    group: RwSignal<Option<String>>,
    unmarked: RwSignal<bool>,
}

fn roll_call(app: App, meeting: MeetingId) -> AnyView {
    let tally =
        Memo::new(move |_| app.view().with(|b| b.meetings.get(&meeting).map(|m| b.tally(m)).unwrap_or_default()));
    let me = app.session().with_untracked(|x| x.as_ref().map(|x| x.me.id));
    let sheet = RwSignal::new(RollSheet::Code);
    let marks = Marks::of(app, meeting);
    let holds = app
        .view()
        .with_untracked(|b| b.meetings.get(&meeting).is_some_and(|m| may(app, b, Power::HoldMeetings, m.unit)));
    let roll = Roll { app, meeting, me, holds, tally, marks, sheet, open: RwSignal::new(false) };
    let source = Memo::new(move |_| app.view().with(|b| people::Source::of(b, Some(meeting))));
    let people = Memo::new(move |before: Option<&People>| {
        // Read, not only tracked: a memo that nobody has read yet watches nothing.
        source.with(|_| ());
        app.view().with_untracked(|b| People::of(listed(b, meeting), before))
    });
    let filter =
        Filter { text: RwSignal::new(String::new()), group: RwSignal::new(None), unmarked: RwSignal::new(false) };
    let found = RwSignal::new(0_usize);
    // A row that was just marked stays where it is until the search or a filter changes: nothing moves under the thumb.
    Effect::new(move |_| {
        let query = filter.text.with(|q| Query::new(q));
        let group = filter.group.get();
        let unmarked = filter.unmarked.get();
        let n = people.with(|p| {
            app.view().with_untracked(|b| {
                let passes = |x: &Person| !unmarked || b.status(meeting, Who::Member(x.id)) == Status::Unmarked;
                p.show(&query, group.as_deref(), &passes)
            })
        });
        found.set(n);
    });
    let enter = move || {
        // Enter marks the one person who is left.
        if let Some(only) = people.with_untracked(People::only_shown) {
            roll.wish(Who::Member(only.id), &Wish::Toggle);
            filter.text.set(String::new());
        }
    };
    view! {
        {about(roll)}
        {head(roll, filter, people, enter)}
        {list(roll, people, found)}
        {guests(roll)}
        {if roll.holds { end(roll) } else { view! { <p class="muted">{s::DEPUTY_END_NOTE}</p> }.into_any() }}
        {sheets::sheets(roll)}
    }
    .into_any()
}

/// Counters, search and filters: stay in view.
fn head(roll: Roll, filter: Filter, people: Memo<People>, enter: impl Fn() + 'static) -> AnyView {
    let counter = move |label: &'static str, tone: &'static str, testid: &'static str, n: Signal<u32>| {
        view! {
            <div class=["counter ", tone].concat()>
                <b data-testid=testid>{n}</b>
                <span>{label}</span>
            </div>
        }
        .into_any()
    };
    let tally = roll.tally;
    let absent = Signal::derive(move || tally.get().absent);
    let groups = move || {
        let all = people.with(|p| Arc::clone(&p.groups));
        if all.len() < 2 {
            return ().into_any();
        }
        let chips: Vec<AnyView> = all
            .iter()
            .map(|g| {
                let (own, set) = (g.clone(), g.clone());
                let on = Signal::derive(move || filter.group.with(|x| x.as_ref() == Some(&own)));
                chip(Signal::stored(g.clone()), on, move || {
                    let next = if on.get_untracked() { None } else { Some(set.clone()) };
                    filter.group.set(next);
                })
            })
            .collect();
        chips.into_any()
    };
    let unmarked_label = Signal::derive(move || s::only_unmarked(tally.get().unmarked));
    view! {
        <div class="roll-head no-print">
            <div class="counters roll-counters" role="status" aria-label=s::COUNTS>
                {counter(s::PRESENT, "tone-good", "count-present", Signal::derive(move || tally.get().present))}
                {counter(s::EXCUSED, "tone-warn", "count-excused", Signal::derive(move || tally.get().excused))}
                {move || (absent.get() > 0).then(|| counter(s::ABSENT, "tone-bad", "count-absent", absent))}
                {counter(s::UNMARKED, "tone-plain", "count-unmarked", Signal::derive(move || tally.get().unmarked))}
            </div>
            {search_box(filter.text, s::SEARCH_PERSON, "roll-search", enter)}
        </div>
        <div class="chips no-print" role="group" aria-label=s::FILTERS>
            {chip(unmarked_label, filter.unmarked.into(), move || filter.unmarked.update(|x| *x = !*x))}
            {groups}
        </div>
    }
    .into_any()
}

/// Expected people, then the exempt ones, folded away.
fn list(roll: Roll, people: Memo<People>, found: RwSignal<usize>) -> AnyView {
    let rows = move |part: Part| {
        view! {
            <For each=move || people.with(|p| p.part(part)) key=|p| (p.print, p.namesake) children=move |p| row::row(roll, &p) />
        }
        .into_any()
    };
    let some_exempt = Memo::new(move |_| people.with(|p| p.count(Part::Exempt)));
    let nobody = Memo::new(move |_| people.with(|p| p.rows.is_empty()));
    view! {
        {move || {
            nobody
                .get()
                .then(|| {
                    view! {
                        <EmptyFace icon=Icon::People title=s::ROSTER_EMPTY text=s::ROSTER_EMPTY_TEXT>
                            <a class="btn btn-primary" href="/danh-sach">{s::TO_ROSTER}</a>
                        </EmptyFace>
                    }
                })
        }}
        <ul class="roll-list card flush" aria-label=s::ROLL_LIST hidden=move || nobody.get()>{rows(Part::Main)}</ul>
        <p class="muted" role="status" hidden=move || nobody.get() || found.get() != 0>{s::NOBODY_FOUND}</p>
        {move || {
            let n = some_exempt.get();
            (n > 0)
                .then(|| {
                    view! {
                        <details class="fold">
                            <summary>{s::exempt_section(n)}</summary>
                            <p class="muted">{s::EXEMPT_TEXT}</p>
                            <ul class="roll-list card flush" aria-label=s::EXEMPT>{rows(Part::Exempt)}</ul>
                        </details>
                    }
                })
        }}
    }
    .into_any()
}

fn guests(roll: Roll) -> AnyView {
    let app = roll.app;
    let all = Memo::new(move |_| {
        app.view().with(|b| {
            let mut all: Vec<_> = b
                .guests
                .values()
                .filter(|g| g.meeting == roll.meeting)
                .map(|g| (g.id, g.name.to_string(), g.note.clone()))
                .collect();
            all.sort();
            all
        })
    });
    view! {
        <section class="stack" aria-label=s::GUESTS>
            {move || {
                let rows: Vec<AnyView> = all.get().into_iter().map(|(id, name, note)| row::guest_row(roll, id, &name, &note)).collect();
                (!rows.is_empty()).then(|| view! { <h2>{s::GUESTS}</h2> <ul class="roll-list card flush">{rows}</ul> })
            }}
            <button type="button" class="btn btn-secondary" data-testid="guest-add" on:click=move |_| roll.show(RollSheet::Guest)>
                {Icon::Plus.view()}
                {s::GUEST_ADD}
            </button>
        </section>
    }
    .into_any()
}

/// Which meeting, and its code: at the top, where a roll call begins.
fn about(roll: Roll) -> AnyView {
    let title = move || roll.app.view().with(|b| b.meetings.get(&roll.meeting).map(|m| m.plan.title.clone()));
    view! {
        <div class="split">
            <p class="roll-about">{title}</p>
            {roll.holds.then(|| view! {
                <button type="button" class="btn btn-secondary" data-testid="show-code" on:click=move |_| roll.show(RollSheet::Code)>
                    {Icon::Key.view()}
                    {s::CODE_SHOW}
                </button>
            })}
        </div>
    }
    .into_any()
}

/// The end: below the last row, where a roll call ends.
fn end(roll: Roll) -> AnyView {
    view! {
        <button
            type="button"
            class="btn btn-primary btn-wide"
            data-testid="close-meeting"
            on:click=move |_| roll.show(RollSheet::Close)
        >
            {Icon::Lock.view()}
            {s::CLOSE_MEETING}
        </button>
    }
    .into_any()
}

/// Opens a meeting for its roll call; says why not when it may not.
pub(crate) fn open_meeting(app: App, meeting: MeetingId) -> Result<OpId, Why> {
    let unit = app.view().with_untracked(|b| b.meetings.get(&meeting).map(|m| m.unit)).ok_or(Why::UnknownMeeting)?;
    app.perform(unit, Body::MeetingOpened { meeting }, Vec::new())
}
