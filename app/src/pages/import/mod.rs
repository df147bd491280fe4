//! Import of a roster from a spreadsheet: choose, look, decide, confirm. Nothing is written before the button that says what it writes.
//!
//! The rules are in `domain::roster`, the reading happens at the server; this page only shows and asks. A look that was begun is found
//! again after a reload.

mod columns;
mod doubtful;
mod preview;

use crate::api::{self, ApiError};
use crate::components::staff::unit::{knows_enough, may, unit_name};
use crate::components::{EmptyFace, Frame, Icon, LoadingFace, OfflineFace, toast};
use crate::pages::kit::path_id;
use crate::pages::ward::load::api_error;
use crate::platform::files;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::desk::{ImportDecisions, ImportDone, ImportDraft};
use domain::id::UnitId;
use domain::roster::{Choice, Decision};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// The largest file, in bytes; the server says the same.
const LARGEST: u64 = 5 * 1024 * 1024;
/// The id of the file field.
const FILE: &str = "import-file";

/// Where the import stands.
#[derive(Clone)]
enum Step {
    /// No file yet.
    Choose,
    /// The file goes up.
    Sending,
    /// Under way; the word says what.
    Busy(&'static str),
    /// Look and decide.
    Look(Arc<ImportDraft>),
    /// Written.
    Done(ImportDone),
}

/// One import: what its parts share.
#[derive(Clone, Copy)]
pub(crate) struct Import {
    app: App,
    cell: UnitId,
    step: RwSignal<Step>,
    /// How much of the file has gone, 0 to 100.
    gone: RwSignal<u8>,
    /// What went wrong last, and whether it was the network.
    problem: RwSignal<Option<(String, bool)>>,
    /// What the person has decided, by row.
    decisions: RwSignal<BTreeMap<u32, Choice>>,
    /// Counts the calls: an answer to an older call is passed over.
    turn: StoredValue<u32>,
}

/// The page.
#[component]
pub fn ImportPage() -> AnyView {
    let app = use_app();
    let cell = path_id::<UnitId>().get_untracked();
    let ward = app.session().with_untracked(|x| x.as_ref().is_some_and(|x| x.me.has(domain::account::Role::Ward)));
    let back = match cell {
        Some(cell) if ward => ["/chi-bo/", &cell.to_string()].concat(),
        _ => "/danh-sach".to_owned(),
    };
    let known = knows_enough(app);
    view! {
        <Frame title=s::IMPORT_TITLE.to_owned() back=back wide=true calm=true>
            {move || {
                if !known.get() {
                    return view! { <LoadingFace /> }.into_any();
                }
                let allowed = app.view().with_untracked(|b| cell.filter(|c| may(app, b, Power::KeepRegister, *c)));
                match allowed {
                    Some(cell) => import(app, cell),
                    None => view! { <EmptyFace icon=Icon::Upload title=s::MAY_NOT_IMPORT /> }.into_any(),
                }
            }}
        </Frame>
    }
    .into_any()
}

fn import(app: App, cell: UnitId) -> AnyView {
    let this = Import {
        app,
        cell,
        step: RwSignal::new(Step::Choose),
        gone: RwSignal::new(0),
        problem: RwSignal::new(None),
        decisions: RwSignal::new(BTreeMap::new()),
        turn: StoredValue::new(0),
    };
    this.take_up();
    let name = app.view().with_untracked(|b| unit_name(b, cell));
    let problem = move || {
        this.problem.get().map(|(text, offline)| {
            if offline {
                return view! { <div data-testid="import-error"><OfflineFace title=s::IMPORT_OFFLINE /></div> }.into_any();
            }
            view! { <p class="banner tone-bad" role="alert" data-testid="import-error">{Icon::Warn.view()} <span>{text}</span></p> }.into_any()
        })
    };
    view! {
        <p class="strong">{name}</p>
        {problem}
        {move || match this.step.get() {
            Step::Choose => choose(this),
            Step::Sending => sending(this),
            Step::Busy(word) => busy(this, word),
            Step::Look(draft) => preview::look(this, &draft),
            Step::Done(done) => finished(this, done),
        }}
    }
    .into_any()
}

/// Percent-encodes a file name for a query.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') {
            out.push(char::from(b));
        } else {
            out.push('%');
            for half in [b >> 4, b & 15] {
                out.push(char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

impl Import {
    fn key(self) -> String {
        ["import:", &self.cell.to_string()].concat()
    }
    fn remember(self, id: Option<Uuid>) {
        let text = id.map(|id| id.to_string()).unwrap_or_default();
        let (app, key) = (self.app, self.key());
        spawn_local(async move { app.keep(&key, text).await });
    }
    /// A look that was begun before a reload.
    fn take_up(self) {
        spawn_local(async move {
            let Some((_, id)) = self.app.kept(&self.key()).await else { return };
            if id.is_empty() || !matches!(self.step.try_get_untracked(), Some(Step::Choose)) {
                return;
            }
            if let Ok(draft) = api::get::<ImportDraft>(&["imports/", &id].concat()).await
                && draft.done.is_none()
                && matches!(self.step.try_get_untracked(), Some(Step::Choose))
            {
                self.show(draft);
            }
        });
    }
    fn begin(self, word: Option<&'static str>) -> u32 {
        let turn = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(turn);
        self.problem.set(None);
        if let Some(word) = word {
            self.step.set(Step::Busy(word));
        }
        turn
    }
    fn is_current(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }
    fn fail(self, error: &ApiError) {
        self.problem.set(Some((api_error(error), *error == ApiError::Offline)));
    }
    fn show(self, draft: ImportDraft) {
        self.decisions.set(draft.decisions.iter().map(|d| (d.row, d.choice)).collect());
        self.step.set(Step::Look(Arc::new(draft)));
    }
    /// Sends the chosen file.
    fn upload(self) {
        let Some(file) = files::chosen(FILE) else { return };
        let refused = match file.size() {
            0 => Some(s::FILE_EMPTY),
            n if n > LARGEST => Some(s::FILE_TOO_LARGE),
            _ => None,
        };
        if let Some(text) = refused {
            self.problem.set(Some((text.to_owned(), false)));
            return;
        }
        let turn = self.begin(None);
        self.gone.set(0);
        self.step.set(Step::Sending);
        let path = ["imports?unit=", &self.cell.to_string(), "&file=", &encode(&file.name())].concat();
        spawn_local(async move {
            let told = move |percent| {
                // None: the page is left.
                let wanted = self.is_current(turn) && self.gone.try_set(percent).is_none();
                if wanted && percent == 100 {
                    self.step.set(Step::Busy(s::READING_FILE));
                }
                wanted
            };
            let answer = api::upload::<ImportDraft>(&path, &file, told).await;
            if !self.is_current(turn) {
                return;
            }
            match answer {
                Ok(draft) => {
                    self.remember(Some(draft.id));
                    self.show(draft);
                }
                Err(e) => {
                    self.step.set(Step::Choose);
                    self.fail(&e);
                }
            }
        });
    }
    /// Lets the draft go and begins again.
    fn drop_draft(self) {
        if let Step::Look(draft) = self.step.get_untracked() {
            // If it does not reach the server, the draft goes by itself after a day.
            spawn_local(async move { drop(api::delete(&["imports/", &draft.id.to_string()].concat()).await) });
        }
        self.begin(None);
        self.remember(None);
        self.decisions.set(BTreeMap::new());
        self.step.set(Step::Choose);
    }
    fn all_decisions(self) -> ImportDecisions {
        self.decisions.with_untracked(|all| ImportDecisions {
            decisions: all.iter().map(|(row, choice)| Decision { row: *row, choice: *choice }).collect(),
        })
    }
    /// Notes a decision here and at the server; none takes it back.
    pub(crate) fn decide(self, draft: Uuid, row: u32, choice: Option<Choice>) {
        self.decisions.update(|all| match choice {
            Some(choice) => drop(all.insert(row, choice)),
            None => drop(all.remove(&row)),
        });
        let turn = self.begin(None);
        let body = self.all_decisions();
        spawn_local(async move {
            let path = ["imports/", &draft.to_string(), "/decisions"].concat();
            let answer = api::put::<ImportDraft>(&path, &body).await;
            if let (Err(e), true) = (answer, self.is_current(turn)) {
                self.fail(&e);
            }
        });
    }
    /// Writes. The decisions go first, so that what is written is what stood on the screen.
    pub(crate) fn confirm(self, draft: &Arc<ImportDraft>) {
        let draft = Arc::clone(draft);
        let turn = self.begin(Some(s::WRITING));
        let body = self.all_decisions();
        spawn_local(async move {
            let base = ["imports/", &draft.id.to_string()].concat();
            let decided = if body.decisions.is_empty() && draft.decisions.is_empty() {
                Ok(())
            } else {
                api::put::<ImportDraft>(&[base.as_str(), "/decisions"].concat(), &body).await.map(drop)
            };
            let answer = match decided {
                Ok(()) => api::post::<ImportDone>(&[base.as_str(), "/confirm"].concat(), &()).await,
                Err(e) => Err(e),
            };
            if !self.is_current(turn) {
                return;
            }
            match answer {
                Ok(done) => {
                    self.remember(None);
                    self.app.sync_now();
                    self.step.set(Step::Done(done));
                }
                Err(e) => {
                    self.step.set(Step::Look(draft));
                    self.fail(&e);
                }
            }
        });
    }
}

fn choose(this: Import) -> AnyView {
    view! {
        <section class="card">
            <h2>{s::FILE_CHOOSE}</h2>
            <p>{s::FILE_TEXT}</p>
            <ul class="bullets">
                <li>{s::FILE_HINT_HEAD}</li>
                <li>{s::FILE_HINT_NAMES}</li>
                <li>{s::FILE_HINT_NOTHING}</li>
            </ul>
            <div class="field">
                <label for=FILE>{s::FILE_LABEL}</label>
                <input
                    id=FILE
                    data-testid="import-file"
                    class="input file"
                    type="file"
                    accept=".xlsx,.xlsm,.xls,.csv,.txt,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv"
                    on:change=move |_| this.upload()
                />
            </div>
        </section>
    }
    .into_any()
}

/// The file goes up, perhaps for minutes.
fn sending(this: Import) -> AnyView {
    let gone = this.gone;
    view! {
        <section class="card">
            <p class="split strong" aria-hidden="true"><span>{s::UPLOADING}</span><span class="num">{move || s::gone_up(gone.get())}</span></p>
            <div class="progress" role="progressbar" aria-label=s::UPLOADING aria-valuemin="0" aria-valuemax="100"
                aria-valuenow=move || gone.get().to_string() data-testid="upload-progress">
                <i style:width=move || [&gone.get().to_string(), "%"].concat()></i>
            </div>
            {stop(this)}
        </section>
    }
    .into_any()
}

fn busy(this: Import, word: &'static str) -> AnyView {
    let writing = word == s::WRITING;
    view! {
        <LoadingFace text=word />
        {(!writing).then(|| stop(this))}
    }
    .into_any()
}

fn stop(this: Import) -> AnyView {
    view! {
        <button type="button" class="btn btn-secondary" data-testid="import-stop" on:click=move |_| {
            this.drop_draft();
            toast(s::IMPORT_STOPPED);
        }>{s::STOP}</button>
    }
    .into_any()
}

fn finished(this: Import, done: ImportDone) -> AnyView {
    let ward = this.app.session().with_untracked(|x| x.as_ref().is_some_and(|x| x.me.has(domain::account::Role::Ward)));
    let href = if ward { ["/chi-bo/", &this.cell.to_string()].concat() } else { "/danh-sach".to_owned() };
    let line = |label: &'static str, n: usize| {
        view! { <div class="split"><dt>{label}</dt><dd class="strong num">{n}</dd></div> }.into_any()
    };
    view! {
        <section class="card accent" data-testid="import-done" role="status">
            <h2>{s::IMPORT_DONE}</h2>
            <dl class="stack-tight">
                {line(s::DONE_ADDED, done.added)}
                {line(s::DONE_CHANGED, done.changed)}
                {line(s::DONE_UNCHANGED, done.unchanged)}
                {line(s::DONE_SKIPPED, done.skipped)}
            </dl>
            <a class="btn btn-primary btn-wide" href=href>{s::TO_ROSTER}</a>
            <button type="button" class="btn btn-quiet" on:click=move |_| {
                this.decisions.set(BTreeMap::new());
                this.step.set(Step::Choose);
            }>{s::FILE_OTHER}</button>
        </section>
        <p class="muted">{t::SENDING_IN_BOOK}</p>
    }
    .into_any()
}
