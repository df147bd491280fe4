//! Deputies for one meeting: whoever may name them for the unit of the meeting sees, names and ends them. Nothing here is an op: who may act is
//! decided here and now.

use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use domain::account::Power;
use domain::deputy::{DeputyOf, EndDeputy, NameDeputy};
use domain::id::{AccountId, MeetingId, MemberId};
use domain::meeting::Meeting;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, name)).routes(routes!(end))
}

/// The meeting, for somebody who may name its deputies.
async fn meeting(app: &AppState, caller: &Caller, id: MeetingId) -> Result<Meeting, ApiError> {
    let meeting = app.store.meeting(id).await?.ok_or_else(ApiError::not_found)?;
    caller.need(Power::NameDeputies, meeting.unit, &app.store.units(), app.now())?;
    Ok(meeting)
}

/// The account of a member who lives where the meeting is held.
async fn account_of(app: &AppState, meeting: &Meeting, member: MemberId) -> Result<AccountId, ApiError> {
    let member = app.store.member(member).await?.ok_or_else(ApiError::not_found)?;
    if !app.store.units().is_within(member.cell, meeting.unit) {
        return Err(ApiError::not_found());
    }
    app.store.account_of_member(member.id).await?.ok_or_else(|| {
        ApiError::conflict(
            "no_account",
            "Đảng viên này chưa vào ứng dụng lần nào. Xin tạo mã vào ứng dụng cho người ấy trước, rồi giao điểm danh.",
        )
    })
}

/// Who calls the roll of a meeting in the place of its officers
#[utoipa::path(get, path = "/meetings/{meeting}/deputies", tag = "deputies",
    params(("meeting" = String, Path, description = "Meeting")), responses((status = 200, body = Vec<doc::DeputyOf>),
        (status = 401, body = doc::ErrorBody), (status = 403, description = "names no deputies there", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<MeetingId>,
) -> Result<Json<Vec<DeputyOf>>, ApiError> {
    let meeting = meeting(&app, &caller, id).await?;
    Ok(Json(app.store.deputies_of(meeting.id).await?))
}

/// Names somebody who calls the roll of this one meeting, until it is over or somebody ends it
#[utoipa::path(post, path = "/meetings/{meeting}/deputies", tag = "deputies",
    params(("meeting" = String, Path, description = "Meeting")), request_body = doc::NameDeputy, responses(
        (status = 200, description = "All deputies of the meeting", body = Vec<doc::DeputyOf>),
        (status = 400, description = "which_one", body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "names no deputies there", body = doc::ErrorBody), (status = 404, body = doc::ErrorBody),
        (status = 409, description = "no_account, account_off, meeting_over", body = doc::ErrorBody)))]
async fn name(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<MeetingId>,
    Json(ask): Json<NameDeputy>,
) -> Result<Json<Vec<DeputyOf>>, ApiError> {
    let meeting = meeting(&app, &caller, id).await?;
    let account = match (ask.member, ask.account) {
        (Some(member), None) => account_of(&app, &meeting, member).await?,
        (None, Some(account)) => account,
        _ => return Err(ApiError::bad("which_one", "Hãy chọn một đảng viên hoặc một tài khoản.")),
    };
    app.store.name_deputy(caller.sender(), account, meeting.id).await??;
    tracing::info!(by = %caller.account, %account, meeting = %meeting.id, "a deputy was named");
    Ok(Json(app.store.deputies_of(meeting.id).await?))
}

/// Ends it before the meeting is over; what that person did and is not here yet is held
#[utoipa::path(post, path = "/meetings/{meeting}/deputies/end", tag = "deputies",
    params(("meeting" = String, Path, description = "Meeting")), request_body = doc::EndDeputy, responses((status = 204),
        (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "names no deputies there", body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn end(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<MeetingId>,
    Json(ask): Json<EndDeputy>,
) -> Result<StatusCode, ApiError> {
    let meeting = meeting(&app, &caller, id).await?;
    app.store.end_deputy(caller.sender(), ask.account, meeting.id).await??;
    tracing::info!(by = %caller.account, account = %ask.account, meeting = %meeting.id, "a deputy's time was ended");
    Ok(StatusCode::NO_CONTENT)
}
