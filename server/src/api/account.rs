//! One's own ways in: name and password, second factor, rescue codes; a code for one's own new phone, and a slip of codes for the drawer. No ops:
//! secrets must not lie in a log. Whoever has set a password is asked for it before any of it changes; who came by a code a moment ago is not,
//! because that is the way back for somebody who forgot it.

use super::enrolments::{fresh_code, link, random_letters};
use super::shapes as doc;
use crate::auth::password::composed;
use crate::auth::{Caller, Entering, totp};
use crate::error::{ApiError, Json};
use crate::state::AppState;
use crate::store::{Login, Maker, NameTaken, Wait};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use domain::desk::EnrolCode;
use domain::enrol::Voided;
use domain::password::{LONGEST, PasswordFault, SHORTEST, check};
use domain::signin::{
    Confirm, DrawerSlip, NAME_LENGTH, NEW_PHONE_LIFE, Proof, RESCUE_CODES, RESCUE_LETTERS, RescueCodes, SLIP_CODES,
    SLIP_LIFE, SecondCode, SecondFactor, SetPassword, SignInNameFault, SignInState, may_have_password, second_code,
    sign_in_name,
};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(state))
        .routes(routes!(set_password))
        .routes(routes!(begin_second_factor))
        .routes(routes!(confirm_second_factor))
        .routes(routes!(rescue_codes))
        .routes(routes!(new_phone))
        .routes(routes!(slip))
        .routes(routes!(void_slip))
}

/// How the caller gets in
#[utoipa::path(get, path = "/account/sign-in", tag = "account", responses((status = 200, body = doc::SignInState),
    (status = 401, body = doc::ErrorBody)))]
async fn state(State(app): State<AppState>, Entering(caller): Entering) -> Result<Json<SignInState>, ApiError> {
    let login = app.store.login_of(caller.account).await?;
    let left = app.store.left(caller.account).await?;
    Ok(Json(SignInState {
        may: may_have_password(&caller.actor.grants, app.now().day()),
        required: caller.set_up,
        active: caller.login,
        ask_password: caller.login && !caller.fresh,
        name: login.map(|l| l.name),
        rescue_left: left.rescue,
        slip_left: left.slip,
        slip_until: left.slip_until,
    }))
}

/// Sets or changes sign-in name and password; once they let in, a change signs the account out on its other phones
#[utoipa::path(post, path = "/account/password", tag = "account", request_body = doc::SetPassword, responses((status = 204),
    (status = 400, description = "bad_name, bad_password", body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 403, description = "a member's account, or wrong_password: the present one", body = doc::ErrorBody),
    (status = 409, description = "name_taken", body = doc::ErrorBody), (status = 429, description = "wait", body = doc::ErrorBody)))]
async fn set_password(
    State(app): State<AppState>,
    Entering(caller): Entering,
    Json(ask): Json<SetPassword>,
) -> Result<StatusCode, ApiError> {
    may(&app, &caller)?;
    let name = sign_in_name(&ask.name).map_err(bad_name)?;
    let password = composed(&ask.password);
    check(&password, &name).map_err(bad_password)?;
    prove(&app, &caller, ask.current.as_deref()).await?;
    let hash = app.passwords.hash(password).await?;
    app.store.set_password(caller.account, caller.device, name, hash).await?.map_err(|NameTaken| {
        ApiError::conflict("name_taken", "Tên đăng nhập này đã có người dùng. Xin chọn tên khác.")
    })?;
    tracing::info!(account = %caller.account, "a password was set");
    Ok(StatusCode::NO_CONTENT)
}

/// Begins a second factor: its secret, to be confirmed by a code
#[utoipa::path(post, path = "/account/second-factor", tag = "account", request_body = doc::Proof, responses(
    (status = 200, body = doc::SecondFactor), (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 403, description = "a member's account, or wrong_password", body = doc::ErrorBody),
    (status = 409, description = "no_password yet", body = doc::ErrorBody), (status = 429, description = "wait", body = doc::ErrorBody)))]
async fn begin_second_factor(
    State(app): State<AppState>,
    Entering(caller): Entering,
    headers: HeaderMap,
    Json(ask): Json<Proof>,
) -> Result<Json<SecondFactor>, ApiError> {
    may(&app, &caller)?;
    let login = prove(&app, &caller, ask.current.as_deref()).await?.ok_or_else(no_password)?;
    let mut secret = [0; totp::SECRET];
    OsRng.try_fill_bytes(&mut secret).map_err(|_| ApiError::internal())?;
    if !app.store.begin_second_factor(caller.account, &secret).await? {
        return Err(no_password());
    }
    let host = headers.get("x-forwarded-host").or_else(|| headers.get(header::HOST));
    let host = host.and_then(|h| h.to_str().ok()).unwrap_or_default();
    let link = totp::link(&secret, &login.name, host);
    Ok(Json(SecondFactor { secret: in_fours(&totp::base32(&secret)), link }))
}

/// Confirms a second factor by its first code; gives rescue codes, once
#[utoipa::path(post, path = "/account/second-factor/confirm", tag = "account", request_body = doc::Confirm, responses(
    (status = 200, body = doc::RescueCodes), (status = 400, description = "bad_code", body = doc::ErrorBody),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody),
    (status = 409, description = "no second factor was begun", body = doc::ErrorBody)))]
async fn confirm_second_factor(
    State(app): State<AppState>,
    Entering(caller): Entering,
    Json(ask): Json<Confirm>,
) -> Result<Json<RescueCodes>, ApiError> {
    may(&app, &caller)?;
    let login = app.store.login_of(caller.account).await?.ok_or_else(no_password)?;
    let begun = || ApiError::conflict("not_begun", "Mã QR này không còn dùng được. Xin tạo lại rồi quét mã mới.");
    let secret = login.pending.ok_or_else(begun)?;
    let step = match second_code(&ask.code) {
        Some(SecondCode::Totp(code)) => totp::step_of(&secret, &code, app.now()),
        _ => None,
    };
    let step = step.ok_or_else(|| {
        ApiError::bad(
            "bad_code",
            "Mã 6 số chưa đúng. Xin nhập mã đang hiện; nếu vẫn sai, xem lại ngày giờ của điện thoại.",
        )
    })?;
    let codes = rescue();
    if !app.store.confirm_second_factor(caller.account, caller.device, (secret, step), codes.clone()).await? {
        return Err(begun());
    }
    tracing::info!(account = %caller.account, "a second factor was confirmed");
    Ok(Json(RescueCodes { codes }))
}

/// New rescue codes; those before are void
#[utoipa::path(post, path = "/account/rescue-codes", tag = "account", request_body = doc::Proof, responses(
    (status = 200, body = doc::RescueCodes), (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 403, description = "a member's account, or wrong_password", body = doc::ErrorBody),
    (status = 409, description = "no_password yet", body = doc::ErrorBody), (status = 429, description = "wait", body = doc::ErrorBody)))]
async fn rescue_codes(
    State(app): State<AppState>,
    Entering(caller): Entering,
    Json(ask): Json<Proof>,
) -> Result<Json<RescueCodes>, ApiError> {
    may(&app, &caller)?;
    if !caller.login {
        return Err(no_password());
    }
    prove(&app, &caller, ask.current.as_deref()).await?;
    let codes = rescue();
    app.store.new_rescue_codes(caller.sender(), codes.clone()).await?;
    tracing::info!(account = %caller.account, "rescue codes were made");
    Ok(Json(RescueCodes { codes }))
}

/// A code for the caller's own new phone, for ten minutes
#[utoipa::path(post, path = "/account/new-phone", tag = "account", responses((status = 200, body = doc::EnrolCode),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody),
    (status = 409, description = "has_password: that lets in on any phone", body = doc::ErrorBody), (status = 429, body = doc::ErrorBody)))]
async fn new_phone(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<EnrolCode>, ApiError> {
    let maker = by_code(&app, &caller, 1)?;
    let (code, expires) = (fresh_code(), app.now().plus(NEW_PHONE_LIFE));
    app.store.new_phone_code(maker, code.clone(), expires).await?;
    tracing::info!(account = %caller.account, device = %caller.device, "a code for an own new phone was made");
    Ok(Json(EnrolCode { link: link(&headers, &code), code, expires }))
}

/// Codes for the caller's drawer, each of which lets in once within a year; those before end
#[utoipa::path(post, path = "/account/slip", tag = "account", responses((status = 200, body = doc::DrawerSlip),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody),
    (status = 409, description = "has_password: it has rescue codes of its own", body = doc::ErrorBody), (status = 429, body = doc::ErrorBody)))]
async fn slip(State(app): State<AppState>, caller: Caller, headers: HeaderMap) -> Result<Json<DrawerSlip>, ApiError> {
    let maker = by_code(&app, &caller, SLIP_CODES)?;
    let expires = app.now().plus(SLIP_LIFE);
    let codes: Vec<String> = (0..SLIP_CODES).map(|_| fresh_code()).collect();
    app.store.new_slip(maker, codes.clone(), expires).await?;
    tracing::info!(account = %caller.account, device = %caller.device, "a slip for the drawer was made");
    let told = |code: String| EnrolCode { link: link(&headers, &code), code, expires };
    Ok(Json(DrawerSlip { codes: codes.into_iter().map(told).collect() }))
}

/// Ends the unused codes of the caller's drawer
#[utoipa::path(post, path = "/account/slip/void", tag = "account", responses((status = 200, body = doc::Voided),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody)))]
async fn void_slip(State(app): State<AppState>, caller: Caller) -> Result<Json<Voided>, ApiError> {
    let codes = app.store.void_slip(caller.account).await?;
    tracing::info!(account = %caller.account, codes, "codes of the drawer were ended");
    Ok(Json(Voided { codes }))
}

fn may(app: &AppState, caller: &Caller) -> Result<(), ApiError> {
    if may_have_password(&caller.actor.grants, app.now().day()) { Ok(()) } else { Err(ApiError::forbidden()) }
}

/// Somebody who gets in by codes only, and may make so many now.
fn by_code(app: &AppState, caller: &Caller, codes: usize) -> Result<Maker, ApiError> {
    if caller.login {
        return Err(ApiError::conflict(
            "has_password",
            "Tài khoản này đăng nhập bằng mật khẩu: trên máy mới, bấm Đăng nhập bằng mật khẩu.",
        ));
    }
    if !app.limits.codes_may(caller.account, codes, app.now()) {
        return Err(ApiError::too_many());
    }
    Ok(Maker { account: caller.account, device: caller.device })
}

/// That it is the person who asks: by the present password, unless there is none that lets in yet, or the session came by a code a moment ago. Wrong
/// ones count as wrong tries of this phone.
pub(super) async fn prove(app: &AppState, caller: &Caller, current: Option<&str>) -> Result<Option<Login>, ApiError> {
    let login = app.store.login_of(caller.account).await?;
    let Some(asked) = login.as_ref().filter(|l| l.active && !caller.fresh) else { return Ok(login) };
    let current = current.unwrap_or_default();
    if current.is_empty() || current.chars().count() > LONGEST {
        return Err(wrong_password());
    }
    let now = app.now();
    let begun = app.store.begin_try(&asked.name, Some(caller.device)).await?;
    let begun = begun.map_err(|Wait(until)| ApiError::wait(until.0 - now.0))?;
    if !app.passwords.verify(composed(current), Some(asked.password.clone())).await? {
        return Err(wrong_password());
    }
    app.store.try_was_right(begun).await?;
    Ok(login)
}

fn rescue() -> Vec<String> {
    (0..RESCUE_CODES).map(|_| random_letters(RESCUE_LETTERS)).collect()
}

fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn wrong_password() -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "wrong_password", "Mật khẩu hiện tại chưa đúng.")
}

fn no_password() -> ApiError {
    ApiError::conflict("no_password", "Xin đặt tên đăng nhập và mật khẩu trước.")
}

fn bad_name(fault: SignInNameFault) -> ApiError {
    let (least, most) = NAME_LENGTH;
    ApiError::bad(
        "bad_name",
        match fault {
            SignInNameFault::Empty => "Tên đăng nhập còn trống.".to_owned(),
            SignInNameFault::Length => format!("Tên đăng nhập dài từ {least} đến {most} ký tự."),
            SignInNameFault::Unfit => {
                "Tên đăng nhập chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch nối, gạch dưới, và bắt đầu bằng chữ."
                    .to_owned()
            }
        },
    )
}

fn bad_password(fault: PasswordFault) -> ApiError {
    ApiError::bad(
        "bad_password",
        match fault {
            PasswordFault::Short => format!("Mật khẩu cần ít nhất {SHORTEST} ký tự. Một câu ngắn dễ nhớ là tốt nhất."),
            PasswordFault::Unfit => format!("Mật khẩu dài quá {LONGEST} ký tự hoặc có ký tự lạ."),
            PasswordFault::HasName => "Mật khẩu không được chứa tên đăng nhập.".to_owned(),
            PasswordFault::Common => {
                "Mật khẩu này quá phổ biến, dễ bị đoán. Xin dùng vài từ không liên quan đến nhau.".to_owned()
            }
        },
    )
}
