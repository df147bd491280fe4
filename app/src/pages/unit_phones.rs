//! *Máy trong đơn vị*: the phones of everybody with a role in a unit, for whoever keeps it: searched, filtered, fifty at a time, signed out when lost.
//! Always asked of the server, never kept here.

use crate::api::{self, ApiError};
use crate::components::staff::form::{Look, chip, search_box, select};
use crate::components::staff::unit::{knows_enough, units_with};
use crate::components::{
    Badge, Button, Confirm, EmptyFace, ErrorFace, Frame, Icon, Kind, LoadingFace, OfflineFace, Tone, toast,
};
use crate::pages::deputies::encoded;
use crate::pages::ward::load::api_error;
use crate::platform::clock;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common::phones as c;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::device::{Ends, PhoneFilter, UnitPhone, UnitPhones};
use domain::id::UnitId;
use domain::unit::{Unit, UnitKind};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long after the last letter the server is asked, ms.
const TYPED: i32 = 300;

const FILTERS: [(PhoneFilter, &str, &str); 4] = [
    (PhoneFilter::All, "all", s::PHONES_ALL),
    (PhoneFilter::Silent, "silent", s::PHONES_SILENT),
    (PhoneFilter::Unsent, "unsent", s::PHONES_UNSENT),
    (PhoneFilter::Old, "old", s::PHONES_OLD),
];

/// What is shown and asked for.
#[derive(Clone, Copy)]
struct List {
    app: App,
    unit: RwSignal<String>,
    search: RwSignal<String>,
    filter: RwSignal<PhoneFilter>,
    got: RwSignal<Option<UnitPhones>>,
    error: RwSignal<Option<ApiError>>,
    /// A question is under way.
    busy: RwSignal<bool>,
    /// Which question is the latest: an older answer is dropped.
    turn: StoredValue<u32>,
    asked: RwSignal<Option<UnitPhone>>,
    ask: RwSignal<bool>,
}

/// The page.
#[component]
pub fn UnitPhonesPage() -> AnyView {
    let app = use_app();
    let knows = knows_enough(app);
    view! {
        <Frame title=s::PHONES back="/cai-dat">
            <p>{s::PHONES_LEAD}</p>
            {move || if knows.get() { untrack(|| page(app)) } else { view! { <LoadingFace /> }.into_any() }}
        </Frame>
    }
    .into_any()
}

/// The units whose phones this person keeps, those above first.
fn kept(app: App) -> Vec<Unit> {
    let kinds = [UnitKind::Province, UnitKind::Ward, UnitKind::Cell];
    let mut all = units_with(app, Power::KeepRegister, &kinds);
    for unit in units_with(app, Power::ManageUnits, &kinds) {
        if all.iter().all(|known| known.id != unit.id) {
            all.push(unit);
        }
    }
    all.sort_by_key(|u| match u.kind {
        UnitKind::Province => 0,
        UnitKind::Ward => 1,
        UnitKind::Cell | UnitKind::Workplace => 2,
    });
    all
}

fn page(app: App) -> AnyView {
    let units = kept(app);
    let Some(first) = units.first() else {
        return view! { <EmptyFace icon=Icon::Phone title=s::PHONES_NO_UNIT text=s::PHONES_NO_UNIT_TEXT /> }.into_any();
    };
    let list = List {
        app,
        unit: RwSignal::new(first.id.to_string()),
        search: RwSignal::new(String::new()),
        filter: RwSignal::new(PhoneFilter::All),
        got: RwSignal::new(None),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        turn: StoredValue::new(0),
        asked: RwSignal::new(None),
        ask: RwSignal::new(false),
    };
    let options: Vec<(String, String)> = units.iter().map(|u| (u.id.to_string(), u.name.clone())).collect();
    let choice = (options.len() > 1).then(|| select(Look::new("phones-unit", s::PHONES_UNIT), list.unit, options));
    Effect::new(move |before: Option<String>| {
        let _ = (list.unit.get(), list.filter.get());
        let text = list.search.get();
        let wait = if before.is_some_and(|before| before != text) { TYPED } else { 0 };
        list.load(0, wait);
        text
    });
    let filters = move || {
        FILTERS
            .into_iter()
            .enumerate()
            .map(|(n, (filter, _, word))| {
                let label = Signal::derive(move || {
                    let count = list.got.with(|got| got.as_ref().map(|got| got.counts[n]));
                    count.map_or_else(|| word.to_owned(), |count| format!("{word} ({count})"))
                });
                let on = Signal::derive(move || list.filter.get() == filter);
                chip(label, on, move || list.filter.set(filter))
            })
            .collect::<Vec<_>>()
    };
    let text = Signal::derive(move || {
        let ask =
            |p: &UnitPhone| [p.person.as_str(), ": ", c::ask_text(&p.phone.name, p.phone.unsent).as_str()].concat();
        list.asked.with(|phone| phone.as_ref().map(ask).unwrap_or_default())
    });
    view! {
        {choice}
        {search_box(list.search, s::PHONES_SEARCH, "phones-search", || {})}
        <div class="chips" role="group" aria-label=s::FILTERS>{filters()}</div>
        <div class="stack" data-testid="unit-phones" aria-busy=move || if list.busy.get() { "true" } else { "false" }>
            {move || list.shown()}
        </div>
        <Confirm open=list.ask title=c::ASK text=text yes=c::YES danger=true on_yes=Callback::new(move |()| list.sign_out()) />
    }
    .into_any()
}

impl List {
    /// Asks for the page that begins after so many; the first one takes the place of what stands.
    fn load(self, after: usize, wait: i32) {
        let turn = self.turn.with_value(|n| n.wrapping_add(1));
        self.turn.set_value(turn);
        let still = move || self.turn.try_get_value() == Some(turn);
        spawn_local(async move {
            if wait > 0 {
                clock::sleep(wait).await;
            }
            if !still() {
                return;
            }
            self.busy.set(true);
            let filter = self.filter.get_untracked();
            let word = FILTERS.iter().find(|(f, ..)| *f == filter).map_or("all", |(_, word, _)| word);
            let path = [
                "units/",
                &self.unit.get_untracked(),
                "/phones?filter=",
                word,
                "&after=",
                &after.to_string(),
                "&query=",
                &encoded(self.search.get_untracked().trim()),
            ]
            .concat();
            let answer = api::get::<UnitPhones>(&path).await;
            if !still() {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(mut page) => {
                    if after > 0
                        && let Some(mut before) = self.got.get_untracked()
                    {
                        before.phones.append(&mut page.phones);
                        page.phones = before.phones;
                    }
                    self.error.set(None);
                    self.got.set(Some(page));
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }
    fn sign_out(self) {
        let Some(line) = self.asked.get_untracked() else { return };
        let base = match (line.ends, line.member) {
            (Some(Ends::Member), Some(member)) => ["members/", &member.to_string()].concat(),
            (Some(Ends::Account), _) => ["admin/accounts/", &line.account.to_string()].concat(),
            _ => return,
        };
        let path = [&base, "/devices/", &line.phone.id.to_string(), "/sign-out"].concat();
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::post::<()>(&path, &()).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(()) => {
                    toast(c::DONE);
                    self.load(0, 0);
                }
                Err(error) => toast(api_error(&error)),
            }
        });
    }
    fn shown(self) -> AnyView {
        let retry = move || {
            let again = Callback::new(move |()| {
                self.error.set(None);
                self.load(0, 0);
            });
            view! { <Button icon=Icon::Turn on_press=again>{t::RETRY}</Button> }
        };
        match (self.got.get(), self.error.get()) {
            (None, None) => view! { <LoadingFace text=c::LOADING /> }.into_any(),
            (_, Some(ApiError::Offline)) => view! { <OfflineFace title=c::OFFLINE>{retry()}</OfflineFace> }.into_any(),
            (_, Some(error)) => view! { <ErrorFace text=api_error(&error)>{retry()}</ErrorFace> }.into_any(),
            (Some(got), None) if got.phones.is_empty() => {
                view! { <EmptyFace icon=Icon::Phone title=s::PHONES_NONE text=s::PHONES_NONE_TEXT /> }.into_any()
            }
            (Some(got), None) => {
                let chosen = self.unit.get_untracked();
                let rows: Vec<AnyView> = got.phones.iter().map(|line| self.row(line, &chosen, &got.app)).collect();
                let next = got.next.map(|after| {
                    view! {
                        <Button wide=true disabled=self.busy testid="phones-more" on_press=Callback::new(move |()| self.load(after, 0))>
                            {move || if self.busy.get() { t::LOADING.to_owned() } else { s::PHONES_MORE.to_owned() }}
                        </Button>
                    }
                });
                view! {
                    <p class="muted num" role="status" data-testid="phones-found">{s::phones_found(got.phones.len(), got.found)}</p>
                    <section class="card flush"><ul class="rows phone-rows">{rows}</ul></section>
                    {next}
                }
                .into_any()
            }
        }
    }
    fn row(self, line: &UnitPhone, chosen: &str, build: &str) -> AnyView {
        let phone = &line.phone;
        let name = if phone.name.is_empty() { c::NO_NAME.to_owned() } else { phone.name.clone() };
        let (tone, icon, state) = match (phone.this, phone.signed_in, line.locked) {
            (true, ..) => (Tone::Info, Icon::Phone, c::HERE),
            (false, _, true) => (Tone::Warn, Icon::Lock, s::PHONE_LOCKED),
            (false, true, false) => (Tone::Good, Icon::Check, c::IN),
            (false, false, _) => (Tone::Plain, Icon::Leave, c::OUT),
        };
        let unit = (line.unit.to_string() != chosen).then(|| self.unit_name(line.unit));
        let under: Vec<String> = [Some(name), unit].into_iter().flatten().collect();
        let last = phone.last.map_or_else(|| c::NEVER.to_owned(), |at| c::last(at, self.app.now()));
        let unsent = phone.unsent.filter(|n| *n > 0).map(|n| {
            view! { <p><Badge tone=Tone::Warn icon=Icon::Send text=c::unsent(n) /></p> }
        });
        let old = phone.app.as_deref().is_some_and(|app| app != build);
        let old = old.then(|| view! { <p><Badge tone=Tone::Warn icon=Icon::Turn text=s::PHONE_OLD /></p> });
        let gone =
            phone.signed_out.filter(|_| !phone.signed_in).map(|at| view! { <p class="muted">{c::signed_out(at)}</p> });
        let first = c::first(phone.first, phone.app.as_deref());
        let one = line.clone();
        let out = line.ends.is_some().then(|| {
            let ask = Callback::new(move |()| {
                self.asked.set(Some(one.clone()));
                self.ask.set(true);
            });
            view! { <Button kind=Kind::Danger icon=Icon::Leave disabled=self.busy testid="phone-out" on_press=ask>{c::SIGN_OUT}</Button> }
        });
        view! {
            <li class="entry" data-testid="unit-phone" data-device=phone.id.to_string()>
                <p class="cluster">
                    <span class="name">{line.person.clone()}</span>
                    <Badge tone=tone icon=icon text=state.to_owned() />
                </p>
                <p>{under.join(" · ")}</p>
                <p class="num">{last}</p>
                {unsent}
                {old}
                <p class="muted num">{first}</p>
                {gone}
                {out}
            </li>
        }
        .into_any()
    }
    fn unit_name(self, unit: UnitId) -> String {
        self.app.view().with_untracked(|b| crate::components::staff::unit::unit_name(b, unit))
    }
}
