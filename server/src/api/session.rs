//! Signing in, by a one-time code or by name, password and second factor; asking who is signed in; signing out.

use crate::auth::password::composed;
use crate::auth::{Entering, Names, fresh_token, totp};
use crate::error::{ApiError, Json};
use crate::openapi as doc;
use crate::state::AppState;
use crate::store::{Second, SignedIn, Tokens, Wait};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use domain::password::LONGEST;
use domain::signin::{PasswordSignIn, SecondCode, second_code};
use domain::time::Millis;
use domain::wire::{Session, SignIn};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sign_in, who, sign_out)).routes(routes!(by_password))
}

/// A session's token is changed when it is so old, in ms.
const TURN: i64 = 7 * Millis::DAY;

/// Sign in with a one-time code
#[utoipa::path(post, path = "/session", tag = "session", request_body = doc::SignIn, responses(
    (status = 200, description = "Signed in; sets the cookie", body = doc::Session),
    (status = 400, body = doc::ErrorBody), (status = 401, description = "bad_code", body = doc::ErrorBody),
    (status = 409, description = "code_used, code_expired", body = doc::ErrorBody), (status = 429, body = doc::ErrorBody)))]
async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Json(asked): Json<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let code = super::enrolments::as_given(&asked.code);
    let device_name = device_name(&asked.device_name)?;
    if code.is_empty() || code.len() > 200 {
        return Err(ApiError::bad("bad_body", "Mã trống hoặc quá dài."));
    }
    let tokens = tokens(&state, &headers)?;
    let signed = match state.store.sign_in(code, device_name, tokens.clone()).await? {
        Ok(signed) => signed,
        Err(_) if !state.limits.wrong_code_may(state.now()) => return Err(ApiError::too_many()),
        Err(fault) => return Err(fault.into()),
    };
    Ok(welcome(&state, signed, tokens))
}

/// Sign in by name, password and a code of the second factor or a rescue code
///
/// The answer is the same whichever of them is wrong. Wrong tries are limited by name, apart for phones that the account knows.
#[utoipa::path(post, path = "/session/password", tag = "session", request_body = doc::PasswordSignIn, responses(
    (status = 200, description = "Signed in; sets the cookie", body = doc::Session), (status = 400, body = doc::ErrorBody),
    (status = 401, description = "bad_signin", body = doc::ErrorBody),
    (status = 429, description = "wait: too many wrong tries at this name; too_many: at all names together", body = doc::ErrorBody),
    (status = 503, body = doc::ErrorBody)))]
async fn by_password(
    State(state): State<AppState>,
    headers: HeaderMap,
    Json(asked): Json<PasswordSignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let name = asked.name.trim().to_lowercase();
    let device_name = device_name(&asked.device_name)?;
    let long = asked.password.chars().count() > LONGEST || name.len() > 200 || asked.code.len() > 200;
    if long || name.is_empty() || asked.password.is_empty() || asked.code.trim().is_empty() {
        return Err(ApiError::bad("bad_body", "Xin nhập đủ tên đăng nhập, mật khẩu và mã xác nhận."));
    }
    let mark = Names::new(state.config.https()).device_in(&CookieJar::from_headers(&headers));
    let known = match &mark {
        Some(mark) => state.store.known_phone(&name, mark).await?,
        None => None,
    };
    let now = state.now();
    if known.is_none() && !state.limits.stranger_may(now) {
        return Err(ApiError::too_many());
    }
    let try_ = state.store.begin_try(&name, known).await?.map_err(|Wait(until)| ApiError::wait(until.0 - now.0))?;
    let hash = try_.login.as_ref().map(|l| l.password.clone());
    let right = state.passwords.verify(composed(&asked.password), hash).await?;
    let secret = try_.login.as_ref().and_then(|l| l.totp.as_deref()).unwrap_or_default();
    let second = second_code(&asked.code).and_then(|code| match code {
        SecondCode::Totp(code) => totp::step_of(secret, &code, now).map(Second::Step),
        SecondCode::Rescue(code) => Some(Second::Rescue(code)),
    });
    let tokens = tokens(&state, &headers)?;
    let signed = match second.filter(|_| right) {
        Some(second) => state.store.sign_in_by_password(try_, second, device_name, tokens.clone()).await?,
        None => None,
    };
    let signed = signed.ok_or_else(ApiError::bad_sign_in)?;
    tracing::info!(account = %signed.account.id, device = %signed.device, "signed in by password");
    Ok(welcome(&state, signed, tokens))
}

/// How the person calls the phone, with single spaces.
pub(super) fn device_name(said: &str) -> Result<String, ApiError> {
    let name = said.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > 60 {
        return Err(ApiError::bad("bad_body", "Tên máy dài quá 60 ký tự."));
    }
    Ok(name)
}

/// Cookies for whoever is about to sign in: the browser keeps its own if it has one.
pub(super) fn tokens(state: &AppState, headers: &HeaderMap) -> Result<Tokens, ApiError> {
    let names = Names::new(state.config.https());
    let random = || fresh_token().map_err(|_| ApiError::internal());
    let device = match names.device_in(&CookieJar::from_headers(headers)) {
        Some(token) => token,
        None => random()?,
    };
    // Always a fresh one: whatever lay in the browser before is never the session afterwards.
    Ok(Tokens { session: random()?, device, prefixed: names.prefixed() })
}

/// The answer to somebody who has signed in: the cookies and the session.
pub(super) fn welcome(state: &AppState, signed: SignedIn, tokens: Tokens) -> (CookieJar, Json<Session>) {
    let set_up_sign_in = state.config.must_set_up(&signed.account.grants, signed.login, state.now());
    let me = domain::wire::Me {
        id: signed.account.id,
        name: signed.account.name,
        member: signed.account.member,
        roles: signed.account.grants,
    };
    let session = Session {
        me,
        dev: signed.device,
        device_name: signed.device_name,
        epoch: state.store.epoch(),
        lease_days: state.config.lease_days,
        answer_days: state.config.answer_days,
        set_up_sign_in,
    };
    (Names::new(state.config.https()).set(tokens.session, Some(tokens.device)), Json(session))
}

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = 200, body = doc::Session), (status = 401, description = "signed_out, or revoked: this phone was signed out from elsewhere", body = doc::ErrorBody)))]
async fn who(
    State(state): State<AppState>,
    Entering(caller): Entering,
    jar: CookieJar,
) -> Result<(CookieJar, Json<Session>), ApiError> {
    let names = Names::new(state.config.https());
    let session = Json(caller.session(&state));
    let Some(shown) = names.session_in(&jar) else { return Ok((CookieJar::new(), session)) };
    if caller.token_given.0 + TURN <= state.now().0 {
        let token = fresh_token().map_err(|_| ApiError::internal())?;
        if state.store.turn(&shown.token, &token, names.prefixed()).await? {
            return Ok((names.set(token, names.device_in(&jar)), session));
        }
    }
    // The server is behind TLS since this browser signed in: it gets its session under the name that fits. The other one is taken until the
    // browser has shown that it has this one: the answer may be lost.
    let given = if names.prefixed() && !shown.prefixed {
        names.set(shown.token, names.device_in(&jar))
    } else {
        CookieJar::new()
    };
    Ok((given, session))
}

/// Sign out; what waits on the phone stays there
#[utoipa::path(delete, path = "/session", tag = "session", responses(
    (status = 204), (status = 401, body = doc::ErrorBody)))]
async fn sign_out(State(state): State<AppState>, Entering(caller): Entering) -> Result<impl IntoResponse, ApiError> {
    state.store.sign_out(caller.account, caller.device).await?;
    Ok((Names::new(state.config.https()).clear(), StatusCode::NO_CONTENT))
}
