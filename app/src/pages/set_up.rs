//! *Thiết lập lần đầu*: the first start of a server. Whoever has the link of its log names the ward, himself and the cells, and becomes the
//! administrator. What is typed stays, whatever goes wrong.

use crate::api;
use crate::components::staff::draft::Draft;
use crate::components::staff::form::{Fields, Look, Wrong, field};
use crate::components::{Button, Card, EmptyFace, Frame, Icon, Kind};
use crate::pages::call::Call;
use crate::pages::ward::load::{faced, load};
use crate::platform::{device, document};
use crate::state::{App, use_app};
use crate::text::vi::common as c;
use crate::text::vi::staff as s;
use domain::admin::{NameFault, SetUp, SetupState, cell_names, name};
use domain::wire::Session;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

const NAMES: [&str; 4] = ["setup-ward", "setup-admin", "setup-cells", "setup-device"];

/// The page.
#[component]
pub fn SetUpPage() -> AnyView {
    let app = use_app();
    let state = load::<SetupState>(app, Signal::stored(Some("setup".to_owned())));
    let open = state.part(|s| s.open);
    // Made once: what the server says now must not empty the form.
    let form = StoredValue::new_local(None::<Form>);
    form.set_value(Some(Form::new(app)));
    view! {
        <Frame title=s::SETUP calm=true>
            {faced(
                state,
                move || {
                    (move || {
                        if open.get() == Some(true) {
                            form.with_value(|f| f.as_ref().map(Form::view)).into_any()
                        } else {
                            view! {
                                <EmptyFace icon=Icon::Key title=s::SETUP_DONE_TITLE text=s::SETUP_DONE_TEXT>
                                    <a class="btn btn-primary" href="/vao">{s::SETUP_TO_SIGN_IN}</a>
                                </EmptyFace>
                            }
                                .into_any()
                        }
                    })
                        .into_any()
                },
            )}
        </Frame>
    }
    .into_any()
}

/// Goes to another page.
type Go = Box<dyn Fn(&str) + Send + Sync>;

/// The form while it is filled in.
#[derive(Clone)]
struct Form {
    app: App,
    fields: Fields,
    draft: Draft,
    /// From the link; typed when the link had none or a wrong one. Not in the draft: it is a secret.
    code: Fields,
    ask_code: RwSignal<bool>,
    call: Call,
    navigate: StoredValue<Go>,
}

impl Form {
    fn new(app: App) -> Self {
        let fields = Fields::new(&NAMES);
        fields.set("setup-device", device::name());
        let draft = Draft::keep(app, "setup", &fields, None);
        let code = Fields::new(&["setup-code"]);
        let given = document::fragment();
        let ask_code = RwSignal::new(given.is_empty());
        code.set("setup-code", given);
        let navigate = use_navigate();
        let go = move |to: &str| navigate(to, NavigateOptions { replace: true, ..NavigateOptions::default() });
        Self { app, fields, draft, code, ask_code, call: Call::idle(), navigate: StoredValue::new(Box::new(go)) }
    }
    fn read(&self) -> Result<SetUp, Wrong> {
        let mut wrong = Vec::new();
        let mut named = |field: &'static str| {
            name(&self.fields.text(field)).map_err(|fault| wrong.push((field, name_words(fault)))).unwrap_or_default()
        };
        let (ward, admin) = (named("setup-ward"), named("setup-admin"));
        let typed = self.fields.text("setup-cells");
        let cells = cell_names(typed.lines().filter(|line| !line.trim().is_empty()));
        let cells = cells.map_err(|fault| wrong.push(("setup-cells", cell_words(fault)))).unwrap_or_default();
        if wrong.is_empty() {
            let device_name = self.fields.text("setup-device").chars().take(60).collect();
            Ok(SetUp { code: self.code.text("setup-code"), ward, admin, cells, device_name })
        } else {
            Err(wrong)
        }
    }
    fn send(&self) {
        let ask = match self.read() {
            Ok(ask) => ask,
            Err(wrong) => {
                self.fields.accept(wrong);
                return;
            }
        };
        self.fields.accept(Vec::new());
        if ask.code.is_empty() {
            self.ask_code.set(true);
            self.code.accept(vec![("setup-code", s::ERR_SETUP_CODE)]);
            return;
        }
        self.code.accept(Vec::new());
        let (app, draft, navigate, ask_code) = (self.app, self.draft.clone(), self.navigate, self.ask_code);
        let call = async move {
            let session: Result<Session, _> = api::post("setup", &ask).await;
            if session.as_ref().is_err_and(|e| e.code() == Some("bad_code")) {
                // Another link may have been printed since: it can be typed over.
                ask_code.set(true);
            }
            let session = session?;
            draft.forget();
            app.enter(session).await
        };
        self.call.run(call, move |()| navigate.with_value(|go| go("/quan-tri")));
    }
    fn view(&self) -> AnyView {
        let (this, fields, call) = (self.clone(), self.fields.clone(), self.call);
        let (banner, busy) = (self.draft.banner(), call.busy);
        let code = {
            let (code, ask) = (self.code.clone(), self.ask_code);
            move || {
                ask.get().then(|| {
                    field(&code, Look::new("setup-code", s::SETUP_CODE).hint(s::SETUP_CODE_HINT).max(64).required())
                })
            }
        };
        view! {
            {banner}
            <form
                class="stack"
                novalidate=true
                data-testid="setup"
                on:submit=move |ev| {
                    ev.prevent_default();
                    this.send();
                }
            >
                <Card>
                    <p>{s::SETUP_LEAD}</p>
                    {code}
                    {field(&fields, Look::new("setup-ward", s::SETUP_WARD).hint(s::SETUP_WARD_HINT).required())}
                    {field(&fields, Look::new("setup-admin", s::SETUP_ADMIN).required())}
                    {field(&fields, Look::new("setup-cells", s::SETUP_CELLS).hint(s::SETUP_CELLS_HINT).kind("area").max(110_000))}
                    {field(&fields, Look::new("setup-device", c::SIGN_IN_DEVICE).hint(c::SIGN_IN_DEVICE_HINT).max(60))}
                </Card>
                {call.problem()}
                <div class="foot">
                    <Button kind=Kind::Primary wide=true submit=true icon=Icon::Check disabled=busy testid="setup-go">
                        {move || if busy.get() { s::SETUP_BUSY } else { s::SETUP_GO }}
                    </Button>
                </div>
            </form>
        }
        .into_any()
    }
}

/// What is wrong with a name.
pub const fn name_words(fault: NameFault) -> &'static str {
    match fault {
        NameFault::Empty => s::ERR_NAME_EMPTY,
        NameFault::Unfit | NameFault::Twice(_) | NameFault::TooMany => s::ERR_NAME_UNFIT,
    }
}

const fn cell_words(fault: NameFault) -> &'static str {
    match fault {
        NameFault::Empty | NameFault::Unfit => s::ERR_CELL_UNFIT,
        NameFault::Twice(_) => s::ERR_CELL_TWICE,
        NameFault::TooMany => s::ERR_CELLS_MANY,
    }
}
