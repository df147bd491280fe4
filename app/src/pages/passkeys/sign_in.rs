//! *Đăng nhập bằng khóa truy cập*: nothing is typed but the name of the phone; the browser asks the person.

use super::{Doing, Problem};
use crate::api;
use crate::components::{Button, Card, Field, Frame, Icon, Kind};
use crate::platform::{device, passkeys};
use crate::state::{App, use_app};
use crate::text::vi::common as words;
use crate::text::vi::common::passkeys as c;
use domain::passkey::{PasskeyAsk, PasskeySignIn};
use domain::wire::Session;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

async fn enter(app: App, device_name: String) -> Result<(), Problem> {
    let ask: PasskeyAsk = api::post("session/passkey", &()).await?;
    let credential = passkeys::get(&ask.options).await?;
    let session: Session = api::post("session/passkey/finish", &PasskeySignIn { credential, device_name }).await?;
    Ok(app.enter(session).await?)
}

/// The page.
#[component]
pub fn PasskeySignInPage() -> AnyView {
    let app = use_app();
    let name = RwSignal::new(device::name());
    let doing = Doing::nothing();
    let navigate = use_navigate();
    let go = Callback::new(move |()| {
        let navigate = navigate.clone();
        let name: String = name.get_untracked().trim().chars().take(60).collect();
        doing.run(c::IN_OFFLINE, enter(app, name), move |()| {
            navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
        });
    });
    let busy = doing.busy;
    view! {
        <Frame title=c::IN_TITLE back="/vao">
            <Card>
                <p>{c::IN_LEAD}</p>
                <Field label=words::SIGN_IN_DEVICE value=name hint=words::SIGN_IN_DEVICE_HINT max=60 testid="passkey-device" />
            </Card>
            {doing.problem()}
            <Button kind=Kind::Big icon=Icon::Key disabled=busy testid="passkey-in" on_press=go>
                {move || if busy.get() { c::IN_BUSY } else { c::IN_GO }}
            </Button>
            <p class="muted">{c::IN_HELP}</p>
            <nav class="cluster" aria-label=words::SIGN_IN>
                <a class="btn btn-quiet" href="/vao">{c::IN_CODE}</a>
                <a class="btn btn-quiet" href="/vao-mat-khau">{c::IN_PASSWORD}</a>
            </nav>
        </Frame>
    }
    .into_any()
}
