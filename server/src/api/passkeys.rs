//! Passkeys: adding, naming and removing one's own, and signing in with one. It stands for password and second factor together, because the
//! authenticator has looked at the person. Beside it there is always another way in: whoever must have a password has one before this opens.

use super::account::prove;
use super::session::{device_name, tokens, welcome};
use super::shapes as doc;
use crate::auth::passkey::{Asserted, Created, PasskeyFault};
use crate::auth::{Caller, Names};
use crate::ceremony::Site;
use crate::error::{ApiError, Json, Path};
use crate::openapi as doc_session;
use crate::state::AppState;
use crate::store::{PasskeyRefused, Wait};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use domain::passkey::{
    BAD_PASSKEY, COPIED, LATE, LONGEST_NAME, MOST_PASSKEYS, NewPasskey, OFF, Passkey, PasskeyAsk, PasskeyName,
    PasskeySignIn, Passkeys, Ways, named,
};
use domain::signin::Proof;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ways))
        .routes(routes!(begin_sign_in))
        .routes(routes!(finish_sign_in))
        .routes(routes!(list, begin_add))
        .routes(routes!(finish_add))
        .routes(routes!(name, remove))
}

fn site(state: &AppState) -> Result<Site, ApiError> {
    let origin = state.config.public_origin().ok_or(PasskeyFault::Off)?;
    Ok(Site::at(origin)?)
}

fn site_name(state: &AppState) -> Option<String> {
    site(state).ok().map(|site| site.name().to_owned())
}

/// How somebody can sign in here, apart from codes and passwords
#[utoipa::path(get, path = "/session/ways", tag = "session", responses((status = 200, body = doc::Ways)))]
async fn ways(State(app): State<AppState>) -> Json<Ways> {
    Json(Ways { passkey: site_name(&app) })
}

/// Begins a sign-in by passkey, of whoever it will be
#[utoipa::path(post, path = "/session/passkey", tag = "session", responses((status = 200, body = doc::PasskeyAsk),
    (status = 409, description = "passkeys_off", body = doc::ErrorBody), (status = 429, body = doc::ErrorBody)))]
async fn begin_sign_in(State(app): State<AppState>, headers: HeaderMap) -> Result<Json<PasskeyAsk>, ApiError> {
    let site = site(&app)?;
    let known = match Names::new(app.config.https()).device_in(&CookieJar::from_headers(&headers)) {
        Some(mark) => app.store.phone_of_mark(&mark).await?,
        None => None,
    };
    if !app.limits.question_may(known, app.now()) {
        return Err(ApiError::too_many());
    }
    let begun = site.begin()?;
    app.store.ask_passkey(begun.challenge, None, begun.kept).await?;
    Ok(Json(PasskeyAsk { options: begun.options }))
}

/// Signs in by a passkey: the answer to the question that was begun
///
/// The answer is the same for a passkey that nobody has, one that was removed, one of an account that is switched off, and a wrong signature.
#[utoipa::path(post, path = "/session/passkey/finish", tag = "session", request_body = doc::PasskeySignIn, responses(
    (status = 200, description = "Signed in; sets the cookie", body = doc_session::Session), (status = 400, body = doc::ErrorBody),
    (status = 401, description = "bad_passkey; passkey_copied: its counter went back", body = doc::ErrorBody),
    (status = 409, description = "passkey_late: answered before or too long ago; passkeys_off", body = doc::ErrorBody),
    (status = 429, description = "wait: too many wrong tries with it", body = doc::ErrorBody)))]
async fn finish_sign_in(
    State(app): State<AppState>,
    headers: HeaderMap,
    Json(asked): Json<PasskeySignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let site = site(&app)?;
    let device_name = device_name(&asked.device_name)?;
    let answer = Asserted::parse(&asked.credential)?;
    let begun = app.store.take_question(answer.challenge()?, None).await?.ok_or(PasskeyFault::Late)?;
    let known = match Names::new(app.config.https()).device_in(&CookieJar::from_headers(&headers)) {
        Some(mark) => app.store.phone_known_to(&answer.credential, &mark).await?,
        None => None,
    };
    let now = app.now();
    let try_ = app.store.begin_passkey_try(&answer.credential, known).await?;
    let try_ = try_.map_err(|Wait(until)| ApiError::wait(until.0 - now.0))?;
    let passkey = app.store.passkey(&answer.credential).await?.ok_or(PasskeyFault::Wrong)?;
    let after = match site.finish(&begun, &answer, passkey.account, (&passkey.public, &passkey.state)) {
        Ok(after) => after,
        Err(PasskeyFault::Copied) => {
            tracing::warn!(alarm = "passkey_copied", account = %passkey.account, passkey = %passkey.id, "a passkey counted less than before");
            app.store.passkey_was_copied(passkey.id).await?;
            return Err(PasskeyFault::Copied.into());
        }
        Err(fault) => return Err(fault.into()),
    };
    let tokens = tokens(&app, &headers)?;
    let signed = app.store.sign_in_by_passkey(try_, passkey, after, device_name, tokens.clone()).await?;
    let signed = signed.ok_or(PasskeyFault::Wrong)?;
    tracing::info!(account = %signed.account.id, device = %signed.device, "signed in by passkey");
    Ok(welcome(&app, signed, tokens))
}

/// The caller's passkeys
#[utoipa::path(get, path = "/account/passkeys", tag = "account", responses((status = 200, body = doc::Passkeys),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody)))]
async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Passkeys>, ApiError> {
    let keys = app.store.passkeys_of(caller.account, caller.device).await?;
    Ok(Json(Passkeys { site: site_name(&app), ask_password: caller.login && !caller.fresh, keys }))
}

/// Begins to add a passkey
#[utoipa::path(post, path = "/account/passkeys", tag = "account", request_body = doc::Proof, responses(
    (status = 200, body = doc::PasskeyAsk), (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 403, description = "wrong_password, set_up_signin", body = doc::ErrorBody),
    (status = 409, description = "passkeys_off, many_passkeys", body = doc::ErrorBody), (status = 429, description = "wait", body = doc::ErrorBody)))]
async fn begin_add(
    State(app): State<AppState>,
    caller: Caller,
    Json(ask): Json<Proof>,
) -> Result<Json<PasskeyAsk>, ApiError> {
    let site = site(&app)?;
    prove(&app, &caller, ask.current.as_deref()).await?;
    let has = app.store.credentials_of(caller.account).await?;
    if has.len() >= MOST_PASSKEYS {
        return Err(refused(PasskeyRefused::Many));
    }
    let begun = site.begin_add(caller.account, &caller.name, has)?;
    app.store.ask_passkey(begun.challenge, Some(caller.account), begun.kept).await?;
    Ok(Json(PasskeyAsk { options: begun.options }))
}

/// Adds a passkey: the answer to the question that was begun
#[utoipa::path(post, path = "/account/passkeys/finish", tag = "account", request_body = doc::NewPasskey, responses(
    (status = 200, body = doc::Passkey), (status = 400, description = "bad_body, bad_passkey", body = doc::ErrorBody),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody),
    (status = 409, description = "passkey_late, known_passkey, many_passkeys, passkeys_off", body = doc::ErrorBody)))]
async fn finish_add(
    State(app): State<AppState>,
    caller: Caller,
    Json(new): Json<NewPasskey>,
) -> Result<Json<Passkey>, ApiError> {
    let site = site(&app)?;
    let name = fit_name(&new.name)?;
    let answer = Created::parse(&new.credential)?;
    let begun = app.store.take_question(answer.challenge()?, Some(caller.account)).await?;
    // Whose session it is is known: what was wrong is no reason to ask him to sign in again.
    let made = site.finish_add(&begun.ok_or(PasskeyFault::Late)?, &answer).map_err(|fault| match fault {
        PasskeyFault::Wrong => ApiError { status: StatusCode::BAD_REQUEST, ..fault.into() },
        fault => fault.into(),
    })?;
    let id = app.store.add_passkey(caller.sender(), made, name).await?.map_err(refused)?;
    tracing::info!(account = %caller.account, device = %caller.device, passkey = %id, "a passkey was added");
    let all = app.store.passkeys_of(caller.account, caller.device).await?;
    all.into_iter().find(|key| key.id == id).map(Json).ok_or_else(ApiError::not_found)
}

/// Names a passkey of the caller
#[utoipa::path(put, path = "/account/passkeys/{id}", tag = "account", request_body = doc::PasskeyName, responses((status = 204),
    (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn name(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(said): Json<PasskeyName>,
) -> Result<StatusCode, ApiError> {
    let name = fit_name(&said.name)?;
    let known = app.store.name_passkey(caller.account, id, name).await?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}

/// Removes a passkey of the caller
#[utoipa::path(delete, path = "/account/passkeys/{id}", tag = "account", responses((status = 204),
    (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn remove(State(app): State<AppState>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, ApiError> {
    if !app.store.remove_passkey(caller.sender(), id).await? {
        return Err(ApiError::not_found());
    }
    tracing::info!(account = %caller.account, device = %caller.device, passkey = %id, "a passkey was removed");
    Ok(StatusCode::NO_CONTENT)
}

fn fit_name(said: &str) -> Result<String, ApiError> {
    named(said).ok_or_else(|| ApiError::bad("bad_body", format!("Tên khóa truy cập dài quá {LONGEST_NAME} ký tự.")))
}

fn refused(why: PasskeyRefused) -> ApiError {
    match why {
        PasskeyRefused::Known => ApiError::conflict("known_passkey", "Khóa truy cập này đã được thêm trước đó."),
        PasskeyRefused::Many => ApiError::conflict(
            "many_passkeys",
            format!("Tài khoản đã có {MOST_PASSKEYS} khóa truy cập. Xin gỡ bớt khóa không dùng nữa."),
        ),
    }
}

impl From<PasskeyFault> for ApiError {
    fn from(fault: PasskeyFault) -> Self {
        match fault {
            PasskeyFault::Off => Self::conflict(OFF, "Máy chủ này chưa dùng được khóa truy cập."),
            PasskeyFault::Unreadable => Self::bad("bad_body", "Câu trả lời của khóa truy cập không đúng mẫu."),
            PasskeyFault::Wrong => Self::new(
                StatusCode::UNAUTHORIZED,
                BAD_PASSKEY,
                "Khóa truy cập này không dùng được ở đây; có thể nó đã được gỡ. Xin đăng nhập bằng cách khác.",
            ),
            PasskeyFault::Copied => Self::new(
                StatusCode::UNAUTHORIZED,
                COPIED,
                "Khóa truy cập này có dấu hiệu bị sao chép nên không được nhận. Xin đăng nhập bằng cách khác, rồi gỡ khóa đó trong Cài đặt.",
            ),
            PasskeyFault::Late => Self::conflict(LATE, "Đã quá lâu hoặc đã dùng rồi. Xin bấm lại từ đầu."),
        }
    }
}
