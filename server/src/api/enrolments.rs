//! One-time codes: how somebody gets into the app. A secretary gives them to members of the cell, one by one or for a sheet of paper; nobody
//! can give a code for an account that may do more, or elsewhere, than the giver keeps. A new code ends the unused ones before it.

use super::given;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Query};
use crate::state::AppState;
use crate::store::{Account, Enrolment, Noted, Way};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use domain::account::{Grant, Power, Role};
use domain::audit::Deed;
use domain::desk::{EnrolAsk, EnrolCode};
use domain::enrol::{
    Access, AccessLine, AccessList, CodeSheet, EnrolMany, MOST, NoCode, Skipped, Slip, Voided, has_left, in_order,
    may_let_in, named,
};
use domain::id::{AccountId, MemberId, UnitId};
use domain::member::Member;
use domain::time::Millis;
use domain::unit::UnitKind;
use rand::Rng as _;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// How long a code signs in: a week, in ms.
const LIFE: i64 = 7 * Millis::DAY;
const CODE_LETTERS: usize = 12;
const LETTERS: &[u8] = domain::signin::LETTERS.as_bytes();

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(access, enrol)).routes(routes!(sheet)).routes(routes!(void))
}

/// Makes a one-time code for a member (and an account, if there is none) or for an account; earlier unused ones end
#[utoipa::path(post, path = "/enrolments", tag = "members", request_body = doc::EnrolAsk,
    responses((status = 200, body = doc::EnrolCode), (status = 400, description = "neither or both", body = doc::ErrorBody),
        (status = 401, body = doc::ErrorBody), (status = 403, description = "not within what the caller keeps", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody), (status = 409, description = "the member has left the list (member_ended), or the account is switched off (account_off)", body = doc::ErrorBody),
        (status = 429, body = doc::ErrorBody)))]
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
            if !may_let_in(&caller.actor, &account.grants, &app.store.units(), app.now().day()) {
                return Err(ApiError::forbidden());
            }
            not_too_many(&app, &caller, 1)?;
            let (enrolment, code) = code_for(&app, &caller, &headers, account.id);
            app.store.new_code(caller.sender(), enrolment).await??;
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

/// A code for a member, as it is told, and the way in as it is stored.
fn way_for(app: &AppState, caller: &Caller, headers: &HeaderMap, member: Member) -> (Way, EnrolCode) {
    let fresh = Account {
        id: AccountId(Uuid::new_v4()),
        name: member.name.to_string(),
        member: Some(member.id),
        grants: vec![Grant::new(Role::Member, member.cell)],
    };
    let (code, told) = code_for(app, caller, headers, fresh.id);
    (Way { member, fresh, code }, told)
}

async fn for_member(app: &AppState, caller: &Caller, headers: &HeaderMap, id: MemberId) -> Result<EnrolCode, ApiError> {
    let member = app.store.member(id).await?.ok_or_else(ApiError::not_found)?;
    caller.need(Power::KeepRegister, member.cell, &app.store.units(), app.now())?;
    not_too_many(app, caller, 1)?;
    let cell = member.cell;
    let (way, code) = way_for(app, caller, headers, member);
    match app.store.enrol(caller.actor.clone(), vec![way]).await?.remove(&id) {
        Some(Ok(_)) => {
            let noted = Noted { member: Some(id), number: Some(1), ..Noted::new(caller.sender(), Deed::Codes, cell) };
            app.store.note(noted).await?;
            Ok(code)
        }
        Some(Err(NoCode::Ended)) => {
            Err(ApiError::conflict("member_ended", "Đảng viên này đã ra khỏi danh sách chi bộ."))
        }
        Some(Err(NoCode::AccountOff)) => Err(ApiError::conflict(
            "account_off",
            "Tài khoản của đảng viên này đang bị khóa. Hãy nhờ người quản trị mở lại rồi tạo mã.",
        )),
        Some(Err(NoCode::Beyond)) => Err(ApiError::forbidden()),
        None => Err(ApiError::internal()),
    }
}

/// Codes have a limit of their own, so that a sheet of many costs as much as its codes one by one.
fn not_too_many(app: &AppState, caller: &Caller, codes: usize) -> Result<(), ApiError> {
    if app.limits.codes_may(caller.account, codes, app.now()) { Ok(()) } else { Err(ApiError::too_many()) }
}

/// Which cell.
#[derive(Deserialize)]
struct OfCell {
    unit: UnitId,
}

/// A cell whose register the caller keeps, and everybody in it, also those who have left.
async fn register(app: &AppState, caller: &Caller, unit: UnitId) -> Result<(String, Vec<Member>), ApiError> {
    let units = app.store.units();
    caller.need(Power::KeepRegister, unit, &units, app.now())?;
    let cell = units.get(unit).filter(|u| u.kind == UnitKind::Cell);
    let cell = cell.ok_or_else(|| ApiError::bad("not_a_cell", "Hãy chọn một chi bộ."))?;
    let (mut members, _) = app.store.register(unit).await?;
    in_order(&mut members);
    Ok((cell.name.clone(), members))
}

/// Those of the register who are asked for, in its order. None of the register: `everybody`.
fn asked_for(
    members: Vec<Member>,
    asked: Option<Vec<MemberId>>,
    everybody: impl Fn(&Member) -> bool,
) -> Result<Vec<Member>, ApiError> {
    let wanted: Option<HashSet<MemberId>> = asked.map(|ids| ids.into_iter().collect());
    let all: Vec<Member> =
        members.into_iter().filter(|m| wanted.as_ref().map_or_else(|| everybody(m), |w| w.contains(&m.id))).collect();
    if wanted.is_some_and(|w| w.len() != all.len()) {
        return Err(ApiError::bad(
            "not_in_cell",
            "Có người không ở trong danh sách chi bộ này. Hãy mở lại trang rồi chọn lại.",
        ));
    }
    Ok(all)
}

/// Everybody on a cell's list: who has signed in, who has not, who has an unused code
#[utoipa::path(get, path = "/enrolments", tag = "members", params(("unit" = String, Query, description = "Cell")), responses(
    (status = 200, body = doc::AccessList), (status = 400, description = "not_a_cell", body = doc::ErrorBody),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn access(
    State(app): State<AppState>,
    caller: Caller,
    Query(of): Query<OfCell>,
) -> Result<Json<AccessList>, ApiError> {
    let (unit_name, members) = register(&app, &caller, of.unit).await?;
    let today = app.now().day();
    let mut names = named(&members);
    let ids: Vec<MemberId> = members.iter().filter(|m| !has_left(m, today)).map(|m| m.id).collect();
    let standing = app.store.access(&ids).await?;
    let line = |id: MemberId| {
        let (access, code_until) = standing.get(&id).copied().unwrap_or((Access::Never, None));
        names.remove(&id).map(|who| AccessLine { who, access, code_until })
    };
    let people: Vec<AccessLine> = ids.into_iter().filter_map(line).collect();
    given::today(&app, &caller, Deed::Access, of.unit, of.unit.0, people.len()).await?;
    Ok(Json(AccessList { unit: of.unit, unit_name, people }))
}

/// Codes for many members of a cell at once; whoever may not have one is skipped with the reason
#[utoipa::path(post, path = "/enrolments/sheet", tag = "members", request_body = doc::EnrolMany, responses(
    (status = 200, body = doc::CodeSheet), (status = 400, description = "not_a_cell, not_in_cell, too_many_codes", body = doc::ErrorBody),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody),
    (status = 429, body = doc::ErrorBody)))]
async fn sheet(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Json(ask): Json<EnrolMany>,
) -> Result<Json<CodeSheet>, ApiError> {
    let (unit_name, members) = register(&app, &caller, ask.unit).await?;
    let mut names = named(&members);
    let standing = match ask.members {
        Some(_) => HashMap::new(),
        None => app.store.access(&members.iter().map(|m| m.id).collect::<Vec<_>>()).await?,
    };
    let today = app.now().day();
    let never =
        |m: &Member| !has_left(m, today) && standing.get(&m.id).is_none_or(|(access, _)| *access == Access::Never);
    let members = asked_for(members, ask.members, never)?;
    if members.len() > MOST {
        return Err(ApiError::bad(
            "too_many_codes",
            format!("Nhiều nhất {MOST} người một lần. Hãy chọn bớt người rồi làm thêm lần nữa."),
        ));
    }
    not_too_many(&app, &caller, members.len())?;
    let order: Vec<MemberId> = members.iter().map(|m| m.id).collect();
    let (mut ways, mut codes) = (Vec::with_capacity(order.len()), HashMap::with_capacity(order.len()));
    for member in members {
        let id = member.id;
        let (way, code) = way_for(&app, &caller, &headers, member);
        ways.push(way);
        codes.insert(id, code);
    }
    let given = app.store.enrol(caller.actor.clone(), ways).await?;
    let (mut slips, mut skipped) = (Vec::new(), Vec::new());
    for id in order {
        let Some((who, code)) = names.remove(&id).zip(codes.remove(&id)) else { continue };
        match given.get(&id) {
            Some(Ok(_)) => slips.push(Slip { who, code }),
            Some(Err(why)) => skipped.push(Skipped { who, why: *why }),
            None => {}
        }
    }
    given::each(&app, &caller, Deed::Codes, ask.unit, Some(slips.len()), Some("sheet")).await?;
    tracing::info!(by = %caller.account, unit = %ask.unit, codes = slips.len(), skipped = skipped.len(), "a sheet of codes was made");
    Ok(Json(CodeSheet { unit: ask.unit, unit_name, slips, skipped }))
}

/// Ends the unused codes of members of a cell
#[utoipa::path(post, path = "/enrolments/void", tag = "members", request_body = doc::EnrolMany, responses(
    (status = 200, body = doc::Voided), (status = 400, description = "not_a_cell, not_in_cell", body = doc::ErrorBody),
    (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn void(
    State(app): State<AppState>,
    caller: Caller,
    Json(ask): Json<EnrolMany>,
) -> Result<Json<Voided>, ApiError> {
    let (_, members) = register(&app, &caller, ask.unit).await?;
    let members = asked_for(members, ask.members, |_| true)?;
    let codes = app.store.void_codes(caller.actor.clone(), members.iter().map(|m| m.id).collect()).await?;
    given::each(&app, &caller, Deed::CodesEnded, ask.unit, usize::try_from(codes).ok(), None).await?;
    tracing::info!(by = %caller.account, unit = %ask.unit, codes, "unused codes were ended");
    Ok(Json(Voided { codes }))
}

/// Twelve letters and digits, in groups of four: 59 bits.
#[must_use]
pub fn fresh_code() -> String {
    random_letters(CODE_LETTERS)
}

/// So many letters and digits by chance, in groups of four.
pub(super) fn random_letters(letters: usize) -> String {
    let mut rng = rand::rng();
    grouped((0..letters).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])))
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
