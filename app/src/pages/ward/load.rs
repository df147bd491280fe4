//! Reports that open at once from what the phone has kept, and follow the server while the page is open.

use crate::api::{self, ApiError};
use crate::components::{ErrorFace, Icon, LoadingFace, OfflineFace};
use crate::state::App;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::time::Millis;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A failed call in one sentence; the server's own where it gave one.
pub fn api_error(e: &ApiError) -> String {
    match e {
        ApiError::Offline => s::CALL_OFFLINE.to_owned(),
        ApiError::Status(_, body) => body.message.clone(),
        ApiError::BadAnswer => s::CALL_STRANGE.to_owned(),
    }
}

/// A report under way.
pub struct Load<T: Send + Sync + 'static> {
    /// The newest that is known.
    pub data: RwSignal<Option<Arc<T>>>,
    at: RwSignal<Option<Millis>>,
    error: RwSignal<Option<ApiError>>,
    again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Load<T> {}

impl<T: Send + Sync + 'static> Load<T> {
    /// Asks the server again.
    pub fn reload(self) {
        self.again.update(|n| *n = n.wrapping_add(1));
    }
    /// A part of the report, by itself: what has not changed is not painted again.
    pub fn part<P: PartialEq + Send + Sync + 'static>(
        self,
        of: impl Fn(&T) -> P + Send + Sync + 'static,
    ) -> Memo<Option<P>> {
        Memo::new(move |_| self.data.with(|d| d.as_deref().map(&of)))
    }
}

/// Loads a report and loads it again whenever the app has heard from the server. `path` none = not yet.
pub fn load<T: DeserializeOwned + Send + Sync + 'static>(app: App, path: Signal<Option<String>>) -> Load<T> {
    let load = Load {
        data: RwSignal::new(None),
        at: RwSignal::new(None),
        error: RwSignal::new(None),
        again: RwSignal::new(0),
    };
    let heard = Memo::new(move |_| app.link().with(|l| l.last_ok));
    let path = Memo::new(move |_| path.get());
    let busy = StoredValue::new(false);
    let missed = StoredValue::new(false);
    Effect::new(move |before: Option<Option<String>>| {
        let now = path.get();
        // Read, not only tracked: a memo that nobody has read yet watches nothing.
        let _ = (heard.get(), load.again.get());
        let Some(of) = now.clone() else { return now };
        let first = before.flatten().as_ref() != now.as_ref();
        if first {
            load.data.set(None);
            load.error.set(None);
        } else if busy.get_value() {
            missed.set_value(true);
            return now;
        }
        busy.set_value(true);
        let (kept, fresh) = api::get_cached::<T>(app, &of);
        spawn_local(async move {
            let still = || path.try_get_untracked().flatten().as_ref() == Some(&of);
            if first
                && let Some(kept) = kept.await
                && still()
            {
                load.at.set(Some(kept.at));
                load.data.set(Some(Arc::new(kept.value)));
            }
            let fresh = fresh.await;
            if !still() {
                return;
            }
            match fresh {
                Ok(value) => {
                    load.at.set(Some(app.now()));
                    load.error.set(None);
                    load.data.set(Some(Arc::new(value)));
                }
                Err(error) => load.error.set(Some(error)),
            }
            busy.set_value(false);
            if missed.get_value() {
                missed.set_value(false);
                load.again.update(|n| *n = n.wrapping_add(1));
            }
        });
        now
    });
    load
}

/// The right face until there is something, then what `show` makes, once.
pub fn faced<T: Send + Sync + 'static>(load: Load<T>, show: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let here = Memo::new(move |_| load.data.with(Option::is_some));
    face(here, load.error, load.at, load.again, Box::new(show))
}

fn face(
    here: Memo<bool>,
    error: RwSignal<Option<ApiError>>,
    at: RwSignal<Option<Millis>>,
    again: RwSignal<u32>,
    show: Box<dyn Fn() -> AnyView + Send + Sync>,
) -> AnyView {
    let retry = move || {
        view! {
            <button type="button" class="btn btn-secondary" on:click=move |_| again.update(|n| *n = n.wrapping_add(1))>
                {Icon::Turn.view()}
                {t::RETRY}
            </button>
        }
        .into_any()
    };
    let stale = move || {
        let offline = error.get()?;
        let at = at.get()?;
        let why = if offline == ApiError::Offline { s::STALE_OFFLINE } else { s::STALE_ERROR };
        Some(
            view! { <p class="banner tone-warn no-print" role="status">{Icon::CloudOff.view()} {s::stale(why, at)}</p> },
        )
    };
    (move || {
        if here.get() {
            return view! { {stale} {show()} }.into_any();
        }
        match error.get() {
            None => view! { <LoadingFace /> }.into_any(),
            Some(ApiError::Offline) => {
                view! { <OfflineFace title=s::REPORT_OFFLINE>{retry()}</OfflineFace> }.into_any()
            }
            Some(e) => view! { <ErrorFace text=api_error(&e)>{retry()}</ErrorFace> }.into_any(),
        }
    })
    .into_any()
}

/// Files of a report and paper.
pub fn exports(path: &str) -> AnyView {
    let link = |kind: &'static str| {
        let href = [api::path(path).as_str(), ".", kind].concat();
        let label = if kind == "xlsx" { s::EXPORT_XLSX } else { s::EXPORT_CSV };
        view! {
            <a class="btn btn-secondary" href=href download="" rel="external" data-testid=["export-", kind].concat()>
                {Icon::Download.view()}
                {label}
            </a>
        }
        .into_any()
    };
    view! {
        <div class="cluster no-print">
            {link("xlsx")} {link("csv")}
            <button type="button" class="btn btn-secondary" data-testid="print" on:click=move |_| crate::platform::document::print()>
                {Icon::Print.view()}
                {s::PRINT}
            </button>
        </div>
    }
    .into_any()
}
