//! Signing in by a one-time code, asking who is signed in, signing out.

use crate::auth::{Caller, Names, fresh_token};
use crate::error::{ApiError, Json};
use crate::openapi as doc;
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use domain::wire::{Session, SignIn};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sign_in, who, sign_out))
}

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
    let device_name: String = asked.device_name.split_whitespace().collect::<Vec<_>>().join(" ");
    if code.is_empty() || code.len() > 200 || device_name.chars().count() > 60 {
        return Err(ApiError::bad("bad_body", "Mã trống, hoặc tên máy dài quá 60 ký tự."));
    }
    let names = Names::new(state.config.tls_proxy);
    let random = || fresh_token().map_err(|_| ApiError::internal());
    let known = CookieJar::from_headers(&headers).get(names.device()).map(|c| c.value().to_owned());
    let device_token = match known.filter(|t| t.len() == 43) {
        Some(token) => token,
        None => random()?,
    };
    let session_token = random()?;
    let store = &state.store;
    let signed = match store.sign_in(code, device_name, session_token.clone(), device_token.clone()).await? {
        Ok(signed) => signed,
        Err(_) if !state.limits.wrong_code_may(state.now()) => return Err(ApiError::too_many()),
        Err(fault) => return Err(fault.into()),
    };
    let me = domain::wire::Me {
        id: signed.account.id,
        name: signed.account.name,
        member: signed.account.member,
        roles: signed.account.grants,
    };
    let session = Session { me, dev: signed.device, device_name: signed.device_name, epoch: store.epoch() };
    Ok((names.set(session_token, device_token), Json(session)))
}

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = 200, body = doc::Session), (status = 401, body = doc::ErrorBody)))]
async fn who(State(state): State<AppState>, caller: Caller) -> Json<Session> {
    Json(caller.session(state.store.epoch()))
}

/// Sign out; what waits on the phone stays there
#[utoipa::path(delete, path = "/session", tag = "session", responses(
    (status = 204), (status = 401, body = doc::ErrorBody)))]
async fn sign_out(
    State(state): State<AppState>,
    _caller: Caller,
    jar: CookieJar,
) -> Result<impl IntoResponse, ApiError> {
    let names = Names::new(state.config.tls_proxy);
    if let Some(cookie) = jar.get(names.session()) {
        state.store.sign_out(cookie.value()).await?;
    }
    Ok((names.clear(), StatusCode::NO_CONTENT))
}
