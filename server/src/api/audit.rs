//! *Nhật ký*: who did what, who was given which people's data, what administrators changed. For wards all of it, for administrators the last
//! part only: they see no names of members (the table in `domain::account`).

use super::given;
use super::reports::{As, file_of};
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Query};
use crate::export::{Cell, Table};
use crate::state::AppState;
use crate::store::{AuditAsk, AuditCursor, Noted};
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use domain::account::Power;
use domain::audit::{AuditLine, AuditPage, Class, Deed, kind_vi, note_vi};
use domain::id::{AccountId, UnitId};
use domain::time::Millis;
use domain::unit::Unit;
use domain::wire::Ruling;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Lines on a page.
const PAGE: usize = 50;
/// Lines in a file, at most.
const MOST: usize = 20_000;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(file))
}

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Unit: its lines and those of the units below it
    #[param(value_type = String)]
    unit: UnitId,
    /// First day, yyyy-mm-dd
    #[param(value_type = Option<String>)]
    from: Option<NaiveDate>,
    /// Last day, yyyy-mm-dd
    #[param(value_type = Option<String>)]
    to: Option<NaiveDate>,
    /// Account
    #[param(value_type = Option<String>)]
    who: Option<AccountId>,
    /// work, reading, office, access; or one kind of op, such as attendance.present; or one deed, such as given.file
    kind: Option<String>,
    /// As the last answer gave it; none = the latest
    cursor: Option<String>,
}

/// The unit and what may be shown of it.
fn asked(app: &AppState, caller: &Caller, asked: &Asked) -> Result<(Unit, AuditAsk), ApiError> {
    let (units, now) = (app.store.units(), app.now());
    caller.need(Power::ReadAudit, asked.unit, &units, now)?;
    let unit = units.get(asked.unit).cloned().ok_or_else(ApiError::not_found)?;
    let named = caller.need(Power::ReadReports, unit.id, &units, now).is_ok();
    let mut classes = if named { Class::ALL.to_vec() } else { vec![Class::Office] };
    let class = asked.kind.as_deref().and_then(|kind| Class::ALL.into_iter().find(|class| class.word() == kind));
    if let Some(class) = class {
        classes.retain(|c| *c == class);
    }
    let kind = asked.kind.clone().filter(|kind| class.is_none() && !kind.is_empty());
    let until = asked.to.map(|day| Millis::start_of(day).plus(Millis::DAY));
    let from = asked.from.map(Millis::start_of);
    let ask = AuditAsk { unit: unit.id, classes, kind, who: asked.who, from, until };
    Ok((unit, ask))
}

/// What was done and seen in a unit, the latest first
#[utoipa::path(get, path = "/audit", tag = "audit", params(Asked), responses((status = 200, body = doc::AuditPage),
    (status = 400, description = "bad_query, bad_cursor", body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn read(
    State(app): State<AppState>,
    caller: Caller,
    Query(ask): Query<Asked>,
) -> Result<Json<AuditPage>, ApiError> {
    let (unit, filter) = asked(&app, &caller, &ask)?;
    let bad = || ApiError::bad("bad_cursor", "Không đọc tiếp được từ chỗ đó. Hãy mở lại trang.");
    let cursor = ask.cursor.as_deref().map(|text| AuditCursor::parse(text).ok_or_else(bad)).transpose()?;
    let noted = Noted::new(caller.sender(), Deed::Audit, unit.id);
    app.store.note_once(noted, unit.id.0).await?;
    Ok(Json(app.store.audit(&filter, cursor, PAGE).await?))
}

/// The same as a file, at most 20,000 lines
#[utoipa::path(get, path = "/audit.csv", tag = "audit", params(Asked), responses(
    (status = 200, description = "CSV", content_type = "text/csv"), (status = 400, body = doc::ErrorBody),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn file(State(app): State<AppState>, caller: Caller, Query(ask): Query<Asked>) -> Result<Response, ApiError> {
    let (unit, filter) = asked(&app, &caller, &ask)?;
    given::each(&app, &caller, Deed::AuditFile, unit.id, None, None).await?;
    let (mut lines, mut cursor) = (Vec::new(), None);
    loop {
        let page = app.store.audit(&filter, cursor, MOST - lines.len()).await?;
        lines.extend(page.lines);
        cursor = page.cursor.as_deref().and_then(AuditCursor::parse);
        if cursor.is_none() || lines.len() >= MOST {
            break;
        }
    }
    let name = format!("Nhật ký {} {}", unit.name, app.now().date_vi());
    file_of(As::Csv, name, move || vec![table(&lines)]).await
}

fn table(lines: &[AuditLine]) -> Table {
    let columns = [
        ("Lúc", 18),
        ("Loại", 20),
        ("Việc", 30),
        ("Người làm", 26),
        ("Máy", 18),
        ("Đơn vị", 26),
        ("Về ai", 26),
        ("Số người", 8),
        ("Kết quả", 16),
        ("Ghi chú", 26),
    ];
    let mut table = Table::new("Nhật ký", vec![], &columns);
    let text = |text: &str| Cell::text(Some(text));
    for line in lines {
        let ruling = match line.ruling {
            Some(Ruling::Applied) => "Đã vào sổ",
            Some(Ruling::Held) => "Chờ xem lại",
            Some(Ruling::Refused) => "Không được tính",
            _ => "",
        };
        let later = if line.later { "Xem lại sau: " } else { "" };
        table.rows.push(vec![
            Cell::Text(line.at.moment_vi()),
            text(line.class.vi()),
            text(kind_vi(&line.kind)),
            text(&line.who_name),
            text(&line.device),
            text(&line.unit_name),
            text(&line.about),
            line.number.map_or(Cell::Empty, Cell::Count),
            text(&format!("{later}{ruling}")),
            text(&note_vi(&line.note)),
        ]);
    }
    table
}
