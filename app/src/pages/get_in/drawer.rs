//! *Mã dự phòng*: a slip of four codes for one's own drawer, each of which lets in on a new phone, once, within a year.

use super::State;
use crate::api;
use crate::components::staff::qr::qr;
use crate::components::{Banner, Button, Card, Confirm, Frame, Icon, Kind, Tone, toast};
use crate::pages::call::Call;
use crate::platform::document;
use crate::state::use_app;
use crate::text::vi::staff as s;
use crate::text::vi::staff::getin as g;
use domain::desk::EnrolCode;
use domain::enrol::Voided;
use domain::signin::{DrawerSlip, SignInState};
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Drawer {
    state: State,
    call: Call,
    made: RwSignal<Option<DrawerSlip>>,
    ask: RwSignal<bool>,
}

/// The page.
#[component]
pub fn DrawerPage() -> AnyView {
    let app = use_app();
    let name = app.session().with_untracked(|s| s.as_ref().map(|s| s.me.name.clone()).unwrap_or_default());
    let drawer =
        Drawer { state: State::ask(), call: Call::idle(), made: RwSignal::new(None), ask: RwSignal::new(false) };
    let void = Callback::new(move |()| {
        drawer.call.run(async move { api::post::<Voided>("account/slip/void", &()).await }, move |_| {
            toast(g::DRAWER_VOIDED);
            drawer.made.set(None);
            drawer.state.again();
        });
    });
    view! {
        <Frame title=g::DRAWER back="/cai-dat">
            {move || drawer.made.get().map(|slip| paper(&name, &slip))}
            {drawer.state.shown(move |state| drawer.shown(&state))}
            <Confirm open=drawer.ask title=g::DRAWER_VOID_ASK text=g::DRAWER_VOID_TEXT yes=g::DRAWER_VOID danger=true on_yes=void />
        </Frame>
    }
    .into_any()
}

impl Drawer {
    fn make(self) {
        self.call.run(async move { api::post::<DrawerSlip>("account/slip", &()).await }, move |slip| {
            self.made.set(Some(slip));
            self.state.again();
            document::scroll_to_top();
        });
    }
    fn shown(self, state: &SignInState) -> AnyView {
        let left = state.slip_left;
        let text = match state.slip_until.filter(|_| left > 0) {
            Some(until) => g::drawer_left(left, until),
            None => g::DRAWER_NONE.to_owned(),
        };
        let busy = self.call.busy;
        let fresh = Memo::new(move |_| self.made.with(Option::is_some));
        let make = Callback::new(move |()| self.make());
        let word = move || match (busy.get(), left) {
            (true, _) => g::DRAWER_MAKING,
            (false, 0) => g::DRAWER_MAKE,
            (false, _) => g::DRAWER_MAKE_NEW,
        };
        let kind = if left == 0 { Kind::Big } else { Kind::Secondary };
        view! {
            <div class="stack no-print">
                {move || (!fresh.get()).then(|| view! { <Card><p>{g::DRAWER_LEAD}</p></Card> })}
                <p data-testid="drawer-left">{text}</p>
                {self.call.problem()}
                <div class="cluster">
                    <Button kind=kind icon=Icon::Paper disabled=busy testid="drawer-make" on_press=make>{word}</Button>
                    {(left > 0).then(|| view! {
                        <Button kind=Kind::Danger disabled=busy testid="drawer-void" on_press=Callback::new(move |()| self.ask.set(true))>{g::DRAWER_VOID}</Button>
                    })}
                </div>
                {(left > 0).then(|| view! { <p class="muted">{g::DRAWER_NEW_TEXT}</p> })}
                <p class="muted">{g::DRAWER_CARE}</p>
            </div>
        }
        .into_any()
    }
}

/// The slip as it is printed: a quarter of A4, black on white in any theme.
fn paper(name: &str, slip: &DrawerSlip) -> AnyView {
    let until = slip.codes.first().map(|c| g::paper_until(c.expires));
    let address = [document::origin().as_str(), "/vao"].concat();
    let address =
        address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(&address).to_owned();
    let codes: Vec<AnyView> = slip.codes.iter().map(code).collect();
    view! {
        <div class="stack no-print">
            <Banner tone=Tone::Warn icon=Icon::Warn><p>{g::DRAWER_ONCE}</p></Banner>
            <Button kind=Kind::Big icon=Icon::Print testid="drawer-print" on_press=Callback::new(|()| document::print())>{g::DRAWER_PRINT}</Button>
        </div>
        <section class="drawer" data-testid="drawer-paper">
            <h2>{g::PAPER_TITLE}</h2>
            <p><b>{name.to_owned()}</b> " · " <span class="num">{until}</span></p>
            <ol class="how-to">
                <li>{g::PAPER_1} " " <b>{address}</b> " " {g::PAPER_1_END}</li>
                <li>{g::PAPER_2}</li>
            </ol>
            <ul class="drawer-codes" role="list">{codes}</ul>
        </section>
    }
    .into_any()
}

fn code(one: &EnrolCode) -> AnyView {
    view! {
        <li>
            {qr(&one.link, s::QR_LABEL)}
            <b data-testid="drawer-code">{one.code.clone()}</b>
        </li>
    }
    .into_any()
}
