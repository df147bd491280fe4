//! *Việc chưa gửi*: every op of this phone that is not in the book, in plain words, with its state, the reason and the way out: also by
//! hand, as a file ([`carry`]). For a secretary also what the server holds of others. The numbers add up: made = in the book + waiting + to be looked at.

pub(super) mod carry;
pub(crate) mod faces;

use crate::components::{
    Banner, Button, Card, Confirm, Counter, EmptyFace, Frame, Icon, Kind, LoadingFace, OpState, Tone, sending_text,
    toast,
};
use crate::pages::kit;
use crate::state::{App, Sending, use_app};
use crate::text::vi as t;
use crate::text::vi::common as c;
use domain::account::{Permission, Power};
use domain::carry::{VOUCHING, may_be_accepted, waits_for_its_author};
use domain::decide::Why;
use domain::id::{OpId, UnitId};
use domain::op::Body;
use domain::sync::Stage;
use domain::time::Millis;
use domain::wire::HeldOp;
use leptos::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, PartialEq)]
struct Line {
    id: OpId,
    text: String,
    at: Millis,
    state: Sending,
}

/// The page.
#[component]
pub fn Unsent() -> AnyView {
    let app = use_app();
    let lines = Memo::new(move |_| {
        app.view().with(|b| {
            app.outbox().with(|o| {
                let open = |s: &Stage| matches!(s, Stage::Waiting | Stage::NeedsLook { .. });
                o.iter()
                    .rev()
                    .filter(|e| open(&e.stage))
                    .map(|e| Line { id: e.id, text: kit::describe(b, e), at: e.op.t, state: e.state })
                    .collect::<Vec<_>>()
            })
        })
    });
    let look = Memo::new(move |_| lines.with(|l| l.iter().filter(|l| needs_look(l)).cloned().collect::<Vec<_>>()));
    let wait = Memo::new(move |_| lines.with(|l| l.iter().filter(|l| !needs_look(l)).cloned().collect::<Vec<_>>()));
    let damaged = Memo::new(move |_| app.damaged().with(Vec::len));
    let counts = app.counts();
    let asked = RwSignal::new(None::<OpId>);
    let ask = RwSignal::new(false);
    let forget = Callback::new(move |()| {
        if let Some(op) = asked.get_untracked() {
            app.forget(op);
            toast(c::UNSENT_FORGOTTEN);
        }
    });
    let number = move |of: fn(crate::state::Counts) -> usize| {
        Signal::derive(move || u32::try_from(of(counts.get())).unwrap_or(u32::MAX))
    };
    view! {
        <Frame title=c::UNSENT back="/">
            <div class="counters pairs">
                <Counter label=c::UNSENT_MADE value=number(|n| n.made) testid="ops-made" />
                <Counter label=c::UNSENT_IN_BOOK value=number(|n| n.in_book) tone=Tone::Good testid="ops-in-book" />
                <Counter label=c::UNSENT_WAITING value=number(|n| n.waiting) tone=Tone::Warn testid="ops-waiting" />
                <Counter label=c::UNSENT_LOOK value=number(|n| n.needs_look) tone=Tone::Bad testid="ops-look" />
            </div>
            {faces::skew(app)}
            {faces::cloned(app)}
            {link(app)}
            {carry::out(app)}
            {move || {
                let n = damaged.get();
                (n > 0).then(|| view! { <Banner tone=Tone::Bad icon=Icon::Warn><p>{n} " × " {c::UNSENT_DAMAGED}</p></Banner> })
            }}
            {move || {
                if !app.ready().get() {
                    return view! { <LoadingFace /> }.into_any();
                }
                if lines.with(Vec::is_empty) && damaged.get() == 0 {
                    return view! { <EmptyFace icon=Icon::CheckAll title=c::UNSENT_NONE text=c::UNSENT_NONE_TEXT /> }.into_any();
                }
                view! {
                    {list(app, c::UNSENT_LOOK_TITLE, look.get(), asked, ask)}
                    {list(app, c::UNSENT_WAIT_TITLE, wait.get(), asked, ask)}
                }
                    .into_any()
            }}
            {held(app)}
            {carry::take_in(app)}
            <Confirm
                open=ask
                title=c::UNSENT_FORGET_ASK
                text=c::UNSENT_FORGET_TEXT
                yes=c::UNSENT_FORGET
                danger=true
                on_yes=forget
            />
        </Frame>
    }
    .into_any()
}

const fn needs_look(line: &Line) -> bool {
    matches!(line.state, Sending::NeedsLook(_) | Sending::NotSaved)
}

/// How the link stands, and *Gửi ngay*.
fn link(app: App) -> AnyView {
    let link = app.link();
    let text = move || {
        let l = link.get();
        match (l.failing_since, l.last_ok) {
            (Some(since), _) => (Tone::Warn, Icon::CloudOff, c::link_failing(&since.moment_vi())),
            (None, Some(at)) => (Tone::Good, Icon::Cloud, format!("{} {}", c::LINK_OK, c::link_last(&at.clock_vi()))),
            (None, None) => (Tone::Info, Icon::Info, c::LINK_NEVER.to_owned()),
        }
    };
    let text = Memo::new(move |_| text());
    let busy = Memo::new(move |_| link.get().busy);
    let empty = Memo::new(move |_| app.counts().with(|n| n.waiting == 0));
    view! {
        {move || {
            let (tone, icon, text) = text.get();
            view! { <Banner tone=tone icon=icon><p>{text}</p></Banner> }
        }}
        {move || {
            (!empty.get())
                .then(|| {
                    view! {
                        <Button
                            kind=Kind::Primary
                            icon=Icon::Send
                            wide=true
                            testid="send-now"
                            on_press=Callback::new(move |()| app.sync_now())
                        >
                            {move || if busy.get() { c::UNSENT_SENDING } else { c::UNSENT_SEND }}
                        </Button>
                    }
                })
        }}
    }
    .into_any()
}

fn list(
    app: App,
    title: &'static str,
    lines: Vec<Line>,
    asked: RwSignal<Option<OpId>>,
    ask: RwSignal<bool>,
) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let rows = lines.into_iter().map(|l| row(app, l, asked, ask)).collect_view();
    view! {
        <Card title=title flush=true>
            <ul class="rows">{rows}</ul>
        </Card>
    }
    .into_any()
}

fn row(app: App, line: Line, asked: RwSignal<Option<OpId>>, ask: RwSignal<bool>) -> AnyView {
    let (reason, way) = sending_text(&line.state);
    let id = line.id;
    let stuck = needs_look(&line).then(|| {
        view! {
            <div class="cluster">
                <Button icon=Icon::Turn testid="resend" on_press=Callback::new(move |()| app.resend(id))>{c::UNSENT_RESEND}</Button>
                <Button
                    kind=Kind::Danger
                    testid="forget"
                    on_press=Callback::new(move |()| {
                        asked.set(Some(id));
                        ask.set(true);
                    })
                >
                    {c::UNSENT_FORGET}
                </Button>
            </div>
        }
    });
    let way = (!way.is_empty()).then(|| view! { <p>{way}</p> });
    view! {
        <li class="entry" data-testid="unsent-item">
            <p class="name">{line.text}</p>
            <p class="cluster">
                <OpState state=Signal::stored(Some(line.state)) />
                <span class="muted num">{line.at.moment_vi()}</span>
            </p>
            <p class="muted">{reason}</p>
            {way}
            {stuck}
        </li>
    }
    .into_any()
}

/// What the server holds of others in this unit.
fn held(app: App) -> AnyView {
    let lines = Memo::new(move |_| {
        let (me, today) = (app.session().with(|s| s.as_ref().map(|s| s.me.actor())), app.now().day());
        app.view().with(|b| {
            let may = |unit| {
                let yes = |power: &Power| {
                    me.as_ref().is_some_and(|me| matches!(me.may(*power, unit, &b.units, today), Permission::Yes(_)))
                };
                VOUCHING.iter().any(yes)
            };
            let mut all: Vec<_> = b.held.values().collect();
            all.sort_by_key(|h| (h.at, h.id));
            let line = |h: &&HeldOp| Held {
                id: h.id,
                unit: h.unit,
                text: kit::describe_kind(b, &h.kind, h.who, h.meeting),
                by: h.brought.as_ref().map_or_else(|| h.by_name.clone(), |by| c::carry::brought(&h.by_name, by)),
                at: h.at,
                why: h.why,
                accept: may_be_accepted(h.why) && may(h.unit) && !waits_for_its_author(&h.kind),
            };
            all.iter().map(line).collect::<Vec<_>>()
        })
    });
    (move || {
        let lines = lines.get();
        (!lines.is_empty()).then(|| {
            let all = accept_all(app, &lines);
            let rows = lines.into_iter().map(|line| held_row(app, line)).collect_view();
            view! {
                <Card flush=true testid="held">
                    <h2>{c::UNSENT_HELD}</h2>
                    <p class="pad muted">{c::UNSENT_HELD_TEXT}</p>
                    {all}
                    <ul class="rows">{rows}</ul>
                </Card>
            }
        })
    })
    .into_any()
}

#[derive(Clone, PartialEq)]
struct Held {
    id: OpId,
    unit: UnitId,
    text: String,
    by: String,
    at: Millis,
    why: Why,
    accept: bool,
}

fn held_row(app: App, line: Held) -> AnyView {
    let (reason, way) = t::why(line.why);
    let (unit, id) = (line.unit, line.id);
    let accept = line.accept.then(|| {
        view! {
            <Button icon=Icon::Check testid="accept-carried" on_press=Callback::new(move |()| accept(app, &[(unit, id)]))>
                {c::carry::ACCEPT}
            </Button>
        }
    });
    view! {
        <li class="entry" data-testid="held-item">
            <p class="name">{line.text}</p>
            <p class="muted num">{line.by} " · " {line.at.moment_vi()}</p>
            <p>{reason} " " {way}</p>
            {accept}
        </li>
    }
    .into_any()
}

/// One button for a whole file that somebody brought.
fn accept_all(app: App, lines: &[Held]) -> Option<AnyView> {
    let ids: Vec<(UnitId, OpId)> = lines.iter().filter(|l| l.accept).map(|l| (l.unit, l.id)).collect();
    (ids.len() > 1).then(|| {
        let n = ids.len();
        view! {
            <div class="pad">
                <Button icon=Icon::CheckAll wide=true testid="accept-all" on_press=Callback::new(move |()| accept(app, &ids))>
                    {c::carry::accept_all(n)}
                </Button>
            </div>
        }
        .into_any()
    })
}

/// Vouches for what somebody brought: an op of this person, so that it can be seen later who did.
fn accept(app: App, all: &[(UnitId, OpId)]) {
    let mut by_unit: BTreeMap<UnitId, Vec<OpId>> = BTreeMap::new();
    for (unit, id) in all {
        by_unit.entry(*unit).or_default().push(*id);
    }
    for (unit, ids) in by_unit {
        for ops in ids.chunks(100) {
            let body = Body::CarriedAccepted { ops: ops.iter().copied().collect() };
            if let Err(why) = app.perform(unit, body, Vec::new()) {
                toast(t::why(why).0);
                return;
            }
        }
    }
    toast(c::carry::ACCEPTED);
}
