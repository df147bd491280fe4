//! *Thông báo*: every notice that this phone has, newest first, unread ones marked. Those who write see what is scheduled or withdrawn.

use crate::components::staff::unit::{may, unit_name};
use crate::components::{Badge, Button, Card, EmptyFace, Frame, Icon, Kind, LoadingFace, Side, Tone};
use crate::pages::kit;
use crate::state::use_app;
use crate::text::vi as t;
use crate::text::vi::common as c;
use domain::account::Power;
use domain::id::NoticeId;
use domain::time::Millis;
use leptos::prelude::*;
use std::cmp::Reverse;

#[derive(Clone, PartialEq)]
struct Line {
    id: NoticeId,
    title: String,
    unit: String,
    at: Millis,
    papers: usize,
    unread: bool,
    /// Public at this moment.
    public: bool,
    withdrawn: bool,
}

/// The page.
#[component]
pub fn Notices() -> AnyView {
    let app = use_app();
    let lines = Memo::new(move |_| {
        let (me, now) = (kit::me(app), app.now());
        app.view().with(|b| {
            let mut lines: Vec<Line> = b
                .notices
                .values()
                .filter(|n| n.is_public(now) || may(app, b, Power::WriteNotices, n.unit))
                .map(|n| Line {
                    id: n.id,
                    title: n.text.title.clone(),
                    unit: unit_name(b, n.unit),
                    at: n.text.publish_at,
                    papers: n.text.papers.len(),
                    public: n.is_public(now),
                    withdrawn: n.withdrawn.is_some(),
                    unread: n.is_public(now) && kit::is_unread(b, n.id, me),
                })
                .collect();
            lines.sort_by_key(|l| (Reverse(l.at), l.id));
            lines
        })
    });
    let writes =
        Memo::new(move |_| app.session().with(|s| s.as_ref().is_some_and(|s| Side::of(app, &s.me) != Side::Member)));
    view! {
        <Frame title=t::NAV_NOTICES>
            {move || {
                writes
                    .get()
                    .then(|| view! { <Button kind=Kind::Primary href="/thong-bao-moi" icon=Icon::Plus wide=true testid="write-notice">{c::NOTICE_WRITE}</Button> })
            }}
            {move || {
                if lines.with(Vec::is_empty) {
                    return if app.ready().get() {
                        view! { <EmptyFace icon=Icon::Bell title=c::NOTICES_EMPTY text=c::NOTICES_EMPTY_TEXT /> }.into_any()
                    } else {
                        view! { <LoadingFace /> }.into_any()
                    };
                }
                let rows = lines.get().into_iter().map(|l| row(l, app.now())).collect_view();
                view! {
                    <Card flush=true>
                        <ul class="rows">{rows}</ul>
                    </Card>
                }
                    .into_any()
            }}
        </Frame>
    }
    .into_any()
}

fn row(line: Line, now: Millis) -> AnyView {
    let badge = if line.withdrawn {
        Some((Tone::Bad, Icon::Cross, c::NOTICE_WITHDRAWN))
    } else if !line.public {
        Some((Tone::Warn, Icon::Clock, c::NOTICE_SCHEDULED))
    } else if line.unread {
        Some((Tone::Info, Icon::Bell, c::NOTICE_UNREAD))
    } else {
        None
    };
    let when = if line.public { t::day(line.at, now) } else { t::moment(line.at, now) };
    let papers = (line.papers > 0).then(
        || view! { <span class="op tone-plain">{Icon::Paper.small()}{line.papers} " " {c::NOTICE_PAPERS}</span> },
    );
    view! {
        <li>
            <a class="row" href=format!("/thong-bao/{}", line.id) data-testid="notice-item" data-unread=line.unread.to_string()>
                <span class="grow stack-tight">
                    <span class="name">{line.title}</span>
                    <span class="sub">{line.unit} " · " {when}</span>
                    <span class="cluster">
                        {badge.map(|(tone, icon, text)| view! { <Badge tone=tone icon=icon text=text /> })}
                        {papers}
                    </span>
                </span>
                {Icon::Next.view()}
            </a>
        </li>
    }
    .into_any()
}
