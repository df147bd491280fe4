//! One notice: read, also offline. Opening it tells once that the member has read it. Writers change it, take it back, see who has read.

use crate::bundle::ReadBy;
use crate::components::staff::unit::{may, unit_name};
use crate::components::{Badge, Button, Card, Confirm, EmptyFace, Frame, Icon, Kind, LoadingFace, Tone, toast};
use crate::pages::kit;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common as c;
use domain::account::Power;
use domain::id::NoticeId;
use domain::meeting::Paper;
use domain::notice::Notice;
use domain::op::Body;
use leptos::prelude::*;

#[derive(Clone, PartialEq)]
struct Shown {
    notice: Notice,
    unit: String,
    public: bool,
    writes: bool,
    meeting: bool,
}

/// The page.
#[component]
pub fn NoticePage() -> AnyView {
    let app = use_app();
    let id = kit::path_id::<NoticeId>();
    let shown = Memo::new(move |_| {
        let now = app.now();
        app.view().with(|b| {
            let notice = b.notices.get(&id.get()?)?;
            let writes = may(app, b, Power::WriteNotices, notice.unit);
            (writes || notice.is_public(now)).then(|| Shown {
                unit: unit_name(b, notice.unit),
                public: notice.is_public(now),
                writes,
                meeting: notice.text.meeting.is_some_and(|m| b.meetings.contains_key(&m)),
                notice: notice.clone(),
            })
        })
    });
    Effect::new(move |_| {
        if let Some(s) = shown.get().filter(|s| s.public) {
            mark_read(app, s.notice.id);
        }
    });
    view! {
        <Frame title=c::NOTICE back="/thong-bao">
            {move || match shown.get() {
                Some(s) => text(app, s),
                None if !app.ready().get() => view! { <LoadingFace /> }.into_any(),
                None => {
                    view! {
                        <EmptyFace icon=Icon::Bell title=c::NOTICE_GONE text=c::NOTICE_GONE_TEXT>
                            <Button href="/thong-bao">{c::TODAY_ALL_NOTICES}</Button>
                        </EmptyFace>
                    }
                        .into_any()
                }
            }}
        </Frame>
    }
    .into_any()
}

/// Tells once that the member signed in has read it. Whoever is no member has no read marks.
fn mark_read(app: App, notice: NoticeId) {
    let Some(me) = untrack(|| kit::me(app)) else { return };
    let cell =
        app.view().with_untracked(|b| if b.has_read(notice, me) { None } else { b.members.get(&me).map(|m| m.cell) });
    let told = app
        .outbox()
        .with_untracked(|o| o.iter().any(|e| e.op.k == "notice.read" && e.body == Some(Body::NoticeRead { notice })));
    if let Some(cell) = cell
        && !told
    {
        // Refused only when this phone knows too little; then the next opening tells it.
        let _ = app.perform(cell, Body::NoticeRead { notice }, Vec::new());
    }
}

fn text(app: App, shown: Shown) -> AnyView {
    let Shown { notice, unit, public, writes, meeting } = shown;
    let badge = if notice.withdrawn.is_some() {
        Some((Tone::Bad, c::NOTICE_WITHDRAWN))
    } else if public {
        None
    } else {
        Some((Tone::Warn, c::NOTICE_SCHEDULED))
    };
    let to_meeting = notice.text.meeting.filter(|_| meeting).map(|m| {
        view! { <Button href=format!("/buoi-hop/{m}") icon=Icon::Calendar>{c::NOTICE_TO_MEETING}</Button> }
    });
    view! {
        <article class="stack">
            <div class="stack-tight">
                <h2 class="big-title">{notice.text.title.clone()}</h2>
                <p class="muted">{unit} " · " {t::moment(notice.text.publish_at, app.now())}</p>
                {badge.map(|(tone, word)| view! { <p><Badge tone=tone text=word /></p> })}
            </div>
            <p class="prose" data-testid="notice-body">{notice.text.body.clone()}</p>
            {papers(&notice.text.papers, c::NOTICE_PAPERS)}
            {to_meeting}
        </article>
        {writes.then(|| writer(app, &notice))}
    }
    .into_any()
}

/// Papers as text, each opened by a tap.
pub fn papers(papers: &[Paper], title: &'static str) -> AnyView {
    if papers.is_empty() {
        return ().into_any();
    }
    let items = papers
        .iter()
        .map(|p| {
            view! {
                <details class="paper">
                    <summary>
                        {Icon::Paper.view()}
                        <span class="grow name">{p.title.clone()}</span>
                    </summary>
                    <p class="prose">{p.text.clone()}</p>
                </details>
            }
        })
        .collect_view();
    view! {
        <Card title=title flush=true testid="papers">
            <div class="rows">{items}</div>
        </Card>
    }
    .into_any()
}

fn writer(app: App, notice: &Notice) -> AnyView {
    let (id, unit) = (notice.id, notice.unit);
    let ask = RwSignal::new(false);
    let gone = notice.withdrawn.is_some();
    let withdraw = Callback::new(move |()| match app.perform(unit, Body::NoticeWithdrawn { notice: id }, Vec::new()) {
        Ok(_) => toast(c::NOTICE_WITHDRAWN_DONE),
        Err(why) => toast(t::why(why).0),
    });
    view! {
        <div class="cluster">
            <Button href=format!("/thong-bao/{id}/sua") icon=Icon::Pen testid="edit-notice">{t::EDIT}</Button>
            {(!gone)
                .then(|| {
                    view! {
                        <Button kind=Kind::Danger icon=Icon::Undo testid="withdraw-notice" on_press=Callback::new(move |()| ask.set(true))>
                            {c::NOTICE_WITHDRAW}
                        </Button>
                    }
                })}
        </div>
        <ReadBy notice=id />
        <Confirm open=ask title=c::NOTICE_WITHDRAW_ASK text=c::NOTICE_WITHDRAW_TEXT yes=c::NOTICE_WITHDRAW danger=true on_yes=withdraw />
    }
    .into_any()
}
