//! One meeting: when, where, agenda, papers sent before. Those who hold it open, close and change it here and show its code.

use crate::components::staff::unit::{may, may_at, unit_name};
use crate::components::{
    Badge, Banner, Button, Card, Confirm, Counter, EmptyFace, Frame, Icon, Kind, LoadingFace, Sheet, Side, Tone, toast,
};
use crate::pages::kit::{self, Mine};
use crate::pages::notice::papers;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common as c;
use domain::account::Power;
use domain::id::{MeetingId, NoticeId};
use domain::meeting::{Meeting, MeetingStatus};
use domain::op::Body;
use domain::presence::{Status, Who};
use domain::tally::Tally;
use leptos::prelude::*;

#[derive(Clone, PartialEq)]
struct Shown {
    meeting: Meeting,
    unit: String,
    holds: bool,
    keeps: bool,
    names: bool,
    own: Option<Status>,
    notices: Vec<(NoticeId, String)>,
    waits: Vec<String>,
}

/// The page.
#[component]
pub fn MeetingPage() -> AnyView {
    let app = use_app();
    let id = kit::path_id::<MeetingId>();
    let shown = Memo::new(move |_| {
        let (me, now) = (kit::me(app), app.now());
        app.view().with(|b| {
            let meeting = b.meetings.get(&id.get()?)?;
            let own_unit = me.and_then(|m| b.members.get(&m)).filter(|m| b.units.is_within(m.cell, meeting.unit));
            Some(Shown {
                unit: unit_name(b, meeting.unit),
                holds: may(app, b, Power::HoldMeetings, meeting.unit),
                keeps: may_at(app, b, Power::TakeAttendance, meeting),
                names: may(app, b, Power::NameDeputies, meeting.unit) && meeting.has_deputies(now.day()),
                own: own_unit.map(|m| b.status(meeting.id, Who::Member(m.id))),
                waits: kit::awaited(b, meeting),
                notices: kit::public_notices(b, now)
                    .into_iter()
                    .filter(|n| n.text.meeting == Some(meeting.id))
                    .map(|n| (n.id, n.text.title.clone()))
                    .collect(),
                meeting: meeting.clone(),
            })
        })
    });
    let tally = Memo::new(move |_| {
        let Some(s) = shown.get().filter(|s| s.keeps) else { return Tally::default() };
        app.view().with(|b| b.tally(&s.meeting))
    });
    let ward =
        Memo::new(move |_| app.session().with(|s| s.as_ref().is_some_and(|s| Side::of(app, &s.me) == Side::Ward)));
    let back = if ward.get_untracked() { "/tong-quan" } else { "/" };
    view! {
        <Frame title=c::MEETING back=back>
            {move || match shown.get() {
                Some(s) => page(app, s, tally),
                None if !app.ready().get() => view! { <LoadingFace /> }.into_any(),
                None => {
                    view! {
                        <EmptyFace icon=Icon::Calendar title=c::NO_SUCH_MEETING text=c::NO_SUCH_MEETING_TEXT>
                            <Button href="/">{t::GO_HOME}</Button>
                        </EmptyFace>
                    }
                        .into_any()
                }
            }}
        </Frame>
    }
    .into_any()
}

fn page(app: App, shown: Shown, tally: Memo<Tally>) -> AnyView {
    let Shown { meeting, unit, holds, keeps, names, own, notices, waits } = shown;
    let status = meeting.status;
    let facts = [
        (
            c::MEETING_WHEN,
            format!("{}, {}", t::moment(meeting.plan.starts, app.now()), c::minutes(meeting.plan.minutes)),
        ),
        (
            c::MEETING_PLACE,
            if meeting.plan.place.trim().is_empty() {
                c::MEETING_NO_PLACE.to_owned()
            } else {
                meeting.plan.place.clone()
            },
        ),
        (c::MEETING_FORM, t::meeting_form(meeting.plan.form).to_owned()),
        (c::MEETING_UNIT, unit),
    ];
    let facts =
        facts.map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }).into_iter().collect_view();
    let agenda = if meeting.plan.agenda.trim().is_empty() {
        c::MEETING_NO_AGENDA.to_owned()
    } else {
        meeting.plan.agenda.clone()
    };
    let related = (!notices.is_empty()).then(|| {
        let rows = notices
            .into_iter()
            .map(|(id, title)| {
                view! {
                    <li>
                        <a class="row" href=format!("/thong-bao/{id}")>
                            {Icon::Bell.view()}
                            <span class="grow name">{title}</span>
                            {Icon::Next.view()}
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! { <Card title=c::MEETING_NOTICES flush=true><ul class="rows">{rows}</ul></Card> }
    });
    let (kind, title) = (meeting.plan.kind, meeting.plan.title.clone());
    let papers = papers(&meeting.plan.papers, c::MEETING_PAPERS);
    let staff = holds.then(|| staff(app, &meeting, keeps, tally));
    let id = meeting.id;
    let deputy = (keeps && !holds).then(|| stand_in(id, status));
    let names = names.then(|| {
        view! {
            <Card title=c::DEPUTIES testid="deputies-card">
                <p>{c::DEPUTIES_CARD}</p>
                <Button href=format!("/buoi-hop/{id}/diem-danh-thay") icon=Icon::Person testid="to-deputies">{c::DEPUTIES_GO}</Button>
            </Card>
        }
    });
    let member = own.map(|status_of_me| own_part(app, &meeting, &status_of_me));
    view! {
        {holds.then(|| waiting(waits))}
        <Card accent=true testid="meeting">
            <div class="card-head">
                <span class="muted label">{t::meeting_kind(kind)}</span>
                <span data-testid="meeting-status"><Badge tone=kit::meeting_tone(status) text=t::meeting_status(status) /></span>
            </div>
            <h2 class="big-title">{title}</h2>
            <dl class="own">{facts}</dl>
            {member}
        </Card>
        {(keeps && status != MeetingStatus::Planned).then(|| counters(tally))}
        {staff}
        {deputy}
        {names}
        <Card title=c::MEETING_AGENDA>
            <p class="prose">{agenda}</p>
        </Card>
        {papers}
        {related}
    }
    .into_any()
}

/// What a closed meeting still waits for.
fn waiting(lines: Vec<String>) -> Option<AnyView> {
    let lines = (!lines.is_empty()).then(|| lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view())?;
    Some(view! { <div data-testid="awaited"><Banner tone=Tone::Warn icon=Icon::Clock>{lines}<p>{c::AWAITED_WAY}</p></Banner></div> }.into_any())
}

fn counters(tally: Memo<Tally>) -> AnyView {
    view! {
        <div class="counters">
            <Counter label=c::PRESENT value=Signal::derive(move || tally.get().present) tone=Tone::Good testid="count-present" />
            <Counter label=c::EXCUSED value=Signal::derive(move || tally.get().excused) tone=Tone::Warn testid="count-excused" />
            <Counter label=c::UNMARKED value=Signal::derive(move || tally.get().unmarked) testid="count-unmarked" />
        </div>
    }
    .into_any()
}

/// The member's part: the button, or the own status.
fn own_part(app: App, meeting: &Meeting, status: &Status) -> AnyView {
    let id = meeting.id;
    let open = meeting.status == MeetingStatus::Open;
    let mine = Memo::new(move |_| kit::mine(app, id));
    let word = view! {
        <p class="cluster">
            <span class="label">{c::MEETING_MY_STATUS}</span>
            <Badge tone=kit::status_tone(status) text=t::status(status) />
        </p>
    };
    let button = move || {
        (open && !matches!(mine.get(), Mine::Own(_) | Mine::Other)).then(|| {
            view! { <Button kind=Kind::Big href=format!("/diem-danh-toi/{id}") icon=Icon::Check testid="checkin-button">{c::CHECK_IN}</Button> }
        })
    };
    view! {
        {word}
        {button}
    }
    .into_any()
}

/// What a deputy does.
fn stand_in(id: MeetingId, status: MeetingStatus) -> AnyView {
    let roll = (status == MeetingStatus::Open).then(|| {
        view! { <Button kind=Kind::Big href=format!("/buoi-hop/{id}/diem-danh") icon=Icon::Roll testid="roll-call">{c::MEETING_ROLL}</Button> }
    });
    view! { <Card testid="stand-in"><p>{c::deputy_words(status)}</p> {roll}</Card> }.into_any()
}

/// What those do who hold the meeting.
fn staff(app: App, meeting: &Meeting, keeps: bool, tally: Memo<Tally>) -> AnyView {
    let (id, unit, status) = (meeting.id, meeting.unit, meeting.status);
    let show_code = RwSignal::new(false);
    let ask_close = RwSignal::new(false);
    let ask_cancel = RwSignal::new(false);
    let turn = move |body: Body, done: &'static str| match app.perform(unit, body, Vec::new()) {
        Ok(_) => toast(done),
        Err(why) => toast(t::why(why).0),
    };
    let open = Callback::new(move |()| turn(Body::MeetingOpened { meeting: id }, c::MEETING_OPENED));
    let roll = format!("/buoi-hop/{id}/diem-danh");
    let main = match status {
        MeetingStatus::Planned => view! { <Button kind=Kind::Big icon=Icon::Play testid="open-meeting" on_press=open>{c::MEETING_OPEN}</Button> }.into_any(),
        MeetingStatus::Open if keeps => view! { <Button kind=Kind::Big href=roll icon=Icon::Roll testid="roll-call">{c::MEETING_ROLL}</Button> }.into_any(),
        _ => ().into_any(),
    };
    let code = meeting.plan.code.clone().filter(|_| status != MeetingStatus::Cancelled).map(|code| {
        let spaced = format!("{} {}", code.get(..3).unwrap_or(&code), code.get(3..).unwrap_or_default());
        let big = spaced.clone();
        view! {
            <div class="code-line">
                <div class="stack-tight grow">
                    <span>{c::MEETING_CODE}</span>
                    <b class="code-show num" data-testid="meeting-code">{spaced}</b>
                </div>
                <Button icon=Icon::Search on_press=Callback::new(move |()| show_code.set(true))>{c::MEETING_CODE_SHOW}</Button>
            </div>
            <Sheet open=show_code title=c::MEETING_CODE testid="code-sheet">
                <p class="code-huge num">{big.clone()}</p>
                <p class="muted">{c::CODE_WHERE}</p>
            </Sheet>
        }
    });
    let result = (status == MeetingStatus::Closed).then(|| {
        view! { <Button href=format!("/bao-cao/buoi-hop/{id}") icon=Icon::People testid="meeting-result">{c::MEETING_RESULT}</Button> }
    });
    let close = (status == MeetingStatus::Open).then(|| {
        view! { <Button icon=Icon::Lock testid="close-meeting" on_press=Callback::new(move |()| ask_close.set(true))>{c::MEETING_CLOSE}</Button> }
    });
    let reopen = matches!(status, MeetingStatus::Closed | MeetingStatus::Cancelled).then(|| {
        view! { <Button icon=Icon::Play testid="reopen-meeting" on_press=open>{c::MEETING_REOPEN}</Button> }
    });
    let edit = (status != MeetingStatus::Closed).then(|| {
        view! { <Button href=format!("/buoi-hop/{id}/sua") icon=Icon::Pen testid="edit-meeting">{t::EDIT}</Button> }
    });
    let cancel = (status == MeetingStatus::Planned).then(|| {
        view! { <Button kind=Kind::Danger icon=Icon::Cross testid="cancel-meeting" on_press=Callback::new(move |()| ask_cancel.set(true))>{c::MEETING_CANCEL}</Button> }
    });
    view! {
        <Card>
            {main}
            {code}
            <div class="cluster">{result} {close} {reopen} {edit} {cancel}</div>
        </Card>
        <Confirm
            open=ask_close
            title=c::MEETING_CLOSE_ASK
            text=Signal::derive(move || c::close_text(tally.get().present, tally.get().unmarked))
            yes=c::MEETING_CLOSE
            on_yes=Callback::new(move |()| turn(app.closing(id), c::MEETING_CLOSED))
        />
        <Confirm
            open=ask_cancel
            title=c::MEETING_CANCEL_ASK
            text=c::MEETING_CANCEL_TEXT
            yes=c::MEETING_CANCEL
            danger=true
            on_yes=Callback::new(move |()| turn(Body::MeetingCancelled { meeting: id }, c::MEETING_CANCELLED))
        />
    }
    .into_any()
}
