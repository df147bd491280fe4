//! *Hôm nay*: the next meeting, one large button, what is new, and what waits on this phone in words. A member's, a secretary's;
//! the ward's first page is *Tổng quan*.

use crate::components::staff::unit::{may, may_at};
use crate::components::{
    Badge, Banner, Button, Card, Counter, EmptyFace, Frame, Icon, InstallCard, Kind, LoadingFace, OpState, Side, Tone,
    toast,
};
use crate::pages::kit::{self, Mine};
use crate::routes::AGREE;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common as c;
use crate::text::vi::common::requests as q;
use domain::account::Power;
use domain::book::Book;
use domain::consent::Question;
use domain::id::MeetingId;
use domain::meeting::{Meeting, MeetingStatus};
use domain::request::{OpenRequests, usual};
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// The page.
#[component]
pub fn Today() -> AnyView {
    let app = use_app();
    let side = Memo::new(move |_| app.session().with(|s| s.as_ref().map(|s| Side::of(app, &s.me))));
    (move || match side.get() {
        None => view! { <Frame title=t::NAV_TODAY><LoadingFace /></Frame> }.into_any(),
        Some(Side::Ward) => view! { <Redirect path="/tong-quan" /> }.into_any(),
        Some(Side::Admin) => view! { <Redirect path="/quan-tri" /> }.into_any(),
        Some(side) => page(app, side),
    })
    .into_any()
}

/// What a meeting's card needs; equal data paint nothing anew.
#[derive(Clone, PartialEq)]
struct Shown {
    meeting: Meeting,
    /// May take attendance there.
    keeps: bool,
    /// May open and close it; who keeps the roll and may not is a deputy.
    holds: bool,
    /// May check in there with this phone.
    takes_part: bool,
    tally: Option<domain::tally::Tally>,
}

fn shown(app: App, book: &Book, meeting: &Meeting) -> Shown {
    let keeps = may_at(app, book, Power::TakeAttendance, meeting);
    let own_cell = kit::me(app).and_then(|m| book.members.get(&m)).map(|m| m.cell);
    Shown {
        keeps,
        holds: may(app, book, Power::HoldMeetings, meeting.unit),
        takes_part: own_cell.is_some_and(|cell| book.units.is_within(cell, meeting.unit)),
        tally: (keeps && meeting.status == MeetingStatus::Open).then(|| book.tally(meeting)),
        meeting: meeting.clone(),
    }
}

fn page(app: App, side: Side) -> AnyView {
    let now = app.now();
    let meetings = Memo::new(move |_| {
        app.view().with(|b| kit::coming(b, now).into_iter().take(6).map(|m| shown(app, b, m)).collect::<Vec<_>>())
    });
    let first = Memo::new(move |_| meetings.with(|m| m.first().cloned()));
    let later = Memo::new(move |_| meetings.with(|m| m.iter().skip(1).map(|s| s.meeting.clone()).collect::<Vec<_>>()));
    let held = Memo::new(move |_| app.view().with(|b| b.held.len()));
    let held_now = Memo::new(move |_| {
        first.with(|f| f.as_ref().is_some_and(|s| s.meeting.status == MeetingStatus::Open && !checked_in(app, s)))
    });
    let main = move || match first.get() {
        Some(shown) => next_card(app, shown),
        None if !app.ready().get() => view! { <LoadingFace /> }.into_any(),
        None => view! {
            <Card>
                <EmptyFace icon=Icon::Calendar title=c::TODAY_NO_MEETING text=c::TODAY_NO_MEETING_TEXT />
            </Card>
        }
        .into_any(),
    };
    let staff = (side == Side::Secretary).then(|| {
        view! {
            <div class="cluster">
                <Button href="/buoi-hop-moi" icon=Icon::Plus testid="plan-meeting">{c::TODAY_PLAN}</Button>
                {move || kit::me(app).map(|_| view! { <Button href="/so-lien-he" icon=Icon::Notebook>{c::TODAY_OWN_BOOK}</Button> })}
            </div>
        }
    });
    view! {
        <Frame
            title=t::NAV_TODAY
            actions=move || {
                view! {
                    <a class="bar-icon" href="/cai-dat" aria-label=c::SETTINGS data-testid="settings">
                        {Icon::Gear.view()}
                    </a>
                }
            }
        >
            <p class="muted">{format!("{}, {}", t::weekday(now.day()), now.date_vi())}</p>
            {main}
            {move || {
                (held.get() > 0)
                    .then(|| {
                        view! {
                            <a class="banner tone-warn" href="/chua-gui">
                                {Icon::Warn.view()}
                                <span>{c::held_count(held.get())}</span>
                            </a>
                        }
                    })
            }}
            {staff}
            {(side == Side::Secretary).then(|| open_requests(app))}
            {news(app)}
            {later_card(app, later)}
            {asked_to_agree(app, held_now)}
            {waiting(app)}
            <InstallCard invited=app.prefs().invited when=Signal::derive(move || first.with(|f| f.as_ref().is_some_and(|s| checked_in(app, s)))) />
        </Frame>
    }
    .into_any()
}

/// For a secretary: what members asked about their data and nobody has answered.
fn open_requests(app: App) -> AnyView {
    let open = Memo::new(move |_| {
        let (now, days) = (app.now(), app.session().with(|s| s.as_ref().map_or_else(usual, |s| s.answer_days)));
        app.view().with(|b| {
            OpenRequests::of(b.requests.values().filter(|r| may(app, b, Power::AnswerRequests, r.unit)), days, now)
        })
    });
    (move || {
        open.with(|open| {
            (open.open > 0).then(|| {
                let (tone, icon) =
                    if open.overdue > 0 { ("banner tone-bad", Icon::Warn) } else { ("banner tone-warn", Icon::Clock) };
                view! { <a class=tone href="/yeu-cau" data-testid="open-requests">{icon.view()} <span>{q::hint(open)}</span></a> }
            })
        })
    })
    .into_any()
}

/// The question about the privacy notice: a card below everything that the day needs, never before a check-in.
fn asked_to_agree(app: App, in_a_hall: Memo<bool>) -> AnyView {
    let text = Memo::new(move |_| {
        // What was said elsewhere may not have come yet.
        let heard = app.ready().get() && app.link().with(|l| l.last_ok.is_some());
        if !heard || in_a_hall.get() || app.prefs().is_put_off(app.now()) {
            return None;
        }
        match kit::asked_to_agree(app) {
            Question::Nothing => None,
            Question::First => Some(q::CARD_TEXT),
            Question::Changed(_) => Some(q::CARD_CHANGED),
        }
    });
    let later = Callback::new(move |()| {
        app.prefs().put_off(app.now());
        toast(q::LATER_TOAST);
    });
    (move || {
        text.get().map(|text| {
            view! {
                <Card title=q::NOTICE testid="consent-card">
                    <p>{text}</p>
                    <div class="cluster">
                        <Button icon=Icon::Paper href=AGREE testid="consent-read">{q::CARD_READ}</Button>
                        <Button kind=Kind::Quiet testid="consent-later" on_press=later>{q::LATER}</Button>
                    </div>
                </Card>
            }
        })
    })
    .into_any()
}

fn checked_in(app: App, shown: &Shown) -> bool {
    matches!(kit::mine(app, shown.meeting.id), Mine::Own(_))
}

/// The next meeting with its one large button.
fn next_card(app: App, shown: Shown) -> AnyView {
    let Shown { meeting, keeps, holds, takes_part, tally } = shown;
    let open = meeting.status == MeetingStatus::Open;
    let id = meeting.id;
    let today = (meeting.plan.starts.day() - app.now().day()).num_days() == 0;
    // Beside the button for oneself.
    let roll = if takes_part { c::TODAY_ROLL_ALL } else { c::TODAY_ROLL };
    let action = match (keeps, takes_part) {
        (true, _) if open => view! {
            <Button kind=Kind::Big href=format!("/buoi-hop/{id}/diem-danh") icon=Icon::Roll testid="roll-call">{roll}</Button>
        }
        .into_any(),
        (true, _) if !holds => ().into_any(),
        (true, _) => view! {
            <Button kind=Kind::Big href=format!("/buoi-hop/{id}") icon=Icon::Play testid="go-meeting">{c::TODAY_OPEN_ROLL}</Button>
        }
        .into_any(),
        (false, true) => own_button(app, id, open || today),
        (false, false) => ().into_any(),
    };
    let deputy = (keeps && !holds)
        .then(|| view! { <p class="banner tone-info" data-testid="stand-in">{Icon::Roll.view()} <span>{c::deputy_words(meeting.status)}</span></p> });
    let own_too = (keeps && takes_part && (open || today && !holds)).then(|| own_button(app, id, true));
    let counters = tally.map(|tally| {
        view! {
            <div class="counters">
                <Counter label=c::PRESENT value=tally.present tone=Tone::Good testid="today-present" />
                <Counter label=c::EXCUSED value=tally.excused tone=Tone::Warn />
                <Counter label=c::UNMARKED value=tally.unmarked testid="today-unmarked" />
            </div>
        }
    });
    view! {
        <Card accent=true testid="next-meeting">
            <p><Badge tone=kit::meeting_tone(meeting.status) text=if open { t::meeting_status(meeting.status) } else { c::TODAY_NEXT } /></p>
            <h2 class="big-title">{meeting.plan.title.clone()}</h2>
            {kit::when_where(&meeting, app.now())}
            {deputy}
            {counters}
            {action}
            {own_too}
            <a class="btn btn-quiet" href=format!("/buoi-hop/{id}")>
                {Icon::Paper.view()}
                <span>{c::TODAY_DETAILS}</span>
            </a>
        </Card>
    }
    .into_any()
}

/// The member's own button, or how the check-in stands.
fn own_button(app: App, meeting: MeetingId, offered: bool) -> AnyView {
    let mine = Memo::new(move |_| kit::mine(app, meeting));
    (move || match mine.get() {
        Mine::Own(state) => view! {
            <a class="done" href=format!("/diem-danh-toi/{meeting}") data-testid="checked-in">
                <span class="done-mark">{Icon::Check.view()}</span>
                <span class="stack-tight">
                    <b>{c::CHECKED_IN}</b>
                    <OpState state=Signal::stored(Some(state)) />
                </span>
            </a>
        }
        .into_any(),
        Mine::Other => view! {
            <p class="done" data-testid="checked-in">
                <span class="done-mark">{Icon::Check.view()}</span>
                <b>{c::CHECKED_IN_OTHER}</b>
            </p>
        }
        .into_any(),
        Mine::Look(..) | Mine::NotSaved(_) => view! {
            <Button kind=Kind::Big href=format!("/diem-danh-toi/{meeting}") icon=Icon::Warn testid="checkin-button">
                {c::CHECKED_IN_LOOK}
            </Button>
        }
        .into_any(),
        Mine::No if offered => view! {
            <Button kind=Kind::Big href=format!("/diem-danh-toi/{meeting}") icon=Icon::Check testid="checkin-button">{c::CHECK_IN}</Button>
        }
        .into_any(),
        Mine::No => view! { <p class="muted">{c::CHECK_IN_WAIT}</p> }.into_any(),
    })
    .into_any()
}

/// Unread notices, three at most.
fn news(app: App) -> AnyView {
    let unread = Memo::new(move |_| {
        let me = kit::me(app);
        let now = app.now();
        app.view().with(|b| {
            let all: Vec<_> = kit::public_notices(b, now).into_iter().filter(|n| kit::is_unread(b, n.id, me)).collect();
            let first: Vec<_> = all.iter().take(3).map(|n| (n.id, n.text.title.clone(), n.text.publish_at)).collect();
            (all.len(), first)
        })
    });
    (move || {
        me_is_known(app).then(|| {
            let (count, first) = unread.get();
            let rows = first
                .into_iter()
                .map(|(id, title, at)| {
                    view! {
                        <li>
                            <a class="row" href=format!("/thong-bao/{id}")>
                                <span class="dot" aria-hidden="true"></span>
                                <span class="grow stack-tight">
                                    <span class="name">{title}</span>
                                    <span class="sub">{t::day(at, app.now())}</span>
                                </span>
                                {Icon::Next.view()}
                            </a>
                        </li>
                    }
                })
                .collect_view();
            let head = if count > 0 { c::unread(count) } else { c::TODAY_NO_NEWS.to_owned() };
            view! {
                <Card flush=true testid="news">
                    <h2>{c::TODAY_NEWS}</h2>
                    <p class="pad muted">{head}</p>
                    <ul class="rows">{rows}</ul>
                    <div class="pad"><Button kind=Kind::Quiet href="/thong-bao">{c::TODAY_ALL_NOTICES}</Button></div>
                </Card>
            }
        })
    })
    .into_any()
}

fn me_is_known(app: App) -> bool {
    kit::me(app).is_some()
}

fn later_card(app: App, later: Memo<Vec<Meeting>>) -> AnyView {
    (move || {
        let later = later.get();
        (!later.is_empty()).then(|| {
            let rows = later
                .into_iter()
                .map(|m| {
                    view! {
                        <li>
                            <a class="row" href=format!("/buoi-hop/{}", m.id)>
                                {Icon::Calendar.view()}
                                <span class="grow stack-tight">
                                    <span class="name">{m.plan.title.clone()}</span>
                                    <span class="sub">{t::moment(m.plan.starts, app.now())}</span>
                                </span>
                                {Icon::Next.view()}
                            </a>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <Card flush=true>
                    <h2>{c::TODAY_LATER}</h2>
                    <ul class="rows">{rows}</ul>
                </Card>
            }
        })
    })
    .into_any()
}

/// What waits on this phone, in words.
fn waiting(app: App) -> AnyView {
    let counts = app.counts();
    let offline = Memo::new(move |_| app.link().with(|l| l.failing_since.is_some()));
    (move || {
        let n = counts.get();
        let (tone, icon, text) = if n.needs_look > 0 {
            (Tone::Bad, Icon::Warn, c::needs_look(n.needs_look))
        } else if n.waiting > 0 {
            (Tone::Warn, if offline.get() { Icon::CloudOff } else { Icon::Send }, c::waiting(n.waiting, offline.get()))
        } else {
            (Tone::Good, Icon::CheckAll, if n.made > 0 { c::SENT_ALL } else { c::SENT_NONE }.to_owned())
        };
        view! {
            <Card title=c::SENT_TITLE testid="sent-card">
                <Banner tone=tone icon=icon><p>{text}</p></Banner>
                <Button kind=Kind::Quiet href="/chua-gui">{c::SENT_OPEN}</Button>
            </Card>
        }
    })
    .into_any()
}
