//! Reports: JSON for the screens, XLSX and CSV of the same for the office. `domain::report` makes them; here is who may ask.

use super::given;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path};
use crate::export::{Table, content_disposition, csv, matrix_tables, meeting_tables, ward_tables, xlsx};
use crate::state::AppState;
use crate::store::{Device, Store};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::account::Power;
use domain::audit::Deed;
use domain::book::Book;
use domain::id::{MeetingId, UnitId};
use domain::meeting::{Meeting, MeetingStatus};
use domain::report::{PhoneLine, choose, matrix, meeting_list, ward_report};
use domain::request::OpenRequests;
use domain::time::Millis;
use domain::unit::Unit;
use std::collections::HashMap;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Meetings in a matrix, the latest.
const MATRIX_MEETINGS: usize = 24;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ward)).routes(routes!(cell_matrix)).routes(routes!(meeting))
}

/// In which form a report is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    Json,
    Xlsx,
    Csv,
}

/// `ID`, `ID.xlsx` or `ID.csv`.
fn split(file: &str) -> (&str, As) {
    match file.rsplit_once('.') {
        Some((id, "xlsx")) => (id, As::Xlsx),
        Some((id, "csv")) => (id, As::Csv),
        _ => (file, As::Json),
    }
}

/// Overview of a ward: per cell last and next meeting with counts, cells that have not met, silent phones
///
/// With `.xlsx` or `.csv` behind the id a file. Owners of phones only for those who may read names.
#[utoipa::path(get, path = "/reports/ward/{unit}", tag = "reports",
    params(("unit" = String, Path, description = "Unit; with .xlsx or .csv behind it a file")),
    responses((status = 200, body = doc::WardReport), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "another unit", body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn ward(State(app): State<AppState>, caller: Caller, Path(file): Path<String>) -> Result<Response, ApiError> {
    let (id, form) = split(&file);
    let unit = unit(&app.store, id)?;
    caller.need(Power::ReadTotals, unit.id, &app.store.units(), app.now())?;
    let now = app.now();
    let book = app.store.report_book(unit.id, |book| shown(book, now)).await?;
    // Without the right to read names (a committee above the ward) phones are only counted.
    let named = caller.need(Power::ReadReports, unit.id, &app.store.units(), now).is_ok();
    let phones: Vec<PhoneLine> = app.store.devices(unit.id).await?.into_iter().map(phone).collect();
    let mut report = ward_report(&book, &unit, &phones, now);
    report.requests = OpenRequests::of(book.requests.values(), app.config.answer_days, now);
    if !named {
        report.silent_phones.clear();
    }
    let people = report.silent_phones.len();
    if form == As::Json {
        if people > 0 {
            given::today(&app, &caller, Deed::Overview, unit.id, unit.id.0, people).await?;
        }
        return Ok(Json(report).into_response());
    }
    given::each(&app, &caller, Deed::File, unit.id, Some(people), Some("overview")).await?;
    file_of(form, format!("Tổng quan {} {}", unit.name, now.date_vi()), move || ward_tables(&report)).await
}

/// Members and meetings of a unit: who was at which
#[utoipa::path(get, path = "/reports/cell/{unit}/{file}", tag = "reports",
    params(("unit" = String, Path, description = "Unit"), ("file" = String, Path, description = "matrix, matrix.xlsx or matrix.csv")),
    responses((status = 200, body = doc::Matrix), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "another unit, or no right to read names", body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn cell_matrix(
    State(app): State<AppState>,
    caller: Caller,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (name, form) = split(&file);
    if name != "matrix" {
        return Err(ApiError::not_found());
    }
    let unit = unit(&app.store, &id)?;
    caller.need(Power::ReadReports, unit.id, &app.store.units(), app.now())?;
    let now = app.now();
    let of_unit = unit.id;
    let book = app.store.report_book(unit.id, |book| latest(book, of_unit)).await?;
    let matrix = matrix(&book, &unit, MATRIX_MEETINGS, now);
    let people = matrix.rows.len();
    if form == As::Json {
        given::today(&app, &caller, Deed::Matrix, unit.id, unit.id.0, people).await?;
        return Ok(Json(matrix).into_response());
    }
    given::each(&app, &caller, Deed::File, unit.id, Some(people), Some("matrix")).await?;
    file_of(form, format!("Ma trận {} {}", unit.name, now.date_vi()), move || matrix_tables(&matrix, now)).await
}

/// One meeting, person by person
#[utoipa::path(get, path = "/reports/meeting/{id}", tag = "reports",
    params(("id" = String, Path, description = "Meeting; with .xlsx or .csv behind it a file")),
    responses((status = 200, body = doc::MeetingList), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "a meeting of another unit, or no right to read names", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn meeting(State(app): State<AppState>, caller: Caller, Path(file): Path<String>) -> Result<Response, ApiError> {
    let (id, form) = split(&file);
    let id: MeetingId = id.parse().map_err(|_| ApiError::not_found())?;
    let meeting = app.store.meeting(id).await?.ok_or_else(ApiError::not_found)?;
    caller.need(Power::ReadReports, meeting.unit, &app.store.units(), app.now())?;
    let now = app.now();
    let book = app.store.report_book(meeting.unit, |_| vec![id]).await?;
    // As of the same moment as the marks.
    let meeting = book.meetings.get(&id).cloned().unwrap_or(meeting);
    let list = meeting_list(&book, &meeting).ok_or_else(ApiError::not_found)?;
    if form == As::Json {
        given::today(&app, &caller, Deed::Meeting, meeting.unit, id.0, list.rows.len()).await?;
        return Ok(Json(list).into_response());
    }
    given::each(&app, &caller, Deed::File, meeting.unit, Some(list.rows.len()), Some("meeting")).await?;
    let name = format!("Danh sách {} {}", list.unit.name, meeting.plan.starts.date_vi());
    file_of(form, name, move || meeting_tables(&list, now)).await
}

/// A unit by the text of a path.
pub(super) fn unit(store: &Store, id: &str) -> Result<Unit, ApiError> {
    let id: UnitId = id.parse().map_err(|_| ApiError::not_found())?;
    store.units().get(id).cloned().ok_or_else(ApiError::not_found)
}

/// The meetings whose counts an overview shows.
fn shown(book: &Book, now: Millis) -> Vec<MeetingId> {
    let mut by_unit: HashMap<UnitId, Vec<&Meeting>> = HashMap::new();
    for m in book.meetings.values() {
        by_unit.entry(m.unit).or_default().push(m);
    }
    by_unit
        .into_values()
        .map(|meetings| choose(meetings, now))
        .flat_map(|c| [c.last, c.open, c.next])
        .flatten()
        .map(|m| m.id)
        .collect()
}

/// The meetings of a matrix.
fn latest(book: &Book, unit: UnitId) -> Vec<MeetingId> {
    let held = |m: &&Meeting| m.unit == unit && matches!(m.status, MeetingStatus::Open | MeetingStatus::Closed);
    let mut meetings: Vec<&Meeting> = book.meetings.values().filter(held).collect();
    meetings.sort_by_key(|m| std::cmp::Reverse((m.plan.starts, m.id)));
    meetings.into_iter().take(MATRIX_MEETINGS).map(|m| m.id).collect()
}

fn phone(d: Device) -> PhoneLine {
    PhoneLine {
        device: d.id,
        name: d.name,
        owner: d.account_name,
        cell: d.cell,
        last_seen: d.last_seen,
        unsent: d.unsent,
    }
}

/// A file to be saved, made aside from the requests.
pub(super) async fn file_of(
    form: As,
    name: String,
    tables: impl FnOnce() -> Vec<Table> + Send + 'static,
) -> Result<Response, ApiError> {
    let made = tokio::task::spawn_blocking(move || {
        let tables = tables();
        match (form, tables.first()) {
            (As::Csv, Some(table)) => csv(table),
            _ => xlsx(&tables),
        }
    })
    .await;
    let bytes = made.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    let (kind, extension) = match form {
        As::Csv => ("text/csv; charset=utf-8", "csv"),
        _ => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    let headers =
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, content_disposition(&name, extension))];
    Ok((StatusCode::OK, headers, bytes).into_response())
}

fn failed(error: &dyn std::error::Error) -> ApiError {
    tracing::error!(error = %error, "a file could not be made");
    ApiError::internal()
}
