//! A call of the server by a button: busy while it runs, and what went wrong in a sentence where the button stands. For what is no op.

use crate::api::ApiError;
use crate::components::Icon;
use crate::pages::ward::load::api_error;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

/// The state of the calls of one form or one sheet.
#[derive(Clone, Copy)]
pub struct Call {
    /// One is under way.
    pub busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Call {
    /// Nothing called yet.
    pub fn idle() -> Self {
        Self { busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }
    /// Calls, unless a call is under way. `done` gets the answer; what went wrong is shown.
    pub fn run<T: 'static>(
        self,
        call: impl Future<Output = Result<T, ApiError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let answer = call.await;
            // The sheet may be gone by now.
            let _ = self.busy.try_set(false);
            match answer {
                Ok(value) => done(value),
                Err(error) => drop(self.problem.try_set(Some(api_error(&error)))),
            }
        });
    }
    /// What went wrong, if something did.
    pub fn problem(self) -> AnyView {
        (move || {
            self.problem.get().map(|p| {
                view! { <p class="banner tone-bad" role="alert" data-testid="call-problem">{Icon::Warn.view()} <span>{p}</span></p> }
            })
        })
        .into_any()
    }
}
