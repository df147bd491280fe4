//! One-time codes: how somebody gets into the app. A secretary gives them to members of the cell; nobody can give a code for an account
//! that may do more, or elsewhere, than the giver keeps.

use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json};
use crate::state::AppState;
use crate::store::{Account, AccountOff, Enrolment};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use domain::account::{Grant, Permission, Power, Role};
use domain::desk::{EnrolAsk, EnrolCode};
use domain::id::{AccountId, MemberId, UnitId};
use domain::time::Millis;
use rand::Rng as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// How long a code signs in: a week, in ms.
const LIFE: i64 = 7 * Millis::DAY;
const CODE_LETTERS: usize = 12;
/// No letter or digit that looks like another.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(enrol))
}

/// Makes a one-time code for a member (and an account, if there is none) or for an account
#[utoipa::path(post, path = "/enrolments", tag = "members", request_body = doc::EnrolAsk,
    responses((status = 200, body = doc::EnrolCode), (status = 400, description = "neither or both", body = doc::ErrorBody),
        (status = 401, body = doc::ErrorBody), (status = 403, description = "not within what the caller keeps", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody), (status = 409, description = "the member has left the list (member_ended), or the account is switched off (account_off)", body = doc::ErrorBody)))]
async fn enrol(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Json(ask): Json<EnrolAsk>,
) -> Result<Json<EnrolCode>, ApiError> {
    match (ask.member, ask.account) {
        (Some(member), None) => for_member(&app, &caller, &headers, member).await.map(Json),
        (None, Some(account)) => {
            let account = app.store.account(account).await?.ok_or_else(ApiError::not_found)?;
            keeps(&app, &caller, &account)?;
            let (enrolment, code) = code_for(&app, &caller, &headers, account.id);
            app.store.add_enrolment(enrolment).await?;
            Ok(Json(code))
        }
        _ => Err(ApiError::bad("which_one", "Hãy chọn một đảng viên hoặc một tài khoản.")),
    }
}

/// A fresh one-time code for an account: as it is stored, and as it is told.
pub(super) fn code_for(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    account: AccountId,
) -> (Enrolment, EnrolCode) {
    let (code, expires) = (fresh_code(), app.now().plus(LIFE));
    let link = link(headers, &code);
    let enrolment = Enrolment {
        code: code.clone(),
        account,
        expires: Some(expires),
        reusable: false,
        made_by: Some(caller.account),
    };
    (enrolment, EnrolCode { code, link, expires })
}

async fn for_member(app: &AppState, caller: &Caller, headers: &HeaderMap, id: MemberId) -> Result<EnrolCode, ApiError> {
    let member = app.store.member(id).await?.ok_or_else(ApiError::not_found)?;
    caller.need(Power::KeepRegister, member.cell, &app.store.units(), app.now())?;
    if member.ended.as_ref().is_some_and(|e| e.on <= app.now().day()) {
        return Err(ApiError::conflict("member_ended", "Đảng viên này đã ra khỏi danh sách chi bộ."));
    }
    // An account of the member may hold more than the member's own role.
    if let Some(account) = app.store.account_of_member(id).await?
        && let Some(account) = app.store.account(account).await?
    {
        keeps(app, caller, &account)?;
    }
    let fresh = Account {
        id: AccountId(Uuid::new_v4()),
        name: member.name.to_string(),
        member: Some(id),
        grants: vec![Grant::new(Role::Member, member.cell)],
    };
    let (enrolment, code) = code_for(app, caller, headers, fresh.id);
    app.store.enrol_member(id, fresh, enrolment).await?.map(|_| code).map_err(|AccountOff| {
        ApiError::conflict(
            "account_off",
            "Tài khoản của đảng viên này đang bị khóa. Hãy nhờ người quản trị mở lại rồi tạo mã.",
        )
    })
}

/// Everything that the account may do lies within what the caller keeps, and nothing of it weighs more than the caller's own role.
fn keeps(app: &AppState, caller: &Caller, account: &Account) -> Result<(), ApiError> {
    let units = app.store.units();
    let today = app.now().day();
    let within = |unit: UnitId, role: Role| match caller.actor.may(Power::KeepRegister, unit, &units, today) {
        Permission::Yes(own) => role <= own,
        _ => false,
    };
    if !account.grants.is_empty() && account.grants.iter().all(|g| within(g.unit, g.role)) {
        Ok(())
    } else {
        Err(ApiError::forbidden())
    }
}

/// Twelve letters and digits, in groups of four: 59 bits.
#[must_use]
pub fn fresh_code() -> String {
    let mut rng = rand::rng();
    grouped((0..CODE_LETTERS).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])))
}

fn grouped(letters: impl Iterator<Item = char>) -> String {
    let mut code = String::new();
    for (i, c) in letters.enumerate() {
        if i > 0 && i % 4 == 0 {
            code.push('-');
        }
        code.push(c);
    }
    code
}

/// A code as it was given, from what somebody typed: capitals, spaces and missing hyphens are forgiven. Other codes stay as they are.
#[must_use]
pub fn as_given(typed: &str) -> String {
    let letters: Vec<char> =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect();
    let ours =
        letters.len() == CODE_LETTERS && letters.iter().all(|c| u8::try_from(*c).is_ok_and(|b| LETTERS.contains(&b)));
    if ours { grouped(letters.into_iter()) } else { typed.trim().to_owned() }
}

/// The link as the person who asked sees the server. The code stands behind `#`, so that no server ever logs it.
pub(super) fn link(headers: &HeaderMap, code: &str) -> String {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text("x-forwarded-host").or_else(|| text(header::HOST.as_str())).unwrap_or("localhost");
    let local = host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
    let scheme = text("x-forwarded-proto").filter(|s| matches!(*s, "http" | "https")).unwrap_or(if local {
        "http"
    } else {
        "https"
    });
    format!("{scheme}://{host}/vao#{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_code_is_the_given_one() {
        let given = fresh_code();
        assert_eq!(given.len(), 14);
        for typed in [
            given.clone(),
            given.to_uppercase(),
            given.replace('-', ""),
            given.replace('-', " "),
            format!(" {given}\n"),
        ] {
            assert_eq!(as_given(&typed), given);
        }
        for other in ["demo-secretary", "demo-member-2", "", "0000-0000-0000", "đđđđ-đđđđ-đđđđ"] {
            assert_eq!(as_given(other), other);
        }
        assert_ne!(fresh_code(), fresh_code());
    }
}
