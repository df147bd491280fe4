//! *Phiếu vào ứng dụng*: codes for many members of a cell at once, and the sheets of paper that carry them.
//!
//! The server makes the codes and tells them once. They stay in this page's memory only: not on the phone, not in a report's copy. A lost
//! answer loses nothing: whoever asks again ends the codes that nobody has seen.

mod paper;

use super::call::Call;
use super::ward::load::api_error;
use crate::api::{self, ApiError};
use crate::components::staff::form::search_box;
use crate::components::staff::unit::may;
use crate::components::{
    Banner, Button, Confirm, EmptyFace, ErrorFace, Frame, Icon, Kind, LoadingFace, OfflineFace, Tone, toast,
};
use crate::pages::kit::path_id;
use crate::platform::document;
use crate::state::use_app;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::enrol::{Access, AccessLine, AccessList, CodeSheet, EnrolMany, MOST, Voided};
use domain::id::{MemberId, UnitId};
use domain::text::{Query, SearchKey};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// For whom.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// Who has never signed in.
    New,
    /// The whole list.
    All,
    /// One by one.
    Picked,
}

/// What the server said last.
type Answer = Option<Result<Arc<AccessList>, ApiError>>;

/// The page's state.
#[derive(Clone, Copy)]
struct Desk {
    unit: Memo<Option<UnitId>>,
    list: RwSignal<Answer>,
    sheet: RwSignal<Option<Arc<CodeSheet>>>,
    call: Call,
}

impl Desk {
    /// Asks who is in the cell and how they stand.
    fn load(self) {
        let Some(unit) = self.unit.get_untracked() else { return };
        self.list.set(None);
        spawn_local(async move {
            let answer = api::get::<AccessList>(&["enrolments?unit=", &unit.to_string()].concat()).await;
            // The page may be gone by now.
            let _ = self.list.try_set(Some(answer.map(Arc::new)));
        });
    }
    /// Makes the codes.
    fn make(self, members: Option<Vec<MemberId>>) {
        let Some(unit) = self.unit.get_untracked() else { return };
        let ask = EnrolMany { unit, members };
        self.call.run(async move { api::post::<CodeSheet>("enrolments/sheet", &ask).await }, move |made| {
            self.sheet.set(Some(Arc::new(made)));
            document::scroll_to_top();
        });
    }
    /// Ends unused codes; none = of everybody in the cell.
    fn void(self, members: Option<Vec<MemberId>>) {
        let Some(unit) = self.unit.get_untracked() else { return };
        let ask = EnrolMany { unit, members };
        self.call.run(async move { api::post::<Voided>("enrolments/void", &ask).await }, move |ended| {
            toast(s::voided(ended.codes));
            self.again();
        });
    }
    /// Back to the choice.
    fn again(self) {
        self.sheet.set(None);
        self.load();
    }
}

/// The page.
#[component]
pub fn SheetsPage() -> AnyView {
    let app = use_app();
    let unit = path_id::<UnitId>();
    let desk = Desk { unit, list: RwSignal::new(None), sheet: RwSignal::new(None), call: Call::idle() };
    Effect::new(move |_| {
        if unit.get().is_some() {
            desk.load();
        }
    });
    // A ward has no list of its own: it comes from the cell's page.
    let own = |id: UnitId| app.view().with_untracked(|b| may(app, b, Power::ReadRegister, id));
    let back = match unit.get_untracked().filter(|id| !own(*id)) {
        Some(id) => ["/chi-bo/", &id.to_string()].concat(),
        None => "/danh-sach".to_owned(),
    };
    let here = Memo::new(move |_| desk.list.with(|l| matches!(l, Some(Ok(_)))));
    view! {
        <Frame title=s::SHEETS.to_owned() back=back calm=true>
            {move || match desk.sheet.get() {
                Some(sheet) => paper::paper(desk, &sheet),
                None if unit.get().is_none() => view! { <EmptyFace icon=Icon::Tree title=s::UNKNOWN_CELL /> }.into_any(),
                None if here.get() => choice(desk),
                None => waiting(desk),
            }}
        </Frame>
    }
    .into_any()
}

/// Until the list is here.
fn waiting(desk: Desk) -> AnyView {
    let retry = move || {
        view! { <Button icon=Icon::Turn testid="sheets-retry" on_press=Callback::new(move |()| desk.load())>{t::RETRY}</Button> }
    };
    (move || match desk.list.get() {
        Some(Err(ApiError::Offline)) => view! {
            <OfflineFace title=s::SHEETS_OFFLINE>
                <p>{s::SHEETS_OFFLINE_TEXT}</p>
                {retry()}
            </OfflineFace>
        }
        .into_any(),
        Some(Err(error)) => view! { <ErrorFace text=api_error(&error)>{retry()}</ErrorFace> }.into_any(),
        _ => view! { <LoadingFace /> }.into_any(),
    })
    .into_any()
}

/// A member who can be picked.
struct Row {
    line: AccessLine,
    key: SearchKey,
    on: RwSignal<bool>,
    shown: RwSignal<bool>,
}

fn choice(desk: Desk) -> AnyView {
    let Some(Ok(list)) = desk.list.get_untracked() else { return ().into_any() };
    if list.people.is_empty() {
        let import = ["/nhap-danh-sach/", &list.unit.to_string()].concat();
        return view! {
            <EmptyFace icon=Icon::People title=s::ROSTER_EMPTY text=s::ROSTER_EMPTY_TEXT>
                <a class="btn btn-primary" href=import>{Icon::Upload.view()} {s::IMPORT}</a>
            </EmptyFace>
        }
        .into_any();
    }
    let rows: Arc<Vec<Row>> = Arc::new(
        list.people
            .iter()
            .map(|line| Row {
                line: line.clone(),
                key: SearchKey::new(&line.who.name, None),
                on: RwSignal::new(false),
                shown: RwSignal::new(true),
            })
            .collect(),
    );
    let all = rows.len();
    let new = rows.iter().filter(|r| r.line.access == Access::Never).count();
    let waiting = rows.iter().filter(|r| r.line.code_until.is_some()).count();
    let whom = RwSignal::new(if new > 0 { Whom::New } else { Whom::Picked });
    let counted = Arc::clone(&rows);
    let picked = Memo::new(move |_| counted.iter().filter(|r| r.on.get()).count());
    let many = Memo::new(move |_| match whom.get() {
        Whom::New => new,
        Whom::All => all,
        Whom::Picked => picked.get(),
    });
    let asked = Arc::clone(&rows);
    let make = move |()| {
        let ids = |of: &dyn Fn(&Row) -> bool| asked.iter().filter(|r| of(r)).map(|r| r.line.who.member).collect();
        desk.make(match whom.get_untracked() {
            Whom::New => None,
            Whom::All => Some(ids(&|_| true)),
            Whom::Picked => Some(ids(&|r| r.on.get_untracked())),
        });
    };
    let cannot = Signal::derive(move || desk.call.busy.get() || !(1..=MOST).contains(&many.get()));
    view! {
        <p class="lead">{s::SHEETS_LEAD}</p>
        <p class="strong">{list.unit_name.clone()}</p>
        {(new == 0).then(|| view! { <p class="banner tone-good">{Icon::Check.view()} <span>{s::SHEETS_ALL_IN}</span></p> })}
        {choices(whom, new, all, picked)}
        {move || (whom.get() == Whom::Picked).then(|| pick(&rows))}
        <Banner tone=Tone::Warn icon=Icon::Warn>
            <p>{s::SHEETS_OLD}</p>
            <p>{s::SHEETS_ONCE}</p>
        </Banner>
        {move || (many.get() > MOST).then(|| view! { <p class="banner tone-bad" role="alert">{Icon::Warn.view()} <span>{s::SHEETS_TOO_MANY}</span></p> })}
        {desk.call.problem()}
        <Button kind=Kind::Big icon=Icon::Key disabled=cannot testid="sheets-make" on_press=Callback::new(make)>
            {move || if desk.call.busy.get() { s::SHEETS_MAKING.to_owned() } else { s::sheets_make(many.get()) }}
        </Button>
        {(waiting > 0).then(|| void_all(desk, waiting))}
    }
    .into_any()
}

fn choices(whom: RwSignal<Whom>, new: usize, all: usize, picked: Memo<usize>) -> AnyView {
    let one = move |which: Whom, testid: &'static str, label: Signal<String>| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="whom"
                    data-testid=testid
                    prop:checked=move || whom.get() == which
                    on:change=move |_| whom.set(which)
                />
                <span>{label}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="field">
            <legend>{s::SHEETS_WHO}</legend>
            <div class="choices choices-tall">
                {one(Whom::New, "whom-new", Signal::stored(s::sheets_new(new)))}
                {one(Whom::All, "whom-all", Signal::stored(s::sheets_all(all)))}
                {one(Whom::Picked, "whom-picked", Signal::derive(move || s::sheets_picked(picked.get())))}
            </div>
        </fieldset>
    }
    .into_any()
}

/// The list with its search.
fn pick(rows: &Arc<Vec<Row>>) -> AnyView {
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(rows.len());
    let searched = Arc::clone(rows);
    Effect::new(move |_| {
        let query = text.with(|q| Query::new(q));
        let mut n = 0;
        for row in searched.iter() {
            let shown = query.is_empty() || row.key.matches(&query);
            n += usize::from(shown);
            if row.shown.get_untracked() != shown {
                row.shown.set(shown);
            }
        }
        found.set(n);
    });
    let lines: Vec<AnyView> = rows
        .iter()
        .map(|row| {
            let (on, shown) = (row.on, row.shown);
            let who = &row.line.who;
            let apart = s::slip_born(who.born, who.group.as_deref());
            let access = s::access(row.line.access, row.line.code_until);
            view! {
                <li class="row" hidden=move || !shown.get() data-testid="pick-row">
                    <label class="check grow">
                        <input type="checkbox" prop:checked=move || on.get() on:change=move |ev| on.set(event_target_checked(&ev)) />
                        <span class="stack-tight">
                            <span class="name">{who.name.clone()} {apart.map(|a| [" · ", &a].concat())}</span>
                            <span class="sub num">{access}</span>
                        </span>
                    </label>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card flush">
            <h2>{s::SHEETS_PICK}</h2>
            <div class="pad">{search_box(text, s::SEARCH_PERSON, "pick-search", || {})}</div>
            <p class="muted pad" role="status" hidden=move || found.get() != 0>{s::NOBODY_FOUND}</p>
            <ul class="rows pick-list" aria-label=s::SHEETS_PICK>{lines}</ul>
        </section>
    }
    .into_any()
}

/// Codes that are out and unused.
fn void_all(desk: Desk, waiting: usize) -> AnyView {
    let ask = RwSignal::new(false);
    view! {
        <section class="card">
            <h2>{s::SHEETS_UNUSED}</h2>
            <p class="num" data-testid="sheets-waiting">{s::sheets_waiting(waiting)}</p>
            <Button kind=Kind::Danger disabled=desk.call.busy testid="sheets-void" on_press=Callback::new(move |()| ask.set(true))>
                {s::SHEETS_VOID}
            </Button>
            <Confirm
                open=ask
                title=s::SHEETS_VOID_ASK.to_owned()
                text=s::SHEETS_VOID_TEXT.to_owned()
                yes=s::SHEETS_VOID
                danger=true
                on_yes=Callback::new(move |()| desk.void(None))
            />
        </section>
    }
    .into_any()
}
