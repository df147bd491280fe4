//! *Yêu cầu sửa hoặc xóa* in *Dữ liệu của tôi*: writing one, without network as well, and how those of before stand. A request is an op.

use crate::components::{Area, Badge, Button, Card, Choice, Confirm, Icon, Kind, OpState, Tone, toast};
use crate::pages::kit;
use crate::platform::document;
use crate::platform::text::composed;
use crate::state::{App, Sending};
use crate::text::vi as t;
use crate::text::vi::common::requests as c;
use domain::id::OpId;
use domain::op::Body;
use domain::request::{Ask, LONGEST, Outcome, Part, Request, State, What, sort};
use leptos::prelude::*;

/// The section.
pub fn own_requests(app: App) -> AnyView {
    let me = Memo::new(move |_| kit::me(app));
    let mine = Memo::new(move |_| {
        app.view().with(|b| {
            let mut mine: Vec<Request> = b.requests.values().filter(|r| Some(r.member) == me.get()).cloned().collect();
            sort(&mut mine, |r| r);
            mine
        })
    });
    let writing = RwSignal::new(false);
    let asked = RwSignal::new(None::<OpId>);
    let open = RwSignal::new(false);
    let back = Callback::new(move |()| {
        let (Some(request), Some(unit)) = (asked.get_untracked(), kit::own_book(app)) else { return };
        let unit = app.view().with_untracked(|b| b.requests.get(&request).map_or(unit, |r| r.unit));
        if let Err(why) = app.perform(unit, Body::RequestWithdrawn { request }, Vec::new()) {
            toast(t::why(why).0);
        }
    });
    let list = move || {
        let mine = mine.get();
        if mine.is_empty() {
            return view! { <p class="muted pad">{c::NONE}</p> }.into_any();
        }
        let take_back = Callback::new(move |id| {
            asked.set(Some(id));
            open.set(true);
        });
        let rows = mine.into_iter().map(|r| row(app, &r, take_back)).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        <Card flush=true testid="own-requests">
            <h2>{c::TITLE}</h2>
            {move || {
                if me.get().is_none() {
                    return view! { <p class="muted pad">{c::NO_MEMBER}</p> }.into_any();
                }
                view! {
                    <div class="pad stack">
                        <p class="muted">{c::LEAD}</p>
                        {move || if writing.get() { form(app, writing) } else { write_button(writing) }}
                    </div>
                    {list}
                }
                    .into_any()
            }}
            <Confirm open=open title=c::BACK_ASK text=c::BACK_TEXT yes=c::BACK on_yes=back />
        </Card>
    }
    .into_any()
}

fn write_button(writing: RwSignal<bool>) -> AnyView {
    view! {
        <Button icon=Icon::Pen wide=true testid="request-write" on_press=Callback::new(move |()| writing.set(true))>
            {c::WRITE}
        </Button>
    }
    .into_any()
}

/// Icon, colour and word of how a request stands.
pub fn badge(request: &Request, days: u8, now: domain::time::Millis) -> AnyView {
    let (tone, icon, word) = match request.state() {
        State::Open if request.is_overdue(days, now) => (Tone::Bad, Icon::Warn, c::OVERDUE),
        State::Open => (Tone::Warn, Icon::Clock, c::OPEN),
        State::Answered(Outcome::Refused) => (Tone::Plain, Icon::Cross, c::outcome(Outcome::Refused)),
        State::Answered(Outcome::Partly) => (Tone::Info, Icon::Check, c::outcome(Outcome::Partly)),
        State::Answered(Outcome::Done) => (Tone::Good, Icon::CheckAll, c::outcome(Outcome::Done)),
        State::Withdrawn => (Tone::Plain, Icon::Turn, c::WITHDRAWN),
    };
    view! { <Badge tone=tone icon=icon text=word /> }.into_any()
}

/// By when, as long as nobody has answered.
pub fn due_line(request: &Request, days: u8, now: domain::time::Millis) -> Option<String> {
    let due = request.due(days);
    request.is_open().then(|| if request.is_overdue(days, now) { c::overdue(due) } else { c::due(due) })
}

/// Every answer, the latest first.
pub fn answers(request: &Request) -> AnyView {
    let mut all: Vec<_> = request.answers.iter().collect();
    all.sort_by_key(|a| std::cmp::Reverse(a.seq.unwrap_or(u64::MAX)));
    all.into_iter()
        .map(|a| {
            let head = [c::at(c::ANSWERED, a.at).as_str(), ": ", c::outcome(a.say.outcome)].concat();
            view! {
                <div class="stack-tight" data-testid="request-answer">
                    <p class="muted num">{head}</p>
                    <p class="prose">{a.say.text.clone()}</p>
                </div>
            }
        })
        .collect_view()
        .into_any()
}

/// An op that is not in the book yet, or needs a look.
pub fn under_way(app: App, op: OpId) -> Signal<Option<Sending>> {
    Signal::derive(move || app.sending(op).filter(|s| !matches!(s, Sending::InBook)))
}

/// Working days for an answer, as the server last said.
pub fn answer_days(app: App) -> u8 {
    app.session().with_untracked(|s| s.as_ref().map_or_else(domain::request::usual, |s| s.answer_days))
}

fn row(app: App, request: &Request, take_back: Callback<OpId>) -> AnyView {
    let (id, now, days) = (request.id, app.now(), answer_days(app));
    let waits = under_way(app, id);
    let due = due_line(request, days, now);
    let text = (!request.ask.text.is_empty()).then(|| view! { <p class="prose">{request.ask.text.clone()}</p> });
    let back = request.is_open().then(|| {
        view! { <Button testid="request-back" on_press=Callback::new(move |()| take_back.run(id))>{c::BACK}</Button> }
    });
    view! {
        <li class="entry" data-testid="own-request">
            <p class="split"><span class="name">{c::ask(&request.ask)}</span> {badge(request, days, now)}</p>
            <p class="muted num">{c::at("Viết", request.at)}</p>
            {text}
            {move || match waits.get() {
                Some(state) => view! { <OpState state=Signal::stored(Some(state)) /> <p class="muted">{c::WAITING}</p> }.into_any(),
                None => due.clone().map(|due| view! { <p class="strong num" data-testid="request-due">{due}</p> }).into_any(),
            }}
            {answers(request)}
            {back}
        </li>
    }
    .into_any()
}

fn form(app: App, writing: RwSignal<bool>) -> AnyView {
    let what = RwSignal::new(String::new());
    let about = RwSignal::new(Vec::<Part>::new());
    let text = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let told = move || composed(text.with(|x| x.trim().to_owned()).as_str());
    let kind = move || what.with(|w| if w == "delete" { What::Delete } else { What::Correct });
    let error_what =
        Signal::derive(move || (tried.get() && what.with(String::is_empty)).then(|| c::ERR_WHAT.to_owned()));
    let error_about =
        Signal::derive(move || (tried.get() && about.with(Vec::is_empty)).then(|| c::ERR_ABOUT.to_owned()));
    let error_text = Signal::derive(move || {
        let told = told();
        if told.chars().count() > LONGEST {
            return Some(c::ERR_LONG.to_owned());
        }
        (tried.get() && told.is_empty() && kind() == What::Correct).then(|| c::ERR_TEXT.to_owned())
    });
    let send = move || {
        tried.set(true);
        let wrong = [error_what, error_about, error_text].iter().any(|e| e.with_untracked(Option::is_some));
        let Some(unit) = kit::own_book(app).filter(|_| !wrong) else { return };
        let chosen = about.get_untracked();
        let about = Part::ALL.into_iter().filter(|p| chosen.contains(p)).collect();
        let ask = Ask { what: untrack(kind), about, text: untrack(told).replace('\r', "") };
        match app.perform(unit, Body::RequestMade { ask }, Vec::new()) {
            Ok(_) => {
                toast(c::SENT);
                writing.set(false);
                // The form is gone: what was written is where the eyes are.
                document::focus("[data-testid=own-requests] h2");
            }
            // What was written stays.
            Err(why) => toast(t::why(why).0),
        }
    };
    let parts = Part::ALL
        .into_iter()
        .map(|part| {
            view! {
                <label class="choice">
                    <input
                        type="checkbox"
                        prop:checked=move || about.with(|a| a.contains(&part))
                        on:change=move |e| {
                            let on = event_target_checked(&e);
                            about.update(|a| {
                                a.retain(|p| *p != part);
                                if on {
                                    a.push(part);
                                }
                            });
                        }
                    />
                    <span>{c::part(part)}</span>
                </label>
            }
        })
        .collect_view();
    let options = vec![("correct".to_owned(), c::CORRECT.to_owned()), ("delete".to_owned(), c::DELETE.to_owned())];
    view! {
        <form
            class="stack"
            data-testid="request-form"
            on:submit=move |e| {
                e.prevent_default();
                send();
            }
        >
            <Choice label=c::WHAT value=what options=options testid="request-what" />
            {error(error_what)}
            <fieldset class="field" data-testid="request-about">
                <legend>{c::ABOUT}</legend>
                <div class="choices">{parts}</div>
            </fieldset>
            {error(error_about)}
            <Area label=c::TEXT hint=c::TEXT_HINT value=text error=error_text rows=4 testid="request-text" />
            <p class="muted">{c::NOT_BY_ITSELF}</p>
            <Button kind=Kind::Primary wide=true submit=true icon=Icon::Send testid="request-send">{c::SEND}</Button>
            <Button kind=Kind::Quiet on_press=Callback::new(move |()| writing.set(false))>{c::STOP}</Button>
        </form>
    }
    .into_any()
}

/// What is wrong with a group of choices.
pub fn error(text: Signal<Option<String>>) -> AnyView {
    view! {
        <div class="field" aria-live="polite">
            {move || text.get().map(|e| view! { <p class="error">{Icon::Warn.small()}<span>{e}</span></p> })}
        </div>
    }
    .into_any()
}
