//! Signing in, once per phone: by a link that carries the code, or by typing it. The phone gets a name of its own.

use crate::api::{ApiError, sentence};
use crate::components::{Button, Card, Field, Icon, Kind};
use crate::platform::{device, document};
use crate::public::mark;
use crate::routes;
use crate::state::use_app;
use crate::text::vi as t;
use crate::text::vi::common as c;
use crate::text::vi::public as p;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

/// The page.
#[component]
pub fn SignIn() -> AnyView {
    let app = use_app();
    document::set_title(&format!("{} · {}", c::SIGN_IN, t::APP));
    // A link carries the code behind `#` (which never reaches a log) or as `?ma=`.
    let from_link = document::fragment();
    let from_query = use_query_map().with_untracked(|q| q.get("ma")).unwrap_or_default();
    if !from_link.is_empty() || !from_query.is_empty() {
        document::clear_fragment();
    }
    let code = RwSignal::new(if from_link.is_empty() { from_query } else { from_link });
    let device_name = RwSignal::new(device::name());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let passkey = RwSignal::new(false);
    spawn_local(async move {
        let offered = app.passkeys_offered().await;
        passkey.try_set(offered);
    });
    let navigate = use_navigate();
    // The phone's storage may be read after this page stands, and another tab may sign in.
    Effect::new({
        let navigate = navigate.clone();
        move |before: Option<bool>| {
            let signed_in = app.session().with(Option::is_some);
            if signed_in && before == Some(false) && !busy.get_untracked() {
                navigate("/", home());
            }
            signed_in
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = code.get_untracked().trim().to_owned();
        if typed.is_empty() {
            error.set(Some(c::SIGN_IN_EMPTY.to_owned()));
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let navigate = navigate.clone();
        let name: String = device_name.get_untracked().trim().chars().take(60).collect();
        spawn_local(async move {
            let result = app.sign_in(typed, name).await;
            busy.set(false);
            match result {
                Ok(_) => navigate("/", home()),
                Err(e) => error.set(Some(words(&e))),
            }
        });
    };
    view! {
        <div class="frame">
            <header class="bar">
                {mark()}
                <h1 tabindex="-1">{t::APP}</h1>
            </header>
            <main class="page" id="main">
                <form class="stack" novalidate on:submit=submit>
                    <Card accent=true title=c::SIGN_IN>
                        <p>{c::SIGN_IN_LEAD}</p>
                        <Field label=c::SIGN_IN_CODE value=code hint=c::SIGN_IN_CODE_HINT max=64 error=error autocomplete="one-time-code" testid="sign-in-code" />
                        <Field label=c::SIGN_IN_DEVICE value=device_name hint=c::SIGN_IN_DEVICE_HINT max=60 testid="device-name" />
                        <Button kind=Kind::Big submit=true icon=Icon::Key disabled=busy testid="sign-in">
                            {move || if busy.get() { c::SIGN_IN_BUSY } else { c::SIGN_IN_GO }}
                        </Button>
                    </Card>
                </form>
                <p class="muted">{c::SIGN_IN_HELP}</p>
                {move || passkey.get().then(|| view! { <a class="btn btn-quiet" href=routes::PASSKEY_SIGN_IN data-testid="to-passkey">{c::SIGN_IN_PASSKEY}</a> })}
                <a class="btn btn-quiet" href="/vao-mat-khau" data-testid="to-password">{c::SIGN_IN_PASSWORD}</a>
                <nav class="cluster" aria-label=p::MORE>
                    <a class="btn btn-quiet" href=routes::ABOUT>{p::ABOUT}</a>
                    <a class="btn btn-quiet" href=routes::PRIVACY>{p::PRIVACY}</a>
                    <a class="btn btn-quiet" href=routes::HELP>{p::HELP}</a>
                </nav>
            </main>
        </div>
    }
    .into_any()
}

fn home() -> NavigateOptions {
    NavigateOptions { replace: true, ..NavigateOptions::default() }
}

fn words(error: &ApiError) -> String {
    match error {
        ApiError::Offline => c::SIGN_IN_OFFLINE.to_owned(),
        ApiError::BadAnswer => c::SIGN_IN_BAD.to_owned(),
        ApiError::Status(..) => sentence(error).unwrap_or(c::SIGN_IN_BAD).to_owned(),
    }
}
