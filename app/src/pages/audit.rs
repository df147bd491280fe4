//! *Nhật ký*: who did what, who was given which people's data, what administrators changed. Always asked of the server, page by page, and never
//! kept here. Which lines somebody may read is the server's answer; what is chosen here only narrows them.

use super::ward::load::api_error;
use crate::api::{self, ApiError};
use crate::components::staff::unit::units_with;
use crate::components::{
    Badge, Button, Choice, EmptyFace, ErrorFace, Field, Frame, Icon, Kind, LoadingFace, OfflineFace, Tone,
};
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::audit::{AuditLine, AuditPage, Class, kind_vi, note_vi};
use domain::id::{AccountId, UnitId};
use domain::unit::{Unit, UnitKind};
use domain::wire::Ruling;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// With a narrow filter a page of the server may be empty and go on: so often is it asked again by itself.
const PATIENCE: u32 = 20;

/// The page.
#[component]
pub fn AuditLogPage() -> AnyView {
    let app = use_app();
    let units =
        Memo::new(move |_| units_with(app, Power::ReadAudit, &[UnitKind::Ward, UnitKind::Province, UnitKind::Cell]));
    let chosen = RwSignal::new(None::<UnitId>);
    let unit = Memo::new(move |_| chosen.get().or_else(|| units.with(|all| first(all))));
    view! {
        <Frame title=s::AUDIT.to_owned() back="/cai-dat" wide=true>
            <p class="no-print">{s::AUDIT_LEAD}</p>
            {move || match unit.get() {
                Some(_) => log(app, units, unit, chosen),
                None => view! { <EmptyFace icon=Icon::Lock title=s::AUDIT_NOT_YOURS text=s::AUDIT_NOT_YOURS_TEXT /> }.into_any(),
            }}
        </Frame>
    }
    .into_any()
}

/// A ward before a cell: it shows most.
fn first(all: &[Unit]) -> Option<UnitId> {
    all.iter().min_by_key(|u| u.kind != UnitKind::Ward).map(|u| u.id)
}

/// What is looked for, and what came.
#[derive(Clone, Copy)]
struct Log {
    unit: Memo<Option<UnitId>>,
    class: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    who: RwSignal<Option<(AccountId, String)>>,
    lines: RwSignal<Vec<AuditLine>>,
    cursor: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    came: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
    /// Which question the answers are for.
    turn: StoredValue<u32>,
}

impl Log {
    /// The filters as they stand in the address of the call; read, so that a change is noticed.
    fn query(self) -> Option<String> {
        let unit = self.unit.get()?;
        let mut query = ["unit=", &unit.to_string()].concat();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                query.push_str(&["&", name, "=", value].concat());
            }
        };
        add("kind", &self.class.get());
        add("from", &self.from.get());
        add("to", &self.to.get());
        add("who", &self.who.get().map(|(id, _)| id.to_string()).unwrap_or_default());
        Some(query)
    }
    /// From the beginning.
    fn begin(self) {
        let Some(query) = untrack(|| self.query()) else { return };
        self.turn.update_value(|n| *n = n.wrapping_add(1));
        self.lines.set(Vec::new());
        self.cursor.set(None);
        self.came.set(false);
        self.ask(query);
    }
    fn more(self) {
        if !self.busy.get_untracked()
            && let Some(query) = untrack(|| self.query())
        {
            self.ask(query);
        }
    }
    fn ask(self, query: String) {
        let turn = self.turn.get_value();
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            for _ in 0..PATIENCE {
                let cursor = self.cursor.try_get_untracked().flatten();
                let path = match &cursor {
                    Some(cursor) => ["audit?", &query, "&cursor=", cursor].concat(),
                    None => ["audit?", &query].concat(),
                };
                let answer = api::get::<AuditPage>(&path).await;
                // Another question by now, or the page is gone.
                if self.turn.try_get_value() != Some(turn) {
                    return;
                }
                match answer {
                    Ok(page) => {
                        let go_on = page.lines.is_empty() && page.cursor.is_some();
                        self.lines.update(|lines| lines.extend(page.lines));
                        self.cursor.set(page.cursor);
                        if go_on {
                            continue;
                        }
                        self.came.set(true);
                    }
                    Err(error) => self.error.set(Some(error)),
                }
                break;
            }
            self.came.set(self.came.get_untracked() || self.error.with_untracked(Option::is_none));
            self.busy.set(false);
        });
    }
}

fn log(app: App, units: Memo<Vec<Unit>>, unit: Memo<Option<UnitId>>, chosen: RwSignal<Option<UnitId>>) -> AnyView {
    let log = Log {
        unit,
        class: RwSignal::new(String::new()),
        from: RwSignal::new(String::new()),
        to: RwSignal::new(String::new()),
        who: RwSignal::new(None),
        lines: RwSignal::new(Vec::new()),
        cursor: RwSignal::new(None),
        busy: RwSignal::new(false),
        came: RwSignal::new(false),
        error: RwSignal::new(None),
        turn: StoredValue::new(0),
    };
    Effect::new(move |_| {
        if log.query().is_some() {
            log.begin();
        }
    });
    let named = Memo::new(move |_| unit.get().is_some_and(|unit| reads_names(app, unit)));
    let classes = move || {
        let class = |class: Class| (class.word().to_owned(), class.vi().to_owned());
        named.get().then(|| {
            let all = (String::new(), s::AUDIT_ALL.to_owned());
            let options = std::iter::once(all).chain(Class::ALL.map(class)).collect();
            view! { <Choice label=s::AUDIT_KIND value=log.class options=options testid="audit-class" /> }
        })
    };
    let only = move || {
        log.who.get().map(|(_, name)| {
            view! {
                <p class="cluster">
                    <span class="grow">{s::audit_only(&name)}</span>
                    <Button icon=Icon::Cross testid="audit-anybody" on_press=Callback::new(move |()| log.who.set(None))>
                        {s::AUDIT_ANYBODY}
                    </Button>
                </p>
            }
        })
    };
    let file = move || {
        log.query().map(|query| {
            view! {
                <a class="btn btn-secondary" href=api::path(&["audit.csv?", &query].concat()) download="" rel="external" data-testid="audit-csv">
                    {Icon::Download.view()}
                    {s::EXPORT_CSV}
                </a>
            }
        })
    };
    view! {
        <details class="card fold no-print" data-testid="audit-filters">
            <summary>{s::AUDIT_FILTERS}</summary>
            <div class="stack">
                {move || pick(units, unit.get_untracked(), chosen)} {classes}
                <div class="grid-2">
                    <Field label=s::AUDIT_FROM value=log.from kind="date" testid="audit-from" />
                    <Field label=s::AUDIT_TO value=log.to kind="date" testid="audit-to" />
                </div>
            </div>
        </details>
        <div class="no-print">{only}</div>
        <div class="stack" aria-live="polite" aria-busy=move || log.busy.get().to_string()>
            {move || shown(log)}
        </div>
        <div class="cluster no-print">{file}</div>
    }
    .into_any()
}

fn reads_names(app: App, unit: UnitId) -> bool {
    app.view().with(|book| crate::components::staff::unit::may(app, book, Power::ReadReports, unit))
}

/// Somebody who may read of several units chooses one.
fn pick(units: Memo<Vec<Unit>>, now: Option<UnitId>, chosen: RwSignal<Option<UnitId>>) -> AnyView {
    let all = units.get();
    if all.len() < 2 {
        return ().into_any();
    }
    let options: Vec<AnyView> = all
        .into_iter()
        .map(|u| view! { <option value=u.id.to_string() selected=Some(u.id) == now>{u.name}</option> }.into_any())
        .collect();
    view! {
        <div class="field">
            <label for="audit-unit">{s::AUDIT_UNIT}</label>
            <select id="audit-unit" class="input" on:change=move |ev| chosen.set(event_target_value(&ev).parse().ok())>
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn shown(log: Log) -> AnyView {
    let retry = move || {
        view! { <Button icon=Icon::Turn on_press=Callback::new(move |()| log.more())>{t::RETRY}</Button> }
    };
    let (error, none) = (log.error.get(), log.lines.with(Vec::is_empty));
    match error {
        Some(ApiError::Offline) if none => {
            return view! { <OfflineFace title=s::AUDIT_OFFLINE>{retry()}</OfflineFace> }.into_any();
        }
        Some(error) if none => return view! { <ErrorFace text=api_error(&error)>{retry()}</ErrorFace> }.into_any(),
        _ => {}
    }
    if none && !log.came.get() {
        return view! { <LoadingFace text=s::AUDIT_LOADING /> }.into_any();
    }
    let further = move || {
        log.cursor.get().map(|_| {
            view! {
                <Button wide=true icon=Icon::Next disabled=log.busy testid="audit-more" on_press=Callback::new(move |()| log.more())>
                    {move || if log.busy.get() { s::AUDIT_LOADING } else { s::AUDIT_MORE }}
                </Button>
            }
        })
    };
    let failed = error.map(|error| {
        view! { <p class="banner tone-bad" role="alert">{Icon::Warn.view()} <span>{api_error(&error)}</span></p> }
    });
    if none {
        return view! { <EmptyFace icon=Icon::Notebook title=s::AUDIT_NONE text=s::AUDIT_NONE_TEXT>{further()}</EmptyFace> }.into_any();
    }
    view! {
        <section class="card flush">
            <ul class="rows">
                <For each=move || log.lines.get().into_iter().enumerate() key=|(n, _)| *n children=move |(_, line)| row(log, line) />
            </ul>
        </section>
        {failed}
        <div class="no-print">{further}</div>
    }
    .into_any()
}

fn row(log: Log, line: AuditLine) -> AnyView {
    let kind = kind_vi(&line.kind).to_owned();
    let state = line.ruling.map(|ruling| {
        let (tone, icon, word) = match ruling {
            Ruling::Applied => (Tone::Good, Icon::Check, s::AUDIT_APPLIED),
            Ruling::Held => (Tone::Warn, Icon::Clock, s::AUDIT_HELD),
            _ => (Tone::Bad, Icon::Cross, s::AUDIT_REFUSED),
        };
        let text = if line.later { [s::AUDIT_LATER, word].concat() } else { word.to_owned() };
        view! { <Badge tone=tone icon=icon text=text /> }
    });
    let about = (!line.about.is_empty()).then(|| view! { <span class="strong">{line.about.clone()}</span> });
    let more: Vec<String> = [
        line.number.map(s::audit_people),
        Some(note_vi(&line.note)).filter(|note| !note.is_empty()),
        line.why.map(|why| t::why(why).0.to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let more = (!more.is_empty()).then(|| view! { <p>{more.join(" · ")}</p> });
    let place =
        if line.device.is_empty() { line.unit_name.clone() } else { format!("{} · {}", line.unit_name, line.device) };
    let (who, name) = (line.who, if line.who_name.is_empty() { s::AUDIT_NOBODY.to_owned() } else { line.who_name });
    let asked = name.clone();
    let by = move |_| log.who.set(Some((who, asked.clone())));
    view! {
        <li class="entry" data-testid="audit-line" data-kind=line.kind>
            <p class="split">
                <span class="stack-tight"><span class="name">{kind}</span> {about}</span>
                {state}
            </p>
            {more}
            <p class="split">
                <button type="button" class=Kind::Quiet.class() on:click=by data-testid="audit-who">
                    {Icon::Person.small()}
                    {name}
                </button>
                <span class="muted num">{line.at.moment_vi()}</span>
            </p>
            <p class="muted">{place}</p>
        </li>
    }
    .into_any()
}
