//! The second factor and the rescue codes, as they are shown once.

use super::set_up::{SetUp, Step};
use super::{Input, field};
use crate::api::{self, ApiError};
use crate::components::staff::qr::qr;
use crate::components::{Button, Check, Icon, Kind, toast};
use crate::platform::{device, document};
use crate::text::vi::staff as s;
use crate::text::vi::staff::getin as g;
use domain::signin::{Confirm, Proof, RescueCodes, SecondCode, SecondFactor, second_code};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

pub(super) async fn begin(proof: Proof) -> Result<SecondFactor, ApiError> {
    api::post("account/second-factor", &proof).await
}

/// The secret as a picture and as text, and the field for its first code.
pub(super) fn confirm_step(page: SetUp, factor: &SecondFactor) -> AnyView {
    let code = Input::new("");
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = code.text();
        let six = matches!(second_code(&typed), Some(SecondCode::Totp(_)));
        if !code.check((!six).then(|| g::EMPTY_SIX.to_owned())) {
            document::focus("[data-testid=up-code]");
            return;
        }
        let ask = Confirm { code: typed };
        page.call.run(
            async move { api::post::<RescueCodes>("account/second-factor/confirm", &ask).await },
            move |codes| {
                page.go(Step::Codes(codes));
            },
        );
    };
    let (secret, busy, title) =
        (factor.secret.clone(), page.call.busy, if page.change.get_untracked() { g::CHANGE_APP } else { g::STEP_2 });
    view! {
        <form class="stack" novalidate=true data-testid="confirm-factor" on:submit=submit>
            <section class="card">
                <h2>{title}</h2>
                <p>{g::APP_LEAD}</p>
                <div class="qr-box">{qr(&factor.link, g::APP_QR)}</div>
                <a class="btn btn-secondary" href=factor.link.clone() rel="external" data-testid="up-open">{Icon::Phone.view()} {g::APP_HERE}</a>
                <p>{g::APP_TYPE}</p>
                <p class="link-text num" data-testid="up-secret">{factor.secret.clone()}</p>
                <Button icon=Icon::Share on_press=Callback::new(move |()| {
                    let secret = secret.replace(' ', "");
                    spawn_local(async move {
                        toast(if device::copy_text(&secret).await { s::COPIED } else { s::NOT_COPIED });
                    });
                })>{g::APP_COPY}</Button>
                {field(code, g::APP_CODE, "", "one-time-code", "up-code")}
            </section>
            {page.call.problem()}
            <Button kind=Kind::Big submit=true icon=Icon::Check disabled=busy testid="up-confirm">{g::APP_CONFIRM}</Button>
        </form>
    }
    .into_any()
}

/// The rescue codes; on paper they stand alone.
pub(super) fn rescue_step(page: SetUp, codes: RescueCodes) -> AnyView {
    let kept = RwSignal::new(false);
    let problem = RwSignal::new(false);
    let items: Vec<AnyView> =
        codes.codes.into_iter().map(|code| view! { <li data-testid="rescue-code">{code}</li> }.into_any()).collect();
    let name = page.app.session().with_untracked(|s| s.as_ref().map(|s| s.me.name.clone()).unwrap_or_default());
    let done = Callback::new(move |()| {
        problem.set(!kept.get_untracked());
        if kept.get_untracked() {
            page.finish();
        }
    });
    let title = if page.change.get_untracked() { g::RESCUE } else { g::STEP_3 };
    view! {
        <section class="card code-alone">
            <h2 class="no-print">{title}</h2>
            <div class="stack code-sheet">
                <p class="print-only strong">{g::RESCUE_PAPER} " " {name}</p>
                <p>{g::RESCUE_LEAD}</p>
                <ul class="code-list" role="list">{items}</ul>
            </div>
            <div class="stack no-print">
                <Button icon=Icon::Print testid="rescue-print" on_press=Callback::new(|()| document::print())>{g::RESCUE_PRINT}</Button>
                <Check label=g::RESCUE_KEPT value=kept testid="rescue-kept" />
            </div>
        </section>
        {move || (problem.get() && !kept.get()).then(|| view! { <p class="banner tone-bad" role="alert">{Icon::Warn.view()} <span>{g::RESCUE_KEPT_FIRST}</span></p> })}
        {page.call.problem()}
        <Button kind=Kind::Big icon=Icon::Check disabled=page.call.busy testid="up-done" on_press=done>{g::DONE}</Button>
    }
    .into_any()
}
