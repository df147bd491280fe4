//! *Yêu cầu về dữ liệu*: what members ask about their data, for those who answer. A secretary has the requests as rows on the phone; a ward, which has no
//! rows of members, reads a worklist of the server, kept for when there is no network. Answers are ops in both cases.

use crate::components::staff::unit::may;
use crate::components::{Area, Button, Choice, EmptyFace, Frame, Icon, Kind, LoadingFace, OpState, toast};
use crate::pages::own_requests::{answer_days, answers, badge, due_line, error, under_way};
use crate::pages::ward::load::{faced, load};
use crate::platform::text::composed;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common::requests as c;
use crate::text::vi::staff::requests as r;
use domain::account::{Power, Role};
use domain::id::OpId;
use domain::op::Body;
use domain::request::{LONGEST, Outcome, Reply, WorkItem, Worklist, sort};
use leptos::prelude::*;

/// The page.
#[component]
pub fn RequestsPage() -> AnyView {
    let app = use_app();
    let now = app.now();
    let ward = Memo::new(move |_| {
        app.session().with(|x| x.as_ref().and_then(|x| x.me.actor().units_of(Role::Ward, now.day()).next()))
    });
    let open = RwSignal::new("open".to_owned());
    let inside = if ward.get_untracked().is_some() {
        let path = Signal::derive(move || ward.get().map(|unit| ["requests/", &unit.to_string()].concat()));
        let list = load::<Worklist>(app, path);
        let items = list.part(|list| list.items.clone());
        let items = Memo::new(move |_| items.get().unwrap_or_default());
        faced(list, move || listed(app, items, open))
    } else {
        let items = Memo::new(move |_| {
            app.view().with(|b| {
                let item = |request: &domain::request::Request| WorkItem {
                    name: b.members.get(&request.member).map(|m| m.name.to_string()).unwrap_or_default(),
                    cell: b.units.get(request.unit).map(|u| u.name.clone()).unwrap_or_default(),
                    request: request.clone(),
                };
                let mut all: Vec<WorkItem> =
                    b.requests.values().filter(|q| may(app, b, Power::AnswerRequests, q.unit)).map(item).collect();
                sort(&mut all, |item| &item.request);
                all
            })
        });
        let answering = Memo::new(move |_| {
            app.session().with(|x| x.as_ref().is_some_and(|x| x.me.has(Role::Secretary) || x.me.has(Role::Ward)))
        });
        (move || {
            if !app.ready().get() {
                view! { <LoadingFace /> }.into_any()
            } else if answering.get() {
                listed(app, items, open)
            } else {
                view! { <EmptyFace icon=Icon::Lock title=r::REQ_MAY_NOT /> }.into_any()
            }
        })
        .into_any()
    };
    view! {
        <Frame title=c::WORK back="/">
            <p>{r::REQ_LEAD}</p>
            {inside}
        </Frame>
    }
    .into_any()
}

fn listed(app: App, items: Memo<Vec<WorkItem>>, shown: RwSignal<String>) -> AnyView {
    // Answered here, and not heard of by the server's list yet: it is no open work any more.
    let answered = Memo::new(move |_| {
        let request = |body: Option<&Body>| match body {
            Some(Body::RequestAnswered { request, .. }) => Some(*request),
            _ => None,
        };
        app.outbox().with(|o| {
            let counts = |e: &&crate::state::Entry| !e.is_put_away();
            o.iter().filter(counts).filter_map(|e| Some((request(e.body.as_ref())?, e.id))).collect::<Vec<_>>()
        })
    });
    let is_open = move |item: &WorkItem| {
        item.request.is_open() && !answered.with(|a| a.iter().any(|(request, _)| *request == item.request.id))
    };
    let number = move |open: bool| items.with(|all| all.iter().filter(|i| is_open(i) == open).count());
    let writing = RwSignal::new(None::<OpId>);
    let rows = move || {
        let open = shown.with(|s| s == "open");
        let some: Vec<WorkItem> = items.with(|all| all.iter().filter(|i| is_open(i) == open).cloned().collect());
        if some.is_empty() {
            let title = if open { r::REQ_OPEN_NONE } else { r::REQ_DONE_NONE };
            return view! { <EmptyFace icon=Icon::Check title=title text=r::REQ_NONE_TEXT /> }.into_any();
        }
        let rows = some
            .into_iter()
            .map(|item| {
                let mine = answered.with(|a| a.iter().rev().find(|(q, _)| *q == item.request.id).map(|(_, op)| *op));
                row(app, item, mine, writing)
            })
            .collect_view();
        view! {
            <section class="card flush">
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    };
    view! {
        {move || {
            let options = [("open", true), ("done", false)]
                .map(|(key, open)| (key.to_owned(), r::req_filter(open, number(open))))
                .into();
            view! { <Choice label=r::REQ_SHOW value=shown options=options testid="requests-show" /> }
        }}
        {rows}
    }
    .into_any()
}

fn row(app: App, item: WorkItem, mine: Option<OpId>, writing: RwSignal<Option<OpId>>) -> AnyView {
    let WorkItem { request, name, cell } = item;
    let (id, unit, now, days) = (request.id, request.unit, app.now(), answer_days(app));
    // A ward has no page of the member on its phone: there the cell's.
    let known = app.view().with_untracked(|b| b.members.contains_key(&request.member));
    let href = if known {
        ["/dang-vien/", &request.member.to_string()].concat()
    } else {
        ["/chi-bo/", &unit.to_string()].concat()
    };
    let name = if name.is_empty() { r::REQ_UNKNOWN.to_owned() } else { name };
    let late = request.is_overdue(days, now);
    let due = due_line(&request, days, now).filter(|_| mine.is_none()).map(|due| {
        view! { <p class="strong num" data-testid="request-due">{due}</p> }
    });
    let text = (!request.ask.text.is_empty()).then(|| view! { <p class="prose">{request.ask.text.clone()}</p> });
    let word = if request.is_open() && mine.is_none() { r::REQ_ANSWER } else { r::REQ_ANSWER_MORE };
    let badge = (mine.is_none() || !request.is_open()).then(|| badge(&request, days, now));
    view! {
        <li class="entry" data-testid="request-item" data-overdue=late.then_some("true")>
            <p class="split"><a class="name" href=href>{name}</a> {badge}</p>
            <p class="muted num">{cell} " · " {c::at("nhận", request.received)}</p>
            <p class="name">{c::ask(&request.ask)}</p>
            {text}
            {due}
            {answers(&request)}
            {mine.map(|op| view! { <OpState state=under_way(app, op) /> })}
            {move || {
                if writing.get() == Some(id) {
                    return form(app, id, unit, writing);
                }
                view! {
                    <Button icon=Icon::Pen testid="request-reply" on_press=Callback::new(move |()| writing.set(Some(id)))>
                        {word}
                    </Button>
                }
                    .into_any()
            }}
        </li>
    }
    .into_any()
}

fn form(app: App, request: OpId, unit: domain::id::UnitId, writing: RwSignal<Option<OpId>>) -> AnyView {
    let outcome = RwSignal::new(String::new());
    let text = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let told = move || composed(text.with(|x| x.trim().to_owned()).as_str());
    let all = [("done", Outcome::Done), ("partly", Outcome::Partly), ("refused", Outcome::Refused)];
    let chosen = move || outcome.with(|o| all.into_iter().find(|(key, _)| key == o).map(|(_, outcome)| outcome));
    let wrong_outcome =
        Signal::derive(move || (tried.get() && chosen().is_none()).then(|| r::REQ_ERR_OUTCOME.to_owned()));
    let wrong_text = Signal::derive(move || {
        let told = told();
        if told.chars().count() > LONGEST {
            return Some(c::ERR_LONG.to_owned());
        }
        (tried.get() && told.is_empty()).then(|| r::REQ_ERR_TEXT.to_owned())
    });
    let send = move || {
        tried.set(true);
        let wrong = wrong_text.with_untracked(Option::is_some);
        let Some(outcome) = untrack(chosen).filter(|_| !wrong) else { return };
        let say = Reply { outcome, text: untrack(told).replace('\r', "") };
        match app.perform(unit, Body::RequestAnswered { request, say }, Vec::new()) {
            Ok(_) => {
                toast(r::REQ_SENT);
                writing.set(None);
            }
            // What was written stays.
            Err(why) => toast(t::why(why).0),
        }
    };
    let options = all.map(|(key, outcome)| (key.to_owned(), c::outcome(outcome).to_owned())).into();
    view! {
        <form
            class="stack"
            data-testid="reply-form"
            on:submit=move |e| {
                e.prevent_default();
                send();
            }
        >
            <p class="muted">{r::REQ_HOW}</p>
            <Choice label=r::REQ_OUTCOME value=outcome options=options testid="reply-outcome" />
            {error(wrong_outcome)}
            <Area label=r::REQ_TEXT hint=r::REQ_TEXT_HINT value=text error=wrong_text rows=4 testid="reply-text" />
            <Button kind=Kind::Primary wide=true submit=true icon=Icon::Send testid="reply-send">{r::REQ_SEND}</Button>
            <Button kind=Kind::Quiet on_press=Callback::new(move |()| writing.set(None))>{r::REQ_STOP}</Button>
        </form>
    }
    .into_any()
}
