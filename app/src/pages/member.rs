//! One member of the register: facts, exemption, attendance, a code for the member's own phone, and the end of the membership.

use crate::api;
use crate::components::staff::code::code_face;
use crate::components::staff::form::{Fields, Look, day_of, field, iso, radios};
use crate::components::staff::unit::{may, unit_name};
use crate::components::{Button, Confirm, EmptyFace, Frame, Icon, Kind, LoadingFace, Sheet, toast};
use crate::pages::call::Call;
use crate::pages::kit::path_id;
use crate::pages::phones::list;
use crate::pages::roll_call::row::status_view;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common::{self, phones};
use crate::text::vi::staff as s;
use domain::account::Power;
use domain::desk::{EnrolAsk, EnrolCode};
use domain::enrol::{EnrolMany, Voided};
use domain::id::{MemberId, UnitId};
use domain::meeting::{MeetingStatus, Standing};
use domain::member::{EndReason, Ending, Member};
use domain::op::Body;
use domain::presence::{Status, Who};
use domain::time::date_vi;
use leptos::prelude::*;

/// The page.
#[component]
pub fn MemberPage() -> AnyView {
    let app = use_app();
    let id = path_id::<MemberId>();
    let member = Memo::new(move |_| id.get().and_then(|id| app.view().with(|b| b.members.get(&id).cloned())));
    let title = Signal::derive(move || member.get().map_or_else(|| s::MEMBER_TITLE.to_owned(), |m| m.name.to_string()));
    view! {
        <Frame title=title discreet=s::MEMBER_TITLE back="/danh-sach".to_owned()>
            {move || {
                if !app.ready().get() {
                    return view! { <LoadingFace /> }.into_any();
                }
                match member.get() {
                    Some(m) => page(app, &m),
                    None => {
                        view! {
                            <EmptyFace icon=Icon::Person title=s::UNKNOWN_MEMBER text=s::UNKNOWN_MEMBER_TEXT>
                                <a class="btn btn-secondary" href="/danh-sach">{s::ROSTER_TITLE}</a>
                            </EmptyFace>
                        }
                            .into_any()
                    }
                }
            }}
        </Frame>
    }
    .into_any()
}

fn page(app: App, m: &Member) -> AnyView {
    let keeps = app.view().with_untracked(|b| may(app, b, Power::KeepRegister, m.cell));
    let today = app.now().day();
    let gone = m.ended.as_ref().map(|e| s::ended_line(&date_vi(e.on), t::end_reason(e.reason)));
    let edit = ["/dang-vien/", &m.id.to_string(), "/sua"].concat();
    let end_open = RwSignal::new(false);
    let id = m.id;
    let ending = (keeps && m.ended.is_none()).then(|| {
        view! {
            <button type="button" class="btn btn-danger" data-testid="member-end" on:click=move |_| end_open.set(true)>
                {s::END_MEMBERSHIP}
            </button>
            <Sheet open=end_open title=Signal::stored(s::END_TITLE.to_owned()) testid="end-sheet">{end_form(app, id, end_open)}</Sheet>
        }
    });
    view! {
        {gone.map(|text| view! { <p class="banner">{Icon::Info.view()} {text}</p> })}
        {facts(app, m)}
        {exemption(m, today)}
        {attendance(app, m)}
        {(keeps && m.on_list(today)).then(|| enrolment(m.id, m.cell))}
        {keeps.then(|| phones_of(app, m.id))}
        {keeps.then(|| view! {
            <div class="cluster no-print">
                <a class="btn btn-secondary" href=edit data-testid="member-edit">{Icon::Pen.view()} {t::EDIT}</a>
                {ending}
            </div>
        })}
    }
    .into_any()
}

fn fact(label: &'static str, value: Option<String>) -> Option<AnyView> {
    let value = value.filter(|v| !v.is_empty())?;
    Some(view! { <div class="fact"><dt>{label}</dt><dd>{value}</dd></div> }.into_any())
}

fn facts(app: App, m: &Member) -> AnyView {
    let phone = m.phone.clone().map(|p| {
        let href = ["tel:", &p].concat();
        view! {
            <div class="fact">
                <dt>{s::PHONE}</dt>
                <dd><a class="btn btn-quiet" href=href>{Icon::Call.small()} {common::phone_groups(&p)}</a></dd>
            </div>
        }
        .into_any()
    });
    let cell = app.view().with_untracked(|b| unit_name(b, m.cell));
    let lines: Vec<AnyView> = [
        fact(s::CELL, Some(cell)),
        fact(s::GROUP, m.group.clone()),
        fact(s::BORN, m.born.map(domain::time::PartialDate::vi)),
        fact(s::SEX, m.sex.map(|x| t::sex(x).to_owned())),
        phone,
        fact(s::ADDRESS, m.address.clone()),
        fact(s::WORKPLACE, m.workplace.clone()),
        fact(s::JOB, m.title.clone()),
        fact(s::WORK_CELL, m.work_cell.clone()),
        fact(s::ADMITTED, m.admitted.map(domain::time::PartialDate::vi)),
        fact(s::OFFICIAL, m.official.map(domain::time::PartialDate::vi)),
        fact(s::SINCE, m.since.map(date_vi)),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <section class="card">
            <h2>{s::FACTS}</h2>
            <dl class="facts">{lines}</dl>
        </section>
    }
    .into_any()
}

fn exemption(m: &Member, today: chrono::NaiveDate) -> AnyView {
    let Some(e) = &m.exemption else { return ().into_any() };
    let state = if e.holds_on(today) { ("badge tone-info", s::EXEMPT_NOW) } else { ("badge", s::EXEMPT_NOT_NOW) };
    let lines: Vec<AnyView> = [
        fact(s::EXEMPT_KIND, Some(t::exemption(e.kind).to_owned())),
        fact(s::EXEMPT_BASIS, e.basis.clone()),
        fact(s::EXEMPT_BY, e.decided_by.clone()),
        fact(s::FROM_DAY, e.from.map(date_vi)),
        fact(s::TO_DAY, e.to.map(date_vi)),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <section class="card">
            <div class="card-head"><h2>{s::EXEMPT}</h2><span class=state.0>{state.1}</span></div>
            <dl class="facts">{lines}</dl>
        </section>
    }
    .into_any()
}

/// Every open and closed meeting of the member's units, newest first.
fn attendance(app: App, m: &Member) -> AnyView {
    let m = m.clone();
    let lines = move || {
        app.view().with(|b| {
            let mut held: Vec<_> = b
                .meetings
                .values()
                .filter(|x| {
                    matches!(x.status, MeetingStatus::Open | MeetingStatus::Closed) && b.units.is_within(m.cell, x.unit)
                })
                .collect();
            held.sort_by_key(|x| std::cmp::Reverse((x.plan.starts, x.id)));
            let (mut came, mut expected) = (0, 0);
            let rows: Vec<AnyView> = held
                .into_iter()
                .filter_map(|x| {
                    let status = b.status(x.id, Who::Member(m.id));
                    let standing = x.standing(&m);
                    if standing == Standing::NotListed && !status.is_present() {
                        return None;
                    }
                    if standing == Standing::Expected && x.plan.kind.counts() && x.status == MeetingStatus::Closed {
                        expected += 1;
                        came += u32::from(status.is_present());
                    }
                    let shown = match (&status, standing) {
                        (Status::Unmarked, Standing::Exempt(_)) => {
                            view! { <span class="badge tone-info">{s::EXEMPT_SHORT}</span> }.into_any()
                        }
                        (Status::Unmarked, _) => view! { <span class="badge">{t::status(&status)}</span> }.into_any(),
                        _ => status_view(&status),
                    };
                    let reason = match &status {
                        Status::Excused { reason, .. } if !reason.is_empty() => Some(reason.clone()),
                        _ => None,
                    };
                    Some(
                        view! {
                            <li>
                                <a class="row" href=["/buoi-hop/", &x.id.to_string()].concat()>
                                    <span class="grow">
                                        <span class="name">{x.plan.title.clone()}</span>
                                        <br />
                                        <span class="sub num">{x.plan.starts.date_vi()}</span>
                                        {reason.map(|r| view! { <span class="sub">" · " {r}</span> })}
                                    </span>
                                    {shown}
                                </a>
                            </li>
                        }
                        .into_any(),
                    )
                })
                .collect();
            if rows.is_empty() {
                return view! { <p class="muted pad">{s::NO_MEETINGS_YET}</p> }.into_any();
            }
            view! {
                <p class="muted pad num">{s::came(came, expected)}</p>
                <ul class="rows">{rows}</ul>
            }
            .into_any()
        })
    };
    view! { <section class="card flush"><h2>{s::ATTENDANCE}</h2>{lines}</section> }.into_any()
}

/// *Tạo mã đăng nhập*, and ending codes that nobody has used: needs the network, because the server makes the code.
fn enrolment(member: MemberId, cell: UnitId) -> AnyView {
    let code = RwSignal::new(None::<EnrolCode>);
    let call = Call::idle();
    let ask = move |()| {
        let ask = EnrolAsk { member: Some(member), account: None };
        call.run(async move { api::post::<EnrolCode>("enrolments", &ask).await }, move |made| code.set(Some(made)));
    };
    let void = move |()| {
        let who = EnrolMany { unit: cell, members: Some(vec![member]) };
        call.run(async move { api::post::<Voided>("enrolments/void", &who).await }, move |ended| {
            let _ = code.try_set(None);
            toast(s::voided(ended.codes));
        });
    };
    view! {
        <section class="card code-alone">
            <h2 class="no-print">{s::ENROL_TITLE}</h2>
            <p class="muted no-print">{s::ENROL_TEXT}</p>
            {move || code.get().map(code_face)}
            {call.problem()}
            <div class="cluster no-print">
                <Button icon=Icon::Key disabled=call.busy testid="enrol" on_press=Callback::new(ask)>
                    {move || {
                        if call.busy.get() {
                            s::ENROL_BUSY
                        } else if code.with(Option::is_some) {
                            s::ENROL_AGAIN
                        } else {
                            s::ENROL
                        }
                    }}
                </Button>
                <Button kind=Kind::Quiet disabled=call.busy testid="enrol-void" on_press=Callback::new(void)>{s::ENROL_VOID}</Button>
            </div>
        </section>
    }
    .into_any()
}

/// The member's phones, asked for when somebody wants to see them: each look is a question to the server.
fn phones_of(app: App, id: MemberId) -> AnyView {
    let open = RwSignal::new(false);
    view! {
        <section class="card stack no-print" data-testid="member-phones">
            <h2>{phones::MEMBER_TITLE}</h2>
            <p class="muted">{phones::MEMBER_TEXT}</p>
            {move || {
                if open.get() {
                    list(app, ["members/", &id.to_string(), "/devices"].concat())
                } else {
                    view! {
                        <button type="button" class="btn btn-secondary" data-testid="member-phones-show" on:click=move |_| open.set(true)>
                            {Icon::Phone.view()} {phones::MEMBER_SHOW}
                        </button>
                    }
                    .into_any()
                }
            }}
            {end_slip(id)}
        </section>
    }
    .into_any()
}

/// Ends the member's printed slip of rescue codes.
fn end_slip(id: MemberId) -> AnyView {
    let (call, ask) = (Call::idle(), RwSignal::new(false));
    let yes = Callback::new(move |()| {
        let path = ["members/", &id.to_string(), "/slip/void"].concat();
        call.run(async move { api::post::<Voided>(&path, &()).await }, |ended| toast(s::slip_ended(ended.codes)));
    });
    view! {
        <p class="muted">{s::SLIP_END_TEXT}</p>
        {call.problem()}
        <Button icon=Icon::Cross disabled=call.busy testid="slip-end" on_press=Callback::new(move |()| ask.set(true))>{s::SLIP_END}</Button>
        <Confirm open=ask title=s::SLIP_END_ASK text=s::SLIP_END_ASK_TEXT yes=s::SLIP_END danger=true on_yes=yes />
    }
    .into_any()
}

const REASONS: [(&str, EndReason); 6] = [
    ("moved", EndReason::Moved),
    ("retired", EndReason::Retired),
    ("died", EndReason::Died),
    ("removed", EndReason::Removed),
    ("mistake", EndReason::Mistake),
    ("other", EndReason::Other),
];

/// Day and reason; the button says what it will do.
fn end_form(app: App, id: MemberId, open: RwSignal<bool>) -> AnyView {
    let fields = Fields::new(&["end-on", "end-reason"]);
    fields.set("end-on", iso(app.now().day()));
    fields.set("end-reason", "moved");
    let options: Vec<(&'static str, &'static str)> = REASONS.iter().map(|(k, r)| (*k, t::end_reason(*r))).collect();
    let reason = fields.of("end-reason");
    let form = fields.clone();
    view! {
        <form
            class="stack"
            on:submit=move |ev| {
                ev.prevent_default();
                let Some(on) = day_of(&form.text("end-on")) else {
                    form.accept(vec![("end-on", s::ERR_DAY)]);
                    return;
                };
                let chosen = form.text("end-reason");
                let reason = REASONS.iter().find(|(k, _)| *k == chosen).map_or(EndReason::Other, |(_, r)| *r);
                let Some(cell) = app.view().with_untracked(|b| b.members.get(&id).map(|m| m.cell)) else { return };
                match app.perform(cell, Body::MemberEnded { member: id, ending: Ending { on, reason } }, Vec::new()) {
                    Ok(_) => {
                        toast(s::ENDED_TOAST);
                        open.set(false);
                    }
                    Err(why) => toast(s::why(why)),
                }
            }
        >
            <p>{s::END_TEXT}</p>
            {radios("end-reason", s::REASON, reason, &options)}
            {field(&fields, Look::new("end-on", s::END_DAY).kind("date").required())}
            <Button kind=Kind::Danger wide=true submit=true testid="member-end-yes">{s::END_YES}</Button>
            <Button wide=true on_press=Callback::new(move |()| open.set(false))>{t::NOT_NOW}</Button>
        </form>
    }
    .into_any()
}
