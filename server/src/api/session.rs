//! Signing in by a one-time code, asking who is signed in, signing out.

use crate::auth::{Caller, Names, fresh_token};
use crate::error::{ApiError, Json};
use crate::openapi as doc;
use crate::state::AppState;
use crate::store::{SignedIn, Tokens};
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
    let names = Names::new(state.config.tls_proxy);
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
    };
    (Names::new(state.config.tls_proxy).set(tokens.session, Some(tokens.device)), Json(session))
}

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = 200, body = doc::Session), (status = 401, description = "signed_out, or revoked: this phone was signed out from elsewhere", body = doc::ErrorBody)))]
async fn who(State(state): State<AppState>, caller: Caller, jar: CookieJar) -> (CookieJar, Json<Session>) {
    let names = Names::new(state.config.tls_proxy);
    // The server is behind TLS since this browser signed in: it gets its session under the name that fits. The other one is taken until the
    // browser has shown that it has this one: the answer may be lost.
    let given = match names.session_in(&jar) {
        Some(shown) if names.prefixed() && !shown.prefixed => names.set(shown.token, names.device_in(&jar)),
        _ => CookieJar::new(),
    };
    (given, Json(caller.session(&state)))
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
    if let Some(shown) = names.session_in(&jar) {
        state.store.sign_out(&shown.token).await?;
    }
    Ok((names.clear(), StatusCode::NO_CONTENT))
}
