//! *Máy đã đăng nhập*: the phones of an account, and signing one out that was lost. Always asked of the server, never kept here: who may sign in
//! is decided there and now.

use crate::api::{self, ApiError, sentence};
use crate::components::{
    Badge, Button, Confirm, EmptyFace, ErrorFace, Frame, Icon, Kind, LoadingFace, OfflineFace, Tone, toast,
};
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common::phones as c;
use domain::device::PhoneOf;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page of one's own phones.
#[component]
pub fn Phones() -> AnyView {
    let app = use_app();
    view! {
        <Frame title=c::TITLE back="/cai-dat">
            <p>{c::LEAD}</p>
            {list(app, "devices".to_owned())}
        </Frame>
    }
    .into_any()
}

type Answer = Option<Result<Vec<PhoneOf>, ApiError>>;

/// One list.
#[derive(Clone, Copy)]
struct List {
    app: App,
    base: StoredValue<String>,
    got: RwSignal<Answer>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    asked: RwSignal<Option<PhoneOf>>,
    ask: RwSignal<bool>,
}

/// The phones below a path of the API (`devices`, `members/ID/devices`), each with its way out.
pub fn list(app: App, base: String) -> AnyView {
    let list = List {
        app,
        base: StoredValue::new(base),
        got: RwSignal::new(None),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        asked: RwSignal::new(None),
        ask: RwSignal::new(false),
    };
    list.load();
    let text = Signal::derive(move || {
        list.asked.with(|phone| phone.as_ref().map(|p| c::ask_text(&p.name, p.unsent)).unwrap_or_default())
    });
    view! {
        <div class="stack" data-testid="phones">
            {move || list.problem.get().map(|p| view! { <p class="banner tone-bad" role="alert">{Icon::Warn.view()} <span>{p}</span></p> })}
            {move || list.shown()}
        </div>
        <Confirm open=list.ask title=c::ASK text=text yes=c::YES danger=true on_yes=Callback::new(move |()| list.sign_out()) />
    }
    .into_any()
}

impl List {
    fn load(self) {
        let base = self.base.get_value();
        spawn_local(async move {
            let answer = api::get::<Vec<PhoneOf>>(&base).await;
            // The page may be gone by now; a list that stands is better than a face that came later.
            let stands = self.got.try_with_untracked(|got| matches!(got, Some(Ok(_)))).unwrap_or(true);
            if answer.is_ok() || !stands {
                let _ = self.got.try_set(Some(answer));
            }
        });
    }
    fn sign_out(self) {
        let Some(phone) = self.asked.get_untracked() else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        let path = [&self.base.get_value(), "/", &phone.id.to_string(), "/sign-out"].concat();
        spawn_local(async move {
            let answer = api::post::<()>(&path, &()).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(()) => {
                    toast(c::DONE);
                    self.load();
                }
                Err(error) => drop(self.problem.try_set(Some(words(&error)))),
            }
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
            Some(Err(error)) => view! { <ErrorFace text=words(&error)>{retry()}</ErrorFace> }.into_any(),
            Some(Ok(all)) if all.is_empty() => {
                view! { <EmptyFace icon=Icon::Phone title=c::NONE text=c::NONE_TEXT /> }.into_any()
            }
            Some(Ok(all)) => {
                let rows = all.into_iter().map(|phone| self.row(phone)).collect_view();
                view! { <section class="card flush"><ul class="rows">{rows}</ul></section> }.into_any()
            }
        }
    }
    fn row(self, phone: PhoneOf) -> AnyView {
        let name = if phone.name.is_empty() { c::NO_NAME.to_owned() } else { phone.name.clone() };
        let (tone, icon, state) = match (phone.this, phone.signed_in) {
            (true, _) => (Tone::Info, Icon::Phone, c::HERE),
            (false, true) => (Tone::Good, Icon::Check, c::IN),
            (false, false) => (Tone::Plain, Icon::Lock, c::OUT),
        };
        let last = phone.last.map_or_else(|| c::NEVER.to_owned(), |at| c::last(at, self.app.now()));
        let unsent = match phone.unsent {
            Some(0) => Some(view! { <p class="muted">{c::ALL_SENT}</p> }.into_any()),
            Some(n) => Some(view! { <p><Badge tone=Tone::Warn icon=Icon::Send text=c::unsent(n) /></p> }.into_any()),
            None => None,
        };
        let gone = phone.signed_out.filter(|_| !phone.signed_in).map(|at| view! { <p>{c::signed_out(at)}</p> });
        let (id, may) = (phone.id.to_string(), phone.signed_in && !phone.this);
        let first = c::first(phone.first, phone.app.as_deref());
        let out = may.then(|| {
            let ask = Callback::new(move |()| {
                self.asked.set(Some(phone.clone()));
                self.ask.set(true);
            });
            view! {
                <Button kind=Kind::Danger icon=Icon::Leave disabled=self.busy testid="phone-out" on_press=ask>
                    {move || if self.busy.get() { c::SIGN_OUT_BUSY } else { c::SIGN_OUT }}
                </Button>
            }
        });
        view! {
            <li class="entry" data-testid="phone" data-device=id>
                <p class="cluster">
                    <span class="name">{name}</span>
                    <Badge tone=tone icon=icon text=state.to_owned() />
                </p>
                <p class="num">{last}</p>
                {unsent}
                <p class="muted num">{first}</p>
                {gone}
                {out}
            </li>
        }
        .into_any()
    }
}

/// A failed call in one sentence; the server's own where it gave one.
fn words(error: &ApiError) -> String {
    match error {
        ApiError::Offline => t::OFFLINE_TEXT.to_owned(),
        _ => sentence(error).unwrap_or(c::STRANGE).to_owned(),
    }
}
