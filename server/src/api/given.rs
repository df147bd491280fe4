//! The line that says what somebody was given, written before it is given: no line, no data. Only a pull does not wait for its line, because
//! phones must get on with the meeting ([`registers`]). It knows what is written, not who may ask.

use crate::auth::Caller;
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::{Noted, Scope};
use domain::audit::Deed;
use domain::id::{MemberId, UnitId};
use domain::wire::WireRow;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

/// How long a pull waits for its line.
const PATIENCE: Duration = Duration::from_secs(1);

/// So many people of a unit were given, every time that it happens.
pub(super) async fn each(
    app: &AppState,
    caller: &Caller,
    what: Deed,
    unit: UnitId,
    number: Option<usize>,
    note: Option<&str>,
) -> Result<(), ApiError> {
    let note = note.map(str::to_owned);
    app.store.note(Noted { number, note, ..Noted::new(caller.sender(), what, unit) }).await?;
    Ok(())
}

/// What stands open on a screen and asks again and again: once a day, phone and thing.
pub(super) async fn today(
    app: &AppState,
    caller: &Caller,
    what: Deed,
    unit: UnitId,
    thing: Uuid,
    number: usize,
) -> Result<(), ApiError> {
    let number = Some(number);
    app.store.note_once(Noted { number, ..Noted::new(caller.sender(), what, unit) }, thing).await?;
    Ok(())
}

/// One member's phones, and the like; once a day and phone.
pub(super) async fn of_member(
    app: &AppState,
    caller: &Caller,
    what: Deed,
    unit: UnitId,
    member: MemberId,
) -> Result<(), ApiError> {
    let noted = Noted { member: Some(member), number: Some(1), ..Noted::new(caller.sender(), what, unit) };
    app.store.note_once(noted, member.0).await?;
    Ok(())
}

/// A member, as far as it matters here.
#[derive(Deserialize)]
struct OfCell {
    id: MemberId,
    cell: UnitId,
}

/// A phone was given members of these cells: once a day, phone and cell. A line that cannot be written now is an alarm, and the phone gets its rows
/// all the same; the next page tries again.
pub(super) async fn registers(app: &AppState, caller: &Caller, scope: &Scope, rows: &[WireRow]) {
    if scope.people().is_empty() {
        return;
    }
    let mut cells = BTreeSet::new();
    for row in rows.iter().filter(|row| row.table == "member") {
        let Some(Ok(member)) = row.row.as_ref().map(|row| serde_json::from_str::<OfCell>(row.get())) else { continue };
        if caller.actor.member != Some(member.id) {
            cells.insert(member.cell);
        }
    }
    for cell in cells {
        if app.store.noted_today(caller.sender(), Deed::Register, cell.0) {
            continue;
        }
        let line = app.store.note_once(Noted::new(caller.sender(), Deed::Register, cell), cell.0);
        match tokio::time::timeout(PATIENCE, line).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(alarm = "trail", %error, "who was given a register could not be written"),
            Err(_) => tracing::warn!("who was given a register is not written yet"),
        }
    }
}
