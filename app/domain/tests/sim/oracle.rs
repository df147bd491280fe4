//! I4: the count by an oracle that shares no code with the fold.

use crate::server::State;
use domain::id::{AccountId, MeetingId, OpId};
use domain::presence::{Presence, Who};
use domain::wire::Ruling;
use std::collections::BTreeSet;

/// I4: who was there, by nothing but the accepted ops: thirty lines that share no code with the fold.
pub fn oracle(state: &State) -> BTreeSet<(MeetingId, Who)> {
    let mut present: Vec<(OpId, MeetingId, Who, AccountId)> = Vec::new();
    let mut voids: Vec<(BTreeSet<OpId>, AccountId, bool)> = Vec::new();
    for (id, line) in &state.log {
        if line.ruled.ruling != Ruling::Applied {
            continue;
        }
        let b = &line.op.b;
        match line.op.k.as_str() {
            "attendance.present" => {
                let meeting = serde_json::from_value(b["meeting"].clone()).unwrap();
                let who = serde_json::from_value(b["who"].clone()).unwrap();
                present.push((*id, meeting, who, line.op.act));
            }
            "attendance.void" => {
                let names = serde_json::from_value(b["ops"].clone()).unwrap();
                let by_staff = line.ruled.role.is_some_and(|r| r != domain::account::Role::Member);
                voids.push((names, line.op.act, by_staff));
            }
            _ => {}
        }
    }
    let taken_back =
        |id: &OpId, by: AccountId| voids.iter().any(|(n, who, staff)| n.contains(id) && (*staff || *who == by));
    present.iter().filter(|(id, _, _, by)| !taken_back(id, *by)).map(|(_, m, w, _)| (*m, *w)).collect()
}

pub fn shown(rows: impl Iterator<Item = Presence>) -> BTreeSet<(MeetingId, Who)> {
    rows.filter(|p| p.status().is_present()).map(|p| (p.meeting, p.who)).collect()
}

pub fn presence_rows(state: &State) -> impl Iterator<Item = Presence> + '_ {
    let rows = state.records.iter().filter(|((table, _, _), r)| *table == "presence" && r.body.is_some());
    rows.map(|(_, r)| serde_json::from_str(r.body.as_ref().unwrap()).unwrap())
}
