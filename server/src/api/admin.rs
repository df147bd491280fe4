//! Units, accounts and roles, for administrators of the units and for wards, who manage their cells. Nothing here is an op: codes are secrets, and who may sign in is decided
//! here and now.

use super::enrolments::code_for;
use super::setup::bad_name;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path};
use crate::state::AppState;
use crate::store::{Account, Holder};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::account::{Grant, Permission, Power, Role};
use domain::admin::{ChangeUnit, EndRole, GiveRole, NewCell, Office, RoleGiven, SwitchAccount, name};
use domain::desk::EnrolCode;
use domain::id::{AccountId, UnitId};
use domain::unit::{Unit, UnitKind, UnitTree};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(office, add_cell))
        .routes(routes!(change_unit))
        .routes(routes!(give_role))
        .routes(routes!(end_role))
        .routes(routes!(new_code))
        .routes(routes!(switch))
}

fn may(app: &AppState, caller: &Caller, power: Power, unit: UnitId, units: &UnitTree) -> bool {
    matches!(caller.actor.may(power, unit, units, app.now().day()), Permission::Yes(_))
}

/// The right to manage a unit: an administrator's, or a ward's for its cells.
fn need(app: &AppState, caller: &Caller, unit: UnitId, units: &UnitTree) -> Result<(), ApiError> {
    if units.get(unit).is_none() {
        return Err(ApiError::not_found());
    }
    if manages(app, caller, unit, units) { Ok(()) } else { Err(ApiError::forbidden()) }
}

pub(super) fn manages(app: &AppState, caller: &Caller, unit: UnitId, units: &UnitTree) -> bool {
    let is_cell = units.get(unit).is_some_and(|u| u.kind == UnitKind::Cell);
    may(app, caller, Power::ManageUnits, unit, units) || is_cell && may(app, caller, Power::ManageCells, unit, units)
}

/// The right to give and end that role there. A ward's ends with the roles of its cells, and never reaches those of its own kind.
fn need_role(app: &AppState, caller: &Caller, role: Role, unit: UnitId, units: &UnitTree) -> Result<(), ApiError> {
    need(app, caller, unit, units)?;
    if may(app, caller, Power::ManageUnits, unit, units) || role.is_of_a_cell() {
        Ok(())
    } else {
        Err(ApiError::forbidden())
    }
}

/// Whether everything that these roles give lies within what the caller manages.
pub(super) fn manages_all(app: &AppState, caller: &Caller, grants: &[Grant], units: &UnitTree) -> bool {
    grants.iter().all(|g| {
        may(app, caller, Power::ManageUnits, g.unit, units)
            || manages(app, caller, g.unit, units)
                && (g.role.is_of_a_cell() || matches!(g.role, Role::Member | Role::Deputy))
    })
}

/// Somebody all of whose roles the caller manages: nobody gets into an account, or locks one, that may do more elsewhere.
pub(super) async fn within(app: &AppState, caller: &Caller, account: AccountId) -> Result<Holder, ApiError> {
    let units = app.store.units();
    if !units.iter().any(|u| manages(app, caller, u.id, &units)) {
        return Err(ApiError::forbidden());
    }
    let holder = app.store.holder(account).await?.ok_or_else(ApiError::not_found)?;
    if manages_all(app, caller, &holder.account.grants, &units) { Ok(holder) } else { Err(ApiError::forbidden()) }
}

/// Units that the caller manages, and who holds roles there
#[utoipa::path(get, path = "/admin/units", tag = "admin", responses((status = 200, body = doc::Office),
    (status = 401, body = doc::ErrorBody), (status = 403, description = "manages no unit", body = doc::ErrorBody)))]
async fn office(State(app): State<AppState>, caller: Caller) -> Result<Json<Office>, ApiError> {
    let units = app.store.units();
    let mine: Vec<Unit> = units.iter().filter(|u| manages(&app, &caller, u.id, &units)).cloned().collect();
    if mine.is_empty() {
        return Err(ApiError::forbidden());
    }
    let own = |unit: UnitId| mine.iter().any(|u| u.id == unit);
    let people = app.store.holders().await?.into_iter().filter(|h| h.account.grants.iter().any(|g| own(g.unit)));
    let people = people
        .map(|h| domain::admin::Holder {
            account: h.account.id,
            name: h.account.name,
            off: h.off,
            within: manages_all(&app, &caller, &h.account.grants, &units),
            roles: h.account.grants,
            seen: h.seen,
        })
        .collect();
    Ok(Json(Office { units: mine, people }))
}

/// Adds a cell to a ward
#[utoipa::path(post, path = "/admin/units", tag = "admin", request_body = doc::NewCell, responses(
    (status = 200, body = doc::Unit), (status = 400, description = "bad_name, or the parent is no ward", body = doc::ErrorBody),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody),
    (status = 409, description = "name_taken", body = doc::ErrorBody)))]
async fn add_cell(
    State(app): State<AppState>,
    caller: Caller,
    Json(ask): Json<NewCell>,
) -> Result<Json<Unit>, ApiError> {
    let units = app.store.units();
    // A ward adds cells to itself, though it does not manage itself.
    if !may(&app, &caller, Power::ManageCells, ask.parent, &units) {
        need(&app, &caller, ask.parent, &units)?;
    }
    if units.get(ask.parent).is_none_or(|u| u.kind != UnitKind::Ward) {
        return Err(ApiError::bad("not_a_ward", "Chi bộ phải thuộc một Đảng ủy phường, xã."));
    }
    let name = name(&ask.name).map_err(|fault| bad_name("bad_name", "Tên chi bộ", fault))?;
    let id = UnitId(Uuid::new_v4());
    let unit = Unit { id, parent: Some(ask.parent), kind: UnitKind::Cell, name, online_allowed: false, closed: false };
    app.store.add_unit(caller.sender(), unit.clone()).await??;
    tracing::info!(by = %caller.account, unit = %unit.id, "a cell was added");
    Ok(Json(unit))
}

/// Renames a unit; closes a cell that has no members any more, or opens it again
#[utoipa::path(put, path = "/admin/units/{unit}", tag = "admin", params(("unit" = String, Path, description = "Unit")),
    request_body = doc::ChangeUnit, responses((status = 200, body = doc::Unit), (status = 400, body = doc::ErrorBody),
        (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody),
        (status = 409, description = "name_taken, has_members", body = doc::ErrorBody)))]
async fn change_unit(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<UnitId>,
    Json(ask): Json<ChangeUnit>,
) -> Result<Json<Unit>, ApiError> {
    let units = app.store.units();
    need(&app, &caller, id, &units)?;
    if ask.closed.is_some() && units.get(id).is_none_or(|u| u.kind != UnitKind::Cell) {
        return Err(ApiError::bad("not_a_cell", "Chỉ chi bộ mới ngừng hoạt động được."));
    }
    let name = ask.name.as_deref().map(name).transpose();
    let name = name.map_err(|fault| bad_name("bad_name", "Tên đơn vị", fault))?;
    let unit = app.store.change_unit(caller.sender(), id, name, ask.closed).await??;
    tracing::info!(by = %caller.account, unit = %unit.id, closed = unit.closed, "a unit was changed");
    Ok(Json(unit))
}

/// Gives a role: to an account, or to somebody new, who gets an account and a code
#[utoipa::path(post, path = "/admin/roles", tag = "admin", request_body = doc::GiveRole, responses(
    (status = 200, body = doc::RoleGiven), (status = 400, description = "bad_name, bad_role, bad_days, which_one", body = doc::ErrorBody),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody),
    (status = 409, description = "unit_closed, account_off, last_admin", body = doc::ErrorBody)))]
async fn give_role(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Json(ask): Json<GiveRole>,
) -> Result<Json<RoleGiven>, ApiError> {
    let units = app.store.units();
    need_role(&app, &caller, ask.role, ask.unit, &units)?;
    if !units.get(ask.unit).is_some_and(|u| ask.role.fits(u.kind)) {
        return Err(ApiError::bad("bad_role", "Vai trò này không giao được ở đơn vị này."));
    }
    let today = app.now().day();
    if ask.to.is_some_and(|to| to < ask.from.unwrap_or(today).max(today)) {
        return Err(ApiError::bad("bad_days", "Ngày cuối phải từ hôm nay trở đi và không trước ngày đầu."));
    }
    let grant = Grant { role: ask.role, unit: ask.unit, from: ask.from, to: ask.to, meeting: None };
    let given = match (ask.account, ask.name.as_deref()) {
        (Some(account), None) => {
            within(&app, &caller, account).await?;
            app.store.give_role(caller.sender(), account, grant).await??;
            RoleGiven { account, code: None }
        }
        (None, Some(text)) => {
            let name = name(text).map_err(|fault| bad_name("bad_name", "Họ tên", fault))?;
            let account = AccountId(Uuid::new_v4());
            let (enrolment, code) = code_for(&app, &caller, &headers, account);
            let fresh = Account { id: account, name, member: None, grants: vec![grant] };
            app.store.add_holder(caller.sender(), fresh, enrolment).await??;
            RoleGiven { account, code: Some(code) }
        }
        _ => return Err(ApiError::bad("which_one", "Hãy chọn một người đã có tài khoản hoặc nhập họ tên người mới.")),
    };
    tracing::info!(by = %caller.account, account = %given.account, role = ?ask.role, unit = %ask.unit, "a role was given");
    Ok(Json(given))
}

/// Ends a role
#[utoipa::path(post, path = "/admin/roles/end", tag = "admin", request_body = doc::EndRole, responses(
    (status = 204), (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody),
    (status = 409, description = "last_admin", body = doc::ErrorBody)))]
async fn end_role(
    State(app): State<AppState>,
    caller: Caller,
    Json(ask): Json<EndRole>,
) -> Result<StatusCode, ApiError> {
    need_role(&app, &caller, ask.role, ask.unit, &app.store.units())?;
    app.store.end_role(caller.sender(), ask.account, ask.role, ask.unit).await??;
    tracing::info!(by = %caller.account, account = %ask.account, role = ?ask.role, unit = %ask.unit, "a role was ended");
    Ok(StatusCode::NO_CONTENT)
}

/// A new one-time code for an account; codes before that were not used end
#[utoipa::path(post, path = "/admin/accounts/{account}/code", tag = "admin",
    params(("account" = String, Path, description = "Account")), responses((status = 200, body = doc::EnrolCode),
        (status = 401, body = doc::ErrorBody), (status = 403, description = "it may do more than the caller manages", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody), (status = 409, description = "account_off", body = doc::ErrorBody)))]
async fn new_code(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Path(account): Path<AccountId>,
) -> Result<Json<EnrolCode>, ApiError> {
    within(&app, &caller, account).await?;
    let (enrolment, code) = code_for(&app, &caller, &headers, account);
    app.store.new_code(caller.sender(), enrolment).await??;
    tracing::info!(by = %caller.account, %account, "a code was made");
    Ok(Json(code))
}

/// Switches an account off or on; what it did stays
#[utoipa::path(put, path = "/admin/accounts/{account}", tag = "admin",
    params(("account" = String, Path, description = "Account")), request_body = doc::SwitchAccount, responses((status = 204),
        (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "it may do more than the caller manages", body = doc::ErrorBody), (status = 404, body = doc::ErrorBody),
        (status = 409, description = "last_admin", body = doc::ErrorBody)))]
async fn switch(
    State(app): State<AppState>,
    caller: Caller,
    Path(account): Path<AccountId>,
    Json(ask): Json<SwitchAccount>,
) -> Result<StatusCode, ApiError> {
    within(&app, &caller, account).await?;
    app.store.switch_holder(caller.sender(), account, ask.off).await??;
    tracing::info!(by = %caller.account, %account, off = ask.off, "an account was switched");
    Ok(StatusCode::NO_CONTENT)
}
