//! Writing a notice: now or later, with papers as text, perhaps for a meeting; changing and withdrawing one.

use crate::components::staff::draft::Draft;
use crate::components::staff::entry::{self, End, Entry, Unknown};
use crate::components::staff::form::{Fields, Look, Wrong, day_of, field, iso, radios, select, time_of};
use crate::components::staff::papers::Papers;
use crate::components::staff::unit::{may, units_with};
use crate::components::{Button, EmptyFace, Icon, Kind};
use crate::pages::kit::path_id;
use crate::state::App;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::id::{MeetingId, NoticeId, UnitId};
use domain::meeting::MeetingStatus;
use domain::notice::{Notice, NoticeText};
use domain::op::Body;
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const UNKNOWN: Unknown = Unknown {
    icon: Icon::Bell,
    title: s::UNKNOWN_NOTICE,
    text: s::UNKNOWN_NOTICE_TEXT,
    list: ("/thong-bao", t::NAV_NOTICES),
};

/// A new notice; `?buoi-hop=` attaches it to a meeting.
#[component]
pub fn NoticeNewPage() -> AnyView {
    let meeting = use_query_map().with_untracked(|q| q.get("buoi-hop")).and_then(|id| id.parse::<MeetingId>().ok());
    entry::page(s::NOTICE_NEW, "/thong-bao".to_owned(), UNKNOWN, move |app| Some(form(app, None, meeting)))
}

/// The text of a known notice.
#[component]
pub fn NoticeEditPage() -> AnyView {
    let id = path_id::<NoticeId>().get_untracked();
    let back = id.map_or_else(|| "/thong-bao".to_owned(), |id| ["/thong-bao/", &id.to_string()].concat());
    entry::page(s::NOTICE_EDIT, back, UNKNOWN, move |app| {
        let notice = app.view().with_untracked(|b| {
            id.and_then(|id| b.notices.get(&id)).filter(|n| may(app, b, Power::WriteNotices, n.unit)).cloned()
        });
        Some(form(app, Some(notice?), None))
    })
}

fn read(
    app: App,
    fields: &Fields,
    papers: Papers,
    bad_paper: RwSignal<bool>,
    old: Option<&Notice>,
) -> Result<NoticeText, Wrong> {
    let mut wrong = Vec::new();
    let (title, body) = (fields.text("notice-title"), fields.text("notice-body"));
    if title.is_empty() {
        wrong.push(("notice-title", s::ERR_TITLE));
    }
    if body.is_empty() {
        wrong.push(("notice-body", s::ERR_BODY));
    }
    let publish_at = if fields.text("when") == "later" {
        let (day, time) = (day_of(&fields.text("date")), time_of(&fields.text("time")));
        if day.is_none() {
            wrong.push(("date", s::ERR_DAY));
        }
        if time.is_none() {
            wrong.push(("time", s::ERR_TIME));
        }
        day.zip(time).map(|(d, (h, m))| Millis::from_local(d.and_hms_opt(h, m, 0).unwrap_or_default()))
    } else {
        // Out already: it stays out since then.
        let now = app.now();
        Some(old.map_or(now, |n| n.text.publish_at.min(now)))
    };
    let papers = papers.read();
    bad_paper.set(papers.is_err());
    if papers.is_err() {
        wrong.push(entry::BAD_PAPER);
    }
    let (Some(publish_at), Ok(papers), true) = (publish_at, papers, wrong.is_empty()) else { return Err(wrong) };
    Ok(NoticeText { title, body, papers, meeting: fields.text("meeting").parse().ok(), publish_at })
}

fn form(app: App, old: Option<Notice>, wanted: Option<MeetingId>) -> AnyView {
    let units: Vec<Unit> = untrack(|| units_with(app, Power::WriteNotices, &[UnitKind::Ward, UnitKind::Cell]));
    let meeting_unit = wanted.and_then(|m| app.view().with_untracked(|b| b.meetings.get(&m).map(|m| m.unit)));
    let first = old.as_ref().map(|n| n.unit).or_else(|| entry::first_unit(&units, meeting_unit));
    let Some(first) = first else {
        return view! { <EmptyFace icon=Icon::Bell title=s::MAY_NOT_WRITE /> }.into_any();
    };
    let fields = Fields::new(&["unit", "notice-title", "notice-body", "meeting", "when", "date", "time"]);
    let papers = Papers::default();
    let bad_paper = RwSignal::new(false);
    fields.set("unit", first.to_string());
    fields.set("when", "now");
    fields.set("time", "07:00");
    let draft_name = if let Some(n) = &old {
        fields.set("notice-title", n.text.title.clone());
        fields.set("notice-body", n.text.body.clone());
        fields.set("meeting", n.text.meeting.map(|m| m.to_string()).unwrap_or_default());
        if n.text.publish_at > app.now() {
            fields.set("when", "later");
            fields.set("date", iso(n.text.publish_at.day()));
            fields.set("time", n.text.publish_at.clock_vi());
        }
        papers.set(&n.text.papers);
        ["notice:", &n.id.to_string()].concat()
    } else {
        fields.set("meeting", wanted.map(|m| m.to_string()).unwrap_or_default());
        "notice-new".to_owned()
    };
    let draft = Draft::keep(app, &draft_name, &fields, Some(papers));
    let edited = old.as_ref().map(|n| (n.id, n.unit, n.withdrawn.is_some()));
    let save = {
        let fields = fields.clone();
        move || {
            let text = read(app, &fields, papers, bad_paper, old.as_ref())?;
            let unit = fields.text("unit").parse::<UnitId>().map_err(|_| Vec::new())?;
            let notice = old.as_ref().map_or_else(|| app.new_id(), |n| n.id);
            let to = ["/thong-bao/", &notice.to_string()].concat();
            Ok((unit, Body::NoticeWritten { notice, text }, to))
        }
    };
    let unit = fields.of("unit");
    let unit_field = (edited.is_none() && units.len() > 1).then(|| {
        let options = units.iter().map(|u| (u.id.to_string(), u.name.clone())).collect();
        select(Look::new("unit", s::TO_WHOM), unit, options)
    });
    let to_whom =
        (edited.is_none() && units.len() == 1).then(|| view! { <p class="muted">{s::notice_to(&units[0].name)}</p> });
    let meeting = fields.of("meeting");
    let meetings = move || {
        let options = unit.with(|u| u.parse::<UnitId>().ok()).map(|unit| meetings_of(app, unit)).unwrap_or_default();
        (options.len() > 1).then(|| select(Look::new("meeting", s::FOR_MEETING), meeting, options))
    };
    let when = fields.of("when");
    let later = {
        let fields = fields.clone();
        move || {
            when.with(|w| w == "later").then(|| {
                view! {
                    <div class="grid-2">
                        {field(&fields, Look::new("date", s::DAY).kind("date").required())}
                        {field(&fields, Look::new("time", s::TIME).kind("time").required())}
                    </div>
                }
            })
        }
    };
    let yes = move || if when.with(|w| w == "later") { s::NOTICE_SCHEDULE } else { s::NOTICE_SEND };
    let parts = view! {
        <section class="card">
            {unit_field}
            {to_whom}
            {field(&fields, Look::new("notice-title", s::TITLE).required())}
            {field(&fields, Look::new("notice-body", s::NOTICE_BODY).kind("area").max(10_000).required())}
            {meetings}
        </section>
        {papers.editor(bad_paper.into())}
        <section class="card">
            {radios("when", s::WHEN, when, &[("now", s::WHEN_NOW), ("later", s::WHEN_LATER)])}
            {later}
        </section>
    }
    .into_any();
    let button =
        view! { <Button kind=Kind::Primary wide=true submit=true icon=Icon::Send testid="notice-save">{yes}</Button> };
    let out = edited.filter(|(_, _, gone)| !gone);
    let withdraw = out.map(|(notice, unit, _)| entry::end(app, unit, Body::NoticeWithdrawn { notice }, WITHDRAW));
    (Entry::new(app, &fields, draft).view(parts, button.into_any(), save), withdraw).into_any()
}

/// Meetings of the unit to which a notice can belong, the next first; before them *none*.
fn meetings_of(app: App, unit: UnitId) -> Vec<(String, String)> {
    app.view().with_untracked(|b| {
        let mut all: Vec<_> =
            b.meetings.values().filter(|m| m.unit == unit && m.status != MeetingStatus::Cancelled).collect();
        all.sort_by_key(|m| (std::cmp::Reverse(m.plan.starts), m.id));
        let named = all
            .iter()
            .take(12)
            .map(|m| (m.id.to_string(), [m.plan.title.as_str(), " (", m.plan.starts.date_vi().as_str(), ")"].concat()));
        [(String::new(), s::NO_MEETING_CHOSEN.to_owned())].into_iter().chain(named).collect()
    })
}

const WITHDRAW: End = End {
    testid: "notice-withdraw",
    button: s::WITHDRAW,
    title: s::WITHDRAW_TITLE,
    text: s::WITHDRAW_TEXT,
    done: s::WITHDRAWN_TOAST,
    to: "/thong-bao",
};
