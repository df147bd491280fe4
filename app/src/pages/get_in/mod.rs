//! Ways into one's own account: by name and password ([`password`]), setting that up ([`set_up`]), a new phone ([`new_phone`]) and a slip for the
//! drawer ([`drawer`]). Always asked of the server, never kept on the phone.

mod drawer;
mod factor;
mod new_phone;
mod password;
mod set_up;

pub use drawer::DrawerPage;
pub use new_phone::NewPhonePage;
pub use password::PasswordSignInPage;
pub use set_up::SignInSetUpPage;

use crate::api::{self, ApiError};
use crate::components::{Button, Check, ErrorFace, Field, Icon, LoadingFace, OfflineFace};
use crate::pages::ward::load::api_error;
use crate::text::vi as t;
use crate::text::vi::staff::getin as g;
use domain::signin::SignInState;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How the person gets in, asked of the server when the page opens and whenever something was changed.
#[derive(Clone, Copy)]
struct State {
    got: RwSignal<Option<Result<SignInState, ApiError>>>,
}

impl State {
    fn ask() -> Self {
        let state = Self { got: RwSignal::new(None) };
        state.again();
        state
    }
    fn again(self) {
        spawn_local(async move {
            let answer = api::get::<SignInState>("account/sign-in").await;
            // The page may be gone by now; what stands is better than a face that came later.
            let stands = self.got.try_with_untracked(|got| matches!(got, Some(Ok(_)))).unwrap_or(true);
            if answer.is_ok() || !stands {
                let _ = self.got.try_set(Some(answer));
            }
        });
    }
    /// The right face until the state is here, then what `show` makes of it, anew with each answer.
    fn shown(self, show: impl Fn(SignInState) -> AnyView + Send + 'static) -> AnyView {
        let retry = move || {
            let again = Callback::new(move |()| {
                self.got.set(None);
                self.again();
            });
            view! { <Button icon=Icon::Turn on_press=again>{t::RETRY}</Button> }
        };
        (move || match self.got.get() {
            None => view! { <LoadingFace /> }.into_any(),
            Some(Err(ApiError::Offline)) => view! { <OfflineFace title=g::OFFLINE>{retry()}</OfflineFace> }.into_any(),
            Some(Err(error)) => view! { <ErrorFace text=api_error(&error)>{retry()}</ErrorFace> }.into_any(),
            Some(Ok(state)) => show(state),
        })
        .into_any()
    }
}

/// A value with what is wrong with it.
#[derive(Clone, Copy)]
struct Input {
    value: RwSignal<String>,
    error: RwSignal<Option<String>>,
}

impl Input {
    fn new(value: &str) -> Self {
        Self { value: RwSignal::new(value.to_owned()), error: RwSignal::new(None) }
    }
    fn text(self) -> String {
        self.value.get_untracked()
    }
    /// Says what is wrong, or that nothing is; true when nothing is.
    fn check(self, fault: Option<String>) -> bool {
        let fine = fault.is_none();
        self.error.set(fault);
        fine
    }
    fn filled(self, empty: &str) -> bool {
        self.check(self.value.with_untracked(|v| v.trim().is_empty()).then(|| empty.to_owned()))
    }
}

/// A field of such a form.
fn field(
    input: Input,
    label: &'static str,
    hint: &'static str,
    autocomplete: &'static str,
    testid: &'static str,
) -> AnyView {
    view! { <Field label=label hint=hint value=input.value error=input.error autocomplete=autocomplete max=200 testid=testid /> }.into_any()
}

/// A password, hidden unless the person wants to see it.
fn secret_field(
    input: Input,
    show: RwSignal<bool>,
    (label, hint): (&'static str, &'static str),
    autocomplete: &'static str,
    testid: &'static str,
) -> AnyView {
    let one = move |kind: &'static str| {
        view! { <Field label=label hint=hint kind=kind value=input.value error=input.error autocomplete=autocomplete max=200 testid=testid /> }
    };
    (move || if show.get() { one("text") } else { one("password") }).into_any()
}

fn show_box(show: RwSignal<bool>) -> AnyView {
    view! { <Check label=g::PASSWORD_SHOW value=show testid="show-password" /> }.into_any()
}
