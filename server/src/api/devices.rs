//! The phones of an account: who lists them, and who signs one out from elsewhere. Not ops: who may sign in is decided here and now. Each
//! handler asks one of three rights: one's own, the register of the member's cell, or the units of the account.

use super::admin::within;
use super::given;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path};
use crate::state::AppState;
use crate::store::{NoSuchPhone, Noted};
use axum::extract::State;
use axum::http::StatusCode;
use domain::account::Power;
use domain::audit::Deed;
use domain::device::PhoneOf;
use domain::enrol::{Voided, may_let_in};
use domain::id::{AccountId, DeviceId, MemberId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(own))
        .routes(routes!(sign_out_own))
        .routes(routes!(of_member))
        .routes(routes!(sign_out_of_member))
        .routes(routes!(end_slip))
        .routes(routes!(of_account))
        .routes(routes!(sign_out_of_account))
}

async fn sign_out(
    app: &AppState,
    caller: &Caller,
    account: AccountId,
    device: DeviceId,
) -> Result<StatusCode, ApiError> {
    // Whoever holds this phone signs out where that stands; what waits here would otherwise be held.
    if device == caller.device && account == caller.account {
        return Err(ApiError::bad("this_phone", "Đây là máy đang dùng. Xin bấm Đăng xuất trong Cài đặt của máy này."));
    }
    app.store.sign_out_phone(account, device, caller.sender()).await?.map_err(|NoSuchPhone| ApiError::not_found())?;
    tracing::info!(by = %caller.account, %account, %device, "a phone was signed out");
    Ok(StatusCode::NO_CONTENT)
}

/// The phones on which the caller has signed in
#[utoipa::path(get, path = "/devices", tag = "devices", responses((status = 200, body = Vec<doc::PhoneOf>),
    (status = 401, body = doc::ErrorBody)))]
async fn own(State(app): State<AppState>, caller: Caller) -> Result<Json<Vec<PhoneOf>>, ApiError> {
    Ok(Json(app.store.phones_of(caller.account, caller.device).await?))
}

/// Signs the caller out on another phone; what that phone still sends is held for a person
#[utoipa::path(post, path = "/devices/{device}/sign-out", tag = "devices",
    params(("device" = String, Path, description = "Device")), responses((status = 204),
        (status = 400, description = "this_phone", body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn sign_out_own(
    State(app): State<AppState>,
    caller: Caller,
    Path(device): Path<DeviceId>,
) -> Result<StatusCode, ApiError> {
    sign_out(&app, &caller, caller.account, device).await
}

/// The account of a member whose register the caller keeps, and who may do no more than the caller. None: the member has none.
async fn account_of(app: &AppState, caller: &Caller, id: MemberId) -> Result<Option<AccountId>, ApiError> {
    let member = app.store.member(id).await?.ok_or_else(ApiError::not_found)?;
    caller.need(Power::KeepRegister, member.cell, &app.store.units(), app.now())?;
    let Some(account) = app.store.account_of_member(id).await? else { return Ok(None) };
    let Some(account) = app.store.account(account).await? else { return Ok(None) };
    // Whoever may let somebody into it may shut a phone out of it.
    if !may_let_in(&caller.actor, &account.grants, &app.store.units(), app.now().day()) {
        return Err(ApiError::forbidden());
    }
    Ok(Some(account.id))
}

/// The phones of a member
#[utoipa::path(get, path = "/members/{member}/devices", tag = "devices",
    params(("member" = String, Path, description = "Member")), responses((status = 200, body = Vec<doc::PhoneOf>),
        (status = 401, body = doc::ErrorBody), (status = 403, description = "not within what the caller keeps", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn of_member(
    State(app): State<AppState>,
    caller: Caller,
    Path(member): Path<MemberId>,
) -> Result<Json<Vec<PhoneOf>>, ApiError> {
    let Some(account) = account_of(&app, &caller, member).await? else { return Ok(Json(Vec::new())) };
    let cell = app.store.member(member).await?.ok_or_else(ApiError::not_found)?.cell;
    given::of_member(&app, &caller, Deed::Phones, cell, member).await?;
    Ok(Json(app.store.phones_of(account, caller.device).await?))
}

/// Signs a member out on a phone that was lost; what that phone still sends is held for a person
#[utoipa::path(post, path = "/members/{member}/devices/{device}/sign-out", tag = "devices",
    params(("member" = String, Path, description = "Member"), ("device" = String, Path, description = "Device")),
    responses((status = 204), (status = 400, description = "this_phone", body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "not within what the caller keeps", body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn sign_out_of_member(
    State(app): State<AppState>,
    caller: Caller,
    Path((member, device)): Path<(MemberId, DeviceId)>,
) -> Result<StatusCode, ApiError> {
    let account = account_of(&app, &caller, member).await?.ok_or_else(ApiError::not_found)?;
    sign_out(&app, &caller, account, device).await
}

/// Ends the codes of a member's drawer slip: one that was lost lets nobody in any more
#[utoipa::path(post, path = "/members/{member}/slip/void", tag = "devices",
    params(("member" = String, Path, description = "Member")), responses((status = 200, body = doc::Voided),
        (status = 401, body = doc::ErrorBody), (status = 403, description = "not within what the caller keeps", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn end_slip(
    State(app): State<AppState>,
    caller: Caller,
    Path(member): Path<MemberId>,
) -> Result<Json<Voided>, ApiError> {
    let Some(account) = account_of(&app, &caller, member).await? else { return Ok(Json(Voided { codes: 0 })) };
    let cell = app.store.member(member).await?.ok_or_else(ApiError::not_found)?.cell;
    let codes = app.store.void_slip(account).await?;
    let number = usize::try_from(codes).ok();
    let noted = Noted { member: Some(member), number, ..Noted::new(caller.sender(), Deed::CodesEnded, cell) };
    app.store.note(noted).await?;
    tracing::info!(by = %caller.account, %member, codes, "a slip was ended");
    Ok(Json(Voided { codes }))
}

/// The phones of an account that the caller manages
#[utoipa::path(get, path = "/admin/accounts/{account}/devices", tag = "devices",
    params(("account" = String, Path, description = "Account")), responses((status = 200, body = Vec<doc::PhoneOf>),
        (status = 401, body = doc::ErrorBody), (status = 403, description = "it may do more than the caller manages", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn of_account(
    State(app): State<AppState>,
    caller: Caller,
    Path(account): Path<AccountId>,
) -> Result<Json<Vec<PhoneOf>>, ApiError> {
    within(&app, &caller, account).await?;
    Ok(Json(app.store.phones_of(account, caller.device).await?))
}

/// Signs an account out on a phone
#[utoipa::path(post, path = "/admin/accounts/{account}/devices/{device}/sign-out", tag = "devices",
    params(("account" = String, Path, description = "Account"), ("device" = String, Path, description = "Device")),
    responses((status = 204), (status = 400, description = "this_phone", body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "it may do more than the caller manages", body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn sign_out_of_account(
    State(app): State<AppState>,
    caller: Caller,
    Path((account, device)): Path<(AccountId, DeviceId)>,
) -> Result<StatusCode, ApiError> {
    within(&app, &caller, account).await?;
    sign_out(&app, &caller, account, device).await
}
