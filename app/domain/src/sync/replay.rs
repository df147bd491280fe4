//! What the screen shows: the server's rows, and on top of them the ops of this account that the rows do not show yet.

use super::entry::{Entry, Stage};
use crate::account::Actor;
use crate::book::Book;
use crate::id::{MeetingId, OpId};
use crate::op::Body;
use crate::presence::Who;
use crate::time::Millis;

/// True when some op has to be shown on top of the rows.
#[must_use]
pub fn is_needed(actor: &Actor, entries: &[Entry]) -> bool {
    entries.iter().any(|e| e.shows() && e.op.act == actor.account)
}

/// The view: `base` plus what waits here. An op that does not count by what the phone knows now changes nothing.
#[must_use]
pub fn replay(base: &Book, actor: Option<&Actor>, entries: &[Entry], now: Millis) -> Book {
    let mut book = base.clone();
    know_applied(&mut book, entries);
    if let Some(actor) = actor {
        for entry in entries.iter().filter(|e| e.shows() && e.op.act == actor.account) {
            if let Some(body) = &entry.body {
                book.run(actor, &entry.op, body, entry.op.t, now);
            }
        }
    }
    book
}

/// Tells the book which ops are applied although no row of it names them, so that dependencies on them are met.
pub fn know_applied(book: &mut Book, entries: &[Entry]) {
    book.applied.extend(entries.iter().filter(|e| matches!(e.stage, Stage::InBook { .. })).map(|e| e.id));
}

/// Ops that wait here and must be applied before `body`: the latest that makes or turns the meeting, guest, member, notice or request it names.
#[must_use]
pub fn needs(body: &Body, entries: &[Entry]) -> Vec<OpId> {
    let mut deps = Vec::new();
    let mut latest = |made: &dyn Fn(&Body) -> bool| {
        let found = entries.iter().rev().find(|e| e.is_waiting() && e.body.as_ref().is_some_and(made));
        deps.extend(found.map(|e| e.id).filter(|id| !deps.contains(id)));
    };
    if let Some(meeting) = body.meeting() {
        latest(&|b| makes_meeting(b, meeting));
    }
    if let Some(who) = body.who() {
        latest(&|b| makes_person(b, who));
    }
    if let Some(notice) = body.notice() {
        latest(&|b| matches!(b, Body::NoticeWritten { notice: n, .. } if *n == notice));
    }
    if let Some(request) = body.request() {
        deps.extend(entries.iter().rev().find(|e| e.id == request && e.is_waiting()).map(|e| e.id));
    }
    deps
}

const fn is_turn(body: &Body) -> bool {
    matches!(
        body,
        Body::MeetingPlanned { .. }
            | Body::MeetingOpened { .. }
            | Body::MeetingClosed { .. }
            | Body::MeetingClosedSeen { .. }
            | Body::MeetingCancelled { .. }
    )
}
fn makes_meeting(body: &Body, meeting: MeetingId) -> bool {
    is_turn(body) && body.meeting() == Some(meeting)
}
fn makes_person(body: &Body, who: Who) -> bool {
    matches!(body, Body::GuestAdded { .. } | Body::MemberPut { .. } | Body::MemberEnded { .. })
        && body.who() == Some(who)
}
