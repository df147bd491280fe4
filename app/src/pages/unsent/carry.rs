//! The way out by hand: what waits on this phone as a file, and such a file of another phone taken in. Taking in is looked at first;
//! a file that is not whole changes nothing.

use crate::api::ApiError;
use crate::components::{Banner, Button, Card, Icon, Kind, Tone, toast};
use crate::platform::files::{self, Given};
use crate::state::{App, Sending};
use crate::sync::carry::{Delivered, deliver};
use crate::text::vi::common::carry as c;
use domain::book::Book;
use domain::op::Body;
use domain::sync::bundle::{BadBundle, Bundle, MOST_BYTES, unpack};
use domain::time::Millis;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The id of the file field.
const FILE: &str = "carry-file";

/// *Lưu ra tệp*: works with no network and with no room, from what is in memory.
pub fn out(app: App) -> AnyView {
    let some = Memo::new(move |_| app.counts().with(|n| n.waiting > 0) || app.damaged().with(|d| !d.is_empty()));
    let loose = Memo::new(move |_| app.outbox().with(|o| o.iter().any(|e| e.state == Sending::NotSaved)));
    let save = move |share: bool| {
        let Some(text) = app.unsent_file() else { return };
        let now = app.now();
        let name = ["viec-chua-gui-", &now.day().to_string(), "-", &now.clock_vi().replace(':', ""), ".txt"].concat();
        spawn_local(async move {
            match files::give(&name, "text/plain", &text, share).await {
                Given::Shared => toast(c::SHARED),
                Given::Downloaded => toast(c::downloaded(&name)),
                Given::Cancelled => {}
                Given::Failed => toast(c::NOT_GIVEN),
            }
        });
    };
    (move || {
        some.get().then(|| {
            let share = files::can_share("viec-chua-gui.txt", "text/plain");
            let plain = share.then(|| {
                view! { <Button icon=Icon::Download wide=true testid="export-plain" on_press=Callback::new(move |()| save(false))>{c::DOWNLOAD}</Button> }
            });
            let urgent = move || loose.get().then(|| view! { <p class="strong">{c::LOOSE}</p> });
            view! {
                <Card title=c::OUT_TITLE testid="carry-out">
                    {urgent}
                    <p>{c::OUT_TEXT}</p>
                    <Button
                        icon=if share { Icon::Share } else { Icon::Download }
                        wide=true
                        testid="export"
                        on_press=Callback::new(move |()| save(true))
                    >
                        {c::OUT_GO}
                    </Button>
                    {plain}
                    <p class="muted">{c::OUT_CARE}</p>
                </Card>
            }
        })
    })
    .into_any()
}

/// Where taking in stands.
#[derive(Clone)]
enum Step {
    Choose,
    Look(Arc<Bundle>),
    Busy(usize, usize),
    Done(Delivered),
}

/// *Nhận tệp*.
pub fn take_in(app: App) -> AnyView {
    let step = RwSignal::new(Step::Choose);
    let problem = RwSignal::new(None::<String>);
    let chosen = move || {
        problem.set(None);
        let Some(file) = files::chosen(FILE) else { return };
        spawn_local(async move {
            let read = if file.size() > MOST_BYTES as u64 { None } else { Some(files::read(&file).await) };
            let bundle = match &read {
                None => Err(BadBundle::TooLarge),
                Some(None) => Err(BadBundle::Damaged),
                Some(Some(bytes)) => unpack(bytes),
            };
            match bundle {
                Ok(bundle) if bundle.ops.is_empty() => problem.set(Some(c::NOTHING_IN.to_owned())),
                Ok(bundle) => step.set(Step::Look(Arc::new(bundle))),
                Err(bad) => problem.set(Some(c::bad(bad).to_owned())),
            }
        });
    };
    let go = move |bundle: Arc<Bundle>| {
        problem.set(None);
        let total = bundle.ops.len();
        step.set(Step::Busy(0, total));
        spawn_local(async move {
            let reached = StoredValue::new(0);
            let answer = deliver(app, &bundle.ops, |done| {
                reached.set_value(done.total());
                step.set(Step::Busy(done.total(), total));
            })
            .await;
            match answer {
                Ok(done) => step.set(Step::Done(done)),
                Err(error) => {
                    problem.set(Some(failed(&error, reached.get_value(), total)));
                    step.set(Step::Look(bundle));
                }
            }
        });
    };
    let again = Callback::new(move |()| {
        problem.set(None);
        step.set(Step::Choose);
    });
    view! {
        <Card title=c::IN_TITLE testid="carry-in">
            {move || {
                problem
                    .get()
                    .map(|text| {
                        view! { <div role="alert" data-testid="carry-problem"><Banner tone=Tone::Bad icon=Icon::Warn><p>{text}</p></Banner></div> }
                    })
            }}
            {move || match step.get() {
                Step::Choose => choose(chosen),
                Step::Look(bundle) => look(app, bundle, go, again),
                Step::Busy(done, total) => view! { <p role="status">{c::busy(done, total)}</p> }.into_any(),
                Step::Done(done) => finished(done, again),
            }}
        </Card>
    }
    .into_any()
}

fn choose(chosen: impl Fn() + 'static) -> AnyView {
    view! {
        <p>{c::IN_TEXT}</p>
        <div class="field">
            <label for=FILE>{c::IN_LABEL}</label>
            <input
                id=FILE
                class="input file"
                data-testid="carry-file"
                type="file"
                accept=".txt,text/plain"
                on:change=move |_| chosen()
            />
        </div>
    }
    .into_any()
}

/// What the file holds, before anything is sent.
fn look(
    app: App,
    bundle: Arc<Bundle>,
    go: impl Fn(Arc<Bundle>) + Copy + Send + Sync + 'static,
    stop: Callback<()>,
) -> AnyView {
    let head = &bundle.head;
    let (here, about) = app.view().with_untracked(|book| {
        let own = app.outbox().with_untracked(|o| o.iter().map(|e| e.id).collect::<std::collections::BTreeSet<_>>());
        let here = bundle.ops.iter().filter(|(op, _)| book.has(op.id) || own.contains(&op.id)).count();
        (here, about(book, &bundle))
    });
    let count = bundle.ops.len();
    let here = (here > 0).then(|| view! { <li>{c::already(here)}</li> });
    let broken = (bundle.damaged > 0).then(|| view! { <li>{c::broken(bundle.damaged)}</li> });
    let about = about.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let (from, when) = (c::from(&head.device, &head.made.moment_vi()), span(&bundle));
    view! {
        <div data-testid="carry-look">
            <p class="strong">{from}</p>
            <ul class="bullets">
                <li>{c::count(count, &when)}</li>
                {about}
                {here}
                {broken}
            </ul>
        </div>
        <p class="muted">{c::IN_SAFE}</p>
        <Button
            kind=Kind::Primary
            icon=Icon::Upload
            wide=true
            testid="carry-yes"
            on_press=Callback::new(move |()| go(Arc::clone(&bundle)))
        >
            {c::take(count)}
        </Button>
        <Button wide=true testid="carry-no" on_press=stop>{c::IN_STOP}</Button>
    }
    .into_any()
}

/// How many ops speak of which meeting.
fn about(book: &Book, bundle: &Bundle) -> Vec<String> {
    let mut meetings: BTreeMap<Option<_>, usize> = BTreeMap::new();
    for (op, _) in &bundle.ops {
        let meeting = op.body().ok().flatten().as_ref().and_then(Body::meeting);
        *meetings.entry(meeting).or_default() += 1;
    }
    let line = |(meeting, n): (Option<_>, usize)| match meeting {
        None => c::of_other(n),
        Some(id) => match book.meetings.get(&id) {
            Some(m) => c::of_meeting(n, &m.plan.title, &m.plan.starts.date_vi()),
            None => c::of_unknown(n),
        },
    };
    meetings.into_iter().map(line).collect()
}

/// From when to when the ops were made, by the clock of their phone.
fn span(bundle: &Bundle) -> String {
    let times = || bundle.ops.iter().map(|(op, _)| op.t);
    let (first, last) = (times().min().unwrap_or(Millis(0)), times().max().unwrap_or(Millis(0)));
    if first.day() == last.day() { first.date_vi() } else { [first.date_vi(), last.date_vi()].join(" – ") }
}

fn failed(error: &ApiError, done: usize, total: usize) -> String {
    match error {
        ApiError::Offline if done > 0 => c::broke_off(done, total),
        ApiError::Offline => c::IN_OFFLINE.to_owned(),
        ApiError::Status(401, _) => c::IN_SIGNED_OUT.to_owned(),
        ApiError::Status(404 | 405, _) => c::IN_OLD_SERVER.to_owned(),
        ApiError::Status(_, body) => body.message.clone(),
        ApiError::BadAnswer => c::IN_BAD_ANSWER.to_owned(),
    }
}

fn finished(done: Delivered, again: Callback<()>) -> AnyView {
    let line = |n: usize, text: &'static str, testid: &'static str| {
        (n > 0).then(|| view! { <li><b class="num" data-testid=testid>{n}</b> " " {text}</li> })
    };
    let tone = if done.refused > 0 { Tone::Warn } else { Tone::Good };
    view! {
        <div role="status" data-testid="carry-done">
            <Banner tone=tone icon=Icon::CheckAll>
                <p>{c::done(done.total())}</p>
            </Banner>
            <ul class="bullets">
                {line(done.new, c::DONE_NEW, "carry-new")}
                {line(done.known, c::DONE_KNOWN, "carry-known")}
                {line(done.held, c::DONE_HELD, "carry-held")}
                {line(done.refused, c::DONE_REFUSED, "carry-refused")}
            </ul>
        </div>
        <Button wide=true on_press=again>{c::IN_AGAIN}</Button>
    }
    .into_any()
}
