//! What the forms of a meeting, a notice and a member share: the page around them, the unit they are for, saving, and the button that
//! ends the thing. Knows no field.

use super::draft::Draft;
use super::form::{Fields, Wrong};
use super::unit::knows_enough;
use crate::components::{Confirm, EmptyFace, Frame, Icon, LoadingFace, toast};
use crate::state::{App, use_app};
use crate::text::vi::staff as s;
use domain::id::UnitId;
use domain::op::Body;
use domain::unit::{Unit, UnitKind};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// What a form's page says of a thing that this phone does not have, or that is not this person's to change.
#[derive(Clone, Copy)]
pub struct Unknown {
    /// Picture.
    pub icon: Icon,
    /// What is not there.
    pub title: &'static str,
    /// Why, perhaps.
    pub text: &'static str,
    /// Where to go on: address and words.
    pub list: (&'static str, &'static str),
}

/// The page of a form. `make`: none when the thing is unknown here or not this person's to change.
pub fn page(
    title: &'static str,
    back: String,
    unknown: Unknown,
    make: impl Fn(App) -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    let app = use_app();
    let known = knows_enough(app);
    view! {
        <Frame title=title.to_owned() back=back calm=true>
            {move || {
                if !known.get() {
                    return view! { <LoadingFace /> }.into_any();
                }
                make(app)
                    .unwrap_or_else(|| {
                        let (href, words) = unknown.list;
                        view! {
                            <EmptyFace icon=unknown.icon title=unknown.title text=unknown.text>
                                <a class="btn btn-secondary" href=href>{words}</a>
                            </EmptyFace>
                        }
                            .into_any()
                    })
            }}
        </Frame>
    }
    .into_any()
}

/// Which unit a new thing is for at first: the wanted one, else the ward, else the first that there is.
pub fn first_unit(units: &[Unit], wanted: Option<UnitId>) -> Option<UnitId> {
    let wanted = wanted.filter(|w| units.iter().any(|u| u.id == *w));
    wanted.or_else(|| units.iter().find(|u| u.kind == UnitKind::Ward).or_else(|| units.first()).map(|u| u.id))
}

/// A paper is not complete: goes to the first one.
pub const BAD_PAPER: (&str, &str) = ("paper-title-1", s::ERR_PAPER);

/// One form that is being filled in.
#[derive(Clone)]
pub struct Entry {
    app: App,
    fields: Fields,
    draft: Draft,
    navigate: StoredValue<Go>,
}

impl Entry {
    /// `fields` as `draft` keeps them.
    pub fn new(app: App, fields: &Fields, draft: Draft) -> Self {
        Self { app, fields: fields.clone(), draft, navigate: StoredValue::new(go_on()) }
    }
    /// The form itself: what the draft has to say, the parts, the button at the foot. `save` reads it: the unit whose book it belongs to,
    /// what it does and where to go then, or what is wrong with which field.
    pub fn view(
        self,
        parts: AnyView,
        button: AnyView,
        save: impl Fn() -> Result<(UnitId, Body, String), Wrong> + 'static,
    ) -> AnyView {
        let banner = self.draft.banner();
        let done = move || match save() {
            Ok((unit, body, to)) => match self.app.perform(unit, body, Vec::new()) {
                Ok(_) => {
                    self.draft.forget();
                    toast(s::SAVED_TOAST);
                    self.navigate.with_value(|go| go(&to));
                }
                Err(why) => toast(s::why(why)),
            },
            Err(wrong) => drop(self.fields.accept(wrong)),
        };
        view! {
            {banner}
            <form
                class="stack"
                novalidate=true
                on:submit=move |ev| {
                    ev.prevent_default();
                    done();
                }
            >
                {parts}
                <div class="foot">{button}</div>
            </form>
        }
        .into_any()
    }
}

/// Goes to an address.
type Go = Box<dyn Fn(&str) + Send + Sync>;

/// Goes to another page in place of this one: *back* does not lead into a form that was sent.
fn go_on() -> Go {
    let navigate = use_navigate();
    Box::new(move |to| navigate(to, NavigateOptions { replace: true, ..Default::default() }))
}

/// The words of a button that ends something, after a question.
#[derive(Clone, Copy)]
pub struct End {
    /// For tests.
    pub testid: &'static str,
    /// The button, and the *yes* of the question.
    pub button: &'static str,
    /// The question.
    pub title: &'static str,
    /// What follows from it.
    pub text: &'static str,
    /// What is said when it is done.
    pub done: &'static str,
    /// Where to go then.
    pub to: &'static str,
}

/// The button that ends something.
pub fn end(app: App, unit: UnitId, body: Body, words: End) -> AnyView {
    let ask = RwSignal::new(false);
    let navigate = StoredValue::new(go_on());
    let yes = Callback::new(move |()| match app.perform(unit, body.clone(), Vec::new()) {
        Ok(_) => {
            toast(words.done);
            navigate.with_value(|go| go(words.to));
        }
        Err(why) => toast(s::why(why)),
    });
    view! {
        <button type="button" class="btn btn-danger" data-testid=words.testid on:click=move |_| ask.set(true)>
            {words.button}
        </button>
        <Confirm
            open=ask
            title=Signal::stored(words.title.to_owned())
            text=Signal::stored(words.text.to_owned())
            yes=words.button
            danger=true
            on_yes=yes
        />
    }
    .into_any()
}
