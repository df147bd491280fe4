//! *Sổ liên hệ*: what the register says about the member signed in, and the history of meetings.

use crate::components::staff::unit::unit_name;
use crate::components::{Badge, Card, EmptyFace, Frame, Icon, LoadingFace, Tone};
use crate::pages::kit::{self, Past};
use crate::state::use_app;
use crate::text::vi as t;
use crate::text::vi::common as c;
use domain::book::Book;
use domain::meeting::{MeetingStatus, Standing};
use domain::member::Member;
use domain::presence::Status;
use domain::time::date_vi;
use leptos::prelude::*;

/// The page.
#[component]
pub fn ContactBook() -> AnyView {
    let app = use_app();
    let member = Memo::new(move |_| kit::me(app).and_then(|m| app.view().with(|b| b.members.get(&m).cloned())));
    let none = Memo::new(move |_| kit::me(app).is_none());
    view! {
        <Frame
            title=t::NAV_BOOK
            actions=move || {
                view! {
                    <a class="bar-icon" href="/cai-dat" aria-label=c::SETTINGS>
                        {Icon::Gear.view()}
                    </a>
                }
            }
        >
            {move || match member.get() {
                Some(member) => app.view().with(|b| view! { {facts(b, &member)} {past(b, &member)} }.into_any()),
                None if none.get() && app.ready().get() => view! { <EmptyFace title=c::BOOK_NONE text=c::BOOK_NONE_TEXT /> }.into_any(),
                None => view! { <LoadingFace /> }.into_any(),
            }}
        </Frame>
    }
    .into_any()
}

fn facts(book: &Book, m: &Member) -> AnyView {
    let date = |d: Option<domain::time::PartialDate>| d.map(domain::time::PartialDate::vi);
    let exemption = m.exemption.as_ref().map(|e| {
        let until = e.to.map(|d| format!(" (đến {})", date_vi(d))).unwrap_or_default();
        format!("{}{until}", t::exemption(e.kind))
    });
    let mut rows = vec![
        (c::FACT_CELL, Some(unit_name(book, m.cell))),
        (c::FACT_GROUP, m.group.clone()),
        (c::FACT_SEX, m.sex.map(|s| t::sex(s).to_owned())),
        (c::FACT_BORN, date(m.born)),
        (c::FACT_PHONE, m.phone.as_deref().map(c::phone_groups)),
        (c::FACT_ADDRESS, m.address.clone()),
        (c::FACT_WORK, m.workplace.clone()),
        (c::FACT_TITLE, m.title.clone()),
        (c::FACT_WORK_CELL, m.work_cell.clone()),
        (c::FACT_ADMITTED, date(m.admitted)),
        (c::FACT_OFFICIAL, date(m.official)),
        (c::FACT_SINCE, m.since.map(date_vi)),
    ];
    if exemption.is_some() {
        rows.push((c::BOOK_EXEMPT, exemption));
    }
    let rows = rows
        .into_iter()
        .map(|(label, value)| {
            let empty = value.is_none();
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd class:muted=empty>{value.unwrap_or_else(|| c::FACT_EMPTY.to_owned())}</dd>
                </div>
            }
        })
        .collect_view();
    let name = m.name.as_str().to_owned();
    view! {
        <Card accent=true testid="own-facts">
            <h2 class="big-title">{name}</h2>
            <dl class="own" aria-label=c::BOOK_FACTS>{rows}</dl>
            <p class="muted">{c::BOOK_WRONG}</p>
        </Card>
    }
    .into_any()
}

fn past(book: &Book, member: &Member) -> AnyView {
    let all = kit::history(book, member);
    let counted = |p: &&Past| {
        p.meeting.status == MeetingStatus::Closed && p.meeting.plan.kind.counts() && p.standing == Standing::Expected
    };
    let expected = all.iter().filter(counted).count();
    let present = all.iter().filter(counted).filter(|p| p.status.is_present()).count();
    let sum = (expected > 0)
        .then(|| view! { <p class="pad strong" data-testid="own-rate">{c::attended(present, expected)}</p> });
    let rows = if all.is_empty() {
        view! { <EmptyFace icon=Icon::Calendar title=c::BOOK_NO_HISTORY /> }.into_any()
    } else {
        view! { <ul class="rows">{all.iter().map(line).collect_view()}</ul> }.into_any()
    };
    view! {
        <Card flush=true testid="own-history">
            <h2>{c::BOOK_HISTORY}</h2>
            {sum}
            {rows}
        </Card>
    }
    .into_any()
}

fn line(p: &Past) -> AnyView {
    let note = match p.standing {
        _ if !p.meeting.plan.kind.counts() => Some(c::BOOK_VOLUNTARY),
        Standing::Exempt(_) => Some(c::BOOK_EXEMPT),
        Standing::NotListed => Some(c::BOOK_NOT_EXPECTED),
        Standing::Expected => None,
    };
    let reason = match &p.status {
        Status::Excused { reason, .. } if !reason.is_empty() => Some(reason.clone()),
        _ => None,
    };
    let icon = match &p.status {
        Status::Present(_) => Icon::Check,
        Status::Excused { .. } => Icon::Paper,
        Status::Absent => Icon::Cross,
        Status::Unmarked => Icon::Clock,
    };
    let tone = if p.status == Status::Unmarked { Tone::Plain } else { kit::status_tone(&p.status) };
    view! {
        <li>
            <a class="row" href=format!("/buoi-hop/{}", p.meeting.id)>
                <span class="grow stack-tight">
                    <span class="name">{p.meeting.plan.title.clone()}</span>
                    <span class="sub">{p.meeting.plan.starts.moment_vi()}</span>
                    <span class="cluster">
                        <Badge tone=tone icon=icon text=t::status(&p.status) />
                        {note.map(|n| view! { <span class="muted">{n}</span> })}
                        {reason.map(|r| view! { <span class="muted">{r}</span> })}
                    </span>
                </span>
                {Icon::Next.view()}
            </a>
        </li>
    }
    .into_any()
}
