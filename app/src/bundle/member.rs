//! The module of members: without the pages of secretaries and wards, so that a first visit over a weak network is short
//! (docs/size.md). Where such a page belongs it fetches the other module, of which this phone then makes use for good.
//! Its twin is `staff.rs`, which has the same names.

use crate::components::{Button, Frame, LoadingFace, OfflineFace, Side};
use crate::platform::{document, whole};
use crate::state::App;
use crate::text::vi as t;
use domain::id::NoticeId;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fetches the whole module for those who keep something, behind what they are doing: later there may be no network.
pub fn look_ahead(app: App) {
    let keeps = Memo::new(move |_| keeps_something(app));
    Effect::new(move |_| {
        if keeps.get() {
            spawn_local(async {
                whole::fetch().await;
            });
        }
    });
}

/// Right after signing in: whoever keeps something begins with the whole module. True when the page is being loaded again.
pub async fn settle(app: App) -> bool {
    let whole = untrack(|| keeps_something(app)) && whole::fetch().await;
    if whole {
        whole::begin_anew();
    }
    whole
}

fn keeps_something(app: App) -> bool {
    app.session().with(|s| s.as_ref().is_some_and(|s| Side::of(&s.me) != Side::Member))
}

/// Fetches the whole module and loads the page again with it; without a network it says so.
fn elsewhere() -> AnyView {
    let failed = RwSignal::new(false);
    let go = move || {
        failed.set(false);
        spawn_local(async move {
            if whole::fetch().await {
                document::reload();
            } else {
                // The page may have been left meanwhile.
                let _ = failed.try_set(true);
            }
        });
    };
    go();
    view! {
        <Frame title=t::APP back="/">
            {move || {
                if failed.get() {
                    view! {
                        <OfflineFace>
                            <Button on_press=Callback::new(move |()| go())>{t::RETRY}</Button>
                        </OfflineFace>
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

/// Who has read a notice stands in the whole module; a writer of notices has it soon.
#[component]
pub fn ReadBy(
    /// Which notice.
    #[expect(unused_variables, reason = "the same props as the real one")]
    notice: NoticeId,
) -> AnyView {
    ().into_any()
}

macro_rules! elsewhere {
    ($($(#[$doc:meta])* $page:ident),+ $(,)?) => { $($(#[$doc])* #[expect(non_snake_case, reason = "named like the page that stands elsewhere")] pub fn $page() -> AnyView { elsewhere() })+ };
}

elsewhere! {
    /// Not in this module.
    CellPage,
    /// Not in this module.
    CellsPage,
    /// Not in this module.
    ImportPage,
    /// Not in this module.
    MatrixPage,
    /// Not in this module.
    MeetingEditPage,
    /// Not in this module.
    MeetingNewPage,
    /// Not in this module.
    MeetingReportPage,
    /// Not in this module.
    MemberEditPage,
    /// Not in this module.
    MemberNewPage,
    /// Not in this module.
    MemberPage,
    /// Not in this module.
    NoticeEditPage,
    /// Not in this module.
    NoticeNewPage,
    /// Not in this module.
    OverviewPage,
    /// Not in this module.
    RollCallPage,
    /// Not in this module.
    RosterPage,
    /// Not in this module.
    TodoPage,
}
