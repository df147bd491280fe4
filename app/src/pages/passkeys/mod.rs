//! *Khóa truy cập*: the passkeys of the account (always asked of the server), adding one, and opening this phone with one beside its PIN.

mod add;
mod open;
mod sign_in;

pub use sign_in::PasskeySignInPage;

use crate::api::{self, ApiError, sentence};
use crate::components::{
    Badge, Banner, Button, Confirm, ErrorFace, Field, Frame, Icon, Kind, LoadingFace, OfflineFace, Tone, toast,
};
use crate::platform::passkeys::{self, PasskeyFault};
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common::passkeys as c;
use domain::passkey::{LONGEST_NAME, Passkey, PasskeyName, Passkeys};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use uuid::Uuid;

/// What went wrong: the server said no, or the browser would not.
enum Problem {
    Call(ApiError),
    Key(PasskeyFault),
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self::Call(error)
    }
}

impl From<PasskeyFault> for Problem {
    fn from(fault: PasskeyFault) -> Self {
        Self::Key(fault)
    }
}

fn words(problem: &Problem, offline: &'static str) -> String {
    match problem {
        Problem::Key(fault) => c::fault(*fault).to_owned(),
        Problem::Call(ApiError::Offline) => offline.to_owned(),
        Problem::Call(error) => sentence(error).unwrap_or(c::IN_BAD).to_owned(),
    }
}

/// One thing at a time, and what went wrong with it.
#[derive(Clone, Copy)]
struct Doing {
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Doing {
    fn nothing() -> Self {
        Self { busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }
    fn run<T: 'static>(
        self,
        offline: &'static str,
        what: impl Future<Output = Result<T, Problem>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let answer = what.await;
            // The page may be gone by now.
            let _ = self.busy.try_set(false);
            match answer {
                Ok(value) => done(value),
                Err(problem) => drop(self.problem.try_set(Some(words(&problem, offline)))),
            }
        });
    }
    fn problem(self) -> AnyView {
        (move || {
            self.problem.get().map(|p| {
                view! { <p class="banner tone-bad" role="alert" data-testid="passkey-problem">{Icon::Warn.view()} <span>{p}</span></p> }
            })
        })
        .into_any()
    }
}

/// The page.
#[derive(Clone, Copy)]
struct Page {
    app: App,
    got: RwSignal<Option<Result<Passkeys, ApiError>>>,
    doing: Doing,
    /// The one that is being renamed, and its name.
    renaming: RwSignal<Option<Uuid>>,
    name: RwSignal<String>,
    asked: RwSignal<Option<Passkey>>,
    ask: RwSignal<bool>,
    /// The passkey that opens this phone.
    opens: RwSignal<Option<String>>,
}

/// The page.
#[component]
pub fn PasskeysPage() -> AnyView {
    let app = use_app();
    let page = Page {
        app,
        got: RwSignal::new(None),
        doing: Doing::nothing(),
        renaming: RwSignal::new(None),
        name: RwSignal::new(String::new()),
        asked: RwSignal::new(None),
        ask: RwSignal::new(false),
        opens: RwSignal::new(app.passkey_lock().map(|lock| lock.credential)),
    };
    page.load();
    let text = Signal::derive(move || {
        let opens = |key: &Passkey| page.opens.with(|o| o.as_ref() == Some(&key.credential));
        page.asked.with(|key| key.as_ref().map(|key| c::remove_text(key, opens(key))).unwrap_or_default())
    });
    view! {
        <Frame title=c::TITLE back="/cai-dat">
            <p>{c::LEAD}</p>
            <div class="stack" data-testid="passkeys">{move || page.shown()}</div>
            <Confirm open=page.ask title=c::REMOVE_ASK text=text yes=c::REMOVE danger=true on_yes=Callback::new(move |()| page.remove()) />
        </Frame>
    }
    .into_any()
}

impl Page {
    fn load(self) {
        spawn_local(async move {
            let answer = api::get::<Passkeys>("account/passkeys").await;
            if let Ok(told) = &answer {
                self.forget_if_gone(told).await;
            }
            // The page may be gone by now; a list that stands is better than a face that came later.
            let stands = self.got.try_with_untracked(|got| matches!(got, Some(Ok(_)))).unwrap_or(true);
            if answer.is_ok() || !stands {
                let _ = self.got.try_set(Some(answer));
            }
        });
    }
    /// A passkey that was removed, here or elsewhere, opens this phone no more.
    async fn forget_if_gone(self, told: &Passkeys) {
        let Some(lock) = self.app.passkey_lock() else { return };
        if told.keys.iter().all(|key| key.credential != lock.credential) {
            self.app.no_passkey_lock().await;
            let _ = self.opens.try_set(None);
        }
    }
    fn again(self) {
        self.renaming.set(None);
        self.load();
    }
    fn remove(self) {
        let Some(key) = self.asked.get_untracked() else { return };
        let path = ["account/passkeys/", &key.id.to_string()].concat();
        self.doing.run(c::CALL_OFFLINE, async move { Ok(api::delete(&path).await?) }, move |()| {
            toast(c::REMOVED);
            self.again();
        });
    }
    fn rename(self, id: Uuid) {
        let path = ["account/passkeys/", &id.to_string()].concat();
        let said = PasskeyName { name: self.name.get_untracked() };
        self.doing.run(c::CALL_OFFLINE, async move { Ok(api::put::<()>(&path, &said).await?) }, move |()| {
            toast(c::NAMED);
            self.again();
        });
    }
    fn shown(self) -> AnyView {
        let retry = move || {
            let again = Callback::new(move |()| {
                self.got.set(None);
                self.load();
            });
            view! { <Button icon=Icon::Turn on_press=again>{t::RETRY}</Button> }
        };
        match self.got.get() {
            None => view! { <LoadingFace text=c::LOADING /> }.into_any(),
            Some(Err(ApiError::Offline)) => view! { <OfflineFace title=c::OFFLINE>{retry()}</OfflineFace> }.into_any(),
            Some(Err(error)) => {
                view! { <ErrorFace text=words(&Problem::Call(error), c::CALL_OFFLINE)>{retry()}</ErrorFace> }.into_any()
            }
            Some(Ok(told)) => self.told(told),
        }
    }
    fn told(self, told: Passkeys) -> AnyView {
        let stop = match &told.site {
            None => Some(c::OFF),
            Some(_) if !passkeys::are_there() => Some(c::CANNOT),
            Some(site) if !passkeys::fit(site) => Some(c::OTHER_PAGE),
            Some(_) => None,
        };
        let credentials: Vec<String> = told.keys.iter().map(|key| key.credential.clone()).collect();
        let none = told.keys.is_empty();
        let rows = told.keys.into_iter().map(|key| self.row(key)).collect_view();
        let list = if none {
            view! { <p class="muted">{c::NONE}</p> }.into_any()
        } else {
            view! { <section class="card flush"><ul class="rows">{rows}</ul></section> }.into_any()
        };
        let more = match (stop, told.site) {
            (None, Some(site)) => {
                view! { {add::card(self, told.ask_password)} {open::card(self, site, credentials)} }.into_any()
            }
            (stop, _) => {
                view! { <Banner tone=Tone::Warn icon=Icon::Warn><p>{stop.unwrap_or_default()}</p></Banner> }.into_any()
            }
        };
        view! { {list} {self.doing.problem()} {more} }.into_any()
    }
    fn row(self, key: Passkey) -> AnyView {
        let (id, old) = (key.id, key.name.clone());
        let name = if key.name.is_empty() { c::NO_NAME.to_owned() } else { key.name.clone() };
        let dates = c::dates(&key);
        let (synced, here, copied) = (key.synced, key.here, key.copied.is_some());
        let remove = Callback::new(move |()| {
            self.asked.set(Some(key.clone()));
            self.ask.set(true);
        });
        let rename = Callback::new(move |()| {
            self.name.set(old.clone());
            self.renaming.set(Some(id));
        });
        let busy = self.doing.busy;
        let form = move || {
            (self.renaming.get() == Some(id)).then(|| {
                view! {
                    <Field label=c::ADD_NAME value=self.name max=u32::try_from(LONGEST_NAME).unwrap_or_default() testid="passkey-new-name" />
                    <div class="cluster">
                        <Button icon=Icon::Check disabled=busy testid="passkey-rename-save" on_press=Callback::new(move |()| self.rename(id))>{c::RENAME_SAVE}</Button>
                        <Button kind=Kind::Quiet on_press=Callback::new(move |()| self.renaming.set(None))>{c::CLOSE}</Button>
                    </div>
                }
            })
        };
        let buttons = move || {
            (self.renaming.get() != Some(id)).then(|| {
                view! {
                    <div class="cluster">
                        <Button kind=Kind::Quiet icon=Icon::Pen disabled=busy testid="passkey-rename" on_press=rename>{c::RENAME}</Button>
                        <Button kind=Kind::Danger disabled=busy testid="passkey-remove" on_press=remove>{c::REMOVE}</Button>
                    </div>
                }
            })
        };
        view! {
            <li class="entry" data-testid="passkey">
                <p class="cluster">
                    <span class="name">{name}</span>
                    {synced.then(|| view! { <Badge tone=Tone::Info icon=Icon::Phone text=c::SYNCED /> })}
                    {here.then(|| view! { <Badge tone=Tone::Plain icon=Icon::Check text=c::HERE /> })}
                </p>
                <p class="muted num">{dates}</p>
                {copied.then(|| view! { <p class="banner tone-bad">{Icon::Warn.view()} <span>{c::COPIED}</span></p> })}
                {form}
                {buttons}
            </li>
        }
        .into_any()
    }
}
