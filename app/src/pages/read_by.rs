//! *Ai đã đọc*: for the writer of a notice, who has opened it and who has not.

use super::ward::load::{faced, load};
use crate::components::Icon;
use crate::state::use_app;
use crate::text::vi::staff as s;
use domain::desk::{NoticeReads, Reader};
use domain::id::NoticeId;
use domain::op::Body;
use domain::text::sort_key;
use leptos::prelude::*;

/// Who has read a notice. Needs the right to write notices in its unit; the page that shows it sees to that.
#[component]
pub fn ReadBy(
    /// Which notice.
    notice: NoticeId,
) -> AnyView {
    let app = use_app();
    let path = ["notices/", &notice.to_string(), "/reads"].concat();
    // While the notice itself still waits on this phone, the server knows nothing of it.
    let arrived = Memo::new(move |_| {
        app.outbox()
            .with(|all| !all.iter().any(|e| e.is_waiting() && e.body.as_ref().and_then(Body::notice) == Some(notice)))
    });
    let reads = load::<NoticeReads>(app, Signal::derive(move || arrived.get().then(|| path.clone())));
    let all = reads.part(NoticeReads::clone);
    let people = |mut all: Vec<Reader>, empty: &'static str| {
        if all.is_empty() {
            return view! { <p class="muted pad">{empty}</p> }.into_any();
        }
        all.sort_by_cached_key(|r| sort_key(&r.name));
        let rows: Vec<AnyView> = all
            .into_iter()
            .map(|r| {
                view! {
                    <li class="row">
                        <span class="name grow">{r.name}</span>
                        {r.at.map(|at| view! { <span class="sub num">{at.moment_vi()}</span> })}
                    </li>
                }
                .into_any()
            })
            .collect();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" data-testid="notice-reads">
            <h2>{s::READ_BY}</h2>
            {faced(
                reads,
                move || {
                    (move || {
                        all.get()
                            .map(|r| {
                                let share = s::read_share(r.read.len(), r.audience);
                                let unread = s::with_count(s::NOT_READ, r.unread.len());
                                let read = s::with_count(s::HAS_READ, r.read.len());
                                view! {
                                    <p class="strong num">{share}</p>
                                    <details class="fold" open=true>
                                        <summary>{Icon::Check.small()} {read}</summary>
                                        {people(r.read, s::NOBODY_READ)}
                                    </details>
                                    <details class="fold">
                                        <summary>{Icon::Clock.small()} {unread}</summary>
                                        {people(r.unread, s::EVERYBODY_READ)}
                                    </details>
                                }
                            })
                    })
                        .into_any()
                },
            )}
        </section>
    }
    .into_any()
}
