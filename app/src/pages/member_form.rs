//! A member by hand: all fields of the register, checked in place, kept as a draft until saved.

use crate::components::staff::draft::Draft;
use crate::components::staff::entry::{self, Entry, Unknown};
use crate::components::staff::form::{Fields, Look, Wrong, day_of, field, iso, partial_of, radios, select};
use crate::components::{Button, Icon, Kind};
use crate::pages::kit::path_id;
use crate::state::App;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::id::{MemberId, UnitId};
use domain::member::{Exemption, ExemptionKind, Member, PersonName, Sex};
use domain::op::Body;
use domain::text::{natural_key, phone_vi};
use leptos::prelude::*;

const UNKNOWN: Unknown = Unknown {
    icon: Icon::Person,
    title: s::UNKNOWN_MEMBER,
    text: s::UNKNOWN_MEMBER_TEXT,
    list: ("/danh-sach", s::ROSTER_TITLE),
};

/// A new member of the cell in the path.
#[component]
pub fn MemberNewPage() -> AnyView {
    let cell = path_id::<UnitId>().get_untracked();
    entry::page(s::MEMBER_NEW, "/danh-sach".to_owned(), UNKNOWN, move |app| {
        let cell = cell.filter(|c| app.view().with_untracked(|b| b.units.get(*c).is_some()))?;
        Some(form(app, None, cell))
    })
}

/// The record of a known member.
#[component]
pub fn MemberEditPage() -> AnyView {
    let id = path_id::<MemberId>().get_untracked();
    let back = id.map_or_else(|| "/danh-sach".to_owned(), |id| ["/dang-vien/", &id.to_string()].concat());
    entry::page(s::MEMBER_EDIT, back, UNKNOWN, move |app| {
        let member = app.view().with_untracked(|b| id.and_then(|id| b.members.get(&id).cloned()))?;
        let cell = member.cell;
        Some(form(app, Some(member), cell))
    })
}

const KINDS: [(&str, ExemptionKind); 6] = [
    ("barracks", ExemptionKind::Barracks),
    ("far_away", ExemptionKind::FarAway),
    ("rotation", ExemptionKind::Rotation),
    ("study", ExemptionKind::Study),
    ("old_or_ill", ExemptionKind::OldOrIll),
    ("other", ExemptionKind::Other),
];
const NAMES: [&str; 17] = [
    "name",
    "sex",
    "born",
    "phone",
    "address",
    "group",
    "workplace",
    "title",
    "work_cell",
    "admitted",
    "official",
    "since",
    "ex_kind",
    "ex_basis",
    "ex_by",
    "ex_from",
    "ex_to",
];

fn fill(fields: &Fields, m: &Member) {
    let partial = |d: Option<domain::time::PartialDate>| d.map(domain::time::PartialDate::vi).unwrap_or_default();
    let day = |d: Option<chrono::NaiveDate>| d.map(iso).unwrap_or_default();
    fields.set("name", m.name.as_str());
    fields.set("sex", m.sex.map_or("", |x| if x == Sex::Male { "male" } else { "female" }));
    fields.set("born", partial(m.born));
    for (name, value) in [
        ("phone", &m.phone),
        ("address", &m.address),
        ("group", &m.group),
        ("workplace", &m.workplace),
        ("title", &m.title),
        ("work_cell", &m.work_cell),
    ] {
        fields.set(name, value.clone().unwrap_or_default());
    }
    fields.set("admitted", partial(m.admitted));
    fields.set("official", partial(m.official));
    fields.set("since", day(m.since));
    if let Some(e) = &m.exemption {
        fields.set("ex_kind", KINDS.iter().find(|(_, k)| *k == e.kind).map_or("other", |(k, _)| *k));
        fields.set("ex_basis", e.basis.clone().unwrap_or_default());
        fields.set("ex_by", e.decided_by.clone().unwrap_or_default());
        fields.set("ex_from", day(e.from));
        fields.set("ex_to", day(e.to));
    }
}

/// The record that stands in the form, or what is wrong with it. What the form does not show is kept as it is.
fn read(fields: &Fields, id: MemberId, cell: UnitId, old: Option<&Member>) -> Result<Member, Wrong> {
    let mut wrong = Vec::new();
    let mut partial = |name: &'static str| {
        partial_of(&fields.text(name)).unwrap_or_else(|()| {
            wrong.push((name, s::ERR_PARTIAL));
            None
        })
    };
    let (born, admitted, official) = (partial("born"), partial("admitted"), partial("official"));
    let mut day = |name: &'static str| {
        let text = fields.text(name);
        let day = day_of(&text);
        if day.is_none() && !text.is_empty() {
            wrong.push((name, s::ERR_DAY));
        }
        day
    };
    let since = day("since");
    let (from, to) = (day("ex_from"), day("ex_to"));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        wrong.push(("ex_to", s::ERR_ORDER));
    }
    let phone = match fields.some("phone") {
        None => None,
        Some(text) => {
            let phone = phone_vi(&text);
            if phone.is_none() {
                wrong.push(("phone", s::ERR_PHONE));
            }
            phone
        }
    };
    let name = PersonName::parse(&fields.text("name"));
    if name.is_err() {
        wrong.insert(0, ("name", s::ERR_NAME));
    }
    let chosen = fields.text("ex_kind");
    let exemption = KINDS.iter().find(|(k, _)| *k == chosen).map(|(_, kind)| Exemption {
        kind: *kind,
        basis: fields.some("ex_basis"),
        decided_by: fields.some("ex_by"),
        from,
        to,
    });
    let Some(name) = name.ok().filter(|_| wrong.is_empty()) else { return Err(wrong) };
    let mut m = Member::new(id, cell, name);
    m.sex = match fields.text("sex").as_str() {
        "male" => Some(Sex::Male),
        "female" => Some(Sex::Female),
        _ => None,
    };
    (m.born, m.admitted, m.official, m.since, m.phone, m.exemption) =
        (born, admitted, official, since, phone, exemption);
    m.address = fields.some("address");
    m.group = fields.some("group");
    m.workplace = fields.some("workplace");
    m.title = fields.some("title");
    m.work_cell = fields.some("work_cell");
    m.ended = old.and_then(|o| o.ended.clone());
    Ok(m)
}

fn form(app: App, old: Option<Member>, cell: UnitId) -> AnyView {
    let fields = Fields::new(&NAMES);
    let draft_name = match &old {
        Some(m) => {
            fill(&fields, m);
            ["member:", &m.id.to_string()].concat()
        }
        None => ["member-new:", &cell.to_string()].concat(),
    };
    let draft = Draft::keep(app, &draft_name, &fields, None);
    let mut groups = app.view().with_untracked(|b| {
        b.members.values().filter(|m| m.cell == cell).filter_map(|m| m.group.clone()).collect::<Vec<_>>()
    });
    groups.sort_by_cached_key(|g| natural_key(g));
    groups.dedup();
    let groups: Vec<AnyView> = groups.into_iter().map(|g| view! { <option value=g></option> }.into_any()).collect();
    let save = {
        let fields = fields.clone();
        move || {
            let id = old.as_ref().map_or_else(|| app.new_id(), |m| m.id);
            let member = read(&fields, id, cell, old.as_ref())?;
            Ok((cell, Body::MemberPut { member }, ["/dang-vien/", &id.to_string()].concat()))
        }
    };
    let kinds: Vec<(String, String)> = [(String::new(), s::EXEMPT_NONE.to_owned())]
        .into_iter()
        .chain(KINDS.iter().map(|(k, kind)| ((*k).to_owned(), t::exemption(*kind).to_owned())))
        .collect();
    let (sex, kind) = (fields.of("sex"), fields.of("ex_kind"));
    let about_exemption = {
        let fields = fields.clone();
        move || {
            (!kind.with(String::is_empty)).then(|| {
                view! {
                    {field(&fields, Look::new("ex_basis", s::EXEMPT_BASIS))}
                    {field(&fields, Look::new("ex_by", s::EXEMPT_BY))}
                    <div class="grid-2">
                        {field(&fields, Look::new("ex_from", s::FROM_DAY).kind("date"))}
                        {field(&fields, Look::new("ex_to", s::TO_DAY).kind("date").hint(s::TO_DAY_HINT))}
                    </div>
                }
            })
        }
    };
    let date = |name, label| field(&fields, Look::new(name, label).hint(s::PARTIAL_HINT).max(20));
    let parts = view! {
        <section class="card">
            <h2>{s::PERSON}</h2>
            {field(&fields, Look::new("name", s::NAME).max(80).required())}
            {date("born", s::BORN)}
            {radios("sex", s::SEX, sex, &[("male", "Nam"), ("female", "Nữ"), ("", s::UNKNOWN)])}
            {field(&fields, Look::new("phone", s::PHONE).kind("tel").max(20))}
            {field(&fields, Look::new("address", s::ADDRESS).hint(s::ADDRESS_HINT))}
            {field(&fields, Look::new("group", s::GROUP).list("groups").hint(s::GROUP_HINT))}
            <datalist id="groups">{groups}</datalist>
        </section>
        <section class="card">
            <h2>{s::WORK}</h2>
            {field(&fields, Look::new("workplace", s::WORKPLACE))}
            {field(&fields, Look::new("title", s::JOB))}
            {field(&fields, Look::new("work_cell", s::WORK_CELL))}
            {date("admitted", s::ADMITTED)}
            {date("official", s::OFFICIAL)}
            {field(&fields, Look::new("since", s::SINCE).kind("date").hint(s::SINCE_HINT))}
        </section>
        <section class="card">
            <h2>{s::EXEMPT}</h2>
            {select(Look::new("ex_kind", s::EXEMPT_KIND), kind, kinds)}
            {about_exemption}
        </section>
    }
    .into_any();
    let button = view! { <Button kind=Kind::Primary wide=true submit=true testid="member-save">{t::SAVE}</Button> };
    Entry::new(app, &fields, draft).view(parts, button.into_any(), save)
}
