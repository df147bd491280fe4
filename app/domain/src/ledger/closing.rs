//! What a closed meeting still waits for ([`crate::closing`]), as ops come in: whatever becomes of one, it is not waited for any more.

use super::{Ledger, Put, json, read};
use crate::id::OpId;
use crate::meeting::Meeting;
use crate::op::Body;

/// An op came that does not count (now): if its meeting was closed by somebody who knew of it, it is not waited for any more.
///
/// Ops that count need no look: they belong to an open meeting, and those wait for nothing.
pub(super) async fn arrived<L: Ledger>(ledger: &mut L, op: OpId, body: Option<&Body>) -> Result<(), L::Fault> {
    let Some(id) = body.and_then(Body::meeting) else { return Ok(()) };
    let key = id.to_string();
    let Some(found) = read::<L, Meeting>(ledger, "meeting", &key).await? else { return Ok(()) };
    if !found.closing.as_ref().is_some_and(|c| c.awaits(op)) {
        return Ok(());
    }
    let stream = ledger.units().stream(found.unit);
    let again = if ledger.lock(stream).await? { read(ledger, "meeting", &key).await? } else { Some(found) };
    let Some(mut meeting) = again else { return Ok(()) };
    if let Some(closing) = &mut meeting.closing {
        closing.came(op);
    }
    let (unit, body) = (meeting.unit, Some(json("meeting", &meeting)?));
    ledger.put(Put { table: "meeting", id: &key, unit, owner: None, seq: None, due: None, body }).await?;
    Ok(())
}
