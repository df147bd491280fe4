//! *Người điểm danh thay*: who calls the roll of one meeting in the place of its officers; naming somebody and taking it back. Always asked of the
//! server: who may act is decided there and now.

use crate::api;
use crate::components::staff::form::search_box;
use crate::components::{Badge, Button, Confirm, EmptyFace, Frame, Icon, Kind, Tone, toast};
use crate::pages::call::Call;
use crate::pages::kit::path_id;
use crate::pages::ward::load::{Load, faced, load};
use crate::state::{App, use_app};
use crate::text::vi::staff as s;
use domain::deputy::{DeputyOf, EndDeputy, NameDeputy};
use domain::id::{MeetingId, MemberId};
use domain::member::Member;
use domain::text::{Query, SearchKey, sort_key};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How many people a search shows.
const SHOWN: usize = 12;
/// How many letters a search of the server needs.
const LEAST: usize = 2;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Desk {
    app: App,
    meeting: MeetingId,
    all: Load<Vec<DeputyOf>>,
    call: Call,
    search: RwSignal<String>,
}

/// The page of one meeting.
#[component]
pub fn DeputiesPage() -> AnyView {
    let app = use_app();
    let id = path_id::<MeetingId>();
    let back = ["/buoi-hop/", &id.get_untracked().map(|id| id.to_string()).unwrap_or_default()].concat();
    view! {
        <Frame title=s::DEPUTIES back=back>
            {move || match id.get() {
                Some(id) => page(app, id),
                None => ().into_any(),
            }}
        </Frame>
    }
    .into_any()
}

fn path(meeting: MeetingId) -> String {
    ["meetings/", &meeting.to_string(), "/deputies"].concat()
}

fn page(app: App, meeting: MeetingId) -> AnyView {
    let all = load::<Vec<DeputyOf>>(app, Signal::stored(Some(path(meeting))));
    let desk = Desk { app, meeting, all, call: Call::idle(), search: RwSignal::new(String::new()) };
    let title = move || app.view().with(|b| b.meetings.get(&meeting).map(|m| m.plan.title.clone()));
    view! {
        <p class="roll-about">{title}</p>
        <p>{s::DEPUTIES_LEAD}</p>
        {faced(all, move || view! { {named(desk)} {add(desk)} }.into_any())}
    }
    .into_any()
}

/// Who was named, each with the way to end it.
fn named(desk: Desk) -> AnyView {
    let asked = RwSignal::new(None::<DeputyOf>);
    let ask = RwSignal::new(false);
    let end = Callback::new(move |()| {
        let Some(deputy) = asked.get_untracked() else { return };
        let path = [path(desk.meeting).as_str(), "/end"].concat();
        desk.call.run(async move { api::post::<()>(&path, &EndDeputy { account: deputy.account }).await }, move |()| {
            desk.all.reload();
            toast(s::DEPUTY_ENDED);
        });
    });
    let text =
        Signal::derive(move || asked.with(|d| d.as_ref().map(|d| s::deputy_end_text(&d.name)).unwrap_or_default()));
    let rows = move || {
        let all = desk.all.data.get()?;
        if all.is_empty() {
            return Some(
                view! { <EmptyFace icon=Icon::Person title=s::DEPUTIES_NONE text=s::DEPUTIES_NONE_TEXT /> }.into_any(),
            );
        }
        let rows: Vec<AnyView> = all
            .iter()
            .map(|deputy| {
                let (one, words) = (deputy.clone(), s::deputy_since(deputy.given, &deputy.by));
                let press = Callback::new(move |()| {
                    asked.set(Some(one.clone()));
                    ask.set(true);
                });
                view! {
                    <li class="entry" data-testid="deputy">
                        <p class="cluster">
                            <span class="name">{deputy.name.clone()}</span>
                            <Badge tone=Tone::Good icon=Icon::Roll text=s::DEPUTY_BADGE />
                        </p>
                        <p class="muted num">{words}</p>
                        <Button kind=Kind::Danger icon=Icon::Cross disabled=desk.call.busy testid="deputy-end" on_press=press>
                            {s::DEPUTY_END}
                        </Button>
                    </li>
                }
                .into_any()
            })
            .collect();
        Some(view! { <ul class="rows">{rows}</ul> }.into_any())
    };
    view! {
        <section class="card flush" data-testid="deputies">{rows}</section>
        {desk.call.problem()}
        <Confirm open=ask title=s::DEPUTY_END_ASK text=text yes=s::DEPUTY_END danger=true on_yes=end />
    }
    .into_any()
}

/// The search for somebody to name: among the people on this phone, or, where it has none (a ward's), at the server.
fn add(desk: Desk) -> AnyView {
    let app = desk.app;
    let over =
        move || app.view().with(|b| b.meetings.get(&desk.meeting).is_some_and(|m| !m.has_deputies(app.now().day())));
    let here = Memo::new(move |_| {
        app.view().with(|b| b.meetings.get(&desk.meeting).is_some_and(|m| b.members_for(m).next().is_some()))
    });
    let distant = RwSignal::new(Vec::<Member>::new());
    Effect::new(move |_| {
        let text = desk.search.get();
        if here.get() || text.trim().chars().count() < LEAST {
            return;
        }
        let unit = app.view().with_untracked(|b| b.meetings.get(&desk.meeting).map(|m| m.unit));
        let Some(unit) = unit else { return };
        let path = ["units/", &unit.to_string(), "/members?query=", &encoded(text.trim())].concat();
        spawn_local(async move {
            // Nothing found and not reached look alike here; naming somebody says what is wrong.
            if let Ok(found) = api::get::<Vec<Member>>(&path).await
                && desk.search.try_get_untracked().is_some_and(|now| now == text)
            {
                let _ = distant.try_set(found);
            }
        });
    });
    let found = Memo::new(move |_| {
        let text = desk.search.get();
        let query = Query::new(&text);
        let taken: Vec<MemberId> =
            desk.all.data.with(|all| all.iter().flat_map(|all| all.iter()).filter_map(|d| d.member).collect());
        if text.trim().is_empty() {
            return Vec::new();
        }
        if !here.get() {
            return distant.with(|all| all.iter().filter(|m| !taken.contains(&m.id)).take(SHOWN).map(shown).collect());
        }
        app.view().with(|b| {
            let Some(meeting) = b.meetings.get(&desk.meeting) else { return Vec::new() };
            let today = app.now().day();
            let mut all: Vec<_> = b
                .members_for(meeting)
                .filter(|m| m.on_list(today) && !taken.contains(&m.id))
                .filter_map(|m| SearchKey::new(m.name.as_str(), m.phone.as_deref()).rank(&query).map(|rank| (rank, m)))
                .collect();
            all.sort_by_cached_key(|(rank, m)| (*rank, sort_key(m.name.as_str()), m.id));
            all.into_iter().take(SHOWN).map(|(_, m)| shown(m)).collect()
        })
    });
    let name = move |member: MemberId| {
        let path = path(desk.meeting);
        let ask = NameDeputy { member: Some(member), account: None };
        desk.call.run(async move { api::post::<Vec<DeputyOf>>(&path, &ask).await }, move |_| {
            desk.search.set(String::new());
            desk.all.reload();
            toast(s::DEPUTY_NAMED);
        });
    };
    let rows = move || {
        let people = found.get();
        if people.is_empty() {
            let none = desk.search.with(|text| text.trim().chars().count() >= LEAST);
            return none.then(|| view! { <p class="muted" role="status">{s::NOBODY_FOUND}</p> }.into_any());
        }
        let rows: Vec<AnyView> = people
            .into_iter()
            .map(|(id, person, sub)| {
                view! {
                    <li>
                        <button type="button" class="row" data-testid="deputy-pick" disabled=desk.call.busy on:click=move |_| name(id)>
                            <span class="grow stack-tight">
                                <span class="name">{person}</span>
                                {(!sub.is_empty()).then(|| view! { <span class="sub">{sub}</span> })}
                            </span>
                            {Icon::Plus.view()}
                        </button>
                    </li>
                }
                .into_any()
            })
            .collect();
        Some(view! { <ul class="rows card flush">{rows}</ul> }.into_any())
    };
    view! {
        {move || {
            if over() {
                view! { <p class="muted">{s::DEPUTIES_OVER}</p> }.into_any()
            } else {
                view! {
                    <section class="stack">
                        <h2>{s::DEPUTY_ADD}</h2>
                        <p class="muted">{s::DEPUTY_ADD_TEXT}</p>
                        {search_box(desk.search, s::SEARCH_PERSON, "deputy-search", || {})}
                        {rows}
                    </section>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

/// For a query string: everything but letters and digits as bytes.
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(
                &[char::from_digit(u32::from(byte >> 4), 16), char::from_digit(u32::from(byte & 15), 16)]
                    .into_iter()
                    .flatten()
                    .collect::<String>(),
            );
        }
    }
    out
}

/// Who it is, and what tells two of one name apart.
fn shown(m: &Member) -> (MemberId, String, String) {
    let parts: Vec<String> = [m.born.map(|b| b.year().to_string()), m.group.clone()].into_iter().flatten().collect();
    (m.id, m.name.to_string(), parts.join(" · "))
}
