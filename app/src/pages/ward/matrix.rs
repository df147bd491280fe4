//! Members × meetings of a cell: who came when. A sign and a word in every cell, never colour alone.

use super::load::{Load, exports, faced, load};
use crate::components::{EmptyFace, Frame, Icon};
use crate::pages::kit::path_id;
use crate::state::use_app;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::id::UnitId;
use domain::meeting::Standing;
use domain::presence::{PresentAs, Status, Told};
use domain::report::{Matrix, MatrixCell, MatrixRow, MeetingLine};
use leptos::prelude::*;

/// The page.
#[component]
pub fn MatrixPage() -> AnyView {
    let app = use_app();
    let id = path_id::<UnitId>();
    let path = Signal::derive(move || id.get().map(|id| ["reports/cell/", &id.to_string(), "/matrix"].concat()));
    let matrix = load::<Matrix>(app, path);
    let back = id.get_untracked().map_or_else(|| "/chi-bo".to_owned(), |id| ["/chi-bo/", &id.to_string()].concat());
    view! {
        <Frame title=s::MATRIX.to_owned() back=back wide=true>
            {faced(
                matrix,
                move || {
                    view! {
                        {legend()}
                        {table(matrix)}
                        {path.get_untracked().map(|p| exports(&p))}
                    }
                        .into_any()
                },
            )}
        </Frame>
    }
    .into_any()
}

/// Sign, class and word of a cell.
fn sign(cell: Option<&MatrixCell>) -> (&'static str, &'static str, &'static str) {
    let Some(cell) = cell else { return ("", "", s::NOT_LISTED) };
    match &cell.status {
        Status::Present(how) => match how {
            PresentAs::OnTime => ("✓", "m-present", t::present_as(PresentAs::OnTime)),
            PresentAs::Late => ("M", "m-present", t::present_as(PresentAs::Late)),
            PresentAs::LeftEarly => ("S", "m-present", t::present_as(PresentAs::LeftEarly)),
        },
        Status::Excused { .. } => ("P", "m-excused", s::EXCUSED),
        Status::Absent => ("V", "m-absent", s::ABSENT),
        Status::Unmarked => match cell.standing {
            Standing::Expected => ("·", "", s::UNMARKED),
            Standing::Exempt(_) => ("–", "m-exempt", s::EXEMPT_SHORT),
            Standing::NotListed => ("", "", s::NOT_LISTED),
        },
    }
}

fn legend() -> AnyView {
    let of = |status: Status| MatrixCell { standing: Standing::Expected, status };
    let exempt =
        MatrixCell { standing: Standing::Exempt(domain::member::ExemptionKind::Other), status: Status::Unmarked };
    let all = [
        of(Status::Present(PresentAs::OnTime)),
        of(Status::Present(PresentAs::Late)),
        of(Status::Present(PresentAs::LeftEarly)),
        of(Status::Excused { reason: String::new(), told: Told::Before }),
        of(Status::Absent),
        of(Status::Unmarked),
        exempt,
    ];
    let items: Vec<AnyView> = all
        .iter()
        .map(|c| {
            let (sign, class, word) = sign(Some(c));
            view! { <li class="cluster"><span class=["m-sign ", class].concat() aria-hidden="true">{sign}</span> <span>{word}</span></li> }.into_any()
        })
        .collect();
    view! { <ul class="cluster legend" aria-label=s::LEGEND>{items}</ul> }.into_any()
}

fn head(m: &MeetingLine) -> AnyView {
    view! {
        <th scope="col">
            <a href=["/bao-cao/buoi-hop/", &m.id.to_string()].concat() title=m.title.clone()>{m.starts.date_vi()}</a>
            <span class="visually-hidden">{m.title.clone()}</span>
        </th>
    }
    .into_any()
}

fn row(r: &MatrixRow) -> AnyView {
    let cells: Vec<AnyView> = r
        .cells
        .iter()
        .map(|c| {
            let (sign, class, word) = sign(c.as_ref());
            view! { <td class=class title=word><span aria-hidden="true">{sign}</span><span class="visually-hidden">{word}</span></td> }.into_any()
        })
        .collect();
    let about: Vec<String> = [r.born.map(|b| b.year().to_string()), r.group.clone()].into_iter().flatten().collect();
    view! {
        <tr>
            <th scope="row"><span class="m-name">{r.name.clone()}</span> <span class="sub">{about.join(" · ")}</span></th>
            {cells}
            <td class="n strong">{s::n_of(r.present, r.expected)}</td>
        </tr>
    }
    .into_any()
}

fn table(matrix: Load<Matrix>) -> AnyView {
    let all = matrix.part(Matrix::clone);
    (move || {
        let m = all.get()?;
        if m.meetings.is_empty() || m.rows.is_empty() {
            return Some(
                view! { <EmptyFace icon=Icon::Chart title=s::MATRIX_EMPTY text=s::MATRIX_EMPTY_TEXT /> }.into_any(),
            );
        }
        let heads: Vec<AnyView> = m.meetings.iter().map(head).collect();
        let rows: Vec<AnyView> = m.rows.iter().map(row).collect();
        let sums: Vec<AnyView> = m
            .meetings
            .iter()
            .map(|x| view! { <td class="n">{s::n_of(x.tally.present, x.tally.expected)}</td> }.into_any())
            .collect();
        let (present, expected) = m.rows.iter().fold((0, 0), |(p, e), r| (p + r.present, e + r.expected));
        Some(
            view! {
                <div class="table-wrap matrix" role="region" tabindex="0" aria-label=s::MATRIX>
                    <table data-testid="matrix">
                        <caption class="visually-hidden">{m.unit.name.clone()}</caption>
                        <thead><tr><th scope="col">{s::NAME}</th>{heads}<th scope="col">{s::CAME}</th></tr></thead>
                        <tbody>{rows}</tbody>
                        <tfoot>
                            <tr>
                                <th scope="row">{s::PRESENT_OF_EXPECTED}</th>
                                {sums}
                                <td class="n strong">{s::n_of(present, expected)}</td>
                            </tr>
                        </tfoot>
                    </table>
                </div>
            }
            .into_any(),
        )
    })
    .into_any()
}
