//! The app comes in parts, so that the first visit is light: the first screens (sign-in, *Hôm nay*), the pages that members open from
//! there, and the pages of secretaries and wards. `cargo xtask build` cuts the module at the functions marked `wasm_split`; the browser
//! loads a part when a page of it is opened, or a moment after the first screen. The service worker keeps all of them, so that no page
//! needs the network later.
//!
//! Knows which page lies in which part, and nothing of paths.

mod member;
mod staff;

pub use member::MemberPage;
pub use staff::StaffPage;

use crate::components::{Button, ErrorFace, Frame, LoadingFace};
use crate::platform::clock;
use crate::state::App;
use crate::text::vi as t;
use domain::account::Role;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use wasm_split_helpers::SplitLoaderError;

/// How long after the first screen the other parts are fetched, ms: after the first picture, before the first tap.
const SETTLED: i32 = 1_200;

/// Makes the pages of a part.
type Make<P> = fn(P) -> AnyView;

/// A part's way here.
struct Part<P: 'static> {
    pages: RwSignal<Option<Make<P>>>,
    failed: RwSignal<bool>,
    coming: RwSignal<bool>,
}

// By hand: a part can be copied whatever its pages are.
impl<P> Clone for Part<P> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<P> Copy for Part<P> {}

impl<P: Copy + Send + 'static> Part<P> {
    fn new() -> Self {
        Self { pages: RwSignal::new(None), failed: RwSignal::new(false), coming: RwSignal::new(false) }
    }
    /// Begins to load, unless it is here or on its way.
    fn fetch(self, load: impl Future<Output = Result<Make<P>, SplitLoaderError>> + 'static) {
        if self.coming.get_untracked() || self.pages.with_untracked(Option::is_some) {
            return;
        }
        self.coming.set(true);
        self.failed.set(false);
        spawn_local(async move {
            match load.await {
                Ok(make) => self.pages.set(Some(make)),
                Err(_) => self.failed.set(true),
            }
            self.coming.set(false);
        });
    }
    fn show(self, page: P, fetch: fn(Parts), parts: Parts) -> AnyView {
        if self.pages.with_untracked(Option::is_none) {
            fetch(parts);
        }
        (move || match self.pages.get() {
            Some(make) => make(page),
            None => not_here(self.failed, move || fetch(parts)),
        })
        .into_any()
    }
}

fn not_here(failed: RwSignal<bool>, again: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    view! {
        <Frame title=t::LOADING>
            {move || {
                if failed.get() {
                    view! {
                        <ErrorFace title=t::PART_TITLE text=t::PART_TEXT>
                            <Button on_press=Callback::new(move |()| again())>{t::RETRY}</Button>
                        </ErrorFace>
                    }
                        .into_any()
                } else {
                    view! { <LoadingFace /> }.into_any()
                }
            }}
        </Frame>
    }
    .into_any()
}

/// All parts but the first.
#[derive(Clone, Copy)]
pub struct Parts {
    member: Part<MemberPage>,
    staff: Part<StaffPage>,
}

impl Parts {
    /// None is here yet.
    pub fn new() -> Self {
        Self { member: Part::new(), staff: Part::new() }
    }
    /// A page that members open after the first.
    pub fn member(self, page: MemberPage) -> AnyView {
        self.member.show(page, Self::fetch_member, self)
    }
    /// A page of secretaries and wards.
    pub fn staff(self, page: StaffPage) -> AnyView {
        self.staff.show(page, Self::fetch_staff, self)
    }
    /// Fetches what this person will open, once the first screen stands.
    pub fn fetch_soon(self, app: App) {
        spawn_local(async move {
            clock::sleep(SETTLED).await;
            let Some(staff) = app
                .session()
                .with_untracked(|s| s.as_ref().map(|s| s.me.roles.iter().any(|grant| grant.role != Role::Member)))
            else {
                return;
            };
            self.fetch_member();
            if staff {
                self.fetch_staff();
            }
        });
    }
    fn fetch_member(self) {
        self.member.fetch(member::pages());
    }
    fn fetch_staff(self) {
        self.staff.fetch(staff::pages());
    }
}
