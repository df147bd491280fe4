//! *Tổng quan*: how the cells of a ward stand, in pictures, with the table behind them.

use super::load::{Load, exports, faced};
use super::{own_unit, report_path, ward_report};
use crate::components::staff::bars::{bar, legend};
use crate::components::{EmptyFace, Frame, Icon};
use crate::state::use_app;
use crate::text::vi::common as c;
use crate::text::vi::common::requests as q;
use crate::text::vi::staff as s;
use crate::text::vi::staff::requests::agreed_number;
use domain::report::{CellLine, MeetingLine, PhoneLine, WardReport};
use domain::tally::Tally;
use leptos::prelude::*;

/// The page.
#[component]
pub fn OverviewPage() -> AnyView {
    let app = use_app();
    let report = ward_report(app);
    let title = Signal::derive(move || {
        report.data.with(|d| d.as_ref().map_or_else(|| s::OVERVIEW.to_owned(), |d| d.unit.name.clone()))
    });
    let unit = own_unit(app);
    view! {
        <Frame
            title=title
            wide=true
            actions=move || {
                view! {
                    <a class="bar-icon" href="/cai-dat" aria-label=c::SETTINGS data-testid="settings">
                        {Icon::Gear.view()}
                    </a>
                }
            }
        >
            {faced(
                report,
                move || {
                    view! {
                        {tiles(report)}
                        {requests(report)}
                        {open_now(report)}
                        {cells(report)}
                        {phones(report)}
                        {agreed(report)}
                        {unit.get_untracked().map(|u| exports(&report_path(u)))}
                    }
                        .into_any()
                },
            )}
        </Frame>
    }
    .into_any()
}

/// What members asked about their data and nobody has answered.
fn requests(report: Load<WardReport>) -> AnyView {
    let open = report.part(|r| r.requests.clone());
    (move || {
        open.get().filter(|open| open.open > 0).map(|open| {
            let (tone, icon) =
                if open.overdue > 0 { ("banner tone-bad", Icon::Warn) } else { ("banner tone-warn", Icon::Clock) };
            view! { <a class=tone href="/yeu-cau" data-testid="open-requests">{icon.view()} <span>{q::hint(&open)}</span></a> }
        })
    })
    .into_any()
}

fn agreed(report: Load<WardReport>) -> AnyView {
    let number = report.part(|r| r.agreed);
    (move || number.get().map(|n| view! { <p class="muted">{agreed_number(n)}</p> })).into_any()
}

fn tile(value: String, label: &'static str, note: String, tone: &'static str) -> AnyView {
    view! {
        <div class=["counter ", tone].concat()>
            <b>{value}</b>
            <span>{label}</span>
            <span class="num">{note}</span>
        </div>
    }
    .into_any()
}

/// The four numbers that matter, of which all others are details.
fn tiles(report: Load<WardReport>) -> AnyView {
    let numbers = report.part(|r| {
        let cells = u32::try_from(r.cells.len()).unwrap_or(u32::MAX);
        let open = r.cells.iter().filter(|c| c.open.is_some()).count();
        (r.total, cells, r.not_met, open, r.silent_phones.len(), r.half, r.made_at.clock_vi())
    });
    (move || {
        numbers.get().map(|(total, cells, not_met, open, silent, half, _)| {
            view! {
                <div class="counters tiles" data-testid="ward-tiles">
                    {tile(s::percent(total.permille()), s::RATE, s::present_of(total.present, total.expected), "tone-good")}
                    {tile(s::n_of(cells - not_met, cells), s::CELLS_MET, s::half_year(half), if not_met > 0 { "tone-warn" } else { "tone-good" })}
                    {tile(open.to_string(), s::OPEN_NOW, String::new(), "tone-info")}
                    {tile(silent.to_string(), s::SILENT_PHONES, s::SILENT_SINCE.to_owned(), if silent > 0 { "tone-warn" } else { "tone-plain" })}
                </div>
            }
        })
    })
    .into_any()
}

/// Roll calls that run at this moment.
fn open_now(report: Load<WardReport>) -> AnyView {
    let open = report
        .part(|r| r.cells.iter().filter_map(|c| c.open.clone().map(|m| (c.unit.name.clone(), m))).collect::<Vec<_>>());
    (move || {
        let all = open.get().filter(|all| !all.is_empty())?;
        let rows: Vec<AnyView> = all
            .into_iter()
            .map(|(name, m)| {
                view! {
                    <li class="stack-tight live" data-testid="open-line" data-meeting=m.id.to_string()>
                        <a class="cell-name" href=["/bao-cao/buoi-hop/", &m.id.to_string()].concat()>{name}</a>
                        <p class="num strong">{s::tally_line(&m.tally)}</p>
                        {bar(&m.tally)}
                    </li>
                }
                .into_any()
            })
            .collect();
        Some(view! {
            <section class="card accent" aria-label=s::OPEN_NOW>
                <h2>{s::OPEN_NOW}</h2>
                <ul class="stack">{rows}</ul>
            </section>
        })
    })
    .into_any()
}

fn when(m: Option<&MeetingLine>) -> String {
    m.map_or_else(|| s::NONE.to_owned(), |m| m.starts.date_vi())
}

/// Cells as bars, then the same as a table with the sum.
fn cells(report: Load<WardReport>) -> AnyView {
    let all = report.part(|r| (r.cells.clone(), r.total));
    (move || {
        let (cells, total) = all.get()?;
        if cells.is_empty() {
            return Some(view! { <EmptyFace icon=Icon::Tree title=s::NO_CELLS text=s::NO_CELLS_TEXT /> }.into_any());
        }
        let pictures: Vec<AnyView> = cells.iter().map(picture).collect();
        Some(
            view! {
                <section class="card">
                    <h2>{s::RATE_BY_CELL}</h2>
                    <p class="muted">{s::RATE_TEXT}</p>
                    {legend()}
                    <ul class="cell-grid">{pictures}</ul>
                </section>
                {table(&cells, total)}
            }
            .into_any(),
        )
    })
    .into_any()
}

fn picture(c: &CellLine) -> AnyView {
    let (tone, icon, word) = if c.met_this_half {
        ("badge tone-good", Icon::Check, s::MET)
    } else {
        ("badge tone-warn", Icon::Warn, s::NOT_MET)
    };
    let last = c.last.as_ref().map(|m| {
        view! {
            <p class="num"><b>{s::percent(m.tally.permille())}</b> " · " {s::present_of(m.tally.present, m.tally.expected)}</p>
            {bar(&m.tally)}
        }
    });
    view! {
        <li class="cell-line" data-testid="cell-line" data-unit=c.unit.id.to_string()>
            <div class="split">
                <a class="cell-name" href=["/chi-bo/", &c.unit.id.to_string()].concat()>{c.unit.name.clone()}</a>
                <span class=tone>{icon.small()} <span>{word}</span></span>
            </div>
            {last}
            <p class="muted num">{s::last_next(&when(c.last.as_ref()), &when(c.next.as_ref()))}</p>
        </li>
    }
    .into_any()
}

fn number(n: u32) -> AnyView {
    view! { <td class="n">{n}</td> }.into_any()
}
fn tally_cells(t: &Tally) -> AnyView {
    view! {
        {number(t.expected)}
        {number(t.present)}
        {number(t.excused)}
        {number(t.absent)}
        {number(t.unmarked)}
        <td class="n strong">{s::percent(t.permille())}</td>
    }
    .into_any()
}

fn table(cells: &[CellLine], total: Tally) -> AnyView {
    let heads: Vec<AnyView> = [
        s::CELL,
        s::MEMBERS,
        s::EXEMPT_SHORT,
        s::LAST_MEETING,
        s::EXPECTED,
        s::PRESENT,
        s::EXCUSED,
        s::ABSENT,
        s::UNMARKED,
        s::RATE_SHORT,
        s::NEXT_MEETING,
    ]
    .into_iter()
    .map(|h| view! { <th scope="col">{h}</th> }.into_any())
    .collect();
    let (members, exempt) = cells.iter().fold((0, 0), |(m, e), c| (m + c.members, e + c.exempt));
    let rows: Vec<AnyView> = cells
        .iter()
        .map(|c| {
            let tally = c.last.as_ref().map_or_else(
                || view! { <td colspan="6" class="muted">{s::NONE}</td> }.into_any(),
                |m| tally_cells(&m.tally),
            );
            view! {
                <tr>
                    <th scope="row">{c.unit.name.clone()}</th>
                    {number(c.members)}
                    {number(c.exempt)}
                    <td class="num">{when(c.last.as_ref())}</td>
                    {tally}
                    <td class="num">{when(c.next.as_ref())}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card">
            <h2>{s::TABLE}</h2>
            <div class="table-wrap" role="region" tabindex="0" aria-label=s::TABLE>
                <table data-testid="ward-table">
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row">{s::TOTAL}</th>
                            {number(members)}
                            {number(exempt)}
                            <td></td>
                            {tally_cells(&total)}
                            <td></td>
                        </tr>
                    </tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// Phones of which nothing has been heard for two weeks.
fn phones(report: Load<WardReport>) -> AnyView {
    let silent = report.part(|r| {
        let name =
            |p: &PhoneLine| p.cell.and_then(|c| r.cells.iter().find(|l| l.unit.id == c)).map(|l| l.unit.name.clone());
        r.silent_phones.iter().map(|p| (p.clone(), name(p))).collect::<Vec<_>>()
    });
    (move || {
        let all = silent.get().filter(|all| !all.is_empty())?;
        let rows: Vec<AnyView> = all.iter().map(|(p, cell)| phone(p, cell.as_deref())).collect();
        Some(view! {
            <section class="card flush">
                <h2>{s::SILENT_PHONES}</h2>
                <ul class="rows">{rows}</ul>
            </section>
        })
    })
    .into_any()
}

/// One silent phone.
pub fn phone(p: &PhoneLine, cell: Option<&str>) -> AnyView {
    let seen = p.last_seen.map_or_else(|| s::NEVER_SEEN.to_owned(), s::last_seen);
    let about: Vec<&str> = [Some(p.name.as_str()), cell].into_iter().flatten().filter(|x| !x.is_empty()).collect();
    let unsent = p
        .unsent
        .filter(|n| *n > 0)
        .map(|n| view! { <span class="badge tone-bad">{Icon::Warn.small()} <span>{s::phone_unsent(n)}</span></span> });
    view! {
        <li class="row">
            {Icon::Phone.view()}
            <div class="grow">
                <p class="name">{p.owner.clone()}</p>
                <p class="sub">{about.join(" · ")}</p>
                <p class="sub num">{seen}</p>
            </div>
            {unsent}
        </li>
    }
    .into_any()
}
