//! What opens from the bottom during a roll call: one person's choices and history, a guest, the code, the end.

use super::act::Wish;
use super::row::status_view;
use super::{Roll, RollSheet};
use crate::components::staff::form::{Fields, Look, field, radios};
use crate::components::{Button, Icon, Kind, OpState, Sheet, toast};
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::Role;
use domain::book::Book;
use domain::id::{AccountId, OpId};
use domain::member::PersonName;
use domain::op::{Body, How};
use domain::presence::{Mark, PresentAs, Status, Told, Who};
use domain::time::Millis;
use leptos::prelude::*;

/// All sheets; exactly one content at a time.
pub fn sheets(roll: Roll) -> AnyView {
    let title = Signal::derive(move || match roll.sheet.get() {
        RollSheet::Row(who) => name_of(roll, who),
        RollSheet::Guest => s::GUEST_ADD.to_owned(),
        RollSheet::Code => s::CODE_TITLE.to_owned(),
        RollSheet::Close => s::CLOSE_TITLE.to_owned(),
    });
    view! {
        <Sheet open=roll.open title=title testid="roll-sheet">
            {move || match roll.sheet.get() {
                RollSheet::Row(who) => person(roll, who),
                RollSheet::Guest => guest(roll),
                RollSheet::Code => code(roll),
                RollSheet::Close => close(roll),
            }}
        </Sheet>
    }
    .into_any()
}

fn name_of(roll: Roll, who: Who) -> String {
    roll.app
        .view()
        .with_untracked(|b| match who {
            Who::Member(m) => b.members.get(&m).map(|m| m.name.to_string()),
            Who::Guest(g) => b.guests.get(&g).map(|g| g.name.to_string()),
        })
        .unwrap_or_default()
}

/// The choices for one person, then what happened so far.
fn person(roll: Roll, who: Who) -> AnyView {
    let app = roll.app;
    let status = Memo::new(move |_| app.view().with(|b| b.status(roll.meeting, who)));
    let choose = move |wish: Wish| {
        roll.wish(who, &wish);
        roll.open.set(false);
    };
    let choice = move |icon: Icon, label: &'static str, testid: &'static str, on: fn(&Status) -> bool, wish: Wish| {
        view! {
            <button
                type="button"
                class="pick"
                data-testid=testid
                aria-pressed=move || if status.with(on) { "true" } else { "false" }
                on:click=move |_| choose(wish.clone())
            >
                {icon.view()}
                <span>{label}</span>
            </button>
        }
        .into_any()
    };
    let present = [
        choice(
            Icon::Check,
            s::PRESENT,
            "pick-present",
            |x| *x == Status::Present(PresentAs::OnTime),
            Wish::Present(PresentAs::OnTime),
        ),
        choice(
            Icon::Clock,
            s::LATE,
            "pick-late",
            |x| *x == Status::Present(PresentAs::Late),
            Wish::Present(PresentAs::Late),
        ),
        choice(
            Icon::Leave,
            s::LEFT_EARLY,
            "pick-early",
            |x| *x == Status::Present(PresentAs::LeftEarly),
            Wish::Present(PresentAs::LeftEarly),
        ),
    ];
    let is_member = who.member().is_some();
    let absent =
        is_member.then(|| choice(Icon::Cross, s::ABSENT, "pick-absent", |x| *x == Status::Absent, Wish::Absent));
    let clear = move || {
        status.with(|x| *x != Status::Unmarked).then(|| {
            view! {
                <button type="button" class="pick" data-testid="pick-clear" on:click=move |_| choose(Wish::Clear)>
                    {Icon::Undo.view()}
                    <span>{s::CLEAR}</span>
                </button>
            }
        })
    };
    let link = who
        .member()
        .filter(|_| roll.holds)
        .map(|m| view! { <a class="btn btn-quiet" href=["/dang-vien/", &m.to_string()].concat()>{s::OPEN_MEMBER}</a> });
    view! {
        <p class="cluster">
            {move || status.with(|x| if *x == Status::Unmarked { view! { <span class="badge">{t::status(x)}</span> }.into_any() } else { status_view(x) })}
        </p>
        <div class="picks">{present.into_iter().collect_view()} {absent} {clear}</div>
        {is_member.then(|| excuse(roll, who, status))}
        {history(roll, who)}
        {link}
    }
    .into_any()
}

/// *Vắng có lý do*: the reason, and whether it was told before.
fn excuse(roll: Roll, who: Who, status: Memo<Status>) -> AnyView {
    let fields = Fields::new(&["excuse-reason", "excuse-told"]);
    fields.set("excuse-told", "before");
    if let Status::Excused { reason, told } = status.get_untracked() {
        fields.set("excuse-reason", reason);
        fields.set("excuse-told", if told == Told::Before { "before" } else { "after" });
    }
    let told = fields.of("excuse-told");
    let form = fields.clone();
    view! {
        <form
            class="card"
            on:submit=move |ev| {
                ev.prevent_default();
                let told = if form.text("excuse-told") == "after" { Told::After } else { Told::Before };
                roll.wish(who, &Wish::Excused(form.text("excuse-reason"), told));
                roll.open.set(false);
            }
        >
            <h3>{s::EXCUSED}</h3>
            {field(&fields, Look::new("excuse-reason", s::REASON).hint(s::REASON_HINT))}
            {radios("excuse-told", s::TOLD, told, &[("before", s::TOLD_BEFORE), ("after", s::TOLD_AFTER)])}
            <Button kind=Kind::Secondary submit=true testid="pick-excused">{s::EXCUSE_SAVE}</Button>
        </form>
    }
    .into_any()
}

struct Event {
    op: OpId,
    at: Millis,
    by: AccountId,
    role: Role,
    words: String,
    void: bool,
    taken_back: bool,
    numbered: bool,
}

fn events(book: &Book, roll: Roll, who: Who) -> Vec<Event> {
    let Some(p) = book.presence_of(roll.meeting, who) else { return Vec::new() };
    let live = p.live_ops();
    let marks = p.marks.iter().map(|(op, w)| Event {
        op: *op,
        at: w.t,
        by: w.by,
        role: w.role,
        words: t::status(&match &w.mark {
            Mark::Present(how) => Status::Present(*how),
            Mark::Excused { reason, told } => Status::Excused { reason: reason.clone(), told: *told },
            Mark::Absent => Status::Absent,
        })
        .to_owned(),
        void: false,
        taken_back: !live.contains(op),
        numbered: w.seq.is_some(),
    });
    let voids = p.voids.iter().map(|(op, v)| Event {
        op: *op,
        at: v.t,
        by: v.by,
        role: v.role,
        words: s::taken_back(v.names.len()),
        void: true,
        taken_back: false,
        numbered: v.seq.is_some(),
    });
    let mut all: Vec<Event> = marks.chain(voids).collect();
    all.sort_by_key(|e| (e.at, e.op));
    all
}

/// Who marked and took back what, when, and how far it has come.
fn history(roll: Roll, who: Who) -> AnyView {
    let app = roll.app;
    let me = roll.me;
    let list = move || {
        let all = app.view().with(|b| events(b, roll, who));
        if all.is_empty() {
            return view! { <p class="muted">{s::NO_HISTORY}</p> }.into_any();
        }
        let items: Vec<AnyView> = all
            .into_iter()
            .map(|e| {
                let (op, numbered) = (e.op, e.numbered);
                let by = if Some(e.by) == me { s::BY_ME } else { s::by_role(e.role) };
                let icon = if e.void { Icon::Undo } else { Icon::Pen };
                let line = [e.at.moment_vi().as_str(), " · ", by].concat();
                view! {
                    <li class="event" class:gone=e.taken_back>
                        {icon.small()}
                        <div class="grow">
                            <p class="strong">{e.words}</p>
                            <p class="muted num">{line}</p>
                            {e.taken_back.then(|| view! { <p class="muted">{s::IS_TAKEN_BACK}</p> })}
                            <OpState state=Signal::derive(move || roll.sending(op, numbered)) />
                        </div>
                    </li>
                }
                .into_any()
            })
            .collect();
        view! { <ol class="events">{items}</ol> }.into_any()
    };
    view! {
        <section class="stack">
            <h3>{s::HISTORY}</h3>
            {list}
        </section>
    }
    .into_any()
}

/// Somebody who is not on the list: a guest, and the guest's presence, which waits for the guest.
fn guest(roll: Roll) -> AnyView {
    let fields = Fields::new(&["guest-name", "guest-note"]);
    let form = fields.clone();
    view! {
        <form
            class="stack"
            on:submit=move |ev| {
                ev.prevent_default();
                let Ok(name) = PersonName::parse(&form.text("guest-name")) else {
                    form.accept(vec![("guest-name", s::ERR_NAME)]);
                    return;
                };
                let said = s::guest_added(name.as_str());
                let guest = roll.app.new_id();
                let meeting = roll.meeting;
                let added = roll.perform(Body::GuestAdded { guest, meeting, name, note: form.text("guest-note") }, Vec::new());
                if let Some(op) = added {
                    let who = Who::Guest(guest);
                    roll.perform(Body::Present { meeting, who, present: PresentAs::OnTime, how: How::Roll, code: None }, vec![op]);
                    toast(said);
                    roll.open.set(false);
                }
            }
        >
            <p class="muted">{s::GUEST_HINT}</p>
            {field(&fields, Look::new("guest-name", s::NAME).max(80).required())}
            {field(&fields, Look::new("guest-note", s::GUEST_NOTE).hint(s::GUEST_NOTE_HINT))}
            <Button kind=Kind::Primary wide=true submit=true testid="guest-save">{s::GUEST_SAVE}</Button>
        </form>
    }
    .into_any()
}

/// The code of the meeting, so large that a hall can read it.
fn code(roll: Roll) -> AnyView {
    let code = roll.app.view().with_untracked(|b| b.meetings.get(&roll.meeting).and_then(|m| m.plan.code.clone()));
    match code {
        Some(code) => {
            let (a, b) = code.split_at(code.len().min(3));
            view! {
                <p class="big-code" data-testid="meeting-code">{[a, "\u{a0}", b].concat()}</p>
                <p class="muted">{s::CODE_TEXT}</p>
            }
            .into_any()
        }
        None => view! { <p>{s::CODE_NONE}</p> }.into_any(),
    }
}

/// Asks before the end, with the counts that will stand.
fn close(roll: Roll) -> AnyView {
    let tally = roll.tally;
    let counts = roll.app.counts();
    let line = |label: &'static str, n: Signal<u32>| {
        view! { <div class="split"><dt>{label}</dt><dd class="strong num">{n}</dd></div> }.into_any()
    };
    view! {
        <dl class="stack-tight">
            {line(s::EXPECTED, Signal::derive(move || tally.get().expected))}
            {line(s::PRESENT, Signal::derive(move || tally.get().present))}
            {line(s::EXCUSED, Signal::derive(move || tally.get().excused))}
            {line(s::ABSENT, Signal::derive(move || tally.get().absent))}
            {line(s::UNMARKED, Signal::derive(move || tally.get().unmarked))}
            {line(s::GUESTS, Signal::derive(move || tally.get().guests))}
        </dl>
        {move || (tally.get().unmarked > 0).then(|| view! { <p>{s::close_unmarked(tally.get().unmarked)}</p> })}
        {move || {
            let n = counts.with(|c| c.waiting);
            (n > 0).then(|| view! { <p class="banner tone-warn">{s::close_unsent(n)}</p> })
        }}
        <p class="muted">{s::CLOSE_TEXT}</p>
        <Button
            kind=Kind::Primary
            wide=true
            testid="close-meeting-yes"
            on_press=Callback::new(move |()| {
                roll.open.set(false);
                if roll.perform(roll.app.closing(roll.meeting), Vec::new()).is_some() {
                    toast(s::CLOSED_TOAST);
                }
            })
        >
            {s::CLOSE_YES}
        </Button>
        <Button wide=true on_press=Callback::new(move |()| roll.open.set(false))>{s::CLOSE_NO}</Button>
    }
    .into_any()
}
