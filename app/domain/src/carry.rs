//! Ops that somebody brings for somebody else, in a file: the way out of a phone whose storage or network is gone.
//!
//! Nothing in an op proves who made it: until ops are sealed, whoever has a file could have written it himself. **The rule**: an op that
//! is not brought by its own author is put aside until its author's phone brings the same bytes, or until somebody vouches for it who
//! may do that very thing himself. So a forger gains nothing that he could not do in his own name, and the server keeps who brought it.
//! Whoever vouches does not lend his rights: the op is decided as its author's, with its author's present rights.
//!
//! What a phone sends that was signed out from elsewhere (lost, sold) is put aside in the same way: nobody knows who holds that phone now.
//! Its author, signed in anew on any phone, or somebody who vouches, sets it free.
//!
//! What is held because its author's right has ended ([`Why::PermissionChanged`]: a deputy of one meeting whose time was over when the phone
//! came back, a secretary whose successor is in office) may be accepted by the same rule. It is then decided as if that right still held: an
//! acceptance lends nothing that the author never had.
//!
//! Here are only the questions; `ledger::carry` acts on the answers.

use crate::account::{Actor, Permission, Power};
use crate::decide::Why;
use crate::id::UnitId;
use crate::op::{Body, How};
use crate::time::Millis;
use crate::unit::UnitTree;
use crate::wire::{OpResult, Ruling};

/// What somebody must be allowed to do who vouches for an op of somebody else: the thing itself.
#[must_use]
pub const fn power_to_vouch(body: &Body) -> Power {
    match body {
        Body::MeetingPlanned { .. }
        | Body::MeetingOpened { .. }
        | Body::MeetingClosed { .. }
        | Body::MeetingClosedSeen { .. }
        | Body::MeetingCancelled { .. } => Power::HoldMeetings,
        // Also a check-in by the member's own phone: whoever takes attendance could have marked the member.
        Body::Present { how: How::Own | How::Roll, .. }
        | Body::Excused { .. }
        | Body::MarkedAbsent { .. }
        | Body::Voided { .. }
        | Body::GuestAdded { .. }
        | Body::CarriedAccepted { .. } => Power::TakeAttendance,
        // Who has read what is seen by those who write notices.
        Body::NoticeWritten { .. } | Body::NoticeWithdrawn { .. } | Body::NoticeRead { .. } => Power::WriteNotices,
        Body::MemberPut { .. } | Body::MemberEnded { .. } => Power::KeepRegister,
        Body::RequestAnswered { .. } => Power::AnswerRequests,
        // Nobody vouches for these, see `is_ones_own`.
        Body::RequestMade { .. }
        | Body::RequestWithdrawn { .. }
        | Body::ConsentGiven { .. }
        | Body::ConsentWithdrawn { .. } => Power::TakePart,
    }
}

/// What nobody else can say for somebody: it waits for its author. An acceptance is among it, because it opens a door for others' ops: it
/// does not travel by hand.
const fn is_ones_own(body: &Body) -> bool {
    matches!(
        body,
        Body::CarriedAccepted { .. }
            | Body::RequestMade { .. }
            | Body::RequestWithdrawn { .. }
            | Body::ConsentGiven { .. }
            | Body::ConsentWithdrawn { .. }
    )
}

/// The same by the kind of the op, where only that is known.
#[must_use]
pub fn waits_for_its_author(kind: &str) -> bool {
    matches!(kind, "carried.accept" | "request.make" | "request.withdraw" | "consent.give" | "consent.withdraw")
}

/// May this person vouch for an op of somebody else about `unit`? Never for a kind that nobody here can read.
#[must_use]
pub fn may_vouch(who: &Actor, unit: UnitId, body: Option<&Body>, units: &UnitTree, now: Millis) -> bool {
    body.is_some_and(|body| {
        matches!(who.may(power_to_vouch(body), unit, units, now.day()), Permission::Yes(_)) && !is_ones_own(body)
    })
}

/// Any power with which one may vouch for something in a unit.
pub const VOUCHING: [Power; 5] =
    [Power::TakeAttendance, Power::HoldMeetings, Power::WriteNotices, Power::KeepRegister, Power::AnswerRequests];

/// Put aside for who brought it, not for what it says: decided as soon as the author brings it, or somebody vouches for it. A refusal
/// of that kind is no decision about the op either: a stranger who holds a file must not be able to spoil it by sending it as his own.
#[must_use]
pub const fn is_set_aside(result: &OpResult) -> bool {
    matches!(
        (result.r, result.why),
        (Ruling::Held, Some(Why::Carried | Why::Revoked)) | (Ruling::Refused, Some(Why::OtherAccount))
    )
}

/// Held because the author's right has ended; see the head of this module.
#[must_use]
pub const fn has_lapsed(result: &OpResult) -> bool {
    matches!((result.r, result.why), (Ruling::Held, Some(Why::PermissionChanged)))
}

/// Held ops of this kind may be accepted by somebody who may do the thing himself.
#[must_use]
pub const fn may_be_accepted(why: Why) -> bool {
    waits_for_a_person(why) || matches!(why, Why::PermissionChanged)
}

/// Held until a person vouches for it or its author brings it: whatever else changes, it stays.
#[must_use]
pub const fn waits_for_a_person(why: Why) -> bool {
    matches!(why, Why::Carried | Why::Revoked)
}
