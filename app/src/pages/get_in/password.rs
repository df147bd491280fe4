//! *Đăng nhập bằng mật khẩu*: name, password and a code of the second factor, or a rescue code. What is typed stays, whatever goes wrong.

use super::{Input, field, secret_field, show_box};
use crate::api;
use crate::components::{Button, Card, Frame, Icon, Kind};
use crate::pages::call::Call;
use crate::platform::{device, document};
use crate::state::{App, use_app};
use crate::text::vi::common as c;
use crate::text::vi::staff::getin as g;
use domain::signin::{PasswordSignIn, second_code};
use domain::wire::Session;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

#[derive(Clone, Copy)]
struct Form {
    app: App,
    name: Input,
    password: Input,
    code: Input,
    device: Input,
    call: Call,
}

impl Form {
    /// The request, when nothing is missing; the focus goes to what is.
    fn read(self) -> Option<PasswordSignIn> {
        let fine = [
            (self.name.filled(g::EMPTY_NAME), "in-name"),
            (self.password.filled(g::EMPTY_PASSWORD), "in-password"),
            (self.code.filled(g::EMPTY_CODE) && self.known_code(), "in-code"),
        ];
        if let Some((_, wrong)) = fine.iter().find(|(fine, _)| !fine) {
            document::focus(&["[data-testid=", wrong, "]"].concat());
            return None;
        }
        Some(PasswordSignIn {
            name: self.name.text(),
            password: self.password.text(),
            code: self.code.text(),
            device_name: self.device.text().trim().chars().take(60).collect(),
        })
    }
    fn known_code(self) -> bool {
        self.code.check(second_code(&self.code.text()).is_none().then(|| g::ODD_CODE.to_owned()))
    }
}

/// The page.
#[component]
pub fn PasswordSignInPage() -> AnyView {
    let form = Form {
        app: use_app(),
        name: Input::new(""),
        password: Input::new(""),
        code: Input::new(""),
        device: Input::new(&device::name()),
        call: Call::idle(),
    };
    let show = RwSignal::new(false);
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(ask) = form.read() else { return };
        let navigate = navigate.clone();
        let call = async move {
            let session: Session = api::post("session/password", &ask).await?;
            form.app.enter(session).await
        };
        form.call.run(call, move |()| navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() }));
    };
    let busy = form.call.busy;
    view! {
        <Frame title=g::PASSWORD_TITLE back="/vao">
            <form class="stack" novalidate=true data-testid="by-password" on:submit=submit>
                <Card>
                    <p class="muted">{g::PASSWORD_LEAD}</p>
                    {field(form.name, g::NAME, "", "username", "in-name")}
                    {secret_field(form.password, show, (g::PASSWORD, ""), "current-password", "in-password")}
                    {show_box(show)}
                    {field(form.code, g::CODE, g::CODE_HINT, "one-time-code", "in-code")}
                    {field(form.device, c::SIGN_IN_DEVICE, c::SIGN_IN_DEVICE_HINT, "off", "in-device")}
                </Card>
                {form.call.problem()}
                <Button kind=Kind::Big submit=true icon=Icon::Key disabled=busy testid="in-go">
                    {move || if busy.get() { g::GO_BUSY } else { g::GO }}
                </Button>
            </form>
            <p class="muted">{g::PASSWORD_HELP}</p>
            <nav class="cluster" aria-label=c::SIGN_IN>
                <a class="btn btn-quiet" href="/vao">{g::TO_CODE}</a>
            </nav>
        </Frame>
    }
    .into_any()
}
