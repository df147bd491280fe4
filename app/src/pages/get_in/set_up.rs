//! *Thiết lập đăng nhập*: name and password, then the second factor, then rescue codes; afterwards the place where each can be changed. It stands in
//! the place of every page while the server asks for it, and takes nothing away: what waits on the phone goes on being sent.

use super::factor::{begin, confirm_step, rescue_step};
use super::{Input, State, field, secret_field, show_box};
use crate::api::{self, ApiError};
use crate::components::{Banner, Button, Card, EmptyFace, Frame, Icon, Kind, Tone, toast};
use crate::pages::call::Call;
use crate::platform::document;
use crate::state::{App, use_app};
use crate::text::vi::staff::getin as g;
use domain::password::check;
use domain::signin::{Proof, RescueCodes, SecondFactor, SetPassword, SignInState, sign_in_name};
use domain::wire::Session;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Where the person is.
#[derive(Clone)]
pub(super) enum Step {
    /// Name and password for the first time, or what can be changed.
    Start,
    /// Another password.
    Password,
    /// A second factor waits for its first code.
    Confirm(SecondFactor),
    /// Rescue codes, shown once.
    Codes(RescueCodes),
}

/// The page while it is open.
#[derive(Clone, Copy)]
pub(super) struct SetUp {
    pub app: App,
    pub state: State,
    pub step: RwSignal<Step>,
    pub call: Call,
    /// All of it was set up before: a part of it is changed.
    pub change: RwSignal<bool>,
    name: Input,
    password: Input,
    current: Input,
    show: RwSignal<bool>,
    leave: StoredValue<Box<dyn Fn() + Send + Sync>>,
}

/// The page.
#[component]
pub fn SignInSetUpPage() -> AnyView {
    let app = use_app();
    let navigate = use_navigate();
    let leave = move || navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
    let page = SetUp {
        app,
        state: State::ask(),
        step: RwSignal::new(Step::Start),
        call: Call::idle(),
        change: RwSignal::new(false),
        name: Input::new(""),
        password: Input::new(""),
        current: Input::new(""),
        show: RwSignal::new(false),
        leave: StoredValue::new(Box::new(leave)),
    };
    view! {
        <Frame title=g::SET_UP back="/cai-dat" calm=true>
            {page.state.shown(move |state| (move || page.shown(&state)).into_any())}
        </Frame>
    }
    .into_any()
}

impl SetUp {
    fn shown(self, state: &SignInState) -> AnyView {
        match self.step.get() {
            Step::Confirm(factor) => confirm_step(self, &factor),
            Step::Codes(codes) => rescue_step(self, codes),
            Step::Password => self.password_form(state),
            Step::Start if state.active => self.changes(state),
            Step::Start if !state.may => {
                view! { <EmptyFace icon=Icon::Key title=g::NOT_FOR_MEMBERS text=g::NOT_FOR_MEMBERS_TEXT /> }.into_any()
            }
            Step::Start => {
                let must = state.required;
                let (tone, text) = if must { (Tone::Warn, g::SET_UP_MUST) } else { (Tone::Info, g::SET_UP_MAY) };
                view! {
                    <Banner tone=tone icon=Icon::Key><p>{text}</p></Banner>
                    {self.password_form(state)}
                    {must.then(waiting_room)}
                }
                .into_any()
            }
        }
    }
    pub fn go(self, step: Step) {
        self.step.set(step);
        document::scroll_to_top();
        document::focus("h1");
    }
    /// All is done: the server is asked who is signed in now, and the page is left.
    pub fn finish(self) {
        self.call.run(
            async move {
                let session: Session = api::get("session").await?;
                self.app.enter(session).await
            },
            move |()| self.leave.with_value(|leave| leave()),
        );
    }
    fn current(self, state: &SignInState) -> Option<String> {
        state.ask_password.then(|| self.current.text())
    }
    fn password_form(self, state: &SignInState) -> AnyView {
        let ask_password = state.ask_password;
        let active = state.active;
        if self.name.value.with_untracked(String::is_empty)
            && let Some(name) = &state.name
        {
            self.name.value.set(name.clone());
        }
        let of = state.clone();
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            self.send_password(&of);
        };
        let busy = self.call.busy;
        view! {
            <form class="stack" novalidate=true data-testid="set-password" on:submit=submit>
                <Card title=if active { g::CHANGE_PASSWORD } else { g::STEP_1 }>
                    {active.then(|| view! { <p class="muted">{g::CHANGE_PASSWORD_TEXT}</p> })}
                    {field(self.name, g::NAME, g::NAME_HINT, "username", "up-name")}
                    {ask_password.then(|| secret_field(self.current, self.show, (g::CURRENT, ""), "current-password", "up-current"))}
                    {secret_field(self.password, self.show, (g::NEW_PASSWORD, g::NEW_PASSWORD_HINT), "new-password", "up-password")}
                    {show_box(self.show)}
                </Card>
                {self.call.problem()}
                <Button kind=Kind::Big submit=true disabled=busy testid="up-next">
                    {move || if busy.get() { g::NEXT_BUSY } else { g::NEXT }}
                </Button>
            </form>
        }
        .into_any()
    }
    fn send_password(self, state: &SignInState) {
        let typed = self.name.text();
        let named = sign_in_name(&typed);
        let name = named.clone().unwrap_or_default();
        let password = self.password.text();
        let fine = [
            (self.name.check(named.err().map(|f| g::name_fault(f).to_owned())), "up-name"),
            (!state.ask_password || self.current.filled(g::EMPTY_PASSWORD), "up-current"),
            (self.password.check(check(&password, &name).err().map(g::password_fault)), "up-password"),
        ];
        if let Some((_, wrong)) = fine.iter().find(|(fine, _)| !fine) {
            document::focus(&["[data-testid=", wrong, "]"].concat());
            return;
        }
        let ask = SetPassword { name, password, current: self.current(state) };
        if state.active {
            self.call.run(async move { api::post::<()>("account/password", &ask).await }, move |()| {
                toast(g::CHANGED);
                self.forget_typed();
                self.go(Step::Start);
                self.state.again();
            });
        } else {
            let call = async move {
                api::post::<()>("account/password", &ask).await?;
                begin(Proof::default()).await
            };
            self.call.run(call, move |factor| {
                self.forget_typed();
                self.go(Step::Confirm(factor));
            });
        }
    }
    fn forget_typed(self) {
        self.password.value.set(String::new());
        self.current.value.set(String::new());
    }
    /// What can be changed, once all is set up.
    fn changes(self, state: &SignInState) -> AnyView {
        let ask = state.ask_password;
        let (name, left) = (state.name.clone().unwrap_or_default(), g::rescue_left(state.rescue_left));
        let proof = move || Proof { current: ask.then(|| self.current.text()) };
        let proven =
            move || !ask || self.current.filled(g::EMPTY_PASSWORD) || !document::focus("[data-testid=up-current]");
        let app = Callback::new(move |()| {
            if proven() {
                self.change.set(true);
                self.call.run(begin(proof()), move |factor| {
                    self.forget_typed();
                    self.go(Step::Confirm(factor));
                });
            }
        });
        let rescue = Callback::new(move |()| {
            if proven() {
                self.change.set(true);
                self.call.run(new_codes(proof()), move |codes| {
                    self.forget_typed();
                    self.go(Step::Codes(codes));
                });
            }
        });
        let busy = self.call.busy;
        view! {
            <Banner tone=Tone::Good icon=Icon::Check>
                <p class="strong">{g::ACTIVE}</p>
                <p>{g::ACTIVE_TEXT}</p>
            </Banner>
            <Card title=g::CHANGE_PASSWORD>
                <p class="muted">{g::NAME} ": " <b data-testid="up-known">{name}</b></p>
                <Button icon=Icon::Lock testid="up-change" on_press=Callback::new(move |()| self.go(Step::Password))>{g::CHANGE_PASSWORD}</Button>
            </Card>
            <Card title=g::CHANGE_MORE>
                {ask.then(|| view! {
                    {secret_field(self.current, self.show, (g::CURRENT, ""), "current-password", "up-current")}
                    {show_box(self.show)}
                })}
                {self.call.problem()}
                <p class="muted">{g::CHANGE_APP_TEXT}</p>
                <Button icon=Icon::Phone disabled=busy testid="up-app" on_press=app>{g::CHANGE_APP}</Button>
                <p class="muted">{left} " " {g::NEW_RESCUE_TEXT}</p>
                <Button icon=Icon::Print disabled=busy testid="up-rescue" on_press=rescue>{g::NEW_RESCUE}</Button>
            </Card>
        }
        .into_any()
    }
}

async fn new_codes(proof: Proof) -> Result<RescueCodes, ApiError> {
    api::post("account/rescue-codes", &proof).await
}

/// What goes on being possible meanwhile.
fn waiting_room() -> AnyView {
    view! {
        <nav class="cluster" aria-label=g::LATER>
            <a class="btn btn-quiet" href="/chua-gui">{g::TO_UNSENT}</a>
            <a class="btn btn-quiet" href="/cai-dat">{g::TO_SETTINGS}</a>
        </nav>
    }
    .into_any()
}
