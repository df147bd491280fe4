//! Planning a meeting, or changing the plan: what, when, where, agenda and papers that people read before they come.

use crate::components::staff::draft::Draft;
use crate::components::staff::entry::{self, End, Entry, Unknown};
use crate::components::staff::form::{Fields, Look, Wrong, day_of, field, iso, radios, select, time_of};
use crate::components::staff::papers::Papers;
use crate::components::staff::unit::{may, units_with};
use crate::components::{Button, EmptyFace, Icon, Kind};
use crate::pages::kit::path_id;
use crate::platform;
use crate::state::App;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::id::{MeetingId, UnitId};
use domain::meeting::{Form, Meeting, MeetingKind, MeetingPlan, MeetingStatus};
use domain::op::Body;
use domain::time::{HalfYear, Millis};
use domain::unit::{Unit, UnitKind};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const UNKNOWN: Unknown = Unknown {
    icon: Icon::Calendar,
    title: s::UNKNOWN_MEETING,
    text: s::UNKNOWN_MEETING_TEXT,
    list: ("/", t::NAV_TODAY),
};

/// A new meeting; `?chi-bo=` chooses the unit.
#[component]
pub fn MeetingNewPage() -> AnyView {
    let wanted = use_query_map().with_untracked(|q| q.get("chi-bo")).and_then(|id| id.parse::<UnitId>().ok());
    entry::page(s::PLAN_MEETING, "/".to_owned(), UNKNOWN, move |app| Some(form(app, None, wanted)))
}

/// The plan of a known meeting.
#[component]
pub fn MeetingEditPage() -> AnyView {
    let id = path_id::<MeetingId>().get_untracked();
    let back = id.map_or_else(|| "/".to_owned(), |id| ["/buoi-hop/", &id.to_string()].concat());
    entry::page(s::EDIT_MEETING, back, UNKNOWN, move |app| {
        let meeting = app.view().with_untracked(|b| {
            id.and_then(|id| b.meetings.get(&id)).filter(|m| may(app, b, Power::HoldMeetings, m.unit)).cloned()
        });
        Some(form(app, Some(meeting?), None))
    })
}

const KINDS: [(&str, MeetingKind); 4] = [
    ("half_year", MeetingKind::HalfYear),
    ("called", MeetingKind::Called),
    ("year_end", MeetingKind::YearEnd),
    ("gathering", MeetingKind::Gathering),
];
const FORMS: [(&str, Form); 3] = [("in_person", Form::InPerson), ("online", Form::Online), ("mixed", Form::Mixed)];

fn key_of<T: PartialEq + Copy>(all: &[(&'static str, T)], value: T) -> &'static str {
    all.iter().find(|(_, v)| *v == value).map_or(all[0].0, |(k, _)| *k)
}
fn value_of<T: Copy>(all: &[(&'static str, T)], key: &str) -> T {
    all.iter().find(|(k, _)| *k == key).map_or(all[0].1, |(_, v)| *v)
}

fn fill(fields: &Fields, papers: Papers, plan: &MeetingPlan) {
    let local = plan.starts.local();
    fields.set("kind", key_of(&KINDS, plan.kind));
    fields.set("title", plan.title.clone());
    fields.set("form", key_of(&FORMS, plan.form));
    fields.set("place", plan.place.clone());
    fields.set("date", iso(local.date_naive()));
    fields.set("time", plan.starts.clock_vi());
    fields.set("minutes", plan.minutes.to_string());
    fields.set("agenda", plan.agenda.clone());
    fields.set("code", plan.code.clone().unwrap_or_default());
    papers.set(&plan.papers);
}

fn read(fields: &Fields, papers: Papers, bad_paper: RwSignal<bool>) -> Result<MeetingPlan, Wrong> {
    let mut wrong = Vec::new();
    let title = fields.text("title");
    if title.is_empty() {
        wrong.push(("title", s::ERR_TITLE));
    }
    let day = day_of(&fields.text("date"));
    if day.is_none() {
        wrong.push(("date", s::ERR_DAY));
    }
    let time = time_of(&fields.text("time"));
    if time.is_none() {
        wrong.push(("time", s::ERR_TIME));
    }
    let minutes = fields.text("minutes").parse::<u16>().ok().filter(|m| (5..=600).contains(m));
    if minutes.is_none() {
        wrong.push(("minutes", s::ERR_MINUTES));
    }
    let read = papers.read();
    bad_paper.set(read.is_err());
    if read.is_err() {
        wrong.push(entry::BAD_PAPER);
    }
    let (Some(day), Some((h, m)), Some(minutes), Ok(papers), true) = (day, time, minutes, read, wrong.is_empty())
    else {
        return Err(wrong);
    };
    Ok(MeetingPlan {
        kind: value_of(&KINDS, &fields.text("kind")),
        title,
        form: value_of(&FORMS, &fields.text("form")),
        place: fields.text("place"),
        starts: Millis::from_local(day.and_hms_opt(h, m, 0).unwrap_or_default()),
        minutes,
        agenda: fields.text("agenda"),
        papers,
        code: fields.some("code").filter(|c| domain::meeting::is_code(c)),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "the form takes the plan over")]
fn form(app: App, old: Option<Meeting>, wanted: Option<UnitId>) -> AnyView {
    let units: Vec<Unit> = untrack(|| units_with(app, Power::HoldMeetings, &[UnitKind::Ward, UnitKind::Cell]));
    let first = old.as_ref().map(|m| m.unit).or_else(|| entry::first_unit(&units, wanted));
    let Some(first) = first else {
        return view! { <EmptyFace icon=Icon::Calendar title=s::MAY_NOT_PLAN /> }.into_any();
    };
    let fields = Fields::new(&["unit", "kind", "title", "form", "place", "date", "time", "minutes", "agenda", "code"]);
    let papers = Papers::default();
    let bad_paper = RwSignal::new(false);
    let half = HalfYear::of(app.now().day());
    fields.set("unit", first.to_string());
    let draft_name = if let Some(m) = &old {
        fill(&fields, papers, &m.plan);
        ["meeting:", &m.id.to_string()].concat()
    } else {
        fields.set("kind", "half_year");
        fields.set("title", s::default_title(MeetingKind::HalfYear, half));
        fields.set("form", "in_person");
        fields.set("time", "19:30");
        fields.set("minutes", "30");
        fields.set("code", platform::rng::six_digits());
        "meeting-new".to_owned()
    };
    let draft = Draft::keep(app, &draft_name, &fields, Some(papers));
    let unit = fields.of("unit");
    let online = Memo::new(move |_| {
        let id = unit.with(|u| u.parse::<UnitId>().ok());
        id.is_some_and(|id| app.view().with(|b| b.units.get(id).is_some_and(|u| u.online_allowed)))
    });
    // A title that nobody has touched follows the kind.
    let (kind, title) = (fields.of("kind"), fields.of("title"));
    Effect::new(move |before: Option<MeetingKind>| {
        let now = kind.with(|k| value_of(&KINDS, k));
        if before.is_some_and(|b| b != now && title.with_untracked(|t| *t == s::default_title(b, half))) {
            title.set(s::default_title(now, half));
        }
        now
    });
    let edited = old.as_ref().map(|m| (m.id, m.unit, m.status));
    let save = {
        let fields = fields.clone();
        move || {
            let plan = read(&fields, papers, bad_paper)?;
            let unit = fields.text("unit").parse::<UnitId>().map_err(|_| Vec::new())?;
            let meeting = edited.map_or_else(|| app.new_id(), |(id, _, _)| id);
            let to = ["/buoi-hop/", &meeting.to_string()].concat();
            Ok((unit, Body::MeetingPlanned { meeting, plan }, to))
        }
    };
    let kinds: Vec<(&'static str, &'static str)> = KINDS.iter().map(|(k, v)| (*k, t::meeting_kind(*v))).collect();
    let unit_field = (old.is_none() && units.len() > 1).then(|| {
        let options = units.iter().map(|u| (u.id.to_string(), u.name.clone())).collect();
        select(Look::new("unit", s::UNIT), unit, options)
    });
    let how = {
        let value = fields.of("form");
        move || {
            let forms: &[(&'static str, &'static str)] =
                &[("in_person", s::IN_PERSON), ("online", s::ONLINE), ("mixed", s::MIXED)];
            if online.get() {
                radios("form", s::FORM, value, forms)
            } else {
                view! { <p class="muted">{s::ONLINE_OFF}</p> }.into_any()
            }
        }
    };
    let code = fields.of("code");
    let parts = view! {
        <section class="card">
            {unit_field}
            {radios("kind", s::KIND, kind, &kinds)}
            {field(&fields, Look::new("title", s::TITLE).required())}
            <div class="grid-2">
                {field(&fields, Look::new("date", s::DAY).kind("date").required())}
                {field(&fields, Look::new("time", s::TIME).kind("time").required())}
            </div>
            {field(&fields, Look::new("minutes", s::MINUTES).kind("number"))}
            {how}
            {field(&fields, Look::new("place", s::PLACE).max(300).hint(s::PLACE_HINT))}
        </section>
        <section class="card">
            {field(&fields, Look::new("agenda", s::AGENDA).kind("area").max(5_000).hint(s::AGENDA_HINT))}
        </section>
        {papers.editor(bad_paper.into())}
        <section class="card">
            <h2>{s::CODE_TITLE}</h2>
            <p class="muted">{s::CODE_TEXT}</p>
            <div class="split">
                <p class="enrol-code" data-testid="form-code">{move || code.get()}</p>
                <button type="button" class="btn btn-secondary" on:click=move |_| code.set(platform::rng::six_digits())>
                    {Icon::Turn.view()}
                    {s::CODE_NEW}
                </button>
            </div>
        </section>
    }
    .into_any();
    let button = view! { <Button kind=Kind::Primary wide=true submit=true testid="meeting-save">{t::SAVE}</Button> };
    let planned = edited.filter(|(_, _, status)| *status == MeetingStatus::Planned);
    let cancel = planned.map(|(meeting, unit, _)| entry::end(app, unit, Body::MeetingCancelled { meeting }, CANCEL));
    (Entry::new(app, &fields, draft).view(parts, button.into_any(), save), cancel).into_any()
}

const CANCEL: End = End {
    testid: "meeting-cancel",
    button: s::CANCEL_MEETING,
    title: s::CANCEL_TITLE,
    text: s::CANCEL_TEXT,
    done: s::CANCELLED_TOAST,
    to: "/",
};
